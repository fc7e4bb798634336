//! Checkpoints of a Delta log: the whole state of a table as one Parquet file.
//!
//! A foreign reader that finds `_last_checkpoint` starts there instead of at version 0. Delta Lake
//! protocol, section "Checkpoints", single-part, the columns of writer version 2.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Int32Builder, Int64Builder, ListBuilder, MapBuilder, RecordBatch,
    StringBuilder, StructArray,
};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Field, Fields, Schema};
use serde_json::json;

use crate::domain::clock::Instant;
use crate::store::commit::{DataFile, TableState};
use crate::store::home::Home;
use crate::store::{StoreError, file, log};

/// Writes the checkpoint of `state` and points `_last_checkpoint` at it.
///
/// # Errors
/// It cannot be written.
pub fn write(home: &Home, table: &str, state: &TableState, at: Instant) -> Result<(), StoreError> {
    let path = format!("{table}/_delta_log/{:020}.checkpoint.parquet", state.version);
    let batch = batch(table, state, at.0 / 1000).map_err(StoreError::columns(&path))?;
    let bytes = file::encode(&batch, &path)?;
    home.put_over(&path, &bytes)?;
    let last = json!({ "version": state.version, "size": batch.num_rows() });
    home.put_over(&format!("{table}/_delta_log/_last_checkpoint"), last.to_string().as_bytes())
}

fn batch(
    table: &str,
    state: &TableState,
    milliseconds: i64,
) -> Result<RecordBatch, arrow::error::ArrowError> {
    let rows = state.files.len() + 2;
    let columns = [
        ("protocol", protocol(rows)),
        ("metaData", metadata(rows, table, &state.schema)),
        ("add", adds(rows, &state.files, milliseconds)),
    ];
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
}

/// A struct column that is null but for the rows `from..to`.
fn sparse(rows: usize, from: usize, to: usize, columns: Vec<(&str, ArrayRef)>) -> ArrayRef {
    let present = NullBuffer::from((0..rows).map(|row| (from..to).contains(&row)).collect::<Vec<_>>());
    let fields: Fields =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    Arc::new(StructArray::new(fields, arrays, Some(present)))
}

fn protocol(rows: usize) -> ArrayRef {
    let version = |number: i32| -> ArrayRef {
        let mut builder = Int32Builder::new();
        (0..rows).for_each(|row| builder.append_option((row == 0).then_some(number)));
        Arc::new(builder.finish())
    };
    sparse(rows, 0, 1, vec![("minReaderVersion", version(1)), ("minWriterVersion", version(2))])
}

fn metadata(rows: usize, table: &str, schema: &str) -> ArrayRef {
    let text = |value: &str| -> ArrayRef {
        let mut builder = StringBuilder::new();
        (0..rows).for_each(|row| builder.append_option((row == 1).then_some(value)));
        Arc::new(builder.finish())
    };
    let mut created = Int64Builder::new();
    (0..rows).for_each(|row| created.append_option((row == 1).then_some(0)));
    let mut partitions = ListBuilder::new(StringBuilder::new());
    (0..rows).for_each(|row| partitions.append(row == 1));
    let format = sparse(rows, 1, 2, vec![("provider", text("parquet")), ("options", empty_maps(rows, 1, 2))]);
    let columns = vec![
        ("id", text(&log::table_id(table))),
        ("format", format),
        ("schemaString", text(schema)),
        ("partitionColumns", Arc::new(partitions.finish()) as ArrayRef),
        ("configuration", empty_maps(rows, 1, 2)),
        ("createdTime", Arc::new(created.finish()) as ArrayRef),
    ];
    sparse(rows, 1, 2, columns)
}

fn adds(rows: usize, files: &[DataFile], milliseconds: i64) -> ArrayRef {
    let mut paths = StringBuilder::new();
    let mut sizes = Int64Builder::new();
    let mut times = Int64Builder::new();
    let mut changes = BooleanBuilder::new();
    let mut stats = StringBuilder::new();
    for row in 0..rows {
        let file = row.checked_sub(2).and_then(|place| files.get(place));
        paths.append_option(file.map(|file| &file.name));
        sizes.append_option(file.map(|file| i64::try_from(file.size).unwrap_or(i64::MAX)));
        times.append_option(file.map(|_| milliseconds));
        changes.append_option(file.map(|_| false));
        stats.append_option(file.map(log::stats));
    }
    let columns = vec![
        ("path", Arc::new(paths.finish()) as ArrayRef),
        ("partitionValues", empty_maps(rows, 2, rows)),
        ("size", Arc::new(sizes.finish()) as ArrayRef),
        ("modificationTime", Arc::new(times.finish()) as ArrayRef),
        ("dataChange", Arc::new(changes.finish()) as ArrayRef),
        ("stats", Arc::new(stats.finish()) as ArrayRef),
    ];
    sparse(rows, 2, rows, columns)
}

/// A map column with empty maps in the rows `from..to`.
fn empty_maps(rows: usize, from: usize, to: usize) -> ArrayRef {
    let key = Arc::new(Field::new("key", DataType::Utf8, false));
    let mut builder = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new()).with_keys_field(key);
    for row in 0..rows {
        // Appending to a map fails only on keys and values of unequal number; here there are none.
        let _ = builder.append((from..to).contains(&row));
    }
    let maps = builder.finish();
    Arc::new(maps)
}
