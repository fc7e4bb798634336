//! Staged rows into a dataset's tables: only files that hold a changed key are rewritten.
//!
//! The outcome is new files, durable but named by no record yet, and the table states a record will name.
//! New rows are shown to a feed while they are written, so that indexes see just what the tables get.

use std::collections::BTreeMap;

use arrow::array::{BooleanArray, Int64Array, RecordBatch};
use arrow::compute::filter_record_batch;
use rustc_hash::FxHashMap;

use crate::definition::dataset::{Dataset, VersionRule};
use crate::domain::civil::{CivilDate, from_epoch_days};
use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::record::{Operation, Record, Value};
use crate::store::commit::{CommitRecord, Counts, DataFile, TableState};
use crate::store::filter::Filters;
use crate::store::home::Home;
use crate::store::rewrite::rewrite;
use crate::store::schema::{TableKind, delta_schema};
use crate::store::split::{Known, Parts, Secrets, split, with_columns};
use crate::store::stage::Staged;
use crate::store::table::{TableWriter, Target, dates, integers, strings};
use crate::store::upsert::plan::{Fate, Plan};
use crate::store::{StoreError, history, optimize};

mod plan;

/// Takes the new rows of the main and the text table, row for row.
pub type Feed<'a> = dyn FnMut(&RecordBatch, &RecordBatch) -> Result<(), StoreError> + 'a;

/// A date that changed, or was first given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVersion {
    /// Which version rule of the dataset.
    pub rule: usize,
    /// Key of the record.
    pub source_system: String,
    /// Key of the record.
    pub source_id: String,
    /// Number of the version, from 1.
    pub version: i64,
    /// The date, in days since 1970-01-01.
    pub date: i32,
    /// Line of the record.
    pub line: i64,
}

/// What a set of staged rows comes to.
#[derive(Debug, Default)]
pub struct Upserted {
    /// Counts of inserted, updated and unchanged rows.
    pub counts: Counts,
    /// States of the tables that changed, by folder.
    pub tables: BTreeMap<String, TableState>,
    /// Ids whose earlier version is gone from the current tables.
    pub replaced: Vec<RecordId>,
    /// Ids withdrawn.
    pub withdrawn: Vec<RecordId>,
    /// Ids whose earlier versions showed what is now secret.
    pub now_secret: Vec<RecordId>,
    /// Ids that are secret from now on, or of whose signer more is known: what belongs to them follows.
    pub secret: Vec<RecordId>,
    /// Dates that changed.
    pub versions: Vec<NewVersion>,
    /// What became of each staged row, by ordinal.
    pub outcomes: Vec<Outcome>,
}

/// What became of a staged row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Its key was not there.
    Inserted,
    /// Its record changed, or was withdrawn.
    Updated,
    /// It was there already, or lost to a later row with its key.
    Unchanged,
}

impl NewVersion {
    /// The version as a record of `child`, the dataset that `rule` names.
    #[must_use]
    pub fn as_record(&self, child: &Dataset, rule: &VersionRule) -> Record {
        let mut values = vec![Value::Null; child.columns.len()];
        let date = from_epoch_days(self.date).map_or(Value::Null, |day| Value::Date(CivilDate::day(day)));
        let given = [
            (rule.parent.as_str(), Value::Text(self.source_id.clone())),
            (rule.column.as_str(), date),
            ("version", Value::Integer(self.version)),
        ];
        for (name, value) in given {
            if let Some(slot) = child.position(name).and_then(|place| values.get_mut(place)) {
                *slot = value;
            }
        }
        Record {
            source_system: self.source_system.clone(),
            source_id: format!("{}|{}", self.source_id, self.version),
            operation: Operation::Upsert,
            values,
            extra: String::new(),
            line: u64::try_from(self.line).unwrap_or_default(),
            children: Vec::new(),
        }
    }
}

/// A commit in the making, as far as the store is concerned.
#[derive(Debug, Clone)]
pub struct Work<'a> {
    /// The store's home.
    pub home: &'a Home,
    /// The newest record.
    pub before: &'a CommitRecord,
    /// The number the commit will have.
    pub commit: CommitVersion,
    /// Makes this try's file names its own.
    pub salt: u64,
    /// Which files may hold an id.
    pub filters: &'a Filters,
}

