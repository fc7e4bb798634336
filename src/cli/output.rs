//! Stdout as data leaves by it: buffered, binary safe, and told apart from a reader that went away.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Buffered stdout. Flush it: what is lost on drop is lost silently.
pub(super) struct Output(BufWriter<Pipe>);

/// Stdout's file; `gone` is raised when its reader has closed it.
struct Pipe {
    file: File,
    gone: Arc<AtomicBool>,
}

impl Output {
    /// Stdout, without the line buffer that the standard library puts in front.
    pub(super) fn stdout(gone: Arc<AtomicBool>) -> io::Result<Self> {
        Ok(Self(BufWriter::new(Pipe { file: raw_stdout()?, gone })))
    }
}

/// Stdout's file itself.
pub(super) fn raw_stdout() -> io::Result<File> {
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Pipe {
    fn note<T>(&self, result: io::Result<T>) -> io::Result<T> {
        if matches!(&result, Err(error) if error.kind() == io::ErrorKind::BrokenPipe) {
            self.gone.store(true, Ordering::Relaxed);
        }
        result
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes);
        self.note(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.file.flush();
        self.note(flushed)
    }
}
