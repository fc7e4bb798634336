//! Counts of an answer as tables: facets, those within others, histograms.

use arrow::array::RecordBatch;

use crate::cli::context::Context;
use crate::cli::rows::{self, Column};
use crate::cli::search::words;
use crate::definition::dataset::Dataset;
use crate::definition::labels::label;
use crate::search::request::{Answer, Facet, Histogram};
use crate::sql::SqlError;

/// Spaces before a value for each level that it stands under.
const INDENT: &str = "  ";

/// A table for each facet and each histogram.
pub(super) fn tables(
    context: &Context,
    dataset: &Dataset,
    answer: &Answer,
) -> Result<Vec<RecordBatch>, SqlError> {
    let facets = answer.facets.iter().map(|facet| counts(context, dataset, facet));
    let histograms = answer.histograms.iter().map(|histogram| bars(context, dataset, histogram));
    facets.chain(histograms).collect()
}

/// The counts of a facet, its values in words, those within a value below it.
fn counts(context: &Context, dataset: &Dataset, facet: &Facet) -> Result<RecordBatch, SqlError> {
    let mut lines = Vec::new();
    level(context, dataset, facet, 0, &mut lines);
    table(context, heading(context, dataset, &facet.column), lines)
}

fn level(context: &Context, dataset: &Dataset, facet: &Facet, depth: usize, lines: &mut Vec<(String, u64)>) {
    let indent = INDENT.repeat(depth);
    for value in &facet.values {
        let name = words(context, dataset, &facet.column, &value.value).unwrap_or_default();
        lines.push((format!("{indent}{name}"), value.count));
        if let Some(within) = &value.within {
            level(context, dataset, within, depth + 1, lines);
        }
    }
    rest(context, &indent, (facet.other.count, facet.missing), "search.facet.other", lines);
}

fn bars(context: &Context, dataset: &Dataset, histogram: &Histogram) -> Result<RecordBatch, SqlError> {
    let mut lines: Vec<(String, u64)> =
        histogram.bars.iter().map(|bar| (bar.name.clone(), bar.count)).collect();
    rest(context, "", (histogram.earlier.count, histogram.missing), "search.histogram.earlier", &mut lines);
    table(context, heading(context, dataset, &histogram.column), lines)
}

fn rest(
    context: &Context,
    indent: &str,
    (other, missing): (u64, u64),
    other_key: &str,
    lines: &mut Vec<(String, u64)>,
) {
    for (key, count) in [(other_key, other), ("search.facet.missing", missing)] {
        if count > 0 {
            lines.push((format!("{indent}{}", label(key, context.language)), count));
        }
    }
}

fn heading<'a>(context: &Context, dataset: &'a Dataset, column: &'a str) -> &'a str {
    dataset.column(column).map_or(column, |column| column.label.text(context.language))
}

fn table(context: &Context, heading: &str, lines: Vec<(String, u64)>) -> Result<RecordBatch, SqlError> {
    let (names, numbers): (Vec<String>, Vec<u64>) = lines.into_iter().unzip();
    rows::batch(vec![
        Column::texts(heading, names.into_iter().map(Some)),
        Column::integers(
            label("search.facet.count", context.language),
            numbers.into_iter().map(|count| i64::try_from(count).ok()),
        ),
    ])
}
