//! `/api/v1/rulings`: a person's decision taken in, and all that were taken.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::domain::id::RecordId;
use crate::domain::limits::{HTTP_HITS, RULINGS_LISTED_MAX};
use crate::duplicates::casebook::ruling::{Act, Ruling};
use crate::duplicates::relation::Proposed;
use crate::engine::ruled::Rulings;
use crate::engine::ruling::{Author, Ruled, case_named};
use crate::http::HttpError;
use crate::http::call::{Call, read_id, wrong};
use crate::http::proposals::relation_label;
use crate::http::reply::Reply;

/// What a client sends; which fields a kind needs is said where it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    kind: String,
    by: String,
    #[serde(default)]
    reason: String,
    petition: Option<String>,
    other: Option<String>,
    relation: Option<String>,
    petitions: Option<Vec<String>>,
    to: Option<String>,
    ruling: Option<u64>,
}

/// `POST /api/v1/rulings`.
pub(super) fn rule(call: &Call) -> Result<Reply, HttpError> {
    let sent = read(call)?;
    let author = Author { by: sent.by.clone(), reason: sent.reason.clone() };
    let (engine, scope) = (call.engine(), call.scope());
    let ruled = match sent.kind.as_str() {
        "decide" => {
            let pair = (id("petition", sent.petition.as_deref())?, id("other", sent.other.as_deref())?);
            engine.decide(pair, relation("relation", sent.relation.as_deref())?, &author, &scope)?
        }
        "attach" => {
            let to = sent.to.as_deref().ok_or_else(|| wrong("to", "name a case or a petition"))?;
            engine.attach_to_case(&petitions(&sent)?, &case_named(to)?, &author, &scope)?
        }
        "split" => engine.split_off(&petitions(&sent)?, &author, &scope)?,
        "undo" => {
            let ruling =
                sent.ruling.ok_or_else(|| wrong("ruling", "give the number of the ruling to undo"))?;
            engine.undo_ruling(ruling, &author, &scope)?
        }
        _ => return Err(wrong("kind", "write decide, attach, split or undo")),
    };
    Reply::json(call, ruled.commit, made(&ruled))
}

/// `GET /api/v1/rulings`, newest first.
pub(super) fn rulings(call: &Call) -> Result<Reply, HttpError> {
    let petition = call.one("petition").map(|text| read_id("petition", text)).transpose()?;
    let limit = call.read("limit", "write a whole number")?.unwrap_or(HTTP_HITS).min(RULINGS_LISTED_MAX);
    let found = call.engine().rulings(petition, &call.scope())?;
    let newest = found.all.iter().rev().take(limit);
    let listed: Vec<Json> = newest.map(|ruling| described(call, &found, ruling)).collect();
    let answer = json!({ "commit": found.commit, "total": found.all.len(), "rulings": listed });
    Reply::json(call, found.commit, answer)
}

/// A ruling by itself, as case files list it too.
pub(super) fn ruling(ruling: &Ruling) -> Json {
    let kind = match ruling.act {
        Act::Decide { .. } => "decide",
        Act::Attach => "attach",
        Act::Split => "split",
        Act::Undo { .. } => "undo",
    };
    let pair = ruling.pair();
    let placed = ruling.placed.as_ref();
    json!({
        "ruling": ruling.ordinal,
        "kind": kind,
        "petition": pair.map(|pair| pair.later.to_string()),
        "other": pair.map(|pair| pair.earlier.to_string()),
        "relation": ruling.relation().map(Proposed::code),
        "undoes": ruling.undoes(),
        "case": placed.map(|placed| placed.number.to_string()),
        "moved": moved(ruling),
        "adopted": placed.and_then(|placed| placed.adopted.as_ref()).map(ToString::to_string),
        "by": ruling.by,
        "at": ruling.at.rfc3339(),
        "reason": ruling.reason,
        "proposed": ruling.proposal.map(|proposal| {
            json!({ "relation": proposal.relation.code(), "score": proposal.score })
        }),
    })
}

/// Reads the relation of a parameter or field.
pub(super) fn relation(name: &str, text: Option<&str>) -> Result<Proposed, HttpError> {
    let known = || wrong(name, &format!("write one of {}", Proposed::ALL.map(Proposed::code).join(", ")));
    text.and_then(Proposed::from_code).ok_or_else(known)
}

fn read(call: &Call) -> Result<Sent, HttpError> {
    if call.media_type() != "application/json" {
        return Err(HttpError::MediaType("application/json"));
    }
    let expected = "send {\"kind\": \"decide\", \"petition\": \"P…\", \"other\": \"P…\", \"relation\": \"resend\", \
                    \"by\": \"NAME\", \"reason\": \"…\"}; kinds are decide, attach (petitions, to), split \
                    (petitions) and undo (ruling)";
    serde_json::from_slice(&call.body).map_err(|_| HttpError::Body(expected))
}

fn petitions(sent: &Sent) -> Result<BTreeSet<RecordId>, HttpError> {
    let given = sent.petitions.as_deref().filter(|given| !given.is_empty());
    let given = given.ok_or_else(|| wrong("petitions", "name at least one petition"))?;
    given.iter().map(|text| read_id("petitions", text)).collect()
}

fn id(name: &str, given: Option<&str>) -> Result<RecordId, HttpError> {
    read_id(name, given.ok_or_else(|| wrong(name, "name a petition by its id"))?)
}

fn made(ruled: &Ruled) -> Json {
    let number = ruled.ruling.placed.as_ref().map(|placed| placed.number.to_string());
    json!({ "ruling": ruled.ruling.ordinal, "commit": ruled.commit, "case": number,
            "moved": moved(&ruled.ruling) })
}

fn moved(ruling: &Ruling) -> Vec<String> {
    let placed = ruling.placed.iter();
    placed.flat_map(|placed| placed.moved.iter().map(RecordId::to_string)).collect()
}

fn described(call: &Call, of: &Rulings, one: &Ruling) -> Json {
    let mut json = ruling(one);
    json["undone"] = Json::from(of.undone.contains(&one.ordinal));
    let label = one.relation().map(|relation| relation_label(relation.code(), call.language));
    json["label"] = Json::from(label);
    json
}
