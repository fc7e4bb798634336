//! A text as syllables with what stands between them, and phrases looked for in it.

use rustc_hash::FxHashMap;

use crate::domain::limits::ALIGN_SYLLABLES_MAX;
use crate::text::syllable::{Syllables, Token, tokens};

/// A text, cut.
pub(in crate::duplicates::extract) struct Reading<'t> {
    pub(in crate::duplicates::extract) text: &'t str,
    pub(in crate::duplicates::extract) words: Vec<Token>,
}

/// Phrases, each as its folded syllables.
pub(in crate::duplicates::extract) struct Phrases {
    /// By first syllable, the longest first.
    by_first: FxHashMap<String, Vec<Vec<String>>>,
    /// Beginnings of first syllables: most words of a letter begin no phrase, and are told so by a bit.
    begins: [u64; 4],
}

impl Phrases {
    /// Phrases written with their marks.
    pub(in crate::duplicates::extract) fn of(written: &[&str]) -> Self {
        let mut phrases = Self { by_first: FxHashMap::default(), begins: [0; 4] };
        for phrase in written {
            let words: Vec<String> = tokens(phrase).into_iter().map(|token| token.folded).collect();
            let Some(first) = words.first() else { continue };
            let (place, bit) = beginning(first);
            phrases.begins.iter_mut().skip(place).take(1).for_each(|bits| *bits |= bit);
            phrases.by_first.entry(first.clone()).or_default().push(words);
        }
        // The longest phrase at a place is the one that is meant.
        let groups = phrases.by_first.values_mut();
        groups.for_each(|group| group.sort_by_key(|phrase| std::cmp::Reverse(phrase.len())));
        phrases
    }

    /// Syllables of the longest phrase that stands at `place`; 0 if none does.
    pub(in crate::duplicates::extract) fn at(&self, words: &[Token], place: usize) -> usize {
        let Some(first) = words.get(place) else { return 0 };
        let (at, bit) = beginning(&first.folded);
        if self.begins.get(at).is_none_or(|bits| bits & bit == 0) {
            return 0;
        }
        let stands = |phrase: &&Vec<String>| {
            words
                .get(place..place + phrase.len())
                .is_some_and(|row| row.iter().zip(phrase.iter()).all(|(word, wanted)| word.folded == *wanted))
        };
        let group = self.by_first.get(&first.folded).map(Vec::as_slice).unwrap_or_default();
        group.iter().find(stands).map_or(0, Vec::len)
    }

    /// Places of the phrases in `words`, with their lengths.
    pub(in crate::duplicates::extract) fn places<'a>(
        &'a self,
        words: &'a [Token],
    ) -> impl Iterator<Item = (usize, usize)> + 'a {
        (0..words.len()).map(|place| (place, self.at(words, place))).filter(|(_, len)| *len > 0)
    }

    /// Whether any phrase stands anywhere.
    pub(in crate::duplicates::extract) fn is_in(&self, words: &[Token]) -> bool {
        self.places(words).next().is_some()
    }
}

impl<'t> Reading<'t> {
    /// Cuts `text`; what follows the first [`ALIGN_SYLLABLES_MAX`] syllables is not read.
    pub(in crate::duplicates::extract) fn of(text: &'t str) -> Self {
        let mut walk = Syllables::new(text);
        let mut words = Vec::with_capacity(text.len() / 6);
        while let Some(token) = walk.advance().filter(|_| words.len() < ALIGN_SYLLABLES_MAX) {
            words.push(Token {
                start: token.start,
                end: token.end,
                accented: String::new(),
                folded: token.folded.to_owned(),
            });
        }
        Self { text, words }
    }

    /// The folded syllable at `place`; empty past the end.
    pub(in crate::duplicates::extract) fn word(&self, place: usize) -> &str {
        self.words.get(place).map_or("", |word| word.folded.as_str())
    }

