//! `/api/v1/review`: proposed pairs that wait for a person, and how often people agreed with the program.

use serde_json::{Value as Json, json};

use crate::domain::limits::{HTTP_HITS, REVIEW_LISTED_MAX};
use crate::duplicates::agreement::Agreement;
use crate::engine::proposing::Waiting;
use crate::engine::review::{Queue, Wanted};
use crate::http::HttpError;
use crate::http::call::Call;
use crate::http::proposals::{day, relation_label};
use crate::http::reply::Reply;
use crate::http::rulings::relation;

/// `GET /api/v1/review`, urgent pairs first.
pub(super) fn queue(call: &Call) -> Result<Reply, HttpError> {
    let number = |name| call.read::<usize>(name, "write a whole number");
    let wanted = Wanted {
        unit: call.one("unit").map(str::to_owned),
        relation: call.one("relation").map(|code| relation("relation", Some(code))).transpose()?,
        skip: number("skip")?.unwrap_or_default(),
        limit: number("limit")?.unwrap_or(HTTP_HITS).min(REVIEW_LISTED_MAX),
    };
    let found = call.engine().review(&wanted, &call.scope())?;
    let pairs: Vec<Json> = found.pairs.iter().map(|pair| waiting(call, &found, pair)).collect();
    let answer = json!({ "commit": found.commit, "run": found.run, "total": found.total, "pairs": pairs });
    Reply::json(call, found.commit, answer)
}

/// `GET /api/v1/review/agreement`: decided pairs by what was proposed and what was decided.
pub(super) fn agreement(call: &Call) -> Result<Reply, HttpError> {
    let rulings = call.engine().rulings(None, &call.scope())?;
    let found = Agreement::of(&rulings.all);
    let cells: Vec<Json> = found
        .cells
        .iter()
        .map(|cell| {
            json!({ "proposed": cell.proposed.code(), "decided": cell.decided.code(), "pairs": cell.pairs })
        })
        .collect();
    let answer =
        json!({ "commit": rulings.commit, "same": found.same(), "all": found.all(), "cells": cells });
    Reply::json(call, rulings.commit, answer)
}

fn waiting(call: &Call, queue: &Queue, pair: &Waiting) -> Json {
    json!({
        "later": pair.later,
        "earlier": pair.earlier,
        "later_title": queue.titles.get(&pair.later),
        "earlier_title": queue.titles.get(&pair.earlier),
        "relation": pair.relation,
        "label": relation_label(&pair.relation, call.language),
        "score": pair.score,
        "similarity": pair.similarity,
        "containment": pair.containment,
        "content": pair.content,
        "unit": pair.unit,
        "earlier_unit": pair.earlier_unit,
        "received_on": day(pair.received_on.as_deref()),
        "due_on": day(pair.due_on.as_deref()),
        "is_open": pair.is_open,
    })
}
