//! Writing and reading a table's rows: typed columns of a batch, and files that roll over at their limit.

use std::sync::Arc;

use arrow::array::{Array, BooleanArray, Date32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::SchemaRef;

use crate::domain::commit::CommitVersion;
use crate::domain::limits::{FILE_ROWS_MAX, FILE_TEXT_BYTES_MAX};
use crate::store::StoreError;
use crate::store::commit::DataFile;
use crate::store::file::{FileWriter, conform, name_of};
use crate::store::home::Home;

/// The text column `name` of `batch`.
///
/// # Errors
/// There is none of that type.
pub fn strings<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a StringArray, StoreError> {
    typed(batch, name)
}

/// The integer column `name` of `batch`.
///
/// # Errors
/// There is none of that type.
pub fn integers<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a Int64Array, StoreError> {
    typed(batch, name)
}

/// The boolean column `name` of `batch`.
///
/// # Errors
/// There is none of that type.
pub fn booleans<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a BooleanArray, StoreError> {
    typed(batch, name)
}

/// The date column `name` of `batch`.
///
/// # Errors
/// There is none of that type.
pub fn dates<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a Date32Array, StoreError> {
    typed(batch, name)
}

fn typed<'a, T: 'static>(batch: &'a RecordBatch, name: &str) -> Result<&'a T, StoreError> {
    let column = batch.column_by_name(name).and_then(|column| column.as_any().downcast_ref());
    column.ok_or_else(|| StoreError::damaged(name, "the column is missing or has another type"))
}

/// The text at `row`, if any.
#[must_use]
pub fn text_at(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row))
}

/// Where and under which commit new files of a table are written.
#[derive(Debug, Clone)]
pub struct Target {
    /// The store's home.
    pub home: Home,
    /// The table's folder.
    pub table: String,
    /// The commit in the making.
    pub commit: CommitVersion,
    /// Makes this try's file names its own.
    pub salt: u64,
}

/// Writes rows of a table to as many files as their limit asks for.
pub struct TableWriter {
    target: Target,
    schema: SchemaRef,
    open: Option<FileWriter>,
    open_bytes: usize,
    files: Vec<DataFile>,
    first_part: usize,
}

impl TableWriter {
    /// A writer whose files are numbered from `first_part`.
    #[must_use]
    pub fn new(target: Target, schema: SchemaRef, first_part: usize) -> Self {
        Self { target, schema, open: None, open_bytes: 0, files: Vec::new(), first_part }
    }

    /// Folder of the table.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.target.table
    }

    /// Its columns.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// Adds rows.
    ///
    /// # Errors
    /// They cannot be encoded or written.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), StoreError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let mut writer = match self.open.take() {
            Some(writer) => writer,
            None => FileWriter::new(Arc::clone(&self.schema), &self.target.table)?,
        };
        writer.add(&conform(batch, &self.schema).map_err(StoreError::columns(&self.target.table))?)?;
        self.open_bytes += bytes_of(batch);
        let is_full =
            writer.rows() + batch.num_rows() > FILE_ROWS_MAX || self.open_bytes >= FILE_TEXT_BYTES_MAX;
        self.open = Some(writer);
        if is_full { self.close() } else { Ok(()) }
    }

    /// The files written.
    ///
    /// # Errors
    /// The last one cannot be written.
    pub fn finish(mut self) -> Result<Vec<DataFile>, StoreError> {
        self.close()?;
        Ok(self.files)
    }

    fn close(&mut self) -> Result<(), StoreError> {
        let Some(writer) = self.open.take() else { return Ok(()) };
        self.open_bytes = 0;
        let (bytes, rows) = writer.finish()?;
        let Target { home, table, commit, salt } = &self.target;
        let name = name_of(*commit, self.first_part + self.files.len(), *salt);
        home.put_new(&format!("{table}/{name}"), &bytes)?;
        self.files.push(DataFile { name, size: bytes.len() as u64, rows: rows as u64, since: *commit });
        Ok(())
    }
}

/// Bytes of the batch's own rows. Staged columns are cut from one buffer each batch, and asking an array
/// for its memory would count that buffer once for every column.
fn bytes_of(batch: &RecordBatch) -> usize {
    let columns = batch.columns().iter();
    columns.map(|column| column.to_data().get_slice_memory_size().unwrap_or_default()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema::text_field;

    #[test]
    fn a_batch_weighs_its_own_rows_and_not_what_it_was_cut_from() {
        let schema = Arc::new(arrow::datatypes::Schema::new(vec![text_field("text", true)]));
        let texts: StringArray = (0..1_000).map(|_| Some("đơn".repeat(100))).collect();
        let whole = RecordBatch::try_new(schema, vec![Arc::new(texts)]).unwrap();
        let part = whole.slice(10, 100);
        assert!(bytes_of(&part) < bytes_of(&whole) / 9);
        assert!(bytes_of(&part) > 100 * "đơn".len() * 100);
    }
}
