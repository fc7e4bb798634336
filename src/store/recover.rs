//! Start: logs forward to the newest record, leftovers of what never became a commit away.
//!
//! Called with the writer's lock held. What a crash can leave, and what becomes of it, is a table in
//! docs/architecture.md; the crash tests walk through it.

use std::collections::BTreeSet;
use std::fs;

use crate::domain::commit::CommitVersion;
use crate::domain::limits::COMMITS_KEPT_FOR_READERS;
use crate::store::commit::{self, CommitRecord};
use crate::store::home::{Home, UNFINISHED};
use crate::store::schema::TableKind;
use crate::store::{StoreError, log};

/// Folders whose files are named by records.
const TABLE_FOLDERS: [&str; 3] = ["tables", "history", "identity"];

/// Brings the store to its newest record and returns it.
///
/// # Errors
/// The newest record is damaged, a log was changed from outside, or a folder cannot be read.
pub fn recover(home: &Home) -> Result<CommitRecord, StoreError> {
    let newest = commit::newest(home)?;
    if let Some(before) = newest.commit.0.checked_sub(1)
        && let Some(before) = commit::read(home, CommitVersion(before))?
    {
        log::roll_forward(home, &before, &newest)?;
    }
    clear_staging(home)?;
    clear_unfinished(home)?;
    sweep(home, &newest)?;
    Ok(newest)
}

/// Removes rows that were staged by a process that is gone.
fn clear_staging(home: &Home) -> Result<(), StoreError> {
    let folder = home.path_of("staging");
    let Ok(entries) = fs::read_dir(&folder) else { return Ok(()) };
    for entry in entries.flatten() {
        fs::remove_file(entry.path()).map_err(StoreError::io("cannot remove", entry.path()))?;
    }
    Ok(())
}

/// Removes files that a crash left under the name they had before they were whole.
fn clear_unfinished(home: &Home) -> Result<(), StoreError> {
    for folder in TABLE_FOLDERS.into_iter().chain(["commits", "definitions-kept"]) {
        for entry in home.list_below(folder)? {
            if entry.path.ends_with(UNFINISHED) {
                home.delete(&entry.path)?;
            }
        }
    }
    Ok(())
}

/// Removes data files that neither the newest record nor one of the records before it that a reader may
/// still hold names. Returns how many.
///
/// # Errors
/// A folder cannot be listed or a file not removed.
pub fn sweep(home: &Home, newest: &CommitRecord) -> Result<usize, StoreError> {
    let named = held_files(home, newest)?;
    let mut removed = 0;
    for folder in TABLE_FOLDERS {
        for entry in home.list_below(folder)? {
            let is_data = !entry.path.contains("/_delta_log/");
            if is_data && !named.contains(&entry.path) {
                home.delete(&entry.path)?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}

/// Files that a reader of the newest commits may hold, those left out that show what is secret now.
fn held_files(home: &Home, newest: &CommitRecord) -> Result<BTreeSet<String>, StoreError> {
    let oldest = newest.commit.0.saturating_sub(COMMITS_KEPT_FOR_READERS);
    let mut named = named_files(newest);
    let mut expunged = tables_of(newest);
    for number in (oldest..newest.commit.0).rev() {
        let Some(record) = commit::read(home, CommitVersion(number))? else { continue };
        let is_held =
            |path: &String| path.rsplit_once('/').is_none_or(|(table, _)| !expunged.contains(table));
        named.extend(named_files(&record).into_iter().filter(is_held));
        expunged.extend(tables_of(&record));
    }
    Ok(named)
}

/// Tables of the datasets that `record` expunged.
fn tables_of(record: &CommitRecord) -> BTreeSet<String> {
    record.expunged.iter().flat_map(|name| TableKind::ALL.map(|kind| kind.path(name))).collect()
}

/// Paths of the files that `record` names.
#[must_use]
pub fn named_files(record: &CommitRecord) -> BTreeSet<String> {
    let tables = record.tables.iter();
    tables
        .flat_map(|(table, state)| state.files.iter().map(move |data| format!("{table}/{}", data.name)))
        .collect()
}
