//! Proposals for one petition or one pasted letter, with evidence, decisions and coverage.
//!
//! What a person decided stands beside what the program proposes and is never changed by it.

use std::sync::{Arc, PoisonError};

use serde_json::Value as Json;

use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::limits::{DUPLICATE_TEXT_BYTES_MAX, FRESH_PETITIONS_MAX};
use crate::domain::record::Value;
use crate::domain::scope::Scope;
use crate::duplicates::agreement::Agreement;
use crate::duplicates::casebook::CaseKey;
use crate::duplicates::casebook::ruling::{Pair, Proposal as Ruled, Ruling};
use crate::duplicates::paper::Outcome;
use crate::duplicates::relation::Proposed;
use crate::engine::coverage::Coverage;
use crate::engine::duplicates::Similar;
use crate::engine::judge::{Judge, Judged};
use crate::engine::keyring::Keyring;
use crate::engine::papers::{Held, PETITIONS};
use crate::engine::proposing::keys_of;
use crate::engine::ruling::Book;
use crate::engine::snapshot::Snapshot;
use crate::engine::sql::table;
use crate::engine::{Engine, EngineError, records};
use crate::sql::encode::objects;
use crate::store::schema::TableKind;

/// What is proposed for a petition or a letter.
#[derive(Debug, Clone)]
pub struct Proposals {
    /// Snapshot it is of.
    pub commit: CommitVersion,
    /// Petitions that may be of the same matter, best first.
    pub found: Vec<Found>,
    /// What was searched.
    pub coverage: Coverage,
    /// Version of the weights that the scores rest on.
    pub weights: String,
}

/// A petition that may be of the same matter.
#[derive(Debug, Clone)]
pub struct Found {
    /// The petition, judged.
    pub judged: Judged,
    /// What a person decided about the pair, if anybody did.
    pub decided: Option<Ruling>,
    /// The case it is in.
    pub case: CaseKey,
}

/// The key index of the last run with the petitions that came since.
#[derive(Default)]
pub struct Keys {
    commit: Option<CommitVersion>,
    place: String,
    run: Arc<Keyring>,
    fresh: Arc<Keyring>,
}

impl Keys {
    /// Whether this is the index of a commit and of the run in `place`: a run can end without a commit.
    fn is_of(&self, commit: CommitVersion, place: &str) -> bool {
        self.commit == Some(commit) && self.place == place
    }
}

impl Engine {
    /// What is proposed for the petition `id`.
    ///
    /// # Errors
    /// There is no such petition in scope, or an index is damaged.
    pub fn proposals_of(&self, id: RecordId, scope: &Scope) -> Result<Proposals, EngineError> {
        let (judge, snapshot) = self.judge(scope)?;
        let asked = judge.held(&[id])?.pop().ok_or_else(|| EngineError::NoRecord(id.to_string()))?;
        let judged = judge.judge(&judge.ready(&asked))?;
        self.proposals(&snapshot, Some(id), judged, scope)
    }

    /// What is proposed for the petition `id`, with the records that resemble it to `min` or more: as
    /// [`Engine::proposals_of`] and [`Engine::duplicates_of`], each text read and made ready once.
    ///
    /// # Errors
    /// As [`Engine::proposals_of`].
    pub fn proposals_and_matches_of(
        &self,
        id: RecordId,
        min: f64,
        scope: &Scope,
    ) -> Result<(Proposals, Similar), EngineError> {
        let (judge, snapshot) = self.judge(scope)?;
        let asked = judge.held(&[id])?.pop().ok_or_else(|| EngineError::NoRecord(id.to_string()))?;
        let judged = judge.judge(&judge.ready(&asked))?;
        let text = asked.text("text").unwrap_or_default();
        let mut similar = self.similar_to(PETITIONS, (text, min), scope, &|other| judge.compared(other))?;
        similar.matches.retain(|found| found.id != id);
        Ok((self.proposals(&snapshot, Some(id), judged, scope)?, similar))
    }

