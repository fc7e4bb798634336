//! The review queue: proposed pairs that wait for a person, urgent ones first.
//!
//! The last run and the petitions that came since make it; pairs that people decided are out of it for good,
//! whatever a later run proposes.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, PoisonError};

use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::limits::REVIEWED_FRESH_MAX;
use crate::domain::scope::{Scope, Units};
use crate::duplicates::casebook::Casebook;
use crate::duplicates::casebook::ruling::Pair;
use crate::duplicates::relation::Proposed;
use crate::engine::papers::Held;
use crate::engine::proposing::Waiting;
use crate::engine::snapshot::Snapshot;
use crate::engine::{Engine, EngineError};

/// Which pairs are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only those whose later petition this unit holds.
    pub unit: Option<String>,
    /// Only those proposed as this.
    pub relation: Option<Proposed>,
    /// Pairs passed over.
    pub skip: usize,
    /// Most pairs.
    pub limit: usize,
}

/// Pairs that wait.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    /// The snapshot whose decisions are taken into account.
    pub commit: CommitVersion,
    /// The snapshot of the last run; nothing when there was none.
    pub run: Option<CommitVersion>,
    /// How many wait, as far as the queue reaches.
    pub total: usize,
    /// Those wanted, urgent ones first.
    pub pairs: Vec<Waiting>,
    /// Titles of their petitions by id, of those that the scope shows and that have one.
    pub titles: BTreeMap<String, String>,
}

/// The queue of the last run, kept while no newer run is done.
#[derive(Default)]
pub struct KeptQueue {
    place: String,
    pairs: Arc<Vec<Waiting>>,
}

impl Engine {
    /// The pairs that wait for a decision.
    ///
    /// # Errors
    /// The queue or an index is damaged.
    pub fn review(&self, wanted: &Wanted, scope: &Scope) -> Result<Queue, EngineError> {
        let (judge, snapshot) = self.judge(scope)?;
        let newest = self.newest_run()?;
        let since = newest.as_ref().map(|(_, run)| run.commit);
        let kept = match &newest {
            Some((place, _)) => self.kept_queue(place)?,
            None => Arc::default(),
        };
        let mut fresh = self.fresh_ids(&snapshot, since.unwrap_or(CommitVersion(0)))?;
        fresh.truncate(REVIEWED_FRESH_MAX);
        let fresh_names: HashSet<String> = fresh.iter().map(ToString::to_string).collect();
        let came_since = judge.waiting(&fresh, None)?;
        let before = kept.iter().filter(|pair| !fresh_names.contains(&pair.later));
        let cases = self.book(&snapshot)?.cases;
        // Tens of thousands wait and a page shows some: those alone are copied.
        let mut all: Vec<&Waiting> = came_since.iter().chain(before).collect();
        let has_decided = cases.decided_pairs().next().is_some();
        all.retain(|pair| is_wanted(pair, wanted, scope) && !(has_decided && is_decided(&cases, pair)));
        all.sort_by(|one, other| one.by_urgency(other));
        let total = all.len();
        let pairs: Vec<Waiting> = all.into_iter().skip(wanted.skip).take(wanted.limit).cloned().collect();
        let titles = self.titles(&snapshot, &pairs, scope)?;
        Ok(Queue { commit: snapshot.version(), run: since, total, pairs, titles })
    }

    /// Every proposal of the last run, whatever was decided.
    ///
    /// # Errors
    /// There was no run, or its files are damaged.
    pub fn each_proposed(
        &self,
        each: &mut dyn FnMut(Waiting) -> Result<(), EngineError>,
    ) -> Result<CommitVersion, EngineError> {
        let Some((place, run)) = self.newest_run()? else { return Err(EngineError::NoRun) };
        self.each_proposal(&place, &run, each)?;
        Ok(run.commit)
    }

    fn titles(
        &self,
        snapshot: &Snapshot,
        pairs: &[Waiting],
        scope: &Scope,
    ) -> Result<BTreeMap<String, String>, EngineError> {
        let ids: BTreeSet<&str> =
            pairs.iter().flat_map(|pair| [pair.later.as_str(), pair.earlier.as_str()]).collect();
        let ids: Vec<RecordId> = ids.into_iter().filter_map(|id| id.parse().ok()).collect();
        let held = self.papers(snapshot, &ids, scope)?;
        let titled = |held: Held| Some((held.id.to_string(), held.text("title")?.to_owned()));
        Ok(held.into_iter().flatten().filter_map(titled).collect())
    }

    fn kept_queue(&self, place: &str) -> Result<Arc<Vec<Waiting>>, EngineError> {
        let mut held = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if held.place != place {
            *held = KeptQueue { place: place.to_owned(), pairs: Arc::new(self.read_queue(place)?) };
        }
        Ok(Arc::clone(&held.pairs))
    }
}

fn is_wanted(pair: &Waiting, wanted: &Wanted, scope: &Scope) -> bool {
    let holders = [&pair.unit, &pair.earlier_unit];
    let is_shown = match &scope.units {
        Units::All => true,
        Units::Only(units) => {
            holders.into_iter().all(|unit| unit.as_ref().is_some_and(|unit| units.contains(unit)))
        }
    };
    is_shown
        && wanted.unit.as_ref().is_none_or(|unit| pair.unit.as_ref() == Some(unit))
        && wanted.relation.is_none_or(|relation| pair.relation == relation.code())
}

fn is_decided(cases: &Casebook, pair: &Waiting) -> bool {
    let ids = pair.later.parse().ok().zip(pair.earlier.parse().ok());
    ids.and_then(|(later, earlier)| Pair::of(later, earlier))
        .is_some_and(|pair| cases.decided(pair).is_some())
}
