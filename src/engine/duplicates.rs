//! Near-duplicates of a record, of a text, and in a whole dataset.

use crate::definition::dataset::Dataset;
use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::limits::{DUPLICATE_CANDIDATES_MAX, DUPLICATE_TEXT_BYTES_MAX};
use crate::domain::scope::{Scope, Units};
use crate::duplicates::{self, Bounds, Match, Pair};
use crate::engine::{Engine, EngineError};
use crate::search::reader::Reader;

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
        let (snapshot, reader) = self.pinned_reader(dataset)?;
        let commit = snapshot.version();
        let definition = snapshot.dataset(dataset)?;
        let column = sketched(definition)?;
        let index = snapshot.sketches(definition)?;
        let (Some(reader), Some(index)) = (reader, index) else {
            return Ok(Similar { commit, matches: Vec::new() });
        };
        let texts = |ids: &[RecordId]| scoped_texts(&reader, ids, &column, scope);
        let bounds = Bounds { min, limit: DUPLICATE_CANDIDATES_MAX };
        let matches = duplicates::of_text::<EngineError>(&index, text, &texts, bounds)?;
        Ok(Similar { commit, matches })
    }

    /// Every pair of records of `dataset` whose similarity is at least `min`.
    ///
    /// # Errors
    /// The dataset is not sketched, an index is damaged, or the sink fails.
    pub fn duplicate_pairs(
        &self,
        dataset: &str,
        min: f64,
        scope: &Scope,
        sink: &mut dyn FnMut(Pair) -> Result<(), EngineError>,
    ) -> Result<CommitVersion, EngineError> {
        let (snapshot, reader) = self.pinned_reader(dataset)?;
        let definition = snapshot.dataset(dataset)?;
        let column = sketched(definition)?;
        if let (Some(reader), Some(index)) = (reader, snapshot.sketches(definition)?) {
            let texts = |ids: &[RecordId]| scoped_texts(&reader, ids, &column, scope);
            duplicates::pairs::<EngineError>(&index, &texts, min, sink)?;
        }
        Ok(snapshot.version())
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
