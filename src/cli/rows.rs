//! Rows that a command makes itself, on their way into any format.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Field, Schema};
use serde_json::Value as Json;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::sql::SqlError;
use crate::sql::encode::{Encoder, Format};

/// A column under its heading.
pub(super) struct Column {
    heading: String,
    values: ArrayRef,
}

impl Column {
    /// Of texts.
    pub(super) fn texts(heading: &str, values: impl Iterator<Item = Option<String>>) -> Self {
        Self { heading: heading.to_owned(), values: Arc::new(values.collect::<StringArray>()) }
    }

    /// Of whole numbers.
    pub(super) fn integers(heading: &str, values: impl Iterator<Item = Option<i64>>) -> Self {
        Self { heading: heading.to_owned(), values: Arc::new(values.collect::<Int64Array>()) }
    }

    /// Of numbers.
    pub(super) fn numbers(heading: &str, values: impl Iterator<Item = f64>) -> Self {
        Self { heading: heading.to_owned(), values: Arc::new(values.map(Some).collect::<Float64Array>()) }
    }
}

/// The rows of these columns.
pub(super) fn batch(columns: Vec<Column>) -> Result<RecordBatch, SqlError> {
    let fields: Vec<Field> = columns
        .iter()
        .map(|column| Field::new(&column.heading, column.values.data_type().clone(), true))
        .collect();
    let values = columns.into_iter().map(|column| column.values).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), values)
        .map_err(|error| SqlError::Internal(error.to_string()))
}

/// `batch` under other headings.
pub(super) fn under(batch: &RecordBatch, heading: &dyn Fn(&str) -> String) -> Result<RecordBatch, SqlError> {
    let fields = batch.schema_ref().fields().iter();
    let fields: Vec<Field> =
        fields.map(|field| field.as_ref().clone().with_name(heading(field.name()))).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), batch.columns().to_vec())
        .map_err(|error| SqlError::Internal(error.to_string()))
}

/// Writes `batches` to stdout.
pub(super) fn write(context: &Context, format: Format, batches: &[RecordBatch]) -> Result<(), CliError> {
    refuse_terminal(context, format)?;
    let mut encoder = Encoder::new(format, context.stdout()?);
    for batch in batches {
        encoder.write(batch)?;
    }
    let mut output = encoder.finish()?;
    output.flush().map_err(CliError::output("stdout"))
}

/// `batches` as bytes.
pub(super) fn encoded(format: Format, batches: &[RecordBatch]) -> Result<Vec<u8>, SqlError> {
    let mut encoder = Encoder::new(format, Vec::new());
    for batch in batches {
        encoder.write(batch)?;
    }
    encoder.finish()
}

/// Bytes that no terminal can show do not go to one.
pub(super) fn refuse_terminal(context: &Context, format: Format) -> Result<(), CliError> {
    match format {
        Format::Arrow | Format::Parquet if context.is_terminal() => {
            Err(CliError::OnTerminal { format: format.name() })
        }
        _ => Ok(()),
    }
}

/// A JSON value as a cell.
pub(super) fn cell(value: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// The format of that name, for the command line.
pub(super) fn format(name: &str) -> Result<Format, String> {
    Format::parse(name).map_err(|error| error.to_string())
}
