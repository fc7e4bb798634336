//! A measure: the figures of one metric, with all that says what they are.
//!
//! Only [`answer`] makes one, from what a statement of [`compose`](crate::metrics::compose) counted, so whoever holds a measure holds
//! numbers of a definition. Every figure carries its receipt.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::definition::query::Query;
use crate::domain::clock::Instant;
use crate::metrics::MetricError;
use crate::metrics::ask::Inputs;
use crate::metrics::receipt::Seal;
use crate::sql::encode;
use crate::text::order::Place;

/// One figure: a count or sum, or a share with both its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Values of the dimensions; none for the total. A record without a value has none in its place.
    pub key: Vec<Option<String>>,
    /// What was counted or added up.
    pub numerator: i64,
    /// What it is a share of; nothing for a plain count.
    pub denominator: Option<i64>,
    /// Receipt (mã kiểm chứng số liệu).
    pub code: String,
}

/// The figures of one metric.
#[derive(Debug, Clone)]
pub struct Measure {
    query: Query,
    basis: Query,
    inputs: Inputs,
    total: Figure,
    figures: Vec<Figure>,
    sources: BTreeMap<String, i64>,
    committed_at: Instant,
}

/// What a statement counted for one metric.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Above and below the line, by the values of the dimensions.
    pub cells: BTreeMap<Vec<Option<String>>, (i64, i64)>,
    /// Rows below the line, by source system.
    pub sources: BTreeMap<String, i64>,
    /// Above and below the line over everything, when that is not the sum of the cells.
    pub total: Option<(i64, i64)>,
}

/// A metric and what its figures are of.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The metric's definition.
    pub query: Query,
    /// Its basis.
    pub basis: Query,
    /// All that the figures depend on.
    pub inputs: Inputs,
    /// When the snapshot was committed.
    pub committed_at: Instant,
}

impl Measure {
    /// The metric's definition.
    #[must_use]
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// The definition of the rows it counts.
    #[must_use]
    pub fn basis(&self) -> &Query {
        &self.basis
    }

    /// All that the figures depend on.
    #[must_use]
    pub fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// The figure over everything.
    #[must_use]
    pub fn total(&self) -> &Figure {
        &self.total
    }

    /// The figures by dimension, in the order of the Vietnamese alphabet; empty when none was asked.
    #[must_use]
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// The figure of these values; zero of zero has none.
    #[must_use]
    pub fn figure(&self, key: &[Option<String>]) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.key == key)
    }

    /// Coverage: records by source system.
    #[must_use]
    pub fn sources(&self) -> &BTreeMap<String, i64> {
        &self.sources
    }

    /// Coverage: when the snapshot was committed.
    #[must_use]
    pub fn committed_at(&self) -> Instant {
        self.committed_at
    }

    /// Whether it is a share, in percent.
    #[must_use]
    pub fn is_rate(&self) -> bool {
        self.query.metric.as_ref().is_some_and(crate::definition::metric::Metric::is_rate)
    }
}

/// The measure of what was counted, each figure under its seal.
#[must_use]
pub fn answer(subject: Subject, counts: Counts, seal: &Seal) -> Measure {
    let is_rate = subject.query.metric.as_ref().is_some_and(crate::definition::metric::Metric::is_rate);
    let figure = |key: Vec<Option<String>>, (above, below): (i64, i64)| {
        let denominator = is_rate.then_some(below);
        let code = seal.code(&key, above, denominator);
        Figure { key, numerator: above, denominator, code }
    };
    let sum = counts.cells.values().fold((0, 0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
    let sum = counts.total.unwrap_or(sum);
    let figures = if subject.inputs.by.is_empty() { BTreeMap::new() } else { counts.cells };
    let mut figures: Vec<Figure> = figures.into_iter().map(|(key, cell)| figure(key, cell)).collect();
    figures.sort_by_cached_key(|figure| place(&figure.key));
    Measure {
        total: figure(Vec::new(), sum),
        figures,
        query: subject.query,
        basis: subject.basis,
        inputs: subject.inputs,
        sources: counts.sources,
        committed_at: subject.committed_at,
    }
}

/// Where values of dimensions stand in a list: by the Vietnamese alphabet, what has no value last.
#[must_use]
pub fn place(key: &[Option<String>]) -> Vec<(bool, Option<Place>)> {
    key.iter().map(|value| (value.is_none(), value.as_deref().map(Place::of))).collect()
}

impl Counts {
    /// The cells, with the total and the coverage of `whole`, which was counted without dimensions.
    #[must_use]
    pub fn within(self, whole: Self) -> Self {
        let total = whole.cells.into_values().next().unwrap_or_default();
        Self { cells: self.cells, sources: whole.sources, total: Some(total) }
    }
}

/// Reads the answer of a counting statement over `metrics` metrics, broken down by `dimensions` columns.
///
/// # Errors
/// The rows are not of that form.
pub fn read(batches: &[RecordBatch], dimensions: usize, metrics: usize) -> Result<Vec<Counts>, MetricError> {
    let mut all = vec![Counts::default(); metrics];
    for row in encode::objects(batches)? {
        let text = |name: &str| row.get(name).and_then(Json::as_str).map(str::to_owned);
        let count = |name: String| row.get(&name).and_then(Json::as_i64).unwrap_or_default();
        let key: Vec<Option<String>> = (0..dimensions)
            .map(|place| text(&format!("by_{place}")).filter(|value| !value.is_empty()))
            .collect();
        for (place, counts) in all.iter_mut().enumerate() {
            let (above, below) = (count(format!("n_{place}")), count(format!("d_{place}")));
            let cell = counts.cells.entry(key.clone()).or_default();
            *cell = (cell.0 + above, cell.1 + below);
            let rows = row.get(format!("r_{place}")).and_then(Json::as_i64).unwrap_or(below);
            if rows > 0 {
                *counts.sources.entry(text("source").unwrap_or_default()).or_default() += rows;
            }
        }
    }
    Ok(all)
}
