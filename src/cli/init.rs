//! `init`: an empty store.

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::domain::clock::SystemClock;
use crate::engine::open;

#[derive(clap::Args)]
#[command(after_help = "thanhtra init --data kho")]
pub(super) struct Args {}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let place = context.place();
        open::init(&place, &SystemClock)?;
        context.say("cli.init.done", &[("place", &place)]);
        Ok(())
    }
}
