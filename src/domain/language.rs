//! The two languages people read: Vietnamese first, English as a switch.

use serde::Deserialize;

/// Language of words shown to people. Keys in JSON, columns and logs are English in either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Tiếng Việt.
    #[default]
    Vi,
    /// English.
    En,
}

impl Language {
    /// Picks the text of this language.
    #[must_use]
    pub fn pick<'a>(self, vi: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Vi => vi,
            Self::En => en,
        }
    }
}

/// A label in both languages, as definitions give it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Label {
    /// The text in `language`.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        language.pick(&self.vi, &self.en)
    }
}
