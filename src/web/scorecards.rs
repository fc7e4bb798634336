//! `/scorecards` and `/scorecards/{name}`: units with their points and place, and the lines of one unit with
//! receipts and with what the unit says to them.

use maud::{Markup, html};

use crate::definition::labels::{label, sentence};
use crate::definition::scorecard::{Counts, Line};
use crate::domain::language::Language;
use crate::domain::limits::{PAGE_TABLE_ROWS_MAX, SCORE_EXPLANATIONS_MAX};
use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::metrics::ask::{Asked, Typed};
use crate::metrics::measure::Measure;
use crate::metrics::scorecard::{Earned, Score, Scored, why_unscored, written};
use crate::metrics::written::shown;
use crate::present::number::{day, whole};
use crate::present::page::Visit;
use crate::present::table::{Cell, Table, table};
use crate::web::WebError;
use crate::web::figures::{badge, receipt_link};
use crate::web::frame::{self, Content};
use crate::web::link::Link;

/// The first formula there is; links to the others.
pub(super) fn first_page(engine: &Engine, visit: &Visit) -> Result<Markup, WebError> {
    let snapshot = engine.snapshot()?;
    let first = snapshot.catalog().scorecards().next().map(|formula| formula.name.clone());
    page(engine, visit, &first.unwrap_or_default())
}

/// The scorecard `name`: all units, or one with its lines.
pub(super) fn page(engine: &Engine, visit: &Visit, name: &str) -> Result<Markup, WebError> {
    let language = visit.language;
    let period = visit.one("period").unwrap_or_default();
    let asked = Asked::read(&Typed { period, ..Typed::default() }).map_err(EngineError::from)?;
    let as_of = visit.one("as_of").and_then(|text| text.parse().ok());
    let scored =
        engine.scorecard(name, &Asked { as_of, ..asked }, visit.one("unit"), &Scope::everything())?;
    let formula = scored.formula();
    let snapshot = engine.snapshot()?;
    let body = html! {
        p.notice role="note" { (formula.statement.text(language)) }
        p { (about(&scored, language)) }
        (form(visit, &scored))
        nav.actions {
            @for other in snapshot.catalog().scorecards().filter(|other| other.name != formula.name) {
                a href=(Link::to(&format!("/scorecards/{}", other.name), language).text()) { (other.title.text(language)) } " "
            }
            @if scored.unit().is_some() { a href=(Link::again(visit, &["unit"]).text()) { (label("score.all_units", language)) } }
        }
        @if scored.unit().is_some() {
            @for score in scored.scores() { (of_unit(&scored, score, language)) }
        } @else {
            @if scored.scores().is_empty() { p { (label("score.none", language)) } }
            @for peers in scored.scores().chunk_by(|a, b| a.group == b.group) { (group(&scored, peers, visit)) }
            (lines(&scored, language))
        }
        p.actions { a href=(download(visit, &scored, "json")) { "JSON" } " · " a href=(download(visit, &scored, "csv")) { "CSV" } }
    };
    let title = formula.title.text(language);
    let title = scored.unit().map_or_else(|| title.to_owned(), |unit| format!("{title}: {unit}"));
    let commit = scored.inputs().map(|inputs| inputs.snapshot);
    Ok(frame::page(engine, visit, &Content { title, commit, body }))
}

fn about(scored: &Scored, language: Language) -> String {
    let (formula, period) = (scored.formula(), scored.period());
    let (from, to) = (day(period.from, language), day(period.to, language));
    let as_of = scored.inputs().map_or_else(String::new, |inputs| day(inputs.as_of, language));
    let values = [
        ("version", formula.version.to_string()),
        ("valid_from", day(formula.valid_from, language)),
        ("period", period.name.clone()),
        ("from", from),
        ("to", to),
        ("as_of", as_of),
    ];
    sentence("score.about", language, &values.each_ref().map(|(name, value)| (*name, value.as_str())))
}

fn form(visit: &Visit, scored: &Scored) -> Markup {
    let language = visit.language;
    html! {
        form.search action=(visit.path) method="get" {
            @if language == Language::En { input type="hidden" name="lang" value="en"; }
            label { (label("page.period", language)) input type="text" name="period" value=(scored.period().name); }
            label { (label("form.unit", language)) input type="text" name="unit" value=(scored.unit().unwrap_or_default()); }
            button type="submit" { (label("page.go", language)) }
        }
    }
}

fn download(visit: &Visit, scored: &Scored, format: &str) -> String {
    let path = format!("/api/v1/scorecards/{}", scored.formula().name);
    let link = Link::to(&path, visit.language).with("period", &scored.period().name).with("format", format);
    let link = visit.one("as_of").map_or(link.clone(), |day| link.with("as_of", day));
    scored.unit().map_or(link.clone(), |unit| link.with("unit", unit)).text()
}

