//! Records to Arrow columns, with a keyed hash of each row and of its long part.

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, RecordBatch, StringBuilder,
    TimestampMicrosecondBuilder,
};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use std::sync::Arc;
use xxhash_rust::xxh3::Xxh3;

use crate::definition::column::{Column, ColumnType};
use crate::definition::dataset::Dataset;
use crate::domain::civil::{CivilDate, Precision, epoch_days};
use crate::domain::id::RecordId;
use crate::domain::record::{Operation, Record, Value};

enum Cells {
    Text(StringBuilder),
    Integer(Int64Builder),
    Number(Float64Builder),
    Boolean(BooleanBuilder),
    Date(Date32Builder),
    Instant(TimestampMicrosecondBuilder),
}

struct OneColumn {
    name: String,
    cells: Cells,
    precision: Option<StringBuilder>,
    long: bool,
}

/// Builders of one batch.
pub(super) struct Builders {
    schema: SchemaRef,
    key: [StringBuilder; 3],
    columns: Vec<OneColumn>,
    extra: StringBuilder,
    absent: StringBuilder,
    retract: BooleanBuilder,
    line: Int64Builder,
    row_hash: Int64Builder,
    text_hash: Int64Builder,
    rows: usize,
    bytes: usize,
}

impl Builders {
    pub(super) fn new(dataset: &Dataset, schema: SchemaRef) -> Self {
        Self {
            schema,
            key: [StringBuilder::new(), StringBuilder::new(), StringBuilder::new()],
            columns: dataset.columns.iter().map(OneColumn::new).collect(),
            extra: StringBuilder::new(),
            absent: StringBuilder::new(),
            retract: BooleanBuilder::new(),
            line: Int64Builder::new(),
            row_hash: Int64Builder::new(),
            text_hash: Int64Builder::new(),
            rows: 0,
            bytes: 0,
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn push(&mut self, id: RecordId, record: &Record, hash_key: u64) {
        let mut row = Xxh3::with_seed(hash_key);
        let mut long = Xxh3::with_seed(hash_key);
        let [ids, systems, keys] = &mut self.key;
        ids.append_value(id.to_string());
        systems.append_value(&record.source_system);
        keys.append_value(&record.source_id);
        for (column, value) in self.columns.iter_mut().zip(&record.values) {
            self.bytes += column.push(value);
            column.hash(&mut row, value);
            if column.long {
                column.hash(&mut long, value);
            }
        }
        let is_retraction = record.operation == Operation::Retract;
        row.update(record.extra.as_bytes());
        row.update(&[u8::from(is_retraction)]);
        long.update(record.extra.as_bytes());
        self.bytes += record.extra.len();
        self.extra.append_option((!record.extra.is_empty()).then_some(&record.extra));
        self.absent.append_option(absent_columns(&record.values));
        self.retract.append_value(is_retraction);
        self.line.append_value(i64::try_from(record.line).unwrap_or(i64::MAX));
        self.row_hash.append_value(row.digest().cast_signed());
        self.text_hash.append_value(long.digest().cast_signed());
        self.rows += 1;
    }

    pub(super) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.schema.fields().len());
        arrays.extend(self.key.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef));
        for column in &mut self.columns {
            arrays.push(column.cells.finish());
            arrays.extend(column.precision.as_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef));
        }
        arrays.push(Arc::new(self.extra.finish()));
        arrays.push(Arc::new(self.absent.finish()));
        arrays.push(Arc::new(self.retract.finish()));
        arrays.push(Arc::new(self.line.finish()));
        arrays.push(Arc::new(self.row_hash.finish()));
        arrays.push(Arc::new(self.text_hash.finish()));
        self.rows = 0;
        self.bytes = 0;
        RecordBatch::try_new(Arc::clone(&self.schema), arrays)
    }
}

impl OneColumn {
    fn new(column: &Column) -> Self {
        let cells = match column.kind {
            ColumnType::Text | ColumnType::Keyword => Cells::Text(StringBuilder::new()),
            ColumnType::Integer => Cells::Integer(Int64Builder::new()),
            ColumnType::Number => Cells::Number(Float64Builder::new()),
            ColumnType::Boolean => Cells::Boolean(BooleanBuilder::new()),
            ColumnType::Date => Cells::Date(Date32Builder::new()),
            ColumnType::Instant => Cells::Instant(TimestampMicrosecondBuilder::new().with_timezone("UTC")),
        };
        Self {
            name: column.name.clone(),
            cells,
            precision: column.due.then(StringBuilder::new),
            long: column.long,
        }
    }

