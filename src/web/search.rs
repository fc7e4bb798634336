//! `/`: choose a dataset, type words, narrow by facets, page on.

use maud::{Markup, html};

use crate::definition::dataset::Dataset;
use crate::definition::labels::{label, sentence};
use crate::domain::language::Language;
use crate::domain::limits::HTTP_HITS;
use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::present::number::whole;
use crate::present::page::Visit;
use crate::search::cursor::Cursor;
use crate::search::notation;
use crate::search::request::{Answer, Matched, Request};
use crate::web::frame::{self, Content};
use crate::web::link::Link;
use crate::web::{WebError, facets, histogram, hits};

/// Dataset shown when none is named.
const DATASET: &str = "petitions";

/// The page.
pub(super) fn page(engine: &Engine, visit: &Visit) -> Result<Markup, WebError> {
    let snapshot = engine.snapshot()?;
    let dataset = snapshot.dataset(visit.one("dataset").unwrap_or(DATASET))?;
    let request = request(visit, dataset)?;
    let answer = engine.search(&dataset.name, &request, &scope())?;
    let searched: Vec<&Dataset> = snapshot.catalog().datasets().filter(|one| one.is_searched()).collect();
    let language = visit.language;
    let body = html! {
        (form(visit, dataset, &searched))
        (facets::applied(visit, dataset))
        p.total role="status" { (total(visit, &answer)) }
        (advice(visit, &answer))
        (grouping(visit, dataset, &answer))
        @for found in &answer.histograms { (histogram::histogram(visit, dataset, found)) }
        div.columns {
            (facets::facets(visit, dataset, &answer.facets))
            section aria-label=(label("page.hits", language)) {
                (hits::hits(visit, dataset, &answer.hits))
                (next(visit, &answer))
            }
        }
    };
    let title = format!("{}: {}", label("page.search", language), dataset.label.text(language));
    Ok(frame::page(engine, visit, &Content { title, commit: Some(answer.commit), body }))
}

/// Who asks. Before accounts exist only this machine reaches the pages.
fn scope() -> Scope {
    Scope::everything()
}

fn request(visit: &Visit, dataset: &Dataset) -> Result<Request, WebError> {
    let filters = notation::filters(facets::filters(visit, dataset)).map_err(EngineError::from)?;
    Ok(Request {
        text: visit.one("q").unwrap_or_default().to_owned(),
        filters,
        facets: facets::counted(dataset),
        histograms: histogram::asked(visit, dataset).into_iter().collect(),
        group: visit
            .one("group")
            .filter(|name| groups(dataset).any(|known| known == *name))
            .map(str::to_owned),
        sort: order(visit, dataset).iter().map(|text| notation::order(text)).collect(),
        limit: HTTP_HITS,
        cursor: visit.one("cursor").map(Cursor::from_text),
        highlight: true,
        ..Request::default()
    })
}

/// The order asked for, if the dataset has its column: choosing another dataset keeps the form's order.
/// Without words nothing is more relevant than the rest: what is newest stands first.
fn order(visit: &Visit, dataset: &Dataset) -> Option<String> {
    let is_known =
        |order: &&str| dataset.column(order.trim_start_matches('-')).is_some_and(|column| column.sort);
    let asked = visit.one("sort").filter(is_known).map(str::to_owned);
    let is_plain = visit.one("q").is_none() && visit.one("group").is_none();
    let newest = || dataset.recency.as_deref().filter(is_known).map(|column| format!("-{column}"));
    asked.or_else(|| if is_plain { newest() } else { None })
}

/// Columns that hits can be grouped by.
fn groups(dataset: &Dataset) -> impl Iterator<Item = &str> {
    dataset.columns.iter().filter(|column| column.group).map(|column| column.name.as_str())
}

