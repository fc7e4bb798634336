//! Search within a scope, on the newest snapshot or the one a cursor is bound to.

use crate::domain::commit::CommitVersion;
use crate::domain::scope::Scope;
use crate::engine::snapshot::Snapshot;
use crate::engine::{Engine, EngineError};
use crate::search::SearchError;
use crate::search::reader::Reader;
use crate::search::request::{Answer, Matched, Request, Total};
use std::sync::Arc;

/// How often a reading process looks again when a commit overtakes it between record and index.
const TRIES: usize = 5;

impl Engine {
    /// Searches `dataset`.
    ///
    /// # Errors
    /// The dataset is not searched, the request is wrong, or the cursor's snapshot is no longer kept.
    pub fn search(&self, dataset: &str, request: &Request, scope: &Scope) -> Result<Answer, EngineError> {
        let request = &self.dated(request);
        let (snapshot, reader) = self.pinned_reader(dataset)?;
        let newest = snapshot.version();
        if let Some(since) = request.since.filter(|since| *since > newest) {
            return Err(SearchError::SinceAhead { since, newest }.into());
        }
        let Some(reader) = reader else { return Ok(empty(newest)) };
        match reader.search(request, scope) {
            Err(SearchError::CursorGone { commit }) => {
                let held = self.recent_with_index(dataset, commit)?;
                Ok(held.ok_or(SearchError::CursorGone { commit })?.search(request, scope)?)
            }
            answer => Ok(answer?),
        }
    }

    /// The request with a business date: today, when it names none.
    pub(super) fn dated(&self, request: &Request) -> Request {
        Request { today: request.today.or_else(|| Some(self.clock.today())), ..request.clone() }
    }

    /// The newest snapshot and its index of `dataset`.
    pub(super) fn pinned_reader(
        &self,
        dataset: &str,
    ) -> Result<(Arc<Snapshot>, Option<Reader>), EngineError> {
        let mut tries = TRIES;
        loop {
            let snapshot = self.snapshot()?;
            match snapshot.reader(snapshot.dataset(dataset)?) {
                Err(EngineError::Search(error)) if is_passing(&error) && tries > 1 => tries -= 1,
                reader => {
                    let reader = reader?;
                    return Ok((snapshot, reader));
                }
            }
        }
    }

    /// The index as commit `commit` of it left it, if a snapshot that shows it is still held.
    fn recent_with_index(&self, dataset: &str, commit: CommitVersion) -> Result<Option<Reader>, EngineError> {
        for snapshot in self.held() {
            let state = snapshot.record().indexes.get(dataset);
            if state.is_some_and(|state| state.commit == commit) {
                return snapshot.reader(snapshot.dataset(dataset)?);
            }
        }
        Ok(None)
    }
}

/// Whether a commit made meanwhile explains the failure, so that the newest snapshot may answer.
fn is_passing(error: &SearchError) -> bool {
    matches!(
        error,
        SearchError::SnapshotGone { .. } | SearchError::Missing { .. } | SearchError::Damaged { .. }
    )
}

pub(super) fn empty(commit: CommitVersion) -> Answer {
    Answer {
        commit,
        total: Total { value: 0, exact: true },
        groups: None,
        matched: Matched::All,
        hits: Vec::new(),
        facets: Vec::new(),
        histograms: Vec::new(),
        recency: None,
        next: None,
        partial: false,
        corrections: Vec::new(),
        widened: Vec::new(),
        notes: Vec::new(),
    }
}
