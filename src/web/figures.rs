//! Single figures on a page: cards, a paragraph to paste, a breakdown, the first rows behind a figure.

use maud::{Markup, html};
use serde_json::Value as Json;

use crate::definition::labels::{label, sentence};
use crate::definition::metric::Basis;
use crate::definition::page::AS_OF;
use crate::domain::language::Language;
use crate::domain::limits::{PAGE_PANEL_ROWS_MAX, PAGE_TABLE_ROWS_MAX, RANKED_MIN};
use crate::domain::scope::Scope;
use crate::engine::EngineError;
use crate::metrics::ask::Asked;
use crate::metrics::compose::Side;
use crate::metrics::measure::{Figure, Measure};
use crate::metrics::written::{counted, shown};
use crate::present::chart::{Bar, Bars, bars};
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
    let counted = counted(&measure.query().counts, language);
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
                        br; small { (label("metric.receipt", language)) ": " code { (figure.code) } }
                    }
                }
            }
        }
    }
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

/// A metric by a dimension: bars of what is counted, and a table with both counts.
pub(super) fn breakdown(
    drawn: &Drawn<'_>,
    (metric, by): (&str, &str),
    ranked: bool,
    place: usize,
) -> Result<Markup, EngineError> {
    let language = drawn.language;
    let asked = Asked { by: vec![by.to_owned()], ..drawn.asked.clone() };
    let measure = drawn.engine.measure(metric, &asked, &Scope::everything())?;
    let mut figures: Vec<&Figure> = measure.figures().iter().collect();
    let places = if ranked { rank(&mut figures) } else { Vec::new() };
    let named = measure.basis().basis.as_ref().and_then(|basis| basis.dimension(by));
    let part = measure.query().metric.as_ref().map_or("", |metric| metric.part.text(language)).to_owned();
    let title = measure.query().title.text(language).to_owned();
    let chart = Bars {
        title: title.clone(),
        describe: sentence("page.chart", language, &[("series", &part)]),
        series: vec![part],
        bars: figures
            .iter()
            .map(|it| Bar { name: drawn.key_text(&it.key), values: vec![it.numerator] })
            .collect(),
    };
    let mut headers = vec![named.map_or(by, |named| named.label.text(language)).to_owned()];
    headers.extend(
        ["metric.value", "metric.numerator", "metric.denominator"].map(|key| label(key, language).to_owned()),
    );
    if ranked {
        headers.push(label("page.rank", language).to_owned());
    }
    let rows = figures.iter().take(PAGE_TABLE_ROWS_MAX).enumerate().map(|(line, figure)| {
        let mut cells = row(drawn, figure, Cell::Text(drawn.key_text(&figure.key)));
        if ranked {
            let none = || Cell::Text(label("page.unranked", language).to_owned());
            cells.push(places.get(line).copied().flatten().map_or_else(none, Cell::Whole));
        }
        cells
    });
    let total = row(drawn, measure.total(), Cell::Text(label("page.sum", language).to_owned()));
    let shown = Table { caption: title, headers, rows: rows.collect(), totals: vec![total] };
    Ok(html! {
        figure { (bars(&chart, &format!("chart-{place}"), language)) }
        (table(&shown, language))
    })
}

fn row(drawn: &Drawn<'_>, figure: &Figure, name: Cell) -> Vec<Cell> {
    let to = receipt_link(&figure.code, drawn.language);
    let link = |cell: Cell| Cell::Link(Box::new(cell), to.clone());
    vec![
        name,
        link(Cell::Text(shown(figure, drawn.language))),
        link(Cell::Whole(figure.numerator)),
        figure.denominator.map_or(Cell::Empty, |all| link(Cell::Whole(all))),
    ]
}

/// Orders figures by their share, the largest first, and gives each its place: equal shares share a place
/// and the next is left out (1, 2, 2, 4); those with too few below the line come last, without a place.
fn rank(figures: &mut [&Figure]) -> Vec<Option<i64>> {
    let below = |figure: &Figure| figure.denominator.unwrap_or(figure.numerator);
    let larger = |a: &Figure, b: &Figure| {
        let (a, b) = ((a.numerator, a.denominator.unwrap_or(1)), (b.numerator, b.denominator.unwrap_or(1)));
        (i128::from(b.0) * i128::from(a.1)).cmp(&(i128::from(a.0) * i128::from(b.1)))
    };
    let is_ranked = |figure: &Figure| below(figure) >= RANKED_MIN;
    figures.sort_by(|a, b| {
        is_ranked(b).cmp(&is_ranked(a)).then_with(|| larger(a, b)).then_with(|| a.key.cmp(&b.key))
    });
    let mut places: Vec<Option<i64>> = Vec::new();
    let mut before: Option<&Figure> = None;
    for (figure, line) in figures.iter().zip(1i64..) {
        let is_tied = before.is_some_and(|before| larger(before, figure).is_eq());
        let place = if is_tied { places.last().copied().flatten() } else { Some(line) };
        places.push(place.filter(|_| is_ranked(figure)));
        before = Some(figure);
    }
    places
}

/// The first rows behind a metric.
pub(super) fn rows(drawn: &Drawn<'_>, metric: &str) -> Result<Markup, EngineError> {
    let Some(measure) = drawn.figures.get(metric) else { return Ok(html! {}) };
    let found = drawn.engine.figure_rows(measure.inputs(), Side::Numerator, 0, &Scope::everything())?;
    let rows = objects(&found.batches)?;
    let first = rows.get(..rows.len().min(PAGE_PANEL_ROWS_MAX)).unwrap_or_default();
    let to =
        Link::to(&format!("/receipts/{}", measure.total().code), drawn.language).with("rows", "numerator");
    Ok(html! {
        h2 { (measure.query().title.text(drawn.language)) ": " (in_words(measure.total(), measure, drawn.language)) " "
            (badge(measure, drawn.language)) }
        @if !first.is_empty() { (rows_table(measure, &found.columns, first, drawn.language)) }
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
    let known = all.find(|column| column.name == name);
    known.map_or(name, |column| column.label.text(language)).to_owned()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(name: &str, numerator: i64, denominator: i64) -> Figure {
        Figure {
            key: vec![Some(name.to_owned())],
            numerator,
            denominator: Some(denominator),
            code: String::new(),
        }
    }

    #[test]
    fn equal_shares_share_a_place_and_few_have_none() {
        let all = [
            figure("a", 1, 9),
            figure("b", 5, 20),
            figure("c", 3, 10),
            figure("d", 10, 40),
            figure("e", 0, 11),
        ];
        let mut figures: Vec<&Figure> = all.iter().collect();
        let places = rank(&mut figures);
        let names: Vec<&str> = figures.iter().map(|it| it.key[0].as_deref().unwrap()).collect();
        assert_eq!(names, ["c", "b", "d", "e", "a"]);
        assert_eq!(places, [Some(1), Some(2), Some(2), Some(4), None]);
    }
}
