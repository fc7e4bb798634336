//! Rows of the stored tables as tantivy documents.
//!
//! Columns are taken by name and checked before the first row is built, because a value of a wrong
//! type kills tantivy's writer for good. Absent definition columns count as null: a column that was
//! added to the definition is null in what was written before.

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray,
    TimestampMicrosecondArray,
};
use arrow::record_batch::RecordBatch;
use tantivy::TantivyDocument;

use crate::definition::column::ColumnType;
use crate::definition::dataset::AuthorityRule;
use crate::domain::civil::from_epoch_days;
use crate::domain::clock::Instant;
use crate::domain::id::RecordId;
use crate::domain::limits::KEYWORD_BYTES_MAX;
use crate::search::SearchError;
use crate::search::schema::{ColumnFields, Fields, Lane};

/// A main batch and its text batch, checked.
pub(in crate::search) struct Rows<'a> {
    fields: &'a Fields,
    ids: &'a StringArray,
    valid_from: &'a Int64Array,
    columns: Vec<(&'a ColumnFields, Cells<'a>)>,
    precisions: Vec<(String, &'a StringArray)>,
}

enum Cells<'a> {
    Text(&'a StringArray),
    Integer(&'a Int64Array),
    Number(&'a Float64Array),
    Boolean(&'a BooleanArray),
    Date(&'a Date32Array),
    Instant(&'a TimestampMicrosecondArray),
}

impl<'a> Rows<'a> {
    /// Checks names, types and that both batches hold the same rows in the same order.
    pub(in crate::search) fn check(
        fields: &'a Fields,
        main: &'a RecordBatch,
        text: Option<&'a RecordBatch>,
    ) -> Result<Self, SearchError> {
        let wrong =
            |column: &str| SearchError::Batch { dataset: fields.dataset.clone(), column: column.to_owned() };
        let ids: &StringArray = main.column_by_name("id").and_then(cast).ok_or_else(|| wrong("id"))?;
        let valid_from =
            main.column_by_name("valid_from").and_then(cast).ok_or_else(|| wrong("valid_from"))?;
        if let Some(text) = text {
            let text_ids: &StringArray =
                text.column_by_name("id").and_then(cast).ok_or_else(|| wrong("id"))?;
            if text_ids != ids {
                return Err(wrong("id"));
            }
        }
        let mut columns = Vec::new();
        let mut precisions = Vec::new();
        for column in &fields.columns {
            let batch = if column.long { text } else { Some(main) };
            let Some(array) = batch.and_then(|batch| batch.column_by_name(&column.name)) else { continue };
            let cells = Cells::of(array, column.kind).ok_or_else(|| wrong(&column.name))?;
            columns.push((column, cells));
            let precision = format!("{}_precision", column.name);
            if let Some(array) = main.column_by_name(&precision) {
                precisions.push((precision.clone(), cast(array).ok_or_else(|| wrong(&precision))?));
            }
        }
        Ok(Self { fields, ids, valid_from, columns, precisions })
    }

    pub(in crate::search) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The document of one row.
    pub(in crate::search) fn document(&self, row: usize) -> Result<TantivyDocument, SearchError> {
        let id: RecordId = self.ids.value(row).parse().map_err(|_| SearchError::Batch {
            dataset: self.fields.dataset.clone(),
            column: "id".to_owned(),
        })?;
        let mut document = TantivyDocument::default();
        document.add_text(self.fields.id, self.ids.value(row));
        let (high, low) = id_parts(id);
        document.add_u64(self.fields.id_high, high);
        document.add_u64(self.fields.id_low, low);
        document.add_i64(self.fields.valid_from, self.valid_from.value(row));
        let (mut open, mut personal) = (JsonObject::default(), JsonObject::default());
        for (column, cells) in &self.columns {
            let shown = if column.personal { &mut personal } else { &mut open };
            self.add_cell(&mut document, shown, column, cells, row);
        }
        for (name, array) in self.precisions.iter().filter(|(_, array)| array.is_valid(row)) {
            open.text(name, array.value(row));
        }
        if let Some(authority) = &self.fields.authority {
            document.add_f64(authority.value, f64::from(self.authority(&authority.rule, row)));
        }
        document.add_text(self.fields.row, open.finish());
        if !personal.is_empty() {
            document.add_text(self.fields.personal_row, personal.finish());
        }
        // Stored behind what every hit shows, which is read without them.
        for (column, cells) in &self.columns {
            if let (Some(stored), Cells::Text(array)) = (column.stored, cells)
                && array.is_valid(row)
            {
                document.add_text(stored, array.value(row));
            }
        }
        Ok(document)
    }

    fn authority(&self, rule: &AuthorityRule, row: usize) -> f32 {
        let column = self.columns.iter().find(|(column, _)| column.name == rule.column);
        match column {
            Some((_, Cells::Text(array))) if array.is_valid(row) => rule.share(array.value(row)),
            _ => 0.0,
        }
    }

    fn add_cell(
        &self,
        document: &mut TantivyDocument,
        shown: &mut JsonObject,
        column: &ColumnFields,
        cells: &Cells<'_>,
        row: usize,
    ) {
        let name = &column.name;
        match cells {
            Cells::Text(array) if array.is_valid(row) => {
                let text = array.value(row);
                self.add_words(document, column, text);
                if column.stored.is_none() {
                    column.exact.into_iter().for_each(|exact| document.add_text(exact, keyword(text)));
                    shown.text(name, text);
                }
            }
            Cells::Integer(array) if array.is_valid(row) => {
                add_integer(document, column, array.value(row));
                shown.plain(name, &array.value(row).to_string());
            }
            Cells::Number(array) if array.is_valid(row) && array.value(row).is_finite() => {
                column.exact.into_iter().for_each(|field| document.add_f64(field, array.value(row)));
                shown.plain(name, &serde_json::Value::from(array.value(row)).to_string());
            }
            Cells::Boolean(array) if array.is_valid(row) => {
                column.exact.into_iter().for_each(|field| document.add_bool(field, array.value(row)));
                shown.plain(name, if array.value(row) { "true" } else { "false" });
            }
            Cells::Date(array) if array.is_valid(row) => {
                add_integer(document, column, i64::from(array.value(row)));
                let day = from_epoch_days(array.value(row)).map(|day| day.to_string());
                day.into_iter().for_each(|day| shown.text(name, &day));
            }
            Cells::Instant(array) if array.is_valid(row) => {
                add_integer(document, column, array.value(row));
                shown.text(name, &Instant(array.value(row)).rfc3339());
            }
            _ => {}
        }
    }

    fn add_words(&self, document: &mut TantivyDocument, column: &ColumnFields, text: &str) {
        if !column.search {
            return;
        }
        let Lane { words, pairs, marks, numbers } =
            if column.personal { self.fields.personal } else { self.fields.open };
        for _ in 0..column.repeats {
            document.add_text(words, text);
            document.add_text(pairs, text);
        }
        document.add_text(marks, text);
        document.add_text(numbers, text);
        column.head.into_iter().for_each(|head| document.add_text(head, text));
    }
}

impl<'a> Cells<'a> {
    fn of(array: &'a ArrayRef, kind: ColumnType) -> Option<Self> {
        match kind {
            ColumnType::Text | ColumnType::Keyword => cast(array).map(Self::Text),
            ColumnType::Integer => cast(array).map(Self::Integer),
            ColumnType::Number => cast(array).map(Self::Number),
            ColumnType::Boolean => cast(array).map(Self::Boolean),
            ColumnType::Date => cast(array).map(Self::Date),
            ColumnType::Instant => cast(array).map(Self::Instant),
        }
    }
}

fn cast<T: Array + 'static>(array: &ArrayRef) -> Option<&T> {
    array.as_any().downcast_ref()
}

fn add_integer(document: &mut TantivyDocument, column: &ColumnFields, value: i64) {
    column.exact.into_iter().for_each(|field| document.add_i64(field, value));
}

/// The id's 80 bits as two numbers whose order is the order of the ids' texts.
pub(in crate::search) fn id_parts(id: RecordId) -> (u64, u64) {
    let [a, b, c, d, e, f, g, h, i, j] = id.bits();
    (u64::from_be_bytes([a, b, c, d, e, f, g, h]), u64::from(u16::from_be_bytes([i, j])))
}

/// The id of those two numbers.
pub(in crate::search) fn id_of_parts(letter: char, high: u64, low: u64) -> RecordId {
    let [a, b, c, d, e, f, g, h] = high.to_be_bytes();
    let [.., i, j] = low.to_be_bytes();
    RecordId::from_parts(u8::try_from(letter).unwrap_or(b'X'), [a, b, c, d, e, f, g, h, i, j])
}

/// What of a value is matched whole: terms are bounded, the value as stored is not.
pub(in crate::search) fn keyword(text: &str) -> &str {
    text.get(..text.floor_char_boundary(KEYWORD_BYTES_MAX)).unwrap_or(text)
}

/// A JSON object written straight to text.
#[derive(Default)]
struct JsonObject {
    text: String,
}

impl JsonObject {
    fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    fn text(&mut self, name: &str, value: &str) {
        let quoted = serde_json::Value::from(value).to_string();
        self.plain(name, &quoted);
    }

    /// `value` is JSON already; names are `a-z`, `0-9` and `_`.
    fn plain(&mut self, name: &str, value: &str) {
        self.text.push(if self.text.is_empty() { '{' } else { ',' });
        for part in ["\"", name, "\":", value] {
            self.text.push_str(part);
        }
    }

    fn finish(mut self) -> String {
        self.text.push_str(if self.text.is_empty() { "{}" } else { "}" });
        self.text
    }
}
