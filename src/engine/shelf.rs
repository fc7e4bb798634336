//! Petitions made ready, kept while others are compared with them.
//!
//! Letters of one matter come within weeks of each other, so a run that goes by the day of arrival meets the
//! same petitions again and again. At most [`READY_KEPT_MAX`] are kept, about twelve kilobytes each: when
//! half of them are new, those that nobody asked for since the last time are let go. What is kept changes
//! no answer.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::domain::id::RecordId;
use crate::domain::limits::READY_KEPT_MAX;
use crate::engine::judge::Ready;

/// Petitions at hand.
#[derive(Default)]
pub(super) struct Shelf {
    young: FxHashMap<RecordId, Arc<Ready>>,
    old: FxHashMap<RecordId, Arc<Ready>>,
}

impl Shelf {
    /// The petition `id`, if it is at hand.
    pub(super) fn get(&mut self, id: RecordId) -> Option<Arc<Ready>> {
        if let Some(ready) = self.young.get(&id) {
            return Some(Arc::clone(ready));
        }
        let ready = self.old.remove(&id)?;
        self.put(id, Arc::clone(&ready));
        Some(ready)
    }

    /// Keeps a petition.
    pub(super) fn put(&mut self, id: RecordId, ready: Arc<Ready>) {
        if self.young.len() >= READY_KEPT_MAX / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(id, ready);
    }
}
