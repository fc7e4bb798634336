//! The Delta log of a table, rolled forward to the commit records.
//!
//! Delta Lake protocol, reader version 1, writer version 2: JSON actions, one file a version. A log entry
//! is derived from two neighbouring commit records, so it can be written again after a crash and comes out
//! the same; readers of ours never need it, readers of others need nothing else.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::domain::limits::CHECKPOINT_EVERY;
use crate::store::StoreError;
use crate::store::checkpoint;
use crate::store::commit::{CommitRecord, DataFile, Operation, TableState};
use crate::store::home::Home;

/// Writes the log entries of the commit `after`, whose predecessor left `before`, where they are missing.
///
/// # Errors
/// An entry exists with other content (somebody else wrote the table), or cannot be written.
pub fn roll_forward(home: &Home, before: &CommitRecord, after: &CommitRecord) -> Result<(), StoreError> {
    let is_same = |(path, state): &(&String, &TableState)| {
        before.tables.get(*path).is_some_and(|old| old.version == state.version)
    };
    // Each log waits for the disk, and need not wait for the others.
    std::thread::scope(|threads| {
        let changed = after.tables.iter().filter(|table| !is_same(table));
        let writing: Vec<_> = changed
            .map(|(path, state)| threads.spawn(move || write_version(home, path, state, (before, after))))
            .collect();
        let written = writing.into_iter().map(|thread| thread.join().unwrap_or(Err(StoreError::Stopped)));
        written.fold(Ok(()), Result::and)
    })
}

fn write_version(
    home: &Home,
    path: &str,
    state: &TableState,
    (before, after): (&CommitRecord, &CommitRecord),
) -> Result<(), StoreError> {
    let none = TableState::default();
    let entry = entry(path, before.tables.get(path).unwrap_or(&none), state, after);
    write_entry(home, &entry_path(path, state.version), &entry)?;
    if state.version > 0 && state.version.is_multiple_of(CHECKPOINT_EVERY) {
        checkpoint::write(home, path, state, after.at)?;
    }
    Ok(())
}

fn write_entry(home: &Home, path: &str, entry: &str) -> Result<(), StoreError> {
    match home.put_new(path, entry.as_bytes()) {
        Err(StoreError::Conflict(_)) if home.read(path)?.as_ref() == entry.as_bytes() => Ok(()),
        other => other,
    }
}

fn entry_path(table: &str, version: u64) -> String {
    format!("{table}/_delta_log/{version:020}.json")
}

/// The text of one log entry: what turns `old` into `new`.
fn entry(path: &str, old: &TableState, new: &TableState, record: &CommitRecord) -> String {
    let milliseconds = record.at.0 / 1000;
    let is_first = old.schema.is_empty();
    let changes_data = record.operation != Operation::Optimize;
    let mut lines = vec![json!({ "commitInfo": {
        "timestamp": milliseconds,
        "operation": if changes_data { "WRITE" } else { "OPTIMIZE" },
        "operationParameters": {},
        "engineInfo": concat!("thanhtra/", env!("CARGO_PKG_VERSION")),
        "thanhtraCommit": record.commit,
    }})];
    if is_first {
        lines.push(json!({ "protocol": protocol() }));
    }
    if old.schema != new.schema {
        lines.push(json!({ "metaData": metadata(path, &new.schema) }));
    }
    let (before, after) = (by_name(old), by_name(new));
    for file in before.values().filter(|file| !after.contains_key(file.name.as_str())) {
        lines.push(json!({ "remove": {
            "path": file.name,
            "deletionTimestamp": milliseconds,
            "dataChange": changes_data,
            "extendedFileMetadata": true,
            "partitionValues": {},
            "size": file.size,
        }}));
    }
    for file in after.values().filter(|file| !before.contains_key(file.name.as_str())) {
        let mut add = add(file, milliseconds);
        if let Some(fields) = add.as_object_mut() {
            fields.insert("dataChange".to_owned(), Value::Bool(changes_data));
        }
        lines.push(json!({ "add": add }));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn by_name(state: &TableState) -> BTreeMap<&str, &DataFile> {
    state.files.iter().map(|file| (file.name.as_str(), file)).collect()
}

/// The `protocol` action of every table.
pub(crate) fn protocol() -> Value {
    json!({ "minReaderVersion": 1, "minWriterVersion": 2 })
}

/// The `metaData` action of the table at `path`.
pub(crate) fn metadata(path: &str, schema: &str) -> Value {
    json!({
        "id": table_id(path),
        "format": { "provider": "parquet", "options": {} },
        "schemaString": schema,
        "partitionColumns": [],
        "configuration": {},
        "createdTime": 0,
    })
}

/// The `add` action of a file.
pub(crate) fn add(file: &DataFile, milliseconds: i64) -> Value {
    json!({
        "path": file.name,
        "partitionValues": {},
        "size": file.size,
        "modificationTime": milliseconds,
        "dataChange": true,
        "stats": stats(file),
    })
}

/// Statistics of a file, as the protocol writes them.
pub(crate) fn stats(file: &DataFile) -> String {
    json!({ "numRecords": file.rows }).to_string()
}

/// The table's id: a UUID made from its path, the same on every machine.
pub(crate) fn table_id(path: &str) -> String {
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(path.as_bytes()));
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default().to_owned();
    format!("{}-{}-8{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}
