//! `/reports` and `/reports/{form}`: statutory forms, each cell leading to its receipt and its rows.

use maud::{Markup, html};

use crate::definition::labels::{label, sentence};
use crate::domain::language::Language;
use crate::domain::limits::PAGE_TABLE_ROWS_MAX;
use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::metrics::ask::{Asked, Typed};
use crate::present::form;
use crate::present::page::Visit;
use crate::rules::period::Period;
use crate::web::WebError;
use crate::web::figures::receipt_link;
use crate::web::frame::{self, Content};
use crate::web::link::Link;

/// The list of forms.
pub(super) fn list_page(engine: &Engine, visit: &Visit) -> Result<Markup, WebError> {
    let language = visit.language;
    let snapshot = engine.snapshot()?;
    let body = html! {
        p { (label("form.lead", language)) }
        ul {
            @for form in snapshot.catalog().forms() {
                li {
                    a href=(Link::to(&format!("/reports/{}", form.name), language).text()) { (form.code) " – " (form.title.text(language)) }
                    " (" (form.circular) ")"
                    @if !form.is_compared { " " span.badge { (label("form.badge", language)) } }
                }
            }
        }
    };
    let title = label("form.list", language).to_owned();
    Ok(frame::page(engine, visit, &Content { title, commit: None, body }))
}

/// One form, filled for the period asked, or the last reporting quarter that has ended.
pub(super) fn page(engine: &Engine, visit: &Visit, name: &str) -> Result<Markup, WebError> {
    let language = visit.language;
    let last = last_quarter(engine);
    let period = visit.one("period").unwrap_or(&last);
    let unit = visit.one("unit").map(|unit| format!("unit={unit}"));
    let filters = unit.iter().map(String::as_str).collect();
    let by = visit.one("by").unwrap_or_default();
    let asked = Asked::read(&Typed { by, filters, period, ..Typed::default() }).map_err(EngineError::from)?;
    let as_of = visit.one("as_of").and_then(|text| text.parse().ok());
    let filled = engine.form(name, &Asked { as_of, ..asked }, &Scope::everything())?;
    let mut printed = filled.printed(language, &|code| receipt_link(code, language));
    let left_out = shorten(&mut printed.rows).to_string();
    let broken = filled.checked().iter().filter(|it| !it.broken.is_empty()).count().to_string();
    let code = filled.form().code.clone();
    let download = |format: &str| {
        let link = Link::again(visit, &["period", "format"]).with("period", period).with("format", format);
        format!("/api/v1{}", link.text())
    };
    let body = html! {
        (form_of(visit, period))
        @if broken != "0" { p.reason role="alert" { (sentence("form.some_broken", language, &[("count", &broken)])) } }
        (form::markup(&printed))
        @if left_out != "0" { p { (sentence("form.rows_left_out", language, &[("count", &left_out)])) } }
        p.actions {
            a href=(download("xlsx")) { "XLSX" } " · " a href=(download("html")) { "HTML" } " · " a href=(download("json")) { "JSON" }
        }
    };
    let title = format!("{code}: {}", filled.form().title.text(language));
    let commit = filled.any().map(|measure| measure.inputs().snapshot);
    Ok(frame::page(engine, visit, &Content { title, commit, body }))
}

/// Takes out what a page is too small for and says how many rows that were; the last row, the total, stays.
fn shorten<Row>(rows: &mut Vec<Row>) -> usize {
    let left_out = rows.len().saturating_sub(PAGE_TABLE_ROWS_MAX + 1);
    let total = rows.len().saturating_sub(1);
    rows.drain(total - left_out..total);
    left_out
}

fn form_of(visit: &Visit, period: &str) -> Markup {
    let language = visit.language;
    let by = visit.one("by").unwrap_or("unit");
    html! {
        form.search action=(visit.path) method="get" {
            @if language == Language::En { input type="hidden" name="lang" value="en"; }
            label { (label("page.period", language)) input type="text" name="period" value=(period); }
            label { (label("form.unit", language)) input type="text" name="unit" value=(visit.one("unit").unwrap_or_default()); }
            label { (label("form.rows", language))
                select name="by" {
                    option value="unit" selected[by == "unit"] { (label("form.by_unit", language)) }
                    option value="province" selected[by == "province"] { (label("form.by_province", language)) }
                }
            }
            button type="submit" { (label("page.go", language)) }
        }
    }
}

/// `report:2026-Q3`: the last reporting quarter that ended before today.
pub(super) fn last_quarter(engine: &Engine) -> String {
    use chrono::Datelike;
    let today = engine.clock().today();
    Period::last_quarter(today).map_or_else(|| today.year().to_string(), |period| period.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_form_keeps_its_first_rows_and_its_total() {
        let mut rows: Vec<usize> = (0..795).collect();
        assert_eq!(shorten(&mut rows), 794 - PAGE_TABLE_ROWS_MAX);
        assert_eq!((rows.len(), rows[0], rows.last()), (PAGE_TABLE_ROWS_MAX + 1, 0, Some(&794)));
        for few in [Vec::new(), vec![1], vec![1, 2]] {
            let mut rows = few.clone();
            assert_eq!((shorten(&mut rows), rows), (0, few));
        }
    }
}
