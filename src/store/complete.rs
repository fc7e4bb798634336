//! A record that says nothing of some columns keeps what it had there.
//!
//! A file of statuses names a key and a status; it does not mean that title, text and dates are gone. So
//! before rows are compared with the table, those that change a known record and leave columns out are
//! completed from its newest version: short columns from the main table, long ones from the text table, a
//! secret row's from the identity table, as they were given. A column that is named and empty is emptied.

use arrow::array::Array;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value as Json};

use crate::definition::dataset::Dataset;
use crate::domain::conversion::GIVEN;
use crate::domain::id::RecordId;
use crate::domain::limits::COMPLETED_ROWS_PER_PASS;
use crate::domain::record::{Operation, Record, Value};
use crate::store::keys::{existing, parse_id};
use crate::store::schema::TableKind;
use crate::store::stage::row::{record_at, value_at};
use crate::store::stage::{Stage, Staged};
use crate::store::table::{integers, strings, text_at};
use crate::store::upsert::Work;
use crate::store::{StoreError, file};

/// Newest values of a record, and its unmapped columns.
struct Known {
    source_system: String,
    source_id: String,
    values: Vec<Value>,
    extra: String,
    valid_from: i64,
}

/// `staged` with every row completed that needs it.
///
/// # Errors
/// A table is damaged, or the stage cannot be written.
pub fn complete(work: &Work<'_>, mut staged: Staged, hash_key: u64) -> Result<Staged, StoreError> {
    while staged.has_absent {
        let wanted = wanting(work, &staged)?;
        if wanted.is_empty() {
            break;
        }
        let is_last = wanted.len() < COMPLETED_ROWS_PER_PASS;
        let known = known(work, &staged.dataset, &wanted)?;
        staged = restage(work, &staged, &known, hash_key)?;
        if is_last {
            break;
        }
    }
    Ok(staged)
}

/// The current records among `ids`, as they were given.
///
/// # Errors
/// A table is damaged.
pub fn current(
    work: &Work<'_>,
    dataset: &Dataset,
    ids: &FxHashSet<RecordId>,
) -> Result<Vec<Record>, StoreError> {
    let known = known(work, dataset, ids)?;
    let records = known.into_values().map(|known| Record {
        source_system: known.source_system,
        source_id: known.source_id,
        operation: Operation::Upsert,
        values: known.values,
        extra: known.extra,
        line: 0,
        children: Vec::new(),
    });
    Ok(records.collect())
}

/// Ids of staged rows that leave columns out and differ from the record the table has.
fn wanting(work: &Work<'_>, staged: &Staged) -> Result<FxHashSet<RecordId>, StoreError> {
    let found = existing(work, staged)?;
    let mut wanted = FxHashSet::default();
    for item in staged.batches()? {
        let (first, batch) = item?;
        let (ids, absent) = (strings(&batch, "id")?, strings(&batch, "absent")?);
        let hashes = integers(&batch, "row_hash")?;
        for row in (0..batch.num_rows()).filter(|row| absent.is_valid(*row)) {
            let id = parse_id(ids.value(row), "staging")?;
            let ordinal = first + u32::try_from(row).unwrap_or(u32::MAX);
            let old = found.get(ordinal as usize).and_then(Option::as_ref);
            let differs = old.is_some_and(|old| old.row_hash != hashes.value(row));
            if differs && staged.keys.get(&id) == Some(&ordinal) && wanted.len() < COMPLETED_ROWS_PER_PASS {
                wanted.insert(id);
            }
        }
    }
    Ok(wanted)
}

/// The newest version of each wanted record, as it was given.
fn known(
    work: &Work<'_>,
    dataset: &Dataset,
    wanted: &FxHashSet<RecordId>,
) -> Result<FxHashMap<RecordId, Known>, StoreError> {
    let mut known: FxHashMap<RecordId, Known> = FxHashMap::default();
    for kind in [TableKind::Main, TableKind::Text] {
        each_row(work, dataset, kind, wanted, &mut |id, batch, row| {
            let (system, key) = (strings(batch, "source_system")?, strings(batch, "source_id")?);
            let slot = known.entry(id).or_insert_with(|| Known {
                source_system: system.value(row).to_owned(),
                source_id: key.value(row).to_owned(),
                values: vec![Value::Null; dataset.columns.len()],
                extra: String::new(),
                valid_from: 0,
            });
            for (column, value) in dataset.columns.iter().zip(&mut slot.values) {
                if batch.column_by_name(&column.name).is_some() {
                    *value = value_at(column, batch, row)?;
                }
            }
            if kind == TableKind::Main {
                slot.valid_from = integers(batch, "valid_from")?.value(row);
            } else {
                slot.extra = text_at(strings(batch, "extra")?, row).unwrap_or_default().to_owned();
            }
            Ok(())
        })?;
    }
    each_row(work, dataset, TableKind::Identity, wanted, &mut |id, batch, row| {
        // Of a record that is no longer secret, the identity table keeps earlier versions only.
        let version = integers(batch, "valid_from")?.value(row);
        match known.get_mut(&id).filter(|slot| slot.valid_from == version) {
            Some(slot) => reveal(dataset, slot, batch, row),
            None => Ok(()),
        }
    })?;
    Ok(known)
}

