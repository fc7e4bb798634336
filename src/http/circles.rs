//! `GET /api/v1/circles`: letters forwarded and forgotten, forwarded back, or handled differently in one case.

use serde_json::{Value as Json, json};

use crate::definition::labels::label;
use crate::engine::circles::{Circle, Hop, Kind, Letter, Searched};
use crate::engine::deadline::due_json;
use crate::http::HttpError;
use crate::http::call::{Call, wrong};
use crate::http::reply::Reply;

/// The findings, and where was looked.
pub(super) fn circles(call: &Call) -> Result<Reply, HttpError> {
    let read = |code| Kind::of(code).ok_or_else(|| wrong("kind", "write late, cycle or directions"));
    let kind = call.one("kind").map(read).transpose()?;
    let found = call.engine().circles(kind, call.as_of()?, &call.scope())?;
    let circles: Vec<Json> = found.circles.iter().map(|circle| finding(call, circle)).collect();
    let cut: Vec<&str> = found.cut.iter().map(|kind| kind.code()).collect();
    let searched: Vec<Json> = found.searched.iter().map(source).collect();
    let answer = json!({ "commit": found.commit, "as_of": found.as_of.to_string(), "circles": circles,
                         "more_of": cut, "searched": searched });
    Reply::json(call, found.commit, answer)
}

fn finding(call: &Call, circle: &Circle) -> Json {
    let kind = circle.kind.code();
    let letters: Vec<Json> = circle.letters.iter().map(letter).collect();
    let hops: Vec<Json> = circle.hops.iter().map(hop).collect();
    json!({ "kind": kind, "label": label(circle.kind.label_key(), call.language),
            "letters": letters, "count": circle.count, "case_id": circle.case_id, "hops": hops,
            "due": circle.due.as_ref().map(due_json) })
}

fn letter(letter: &Letter) -> Json {
    json!({ "id": letter.id, "source_id": letter.source_id, "title": letter.title, "unit": letter.unit,
            "direction": letter.direction })
}

fn hop(hop: &Hop) -> Json {
    json!({ "on": hop.on.to_string(), "unit": hop.unit, "to_unit": hop.to_unit })
}

fn source(searched: &Searched) -> Json {
    json!({ "source_system": searched.source_system, "letters": searched.letters, "units": searched.units,
            "newest": searched.newest.map(|day| day.to_string()), "forwards": searched.forwards })
}
