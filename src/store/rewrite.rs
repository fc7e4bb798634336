//! A table's files without some rows: what a change of those rows begins with.
//!
//! Only files that hold one of the rows are written again, by a bounded number of threads, each with file
//! numbers of its own.

use std::sync::Arc;
use std::thread;

use arrow::array::BooleanArray;
use arrow::compute::filter_record_batch;
use rustc_hash::FxHashSet;

use crate::definition::dataset::Dataset;
use crate::domain::id::RecordId;
use crate::domain::limits::REWRITE_THREADS;
use crate::store::commit::DataFile;
use crate::store::home::Home;
use crate::store::keys::parse_id;
use crate::store::schema::TableKind;
use crate::store::table::{TableWriter, strings};
use crate::store::upsert::{NEW_ROWS_PART, Work};
use crate::store::{StoreError, file, history};

/// The table's files with the rows of `gone` taken out; a file that holds none of them stays as it is.
///
/// # Errors
/// A file is gone, damaged or cannot be written.
pub(in crate::store) fn rewrite(
    work: &Work<'_>,
    dataset: &Dataset,
    kind: TableKind,
    gone: &FxHashSet<RecordId>,
) -> Result<Vec<DataFile>, StoreError> {
    let state = work.state(dataset, kind);
    if gone.is_empty() {
        return Ok(state.files);
    }
    let (table, schema) = (kind.path(&dataset.name), kind.schema(dataset));
    let holders = history::files_with(work, &table, &state.files, gone)?;
    let (held, mut kept): (Vec<DataFile>, Vec<DataFile>) =
        state.files.into_iter().partition(|data| holders.contains(&data.name));
    let share = held.len().div_ceil(REWRITE_THREADS).max(1);
    let rewritten: Vec<_> = thread::scope(|threads| {
        let parts = held.chunks(share).enumerate();
        let working: Vec<_> = parts
            .map(|(place, files)| {
                let target = work.target(&table);
                let writer = TableWriter::new(target, Arc::clone(&schema), place * REWRITTEN_PARTS);
                threads.spawn(move || rewrite_files(work.home, files, gone, writer))
            })
            .collect();
        working.into_iter().map(|ended| ended.join().unwrap_or(Err(StoreError::Stopped))).collect()
    });
    for files in rewritten {
        kept.extend(files?);
    }
    Ok(kept)
}

/// Each thread that rewrites numbers its files apart.
const REWRITTEN_PARTS: usize = NEW_ROWS_PART / REWRITE_THREADS;

fn rewrite_files(
    home: &Home,
    files: &[DataFile],
    gone: &FxHashSet<RecordId>,
    mut writer: TableWriter,
) -> Result<Vec<DataFile>, StoreError> {
    let (table, schema) = (writer.table().to_owned(), writer.schema());
    for data in files {
        for batch in file::batches(home, &table, data, &schema)? {
            let batch = batch?;
            let ids = strings(&batch, "id")?;
            let stays: Result<BooleanArray, StoreError> = ids
                .iter()
                .map(|id| Ok(Some(!gone.contains(&parse_id(id.unwrap_or_default(), &table)?))))
                .collect();
            writer.add(&filter_record_batch(&batch, &stays?).map_err(StoreError::columns(&table))?)?;
        }
    }
    writer.finish()
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, new_null_array};
    use arrow::datatypes::DataType;

    use super::*;
    use crate::definition::catalog::{Catalog, embedded};
    use crate::domain::clock::Instant;
    use crate::domain::commit::CommitVersion;
    use crate::store::commit::{CommitRecord, TableState};
    use crate::store::filter::Filters;

    fn id(number: u32) -> RecordId {
        RecordId::of_key('P', "petitions", "test", &number.to_string())
    }

    fn rows(dataset: &Dataset, numbers: Range<u32>) -> RecordBatch {
        let schema = TableKind::Main.schema(dataset);
        let length = numbers.len();
        let columns = schema.fields().iter().map(|field| -> ArrayRef {
            match field.data_type() {
                _ if field.name() == "id" => Arc::new(
                    numbers.clone().map(|number| Some(id(number).to_string())).collect::<StringArray>(),
                ),
                DataType::Utf8 if !field.is_nullable() => Arc::new(StringArray::from(vec!["x"; length])),
                DataType::Int64 if !field.is_nullable() => Arc::new(Int64Array::from(vec![1; length])),
                kind => new_null_array(kind, length),
            }
        });
        RecordBatch::try_new(Arc::clone(&schema), columns.collect()).unwrap()
    }

    #[test]
    fn rows_that_stay_are_there_once_and_a_file_without_gone_rows_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().to_str().unwrap()).unwrap();
        let catalog = Catalog::parse(embedded()).unwrap();
        let dataset = catalog.dataset("petitions").unwrap();
        let (table, schema) = (TableKind::Main.path("petitions"), TableKind::Main.schema(dataset));
        let mut before = CommitRecord::first(Instant(0), String::new());
        let filters = Filters::default();
        let mut files = Vec::new();
        for part in 0..4u32 {
            let work =
                Work { home: &home, before: &before, commit: CommitVersion(1), salt: 1, filters: &filters };
            let mut writer = TableWriter::new(work.target(&table), Arc::clone(&schema), part as usize);
            writer.add(&rows(dataset, part * 10..part * 10 + 10)).unwrap();
            files.extend(writer.finish().unwrap());
        }
        before.tables.insert(table.clone(), TableState { files: files.clone(), ..TableState::default() });
        let work =
            Work { home: &home, before: &before, commit: CommitVersion(2), salt: 2, filters: &filters };
        let gone: FxHashSet<RecordId> = [3, 14, 15, 39].map(id).into_iter().collect();
        let kept = rewrite(&work, dataset, TableKind::Main, &gone).unwrap();
        assert!(kept.contains(&files[2]), "nothing in it changed");
        assert!([0, 1, 3].iter().all(|touched| !kept.contains(&files[*touched])));
        let mut found: Vec<String> = Vec::new();
        for data in &kept {
            for batch in file::batches(&home, &table, data, &schema).unwrap() {
                let batch = batch.unwrap();
                found.extend(strings(&batch, "id").unwrap().iter().flatten().map(str::to_owned));
            }
        }
        let mut expected: Vec<String> =
            (0..40).map(id).filter(|id| !gone.contains(id)).map(|id| id.to_string()).collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }
}
