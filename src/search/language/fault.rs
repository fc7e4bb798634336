//! What breaks the query language: which rule, where, and a text that would do.

use std::fmt;
use std::ops::Range;

use serde::Serialize;
use unicode_normalization::char::is_combining_mark;

use crate::definition::labels::sentence;
use crate::domain::error::{Classified, ErrorKind};
use crate::domain::language::Language;
use crate::domain::limits::language::QUERY_CHARS_MAX;

/// Characters of what stands at a place that are shown.
const FOUND_CHARS: usize = 40;

/// Characters of a search text, counted from 0, the last not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Place {
    /// First character.
    pub start: usize,
    /// After the last.
    pub end: usize,
}

impl Place {
    /// The place of these bytes of `text`.
    pub(super) fn of(text: &str, bytes: &Range<usize>) -> Self {
        let count = |end: usize| text.get(..end).unwrap_or(text).chars().count();
        Self { start: count(bytes.start), end: count(bytes.end) }
    }
}

/// Which rule is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// `(` without `)`.
    BracketOpen,
    /// `)` without `(`.
    BracketClosed,
    /// `()`.
    BracketEmpty,
    /// An operator with nothing on one side.
    OperandMissing,
    /// A field without a value.
    ValueMissing,
    /// A value that its column cannot have.
    ValueWrong(Expected),
    /// A range whose end is before its begin.
    RangeReversed,
    /// `?` or `*` after too few letters.
    PatternShort,
    /// Too many `*` in a word.
    PatternStars,
    /// More places apart than can be asked for.
    SlopTooLarge,
    /// Too deep.
    TooDeep,
    /// Too many clauses.
    TooManyClauses,
    /// Too many negations.
    TooManyNots,
    /// Too many words with `?` or `*`.
    TooManyPatterns,
    /// Too many characters.
    TooLong,
}

/// What a column takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// A day, month, quarter, year, or a number of days from today.
    Day,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Yes or no.
    Boolean,
    /// A value that is not compared.
    Exact,
    /// Words.
    Words,
}

/// An error in a search text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguageError {
    /// The rule.
    pub fault: Fault,
    /// Where.
    pub place: Place,
    /// What stands there.
    pub found: Box<str>,
    /// The whole text, as far as it is read.
    pub text: Box<str>,
    /// A text that parses.
    pub repair: Option<String>,
    /// What to put instead of which bytes.
    pub(super) edit: Option<(Range<usize>, String)>,
}

impl LanguageError {
    /// `fault` in these bytes of `text`, mended by writing `instead` there.
    pub(super) fn at(text: &str, bytes: Range<usize>, fault: Fault, instead: Option<String>) -> Self {
        let found: String = text.get(bytes.clone()).unwrap_or_default().chars().take(FOUND_CHARS).collect();
        let place = Place::of(text, &bytes);
        let text: String = text.chars().take(QUERY_CHARS_MAX + 1).collect();
        let (found, text) = (found.into_boxed_str(), text.into_boxed_str());
        Self { fault, place, found, text, repair: None, edit: instead.map(|instead| (bytes, instead)) }
    }

    /// The same, mended by an edit elsewhere.
    pub(super) fn mended(mut self, bytes: Range<usize>, instead: &str) -> Self {
        self.edit = Some((bytes, instead.to_owned()));
        self
    }

    /// The text on one line, and below it a caret under each character of the place.
    #[must_use]
    pub fn pointed(&self) -> String {
        let columns = |from: usize, to: usize| {
            let characters = self.text.chars().skip(from).take(to.saturating_sub(from));
            characters.filter(|c| !is_combining_mark(*c)).count()
        };
        let shown = |c: char| if c.is_whitespace() || c.is_control() { ' ' } else { c };
        let line: String = self.text.chars().map(shown).collect();
        let (before, below) = (columns(0, self.place.start), columns(self.place.start, self.place.end));
        format!("{line}\n{}{}", " ".repeat(before), "^".repeat(below.max(1)))
    }

    /// What is wrong as a sentence, with the place counted from 1.
    #[must_use]
    pub fn named(&self, language: Language) -> String {
        let at = (self.place.start + 1).to_string();
        sentence(self.code(), language, &[("found", &self.found), ("at", &at)])
    }

    /// What is wrong and what would do, as sentences.
    #[must_use]
    pub fn told(&self, language: Language) -> String {
        let mut told = self.named(language);
        if let Some(repair) = &self.repair {
            told.push(' ');
            told.push_str(&sentence("search.language.repair", language, &[("text", repair)]));
        }
        told
    }
}

impl fmt::Display for LanguageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told(Language::En))
    }
}

impl std::error::Error for LanguageError {}

impl Classified for LanguageError {
    fn kind(&self) -> ErrorKind {
        match self.fault {
            Fault::TooDeep
            | Fault::TooManyClauses
            | Fault::TooManyNots
            | Fault::TooManyPatterns
            | Fault::TooLong
            | Fault::SlopTooLarge
            | Fault::PatternStars => ErrorKind::TooLarge,
            _ => ErrorKind::InvalidInput,
        }
    }

    fn code(&self) -> &'static str {
        match self.fault {
            Fault::BracketOpen => "search.language.bracket_open",
            Fault::BracketClosed => "search.language.bracket_closed",
            Fault::BracketEmpty => "search.language.bracket_empty",
            Fault::OperandMissing => "search.language.operand_missing",
            Fault::ValueMissing => "search.language.value_missing",
            Fault::ValueWrong(Expected::Day) => "search.language.value_day",
            Fault::ValueWrong(Expected::Integer) => "search.language.value_integer",
            Fault::ValueWrong(Expected::Number) => "search.language.value_number",
            Fault::ValueWrong(Expected::Boolean) => "search.language.value_boolean",
            Fault::ValueWrong(Expected::Exact) => "search.language.value_exact",
            Fault::ValueWrong(Expected::Words) => "search.language.value_words",
            Fault::RangeReversed => "search.language.range_reversed",
            Fault::PatternShort => "search.language.pattern_short",
            Fault::PatternStars => "search.language.pattern_stars",
            Fault::SlopTooLarge => "search.language.slop_too_large",
            Fault::TooDeep => "search.language.too_deep",
            Fault::TooManyClauses => "search.language.too_many_clauses",
            Fault::TooManyNots => "search.language.too_many_nots",
            Fault::TooManyPatterns => "search.language.too_many_patterns",
            Fault::TooLong => "search.language.too_long",
        }
    }
}
