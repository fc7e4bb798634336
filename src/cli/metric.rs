//! `metric`: a figure, broken down or not, or a report of figures, each with its receipt.

use std::io::Write;
use std::path::PathBuf;

use chrono::NaiveDate;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::rows;
use crate::cli::sheet::{self, Leaving, Wanted, wanted};
use crate::definition::labels::label;
use crate::definition::metric::Part;
use crate::domain::commit::CommitVersion;
use crate::engine::Engine;
use crate::metrics::ask::{Asked, Typed};
use crate::metrics::measure::{Figure, Measure};
use crate::metrics::written;
use crate::present::number::{day, whole};
use crate::present::xlsx;
use crate::sql::encode::Format;

#[derive(clap::Args)]
#[command(after_help = "thanhtra metric tasks_overdue_of_open --as-of 2017-12-13\n\
                  thanhtra metric tasks_late_of_due --by unit --period 2017-Q4 --format csv\n\
                  thanhtra metric tasks_on_time_of_done --period report:2026-Q1 --compare\n\
                  thanhtra metric tasks_done_of_all --by unit --format xlsx --output so-lieu.xlsx")]
pub(super) struct Args {
    name: String,
    #[arg(long, value_name = "DIMENSION,…", default_value = "", hide_default_value = true)]
    by: String,
    #[arg(long = "where", value_name = "DIMENSION=VALUE")]
    filters: Vec<String>,
    #[arg(long, value_name = "PERIOD", default_value = "", hide_default_value = true)]
    period: String,
    #[arg(long, value_name = "COLUMN", default_value = "", hide_default_value = true)]
    date: String,
    #[arg(long, value_name = "in_force|original", default_value = "", hide_default_value = true)]
    due: String,
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = civil_day)]
    as_of: Option<NaiveDate>,
    #[arg(long, value_name = "N")]
    snapshot: Option<u64>,
    #[arg(long)]
    compare: bool,
    #[arg(long, value_name = "table|csv|json|ndjson|xlsx|parquet|arrow", default_value = "table", value_parser = wanted)]
    format: Wanted,
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let engine = context.reading()?;
        let asked = self.asked()?;
        let snapshot = engine.snapshot()?;
        if snapshot.catalog().query(&self.name)?.report.is_some() {
            return self.report(context, &engine, &asked);
        }
        let measure = engine.measure(&self.name, &asked, &context.scope)?;
        self.say(context, measure.query().title.text(context.language), &measure);
        if self.compare {
            self.compared(context, &engine, &asked)?;
        }
        let text = match self.format {
            Wanted::Rows(Format::Json) => {
                format!("{}\n", written::json(&measure, context.language, None)).into_bytes()
            }
            Wanted::Workbook => xlsx::workbook(&written::sheets(&measure, context.language))
                .map_err(CliError::output("xlsx"))?,
            Wanted::Rows(Format::Table) => {
                return rows::write(context, Format::Table, &[labelled(&measure, context)?]);
            }
            Wanted::Rows(format) => {
                rows::refuse_terminal(context, format)?;
                let rows = written::batch(&measure, format == Format::Csv)?;
                rows::encoded(format, &[rows])?
            }
        };
        self.write(context, &text)
    }

    fn asked(&self) -> Result<Asked, CliError> {
        let typed = Typed {
            by: &self.by,
            filters: self.filters.iter().map(String::as_str).collect(),
            period: &self.period,
            select: &self.date,
            due: &self.due,
        };
        let asked = Asked::read(&typed)?;
        Ok(Asked { as_of: self.as_of, snapshot: self.snapshot.map(CommitVersion), ..asked })
    }

    fn report(&self, context: &Context, engine: &Engine, asked: &Asked) -> Result<(), CliError> {
        let report = engine.report(&self.name, asked, &context.scope)?;
        let any = report.measures().values().next();
        if let Some(measure) = any {
            self.say(context, report.query().title.text(context.language), measure);
        }
        let heading = |name: &str| {
            let column = report.query().columns.iter().find(|column| column.name == name);
            column.map_or(name, |column| column.label.text(context.language)).to_owned()
        };
        let Wanted::Rows(format) = self.format else {
            let shares = report.columns().iter().filter(|column| column.part == Part::Percent);
            let decimals = shares.map(|column| heading(&column.name)).collect();
            let rows = [rows::under(&report.batch(true)?, &heading)?];
            let leaving = Leaving { name: &self.name, batches: &rows, decimals };
            return sheet::write(context, self.format, &leaving, self.output.as_ref());
        };
        let batch = report.batch(format == Format::Csv)?;
        if format != Format::Table {
            rows::refuse_terminal(context, format)?;
            return self.write(context, &rows::encoded(format, &[batch])?);
        }
        rows::write(context, format, &[rows::under(&batch, &heading)?])
    }

    /// The same figure in the period before and in the same one of last year.
    fn compared(&self, context: &Context, engine: &Engine, asked: &Asked) -> Result<(), CliError> {
        let wrong = || CliError::Together { first: "--compare", second: "no --period" };
        let others = engine.compared(&self.name, asked, &context.scope)?.ok_or_else(wrong)?;
        for (key, measure) in others {
            let name = measure.inputs().period.as_ref().map_or("", |period| period.name.as_str());
            let shown = sentence_of(measure.total(), &measure, context);
            context.say(key, &[("period", name), ("shown", &shown), ("code", &measure.total().code)]);
        }
        Ok(())
    }

    fn say(&self, context: &Context, title: &str, measure: &Measure) {
        let inputs = measure.inputs();
        let (as_of, commit) = (day(inputs.as_of, context.language), inputs.snapshot.to_string());
        context.say("cli.metric.of", &[("title", title), ("as_of", &as_of), ("commit", &commit)]);
        if measure.query().metric.as_ref().is_some_and(|metric| metric.unverified) {
            context.say("metric.unverified", &[]);
        }
    }

    fn write(&self, context: &Context, bytes: &[u8]) -> Result<(), CliError> {
        let Some(path) = &self.output else {
            if self.format == Wanted::Workbook && context.is_terminal() {
                return Err(CliError::OnTerminal { format: "xlsx" });
            }
            let mut output = context.stdout()?;
            return output.write_all(bytes).and_then(|()| output.flush()).map_err(CliError::output("stdout"));
        };
        std::fs::write(path, bytes).map_err(CliError::output(&path.display().to_string()))
    }
}

