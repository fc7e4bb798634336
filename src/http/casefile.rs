//! `GET /api/v1/cases/{case}`: the file of one case.

use serde_json::{Map, Value as Json, json};

use crate::definition::labels::label;
use crate::engine::casefile::{Answered, CaseFile};
use crate::engine::papers::Held;
use crate::engine::ruling::{case_named, name_of};
use crate::engine::timeline::Moment;
use crate::http::HttpError;
use crate::http::call::Call;
use crate::http::proposals::day;
use crate::http::reply::Reply;
use crate::http::rulings::ruling;

/// What is told of a decision; its record has the rest.
const DECISION: [&str; 8] = ["id", "kind", "number", "title", "unit", "issued_on", "effective_on", "result"];

/// The file; a case is named by its number, by a petition's id, or as `system|key` of its source.
pub(super) fn case(call: &Call) -> Result<Reply, HttpError> {
    let file = call.engine().case_file(&case_named(call.named(0))?, &call.scope())?;
    let petitions: Vec<Json> = file.petitions.iter().map(|held| petition(&file, held)).collect();
    let due: Vec<Json> =
        file.due().iter().map(|(on, id)| json!({ "on": on.to_string(), "record": id })).collect();
    let answer = json!({
        "commit": file.commit,
        "case": name_of(&file.case),
        "petitions": petitions,
        "petitions_total": file.petitions_total,
        "recipients": file.recipients(),
        "stage": file.stage(),
        "due": due,
        "decisions": file.decisions.iter().map(decision).collect::<Vec<Json>>(),
        "rulings": file.rulings.iter().map(ruling).collect::<Vec<Json>>(),
        "timeline": file.timeline.iter().map(|one| moment(call, one)).collect::<Vec<Json>>(),
        "answered": answered(file.answered_before(None)),
    });
    Reply::json(call, file.commit, answer)
}

fn petition(file: &CaseFile, held: &Held) -> Json {
    let received = day(held.text("received_on"));
    let on = received.and_then(|text| text.parse().ok());
    json!({
        "id": held.id.to_string(),
        "source_system": held.text("source_system"),
        "source_id": held.text("source_id"),
        "kind": held.text("kind"),
        "title": held.text("title"),
        "unit": held.text("unit"),
        "recipient": held.text("recipient"),
        "status": held.text("status"),
        "received_on": received,
        "due_on": day(held.text("due_on")),
        "resolved_on": day(held.text("resolved_on")),
        // What a repeat must be told: the case was answered before this petition came.
        "answered_before": answered(on.and_then(|on| file.answered_before(Some(on)))),
    })
}

fn answered(answer: Option<Answered<'_>>) -> Option<Json> {
    answer.map(|answer| json!({ "number": answer.number, "on": answer.on.to_string() }))
}

fn decision(row: &Json) -> Json {
    let told = DECISION.iter().filter_map(|name| Some(((*name).to_owned(), row.get(*name)?.clone())));
    Json::Object(told.collect::<Map<String, Json>>())
}

fn moment(call: &Call, moment: &Moment) -> Json {
    json!({ "on": moment.on.to_string(), "what": moment.what.trim_start_matches("moment."),
            "label": label(&moment.what, call.language), "unit": moment.unit, "paper": moment.paper,
            "record": moment.record })
}
