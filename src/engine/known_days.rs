//! When things came into the store: the first commit of each day, and all versions of records as tables.
//!
//! A basis that asks how late something was entered names `NAME_history` among its tables and has a line
//! `--commits` in its statement. Commit records are read by steps that double, so that a day of a thousand
//! commits costs twenty reads.

use crate::definition::query::{HISTORY, Query};
use crate::domain::commit::CommitVersion;
use crate::domain::limits::COMMIT_DAYS_MAX;
use crate::domain::scope::Scope;
use crate::engine::snapshot::Snapshot;
use crate::engine::sql::table;
use crate::engine::{Engine, EngineError};
use crate::sql::job::Table;
use crate::store::schema::TableKind;

impl Engine {
    /// The history tables that `basis` names, with all versions: a statement asks for the first one of each
    /// record, which is never later than the record's row in the snapshot it is joined to.
    pub(super) fn versions(
        &self,
        snapshot: &Snapshot,
        basis: &Query,
        scope: &Scope,
    ) -> Result<Vec<Table>, EngineError> {
        let mut tables = Vec::new();
        for name in basis.tables.iter().filter_map(|name| name.strip_suffix(HISTORY)) {
            let kinds = (TableKind::HistoryMain, TableKind::HistoryText);
            let mut versions = table(&self.home, snapshot, snapshot.dataset(name)?, kinds, scope);
            versions.name = format!("{name}{HISTORY}");
            versions.text = None;
            tables.push(versions);
        }
        Ok(tables)
    }

    /// A statement of the first commit of each civil day up to `newest`: `number`, `day`.
    pub(super) fn commit_days(&self, newest: CommitVersion) -> Result<String, EngineError> {
        let mut rows = Vec::new();
        let mut first = 0u64;
        while first <= newest.0 && rows.len() < COMMIT_DAYS_MAX {
            let day = self.commit_record(CommitVersion(first))?.at.civil_day();
            rows.push(format!("({first}, DATE '{day}')"));
            first = self.first_after(first, newest.0, day)?;
        }
        Ok(format!("SELECT * FROM (VALUES {}) AS commits(number, day)", rows.join(", ")))
    }

    /// The first commit after `from` that was made on a later day; one beyond `newest` when there is none.
    fn first_after(&self, from: u64, newest: u64, day: chrono::NaiveDate) -> Result<u64, EngineError> {
        let is_later = |number: u64| -> Result<bool, EngineError> {
            Ok(self.commit_record(CommitVersion(number))?.at.civil_day() > day)
        };
        let (mut low, mut step) = (from, 1u64);
        // `low` is of that day; the next one of a later day lies below `high`.
        let mut high = loop {
            let next = low.saturating_add(step);
            if next > newest {
                break newest + 1;
            }
            if is_later(next)? {
                break next;
            }
            (low, step) = (next, step.saturating_mul(2));
        };
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            if is_later(middle)? { high = middle } else { low = middle }
        }
        Ok(high)
    }
}
