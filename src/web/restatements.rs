//! `/restatements`: which record moved which frozen number, by which commit, when and from whom.

use maud::{Markup, html};

use crate::definition::labels::{label, sentence};
use crate::domain::clock::Instant;
use crate::domain::limits::PAGE_TABLE_ROWS_MAX;
use crate::domain::scope::Scope;
use crate::engine::Engine;
use crate::engine::period::Restated;
use crate::present::number::day;
use crate::present::page::Visit;
use crate::present::table::{Cell, Table, table};
use crate::web::WebError;
use crate::web::frame::{self, Content};
use crate::web::link::Link;

/// Metric shown when none is asked for.
const USUAL: &str = "tasks_done_of_all";

/// The page: frozen periods, and what came later in one of them.
pub(super) fn page(engine: &Engine, visit: &Visit) -> Result<Markup, WebError> {
    let language = visit.language;
    let frozen = engine.frozen_periods()?;
    let period = visit.one("period").or_else(|| frozen.last().map(|last| last.period.name.as_str()));
    let metric = visit.one("metric").unwrap_or(USUAL);
    let moved = match period {
        Some(period) => engine.restatements(period, metric, &Scope::everything())?,
        None => Vec::new(),
    };
    let count = moved.len().to_string();
    let body = html! {
        p { (label("restated.lead", language)) }
        @if frozen.is_empty() { p { (label("restated.no_period", language)) } }
        ul {
            @for one in &frozen {
                @let (as_of, made) = (day(one.as_of, language), day(Instant(one.frozen_at).civil_day(), language));
                @let values = [("period", one.period.name.as_str()), ("as_of", &as_of), ("by", &one.by), ("made", &made)];
                li { a href=(Link::again(visit, &["period"]).with("period", &one.period.name).text()) { (sentence("restated.period", language, &values)) } }
            }
        }
        @if let Some(period) = period {
            form.search action=(visit.path) method="get" {
                input type="hidden" name="period" value=(period);
                label { (label("receipt.definition", language)) input type="text" name="metric" value=(metric); }
                button type="submit" { (label("page.go", language)) }
            }
            p.total { (sentence("period.restated", language, &[("period", period), ("count", &count)])) }
            (table(&listed(&moved, visit), language))
        }
    };
    let title = label("restated.title", language).to_owned();
    Ok(frame::page(engine, visit, &Content { title, commit: None, body }))
}

fn listed(moved: &[Restated], visit: &Visit) -> Table {
    let language = visit.language;
    let place = |(above, below): (bool, bool)| match (above, below) {
        (true, _) => label("metric.numerator", language),
        (false, true) => label("metric.denominator", language),
        (false, false) => "–",
    };
    let row = |it: &Restated| {
        let link = Link::to(&format!("/records/{}", it.id), language).text();
        vec![
            Cell::Link(Box::new(Cell::Text(it.source_id.clone())), link),
            Cell::Text(place(it.before).to_owned()),
            Cell::Text(place(it.now).to_owned()),
            Cell::Whole(it.amounts.0.0),
            Cell::Whole(it.amounts.1.0),
            it.commit.map_or(Cell::Empty, |commit| Cell::Whole(commit.as_i64())),
            it.at.map_or(Cell::Empty, |at| Cell::Text(day(at.civil_day(), language))),
            it.by.clone().map_or(Cell::Empty, Cell::Text),
        ]
    };
    let headers = [
        "restated.record",
        "restated.before",
        "restated.now",
        "restated.amount_before",
        "restated.amount_now",
        "restated.commit",
        "restated.at",
        "restated.by",
    ];
    Table {
        caption: label("restated.title", language).to_owned(),
        headers: headers.map(|name| label(name, language).to_owned()).into(),
        rows: moved.iter().take(PAGE_TABLE_ROWS_MAX).map(row).collect(),
        totals: Vec::new(),
    }
}
