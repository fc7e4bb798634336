//! Rulings as whoever asks may read them.
//!
//! A ruling names petitions, so that one is shown only to who may see every petition it names; what it
//! did to others is told in their own units.

use std::collections::BTreeSet;

use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::scope::{Scope, Units};
use crate::duplicates::casebook;
use crate::duplicates::casebook::ruling::Ruling;
use crate::engine::snapshot::Snapshot;
use crate::engine::{Engine, EngineError};

/// Rulings of a snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct Rulings {
    /// The snapshot.
    pub commit: CommitVersion,
    /// The rulings, oldest first.
    pub all: Vec<Ruling>,
    /// Ordinals of those that were undone.
    pub undone: BTreeSet<u64>,
}

impl Engine {
    /// Every ruling that the scope shows, or only those that name `petition`, with what undid them.
    ///
    /// # Errors
    /// The rulings or an index are damaged.
    pub fn rulings(&self, petition: Option<RecordId>, scope: &Scope) -> Result<Rulings, EngineError> {
        let snapshot = self.snapshot()?;
        let rulings = self.book(&snapshot)?.rulings;
        let undone = casebook::undone(&rulings);
        let mut all = self.shown(&snapshot, rulings, scope)?;
        if let Some(petition) = petition {
            all = about(all, &|ruling| named(ruling).any(|id| id == petition));
        }
        Ok(Rulings { commit: snapshot.version(), all, undone })
    }

    /// Those of `rulings` whose petitions the scope shows, all of them.
    pub(super) fn shown(
        &self,
        snapshot: &Snapshot,
        rulings: Vec<Ruling>,
        scope: &Scope,
    ) -> Result<Vec<Ruling>, EngineError> {
        if scope.units == Units::All {
            return Ok(rulings);
        }
        let ids: BTreeSet<RecordId> = rulings.iter().flat_map(named).collect();
        let ids: Vec<RecordId> = ids.into_iter().collect();
        let papers = self.papers(snapshot, &ids, scope)?.into_iter().flatten();
        let seen: BTreeSet<RecordId> = papers.map(|held| held.id).collect();
        Ok(about(rulings, &|ruling| named(ruling).all(|id| seen.contains(&id))))
    }
}

/// The rulings for which `is_wanted` holds, with those that undid one of them.
fn about(rulings: Vec<Ruling>, is_wanted: &dyn Fn(&Ruling) -> bool) -> Vec<Ruling> {
    let wanted = rulings.iter().filter(|ruling| ruling.undoes().is_none() && is_wanted(ruling));
    let wanted: BTreeSet<u64> = wanted.map(|ruling| ruling.ordinal).collect();
    let is_kept = |ruling: &Ruling| wanted.contains(&ruling.undoes().unwrap_or(ruling.ordinal));
    rulings.into_iter().filter(is_kept).collect()
}

/// Petitions that a ruling names.
pub(super) fn named(ruling: &Ruling) -> impl Iterator<Item = RecordId> + '_ {
    let pair = ruling.pair().into_iter().flat_map(|pair| [pair.later, pair.earlier]);
    pair.chain(ruling.placed.iter().flat_map(|placed| placed.moved.iter().copied()))
}
