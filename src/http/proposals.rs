//! What is proposed between petitions, as JSON: relation, evidence for and against, decision, coverage.
//!
//! The score is the sum of its parts, and every reason comes as a code and as a sentence. What a person
//! decided stands beside what the program proposes.

use serde_json::{Value as Json, json};

use crate::definition::labels::{label, sentence};
use crate::domain::language::Language;
use crate::duplicates::casebook::ruling::Ruling;
use crate::duplicates::passages::{Segment, SegmentKind, new_passages, side_by_side};
use crate::duplicates::propose::Reason;
use crate::engine::coverage::Coverage;
use crate::engine::papers::Held;
use crate::engine::proposals::{Found, Proposals};
use crate::engine::ruling::name_of;
use crate::http::HttpError;
use crate::http::call::{Call, read_id};
use crate::http::reply::Reply;

/// `GET /api/v1/duplicates/{id}/with/{other}`: the evidence of one pair, and both texts in passages.
pub(super) fn pair(call: &Call) -> Result<Reply, HttpError> {
    let (one, other) = (call.id()?, read_id("other", call.named(1))?);
    let commit = call.engine().snapshot()?.version();
    let (held, found) = call.engine().compare(one, other, &call.scope())?;
    let mut json = described(&found, call.language);
    if let Some(object) = json.as_object_mut() {
        let texts = [text(&held), text(&found.judged.held)];
        object.insert("commit".to_owned(), json!(commit));
        object.insert("of".to_owned(), json!(one.to_string()));
        object.insert("passages".to_owned(), passages(texts));
        object.insert("new".to_owned(), news(texts));
    }
    Reply::json(call, commit, json)
}

/// Proposals and coverage of an answer.
pub(super) fn listed(proposals: &Proposals, language: Language) -> (Json, Json) {
    let found: Vec<Json> = proposals.found.iter().map(|found| described(found, language)).collect();
    let mut coverage = coverage(&proposals.coverage);
    coverage["commit"] = json!(proposals.commit);
    (Json::from(found), coverage)
}

/// A relation's name for people.
pub(super) fn relation_label(code: &str, language: Language) -> String {
    label(&format!("relation.{code}"), language).to_owned()
}

/// The day of a date or an instant of a row.
pub(super) fn day(text: Option<&str>) -> Option<&str> {
    text.map(|text| text.get(..10).unwrap_or(text))
}

fn described(found: &Found, language: Language) -> Json {
    let held = &found.judged.held;
    let (proposal, likeness) = (&found.judged.proposal, &found.judged.likeness);
    let relation = proposal.relation.code();
    let parts: Vec<Json> = proposal
        .score
        .parts()
        .iter()
        .map(|part| json!({ "signal": part.signal.code(), "level": part.level.code(), "bits": part.bits }))
        .collect();
    let reasons =
        |reasons: &[Reason]| -> Vec<Json> { reasons.iter().map(|reason| told(reason, language)).collect() };
    json!({
        "id": held.id.to_string(),
        "relation": relation,
        "label": relation_label(relation, language),
        "basis": proposal.basis,
        "score": proposal.score.total(),
        "parts": parts,
        "reasons": reasons(&proposal.reasons),
        "against": reasons(&proposal.against),
        "similarity": likeness.similarity,
        "containment": likeness.containment,
        "content": likeness.content,
        "case": name_of(&found.case),
        "decided": found.decided.as_ref().map(|ruling| decided(ruling, language)),
        "unit": held.text("unit"),
        "received_on": day(held.text("received_on")),
        "due_on": day(held.text("due_on")),
    })
}

fn told(reason: &Reason, language: Language) -> Json {
    let values: Vec<(&str, &str)> =
        reason.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let text = sentence(&format!("reason.{}", reason.code), language, &values);
    json!({ "code": reason.code, "text": text, "bits": reason.weight })
}

fn decided(ruling: &Ruling, language: Language) -> Json {
    let relation = ruling.relation().map(|relation| relation.code());
    json!({ "ruling": ruling.ordinal, "relation": relation,
            "label": relation.map(|code| relation_label(code, language)),
            "by": ruling.by, "at": ruling.at.rfc3339() })
}

fn coverage(coverage: &Coverage) -> Json {
    let sources: Vec<Json> = coverage
        .sources
        .iter()
        .map(|(source, newest)| json!({ "source": source, "newest": newest.map(|day| day.to_string()) }))
        .collect();
    json!({ "petitions": coverage.petitions, "units": coverage.units, "sources": sources })
}

fn text(held: &Held) -> &str {
    held.text("text").unwrap_or_default()
}

fn passages([one, other]: [&str; 2]) -> Json {
    let [of_one, of_other] = side_by_side(one, other);
    let told = |text: &str, segments: &[Segment]| -> Vec<Json> {
        let segments = segments.iter().map(|segment| {
            let kind = match segment.kind {
                SegmentKind::Shared => "shared",
                SegmentKind::Own => "own",
            };
            json!({ "kind": kind, "text": text.get(segment.range.clone()), "passage": segment.passage })
        });
        segments.collect()
    };
    json!({ "of": told(one, &of_one), "with": told(other, &of_other) })
}

/// Passages that each has and the other has not.
fn news([one, other]: [&str; 2]) -> Json {
    let new = |asked: &str, beside: &str| -> Vec<String> {
        let ranges = new_passages(asked, beside).into_iter();
        ranges.filter_map(|range| asked.get(range)).map(str::to_owned).collect()
    };
    json!({ "of": new(one, other), "with": new(other, one) })
}
