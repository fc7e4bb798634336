//! `edxml status`: a status message about a document, as a file to send.

use std::path::PathBuf;

use chrono::NaiveDate;
use serde_json::json;

use crate::cli::attach::id;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::metric::civil_day;
use crate::engine::edxml::StatusAsked;

#[derive(clap::Args)]
#[command(after_help = "thanhtra ingest documents van-ban.edxml --source truc\n\
                  thanhtra edxml status VZK4M0Q2T9X7B3N8RW --code 06 --organ-id H40.12 --organ-name \"Sở Xây dựng\" --out tra-loi.edxml")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    Status(StatusArgs),
}

#[derive(clap::Args)]
#[command(
    after_help = "thanhtra edxml status VZK4M0Q2T9X7B3N8RW --code 06 --organ-id H40.12 --out tra-loi.edxml"
)]
struct StatusArgs {
    #[arg(value_name = "ID")]
    record: String,
    #[arg(long, value_name = "01|02|03|04|05|06|13|15|16")]
    code: String,
    #[arg(long, value_name = "CODE")]
    organ_id: String,
    #[arg(long, value_name = "NAME", default_value = "")]
    organ_name: String,
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = civil_day)]
    on: Option<NaiveDate>,
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Args {
    pub(super) fn run(self, context: &Context) -> Result<(), CliError> {
        let What::Status(asked) = self.what;
        let record = id(&asked.record)?;
        let status = StatusAsked {
            code: asked.code,
            organ_id: asked.organ_id,
            organ_name: asked.organ_name,
            note: asked.note,
            on: asked.on,
        };
        let text = context.reading()?.edxml_status(record, &status, &context.scope)?;
        let path = asked.out.display().to_string();
        std::fs::write(&asked.out, text).map_err(CliError::output(&path))?;
        context.say("cli.edxml.written", &[("path", &path), ("code", &status.code)]);
        context.write_line(&json!({ "record": record.to_string(), "code": status.code, "file": path }))
    }
}