    /// As [`Engine::proposals_and_matches_of`], of a letter of which only the text is known.
    ///
    /// # Errors
    /// As [`Engine::proposals_of_text`].
    pub fn proposals_and_matches_of_text(
        &self,
        text: &str,
        min: f64,
        scope: &Scope,
    ) -> Result<(Proposals, Similar), EngineError> {
        let (judge, snapshot) = self.judge_of_text(text, scope)?;
        let judged = judge.judge(&judge.ready_text(text))?;
        let similar = self.similar_to(PETITIONS, (text, min), scope, &|other| judge.compared(other))?;
        Ok((self.proposals(&snapshot, None, judged, scope)?, similar))
    }

    /// What is proposed for a letter of which only the text is known.
    ///
    /// # Errors
    /// The text is over its limit, or an index is damaged.
    pub fn proposals_of_text(&self, text: &str, scope: &Scope) -> Result<Proposals, EngineError> {
        let (judge, snapshot) = self.judge_of_text(text, scope)?;
        let judged = judge.judge(&judge.ready_text(text))?;
        self.proposals(&snapshot, None, judged, scope)
    }

    fn judge_of_text(&self, text: &str, scope: &Scope) -> Result<(Judge<'_>, Arc<Snapshot>), EngineError> {
        if text.len() > DUPLICATE_TEXT_BYTES_MAX {
            let (bytes, limit) = (text.len(), DUPLICATE_TEXT_BYTES_MAX);
            return Err(EngineError::TextTooLong { bytes, limit });
        }
        self.judge(scope)
    }

    /// Two petitions against each other: the second, judged, and the text of the first.
    ///
    /// # Errors
    /// One of them is not in scope, or an index is damaged.
    pub fn compare(
        &self,
        one: RecordId,
        other: RecordId,
        scope: &Scope,
    ) -> Result<(Held, Found), EngineError> {
        let (judge, snapshot) = self.judge(scope)?;
        let held = |id: RecordId| -> Result<Held, EngineError> {
            judge.held(&[id])?.pop().ok_or_else(|| EngineError::NoRecord(id.to_string()))
        };
        let (one, other) = (held(one)?, held(other)?);
        let judged = judge.judged(&judge.ready(&one), other);
        let book = self.book(&snapshot)?;
        Ok((one.clone(), found(&book, Some(one.id), judged)))
    }

    /// The last decision about the case of a petition.
    ///
    /// # Errors
    /// A table is damaged.
    pub fn outcome_of(&self, held: &Held) -> Result<Option<Outcome>, EngineError> {
        Ok(self.knowledge(&*self.snapshot()?)?.outcome(held))
    }

    /// The text of a petition, as far as the scope shows it.
    ///
    /// # Errors
    /// There is no such petition in scope.
    pub fn petition_text(&self, id: RecordId, scope: &Scope) -> Result<String, EngineError> {
        let held = self.papers(&*self.snapshot()?, &[id], scope)?.pop().flatten();
        let held = held.ok_or_else(|| EngineError::NoRecord(id.to_string()))?;
        Ok(held.text("text").unwrap_or_default().to_owned())
    }

    pub(super) fn proposal_between(
        &self,
        later: RecordId,
        earlier: RecordId,
        scope: &Scope,
    ) -> Result<Ruled, EngineError> {
        let (_, found) = self.compare(later, earlier, scope)?;
        let proposal = found.judged.proposal;
        Ok(Ruled { relation: proposal.relation, score: proposal.score.total(), levels: proposal.levels })
    }

    /// How often people decided what was proposed.
    ///
    /// # Errors
    /// The rulings are damaged.
    pub fn agreement(&self) -> Result<Agreement, EngineError> {
        Ok(Agreement::of(&self.book(&*self.snapshot()?)?.rulings))
    }

