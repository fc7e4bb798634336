//! One walk over the matching rows: their exact number, the first of them in order, and facet counts.

mod best;

use std::collections::BinaryHeap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use crate::search::facet::{Counts, FacetColumn, SegmentCounts};
use crate::search::order::{Ids, LocalPlace, Order, RowPlace, SegmentOrder};

pub(in crate::search) use crate::search::collect::best::{Best, LaneCounts};

/// What is gathered.
pub(in crate::search) struct Gather<'a> {
    pub(in crate::search) order: &'a Order,
    /// How many of the first rows are wanted.
    pub(in crate::search) wanted: usize,
    /// Only rows after this one are wanted; all are counted.
    pub(in crate::search) after: Option<&'a RowPlace>,
    pub(in crate::search) facets: &'a [FacetColumn],
    /// Ids by segment, as far as they are open already.
    pub(in crate::search) ids: &'a [Ids],
}

/// What was gathered.
#[derive(Default)]
pub(in crate::search) struct Gathered {
    pub(in crate::search) total: u64,
    /// Matching rows after the one asked for.
    pub(in crate::search) after: u64,
    /// The first rows, in order; but by score in any, when they are so few that all are put in order anew.
    pub(in crate::search) rows: Vec<Found>,
    pub(in crate::search) counts: Vec<Counts>,
}

impl Gathered {
    /// The rows, which leave it.
    pub(in crate::search) fn take_rows(&mut self) -> Vec<Found> {
        std::mem::take(&mut self.rows)
    }
}

/// A row that was found.
#[derive(Debug, Clone)]
pub(in crate::search) struct Found {
    pub(in crate::search) address: DocAddress,
    pub(in crate::search) score: f32,
    pub(in crate::search) place: RowPlace,
    /// How often the one word that was asked stands there, when that was noted.
    pub(in crate::search) counts: Option<LaneCounts>,
}

/// The gathering of one segment.
pub(in crate::search) struct SegmentGather {
    segment: SegmentOrdinal,
    wanted: usize,
    after: Option<LocalPlace>,
    order: SegmentOrder,
    facets: Vec<SegmentCounts>,
    total: u64,
    passed: u64,
    first: First,
}

/// The first rows so far.
enum First {
    ByScore(Best),
    /// The last of them on top.
    ByPlace(BinaryHeap<(LocalPlace, DocId)>),
}

impl Gather<'_> {
    /// The gathering of a segment that goes on with the best rows of those before.
    pub(in crate::search) fn following(
        &self,
        best: Best,
        (segment, reader): (SegmentOrdinal, &SegmentReader),
    ) -> tantivy::Result<SegmentGather> {
        let order = SegmentOrder::open(self.order, reader, self.ids.get(segment as usize))?;
        let after = self.after.map(|place| order.localize(place)).transpose()?;
        let facets = self.facets.iter().map(|facet| SegmentCounts::open(facet, reader));
        let facets = facets.collect::<tantivy::Result<_>>()?;
        let first = if *self.order == Order::Relevance {
            let mut best = best;
            best.enter(segment, order.ids().clone());
            First::ByScore(best)
        } else {
            let most = self.wanted.saturating_add(1).min(reader.max_doc() as usize + 1);
            First::ByPlace(BinaryHeap::with_capacity(most))
        };
        let wanted = self.wanted;
        Ok(SegmentGather { segment, wanted, after, order, facets, total: 0, passed: 0, first })
    }

    /// Whether rows are wanted by their scores.
    pub(in crate::search) fn needs_scores(&self) -> bool {
        *self.order == Order::Relevance && self.wanted > 0
    }

    /// Whether rows are only to be counted.
    pub(in crate::search) fn only_counts(&self) -> bool {
        self.wanted == 0 && self.facets.is_empty()
    }

    /// What was gathered of all segments; `best` are the first rows if they are wanted by score.
    pub(in crate::search) fn sum(&self, parts: Vec<Gathered>, best: Option<Best>) -> Gathered {
        let mut all = Gathered {
            counts: self.facets.iter().map(|_| Counts::default()).collect(),
            ..Gathered::default()
        };
        for part in parts {
            all.total += part.total;
            all.after += part.after;
            all.rows.extend(part.rows);
            all.counts.iter_mut().zip(part.counts).for_each(|(sum, counts)| sum.add(counts));
        }
        match best {
            Some(best) if *self.order == Order::Relevance => all.rows = best.rows(),
            _ => sort(&mut all.rows, self.order),
        }
        all.rows.truncate(self.wanted);
        all
    }
}

