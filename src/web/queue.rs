//! `/queue` (Chờ quyết định): proposed pairs that wait for a person.

use maud::{Markup, html};

use crate::definition::labels::{label, sentence};
use crate::domain::language::Language;
use crate::domain::limits::HTTP_HITS;
use crate::domain::scope::Scope;
use crate::duplicates::relation::Proposed;
use crate::engine::Engine;
use crate::engine::proposing::Waiting;
use crate::engine::review::{Queue, Wanted};
use crate::present::number::{day, percent, whole};
use crate::present::page::Visit;
use crate::web::WebError;
use crate::web::frame::{self, Content};
use crate::web::link::Link;

/// The page.
pub(super) fn page(engine: &Engine, visit: &Visit) -> Result<Markup, WebError> {
    let language = visit.language;
    let skip = visit.one("skip").and_then(|text| text.parse().ok()).unwrap_or_default();
    let wanted = Wanted {
        unit: visit.one("unit").map(str::to_owned),
        relation: visit.one("relation").and_then(Proposed::from_code),
        skip,
        limit: HTTP_HITS,
    };
    let queue = engine.review(&wanted, &Scope::everything())?;
    let total = whole(i64::try_from(queue.total).unwrap_or(i64::MAX), language);
    let body = html! {
        p { (label("page.queue_lead", language)) }
        (form(visit, &wanted))
        p.total role="status" { (sentence("page.queue_total", language, &[("count", &total)])) }
        p { (run(&queue, language)) }
        (table(&queue, language))
        @if skip + queue.pairs.len() < queue.total {
            @let next = (skip + queue.pairs.len()).to_string();
            p.next { a href=(Link::again(visit, &["skip"]).with("skip", &next).text()) { (label("page.next", language)) } }
        }
    };
    let title = label("page.queue", language).to_owned();
    Ok(frame::page(engine, visit, &Content { title, commit: Some(queue.commit), body }))
}

fn run(queue: &Queue, language: Language) -> String {
    match queue.run {
        Some(run) => sentence("page.queue_run", language, &[("number", &run.to_string())]),
        None => label("page.queue_no_run", language).to_owned(),
    }
}

fn form(visit: &Visit, wanted: &Wanted) -> Markup {
    let language = visit.language;
    html! {
        form.search action="/queue" method="get" {
            @if language == Language::En { input type="hidden" name="lang" value="en"; }
            label { (label("page.held_by", language))
                input name="unit" value=(wanted.unit.as_deref().unwrap_or_default());
            }
            label { (label("page.queue_relation", language))
                select name="relation" {
                    option value="" { (label("page.all", language)) }
                    @for relation in Proposed::ALL.into_iter().filter(|one| *one != Proposed::Unrelated) {
                        option value=(relation.code()) selected[wanted.relation == Some(relation)] {
                            (label(&format!("relation.{}", relation.code()), language))
                        }
                    }
                }
            }
            button type="submit" { (label("page.go", language)) }
        }
    }
}

fn table(queue: &Queue, language: Language) -> Markup {
    html! {
        div.scroll {
            table {
                thead { tr {
                    th { (label("page.queue_pair", language)) }
                    th { (label("page.queue_relation", language)) }
                    th.number { (label("page.queue_similarity", language)) }
                    th { (label("page.held_by", language)) }
                    th { (label("page.received", language)) }
                    th { (label("page.due_on", language)) }
                } }
                tbody { @for pair in &queue.pairs { (row(queue, pair, language)) } }
            }
        }
    }
}

/// A petition by its title and its id: titles of letters in one form are the same.
fn named(queue: &Queue, id: &str) -> Markup {
    html! { @if let Some(title) = queue.titles.get(id) { (title) " " } span.count { (id) } }
}

fn row(queue: &Queue, pair: &Waiting, language: Language) -> Markup {
    let link = Link::to(&format!("/records/{}/with/{}", pair.later, pair.earlier), language).text();
    let written = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or("–");
        text.get(..10)
            .and_then(|text| text.parse().ok())
            .map_or_else(|| text.to_owned(), |on| day(on, language))
    };
    html! {
        tr {
            td { a href=(link) { (named(queue, &pair.later)) } br; (named(queue, &pair.earlier)) }
            td { (label(&format!("relation.{}", pair.relation), language)) }
            td.number { (percent((pair.similarity * 10_000.0).round() as i64, 10_000, language)) " %" }
            td { (pair.unit.as_deref().unwrap_or("–")) }
            td { (written(&pair.received_on)) }
            td { (written(&pair.due_on)) }
        }
    }
}
