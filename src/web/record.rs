//! `/records/{id}`: one record with its fields by their labels, and what each version changed.

use maud::{Markup, html};
use serde_json::Value as Json;

use crate::definition::column::Column;
use crate::definition::dataset::Dataset;
use crate::definition::labels::{label, sentence};
use crate::domain::civil::Precision;
use crate::domain::id::RecordId;
use crate::domain::language::Language;
use crate::domain::scope::Scope;
use crate::engine::attachments::Attachment;
use crate::engine::papers::PETITIONS;
use crate::engine::{Engine, EngineError};
use crate::present::deadline::sentences;
use crate::present::number::day;
use crate::present::page::Visit;
use crate::sql::encode;
use crate::web::frame::{self, Content};
use crate::web::link::Link;
use crate::web::{WebError, value};

/// What every record has, and what it is called.
const KEY: [(&str, &str); 3] = [
    ("id", "page.column_id"),
    ("source_system", "page.column_source_system"),
    ("source_id", "page.column_source_id"),
];

/// Related records on the page.
const RELATED_SHOWN: usize = 5;

/// The page.
pub(super) fn page(engine: &Engine, visit: &Visit, id: &str) -> Result<Markup, WebError> {
    let id: RecordId = id.parse()?;
    let scope = Scope::everything();
    let found = engine.record(id, &scope)?;
    let record = encode::objects(&found.batches).map_err(EngineError::from)?.into_iter().next();
    let record = record.unwrap_or_default();
    let history = engine.history_of(id, &scope)?;
    let versions = encode::objects(&history.batches).map_err(EngineError::from)?;
    let files = engine.attachments_of(id, &scope)?;
    let snapshot = engine.snapshot()?;
    let dataset = snapshot.dataset(&found.dataset)?;
    let language = visit.language;
    let deadline = deadline(engine, id, language)?;
    let body = html! {
        @if dataset.similar.is_some() {
            @let link = Link::to(&format!("/records/{id}/duplicates"), language).text();
            p.actions {
                a href=(link) { (label("page.find_similar", language)) }
                @if dataset.name == PETITIONS {
                    @let file = Link::to("/cases", language).with("case", &id.to_string()).text();
                    " · " a href=(file) { (label("page.see_case", language)) }
                }
            }
        }
        (fields(dataset, &record, language))
        @if !files.is_empty() {
            h2 { (label("page.attachments", language)) }
            (attachments(id, &files, language))
        }
        @if let Some(deadline) = &deadline {
            h2 { (label("deadline.title", language)) }
            (deadline)
        }
        (related(engine, dataset, id, language)?)
        h2 { (label("page.history", language)) }
        (changes(dataset, &versions, language))
    };
    let title = headline(dataset, &record, &id.to_string());
    Ok(frame::page(engine, visit, &Content { title, commit: Some(found.commit), body }))
}

/// How the deadline of a record comes about; nothing where neither the law nor its source sets one.
fn deadline(engine: &Engine, id: RecordId, language: Language) -> Result<Option<Markup>, EngineError> {
    let found = engine.deadline_of(id, None, &Scope::everything())?;
    let is_told = found.computed.is_some() || !found.versions.is_empty();
    Ok(is_told.then(|| {
        html! {
            ol.steps {
                @if let Some(start) = found.start { li { (sentence("deadline.began", language, &[("day", &day(start, language))])) } }
                @for line in found.computed.iter().flat_map(|due| sentences(due, language)) { li { (line) } }
                @for version in &found.versions { li { (version_line(version, language)) } }
                @if found.dataset == "tasks" { li { (label("deadline.task", language)) } }
                @if let Some(declared) = found.declared {
                    li { (sentence("deadline.declared", language, &[("day", &day(declared, language))])) }
                }
                @if found.differs() { li { strong { (label("deadline.differs", language)) } } }
            }
        }
    }))
}

/// `Hạn lần 2: 30/06/2018, văn bản 5/QĐ ngày 20/05/2018`.
fn version_line(version: &Json, language: Language) -> String {
    let text = |name: &str| version.get(name).and_then(Json::as_str);
    let date = |name: &str| text(name).and_then(|text| text.parse().ok()).map(|date| day(date, language));
    let number = version.get("version").and_then(Json::as_i64).unwrap_or_default().to_string();
    let due = date("due_on").unwrap_or_else(|| "–".to_owned());
    let decided = date("decided_on").unwrap_or_else(|| "–".to_owned());
    let paper = text("decision_number").unwrap_or("–");
    let values = [("number", number.as_str()), ("day", &due), ("decided", &decided), ("paper", paper)];
    sentence("deadline.version", language, &values)
}

