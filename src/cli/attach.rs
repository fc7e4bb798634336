//! `attach` and `attachment`: files of a record, in and out.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::NamedTempFile;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::domain::id::RecordId;
use crate::domain::limits::ATTACHMENT_BYTES_MAX;
use crate::engine::EngineError;
use crate::engine::attachments::NewFile;
use crate::store::attachments::FileHash;

#[derive(clap::Args)]
#[command(after_help = "thanhtra attach PZK4M0Q2T9X7B3N8RW don-quet.pdf anh.jpg\n\
                        thanhtra attach PZK4M0Q2T9X7B3N8RW scan01.pdf --name \"Đơn gốc.pdf\"")]
pub(super) struct Args {
    #[arg(value_name = "ID")]
    record: String,
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

#[derive(clap::Args)]
#[command(after_help = "thanhtra attachment PZK4M0Q2T9X7B3N8RW SHA-256 --output don.pdf")]
pub(super) struct ReadArgs {
    #[arg(value_name = "ID")]
    record: String,
    #[arg(value_name = "SHA-256")]
    hash: String,
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let id = id(&self.record)?;
        if self.name.is_some() && self.files.len() > 1 {
            return Err(CliError::Together { first: "--name", second: "several files" });
        }
        let files: Result<Vec<NewFile>, CliError> =
            (1..).zip(&self.files).map(|(place, path)| self.file(place, path)).collect();
        let engine = context.writing(&context.place())?;
        let done = engine.attach(id, &files?, &context.scope)?;
        engine.close()?;
        let hashes: Vec<String> = done.hashes.iter().map(ToString::to_string).collect();
        context.write_line(&json!({
            "hashes": hashes,
            "inserted": done.counts.inserted,
            "updated": done.counts.updated,
            "unchanged": done.counts.unchanged,
            "commit": done.commit,
        }))
    }

    fn file(&self, place: usize, path: &Path) -> Result<NewFile, CliError> {
        let shown = path.display().to_string();
        let size = fs::metadata(path).map_err(CliError::input(&shown))?.len();
        if size > ATTACHMENT_BYTES_MAX as u64 {
            return Err(EngineError::AttachmentTooLarge { place, limit: ATTACHMENT_BYTES_MAX }.into());
        }
        let bytes = fs::read(path).map_err(CliError::input(&shown))?;
        let own = || path.file_name().map_or_else(String::new, |name| name.display().to_string());
        Ok(NewFile { name: self.name.clone().unwrap_or_else(own), bytes })
    }
}

impl ReadArgs {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let hash: Result<FileHash, _> = self.hash.parse();
        let hash = hash.map_err(|_| CliError::Argument {
            given: self.hash.clone(),
            expected: "a SHA-256: write its 64 hexadecimal digits",
        })?;
        let (_, bytes) = context.reading()?.attachment(id(&self.record)?, &hash, &context.scope)?;
        let name = self.output.display().to_string();
        let folder = self.output.parent().filter(|folder| !folder.as_os_str().is_empty());
        // The file appears whole or not at all, for its owner only.
        let mut file =
            NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(CliError::output(&name))?;
        file.write_all(&bytes).map_err(CliError::output(&name))?;
        file.persist(&self.output).map_err(|error| CliError::output(&name)(error.error))?;
        Ok(())
    }
}

pub(super) fn id(typed: &str) -> Result<RecordId, CliError> {
    let expected = "an id of a record: write it as search and SQL show it";
    typed.parse().map_err(|_| CliError::Argument { given: typed.to_owned(), expected })
}
