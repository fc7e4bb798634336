//! `digest`: short messages and mails of a template, into the outbox or, with `--dry-run`, to look at.

use chrono::NaiveDate;
use serde_json::json;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::metric::civil_day;
use crate::engine::digests::Wanted;
use crate::metrics::ask::{Asked, Typed};

#[derive(clap::Args)]
#[command(after_help = "thanhtra digest chief_of_office --dry-run\n\
                        thanhtra digest unit_head --unit \"Sở Y tế\" --as-of 2017-12-13 --dry-run --marked\n\
                        thanhtra digest unit_head")]
pub(super) struct Args {
    template: String,
    #[arg(long, value_name = "NAME")]
    unit: Option<String>,
    #[arg(long, value_name = "PERIOD", default_value = "", hide_default_value = true)]
    period: String,
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = civil_day)]
    as_of: Option<NaiveDate>,
    #[arg(long)]
    marked: bool,
    #[arg(long)]
    dry_run: bool,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let asked = Asked::read(&Typed { period: &self.period, ..Typed::default() })?;
        let asked = Asked { as_of: self.as_of, ..asked };
        let wanted = Wanted {
            template: self.template.clone(),
            unit: self.unit.clone(),
            is_marked: self.marked,
            language: context.language,
        };
        if !self.dry_run {
            let engine = context.writing(&context.place())?;
            let put = engine.put_digest(&wanted, &asked, &context.scope)?;
            engine.close()?;
            return context.write_line(&json!({ "added": put.added, "known": put.known }));
        }
        let messages = context.reading()?.digest(&wanted, &asked, &context.scope)?;
        context.say("cli.digest.dry", &[("count", &messages.len().to_string())]);
        for message in messages {
            context.write_line(&message.json())?;
        }
        Ok(())
    }
}
