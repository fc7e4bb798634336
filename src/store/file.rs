//! Parquet files: written whole and durably, read by ranges.
//!
//! A file is made in memory, at most a few tens of MiB, and put under a name nobody used before. Reading
//! fetches the footer and then only the columns asked for; a column that a file does not have, because it
//! is older than the column, reads as null.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, new_null_array};
use arrow::datatypes::SchemaRef;
use bytes::{Buf, Bytes};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{ChunkReader, Length};
use parquet::schema::types::ColumnPath;

use crate::domain::commit::CommitVersion;
use crate::domain::limits::{BATCH_ROWS_MAX, FILE_ROWS_MAX};
use crate::store::StoreError;
use crate::store::commit::DataFile;
use crate::store::home::Home;

/// One Parquet file of `batch`, in memory.
///
/// # Errors
/// The columns cannot be encoded.
pub fn encode(batch: &RecordBatch, path: &str) -> Result<Vec<u8>, StoreError> {
    let mut writer = FileWriter::new(batch.schema(), path)?;
    writer.add(batch)?;
    writer.finish().map(|(bytes, _)| bytes)
}

/// A Parquet file in the making.
pub struct FileWriter {
    path: String,
    inner: ArrowWriter<Vec<u8>>,
    rows: usize,
}

impl FileWriter {
    /// A file of these columns; `path` is for error messages.
    ///
    /// # Errors
    /// The columns cannot be encoded.
    pub fn new(schema: SchemaRef, path: &str) -> Result<Self, StoreError> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(FILE_ROWS_MAX))
            .set_created_by(concat!("thanhtra ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_column_dictionary_enabled(ColumnPath::from("id"), false)
            .set_column_dictionary_enabled(ColumnPath::from("text"), false)
            .set_column_dictionary_enabled(ColumnPath::from("row_hash"), false)
            .set_column_dictionary_enabled(ColumnPath::from("text_hash"), false)
            .build();
        let inner =
            ArrowWriter::try_new(Vec::new(), schema, Some(properties)).map_err(StoreError::columns(path))?;
        Ok(Self { path: path.to_owned(), inner, rows: 0 })
    }

    /// Adds rows.
    ///
    /// # Errors
    /// The columns do not fit or cannot be encoded.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), StoreError> {
        self.rows += batch.num_rows();
        self.inner.write(batch).map_err(StoreError::columns(&self.path))
    }

    /// Rows so far.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The file's bytes and rows.
    ///
    /// # Errors
    /// The columns cannot be encoded.
    pub fn finish(self) -> Result<(Vec<u8>, usize), StoreError> {
        let path = self.path;
        let bytes = self.inner.into_inner().map_err(StoreError::columns(&path))?;
        Ok((bytes, self.rows))
    }
}

/// Reads the columns of `schema` from a file of the table at `table`, batch by batch.
///
/// # Errors
/// The file is gone or damaged; so says each batch, too.
pub fn batches(
    home: &Home,
    table: &str,
    file: &DataFile,
    schema: &SchemaRef,
) -> Result<impl Iterator<Item = Result<RecordBatch, StoreError>> + use<>, StoreError> {
    let path = format!("{table}/{}", file.name);
    let source = Source { home: home.clone(), path: path.clone(), size: file.size };
    let metadata = ArrowReaderMetadata::load(&source, Default::default())
        .map_err(|error| StoreError::damaged(&path, error.to_string()))?;
    let descriptor = metadata.metadata().file_metadata().schema_descr_ptr();
    let names = schema.fields().iter().map(|field| field.name().as_str());
    let mask = ProjectionMask::columns(&descriptor, names);
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(source, metadata)
        .with_projection(mask)
        .with_batch_size(BATCH_ROWS_MAX)
        .build()
        .map_err(|error| StoreError::damaged(&path, error.to_string()))?;
    let schema = Arc::clone(schema);
    Ok(reader.map(move |batch| {
        let batch = batch.map_err(|error| StoreError::damaged(&path, error.to_string()))?;
        conform(&batch, &schema).map_err(StoreError::columns(&path))
    }))
}

/// `batch` with exactly the columns of `schema`; those it lacks are null.
///
/// # Errors
/// A column has another type than the schema says, or may not be null and is.
pub fn conform(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, arrow::error::ArrowError> {
    let rows = batch.num_rows();
    let columns = schema.fields().iter().map(|field| -> ArrayRef {
        let found = batch.column_by_name(field.name()).cloned();
        found.unwrap_or_else(|| new_null_array(field.data_type(), rows))
    });
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns.collect(), &options)
}

/// Name of a data file: no two writers, and no two tries of one commit, ever make the same.
#[must_use]
pub fn name_of(commit: CommitVersion, part: usize, salt: u64) -> String {
    format!("part-{:010}-{part:04}-{salt:016x}.parquet", commit.0)
}

struct Source {
    home: Home,
    path: String,
    size: u64,
}

impl Length for Source {
    fn len(&self) -> u64 {
        self.size
    }
}

impl ChunkReader for Source {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        Ok(self.fetch(start, self.size)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        self.fetch(start, start + length as u64)
    }
}

impl Source {
    fn fetch(&self, from: u64, to: u64) -> parquet::errors::Result<Bytes> {
        let found = self.home.read_range(&self.path, from..to);
        found.map_err(|error| parquet::errors::ParquetError::External(Box::new(error)))
    }
}
