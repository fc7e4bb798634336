//! `search`: hits and counts, as a table for people, CSV for sheets, JSON for programs.

mod batch;
mod counts;

use std::path::PathBuf;

use arrow::array::RecordBatch;
use chrono::NaiveDate;
use clap::ValueEnum;
use serde_json::Value as Json;

use crate::cli::ask;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::metric;
use crate::cli::rows::{self, Column};
use crate::definition::dataset::Dataset;
use crate::definition::labels::label;
use crate::domain::commit::CommitVersion;
use crate::domain::limits::SEARCH_TABLE_COLUMNS;
use crate::engine::EngineError;
use crate::search::cursor::Cursor;
use crate::search::notation;
use crate::search::request::{Answer, HistogramOf, Hit, Matched, Request};
use crate::sql::SqlError;
use crate::sql::encode::Format;

#[derive(clap::Args)]
#[command(
    after_help = "thanhtra search petitions \"khieu nai dat dai\" --filter province=01 --facet status --limit 20\n\
                        thanhtra search petitions \"bồi thường\" --filter received_on=2025-01-01..2025-12-31 --sort -received_on\n\
                        thanhtra search petitions \"(dat dai OR nha o) don_vi:so -title:\\\"bồi thường\\\" hạn:<7d\" --as-of 2026-03-01\n\
                        thanhtra search tasks --filter completed_on= --format csv\n\
                        thanhtra search petitions \"thu hồi đất\" --facet province.unit --histogram received_on:period --group case\n\
                        thanhtra search petitions \"bãi rác\" --since 41 --recency\n\
                        thanhtra search petitions --batch danh-sach.xlsx --column \"Họ và tên\""
)]
pub(super) struct Args {
    dataset: String,
    #[arg(default_value = "")]
    words: String,
    #[arg(long, value_name = "COLUMN=VALUE")]
    filter: Vec<String>,
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    facet: Vec<String>,
    #[arg(long, value_name = "[-]COLUMN", allow_hyphen_values = true)]
    sort: Vec<String>,
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    #[arg(long, value_name = "TEXT")]
    cursor: Option<String>,
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = metric::civil_day)]
    as_of: Option<NaiveDate>,
    #[arg(long, value_name = "COLUMN:day|month|quarter|period|year", value_delimiter = ',')]
    histogram: Vec<String>,
    #[arg(long, value_name = "COLUMN")]
    group: Option<String>,
    #[arg(long, value_name = "N")]
    since: Option<u64>,
    #[arg(long)]
    recency: bool,
    #[arg(long, value_name = "FILE", requires = "column", conflicts_with_all = ["words", "facet", "sort", "cursor", "histogram"])]
    batch: Option<PathBuf>,
    #[arg(long, value_name = "NAME", requires = "batch")]
    column: Option<String>,
    #[arg(long, value_name = "table|json|csv", value_enum, default_value_t = Shape::Table)]
    format: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shape {
    Table,
    Json,
    Csv,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        for (first, is_given) in
            [("--facet", !self.facet.is_empty()), ("--histogram", !self.histogram.is_empty())]
        {
            if self.format == Shape::Csv && is_given {
                return Err(CliError::Together { first, second: "--format csv" });
            }
        }
        let engine = context.reading()?;
        let snapshot = engine.snapshot()?;
        let dataset = snapshot.dataset(&self.dataset)?;
        if let (Some(file), Some(column)) = (&self.batch, &self.column) {
            return self.run_batch(context, &engine, dataset, (file, column));
        }
        let answer = engine.search(&self.dataset, &self.request(dataset)?, &context.scope)?;
        match self.format {
            Shape::Json => json(context, &answer),
            Shape::Csv => {
                rows::write(context, Format::Csv, &[self.sheet(dataset, &answer)?])?;
                tell(context, &answer);
                Ok(())
            }
            Shape::Table => {
                rows::write(context, Format::Table, &[self.table(context, dataset, &answer)?])?;
                for counted in counts::tables(context, dataset, &answer)? {
                    context.write_text("")?;
                    rows::write(context, Format::Table, &[counted])?;
                }
                tell(context, &answer);
                Ok(())
            }
        }
    }

    fn request(&self, dataset: &Dataset) -> Result<Request, CliError> {
        let histograms: Result<Vec<HistogramOf>, _> =
            self.histogram.iter().map(|text| notation::histogram(text)).collect();
        Ok(Request {
            text: self.words.clone(),
            filters: ask::filters(&self.filter, dataset)?,
            facets: self.facet.clone(),
            sort: ask::sort(&self.sort),
            limit: self.limit,
            cursor: self.cursor.as_deref().map(Cursor::from_text),
            highlight: self.format == Shape::Json,
            today: self.as_of,
            histograms: histograms.map_err(EngineError::from)?,
            group: self.group.clone(),
            since: self.since.map(CommitVersion),
            recency: self.recency,
            ..Request::default()
        })
    }

    /// Every short column under its name.
    fn sheet(&self, dataset: &Dataset, answer: &Answer) -> Result<RecordBatch, SqlError> {
        let hits = &answer.hits;
        let mut columns = vec![
            Column::texts("id", hits.iter().map(|hit| Some(hit.id.to_string()))),
            Column::texts("source_system", hits.iter().map(|hit| Some(hit.source_system.clone()))),
            Column::texts("source_id", hits.iter().map(|hit| Some(hit.source_id.clone()))),
            Column::numbers("score", hits.iter().map(|hit| f64::from(hit.score))),
        ];
        let short = dataset.columns.iter().filter(|column| !column.long);
        columns.extend(short.map(|column| {
            Column::texts(
                &column.name,
                hits.iter().map(|hit| hit.fields.get(&column.name).and_then(rows::cell)),
            )
        }));
        if answer.groups.is_some() {
            columns.push(Column::integers("group_rows", group_rows(hits)));
        }
        rows::batch(columns)
    }

    /// The columns that were asked about, and what else says most, in the reader's words.
    fn table(&self, context: &Context, dataset: &Dataset, answer: &Answer) -> Result<RecordBatch, SqlError> {
        let hits = &answer.hits;
        let mut columns = vec![
            Column::texts("id", hits.iter().map(|hit| Some(hit.id.to_string()))),
            Column::texts("source_id", hits.iter().map(|hit| Some(hit.source_id.clone()))),
        ];
        for name in self.shown(dataset) {
            let heading =
                dataset.column(&name).map_or(name.as_str(), |column| column.label.text(context.language));
            let cells = hits.iter().map(|hit: &Hit| {
                hit.fields.get(&name).and_then(|value| words(context, dataset, &name, value))
            });
            columns.push(Column::texts(heading, cells));
        }
        if answer.groups.is_some() {
            columns.push(Column::integers(label("search.group.rows", context.language), group_rows(hits)));
        }
        rows::batch(columns)
    }

    fn shown(&self, dataset: &Dataset) -> Vec<String> {
        let asked =
            ask::filters(&self.filter, dataset).unwrap_or_default().into_iter().map(|filter| filter.column);
        let sorted = ask::sort(&self.sort).into_iter().map(|(column, _)| column);
        let facets = dataset.columns.iter().filter(|column| column.facet).map(|column| column.name.clone());
        let wanted = dataset.headline.iter().cloned().chain(asked).chain(sorted);
        let mut shown: Vec<String> = Vec::new();
        for name in wanted.chain(self.facet.iter().cloned()).chain(facets) {
            if shown.len() < SEARCH_TABLE_COLUMNS && !shown.contains(&name) {
                shown.push(name);
            }
        }
        shown
    }
}

