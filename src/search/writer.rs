//! Feeds an index, commit by commit.
//!
//! Order of the engine: the index commits first and carries the number N, only then the store records
//! N. A crash between the two leaves an index one commit ahead; [`Writer::open`] is told the store's
//! last commit and goes back to it. Adding does not replace: whoever writes a new version of a record
//! deletes its id first, in the same commit.

use std::path::Path;

use arrow::record_batch::RecordBatch;
use tantivy::directory::error::LockError;
use tantivy::directory::{Directory, INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::indexer::IndexWriterOptions;
use tantivy::merge_policy::NoMergePolicy;
use tantivy::{Index, IndexBuilder, IndexWriter, TantivyError, Term};

use crate::definition::dataset::Dataset;
use crate::domain::commit::CommitVersion;
use crate::domain::limits::{INDEX_MERGE_THREADS, INDEX_WRITER_HEAP_BYTES, INDEX_WRITER_THREADS};
use crate::search::SearchError;
use crate::search::analyzer::tokenizers;
use crate::search::directory::Keeping;
use crate::search::document::Rows;
use crate::search::folder::{Folder, disk};
use crate::search::merge::CappedMerges;
use crate::search::schema::Fields;

/// The one writer of an index.
pub struct Writer {
    folder: Folder,
    fields: Fields,
    committed: Option<CommitVersion>,
    /// Absent after a failure, until [`Writer::rollback`].
    writer: Option<IndexWriter>,
    /// The folder as the writer sees it; there whenever the writer is.
    keeping: Option<Keeping>,
}

/// What the index holds after a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// The commit.
    pub commit: CommitVersion,
    /// Rows that can be found.
    pub rows: u64,
}

impl Writer {
    /// Opens the index in `dir` at the store's last commit of it, `expected`; with `None` it begins an
    /// empty index there, whatever an interrupted build has left.
    ///
    /// # Errors
    /// Another writer holds it, it needs a rebuild ([`SearchError::needs_rebuild`]), or the disk fails.
    pub fn open(dir: &Path, dataset: &Dataset, expected: Option<CommitVersion>) -> Result<Self, SearchError> {
        let folder = Folder::at(dir);
        let fields = Fields::of(dataset);
        match expected {
            None => folder.claim()?,
            Some(_) => folder.check_stamp(&fields)?,
        }
        let held = lock(&folder)?;
        match expected {
            None => folder.begin(&fields)?,
            Some(expected) => folder.go_back_to(expected)?,
        }
        drop(held);
        let mut writer = Self { folder, fields, committed: expected, writer: None, keeping: None };
        writer.start()?;
        Ok(writer)
    }

    /// Adds the rows of a main batch, with the long texts of `text` (same rows, same order).
    ///
    /// # Errors
    /// A column is absent or of another type (nothing was added), or the writer died.
    pub fn add_batch(&mut self, main: &RecordBatch, text: Option<&RecordBatch>) -> Result<(), SearchError> {
        let Some(writer) = &self.writer else { return Err(self.lost("it failed before")) };
        let rows = Rows::check(&self.fields, main, text)?;
        let mut documents = Vec::with_capacity(rows.len());
        for row in 0..rows.len() {
            documents.push(rows.document(row)?);
        }
        for document in documents {
            if let Err(error) = writer.add_document(document) {
                return Err(self.die(&error));
            }
        }
        Ok(())
    }

    /// Takes records out; ids that are not there are passed over.
    ///
    /// # Errors
    /// The writer died.
    pub fn delete(&mut self, ids: &[impl AsRef<str>]) -> Result<(), SearchError> {
        let Some(writer) = &self.writer else { return Err(self.lost("it failed before")) };
        for id in ids {
            writer.delete_term(Term::from_field_text(self.fields.id, id.as_ref()));
        }
        Ok(())
    }

    /// Makes everything since the last commit durable under the number `commit`.
    ///
    /// # Errors
    /// The writer died; nothing of this commit is kept.
    pub fn commit(&mut self, commit: CommitVersion) -> Result<State, SearchError> {
        let Some(writer) = &mut self.writer else { return Err(self.lost("it failed before")) };
        let committed = writer.prepare_commit().and_then(|mut prepared| {
            prepared.set_payload(&commit.to_string());
            prepared.commit()
        });
        if let Err(error) = committed {
            return Err(self.die(&error));
        }
        self.committed = Some(commit);
        self.state(commit)
    }

    /// Forgets everything since the last commit; also revives a writer that died.
    ///
    /// # Errors
    /// The index cannot be opened again.
    pub fn rollback(&mut self) -> Result<(), SearchError> {
        self.writer = None;
        match self.committed {
            Some(commit) => self.folder.go_back_to(commit)?,
            None => self.folder.begin(&self.fields)?,
        }
        self.start()
    }