/// `44,78 % trong 556 nhiệm vụ`.
pub(super) fn sentence_of(figure: &Figure, measure: &Measure, context: &Context) -> String {
    let shown = written::shown(figure, context.language);
    let counted = written::counted(measure.query(), context.language);
    match figure.denominator {
        None => format!("{shown} {counted}"),
        Some(all) => {
            let all = whole(all, context.language);
            let values = [("share", shown.as_str()), ("all", &all), ("counted", counted)];
            crate::definition::labels::sentence("metric.share", context.language, &values)
        }
    }
}

/// The figures under headings for people, the total below.
fn labelled(measure: &Measure, context: &Context) -> Result<arrow::array::RecordBatch, CliError> {
    let language = context.language;
    let inputs = measure.inputs();
    let figures: Vec<&Figure> = measure.figures().iter().chain([measure.total()]).collect();
    let dimensions = inputs.by.iter().enumerate().map(|(place, name)| {
        let known = measure.basis().basis.as_ref().and_then(|basis| basis.called(name));
        let heading = known.map_or(name.as_str(), |known| known.text(language));
        let none = label("page.no_value", language);
        let cell = |figure: &&Figure| match (figure.key.is_empty(), place) {
            (true, 0) => label("page.sum", language).to_owned(),
            (true, _) => String::new(),
            _ => figure.key.get(place).cloned().flatten().unwrap_or_else(|| none.to_owned()),
        };
        rows::Column::texts(heading, figures.iter().map(cell).map(Some))
    });
    let heading = |key| label(key, language);
    let mut columns: Vec<rows::Column> = dimensions.collect();
    let shown = figures.iter().map(|figure| Some(written::shown(figure, language)));
    columns.push(rows::Column::texts(heading("metric.value"), shown));
    let above = figures.iter().map(|figure| Some(figure.numerator));
    columns.push(rows::Column::integers(heading("metric.numerator"), above));
    columns.push(rows::Column::integers(
        heading("metric.denominator"),
        figures.iter().map(|figure| figure.denominator),
    ));
    let codes = figures.iter().map(|figure| Some(figure.code.clone()));
    columns.push(rows::Column::texts(heading("metric.receipt"), codes));
    Ok(rows::batch(columns)?)
}

/// A business date.
pub(super) fn civil_day(text: &str) -> Result<NaiveDate, String> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d");
    day.or_else(|_| NaiveDate::parse_from_str(text, "%d/%m/%Y"))
        .map_err(|_| "2025-12-31 | 31/12/2025".to_owned())
}
