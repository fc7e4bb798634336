//! `rebuild-indexes`: full text and sketches made anew from the tables.

use serde_json::json;

use crate::cli::context::Context;
use crate::cli::error::CliError;

#[derive(clap::Args)]
#[command(after_help = "thanhtra rebuild-indexes --data kho\nthanhtra rebuild-indexes petitions --data kho")]
pub(super) struct Args {
    dataset: Option<String>,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let engine = context.writing(&context.place())?;
        let commit = engine.rebuild_indexes(self.dataset.as_deref(), context.watch().progress())?;
        engine.close()?;
        context.write_line(&json!({ "commit": commit }))
    }
}
