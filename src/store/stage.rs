//! Staging: records wait on disk, as given, until their whole file has been read.
//!
//! A bad file must change nothing, so rows first go to an Arrow stream in `staging/`, readable by the
//! owner only; memory holds one batch and, of each row, its id. Of two rows with one key the last wins;
//! the earlier ones are given back to be rejected, whole.

use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::definition::dataset::Dataset;
use crate::domain::id::RecordId;
use crate::domain::limits::{BATCH_BYTES_MAX, BATCH_ROWS_MAX};
use crate::domain::record::{Record, Value};
use crate::store::StoreError;
use crate::store::home::{Home, make_folders};
use crate::store::schema::{arrow_type, text_field};
use crate::store::split::Secrets;
use crate::store::stage::columns::Builders;

mod columns;
pub mod row;

/// Rows being staged.
pub struct Stage {
    dataset: Dataset,
    path: PathBuf,
    writer: StreamWriter<BufWriter<File>>,
    builders: Builders,
    keys: FxHashMap<RecordId, u32>,
    lines: Vec<u32>,
    superseded: Vec<Superseded>,
    has_absent: bool,
    secrets: Secrets,
    turned: FxHashSet<RecordId>,
    hash_key: u64,
}

/// A row whose key came again later in the same file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Superseded {
    /// Which staged row.
    pub ordinal: u32,
    /// Its line.
    pub line: u32,
    /// Line of the row that won.
    pub by_line: u32,
}

/// Rows staged; the file goes away with this.
pub struct Staged {
    /// The rows' dataset.
    pub dataset: Dataset,
    /// Ordinal of the row that counts, by id.
    pub keys: FxHashMap<RecordId, u32>,
    /// Rows that lost to a later one.
    pub superseded: Vec<Superseded>,
    /// Whether any row says nothing of some column.
    pub has_absent: bool,
    /// Strings that the record a row belongs to gives of its signer; such a row is secret too.
    pub secrets: Secrets,
    /// Records of which every version must be cleaned, staged here or not: what they belong to is secret
    /// from this commit on.
    pub turned: FxHashSet<RecordId>,
    path: PathBuf,
}

impl Stage {
    /// An empty stage for `dataset`. `hash_key` keys the row hashes, so that they tell nothing elsewhere.
    ///
    /// # Errors
    /// The staging folder cannot be written.
    pub fn new(home: &Home, dataset: &Dataset, hash_key: u64) -> Result<Self, StoreError> {
        let folder = home.path_of("staging");
        make_folders(home.folder(), &folder)?;
        let name = format!("{}-{}-{:016x}.arrow", dataset.name, std::process::id(), fastrand::u64(..));
        let path = folder.join(name);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let file = file.map_err(StoreError::io("cannot write", &path))?;
        let schema = schema(dataset);
        let writer =
            StreamWriter::try_new(BufWriter::new(file), &schema).map_err(failed("cannot write", &path))?;
        Ok(Self {
            dataset: dataset.clone(),
            path,
            writer,
            builders: Builders::new(dataset, schema),
            keys: FxHashMap::default(),
            lines: Vec::new(),
            superseded: Vec::new(),
            has_absent: false,
            secrets: Secrets::default(),
            turned: FxHashSet::default(),
            hash_key,
        })
    }

    /// The record `id` belongs to one that is secret from this commit on: `strings` must not stand in any
    /// version of it, be it staged or not.
    pub fn turn(&mut self, id: RecordId, strings: impl IntoIterator<Item = String>) {
        self.secrets.entry(id).or_default().extend(strings);
        self.turned.insert(id);
    }

    /// Takes over which records of another stage of the same rows turn secret.
    pub fn take_turned(&mut self, other: &Staged) {
        self.secrets.clone_from(&other.secrets);
        self.turned.clone_from(&other.turned);
    }

    /// Stages one record.
    ///
    /// # Errors
    /// The stage cannot be written.
    pub fn push(&mut self, record: &Record) -> Result<(), StoreError> {
        let id = self.dataset.id(&record.source_system, &record.source_id);
        let ordinal = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        let line = u32::try_from(record.line).unwrap_or(u32::MAX);
        self.has_absent |= record.values.contains(&Value::Absent);
        self.builders.push(id, record, self.hash_key);
        self.lines.push(line);
        if let Some(earlier) = self.keys.insert(id, ordinal) {
            let lost = self.lines.get(earlier as usize).copied().unwrap_or_default();
            self.superseded.push(Superseded { ordinal: earlier, line: lost, by_line: line });
        }
        if self.builders.rows() >= BATCH_ROWS_MAX || self.builders.bytes() >= BATCH_BYTES_MAX {
            self.write_batch()?;
        }
        Ok(())
    }

    /// Whether a row with this id is staged.
    #[must_use]
    pub fn contains(&self, id: RecordId) -> bool {
        self.keys.contains_key(&id)
    }

    /// Takes the rows of `lines` out again and returns them: their parent's key came again later.
    ///
    /// # Errors
    /// The stage cannot be written or read.
    pub fn withdraw(&mut self, lines: &FxHashSet<u32>) -> Result<Vec<Record>, StoreError> {
        self.write_batch()?;
        let path = self.path.clone();
        self.writer.get_mut().flush().map_err(StoreError::io("cannot write", &path))?;
        let is_lost =
            |ordinal: u32| self.lines.get(ordinal as usize).is_some_and(|line| lines.contains(line));
        let mut records = Vec::new();
        for item in batches(&path, None)? {
            let (first, batch) = item?;
            for (ordinal, row) in (first..).zip(0..batch.num_rows()) {
                if is_lost(ordinal) {
                    records.push(row::record_at(&self.dataset, &batch, row)?);
                }
            }
        }
        let lost: Vec<RecordId> =
            self.keys.iter().filter(|(_, ordinal)| is_lost(**ordinal)).map(|(id, _)| *id).collect();
        for id in lost {
            self.keys.remove(&id);
        }
        Ok(records)
    }