/// Puts what the identity table keeps of a version back in its place.
fn reveal(
    dataset: &Dataset,
    slot: &mut Known,
    batch: &arrow::array::RecordBatch,
    row: usize,
) -> Result<(), StoreError> {
    for (place, column) in dataset.signer_columns() {
        let given = text_at(strings(batch, &column.name)?, row);
        if let (Some(given), Some(value)) = (given, slot.values.get_mut(place)) {
            *value = Value::Text(given.to_owned());
        }
    }
    let originals = text_at(strings(batch, "originals")?, row).unwrap_or_default();
    let originals: Map<String, Json> = serde_json::from_str(originals).unwrap_or_default();
    for (name, text) in originals {
        let text = text.as_str().unwrap_or_default().to_owned();
        if name == "extra" {
            slot.extra = text;
        } else if let Some(value) = dataset.position(&name).and_then(|place| slot.values.get_mut(place)) {
            *value = Value::Text(text);
        }
    }
    Ok(())
}

type EachRow<'a> = dyn FnMut(RecordId, &arrow::array::RecordBatch, usize) -> Result<(), StoreError> + 'a;

fn each_row(
    work: &Work<'_>,
    dataset: &Dataset,
    kind: TableKind,
    wanted: &FxHashSet<RecordId>,
    sink: &mut EachRow<'_>,
) -> Result<(), StoreError> {
    let (table, schema) = (kind.path(&dataset.name), kind.schema(dataset));
    for data in work.state(dataset, kind).files {
        if !work.filters.may_hold(work.home, &table, &data, wanted)? {
            continue;
        }
        for batch in file::batches(work.home, &table, &data, &schema)? {
            let batch = batch?;
            let ids = strings(&batch, "id")?;
            for row in 0..batch.num_rows() {
                let id = parse_id(ids.value(row), &table)?;
                if wanted.contains(&id) {
                    sink(id, &batch, row)?;
                }
            }
        }
    }
    Ok(())
}

/// The rows that count, in the same order, those of `known` completed.
fn restage(
    work: &Work<'_>,
    staged: &Staged,
    known: &FxHashMap<RecordId, Known>,
    hash_key: u64,
) -> Result<Staged, StoreError> {
    let dataset = &staged.dataset;
    let mut stage = Stage::new(work.home, dataset, hash_key)?;
    stage.take_turned(staged);
    for item in staged.batches()? {
        let (first, batch) = item?;
        for (ordinal, row) in (first..).zip(0..batch.num_rows()) {
            let mut record = record_at(dataset, &batch, row)?;
            let id = dataset.id(&record.source_system, &record.source_id);
            if staged.keys.get(&id) != Some(&ordinal) {
                continue;
            }
            if let (Some(known), Operation::Upsert) = (known.get(&id), record.operation) {
                overlay(dataset, &mut record, known);
            }
            stage.push(&record)?;
        }
    }
    stage.finish()
}

/// Unmapped columns go with the long ones: a file that says nothing of the text says nothing of them. Where
/// no column is long, a row that leaves any out says nothing of them.
fn overlay(dataset: &Dataset, record: &mut Record, known: &Known) {
    let mut keeps_extra = false;
    let mut kept: Vec<&str> = Vec::new();
    let has_long = dataset.has_text_table();
    for ((value, old), column) in record.values.iter_mut().zip(&known.values).zip(&dataset.columns) {
        if *value == Value::Absent {
            value.clone_from(old);
            keeps_extra |= column.long || !has_long;
            kept.push(&column.name);
        }
    }
    if !keeps_extra {
        return;
    }
    if [&record.extra, &known.extra].into_iter().any(|extra| extra.contains(GIVEN)) {
        record.extra = merged_extra(&record.extra, &known.extra, &kept);
    } else if record.extra.is_empty() {
        record.extra.clone_from(&known.extra);
    }
}

/// The unmapped columns when some cells were converted: what a cell was given as stays as long as its value.
fn merged_extra(new: &str, known: &str, kept: &[&str]) -> String {
    let parsed = |text: &str| serde_json::from_str::<Map<String, Json>>(text).unwrap_or_default();
    let (mut new, mut known) = (parsed(new), parsed(known));
    let taken = |extra: &mut Map<String, Json>| match extra.remove(GIVEN) {
        Some(Json::Object(given)) => given,
        _ => Map::new(),
    };
    let (given_new, mut given) = (taken(&mut new), taken(&mut known));
    given.retain(|column, _| kept.contains(&column.as_str()));
    given.extend(given_new);
    let mut merged = if new.is_empty() { known } else { new };
    if !given.is_empty() {
        merged.insert(GIVEN.to_owned(), Json::Object(given));
    }
    if merged.is_empty() { String::new() } else { Json::Object(merged).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_converted_cell_is_kept_as_given_while_its_value_stays() {
        let known = r#"{"note":"x","_given":{"content":"a","title":"b"}}"#;
        let table = [
            ("", &["content"][..], r#"{"note":"x","_given":{"content":"a"}}"#),
            (
                r#"{"_given":{"title":"c"}}"#,
                &["content"],
                r#"{"note":"x","_given":{"content":"a","title":"c"}}"#,
            ),
            (r#"{"other":1}"#, &[], r#"{"other":1}"#),
        ];
        for (new, kept, expected) in table {
            assert_eq!(merged_extra(new, known, kept), expected);
        }
        assert_eq!(merged_extra("", r#"{"_given":{"title":"b"}}"#, &["content"]), "");
    }
}