impl Work<'_> {
    /// Where new files of the table at `table` go.
    #[must_use]
    pub fn target(&self, table: &str) -> Target {
        Target { home: self.home.clone(), table: table.to_owned(), commit: self.commit, salt: self.salt }
    }

    /// The table's state before the commit, with the schema in force.
    #[must_use]
    pub fn state(&self, dataset: &Dataset, kind: TableKind) -> TableState {
        let mut state = self.before.tables.get(&kind.path(&dataset.name)).cloned().unwrap_or_default();
        state.schema = delta_schema(&kind.schema(dataset));
        state
    }

    /// Version of the state that follows `table`'s present one.
    #[must_use]
    pub fn next_version(&self, table: &str) -> u64 {
        self.before.tables.get(table).map_or(0, |state| state.version + 1)
    }
}

/// Writes the staged rows. Changes nothing that a reader sees.
///
/// # Errors
/// A file is gone, damaged or cannot be written, or the feed refuses a row.
pub fn upsert(
    work: &Work<'_>,
    staged: &Staged,
    begin: &mut Begin<'_>,
    feed: &mut Feed<'_>,
) -> Result<Upserted, StoreError> {
    let dataset = &staged.dataset;
    let mut plan = Plan::of(work, staged)?;
    let mut known = plan.secrets(work, staged)?;
    let outcomes = plan.fates.iter().map(|fate| fate.outcome()).collect();
    let mut done = Upserted { counts: plan.counts, outcomes, ..Upserted::default() };
    if plan.now_secret.is_empty() && plan.fates.iter().all(|fate| *fate == Fate::Ignored) {
        return Ok(done);
    }
    done.replaced = plan.main_gone.iter().copied().collect();
    done.replaced.sort_unstable();
    begin(&done.replaced)?;
    let mut kept = BTreeMap::new();
    let main = rewrite(work, dataset, TableKind::Main, &plan.main_gone)?;
    kept.insert(TableKind::Main, main);
    kept.insert(TableKind::Text, rewrite(work, dataset, TableKind::Text, &plan.text_gone)?);
    for kind in [TableKind::HistoryMain, TableKind::HistoryText, TableKind::Identity] {
        kept.insert(kind, work.state(dataset, kind).files);
    }
    if !plan.now_secret.is_empty() {
        let turned = plan.now_secret.iter().map(|id| (*id, known.remove(id).unwrap_or_default()));
        let mut shown: Secrets = turned.collect();
        history::withdraw_identity(work, dataset, &mut shown, &mut kept)?;
        known.extend(shown);
    }
    let secrets = known;
    write_rows(work, staged, (&plan, &secrets), feed, (&mut done, &mut kept))?;
    done.secret = plan.begins_secret.iter().chain(&plan.now_secret).copied().collect();
    done.withdrawn = plan.withdrawn;
    done.now_secret = plan.now_secret;
    for (kind, files) in kept {
        let table = kind.path(&dataset.name);
        let mut state = TableState { files, ..work.state(dataset, kind) };
        optimize::fold_small_files(work, &kind.schema(dataset), &table, &mut state)?;
        let before = work.before.tables.get(&table);
        let is_new = before.is_none() && !state.files.is_empty();
        if is_new || before.is_some_and(|before| before.files != state.files || before.schema != state.schema)
        {
            state.version = work.next_version(&table);
            done.tables.insert(table, state);
        }
    }
    Ok(done)
}

/// Told, before any new row, which ids' earlier versions go.
pub type Begin<'a> = dyn FnMut(&[RecordId]) -> Result<(), StoreError> + 'a;

/// Streams the staged rows that change anything into new files and past the feed.
fn write_rows(
    work: &Work<'_>,
    staged: &Staged,
    (plan, secrets): (&Plan, &Secrets),
    feed: &mut Feed<'_>,
    (done, kept): (&mut Upserted, &mut BTreeMap<TableKind, Vec<DataFile>>),
) -> Result<(), StoreError> {
    let dataset = &staged.dataset;
    let mut writers: FxHashMap<TableKind, TableWriter> = TableKind::ALL
        .into_iter()
        .map(|kind| {
            let target = work.target(&kind.path(&dataset.name));
            (kind, TableWriter::new(target, kind.schema(dataset), NEW_ROWS_PART))
        })
        .collect();
    let wanted = |ordinal: u32| plan.fate(ordinal) != Fate::Ignored;
    staged.select(&wanted, &mut |ordinals, batch| {
        let fates: Vec<Fate> = ordinals.iter().map(|ordinal| plan.fate(*ordinal)).collect();
        let versions = number_versions(dataset, plan, &ordinals, &batch, &mut done.versions)?;
        let secrecy = plan.secrecy(&ordinals);
        let parts = split(dataset, &batch, work.commit, Known { versions, secrecy: &secrecy, secrets })?;
        write_parts(&parts, &fates, &mut writers, feed)
    })?;
    for (kind, files) in finish_all(writers) {
        kept.entry(kind).or_default().extend(files?);
    }
    Ok(())
}

