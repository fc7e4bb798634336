//! Facets: the counts of a column's values, each a link that narrows the search by it.

use maud::{Markup, html};
use serde_json::Value as Json;

use crate::definition::column::{Column, ColumnType};
use crate::definition::dataset::{Dataset, SYSTEM_COLUMNS};
use crate::definition::labels::{label, sentence};
use crate::domain::limits::PAGE_FACET_VALUES;
use crate::present::number::whole;
use crate::present::page::Visit;
use crate::search::notation;
use crate::search::request::{Facet, FacetValue};
use crate::web::link::Link;
use crate::web::value;

/// Facets on one page.
const FACETS: usize = 8;

/// Columns counted on the page.
pub(super) fn columns(dataset: &Dataset) -> impl Iterator<Item = &Column> {
    dataset.columns.iter().filter(|column| column.facet && column.kind != ColumnType::Number).take(FACETS)
}

/// The filters in force. One of a column that the dataset does not have stays behind from another dataset.
pub(super) fn filters<'a>(visit: &'a Visit, dataset: &Dataset) -> Vec<&'a str> {
    let is_known = |filter: &&str| {
        let column = filter.split_once(':').map(|(column, _)| column);
        column.is_none_or(|column| dataset.column(column).is_some() || SYSTEM_COLUMNS.contains(&column))
    };
    visit.all("filter").filter(is_known).collect()
}

/// The filters in force, each with a link that takes it away.
pub(super) fn applied(visit: &Visit, dataset: &Dataset) -> Markup {
    let language = visit.language;
    let filters = filters(visit, dataset);
    html! {
        @if !filters.is_empty() {
            ul.applied aria-label=(label("page.filters", language)) {
                @for filter in filters {
                    @let link = Link::again(visit, &["cursor"]).without("filter", filter).text();
                    li { (described(filter, dataset, visit)) " "
                        a href=(link) { (label("page.remove", language)) } }
                }
            }
        }
    }
}

/// The facets of an answer.
pub(super) fn facets(visit: &Visit, dataset: &Dataset, facets: &[Facet]) -> Markup {
    html! {
        aside.facets aria-label=(label("page.facets", visit.language)) {
            @for facet in facets {
                @if let Some(column) = dataset.column(&facet.column).filter(|_| !facet.values.is_empty()) {
                    (one(visit, column, facet))
                }
            }
        }
    }
}

fn one(visit: &Visit, column: &Column, facet: &Facet) -> Markup {
    let language = visit.language;
    let listed: u64 = facet.values.iter().take(PAGE_FACET_VALUES).map(|value| value.count).sum();
    let all: u64 = facet.values.iter().map(|value| value.count).sum::<u64>() + facet.other.count;
    html! {
        h2 { (column.label.text(language)) }
        ul {
            @for value in facet.values.iter().take(PAGE_FACET_VALUES) { li { (entry(visit, column, value)) } }
            @if all > listed { li.other { (sentence("page.other_values", language, &[("count", &count(all - listed, visit))])) } }
            @if facet.missing > 0 {
                @let link = Link::again(visit, &["cursor"]).with("filter", &format!("{}:", column.name));
                li { a href=(link.text()) { (label("page.no_value", language)) } " " span.count { (count(facet.missing, visit)) } }
            }
        }
    }
}

fn entry(visit: &Visit, column: &Column, value: &FacetValue) -> Markup {
    let stored = match &value.value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let filter = notation::write(&column.name, &stored);
    let link = Link::again(visit, &["cursor"]).without("filter", &filter).with("filter", &filter);
    let name = value::text(column, &value.value, visit.language).unwrap_or(stored);
    html! { a href=(link.text()) { (name) } " " span.count { (count(value.count, visit)) } }
}

fn count(count: u64, visit: &Visit) -> String {
    whole(i64::try_from(count).unwrap_or(i64::MAX), visit.language)
}

/// A filter in words: the column by its label, a code by its own.
fn described(filter: &str, dataset: &Dataset, visit: &Visit) -> String {
    let (name, value) = filter.split_once(':').unwrap_or((filter, ""));
    let Some(column) = dataset.column(name) else { return filter.to_owned() };
    let stored = Json::from(value.strip_prefix('=').unwrap_or(value));
    let shown = value::text(column, &stored, visit.language);
    let shown = shown.unwrap_or_else(|| label("page.no_value", visit.language).to_owned());
    format!("{}: {shown}", column.label.text(visit.language))
}
