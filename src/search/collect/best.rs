//! The best rows by score, ties by id, over one segment after another.
//!
//! Rows that may be among the best are put aside; when twice as many as wanted lie there, the better half
//! stays, and what scores lower than its last is not put aside any more. Ids are read only where scores are
//! equal, and of the rows that are left at the end.

use tantivy::{DocAddress, DocId, Score, SegmentOrdinal};

use crate::search::collect::Found;
use crate::search::order::{Ids, RowPlace};

/// The best so many rows.
pub(in crate::search) struct Best {
    wanted: usize,
    kept: Vec<Kept>,
    /// Rows of a lower score are not among the best.
    bound: Score,
    /// Nor are rows of that score whose ids begin higher.
    bound_id: u64,
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
        Self { wanted, kept: Vec::new(), bound, bound_id: u64::MAX, ids: Vec::new() }
    }

    /// Rows that come are of this segment.
    pub(in crate::search) fn enter(&mut self, segment: SegmentOrdinal, ids: Ids) {
        self.ids.push((segment, ids));
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
        if self.wanted == 0 || (score <= self.bound && ids.high(row) > self.bound_id) {
            return;
        }
        self.kept.push(Kept { score, segment: *segment, row });
        if self.kept.len() >= self.wanted.saturating_mul(2) {
            self.halve();
        }
    }

    fn halve(&mut self) {
        let Some(last) = self.wanted.checked_sub(1).filter(|last| *last < self.kept.len()) else { return };
        let (_, at, _) = self.kept.select_nth_unstable_by(last, |a, b| b.score.total_cmp(&a.score));
        let bound = at.score;
        let (mut above, mut level): (Vec<Kept>, Vec<Kept>) =
            self.kept.iter().filter(|kept| kept.score >= bound).partition(|kept| kept.score > bound);
        let room = self.wanted.saturating_sub(above.len());
        (self.bound, self.bound_id) = (bound, u64::MAX);
        if let Some(last) = room.checked_sub(1).filter(|_| room < level.len()) {
            let mut named: Vec<((u64, u64), Kept)> =
                level.iter().map(|kept| (self.id(*kept), *kept)).collect();
            let (_, ((high, _), _), _) = named.select_nth_unstable_by_key(last, |(id, _)| *id);
            self.bound_id = *high;
            level = named.into_iter().take(room).map(|(_, kept)| kept).collect();
        }
        above.append(&mut level);
        self.kept = above;
    }

    /// The best rows, in order.
    pub(in crate::search) fn rows(mut self) -> Vec<Found> {
        if self.kept.len() > self.wanted {
            self.halve();
        }
        let mut kept = std::mem::take(&mut self.kept);
        kept.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then_with(|| self.id(*a).cmp(&self.id(*b))));
        let found = kept.into_iter().map(|kept| Found {
            address: DocAddress::new(kept.segment, kept.row),
            score: kept.score,
            place: RowPlace { values: Vec::new(), id: self.id(kept) },
        });
        found.collect()
    }

    fn id(&self, kept: Kept) -> (u64, u64) {
        let ids = self.ids.iter().rev().find(|(segment, _)| *segment == kept.segment);
        ids.map_or((u64::MAX, u64::MAX), |(_, ids)| ids.of(kept.row))
    }
}
