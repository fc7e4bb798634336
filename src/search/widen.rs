//! What some words of a question may be written as instead.
//!
//! `UBND` finds `Ủy ban nhân dân` and the other way round, the old name of a province finds its new one,
//! and `12.05.2018` finds `ngày 12 tháng 5 năm 2018`: the question is widened, not the index, but for
//! numbers, which the index keeps in one form beside their words. Only a text of bare words is widened.

use std::ops::Range;

use serde::Serialize;

use crate::definition::labels::sentence;
use crate::domain::language::Language;
use crate::search::query::Word;
use crate::text::abbreviation::Abbreviations;
use crate::text::canonical::canonicals;
use crate::text::place::{Places, When};
use crate::text::syllable::{Token, tokens};

/// Words, and what may stand instead of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::search) struct Group {
    pub(in crate::search) given: Vec<Word>,
    pub(in crate::search) others: Vec<Other>,
}

/// What may stand instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::search) enum Other {
    /// Words side by side.
    Words(Vec<Word>),
    /// Another name of a place, side by side, in papers of some days.
    Name(Vec<Word>, When),
    /// A number in its one form.
    Number(String),
}

/// Another way of writing that was searched as well, to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Widened {
    /// The words given.
    pub given: String,
    /// What they were taken for too.
    pub other: String,
    /// For a place: in which papers the other name means it, such as `2025-07-01..`.
    pub dated: Option<String>,
}

impl Widened {
    /// It as a sentence.
    #[must_use]
    pub fn told(&self, language: Language) -> String {
        let values = [("given", self.given.as_str()), ("other", &self.other)];
        let told = sentence("search.widened", language, &values);
        self.dated.as_ref().map_or(told.clone(), |dated| format!("{told} ({dated})"))
    }
}

/// What the words of `text` may be written as instead, and what of it is to be told.
pub(in crate::search) fn widen(text: &str) -> (Vec<Group>, Vec<Widened>) {
    let words = tokens(text);
    let mut found: Vec<(Range<usize>, Other)> = Vec::new();
    let mut told = Vec::new();
    for alternative in Abbreviations::embedded().expand(&words) {
        told.push(tell(text, &words, &alternative.words, written(&alternative.other), None));
        found.push((alternative.words, Other::Words(alternative.other.iter().map(word).collect())));
    }
    for place in Places::embedded().other_names(&words) {
        let dated = match place.when {
            When::Before(day) => format!("..{day}"),
            When::From(day) => format!("{day}.."),
        };
        told.push(tell(text, &words, &place.words, place.name, Some(dated)));
        found.push((place.words, Other::Name(place.other.iter().map(word).collect(), place.when)));
    }
    for number in canonicals(text) {
        let inside = |token: &Token| token.start as usize >= number.start && token.end as usize <= number.end;
        let first = words.iter().position(inside);
        let count = words.iter().filter(|token| inside(token)).count();
        found.extend(first.map(|first| (first..first + count, Other::Number(number.token))));
    }
    (groups(&words, found), told)
}

/// One group for each stretch of words that alternatives share.
fn groups(words: &[Token], mut found: Vec<(Range<usize>, Other)>) -> Vec<Group> {
    found.sort_by_key(|(range, _)| (range.start, range.end));
    let mut groups: Vec<(Range<usize>, Vec<Other>)> = Vec::new();
    for (range, other) in found {
        match groups.last_mut().filter(|(last, _)| range.start < last.end) {
            Some((last, others)) => {
                last.end = last.end.max(range.end);
                others.push(other);
            }
            None => groups.push((range, vec![other])),
        }
    }
    let given = |range: Range<usize>| words.get(range).unwrap_or_default().iter().map(word).collect();
    groups.into_iter().map(|(range, others)| Group { given: given(range), others }).collect()
}

fn tell(text: &str, words: &[Token], range: &Range<usize>, other: String, dated: Option<String>) -> Widened {
    let start = words.get(range.start).map_or(0, |token| token.start as usize);
    let end = range.end.checked_sub(1).and_then(|last| words.get(last)).map_or(0, |token| token.end as usize);
    Widened { given: text.get(start..end).unwrap_or_default().to_owned(), other, dated }
}

fn word(token: &Token) -> Word {
    Word { folded: token.folded.clone(), accented: token.accented.clone() }
}

fn written(tokens: &[Token]) -> String {
    tokens.iter().map(|token| token.accented.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_places_and_numbers_are_widened() {
        let (groups, told) = widen("UBND tỉnh Hà Giang ngày 12/5/2018");
        let given: Vec<String> = groups
            .iter()
            .map(|group| group.given.iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join(" "))
            .collect();
        assert!(given.contains(&"ubnd".to_owned()) && given.contains(&"ha giang".to_owned()), "{given:?}");
        let numbers: Vec<&Other> = groups.iter().flat_map(|group| &group.others).collect();
        assert!(numbers.contains(&&Other::Number("#d2018-05-12".to_owned())), "{numbers:?}");
        let told: Vec<&str> = told.iter().map(|one| one.other.as_str()).collect();
        assert!(told.contains(&"ủy ban nhân dân") && told.contains(&"Tuyên Quang"), "{told:?}");
        assert_eq!(widen("đất đai"), (Vec::new(), Vec::new()));
    }
}
