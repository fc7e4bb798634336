//! A pinned snapshot: one commit's record, its definitions, and the indexes as that commit left them.
//!
//! Every read of a request goes through one of these, so a number, a hit and a row of SQL in one answer
//! are of one commit. Indexes are opened when first asked for and shared from then on.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::definition::catalog::Catalog;
use crate::definition::dataset::Dataset;
use crate::domain::clock::Instant;
use crate::domain::commit::CommitVersion;
use crate::engine::{EngineError, definitions};
use crate::search::reader::Reader;
use crate::sketch::SketchError;
use crate::sketch::frequent::Frequent;
use crate::sketch::index::Index;
use crate::store::commit::{self, CommitRecord, SketchState, TableState};
use crate::store::home::Home;
use crate::store::schema::TableKind;

/// A snapshot.
pub struct Snapshot {
    home: Home,
    record: CommitRecord,
    catalog: Arc<Catalog>,
    readers: Mutex<HashMap<String, Reader>>,
    sketches: Mutex<HashMap<String, Arc<Index>>>,
}

impl Snapshot {
    /// The newest snapshot of the store.
    ///
    /// # Errors
    /// Its record or definitions are damaged.
    pub fn newest(home: &Home) -> Result<Self, EngineError> {
        let record = commit::newest(home)?;
        let catalog = Arc::new(definitions::kept(home, &record.definitions)?);
        Ok(Self::of(home.clone(), record, catalog))
    }

    /// The snapshot of `record`.
    #[must_use]
    pub fn of(home: Home, record: CommitRecord, catalog: Arc<Catalog>) -> Self {
        Self { home, record, catalog, readers: Mutex::default(), sketches: Mutex::default() }
    }

    /// Its number.
    #[must_use]
    pub fn version(&self) -> CommitVersion {
        self.record.commit
    }

    /// When it was committed.
    #[must_use]
    pub fn committed_at(&self) -> Instant {
        self.record.at
    }

    /// Its record.
    #[must_use]
    pub fn record(&self) -> &CommitRecord {
        &self.record
    }

    /// The definitions it was made under.
    #[must_use]
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// The dataset of that name.
    ///
    /// # Errors
    /// There is none.
    pub fn dataset(&self, name: &str) -> Result<&Dataset, EngineError> {
        Ok(self.catalog.dataset(name)?)
    }

    /// A table of `dataset`, if it has any row.
    #[must_use]
    pub fn table(&self, dataset: &str, kind: TableKind) -> Option<&TableState> {
        self.record.tables.get(&kind.path(dataset))
    }

    /// Whether `dataset` has any current row.
    #[must_use]
    pub fn has_rows(&self, dataset: &str) -> bool {
        let table = self.table(dataset, TableKind::Main);
        table.is_some_and(|table| table.files.iter().any(|file| file.rows > 0))
    }

    /// Whether the store has a newer commit.
    ///
    /// # Errors
    /// The folder of records cannot be read.
    pub fn is_outdated(&self) -> Result<bool, EngineError> {
        Ok(commit::read(&self.home, self.version().next())?.is_some())
    }

    /// The full-text index of `dataset`; nothing when no row was ever taken in.
    ///
    /// # Errors
    /// The dataset is not searched, or its index is gone, damaged or needs a rebuild.
    pub fn reader(&self, dataset: &Dataset) -> Result<Option<Reader>, EngineError> {
        if !dataset.is_searched() {
            return Err(EngineError::NotSearched(dataset.name.clone()));
        }
        let Some(state) = self.record.indexes.get(&dataset.name) else { return Ok(None) };
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reader) = readers.get(&dataset.name) {
            return Ok(Some(reader.clone()));
        }
        let folder = index_folder(&self.home, &dataset.name, &state.generation);
        let reader = Reader::open(&folder, dataset, state.commit)?;
        readers.insert(dataset.name.clone(), reader.clone());
        Ok(Some(reader))
    }

    /// The sketch index of `dataset`; nothing when no row was ever taken in.
    ///
    /// # Errors
    /// The dataset is not sketched, or its index is gone or damaged.
    pub fn sketches(&self, dataset: &Dataset) -> Result<Option<Arc<Index>>, EngineError> {
        if dataset.similar.is_none() {
            return Err(EngineError::NotSketched(dataset.name.clone()));
        }
        let Some(state) = self.record.sketches.get(&dataset.name) else { return Ok(None) };
        let mut open = self.sketches.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = open.get(&dataset.name) {
            return Ok(Some(Arc::clone(index)));
        }
        let folder = sketch_folder(&self.home, &dataset.name, &state.generation);
        let frequent = frequent(&folder, state)?;
        let index = Arc::new(Index::open(&folder, dataset.letter, &state.runs, frequent)?);
        open.insert(dataset.name.clone(), Arc::clone(&index));
        Ok(Some(index))
    }
}

/// Folder of a generation of a full-text index.
#[must_use]
pub fn index_folder(home: &Home, dataset: &str, generation: &str) -> PathBuf {
    home.path_of("indexes").join(dataset).join(generation)
}

/// Folder of a generation of a sketch index.
#[must_use]
pub fn sketch_folder(home: &Home, dataset: &str, generation: &str) -> PathBuf {
    home.path_of("sketches").join(dataset).join(generation)
}

/// The shingles that the sketches in `folder` leave out.
pub(super) fn frequent(folder: &Path, state: &SketchState) -> Result<Arc<Frequent>, SketchError> {
    let found = state.frequent.as_ref().map(|name| Frequent::open(folder, name)).transpose()?;
    Ok(Arc::new(found.unwrap_or_default()))
}
