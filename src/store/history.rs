//! History: every version of every record, appended and never rewritten but for one reason.
//!
//! The reason is secrecy. When a record turns out to be a denunciation, its earlier versions still show who
//! signed it; those columns and strings then move to the identity table, version by version. Nothing is
//! lost: what is taken out here stands there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use rustc_hash::FxHashSet;
use serde_json::{Map, Value as Json};

use crate::definition::dataset::Dataset;
use crate::domain::id::RecordId;
use crate::domain::secrecy::RowSecrecy;
use crate::store::commit::DataFile;
use crate::store::keys::parse_id;
use crate::store::schema::TableKind;
use crate::store::split::{Secrets, is_free_text, with_columns};
use crate::store::stage::Staged;
use crate::store::table::{TableWriter, strings, text_at};
use crate::store::upsert::Work;
use crate::store::{StoreError, file};
use crate::text::scrub::scrub;

/// Names of the files among `files` that hold a row of `ids`.
///
/// # Errors
/// A file is gone or damaged.
pub fn files_with(
    work: &Work<'_>,
    table: &str,
    files: &[DataFile],
    ids: &FxHashSet<RecordId>,
) -> Result<BTreeSet<String>, StoreError> {
    let only_id = only_id();
    let mut holders = BTreeSet::new();
    for data in files {
        if !work.filters.may_hold(work.home, table, data, ids)? {
            continue;
        }
        for batch in file::batches(work.home, table, data, &only_id)? {
            let batch = batch?;
            let mut found = false;
            for id in strings(&batch, "id")?.iter() {
                found |= ids.contains(&parse_id(id.unwrap_or_default(), table)?);
            }
            if found {
                holders.insert(data.name.clone());
                break;
            }
        }
    }
    Ok(holders)
}

/// Which of `ids` have a row in a table.
///
/// # Errors
/// A file is gone or damaged.
pub fn ids_in(
    work: &Work<'_>,
    dataset: &Dataset,
    kind: TableKind,
    ids: &FxHashSet<RecordId>,
) -> Result<FxHashSet<RecordId>, StoreError> {
    let (table, only_id) = (kind.path(&dataset.name), only_id());
    let mut found = FxHashSet::default();
    for data in work.state(dataset, kind).files.iter().filter(|_| !ids.is_empty()) {
        if !work.filters.may_hold(work.home, &table, data, ids)? {
            continue;
        }
        for batch in file::batches(work.home, &table, data, &only_id)? {
            for id in strings(&batch?, "id")?.iter() {
                found.extend(Some(parse_id(id.unwrap_or_default(), &table)?).filter(|id| ids.contains(id)));
            }
        }
    }
    Ok(found)
}

fn only_id() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new("id", DataType::Utf8, false)]))
}

/// The signer's strings in the staged rows of `ids`.
///
/// # Errors
/// The stage cannot be read.
pub fn secrets_of(staged: &Staged, ids: &[RecordId]) -> Result<Secrets, StoreError> {
    let mut secrets: Secrets = ids.iter().map(|id| (*id, BTreeSet::new())).collect();
    let ordinals: FxHashSet<u32> = ids.iter().filter_map(|id| staged.keys.get(id).copied()).collect();
    staged.select(&|ordinal| ordinals.contains(&ordinal), &mut |_, batch| {
        collect_secrets(&staged.dataset, &batch, &mut secrets)
    })?;
    Ok(secrets)
}

/// The signer's strings that the identity table keeps of earlier versions of `ids`.
///
/// # Errors
/// A file of the table is gone or damaged.
pub fn kept_secrets(work: &Work<'_>, dataset: &Dataset, ids: &[RecordId]) -> Result<Secrets, StoreError> {
    let mut secrets: Secrets = ids.iter().map(|id| (*id, BTreeSet::new())).collect();
    if secrets.is_empty() {
        return Ok(secrets);
    }
    let ids: FxHashSet<RecordId> = ids.iter().copied().collect();
    let files = work.state(dataset, TableKind::Identity).files;
    collect_from(work, dataset, (TableKind::Identity, &files), (&ids, &mut secrets))?;
    Ok(secrets)
}

/// Adds what the rows of `ids` in `files` say of their signers.
fn collect_from(
    work: &Work<'_>,
    dataset: &Dataset,
    (kind, files): (TableKind, &[DataFile]),
    (ids, secrets): (&FxHashSet<RecordId>, &mut Secrets),
) -> Result<(), StoreError> {
    let (table, schema) = (kind.path(&dataset.name), kind.schema(dataset));
    let holders = files_with(work, &table, files, ids)?;
    for data in files.iter().filter(|data| holders.contains(&data.name)) {
        for batch in file::batches(work.home, &table, data, &schema)? {
            collect_secrets(dataset, &batch?, secrets)?;
        }
    }
    Ok(())
}

fn collect_secrets(dataset: &Dataset, batch: &RecordBatch, secrets: &mut Secrets) -> Result<(), StoreError> {
    let ids = strings(batch, "id")?;
    for row in 0..batch.num_rows() {
        let Some(found) = secrets.get_mut(&parse_id(ids.value(row), "history")?) else { continue };
        for (_, column) in dataset.signer_columns() {
            found.extend(text_at(strings(batch, &column.name)?, row).map(str::to_owned));
        }
    }
    Ok(())
}

