//! `metric`: one of our own queries, as of a business date, on one snapshot.

use chrono::NaiveDate;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::rows;
use crate::domain::commit::CommitVersion;
use crate::engine::measure::Measured;
use crate::sql::encode::Format;

#[derive(clap::Args)]
#[command(after_help = "thanhtra metric tasks_overdue_by_unit --as-of 2017-12-13 --format csv")]
pub(super) struct Args {
    name: String,
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    as_of: Option<NaiveDate>,
    #[arg(long, value_name = "N")]
    snapshot: Option<u64>,
    #[arg(long, value_name = "table|csv|json|ndjson|parquet|arrow", default_value = "table", value_parser = rows::format)]
    format: Format,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let at = self.snapshot.map(CommitVersion);
        let measured = context.reading()?.measure(&self.name, self.as_of, at, &context.scope)?;
        let title = measured.query().title.text(context.language);
        let (as_of, commit) =
            (measured.as_of().format("%d/%m/%Y").to_string(), measured.commit().to_string());
        context.say("cli.metric.of", &[("title", title), ("as_of", &as_of), ("commit", &commit)]);
        if self.format != Format::Table {
            return rows::write(context, self.format, measured.batches());
        }
        let labelled = measured.batches().iter();
        let labelled = labelled.map(|batch| rows::under(batch, &|name| heading(&measured, name, context)));
        rows::write(context, self.format, &labelled.collect::<Result<Vec<_>, _>>()?)
    }
}

/// People read the label, programs the name.
fn heading(measured: &Measured, name: &str, context: &Context) -> String {
    let column = measured.query().columns.iter().find(|column| column.name == name);
    column.map_or(name, |column| column.label.text(context.language)).to_owned()
}

/// A business date.
pub(super) fn day(text: &str) -> Result<NaiveDate, String> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d");
    day.or_else(|_| NaiveDate::parse_from_str(text, "%d/%m/%Y"))
        .map_err(|_| "2025-12-31 | 31/12/2025".to_owned())
}
