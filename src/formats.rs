//! Files in: CSV, NDJSON, XLSX, Parquet and edXML, each also packed, become records and rejects.
//!
//! A definition says what the columns are; [`read`] opens a file, matches its headers, turns every row
//! into one record of typed values (or, with `unpivot`, one per value) and hands it to a sink in file
//! order. A row that cannot be used is handed over whole as a reject with its line and the rule it
//! breaks. Always true: rows read = records + rejects; a reason never holds a cell's value; memory is
//! bounded by one row, whatever the file. A file that is wrong as a whole is one error; the sink may
//! have had rows by then, so the caller stages them and drops them.

mod cell;
mod child;
mod csv;
pub mod docx;
pub mod edxml;
pub mod fault;
mod header;
mod legacy;
pub mod media;
mod ndjson;
mod open;
mod parquet;
pub mod reject;
mod rows;
mod stream;
mod values;
pub mod xlsx;

use std::path::Path;
use std::sync::atomic::AtomicU64;

use thiserror::Error;

use crate::definition::catalog::Catalog;
use crate::definition::dataset::Dataset;
use crate::domain::conversion::Conversion;
use crate::domain::error::{Classified, ErrorKind};
use crate::domain::record::Record;
use crate::formats::fault::Fault;
use crate::text::legacy::Encoding;

/// What is read.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// A file on disk.
    Path(&'a Path),
    /// Bytes that came in, under a name whose ending tells the format.
    Bytes {
        /// Such as `push.ndjson`.
        name: &'a str,
        /// The whole body.
        bytes: &'a [u8],
    },
}

impl Input<'_> {
    /// The name that errors give it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Bytes { name, .. } => (*name).to_owned(),
        }
    }
}

/// How a file is read.
#[derive(Debug, Clone)]
pub struct Options {
    /// Their header and our column, in this order; goes before every other match.
    pub map: Vec<(String, String)>,
    /// Column and value for cells that are empty or absent.
    pub set: Vec<(String, String)>,
    /// System that the records come from, for rows that do not say it.
    pub source: String,
    /// Whether each unmapped column of a row is a record of its own.
    pub unpivot: bool,
    /// What the file is written in; found by looking when not said.
    pub encoding: Option<Encoding>,
}

/// Everything a reading needs beside the file.
#[derive(Clone, Copy)]
pub struct Import<'a> {
    /// What a row is.
    pub dataset: &'a Dataset,
    /// Where child datasets are looked up.
    pub catalog: &'a Catalog,
    /// How to read.
    pub options: &'a Options,
    /// Who unpacks a workbook or edXML, and keeps files that come along.
    pub workbook: &'a dyn xlsx::Unpack,
    /// Bytes of the (packed) file read so far, added up over files.
    pub done: &'a AtomicU64,
}

/// What a row became.
#[derive(Debug, Clone, PartialEq)]
pub enum Parsed {
    /// A record.
    Record(Record),
    /// A row that cannot be used.
    Reject(reject::Reject),
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileReport {
    /// Records and rejects together.
    pub read: u64,
    /// Headers that no column takes, in file order; their cells are in `extra`.
    pub unmapped: Vec<String>,
    /// Cells without a value under `unpivot`.
    pub empty_cells: u64,
    /// Sheets of a workbook that hold cells and were not read: one workbook, one table.
    pub skipped_sheets: Vec<String>,
    /// What was converted to Unicode.
    pub conversion: Conversion,
}

/// What the taker of rows may fail with; it comes back in [`fault::Fault::Sink`].
pub type SinkError = Box<dyn std::error::Error + Send + Sync>;

/// The taker of rows.
pub type Sink<'s> = dyn FnMut(Parsed) -> Result<(), SinkError> + 's;

/// A file that cannot be used as a whole.
#[derive(Debug, Error)]
#[error("{file}: {fault}")]
pub struct FormatError {
    /// The file.
    pub file: String,
    /// What is wrong with it.
    pub fault: Fault,
}

impl Classified for FormatError {
    fn kind(&self) -> ErrorKind {
        self.fault.kind()
    }

    fn code(&self) -> &'static str {
        self.fault.code()
    }
}

/// Reads one file into `sink`.
///
/// # Errors
/// The file is wrong as a whole (not of its type, truncated, in no clear encoding, over a limit, headers that
/// cannot be matched), the options do not fit it, or the sink failed.
pub fn read(input: Input<'_>, import: &Import<'_>, sink: &mut Sink<'_>) -> Result<FileReport, FormatError> {
    read_inner(input, import, sink).map_err(|fault| FormatError { file: input.name(), fault })
}

fn read_inner(input: Input<'_>, import: &Import<'_>, sink: &mut Sink<'_>) -> Result<FileReport, Fault> {
    let mut rows = rows::Rows::new(import, sink)?;
    match open::open(input, import.done)? {
        open::Opened::Csv(bytes) => csv::read(bytes, &mut rows)?,
        open::Opened::Ndjson(bytes) => ndjson::read(bytes, &mut rows)?,
        open::Opened::Xlsx(file) => xlsx::rows::read(file, import.workbook, &mut rows)?,
        open::Opened::Edxml(file) => edxml::rows::read(file, import.workbook, &mut rows)?,
        open::Opened::Parquet(file) => parquet::read(file, &mut rows)?,
    }
    rows.finish()
}

#[cfg(test)]
mod tests;