/// What a record is called: its headline, else its id.
pub(super) fn headline(dataset: &Dataset, record: &Json, id: &str) -> String {
    let text = dataset.headline.as_ref().and_then(|name| record.get(name)).and_then(Json::as_str);
    text.filter(|text| !text.trim().is_empty()).unwrap_or(id).to_owned()
}

fn fields(dataset: &Dataset, record: &Json, language: Language) -> Markup {
    let key = KEY.map(|(name, called)| {
        let text = record.get(name).and_then(Json::as_str).unwrap_or_default();
        (label(called, language), text)
    });
    let shown = dataset.columns.iter().filter_map(|column| Some((column, text(column, record, language)?)));
    html! {
        dl.record {
            @for (name, text) in key { dt { (name) } dd { (text) } }
            @for (column, text) in shown { dt { (column.label.text(language)) } dd { (text) } }
        }
    }
}

/// Records about the same, by their headlines; nothing where the dataset is not searched.
fn related(engine: &Engine, dataset: &Dataset, id: RecordId, language: Language) -> Result<Markup, WebError> {
    if !dataset.is_searched() {
        return Ok(html! {});
    }
    let hits = engine.similar(id, RELATED_SHOWN, &Scope::everything())?.answer.hits;
    Ok(html! {
        @if !hits.is_empty() {
            h2 { (label("page.related", language)) }
            ul.related {
                @for hit in hits {
                    @let link = Link::to(&format!("/records/{}", hit.id), language).text();
                    @let called = headline(dataset, &Json::Object(hit.fields), &hit.id.to_string());
                    li { a href=(link) { (called) } }
                }
            }
        }
    })
}

/// A secret file is counted and not named; one whose bytes are elsewhere has no link.
fn attachments(id: RecordId, files: &[Attachment], language: Language) -> Markup {
    let name = |file: &Attachment| match &file.name {
        Some(name) => name.clone(),
        None if file.is_secret => label("page.attachment_secret", language).to_owned(),
        None => label("page.attachment_unnamed", language).to_owned(),
    };
    let size = |size: i64| sentence("page.attachment_bytes", language, &[("size", &size.to_string())]);
    html! {
        ul.attachments {
            @for file in files {
                li {
                    @if file.is_kept && !file.is_secret {
                        @let link = Link::to(&format!("/api/v1/records/{id}/attachments/{}", file.hash), language);
                        a href=(link.text()) { (name(file)) }
                    } @else { (name(file)) }
                    @if let Some(bytes) = file.size { ", " (size(bytes)) }
                }
            }
        }
    }
}

fn text(column: &Column, record: &Json, language: Language) -> Option<String> {
    let text = value::text(column, record.get(&column.name)?, language)?;
    let precision = record.get(column.precision_name()).and_then(Json::as_str);
    let only = match Precision::from_code(precision) {
        Precision::Day => return Some(text),
        Precision::Month => "page.month_only",
        Precision::Quarter => "page.quarter_only",
        Precision::Year => "page.year_only",
    };
    Some(format!("{text} ({})", label(only, language)))
}

fn changes(dataset: &Dataset, versions: &[Json], language: Language) -> Markup {
    let before = std::iter::once(&Json::Null).chain(versions);
    html! {
        ol.history {
            @for (version, before) in versions.iter().zip(before) {
                li {
                    p { (heading(version, language)) }
                    @if !before.is_null() { (changed(dataset, before, version, language)) }
                }
            }
        }
    }
}

fn heading(version: &Json, language: Language) -> String {
    let number = version.get("valid_from").and_then(Json::as_i64).unwrap_or_default().to_string();
    let is_retracted = version.get("operation").and_then(Json::as_str) == Some("retract");
    let key = if is_retracted { "page.version_retracted" } else { "page.version" };
    sentence(key, language, &[("number", &number)])
}

fn changed(dataset: &Dataset, before: &Json, after: &Json, language: Language) -> Markup {
    let differing =
        dataset.columns.iter().filter(|column| before.get(&column.name) != after.get(&column.name));
    let shown =
        |column: &Column, version: &Json| text(column, version, language).unwrap_or_else(|| "–".to_owned());
    html! {
        ul {
            @for column in differing {
                li { (column.label.text(language)) ": " del { (shown(column, before)) } " → " ins { (shown(column, after)) } }
            }
        }
    }
}
