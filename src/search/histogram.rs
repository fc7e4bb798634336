//! Exact counts of rows by the span of time that a date lies in.

use std::collections::BTreeMap;

use crate::definition::column::ColumnType;
use crate::domain::civil::from_epoch_days;
use crate::domain::limits::{HISTOGRAM_BARS_MAX, HISTOGRAMS_MAX};
use crate::domain::scope::Scope;
use crate::rules::span::Span;
use crate::search::SearchError;
use crate::search::facet::{Counts, FacetColumn, Key};
use crate::search::filter::visible;
use crate::search::request::{Histogram, HistogramBar, HistogramOf, OtherValues};
use crate::search::schema::Fields;

/// The columns asked for.
///
/// # Errors
/// A column is no date that hits are sorted by, or there are too many.
pub(in crate::search) fn columns(
    fields: &Fields,
    asked: &[HistogramOf],
    scope: &Scope,
) -> Result<Vec<FacetColumn>, SearchError> {
    if asked.len() > HISTOGRAMS_MAX {
        return Err(SearchError::TooMany { what: "histograms", found: asked.len(), limit: HISTOGRAMS_MAX });
    }
    let counted = asked.iter().map(|HistogramOf { column: name, .. }| {
        let column = visible(fields, name, scope)?;
        if !column.sort || column.kind != ColumnType::Date {
            let problem = "is no date that hits are sorted by, as a histogram needs";
            return Err(SearchError::Column { column: name.clone(), problem, suggestion: String::new() });
        }
        Ok(FacetColumn::plain(name, column.kind))
    });
    counted.collect()
}

/// Days counted one by one, as spans of the step asked for.
pub(in crate::search) fn show(asked: &HistogramOf, days: Counts) -> Histogram {
    let mut spans: BTreeMap<Span, u64> = BTreeMap::new();
    let mut missing = days.missing;
    for (key, counted) in days.values {
        let day = match key {
            Key::Number(number) => i32::try_from(number).ok().and_then(from_epoch_days),
            Key::Text(_) => None,
        };
        match day {
            Some(day) => *spans.entry(asked.step.span(day)).or_default() += counted.rows,
            None => missing += counted.rows,
        }
    }
    let left_out = spans.len().saturating_sub(HISTOGRAM_BARS_MAX);
    let mut bars: Vec<HistogramBar> = spans
        .into_iter()
        .map(|(Span { name, from, to }, count)| HistogramBar { name, from, to, count })
        .collect();
    let listed = bars.split_off(left_out);
    let earlier =
        OtherValues { values: bars.len() as u64, count: bars.iter().map(|bar| bar.count).sum::<u64>() };
    Histogram { column: asked.column.clone(), step: asked.step, bars: listed, earlier, missing }
}

/// The bars with those between them that have no row, as a drawing shows them; at most `most` of them, the
/// latest, and how many rows lie before them.
#[must_use]
pub fn without_gaps(histogram: &Histogram, most: usize) -> (Vec<HistogramBar>, u64) {
    let mut bars: Vec<HistogramBar> = Vec::new();
    for bar in histogram.bars.iter().rev() {
        while let Some(after) = bars.last().filter(|after| bar.to.succ_opt() != Some(after.from)) {
            let Some(day) = after.from.pred_opt().filter(|_| bars.len() < most) else { break };
            let Span { name, from, to } = histogram.step.span(day);
            bars.push(HistogramBar { name, from, to, count: 0 });
        }
        if bars.len() >= most {
            break;
        }
        bars.push(bar.clone());
    }
    bars.reverse();
    let first = bars.first().map(|bar| bar.from);
    let before = histogram.bars.iter().filter(|bar| first.is_some_and(|first| bar.from < first));
    let rows = before.map(|bar| bar.count).sum::<u64>() + histogram.earlier.count;
    (bars, rows)
}
