//! NDJSON: one JSON object a line, streamed, each with the fields it happens to have.

use std::fmt;
use std::io::Read;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value as Json;

use crate::domain::limits::RECORD_BYTES_MAX;
use crate::formats::cell::Cell;
use crate::formats::fault::Fault;
use crate::formats::header::{Header, RAW};
use crate::formats::reject::{Reason, Rule};
use crate::formats::rows::Rows;
use crate::formats::stream::Text;

/// The fields of an object in file order, a field that stands twice among them.
struct Fields(Vec<(String, Json)>);

/// Reads the whole file.
pub(crate) fn read(bytes: Box<dyn Read + '_>, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    let mut text = Text::new(bytes, rows.encoding());
    let (mut line, mut header) = (String::new(), None);
    let mut any = false;
    loop {
        let number = text.line();
        if !next_line(&mut text, &mut line)? {
            break;
        }
        let trimmed = line.trim();
        if trimmed.is_empty() {
            continue;
        }
        if !any && (trimmed == "{" || trimmed.starts_with('[')) {
            return Err(Fault::NotLines);
        }
        any = true;
        rows.of_file(text.encoding());
        push(number, trimmed, &mut header, rows)?;
    }
    if any { rows.check_map() } else { Err(Fault::Empty) }
}

fn next_line(text: &mut Text<'_>, line: &mut String) -> Result<bool, Fault> {
    line.clear();
    let start = text.line();
    loop {
        let chunk = text.chunk()?;
        let end = chunk.bytes().position(|byte| byte == b'\n');
        let taken = end.map_or(chunk.len(), |at| at + 1);
        line.push_str(chunk.get(..taken).unwrap_or_default());
        text.consume(taken);
        if line.len() > RECORD_BYTES_MAX {
            return Err(Fault::LongRow { line: start, limit: RECORD_BYTES_MAX });
        }
        if end.is_some() || taken == 0 {
            return Ok(!line.is_empty());
        }
    }
}

fn push(number: u64, line: &str, known: &mut Option<Header>, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    let Ok(Fields(fields)) = serde_json::from_str(line) else {
        let header = Header::raw();
        return rows.reject(number, Reason::of_row(Rule::JsonForm), &header, &[Cell::text(line)]);
    };
    let (names, cells): (Vec<String>, Vec<Cell<'_>>) =
        fields.into_iter().map(|(name, value)| (name, Cell::json(value))).unzip();
    if let Some(header) = known.as_ref().filter(|header| header.is(&names)) {
        return rows.push(number, header, &cells);
    }
    match rows.header(names.clone()) {
        Ok(header) => rows.push(number, known.insert(header), &cells),
        Err(Fault::Clash { .. } | Fault::HeaderTwice(_)) => {
            let header = Header::unmatched(names);
            rows.reject(number, Reason::of_row(Rule::ColumnTwice), &header, &cells)
        }
        Err(fault) => Err(fault),
    }
}

impl Header {
    /// The header of a line that is no row.
    fn raw() -> Self {
        Self::unmatched(vec![RAW.to_owned()])
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}
