//! Three words and more side by side, mostly told without reading where they stand.
//!
//! Each pair of neighbours is a term of its own, so only rows with every pair can hold the phrase. A word
//! between stands in the row so often; if it is preceded by its left neighbour and followed by its right one
//! more often than that together, some place has both. Along the phrase: it stands for certain when its pairs
//! occur more often than its inner words. Only otherwise are positions read.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::{DocId, DocSet, SegmentReader};

use crate::search::sweep::list::{Candidate, List, Sought};

/// A phrase in one lane, its terms looked up.
pub(super) struct Asked {
    pub(super) pairs: Vec<Sought>,
    pub(super) words: Vec<Sought>,
}

/// A phrase in one lane of one segment.
pub(super) struct Phrase {
    /// The rarest first.
    pairs: Vec<List>,
    inner: Vec<List>,
    words: Vec<SegmentPostings>,
}

impl Asked {
    pub(super) fn rows(&self, segment: u32) -> u32 {
        self.pairs.iter().map(|pair| pair.rows(segment)).min().unwrap_or(0)
    }

    /// None when no row of the segment can hold it.
    pub(super) fn open(&self, here: (u32, &SegmentReader)) -> tantivy::Result<Option<Phrase>> {
        let mut sought: Vec<&Sought> = self.pairs.iter().collect();
        sought.sort_by_key(|pair| pair.rows(here.0));
        let mut pairs = Vec::with_capacity(sought.len());
        for pair in sought {
            let Some(list) = pair.open(here, true)? else { return Ok(None) };
            pairs.push(list);
        }
        let (mut inner, mut words) = (Vec::new(), Vec::new());
        for (place, word) in self.words.iter().enumerate() {
            let Some(postings) = word.with_places(here)? else { return Ok(None) };
            words.push(postings);
            if place > 0 && place + 1 < self.words.len() {
                inner.extend(word.open(here, true)?);
            }
        }
        Ok(Some(Phrase { pairs, inner, words }))
    }
}

impl Phrase {
    /// The first row from `row` on that may hold the phrase.
    pub(super) fn next(&mut self, row: DocId) -> Option<DocId> {
        self.pairs.first_mut()?.next(row)
    }

    /// Rows of a stretch that hold the phrase.
    pub(super) fn fill(&mut self, stretch: (DocId, DocId)) -> Vec<Candidate> {
        let Some((rarest, others)) = self.pairs.split_first_mut() else { return Vec::new() };
        let mut found: Vec<(Candidate, i64)> = Vec::new();
        rarest.each(stretch, |row, count, score| found.push((Candidate { row, score }, i64::from(count))));
        for pair in others {
            found.retain_mut(|(candidate, more)| {
                let Some((count, score)) = pair.find(candidate.row) else { return false };
                candidate.score += score;
                *more += i64::from(count);
                true
            });
        }
        for word in &mut self.inner {
            for (candidate, more) in &mut found {
                *more -= word.find(candidate.row).map_or(0, |(count, _)| i64::from(count));
            }
        }
        let words = &mut self.words;
        found.retain(|(candidate, more)| *more > 0 || stand_in_a_row(words, candidate.row));
        found.into_iter().map(|(candidate, _)| candidate).collect()
    }
}

/// Whether the words stand side by side in `row`, which is not before one asked for earlier.
fn stand_in_a_row(words: &mut [SegmentPostings], row: DocId) -> bool {
    let (mut ends, mut places): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
    for (number, word) in words.iter_mut().enumerate() {
        if word.doc() < row {
            word.seek(row);
        }
        if word.doc() != row {
            return false;
        }
        places.clear();
        word.positions(&mut places);
        if number == 0 {
            std::mem::swap(&mut ends, &mut places);
            continue;
        }
        let mut next = places.iter().peekable();
        ends.retain_mut(|end| {
            *end += 1;
            while next.next_if(|place| **place < *end).is_some() {}
            next.peek() == Some(&&*end)
        });
    }
    !ends.is_empty()
}
