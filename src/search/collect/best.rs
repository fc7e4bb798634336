//! The best rows by score, ties by id, over one segment after another.
//!
//! Rows that may be among the best are put aside; when twice as many as wanted lie there, the better half
//! stays, and what scores lower than its last is not put aside any more. Ids are read of rows that score just
//! as its last does, and of those that are left at the end.

use tantivy::{DocAddress, DocId, Score, SegmentOrdinal};

use crate::domain::limits::RERANK_DEPTH;
use crate::search::collect::{Found, sort};
use crate::search::order::{Ids, Order, RowPlace};

/// Rows of one score that lie aside before their ids are compared.
const LEVEL_MAX: usize = 4_096;

/// The best so many rows.
pub(in crate::search) struct Best {
    wanted: usize,
    /// Rows that score higher than `bound`, fewer than twice as many as wanted.
    above: Vec<Kept>,
    /// Rows that score `bound`.
    level: Vec<Kept>,
    /// As many rows as wanted score this or more.
    bound: Score,
    /// Of the rows that score `bound`, those whose ids begin higher are not among the best.
    bound_id: Option<u64>,
    /// Ids of the segments that were looked at.
    ids: Vec<(SegmentOrdinal, Ids)>,
}

#[derive(Debug, Clone, Copy)]
struct Kept {
    score: Score,
    segment: SegmentOrdinal,
    row: DocId,
}

impl Best {
    pub(in crate::search) fn of(wanted: usize) -> Self {
        let bound = if wanted == 0 { Score::INFINITY } else { Score::NEG_INFINITY };
        Self { wanted, above: Vec::new(), level: Vec::new(), bound, bound_id: None, ids: Vec::new() }
    }

    /// Rows that come are of this segment.
    pub(in crate::search) fn enter(&mut self, segment: SegmentOrdinal, ids: Ids) {
        self.ids.push((segment, ids));
    }

    /// What scores lower is not among the best.
    pub(in crate::search) fn bound(&self) -> Score {
        self.bound
    }

    /// Looks at rows of the segment entered last.
    pub(in crate::search) fn look_at(&mut self, rows: &[DocId], scores: &[Score]) {
        for (row, score) in rows.iter().zip(scores) {
            if *score >= self.bound {
                self.put_aside(*row, *score);
            }
        }
    }

    fn put_aside(&mut self, row: DocId, score: Score) {
        let Some((segment, ids)) = self.ids.last() else { return };
        let kept = Kept { score, segment: *segment, row };
        if score > self.bound {
            self.above.push(kept);
            if self.above.len() >= self.wanted.saturating_mul(2) {
                self.halve();
            }
        } else if self.bound_id.is_none_or(|most| ids.high(row) <= most) {
            self.level.push(kept);
            if self.level.len() >= LEVEL_MAX.max(self.wanted.saturating_mul(2)) {
                self.thin();
            }
        }
    }

    /// Leaves the better half, and what is level with its last.
    fn halve(&mut self) {
        let Some(last) = self.wanted.checked_sub(1).filter(|last| *last < self.above.len()) else { return };
        let (_, at, _) = self.above.select_nth_unstable_by(last, |a, b| b.score.total_cmp(&a.score));
        let bound = at.score;
        let level = &mut self.level;
        level.clear();
        self.above.retain(|kept| {
            if kept.score == bound {
                level.push(*kept);
            }
            kept.score > bound
        });
        (self.bound, self.bound_id) = (bound, None);
    }

    /// Leaves those of the level rows that may still be among the best.
    fn thin(&mut self) {
        let room = self.wanted.saturating_sub(self.above.len());
        if room >= self.level.len() {
            return;
        }
        let Some(last) = room.checked_sub(1) else {
            self.level.clear();
            return;
        };
        let named = self.level.iter().map(|kept| (self.id(*kept), *kept));
        let mut named: Vec<((u64, u64), Kept)> = named.collect();
        let (_, ((high, _), _), _) = named.select_nth_unstable_by_key(last, |(id, _)| *id);
        self.bound_id = Some(*high);
        self.level = named.into_iter().take(room).map(|(_, kept)| kept).collect();
    }

    /// The best rows: in order, or as they stand in the index when all of them will be put in order anew.
    pub(in crate::search) fn rows(mut self) -> Vec<Found> {
        self.halve();
        self.thin();
        let is_reranked = self.wanted <= RERANK_DEPTH;
        let mut all = std::mem::take(&mut self.above);
        all.append(&mut self.level);
        all.sort_unstable_by_key(|kept| (kept.segment, kept.row));
        let mut found: Vec<Found> = all
            .iter()
            .map(|kept| Found {
                address: DocAddress::new(kept.segment, kept.row),
                score: kept.score,
                place: RowPlace { values: Vec::new(), id: self.id(*kept) },
            })
            .collect();
        if !is_reranked {
            sort(&mut found, &Order::Relevance);
        }
        found
    }

    fn id(&self, kept: Kept) -> (u64, u64) {
        let ids = self.ids.iter().rev().find(|(segment, _)| *segment == kept.segment);
        ids.map_or((u64::MAX, u64::MAX), |(_, ids)| ids.of(kept.row))
    }
}
