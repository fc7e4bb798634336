//! `sql`: one statement over one snapshot, in any format.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::rows;
use crate::domain::commit::CommitVersion;
use crate::domain::limits::SQL_BYTES_MAX;
use crate::sql::encode::{Encoder, Format};

#[derive(clap::Args)]
#[command(
    after_help = "thanhtra sql \"SELECT status, count(*) AS n FROM petitions GROUP BY status\" --format csv\n\
                        thanhtra sql \"SELECT * FROM search('petitions', 'đất đai') LIMIT 5\"\n\
                        thanhtra sql - --snapshot 3 --format parquet --output ket-qua.parquet < cau-lenh.sql"
)]
pub(super) struct Args {
    statement: String,
    #[arg(long, value_name = "table|csv|json|ndjson|parquet|arrow", default_value = "table", value_parser = rows::format)]
    format: Format,
    #[arg(long, value_name = "N")]
    snapshot: Option<u64>,
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let statement = if self.statement == "-" { from_stdin()? } else { self.statement.clone() };
        match &self.output {
            None => {
                rows::refuse_terminal(context, self.format)?;
                let mut output = self.answer(context, &statement, context.stdout()?)?;
                output.flush().map_err(CliError::output("stdout"))
            }
            Some(path) => self.write_file(context, &statement, path),
        }
    }

    /// The file appears whole or not at all.
    fn write_file(&self, context: &Context, statement: &str, path: &Path) -> Result<(), CliError> {
        let name = path.display().to_string();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let file =
            NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(CliError::output(&name))?;
        let writer = io::BufWriter::new(file);
        let writer = self.answer(context, statement, writer)?;
        let file = writer.into_inner().map_err(|error| CliError::output(&name)(error.into_error()))?;
        file.persist(path).map_err(|error| CliError::output(&name)(error.error))?;
        Ok(())
    }

    fn answer<W: Write + Send>(&self, context: &Context, statement: &str, to: W) -> Result<W, CliError> {
        let mut encoder = Encoder::new(self.format, to);
        let at = self.snapshot.map(CommitVersion);
        context.reading()?.sql(statement, at, &context.scope, &mut |batch| encoder.write(batch))?;
        Ok(encoder.finish()?)
    }
}

fn from_stdin() -> Result<String, CliError> {
    let mut text = String::new();
    let limit = SQL_BYTES_MAX as u64 + 1;
    io::stdin().take(limit).read_to_string(&mut text).map_err(CliError::input("stdin"))?;
    Ok(text)
}
