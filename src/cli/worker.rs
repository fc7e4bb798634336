//! The children of this program: nobody types these commands.

use std::io;
use std::process::ExitCode;

use clap::ValueEnum;

use crate::cli::error::CliError;
use crate::cli::output::raw_stdout;
use crate::engine::{letter, workbook};
use crate::formats::xlsx::Packed;
use crate::sql::worker;

#[derive(clap::Args)]
pub(super) struct Args {
    #[arg(value_enum)]
    work: Work,
}

#[derive(Clone, Copy, ValueEnum)]
enum Work {
    Sql,
    Xlsx,
    Edxml,
    Docx,
}

impl Args {
    pub(super) fn run(&self) -> Result<ExitCode, CliError> {
        let stdout = raw_stdout().map_err(CliError::output("stdout"))?;
        Ok(match self.work {
            Work::Sql => worker::run(io::stdin(), stdout),
            Work::Xlsx => workbook::run_child(Packed::Workbook, io::stdin(), stdout),
            Work::Edxml => workbook::run_child(Packed::Edxml, io::stdin(), stdout),
            Work::Docx => letter::run_child(io::stdin(), stdout),
        })
    }
}
