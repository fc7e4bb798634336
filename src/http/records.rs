//! One record, its history, and the commits of the store.

use serde_json::{Value as Json, json};

use crate::domain::limits::{COMMITS_LISTED_MAX, HTTP_HITS};
use crate::engine::EngineError;
use crate::http::HttpError;
use crate::http::attachments;
use crate::http::call::Call;
use crate::http::reply::Reply;
use crate::sql::encode::objects;

/// `GET /api/v1/records/{id}`.
pub(super) fn record(call: &Call) -> Result<Reply, HttpError> {
    let found = call.engine().record(call.id()?, &call.scope())?;
    let record = objects(&found.batches).map_err(EngineError::from)?.into_iter().next().unwrap_or_default();
    let listed = call.engine().attachments_of(call.id()?, &call.scope())?;
    let listed: Vec<Json> = listed.iter().map(attachments::described).collect();
    let json =
        json!({ "commit": found.commit, "dataset": found.dataset, "record": record, "attachments": listed });
    Reply::json(call, found.commit, json)
}

/// `GET /api/v1/records/{id}/similar`, closest first.
pub(super) fn similar(call: &Call) -> Result<Reply, HttpError> {
    let limit = call.read("limit", "write a whole number")?.unwrap_or(HTTP_HITS);
    let related = call.engine().similar(call.id()?, limit, &call.scope())?;
    let answer = related.answer;
    let json = json!({ "commit": answer.commit, "dataset": related.dataset, "hits": answer.hits });
    Reply::json(call, answer.commit, json)
}

/// `GET /api/v1/records/{id}/history`.
pub(super) fn history(call: &Call) -> Result<Reply, HttpError> {
    let found = call.engine().history_of(call.id()?, &call.scope())?;
    let versions = objects(&found.batches).map_err(EngineError::from)?;
    let json = json!({ "commit": found.commit, "dataset": found.dataset, "versions": versions });
    Reply::json(call, found.commit, json)
}

/// `GET /api/v1/commits`, newest first.
pub(super) fn commits(call: &Call) -> Result<Reply, HttpError> {
    let limit = call.read("limit", "write a whole number")?.unwrap_or(COMMITS_LISTED_MAX);
    let records = call.engine().commits(limit.min(COMMITS_LISTED_MAX))?;
    let newest = records.first().map(|record| record.commit).unwrap_or_default();
    let commits: Vec<Json> = records
        .iter()
        .map(|record| {
            json!({ "commit": record.commit, "at": record.at.rfc3339(), "operation": record.operation,
                    "definitions": record.definitions })
        })
        .collect();
    Reply::json(call, newest, json!({ "commit": newest, "commits": commits }))
}