/// One peer group: who has how many points, and the place.
fn group(scored: &Scored, peers: &[Score], visit: &Visit) -> Markup {
    let language = visit.language;
    let name = peers.first().map(|score| score.group.clone()).unwrap_or_default();
    let row = |score: &Score| {
        let to = Link::again(visit, &["unit"]).with("unit", &score.unit).text();
        let mut cells = vec![
            Cell::Link(Box::new(Cell::Text(score.unit.clone())), to),
            Cell::Text(total(score, language)),
            Cell::Text(place(score, language)),
        ];
        cells.extend(score.lines.iter().map(|line| Cell::Text(points(line, language))));
        cells
    };
    let mut headers: Vec<String> =
        ["score.unit", "score.total", "page.rank"].map(|key| label(key, language).to_owned()).into();
    headers.extend(scored.lines().map(|(_, measure)| measure.query().title.text(language).to_owned()));
    let rows = peers.iter().take(PAGE_TABLE_ROWS_MAX).map(row).collect();
    html! {
        h2 { (name) }
        (table(&Table { caption: name, headers, rows, totals: Vec::new() }, language))
        @if peers.len() > PAGE_TABLE_ROWS_MAX { p { (label("score.cut", language)) } }
    }
}

/// How each line becomes points.
fn lines(scored: &Scored, language: Language) -> Markup {
    html! {
        h2 { (label("score.formula", language)) }
        ul { @for (line, measure) in scored.lines() { li { (measure.query().title.text(language)) " " (badge(measure, language)) ": " (rule(line, language)) } } }
    }
}

fn rule(line: &Line, language: Language) -> String {
    let counts = match line.counts {
        Counts::Period => "score.of_period",
        Counts::AsOf => "score.of_day",
    };
    let values = [
        ("weight", line.weight.to_string()),
        ("zero", line.zero_at.to_string()),
        ("full", line.full_at.to_string()),
        ("least", line.least.to_string()),
        ("counts", label(counts, language).to_owned()),
    ];
    sentence("score.rule", language, &values.each_ref().map(|(name, value)| (*name, value.as_str())))
}

/// The lines of one unit, each with its receipt and the unit's explanations.
fn of_unit(scored: &Scored, score: &Score, language: Language) -> Markup {
    let row = |((_, measure), earned): ((&Line, &Measure), &Earned)| {
        let mut cells = vec![Cell::Text(measure.query().title.text(language).to_owned())];
        match &earned.figure {
            None => cells.extend([Cell::Empty, Cell::Empty, Cell::Empty]),
            Some(figure) => {
                let to = receipt_link(&figure.code, language);
                let link = |cell: Cell| Cell::Link(Box::new(cell), to.clone());
                cells.push(link(Cell::Text(shown(figure, language))));
                cells.push(link(Cell::Whole(figure.numerator)));
                cells.push(figure.denominator.map_or(Cell::Empty, |all| link(Cell::Whole(all))));
            }
        }
        cells.push(Cell::Text(written(earned.points.weight, language)));
        cells.push(Cell::Text(points(earned, language)));
        cells.push(earned.figure.as_ref().map_or(Cell::Empty, |figure| Cell::Text(figure.code.clone())));
        cells
    };
    let headers = [
        "score.line",
        "metric.value",
        "metric.numerator",
        "metric.denominator",
        "score.weight",
        "score.points",
        "metric.receipt",
    ];
    let shown = Table {
        caption: score.unit.clone(),
        headers: headers.map(|key| label(key, language).to_owned()).into(),
        rows: scored.lines().zip(&score.lines).map(row).collect(),
        totals: Vec::new(),
    };
    let values =
        [("total", total(score, language)), ("rank", place(score, language)), ("group", score.group.clone())];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    html! {
        p.total { (sentence("score.sum", language, &values)) }
        (table(&shown, language))
        h2 { (label("score.explanations", language)) }
        @for (place, (line, measure)) in scored.lines().enumerate() { (explained(scored, (place, line, measure), language)) }
    }
}

fn explained(
    scored: &Scored,
    (place, line, measure): (usize, &Line, &Measure),
    language: Language,
) -> Markup {
    let said = scored.explanations(place);
    html! {
        h3 { (measure.query().title.text(language)) " " (badge(measure, language)) }
        p { (rule(line, language)) }
        @if line.explained_by.is_none() { p { (label("score.not_explained", language)) } }
        @else if said.is_empty() { p { (label("score.no_explanation", language)) } }
        @else {
            ul {
                @for it in said {
                    li { a href=(Link::to(&format!("/records/{}", it.id), language).text()) { (it.source_id) } ": " (it.text) }
                }
            }
            @if said.len() == SCORE_EXPLANATIONS_MAX { p { (label("score.more_explanations", language)) } }
        }
    }
}

fn total(score: &Score, language: Language) -> String {
    match score.of {
        0 => label("score.unscored", language).to_owned(),
        of => format!("{} / {}", written(score.total, language), written(of, language)),
    }
}

fn place(score: &Score, language: Language) -> String {
    let number = |count: usize| whole(i64::try_from(count).unwrap_or(i64::MAX), language);
    score.rank.map_or_else(
        || label("page.unranked", language).to_owned(),
        |(place, among)| format!("{}/{}", number(place), number(among)),
    )
}

fn points(earned: &Earned, language: Language) -> String {
    match (earned.points.earned, why_unscored(earned)) {
        (Some(points), _) => written(points, language),
        (None, Some("too_few")) => label("score.too_few", language).to_owned(),
        (None, _) => label("score.unscored", language).to_owned(),
    }
}
