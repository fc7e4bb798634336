//! A staged row back as the record it came from, for a row that is rejected after all were read.

use arrow::array::{Array, Float64Array, RecordBatch, TimestampMicrosecondArray};

use crate::definition::column::{Column, ColumnType};
use crate::definition::dataset::Dataset;
use crate::domain::civil::{CivilDate, Precision, from_epoch_days};
use crate::domain::clock::Instant;
use crate::domain::record::{Operation, Record, Value};
use crate::store::StoreError;
use crate::store::table::{booleans, dates, integers, strings, text_at};

/// The record at `row` of a staged batch; child records are not among the staged columns.
///
/// # Errors
/// The batch does not have the columns of a stage.
pub fn record_at(dataset: &Dataset, batch: &RecordBatch, row: usize) -> Result<Record, StoreError> {
    let text = |name: &str| -> Result<String, StoreError> {
        Ok(text_at(strings(batch, name)?, row).unwrap_or_default().to_owned())
    };
    let values: Result<Vec<Value>, StoreError> =
        dataset.columns.iter().map(|column| value_at(column, batch, row)).collect();
    let mut values = values?;
    for place in text("absent")?.split(',').filter_map(|place| place.parse::<usize>().ok()) {
        if let Some(value) = values.get_mut(place) {
            *value = Value::Absent;
        }
    }
    let is_retraction = booleans(batch, "retract")?.value(row);
    Ok(Record {
        source_system: text("source_system")?,
        source_id: text("source_id")?,
        operation: if is_retraction { Operation::Retract } else { Operation::Upsert },
        values,
        extra: text("extra")?,
        line: u64::try_from(integers(batch, "line")?.value(row)).unwrap_or_default(),
        children: Vec::new(),
    })
}

/// The value of `column` at `row` of a staged or stored batch; empty where the batch lacks the column.
///
/// # Errors
/// The column has another type there.
pub fn value_at(column: &Column, batch: &RecordBatch, row: usize) -> Result<Value, StoreError> {
    let found = batch.column_by_name(&column.name);
    let Some(array) = found.filter(|array| array.is_valid(row)) else { return Ok(Value::Null) };
    Ok(match column.kind {
        ColumnType::Text | ColumnType::Keyword => {
            Value::Text(strings(batch, &column.name)?.value(row).to_owned())
        }
        ColumnType::Integer => Value::Integer(integers(batch, &column.name)?.value(row)),
        ColumnType::Boolean => Value::Boolean(booleans(batch, &column.name)?.value(row)),
        ColumnType::Date => date_at(column, batch, row)?,
        ColumnType::Number => array
            .as_any()
            .downcast_ref::<Float64Array>()
            .map_or(Value::Null, |numbers| Value::Number(numbers.value(row))),
        ColumnType::Instant => array
            .as_any()
            .downcast_ref::<TimestampMicrosecondArray>()
            .map_or(Value::Null, |instants| Value::Instant(Instant(instants.value(row)))),
    })
}

fn date_at(column: &Column, batch: &RecordBatch, row: usize) -> Result<Value, StoreError> {
    let Some(day) = from_epoch_days(dates(batch, &column.name)?.value(row)) else { return Ok(Value::Null) };
    let precision = if column.due {
        Precision::from_code(text_at(strings(batch, &column.precision_name())?, row))
    } else {
        Precision::Day
    };
    Ok(Value::Date(CivilDate::within(day, precision)))
}
