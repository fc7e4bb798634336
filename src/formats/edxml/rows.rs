//! The parent's side: lines of the child to rows, attached bytes to kept files.

use std::io::{BufRead, BufReader, Read};

use data_encoding::BASE64;
use serde_json::{Map, Value as Json, json};

use crate::domain::limits::{ATTACHMENT_BYTES_MAX, ATTACHMENTS_MAX, RECORD_BYTES_MAX};
use crate::formats::cell::Cell;
use crate::formats::edxml::fault;
use crate::formats::edxml::line::{Line, Unusable};
use crate::formats::fault::Fault;
use crate::formats::media;
use crate::formats::open::OnDisk;
use crate::formats::reject::{Reason, Rule};
use crate::formats::rows::Rows;
use crate::formats::xlsx::{Packed, Unpack};

/// JSON may write one byte of text as six.
const LINE_BYTES_MAX: u64 = 6 * RECORD_BYTES_MAX as u64;
/// Field of a record that holds its files.
const FILES: &str = "attachments";

/// Reads the whole file.
pub(crate) fn read(given: OnDisk, unpack: &dyn Unpack, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    let mut lines = BufReader::new(unpack.unpack(Packed::Edxml, given.file).map_err(Fault::Io)?);
    let mut files =
        Files { unpack, kind: rows.dataset().to_owned(), bytes: Vec::new(), listed: Vec::new(), wrong: None };
    while let Some(line) = next(&mut lines)? {
        match line {
            Line::Part { data } => files.add(&data),
            Line::File { name, description, wrong } => files.end(&name, description.as_deref(), wrong)?,
            Line::Message { line, fields } => {
                let (listed, wrong) = files.take();
                push(line, fields, (listed, wrong), rows)?;
            }
            Line::End { .. } => {
                rows.done(given.uncounted);
                return rows.check_map();
            }
            line => return Err(fault(line).unwrap_or(Fault::EdxmlStopped)),
        }
    }
    Err(Fault::EdxmlStopped)
}

/// The files of the message that follows.
struct Files<'a> {
    unpack: &'a dyn Unpack,
    /// A file whose record has no kind would count as one of a denunciation.
    kind: String,
    bytes: Vec<u8>,
    listed: Vec<Json>,
    wrong: Option<Rule>,
}

impl Files<'_> {
    fn add(&mut self, data: &str) {
        match BASE64.decode(data.as_bytes()) {
            Ok(piece) if self.bytes.len() + piece.len() <= ATTACHMENT_BYTES_MAX => {
                self.bytes.extend_from_slice(&piece);
            }
            Ok(_) => self.wrong = Some(Rule::AttachmentLong),
            Err(_) => self.wrong = Some(Rule::AttachmentForm),
        }
    }

    fn end(&mut self, name: &str, about: Option<&str>, wrong: Option<Unusable>) -> Result<(), Fault> {
        let bytes = std::mem::take(&mut self.bytes);
        let base = json!({ "name": name, "description": about, "kind": self.kind });
        let mut row = base.as_object().cloned().unwrap_or_default();
        match wrong {
            Some(Unusable::Form) => self.wrong = Some(Rule::AttachmentForm),
            Some(Unusable::Long) => self.wrong = Some(Rule::AttachmentLong),
            Some(Unusable::NotSent) => drop(row.insert("is_kept".to_owned(), Json::from(false))),
            None if self.wrong.is_none() => {
                let hash = self.unpack.keep(&bytes).map_err(Fault::Io)?;
                // The same bytes twice in one message are one file.
                if hash.is_some() && self.listed.iter().any(|row| row["sha256"].as_str() == hash.as_deref()) {
                    return Ok(());
                }
                row.insert("is_kept".to_owned(), Json::from(hash.is_some()));
                row.insert("media_type".to_owned(), Json::from(media::media_type(name, &bytes)));
                row.insert("size".to_owned(), Json::from(bytes.len()));
                row.insert("sha256".to_owned(), Json::from(hash));
            }
            None => {}
        }
        if self.listed.len() >= ATTACHMENTS_MAX {
            self.wrong = Some(Rule::ChildMany);
        } else {
            self.listed.push(Json::Object(row));
        }
        Ok(())
    }

    fn take(&mut self) -> (Vec<Json>, Option<Rule>) {
        (std::mem::take(&mut self.listed), self.wrong.take())
    }
}

fn push(
    line: u64,
    mut fields: Map<String, Json>,
    (listed, wrong): (Vec<Json>, Option<Rule>),
    rows: &mut Rows<'_, '_>,
) -> Result<(), Fault> {
    if !listed.is_empty() {
        fields.insert(FILES.to_owned(), Json::Array(listed));
    }
    let (names, cells): (Vec<String>, Vec<Cell<'_>>) =
        fields.into_iter().map(|(name, value)| (name, Cell::json(value))).unzip();
    let header = rows.header(names)?;
    match wrong {
        Some(rule) => rows.reject(line, Reason::of_column(rule, FILES), &header, &cells),
        None => rows.push(line, &header, &cells),
    }
}

fn next(lines: &mut impl BufRead) -> Result<Option<Line>, Fault> {
    let mut line = Vec::new();
    lines.take(LINE_BYTES_MAX).read_until(b'\n', &mut line).map_err(Fault::Io)?;
    Ok(serde_json::from_slice(&line).ok())
}
