//! Our own plain queries: lists about the store, such as which systems its records come from.
//!
//! Figures are not made here but by the metric layer; a basis, a metric and a report are no plain queries.

use arrow::array::RecordBatch;

use crate::definition::DefinitionError;
use crate::definition::query::Query;
use crate::domain::commit::CommitVersion;
use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::sql::vetted;

/// The answer to a plain query.
#[derive(Debug, Clone)]
pub struct Queried {
    /// The definition that was asked.
    pub query: Query,
    /// The snapshot.
    pub commit: CommitVersion,
    /// The rows.
    pub batches: Vec<RecordBatch>,
}

impl Engine {
    /// Asks the plain query `name` on snapshot `at`, or the newest.
    ///
    /// # Errors
    /// There is no such query or snapshot, or a table is damaged.
    pub fn query(
        &self,
        name: &str,
        at: Option<CommitVersion>,
        scope: &Scope,
    ) -> Result<Queried, EngineError> {
        let snapshot = self.snapshot()?;
        let query = snapshot.catalog().query(name)?.clone();
        if query.is_made_by_metrics() || query.basis.is_some() {
            let unknown = DefinitionError::Unknown {
                what: "query",
                name: name.to_owned(),
                suggestion: "; it is asked through the metric layer".to_owned(),
            };
            return Err(unknown.into());
        }
        let commit = at.unwrap_or(snapshot.version());
        let mut tables = self.tables(&snapshot, commit, scope)?;
        tables.retain(|table| query.tables.contains(&table.name));
        let batches = vetted::run(&query, &tables, &[])?;
        Ok(Queried { query, commit, batches })
    }
}
