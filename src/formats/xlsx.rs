//! Workbooks, which are hostile until proven otherwise: read in a limited child process.
//!
//! The child runs [`to_ndjson`] over the file; the parent reads its lines back as rows. Before any XML
//! is parsed the archive is held to bounds on entries, bytes and ratio, both as it declares them and as
//! it really unpacks. Cells are streamed: the dimension a sheet declares is never believed (one cell at
//! XFD1048576 made other readers ask for 52 GB). The last line says that all was said, so that a child
//! that was killed is never taken for the end of a table.

pub(crate) mod archive;
pub(crate) mod line;
pub(crate) mod rows;
mod sheet;

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};

use crate::formats::edxml;
use crate::formats::fault::Fault;
use crate::formats::xlsx::line::Line;

/// What a file is that only a child reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packed {
    /// A workbook; its lines are those of [`to_ndjson`].
    Workbook,
    /// edXML; its lines are those of [`edxml::to_ndjson`].
    Edxml,
}

/// Turns a file into lines.
///
/// The engine does it in a child process with bounds on memory and time.
pub trait Unpack {
    /// The lines of `file`, which is open at its beginning.
    ///
    /// # Errors
    /// The child cannot be started.
    fn unpack(&self, packed: Packed, file: File) -> io::Result<Box<dyn Read>>;

    /// Keeps the bytes of a file that came along with a record, durably; its hash, or nothing where no bytes
    /// are kept.
    ///
    /// # Errors
    /// They cannot be written.
    fn keep(&self, _bytes: &[u8]) -> io::Result<Option<String>> {
        Ok(None)
    }
}

/// Unpacks on a thread of this process: for workbooks that this process made itself.
#[derive(Debug, Clone, Copy)]
pub struct InProcess;

impl Unpack for InProcess {
    fn unpack(&self, packed: Packed, file: File) -> io::Result<Box<dyn Read>> {
        let (reader, writer) = io::pipe()?;
        let out = BufWriter::new(writer);
        // The reader learns from the missing last line when this fails or the reader went away first.
        std::thread::spawn(move || match packed {
            Packed::Workbook => to_ndjson(file, out),
            Packed::Edxml => edxml::to_ndjson(file, out),
        });
        Ok(Box::new(reader))
    }
}

/// Writes the first sheet that holds cells: a line that names it, a line a row, and a last line.
///
/// A workbook that cannot be read is said in the last line, not returned.
///
/// # Errors
/// The lines cannot be written.
pub fn to_ndjson(mut workbook: File, mut out: impl Write) -> io::Result<()> {
    let read = archive::check(&mut workbook).and_then(|()| sheet::read(BufReader::new(workbook), &mut out));
    let last = match read {
        Ok(rows) => Line::End { rows },
        Err(Fault::Io(error)) => return Err(error),
        Err(Fault::Bomb { limit, what }) => Line::Bomb { limit, what: what.to_owned() },
        Err(Fault::LongRow { line, limit }) => Line::LongRow { line, limit },
        Err(Fault::Workbook(message)) => Line::Broken { message },
        Err(fault) => Line::Broken { message: fault.to_string() },
    };
    last.write(&mut out)?;
    out.flush()
}
