//! Single figures on a page: cards, a paragraph to paste, the first rows behind a figure.

use maud::{Markup, html};
use serde_json::Value as Json;

use crate::definition::labels::{label, sentence};
use crate::definition::metric::Basis;
use crate::definition::page::AS_OF;
use crate::domain::language::Language;
use crate::domain::limits::PAGE_PANEL_ROWS_MAX;
use crate::domain::scope::Scope;
use crate::engine::EngineError;
use crate::metrics::compose::Side;
use crate::metrics::measure::{Figure, Measure};
use crate::metrics::written::{counted, shown};
use crate::present::number::{day, whole};
use crate::present::table::{Cell, Table, table};
use crate::sql::encode::objects;
use crate::web::dashboard::Drawn;
use crate::web::link::Link;

/// Link to the page of a receipt.
pub(super) fn receipt_link(code: &str, language: Language) -> String {
    Link::to(&format!("/receipts/{code}"), language).text()
}

/// A share with the number it is a share of, or a count: `32,53 % trong 249 nhiệm vụ`.
pub(super) fn in_words(figure: &Figure, measure: &Measure, language: Language) -> String {
    let counted = counted(measure.query(), language);
    let value = shown(figure, language);
    match figure.denominator {
        None => format!("{value} {counted}"),
        Some(all) => {
            let all = whole(all, language);
            sentence("metric.share", language, &[("share", &value), ("all", &all), ("counted", counted)])
        }
    }
}

/// The badge of a metric whose source has not been read.
pub(super) fn badge(measure: &Measure, language: Language) -> Markup {
    let metric = measure.query().metric.as_ref();
    let source = metric.filter(|metric| metric.unverified).map(|metric| metric.source.as_str());
    html! { @if let Some(source) = source { span.badge title=(source) { (label("page.unverified", language)) } } }
}

/// Figures side by side.
pub(super) fn cards(drawn: &Drawn<'_>, metrics: &[String]) -> Markup {
    let language = drawn.language;
    html! {
        dl.figures {
            @for measure in metrics.iter().filter_map(|name| drawn.figures.get(name)) {
                @let figure = measure.total();
                @let whole_of = measure.query().metric.as_ref().and_then(|metric| metric.whole.as_ref());
                div {
                    dt { (measure.query().title.text(language)) " " (badge(measure, language)) }
                    dd {
                        a.value href=(receipt_link(&figure.code, language)) { (in_words(figure, measure, language)) }
                        @if let Some(whole_of) = whole_of { br; (whole_of.text(language)) }
                        @for (key, other) in compared(drawn, &measure.query().name) {
                            @let name = other.inputs().period.as_ref().map_or("", |period| period.name.as_str());
                            @let values = [("period", name), ("shown", &in_words(other.total(), other, language)), ("code", &other.total().code)];
                            br; small { a href=(receipt_link(&other.total().code, language)) { (sentence(key, language, &values)) } }
                        }
                        br; small { (label("metric.receipt", language)) ": " code { (figure.code) } }
                    }
                }
            }
        }
    }
}

/// The figure of a metric in the period before and in the same one of last year.
fn compared<'a>(drawn: &'a Drawn<'_>, name: &'a str) -> impl Iterator<Item = (&'static str, &'a Measure)> {
    drawn.compared.iter().filter_map(move |(key, figures)| Some((*key, figures.get(name)?.as_ref())))
}

/// The paragraph with its figures filled in, to select and paste.
pub(super) fn paragraph(drawn: &Drawn<'_>, text: &str) -> Markup {
    let mut parts = text.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        filled.push_str(&fact(drawn, name));
        filled.push_str(rest);
    }
    html! {
        h2 { (label("page.paragraph", drawn.language)) }
        blockquote.paste { p { (filled) } }
    }
}

