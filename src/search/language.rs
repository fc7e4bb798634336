//! The query language: what people may type into the search box beyond words.
//!
//! A text goes through [`token`], [`bounds`] and [`mod@parse`] and comes out as a [`tree::Node`], or as an
//! error that names the place and offers a text that parses. Most texts use no operator; they are
//! *plain* and are searched as they always were. Forgiving comes first: only capitals are operators,
//! only a word that names a column makes a field, brackets and question marks of ordinary sentences are
//! punctuation. Pure: text and names of columns in, tree out; any text is read in time linear in its
//! bounded length.

mod bounds;
pub mod fault;
pub mod names;
mod parse;
mod print;
mod repair;
mod token;
pub mod tree;
pub mod value;

use serde::Serialize;

use crate::definition::labels::{label, sentence};
use crate::domain::language::Language;
use crate::domain::limits::language::QUERY_NOTES_MAX;
use crate::search::language::fault::{LanguageError, Place};
use crate::search::language::names::Names;
use crate::search::language::token::Lexed;
use crate::search::language::tree::Node;

/// A search text, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// What it asks; none when it holds no word.
    pub tree: Option<Node>,
    /// Whether it uses words, phrases and exclusions only.
    pub is_plain: bool,
    /// What was taken otherwise than it may have been meant.
    pub notes: Vec<Note>,
}

/// Something like `đon_vi:x` that names no column, and so was searched as words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Where the name stands.
    pub place: Place,
    /// The name as typed.
    pub name: String,
    /// A name that is known and near.
    pub suggestion: Option<String>,
}

impl Note {
    /// The note as a sentence.
    #[must_use]
    pub fn told(&self, language: Language) -> String {
        let told = sentence("search.note.no_field", language, &[("name", &self.name)]);
        match &self.suggestion {
            Some(near) => format!("{told} {}", sentence("search.note.near", language, &[("name", near)])),
            None => format!("{told} {}", label("search.note.as_words", language)),
        }
    }
}

/// Reads `text` against the columns that `names` knows.
///
/// # Errors
/// It breaks the language or a bound; the error says where.
pub fn read(text: &str, names: &Names) -> Result<Reading, LanguageError> {
    bounds::check_length(text)?;
    let checked = || -> Result<Reading, LanguageError> {
        let lexed = token::lex(text, names);
        bounds::check(text, &lexed)?;
        let tree = parse::parse(text, &lexed, names)?;
        let notes = notes(text, &lexed, names);
        Ok(Reading { tree, is_plain: !lexed.is_deliberate, notes })
    };
    checked().map_err(|error| repair::with_repair(text, names, error))
}

/// The tree of `text`; none when it holds no word.
///
/// # Errors
/// As [`read`].
pub fn parse(text: &str, names: &Names) -> Result<Option<Node>, LanguageError> {
    read(text, names).map(|reading| reading.tree)
}

fn notes(text: &str, lexed: &Lexed, names: &Names) -> Vec<Note> {
    let unknown = lexed.unknown.iter().take(QUERY_NOTES_MAX);
    let note = |span: &std::ops::Range<usize>| {
        let name = text.get(span.clone()).unwrap_or_default().to_owned();
        Note { place: Place::of(text, span), suggestion: names.nearest(&name), name }
    };
    unknown.map(note).collect()
}

#[cfg(test)]
mod tests;
