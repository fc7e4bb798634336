//! Abbreviations and what they stand for, both ways, over the words of a query.
//!
//! The list is data. A query is widened, not the index: so the list can change without a rebuild, and the
//! answer can say what was added. An abbreviation that stands for several things (TC, TT, CT) counts only
//! beside a word that tells which; its expansion is never written back as the abbreviation alone.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use thiserror::Error;

use crate::domain::error::{Classified, ErrorKind};
use crate::text::syllable::{Token, tokens};

static EMBEDDED: &str = include_str!("../../indexes/reference/abbreviations.csv");
static LIST: LazyLock<Abbreviations> = LazyLock::new(|| Abbreviations::parse(EMBEDDED).unwrap_or_default());

/// A list of abbreviations.
#[derive(Debug, Default)]
pub struct Abbreviations {
    entries: Vec<Entry>,
    /// Places of the entries whose one or other writing begins with a folded syllable.
    by_first: HashMap<String, Vec<(usize, Way)>>,
}

/// Another way to write some words of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// The words that it may stand for, by place.
    pub words: Range<usize>,
    /// What may stand there instead.
    pub other: Vec<Token>,
}

/// A list that cannot be read.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("line {line} of the abbreviations is not `abbreviation,expansion,context`; mend the line")]
pub struct AbbreviationError {
    /// The line, from 1.
    pub line: usize,
}

impl Classified for AbbreviationError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::InvalidInput
    }

    fn code(&self) -> &'static str {
        "text.abbreviation"
    }
}

#[derive(Debug)]
struct Entry {
    short: Vec<Token>,
    long: Vec<Token>,
    /// Phrases of which one must stand in the query; none needed if empty.
    context: Vec<Vec<Token>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    ToLong,
    ToShort,
}

impl Abbreviations {
    /// The list that comes with the program.
    #[must_use]
    pub fn embedded() -> &'static Self {
        &LIST
    }

    /// Reads a list: a line of headers, then `abbreviation,expansion,context`, the context phrases parted
    /// by `|`.
    ///
    /// # Errors
    /// A line has another number of fields, or an empty one among the first two.
    pub fn parse(text: &str) -> Result<Self, AbbreviationError> {
        let mut list = Self::default();
        for (place, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
            let entry = Entry::parse(line).ok_or(AbbreviationError { line: place + 1 })?;
            list.learn(entry);
        }
        Ok(list)
    }

    /// Where words of a query may be written otherwise, longest first at each place.
    #[must_use]
    pub fn expand(&self, words: &[Token]) -> Vec<Alternative> {
        let mut all = Vec::new();
        for (start, word) in words.iter().enumerate() {
            let known = self.by_first.get(&word.folded).map(Vec::as_slice).unwrap_or_default();
            let found =
                known.iter().filter_map(|(entry, way)| self.entries.get(*entry)?.at(words, start, *way));
            let mut found: Vec<Alternative> = found.collect();
            found.sort_by_key(|alternative| std::cmp::Reverse(alternative.words.len()));
            all.append(&mut found);
        }
        all
    }

    fn learn(&mut self, entry: Entry) {
        let place = self.entries.len();
        let mut add = |first: Option<&Token>, way| {
            if let Some(first) = first {
                self.by_first.entry(first.folded.clone()).or_default().push((place, way));
            }
        };
        add(entry.short.first(), Way::ToLong);
        // What needs a context is no safe abbreviation of what is written out.
        if entry.context.is_empty() {
            add(entry.long.first(), Way::ToShort);
        }
        self.entries.push(entry);
    }
}

