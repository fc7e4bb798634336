//! Unit scorecards: the formulas there are, and one filled for a period as JSON or CSV.

use serde_json::{Value as Json, json};

use crate::engine::EngineError;
use crate::http::HttpError;
use crate::http::call::{Call, wrong};
use crate::http::metric::asked;
use crate::http::query::encoded;
use crate::http::reply::{Reply, notice};

/// `GET /api/v1/scorecards`.
pub(super) fn list(call: &Call) -> Result<Reply, HttpError> {
    let snapshot = call.engine().snapshot()?;
    let formulas = snapshot.catalog().scorecards().map(|formula| {
        json!({ "scorecard": formula.name, "version": formula.version, "valid_from": formula.valid_from.to_string(),
                "title": formula.title.text(call.language), "statement": formula.statement.text(call.language),
                "is_law": false, "points": formula.points, "lines": formula.lines.len() })
    });
    let formulas: Vec<Json> = formulas.collect();
    let commit = snapshot.version();
    Reply::json(call, commit, json!({ "commit": commit, "scorecards": formulas }))
}

/// `GET /api/v1/scorecards/{scorecard}`.
pub(super) fn scorecard(call: &Call) -> Result<Reply, HttpError> {
    let scored = call.engine().scorecard(call.named(0), &asked(call)?, call.one("unit"), &call.scope())?;
    let newest = call.engine().snapshot()?.version();
    let commit = scored.inputs().map_or(newest, |inputs| inputs.snapshot);
    match call.one("format").unwrap_or("json") {
        "json" => Reply::json(call, commit, scored.json(call.language)),
        "csv" => {
            let notice = notice(call)?;
            let mark = if notice.is_some() { "mo-phong-" } else { "" };
            let file = Some(format!("{mark}{}-{commit}.csv", scored.formula().name));
            let body = encoded(&[scored.batch().map_err(EngineError::from)?])?;
            let media_type = "text/csv; charset=utf-8; header=present";
            Ok(Reply { media_type, body, commit: Some(commit), notice, file })
        }
        _ => Err(wrong("format", "write one of json, csv")),
    }
}
