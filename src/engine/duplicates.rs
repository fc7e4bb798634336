//! Near-duplicates of a record, of a text, and in a whole dataset.

use std::path::Path;
use std::sync::Arc;

use crate::definition::dataset::Dataset;
use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::limits::{
    DUPLICATE_BATCH, DUPLICATE_CANDIDATES_MAX, DUPLICATE_TEXT_BYTES_MAX, SKETCH_RUN_ENTRIES,
};
use crate::domain::scope::{Scope, Units};
use crate::duplicates::similarity::Prepared;
use crate::duplicates::{self, Bounds, Listed, Match, Pair};
use crate::engine::{Engine, EngineError};
use crate::search::reader::Reader;
use crate::sketch::frequent::Frequent;
use crate::sketch::index::{Index, write_run};
use crate::sketch::minhash::Sketch;
use crate::store::StoreError;

/// A text that stands in another to this share is shown beside it, however unlike the two are as wholes.
const DUPLICATE_CONTAINMENT_MIN: f64 = 0.8;

/// Records whose text resembles the one asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct Similar {
    /// Snapshot it is of.
    pub commit: CommitVersion,
    /// Best first.
    pub matches: Vec<Match>,
}

impl Engine {
    /// Records that resemble the record `id`, itself left out.
    ///
    /// # Errors
    /// There is no such record in scope, or its dataset is not sketched.
    pub fn duplicates_of(&self, id: RecordId, min: f64, scope: &Scope) -> Result<Similar, EngineError> {
        let unknown = || EngineError::NoRecord(id.to_string());
        let snapshot = self.snapshot()?;
        let dataset = snapshot.catalog().by_letter(id.letter()).ok_or_else(unknown)?.clone();
        let column = sketched(&dataset)?;
        let (_, reader) = self.pinned_reader(&dataset.name)?;
        let reader = reader.ok_or_else(unknown)?;
        let text = scoped_texts(&reader, &[id], &column, scope)?.pop().flatten().ok_or_else(unknown)?;
        let mut similar = self.duplicates_of_text(&dataset.name, &text, min, scope)?;
        similar.matches.retain(|found| found.id != id);
        Ok(similar)
    }

    /// Records of `dataset` that resemble `text`.
    ///
    /// # Errors
    /// The text is over its limit, or the dataset is not sketched.
    pub fn duplicates_of_text(
        &self,
        dataset: &str,
        text: &str,
        min: f64,
        scope: &Scope,
    ) -> Result<Similar, EngineError> {
        if text.len() > DUPLICATE_TEXT_BYTES_MAX {
            let (bytes, limit) = (text.len(), DUPLICATE_TEXT_BYTES_MAX);
            return Err(EngineError::TextTooLong { bytes, limit });
        }
        self.similar_to(dataset, (text, min), scope, &|_| None)
    }

    /// As [`Engine::duplicates_of_text`]; `known` gives texts that were made ready for another comparison.
    pub(super) fn similar_to(
        &self,
        dataset: &str,
        (text, min): (&str, f64),
        scope: &Scope,
        known: &dyn Fn(RecordId) -> Option<Arc<Prepared>>,
    ) -> Result<Similar, EngineError> {
        let (snapshot, reader) = self.pinned_reader(dataset)?;
        let commit = snapshot.version();
        let definition = snapshot.dataset(dataset)?;
        let column = sketched(definition)?;
        let index = snapshot.sketches(definition)?;
        let (Some(reader), Some(index)) = (reader, index) else {
            return Ok(Similar { commit, matches: Vec::new() });
        };
        let prepared = |ids: &[RecordId]| {
            let mut ready: Vec<Option<Arc<Prepared>>> = ids.iter().map(|id| known(*id)).collect();
            let missing: Vec<RecordId> =
                ids.iter().zip(&ready).filter(|(_, ready)| ready.is_none()).map(|(id, _)| *id).collect();
            let texts = scoped_texts(&reader, &missing, &column, scope)?;
            let made = texts.into_iter().map(|text| Some(Arc::new(Prepared::of(&text?, index.frequent()))));
            ready.iter_mut().filter(|ready| ready.is_none()).zip(made).for_each(|(slot, made)| *slot = made);
            Ok::<_, EngineError>(ready)
        };
        let min_containment = Some(DUPLICATE_CONTAINMENT_MIN);
        let bounds = Bounds { min, min_containment, limit: DUPLICATE_CANDIDATES_MAX };
        let matches = duplicates::of_prepared::<EngineError>(&index, text, &prepared, bounds)?;
        Ok(Similar { commit, matches })
    }

