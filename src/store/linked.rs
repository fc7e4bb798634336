//! Rows that belong to a record which may be secret: found from either end of the link.
//!
//! A file of events or contents must not name who signed the denunciation it belongs to, whichever of the
//! two came first. From the child's end the identity table of the parents is asked; from the parent's end
//! the history of the children, so that no version of a row is overlooked, not one of a row that was
//! withdrawn or moved either. Where nothing is secret, nothing is read.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::definition::dataset::Dataset;
use crate::definition::link::Link;
use crate::domain::id::RecordId;
use crate::domain::secrecy::RowSecrecy;
use crate::store::keys::parse_id;
use crate::store::schema::{TableKind, text_field};
use crate::store::split::Secrets;
use crate::store::stage::Staged;
use crate::store::table::{strings, text_at};
use crate::store::upsert::Work;
use crate::store::{StoreError, file};

/// Gives each staged row the strings that the secret record it belongs to keeps of its signer.
///
/// # Errors
/// The stage or a table cannot be read.
pub fn keep_secrets(work: &Work<'_>, link: &Link<'_>, staged: &mut Staged) -> Result<(), StoreError> {
    if work.state(link.parent, TableKind::Identity).files.is_empty() {
        return Ok(());
    }
    let mut belongs: Vec<(RecordId, RecordId)> = Vec::new();
    for item in staged.columns(&["id", "source_system", link.column])? {
        let (_, batch) = item?;
        each_parent(link, &batch, &mut |child, parent| belongs.push((child, parent)))?;
    }
    let parents: FxHashSet<RecordId> = belongs.iter().map(|(_, parent)| *parent).collect();
    let secrets = secrets_of_parents(work, link.parent, &parents)?;
    for (child, parent) in belongs {
        if let Some(strings) = secrets.get(&parent) {
            staged.secrets.entry(child).or_default().extend(strings.iter().cloned());
        }
    }
    Ok(())
}

/// Of `ids`, the records that are secret, each with every string that any version gave of its signer. A
/// record that was withdrawn while it was secret stays so.
///
/// # Errors
/// A table is damaged.
pub fn secrets_of_parents(
    work: &Work<'_>,
    parent: &Dataset,
    ids: &FxHashSet<RecordId>,
) -> Result<Secrets, StoreError> {
    let mut secrets = Secrets::default();
    let signer: Vec<&str> = parent.signer_columns().map(|(_, column)| column.name.as_str()).collect();
    let wanted: Vec<&str> = std::iter::once("id").chain(signer.iter().copied()).collect();
    each_row(work, parent, (TableKind::Identity, &wanted), ids, &mut |id, batch, row| {
        let found: &mut BTreeSet<String> = secrets.entry(id).or_default();
        for name in &signer {
            found.extend(text_at(strings(batch, name)?, row).map(str::to_owned));
        }
        Ok(())
    })?;
    let found: FxHashSet<RecordId> = secrets.keys().copied().collect();
    each_row(work, parent, (TableKind::Main, &["id", "secrecy"]), &found, &mut |id, batch, row| {
        if text_at(strings(batch, "secrecy")?, row) == Some(RowSecrecy::Ordinary.code()) {
            secrets.remove(&id);
        }
        Ok(())
    })?;
    Ok(secrets)
}

/// Rows of which any version belongs to one of `parents`, each with those parents.
///
/// # Errors
/// A history file is gone or damaged.
pub fn children_of(
    work: &Work<'_>,
    link: &Link<'_>,
    parents: &FxHashSet<RecordId>,
) -> Result<FxHashMap<RecordId, BTreeSet<RecordId>>, StoreError> {
    let mut children: FxHashMap<RecordId, BTreeSet<RecordId>> = FxHashMap::default();
    let table = TableKind::HistoryMain.path(&link.child.name);
    let schema = link_schema(link);
    for data in work.state(link.child, TableKind::HistoryMain).files {
        if !work.filters.may_belong(work.home, (link, &table), &data, parents)? {
            continue;
        }
        for batch in file::batches(work.home, &table, &data, &schema)? {
            each_parent(link, &batch?, &mut |child, parent| {
                if parents.contains(&parent) {
                    children.entry(child).or_default().insert(parent);
                }
            })?;
        }
    }
    Ok(children)
}

/// Columns that say which record a row of the link's child belongs to.
#[must_use]
pub fn link_schema(link: &Link<'_>) -> SchemaRef {
    let fields = ["id", "source_system", link.column].map(|name| text_field(name, true));
    Arc::new(Schema::new(fields.to_vec()))
}

/// Each row's id with each record that it may belong to.
///
/// # Errors
/// The batch lacks a column of the link, or an id in it is none.
pub fn each_parent(
    link: &Link<'_>,
    batch: &RecordBatch,
    sink: &mut dyn FnMut(RecordId, RecordId),
) -> Result<(), StoreError> {
    let (ids, systems) = (strings(batch, "id")?, strings(batch, "source_system")?);
    let named = strings(batch, link.column)?;
    for row in 0..batch.num_rows() {
        let Some(value) = text_at(named, row) else { continue };
        let child = parse_id(ids.value(row), &link.child.name)?;
        link.parents(systems.value(row), value).for_each(|parent| sink(child, parent));
    }
    Ok(())
}

type EachRow<'a> = dyn FnMut(RecordId, &RecordBatch, usize) -> Result<(), StoreError> + 'a;

/// The rows of `ids` in a table, by the named columns only.
fn each_row(
    work: &Work<'_>,
    dataset: &Dataset,
    (kind, columns): (TableKind, &[&str]),
    ids: &FxHashSet<RecordId>,
    sink: &mut EachRow<'_>,
) -> Result<(), StoreError> {
    let table = kind.path(&dataset.name);
    let schema = Arc::new(Schema::new(columns.iter().map(|name| text_field(name, true)).collect::<Vec<_>>()));
    for data in work.state(dataset, kind).files.iter().filter(|_| !ids.is_empty()) {
        if !work.filters.may_hold(work.home, &table, data, ids)? {
            continue;
        }
        for batch in file::batches(work.home, &table, data, &schema)? {
            let batch = batch?;
            let found = strings(&batch, "id")?;
            for row in 0..batch.num_rows() {
                let id = parse_id(found.value(row), &table)?;
                if ids.contains(&id) {
                    sink(id, &batch, row)?;
                }
            }
        }
    }
    Ok(())
}
