//! Puts the best hits in order.
//!
//! Retrieval is cheap and coarse: pairs of folded syllables. The first [`RERANK_DEPTH`] rows are then
//! weighed by [`Signals`], each a share between 0 and 1 of what a row could have, so that the same
//! [`Weights`] serve any collection: how much of the question stands in the row and how rare it is
//! there, how much of it in one passage, whether a headline is about it, with the marks it was typed
//! with, and what the row's authority is. Signals are read off postings and norms, never off stored
//! text. A row that was put in order never falls behind one that was not.

mod asked;
mod passage;
mod postings;
mod signals;
pub mod weights;

use std::collections::BTreeMap;

use tantivy::Searcher;

use crate::domain::limits::RERANK_DEPTH;
use crate::search::collect::{Found, sort};
use crate::search::order::Order;
use crate::search::query::Parsed;
use crate::search::rank::asked::Asked;
use crate::search::rank::postings::SegmentPostings;
use crate::search::rank::signals::Signals;
use crate::search::rank::weights::Weights;
use crate::search::schema::{Fields, Lane};
use crate::search::statistics::Statistics;

/// What rows are weighed against.
pub(in crate::search) struct Ranking<'a> {
    pub(in crate::search) searcher: &'a Searcher,
    pub(in crate::search) statistics: &'a Statistics,
    pub(in crate::search) fields: &'a Fields,
    pub(in crate::search) lanes: &'a [Lane],
    pub(in crate::search) weights: &'a Weights,
}

impl Ranking<'_> {
    /// Orders the first [`RERANK_DEPTH`] of `rows` anew.
    pub(in crate::search) fn rerank(&self, parsed: &Parsed, rows: &mut [Found]) -> tantivy::Result<()> {
        let (best, rest) = rows.split_at_mut(rows.len().min(RERANK_DEPTH));
        let asked = Asked::of(parsed, self.statistics, self.lanes)?;
        let mut by_segment: BTreeMap<u32, Vec<&mut Found>> = BTreeMap::new();
        for found in best.iter_mut() {
            by_segment.entry(found.address.segment_ord).or_default().push(found);
        }
        for (segment, mut rows) in by_segment {
            rows.sort_unstable_by_key(|found| found.address.doc_id);
            let mut postings = SegmentPostings::open(self, &asked, segment)?;
            for found in rows {
                let signals = Signals::read(&asked, &mut postings, found.address.doc_id);
                found.score = signals.score(self.weights);
            }
        }
        sort(best, &Order::Relevance);
        lower(best.last().map_or(0.0, |found| found.score), rest);
        Ok(())
    }
}

/// Scores of rows that were only retrieved, in their order and below `bound`.
fn lower(bound: f32, rest: &mut [Found]) {
    let highest = rest.first().map_or(0.0, |found| found.score).max(f32::MIN_POSITIVE);
    rest.iter_mut().for_each(|found| found.score *= bound / highest);
}
