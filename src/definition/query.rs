//! A query: one `.sql` of `queries/`, its definition in front.
//!
//! Lines that begin with `--|` are TOML; the rest is one SQL statement, so that the file as it stands
//! is valid SQL. Parameters stand in the statement as `$name`.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::definition::DefinitionError;
use crate::domain::language::Label;

/// A query's definition.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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
    pub tables: Vec<String>,
    /// Labels of the result's columns.
    #[serde(default)]
    pub columns: Vec<ResultColumn>,
    /// The statement.
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
        let front: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("--|")).collect();
        let mut query: Self = toml::from_str(&front.join("\n"))
            .map_err(|error| DefinitionError::Syntax { file: file.to_owned(), message: error.to_string() })?;
        let body: Vec<&str> = text.lines().filter(|line| !line.starts_with("--|")).collect();
        query.sql = body.join("\n").trim().to_owned();
        query.hash = data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
        if query.sql.is_empty() {
            let message = "no statement after the front matter".to_owned();
            return Err(DefinitionError::Meaning { file: file.to_owned(), message });
        }
        Ok(query)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_and_statement_are_told_apart() {
        let text = "--| name = \"n\"\n--| version = 1\n--| title = { vi = \"v\", en = \"e\" }\n\
                    --| counts = \"task\"\n--| tables = [\"tasks\"]\n-- a remark\nSELECT 1\n";
        let query = Query::parse("n.sql", text).unwrap();
        assert_eq!((query.name.as_str(), query.sql.as_str()), ("n", "-- a remark\nSELECT 1"));
        assert!(Query::parse("n.sql", "SELECT 1").is_err());
    }
}
