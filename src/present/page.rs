//! A page asked for and a page shown, in words of no protocol.
//!
//! Pages are written by one face and sent by another; these two types are all they share.

use crate::domain::error::ErrorKind;
use crate::domain::language::Language;

/// A page asked for.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Path, decoded, e.g. `/dashboards/overdue`.
    pub path: String,
    /// Parameters in the order given, decoded.
    pub parameters: Vec<(String, String)>,
    /// Language of the words on it.
    pub language: Language,
    /// Whether the store holds simulated records, which every page then says.
    pub is_simulated: bool,
}

/// How long a page may be kept by whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Not at all: it shows records.
    Never,
    /// By the asker alone, who asks each time whether it has changed: it shows figures.
    Asking,
    /// For good: its path changes with its content.
    Always,
}

/// A page shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Pattern of its path, for counting.
    pub route: &'static str,
    /// What went wrong, if it is a page about an error.
    pub failure: Option<ErrorKind>,
    /// Media type.
    pub media_type: &'static str,
    /// How long it may be kept.
    pub keep: Keep,
    /// The bytes.
    pub body: Vec<u8>,
}

impl Visit {
    /// The first value of a parameter, if it was given and is not empty.
    #[must_use]
    pub fn one(&self, name: &'static str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of a parameter that is not empty.
    pub fn all(&self, name: &'static str) -> impl Iterator<Item = &str> {
        let given = self.parameters.iter().filter(move |(known, _)| known == name);
        given.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}
