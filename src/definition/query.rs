//! A query: one `.sql` of `queries/`, its definition in front.
//!
//! Lines that begin with `--|` are TOML; the rest is one SQL statement. Parameters stand in the statement as
//! `$name`. A line `--use NAME` stands for the statement of another query or for a [`Block`]; what stands between
//! `--if TABLE` and `--end` is asked only while that table has rows, so that a store without any pays nothing for
//! it. A metric or a report has no statement of its own: what it counts is said in front, and the metric layer
//! makes the statement.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::definition::block::{Block, Use};
use crate::definition::metric::{Basis, Metric, Report};
use crate::definition::{DefinitionError, front, kept};
use crate::domain::language::Label;

/// Begins what is asked only while a table has rows.
const IF: &str = "--if ";
/// Ends it.
const END: &str = "--end";
/// Ends the name of a table of all versions of a dataset's records.
pub const HISTORY: &str = "_history";

/// A query's definition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// Name in commands, URLs and pages.
    pub name: String,
    /// Version of the definition; a change of meaning raises it.
    pub version: u32,
    /// What people read.
    pub title: Label,
    /// What is counted: petition, content, case, task …
    pub counts: String,
    /// Parameters the statement takes.
    #[serde(default)]
    pub parameters: Vec<String>,
    /// Tables it reads.
    #[serde(default)]
    pub tables: Vec<String>,
    /// Labels of the result's columns.
    #[serde(default)]
    pub columns: Vec<ResultColumn>,
    /// Given when its rows are what metrics count.
    pub basis: Option<Basis>,
    /// Given when it is a number.
    pub metric: Option<Metric>,
    /// Given when it is a table of numbers.
    pub report: Option<Report>,
    /// The statutory form it is a column of.
    #[serde(skip)]
    pub form: Option<String>,
    /// The statement; empty for metrics and reports.
    #[serde(skip)]
    pub sql: String,
    /// SHA-256 of the file's text, in hexadecimal.
    #[serde(skip)]
    pub hash: String,
}

/// A column of a query's result.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultColumn {
    /// Name in the result.
    pub name: String,
    /// What people read.
    pub label: Label,
}

impl Query {
    /// Parses the text of `file`.
    ///
    /// # Errors
    /// The front matter is not TOML of this form, or there is no statement.
    pub fn parse(file: &str, text: &str) -> Result<Self, DefinitionError> {
        let (query, sql, hash) = front::read::<Self>(file, text)?;
        let query = Self { sql, hash, ..query };
        let body = query.sql.lines().filter(|line| !line.trim_start().starts_with("--"));
        let has_statement = body.into_iter().any(|line| !line.trim().is_empty());
        let message = match (query.is_made_by_metrics(), has_statement) {
            (false, false) => "no statement after the front matter",
            (true, true) => "a metric or report has no statement; say what it counts in front",
            _ => return Ok(query),
        };
        Err(DefinitionError::Meaning { file: file.to_owned(), message: message.to_owned() })
    }

