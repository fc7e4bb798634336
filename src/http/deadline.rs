//! Legal deadlines: the rules, a deadline computed, the deadline of a record explained.

use serde_json::{Value as Json, json};

use crate::engine::deadline::due_json;
use crate::http::HttpError;
use crate::http::call::{Call, wrong};
use crate::http::reply::Reply;
use crate::rules::deadline::{Mark, happenings};
use crate::rules::place::Place;

/// `GET /api/v1/deadlines`: every rule.
pub(super) fn rules(call: &Call) -> Result<Reply, HttpError> {
    let laws = call.engine().laws()?;
    let rules = laws.rules().iter().map(|rule| {
        let (from, to) = rule.validity();
        json!({ "id": rule.id, "step": rule.step.text(call.language), "event": rule.event, "limits": rule.limits,
                "article": rule.article, "valid_from": from.to_string(), "valid_to": to.map(|day| day.to_string()),
                "reaches_pending": rule.reaches_pending(), "verified": rule.mark_on(from) == Mark::Found,
                "note": rule.note })
    });
    let rules: Vec<Json> = rules.collect();
    let commit = call.engine().snapshot()?.version();
    Reply::json(call, commit, json!({ "version": laws.version(), "rules": rules }))
}

/// `GET /api/v1/deadlines/{rule}?from=`.
pub(super) fn compute(call: &Call) -> Result<Reply, HttpError> {
    let laws = call.engine().laws()?;
    let rule = laws.rule(call.named(0)).ok_or_else(|| wrong("rule", "write an id of /api/v1/deadlines"))?;
    let from =
        call.read("from", "write a day as 2026-11-21")?.unwrap_or_else(|| call.engine().clock().today());
    let circumstance = call.one("circumstance").unwrap_or("ordinary");
    if !rule.limits.contains_key(circumstance) {
        return Err(wrong("circumstance", "write one of the rule's limits"));
    }
    let kind = if rule.id.starts_with("TC-") { "denunciation" } else { "complaint" };
    let steps = happenings(call.one("steps").unwrap_or_default());
    let due = laws.due(rule, (kind, circumstance), from, &steps, &place_of(call));
    let mut answer = due_json(&due);
    if let Some(object) = answer.as_object_mut() {
        object.insert("in_force".to_owned(), Json::from(rule.is_in_force(from)));
        object.insert("rules".to_owned(), Json::from(laws.version()));
    }
    Reply::json(call, call.engine().snapshot()?.version(), answer)
}

/// Whose clock it is and where, as asked.
fn place_of(call: &Call) -> Place<'_> {
    let of = |name| call.one(name).unwrap_or_default();
    Place { unit: of("unit"), province: of("province"), commune: of("commune") }
}

/// `GET /api/v1/deadline-changes`: every change of rules that was taken, oldest first, with what it moved.
pub(super) fn adopted(call: &Call) -> Result<Reply, HttpError> {
    let all = call.engine().adopted_rules()?;
    let changes = serde_json::to_value(&all).unwrap_or_default();
    Reply::json(call, call.engine().snapshot()?.version(), json!({ "changes": changes }))
}

/// `GET /api/v1/records/{id}/deadline`.
pub(super) fn explain(call: &Call) -> Result<Reply, HttpError> {
    let found = call.engine().deadline_of(call.id()?, call.as_of()?, &call.scope())?;
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
    let answer = json!({
        "id": found.id.to_string(), "dataset": found.dataset, "start": day(found.start),
        "declared": day(found.declared), "effective": day(found.effective()), "differs": found.differs(),
        "computed": found.computed.as_ref().map(due_json), "versions": found.versions, "rules": found.rules,
    });
    Reply::json(call, found.commit, answer)
}
