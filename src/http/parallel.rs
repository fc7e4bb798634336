//! Sources, two systems side by side, status messages about documents.

use serde_json::{Value as Json, json};

use crate::definition::labels::label;
use crate::engine::edxml::StatusAsked;
use crate::engine::parallel::{Compared, Explained, OUTCOMES, Pair, reason_key};
use crate::engine::sources::scorecard;
use crate::http::HttpError;
use crate::http::call::{Call, wrong};
use crate::http::metric::asked;
use crate::http::reply::Reply;
use crate::metrics::ask::Asked;
use crate::metrics::measure::{Figure, Measure};
use crate::metrics::written::{about, value};

/// `GET /api/v1/sources`: the scorecard.
pub(super) fn sources(call: &Call) -> Result<Reply, HttpError> {
    let asked = Asked { as_of: call.as_of()?, snapshot: call.snapshot()?, ..Asked::default() };
    let found = scorecard(call.engine(), &asked, &call.scope())?;
    let commit = call.engine().snapshot()?.version();
    let whole: Vec<Json> = found.whole.iter().map(|it| measured(call, it)).collect();
    let by_source: Vec<Json> = found.by_source.iter().map(|it| measured(call, it)).collect();
    Reply::json(call, commit, json!({ "figures": whole, "by_source": by_source, "silent": found.silent }))
}

/// `GET /api/v1/parallel/{dataset}`: the four outcomes, their trend, or why a metric differs.
pub(super) fn parallel(call: &Call) -> Result<Reply, HttpError> {
    let given = |name| call.one(name).filter(|text| !text.is_empty());
    let (Some(old), Some(new)) = (given("old"), given("new")) else {
        return Err(wrong("old", "name both systems: old and new"));
    };
    let pair = Pair { dataset: call.named(0), old, new };
    let (asked, scope) = (asked(call)?, call.scope());
    let engine = call.engine();
    if let Some(metric) = given("explain") {
        let found = engine.explain(pair, metric, &asked, &scope)?;
        return Reply::json(call, found.measure.inputs().snapshot, explained(call, &found));
    }
    let found = match call.read("trend", "write a number of commits")? {
        Some(commits) => engine.parallel_trend(pair, &asked, commits, &scope)?,
        None => vec![engine.parallel(pair, &asked, &scope)?],
    };
    let commit = found.last().map_or(engine.snapshot()?.version(), |last| last.commit);
    let shown: Vec<Json> = found.iter().map(|it| compared(call, it)).collect();
    Reply::json(call, commit, json!({ "dataset": pair.dataset, "old": old, "new": new, "compared": shown }))
}

/// `GET /api/v1/records/{id}/edxml-status`: a status message to send.
pub(super) fn edxml_status(call: &Call) -> Result<Reply, HttpError> {
    let text = |name| call.one(name).unwrap_or_default().to_owned();
    let on =
        call.one("on").map(str::parse).transpose().map_err(|_| wrong("on", "write a date, YYYY-MM-DD"))?;
    let asked = StatusAsked {
        code: text("status"),
        organ_id: text("organ_id"),
        organ_name: text("organ_name"),
        note: text("note"),
        on,
    };
    if asked.organ_id.is_empty() {
        return Err(wrong("organ_id", "write the code of the office that answers"));
    }
    let body = call.engine().edxml_status(call.id()?, &asked, &call.scope())?;
    let file = Some("status.edxml".to_owned());
    Ok(Reply { media_type: "application/xml", body: body.into_bytes(), commit: None, notice: None, file })
}

fn compared(call: &Call, found: &Compared) -> Json {
    let outcomes = OUTCOMES.iter().zip(&found.measures);
    let outcomes = outcomes.map(|(name, measure)| ((*name).to_owned(), measured(call, measure)));
    json!({ "commit": found.commit, "outcomes": outcomes.collect::<serde_json::Map<_, _>>() })
}

fn explained(call: &Call, found: &Explained) -> Json {
    let lines = found.lines.iter().map(|line| {
        json!({ "counted_in": if line.in_old { "old" } else { "new" }, "reason": line.reason,
                "label": label(reason_key(&line.reason), call.language),
                "id": line.id, "other_id": line.other_id, "title": line.title, "unit": line.unit,
                "differences": line.differences })
    });
    let (only_old, only_new) = found.sides();
    json!({ "metric": found.measure.query().name, "old": found.old, "new": found.new,
            "difference": found.difference(), "only_old": only_old, "only_new": only_new,
            "records": lines.collect::<Vec<_>>(), "of": about(&found.measure, call.language) })
}

fn measured(call: &Call, measure: &Measure) -> Json {
    let figure = |it: &Figure| {
        json!({ "key": it.key, "value": value(it), "numerator": it.numerator,
                "denominator": it.denominator, "receipt": it.code })
    };
    json!({ "title": measure.query().title.text(call.language), "metric": measure.query().name,
            "total": figure(measure.total()),
            "cells": measure.figures().iter().map(figure).collect::<Vec<_>>() })
}
