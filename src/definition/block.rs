//! A block: SQL that several queries share, one `.sql` of `queries/blocks/`, its definition in front.
//!
//! In a statement a line `--use NAME word=value …` stands for the block of that name, with the values in the
//! place of the words in braces. A block may use another, and the statement of a query. Where the line stood
//! nothing is left of it: what is judged, kept and hashed is the whole statement.

use serde::Deserialize;

use crate::definition::{DefinitionError, front};

/// Begins a line that stands for SQL from elsewhere.
const USE: &str = "--use ";

/// A block's definition.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// Name in the statements that use it.
    pub name: String,
    /// Words that stand in it in braces, for which a use gives values.
    pub takes: Vec<String>,
    /// The SQL; no whole statement.
    #[serde(skip)]
    pub sql: String,
    /// SHA-256 of the file's text, in hexadecimal.
    #[serde(skip)]
    pub hash: String,
}

/// A line that stands for SQL from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use<'a> {
    /// Name of a block or query.
    pub name: &'a str,
    /// Words and values, as written.
    pub values: &'a str,
}

impl<'a> Use<'a> {
    /// What `line` stands for, if it stands for anything.
    #[must_use]
    pub fn of(line: &'a str) -> Option<Self> {
        let given = line.strip_prefix(USE)?.trim();
        let (name, values) = given.split_once(' ').unwrap_or((given, ""));
        Some(Self { name, values })
    }
}

impl Block {
    /// Parses the text of `file`.
    ///
    /// # Errors
    /// The front matter is not TOML of this form, or there is no SQL after it.
    pub fn parse(file: &str, text: &str) -> Result<Self, DefinitionError> {
        let (block, sql, hash) = front::read::<Self>(file, text)?;
        if sql.is_empty() {
            let message = "no SQL after the front matter".to_owned();
            return Err(DefinitionError::Meaning { file: file.to_owned(), message });
        }
        Ok(Self { sql, hash, ..block })
    }

    /// Its SQL with the values of a use.
    ///
    /// # Errors
    /// A value is missing, is for no word of it, or is no name; or a word in braces is none it takes.
    pub fn filled(&self, values: &str) -> Result<String, String> {
        let (mut sql, mut left) = (self.sql.clone(), self.takes.clone());
        for given in values.split_whitespace() {
            let (word, value) = given.split_once('=').unwrap_or((given, ""));
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
            if value.is_empty() || !value.chars().all(is_name) {
                return Err(format!("`--use {}`: `{given}` is not of the form word=name", self.name));
            }
            let taken = left.iter().position(|known| known == word);
            let taken = taken.ok_or_else(|| format!("`--use {}` takes no `{word}`", self.name))?;
            left.swap_remove(taken);
            sql = sql.replace(&format!("{{{word}}}"), value);
        }
        if let Some(word) = left.first() {
            return Err(format!("`--use {}` lacks `{word}=…`", self.name));
        }
        if sql.contains('{') {
            return Err(format!("the block `{}` has a word in braces that it does not take", self.name));
        }
        Ok(sql)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_stands_with_the_values_of_its_use() {
        let text =
            "--| name = \"b\"\n--| takes = [\"table\", \"day\"]\nSELECT {day} FROM {table}\n--use m_{table}";
        let block = Block::parse("b.sql", text).unwrap();
        let line = Use::of("--use b table=tasks day=t.due_on").unwrap();
        assert_eq!((line.name, Use::of("--user b"), Use::of("  --use b")), ("b", None, None));
        let whole = "SELECT t.due_on FROM tasks\n--use m_tasks";
        assert_eq!(block.filled(line.values).as_deref(), Ok(whole));
        for wrong in ["table=tasks", "table=tasks day", "table=tasks day=a;b", "table=tasks day=d of=x"] {
            assert!(block.filled(wrong).unwrap_err().contains("--use b"), "{wrong}");
        }
        let lost = Block::parse("b.sql", "--| name = \"b\"\n--| takes = []\nSELECT {day}").unwrap();
        assert!(
            lost.filled("").is_err() && Block::parse("b.sql", "--| name = \"b\"\n--| takes = []").is_err()
        );
    }
}
