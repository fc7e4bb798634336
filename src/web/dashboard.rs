//! `/dashboards/{name}`: the panels of a page's definition, drawn from measures.
//!
//! Nothing is added up or divided here: every number comes out of a measure and leads to its receipt.

use std::time::Instant;

use maud::{Markup, PreEscaped, html};

use crate::definition::labels::{label, sentence};
use crate::definition::metric::ReportColumn;
use crate::definition::page::{Page, Panel};
use crate::domain::language::Language;
use crate::domain::limits::PAGE_TABLE_ROWS_MAX;
use crate::domain::scope::Scope;
use crate::engine::compare::Figures;
use crate::engine::measure::Question;
use crate::engine::together::{busy_threads, side_by_side};
use crate::engine::{Engine, EngineError};
use crate::metrics::ask::{Asked, Typed};
use crate::metrics::report::{Reported, Shown};
use crate::metrics::written::counted;
use crate::present::chart::{Bar, Bars, bars};
use crate::present::number::{day, whole};
use crate::present::page::Visit;
use crate::present::table::{Cell, Table, table};
use crate::web::breakdown::{self, Way};
use crate::web::figures::{self, receipt_link};
use crate::web::frame::{self, Content};
use crate::web::link::Link;
use crate::web::place::Place;
use crate::web::{Site, WebError};

/// One question, with snapshot and business date, for all panels.
pub(super) struct Drawn<'a> {
    pub(super) engine: &'a Engine,
    pub(super) asked: Asked,
    pub(super) language: Language,
    pub(super) figures: Figures,
    /// The same of the period before and of the same one of last year, by the key of what they are called.
    pub(super) compared: Vec<(&'static str, Figures)>,
}

/// The page. Its body is kept for as long as what it shows stands still.
pub(super) fn page(site: &Site, visit: &Visit, name: &str) -> Result<Markup, WebError> {
    let engine = site.engine.as_ref();
    let snapshot = engine.snapshot()?;
    let page = snapshot.catalog().page(name).map_err(EngineError::from)?;
    let page = &page.where_rows_are(&|dataset| snapshot.has_rows(dataset));
    let place = Place::of(visit);
    let asked = Asked { filters: place.filters(), ..asked(engine, visit, snapshot.version())? };
    let shown = asked.snapshot.unwrap_or(snapshot.version());
    let key = format!("{}|{:?}|{asked:?}|{place:?}|{}", visit.path, visit.language, snapshot.version());
    let body = site.bodies.get(&key, || body(engine, visit, (page, &place), asked))?;
    let title = page.title.text(visit.language).to_owned();
    let content = Content { title, commit: Some(shown), body: PreEscaped(body.as_ref().clone()) };
    Ok(frame::page(engine, visit, &content))
}

fn body(
    engine: &Engine,
    visit: &Visit,
    (whole, place): (&Page, &Place),
    asked: Asked,
) -> Result<String, WebError> {
    let began = Instant::now();
    let language = visit.language;
    let snapshot = engine.snapshot()?;
    let catalog = snapshot.catalog();
    let (page, left) = &place.narrowed(whole, catalog);
    let listing = place.listing(whole, catalog, &asked);
    let mut all = questions(engine, page, &asked)?;
    all.extend(listing.clone().map(|(name, asked)| Question { names: vec![name], asked }));
    engine.answered(&all, &Scope::everything())?;
    let counted = began.elapsed();
    let listing = listing.map(|(name, asked)| engine.measure(&name, &asked, &Scope::everything()));
    let listing = listing.transpose()?;
    let figures = engine.figures(&page.figures(), &asked, &Scope::everything())?;
    let compared = engine.compared_figures(&page.cards(), &asked, &Scope::everything())?;
    let drawn = Drawn { engine, asked, language, figures, compared };
    let as_of = day(drawn.asked.as_of.unwrap_or_default(), language);
    let shown = drawn.asked.snapshot.unwrap_or_default();
    let values = [("number", shown.to_string()), ("day", as_of)];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    let panels = drawn.panels(page)?;
    tracing::debug!(page = page.name, ?counted, drawn = ?began.elapsed(), "a page is made");
    let body = html! {
        p { (page.lead.text(language)) }
        p.total { (sentence("page.as_of", language, &values)) }
        (place.said(left, catalog, language))
        (form(visit, &drawn.asked, &place.fields(listing.as_deref(), language)))
        @for panel in &panels { section { (panel) } }
    };
    Ok(body.into_string())
}

