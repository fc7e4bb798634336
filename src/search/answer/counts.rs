//! Facets and histograms of an answer, and how many rows each group has.
//!
//! The counts of a facet leave out the filters on its own columns, so that whoever chose one value sees what
//! the others would give; each such facet costs one more walk. Everything else is counted on the walk that
//! finds the hits.

use crate::definition::column::ColumnType;
use crate::search::SearchError;
use crate::search::answer::Answering;
use crate::search::collect::{Gather, Gathered};
use crate::search::facet::{Counts, FacetColumn};
use crate::search::histogram;
use crate::search::order::Order;
use crate::search::request::{Facet, Filter, Histogram, Matched};

/// What was counted, as it is shown.
pub(super) struct Counted {
    pub(super) facets: Vec<Facet>,
    pub(super) histograms: Vec<Histogram>,
    /// Rows of each group; empty when hits are not grouped.
    pub(super) group: Counts,
}

impl Answering<'_> {
    /// Columns that are counted while hits are found: facets without a filter of their own, histograms, then
    /// the column of groups.
    pub(super) fn counted(&self) -> Vec<FacetColumn> {
        let plain = self.facets.iter().filter(|facet| !self.is_filtered(facet));
        let group = self.group.iter().map(|name| FacetColumn::plain(name, ColumnType::Keyword));
        plain.chain(&self.histograms).cloned().chain(group).collect()
    }

    pub(super) fn counts(&self, gathered: &mut Gathered, rule: Matched) -> Result<Counted, SearchError> {
        let mut counts = std::mem::take(&mut gathered.counts).into_iter();
        let mut facets = Vec::with_capacity(self.facets.len());
        for facet in &self.facets {
            let counted = match self.is_filtered(facet) {
                true => self.without_own_filters(facet, rule)?,
                false => counts.next().unwrap_or_default(),
            };
            facets.push(counted.show(facet));
        }
        let shown = self
            .request
            .histograms
            .iter()
            .map(|asked| histogram::show(asked, counts.next().unwrap_or_default()));
        let histograms = shown.collect();
        Ok(Counted { facets, histograms, group: counts.next().unwrap_or_default() })
    }

    fn is_filtered(&self, facet: &FacetColumn) -> bool {
        self.request.filters.iter().any(|filter| facet.is_of(&filter.column))
    }

    fn without_own_filters(&self, facet: &FacetColumn, rule: Matched) -> Result<Counts, SearchError> {
        let others = self.request.filters.iter().filter(|filter| !facet.is_of(&filter.column));
        let others: Vec<Filter> = others.cloned().collect();
        let order = Order::Columns(Vec::new());
        let facets = std::slice::from_ref(facet);
        let gather = Gather { order: &order, wanted: 0, after: None, facets, ids: self.reader.ids() };
        Ok(self.walk(rule, &others, &gather)?.counts.pop().unwrap_or_default())
    }
}
