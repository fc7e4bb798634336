//! `/dashboards/{name}`: the panels of a page's definition, drawn from our own queries.
//!
//! Nothing is added up here: sums and what a share is a share of are columns of a query. A column
//! `x_of` is the number that `x` is a part of.

use chrono::NaiveDate;
use maud::{Markup, html};
use serde_json::Value as Json;

use crate::definition::labels::{label, sentence};
use crate::definition::page::{Drawing, Panel};
use crate::definition::query::Query;
use crate::domain::commit::CommitVersion;
use crate::domain::language::Language;
use crate::domain::scope::Scope;
use crate::engine::measure::Measured;
use crate::engine::{Engine, EngineError};
use crate::present::chart::{Bar, Bars, bars};
use crate::present::number::{day, percent, whole};
use crate::present::page::Visit;
use crate::present::table::{Cell, Table, table};
use crate::sql::encode;
use crate::web::WebError;
use crate::web::frame::{self, Content};

/// One snapshot and one business date for all panels.
struct Asked<'a> {
    engine: &'a Engine,
    commit: CommitVersion,
    as_of: NaiveDate,
    language: Language,
}

/// The page.
pub(super) fn page(engine: &Engine, visit: &Visit, name: &str) -> Result<Markup, WebError> {
    let snapshot = engine.snapshot()?;
    let page = snapshot.catalog().page(name).map_err(EngineError::from)?;
    let language = visit.language;
    let as_of = visit.one("as_of").and_then(|text| text.parse().ok());
    let as_of = as_of.unwrap_or_else(|| engine.clock().today());
    let asked = Asked { engine, commit: snapshot.version(), as_of, language };
    let number = asked.commit.to_string();
    let values = [("number", number.as_str()), ("day", &day(as_of, language))];
    let panels = page.panels.iter().enumerate().map(|(place, panel)| asked.panel(panel, place));
    let panels = panels.collect::<Result<Vec<Markup>, EngineError>>()?;
    let body = html! {
        p { (page.lead.text(language)) }
        p.total { (sentence("page.as_of", language, &values)) }
        (form(visit, as_of))
        @for panel in &panels { section { (panel) } }
    };
    let title = page.title.text(language).to_owned();
    Ok(frame::page(engine, visit, &Content { title, commit: Some(asked.commit), body }))
}

fn form(visit: &Visit, as_of: NaiveDate) -> Markup {
    html! {
        form.search action=(visit.path) method="get" {
            @if visit.language == Language::En { input type="hidden" name="lang" value="en"; }
            label { (label("page.business_date", visit.language))
                input type="date" name="as_of" value=(as_of.to_string()); }
            button type="submit" { (label("page.go", visit.language)) }
        }
    }
}

impl Asked<'_> {
    fn measure(&self, query: &str) -> Result<(Measured, Vec<Json>), EngineError> {
        let scope = Scope::everything();
        let measured = self.engine.measure(query, Some(self.as_of), Some(self.commit), &scope)?;
        let rows = encode::objects(measured.batches())?;
        Ok((measured, rows))
    }

    fn panel(&self, panel: &Panel, place: usize) -> Result<Markup, EngineError> {
        let (measured, rows) = self.measure(&panel.query)?;
        let query = measured.query();
        let totals = panel.totals.as_ref().map(|totals| self.measure(totals)).transpose()?;
        let total = totals.as_ref().and_then(|(_, rows)| rows.first());
        let chart = (panel.draw == Drawing::BarsAndTable).then(|| self.chart(panel, query, &rows));
        let table = table(&self.table(query, &rows, total), self.language);
        let csv = format!("/api/v1/queries/{}?format=csv&as_of={}", query.name, self.as_of);
        Ok(html! {
            @if let Some(chart) = &chart { figure { (bars(chart, &format!("chart-{place}"), self.language)) } }
            (table)
            p.actions { a href=(csv) { (label("page.download_csv", self.language)) } }
        })
    }

    fn chart(&self, panel: &Panel, query: &Query, rows: &[Json]) -> Bars {
        let name = panel.label_column.as_deref().unwrap_or_default();
        let count = |row: &Json, column: &str| row.get(column).and_then(Json::as_i64).unwrap_or_default();
        let bars = rows.iter().map(|row| Bar {
            name: self.cell(row.get(name)).text(self.language),
            values: panel.value_columns.iter().map(|column| count(row, column)).collect(),
        });
        let series: Vec<String> =
            panel.value_columns.iter().map(|column| self.header(query, column)).collect();
        let describe = sentence("page.chart", self.language, &[("series", &series.join(", "))]);
        Bars { title: query.title.text(self.language).to_owned(), describe, series, bars: bars.collect() }
    }

    fn table(&self, query: &Query, rows: &[Json], total: Option<&Json>) -> Table {
        let columns: Vec<&str> = query.columns.iter().map(|column| column.name.as_str()).collect();
        let cells = |row: &Json| columns.iter().map(|column| self.cell(row.get(column))).collect();
        let totals = total.map(|total| vec![self.sums(&columns, total), self.shares(&columns, total)]);
        Table {
            caption: query.title.text(self.language).to_owned(),
            headers: columns.iter().map(|column| self.header(query, column)).collect(),
            rows: rows.iter().map(cells).collect(),
            totals: totals.unwrap_or_default(),
        }
    }

    fn sums(&self, columns: &[&str], total: &Json) -> Vec<Cell> {
        let first = Cell::Text(label("page.sum", self.language).to_owned());
        let rest = columns.iter().skip(1).map(|column| self.cell(total.get(column)));
        std::iter::once(first).chain(rest).collect()
    }

    /// Each figure as a share of what it is a part of, with that number beside it.
    fn shares(&self, columns: &[&str], total: &Json) -> Vec<Cell> {
        let count = |column: &str| total.get(column).and_then(Json::as_i64);
        let share = |column: &&str| match (count(column), count(&format!("{column}_of"))) {
            (Some(part), Some(all)) => {
                let (share, all) = (percent(part, all, self.language), whole(all, self.language));
                Cell::Text(sentence("page.share", self.language, &[("share", &share), ("all", &all)]))
            }
            _ => Cell::Empty,
        };
        let first = Cell::Text(label("page.rate", self.language).to_owned());
        std::iter::once(first).chain(columns.iter().skip(1).map(share)).collect()
    }

    fn cell(&self, value: Option<&Json>) -> Cell {
        match value {
            None | Some(Json::Null) => Cell::Empty,
            Some(Json::String(text)) if text.is_empty() => {
                Cell::Text(label("page.no_value", self.language).to_owned())
            }
            Some(Json::String(text)) => Cell::Text(text.clone()),
            Some(Json::Number(number)) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Cell::Whole(whole),
                (None, Some(decimal)) => Cell::Number(decimal),
                (None, None) => Cell::Empty,
            },
            Some(other) => Cell::Text(other.to_string()),
        }
    }

    fn header(&self, query: &Query, column: &str) -> String {
        let known = query.columns.iter().find(|known| known.name == column);
        known.map_or(column, |known| known.label.text(self.language)).to_owned()
    }
}