impl Entry {
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split(',');
        let (short, long, context) = (fields.next()?, fields.next()?, fields.next()?);
        let entry = Self {
            short: tokens(short),
            long: tokens(long),
            context: context.split('|').map(tokens).filter(|phrase| !phrase.is_empty()).collect(),
        };
        let is_whole = fields.next().is_none() && !entry.short.is_empty() && !entry.long.is_empty();
        is_whole.then_some(entry)
    }

    fn at(&self, words: &[Token], start: usize, way: Way) -> Option<Alternative> {
        let (from, to) = match way {
            Way::ToLong => (&self.short, &self.long),
            Way::ToShort => (&self.long, &self.short),
        };
        let range = start..start + from.len();
        let is_here = stands_at(words, start, from);
        let around = || {
            self.context.iter().any(|phrase| {
                (0..words.len())
                    .any(|at| stands_at(words, at, phrase) && (at >= range.end || at + phrase.len() <= start))
            })
        };
        let fits = is_here && (self.context.is_empty() || around());
        fits.then(|| Alternative { words: range, other: to.clone() })
    }
}

/// Whether `phrase` stands at a place of `words`: the same marks, or none typed.
pub(in crate::text) fn stands_at(words: &[Token], start: usize, phrase: &[Token]) -> bool {
    let Some(row) = words.get(start..start + phrase.len()) else { return false };
    let same = |(word, wanted): (&Token, &Token)| {
        word.folded == wanted.folded && (word.accented.is_ascii() || word.accented == wanted.accented)
    };
    row.iter().zip(phrase).all(same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn written(query: &str) -> Vec<String> {
        let expanded = Abbreviations::embedded().expand(&tokens(query));
        let join = |other: &[Token]| other.iter().map(|t| t.accented.as_str()).collect::<Vec<_>>().join(" ");
        expanded.iter().map(|a| format!("{:?} {}", a.words, join(&a.other))).collect()
    }

    #[test]
    fn an_abbreviation_and_its_words_find_each_other() {
        let table: [(&str, &[&str]); 9] = [
            ("UBND huyện", &["0..1 ủy ban nhân dân"]),
            ("đơn gửi ủy ban nhân dân xã", &["2..6 ubnd"]),
            ("uy ban nhan dan", &["0..4 ubnd"]),
            ("uỷ ban nhân dân", &["0..4 ubnd"]),
            ("gcnqsdđ", &["0..1 giấy chứng nhận quyền sử dụng đất"]),
            ("GCNQSDD", &["0..1 giấy chứng nhận quyền sử dụng đất"]),
            ("sở TN&MT", &["1..3 tài nguyên và môi trường"]),
            ("khiếu nại tố cáo", &["0..4 kntc"]),
            ("ủy bạn nhân dân", &[]),
        ];
        for (query, expected) in table {
            assert_eq!(written(query), expected, "{query}");
        }
        let longest = written("giấy chứng nhận quyền sử dụng đất");
        assert_eq!(longest.first().map(String::as_str), Some("0..7 gcnqsdđ"));
        assert!(longest.contains(&"3..7 qsdđ".to_owned()));
    }

    #[test]
    fn what_stands_for_several_things_needs_a_word_that_tells_which() {
        assert_eq!(written("TC"), Vec::<String>::new());
        assert_eq!(written("đơn TC"), ["1..2 tố cáo"]);
        assert_eq!(written("sở TC"), ["1..2 tài chính"]);
        assert_eq!(written("kết luận TT"), ["2..3 thanh tra"]);
        assert_eq!(written("thanh tra huyện"), Vec::<String>::new());
    }

    #[test]
    fn the_list_is_long_and_no_abbreviation_is_a_syllable() {
        let list = Abbreviations::parse(EMBEDDED).unwrap();
        let shorts: HashSet<&str> =
            EMBEDDED.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        assert!(shorts.len() >= 60 && list.entries.len() >= shorts.len());
        let syllables: Vec<&&str> =
            shorts.iter().filter(|short| crate::text::legacy::is_vietnamese_syllable(short)).collect();
        assert!(syllables.is_empty(), "{syllables:?}");
        assert_eq!(Abbreviations::parse("h\nUBND\n").unwrap_err(), AbbreviationError { line: 2 });
    }
}
