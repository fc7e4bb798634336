//! Workbooks are unpacked by a limited child of this program, never in this process.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, ExitCode};
use std::time::Duration;

use crate::domain::limits;
use crate::formats::xlsx::{Unpack, to_ndjson};
use crate::sandbox::child::Child;
use crate::sandbox::limits::{Limits, apply};

/// Starts a child for each workbook.
pub struct InChild {
    /// This program's file.
    pub program: PathBuf,
}

impl Unpack for InChild {
    fn unpack(&self, workbook: File) -> io::Result<Box<dyn Read>> {
        let child = start(&self.program).map_err(io::Error::other)?;
        Ok(Box::new(feed(child, workbook)?))
    }
}

fn start(program: &Path) -> Result<Child, crate::sandbox::SandboxError> {
    let arguments = ["worker", "xlsx"].map(OsStr::new);
    Child::spawn(program, &arguments, Duration::from_secs(limits::XLSX_SECONDS_MAX))
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

/// The child's side: limits first, then the workbook from stdin to lines on stdout.
#[must_use]
pub fn run_child(mut stdin: impl Read, stdout: impl Write) -> ExitCode {
    let limited = apply(&Limits {
        address_space_bytes: limits::XLSX_CHILD_MEMORY_BYTES,
        cpu_seconds: limits::XLSX_SECONDS_MAX,
        file_size_bytes: limits::XLSX_UNZIPPED_BYTES_MAX,
        open_files: limits::CHILD_OPEN_FILES_MAX,
    });
    let done = limited.map_err(io::Error::other).and_then(|()| {
        // A workbook is read from its end, and a pipe has none.
        let mut spool = tempfile::tempfile()?;
        let limit = limits::XLSX_UNZIPPED_BYTES_MAX;
        io::copy(&mut (&mut stdin).take(limit), &mut spool)?;
        io::Seek::rewind(&mut spool)?;
        to_ndjson(spool, stdout)
    });
    if done.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
