//! What can be wrong with a file as a whole, each with a stable code, a place and a repair.
//!
//! No variant carries a cell's value: a cell may hold a signer's name.

use std::io;

use thiserror::Error;

use crate::definition::DefinitionError;
use crate::domain::error::{Classified, ErrorKind};
use crate::formats::SinkError;

/// What is wrong with a file.
#[derive(Debug, Error)]
pub enum Fault {
    /// The file cannot be opened or read.
    #[error("cannot be read: {0}")]
    Io(#[source] io::Error),
    /// There is nothing in it.
    #[error("the file is empty; even a table without rows has a header")]
    Empty,
    /// Neither the ending nor the first bytes tell a format.
    #[error("unknown type; use .csv, .ndjson, .xlsx, .parquet or .edxml, packed or not as .zst or .gz")]
    UnknownType,
    /// The ending says one thing and the bytes another.
    #[error("the name says {expected} and the bytes are {found}; rename it or export it again")]
    WrongType {
        /// What the ending promises.
        expected: &'static str,
        /// What the first bytes are.
        found: &'static str,
    },
    /// The packed stream ends early or is damaged.
    #[error("the packed data is truncated or damaged ({0}); copy the file again")]
    Packed(String),
    /// It unpacks to far more than an honest file does.
    #[error("unpacks to more than {limit} {what}; split the file if it is honest")]
    Bomb {
        /// The bound.
        limit: u64,
        /// Unit of the bound.
        what: &'static str,
    },
    /// Not text in the encoding it should be in.
    #[error("not {encoding} at byte {offset}, line {line}{hint}; save it as UTF-8")]
    NotText {
        /// The encoding.
        encoding: &'static str,
        /// Place of the first wrong byte, from 0, in the unpacked file.
        offset: u64,
        /// Line of that byte, from 1.
        line: u64,
        /// What it seems to be.
        hint: &'static str,
    },
    /// Not UTF-8, and no other encoding is clear.
    #[error(
        "not UTF-8 at byte {offset}, line {line}, and no other encoding is clear (share of words that read as \
         Vietnamese: {tried}); save it as UTF-8, or name its encoding with --encoding"
    )]
    UnknownEncoding {
        /// Place of the first wrong byte, from 0, in the unpacked file.
        offset: u64,
        /// Line of that byte, from 1.
        line: u64,
        /// Each encoding tried and its share.
        tried: String,
    },
    /// A quote is opened and never closed.
    #[error("the quote opened in line {line} is never closed")]
    OpenQuote {
        /// Line of the quote.
        line: u64,
    },
    /// One row or line is longer than a record may be.
    #[error("the row at line {line} is longer than {limit} bytes; is a quote or a line end missing?")]
    LongRow {
        /// Line where it begins.
        line: u64,
        /// The bound.
        limit: usize,
    },
    /// More columns than a file may have.
    #[error("line {line} has more than {limit} columns")]
    ManyColumns {
        /// The line.
        line: u64,
        /// The bound.
        limit: usize,
    },
    /// The file is one JSON text over many lines.
    #[error("JSON over several lines; write one object per line (NDJSON)")]
    NotLines,
    /// Two headers mean one column.
    #[error("headers `{first}` and `{second}` both mean `{column}`; say which with --map HEADER={column}")]
    Clash {
        /// First header.
        first: String,
        /// Second header.
        second: String,
        /// The column.
        column: String,
    },
    /// A header stands twice.
    #[error("the header `{0}` stands twice; rename one")]
    HeaderTwice(String),
    /// `--map` or `--set` names a column that the dataset does not have.
    #[error("--{option}: no column `{column}` in `{dataset}`{suggestion}")]
    UnknownColumn {
        /// `map` or `set`.
        option: &'static str,
        /// The name given.
        column: String,
        /// The dataset.
        dataset: String,
        /// `; did you mean …` or nothing.
        suggestion: String,
    },
    /// `--map` names a header that the file does not have.
    #[error("--map: no header `{header}` in the file{suggestion}")]
    UnknownHeader {
        /// The header given.
        header: String,
        /// `; did you mean …` or nothing.
        suggestion: String,
    },
    /// `--set` gives a value that is none of the column's type.
    #[error("--set: the value for `{column}` breaks the rule `{rule}`")]
    SetValue {
        /// The column.
        column: String,
        /// Code of the rule.
        rule: &'static str,
    },
    /// `--unpivot` needs the columns `indicator` and `value`, free for it.
    #[error("--unpivot: `{dataset}` needs columns `indicator` and `value`, and the file none for them")]
    Unpivot {
        /// The dataset.
        dataset: String,
    },
    /// The workbook is damaged or not one.
    #[error("not a workbook that can be read ({0}); save it again as .xlsx")]
    Workbook(String),
    /// The process that reads the workbook ended early.
    #[error("reading the workbook was stopped: it is damaged, or needs more memory or time than allowed")]
    WorkbookStopped,
    /// The edXML file is damaged, hostile or not one.
    #[error("not edXML that can be read ({0}); export it again")]
    Edxml(String),
    /// The process that reads edXML ended early.
    #[error("reading edXML was stopped: the file is damaged, or needs more memory or time than allowed")]
    EdxmlStopped,
    /// The Parquet file is damaged or not one.
    #[error("not a Parquet file that can be read ({0}); is it truncated?")]
    Parquet(String),
    /// A child dataset is not there.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// The taker of rows failed.
    #[error("{0}")]
    Sink(SinkError),
}

impl Fault {
    /// The fault inside an input error, when one of our readers put it there.
    pub(crate) fn of_io(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(fault) => fault,
            Err(error) => Self::Io(error),
        }
    }
}

impl Classified for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Io(error) if error.kind() == io::ErrorKind::NotFound => ErrorKind::NotFound,
            Self::Io(_) => ErrorKind::Unavailable,
            Self::Bomb { .. } | Self::LongRow { .. } | Self::ManyColumns { .. } => ErrorKind::TooLarge,
            Self::Sink(_) => ErrorKind::Internal,
            _ => ErrorKind::InvalidInput,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "file.unreadable",
            Self::Empty => "file.empty",
            Self::UnknownType => "file.unknown_type",
            Self::WrongType { .. } => "file.wrong_type",
            Self::Packed(_) => "file.packed",
            Self::Bomb { .. } => "file.bomb",
            Self::NotText { .. } => "file.not_utf8",
            Self::UnknownEncoding { .. } => "file.unknown_encoding",
            Self::OpenQuote { .. } => "file.open_quote",
            Self::LongRow { .. } => "file.long_row",
            Self::ManyColumns { .. } => "file.many_columns",
            Self::NotLines => "file.not_lines",
            Self::Clash { .. } => "header.clash",
            Self::HeaderTwice(_) => "header.twice",
            Self::UnknownColumn { .. } => "option.unknown_column",
            Self::UnknownHeader { .. } => "option.unknown_header",
            Self::SetValue { .. } => "option.set_value",
            Self::Unpivot { .. } => "option.unpivot",
            Self::Workbook(_) => "file.workbook",
            Self::WorkbookStopped => "file.workbook_stopped",
            Self::Edxml(_) => "file.edxml",
            Self::EdxmlStopped => "file.edxml_stopped",
            Self::Parquet(_) => "file.parquet",
            Self::Definition(error) => error.code(),
            Self::Sink(_) => "file.sink",
        }
    }
}
