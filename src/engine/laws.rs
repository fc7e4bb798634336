//! The rules in force in a store, those of an earlier day, and on which day each commit was made.
//!
//! The texts of rules travel with the definitions: every snapshot names both by one hash, and every text is
//! kept under it. So a receipt or a frozen period computes its due dates by the rules of its day.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::definition::catalog::Catalog;
use crate::definition::query::Query;
use crate::domain::civil::epoch_days;
use crate::domain::commit::CommitVersion;
use crate::domain::limits::LAWS_KEPT;
use crate::domain::scope::Scope;
use crate::engine::sql::table;
use crate::engine::{Engine, EngineError};
use crate::rules::laws::Laws;
use crate::sql::ground::{CommitDays, Ground};
use crate::sql::job::{Field, Files, Kind, Table};
use crate::store::schema::TableKind;

/// Rules by the hash of the definitions they came with, and days of commits, once they were asked for.
#[derive(Default)]
pub(super) struct KeptLaws {
    laws: Mutex<HashMap<String, Arc<Laws>>>,
    days: Mutex<Arc<CommitDays>>,
}

/// Name of the table with the commits of all versions of a basis's records.
const RECORDED: &str = "recorded";

impl Engine {
    /// The rules in force on the newest snapshot.
    ///
    /// # Errors
    /// Their texts are gone or damaged.
    pub fn laws(&self) -> Result<Arc<Laws>, EngineError> {
        let hash = self.snapshot()?.record().definitions.clone();
        self.laws_of(&hash)
    }

    /// The rules that went with definitions of that hash.
    pub(super) fn laws_of(&self, definitions: &str) -> Result<Arc<Laws>, EngineError> {
        if let Some(laws) = self.kept_laws(definitions) {
            return Ok(laws);
        }
        let catalog = self.catalog_of(definitions)?;
        self.laws_in(&catalog)
    }

    /// The rules that go with the definitions of `catalog`.
    pub(super) fn laws_in(&self, catalog: &Catalog) -> Result<Arc<Laws>, EngineError> {
        let definitions = catalog.hash();
        if let Some(laws) = self.kept_laws(&definitions) {
            return Ok(laws);
        }
        let laws = Arc::new(Laws::parse(catalog.texts())?);
        let mut kept = self.laws.laws.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= LAWS_KEPT {
            kept.clear();
        }
        kept.insert(definitions, Arc::clone(&laws));
        Ok(laws)
    }

    fn kept_laws(&self, definitions: &str) -> Option<Arc<Laws>> {
        self.laws.laws.lock().unwrap_or_else(PoisonError::into_inner).get(definitions).cloned()
    }

    /// What the functions of a basis rest on under definitions of that hash.
    pub(super) fn ground_of(&self, definitions: &str, basis: &Query) -> Result<Ground, EngineError> {
        let is_recorded = basis.basis.as_ref().is_some_and(|basis| basis.recorded);
        let days = if is_recorded { self.commit_days()? } else { Arc::default() };
        Ok(Ground { laws: self.laws_of(definitions)?, next: None, days })
    }

    /// The table `recorded` of a basis that asks for it: id and commit of every version of its records,
    /// whatever unit held them; the basis joins it to the records in scope.
    pub(super) fn recorded(&self, basis: &Query) -> Result<Option<Table>, EngineError> {
        let Some(of) = basis.basis.as_ref().filter(|basis| basis.recorded) else { return Ok(None) };
        let snapshot = self.snapshot()?;
        let kinds = (TableKind::HistoryMain, TableKind::HistoryText);
        let dataset = snapshot.dataset(&of.dataset)?;
        let mut found = table(&self.home, &snapshot, dataset, kinds, &Scope::everything());
        let fields = vec![Field::new("id", Kind::Text), Field::new("valid_from", Kind::Integer)];
        found.main = Files { fields, ..found.main };
        Ok(Some(Table { name: RECORDED.to_owned(), text: None, ..found }))
    }

    /// The first commit of each day up to the newest one.
    fn commit_days(&self) -> Result<Arc<CommitDays>, EngineError> {
        let newest = self.snapshot()?.version();
        let mut kept = self.laws.days.lock().unwrap_or_else(PoisonError::into_inner);
        let mut days = kept.0.clone();
        let mut from = match days.last() {
            Some((first, _)) => CommitVersion(first.unsigned_abs()),
            None => {
                days.push((0, self.day_of_commit(CommitVersion(0))?));
                CommitVersion(0)
            }
        };
        while let Some(next) = self.first_of_next_day(from, newest)? {
            days.push((next.as_i64(), self.day_of_commit(next)?));
            from = next;
        }
        *kept = Arc::new(CommitDays(days));
        Ok(Arc::clone(&kept))
    }

    /// The first commit after `from` of a later day, by steps that double and then halve.
    fn first_of_next_day(
        &self,
        from: CommitVersion,
        newest: CommitVersion,
    ) -> Result<Option<CommitVersion>, EngineError> {
        let day = self.day_of_commit(from)?;
        if self.day_of_commit(newest)? <= day {
            return Ok(None);
        }
        let (mut low, mut step) = (from.0, 1u64);
        while low + step < newest.0 && self.day_of_commit(CommitVersion(low + step))? <= day {
            low += step;
            step *= 2;
        }
        let mut high = (low + step).min(newest.0);
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            if self.day_of_commit(CommitVersion(middle))? <= day {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(Some(CommitVersion(high)))
    }

    fn day_of_commit(&self, number: CommitVersion) -> Result<i32, EngineError> {
        Ok(epoch_days(self.commit_record(number)?.at.civil_day()))
    }
}
