//! Words with `?` for one letter and `*` for any number, without marks.
//!
//! A pattern begins with letters, so that only the terms that begin so are looked at; both how many these may be
//! and how many may fit is bounded. Fitting takes at most pattern times term steps: no automaton is built that
//! could grow.

use std::collections::BTreeSet;
use std::sync::Arc;

use tantivy::Term;
use tantivy::index::InvertedIndexReader;
use tantivy::postings::TermInfo;
use tantivy::query::{BooleanQuery, Query, TermSetQuery};

use crate::domain::limits::language::{PATTERN_SCANNED_MAX, PATTERN_TERMS_MAX};
use crate::search::SearchError;
use crate::search::reader::Reader;
use crate::search::schema::Lane;
use crate::text::syllable::tokens;

/// A pattern of one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::search) struct Pattern {
    typed: String,
    /// The pattern, and what it is when its last y is written i.
    forms: Vec<Vec<char>>,
}

impl Pattern {
    /// `typed` is folded.
    pub(in crate::search) fn new(typed: &str) -> Self {
        let mut forms = vec![typed.chars().collect::<Vec<char>>()];
        let before_star = typed.strip_suffix('*').unwrap_or(typed);
        if before_star.ends_with('y') {
            let as_indexed = if before_star.contains(['?', '*']) {
                before_star.strip_suffix('y').map(|onset| format!("{onset}i"))
            } else {
                tokens(before_star).pop().map(|token| token.folded)
            };
            forms.extend(as_indexed.map(|form| form.chars().collect()));
        }
        Self { typed: typed.to_owned(), forms }
    }

    /// Whether a folded word fits.
    pub(in crate::search) fn fits(&self, word: &str) -> bool {
        let word: Vec<char> = word.chars().collect();
        self.forms.iter().any(|form| fits(form, &word, &mut 0))
    }

    fn beginning(&self) -> &str {
        let end = self.typed.find(['?', '*']).unwrap_or(self.typed.len());
        let begin = self.typed.get(..end).unwrap_or_default();
        if self.forms.len() > 1 { begin.strip_suffix('y').unwrap_or(begin) } else { begin }
    }

    /// Rows that hold a word that fits in one of `lanes`.
    ///
    /// # Errors
    /// Too many words begin so or fit, or a file is damaged.
    pub(super) fn query(&self, reader: &Reader, lanes: &[Lane]) -> Result<Box<dyn Query>, SearchError> {
        let each = lanes.iter().map(|lane| {
            let mut found = BTreeSet::new();
            self.each(reader, lane, |_, _, word, _| found.extend([word.to_owned()]))?;
            let terms = found.iter().map(|word| Term::from_field_text(lane.words, word));
            Ok(Box::new(TermSetQuery::new(terms)) as Box<dyn Query>)
        });
        Ok(Box::new(BooleanQuery::union(each.collect::<Result<_, SearchError>>()?)))
    }

    /// The words that fit, by segment and lane.
    ///
    /// # Errors
    /// As [`Self::query`].
    pub(in crate::search) fn fitting(
        &self,
        reader: &Reader,
        lanes: &[Lane],
    ) -> Result<Vec<Vec<Fitting>>, SearchError> {
        let segments = reader.searcher().segment_readers().len();
        let mut all: Vec<Vec<Fitting>> = (0..segments).map(|_| Vec::new()).collect();
        for lane in lanes {
            let mut last = None;
            self.each(reader, lane, |segment, index, _, info| {
                let Some(lists) = all.get_mut(segment) else { return };
                if last != Some(segment) {
                    lists.push(Fitting { index: Arc::clone(index), infos: Vec::new() });
                    last = Some(segment);
                }
                lists.last_mut().into_iter().for_each(|list| list.infos.push(info.clone()));
            })?;
        }
        Ok(all)
    }

    /// Gives every word of `lane` that fits, segment by segment.
    fn each(
        &self,
        reader: &Reader,
        lane: &Lane,
        mut visit: impl FnMut(usize, &Arc<InvertedIndexReader>, &str, &TermInfo),
    ) -> Result<(), SearchError> {
        let wide = || SearchError::PatternWide { pattern: self.typed.clone() };
        let (mut looked, mut found) = (0, BTreeSet::new());
        for (number, segment) in reader.searcher().segment_readers().iter().enumerate() {
            let index = segment.inverted_index(lane.words).map_err(|error| reader.error(error))?;
            let begin = self.beginning().as_bytes();
            let stream = index.terms().range().ge(begin).into_stream();
            let mut stream = stream.map_err(|error| reader.error(error.into()))?;
            while let Some((term, info)) = stream.next() {
                if !term.starts_with(begin) {
                    break;
                }
                looked += 1;
                let Ok(word) = std::str::from_utf8(term) else { continue };
                if self.fits(word) {
                    found.insert(word.to_owned());
                    visit(number, &index, word, info);
                }
                if looked > PATTERN_SCANNED_MAX || found.len() > PATTERN_TERMS_MAX {
                    return Err(wide());
                }
            }
        }
        Ok(())
    }
}

/// The words of one lane of one segment that fit.
pub(in crate::search) struct Fitting {
    pub(in crate::search) index: Arc<InvertedIndexReader>,
    pub(in crate::search) infos: Vec<TermInfo>,
}

/// Goes back to the last star only, which suffices for stars without alternatives.
fn fits(pattern: &[char], word: &[char], steps: &mut usize) -> bool {
    let (mut at, mut reached) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(letter) = word.get(reached) {
        *steps += 1;
        match (pattern.get(at), star) {
            (Some('*'), _) => {
                star = Some((at, reached));
                at += 1;
            }
            (Some(wanted), _) if *wanted == '?' || wanted == letter => (at, reached) = (at + 1, reached + 1),
            (_, Some((place, from))) => {
                star = Some((place, from + 1));
                (at, reached) = (place + 1, from + 1);
            }
            (_, None) => return false,
        }
    }
    pattern.iter().skip(at).all(|left| *left == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_words() {
        let table = [
            ("khie*", "khieu", true),
            ("khie*", "khie", true),
            ("kh?u", "khu", false),
            ("kh?eu", "khieu", true),
            ("kh??u", "khieu", true),
            ("ab*c*d", "abxcxxd", true),
            ("ab*c*d", "abxcxx", false),
            ("quy*", "qui", true),
            ("quy*", "quyen", true),
            ("k?y", "ki", false),
            ("th*y", "thui", true),
        ];
        for (pattern, word, expected) in table {
            assert_eq!(Pattern::new(pattern).fits(word), expected, "{pattern} {word}");
        }
    }

    #[test]
    fn fitting_never_takes_more_steps_than_pattern_times_word() {
        let pattern: Vec<char> = format!("aa{}b", "*a".repeat(30)).chars().collect();
        let word: Vec<char> = "a".repeat(500).chars().collect();
        let mut steps = 0;
        assert!(!fits(&pattern, &word, &mut steps));
        assert!(steps <= pattern.len() * word.len(), "{steps}");
    }
}
