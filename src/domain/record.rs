//! A record: one row of any dataset, before it is stored.

use crate::domain::civil::CivilDate;
use crate::domain::clock::Instant;

/// A cell's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Given as empty.
    Null,
    /// Not given at all: the source says nothing of this column, so an earlier value stays.
    Absent,
    /// Text or a code.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// Yes or no.
    Boolean(bool),
    /// A civil day, month, quarter or year.
    Date(CivilDate),
    /// An instant.
    Instant(Instant),
}

impl Value {
    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether there is no value, be it given as empty or not given at all.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null | Self::Absent)
    }
}

/// What a record asks of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Insert it, or replace the version under the same key.
    Upsert,
    /// Withdraw it (a source's error): gone from the current table and the index, kept in the history.
    Retract,
}

/// One record of a dataset, its values in the order of the definition's columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// System that the record comes from (`--source`).
    pub source_system: String,
    /// The record's key there.
    pub source_id: String,
    /// Upsert or retract.
    pub operation: Operation,
    /// One value for each column of the definition, in its order.
    pub values: Vec<Value>,
    /// Given columns that no column of the definition takes, as a JSON object; empty when there are none.
    pub extra: String,
    /// Line, or row, in the file it came from; 1 is the first line of the file.
    pub line: u64,
    /// Rows of child datasets that came inside this record: dataset name and record.
    pub children: Vec<(String, Record)>,
}
