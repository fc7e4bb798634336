//! The words of the index that may be proposed: those of the open lane.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tantivy::Term;
use tantivy::collector::Count;
use tantivy::query::{BooleanQuery, Occur, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use crate::domain::limits::{CORRECTION_DISTANCE_MAX, CORRECTION_TERMS_SCANNED_MAX, SEARCH_ROWS_PER_LOOK};
use crate::domain::scope::{Scope, Units};
use crate::search::SearchError;
use crate::search::analyzer::pair;
use crate::search::budget::Budget;
use crate::search::filter;
use crate::search::reader::Reader;
use crate::search::schema::Lane;
use crate::text::syllable::tokens;

/// Letters up to which a word is short.
const SHORT_LETTERS: usize = 5;
/// Letters from which a word can be another misspelt.
const LETTERS_MIN: usize = 3;

pub(super) struct Vocabulary<'a> {
    pub(super) reader: &'a Reader,
    pub(super) scope: &'a Scope,
    pub(super) lane: Lane,
    pub(super) budget: &'a Arc<Budget>,
}

/// A word of the index near another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Near {
    pub(super) word: String,
    /// Letters it differs by.
    pub(super) cost: u32,
    pub(super) rows: u64,
}

impl Vocabulary<'_> {
    pub(super) fn rows_with(&self, folded: &str) -> Result<u64, SearchError> {
        self.rows(self.lane.words, folded)
    }

    pub(super) fn rows_with_pair(&self, first: &str, second: &str) -> Result<u64, SearchError> {
        self.rows(self.lane.pairs, &pair(first, second))
    }

    /// Rows of the scope that hold the term. For who sees all rows that is written beside the term.
    fn rows(&self, field: Field, term: &str) -> Result<u64, SearchError> {
        let (searcher, term) = (self.reader.searcher(), Term::from_field_text(field, term));
        if self.scope.units == Units::All {
            return searcher.doc_freq(&term).map_err(|error| self.reader.error(error));
        }
        let mut clauses = filter::clauses(self.reader.fields(), &[], self.scope)?;
        clauses.push((Occur::Must, Box::new(TermQuery::new(term, IndexRecordOption::Basic))));
        let rows = searcher.search(&BooleanQuery::new(clauses), &Count);
        rows.map(|rows| rows as u64).map_err(|error| self.reader.error(error))
    }

    /// For each of `words`, the words of the index near it, those in most rows first; for who sees some rows
    /// only, by the alphabet, for how many rows others have is none of theirs.
    pub(super) fn near(&self, words: &[&str]) -> Result<Vec<Vec<Near>>, SearchError> {
        let sought: Vec<Sought> = words.iter().map(|word| Sought::of(word)).collect();
        let mut found: Vec<BTreeMap<String, Near>> = vec![BTreeMap::new(); words.len()];
        self.each_term(self.lane.words, &mut |term, rows| {
            for (sought, found) in sought.iter().zip(&mut found) {
                let Some(cost) = sought.cost(term) else { continue };
                let near = found.entry(term.to_owned()).or_insert_with(|| Near {
                    word: term.to_owned(),
                    cost,
                    rows: 0,
                });
                near.rows += if self.scope.units == Units::All { rows } else { 0 };
            }
        })?;
        let in_order = |found: BTreeMap<String, Near>| {
            let mut near: Vec<Near> = found.into_values().collect();
            near.sort_by_key(|near| (near.cost, Reverse(near.rows)));
            near
        };
        Ok(found.into_iter().map(in_order).collect())
    }

    /// The marked form that each of `folded` most often has.
    pub(super) fn marked(&self, folded: &BTreeSet<String>) -> Result<BTreeMap<String, String>, SearchError> {
        let mut forms: BTreeSet<(String, String)> = BTreeSet::new();
        if folded.is_empty() {
            return Ok(BTreeMap::new());
        }
        self.each_term(self.lane.marks, &mut |term, _| {
            let plain = tokens(term).pop().map(|token| token.folded).unwrap_or_default();
            if folded.contains(&plain) {
                forms.insert((plain, term.to_owned()));
            }
        })?;
        let mut best: BTreeMap<String, (u64, String)> = BTreeMap::new();
        for (plain, marked) in forms {
            let rows = self.rows(self.lane.marks, &marked)?;
            let best = best.entry(plain).or_default();
            if rows > best.0 {
                *best = (rows, marked);
            }
        }
        Ok(best
            .into_iter()
            .map(|(plain, (_, marked))| (plain, marked))
            .filter(|(_, one)| !one.is_empty())
            .collect())
    }

    /// Terms of letters, with the number of rows of one segment that hold them.
    fn each_term(&self, field: Field, visit: &mut dyn FnMut(&str, u64)) -> Result<(), SearchError> {
        let mut looked = 0;
        for segment in self.reader.searcher().segment_readers() {
            let index = segment.inverted_index(field).map_err(|error| self.reader.error(error))?;
            let mut stream = index.terms().stream().map_err(|error| self.reader.error(error.into()))?;
            while let Some((term, info)) = stream.next() {
                looked += 1;
                let is_time = looked % (SEARCH_ROWS_PER_LOOK as usize) == 0 && self.budget.look();
                if looked > CORRECTION_TERMS_SCANNED_MAX || is_time {
                    return Ok(());
                }
                if let Ok(text) = std::str::from_utf8(term)
                    && text.chars().all(char::is_alphabetic)
                {
                    visit(text, u64::from(info.doc_freq));
                }
            }
        }
        Ok(())
    }
}

