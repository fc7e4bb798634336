//! A query: one `.sql` of `queries/`, its definition in front.
//!
//! Lines that begin with `--|` are TOML; the rest is one SQL statement, so that the file as it stands
//! is valid SQL. Parameters stand in the statement as `$name`. A metric or a report has no statement of
//! its own: what it counts is said in front, and the metric layer makes the statement.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::definition::DefinitionError;
use crate::definition::metric::{Basis, Metric, Report};
use crate::domain::language::Label;

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
        let front: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("--|")).collect();
        let mut query: Self = toml::from_str(&front.join("\n"))
            .map_err(|error| DefinitionError::Syntax { file: file.to_owned(), message: error.to_string() })?;
        let body: Vec<&str> = text.lines().filter(|line| !line.starts_with("--|")).collect();
        query.sql = body.join("\n").trim().to_owned();
        query.hash = data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
        let body = query.sql.lines().filter(|line| !line.trim_start().starts_with("--"));
        let has_statement = body.into_iter().any(|line| !line.trim().is_empty());
        let message = match (query.is_made_by_metrics(), has_statement) {
            (false, false) => "no statement after the front matter",
            (true, true) => "a metric or report has no statement; say what it counts in front",
            _ => return Ok(query),
        };
        Err(DefinitionError::Meaning { file: file.to_owned(), message: message.to_owned() })
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
    fn front_matter_and_statement_are_told_apart() {
        let text = "--| name = \"n\"\n--| version = 1\n--| title = { vi = \"v\", en = \"e\" }\n\
                    --| counts = \"task\"\n--| tables = [\"tasks\"]\n-- a remark\nSELECT 1\n";
        let query = Query::parse("n.sql", text).unwrap();
        assert_eq!((query.name.as_str(), query.sql.as_str()), ("n", "-- a remark\nSELECT 1"));
        assert!(Query::parse("n.sql", "SELECT 1").is_err());
    }
}
