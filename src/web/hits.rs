//! Hits: a headline that opens the record, its short fields, the passages that matched.

use maud::{Markup, html};

use crate::definition::column::Column;
use crate::definition::dataset::Dataset;
use crate::definition::labels::{label, sentence};
use crate::domain::secrecy::ColumnClass;
use crate::present::page::Visit;
use crate::search::request::{Highlight, Hit};
use crate::web::link::Link;
use crate::web::{snippet, value};

/// Fields shown under a headline.
const FIELDS: usize = 7;

/// The list of hits.
pub(super) fn hits(visit: &Visit, dataset: &Dataset, hits: &[Hit]) -> Markup {
    html! {
        @if hits.is_empty() { p { (label("page.nothing", visit.language)) } }
        ol.hits { @for hit in hits { li { (one(visit, dataset, hit)) } } }
    }
}

fn one(visit: &Visit, dataset: &Dataset, hit: &Hit) -> Markup {
    let language = visit.language;
    let link = Link::to(&format!("/records/{}", hit.id), language).text();
    html! {
        article {
            h2 { a href=(link) { (headline(dataset, hit)) } }
            p.fields {
                span { (hit.source_system) " / " (hit.source_id) }
                @for (column, text) in fields(visit, dataset, hit) {
                    span { (column.label.text(language)) ": " (text) }
                }
                @if let Some(group) = &hit.group {
                    span.group { (sentence("page.group_rows", language, &[("value", &group.value), ("count", &group.rows.to_string())])) }
                }
            }
            @for highlight in passages(dataset, hit) { p.passage { (snippet::passage(highlight)) } }
            @if dataset.similar.is_some() {
                @let link = Link::to(&format!("/records/{}/duplicates", hit.id), language).text();
                p.actions { a href=(link) { (label("page.find_similar", language)) } }
            }
        }
    }
}

/// The headline, its matched places marked; the key when the record has none.
fn headline(dataset: &Dataset, hit: &Hit) -> Markup {
    let text =
        dataset.headline.as_ref().and_then(|name| hit.fields.get(name)).and_then(|value| value.as_str());
    let found = hit.highlights.iter().find(|found| Some(&found.column) == dataset.headline.as_ref());
    let ranges = found.map(|found| found.ranges.as_slice()).unwrap_or_default();
    match text {
        Some(text) if !text.trim().is_empty() => snippet::marked(text, ranges),
        _ => html! { (hit.source_id) },
    }
}

fn passages<'a>(dataset: &'a Dataset, hit: &'a Hit) -> impl Iterator<Item = &'a Highlight> {
    hit.highlights.iter().filter(|found| Some(&found.column) != dataset.headline.as_ref())
}

/// Public fields that tell hits apart: those one may count or sort by.
fn fields<'a>(visit: &Visit, dataset: &'a Dataset, hit: &Hit) -> Vec<(&'a Column, String)> {
    let told = dataset.columns.iter().filter(|column| {
        column.class == ColumnClass::Public
            && (column.facet || column.sort)
            && Some(&column.name) != dataset.headline.as_ref()
    });
    let shown = told.filter_map(|column| {
        let text = value::text(column, hit.fields.get(&column.name)?, visit.language)?;
        Some((column, text))
    });
    shown.take(FIELDS).collect()
}
