//! Floor 7, a face: the command line.
//!
//! What was typed is parsed without touching the disk ([`args`]), becomes a [`context::Context`], and one
//! file per command asks the engine and shows its answer. Stdout is data only; sentences for people go to
//! stderr, in Vietnamese or English. Failures of every floor become one line and one exit code here
//! ([`exit`]), and a panic never prints what was in a record.

mod args;
mod ask;
mod attach;
mod beside;
mod circles;
mod context;
mod deadline;
mod demo;
mod digest;
mod duplicates;
mod edxml;
mod error;
mod eval;
mod exit;
mod help;
mod history;
mod ingest;
mod init;
mod metric;
mod optimize;
mod output;
mod parallel;
mod period;
mod progress;
mod readiness;
mod rebuild_indexes;
mod receipt;
mod report;
mod rows;
mod scorecard;
mod search;
mod serve;
mod sheet;
mod similar;
mod sources;
mod sql;
mod suggest;
mod usage;
mod verify;
mod warm;
mod worker;

use std::ffi::OsString;
use std::io::{self, Write};
use std::panic;
use std::process::ExitCode;

use clap::FromArgMatches;
use clap::error::ErrorKind as Usage;
use tracing_subscriber::EnvFilter;

use crate::cli::args::{Arguments, Command};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::definition::labels::{label, sentence};
use crate::domain::language::Language;

/// Environment variable with the filter of log lines on stderr, such as `debug`; `warn` when not set.
const LOG_VARIABLE: &str = "THANHTRA_LOG";

/// Runs the program with what was typed, its own name first.
#[must_use]
pub fn run(typed: Vec<OsString>) -> ExitCode {
    let language = args::language_of(&typed);
    quiet_panics(language);
    let parsed = help::command(language).try_get_matches_from(typed);
    let arguments = parsed.and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match arguments {
        Ok(arguments) => arguments,
        Err(error) if matches!(error.kind(), Usage::DisplayHelp | Usage::DisplayVersion) => {
            let _ = write!(io::stdout(), "{}", error.render());
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            tell(language, &usage::explain(&error, language));
            return exit::usage();
        }
    };
    log_to_stderr();
    let context = Context::new(arguments.globals, language);
    match dispatch(arguments.command, &context) {
        Ok(code) => code,
        Err(_) if context.is_reader_gone() => ExitCode::SUCCESS,
        Err(error) => {
            tell(context.language, &error.told(context.language));
            if let Some(error) = error.in_language() {
                let _ = writeln!(io::stderr(), "{}", error.pointed());
            }
            exit::code(&error)
        }
    }
}

fn dispatch(command: Command, context: &Context) -> Result<ExitCode, CliError> {
    let done = match command {
        Command::Demo(args) => args.run(context),
        Command::Init(args) => args.run(context),
        Command::Ingest(args) => args.run(context),
        Command::Attach(args) => args.run(context),
        Command::Attachment(args) => args.run(context),
        Command::Search(args) => args.run(context),
        Command::Similar(args) => args.run(context),
        Command::Suggest(args) => args.run(context),
        Command::Sql(args) => args.run(context),
        Command::Duplicates(args) => args.run(context),
        Command::Circles(args) => args.run(context),
        Command::Sources(args) => args.run(context),
        Command::Parallel(args) => args.run(context),
        Command::Edxml(args) => args.run(context),
        Command::Metric(args) => args.run(context),
        Command::Readiness(args) => args.run(context),
        Command::Eval(args) => args.run(context),
        Command::Receipt(args) => return args.run(context),
        Command::Period(args) => args.run(context),
        Command::Report(args) => args.run(context),
        Command::Scorecard(args) => args.run(context),
        Command::Digest(args) => args.run(context),
        Command::Deadline(args) => args.run(context),
        Command::Serve(args) => args.run(context),
        Command::History(args) => args.run(context),
        Command::Optimize(args) => args.run(context),
        Command::RebuildIndexes(args) => args.run(context),
        Command::Verify(args) => return args.run(context),
        Command::Worker(args) => return args.run(),
    };
    done.map(|()| ExitCode::SUCCESS)
}

/// One line on stderr.
fn tell(language: Language, message: &str) {
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let _ = writeln!(io::stderr(), "{}: {message}", label("cli.error", language));
}

/// A panic's message may quote a record, so only its place is told.
fn quiet_panics(language: Language) {
    panic::set_hook(Box::new(move |panicked| {
        let place = panicked.location().map_or_else(String::new, ToString::to_string);
        let _ = writeln!(io::stderr(), "{}", sentence("cli.panic", language, &[("place", &place)]));
    }));
}

fn log_to_stderr() {
    let filter = EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|_| EnvFilter::new("warn"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(false);
    // A second subscriber can only be there when a test runs commands in its own process.
    let _ = lines.try_init();
}

#[cfg(test)]
mod tests;