/// All that the page asks, so that it is counted together; the panels then find it answered.
fn questions(engine: &Engine, page: &Page, asked: &Asked) -> Result<Vec<Question>, EngineError> {
    let mut questions = vec![Question { names: page.figures(), asked: asked.clone() }];
    let snapshot = engine.snapshot()?;
    for panel in &page.panels {
        match panel {
            Panel::Breakdown { metric, by, peers, .. } => {
                let by = breakdown::dimensions(by, peers.as_deref());
                let asked = Asked { by, ..asked.clone() };
                questions.push(Question { names: vec![metric.clone()], asked });
            }
            Panel::Tiles { metric, by, .. } => {
                let asked = Asked { by: vec![by.clone()], ..asked.clone() };
                questions.push(Question { names: vec![metric.clone()], asked });
            }
            Panel::BarsAndTable { query, .. } | Panel::Table { query } => {
                let report = snapshot.catalog().query(query)?.report.as_ref();
                questions.extend(report.map(|report| Question::of_report(report, asked)));
            }
            Panel::Figures { .. } | Panel::Paragraph { .. } | Panel::Rows { .. } => {}
        }
    }
    Ok(questions)
}

/// The question of a visit: what cannot be read counts as not given, as in any address people change by hand.
fn asked(
    engine: &Engine,
    visit: &Visit,
    snapshot: crate::domain::commit::CommitVersion,
) -> Result<Asked, EngineError> {
    let typed = Typed {
        period: visit.one("period").unwrap_or_default(),
        due: visit.one("due").unwrap_or_default(),
        ..Typed::default()
    };
    let read = Asked::read(&typed)?;
    let as_of = visit.one("as_of").and_then(|text| text.parse().ok());
    let frozen = match &read.period {
        Some(period) if as_of.is_none() => engine.frozen(&period.name)?,
        _ => None,
    };
    let (frozen_as_of, frozen_snapshot) = frozen.map(|frozen| (frozen.as_of, frozen.snapshot)).unzip();
    let as_of = as_of.or(frozen_as_of).unwrap_or_else(|| engine.clock().today());
    Ok(Asked { as_of: Some(as_of), snapshot: frozen_snapshot.or(Some(snapshot)), ..read })
}

fn form(visit: &Visit, asked: &Asked, places: &Markup) -> Markup {
    let language = visit.language;
    let period = asked.period.as_ref().map_or("", |period| period.name.as_str());
    let as_of = asked.as_of.unwrap_or_default().to_string();
    html! {
        form.search action=(visit.path) method="get" {
            @if language == Language::En { input type="hidden" name="lang" value="en"; }
            label { (label("page.business_date", language)) input type="date" name="as_of" value=(as_of); }
            label { (label("page.period", language))
                input type="text" name="period" value=(period) placeholder="2017-Q4"; }
            label { (label("page.due", language))
                select name="due" {
                    option value="" selected[asked.due.code() == "in_force"] { (label("page.due_in_force", language)) }
                    option value="original" selected[asked.due.code() == "original"] { (label("page.due_original", language)) }
                }
            }
            (places)
            button type="submit" { (label("page.go", language)) }
        }
    }
}

