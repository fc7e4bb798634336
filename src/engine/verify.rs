//! The promises, checked: what tests, `verify` and an inspector of ours all run.
//!
//! Tables and indexes are of the same commit and hold the same records, each once; every file named is
//! there and as it was written; the history's newest versions are the current rows; the logs that other
//! programs read say what the records say.

use std::sync::atomic::Ordering;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::definition::dataset::Dataset;
use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::engine::progress::{Progress, Step};
use crate::engine::snapshot::Snapshot;
use crate::engine::{Engine, EngineError};
use crate::search::reader::{Contents, row_checksum};
use crate::store::commit;
use crate::store::keys::parse_id;
use crate::store::schema::TableKind;
use crate::store::table::{integers, strings, text_at};
use crate::store::{StoreError, file};

/// What was checked and what was found wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// The snapshot.
    pub commit: CommitVersion,
    /// Rows of current tables.
    pub rows: u64,
    /// Data files.
    pub files: u64,
    /// What is wrong, one sentence each; empty when nothing is.
    pub problems: Vec<String>,
}

impl Engine {
    /// Checks the newest snapshot.
    ///
    /// # Errors
    /// Nothing could be checked: no record can be read.
    pub fn verify(&self, progress: &Progress) -> Result<Verified, EngineError> {
        let snapshot = self.snapshot()?;
        progress.begin(Step::Verify);
        let mut found = Verified { commit: snapshot.version(), ..Verified::default() };
        let tables = snapshot.record().tables.values();
        let total = tables.map(commit::TableState::rows).sum();
        progress.rows_total.store(total, Ordering::Relaxed);
        self.check_records(&snapshot, &mut found)?;
        let catalog = std::sync::Arc::clone(snapshot.catalog());
        for dataset in catalog.datasets() {
            if let Err(error) = self.check_dataset(&snapshot, dataset, &mut found, progress) {
                found.problems.push(format!("{}: {error}", dataset.name));
            }
        }
        Ok(found)
    }

    /// Records follow each other without a gap, and each table's log reaches the record's version.
    fn check_records(&self, snapshot: &Snapshot, found: &mut Verified) -> Result<(), EngineError> {
        let versions = commit::versions(&self.home)?;
        for (expected, version) in versions.iter().enumerate() {
            if version.0 != expected as u64 {
                found.problems.push(format!("the record of commit {expected} is missing"));
                break;
            }
        }
        for (table, state) in &snapshot.record().tables {
            let path = format!("{table}/_delta_log/{:020}.json", state.version);
            if self.home.read_if_there(&path)?.is_none() {
                found.problems.push(format!("`{path}` is missing; the next writer adds it"));
            }
        }
        Ok(())
    }

    fn check_dataset(
        &self,
        snapshot: &Snapshot,
        dataset: &Dataset,
        found: &mut Verified,
        progress: &Progress,
    ) -> Result<(), EngineError> {
        let current = self.current_rows(snapshot, dataset, found, progress)?;
        let mut contents = Contents::default();
        for (id, valid_from) in &current {
            contents.rows += 1;
            contents.checksum = contents.checksum.wrapping_add(row_checksum(*id, *valid_from));
        }
        found.rows += contents.rows;
        let newest = self.newest_versions(snapshot, dataset, found, progress)?;
        if newest != current {
            found.problems.push(format!(
                "{}: the history's newest versions are {} records, the table has {}, or their versions differ",
                dataset.name,
                newest.len(),
                current.len()
            ));
        }
        self.check_long_rows(snapshot, dataset, found, &current)?;
        self.check_indexes(snapshot, dataset, contents, found)?;
        found.problems.extend(self.check_attachments(snapshot, dataset)?);
        Ok(())
    }

    fn current_rows(
        &self,
        snapshot: &Snapshot,
        dataset: &Dataset,
        found: &mut Verified,
        progress: &Progress,
    ) -> Result<FxHashMap<RecordId, i64>, EngineError> {
        let mut rows = FxHashMap::default();
        let mut twice = 0u64;
        self.scan(snapshot, dataset, TableKind::Main, found, &mut |id, valid_from, _| {
            progress.add_rows(1);
            twice += u64::from(rows.insert(id, valid_from).is_some());
        })?;
        if twice > 0 {
            found.problems.push(format!("{}: {twice} records stand twice in the table", dataset.name));
        }
        Ok(rows)
    }