    /// What it uses, in order.
    pub fn uses(&self) -> impl Iterator<Item = Use<'_>> {
        self.sql.lines().filter_map(Use::of)
    }

    /// The same with the statement of `used` in the place of its name. Its hash is then of both.
    #[must_use]
    pub fn with_used(&self, used: &Self) -> Self {
        let is_it = |line: &str| Use::of(line).is_some_and(|it| it.name == used.name);
        let line = |line| if is_it(line) { used.sql.clone() } else { line.to_owned() };
        self.with(&self.sql.lines().map(line).collect::<Vec<_>>(), &used.hash)
    }

    /// The same with the SQL of `block` wherever it is used. Its hash is then of both.
    ///
    /// # Errors
    /// A use does not fit the block.
    pub fn with_block(&self, block: &Block) -> Result<Self, String> {
        let line = |line| match Use::of(line).filter(|it| it.name == block.name) {
            Some(it) => block.filled(it.values),
            None => Ok(line.to_owned()),
        };
        let lines = self.sql.lines().map(line).collect::<Result<Vec<_>, String>>()?;
        Ok(self.with(&lines, &block.hash))
    }

    fn with(&self, lines: &[String], hash: &str) -> Self {
        let both = format!("{}|{hash}", self.hash);
        let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(both.as_bytes()));
        Self { sql: lines.join("\n"), hash, ..self.clone() }
    }

    /// Its statement over tables of which `has_rows` tells whether there are any.
    #[must_use]
    pub fn statement(&self, has_rows: &dyn Fn(&str) -> bool) -> String {
        let (mut lines, mut is_left_out) = (Vec::new(), false);
        for line in self.sql.lines() {
            if let Some(table) = line.strip_prefix(IF) {
                is_left_out = !has_rows(table.trim());
            } else if line.starts_with(END) {
                is_left_out = false;
            } else if !is_left_out {
                lines.push(line);
            }
        }
        lines.join("\n")
    }

    /// What is wrong with its `--if` and `--end`, if anything.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let mut open = None;
        for line in self.sql.lines() {
            match (line.strip_prefix(IF).map(str::trim), open) {
                (Some(table), None) if self.tables.iter().any(|known| known == table) => open = Some(table),
                (Some(table), None) => return Some(format!("`--if {table}` is not one of its tables")),
                (Some(_), Some(_)) => return Some("an `--if` inside another".to_owned()),
                (None, _) if line.starts_with(END) => open = None,
                (None, _) => {}
            }
        }
        let open = open.map(|table| format!("`--if {table}` without `--end`"));
        open.or_else(|| kept::fault(&self.sql))
    }

    /// Whether the metric layer makes its statement.
    #[must_use]
    pub fn is_made_by_metrics(&self) -> bool {
        self.metric.is_some() || self.report.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_for_a_table_without_rows_are_left_out_and_used_statements_stand_in_place() {
        let front = |name: &str| {
            format!(
                "--| name = \"{name}\"\n--| version = 1\n--| title = {{ vi = \"v\", en = \"e\" }}\n\
                     --| counts = \"task\"\n--| tables = [\"tasks\", \"rare\"]\n"
            )
        };
        let text = front("n") + "SELECT 1\n--if rare\n, (\n--use m\n)\n--end\nFROM tasks";
        let query = Query::parse("n.sql", &text).unwrap();
        let used = Query::parse("m.sql", &(front("m") + "SELECT 2")).unwrap();
        assert_eq!(
            (query.uses().collect::<Vec<_>>(), query.fault()),
            (vec![Use { name: "m", values: "" }], None)
        );
        let whole = query.with_used(&used);
        assert_eq!(whole.statement(&|_| true), "SELECT 1\n, (\nSELECT 2\n)\nFROM tasks");
        assert_eq!(whole.statement(&|_| false), "SELECT 1\nFROM tasks");
        assert_ne!(whole.hash, query.hash, "a change of what is used changes the definition");
        for wrong in ["SELECT 1\n--if rare", "SELECT 1\n--if other\n--end", "S\n--if rare\n--if rare\n--end"]
        {
            assert!(Query::parse("n.sql", &(front("n") + wrong)).unwrap().fault().is_some(), "{wrong}");
        }
    }

    #[test]
    fn front_matter_and_statement_are_told_apart() {
        let text = "--| name = \"n\"\n--| version = 1\n--| title = { vi = \"v\", en = \"e\" }\n\
                    --| counts = \"task\"\n--| tables = [\"tasks\"]\n-- a remark\nSELECT 1\n";
        let query = Query::parse("n.sql", text).unwrap();
        assert_eq!((query.name.as_str(), query.sql.as_str()), ("n", "-- a remark\nSELECT 1"));
        assert!(Query::parse("n.sql", "SELECT 1").is_err());
    }
}