impl Drawn<'_> {
    /// The panels in their order; rows, which are read from files, are begun first.
    fn panels(&self, page: &Page) -> Result<Vec<Markup>, EngineError> {
        let mut panels: Vec<(usize, &Panel)> = page.panels.iter().enumerate().collect();
        panels.sort_by_key(|(place, panel)| (!matches!(panel, Panel::Rows { .. }), *place));
        let drawn = side_by_side(&panels, busy_threads(), |(place, panel)| self.panel(panel, *place));
        let mut drawn: Vec<_> = panels.iter().map(|(place, _)| *place).zip(drawn).collect();
        drawn.sort_by_key(|(place, _)| *place);
        drawn.into_iter().map(|(_, markup)| markup).collect()
    }

    fn panel(&self, panel: &Panel, place: usize) -> Result<Markup, EngineError> {
        match panel {
            Panel::Figures { metrics, .. } => Ok(figures::cards(self, metrics)),
            Panel::Paragraph { text } => Ok(figures::paragraph(self, text.text(self.language))),
            Panel::BarsAndTable { query, value_columns } => self.report(query, value_columns, place),
            Panel::Table { query } => self.report(query, &[], place),
            Panel::Breakdown { metric, by, ranked, peers } => {
                let way = Way { metric, by, ranked: *ranked, peers: peers.as_deref(), place };
                breakdown::panel(self, &way)
            }
            Panel::Tiles { metric, by, map } => breakdown::map(self, (metric, by), *map, place),
            Panel::Rows { metric } => figures::rows(self, metric),
        }
    }

    fn report(&self, name: &str, value_columns: &[String], place: usize) -> Result<Markup, EngineError> {
        let report = self.engine.report(name, &self.asked, &Scope::everything())?;
        let chart = (!value_columns.is_empty()).then(|| self.chart(&report, value_columns));
        let left_out = report.keys().len().saturating_sub(PAGE_TABLE_ROWS_MAX);
        let left_out = whole(i64::try_from(left_out).unwrap_or_default(), self.language);
        Ok(html! {
            @if let Some(chart) = &chart { figure { (bars(chart, &format!("chart-{place}"), self.language)) } }
            (table(&self.table(&report), self.language))
            @if left_out != "0" { p { (sentence("page.rows_left_out", self.language, &[("count", &left_out)])) } }
            p.actions { a href=(self.csv(name)) { (label("page.download_csv", self.language)) } }
        })
    }

    fn csv(&self, name: &str) -> String {
        let as_of = self.asked.as_of.unwrap_or_default().to_string();
        let mut link = Link::to(&format!("/api/v1/queries/{name}"), Language::Vi);
        link = link.with("format", "csv").with("as_of", &as_of);
        if let Some(period) = &self.asked.period {
            link = link.with("period", &period.name);
        }
        if let Some(snapshot) = self.asked.snapshot {
            link = link.with("snapshot", &snapshot.to_string()).with("due", self.asked.due.code());
        }
        for (name, value) in &self.asked.filters {
            link = link.with("where", &format!("{name}={}", value.as_deref().unwrap_or_default()));
        }
        link.text()
    }

    fn chart(&self, report: &Reported, names: &[String]) -> Bars {
        let columns: Vec<&ReportColumn> = names.iter().filter_map(|name| report.column(name)).collect();
        let bars = report.keys().iter().map(|key| Bar {
            name: self.key_text(key),
            values: columns.iter().map(|column| report.shown(column, Some(key)).number()).collect(),
        });
        let series: Vec<String> = columns.iter().map(|column| self.header(report, &column.name)).collect();
        let describe = sentence("page.chart", self.language, &[("series", &series.join(", "))]);
        let title = report.query().title.text(self.language).to_owned();
        Bars { title, describe, series, bars: bars.collect() }
    }

    fn table(&self, report: &Reported) -> Table {
        let mut headers: Vec<String> = report.by().iter().map(|by| self.header(report, by)).collect();
        headers.extend(report.columns().iter().map(|column| self.header(report, &column.name)));
        let cells = |key: Option<&Vec<Option<String>>>| -> Vec<Cell> {
            report.columns().iter().map(|column| self.cell(report.shown(column, key))).collect()
        };
        let rows = report
            .keys()
            .iter()
            .take(PAGE_TABLE_ROWS_MAX)
            .map(|key| std::iter::once(Cell::Text(self.key_text(key))).chain(cells(Some(key))).collect());
        let first = |key: &str| report.by().map(|_| Cell::Text(label(key, self.language).to_owned()));
        let sums = first("page.sum").into_iter().chain(cells(None)).collect();
        let shares = report.columns().iter().map(|column| self.share(report, column));
        let shares = first("page.rate").into_iter().chain(shares).collect();
        Table {
            caption: report.query().title.text(self.language).to_owned(),
            headers,
            rows: if report.by().is_some() { rows.collect() } else { Vec::new() },
            totals: vec![sums, shares],
        }
    }

    /// A count as a share of what it is a part of, with that number beside it.
    fn share(&self, report: &Reported, column: &ReportColumn) -> Cell {
        let is_count = column.part == crate::definition::metric::Part::Numerator;
        let figure = report.shown(column, None).figure().filter(|_| is_count);
        let Some((figure, all)) = figure.and_then(|figure| Some((figure, figure.denominator?))) else {
            return Cell::Empty;
        };
        let share = crate::metrics::written::shown(figure, self.language);
        let all = whole(all, self.language);
        let of = report.measures().get(&column.metric).map_or(report.query(), |measure| measure.query());
        let counted = counted(of, self.language);
        let values = [("share", share.as_str()), ("all", &all), ("counted", counted)];
        let text = sentence("metric.share", self.language, &values);
        Cell::Link(Box::new(Cell::Text(text)), receipt_link(&figure.code, self.language))
    }

    fn cell(&self, shown: Shown<'_>) -> Cell {
        let cell = match shown {
            Shown::Count(number, _) => Cell::Whole(number),
            Shown::Share(..) => shown.percent(self.language).map_or(Cell::Empty, Cell::Text),
        };
        match shown.figure() {
            Some(figure) => Cell::Link(Box::new(cell), receipt_link(&figure.code, self.language)),
            None => cell,
        }
    }

    /// The value of the last dimension as people read it.
    pub(super) fn key_text(&self, key: &[Option<String>]) -> String {
        let none = || label("page.no_value", self.language).to_owned();
        key.last().cloned().flatten().unwrap_or_else(none)
    }

    fn header(&self, report: &Reported, column: &str) -> String {
        let known = report.query().columns.iter().find(|known| known.name == column);
        known.map_or(column, |known| known.label.text(self.language)).to_owned()
    }
}
