//! `/cases?case=…`: the file of one case on one page, for the screen and for paper.

use maud::{Markup, html};
use serde_json::Value as Json;

use crate::definition::labels::{label, sentence};
use crate::domain::language::Language;
use crate::domain::scope::Scope;
use crate::engine::Engine;
use crate::engine::casefile::CaseFile;
use crate::engine::papers::Held;
use crate::engine::ruling::{case_named, name_of};
use crate::present::number::day;
use crate::present::page::Visit;
use crate::web::WebError;
use crate::web::frame::{self, Content};
use crate::web::link::Link;

/// The page.
pub(super) fn page(engine: &Engine, visit: &Visit) -> Result<Markup, WebError> {
    let language = visit.language;
    let case = case_named(visit.one("case").unwrap_or_default())?;
    let file = engine.case_file(&case, &Scope::everything())?;
    let body = html! {
        (overview(&file, language))
        h2 { (sentence("page.case_petitions", language, &[("count", &file.petitions_total.to_string())])) }
        @if file.petitions.len() < file.petitions_total {
            @let (shown, count) = (file.petitions.len().to_string(), file.petitions_total.to_string());
            p { (sentence("page.case_more", language, &[("shown", &shown), ("count", &count)])) }
        }
        ol.hits { @for held in &file.petitions { li { (petition(&file, held, language)) } } }
        @if !file.decisions.is_empty() {
            h2 { (label("page.case_decisions", language)) }
            ul { @for row in &file.decisions { li { (decision(row, language)) } } }
        }
        h2 { (label("page.case_timeline", language)) }
        (timeline(&file, language))
    };
    let title = sentence("page.case_title", language, &[("case", &name_of(&file.case))]);
    Ok(frame::page(engine, visit, &Content { title, commit: Some(file.commit), body }))
}

fn overview(file: &CaseFile, language: Language) -> Markup {
    let stage = file.stage().map(|stage| label(&format!("stage.{stage}"), language).to_owned());
    let due = file.due();
    html! {
        dl.record {
            @if let Some(stage) = stage { dt { (label("page.case_stage", language)) } dd { (stage) } }
            dt { (label("page.case_recipients", language)) }
            dd { (file.recipients().join("; ")) }
            @if !due.is_empty() {
                dt { (label("page.case_due", language)) }
                dd { @for (on, id) in &due {
                    a href=(Link::to(&format!("/records/{id}"), language).text()) { (day(*on, language)) } " "
                } }
            }
        }
    }
}

fn petition(file: &CaseFile, held: &Held, language: Language) -> Markup {
    let id = held.id.to_string();
    let received = held.text("received_on").and_then(|text| text.get(..10)?.parse().ok());
    let answered = file.answered_before(received).filter(|_| received.is_some());
    html! {
        article {
            h3 { a href=(Link::to(&format!("/records/{id}"), language).text()) { (held.text("title").unwrap_or(&id)) } }
            p.fields {
                @if let Some(on) = received { span { (label("page.received", language)) ": " (day(on, language)) } }
                @if let Some(unit) = held.text("unit") { span { (label("page.held_by", language)) ": " (unit) } }
                @if let Some(status) = held.text("status") { span { (status) } }
            }
            @if let Some(answer) = answered {
                p { strong { (sentence("page.case_repeat", language,
                    &[("day", &day(answer.on, language)), ("number", answer.number)])) } }
            }
        }
    }
}

fn decision(row: &Json, language: Language) -> Markup {
    let text = |name: &str| row.get(name).and_then(Json::as_str).unwrap_or_default();
    let on = text("issued_on").get(..10).and_then(|text| text.parse().ok());
    let link = Link::to(&format!("/records/{}", text("id")), language).text();
    html! {
        a href=(link) { (text("number")) } " "
        @if let Some(on) = on { (day(on, language)) ": " }
        (text("title"))
    }
}

fn timeline(file: &CaseFile, language: Language) -> Markup {
    html! {
        ol.history {
            @for moment in &file.timeline {
                li {
                    (day(moment.on, language)) ": " (label(&moment.what, language))
                    @if let Some(unit) = &moment.unit { ", " (unit) }
                    @if let Some(paper) = &moment.paper { ", " (paper) }
                    @if let Some(record) = &moment.record {
                        " (" a href=(Link::to(&format!("/records/{record}"), language).text()) { (record) } ")"
                    }
                }
            }
        }
    }
}
