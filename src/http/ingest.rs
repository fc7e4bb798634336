//! `POST /api/v1/ingest/{dataset}`: records pushed, an answer for each.

use serde_json::Value as Json;

use crate::domain::commit::CommitVersion;
use crate::engine::EngineError;
use crate::engine::push::Push;
use crate::http::HttpError;
use crate::http::call::Call;
use crate::http::reply::Reply;

/// Source of records that name none.
const SOURCE: &str = "local";
/// Bytes of an `Idempotency-Key`.
const KEY_BYTES_MAX: usize = 255;

/// Takes records in and answers once they are committed.
pub(super) fn ingest(call: &Call) -> Result<Reply, HttpError> {
    let queue = call.server.0.queue.as_ref().ok_or(EngineError::ReadsOnly)?;
    let pushed = queue.push(push(call)?).inspect_err(|error| {
        if matches!(error, EngineError::QueueFull { .. }) {
            call.server.meters().count_queue_full();
        }
    })?;
    let commit = pushed.answer.get("commit").and_then(Json::as_u64).unwrap_or_default();
    let mut json = pushed.answer;
    if let Some(object) = json.as_object_mut() {
        object.insert("repeated".to_owned(), Json::from(pushed.is_repeated));
    }
    Reply::json(call, CommitVersion(commit), json)
}

fn push(call: &Call) -> Result<Push, HttpError> {
    let is_csv = match call.media_type().as_str() {
        "text/csv" => true,
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => false,
        _ => return Err(HttpError::MediaType("application/x-ndjson or text/csv")),
    };
    let key = call.headers.get("idempotency-key").map(|value| value.to_str().unwrap_or_default());
    if key.is_some_and(|key| key.is_empty() || key.len() > KEY_BYTES_MAX) {
        let expected = format!("write 1 to {KEY_BYTES_MAX} ASCII characters");
        return Err(HttpError::Parameter { name: "Idempotency-Key".to_owned(), expected });
    }
    Ok(Push {
        dataset: call.named(0).to_owned(),
        is_csv,
        body: call.body.to_vec(),
        source: call.one("source").unwrap_or(SOURCE).to_owned(),
        key: key.map(str::to_owned),
        language: call.language,
    })
}
