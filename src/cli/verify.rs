//! `verify`: the store's promises, checked. What is wrong is data, and the exit code says that it is.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::PROBLEMS_FOUND;

#[derive(clap::Args)]
#[command(after_help = "thanhtra verify --data kho")]
pub(super) struct Args {}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<ExitCode, CliError> {
        let found = context.reading()?.verify(context.watch().progress())?;
        let count = found.problems.len().to_string();
        context.write_line(&json!({
            "commit": found.commit,
            "rows": found.rows,
            "files": found.files,
            "problems": found.problems,
        }))?;
        if found.problems.is_empty() {
            context.say("cli.verify.sound", &[("commit", &found.commit.to_string())]);
            return Ok(ExitCode::SUCCESS);
        }
        context.say("cli.verify.problems", &[("count", &count)]);
        Ok(ExitCode::from(PROBLEMS_FOUND))
    }
}
