//! Finds a name that is abbreviated: `H. H. D.`, `N.V. An`, `Nguyễn V. A`, `ông HHD`.
//!
//! Only the signer's own name is looked for, syllable by syllable: each stands in full or as its first
//! letter in capitals, and one at least is abbreviated. Two letters, and letters without full stops, are
//! too common to be a name; they are taken for one after a title.

use std::ops::Range;

use crate::text::scrub::MASK;
use crate::text::syllable::{Token, tokens};

/// Syllables of a name.
const NAME_SYLLABLES: Range<usize> = 2..7;
/// Syllables from which initials with full stops are a name wherever they stand.
const INITIALS_MIN: usize = 3;
/// What stands before a name, folded.
const TITLES: [&str; 14] =
    ["ong", "ba", "anh", "chi", "co", "chu", "bac", "cu", "em", "chau", "ten", "la", "ho", "don"];
/// Words of addresses: what holds one is no name.
const PLACES: [&str; 12] =
    ["xa", "phuong", "tinh", "huyen", "quan", "thon", "ap", "duong", "pho", "khu", "xom", "to"];

/// Where `text` abbreviates any name among `secrets`, as byte ranges.
pub(in crate::text::scrub) fn find(text: &str, secrets: &[&str]) -> Vec<Range<usize>> {
    let names: Vec<Vec<String>> = secrets.iter().flat_map(|secret| names(secret)).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let words = Words { text, all: tokens(text) };
    let mut found = Vec::new();
    for place in 0..words.all.len() {
        for name in &names {
            found.extend(words.joined(place, name).or_else(|| words.abbreviated(place, name)));
        }
    }
    found
}

/// The names in a cell, which may hold several, as folded syllables.
fn names(secret: &str) -> Vec<Vec<String>> {
    let parts = secret.split([';', ',', '\n']).flat_map(|part| part.split(" và "));
    let folded = parts.map(|part| tokens(part).into_iter().map(|token| token.folded).collect::<Vec<_>>());
    let is_name = |name: &Vec<String>| {
        let is_word = |word: &String| word.chars().all(char::is_alphabetic);
        let places = name.iter().filter(|word| PLACES.contains(&word.as_str())).count();
        NAME_SYLLABLES.contains(&name.len()) && name.iter().all(is_word) && places < 2
    };
    folded.filter(is_name).collect()
}

/// A text, cut.
struct Words<'t> {
    text: &'t str,
    all: Vec<Token>,
}

impl Words<'_> {
    fn written(&self, place: usize) -> &str {
        let word = self.all.get(place);
        word.and_then(|word| self.text.get(word.start as usize..word.end as usize)).unwrap_or_default()
    }

    /// What stands between the word at `place` and the one before.
    fn before(&self, place: usize) -> &str {
        let from = place.checked_sub(1).and_then(|before| self.all.get(before)).map_or(0, |word| word.end);
        let to = self.all.get(place).map_or(from, |word| word.start);
        self.text.get(from as usize..to as usize).unwrap_or_default()
    }

    fn is_titled(&self, place: usize) -> bool {
        let title = place.checked_sub(1).and_then(|before| self.all.get(before));
        title.is_some_and(|title| TITLES.contains(&title.folded.as_str()))
            && !self.before(place).contains(MASK)
            && !self.before(place).contains('\n')
    }

    /// `ông HHD`: all initials in one word.
    fn joined(&self, place: usize, name: &[String]) -> Option<Range<usize>> {
        let word = self.all.get(place)?;
        let is_capital = self.written(place).chars().all(char::is_uppercase);
        let initials: String = name.iter().filter_map(|syllable| syllable.chars().next()).collect();
        let is_here = is_capital && word.folded == initials && self.is_titled(place);
        is_here.then_some(word.start as usize..word.end as usize)
    }

    /// The syllables of `name` from `place` on, some of them as capitals with a full stop.
    fn abbreviated(&self, place: usize, name: &[String]) -> Option<Range<usize>> {
        let row = self.all.get(place..place + name.len())?;
        let is_initial = |at: usize, word: &Token, syllable: &String| {
            word.folded.chars().count() == 1
                && syllable.starts_with(word.folded.as_str())
                && self.written(at).chars().all(char::is_uppercase)
        };
        let (mut initials, mut stops) = (0, 0);
        for ((at, word), syllable) in (place..).zip(row).zip(name) {
            let gap = if at == place { " " } else { self.before(at) };
            let is_stopped = gap.starts_with('.');
            if !gap.trim_start_matches('.').chars().all(char::is_whitespace) || gap.contains('\n') {
                return None;
            }
            stops += usize::from(is_stopped);
            if is_initial(at, word, syllable) && *syllable != word.folded {
                initials += 1;
            } else if word.folded != *syllable {
                return None;
            }
        }
        let is_mixed = initials > 0 && initials < name.len();
        let is_stopped = stops > 0 && (initials >= INITIALS_MIN || self.is_titled(place));
        let has_stop_or_title = is_mixed && (stops > 0 || self.is_titled(place));
        let (first, last) = row.first().zip(row.last())?;
        (is_stopped && initials > 0 || has_stop_or_title).then_some(first.start as usize..last.end as usize)
    }
}
