//! A letter that somebody uploads, as text: plain text in whatever it was written, or a Word document.
//!
//! A DOCX is unpacked by a limited child of this program, as workbooks are. What cannot be read is said by
//! name, so that whoever uploads a scan knows to type or to recognise it first.

use std::ffi::OsStr;
use std::io::{self, Cursor, Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use thiserror::Error;

use crate::domain::error::{Classified, ErrorKind};
use crate::domain::limits;
use crate::engine::{Engine, EngineError};
use crate::formats::docx::to_text;
use crate::sandbox::SandboxError;
use crate::sandbox::child::{Child, Ending};
use crate::sandbox::limits::{Limits, apply};
use crate::text::legacy::file::letter;

/// Beginnings of files of pictures: JPEG, PNG, GIF, TIFF.
const PICTURES: [&[u8]; 5] = [b"\xFF\xD8\xFF", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*"];
/// What an old Word document begins with.
const OLD_WORD: &[u8] = b"\xD0\xCF\x11\xE0";
const ZIP: &[u8] = b"PK\x03\x04";

/// A letter that cannot be read.
#[derive(Debug, Error)]
pub enum LetterError {
    /// A PDF.
    #[error("the file is a PDF, which is not read; copy its text, or save it as DOCX or plain text")]
    Pdf,
    /// A picture.
    #[error("the file is a picture, and pictures are not read; recognise its text first, or type it")]
    Picture,
    /// A document of Word before 2007.
    #[error("the file is an old Word document (.doc); save it as DOCX or plain text")]
    OldWord,
    /// Neither text nor a Word document.
    #[error("the file is neither plain text nor a Word document (.docx)")]
    NotText,
    /// A Word document that is damaged or over a bound.
    #[error("the Word document is damaged, too large or not one; save it again as DOCX or plain text")]
    Document,
    /// The child could not do its work.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
}

impl Classified for LetterError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Sandbox(error) => error.kind(),
            _ => ErrorKind::InvalidInput,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Pdf => "letter.pdf",
            Self::Picture => "letter.picture",
            Self::OldWord => "letter.old_word",
            Self::NotText => "letter.not_text",
            Self::Document => "letter.document",
            Self::Sandbox(error) => error.code(),
        }
    }
}

impl Engine {
    /// The text of an uploaded letter.
    ///
    /// # Errors
    /// It is a PDF, a picture or something else that is no text, or a damaged document.
    pub fn letter_text(&self, bytes: &[u8]) -> Result<String, EngineError> {
        let begins = |beginning: &[u8]| bytes.starts_with(beginning);
        Ok(match () {
            () if begins(ZIP) => self.document_text(bytes)?,
            () if begins(b"%PDF") => return Err(LetterError::Pdf.into()),
            () if begins(OLD_WORD) => return Err(LetterError::OldWord.into()),
            () if PICTURES.into_iter().any(begins) => return Err(LetterError::Picture.into()),
            () => letter(bytes).ok_or(LetterError::NotText)?,
        })
    }

    fn document_text(&self, bytes: &[u8]) -> Result<String, LetterError> {
        let arguments = ["worker", "docx"].map(OsStr::new);
        let deadline = Duration::from_secs(limits::DOCX_SECONDS_MAX);
        let mut child = Child::spawn(&self.program, &arguments, deadline)?;
        let (stdin, stdout) = (child.take_stdin(), child.take_stdout());
        let mut text = Vec::new();
        std::thread::scope(|scope| {
            // A child that ended early closes its pipe; its exit code tells.
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(bytes)));
            let limit = limits::DOCX_TEXT_BYTES_MAX as u64;
            stdout.map(|stdout| stdout.take(limit + 1).read_to_end(&mut text)).transpose()
        })
        .map_err(SandboxError::Pipe)?;
        let is_done = child.finish()?.ending == Ending::Exited(0);
        let text = String::from_utf8(text).ok().filter(|_| is_done);
        text.ok_or(LetterError::Document)
    }
}

/// The child's side: limits first, then the document from stdin to text on stdout.
#[must_use]
pub fn run_child(stdin: impl Read, mut stdout: impl Write) -> ExitCode {
    let limited = apply(&Limits {
        address_space_bytes: limits::DOCX_CHILD_MEMORY_BYTES,
        cpu_seconds: limits::DOCX_SECONDS_MAX,
        file_size_bytes: 0,
        open_files: limits::CHILD_OPEN_FILES_MAX,
    });
    let done = limited.map_err(io::Error::other).and_then(|()| {
        let mut bytes = Vec::new();
        stdin.take(limits::DOCX_BYTES_MAX).read_to_end(&mut bytes)?;
        stdout.write_all(to_text(Cursor::new(bytes))?.as_bytes())?;
        stdout.flush()
    });
    if done.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
