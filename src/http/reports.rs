//! Statutory forms: the list, and one filled as JSON, HTML or a workbook.

use serde_json::{Value as Json, json};

use crate::http::HttpError;
use crate::http::call::{Call, wrong};
use crate::http::metric::asked;
use crate::http::reply::{Reply, notice};
use crate::present::{form, xlsx};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `GET /api/v1/reports`.
pub(super) fn list(call: &Call) -> Result<Reply, HttpError> {
    let snapshot = call.engine().snapshot()?;
    let forms = snapshot.catalog().forms().map(|form| {
        json!({ "form": form.name, "version": form.version, "code": form.code, "circular": form.circular,
                "title": form.title.text(call.language), "is_compared": form.is_compared, "columns": form.columns.len() })
    });
    let forms: Vec<Json> = forms.collect();
    let commit = snapshot.version();
    Reply::json(call, commit, json!({ "commit": commit, "forms": forms }))
}

/// `GET /api/v1/reports/{form}`.
pub(super) fn report(call: &Call) -> Result<Reply, HttpError> {
    let filled = call.engine().form(call.named(0), &asked(call)?, &call.scope())?;
    let newest = call.engine().snapshot()?.version();
    let commit = filled.any().map_or(newest, |measure| measure.inputs().snapshot);
    let printed = || {
        let mut printed = filled.printed(call.language, &|code| format!("/receipts/{code}"));
        if let Some(notice) = notice(call).ok().flatten() {
            printed.above.insert(0, notice);
        }
        printed
    };
    let (media_type, body, ending) = match call.one("format").unwrap_or("json") {
        "json" => return Reply::json(call, commit, filled.json(call.language)),
        "html" => {
            let page = form::document(&printed(), call.language).into_string();
            ("text/html; charset=utf-8", page.into_bytes(), "html")
        }
        "xlsx" => {
            let book = xlsx::workbook_of_grids(&[form::grid(&printed(), &filled.form().name)]);
            (XLSX, book.map_err(|_| HttpError::Defect("a workbook cannot be packed"))?, "xlsx")
        }
        _ => return Err(wrong("format", "write one of json, html, xlsx")),
    };
    let notice = notice(call)?;
    let mark = if notice.is_some() { "mo-phong-" } else { "" };
    let file = Some(format!("{mark}{}-{commit}.{ending}", filled.form().name));
    Ok(Reply { media_type, body, commit: Some(commit), notice, file })
}
