//! `GET /api/v1/search/{dataset}`.

use serde_json::to_value;

use crate::domain::limits::HTTP_HITS;
use crate::engine::EngineError;
use crate::http::HttpError;
use crate::http::call::{Call, wrong};
use crate::http::reply::Reply;
use crate::search::cursor::Cursor;
use crate::search::notation;
use crate::search::request::Request;

/// Searches a dataset.
pub(super) fn search(call: &Call) -> Result<Reply, HttpError> {
    let answer = call.engine().search(call.named(0), &request(call)?, &call.scope())?;
    let json = to_value(&answer).map_err(|_| HttpError::Defect("hits are not JSON"))?;
    Reply::json(call, answer.commit, json)
}

fn request(call: &Call) -> Result<Request, HttpError> {
    let filters = notation::filters(call.all("filter")).map_err(EngineError::from)?;
    let limit = call.read("limit", "write a whole number")?.unwrap_or(HTTP_HITS);
    if limit == 0 && call.one("cursor").is_some() {
        return Err(wrong("limit", "a cursor goes on with at least one hit"));
    }
    Ok(Request {
        text: call.one("q").unwrap_or_default().to_owned(),
        filters,
        facets: call.all("facet").map(str::to_owned).collect(),
        sort: call.all("sort").map(notation::order).collect(),
        limit,
        cursor: call.one("cursor").map(Cursor::from_text),
        highlight: call.switch("highlight")?,
        today: call.as_of()?,
        ..Request::default()
    })
}
