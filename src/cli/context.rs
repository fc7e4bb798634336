//! What every command needs: which store, which language, who asks, and where words and data go.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::args::{DATA_VARIABLE, Globals};
use crate::cli::error::CliError;
use crate::cli::output::Output;
use crate::cli::progress::{Mode, Watch};
use crate::definition::labels::sentence;
use crate::domain::clock::SystemClock;
use crate::domain::error::{Classified, ErrorKind};
use crate::domain::language::Language;
use crate::domain::scope::Scope;
use crate::engine::Engine;
use crate::engine::open::Surroundings;

/// The store when neither option nor environment names one.
const DATA_DEFAULT: &str = "./thanhtra-data";

/// What every command needs.
pub(super) struct Context {
    /// The store named on the command line itself.
    pub(super) named_place: Option<String>,
    /// Language of sentences and labels.
    pub(super) language: Language,
    /// Who asks.
    pub(super) scope: Scope,
    mode: Mode,
    reader_gone: Arc<AtomicBool>,
}

impl Context {
    /// From the options of every command.
    pub(super) fn new(globals: Globals, language: Language) -> Self {
        Self {
            named_place: globals.data,
            language: globals.lang.unwrap_or(language),
            scope: Scope::everything(),
            mode: globals.progress,
            reader_gone: Arc::default(),
        }
    }

    /// The store: folder or `file:` URL.
    pub(super) fn place(&self) -> String {
        let given = self.named_place.clone();
        let given = given.or_else(|| std::env::var(DATA_VARIABLE).ok().filter(|place| !place.is_empty()));
        given.unwrap_or_else(|| DATA_DEFAULT.to_owned())
    }

    /// The store, open for reading.
    pub(super) fn reading(&self) -> Result<Engine, CliError> {
        Ok(Engine::open_reading(&self.place(), surroundings()?)?)
    }

    /// The store, open for reading; nothing when none was named and there is none.
    pub(super) fn reading_if_there(&self) -> Result<Option<Engine>, CliError> {
        match self.reading() {
            Err(CliError::Engine(error))
                if self.named_place.is_none() && error.kind() == ErrorKind::NotFound =>
            {
                Ok(None)
            }
            other => other.map(Some),
        }
    }

    /// The store, open for writing.
    pub(super) fn writing(&self, place: &str) -> Result<Engine, CliError> {
        let watch = self.watch();
        Ok(Engine::open_writing(place, surroundings()?, watch.progress())?)
    }

    /// Shows how far some work has come, as long as the answer lives.
    pub(super) fn watch(&self) -> Watch {
        Watch::start(self.mode, self.language)
    }

    /// Where data goes.
    pub(super) fn stdout(&self) -> Result<Output, CliError> {
        Output::stdout(Arc::clone(&self.reader_gone)).map_err(CliError::output("stdout"))
    }

    /// Whether data would be shown on a terminal.
    pub(super) fn is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Whether whoever read our data has gone, as `head` does; that is no failure.
    pub(super) fn is_reader_gone(&self) -> bool {
        self.reader_gone.load(Ordering::Relaxed)
    }

    /// Tells people the sentence of `key`.
    pub(super) fn say(&self, key: &str, values: &[(&str, &str)]) {
        let _ = writeln!(io::stderr(), "{}", sentence(key, self.language, values));
    }

    /// Writes one JSON object as the last line of data.
    pub(super) fn write_line(&self, line: &serde_json::Value) -> Result<(), CliError> {
        self.write_text(&line.to_string())
    }

    /// Writes one line of data.
    pub(super) fn write_text(&self, line: &str) -> Result<(), CliError> {
        let mut output = self.stdout()?;
        writeln!(output, "{line}").and_then(|()| output.flush()).map_err(CliError::output("stdout"))
    }
}

fn surroundings() -> Result<Surroundings, CliError> {
    let program: PathBuf = std::env::current_exe().map_err(CliError::input("current executable"))?;
    Ok(Surroundings { clock: Arc::new(SystemClock), program })
}
