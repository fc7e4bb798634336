//! The best rows by score, ties by id, over one segment after another.
//!
//! Rows that may be among the best are put aside; when twice as many as wanted lie there, the better half
//! stays, and what scores lower than its last is not put aside any more. Ids are read of rows that score just
//! as its last does, and of those that are left at the end.

use std::cmp::Ordering;

use tantivy::{DocAddress, DocId, Score, SegmentOrdinal};

use crate::domain::limits::RERANK_DEPTH;
use crate::search::collect::{Found, sort};
use crate::search::order::{Ids, Order, RowPlace};

/// Rows of one score that lie aside before their ids are compared.
const LEVEL_MAX: usize = 4_096;
/// Lanes that are searched at once: what all may see, and what is personal.
const LANES_MAX: usize = 2;

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

/// How often one word stands in a row, by lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::search) struct LaneCounts([u32; LANES_MAX]);

#[derive(Debug, Clone, Copy)]
struct Kept {
    score: Score,
    segment: SegmentOrdinal,
    row: DocId,
    counts: Option<LaneCounts>,
}

impl LaneCounts {
    /// It stands in one lane.
    pub(in crate::search) fn one(lane: usize, count: u32) -> Self {
        Self::two(lane, [count, 0])
    }

    /// It stands in `lane` and in the other one.
    pub(in crate::search) fn two(lane: usize, [count, other]: [u32; LANES_MAX]) -> Self {
        Self(if lane == 0 { [count, other] } else { [other, count] })
    }

    pub(in crate::search) fn at(self, lane: usize) -> u32 {
        self.0.get(lane).copied().unwrap_or_default()
    }
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
                self.put_aside(*row, *score, None);
            }
        }
    }

    /// Looks at one row of the segment entered last, whose counts of the one word asked are known.
    #[inline]
    pub(in crate::search) fn look_at_counted(
        &mut self,
        row: DocId,
        score: Score,
        counts: impl FnOnce() -> LaneCounts,
    ) {
        if score >= self.bound {
            self.put_aside(row, score, Some(counts()));
        }
    }

    fn put_aside(&mut self, row: DocId, score: Score, counts: Option<LaneCounts>) {
        let Some((segment, ids)) = self.ids.last() else { return };
        let kept = Kept { score, segment: *segment, row, counts };
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
        // First parts of ids are hardly ever the same, so second ones are read of few rows.
        let named = self.level.iter().map(|kept| (self.high(*kept), *kept));
        let mut named: Vec<(u64, Kept)> = named.collect();
        let (_, (most, _), _) = named.select_nth_unstable_by_key(last, |(high, _)| *high);
        let most = *most;
        let (mut level, mut same): (Vec<Kept>, Vec<Kept>) = (Vec::with_capacity(room), Vec::new());
        for (high, kept) in named {
            match high.cmp(&most) {
                Ordering::Less => level.push(kept),
                Ordering::Equal => same.push(kept),
                Ordering::Greater => {}
            }
        }
        if same.len() > 1 {
            same.sort_unstable_by_key(|kept| self.id(*kept));
        }
        same.truncate(room.saturating_sub(level.len()));
        level.append(&mut same);
        (self.bound_id, self.level) = (Some(most), level);
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
                counts: kept.counts,
            })
            .collect();
        if !is_reranked {
            sort(&mut found, &Order::Relevance);
        }
        found
    }

    fn id(&self, kept: Kept) -> (u64, u64) {
        self.ids_of(kept).map_or((u64::MAX, u64::MAX), |ids| ids.of(kept.row))
    }

    fn high(&self, kept: Kept) -> u64 {
        self.ids_of(kept).map_or(u64::MAX, |ids| ids.high(kept.row))
    }

    fn ids_of(&self, kept: Kept) -> Option<&Ids> {
        let ids = self.ids.iter().rev().find(|(segment, _)| *segment == kept.segment);
        ids.map(|(_, ids)| ids)
    }
}
