//! `/records/{id}/duplicates`: records whose text resembles this one's, none of them decided upon.

use maud::{Markup, html};
use serde_json::Value as Json;

use crate::definition::dataset::Dataset;
use crate::definition::labels::{label, sentence};
use crate::domain::id::RecordId;
use crate::domain::scope::Scope;
use crate::duplicates::Match;
use crate::engine::papers::PETITIONS;
use crate::engine::{Engine, EngineError};
use crate::present::number::percent;
use crate::present::page::Visit;
use crate::sql::encode;
use crate::web::frame::{self, Content};
use crate::web::link::Link;
use crate::web::{WebError, found, record};

/// Least similarity that is shown.
const MIN: f64 = 0.5;
/// Matches shown with their headlines.
const MATCHES: usize = 50;

/// The page.
pub(super) fn page(engine: &Engine, visit: &Visit, id: &str) -> Result<Markup, WebError> {
    let id: RecordId = id.parse()?;
    let snapshot = engine.snapshot()?;
    let dataset = snapshot.catalog().by_letter(id.letter()).ok_or(WebError::NoPage)?;
    if dataset.name == PETITIONS {
        return of_petition(engine, visit, id);
    }
    let similar = engine.duplicates_of(id, MIN, &Scope::everything())?;
    let shown = similar.matches.iter().take(MATCHES);
    let shown = shown.map(|found| Ok((found, called(engine, dataset, found)?)));
    let shown: Vec<(&Match, String)> = shown.collect::<Result<_, EngineError>>()?;
    let language = visit.language;
    let count = similar.matches.len().to_string();
    let body = html! {
        p { (label("page.similar_lead", language)) }
        p.total role="status" { (sentence("page.similar_total", language, &[("count", &count)])) }
        ol.hits { @for (found, name) in &shown { li { (one(visit, found, name)) } } }
        p { a href=(Link::to(&format!("/records/{id}"), language).text()) { (label("page.back_to_record", language)) } }
    };
    let title = sentence("page.similar_to", language, &[("id", &id.to_string())]);
    Ok(frame::page(engine, visit, &Content { title, commit: Some(similar.commit), body }))
}

/// A petition's page of proposals, each with its reasons.
fn of_petition(engine: &Engine, visit: &Visit, id: RecordId) -> Result<Markup, WebError> {
    let language = visit.language;
    let commit = engine.snapshot()?.version();
    let body = html! {
        p { (label("page.similar_lead", language)) }
        (found::of_record(engine, visit, id, MATCHES)?)
        p { a href=(Link::to(&format!("/records/{id}"), language).text()) { (label("page.back_to_record", language)) } }
    };
    let title = sentence("page.similar_to", language, &[("id", &id.to_string())]);
    Ok(frame::page(engine, visit, &Content { title, commit: Some(commit), body }))
}

fn called(engine: &Engine, dataset: &Dataset, found: &Match) -> Result<String, EngineError> {
    let rows = engine.record(found.id, &Scope::everything())?;
    let first = encode::objects(&rows.batches)?.into_iter().next().unwrap_or(Json::Null);
    Ok(record::headline(dataset, &first, &found.id.to_string()))
}

fn one(visit: &Visit, found: &Match, name: &str) -> Markup {
    let language = visit.language;
    let relation = format!("relation.{}", found.relation.code());
    let relation = label(&relation, language);
    let share = |share: f64| percent((share * 10_000.0).round() as i64, 10_000, language);
    let values = [("similarity", share(found.similarity)), ("containment", share(found.containment))];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    html! {
        article {
            h2 { a href=(Link::to(&format!("/records/{}", found.id), language).text()) { (name) } }
            p { strong { (relation) } " – " (sentence("page.similar_share", language, &values)) }
        }
    }
}
