//! `POST /api/v1/sql`: one statement in, its rows out in the format asked for.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::header::ACCEPT;
use serde::Deserialize;

use crate::domain::commit::CommitVersion;
use crate::domain::limits::HTTP_ANSWER_BYTES_MAX;
use crate::engine::EngineError;
use crate::http::call::{Call, wrong};
use crate::http::reply::{Reply, notice};
use crate::http::{HttpError, Server};
use crate::sql::SqlError;
use crate::sql::encode::{Encoder, Format};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    statement: String,
    snapshot: Option<u64>,
}

/// Collects an answer and counts it where the sink can see.
struct Counted {
    bytes: Vec<u8>,
    count: Arc<AtomicUsize>,
}

/// Runs a statement.
pub(super) fn sql(call: &Call) -> Result<Reply, HttpError> {
    let Statement { statement, snapshot } = statement(call)?;
    let format = format(call, &[Format::Json, Format::Csv, Format::Arrow, Format::Ndjson, Format::Parquet])?;
    let at = call.snapshot()?.or(snapshot.map(CommitVersion));
    let count = Arc::new(AtomicUsize::new(0));
    let mut encoder = Encoder::new(format, Counted { bytes: Vec::new(), count: Arc::clone(&count) });
    let done = call.engine().sql(&statement, at, &call.scope(), &mut |batch| {
        encoder.write(batch)?;
        if count.load(Ordering::Relaxed) > HTTP_ANSWER_BYTES_MAX {
            return Err(SqlError::TooManyBytes { limit: HTTP_ANSWER_BYTES_MAX });
        }
        Ok(())
    });
    let outcome = done.inspect_err(|error| count_failure(&call.server, error))?;
    let rows = encoder.finish().map_err(EngineError::from)?.bytes;
    written(call, format, outcome.commit, rows)
}

/// Rows as a reply; in JSON inside an object that names the snapshot.
pub(super) fn written(
    call: &Call,
    format: Format,
    commit: CommitVersion,
    rows: Vec<u8>,
) -> Result<Reply, HttpError> {
    let notice = notice(call)?;
    let mut body = rows;
    if format == Format::Json {
        let mut object = format!("{{\"commit\":{commit},").into_bytes();
        if let Some(notice) = &notice {
            object.extend(format!("\"notice\":{},", serde_json::Value::from(notice.as_str())).bytes());
        }
        object.extend(b"\"rows\":");
        object.extend(if body.is_empty() { b"[]".to_vec() } else { body });
        object.push(b'}');
        body = object;
    }
    Ok(Reply { media_type: format.media_type(), body, commit: Some(commit), notice, file: None })
}

/// The format asked for by `format=`, else by `Accept`, else the first.
pub(super) fn format(call: &Call, known: &[Format]) -> Result<Format, HttpError> {
    let usual = known.first().copied().unwrap_or(Format::Json);
    if let Some(name) = call.one("format") {
        let names: Vec<&str> = known.iter().map(|format| format.name()).collect();
        let found = known.iter().find(|format| format.name() == name).copied();
        return found.ok_or_else(|| wrong("format", &format!("write one of {}", names.join(", "))));
    }
    let accepted = call.header(ACCEPT.as_str()).unwrap_or_default();
    let essence = |text: &str| text.split(';').next().unwrap_or_default().trim().to_owned();
    let found = accepted
        .split(',')
        .map(essence)
        .find_map(|wanted| known.iter().find(|format| essence(format.media_type()) == wanted).copied());
    Ok(found.unwrap_or(usual))
}

fn statement(call: &Call) -> Result<Statement, HttpError> {
    match call.media_type().as_str() {
        "application/json" => serde_json::from_slice(&call.body)
            .map_err(|_| HttpError::Body("send {\"statement\": \"SELECT …\", \"snapshot\": 12}")),
        "text/plain" | "application/sql" => {
            let text = String::from_utf8(call.body.to_vec());
            let statement = text.map_err(|_| HttpError::Body("it is not UTF-8"))?;
            Ok(Statement { statement, snapshot: None })
        }
        _ => Err(HttpError::MediaType("application/json or text/plain")),
    }
}

fn count_failure(server: &Server, error: &EngineError) {
    let is_child = matches!(
        error,
        EngineError::Sql(
            SqlError::WorkerLost | SqlError::Timeout { .. } | SqlError::OutOfMemory | SqlError::Sandbox(_)
        )
    );
    if is_child {
        server.meters().count_worker_failure();
    }
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        self.count.fetch_add(bytes.len(), Ordering::Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
