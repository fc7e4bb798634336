//! Records whose text resembles a record's or a given text: possible duplicates (nghi trùng), with evidence.

use serde_json::{Value as Json, json};

use crate::definition::labels::label;
use crate::engine::duplicates::Similar;
use crate::http::HttpError;
use crate::http::call::{Call, wrong};
use crate::http::reply::Reply;

/// Least similarity when none is named.
const MIN: f64 = 0.5;

/// `GET /api/v1/duplicates/{id}`.
pub(super) fn of_record(call: &Call) -> Result<Reply, HttpError> {
    let similar = call.engine().duplicates_of(call.id()?, min(call)?, &call.scope())?;
    reply(call, &similar)
}

/// `POST /api/v1/duplicates/{dataset}` with the text as body.
pub(super) fn of_text(call: &Call) -> Result<Reply, HttpError> {
    if call.media_type() != "text/plain" {
        return Err(HttpError::MediaType("text/plain"));
    }
    let text = str::from_utf8(&call.body).map_err(|_| HttpError::Body("it is not UTF-8"))?;
    let similar = call.engine().duplicates_of_text(call.named(0), text, min(call)?, &call.scope())?;
    reply(call, &similar)
}

fn min(call: &Call) -> Result<f64, HttpError> {
    let expected = "write a number from 0 to 1";
    let min = call.read("min", expected)?.unwrap_or(MIN);
    if (0.0..=1.0).contains(&min) { Ok(min) } else { Err(wrong("min", expected)) }
}

fn reply(call: &Call, similar: &Similar) -> Result<Reply, HttpError> {
    let matches: Vec<Json> = similar
        .matches
        .iter()
        .map(|found| {
            let relation = found.relation.code();
            json!({ "id": found.id.to_string(), "relation": relation,
                    "label": label(&format!("relation.{relation}"), call.language),
                    "similarity": found.similarity, "containment": found.containment, "score": found.score })
        })
        .collect();
    Reply::json(call, similar.commit, json!({ "commit": similar.commit, "matches": matches }))
}
