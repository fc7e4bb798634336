//! Definitions of `queries/`: their list, plain queries and reports, as JSON and CSV.

use arrow::array::{AsArray, RecordBatch};
use serde_json::{Value as Json, json};

use crate::definition::query::Query;
use crate::domain::commit::CommitVersion;
use crate::engine::EngineError;
use crate::engine::query::Queried;
use crate::http::HttpError;
use crate::http::call::Call;
use crate::http::metric::asked;
use crate::http::reply::Reply;
use crate::http::sql::{format, written};
use crate::metrics::written::about;
use crate::sql::encode::{Encoder, Format, objects};

/// `GET /api/v1/queries`.
pub(super) fn list(call: &Call) -> Result<Reply, HttpError> {
    let snapshot = call.engine().snapshot()?;
    let shown = snapshot.catalog().queries().filter(|query| query.basis.is_none() && query.metric.is_none());
    let queries: Vec<Json> = shown.map(|query| described(call, query)).collect();
    let commit = snapshot.version();
    Reply::json(call, commit, json!({ "commit": commit, "queries": queries }))
}

/// `GET /api/v1/queries/{name}`.
pub(super) fn query(call: &Call) -> Result<Reply, HttpError> {
    let name = call.named(0);
    let snapshot = call.engine().snapshot()?;
    let is_report = snapshot.catalog().query(name).is_ok_and(|query| query.report.is_some());
    if is_report {
        return report(call, name);
    }
    let found = call.engine().query(name, call.snapshot()?, &call.scope())?;
    let facts = json!({ "commit": found.commit });
    answered(call, &found.query, (found.commit, facts), &found.batches, &found.batches)
}

/// `GET /api/v1/overdue`.
pub(super) fn overdue(call: &Call) -> Result<Reply, HttpError> {
    report(call, "tasks_overdue_by_unit")
}

/// Whether a column of texts has `value`.
pub(super) fn names(queried: &Queried, column: &str, value: &str) -> bool {
    queried.batches.iter().any(|batch| {
        let texts = batch.column_by_name(column).and_then(|column| column.as_string_opt::<i32>());
        texts.is_some_and(|texts| texts.iter().flatten().any(|text| text == value))
    })
}

fn report(call: &Call, name: &str) -> Result<Reply, HttpError> {
    let found = call.engine().report(name, &asked(call)?, &call.scope())?;
    let (numbers, texts) = (found.batch(false), found.batch(true));
    let (numbers, texts) = (numbers.map_err(EngineError::from)?, texts.map_err(EngineError::from)?);
    let mut facts = json!({});
    let mut commit = CommitVersion::default();
    let mut receipts = serde_json::Map::new();
    for (metric, measure) in found.measures() {
        let about = about(measure, call.language);
        commit = measure.inputs().snapshot;
        for name in ["commit", "as_of", "period", "due", "date", "scope", "coverage"] {
            if let (Some(facts), Some(value)) = (facts.as_object_mut(), about.get(name)) {
                facts.insert(name.to_owned(), value.clone());
            }
        }
        receipts.insert(metric.clone(), Json::from(measure.total().code.as_str()));
    }
    if let Some(facts) = facts.as_object_mut() {
        facts.insert("receipts".to_owned(), Json::Object(receipts));
    }
    answered(call, found.query(), (commit, facts), &[numbers], &[texts])
}

/// Rows as CSV, in which shares are texts, or as JSON with what they are of.
fn answered(
    call: &Call,
    query: &Query,
    (commit, facts): (CommitVersion, Json),
    numbers: &[RecordBatch],
    texts: &[RecordBatch],
) -> Result<Reply, HttpError> {
    let format = format(call, &[Format::Json, Format::Csv])?;
    if format == Format::Csv {
        let mut reply = written(call, format, commit, encoded(texts)?)?;
        let mark = if reply.notice.is_some() { "mo-phong-" } else { "" };
        reply.file = Some(format!("{mark}{}-{commit}.csv", query.name));
        return Ok(reply);
    }
    let mut json = facts;
    if let Some(object) = json.as_object_mut() {
        object.insert("query".to_owned(), described(call, query));
        object.insert("rows".to_owned(), Json::from(objects(numbers).map_err(EngineError::from)?));
    }
    Reply::json(call, commit, json)
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

/// Batches as CSV.
pub(super) fn encoded(batches: &[RecordBatch]) -> Result<Vec<u8>, HttpError> {
    let mut encoder = Encoder::new(Format::Csv, Vec::new());
    for batch in batches {
        encoder.write(batch).map_err(EngineError::from)?;
    }
    encoder.finish().map_err(|error| EngineError::from(error).into())
}