/// Ends the tables side by side: each must wait for the disk, and need not wait for the others.
fn finish_all(
    writers: FxHashMap<TableKind, TableWriter>,
) -> Vec<(TableKind, Result<Vec<DataFile>, StoreError>)> {
    std::thread::scope(|threads| {
        let ending: Vec<_> =
            writers.into_iter().map(|(kind, writer)| (kind, threads.spawn(|| writer.finish()))).collect();
        let ended = ending.into_iter();
        ended.map(|(kind, thread)| (kind, thread.join().unwrap_or(Err(StoreError::Stopped)))).collect()
    })
}

/// New rows are numbered apart from rewritten ones, which share the commit and the salt.
pub(in crate::store) const NEW_ROWS_PART: usize = 5_000;

fn number_versions(
    dataset: &Dataset,
    plan: &Plan,
    ordinals: &[u32],
    batch: &RecordBatch,
    news: &mut Vec<NewVersion>,
) -> Result<Vec<Int64Array>, StoreError> {
    let columns: Result<Vec<_>, _> = dataset.versions.iter().map(|rule| dates(batch, &rule.column)).collect();
    let columns = columns?;
    let mut numbers: Vec<Vec<i64>> = vec![Vec::with_capacity(ordinals.len()); columns.len()];
    let (systems, keys) = (strings(batch, "source_system")?, strings(batch, "source_id")?);
    let lines = integers(batch, "line")?;
    for (row, ordinal) in ordinals.iter().enumerate() {
        let given: Vec<Option<i32>> = columns
            .iter()
            .map(|column| arrow::array::Array::is_valid(*column, row).then(|| column.value(row)))
            .collect();
        for (rule, (version, is_new)) in plan.versions(*ordinal, &given).into_iter().enumerate() {
            if let Some(column) = numbers.get_mut(rule) {
                column.push(version);
            }
            if let (true, Some(Some(date))) = (is_new, given.get(rule)) {
                news.push(NewVersion {
                    rule,
                    source_system: systems.value(row).to_owned(),
                    source_id: keys.value(row).to_owned(),
                    version,
                    date: *date,
                    line: lines.value(row),
                });
            }
        }
    }
    Ok(numbers.into_iter().map(Int64Array::from).collect())
}

fn write_parts(
    parts: &Parts,
    fates: &[Fate],
    writers: &mut FxHashMap<TableKind, TableWriter>,
    feed: &mut Feed<'_>,
) -> Result<(), StoreError> {
    let mut write = |kind: TableKind, batch: &RecordBatch| match writers.get_mut(&kind) {
        Some(writer) => writer.add(batch),
        None => Ok(()),
    };
    let pick = |batch: &RecordBatch, mask: &BooleanArray| {
        filter_record_batch(batch, mask).map_err(StoreError::columns("staging"))
    };
    let operation = [("operation".to_owned(), std::sync::Arc::clone(&parts.operations))];
    let is_current: BooleanArray = fates.iter().map(|fate| Some(*fate != Fate::Retract)).collect();
    // A status change does not rewrite text: the text table and its history take only texts that changed.
    let text_is_new: Vec<bool> =
        fates.iter().map(|fate| !matches!(fate, Fate::Update { text_changed: false })).collect();
    let rows = fates.iter().zip(&text_is_new).zip(parts.has_text.values().iter());
    let text_now: BooleanArray =
        rows.clone().map(|((fate, is_new), has)| Some(*fate != Fate::Retract && *is_new && has)).collect();
    let text_then: BooleanArray =
        rows.map(|((fate, is_new), has)| Some(*is_new && (has || *fate != Fate::Insert))).collect();
    write(TableKind::Main, &pick(&parts.main, &is_current)?)?;
    write(TableKind::Text, &pick(&parts.text, &text_now)?)?;
    write(TableKind::HistoryMain, &with_columns(&parts.main, &operation)?)?;
    write(TableKind::HistoryText, &pick(&with_columns(&parts.text, &operation)?, &text_then)?)?;
    write(TableKind::Identity, &parts.identity)?;
    feed(&pick(&parts.main, &is_current)?, &pick(&parts.text, &is_current)?)
}