impl Collector for Gather<'_> {
    type Fruit = Gathered;
    type Child = SegmentGather;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentGather> {
        self.following(Best::of(self.wanted), (segment, reader))
    }

    fn requires_scoring(&self) -> bool {
        *self.order == Order::Relevance
    }

    fn merge_fruits(&self, fruits: Vec<tantivy::Result<Gathered>>) -> tantivy::Result<Gathered> {
        Ok(self.sum(fruits.into_iter().collect::<tantivy::Result<_>>()?, None))
    }
}

/// Puts rows in order: by score if that is the order, then by place.
pub(in crate::search) fn sort(rows: &mut [Found], order: &Order) {
    rows.sort_unstable_by(|a, b| {
        let by_score = match order {
            Order::Relevance => b.score.total_cmp(&a.score),
            Order::Columns(_) => std::cmp::Ordering::Equal,
        };
        by_score.then_with(|| order.compare(&a.place, &b.place))
    });
}

impl SegmentGather {
    /// Takes rows that match, in order, with their scores.
    pub(in crate::search) fn take(&mut self, rows: &[DocId], scores: &[Score]) {
        self.total += rows.len() as u64;
        self.facets.iter_mut().for_each(|facet| facet.count_all(rows));
        match &mut self.first {
            First::ByScore(best) => {
                self.passed += rows.len() as u64;
                best.look_at(rows, scores);
            }
            First::ByPlace(_) => rows.iter().for_each(|row| self.keep(*row)),
        }
    }

    /// What rows of the segment must score to be among the first; none when it takes more than scores to
    /// gather them.
    pub(in crate::search) fn bound(&self) -> Option<Score> {
        match &self.first {
            First::ByScore(best) if self.facets.is_empty() => Some(best.bound()),
            _ => None,
        }
    }

    /// How many of the first rows are wanted.
    pub(in crate::search) fn wanted(&self) -> usize {
        self.wanted
    }

    /// Rows of the segment with the lowest ids, lowest first; deleted ones are among them.
    pub(in crate::search) fn lowest_ids(&self) -> &[DocId] {
        self.order.ids().lowest()
    }

    /// Looks at rows that were or will be counted.
    pub(in crate::search) fn look_at(&mut self, rows: &[DocId], scores: &[Score]) {
        if let First::ByScore(best) = &mut self.first {
            best.look_at(rows, scores);
        }
    }

    /// Looks at a row that was or will be counted, in which the one word asked stands so often.
    #[inline]
    pub(in crate::search) fn look_at_counted(
        &mut self,
        row: DocId,
        score: Score,
        counts: impl FnOnce() -> LaneCounts,
    ) {
        if let First::ByScore(best) = &mut self.first {
            best.look_at_counted(row, score, counts);
        }
    }

    /// Counts so many rows that are looked at otherwise, or of which only the number is asked.
    pub(in crate::search) fn count(&mut self, rows: u64) {
        self.total += rows;
        self.passed += rows;
    }

    /// Keeps the row if it is among the first by place.
    fn keep(&mut self, row: DocId) {
        let First::ByPlace(first) = &mut self.first else { return };
        let mut place = self.order.place(row);
        let is_full = self.after.is_none() && first.len() >= self.wanted;
        if is_full && first.peek().is_none_or(|(last, _)| place.is_behind(last)) {
            self.passed += 1;
            return;
        }
        place.id = self.order.id(row);
        if self.after.as_ref().is_some_and(|after| place <= *after) {
            return;
        }
        self.passed += 1;
        first.push((place, row));
        if first.len() > self.wanted {
            first.pop();
        }
    }

    /// What was gathered of this segment but for the best rows by score, and those of it and the segments
    /// before.
    pub(in crate::search) fn close(self) -> tantivy::Result<(Gathered, Best)> {
        let (best, first) = match self.first {
            First::ByScore(best) => (best, BinaryHeap::new()),
            First::ByPlace(first) => (Best::of(0), first),
        };
        let mut rows = Vec::with_capacity(first.len());
        for (place, row) in first.into_vec() {
            let place = self.order.globalize(row, place.id)?;
            rows.push(Found { address: DocAddress::new(self.segment, row), score: 0.0, place, counts: None });
        }
        let counts = self.facets.into_iter().map(SegmentCounts::finish).collect::<tantivy::Result<_>>()?;
        Ok((Gathered { total: self.total, after: self.passed, rows, counts }, best))
    }
}

impl SegmentCollector for SegmentGather {
    type Fruit = tantivy::Result<Gathered>;

    fn collect(&mut self, row: DocId, score: Score) {
        self.take(&[row], &[score]);
    }

    fn harvest(self) -> tantivy::Result<Gathered> {
        let (mut gathered, best) = self.close()?;
        gathered.rows.extend(best.rows());
        Ok(gathered)
    }
}
