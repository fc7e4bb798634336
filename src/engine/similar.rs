//! Records about the same: related documents (văn bản liên quan), letters of the same matter.

use crate::domain::id::RecordId;
use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::search::request::{Answer, Request};

/// The related records of one dataset.
#[derive(Debug, Clone)]
pub struct Related {
    /// The dataset.
    pub dataset: String,
    /// The records, closest first.
    pub answer: Answer,
}

impl Engine {
    /// The first `limit` records whose text is most about what `id` is about.
    ///
    /// # Errors
    /// There is no such record in scope, or its dataset is not searched.
    pub fn similar(&self, id: RecordId, limit: usize, scope: &Scope) -> Result<Related, EngineError> {
        let unknown = || EngineError::NoRecord(id.to_string());
        let snapshot = self.snapshot()?;
        let dataset = snapshot.catalog().by_letter(id.letter()).ok_or_else(unknown)?.name.clone();
        let request = Request { similar_to: Some(id), limit, ..Request::default() };
        let answer = self.search(&dataset, &request, scope).map_err(|error| match error {
            EngineError::Search(crate::search::SearchError::NoRow { .. }) => unknown(),
            error => error,
        })?;
        Ok(Related { dataset, answer })
    }
}
