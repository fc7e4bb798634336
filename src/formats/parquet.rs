//! Parquet: columns of any type to cells, a bounded batch at a time.
//!
//! Columns are brought to few types by Arrow's own casts; arrays and structures become JSON, which is
//! how child rows and `extra` take them.

use std::borrow::Cow;
use std::panic::{self, AssertUnwindSafe};

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Date32Type, Field, Float64Type, Int64Type, Schema, TimeUnit, TimestampMicrosecondType,
};
use arrow::json::LineDelimitedWriter;
use chrono::DateTime;
use serde_json::Value as Json;

use crate::domain::civil::from_epoch_days;
use crate::domain::clock::Instant;
use crate::domain::limits::PARQUET_BATCH_ROWS;
use crate::formats::cell::Cell;
use crate::formats::fault::Fault;
use crate::formats::open::OnDisk;
use crate::formats::rows::Rows;

/// Reads the whole file. The line of a row is its place, from 1.
pub(crate) fn read(given: OnDisk, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    let builder = guarded(|| ParquetRecordBatchReaderBuilder::try_new(given.file))?;
    let names = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    let header = rows.header(names)?;
    rows.check_map()?;
    let total = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0).max(1);
    let mut batches = guarded(|| builder.with_batch_size(PARQUET_BATCH_ROWS).build())?;
    let (mut line, mut counted) = (0, 0);
    while let Some(batch) = guarded(|| batches.next().transpose())? {
        let columns: Vec<Column> = batch.columns().iter().map(Column::new).collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            line += 1;
            let cells: Vec<Cell<'_>> = columns.iter().map(|column| column.cell(row)).collect();
            rows.push(line, &header, &cells)?;
        }
        let share = (u128::from(given.uncounted) * u128::from(line.min(total)) / u128::from(total)) as u64;
        rows.done(share - counted);
        counted = share;
    }
    Ok(())
}

/// A column brought to one of few types.
enum Column {
    Text(ArrayRef),
    Integer(ArrayRef),
    Number(ArrayRef),
    Boolean(ArrayRef),
    Date(ArrayRef),
    /// Microseconds, and whether they are UTC and not a local time.
    Timestamp(ArrayRef, bool),
    Nested(Vec<Json>),
}

impl Column {
    fn new(array: &ArrayRef) -> Result<Self, Fault> {
        let to = |kind: DataType| cast(array, &kind).map_err(|error| broken(&error));
        let plain = match array.data_type() {
            DataType::Dictionary(_, values) => values.as_ref().clone(),
            other => other.clone(),
        };
        Ok(match plain {
            DataType::Null | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
                Self::Text(to(DataType::Utf8)?)
            }
            DataType::Boolean => Self::Boolean(to(DataType::Boolean)?),
            // Beyond 64 signed bits a number stays exact as text.
            DataType::UInt64 => Self::Text(to(DataType::Utf8)?),
            kind if kind.is_integer() => Self::Integer(to(DataType::Int64)?),
            kind if kind.is_floating() => Self::Number(to(DataType::Float64)?),
            DataType::Decimal32(_, scale)
            | DataType::Decimal64(_, scale)
            | DataType::Decimal128(_, scale)
            | DataType::Decimal256(_, scale)
                if scale <= 0 =>
            {
                Self::Text(to(DataType::Utf8)?)
            }
            kind if kind.is_decimal() => Self::Number(to(DataType::Float64)?),
            DataType::Date32 | DataType::Date64 => Self::Date(to(DataType::Date32)?),
            DataType::Timestamp(_, zone) => {
                let micros = DataType::Timestamp(TimeUnit::Microsecond, zone.clone());
                Self::Timestamp(to(micros)?, zone.is_some())
            }
            kind if kind.is_nested() => Self::Nested(json(array)?),
            // Times, intervals and bytes have no column type of ours; their text form is kept.
            _ => Self::Text(to(DataType::Utf8)?),
        })
    }

    fn cell(&self, row: usize) -> Cell<'_> {
        match self {
            Self::Text(array) => {
                valid(array, row).map_or(Cell::Empty, |array| Cell::text(array.as_string::<i32>().value(row)))
            }
            Self::Integer(array) => valid(array, row)
                .map_or(Cell::Empty, |array| Cell::Integer(array.as_primitive::<Int64Type>().value(row))),
            Self::Number(array) => valid(array, row)
                .map_or(Cell::Empty, |array| Cell::Number(array.as_primitive::<Float64Type>().value(row))),
            Self::Boolean(array) => {
                valid(array, row).map_or(Cell::Empty, |array| Cell::Boolean(array.as_boolean().value(row)))
            }
            Self::Date(array) => {
                let day = valid(array, row).map(|array| array.as_primitive::<Date32Type>().value(row));
                let out_of_calendar = |days: i32| Cell::Text(Cow::Owned(days.to_string()));
                day.map_or(Cell::Empty, |days| {
                    from_epoch_days(days).map_or_else(|| out_of_calendar(days), Cell::Day)
                })
            }
            Self::Timestamp(array, is_utc) => {
                let micros = valid(array, row)
                    .map(|array| array.as_primitive::<TimestampMicrosecondType>().value(row));
                micros.map_or(Cell::Empty, |micros| timestamp(micros, *is_utc))
            }
            Self::Nested(values) => values.get(row).cloned().map_or(Cell::Empty, Cell::json),
        }
    }
}

fn valid(array: &ArrayRef, row: usize) -> Option<&ArrayRef> {
    array.is_valid(row).then_some(array)
}

fn timestamp(micros: i64, is_utc: bool) -> Cell<'static> {
    if is_utc {
        return Cell::Instant(Instant(micros));
    }
    let moment = DateTime::from_timestamp_micros(micros).map(|utc| Cell::Moment(utc.naive_utc()));
    moment.unwrap_or_else(|| Cell::Text(Cow::Owned(micros.to_string())))
}

fn json(array: &ArrayRef) -> Result<Vec<Json>, Fault> {
    let schema = Schema::new(vec![Field::new("v", array.data_type().clone(), true)]);
    let batch = RecordBatch::try_new(schema.into(), vec![array.clone()]).map_err(|error| broken(&error))?;
    let mut lines = LineDelimitedWriter::new(Vec::new());
    lines.write(&batch).and_then(|()| lines.finish()).map_err(|error| broken(&error))?;
    let lines = lines.into_inner();
    let objects = serde_json::Deserializer::from_slice(&lines).into_iter::<Json>();
    let value = |object: Json| object.get("v").cloned().unwrap_or(Json::Null);
    objects.map(|object| object.map(value).map_err(|error| broken(&error))).collect()
}

/// The crate panics on metadata that contradicts itself (a negative length, say): a damaged file too.
fn guarded<T, E: ToString>(work: impl FnOnce() -> Result<T, E>) -> Result<T, Fault> {
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(|error| broken(&error)),
        Err(_) => Err(Fault::Parquet("its metadata contradicts itself".to_owned())),
    }
}

fn broken(error: &impl ToString) -> Fault {
    Fault::Parquet(error.to_string())
}
