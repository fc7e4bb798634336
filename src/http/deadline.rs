//! Legal deadlines: the rules, a deadline computed, the deadline of a record explained.

use serde_json::{Value as Json, json};

use crate::engine::deadline::due_json;
use crate::http::HttpError;
use crate::http::call::{Call, wrong};
use crate::http::reply::Reply;
use crate::rules::deadline::{Deadlines, Mark, happenings};

/// `GET /api/v1/deadlines`: every rule.
pub(super) fn rules(call: &Call) -> Result<Reply, HttpError> {
    let all = Deadlines::national().map(Deadlines::rules).unwrap_or_default();
    let rules = all.iter().map(|rule| {
        let (from, to) = rule.validity();
        json!({ "id": rule.id, "step": rule.step.text(call.language), "event": rule.event, "limits": rule.limits,
                "article": rule.article, "valid_from": from.to_string(), "valid_to": to.map(|day| day.to_string()),
                "reaches_pending": rule.reaches_pending(), "verified": rule.mark_on(from) == Mark::Found,
                "note": rule.note })
    });
    let rules: Vec<Json> = rules.collect();
    let commit = call.engine().snapshot()?.version();
    Reply::json(call, commit, json!({ "rules": rules }))
}

/// `GET /api/v1/deadlines/{rule}?from=`.
pub(super) fn compute(call: &Call) -> Result<Reply, HttpError> {
    let known = Deadlines::national().and_then(|rules| Some((rules, rules.rule(call.named(0))?)));
    let (rules, rule) = known.ok_or_else(|| wrong("rule", "write an id of /api/v1/deadlines"))?;
    let from =
        call.read("from", "write a day as 2026-11-21")?.unwrap_or_else(|| call.engine().clock().today());
    let circumstance = call.one("circumstance").unwrap_or("ordinary");
    if !rule.limits.contains_key(circumstance) {
        return Err(wrong("circumstance", "write one of the rule's limits"));
    }
    let kind = if rule.id.starts_with("TC-") { "denunciation" } else { "complaint" };
    let steps = happenings(call.one("steps").unwrap_or_default());
    let due = rules.due(rule, (kind, circumstance), from, &steps);
    let mut answer = due_json(&due);
    if let Some(object) = answer.as_object_mut() {
        object.insert("in_force".to_owned(), Json::from(rule.is_in_force(from)));
    }
    Reply::json(call, call.engine().snapshot()?.version(), answer)
}

/// `GET /api/v1/records/{id}/deadline`.
pub(super) fn explain(call: &Call) -> Result<Reply, HttpError> {
    let found = call.engine().deadline_of(call.id()?, call.as_of()?, &call.scope())?;
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
    let answer = json!({
        "id": found.id.to_string(), "dataset": found.dataset, "start": day(found.start),
        "declared": day(found.declared), "effective": day(found.effective()), "differs": found.differs(),
        "computed": found.computed.as_ref().map(due_json), "versions": found.versions,
    });
    Reply::json(call, found.commit, answer)
}