/// How many rows each hit stands for.
fn group_rows(hits: &[Hit]) -> impl Iterator<Item = Option<i64>> {
    hits.iter().map(|hit| i64::try_from(hit.group.as_ref().map_or(1, |group| group.rows)).ok())
}

fn json(context: &Context, answer: &Answer) -> Result<(), CliError> {
    let answer = serde_json::to_value(answer).map_err(|error| SqlError::Internal(error.to_string()))?;
    context.write_line(&answer)
}

/// A value as people read it: the label of a code, else the value.
fn words(context: &Context, dataset: &Dataset, column: &str, value: &Json) -> Option<String> {
    let text = rows::cell(value)?;
    let column = dataset.column(column);
    Some(column.map_or(text.as_str(), |column| column.code_label(&text, context.language)).to_owned())
}

/// What the rows alone do not say.
fn tell(context: &Context, answer: &Answer) {
    let total = answer.total.value.to_string();
    let shown = answer.hits.len().to_string();
    let commit = answer.commit.to_string();
    context.say("search.total", &[("total", &total), ("shown", &shown), ("commit", &commit)]);
    if let Some(groups) = &answer.groups {
        context.say("search.groups", &[("count", &groups.value.to_string())]);
    }
    if let Some(recency) = &answer.recency {
        let as_of = recency.as_of.to_string();
        context.say("search.recency", &[("column", &recency.column), ("as_of", &as_of)]);
    }
    if answer.matched == Matched::Most {
        context.say("search.matched_most", &[]);
    }
    if answer.partial {
        context.say("search.partial", &[]);
    }
    for widened in &answer.widened {
        context.say("search.note", &[("text", &widened.told(context.language))]);
    }
    for note in &answer.notes {
        context.say("search.note", &[("text", &note.told(context.language))]);
    }
    for correction in &answer.corrections {
        let total = correction.total.to_string();
        context.say("search.correction", &[("text", &correction.text), ("total", &total)]);
    }
    if let Some(next) = &answer.next {
        context.say("search.next", &[("cursor", next.as_text())]);
    }
}
