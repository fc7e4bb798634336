//! The data dictionary as a table: `SELECT * FROM data_dictionary`.
//!
//! It stands in for the information schema, which would show settings of the engine.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringViewArray};
use datafusion::catalog::TableProvider;
use datafusion::common::Result;
use datafusion::datasource::MemTable;

use crate::sql::job::{Entry, Field, Kind};
use crate::sql::schema;

/// Its name in SQL.
pub(super) const NAME: &str = "data_dictionary";

type Cell = fn(&Entry) -> &str;

const COLUMNS: [(&str, Cell); 7] = [
    ("table_name", |entry| &entry.table),
    ("column_name", |entry| &entry.column),
    ("type", |entry| &entry.kind),
    ("label_vi", |entry| &entry.label_vi),
    ("label_en", |entry| &entry.label_en),
    ("class", |entry| &entry.class),
    ("describe", |entry| &entry.describe),
];

/// The table of these entries.
///
/// # Errors
/// DataFusion refuses it.
pub(super) fn table(entries: &[Entry]) -> Result<Arc<dyn TableProvider>> {
    let fields = COLUMNS.map(|(name, _)| Field::new(name, Kind::Text));
    let schema = schema::schema(&fields);
    let columns = COLUMNS.map(|(_, cell)| {
        let values: StringViewArray = entries.iter().map(|entry| Some(cell(entry))).collect();
        Arc::new(values) as ArrayRef
    });
    let rows = RecordBatch::try_new(Arc::clone(&schema), columns.into())?;
    Ok(Arc::new(MemTable::try_new(schema, vec![vec![rows]])?))
}
