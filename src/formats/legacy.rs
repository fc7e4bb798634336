//! Cells of legacy text to Unicode, each counted, each kept as it was given.
//!
//! A cell is taken as it stands unless its words speak for TCVN3, VNI or VIQR, or the whole file is in
//! one of them. Keys are changed only in such a file, since a key that is read in two ways is two
//! records. What a cell was goes with the record's unmapped columns.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use crate::domain::conversion::Conversion;
use crate::formats::cell::Cell;
use crate::formats::header::{Header, Matcher, Target};
use crate::text::legacy::{self, Encoding, Restored};

/// Between the headers of a file when they are looked at together.
const BETWEEN: char = '\u{1F}';

/// Converts the cells of one file.
#[derive(Debug, Default)]
pub(crate) struct Legacy {
    /// What every text of the file is in, if that is known.
    known: Option<Encoding>,
    conversion: Conversion,
}

/// A row with cells that were legacy.
#[derive(Debug)]
pub(crate) struct Converted<'c> {
    /// All cells, converted where they had to be.
    pub(crate) cells: Vec<Cell<'c>>,
    /// The converted ones as they were given, by column, or by header if no column takes it.
    pub(crate) given: Map<String, Json>,
}

impl Legacy {
    /// For a file whose encoding was asked for, or is to be found.
    pub(crate) fn new(asked: Option<Encoding>) -> Self {
        Self { known: asked.filter(|encoding| encoding.poses_as_latin()), conversion: Conversion::default() }
    }

    /// The bytes of the file are in `encoding`.
    pub(crate) fn of_file(&mut self, encoding: Encoding) {
        if self.conversion.encoding.is_none() {
            self.conversion.encoding = Some(encoding.name().to_owned());
            self.known = self.known.or(Some(encoding).filter(|encoding| encoding.poses_as_latin()));
        }
    }

    /// What was converted.
    pub(crate) fn finish(self) -> Conversion {
        self.conversion
    }

    /// The headers in Unicode. Short as they are, they are looked at together.
    pub(crate) fn names(&self, names: Vec<String>) -> Vec<String> {
        let joined = names.join(&BETWEEN.to_string());
        let Some(restored) = self.restored(&joined) else { return names };
        let read: Vec<String> = restored.text.split(BETWEEN).map(str::to_owned).collect();
        if read.len() == names.len() { read } else { names }
    }

    /// The row in Unicode, if it has legacy cells.
    pub(crate) fn row<'c>(
        &mut self,
        header: &Header,
        cells: &[Cell<'c>],
        matcher: &Matcher<'_>,
    ) -> Option<Converted<'c>> {
        let mut converted: Option<Converted<'c>> = None;
        for (place, ((name, target), cell)) in header.iter().zip(cells).enumerate() {
            if self.known.is_none()
                && matches!(target, Target::SourceId | Target::SourceSystem | Target::Operation)
            {
                continue;
            }
            let mut given = Map::new();
            let column = if target == Target::Extra { name } else { matcher.name_of(target) };
            let Some(read) = self.cell(column, cell, &mut given) else { continue };
            let row = converted.get_or_insert_with(|| Converted { cells: cells.to_vec(), given: Map::new() });
            if let Some(slot) = row.cells.get_mut(place) {
                *slot = read;
            }
            row.given.extend(given);
        }
        self.conversion.rows += u64::from(converted.is_some());
        converted
    }

    fn cell<'c>(&mut self, name: &str, cell: &Cell<'c>, given: &mut Map<String, Json>) -> Option<Cell<'c>> {
        match cell {
            Cell::Text(text) => {
                let read = self.counted(text)?;
                given.insert(name.to_owned(), Json::from(text.as_ref()));
                Some(Cell::Text(Cow::Owned(read)))
            }
            Cell::Nested(json) => {
                let mut read = json.clone();
                self.json(name, &mut read, given);
                (!given.is_empty()).then_some(Cell::Nested(read))
            }
            _ => None,
        }
    }

    /// Texts inside an array or object; `place` is the way to it, such as `events[0].title`.
    fn json(&mut self, place: &str, value: &mut Json, given: &mut Map<String, Json>) {
        match value {
            Json::String(text) => {
                if let Some(read) = self.counted(text) {
                    given.insert(place.to_owned(), Json::String(std::mem::replace(text, read)));
                }
            }
            Json::Array(items) => {
                for (at, item) in items.iter_mut().enumerate() {
                    self.json(&format!("{place}[{at}]"), item, given);
                }
            }
            Json::Object(fields) => {
                for (name, field) in fields.iter_mut() {
                    self.json(&format!("{place}.{name}"), field, given);
                }
            }
            _ => {}
        }
    }

    fn counted(&mut self, text: &str) -> Option<String> {
        let restored = self.restored(text)?;
        let encoding = restored.runs.first()?.encoding.name();
        *self.conversion.cells.entry(encoding.to_owned()).or_default() += 1;
        Some(restored.text)
    }

    fn restored(&self, text: &str) -> Option<Restored> {
        self.known.map_or_else(|| legacy::restore(text), |encoding| legacy::restore_as(text, encoding))
    }
}
