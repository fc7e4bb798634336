//! Figures and their receipts: JSON, CSV, workbooks.

use serde_json::{Value as Json, json};

use crate::domain::commit::CommitVersion;
use crate::engine::EngineError;
use crate::http::HttpError;
use crate::http::call::{Call, wrong};
use crate::http::query::encoded;
use crate::http::reply::{Reply, notice};
use crate::metrics::ask::{Asked, Typed};
use crate::metrics::compose::Side;
use crate::metrics::measure::Measure;
use crate::metrics::written;
use crate::present::xlsx;
use crate::sql::encode::objects;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `GET /api/v1/metrics`: what can be asked, and how each figure is made.
pub(super) fn list(call: &Call) -> Result<Reply, HttpError> {
    let snapshot = call.engine().snapshot()?;
    let catalog = snapshot.catalog();
    let language = call.language;
    let metrics = catalog.queries().filter(|query| query.form.is_none()).filter_map(|query| {
        let metric = query.metric.as_ref()?;
        let basis = catalog.metric(&query.name).ok()?.1.basis.as_ref()?;
        let names = |columns: &[crate::definition::query::ResultColumn]| {
            columns
                .iter()
                .map(|column| json!({ "name": column.name, "label": column.label.text(language) }))
                .collect::<Vec<_>>()
        };
        Some(json!({
            "name": query.name, "version": query.version, "title": query.title.text(language),
            "counts": query.counts, "unit": written::unit(query),
            "sums": metric.sums, "sums_of": metric.sums_of,
            "measured": metric.measured.as_ref().map(|measured| measured.text(language)),
            "basis": metric.basis, "numerator": metric.numerator, "denominator": metric.denominator,
            "part": metric.part.text(language), "whole": metric.whole.as_ref().map(|whole| whole.text(language)),
            "dimensions": names(&basis.dimensions), "dates": names(&basis.dates),
            "valid_from": metric.valid_from, "source": metric.source, "unverified": metric.unverified,
        }))
    });
    let metrics: Vec<Json> = metrics.collect();
    let commit = snapshot.version();
    Reply::json(call, commit, json!({ "commit": commit, "metrics": metrics }))
}

/// `GET /api/v1/metrics/{name}`.
pub(super) fn metric(call: &Call) -> Result<Reply, HttpError> {
    let measure = call.engine().measure(call.named(0), &asked(call)?, &call.scope())?;
    let notice = notice(call)?;
    let commit = measure.inputs().snapshot;
    let (media_type, body, ending) = match call.one("format").unwrap_or("json") {
        "json" => {
            let text = written::json(&measure, call.language, notice.as_deref());
            ("application/json", text.into_bytes(), None)
        }
        "csv" => {
            let rows = written::batch(&measure, true).map_err(EngineError::from)?;
            ("text/csv; charset=utf-8; header=present", encoded(&[rows])?, Some("csv"))
        }
        "xlsx" => {
            let sheets = written::sheets(&measure, call.language);
            let book =
                xlsx::workbook(&sheets).map_err(|_| HttpError::Defect("a workbook cannot be packed"))?;
            (XLSX, book, Some("xlsx"))
        }
        _ => return Err(wrong("format", "write one of json, csv, xlsx")),
    };
    let file = ending.map(|ending| file_name(&measure, notice.is_some(), commit, ending));
    Ok(Reply { media_type, body, commit: Some(commit), notice, file })
}

/// `GET /api/v1/receipts/{code}`.
pub(super) fn receipt(call: &Call) -> Result<Reply, HttpError> {
    let found = call.engine().receipt(call.named(0), &call.scope())?;
    let numbers = |figure: &crate::metrics::measure::Figure| json!({ "numerator": figure.numerator, "denominator": figure.denominator });
    let mut answer = json!({
        "receipt": found.code, "holds": found.holds(), "shown": numbers(&found.shown),
        "again": found.again.as_ref().map(numbers), "filters": found.inputs.filters,
        "of": written::about(&found.measure, call.language),
    });
    let side = match call.one("rows") {
        None => None,
        Some("numerator") => Some(Side::Numerator),
        Some("denominator") => Some(Side::Denominator),
        Some(_) => return Err(wrong("rows", "write numerator or denominator")),
    };
    if let (Some(side), Some(object)) = (side, answer.as_object_mut()) {
        let skip = call.read("skip", "write a number of rows")?.unwrap_or_default();
        let rows = call.engine().figure_rows(&found.inputs, side, skip, &call.scope())?;
        let rows = objects(&rows.batches).map_err(EngineError::from)?;
        object.insert("rows".to_owned(), Json::from(rows));
    }
    Reply::json(call, found.inputs.snapshot, answer)
}

/// The question of a call's parameters.
pub(super) fn asked(call: &Call) -> Result<Asked, HttpError> {
    let typed = Typed {
        by: call.one("by").unwrap_or_default(),
        filters: call.all("where").collect(),
        period: call.one("period").unwrap_or_default(),
        select: call.one("date").unwrap_or_default(),
        due: call.one("due").unwrap_or_default(),
    };
    let asked = Asked::read(&typed).map_err(EngineError::from)?;
    Ok(Asked { as_of: call.as_of()?, snapshot: call.snapshot()?, ..asked })
}

fn file_name(measure: &Measure, is_simulated: bool, commit: CommitVersion, ending: &str) -> String {
    let mark = if is_simulated { "mo-phong-" } else { "" };
    format!("{mark}{}-{commit}.{ending}", measure.query().name)
}
