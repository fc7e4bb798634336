//! `GET /api/v1/search/{dataset}`.

use serde_json::to_value;

use crate::domain::commit::CommitVersion;
use crate::domain::limits::HTTP_HITS;
use crate::engine::EngineError;
use crate::http::HttpError;
use crate::http::call::{Call, wrong};
use crate::http::reply::Reply;
use crate::search::cursor::Cursor;
use crate::search::notation;
use crate::search::request::{HistogramOf, Request};

/// Searches a dataset.
pub(super) fn search(call: &Call) -> Result<Reply, HttpError> {
    let answer = call.engine().search(call.named(0), &request(call)?, &call.scope())?;
    let json = to_value(&answer).map_err(|_| HttpError::Defect("hits are not JSON"))?;
    Reply::json(call, answer.commit, json)
}

/// The request that the parameters make.
pub(super) fn request(call: &Call) -> Result<Request, HttpError> {
    let filters = notation::filters(call.all("filter")).map_err(EngineError::from)?;
    let limit = call.read("limit", "write a whole number")?.unwrap_or(HTTP_HITS);
    if limit == 0 && call.one("cursor").is_some() {
        return Err(wrong("limit", "a cursor goes on with at least one hit"));
    }
    let histograms: Result<Vec<HistogramOf>, _> = call.all("histogram").map(notation::histogram).collect();
    Ok(Request {
        text: call.one("q").unwrap_or_default().to_owned(),
        filters,
        facets: call.all("facet").map(str::to_owned).collect(),
        histograms: histograms.map_err(EngineError::from)?,
        group: call.one("group").map(str::to_owned),
        since: call.read("since", "write the number of a commit")?.map(CommitVersion),
        recency: match call.one("recency") {
            Some("on") => true,
            Some("off") => false,
            _ => call.switch("recency")?,
        },
        sort: call.all("sort").map(notation::order).collect(),
        limit,
        cursor: call.one("cursor").map(Cursor::from_text),
        highlight: call.switch("highlight")?,
        today: call.as_of()?,
        ..Request::default()
    })
}
