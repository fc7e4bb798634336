//! `parallel`: two systems side by side, and why a figure differs between them.

use chrono::NaiveDate;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::metric::civil_day;
use crate::cli::rows::{self, Column};
use crate::definition::labels::label;
use crate::engine::parallel::{Compared, Difference, Explained, Pair, reason_key};
use crate::metrics::ask::{Asked, Typed};
use crate::metrics::measure::Figure;
use crate::metrics::written::shown;
use crate::present::number::day;
use crate::sql::encode::Format;

#[derive(clap::Args)]
#[command(after_help = "thanhtra parallel petitions --old phanmem-cu --new csdl-quoc-gia\n\
                  thanhtra parallel petitions --old phanmem-cu --new csdl-quoc-gia --by unit --period 2026-Q1\n\
                  thanhtra parallel petitions --old phanmem-cu --new csdl-quoc-gia --explain petitions_received\n\
                  thanhtra parallel tasks --old cu --new moi --trend 7")]
pub(super) struct Args {
    dataset: String,
    #[arg(long, value_name = "SYSTEM")]
    old: String,
    #[arg(long, value_name = "SYSTEM")]
    new: String,
    #[arg(long, value_name = "DIMENSION", default_value = "")]
    by: String,
    #[arg(long = "where", value_name = "DIMENSION=VALUE")]
    filters: Vec<String>,
    #[arg(long, value_name = "PERIOD", default_value = "")]
    period: String,
    #[arg(long, value_name = "METRIC", conflicts_with_all = ["by", "trend"])]
    explain: Option<String>,
    #[arg(long, value_name = "N")]
    trend: Option<usize>,
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = civil_day)]
    as_of: Option<NaiveDate>,
    #[arg(long, value_name = "table|csv|json|ndjson|parquet|arrow", default_value = "table", value_parser = rows::format)]
    format: Format,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let engine = context.reading()?;
        let pair = Pair { dataset: &self.dataset, old: &self.old, new: &self.new };
        let filters = self.filters.iter().map(String::as_str).collect();
        let typed = Typed { by: &self.by, filters, period: &self.period, ..Typed::default() };
        let asked = Asked { as_of: self.as_of, ..Asked::read(&typed)? };
        if let Some(metric) = &self.explain {
            let found = engine.explain(pair, metric, &asked, &context.scope)?;
            return self.explained(context, &found);
        }
        let found = match self.trend {
            Some(commits) => engine.parallel_trend(pair, &asked, commits, &context.scope)?,
            None => vec![engine.parallel(pair, &asked, &context.scope)?],
        };
        self.compared(context, &found)
    }

    fn compared(&self, context: &Context, found: &[Compared]) -> Result<(), CliError> {
        let language = context.language;
        if let Some(measure) = found.last().and_then(|last| last.measures.first()) {
            let (as_of, commit) =
                (day(measure.inputs().as_of, language), measure.inputs().snapshot.to_string());
            let values =
                [("old", self.old.as_str()), ("new", &self.new), ("as_of", &as_of), ("commit", &commit)];
            context.say("cli.parallel.of", &values);
        }
        let mut cells: Vec<(String, String, String, Figure)> = Vec::new();
        for compared in found {
            for measure in &compared.measures {
                let title = measure.query().title.text(language).to_owned();
                let none = || label("page.no_value", language).to_owned();
                for figure in measure.figures() {
                    let key = figure.key.first().cloned().flatten().unwrap_or_else(none);
                    cells.push((compared.commit.to_string(), title.clone(), key, figure.clone()));
                }
                let all = label("page.sum", language).to_owned();
                cells.push((compared.commit.to_string(), title, all, measure.total().clone()));
            }
        }
        let heading = |key| label(key, language);
        let mut columns = Vec::new();
        if self.trend.is_some() {
            columns.push(Column::texts(
                heading("parallel.commit"),
                cells.iter().map(|cell| Some(cell.0.clone())),
            ));
        }
        columns
            .push(Column::texts(heading("parallel.outcome"), cells.iter().map(|cell| Some(cell.1.clone()))));
        if !self.by.is_empty() {
            columns.push(Column::texts(&self.by, cells.iter().map(|cell| Some(cell.2.clone()))));
        }
        let figures = || cells.iter().map(|cell| &cell.3);
        columns.push(Column::texts(heading("metric.value"), figures().map(|it| Some(shown(it, language)))));
        columns.push(Column::integers(heading("metric.numerator"), figures().map(|it| Some(it.numerator))));
        columns.push(Column::integers(heading("metric.denominator"), figures().map(|it| it.denominator)));
        columns.push(Column::texts(heading("metric.receipt"), figures().map(|it| Some(it.code.clone()))));
        rows::write(context, self.format, &[rows::batch(columns)?])
    }

    fn explained(&self, context: &Context, found: &Explained) -> Result<(), CliError> {
        let language = context.language;
        let (only_old, only_new) = found.sides();
        let numbers = [found.old, found.new, only_old, only_new].map(|number| number.to_string());
        let [old, new, only_old, only_new] = &numbers;
        let title = found.measure.query().title.text(language);
        let difference = found.difference().to_string();
        let values = [
            ("title", title),
            ("old", old.as_str()),
            ("new", new),
            ("difference", &difference),
            ("only_old", only_old),
            ("only_new", only_new),
        ];
        context.say("parallel.explained", &values);
        let reason = |line: &Difference| match self.format {
            Format::Table => label(reason_key(&line.reason), language).to_owned(),
            _ => line.reason.clone(),
        };
        let lines = &found.lines;
        let texts = |heading: &str, of: &dyn Fn(&Difference) -> Option<String>| {
            Column::texts(heading, lines.iter().map(of))
        };
        let system = |line: &Difference| if line.in_old { self.old.clone() } else { self.new.clone() };
        let columns = vec![
            texts("counted_in", &|line| Some(system(line))),
            texts("reason", &|line| Some(reason(line))),
            texts("id", &|line| Some(line.id.clone())),
            texts("other_id", &|line| line.other_id.clone()),
            texts("unit", &|line| line.unit.clone()),
            texts("differences", &|line| line.differences.clone()),
            texts("title", &|line| line.title.clone()),
        ];
        rows::write(context, self.format, &[rows::batch(columns)?])
    }
}
