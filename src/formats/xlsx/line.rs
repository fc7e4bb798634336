//! The lines that go from the child that reads a workbook to the parent.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Line {
    /// The first: which sheet is read.
    Sheet {
        /// Whether days are counted from 1904 and not from 1900.
        from_1904: bool,
        /// Other sheets that hold cells.
        skipped: Vec<String>,
    },
    /// A row that holds something.
    Row {
        /// Row of the sheet, from 1.
        line: u64,
        /// Text, numbers, booleans, null, `{"day": …}` or `{"moment": …}`.
        cells: Vec<Json>,
        /// Whether cells stand beyond the bound of columns.
        wide: bool,
    },
    /// The last when all is said.
    End {
        /// Number of rows.
        rows: u64,
    },
    /// The last when the workbook cannot be read.
    Broken {
        /// Why, in the words of the reader.
        message: String,
    },
    /// The last when a row is over its bound.
    LongRow {
        /// The row.
        line: u64,
        /// The bound.
        limit: usize,
    },
    /// The last when a bound of the whole is passed.
    Bomb {
        /// The bound.
        limit: u64,
        /// Its unit.
        what: String,
    },
}

impl Line {
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.write_all(b"\n")
    }
}
