//! Upkeep: compaction, and the list of commits.

use std::sync::Arc;

use crate::domain::commit::CommitVersion;
use crate::engine::commit::Making;
use crate::engine::progress::Progress;
use crate::engine::{Engine, EngineError};
use crate::store::commit::{self, CommitRecord, Operation};
use crate::store::schema::TableKind;
use crate::store::upsert::Work;
use crate::store::{optimize, recover};

/// What `optimize` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Optimized {
    /// Data files before.
    pub files_before: usize,
    /// Data files after.
    pub files_after: usize,
    /// Files removed that no reader can hold any more.
    pub removed: usize,
    /// The newest commit.
    pub commit: CommitVersion,
}

impl Engine {
    /// Folds small files of every table and segments of every index; rows and versions stay as they are.
    ///
    /// # Errors
    /// The engine only reads, or a table is damaged.
    pub fn optimize(&self, progress: &Progress) -> Result<Optimized, EngineError> {
        let catalog = Arc::clone(self.snapshot()?.catalog());
        let mut guard = self.writing()?;
        let mut making = Making::begin(self, &mut guard, progress)?;
        let before = making.before.clone();
        let filters = Arc::clone(&making.writer.filters);
        let (commit, salt) = (making.next.commit, making.salt);
        let work = Work { home: &self.home, before: &before, commit, salt, filters: &filters };
        let mut folded = false;
        for dataset in catalog.datasets() {
            for kind in TableKind::ALL {
                let table = kind.path(&dataset.name);
                let Some(mut state) = before.tables.get(&table).cloned() else { continue };
                if optimize::fold_all(&work, &kind.schema(dataset), &table, &mut state)? {
                    state.version = work.next_version(&table);
                    making.next.tables.insert(table, state);
                    folded = true;
                }
            }
        }
        making.next.operation = Operation::Optimize;
        let files_after = count_files(&making.next);
        let commit = if folded { making.publish()? } else { before.commit };
        drop(guard);
        let removed = recover::sweep(&self.home, self.snapshot()?.record())? + self.sweep_attachments()?;
        Ok(Optimized { files_before: count_files(&before), files_after, removed, commit })
    }

    /// The newest `limit` commits, newest first.
    ///
    /// # Errors
    /// A record is damaged.
    pub fn commits(&self, limit: usize) -> Result<Vec<CommitRecord>, EngineError> {
        let newest = self.snapshot()?.version();
        let numbers = (0..=newest.0).rev().take(limit);
        let mut records = Vec::new();
        for number in numbers {
            records.extend(commit::read(&self.home, CommitVersion(number))?);
        }
        Ok(records)
    }
}

fn count_files(record: &CommitRecord) -> usize {
    record.tables.values().map(|state| state.files.len()).sum()
}
