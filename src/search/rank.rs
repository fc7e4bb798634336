//! Puts the best hits in order by marks and nearness.
//!
//! Retrieval ignores marks; who typed `đất` still means `đất` before `đạt`. And words that stand close
//! together are more likely about one thing. Both are read off the postings of the best rows only. A
//! bonus is never negative, so a row that was put in order never falls behind one that was not.

use std::collections::BTreeMap;

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, Searcher, Term};

use crate::domain::limits::{POSITIONS_MAX, RERANK_DEPTH};
use crate::search::collect::{Found, sort};
use crate::search::order::Order;
use crate::search::query::{Parsed, Word};
use crate::search::schema::Lane;
use crate::search::statistics::Statistics;

/// Weight of a word that stands there with the marks it was typed with, in its rarity.
const MARKS_WEIGHT: f32 = 0.6;
/// Weight of all words standing side by side, in their mean rarity.
const NEARNESS_WEIGHT: f32 = 0.6;

struct Weighed<'a> {
    word: &'a Word,
    rarity: f32,
}

/// Orders the first [`RERANK_DEPTH`] of `rows` anew.
pub(in crate::search) fn rerank(
    searcher: &Searcher,
    statistics: &Statistics,
    parsed: &Parsed,
    lanes: &[Lane],
    rows: &mut [Found],
) -> tantivy::Result<()> {
    let (best, _) = rows.split_at_mut(rows.len().min(RERANK_DEPTH));
    let words = weigh(statistics, parsed, lanes)?;
    if words.len() < 2 && !words.iter().any(|weighed| weighed.word.is_marked()) {
        return Ok(());
    }
    let mut by_segment: BTreeMap<u32, Vec<&mut Found>> = BTreeMap::new();
    for found in best.iter_mut() {
        by_segment.entry(found.address.segment_ord).or_default().push(found);
    }
    for (segment, mut rows) in by_segment {
        rows.sort_unstable_by_key(|found| found.address.doc_id);
        let mut bonuses = vec![(0.0f32, 0.0f32); rows.len()];
        for lane in lanes {
            let mut lane = LanePostings::open(searcher, segment, lane, &words)?;
            for (found, (marks, nearness)) in rows.iter().zip(&mut bonuses) {
                *marks = marks.max(lane.marks(&words, found.address.doc_id));
                *nearness = nearness.max(lane.nearness(&words, found.address.doc_id));
            }
        }
        for (found, (marks, nearness)) in rows.iter_mut().zip(bonuses) {
            found.score += MARKS_WEIGHT * marks + NEARNESS_WEIGHT * nearness;
        }
    }
    sort(best, &Order::Relevance);
    Ok(())
}

fn weigh<'a>(
    statistics: &Statistics,
    parsed: &'a Parsed,
    lanes: &[Lane],
) -> tantivy::Result<Vec<Weighed<'a>>> {
    let mut weighed = Vec::new();
    for word in parsed.wanted_words() {
        let mut rarity = f32::MAX;
        for lane in lanes {
            rarity = rarity.min(statistics.rarity(&Term::from_field_text(lane.words, &word.folded))?);
        }
        weighed.push(Weighed { word, rarity });
    }
    Ok(weighed)
}

/// Postings of the words in one lane of one segment, read forwards.
struct LanePostings {
    words: Vec<Option<SegmentPostings>>,
    marks: Vec<Option<SegmentPostings>>,
    positions: Vec<Vec<u32>>,
}

impl LanePostings {
    fn open(searcher: &Searcher, segment: u32, lane: &Lane, words: &[Weighed<'_>]) -> tantivy::Result<Self> {
        let reader = searcher.segment_reader(segment);
        let (folded, accented) = (reader.inverted_index(lane.words)?, reader.inverted_index(lane.marks)?);
        let mut postings = Self { words: Vec::new(), marks: Vec::new(), positions: Vec::new() };
        for Weighed { word, .. } in words {
            let term = Term::from_field_text(lane.words, &word.folded);
            postings.words.push(folded.read_postings(&term, IndexRecordOption::WithFreqsAndPositions)?);
            let term = Term::from_field_text(lane.marks, &word.accented);
            let marked = word.is_marked().then(|| accented.read_postings(&term, IndexRecordOption::Basic));
            postings.marks.push(marked.transpose()?.flatten());
        }
        Ok(postings)
    }

    /// Rarity of the words that stand in the row with their marks.
    fn marks(&mut self, words: &[Weighed<'_>], row: u32) -> f32 {
        let present = self.marks.iter_mut().zip(words).filter_map(|(postings, weighed)| {
            postings.as_mut().is_some_and(|postings| stands_in(postings, row)).then_some(weighed.rarity)
        });
        present.sum()
    }

    /// Mean rarity of the words, by how closely together they stand: 1 when side by side.
    #[expect(clippy::cast_precision_loss, reason = "counts of words in a query and positions in a text")]
    fn nearness(&mut self, words: &[Weighed<'_>], row: u32) -> f32 {
        self.positions.clear();
        let mut rarity = 0.0;
        for (postings, weighed) in self.words.iter_mut().zip(words) {
            let Some(postings) = postings else { continue };
            if stands_in(postings, row) {
                let mut positions = Vec::new();
                postings.positions(&mut positions);
                positions.truncate(POSITIONS_MAX);
                self.positions.push(positions);
                rarity += weighed.rarity;
            }
        }
        if self.positions.len() < 2 {
            return 0.0;
        }
        let closest = (self.positions.len() - 1) as f32;
        rarity / words.len() as f32 * closest / shortest_window(&self.positions).max(1) as f32
    }
}

fn stands_in(postings: &mut SegmentPostings, row: u32) -> bool {
    let doc = postings.doc();
    if doc < row { postings.seek(row) == row } else { doc == row }
}

/// Length of the shortest stretch that holds a position of every list; lists are in order.
fn shortest_window(lists: &[Vec<u32>]) -> u32 {
    let mut heads: Vec<(u32, usize, usize)> = lists
        .iter()
        .enumerate()
        .filter_map(|(list, positions)| Some((*positions.first()?, list, 0)))
        .collect();
    let mut shortest = u32::MAX;
    loop {
        let last = heads.iter().map(|(position, ..)| *position).max().unwrap_or(0);
        let Some(head) = heads.iter_mut().min_by_key(|(position, ..)| *position) else { return shortest };
        let (first, list, place) = *head;
        shortest = shortest.min(last - first);
        let Some(next) = lists.get(list).and_then(|positions| positions.get(place + 1)) else {
            return shortest;
        };
        *head = (*next, list, place + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_stretch_is_found() {
        let table: [(&[&[u32]], u32); 4] = [
            (&[&[1, 50], &[10, 51]], 1),
            (&[&[5], &[5]], 0),
            (&[&[0, 9, 20], &[3, 22], &[4, 40]], 4),
            (&[&[0, 100, 200], &[99, 198], &[150, 201]], 3),
        ];
        for (lists, expected) in table {
            let lists: Vec<Vec<u32>> = lists.iter().map(|list| list.to_vec()).collect();
            assert_eq!(shortest_window(&lists), expected);
        }
    }
}
