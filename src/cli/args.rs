//! What was typed, before anything is opened.

use std::ffi::OsString;

use clap::{ArgAction, Parser, Subcommand};

use crate::cli::progress::Mode;
use crate::cli::{
    attach, circles, deadline, demo, digest, duplicates, edxml, eval, history, ingest, init, metric,
    optimize, parallel, period, readiness, rebuild_indexes, receipt, report, scorecard, search, serve,
    similar, sources, sql, suggest, verify, worker,
};
use crate::domain::language::Language;

/// Environment variable that names the store when `--data` does not.
pub(super) const DATA_VARIABLE: &str = "THANHTRA_DATA";

/// Environment variable that chooses the language when `--lang` does not.
const LANGUAGE_VARIABLE: &str = "THANHTRA_LANG";

#[derive(Parser)]
#[command(
    name = "thanhtra",
    version,
    disable_help_flag = true,
    disable_help_subcommand = true,
    disable_version_flag = true,
    after_help = "thanhtra demo\nthanhtra init --data kho\nthanhtra ingest petitions don-thu.xlsx --data kho\n\
                  thanhtra search petitions \"khieu nai dat dai\" --facet status --data kho"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) globals: Globals,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Options of every command; help lists them after the command's own.
#[derive(clap::Args)]
pub(super) struct Globals {
    #[arg(long, global = true, value_name = "PATH", display_order = 901)]
    pub(super) data: Option<String>,
    #[arg(long, global = true, value_name = "vi|en", value_parser = language, display_order = 902)]
    pub(super) lang: Option<Language>,
    #[arg(long, global = true, value_name = "auto|json|none", value_enum, default_value_t = Mode::Auto, display_order = 903)]
    pub(super) progress: Mode,
    #[arg(short, long, global = true, action = ArgAction::Help, display_order = 904)]
    help: Option<bool>,
    #[arg(short = 'V', long, action = ArgAction::Version, display_order = 905)]
    version: Option<bool>,
}

#[derive(Subcommand)]
pub(super) enum Command {
    Demo(demo::Args),
    Init(init::Args),
    Ingest(ingest::Args),
    Attach(attach::Args),
    Attachment(attach::ReadArgs),
    Search(search::Args),
    Similar(similar::Args),
    Suggest(suggest::Args),
    Sql(sql::Args),
    Duplicates(duplicates::Args),
    Circles(circles::Args),
    Sources(sources::Args),
    Parallel(parallel::Args),
    Edxml(edxml::Args),
    Metric(metric::Args),
    Readiness(readiness::Args),
    Eval(eval::Args),
    Receipt(receipt::Args),
    Period(period::Args),
    Report(report::Args),
    Scorecard(scorecard::Args),
    Digest(digest::Args),
    Deadline(deadline::Args),
    Serve(serve::Args),
    History(history::Args),
    Verify(verify::Args),
    Optimize(optimize::Args),
    RebuildIndexes(rebuild_indexes::Args),
    #[command(hide = true)]
    Worker(worker::Args),
}

/// The language asked for, found before parsing because the answer to a wrong command line needs it.
pub(super) fn language_of(typed: &[OsString]) -> Language {
    let mut words = typed.iter().filter_map(|word| word.to_str()).skip(1);
    let mut asked = None;
    while let Some(word) = words.next() {
        match word.strip_prefix("--lang") {
            Some("") => asked = words.next().map(str::to_owned),
            Some(rest) => asked = rest.strip_prefix('=').map(str::to_owned),
            None => {}
        }
    }
    let asked = asked.or_else(|| std::env::var(LANGUAGE_VARIABLE).ok());
    asked.and_then(|name| language(&name).ok()).unwrap_or_default()
}

fn language(name: &str) -> Result<Language, String> {
    match name {
        "vi" => Ok(Language::Vi),
        "en" => Ok(Language::En),
        _ => Err("vi | en".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_known_before_the_command_line_is_sound() {
        let of = |typed: &[&str]| language_of(&typed.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(of(&["thanhtra", "--lang", "en", "--nonsense"]), Language::En);
        assert_eq!(of(&["thanhtra", "sql", "--lang=en"]), Language::En);
        assert_eq!(of(&["thanhtra", "sql", "--lang=de"]), Language::Vi);
    }
}
