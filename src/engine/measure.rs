//! Our own queries, asked as of a business date on one snapshot.
//!
//! The as-of date says which completions and due dates count; the snapshot says what was known. They are
//! two kinds of time and both travel with the answer.

use arrow::array::RecordBatch;
use chrono::NaiveDate;

use crate::definition::query::Query;
use crate::domain::civil::CivilDate;
use crate::domain::commit::CommitVersion;
use crate::domain::record::Value;
use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::sql::vetted;

/// The answer to one of our queries. Only this module makes one, so that no page can show a number
/// that did not come from a definition.
#[derive(Debug, Clone)]
pub struct Measured {
    query: Query,
    commit: CommitVersion,
    as_of: NaiveDate,
    batches: Vec<RecordBatch>,
}

impl Measured {
    /// The definition that was asked.
    #[must_use]
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// The snapshot.
    #[must_use]
    pub fn commit(&self) -> CommitVersion {
        self.commit
    }

    /// The business date.
    #[must_use]
    pub fn as_of(&self) -> NaiveDate {
        self.as_of
    }

    /// The rows.
    #[must_use]
    pub fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }
}

impl Engine {
    /// Asks the query `name` as of a business date (today when not given) on snapshot `at`, or the newest.
    ///
    /// # Errors
    /// There is no such query or snapshot, or a table is damaged.
    pub fn measure(
        &self,
        name: &str,
        as_of: Option<NaiveDate>,
        at: Option<CommitVersion>,
        scope: &Scope,
    ) -> Result<Measured, EngineError> {
        let snapshot = self.snapshot()?;
        let query = snapshot.catalog().query(name)?.clone();
        let commit = at.unwrap_or(snapshot.version());
        let as_of = as_of.unwrap_or_else(|| self.clock.today());
        let mut tables = self.tables(&snapshot, commit, scope)?;
        tables.retain(|table| query.tables.contains(&table.name));
        let parameters: Vec<(&str, Value)> = query
            .parameters
            .iter()
            .filter(|parameter| parameter.as_str() == "as_of")
            .map(|parameter| (parameter.as_str(), Value::Date(CivilDate::day(as_of))))
            .collect();
        let batches = vetted::run(&query, &tables, &parameters)?;
        Ok(Measured { query, commit, as_of, batches })
    }
}
