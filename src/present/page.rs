//! A page asked for and a page shown, in words of no protocol.
//!
//! Pages are written by one face and sent by another; these two types are all they share.

use thiserror::Error;

use crate::domain::error::ErrorKind;
use crate::domain::language::Language;

/// A page asked for.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Path, decoded, e.g. `/dashboards/overdue`.
    pub path: String,
    /// Parameters in the order given, decoded.
    pub parameters: Vec<(String, String)>,
    /// What a form sent, or why it was not taken; nothing when the page is only read.
    pub form: Option<Result<Vec<Given>, Refused>>,
    /// Language of the words on it.
    pub language: Language,
    /// Whether the store holds simulated records, which every page then says.
    pub is_simulated: bool,
}

/// A field of a form, or a file in it.
#[derive(Debug, Clone)]
pub struct Given {
    /// The field's name.
    pub name: String,
    /// What was written, or the file's bytes.
    pub value: Vec<u8>,
    /// Whether it is a file.
    pub is_file: bool,
}

/// Why a form was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{reason}")]
pub struct Refused {
    /// What went wrong.
    pub kind: ErrorKind,
    /// Code of the error, to which the list of labels has a sentence.
    pub code: &'static str,
    /// What the program says of it, in English.
    pub reason: String,
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
    /// The page to go to instead, after a form was taken: sending it again by reloading takes nothing twice.
    pub go_to: Option<String>,
    /// The bytes.
    pub body: Vec<u8>,
}

impl Visit {
    /// The first value of a parameter, if it was given and is not empty.
    #[must_use]
    pub fn one(&self, name: &'static str) -> Option<&str> {
        self.all(name).next()
    }

    /// What the form's field holds, if it was sent and is text that is not blank.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let given =
            self.form.iter().flatten().flatten().find(|given| given.name == name && !given.is_file)?;
        str::from_utf8(&given.value).ok().filter(|text| !text.trim().is_empty())
    }

    /// The bytes of the file sent under `name`, if any were.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        let given = self.form.iter().flatten().flatten().find(|given| given.name == name && given.is_file)?;
        Some(given.value.as_slice()).filter(|bytes| !bytes.is_empty())
    }

    /// Every value of a parameter that is not empty.
    pub fn all(&self, name: &'static str) -> impl Iterator<Item = &str> {
        let given = self.parameters.iter().filter(move |(known, _)| known == name);
        given.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}
