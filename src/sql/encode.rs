//! Answers on their way out: record batches into the formats people and programs read.
//!
//! Streaming: a batch is written as it comes, so an answer of any length needs the memory of one
//! batch (Parquet: of one row group). Days are ISO dates, instants RFC 3339 in UTC, numbers plain. In
//! JSON a null is written, so that every object has every key. Only `csv` is changed for people: a text
//! that a spreadsheet would run as a formula gets a `'` in front (OWASP CSV injection); programs that
//! need the exact text take any other format.

use std::io::{self, Write};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::csv;
use arrow::datatypes::{DataType, Schema};
use arrow::error::ArrowError;
use arrow::ipc::writer::StreamWriter;
use arrow::json::writer::{JsonArray, LineDelimited, Writer as JsonWriter, WriterBuilder};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::definition::suggest;
use crate::sql::SqlError;

mod aligned;

use aligned::Aligned;

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Aligned columns for a terminal; long cells are cut.
    Table,
    /// RFC 4180 with a header, safe to open in a spreadsheet.
    Csv,
    /// One JSON array of objects.
    Json,
    /// One JSON object in each line.
    Ndjson,
    /// Arrow IPC stream.
    Arrow,
    /// Parquet, zstd.
    Parquet,
}

const ALL: [Format; 6] =
    [Format::Table, Format::Csv, Format::Json, Format::Ndjson, Format::Arrow, Format::Parquet];

impl Format {
    /// The format of that name.
    ///
    /// # Errors
    /// There is none; the error offers the nearest.
    pub fn parse(name: &str) -> Result<Self, SqlError> {
        let found = ALL.into_iter().find(|format| format.name() == name);
        let near = || suggest(name, ALL.map(Self::name));
        found.ok_or_else(|| {
            let known = ALL.map(Self::name).join(", ");
            SqlError::Refused(format!("no format `{name}`{}; there are {known}", near()))
        })
    }

    /// Its name in commands and URLs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Arrow => "arrow",
            Self::Parquet => "parquet",
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Table => "text/plain; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::Arrow => "application/vnd.apache.arrow.stream",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// Writes batches of one schema. The first batch, which may be empty, tells the columns.
pub struct Encoder<W: Write + Send> {
    state: State<W>,
}

enum State<W: Write + Send> {
    Waiting(Format, W),
    Table(Aligned<W>),
    Csv(Box<csv::Writer<W>>),
    Json(JsonWriter<W, JsonArray>),
    Ndjson(JsonWriter<W, LineDelimited>),
    Arrow(Box<StreamWriter<W>>),
    Parquet(Box<ArrowWriter<W>>),
    Broken,
}

impl<W: Write + Send> Encoder<W> {
    /// An encoder into `to`.
    pub fn new(format: Format, to: W) -> Self {
        Self { state: State::Waiting(format, to) }
    }

    /// Writes the rows of `batch`.
    ///
    /// # Errors
    /// `to` does not take them, or the format cannot hold a column's type.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), SqlError> {
        self.begin(&batch.schema())?;
        match &mut self.state {
            State::Table(writer) => writer.write(batch).map_err(arrow_fault),
            State::Csv(writer) => writer.write(&guarded(batch).map_err(arrow_fault)?).map_err(arrow_fault),
            State::Json(writer) => writer.write(batch).map_err(arrow_fault),
            State::Ndjson(writer) => writer.write(batch).map_err(arrow_fault),
            State::Arrow(writer) => writer.write(batch).map_err(arrow_fault),
            State::Parquet(writer) => writer.write(batch).map_err(|error| arrow_fault(error.into())),
            State::Waiting(..) | State::Broken => Err(broken()),
        }
    }

    /// Writes what is still to write and gives `to` back.
    ///
    /// # Errors
    /// `to` does not take it.
    pub fn finish(self) -> Result<W, SqlError> {
        let finished = match self.state {
            State::Waiting(_, to) => Ok(to),
            State::Table(writer) => writer.finish(),
            State::Csv(writer) => Ok(writer.into_inner()),
            State::Json(mut writer) => writer.finish().map(|()| writer.into_inner()),
            State::Ndjson(mut writer) => writer.finish().map(|()| writer.into_inner()),
            State::Arrow(writer) => writer.into_inner(),
            State::Parquet(writer) => writer.into_inner().map_err(ArrowError::from),
            State::Broken => return Err(broken()),
        };
        let mut to = finished.map_err(arrow_fault)?;
        to.flush()?;
        Ok(to)
    }

