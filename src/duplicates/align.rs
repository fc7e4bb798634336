//! Shared passages of two texts, to be shown side by side.
//!
//! A passage is a run of at least four folded syllables that stand in both texts, as long as it goes;
//! the longest is taken at each place of the first text, and no syllable of either text is used twice.
//! Ranges point into the texts as given. The work is bounded: [`ALIGN_SYLLABLES_MAX`] syllables of each
//! text, [`ALIGN_PLACES_MAX`] places for each beginning.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use crate::domain::limits::{ALIGN_PLACES_MAX, ALIGN_SYLLABLES_MAX};
use crate::text::syllable::Syllables;

/// Syllables of the shortest passage; shorter ones are idiom, not evidence.
pub const PASSAGE_SYLLABLES_MIN: usize = 4;

/// A passage that stands in both texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Its bytes in the first text.
    pub a: Range<usize>,
    /// Its bytes in the second text.
    pub b: Range<usize>,
    /// Its length in syllables.
    pub syllables: usize,
}

/// A run of equal syllables of two rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::duplicates) struct Run {
    /// Where it begins in the first row.
    pub(in crate::duplicates) a: usize,
    /// Where it begins in the second row.
    pub(in crate::duplicates) b: usize,
    /// Its length.
    pub(in crate::duplicates) len: usize,
}

/// A row of hashed syllables, with where each beginning of a passage stands in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::duplicates) struct Row {
    hashes: Vec<u64>,
    /// Key of the beginning and its place, sorted. Keys may clash: passages are compared.
    places: Vec<(u32, u32)>,
}

impl Row {
    /// The row of `hashes`.
    pub(in crate::duplicates) fn of(hashes: Vec<u64>) -> Self {
        let beginnings = (0u32..).zip(hashes.windows(PASSAGE_SYLLABLES_MIN));
        let mut places: Vec<(u32, u32)> =
            beginnings.map(|(place, beginning)| (key(beginning), place)).collect();
        places.sort_unstable();
        Self { hashes, places }
    }

    /// The syllables.
    pub(in crate::duplicates) fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// The first [`ALIGN_PLACES_MAX`] places where `beginning` may stand.
    fn places_of(&self, beginning: &[u64]) -> impl Iterator<Item = usize> {
        let key = key(beginning);
        let from = self.places.partition_point(|(known, _)| *known < key);
        let same = self.places.iter().skip(from).take_while(move |(known, _)| *known == key);
        same.take(ALIGN_PLACES_MAX).map(|(_, place)| *place as usize)
    }
}

/// The passages `a` and `b` share, in the order of `a`.
#[must_use]
pub fn align(a: &str, b: &str) -> Vec<Passage> {
    let ((a, hashes_a), (b, hashes_b)) = (syllables(a), syllables(b));
    let runs = runs(&hashes_a, &Row::of(hashes_b));
    let passages = runs.into_iter().filter_map(|run| {
        let (a, b) = (bytes(&a, run.a, run.len)?, bytes(&b, run.b, run.len)?);
        Some(Passage { a, b, syllables: run.len })
    });
    passages.collect()
}

/// The runs of at least [`PASSAGE_SYLLABLES_MIN`] that two rows of hashes share, in the order of `a`.
pub(in crate::duplicates) fn runs(a: &[u64], b: &Row) -> Vec<Run> {
    let mut used = vec![false; b.hashes.len()];
    let mut runs = Vec::new();
    let mut start = 0;
    while start < a.len() {
        let Some((place, len)) = longest(a, b, start, &used) else {
            start += 1;
            continue;
        };
        runs.push(Run { a: start, b: place, len });
        used.iter_mut().skip(place).take(len).for_each(|used| *used = true);
        start += len;
    }
    runs
}

/// From the beginning of the syllable at `start` to the end of the last of `len`.
fn bytes(text: &[Range<usize>], start: usize, len: usize) -> Option<Range<usize>> {
    let run = text.get(start..start + len)?;
    Some(run.first()?.start..run.last()?.end)
}

/// The bytes of the syllables of `text`, and their hashes.
fn syllables(text: &str) -> (Vec<Range<usize>>, Vec<u64>) {
    let mut walk = Syllables::new(text);
    let (mut bytes, mut hashes) = (Vec::new(), Vec::new());
    while let Some(token) = walk.advance().filter(|_| bytes.len() < ALIGN_SYLLABLES_MAX) {
        bytes.push(token.start as usize..token.end as usize);
        hashes.push(xxh3_64(token.folded.as_bytes()));
    }
    (bytes, hashes)
}

fn key(beginning: &[u64]) -> u32 {
    let key = beginning.iter().fold(0, |key: u64, syllable| key.rotate_left(17).wrapping_add(*syllable));
    (key >> 32) as u32
}

/// The place in `b` and the length of the longest passage that begins at `start` in `a`.
fn longest(a: &[u64], b: &Row, start: usize, used: &[bool]) -> Option<(usize, usize)> {
    let beginning = a.get(start..start + PASSAGE_SYLLABLES_MIN)?;
    let len = |place: usize| {
        let of_a = a.iter().skip(start);
        let of_b = b.hashes.iter().zip(used).skip(place);
        of_a.zip(of_b).take_while(|(a, (b, used))| a == b && !**used).count()
    };
    let found = b.places_of(beginning).map(|place| (place, len(place)));
    let best = found.max_by_key(|(place, len)| (*len, std::cmp::Reverse(*place)));
    best.filter(|(_, len)| *len >= PASSAGE_SYLLABLES_MIN)
}

#[cfg(test)]
mod tests;