    /// Waits for running merges and closes the index.
    ///
    /// # Errors
    /// A merge failed; the index is as committed.
    pub fn close(mut self) -> Result<(), SearchError> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        writer.wait_merging_threads().map_err(|error| self.lost(&error.to_string()))
    }

    /// Folds all segments into as few as the cap on their size allows, and waits for it. What was added or
    /// taken out since the last commit is forgotten. Merges of tantivy's own are waited for first and none
    /// begins meanwhile: two that want the same segments would fail one another.
    ///
    /// # Errors
    /// The merge failed; the index is as committed.
    pub fn optimize(&mut self) -> Result<(), SearchError> {
        let Some(writer) = self.writer.take() else { return Err(self.lost("it failed before")) };
        writer.wait_merging_threads().map_err(|error| self.lost(&error.to_string()))?;
        self.start()?;
        let Some(writer) = &mut self.writer else { return Err(self.lost("it failed before")) };
        writer.set_merge_policy(Box::new(NoMergePolicy));
        let merged = writer.index().searchable_segment_metas().and_then(|metas| {
            let groups = CappedMerges::default().groups(&metas);
            groups.iter().try_for_each(|group| writer.merge(group).wait().map(drop))
        });
        writer.set_merge_policy(Box::new(CappedMerges::default()));
        merged.map_err(|error| self.die(&error))
    }

    /// Removes what only commits before `commit` show, so that nothing taken out since stays on disk.
    /// Readers that have such a commit open keep it; nobody opens it any more.
    ///
    /// # Errors
    /// A file cannot be removed, or the writer died.
    pub fn forget_before(&mut self, commit: CommitVersion) -> Result<(), SearchError> {
        let (Some(writer), Some(keeping)) = (&self.writer, &self.keeping) else {
            return Err(self.lost("it failed before"));
        };
        keeping.forget_before(commit).map_err(|error| disk(self.folder.path(), &error))?;
        let collected = writer.garbage_collect_files().wait();
        collected.map(drop).map_err(|error| self.folder_error(error))
    }

    fn state(&self, commit: CommitVersion) -> Result<State, SearchError> {
        let Some(writer) = &self.writer else { return Err(self.lost("it failed before")) };
        let metas = writer.index().searchable_segment_metas().map_err(|error| self.folder_error(error))?;
        Ok(State { commit, rows: metas.iter().map(|meta| u64::from(meta.num_docs())).sum() })
    }

    fn start(&mut self) -> Result<(), SearchError> {
        let started = || -> tantivy::Result<Option<(IndexWriter, Keeping)>> {
            let files = MmapDirectory::open(self.folder.path())?;
            let Ok(keeping) = Keeping::open(files, &self.folder) else { return Ok(None) };
            let mut index = if self.committed.is_some() {
                Index::open(keeping.clone())?
            } else {
                IndexBuilder::new().schema(self.fields.schema.clone()).open_or_create(keeping.clone())?
            };
            index.set_tokenizers(tokenizers());
            let options = IndexWriterOptions::builder()
                .num_worker_threads(INDEX_WRITER_THREADS)
                .memory_budget_per_thread(INDEX_WRITER_HEAP_BYTES / INDEX_WRITER_THREADS)
                .num_merge_threads(INDEX_MERGE_THREADS)
                .build();
            let writer = index.writer_with_options(options)?;
            writer.set_merge_policy(Box::new(CappedMerges::default()));
            // Files of a commit that was undone stand in the way of the same names coming again.
            writer.garbage_collect_files().wait()?;
            Ok(Some((writer, keeping)))
        };
        match started() {
            Ok(Some((writer, keeping))) => {
                self.writer = Some(writer);
                self.keeping = Some(keeping);
                Ok(())
            }
            Ok(None) => Err(self.lost("its folder cannot be listed")),
            Err(error) => Err(self.folder_error(error)),
        }
    }

    fn folder_error(&self, error: TantivyError) -> SearchError {
        of_folder(self.folder.path(), error)
    }

    fn die(&mut self, error: &TantivyError) -> SearchError {
        self.writer = None;
        self.lost(&error.to_string())
    }

    fn lost(&self, problem: &str) -> SearchError {
        SearchError::WriterLost { folder: self.folder.path().to_owned(), problem: problem.to_owned() }
    }
}

/// Whether the index in `dir` still shows a commit before `commit`.
///
/// # Errors
/// The folder cannot be read.
pub fn shows_before(dir: &Path, commit: CommitVersion) -> Result<bool, SearchError> {
    Ok(Folder::at(dir).copies()?.keys().any(|kept| *kept < commit))
}

fn lock(folder: &Folder) -> Result<tantivy::directory::DirectoryLock, SearchError> {
    let files = MmapDirectory::open(folder.path()).map_err(|error| of_folder(folder.path(), error.into()))?;
    files
        .acquire_lock(&INDEX_WRITER_LOCK)
        .map_err(|error| of_folder(folder.path(), TantivyError::LockFailure(error, None)))
}

/// What a failure to open or read an index means.
pub(in crate::search) fn of_folder(folder: &Path, error: TantivyError) -> SearchError {
    match error {
        TantivyError::LockFailure(LockError::LockBusy, _) => {
            SearchError::Locked { folder: folder.to_owned() }
        }
        TantivyError::LockFailure(LockError::IoError(error), _) | TantivyError::IoError(error) => {
            if matches!(error.kind(), std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof) {
                return SearchError::Damaged { path: folder.to_owned(), problem: error.to_string() };
            }
            SearchError::Disk { path: folder.to_owned(), problem: error.to_string() }
        }
        TantivyError::OpenReadError(error) => {
            SearchError::Damaged { path: folder.to_owned(), problem: format!("{error}") }
        }
        TantivyError::DataCorruption(error) => {
            SearchError::Damaged { path: folder.to_owned(), problem: format!("{error:?}") }
        }
        TantivyError::IncompatibleIndex(_) => {
            SearchError::Outdated { folder: folder.to_owned(), what: "format" }
        }
        TantivyError::OpenDirectoryError(_) => SearchError::Missing { folder: folder.to_owned() },
        other => SearchError::Engine { problem: other.to_string() },
    }
}

#[cfg(test)]
mod tests;