    /// A judge of the newest snapshot.
    pub(super) fn judge(&self, scope: &Scope) -> Result<(Judge<'_>, Arc<Snapshot>), EngineError> {
        let (snapshot, _) = self.pinned_reader(PETITIONS)?;
        let keyring = self.keyring(&snapshot)?;
        Ok((Judge::open(self, &snapshot, keyring, scope)?, snapshot))
    }

    fn proposals(
        &self,
        snapshot: &Snapshot,
        asked: Option<RecordId>,
        judged: Vec<Judged>,
        scope: &Scope,
    ) -> Result<Proposals, EngineError> {
        let book = self.book(snapshot)?;
        let all = judged.into_iter().map(|judged| found(&book, asked, judged));
        let found = all
            .filter(|found| found.decided.is_some() || found.judged.proposal.relation != Proposed::Unrelated)
            .collect();
        let coverage = self.knowledge(snapshot)?.coverage(scope);
        Ok(Proposals { commit: snapshot.version(), found, coverage, weights: self.weights()?.version() })
    }

    /// The key index of the last run, with what came since.
    fn keyring(&self, snapshot: &Arc<Snapshot>) -> Result<Arc<Keyring>, EngineError> {
        let mut held = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let (place, since) = match self.newest_run()? {
            Some((place, run)) => (place, run.commit),
            None => (String::new(), CommitVersion(0)),
        };
        if held.is_of(snapshot.version(), &place) {
            return Ok(Arc::clone(&held.fresh));
        }
        if held.place != place {
            held.run = Arc::new(self.read_keyring(&place)?);
            held.place = place;
        }
        let fresh = self.fresh_ids(snapshot, since)?;
        held.fresh = if fresh.is_empty() {
            Arc::clone(&held.run)
        } else {
            let judge = Judge::open(self, snapshot, Arc::default(), &Scope::everything())?;
            let ready = judge.made_ready(&fresh)?;
            Arc::new(held.run.with(ready.iter().flat_map(|ready| keys_of(ready)).collect(), &fresh))
        };
        held.commit = Some(snapshot.version());
        Ok(Arc::clone(&held.fresh))
    }

    /// Petitions whose row is newer than commit `since`, the newest arrivals first, at most
    /// [`FRESH_PETITIONS_MAX`].
    pub(super) fn fresh_ids(
        &self,
        snapshot: &Snapshot,
        since: CommitVersion,
    ) -> Result<Vec<RecordId>, EngineError> {
        let dataset = snapshot.dataset(PETITIONS)?;
        let kinds = (TableKind::Main, TableKind::Text);
        let table = table(&self.home, snapshot, dataset, kinds, &Scope::everything());
        let statement = format!(
            "SELECT id FROM asked WHERE valid_from > $since ORDER BY received_on DESC NULLS LAST, id LIMIT {FRESH_PETITIONS_MAX}"
        );
        let given = [("since", Value::Integer(since.as_i64()))];
        let rows = objects(&records::ask(dataset, table, &statement, &given)?)?;
        let id = |row: &Json| row.get("id").and_then(Json::as_str).and_then(|id| id.parse().ok());
        Ok(rows.iter().filter_map(id).collect())
    }
}

fn found(book: &Book, asked: Option<RecordId>, judged: Judged) -> Found {
    let pair = asked.and_then(|asked| Pair::of(asked, judged.held.id));
    let decided = pair.and_then(|pair| book.decided(pair)).cloned();
    let case = book.cases.case_of(judged.held.id, judged.held.source_case().as_ref());
    Found { judged, decided, case }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_ends_without_a_commit_makes_the_key_index_anew() {
        let keys = Keys { commit: Some(CommitVersion(3)), place: "a".to_owned(), ..Keys::default() };
        assert!(keys.is_of(CommitVersion(3), "a"));
        assert!(!keys.is_of(CommitVersion(3), "b"));
        assert!(!keys.is_of(CommitVersion(4), "a"));
    }
}