    /// Hashes what is stored of a value. A column without one counts for nothing, so that a definition
    /// with one column more changes no row.
    fn hash(&self, hash: &mut Xxh3, value: &Value) {
        if value.is_null() {
            return;
        }
        hash.update(self.name.as_bytes());
        match value {
            Value::Date(date) if self.precision.is_none() => {
                hash_value(hash, &Value::Date(CivilDate::day(date.first_day())));
            }
            _ => hash_value(hash, value),
        }
    }

    /// Appends a value, null where it has another type than the column, and says how many bytes it took.
    fn push(&mut self, value: &Value) -> usize {
        let date = match value {
            Value::Date(date) => Some(*date),
            _ => None,
        };
        match (&mut self.cells, value) {
            (Cells::Text(cells), Value::Text(text)) => {
                cells.append_value(text);
                return text.len();
            }
            (Cells::Text(cells), _) => cells.append_null(),
            (Cells::Integer(cells), Value::Integer(number)) => cells.append_value(*number),
            (Cells::Integer(cells), _) => cells.append_null(),
            (Cells::Number(cells), Value::Number(number)) => cells.append_value(*number),
            (Cells::Number(cells), _) => cells.append_null(),
            (Cells::Boolean(cells), Value::Boolean(flag)) => cells.append_value(*flag),
            (Cells::Boolean(cells), _) => cells.append_null(),
            (Cells::Instant(cells), Value::Instant(instant)) => cells.append_value(instant.0),
            (Cells::Instant(cells), _) => cells.append_null(),
            (Cells::Date(cells), _) => {
                let is_due = self.precision.is_some();
                cells.append_option(date.map(|date| stored_day(date, is_due)));
            }
        }
        if let Some(precision) = &mut self.precision {
            let code = date.map(CivilDate::precision).filter(|found| *found != Precision::Day);
            precision.append_option(code.map(Precision::code));
        }
        8
    }
}

/// A due date counts as the last day of its period, any other date as the first.
fn stored_day(date: CivilDate, is_due: bool) -> i32 {
    epoch_days(if is_due { date.last_day() } else { date.first_day() })
}

impl Cells {
    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(cells) => Arc::new(cells.finish()),
            Self::Integer(cells) => Arc::new(cells.finish()),
            Self::Number(cells) => Arc::new(cells.finish()),
            Self::Boolean(cells) => Arc::new(cells.finish()),
            Self::Date(cells) => Arc::new(cells.finish()),
            Self::Instant(cells) => Arc::new(cells.finish()),
        }
    }
}

/// Places of the columns that the record says nothing of, joined by commas; nothing when it names all.
fn absent_columns(values: &[Value]) -> Option<String> {
    let absent = values.iter().enumerate().filter(|(_, value)| **value == Value::Absent);
    let places: Vec<String> = absent.map(|(place, _)| place.to_string()).collect();
    (!places.is_empty()).then(|| places.join(","))
}

fn hash_value(hash: &mut Xxh3, value: &Value) {
    let fixed = |hash: &mut Xxh3, tag: u8, bits: u64| {
        hash.update(&[tag]);
        hash.update(&bits.to_le_bytes());
    };
    match value {
        Value::Null | Value::Absent => hash.update(&[0]),
        Value::Text(text) => {
            fixed(hash, 1, text.len() as u64);
            hash.update(text.as_bytes());
        }
        Value::Integer(number) => fixed(hash, 2, number.cast_unsigned()),
        Value::Number(number) => fixed(hash, 3, number.to_bits()),
        Value::Boolean(flag) => fixed(hash, 4, u64::from(*flag)),
        Value::Date(date) => {
            fixed(hash, 5, i64::from(epoch_days(date.first_day())).cast_unsigned());
            hash.update(date.precision().code().as_bytes());
        }
        Value::Instant(instant) => fixed(hash, 6, instant.0.cast_unsigned()),
    }
}
