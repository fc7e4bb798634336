//! Classes of column and of row.
//!
//! A denouncer's name, address, handwriting and other identifying data are secret (LTC Đ9.1b, Đ56).
//! Whether a signer's columns are that secret depends on the row: on a denunciation, a mixed petition
//! or one of unknown kind they are class identity and live in a table of their own; otherwise they are
//! personal data.

use serde::Deserialize;

/// Class of a column, as its definition gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnClass {
    /// Anyone in scope sees it.
    #[default]
    Public,
    /// Personal data on every row: no facet, no suggestion, shown by scope.
    Personal,
    /// A signer's data: identity or personal, depending on the row.
    Signer,
}

/// Secrecy of a row, stored in the column `secrecy` of every table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowSecrecy {
    /// The signer's columns, if any, are personal data.
    Ordinary,
    /// The signer's columns are class identity; so is the raw text.
    Identity,
}

impl RowSecrecy {
    /// The stored code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Identity => "identity",
        }
    }
}
