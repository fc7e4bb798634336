//! `POST /api/v1/search/{dataset}/batch`: a list searched line by line.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::domain::limits::SEARCH_BATCH_MILLISECONDS;
use crate::engine::batch::{Batch, Line};
use crate::formats::Input;
use crate::http::HttpError;
use crate::http::call::{Call, wrong};
use crate::http::reply::Reply;
use crate::http::search;
use crate::search::request::Request;

/// Hits of a line when no limit is named.
const LIMIT: usize = 5;

/// Searches each line.
pub(super) fn batch(call: &Call) -> Result<Reply, HttpError> {
    let name = match call.media_type().as_str() {
        "text/csv" => "batch.csv",
        "application/x-ndjson" => "batch.ndjson",
        _ => return Err(HttpError::MediaType("text/csv or application/x-ndjson")),
    };
    let column = call.one("column").ok_or_else(|| wrong("column", "name the column that is searched"))?;
    let limit = call.read("limit", "write a whole number")?.unwrap_or(LIMIT);
    let batch = Batch {
        input: Input::Bytes { name, bytes: &call.body },
        column,
        request: Request { limit, ..search::request(call)? },
        time: Some(Duration::from_millis(SEARCH_BATCH_MILLISECONDS)),
        language: call.language,
    };
    let searched = call.engine().search_batch(call.named(0), &batch, &call.scope())?;
    let lines = searched.lines.iter().map(described).collect::<Result<Vec<Json>, HttpError>>()?;
    Reply::json(call, searched.commit, json!({ "commit": searched.commit, "lines": lines }))
}

fn described(line: &Line) -> Result<Json, HttpError> {
    let mut json = json!({ "line": line.line, "q": line.text });
    let Some(object) = json.as_object_mut() else { return Ok(json) };
    let told = match &line.outcome {
        Ok(answer) => {
            let hits =
                serde_json::to_value(&answer.hits).map_err(|_| HttpError::Defect("hits are not JSON"))?;
            vec![("total", json!(answer.total)), ("matched", json!(answer.matched)), ("hits", hits)]
        }
        Err(error) => vec![("error", json!({ "code": error.code, "reason": error.reason }))],
    };
    object.extend(told.into_iter().map(|(name, value)| (name.to_owned(), value)));
    Ok(json)
}
