//! A command line that does not parse, explained in one line of the reader's language.

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::args::Arguments;
use crate::definition::labels::sentence;
use crate::definition::suggest;
use crate::domain::language::Language;

/// What is wrong with what was typed, and where the right form is told.
pub(super) fn explain(error: &clap::Error, language: Language) -> String {
    let argument = context(error, ContextKind::InvalidArg);
    let value = context(error, ContextKind::InvalidValue);
    let command = context(error, ContextKind::InvalidSubcommand);
    let (key, what) = match error.kind() {
        ErrorKind::UnknownArgument => ("cli.usage.unknown", &argument),
        ErrorKind::InvalidSubcommand => ("cli.usage.command", &command),
        ErrorKind::MissingRequiredArgument => ("cli.usage.missing", &argument),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => ("cli.usage.value", &argument),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            ("cli.usage.no_command", &command)
        }
        _ => ("cli.usage.other", &argument),
    };
    let near = nearest(error.kind(), what);
    let near = if near.is_empty() {
        String::new()
    } else {
        sentence("cli.usage.near", language, &[("near", &near)])
    };
    let cause = std::error::Error::source(error).map_or_else(String::new, |cause| format!(" ({cause})"));
    sentence(key, language, &[("what", what), ("value", &value), ("cause", &cause), ("near", &near)])
}

fn context(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(" "),
        _ => String::new(),
    }
}

/// The nearest command or option; empty when none is near.
fn nearest(kind: ErrorKind, given: &str) -> String {
    let command = Arguments::command();
    let subs = || command.get_subcommands();
    let known: Vec<String> = match kind {
        ErrorKind::InvalidSubcommand => subs().map(|sub| sub.get_name().to_owned()).collect(),
        ErrorKind::UnknownArgument => {
            let all = subs().chain([&command]).flat_map(|command| command.get_arguments());
            all.filter_map(|arg| arg.get_long()).map(|long| format!("--{long}")).collect()
        }
        _ => Vec::new(),
    };
    let near = suggest(given, known.iter().map(String::as_str));
    near.split('`').nth(1).map(str::to_owned).unwrap_or_default()
}