/// A link that shows one hit for each case, or every row again.
fn grouping(visit: &Visit, dataset: &Dataset, answer: &Answer) -> Markup {
    let language = visit.language;
    let link = Link::again(visit, &["group", "cursor"]);
    let column = groups(dataset).next().and_then(|name| dataset.column(name));
    html! {
        @if let Some(column) = column {
            p.grouping {
                @if let Some(found) = &answer.groups {
                    @let count = whole(i64::try_from(found.value).unwrap_or(i64::MAX), language);
                    (sentence("search.groups", language, &[("count", &count)])) ". "
                    a href=(link.text()) { (label("page.ungroup", language)) }
                } @else {
                    @let by = column.label.text(language);
                    a href=(link.with("group", &column.name).text()) { (sentence("page.group", language, &[("column", by)])) }
                }
            }
        }
    }
}

fn form(visit: &Visit, dataset: &Dataset, searched: &[&Dataset]) -> Markup {
    let language = visit.language;
    html! {
        form.search action="/" method="get" role="search" {
            @if language == Language::En { input type="hidden" name="lang" value="en"; }
            label { (label("page.dataset", language))
                select name="dataset" {
                    @for one in searched {
                        option value=(one.name) selected[one.name == dataset.name] { (one.label.text(language)) }
                    }
                }
            }
            label.words { (label("page.words", language))
                input type="search" name="q" value=(visit.one("q").unwrap_or_default());
            }
            (sorts(visit, dataset))
            @for name in ["group", "histogram"] {
                @if let Some(value) = visit.one(name) { input type="hidden" name=(name) value=(value); }
            }
            @for filter in facets::filters(visit, dataset) { input type="hidden" name="filter" value=(filter); }
            button type="submit" { (label("page.go", language)) }
        }
    }
}

fn sorts(visit: &Visit, dataset: &Dataset) -> Markup {
    let language = visit.language;
    let chosen = order(visit, dataset).unwrap_or_default();
    let columns = dataset.columns.iter().filter(|column| column.sort);
    let orders = columns.flat_map(|column| {
        let name = column.label.text(language);
        [(format!("-{}", column.name), format!("{name} ↓")), (column.name.clone(), format!("{name} ↑"))]
    });
    html! {
        label { (label("page.sort", language))
            select name="sort" {
                option value="" { (label("page.by_relevance", language)) }
                @for (value, name) in orders { option value=(value) selected[value == chosen] { (name) } }
            }
        }
    }
}

fn total(visit: &Visit, answer: &Answer) -> String {
    let language = visit.language;
    let count = whole(i64::try_from(answer.total.value).unwrap_or(i64::MAX), language);
    let key = if answer.partial { "page.total_partial" } else { "page.total" };
    let found = sentence(key, language, &[("count", &count)]);
    let how = match answer.matched {
        _ if visit.one("q").is_none() => return found,
        Matched::All => "search.matched_all",
        Matched::Most => "search.matched_most",
    };
    format!("{found} {}.", label(how, language))
}

/// What was searched otherwise than it may have been meant, and how it could be spelt.
fn advice(visit: &Visit, answer: &Answer) -> Markup {
    let again = |text: &str| Link::again(visit, &["q", "cursor"]).with("q", text).text();
    html! {
        @for widened in &answer.widened { p.note { (widened.told(visit.language)) } }
        @for note in &answer.notes { p.note { (note.told(visit.language)) } }
        @if !answer.corrections.is_empty() {
            p.corrections { (label("page.did_you_mean", visit.language))
                @for correction in &answer.corrections {
                    " " a href=(again(&correction.text)) { (correction.text) } " (" (correction.total) ")"
                }
            }
        }
    }
}

fn next(visit: &Visit, answer: &Answer) -> Markup {
    html! {
        @if let Some(next) = &answer.next {
            @let link = Link::again(visit, &["cursor"]).with("cursor", next.as_text());
            p.next { a rel="next" href=(link.text()) { (label("page.next", visit.language)) } }
        }
    }
}
