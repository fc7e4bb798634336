//! One record: as it is, and every version it had.

use arrow::array::RecordBatch;

use crate::definition::dataset::Dataset;
use crate::definition::query::Query;
use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::language::Label;
use crate::domain::record::Value;
use crate::domain::scope::Scope;
use crate::engine::sql::table;
use crate::engine::{Engine, EngineError};
use crate::sql::job::{Field, Kind, Table};
use crate::sql::vetted;
use crate::store::schema::TableKind;

/// Rows about one record.
#[derive(Debug, Clone)]
pub struct RecordRows {
    /// Its dataset.
    pub dataset: String,
    /// Snapshot it is of.
    pub commit: CommitVersion,
    /// The rows, without long text in a history.
    pub batches: Vec<RecordBatch>,
}

impl Engine {
    /// The record `id` as it is now, long text and all that the scope shows.
    ///
    /// # Errors
    /// There is no such record in scope.
    pub fn record(&self, id: RecordId, scope: &Scope) -> Result<RecordRows, EngineError> {
        let unknown = || EngineError::NoRecord(id.to_string());
        let snapshot = self.snapshot()?;
        let dataset = snapshot.catalog().by_letter(id.letter()).ok_or_else(unknown)?;
        let table = table(&self.home, &snapshot, dataset, (TableKind::Main, TableKind::Text), scope);
        let batches = ask(dataset, table, "SELECT * FROM asked WHERE id = $id", &by(id))?;
        if batches.iter().all(|batch| batch.num_rows() == 0) {
            return Err(unknown());
        }
        Ok(RecordRows { dataset: dataset.name.clone(), commit: snapshot.version(), batches })
    }

    /// Every version the record `id` had, oldest first, each with the commits it was valid from and to.
    ///
    /// # Errors
    /// No version of it is in scope.
    pub fn history_of(&self, id: RecordId, scope: &Scope) -> Result<RecordRows, EngineError> {
        let unknown = || EngineError::NoRecord(id.to_string());
        let snapshot = self.snapshot()?;
        let dataset = snapshot.catalog().by_letter(id.letter()).ok_or_else(unknown)?;
        let kinds = (TableKind::HistoryMain, TableKind::HistoryText);
        let mut table = table(&self.home, &snapshot, dataset, kinds, scope);
        table.text = None;
        table.main.fields.push(Field::new("operation", Kind::Text));
        let statement = "SELECT *, lead(valid_from) OVER (ORDER BY valid_from) AS valid_to \
                         FROM asked WHERE id = $id ORDER BY valid_from";
        let batches = ask(dataset, table, statement, &by(id))?;
        if batches.iter().all(|batch| batch.num_rows() == 0) {
            return Err(unknown());
        }
        Ok(RecordRows { dataset: dataset.name.clone(), commit: snapshot.version(), batches })
    }
}

fn by(id: RecordId) -> [(&'static str, Value); 1] {
    [("id", Value::Text(id.to_string()))]
}

/// The answer of a statement of ours over one table, which it calls `asked`.
pub(super) fn ask(
    dataset: &Dataset,
    mut table: Table,
    sql: &str,
    given: &[(&str, Value)],
) -> Result<Vec<RecordBatch>, EngineError> {
    "asked".clone_into(&mut table.name);
    let query = Query {
        name: "record".to_owned(),
        version: 1,
        title: Label::default(),
        counts: dataset.name.clone(),
        parameters: given.iter().map(|(name, _)| (*name).to_owned()).collect(),
        tables: vec![dataset.name.clone()],
        columns: Vec::new(),
        sql: sql.to_owned(),
        ..Query::default()
    };
    Ok(vetted::run(&query, &[table], given)?)
}
