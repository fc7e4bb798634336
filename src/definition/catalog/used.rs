//! What queries use stands in their places: blocks first, for a block may use another and the statement of a
//! query; then statements of queries that use nothing more.

use std::collections::{BTreeMap, BTreeSet};

use crate::definition::DefinitionError;
use crate::definition::block::{Block, Use};
use crate::definition::catalog::{Catalog, find};
use crate::definition::query::Query;

impl Catalog {
    /// Puts the SQL of blocks in the places where queries use them.
    pub(super) fn put_blocks(&mut self, blocks: &BTreeMap<String, Block>) -> Result<(), DefinitionError> {
        let meaning = |file: String, message| DefinitionError::Meaning { file, message };
        if let Some(block) = blocks.values().find(|block| reached(blocks, block).contains(&*block.name)) {
            let message = "it uses itself, or a block that uses it".to_owned();
            return Err(meaning(format!("blocks/{}.sql", block.name), message));
        }
        for query in self.queries.values_mut() {
            loop {
                let used = query.uses().find_map(|it| blocks.get(it.name));
                let Some(block) = used else { break };
                let file = format!("queries/{}.sql", query.name);
                *query = query.with_block(block).map_err(|message| meaning(file, message))?;
            }
        }
        Ok(())
    }

    /// Puts the statements that queries use in their places; what is used uses nothing itself.
    pub(super) fn put_used(&mut self) -> Result<(), DefinitionError> {
        let plain: BTreeMap<String, Query> = self
            .queries
            .iter()
            .filter(|(_, query)| query.uses().next().is_none())
            .map(|(name, query)| (name.clone(), query.clone()))
            .collect();
        for query in self.queries.values_mut() {
            let names: Vec<String> = query.uses().map(|it| it.name.to_owned()).collect();
            for name in names {
                *query = query.with_used(find("query", &plain, &name)?);
            }
        }
        Ok(())
    }
}

/// Blocks that `block` uses, and those that they use.
fn reached<'a>(blocks: &'a BTreeMap<String, Block>, block: &'a Block) -> BTreeSet<&'a str> {
    let (mut reached, mut left) = (BTreeSet::new(), vec![block]);
    while let Some(block) = left.pop() {
        let used = block.sql.lines().filter_map(Use::of).filter_map(|it| blocks.get(it.name));
        left.extend(used.filter(|block| reached.insert(block.name.as_str())));
    }
    reached
}

#[cfg(test)]
mod tests {
    use crate::definition::catalog::{Catalog, Texts};

    /// A catalogue of one query and some blocks, each with its text.
    fn made(query: &str, blocks: &[(&str, &str)]) -> Result<Catalog, String> {
        let front = "--| name = \"q\"\n--| version = 1\n--| title = { vi = \"v\", en = \"e\" }\n--| counts = \"task\"\n";
        let mut texts = Texts::from([("queries/q.sql".to_owned(), format!("{front}{query}"))]);
        texts.extend(blocks.iter().map(|(name, sql)| {
            let text = format!("--| name = \"{name}\"\n--| takes = [\"of\"]\n{sql}");
            (format!("blocks/{name}.sql"), text)
        }));
        Catalog::parse(texts).map_err(|error| error.to_string())
    }

    #[test]
    fn blocks_stand_where_they_are_used_also_those_of_blocks() {
        let inner = ("inner", "{of} + 1");
        let outer = ("outer", "(\n--use inner of={of}\n) * 2");
        let catalog = made("SELECT\n--use outer of=a\n,\n--use inner of=t.b", &[inner, outer]).unwrap();
        let query = catalog.query("q").unwrap();
        assert_eq!(query.sql, "SELECT\n(\na + 1\n) * 2\n,\nt.b + 1");
        let changed = made("SELECT\n--use outer of=a\n,\n--use inner of=t.b", &[("inner", "{of}"), outer]);
        assert_ne!(changed.unwrap().query("q").unwrap().hash, query.hash);
    }

    #[test]
    fn a_use_that_leads_nowhere_or_back_is_refused_with_its_file() {
        let error = made(
            "SELECT\n--use outer of=a",
            &[("outer", "--use inner of={of}"), ("inner", "--use outer of={of}")],
        );
        assert_eq!(error.unwrap_err(), "blocks/inner.sql: it uses itself, or a block that uses it");
        let error = made("SELECT\n--use inner", &[("inner", "{of}")]).unwrap_err();
        assert_eq!(error, "queries/q.sql: `--use inner` lacks `of=…`");
        let error = made("SELECT\n--use outer of=a", &[("outer", "--use lost")]).unwrap_err();
        assert!(error.starts_with("no query `lost`"), "{error}");
    }
}