/// A word whose neighbours are sought.
struct Sought {
    word: String,
    letters: usize,
    /// The letters that occur in it.
    bits: u32,
    habit: String,
    /// Letters that may differ; none when it is no misspelt word.
    allowed: Option<usize>,
}

impl Sought {
    fn of(word: &str) -> Self {
        let letters = word.chars().count();
        let is_word = letters >= LETTERS_MIN && word.chars().all(char::is_alphabetic);
        let allowed = CORRECTION_DISTANCE_MAX - usize::from(letters <= SHORT_LETTERS);
        Self {
            word: word.to_owned(),
            letters,
            bits: bits(word),
            habit: habit(word),
            allowed: is_word.then_some(allowed),
        }
    }

    fn cost(&self, term: &str) -> Option<u32> {
        let allowed = self.allowed?;
        let letters = term.chars().count();
        if letters < 2 || letters.abs_diff(self.letters) > CORRECTION_DISTANCE_MAX || term == self.word {
            return None;
        }
        // A letter put for another changes two at most of those that occur.
        if (self.bits ^ bits(term)).count_ones() as usize > 2 * CORRECTION_DISTANCE_MAX {
            return None;
        }
        let distance = strsim::osa_distance(&self.word, term);
        let distance = if distance > 1 && habit(term) == self.habit { 1 } else { distance };
        u32::try_from(distance).ok().filter(|_| distance <= allowed)
    }
}

fn bits(word: &str) -> u32 {
    word.bytes().fold(0, |bits, byte| bits | 1 << (byte & 31))
}

/// The word as it sounds where people confuse: tr and ch, s and x, d, gi and r, n and l, i and y, c, k and q.
fn habit(word: &str) -> String {
    let sounds = [
        ("ngh", "ng"),
        ("gh", "g"),
        ("gi", "d"),
        ("tr", "ch"),
        ("x", "s"),
        ("r", "d"),
        ("l", "n"),
        ("k", "c"),
        ("q", "c"),
    ];
    let onset = sounds.iter().find_map(|(written, heard)| Some((heard, word.strip_prefix(written)?)));
    let heard = onset.map_or_else(|| word.to_owned(), |(heard, rest)| format!("{heard}{rest}"));
    heard.replace('y', "i")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_a_letter_or_two_away_or_sound_alike() {
        let table = [
            ("khiue", "khieu", Some(1)),
            ("khieuu", "khieu", Some(1)),
            ("nia", "nai", Some(1)),
            ("nghiep", "ngiep", Some(1)),
            ("truong", "chuong", Some(1)),
            ("trap", "chap", Some(1)),
            ("dat", "dat", None),
            ("da", "dat", None),
            ("dat", "thoat", None),
            ("2022", "2023", None),
        ];
        for (word, term, expected) in table {
            assert_eq!(Sought::of(word).cost(term), expected, "{word} {term}");
        }
    }
}
