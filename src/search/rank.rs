//! Puts the best hits in order.
//!
//! Retrieval is cheap and coarse: pairs of folded syllables. The first [`RERANK_DEPTH`] rows are then
//! weighed by [`Signals`], each a share between 0 and 1 of what a row could have, so that the same
//! [`Weights`] serve any collection: how much of the question stands in the row and how rare it is
//! there, how much of it in one passage, whether a headline is about it, with the marks it was typed
//! with, and what the row's authority is. Signals are read off postings and norms, never off stored
//! text. A row that was put in order never falls behind one that was not.
//!
//! Few rows are shown. Of the others only what costs little is read, with what the first score says of the
//! rest: a row that cannot come among those shown is not read further. What is shown is what reading all of
//! them would show.

mod asked;
mod passage;
mod postings;
mod signals;
pub mod weights;

use tantivy::Searcher;
use tantivy::columnar::Column;

use crate::domain::limits::RERANK_DEPTH;
use crate::search::collect::{Found, LaneCounts, sort};
use crate::search::order::Order;
use crate::search::query::{Parsed, Word};
use crate::search::rank::asked::Asked;
use crate::search::rank::postings::SegmentHeads;
use crate::search::rank::signals::Signals;
use crate::search::rank::weights::Weights;
use crate::search::request::Matched;
use crate::search::schema::{Fields, Lane};
use crate::search::statistics::Statistics;

/// Rows that are weighed beyond those that are shown before anything is left out.
const AHEAD_MIN: usize = 10;
/// Sums of shares in another order differ by less.
const ROUNDING: f32 = 1e-4;

/// What rows are weighed against.
pub(in crate::search) struct Ranking<'a> {
    pub(in crate::search) searcher: &'a Searcher,
    pub(in crate::search) statistics: &'a Statistics,
    pub(in crate::search) fields: &'a Fields,
    pub(in crate::search) lanes: &'a [Lane],
    pub(in crate::search) weights: &'a Weights,
    /// By segment.
    pub(in crate::search) authorities: &'a [Option<Column<f64>>],
}

/// Which words and pairs of the question a row's first score counts.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::search) struct Scored {
    words: bool,
    pairs: bool,
}

/// A row whose signals are read in part, and the most that its score can be.
struct Draft<'f> {
    found: &'f mut Found,
    signals: Signals,
    most: f32,
}

impl Scored {
    /// What [`retrieve::query`](crate::search::retrieve::query) counts.
    pub(in crate::search) fn by(parsed: &Parsed, rule: Matched) -> Self {
        let is_literal = parsed.groups.is_empty() && parsed.phrase_groups.is_empty();
        let pairs = is_literal && parsed.patterns.is_empty();
        let is_word = |phrase: &Vec<Word>| phrase.len() < 2;
        Self { pairs, words: pairs && rule == Matched::All && parsed.phrases.iter().all(is_word) }
    }
}

impl Ranking<'_> {
    /// Orders the first [`RERANK_DEPTH`] of `rows` anew; `shown` of them are sure to be in their place, what
    /// comes behind is only known not to come before.
    pub(in crate::search) fn rerank(
        &self,
        parsed: &Parsed,
        rows: &mut [Found],
        (shown, scored): (usize, Scored),
    ) -> tantivy::Result<()> {
        let (best, rest) = rows.split_at_mut(rows.len().min(RERANK_DEPTH));
        let asked = Asked::of(parsed, self.statistics, self.lanes)?;
        let mut drafts = Vec::with_capacity(best.len());
        for found in best.iter_mut() {
            drafts.push(Draft { found, signals: Signals::default(), most: f32::MAX });
        }
        self.outline(&asked, &mut drafts, scored)?;
        let all = drafts.len();
        let first = shown.saturating_add(shown.max(AHEAD_MIN)).min(all);
        if first < all {
            drafts.select_nth_unstable_by(first, |a, b| b.most.total_cmp(&a.most));
        }
        let (sure, open) = drafts.split_at_mut(first);
        self.complete(&asked, sure)?;
        if !open.is_empty() {
            let mut scores: Vec<f32> = sure.iter().map(|draft| draft.found.score).collect();
            let least = match shown.checked_sub(1) {
                Some(last) => *scores.select_nth_unstable_by(last, |a, b| b.total_cmp(a)).1,
                None => f32::MAX,
            };
            let (mut able, unable): (Vec<&mut Draft<'_>>, Vec<&mut Draft<'_>>) =
                open.iter_mut().partition(|draft| draft.most + ROUNDING >= least);
            self.complete_some(&asked, &mut able)?;
            unable.into_iter().for_each(|draft| draft.found.score = draft.most);
        }
        drop(drafts);
        let least = best.iter().map(|found| found.score).fold(f32::INFINITY, f32::min);
        order_first(best, shown);
        lower(if best.is_empty() { 0.0 } else { least }, rest);
        Ok(())
    }
}

