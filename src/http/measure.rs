//! Our own queries: the figures of dashboards, as JSON and CSV.

use arrow::array::{AsArray, RecordBatch};
use serde_json::{Value as Json, json};

use crate::definition::query::Query;
use crate::engine::EngineError;
use crate::engine::measure::Measured;
use crate::http::HttpError;
use crate::http::call::Call;
use crate::http::reply::Reply;
use crate::http::sql::{format, written};
use crate::sql::encode::{Encoder, Format, objects};

/// `GET /api/v1/queries`.
pub(super) fn list(call: &Call) -> Result<Reply, HttpError> {
    let snapshot = call.engine().snapshot()?;
    let queries: Vec<Json> = snapshot.catalog().queries().map(|query| described(call, query)).collect();
    let commit = snapshot.version();
    Reply::json(call, commit, json!({ "commit": commit, "queries": queries }))
}

/// `GET /api/v1/queries/{name}`.
pub(super) fn query(call: &Call) -> Result<Reply, HttpError> {
    measured(call, call.named(0))
}

/// `GET /api/v1/overdue`.
pub(super) fn overdue(call: &Call) -> Result<Reply, HttpError> {
    measured(call, "tasks_overdue_by_unit")
}

/// Whether a column of texts has `value`.
pub(super) fn names(measured: &Measured, column: &str, value: &str) -> bool {
    measured.batches().iter().any(|batch| {
        let texts = batch.column_by_name(column).and_then(|column| column.as_string_opt::<i32>());
        texts.is_some_and(|texts| texts.iter().flatten().any(|text| text == value))
    })
}

fn measured(call: &Call, name: &str) -> Result<Reply, HttpError> {
    let format = format(call, &[Format::Json, Format::Csv])?;
    let found = call.engine().measure(name, call.as_of()?, call.snapshot()?, &call.scope())?;
    if format == Format::Csv {
        let mut reply = written(call, format, found.commit(), encoded(found.batches())?)?;
        let mark = if reply.notice.is_some() { "mo-phong-" } else { "" };
        reply.file = Some(format!("{mark}{name}-{}.csv", found.commit()));
        return Ok(reply);
    }
    let mut json = json!({ "commit": found.commit(), "as_of": found.as_of().to_string() });
    if let Some(object) = json.as_object_mut() {
        object.insert("query".to_owned(), described(call, found.query()));
        object.insert("rows".to_owned(), Json::from(objects(found.batches()).map_err(EngineError::from)?));
    }
    Reply::json(call, found.commit(), json)
}

fn described(call: &Call, query: &Query) -> Json {
    let columns = query
        .columns
        .iter()
        .map(|column| json!({ "name": column.name, "label": column.label.text(call.language) }));
    json!({ "name": query.name, "version": query.version, "title": query.title.text(call.language),
            "counts": query.counts, "parameters": query.parameters,
            "columns": columns.collect::<Vec<_>>(), "hash": query.hash })
}

fn encoded(batches: &[RecordBatch]) -> Result<Vec<u8>, HttpError> {
    let mut encoder = Encoder::new(Format::Csv, Vec::new());
    for batch in batches {
        encoder.write(batch).map_err(EngineError::from)?;
    }
    encoder.finish().map_err(|error| EngineError::from(error).into())
}
