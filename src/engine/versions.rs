//! All versions of records as tables, for a basis that asks when something first came in.
//!
//! Such a basis names `NAME_history` among its tables. It asks for the first version of each record, which is
//! never later than the record's row in the snapshot it is joined to.

use crate::definition::query::{HISTORY, Query};
use crate::domain::scope::Scope;
use crate::engine::snapshot::Snapshot;
use crate::engine::sql::table;
use crate::engine::{Engine, EngineError};
use crate::sql::job::Table;
use crate::store::schema::TableKind;

impl Engine {
    /// The history tables that `basis` names.
    pub(super) fn versions(
        &self,
        snapshot: &Snapshot,
        basis: &Query,
        scope: &Scope,
    ) -> Result<Vec<Table>, EngineError> {
        let mut tables = Vec::new();
        for name in basis.tables.iter().filter_map(|name| name.strip_suffix(HISTORY)) {
            let kinds = (TableKind::HistoryMain, TableKind::HistoryText);
            let versions = table(&self.home, snapshot, snapshot.dataset(name)?, kinds, scope);
            tables.push(Table { name: format!("{name}{HISTORY}"), text: None, ..versions });
        }
        Ok(tables)
    }
}
