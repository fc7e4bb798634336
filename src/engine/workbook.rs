//! Workbooks and edXML are read by a limited child of this program, never in this process.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, ExitCode};
use std::time::Duration;

use crate::domain::limits;
use crate::formats::edxml;
use crate::formats::xlsx::{Packed, Unpack, to_ndjson};
use crate::sandbox::child::Child;
use crate::sandbox::limits::{Limits, apply};
use crate::store::attachments;
use crate::store::home::Home;

/// Starts a child for each file.
pub struct InChild {
    /// This program's file.
    pub program: PathBuf,
    /// Where files that come along are kept; nowhere when nothing is to be changed.
    pub files: Option<Home>,
}

impl Unpack for InChild {
    fn unpack(&self, packed: Packed, file: File) -> io::Result<Box<dyn Read>> {
        let child = start(&self.program, packed).map_err(io::Error::other)?;
        Ok(Box::new(feed(child, file)?))
    }

    fn keep(&self, bytes: &[u8]) -> io::Result<Option<String>> {
        let kept = self.files.as_ref().map(|home| attachments::keep(home, bytes));
        kept.transpose().map(|hash| hash.map(|hash| hash.to_string())).map_err(io::Error::other)
    }
}

fn start(program: &Path, packed: Packed) -> Result<Child, crate::sandbox::SandboxError> {
    let (work, seconds) = match packed {
        Packed::Workbook => ("xlsx", limits::XLSX_SECONDS_MAX),
        Packed::Edxml => ("edxml", limits::EDXML_SECONDS_MAX),
    };
    Child::spawn(program, &["worker", work].map(OsStr::new), Duration::from_secs(seconds))
}

/// The child's lines; the child ends with this.
struct Lines {
    stdout: ChildStdout,
    _child: Child,
}

impl Read for Lines {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stdout.read(buffer)
    }
}

fn feed(mut child: Child, workbook: File) -> io::Result<Lines> {
    let pipes = child.take_stdin().zip(child.take_stdout());
    let (stdin, stdout) = pipes.ok_or_else(|| io::Error::other("the child has no pipes"))?;
    std::thread::spawn(move || send(workbook, stdin));
    Ok(Lines { stdout, _child: child })
}

/// A child that ended early closes its pipe; what it said in its last line tells why.
fn send(mut workbook: File, mut stdin: ChildStdin) -> io::Result<u64> {
    let sent = io::copy(&mut workbook, &mut stdin);
    stdin.flush()?;
    sent
}

/// The child's side: limits first, then the file from stdin to lines on stdout.
#[must_use]
pub fn run_child(packed: Packed, mut stdin: impl Read, stdout: impl Write) -> ExitCode {
    let (address_space_bytes, cpu_seconds, limit) = match packed {
        Packed::Workbook => {
            (limits::XLSX_CHILD_MEMORY_BYTES, limits::XLSX_SECONDS_MAX, limits::XLSX_UNZIPPED_BYTES_MAX)
        }
        // One byte more than may be read, so that a file that is too long is told as such.
        Packed::Edxml => {
            (limits::EDXML_CHILD_MEMORY_BYTES, limits::EDXML_SECONDS_MAX, limits::EDXML_BYTES_MAX + 1)
        }
    };
    let open_files = limits::CHILD_OPEN_FILES_MAX;
    let limited = apply(&Limits { address_space_bytes, cpu_seconds, file_size_bytes: limit, open_files });
    let done = limited.map_err(io::Error::other).and_then(|()| {
        // Archives are read from their end, and a pipe has none.
        let mut spool = tempfile::tempfile()?;
        io::copy(&mut (&mut stdin).take(limit), &mut spool)?;
        io::Seek::rewind(&mut spool)?;
        match packed {
            Packed::Workbook => to_ndjson(spool, stdout),
            Packed::Edxml => edxml::to_ndjson(spool, io::BufWriter::new(stdout)),
        }
    });
    if done.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