impl Ranking<'_> {
    /// Reads what costs little of all rows.
    fn outline(&self, asked: &Asked<'_>, drafts: &mut [Draft<'_>], scored: Scored) -> tantivy::Result<()> {
        let mut drafts: Vec<&mut Draft<'_>> = drafts.iter_mut().collect();
        by_row(&mut drafts);
        for rows in drafts.chunk_by_mut(|a, b| a.segment() == b.segment()) {
            let Some(segment) = rows.first().map(|draft| draft.segment()) else { continue };
            let mut postings = SegmentHeads::open(self, asked, segment)?;
            for draft in rows {
                draft.signals.read_heads(asked, &mut postings, draft.found.address.doc_id);
                draft.most = draft.signals.most(asked, self.weights, (draft.found.score, scored));
            }
        }
        Ok(())
    }

    fn complete(&self, asked: &Asked<'_>, drafts: &mut [Draft<'_>]) -> tantivy::Result<()> {
        self.complete_some(asked, &mut drafts.iter_mut().collect::<Vec<_>>())
    }

    /// Reads the rest and gives the rows their scores.
    fn complete_some(&self, asked: &Asked<'_>, drafts: &mut [&mut Draft<'_>]) -> tantivy::Result<()> {
        by_row(drafts);
        for rows in drafts.chunk_by_mut(|a, b| a.segment() == b.segment()) {
            let Some(segment) = rows.first().map(|draft| draft.segment()) else { continue };
            let has_counts = rows.iter().all(|draft| draft.counts(asked).is_some());
            let mut lanes = postings::lanes(self, asked, (segment, has_counts))?;
            for draft in rows {
                let counts = draft.counts(asked).filter(|_| has_counts);
                draft.signals.read_lanes(asked, &mut lanes, (draft.found.address.doc_id, counts));
                draft.signals.normalize(asked);
                draft.found.score = draft.signals.score(self.weights);
            }
        }
        Ok(())
    }
}

impl Draft<'_> {
    fn segment(&self) -> u32 {
        self.found.address.segment_ord
    }

    /// How often the one word asked stands there, if it is one and that was noted.
    fn counts(&self, asked: &Asked<'_>) -> Option<LaneCounts> {
        self.found.counts.filter(|_| asked.words.len() == 1 && asked.pairs.is_empty())
    }
}

/// Puts the first `shown` rows in order and leaves the others behind them.
fn order_first(rows: &mut [Found], shown: usize) {
    let before = |a: &Found, b: &Found| b.score.total_cmp(&a.score).then_with(|| a.place.id.cmp(&b.place.id));
    if shown > 0 && shown < rows.len() {
        let (first, _, _) = rows.select_nth_unstable_by(shown, before);
        first.sort_unstable_by(before);
    } else {
        sort(rows, &Order::Relevance);
    }
}

/// Postings are read forwards.
fn by_row(drafts: &mut [&mut Draft<'_>]) {
    drafts.sort_unstable_by_key(|draft| draft.found.address);
}

/// Scores of rows that were only retrieved, in their order and below `bound`.
fn lower(bound: f32, rest: &mut [Found]) {
    let highest = rest.first().map_or(0.0, |found| found.score).max(f32::MIN_POSITIVE);
    rest.iter_mut().for_each(|found| found.score *= bound / highest);
}
