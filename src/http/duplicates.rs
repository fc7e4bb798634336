//! Records whose text resembles a record's or a given text: possible duplicates (nghi trùng), with evidence.
//!
//! `matches` are by text alone, of every dataset; for petitions `proposals` say how they may relate and why,
//! and `coverage` what was searched.

use serde_json::{Value as Json, json};

use crate::definition::labels::label;
use crate::engine::duplicates::Similar;
use crate::engine::papers::PETITIONS;
use crate::engine::proposals::Proposals;
use crate::http::call::{Call, wrong};
use crate::http::reply::Reply;
use crate::http::{HttpError, proposals};

/// A Word document.
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
/// Least similarity when none is named.
const MIN: f64 = 0.5;

/// `GET /api/v1/duplicates/{id}`.
pub(super) fn of_record(call: &Call) -> Result<Reply, HttpError> {
    let (id, min, scope) = (call.id()?, min(call)?, call.scope());
    let snapshot = call.engine().snapshot()?;
    let dataset = snapshot.catalog().by_letter(id.letter());
    if dataset.is_some_and(|dataset| dataset.name == PETITIONS) {
        let (proposals, similar) = call.engine().proposals_and_matches_of(id, min, &scope)?;
        return reply(call, &similar, Some(&proposals));
    }
    reply(call, &call.engine().duplicates_of(id, min, &scope)?, None)
}

/// `POST /api/v1/duplicates/{dataset}` with the text, or a Word document, as body.
pub(super) fn of_text(call: &Call) -> Result<Reply, HttpError> {
    if !["text/plain", DOCX].contains(&call.media_type().as_str()) {
        return Err(HttpError::MediaType("text/plain"));
    }
    let text = &call.engine().letter_text(&call.body)?;
    let (dataset, min, scope) = (call.named(0), min(call)?, call.scope());
    if dataset == PETITIONS {
        let (proposals, similar) = call.engine().proposals_and_matches_of_text(text, min, &scope)?;
        return reply(call, &similar, Some(&proposals));
    }
    reply(call, &call.engine().duplicates_of_text(dataset, text, min, &scope)?, None)
}

fn min(call: &Call) -> Result<f64, HttpError> {
    let expected = "write a number from 0 to 1";
    let min = call.read("min", expected)?.unwrap_or(MIN);
    if (0.0..=1.0).contains(&min) { Ok(min) } else { Err(wrong("min", expected)) }
}

fn reply(call: &Call, similar: &Similar, proposals: Option<&Proposals>) -> Result<Reply, HttpError> {
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
    let mut answer = json!({ "commit": similar.commit, "matches": matches });
    if let Some(proposals) = proposals {
        let (listed, coverage) = proposals::listed(proposals, call.language);
        (answer["proposals"], answer["coverage"]) = (listed, coverage);
        answer["weights"] = json!(proposals.weights);
    }
    Reply::json(call, similar.commit, answer)
}