    /// Ends staging.
    ///
    /// # Errors
    /// The stage cannot be written.
    pub fn finish(mut self) -> Result<Staged, StoreError> {
        self.write_batch()?;
        self.writer.finish().map_err(failed("cannot write", &self.path))?;
        self.writer.get_mut().flush().map_err(StoreError::io("cannot write", &self.path))?;
        let staged = Staged {
            dataset: self.dataset.clone(),
            keys: std::mem::take(&mut self.keys),
            superseded: std::mem::take(&mut self.superseded),
            has_absent: self.has_absent,
            secrets: std::mem::take(&mut self.secrets),
            turned: std::mem::take(&mut self.turned),
            path: std::mem::take(&mut self.path),
        };
        Ok(staged)
    }

    fn write_batch(&mut self) -> Result<(), StoreError> {
        if self.builders.rows() == 0 {
            return Ok(());
        }
        let batch = self.builders.finish().map_err(failed("cannot stage", &self.path))?;
        self.writer.write(&batch).map_err(failed("cannot write", &self.path))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

fn remove(path: &PathBuf) {
    if !path.as_os_str().is_empty() {
        let _ = fs::remove_file(path);
    }
}

impl Staged {
    /// The staged rows in order, each batch with the ordinal of its first row.
    ///
    /// # Errors
    /// The stage cannot be read.
    pub fn batches(
        &self,
    ) -> Result<impl Iterator<Item = Result<(u32, RecordBatch), StoreError>>, StoreError> {
        batches(&self.path, None)
    }

    /// As [`Staged::batches`], with only the columns of these names: texts are then not looked at.
    ///
    /// # Errors
    /// The stage cannot be read.
    pub fn columns(
        &self,
        names: &[&str],
    ) -> Result<impl Iterator<Item = Result<(u32, RecordBatch), StoreError>>, StoreError> {
        let schema = schema(&self.dataset);
        batches(&self.path, Some(names.iter().filter_map(|name| schema.index_of(name).ok()).collect()))
    }

    /// The staged rows whose ordinal `wanted` accepts, batch by batch, with their ordinals.
    ///
    /// # Errors
    /// The stage cannot be read, or `sink` fails.
    pub fn select(
        &self,
        wanted: &dyn Fn(u32) -> bool,
        sink: &mut dyn FnMut(Vec<u32>, RecordBatch) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for item in self.batches()? {
            let (first, batch) = item?;
            let ordinals = first..first + u32::try_from(batch.num_rows()).unwrap_or(u32::MAX);
            let mask: BooleanArray = ordinals.clone().map(|ordinal| Some(wanted(ordinal))).collect();
            if mask.true_count() == 0 {
                continue;
            }
            let chosen = filter_record_batch(&batch, &mask).map_err(StoreError::columns("staging"))?;
            sink(ordinals.filter(|ordinal| wanted(*ordinal)).collect(), chosen)?;
        }
        Ok(())
    }
}

/// A full disk is told from a defect of ours.
fn failed(doing: &'static str, path: &Path) -> impl FnOnce(ArrowError) -> StoreError {
    let path = path.display().to_string();
    move |error| match error {
        ArrowError::IoError(_, source) => StoreError::Io { doing, path, source },
        other => StoreError::columns(&path)(other),
    }
}

/// The rows staged at `path`, each batch with the ordinal of its first row.
fn batches(
    path: &Path,
    columns: Option<Vec<usize>>,
) -> Result<impl Iterator<Item = Result<(u32, RecordBatch), StoreError>> + use<>, StoreError> {
    let path = path.to_owned();
    let file = File::open(&path).map_err(StoreError::io("cannot read", &path))?;
    let reader =
        StreamReader::try_new(BufReader::new(file), columns).map_err(failed("cannot read", &path))?;
    let mut next = 0u32;
    Ok(reader.map(move |batch| {
        let batch = batch.map_err(failed("cannot read", &path))?;
        let first = next;
        next += u32::try_from(batch.num_rows()).unwrap_or(u32::MAX);
        Ok((first, batch))
    }))
}

/// Columns of a stage: everything as given, the hashes, the operation and the line.
#[must_use]
pub fn schema(dataset: &Dataset) -> SchemaRef {
    let mut fields =
        vec![text_field("id", false), text_field("source_system", false), text_field("source_id", false)];
    for column in &dataset.columns {
        fields.push(Field::new(&column.name, arrow_type(column.kind), true));
        if column.due {
            fields.push(text_field(&column.precision_name(), true));
        }
    }
    fields.push(text_field("extra", true));
    fields.push(text_field("absent", true));
    fields.push(Field::new("retract", DataType::Boolean, false));
    fields.push(Field::new("line", DataType::Int64, false));
    fields.push(Field::new("row_hash", DataType::Int64, false));
    fields.push(Field::new("text_hash", DataType::Int64, false));
    Arc::new(Schema::new(fields))
}

#[cfg(test)]
mod tests;
