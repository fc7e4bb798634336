//! `duplicates learn`: weights from what people decided.

use clap::Args;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::rows::{self, Column};
use crate::definition::labels::label;
use crate::duplicates::learn::DECISIONS_MIN;
use crate::engine::weighing::{Change, Learned};
use crate::sql::encode::Format;

#[derive(Args)]
#[command(
    after_help = "thanhtra duplicates learn --dry-run\nthanhtra duplicates learn && thanhtra duplicates run"
)]
pub(super) struct Learn {
    #[arg(long)]
    dry_run: bool,
    #[arg(long, value_name = "table|csv|json|ndjson|parquet|arrow", default_value = "table", value_parser = rows::format)]
    format: Format,
}

impl Learn {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let learned = if self.dry_run {
            context.reading()?.learn_weights(false)?
        } else {
            let engine = context.writing(&context.place())?;
            let learned = engine.learn_weights(true)?;
            engine.close()?;
            learned
        };
        self.tell(context, &learned);
        rows::write(context, self.format, &[rows::batch(self.columns(context, &learned.changes))?])
    }

    fn tell(&self, context: &Context, learned: &Learned) {
        let (of_one, of_others) = (learned.decided.0.to_string(), learned.decided.1.to_string());
        let needed = DECISIONS_MIN.to_string();
        let values = [
            ("one", of_one.as_str()),
            ("others", &of_others),
            ("needed", &needed),
            ("before", &learned.before),
            ("after", &learned.after),
        ];
        let is_enough = learned.decided.0.min(learned.decided.1) >= DECISIONS_MIN;
        context.say(if is_enough { "cli.duplicates.learned" } else { "cli.duplicates.too_few" }, &values);
        if self.dry_run {
            context.say("cli.duplicates.not_written", &values);
        }
    }

    fn columns(&self, context: &Context, changes: &[Change]) -> Vec<Column> {
        let named = |kind: &str, code: &str| {
            Some(match self.format {
                Format::Table => label(&format!("{kind}.{code}"), context.language).to_owned(),
                _ => code.to_owned(),
            })
        };
        vec![
            Column::texts("signal", changes.iter().map(|change| named("signal", change.signal.code()))),
            Column::texts("level", changes.iter().map(|change| named("level", change.level.code()))),
            Column::numbers("before", changes.iter().map(|change| change.before)),
            Column::numbers("after", changes.iter().map(|change| change.after)),
        ]
    }
}
