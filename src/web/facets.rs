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

/// Values listed within another.
const WITHIN: usize = 8;

/// What is counted on the page: a column, with one that stands under it where there is one.
pub(super) fn counted(dataset: &Dataset) -> Vec<String> {
    let under = |name: &str| dataset.columns.iter().find(|one| one.facet_under.as_deref() == Some(name));
    let named = columns(dataset).map(|column| match under(&column.name) {
        Some(lower) => format!("{}.{}", column.name, lower.name),
        None => column.name.clone(),
    });
    named.collect()
}

/// Columns counted on the page.
fn columns(dataset: &Dataset) -> impl Iterator<Item = &Column> {
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
                    h2 { (column.label.text(visit.language)) }
                    (list(&Listing { visit, dataset, column, above: None }, facet, PAGE_FACET_VALUES))
                }
            }
        }
    }
}

/// A list of values, and the filter on what they stand under.
struct Listing<'a> {
    visit: &'a Visit,
    dataset: &'a Dataset,
    column: &'a Column,
    above: Option<&'a str>,
}

fn list(listing: &Listing<'_>, facet: &Facet, most: usize) -> Markup {
    let (visit, language) = (listing.visit, listing.visit.language);
    let listed: u64 = facet.values.iter().take(most).map(|value| value.count).sum();
    let all: u64 = facet.values.iter().map(|value| value.count).sum::<u64>() + facet.other.count;
    html! {
        ul {
            @for value in facet.values.iter().take(most) { li { (entry(listing, value)) } }
            @if all > listed { li.other { (sentence("page.other_values", language, &[("count", &count(all - listed, visit))])) } }
            @if facet.missing > 0 {
                li { a href=(listing.narrowed(&format!("{}:", listing.column.name))) { (label("page.no_value", language)) }
                    " " span.count { (count(facet.missing, visit)) } }
            }
        }
    }
}

fn entry(listing: &Listing<'_>, value: &FacetValue) -> Markup {
    let Listing { visit, dataset, column, .. } = *listing;
    let stored = match &value.value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let filter = notation::write(&column.name, &stored);
    let is_chosen = visit.all("filter").any(|known| known == filter);
    let name = value::text(column, &value.value, visit.language).unwrap_or_else(|| stored.clone());
    let without = listing.narrowed(&notation::write_not(&column.name, &stored));
    let lower = value.within.as_ref().and_then(|facet| Some((dataset.column(&facet.column)?, facet)));
    html! {
        span {
            @if is_chosen {
                a aria-current="true" href=(Link::again(visit, &["cursor"]).without("filter", &filter).text()) { (name) }
            } @else {
                a href=(listing.narrowed(&filter)) { (name) }
            }
            @if let Some((column, facet)) = lower.filter(|(_, facet)| !facet.values.is_empty()) {
                details { summary { (column.label.text(visit.language)) }
                    (list(&Listing { visit, dataset, column, above: Some(&filter) }, facet, WITHIN)) }
            }
        }
        " " span.count { (count(value.count, visit)) " "
            a.exclude href=(without) title=(label("page.exclude", visit.language))
                aria-label=(sentence("page.exclude_value", visit.language, &[("value", &name)])) { "−" } }
    }
}

impl Listing<'_> {
    /// The page narrowed by `filter`, and by what the values stand under.
    fn narrowed(&self, filter: &str) -> String {
        let mut link = Link::again(self.visit, &["cursor"]);
        for filter in self.above.iter().copied().chain([filter]) {
            link = link.without("filter", filter).with("filter", filter);
        }
        link.text()
    }
}

fn count(count: u64, visit: &Visit) -> String {
    whole(i64::try_from(count).unwrap_or(i64::MAX), visit.language)
}

/// A filter in words: the column by its label, a code by its own.
fn described(filter: &str, dataset: &Dataset, visit: &Visit) -> String {
    let (name, value) = filter.split_once(':').unwrap_or((filter, ""));
    let Some(column) = dataset.column(name) else { return filter.to_owned() };
    let language = visit.language;
    let shown = |value: &str| value::text(column, &Json::from(value), language);
    let told = match value.strip_prefix('!') {
        Some("") => label("page.any_value", language).to_owned(),
        Some(value) => sentence("page.not_value", language, &[("value", &shown(value).unwrap_or_default())]),
        None => shown(value.strip_prefix('=').unwrap_or(value))
            .unwrap_or_else(|| label("page.no_value", language).to_owned()),
    };
    format!("{}: {told}", column.label.text(language))
}
