//! `/receipts/{code}`: what a figure is, whether it still comes out, and the rows behind it.

use maud::{Markup, html};

use crate::definition::labels::{label, sentence};
use crate::domain::language::Language;
use crate::domain::limits::FIGURE_ROWS_PER_PAGE;
use crate::domain::scope::Scope;
use crate::engine::receipt::Checked;
use crate::engine::{Engine, EngineError};
use crate::metrics::compose::Side;
use crate::present::number::{day, whole};
use crate::present::page::Visit;
use crate::sql::encode::objects;
use crate::web::WebError;
use crate::web::figures::{badge, in_words, rows_table};
use crate::web::frame::{self, Content};
use crate::web::link::Link;

/// The page that asks for a code, or shows the one that was typed.
pub(super) fn form_page(engine: &Engine, visit: &Visit) -> Result<Markup, WebError> {
    if let Some(code) = visit.one("code") {
        return page(engine, visit, code);
    }
    let title = label("receipt.title", visit.language).to_owned();
    Ok(frame::page(engine, visit, &Content { title, commit: None, body: form(visit.language, "") }))
}

/// The page of one receipt.
pub(super) fn page(engine: &Engine, visit: &Visit, code: &str) -> Result<Markup, WebError> {
    let language = visit.language;
    let scope = Scope::everything();
    let found = engine.receipt(code, &scope)?;
    let side = match visit.one("rows") {
        Some("denominator") => Side::Denominator,
        _ => Side::Numerator,
    };
    let skip = visit.one("skip").and_then(|text| text.parse().ok()).unwrap_or(0usize);
    let rows = engine.figure_rows(&found.inputs, side, skip, &scope)?;
    let objects = objects(&rows.batches).map_err(EngineError::from)?;
    let of = match side {
        Side::Numerator => Some(found.shown.numerator),
        Side::Denominator => found.shown.denominator,
    };
    let count = usize::try_from(of.unwrap_or_default()).unwrap_or_default();
    let metric = found.measure.query().metric.as_ref();
    let has_more = match metric.and_then(|metric| metric.summed()) {
        None => skip + FIGURE_ROWS_PER_PAGE < count,
        Some(_) => objects.len() == FIGURE_ROWS_PER_PAGE,
    };
    let body = html! {
        (form(language, &found.code))
        p.total { strong { (in_words(&found.shown, &found.measure, language)) } " " (badge(&found.measure, language)) }
        p { (verdict(&found, language)) }
        (facts(&found, language))
        nav.actions aria-label=(label("receipt.rows", language)) {
            a href=(rows_link(&found, "numerator", 0, language)) { (label("receipt.numerator_rows", language)) }
            @if found.shown.denominator.is_some() {
                " · " a href=(rows_link(&found, "denominator", 0, language)) { (label("receipt.denominator_rows", language)) }
            }
        }
        (rows_table(&found.measure, &rows.columns, &objects, language))
        @if has_more {
            @let name = if side == Side::Numerator { "numerator" } else { "denominator" };
            p.actions { a href=(rows_link(&found, name, skip + FIGURE_ROWS_PER_PAGE, language)) { (label("page.next", language)) } }
        }
    };
    let title = found.measure.query().title.text(language).to_owned();
    Ok(frame::page(engine, visit, &Content { title, commit: Some(found.inputs.snapshot), body }))
}

fn form(language: Language, code: &str) -> Markup {
    html! {
        form.search action="/receipts" method="get" {
            @if language == Language::En { input type="hidden" name="lang" value="en"; }
            label { (label("metric.receipt", language)) input type="text" name="code" value=(code); }
            button type="submit" { (label("page.go", language)) }
        }
    }
}

fn verdict(found: &Checked, language: Language) -> String {
    let shown = in_words(&found.shown, &found.measure, language);
    let key = if found.holds() { "receipt.holds" } else { "receipt.differs" };
    sentence(key, language, &[("code", &found.code), ("shown", &shown)])
}

fn facts(found: &Checked, language: Language) -> Markup {
    let (measure, inputs) = (&found.measure, &found.inputs);
    let metric = measure.query().metric.as_ref();
    let basis = measure.basis().basis.as_ref();
    let filters = inputs.filters.iter().map(|(name, value)| {
        let known = basis.and_then(|basis| basis.called(name));
        let none = label("page.no_value", language);
        let name = known.map_or(name.as_str(), |known| known.text(language));
        (name.to_owned(), value.clone().unwrap_or_else(|| none.to_owned()))
    });
    let filters: Vec<(String, String)> = filters.collect();
    let sources = measure.sources().iter().map(|(name, rows)| format!("{name}: {}", whole(*rows, language)));
    let sources: Vec<String> = sources.collect();
    let version = inputs.version.to_string();
    let made = crate::domain::clock::Instant(found.made_at).civil_day();
    html! {
        dl.record {
            @if let Some(metric) = metric {
                dt { (label("metric.numerator", language)) } dd { (metric.part.text(language)) " " code { (metric.numerator) } }
                @if let (Some((part, whole)), Some(measured)) = (metric.summed(), &metric.measured) {
                    dt { (label("metric.sums", language)) } dd { code { (part) } @if part != whole { " / " code { (whole) } } " (" (measured.text(language)) ")" }
                }
                @if let (Some(whole), Some(condition)) = (&metric.whole, &metric.denominator) {
                    dt { (label("metric.denominator", language)) } dd { (whole.text(language)) " " code { (condition) } }
                }
                dt { (label("receipt.source", language)) } dd { (metric.source) }
            }
            dt { (label("receipt.definition", language)) } dd { code { (inputs.metric) } " (" (version) ")" }
            dt { (label("page.business_date", language)) } dd { (day(inputs.as_of, language)) }
            dt { (label("receipt.snapshot", language)) } dd { (inputs.snapshot.to_string()) " (" (measure.committed_at().rfc3339()) ")" }
            @if let Some(period) = &inputs.period {
                dt { (label("page.period", language)) }
                dd { (period.name) " (" (day(period.from, language)) " – " (day(period.to, language)) ")" }
            }
            @for (name, value) in &filters { dt { (name) } dd { (value) } }
            dt { (label("receipt.coverage", language)) } dd { (sources.join("; ")) }
            dt { (label("receipt.made", language)) } dd { (day(made, language)) }
        }
    }
}

fn rows_link(found: &Checked, side: &str, skip: usize, language: Language) -> String {
    let link = Link::to(&format!("/receipts/{}", found.code), language).with("rows", side);
    if skip > 0 { link.with("skip", &skip.to_string()).text() } else { link.text() }
}