/// Moves what earlier versions of the records of `secrets` show of their signers to the identity table,
/// and adds to `secrets` what they show.
///
/// # Errors
/// A history file is gone, damaged or cannot be written.
pub fn withdraw_identity(
    work: &Work<'_>,
    dataset: &Dataset,
    secrets: &mut Secrets,
    kept: &mut BTreeMap<TableKind, Vec<DataFile>>,
) -> Result<(), StoreError> {
    let ids: FxHashSet<RecordId> = secrets.keys().copied().collect();
    let shown = kept.get(&TableKind::HistoryMain).cloned().unwrap_or_default();
    collect_from(work, dataset, (TableKind::HistoryMain, &shown), (&ids, secrets))?;
    let identity = TableKind::Identity;
    let mut moved =
        TableWriter::new(work.target(&identity.path(&dataset.name)), identity.schema(dataset), MOVED_PART);
    for kind in [TableKind::HistoryMain, TableKind::HistoryText] {
        let files = kept.remove(&kind).unwrap_or_default();
        kept.insert(kind, cleaned(work, dataset, (kind, files), secrets, &mut moved)?);
    }
    kept.entry(identity).or_default().extend(moved.finish()?);
    Ok(())
}

/// Identity rows of earlier versions are numbered apart from those of the new rows.
const MOVED_PART: usize = 9_000;

fn cleaned(
    work: &Work<'_>,
    dataset: &Dataset,
    (kind, files): (TableKind, Vec<DataFile>),
    secrets: &Secrets,
    moved: &mut TableWriter,
) -> Result<Vec<DataFile>, StoreError> {
    let (table, schema) = (kind.path(&dataset.name), kind.schema(dataset));
    let ids: FxHashSet<RecordId> = secrets.keys().copied().collect();
    let holders = files_with(work, &table, &files, &ids)?;
    let mut writer = TableWriter::new(work.target(&table), schema.clone(), MOVED_PART);
    let mut kept = Vec::new();
    for data in files {
        if !holders.contains(&data.name) {
            kept.push(data);
            continue;
        }
        for batch in file::batches(work.home, &table, &data, &schema)? {
            let (clean, secret) = clean_batch(dataset, &batch?, secrets)?;
            writer.add(&clean)?;
            moved.add(&secret)?;
        }
    }
    kept.extend(writer.finish()?);
    Ok(kept)
}

/// The batch without the secrets, and the identity rows that keep them.
fn clean_batch(
    dataset: &Dataset,
    batch: &RecordBatch,
    secrets: &Secrets,
) -> Result<(RecordBatch, RecordBatch), StoreError> {
    let ids = strings(batch, "id")?;
    let found: Result<Vec<Option<Vec<&str>>>, StoreError> = ids
        .iter()
        .map(|id| {
            let secret = secrets.get(&parse_id(id.unwrap_or_default(), "history")?);
            Ok(secret.map(|strings| strings.iter().map(String::as_str).collect()))
        })
        .collect();
    let found = found?;
    let mut originals: Vec<Map<String, Json>> = vec![Map::new(); batch.num_rows()];
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    for column in dataset.columns.iter().filter(|column| is_free_text(column)) {
        if batch.column_by_name(&column.name).is_some() {
            let clean = clean_texts(strings(batch, &column.name)?, &column.name, &found, &mut originals);
            columns.push((column.name.clone(), Arc::new(clean)));
        }
    }
    let hidden = dataset.signer_columns().map(|(_, column)| column.name.as_str()).chain(["extra"]);
    for name in hidden.filter(|name| batch.column_by_name(name).is_some()) {
        let texts = strings(batch, name)?;
        keep_extra(name, texts, &found, &mut originals);
        let shown: StringArray = found
            .iter()
            .enumerate()
            .map(|(row, secret)| text_at(texts, row).filter(|_| secret.is_none()))
            .collect();
        columns.push((name.to_owned(), Arc::new(shown)));
    }
    if batch.column_by_name("secrecy").is_some() {
        let codes = strings(batch, "secrecy")?;
        let identity = RowSecrecy::Identity.code();
        let codes: StringArray = found
            .iter()
            .enumerate()
            .map(|(row, secret)| if secret.is_some() { Some(identity) } else { text_at(codes, row) })
            .collect();
        columns.push(("secrecy".to_owned(), Arc::new(codes)));
    }
    let texts = originals.into_iter().map(|kept| (!kept.is_empty()).then(|| Json::Object(kept).to_string()));
    let texts: StringArray = texts.collect();
    let secret = with_columns(batch, &[("originals".to_owned(), Arc::new(texts) as ArrayRef)])?;
    let secret = file::conform(&secret, &TableKind::Identity.schema(dataset))
        .map_err(StoreError::columns("history"))?;
    let mask = found.iter().map(|secret| Some(secret.is_some())).collect();
    let secret =
        arrow::compute::filter_record_batch(&secret, &mask).map_err(StoreError::columns("history"))?;
    Ok((with_columns(batch, &columns)?, secret))
}

fn clean_texts(
    texts: &StringArray,
    name: &str,
    found: &[Option<Vec<&str>>],
    originals: &mut [Map<String, Json>],
) -> StringArray {
    let rows = found.iter().zip(originals).enumerate();
    rows.map(|(row, (secret, kept))| {
        let text = text_at(texts, row)?;
        let Some(secret) = secret else { return Some(text.to_owned()) };
        let clean = scrub(text, secret);
        if clean.found > 0 {
            kept.insert(name.to_owned(), Json::String(text.to_owned()));
        }
        Some(clean.text)
    })
    .collect()
}

fn keep_extra(
    name: &str,
    texts: &StringArray,
    found: &[Option<Vec<&str>>],
    originals: &mut [Map<String, Json>],
) {
    if name != "extra" {
        return;
    }
    for (row, (secret, kept)) in found.iter().zip(originals).enumerate() {
        if let (true, Some(text)) = (secret.is_some() && texts.is_valid(row), text_at(texts, row)) {
            kept.insert(name.to_owned(), Json::String(text.to_owned()));
        }
    }
}