    /// The newest version of each record in the history, withdrawn ones left out.
    fn newest_versions(
        &self,
        snapshot: &Snapshot,
        dataset: &Dataset,
        found: &mut Verified,
        progress: &Progress,
    ) -> Result<FxHashMap<RecordId, i64>, EngineError> {
        let mut newest: FxHashMap<RecordId, (i64, bool)> = FxHashMap::default();
        self.scan(snapshot, dataset, TableKind::HistoryMain, found, &mut |id, valid_from, operation| {
            progress.add_rows(1);
            let version = (valid_from, operation == Some("retract"));
            let slot = newest.entry(id).or_insert(version);
            *slot = (*slot).max(version);
        })?;
        let live = newest.into_iter().filter(|(_, (_, withdrawn))| !withdrawn);
        Ok(live.map(|(id, (valid_from, _))| (id, valid_from)).collect())
    }

    fn check_long_rows(
        &self,
        snapshot: &Snapshot,
        dataset: &Dataset,
        found: &mut Verified,
        current: &FxHashMap<RecordId, i64>,
    ) -> Result<(), EngineError> {
        let (mut seen, mut lost) = (FxHashSet::default(), 0u64);
        self.scan(snapshot, dataset, TableKind::Text, found, &mut |id, _, _| {
            lost += u64::from(!current.contains_key(&id) || !seen.insert(id));
        })?;
        if lost > 0 {
            found.problems.push(format!("{}: {lost} long texts stand twice or have no record", dataset.name));
        }
        Ok(())
    }

    fn check_indexes(
        &self,
        snapshot: &Snapshot,
        dataset: &Dataset,
        contents: Contents,
        found: &mut Verified,
    ) -> Result<(), EngineError> {
        if dataset.is_searched()
            && let Some(reader) = snapshot.reader(dataset)?
        {
            let indexed = reader.contents()?;
            if indexed != contents {
                found.problems.push(format!(
                    "{}: the index holds {} records, the table {}, or their versions differ; run `thanhtra rebuild-indexes`",
                    dataset.name, indexed.rows, contents.rows
                ));
            }
            for path in reader.damaged_files()? {
                found.problems.push(format!("{}: `{}` is damaged", dataset.name, path.display()));
            }
        } else if dataset.is_searched() && contents.rows > 0 {
            found.problems.push(format!("{}: there is no index", dataset.name));
        }
        if dataset.similar.is_some()
            && let Some(index) = snapshot.sketches(dataset)?
        {
            index.verify()?;
        }
        Ok(())
    }

    /// Reads every row of a table and compares what its files say with what the record says of them.
    fn scan(
        &self,
        snapshot: &Snapshot,
        dataset: &Dataset,
        kind: TableKind,
        found: &mut Verified,
        each: &mut dyn FnMut(RecordId, i64, Option<&str>),
    ) -> Result<(), StoreError> {
        let Some(state) = snapshot.table(&dataset.name, kind) else { return Ok(()) };
        let (table, schema) = (kind.path(&dataset.name), kind.schema(dataset));
        for data in &state.files {
            found.files += 1;
            let mut rows = 0u64;
            for batch in file::batches(&self.home, &table, data, &schema)? {
                let batch = batch?;
                rows += batch.num_rows() as u64;
                let (ids, versions) = (strings(&batch, "id")?, integers(&batch, "valid_from")?);
                let operations =
                    batch.column_by_name("operation").map(|_| strings(&batch, "operation")).transpose()?;
                for row in 0..batch.num_rows() {
                    let operation = operations.and_then(|column| text_at(column, row));
                    each(parse_id(ids.value(row), &table)?, versions.value(row), operation);
                }
            }
            if rows != data.rows {
                found
                    .problems
                    .push(format!("`{table}/{}` has {rows} rows, the record says {}", data.name, data.rows));
            }
        }
        Ok(())
    }
}
