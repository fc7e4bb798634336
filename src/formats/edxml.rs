//! edXML, the exchange of official documents (QCVN 102:2016/BTTTT, amendment 1:2022): read in a limited
//! child process, as workbooks are.
//!
//! A file is one message, or a zip archive of messages. The child runs [`to_ndjson`] over it: it parses the
//! XML under bounds (no document type definition, no entity but the five of XML and numbers, bounded depth
//! and number of elements), maps each message to the columns of a document with its steps, and sends attached
//! bytes in pieces. The parent keeps the bytes by hash, says so in a row, and takes the message as a row of
//! any other format. The last line says that all was said.

mod line;
mod message;
pub(crate) mod rows;
pub mod status;
mod tree;

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, Write};

use zip::ZipArchive;

use crate::domain::limits::{EDXML_BYTES_MAX, EDXML_MESSAGES_MAX};
use crate::formats::edxml::line::Line;
use crate::formats::edxml::tree::Wrong;
use crate::formats::fault::Fault;

/// The namespace of the standard.
pub const NAMESPACE: &str = "http://www.mic.gov.vn/TBT/QCVN_102_2016";

/// Writes the messages of a file: for each the pieces of its attached files and a line of its fields, and a
/// last line.
///
/// A file that cannot be read is said in the last line, not returned.
///
/// # Errors
/// The lines cannot be written.
pub fn to_ndjson(mut file: File, mut out: impl Write) -> io::Result<()> {
    let last = match written(&mut file, &mut out) {
        Ok(messages) => Line::End { messages },
        Err(Stop::Io(error)) => return Err(error),
        Err(Stop::Line(line)) => *line,
    };
    last.write(&mut out)?;
    out.flush()
}

/// Why no more messages are written.
enum Stop {
    Io(io::Error),
    /// What the last line says.
    Line(Box<Line>),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Stop {
    fn of(line: Line) -> Self {
        Self::Line(Box::new(line))
    }

    fn broken(message: String) -> Self {
        Self::of(Line::Broken { message })
    }
}

fn written(file: &mut File, out: &mut impl Write) -> Result<u64, Stop> {
    let mut head = [0; 4];
    let read = file.read(&mut head)?;
    file.rewind()?;
    if head.get(..read) == Some(b"PK\x03\x04") {
        return archive(file, out);
    }
    let bytes = bounded(file, EDXML_BYTES_MAX)?;
    one(&bytes, "", None, out)
}

/// The messages of a zip archive, in the order of its directory.
fn archive(file: &mut File, out: &mut impl Write) -> Result<u64, Stop> {
    let broken = |error: zip::result::ZipError| Stop::broken(error.to_string());
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(broken)?;
    if archive.len() > EDXML_MESSAGES_MAX {
        return Err(Stop::of(Line::Bomb { limit: EDXML_MESSAGES_MAX as u64, what: "entries".to_owned() }));
    }
    let (mut messages, mut left) = (0, EDXML_BYTES_MAX);
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(broken)?;
        let name = entry.name().map_err(broken)?.to_ascii_lowercase();
        if !name.ends_with(".edxml") && !name.ends_with(".xml") {
            continue;
        }
        let bytes = bounded(entry, left)?;
        left = left.saturating_sub(bytes.len() as u64);
        let place = messages + 1;
        messages += one(&bytes, &format!("message {place}, "), Some(place), out)?;
    }
    if messages == 0 {
        return Err(Stop::broken("the archive holds no .edxml or .xml file".to_owned()));
    }
    Ok(messages)
}

fn bounded(bytes: impl Read, most: u64) -> Result<Vec<u8>, Stop> {
    let mut all = Vec::new();
    let read = bytes.take(most.saturating_add(1)).read_to_end(&mut all);
    read.map_err(|error| Stop::broken(error.to_string()))?;
    if all.len() as u64 > most {
        return Err(Stop::of(Line::Bomb { limit: EDXML_BYTES_MAX, what: "bytes".to_owned() }));
    }
    Ok(all)
}

/// Writes what one XML text says; how many rows that are. In an archive the number of the message stands for
/// the line.
fn one(bytes: &[u8], of: &str, place: Option<u64>, out: &mut impl Write) -> Result<u64, Stop> {
    let wrong = |Wrong { line, what }: Wrong| Stop::broken(format!("{of}line {line}: {what}"));
    let root = tree::parse(bytes).map_err(wrong)?;
    let messages = message::read(&root).map_err(wrong)?;
    let mut rows = 0;
    for message in messages {
        for file in &message.files {
            file.write(out)?;
        }
        let line = place.unwrap_or(message.line);
        let row = Line::Message { line, fields: message.fields };
        if let Some(limit) = row.too_long() {
            return Err(Stop::of(Line::LongRow { line, limit }));
        }
        row.write(out)?;
        rows += 1;
    }
    Ok(rows)
}

/// The fault that a last line tells.
fn fault(line: Line) -> Option<Fault> {
    match line {
        Line::Broken { message } => Some(Fault::Edxml(message)),
        Line::LongRow { line, limit } => Some(Fault::LongRow { line, limit }),
        Line::Bomb { limit, what } => {
            Some(Fault::Bomb { limit, what: if what == "entries" { "entries" } else { "bytes" } })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