    /// The syllable at `place` as written.
    pub(in crate::duplicates::extract) fn written(&self, place: usize) -> &'t str {
        let word = self.words.get(place);
        word.and_then(|word| self.text.get(word.start as usize..word.end as usize)).unwrap_or_default()
    }

    /// What stands between the syllable at `place` and the one before it, or the beginning of the text.
    pub(in crate::duplicates::extract) fn before(&self, place: usize) -> &'t str {
        let from =
            place.checked_sub(1).and_then(|before| self.words.get(before)).map_or(0, |w| w.end as usize);
        let to = self.words.get(place).map_or(self.text.len(), |word| word.start as usize);
        self.text.get(from..to).unwrap_or_default()
    }

    /// Whether a line begins at `place`.
    pub(in crate::duplicates::extract) fn begins_line(&self, place: usize) -> bool {
        place == 0 || self.before(place).contains('\n')
    }

    /// Whether an empty line stands before `place`.
    pub(in crate::duplicates::extract) fn begins_paragraph(&self, place: usize) -> bool {
        place == 0 || self.before(place).matches('\n').count() > 1
    }

    /// Whether the syllable at `place` begins with a capital or is one of figures.
    pub(in crate::duplicates::extract) fn is_capital(&self, place: usize) -> bool {
        self.written(place).chars().next().is_some_and(char::is_uppercase)
    }

    /// The digits from `place` on, joined over spaces, dots and hyphens, and how many syllables they take.
    /// Letters that a scanner takes for digits are read as digits beside real ones.
    pub(in crate::duplicates::extract) fn digits(&self, place: usize) -> (String, usize) {
        let mut number = String::new();
        let mut taken = 0;
        while let Some(digits) = digits_of(self.word(place + taken)) {
            let glue = self.before(place + taken);
            let is_joined = taken == 0 || matches!(glue, " " | "." | "-" | "\u{A0}" | ". " | "");
            if !is_joined || number.len() + digits.len() > NUMBER_DIGITS_MAX {
                break;
            }
            number.push_str(&digits);
            taken += 1;
        }
        (number, taken)
    }
}

/// The bit that stands for the first two bytes of a word, and which of four rows of bits it is in.
fn beginning(word: &str) -> (usize, u64) {
    let byte = |place: usize| word.as_bytes().get(place).copied().unwrap_or_default();
    let bit = byte(0).wrapping_mul(31).wrapping_add(byte(1));
    (usize::from(bit >> 6), 1 << (bit & 63))
}

/// Digits of one number at most.
const NUMBER_DIGITS_MAX: usize = 15;

/// The digits of a syllable of which at least half are digits, scanned letters mended.
fn digits_of(word: &str) -> Option<String> {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    if digits == 0 || digits * 2 < word.chars().count() {
        return None;
    }
    word.chars()
        .map(|c| match c {
            'o' => Some('0'),
            'l' | 'i' => Some('1'),
            's' => Some('5'),
            'b' => Some('8'),
            c => c.is_ascii_digit().then_some(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_whatever_their_marks_and_the_longest_wins() {
        let phrases = Phrases::of(&["căn cước", "căn cước công dân", "số"]);
        let reading = Reading::of("So CAN CUOC công dân: 1");
        assert_eq!(phrases.places(&reading.words).collect::<Vec<_>>(), [(0, 1), (1, 4)]);
        assert_eq!(phrases.at(&reading.words, 99), 0);
    }

    #[test]
    fn digits_are_joined_over_their_groups_and_scanned_letters_mended() {
        let table = [
            ("012 345 678", "012345678", 3),
            ("0912.345.678, nhà", "0912345678", 3),
            ("O123456789l2", "012345678912", 1),
            ("một", "", 0),
            ("12; 34", "12", 1),
        ];
        for (text, number, taken) in table {
            assert_eq!(Reading::of(text).digits(0), (number.to_owned(), taken), "{text}");
        }
    }
}
