//! `receipt`: looks a code up, makes its figure again, opens its rows.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::PROBLEMS_FOUND;
use crate::cli::metric::sentence_of;
use crate::cli::sheet::{self, Leaving, Wanted, wanted};
use crate::metrics::compose::Side;
use crate::present::number::day;

#[derive(clap::Args)]
#[command(after_help = "thanhtra receipt 7KQ2-9D4M-XV0H-31TBC\n\
                        thanhtra receipt 7KQ2-9D4M-XV0H-31TBC --rows numerator --format xlsx --output ban-ghi.xlsx")]
pub(super) struct Args {
    code: String,
    #[arg(long, value_name = "numerator|denominator", value_parser = side)]
    rows: Option<Side>,
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    skip: usize,
    #[arg(long, value_name = "table|csv|json|ndjson|xlsx|parquet|arrow", default_value = "table", value_parser = wanted)]
    format: Wanted,
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Args {
    /// Exit code 1 when the figure does not come out again.
    pub(super) fn run(&self, context: &Context) -> Result<ExitCode, CliError> {
        let engine = context.reading()?;
        let found = engine.receipt(&self.code, &context.scope)?;
        let language = context.language;
        let measure = &found.measure;
        let inputs = &found.inputs;
        let (as_of, commit) = (day(inputs.as_of, language), inputs.snapshot.to_string());
        let title = measure.query().title.text(language);
        context.say("cli.metric.of", &[("title", title), ("as_of", &as_of), ("commit", &commit)]);
        let shown = sentence_of(&found.shown, measure, context);
        let key = if found.holds() { "receipt.holds" } else { "receipt.differs" };
        context.say(key, &[("code", &found.code), ("shown", &shown)]);
        if let Some(side) = self.rows {
            let rows = engine.figure_rows(inputs, side, self.skip, &context.scope)?;
            let leaving = Leaving { name: &inputs.metric, batches: &rows.batches, decimals: Vec::new() };
            sheet::write(context, self.format, &leaving, self.output.as_ref())?;
        } else {
            let again = found.again.as_ref();
            let line = serde_json::json!({
                "receipt": found.code, "holds": found.holds(),
                "metric": inputs.metric, "version": inputs.version, "as_of": inputs.as_of.to_string(),
                "snapshot": inputs.snapshot, "rules": inputs.rules, "filters": inputs.filters,
                "period": inputs.period.as_ref().map(|period| &period.name),
                "numerator": found.shown.numerator, "denominator": found.shown.denominator,
                "numerator_again": again.map(|figure| figure.numerator),
                "denominator_again": again.and_then(|figure| figure.denominator),
            });
            context.write_line(&line)?;
        }
        Ok(if found.holds() { ExitCode::SUCCESS } else { ExitCode::from(PROBLEMS_FOUND) })
    }
}

fn side(name: &str) -> Result<Side, String> {
    match name {
        "numerator" => Ok(Side::Numerator),
        "denominator" => Ok(Side::Denominator),
        _ => Err("numerator | denominator".to_owned()),
    }
}