    fn begin(&mut self, schema: &Arc<Schema>) -> Result<(), SqlError> {
        if !matches!(self.state, State::Waiting(..)) {
            return Ok(());
        }
        if let State::Waiting(format, to) = std::mem::replace(&mut self.state, State::Broken) {
            check(format, schema)?;
            self.state = begun(format, to, schema)?;
        }
        Ok(())
    }
}

/// Rows as JSON objects, for an answer small enough to hold.
///
/// # Errors
/// A column's type has no form in JSON.
pub fn objects(batches: &[RecordBatch]) -> Result<Vec<serde_json::Value>, SqlError> {
    let mut encoder = Encoder::new(Format::Json, Vec::new());
    for batch in batches {
        encoder.write(batch)?;
    }
    let bytes = encoder.finish()?;
    serde_json::from_slice(&bytes).map_err(|_| SqlError::Internal("rows are not JSON".to_owned()))
}

fn begun<W: Write + Send>(format: Format, to: W, schema: &Arc<Schema>) -> Result<State<W>, SqlError> {
    let json = WriterBuilder::new().with_explicit_nulls(true);
    Ok(match format {
        Format::Table => State::Table(Aligned::new(to)),
        Format::Csv => State::Csv(Box::new(csv::WriterBuilder::new().with_header(true).build(to))),
        Format::Json => State::Json(json.build::<_, JsonArray>(to)),
        Format::Ndjson => State::Ndjson(json.build::<_, LineDelimited>(to)),
        Format::Arrow => State::Arrow(Box::new(StreamWriter::try_new(to, schema).map_err(arrow_fault)?)),
        Format::Parquet => {
            let zstd = Compression::ZSTD(ZstdLevel::default());
            let properties = WriterProperties::builder().set_compression(zstd).build();
            let writer = ArrowWriter::try_new(to, Arc::clone(schema), Some(properties));
            State::Parquet(Box::new(writer.map_err(|error| arrow_fault(error.into()))?))
        }
    })
}

/// Rows inside rows fit neither lines nor cells.
fn check(format: Format, schema: &Schema) -> Result<(), SqlError> {
    let nested = schema.fields().iter().find(|field| field.data_type().is_nested());
    match (format, nested) {
        (Format::Table | Format::Csv, Some(field)) => {
            Err(SqlError::Unwritable { column: field.name().clone(), format: format.name().to_owned() })
        }
        _ => Ok(()),
    }
}

fn arrow_fault(error: ArrowError) -> SqlError {
    match error {
        ArrowError::IoError(_, source) => SqlError::Write(source),
        ArrowError::ExternalError(source) => match source.downcast::<io::Error>() {
            Ok(source) => SqlError::Write(*source),
            Err(_) => SqlError::Write(io::Error::other("the answer cannot be written in this format")),
        },
        _ => SqlError::Write(io::Error::other("the answer cannot be written in this format")),
    }
}

fn broken() -> SqlError {
    SqlError::Internal("an encoder was used after it failed".to_owned())
}

/// `batch` with the texts that a spreadsheet would run put behind a `'`.
fn guarded(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let columns = batch.columns().iter().map(|column| match column.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => guarded_column(column),
        _ => Ok(Arc::clone(column)),
    });
    let columns = columns.collect::<Result<Vec<_>, ArrowError>>()?;
    let fields = batch.schema_ref().fields().iter().zip(&columns);
    let fields =
        fields.map(|(field, column)| field.as_ref().clone().with_data_type(column.data_type().clone()));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(schema, columns, &options)
}

fn guarded_column(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let column = cast(column, &DataType::Utf8)?;
    let texts = column.as_any().downcast_ref::<StringArray>();
    let is_formula = |text: &str| text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    match texts {
        Some(texts) if texts.iter().flatten().any(is_formula) => {
            let safe = texts.iter().map(|text| {
                text.map(|text| if is_formula(text) { format!("'{text}") } else { text.to_owned() })
            });
            Ok(Arc::new(safe.collect::<StringArray>()))
        }
        _ => Ok(column),
    }
}

#[cfg(test)]
mod tests;
