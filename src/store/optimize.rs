//! Compaction: many small files into few large ones, rows and versions unchanged.
//!
//! Small commits leave small files. A commit folds a tier of them when it has grown too many, so that a
//! row is rewritten a number of times that grows with the logarithm of the table; `optimize` folds all.

use std::collections::BTreeMap;

use arrow::datatypes::SchemaRef;

use crate::domain::limits::{FILE_ROWS_MAX, FILE_ROWS_SMALL, FILE_TEXT_BYTES_MAX, SMALL_FILES_MAX};
use crate::store::commit::{DataFile, TableState};
use crate::store::table::TableWriter;
use crate::store::upsert::Work;
use crate::store::{StoreError, file};

/// Folded files are numbered apart from a commit's other files.
const FOLDED_PART: usize = 7_000;

/// Folds each tier of small files that has grown too many.
///
/// # Errors
/// A file is gone, damaged or cannot be written.
pub fn fold_small_files(
    work: &Work<'_>,
    schema: &SchemaRef,
    table: &str,
    state: &mut TableState,
) -> Result<(), StoreError> {
    let mut tiers: BTreeMap<u32, Vec<&DataFile>> = BTreeMap::new();
    for data in state.files.iter().filter(|data| data.rows < FILE_ROWS_SMALL as u64) {
        tiers.entry(data.rows.max(1).ilog2() / 3).or_default().push(data);
    }
    let full = tiers.into_values().filter(|tier| tier.len() > SMALL_FILES_MAX).flatten();
    let folded: Vec<DataFile> = full.cloned().collect();
    fold(work, schema, table, state, &folded)
}

/// Folds every file that is well below its limit; says whether there were any.
///
/// # Errors
/// A file is gone, damaged or cannot be written.
pub fn fold_all(
    work: &Work<'_>,
    schema: &SchemaRef,
    table: &str,
    state: &mut TableState,
) -> Result<bool, StoreError> {
    let is_loose =
        |data: &&DataFile| data.rows < FILE_ROWS_MAX as u64 / 2 && data.size < FILE_TEXT_BYTES_MAX as u64 / 8;
    let loose: Vec<DataFile> = state.files.iter().filter(is_loose).cloned().collect();
    if loose.len() < 2 {
        return Ok(false);
    }
    fold(work, schema, table, state, &loose)?;
    Ok(true)
}

fn fold(
    work: &Work<'_>,
    schema: &SchemaRef,
    table: &str,
    state: &mut TableState,
    folded: &[DataFile],
) -> Result<(), StoreError> {
    if folded.is_empty() {
        return Ok(());
    }
    let mut writer = TableWriter::new(work.target(table), schema.clone(), FOLDED_PART);
    for data in folded {
        for batch in file::batches(work.home, table, data, schema)? {
            writer.add(&batch?)?;
        }
    }
    state.files.retain(|data| !folded.contains(data));
    state.files.extend(writer.finish()?);
    Ok(())
}
