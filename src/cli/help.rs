//! Help in the reader's language: the words come from the reviewed list, by command and option.
//!
//! `help.ingest` is what `ingest` does, `help.ingest.map` its option `--map`; a test holds that none is
//! missing. Examples stand beside each command, since they are the same in every language.

use clap::{Arg, Command, CommandFactory};

use crate::cli::args::Arguments;
use crate::definition::labels::label;
use crate::domain::language::Language;

/// Widest line of help.
const WIDTH_MAX: usize = 100;

/// The definition of the command line, its words in `language`.
pub(super) fn command(language: Language) -> Command {
    dress(Arguments::command(), "help", language).max_term_width(WIDTH_MAX)
}

fn dress(command: Command, key: &str, language: Language) -> Command {
    let example = command.get_after_help().map(|example| {
        let lines: Vec<String> = example.to_string().lines().map(|line| format!("  {line}")).collect();
        format!("{}\n{}", label("help.heading.examples", language), lines.join("\n"))
    });
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let mut command = command
        .about(label(key, language).to_owned())
        .help_template(template(language))
        .subcommand_help_heading(label("help.heading.commands", language))
        .subcommand_value_name(label("help.heading.command", language))
        .mut_args(|arg| dress_arg(arg, key, language));
    if let Some(example) = example {
        command = command.after_help(example);
    }
    for name in names {
        let key = format!("{key}.{name}");
        command = command.mut_subcommand(name, |sub| dress(sub, &key, language));
    }
    command
}

fn dress_arg(arg: Arg, key: &str, language: Language) -> Arg {
    let key = format!("{key}.{}", arg.get_id());
    let heading = if arg.is_positional() { "help.heading.arguments" } else { "help.heading.options" };
    let takes_value = arg.get_action().takes_values();
    arg.help(label(&key, language).to_owned())
        .help_heading(label(heading, language))
        .hide_possible_values(takes_value)
        .hide_default_value(takes_value)
}

fn template(language: Language) -> String {
    format!("{{about-with-newline}}\n{}\n  {{usage}}\n\n{{all-args}}{{after-help}}\n", {
        label("help.heading.usage", language)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(command: &Command, key: &str, found: &mut Vec<String>) {
        let keys = std::iter::once(key.to_owned())
            .chain(command.get_arguments().map(|arg| format!("{key}.{}", arg.get_id())));
        found.extend(keys.filter(|key| label(key, Language::Vi) == key));
        for sub in command.get_subcommands() {
            missing(sub, &format!("{key}.{}", sub.get_name()), found);
        }
    }

    #[test]
    fn every_command_and_option_has_its_words() {
        let mut found = Vec::new();
        missing(&Arguments::command(), "help", &mut found);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn every_command_has_an_example() {
        fn check(command: &Command, path: &str) {
            let is_leaf = command.get_subcommands().next().is_none();
            let example = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let name = command.get_name();
            if is_leaf && !command.is_hide_set() && name != "thanhtra" {
                assert!(example.contains(&format!("{path} {name}")), "{path} {name}: {example}");
            }
            for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
                check(sub, format!("{path} {name}").trim());
            }
        }
        check(&Arguments::command(), "");
    }
}
