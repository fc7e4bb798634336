//! Texts made ready while pairs are verified.
//!
//! The members of a group come close together, so a text is usually fetched once for all its pairs.
//! At most [`DUPLICATE_TEXTS_KEPT`] are kept; when they are that many, all are let go and those still
//! needed come again.

use rustc_hash::FxHashMap;

use crate::domain::id::RecordId;
use crate::domain::limits::{DUPLICATE_BATCH, DUPLICATE_TEXTS_KEPT};
use crate::duplicates::similarity::Prepared;
use crate::sketch::frequent::Frequent;

/// Gives the texts of records, in order.
pub(in crate::duplicates) type Fetch<'f, E> = &'f dyn Fn(&[RecordId]) -> Result<Vec<Option<String>>, E>;

/// The texts at hand.
pub(in crate::duplicates) struct Texts<'f, E> {
    fetch: Fetch<'f, E>,
    frequent: &'f Frequent,
    /// Nothing for a record without a text to compare.
    known: FxHashMap<RecordId, Option<Prepared>>,
}

impl<'f, E> Texts<'f, E> {
    /// No text yet.
    pub(in crate::duplicates) fn new(fetch: Fetch<'f, E>, frequent: &'f Frequent) -> Self {
        Self { fetch, frequent, known: FxHashMap::default() }
    }

    /// Makes sure that the texts of `ids` are at hand.
    pub(in crate::duplicates) fn load(&mut self, ids: impl Iterator<Item = RecordId>) -> Result<(), E> {
        let mut ids: Vec<RecordId> = ids.collect();
        ids.sort_unstable();
        ids.dedup();
        if self.known.len() + ids.len() > DUPLICATE_TEXTS_KEPT {
            self.known.clear();
        }
        ids.retain(|id| !self.known.contains_key(id));
        for batch in ids.chunks(DUPLICATE_BATCH) {
            let texts = (self.fetch)(batch)?;
            let prepared =
                texts.iter().map(|text| text.as_deref().map(|text| Prepared::of(text, self.frequent)));
            self.known.extend(batch.iter().copied().zip(prepared));
        }
        Ok(())
    }

    /// The text of a record that was loaded and has one.
    pub(in crate::duplicates) fn get(&self, id: RecordId) -> Option<&Prepared> {
        self.known.get(&id)?.as_ref()
    }
}
