//! Whether the process lives, whether it can answer, and its counters.

use serde_json::json;

use crate::http::HttpError;
use crate::http::call::Call;
use crate::http::reply::Reply;

/// `GET /healthz`: the process answers.
#[expect(clippy::unnecessary_wraps, reason = "every route has this shape")]
pub(super) fn alive(_: &Call) -> Result<Reply, HttpError> {
    Ok(Reply::text("ok\n".to_owned()))
}

/// `GET /readyz`: the newest snapshot can be read.
pub(super) fn ready(call: &Call) -> Result<Reply, HttpError> {
    let snapshot = call.engine().snapshot()?;
    let commit = snapshot.version();
    let json = json!({ "commit": commit, "committed_at": snapshot.committed_at().rfc3339(),
                       "takes_records": call.engine().is_writer() });
    Reply::json(call, commit, json)
}

/// `GET /metrics`.
pub(super) fn metrics(call: &Call) -> Result<Reply, HttpError> {
    let snapshot = call.engine().snapshot()?;
    Ok(Reply::text(call.server.meters().text(&snapshot)))
}
