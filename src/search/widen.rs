//! What some words of a question may be written as instead.
//!
//! `UBND` finds `Ủy ban nhân dân` and the other way round, the old name of a province finds its new one,
//! and `12.05.2018` finds `ngày 12 tháng 5 năm 2018`: the question is widened, not the index, but for
//! numbers, which the index keeps in one form beside their words. Bare words are widened where they stand; words
//! side by side, as a phrase asks them, as a whole: each of its writings is a phrase again.

use std::ops::Range;

use serde::Serialize;

use crate::definition::labels::sentence;
use crate::domain::language::Language;
use crate::domain::limits::language::PHRASE_WRITINGS_MAX;
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
    let (mut found, told) = named(text, &words);
    for number in canonicals(text) {
        let inside = |token: &Token| token.start as usize >= number.start && token.end as usize <= number.end;
        let first = words.iter().position(inside);
        let count = words.iter().filter(|token| inside(token)).count();
        found.extend(first.map(|first| (first..first + count, Other::Number(number.token))));
    }
    (groups(&words, found), told)
}

/// What `text`, words side by side, may be written as instead, as a whole, and what of it is to be told; none
/// where it has one writing. A number has another form only where it is all of them, for it has no place in a
/// row; and one writing changes one name of a place at most.
pub(in crate::search) fn widen_phrase(text: &str) -> (Option<Group>, Vec<Widened>) {
    let words = tokens(text);
    let (found, told) = named(text, &words);
    let whole = |token: &Token| (token.start as usize, token.end as usize);
    let ends = words.first().map(whole).zip(words.last().map(whole)).map(|(first, last)| (first.0, last.1));
    let numbers = canonicals(text)
        .into_iter()
        .filter(|number| ends.is_some_and(|(start, end)| number.start <= start && number.end >= end));
    let mut others: Vec<Other> = numbers.map(|number| Other::Number(number.token)).collect();
    others.extend(rewritten(&words, &found));
    others.truncate(PHRASE_WRITINGS_MAX);
    let told = told.into_iter().take(PHRASE_WRITINGS_MAX).collect();
    let given = words.iter().map(word).collect();
    ((!others.is_empty()).then_some(Group { given, others }), told)
}

/// Abbreviations and places, and what of them is to be told.
fn named(text: &str, words: &[Token]) -> (Vec<(Range<usize>, Other)>, Vec<Widened>) {
    let (mut found, mut told) = (Vec::new(), Vec::new());
    for alternative in Abbreviations::embedded().expand(words) {
        told.push(tell(text, words, &alternative.words, written(&alternative.other), None));
        found.push((alternative.words, Other::Words(alternative.other.iter().map(word).collect())));
    }
    for place in Places::embedded().other_names(words) {
        let dated = match place.when {
            When::Before(day) => format!("..{day}"),
            When::From(day) => format!("{day}.."),
        };
        told.push(tell(text, words, &place.words, place.name, Some(dated)));
        found.push((place.words, Other::Name(place.other.iter().map(word).collect(), place.when)));
    }
    (found, told)
}

/// A writing of a phrase so far.
#[derive(Clone, Default)]
struct Draft {
    words: Vec<Word>,
    /// Words of the phrase that it has come to.
    reached: usize,
    when: Option<When>,
}

/// The writings of `words` with one alternative, with two and so on, as many as are asked.
fn rewritten(words: &[Token], found: &[(Range<usize>, Other)]) -> Vec<Other> {
    let mut others = Vec::new();
    let mut drafts = vec![Draft::default()];
    while !drafts.is_empty() && others.len() < PHRASE_WRITINGS_MAX {
        let next = drafts.iter().flat_map(|draft| found.iter().filter_map(|one| draft.with(words, one)));
        drafts = next.take(PHRASE_WRITINGS_MAX).collect();
        others.extend(drafts.iter().map(|draft| draft.whole(words)));
    }
    others
}

impl Draft {
    /// It with one more alternative behind those it has.
    fn with(&self, words: &[Token], (range, other): &(Range<usize>, Other)) -> Option<Self> {
        let (instead, when) = match other {
            Other::Words(instead) => (instead, None),
            Other::Name(instead, when) => (instead, Some(*when)),
            Other::Number(_) => return None,
        };
        if range.start < self.reached || (when.is_some() && self.when.is_some()) {
            return None;
        }
        let kept = words.get(self.reached..range.start)?.iter().map(word);
        let words = self.words.iter().cloned().chain(kept).chain(instead.iter().cloned()).collect();
        Some(Self { words, reached: range.end, when: self.when.or(when) })
    }

    fn whole(&self, words: &[Token]) -> Other {
        let rest = words.get(self.reached..).unwrap_or_default().iter().map(word);
        let words = self.words.iter().cloned().chain(rest).collect();
        match self.when {
            Some(when) => Other::Name(words, when),
            None => Other::Words(words),
        }
    }
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

    fn writings(text: &str) -> Vec<String> {
        let print = |words: &[Word]| words.iter().map(|w| w.folded.as_str()).collect::<Vec<_>>().join(" ");
        let (group, _) = widen_phrase(text);
        let others = group.into_iter().flat_map(|group| group.others);
        others
            .map(|other| match other {
                Other::Words(words) => print(&words),
                Other::Name(words, When::From(_)) => format!("{} from", print(&words)),
                Other::Name(words, When::Before(_)) => format!("{} before", print(&words)),
                Other::Number(number) => number,
            })
            .collect()
    }

    #[test]
    fn a_phrase_is_written_otherwise_as_a_whole() {
        let table: [(&str, &[&str]); 8] = [
            ("UBND xã", &["uy ban nhan dan xa"]),
            ("của ủy ban nhân dân xã", &["cua ubnd xa"]),
            ("thu hồi đất", &[]),
            ("đất Hà Giang", &["dat tuyen quang from"]),
            (
                "UBND tỉnh Yên Bái",
                &[
                    "uy ban nhan dan tinh yen bai",
                    "ubnd tinh lao cai from",
                    "uy ban nhan dan tinh lao cai from",
                ],
            ),
            ("Hà Giang, Yên Bái", &["tuyen quang yen bai from", "ha giang lao cai from"]),
            ("12/5/2018", &["#d2018-05-12"]),
            ("họp 12/5/2018", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(writings(text), expected, "{text}");
        }
    }

    #[test]
    fn writings_of_a_phrase_are_bounded_and_single_ones_come_first() {
        let many = "UBND HĐND UBND HĐND UBND";
        let writings = writings(many);
        assert_eq!(writings.len(), PHRASE_WRITINGS_MAX);
        let lengths: Vec<usize> = writings.iter().map(|text| text.split(' ').count()).collect();
        assert_eq!(lengths.iter().take(5).copied().collect::<Vec<_>>(), [8; 5], "{writings:?}");
        assert!(widen_phrase(many).1.len() <= PHRASE_WRITINGS_MAX);
    }
}
