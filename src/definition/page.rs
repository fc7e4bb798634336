//! A page: one TOML of `dashboards/`, naming queries and how they are drawn.

use serde::Deserialize;

use crate::definition::DefinitionError;
use crate::domain::language::Label;

/// How a panel is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drawing {
    /// Horizontal bars and, below them, the table they are drawn from.
    BarsAndTable,
    /// The table alone.
    Table,
}

/// One panel of a page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// Query whose result is drawn.
    pub query: String,
    /// How.
    pub draw: Drawing,
    /// Result column with the bars' names.
    pub label_column: Option<String>,
    /// Result columns with the bars' lengths, first at the left.
    #[serde(default)]
    pub value_columns: Vec<String>,
    /// Query of one row with the sums of the table; its column `x_of` is what `x` is a part of.
    pub totals: Option<String>,
}

/// A page's definition.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Name in the URL `/dashboards/NAME`.
    pub name: String,
    /// What people read.
    pub title: Label,
    /// A sentence under the title.
    pub lead: Label,
    /// Panels, top to bottom.
    pub panels: Vec<Panel>,
}

impl Page {
    /// Parses the text of `file`.
    ///
    /// # Errors
    /// The text is not TOML of this form.
    pub fn parse(file: &str, text: &str) -> Result<Self, DefinitionError> {
        toml::from_str(text)
            .map_err(|error| DefinitionError::Syntax { file: file.to_owned(), message: error.to_string() })
    }
}