    /// Every pair of records of `dataset` that is to be `listed`.
    ///
    /// # Errors
    /// The dataset is not sketched, an index is damaged, there is no room for a temporary one, or the sink
    /// fails.
    pub fn duplicate_pairs(
        &self,
        dataset: &str,
        listed: Listed,
        scope: &Scope,
        sink: &mut dyn FnMut(Pair) -> Result<(), EngineError>,
    ) -> Result<CommitVersion, EngineError> {
        let (snapshot, reader) = self.pinned_reader(dataset)?;
        let definition = snapshot.dataset(dataset)?;
        let column = sketched(definition)?;
        if let (Some(reader), Some(index)) = (reader, snapshot.sketches(definition)?) {
            let texts = |ids: &[RecordId]| scoped_texts(&reader, ids, &column, scope);
            if index.frequent().is_empty() {
                duplicates::pairs::<EngineError>(&index, &texts, listed, sink)?;
            } else {
                let whole = self.whole_sketches(&index, definition, &texts)?;
                duplicates::pairs::<EngineError>(&whole.index, &texts, listed, sink)?;
            }
        }
        Ok(snapshot.version())
    }

    /// Sketches of the records of `index`, with nothing left out, for as long as they are held: a listing
    /// by whole texts must not miss two because they share a form.
    fn whole_sketches(
        &self,
        index: &Index,
        dataset: &Dataset,
        texts: &dyn Fn(&[RecordId]) -> Result<Vec<Option<String>>, EngineError>,
    ) -> Result<Whole, EngineError> {
        let staging = self.home.path_of("staging");
        let unwritable = |_| tempfile::tempdir();
        let folder = tempfile::tempdir_in(&staging).or_else(unwritable);
        let folder = folder.map_err(StoreError::io("cannot make a folder below", &staging))?;
        let frequent = Arc::new(Frequent::default());
        let mut writing = Writing { folder: folder.path(), runs: Vec::new(), entries: Vec::new() };
        let mut waiting = Vec::with_capacity(DUPLICATE_BATCH);
        index.all_records(&mut |id| {
            waiting.push(id);
            if waiting.len() < DUPLICATE_BATCH { Ok(()) } else { writing.add(&mut waiting, texts) }
        })?;
        writing.add(&mut waiting, texts)?;
        writing.write()?;
        let index = Index::open(folder.path(), dataset.letter, &writing.runs, frequent)?;
        Ok(Whole { index, _folder: folder })
    }
}

/// Temporary sketches; their folder goes with them.
struct Whole {
    index: Index,
    _folder: tempfile::TempDir,
}

/// Temporary sketches in the writing.
struct Writing<'f> {
    folder: &'f Path,
    runs: Vec<String>,
    entries: Vec<(RecordId, Option<Sketch>)>,
}

impl Writing<'_> {
    fn add(
        &mut self,
        ids: &mut Vec<RecordId>,
        texts: &dyn Fn(&[RecordId]) -> Result<Vec<Option<String>>, EngineError>,
    ) -> Result<(), EngineError> {
        for (id, text) in ids.iter().zip(texts(ids)?) {
            let sketch = text.as_deref().and_then(Sketch::of_text);
            self.entries.extend(sketch.map(|sketch| (*id, Some(sketch))));
        }
        ids.clear();
        if self.entries.len() < SKETCH_RUN_ENTRIES { Ok(()) } else { self.write() }
    }

    fn write(&mut self) -> Result<(), EngineError> {
        let name = format!("run-{:06}", self.runs.len());
        write_run(self.folder, &name, &Frequent::default(), std::mem::take(&mut self.entries))?;
        self.runs.push(name);
        Ok(())
    }
}

fn sketched(dataset: &Dataset) -> Result<String, EngineError> {
    dataset.similar.clone().ok_or_else(|| EngineError::NotSketched(dataset.name.clone()))
}

/// Texts of the records that the asker may see; a record out of scope compares with nothing.
fn scoped_texts(
    reader: &Reader,
    ids: &[RecordId],
    column: &str,
    scope: &Scope,
) -> Result<Vec<Option<String>>, EngineError> {
    let mut texts = reader.texts(ids, column)?;
    if let Units::Only(units) = &scope.units {
        for (text, unit) in texts.iter_mut().zip(reader.texts(ids, "unit")?) {
            if !unit.is_some_and(|unit| units.contains(&unit)) {
                *text = None;
            }
        }
    }
    Ok(texts)
}
