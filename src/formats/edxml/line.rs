//! The lines that go from the child that reads edXML to the parent.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::domain::limits::RECORD_BYTES_MAX;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Line {
    /// A piece of an attached file, in base64 of whole groups of four.
    Part {
        /// The piece.
        data: String,
    },
    /// The pieces since the last file are one file of the message that follows.
    File {
        /// Its name, without folders.
        name: String,
        /// What the message says of it.
        description: Option<String>,
        /// Why there are no pieces, when there should be.
        wrong: Option<Unusable>,
    },
    /// A row; the files since the last one are its.
    Message {
        /// Line of the file, or number in the archive.
        line: u64,
        /// Column and value.
        fields: Map<String, Json>,
    },
    /// The last when all is said.
    End {
        /// Number of rows.
        messages: u64,
    },
    /// The last when the file cannot be read.
    Broken {
        /// Where and why.
        message: String,
    },
    /// The last when a message is longer than a row may be.
    LongRow {
        /// The message.
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

/// What is wrong with an attached file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unusable {
    /// No base64.
    Form,
    /// More bytes than a file may have.
    Long,
    /// Named, and not sent along.
    NotSent,
}

impl Line {
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.write_all(b"\n")
    }

    /// The bound that the texts of a row pass, if they do.
    pub(crate) fn too_long(&self) -> Option<usize> {
        let Self::Message { fields, .. } = self else { return None };
        let bytes: usize = fields.values().filter_map(Json::as_str).map(str::len).sum();
        (bytes > RECORD_BYTES_MAX).then_some(RECORD_BYTES_MAX)
    }
}
