//! `GET /api/v1/suggest`: what a search text may go on with.

use serde_json::json;

use crate::http::HttpError;
use crate::http::call::{Call, wrong};
use crate::http::reply::Reply;

/// Suggestions when no limit is named.
const LIMIT: usize = 10;

/// Suggests.
pub(super) fn suggest(call: &Call) -> Result<Reply, HttpError> {
    let dataset = call.one("dataset").ok_or_else(|| wrong("dataset", "name a dataset"))?;
    let limit = call.read("limit", "write a whole number")?.unwrap_or(LIMIT);
    // The space after a word says that it is whole.
    let text = call.parameters.iter().find(|(name, _)| name == "q").map_or("", |(_, text)| text.as_str());
    let suggested = call.engine().suggest(dataset, text, limit, &call.scope())?;
    let commit = suggested.commit;
    Reply::json(call, commit, json!({ "commit": commit, "suggestions": suggested.suggestions }))
}
