//! A column of a dataset: its type, labels, aliases, class and what it is used for.

use serde::Deserialize;

use crate::domain::language::Label;
use crate::domain::secrecy::ColumnClass;

/// Type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// Words, searched by syllable.
    Text,
    /// A code or name matched whole.
    Keyword,
    /// Whole number.
    Integer,
    /// Number.
    Number,
    /// Yes or no.
    Boolean,
    /// Civil day of Asia/Ho_Chi_Minh.
    Date,
    /// UTC microseconds.
    Instant,
}

impl ColumnType {
    /// Name in the data dictionary and the API description.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Keyword => "keyword",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Instant => "instant",
        }
    }
}

/// One value of a code list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The stored code.
    pub code: String,
    /// What people read.
    pub label: Label,
    /// Other spellings and source codes that mean it.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// A column as its definition gives it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent switch of the file format")]
pub struct Column {
    /// Name in tables, JSON and SQL.
    pub name: String,
    /// Type.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// What people read.
    pub label: Label,
    /// Headers that mean this column; matched with or without marks, whatever the case.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Class of secrecy.
    #[serde(default)]
    pub class: ColumnClass,
    /// Whether its words are searched.
    #[serde(default)]
    pub search: bool,
    /// Weight of a hit in this column; 1 when not given.
    #[serde(default = "one")]
    pub weight: f32,
    /// Whether it is counted as a facet.
    #[serde(default)]
    pub facet: bool,
    /// Column that this one stands under: a unit under its province. Counts can then be nested.
    pub facet_under: Option<String>,
    /// Whether rows with one value of it can be shown as one hit.
    #[serde(default)]
    pub group: bool,
    /// Whether hits can be sorted by it.
    #[serde(default)]
    pub sort: bool,
    /// Long text: lives in the dataset's text table, so that a change of status does not rewrite it.
    #[serde(default)]
    pub long: bool,
    /// A due date: of a month or quarter the last day counts, and the precision is stored beside it.
    #[serde(default)]
    pub due: bool,
    /// Code list; a value outside it is kept as given.
    #[serde(default)]
    pub codes: Vec<Code>,
}

fn one() -> f32 {
    1.0
}

impl Column {
    /// Name of the companion column that holds a date's precision.
    #[must_use]
    pub fn precision_name(&self) -> String {
        format!("{}_precision", self.name)
    }

    /// Whether a hit may be filtered by it inside the index.
    #[must_use]
    pub fn is_filter(&self) -> bool {
        !self.long && self.kind != ColumnType::Text
    }

    /// The label of a stored code; the code itself when the list does not know it.
    #[must_use]
    pub fn code_label<'a>(&'a self, code: &'a str, language: crate::domain::language::Language) -> &'a str {
        let known = self.codes.iter().find(|known| known.code == code);
        known.map_or(code, |known| known.label.text(language))
    }
}
