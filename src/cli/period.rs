//! `period`: closes a period's numbers, lists closed ones, tells what came later.

use std::path::PathBuf;

use chrono::NaiveDate;
use serde_json::json;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::metric::civil_day;
use crate::cli::rows;
use crate::cli::sheet::{self, Leaving, Wanted, wanted};
use crate::domain::clock::Instant;
use crate::rules::period::Period;
use crate::sql::encode::Format;

#[derive(clap::Args)]
#[command(after_help = "thanhtra period freeze 2017-Q4 --by \"Chánh Văn phòng\"\n\
                        thanhtra period list\n\
                        thanhtra period restatements 2017-Q4 tasks_late_of_done --format csv")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    #[command(
        after_help = "thanhtra period freeze report:2026-Q1 --as-of 2026-03-14 --by \"Chánh Văn phòng\""
    )]
    Freeze(Freeze),
    #[command(after_help = "thanhtra period list")]
    List(List),
    #[command(after_help = "thanhtra period restatements 2017-Q4 tasks_late_of_done")]
    Restatements(Restatements),
}

#[derive(clap::Args)]
struct Freeze {
    period: String,
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = civil_day)]
    as_of: Option<NaiveDate>,
    #[arg(long, value_name = "NAME")]
    by: String,
}

#[derive(clap::Args)]
struct List {
    #[arg(long, value_name = "table|csv|json|ndjson|parquet|arrow", default_value = "table", value_parser = rows::format)]
    format: Format,
}

#[derive(clap::Args)]
struct Restatements {
    period: String,
    metric: String,
    #[arg(long, value_name = "table|csv|json|ndjson|xlsx|parquet|arrow", default_value = "table", value_parser = wanted)]
    format: Wanted,
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        match &self.what {
            What::Freeze(args) => args.run(context),
            What::List(args) => args.run(context),
            What::Restatements(args) => args.run(context),
        }
    }
}

impl Freeze {
    fn run(&self, context: &Context) -> Result<(), CliError> {
        let period = Period::parse(&self.period).map_err(crate::metrics::MetricError::from)?;
        let frozen = context.reading()?.freeze(&period, self.as_of, &self.by)?;
        context.write_line(&json!({
            "period": frozen.period.name, "from": frozen.period.from.to_string(),
            "to": frozen.period.to.to_string(), "as_of": frozen.as_of.to_string(),
            "snapshot": frozen.snapshot, "by": frozen.by, "rules": frozen.rules,
        }))
    }
}

impl List {
    fn run(&self, context: &Context) -> Result<(), CliError> {
        let all = context.reading()?.frozen_periods()?;
        let texts = |name: &str, of: &dyn Fn(&crate::engine::period::Frozen) -> String| {
            rows::Column::texts(name, all.iter().map(|frozen| Some(of(frozen))))
        };
        let columns = vec![
            texts("period", &|frozen| frozen.period.name.clone()),
            texts("from", &|frozen| frozen.period.from.to_string()),
            texts("to", &|frozen| frozen.period.to.to_string()),
            texts("as_of", &|frozen| frozen.as_of.to_string()),
            rows::Column::integers("snapshot", all.iter().map(|frozen| Some(frozen.snapshot.as_i64()))),
            texts("frozen_at", &|frozen| Instant(frozen.frozen_at).rfc3339()),
            texts("by", &|frozen| frozen.by.clone()),
        ];
        rows::write(context, self.format, &[rows::batch(columns)?])
    }
}

impl Restatements {
    fn run(&self, context: &Context) -> Result<(), CliError> {
        let moved = context.reading()?.restatements(&self.period, &self.metric, &context.scope)?;
        let place = |(above, below): (bool, bool)| match (above, below) {
            (true, _) => "numerator",
            (false, true) => "denominator",
            (false, false) => "-",
        };
        let columns = vec![
            rows::Column::texts("id", moved.iter().map(|it| Some(it.id.clone()))),
            rows::Column::texts("source_id", moved.iter().map(|it| Some(it.source_id.clone()))),
            rows::Column::texts("before", moved.iter().map(|it| Some(place(it.before).to_owned()))),
            rows::Column::texts("now", moved.iter().map(|it| Some(place(it.now).to_owned()))),
            rows::Column::integers("amount_before", moved.iter().map(|it| Some(it.amounts.0.0))),
            rows::Column::integers("amount_now", moved.iter().map(|it| Some(it.amounts.1.0))),
            rows::Column::integers("commit", moved.iter().map(|it| it.commit.map(|commit| commit.as_i64()))),
            rows::Column::texts("at", moved.iter().map(|it| it.at.map(Instant::rfc3339))),
            rows::Column::texts("by", moved.iter().map(|it| it.by.clone())),
        ];
        let count = moved.len().to_string();
        context.say("period.restated", &[("period", &self.period), ("count", &count)]);
        let leaving = Leaving { name: &self.metric, batches: &[rows::batch(columns)?], decimals: Vec::new() };
        sheet::write(context, self.format, &leaving, self.output.as_ref())
    }
}
