//! `optimize`: small files folded into large ones.

use serde_json::json;

use crate::cli::context::Context;
use crate::cli::error::CliError;

#[derive(clap::Args)]
#[command(after_help = "thanhtra optimize --data kho")]
pub(super) struct Args {}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let engine = context.writing(&context.place())?;
        let done = engine.optimize(context.watch().progress())?;
        engine.close()?;
        context.write_line(&json!({
            "files_before": done.files_before,
            "files_after": done.files_after,
            "removed": done.removed,
            "commit": done.commit,
        }))
    }
}
