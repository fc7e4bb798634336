//! One walk over the matching rows: their exact number, the first of them in order, and facet counts.

use std::collections::BinaryHeap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use crate::search::facet::{Counts, FacetColumn, SegmentCounts};
use crate::search::order::{LocalPlace, Order, RowPlace, SegmentOrder};

/// What is gathered.
pub(in crate::search) struct Gather<'a> {
    pub(in crate::search) order: &'a Order,
    /// How many of the first rows are wanted.
    pub(in crate::search) wanted: usize,
    /// Only rows after this one are wanted; all are counted.
    pub(in crate::search) after: Option<&'a RowPlace>,
    pub(in crate::search) facets: &'a [FacetColumn],
}

/// What was gathered.
#[derive(Default)]
pub(in crate::search) struct Gathered {
    pub(in crate::search) total: u64,
    /// Matching rows after the one asked for.
    pub(in crate::search) after: u64,
    /// The first rows, in order.
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
}

/// The gathering of one segment.
pub(in crate::search) struct SegmentGather {
    segment: SegmentOrdinal,
    by_score: bool,
    wanted: usize,
    after: Option<LocalPlace>,
    order: SegmentOrder,
    facets: Vec<SegmentCounts>,
    total: u64,
    passed: u64,
    /// Rows of a lower score are not among the first; nothing is known before enough rows were seen.
    bound: Score,
    /// Nor are rows of that score whose ids begin higher.
    bound_id: u64,
    /// The last of the first rows on top.
    best: BinaryHeap<(LocalPlace, DocId, ScoreBits)>,
}

type ScoreBits = u32;

impl Collector for Gather<'_> {
    type Fruit = Gathered;
    type Child = SegmentGather;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentGather> {
        let order = SegmentOrder::open(self.order, reader)?;
        let after = self.after.map(|place| order.localize(place)).transpose()?;
        let facets = self.facets.iter().map(|facet| SegmentCounts::open(facet, reader));
        let facets = facets.collect::<tantivy::Result<_>>()?;
        let by_score = *self.order == Order::Relevance;
        let best =
            BinaryHeap::with_capacity(self.wanted.saturating_add(1).min(reader.max_doc() as usize + 1));
        Ok(SegmentGather {
            segment,
            by_score,
            wanted: self.wanted,
            after,
            order,
            facets,
            total: 0,
            passed: 0,
            bound: Score::NEG_INFINITY,
            bound_id: u64::MAX,
            best,
        })
    }

    fn requires_scoring(&self) -> bool {
        *self.order == Order::Relevance
    }

    fn merge_fruits(&self, fruits: Vec<tantivy::Result<Gathered>>) -> tantivy::Result<Gathered> {
        let mut all = Gathered {
            counts: self.facets.iter().map(|_| Counts::default()).collect(),
            ..Gathered::default()
        };
        for fruit in fruits {
            let fruit = fruit?;
            all.total += fruit.total;
            all.after += fruit.after;
            all.rows.extend(fruit.rows);
            all.counts.iter_mut().zip(fruit.counts).for_each(|(sum, counts)| sum.add(counts));
        }
        sort(&mut all.rows, self.order);
        all.rows.truncate(self.wanted);
        Ok(all)
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

impl SegmentCollector for SegmentGather {
    type Fruit = tantivy::Result<Gathered>;

    fn collect(&mut self, row: DocId, score: Score) {
        let score = if self.by_score { score } else { 0.0 };
        self.total += 1;
        self.facets.iter_mut().for_each(|facet| facet.count(row));
        let is_low = |score: Score| {
            score < self.bound || (score == self.bound && self.order.id_high(row) > self.bound_id)
        };
        if is_low(score) && self.after.is_none() {
            self.passed += 1;
            return;
        }
        let mut place =
            if self.by_score { SegmentOrder::place_of_score(score) } else { self.order.place(row) };
        let is_full = self.after.is_none() && self.best.len() >= self.wanted;
        if is_full && self.best.peek().is_none_or(|(last, ..)| place.is_behind(last)) {
            self.passed += 1;
            return;
        }
        place.id = self.order.id(row);
        if self.after.as_ref().is_some_and(|after| place <= *after) {
            return;
        }
        self.passed += 1;
        self.best.push((place, row, score.to_bits()));
        if self.best.len() > self.wanted {
            self.best.pop();
        }
        if self.by_score && self.best.len() >= self.wanted {
            let last = self.best.peek();
            self.bound = last.map_or(self.bound, |(.., bits)| Score::from_bits(*bits));
            self.bound_id = last.map_or(u64::MAX, |(place, ..)| place.id.0);
        }
    }

    fn harvest(self) -> tantivy::Result<Gathered> {
        let mut rows = Vec::with_capacity(self.best.len());
        for (place, row, score) in self.best.into_vec() {
            let place = self.order.globalize(row, place.id)?;
            rows.push(Found {
                address: DocAddress::new(self.segment, row),
                score: f32::from_bits(score),
                place,
            });
        }
        let counts = self.facets.into_iter().map(SegmentCounts::finish).collect::<tantivy::Result<_>>()?;
        Ok(Gathered { total: self.total, after: self.passed, rows, counts })
    }
}
