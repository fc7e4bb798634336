//! Which staged keys a table already has, and what is there.
//!
//! Memory holds the staged ids, not the table's: the table's narrow columns are streamed once.

use std::sync::Arc;

use arrow::array::Array;
use arrow::datatypes::{Schema, SchemaRef};
use rustc_hash::FxHashSet;

use crate::definition::dataset::Dataset;
use crate::domain::id::RecordId;
use crate::domain::limits::FILTERED_IDS_MAX;
use crate::domain::secrecy::RowSecrecy;
use crate::store::schema::{TableKind, version_name};
use crate::store::stage::Staged;
use crate::store::table::{dates, integers, strings, text_at};
use crate::store::upsert::Work;
use crate::store::{StoreError, file};

/// What a table has under a staged key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// Hash of the row.
    pub row_hash: i64,
    /// Hash of its long part.
    pub text_hash: i64,
    /// Its secrecy.
    pub secrecy: RowSecrecy,
    /// Which file of the table holds it.
    pub file: usize,
    /// For each versioned date: the date and its version.
    pub versions: Vec<(Option<i32>, i64)>,
}

/// For each staged ordinal, what the main table has under its key.
///
/// # Errors
/// A file of the table is gone or damaged.
pub fn existing(work: &Work<'_>, staged: &Staged) -> Result<Vec<Option<Existing>>, StoreError> {
    let dataset = &staged.dataset;
    let last = staged.keys.values().max().map_or(0, |ordinal| *ordinal as usize + 1);
    let mut found: Vec<Option<Existing>> = vec![None; last];
    let table = TableKind::Main.path(&dataset.name);
    let schema = narrow(dataset);
    let ids: FxHashSet<RecordId> = match staged.keys.len() {
        0..=FILTERED_IDS_MAX => staged.keys.keys().copied().collect(),
        _ => FxHashSet::default(),
    };
    for (place, data) in work.state(dataset, TableKind::Main).files.iter().enumerate() {
        if !ids.is_empty() && !work.filters.may_hold(work.home, &table, data, &ids)? {
            continue;
        }
        for batch in file::batches(work.home, &table, data, &schema)? {
            let batch = batch?;
            let ids = strings(&batch, "id")?;
            let (rows, texts) = (integers(&batch, "row_hash")?, integers(&batch, "text_hash")?);
            let secrecy = strings(&batch, "secrecy")?;
            for row in 0..batch.num_rows() {
                let ordinal = staged.keys.get(&parse_id(ids.value(row), &table)?);
                let Some(slot) = ordinal.and_then(|ordinal| found.get_mut(*ordinal as usize)) else {
                    continue;
                };
                let is_identity = text_at(secrecy, row) == Some(RowSecrecy::Identity.code());
                *slot = Some(Existing {
                    row_hash: rows.value(row),
                    text_hash: texts.value(row),
                    secrecy: if is_identity { RowSecrecy::Identity } else { RowSecrecy::Ordinary },
                    file: place,
                    versions: versions(dataset, &batch, row)?,
                });
            }
        }
    }
    Ok(found)
}

/// A stored id.
///
/// # Errors
/// It is not one: the table is damaged.
pub fn parse_id(text: &str, table: &str) -> Result<RecordId, StoreError> {
    text.parse().map_err(|_| StoreError::damaged(table, "a stored id is not an id"))
}

fn narrow(dataset: &Dataset) -> SchemaRef {
    let schema = TableKind::Main.schema(dataset);
    let dates = dataset.versions.iter().flat_map(|rule| [rule.column.clone(), version_name(&rule.column)]);
    let wanted: Vec<String> =
        ["id", "secrecy", "row_hash", "text_hash"].map(str::to_owned).into_iter().chain(dates).collect();
    let fields = schema.fields().iter().filter(|field| wanted.contains(field.name()));
    Arc::new(Schema::new(fields.cloned().collect::<Vec<_>>()))
}

fn versions(
    dataset: &Dataset,
    batch: &arrow::array::RecordBatch,
    row: usize,
) -> Result<Vec<(Option<i32>, i64)>, StoreError> {
    let rules = dataset.versions.iter();
    rules
        .map(|rule| {
            let date = dates(batch, &rule.column)?;
            let version = integers(batch, &version_name(&rule.column))?;
            let at = |valid: bool| valid.then_some(row);
            Ok((
                at(date.is_valid(row)).map(|row| date.value(row)),
                at(version.is_valid(row)).map_or(0, |row| version.value(row)),
            ))
        })
        .collect()
}
