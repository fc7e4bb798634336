//! `sources`: what each system sends, how complete, fresh and late; who must send and is silent.

use chrono::NaiveDate;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::metric::{civil_day, sentence_of};
use crate::cli::rows::{self, Column};
use crate::definition::labels::label;
use crate::engine::sources::{Scorecard, scorecard};
use crate::metrics::ask::Asked;
use crate::metrics::written::shown;
use crate::present::number::day;
use crate::sql::encode::Format;

#[derive(clap::Args)]
#[command(after_help = "thanhtra sources\nthanhtra sources --silent --as-of 2026-11-20 --format csv")]
pub(super) struct Args {
    #[arg(long)]
    silent: bool,
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = civil_day)]
    as_of: Option<NaiveDate>,
    #[arg(long, value_name = "table|csv|json|ndjson|parquet|arrow", default_value = "table", value_parser = rows::format)]
    format: Format,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let engine = context.reading()?;
        let asked = Asked { as_of: self.as_of, ..Asked::default() };
        let found = scorecard(&engine, &asked, &context.scope)?;
        for measure in &found.whole {
            let of = sentence_of(measure.total(), measure, context);
            let title = measure.query().title.text(context.language);
            let (as_of, code) = (day(measure.inputs().as_of, context.language), &measure.total().code);
            let values = [("title", title), ("shown", of.as_str()), ("as_of", &as_of), ("code", code)];
            context.say("cli.sources.figure", &values);
        }
        let batch = if self.silent { silent(context, &found)? } else { table(context, &found)? };
        rows::write(context, self.format, &[batch])
    }
}

/// A row for each metric of each system.
fn table(context: &Context, found: &Scorecard) -> Result<arrow::array::RecordBatch, CliError> {
    let language = context.language;
    let cells = found
        .by_source
        .iter()
        .flat_map(|measure| measure.figures().iter().map(move |figure| (measure, figure)));
    let cells: Vec<_> = cells.collect();
    let heading = |key| label(key, language);
    let titles = cells.iter().map(|(measure, _)| Some(measure.query().title.text(language).to_owned()));
    let columns = vec![
        Column::texts(
            heading("sources.source"),
            cells.iter().map(|(_, it)| it.key.first().cloned().flatten()),
        ),
        Column::texts(heading("sources.metric"), titles),
        Column::texts(heading("metric.value"), cells.iter().map(|(_, it)| Some(shown(it, language)))),
        Column::integers(heading("metric.numerator"), cells.iter().map(|(_, it)| Some(it.numerator))),
        Column::integers(heading("metric.denominator"), cells.iter().map(|(_, it)| it.denominator)),
        Column::texts(heading("metric.receipt"), cells.iter().map(|(_, it)| Some(it.code.clone()))),
    ];
    Ok(rows::batch(columns)?)
}

/// Those who must send and do not.
fn silent(context: &Context, found: &Scorecard) -> Result<arrow::array::RecordBatch, CliError> {
    let text = |name: &'static str| {
        found
            .silent
            .iter()
            .map(move |row| row.get(name).and_then(serde_json::Value::as_str).map(str::to_owned))
    };
    let heading = |key| label(key, context.language);
    let columns = vec![
        Column::texts(heading("sources.unit"), text("unit")),
        Column::texts(heading("sources.dataset"), text("dataset")),
        Column::texts(heading("sources.source"), text("source")),
        Column::texts(heading("sources.state"), text("class")),
        Column::texts(heading("sources.last"), text("last_on")),
    ];
    Ok(rows::batch(columns)?)
}