/// `as_of`, or `metric`, `metric.numerator`, `metric.denominator`, `metric.receipt`.
fn fact(drawn: &Drawn<'_>, name: &str) -> String {
    let language = drawn.language;
    if name == AS_OF {
        return day(drawn.asked.as_of.unwrap_or_default(), language);
    }
    let (metric, part) = name.split_once('.').unwrap_or((name, ""));
    let Some(figure) = drawn.figures.get(metric).map(|measure| measure.total()) else {
        return "–".to_owned();
    };
    match part {
        "numerator" => whole(figure.numerator, language),
        "denominator" => figure.denominator.map_or_else(|| "–".to_owned(), |all| whole(all, language)),
        "receipt" => figure.code.clone(),
        _ => shown(figure, language),
    }
}

/// The first rows behind a metric.
pub(super) fn rows(drawn: &Drawn<'_>, metric: &str) -> Result<Markup, EngineError> {
    let Some(measure) = drawn.figures.get(metric) else { return Ok(html! {}) };
    let inputs = measure.inputs();
    let found =
        drawn.engine.first_rows(inputs, Side::Numerator, PAGE_PANEL_ROWS_MAX, &Scope::everything())?;
    let first = objects(&found.batches)?;
    let to =
        Link::to(&format!("/receipts/{}", measure.total().code), drawn.language).with("rows", "numerator");
    Ok(html! {
        h2 { (measure.query().title.text(drawn.language)) ": " (in_words(measure.total(), measure, drawn.language)) " "
            (badge(measure, drawn.language)) }
        @if !first.is_empty() { (rows_table(measure, &found.columns, &first, drawn.language)) }
        p.actions { a href=(to.text()) { (label("page.open_rows", drawn.language)) } }
    })
}

/// Rows behind a figure, each leading to its record.
pub(super) fn rows_table(measure: &Measure, columns: &[String], rows: &[Json], language: Language) -> Markup {
    let Some(basis) = &measure.basis().basis else { return html! {} };
    let shown: Vec<&String> =
        columns.iter().filter(|name| !matches!(name.as_str(), "id" | "source_system")).collect();
    let cells = |row: &Json| {
        let id = row.get("id").and_then(Json::as_str).unwrap_or_default();
        let to = Link::to(&format!("/records/{id}"), language).text();
        let cell = |name: &&String| Cell::Text(text_of(basis, name, row.get(*name), language));
        let mut cells: Vec<Cell> = shown.iter().map(cell).collect();
        if let Some(first) = cells.first_mut() {
            *first = Cell::Link(Box::new(first.clone()), to);
        }
        cells
    };
    let headers = shown.iter().map(|name| header(basis, name, language)).collect();
    let caption = measure.query().title.text(language).to_owned();
    let rows = rows.iter().map(cells).collect();
    table(&Table { caption, headers, rows, totals: Vec::new() }, language)
}

fn header(basis: &Basis, name: &str, language: Language) -> String {
    match name {
        "source_id" => return label("page.column_source_id", language).to_owned(),
        "class" => return label("page.column_class", language).to_owned(),
        _ => {}
    }
    let mut all = basis.dimensions.iter().chain(&basis.dates).chain(&basis.shows);
    let known = all.find(|column| column.name == name).map(|column| &column.label);
    known.or_else(|| basis.called(name)).map_or(name, |label| label.text(language)).to_owned()
}

fn text_of(basis: &Basis, name: &str, value: Option<&Json>, language: Language) -> String {
    let text = match value {
        None | Some(Json::Null) => return "–".to_owned(),
        Some(Json::String(text)) => text.clone(),
        Some(Json::Bool(fact)) => {
            return label(if *fact { "page.yes" } else { "page.no" }, language).to_owned();
        }
        Some(other) => other.to_string(),
    };
    if name == "class" {
        let known = basis.classes.iter().find(|class| class.name == text);
        return known.map_or(text.as_str(), |class| class.label.text(language)).to_owned();
    }
    text.parse().map_or(text, |date| day(date, language))
}
