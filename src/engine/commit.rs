//! The order of a commit.
//!
//! Files of tables, durable; then each full-text index at the new number; then the sketch run; then the
//! record, and only the record makes it a commit; then the logs that other programs read. A failure before
//! the record leaves what no reader sees and start sweeps away; a failure after it is made good at the next
//! commit or start. Nobody is told "done" before the record is durable.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;

use crate::definition::catalog::Catalog;
use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::limits::COMMITS_KEPT_FOR_READERS;
use crate::domain::record::Record;
use crate::engine::feeds::Feeds;
use crate::engine::intake::Intake;
use crate::engine::progress::{Progress, Step};
use crate::engine::snapshot::Snapshot;
use crate::engine::{Engine, EngineError};
use crate::search::writer::Writer as IndexWriter;
use crate::store::commit::{CommitRecord, Counts, Idempotency, Operation};
use crate::store::complete::complete;
use crate::store::filter::Filters;
use crate::store::lock::WriterLock;
use crate::store::recover::named_files;
use crate::store::stage::{Staged, Superseded};
use crate::store::upsert::{Outcome, Upserted, Work, upsert};
use crate::store::{StoreError, log};

/// What only the one writer has.
pub struct Writer {
    pub(super) lock: WriterLock,
    pub(super) hash_key: u64,
    pub(super) index: Option<OpenIndex>,
    pub(super) idempotency: HashMap<String, (i64, Idempotency)>,
    /// Files that a commit took out, until no reader may hold them.
    pub(super) replaced: VecDeque<(CommitVersion, Vec<String>)>,
    /// The record before the newest, while the newest's logs are not all written.
    pub(super) behind: Option<CommitRecord>,
    /// Which data files may hold an id.
    pub(super) filters: Arc<Filters>,
}

/// The full-text index that is open for writing: one at a time, because each takes the whole heap.
pub(super) struct OpenIndex {
    pub(super) dataset: String,
    pub(super) generation: String,
    pub(super) writer: IndexWriter,
}

/// A commit as its caller sees it.
#[derive(Debug, Default)]
pub struct Committed {
    /// Its number; the newest before when nothing changed. While the outcomes are told, the number it
    /// will have if there is a commit.
    pub commit: CommitVersion,
    /// Counts by dataset.
    pub counts: BTreeMap<String, Counts>,
    /// What became of each id of each dataset.
    pub outcomes: BTreeMap<String, FxHashMap<RecordId, Outcome>>,
}

/// A commit in the making.
pub(super) struct Making<'a> {
    pub(super) engine: &'a Engine,
    pub(super) writer: &'a mut Writer,
    pub(super) before: CommitRecord,
    pub(super) next: CommitRecord,
    pub(super) salt: u64,
    pub(super) is_published: bool,
    pub(super) progress: &'a Progress,
}

/// Says what the commit did and what it must remember, once its outcomes are known.
pub type Finish<'a> = dyn FnMut(&Committed) -> (Operation, Vec<Idempotency>) + 'a;

/// Told which rows of a dataset lost to later ones with the same key, and the child rows that lost with
/// them, before the commit.
pub type Losers<'a> =
    dyn FnMut(&Staged, &[Superseded], Vec<(String, Record)>) -> Result<(), EngineError> + 'a;

impl Engine {
    /// The writer, for one commit.
    ///
    /// # Errors
    /// The engine only reads.
    pub(super) fn writing(&self) -> Result<MutexGuard<'_, Writer>, EngineError> {
        let writer = self.writer.as_ref().ok_or(EngineError::ReadsOnly)?;
        Ok(writer.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Commits what `intake` holds. Nothing is committed when nothing changes and nothing must be kept.
    ///
    /// # Errors
    /// Writing failed; the store is as before.
    pub(super) fn commit_intake(
        &self,
        mut intake: Intake<'_>,
        losers: &mut Losers<'_>,
        finish: &mut Finish<'_>,
        progress: &Progress,
    ) -> Result<Committed, EngineError> {
        let mut guard = self.writing()?;
        let mut making = Making::begin(self, &mut guard, progress)?;
        let mut done = Committed { commit: making.next.commit, ..Committed::default() };
        let taken = making.take_all(&mut intake, losers, &mut done);
        let published = taken.and_then(|changed| {
            let (operation, idempotency) = finish(&done);
            if !changed && idempotency.is_empty() {
                return Ok(making.before.commit);
            }
            making.next.operation = operation;
            making.next.idempotency = idempotency;
            making.publish()
        });
        done.commit = match published {
            Ok(version) => version,
            Err(error) => {
                making.forget();
                return Err(error);
            }
        };
        Ok(done)
    }
}

impl<'a> Making<'a> {
    pub(super) fn begin(
        engine: &'a Engine,
        writer: &'a mut Writer,
        progress: &'a Progress,
    ) -> Result<Self, EngineError> {
        let held = engine.snapshot()?;
        let before = held.record().clone();
        if let Some(older) = writer.behind.take() {
            log::roll_forward(&engine.home, &older, &before)?;
        }
        let next = before.next(engine.clock.now(), Operation::Optimize);
        Ok(Self { engine, writer, before, next, salt: fastrand::u64(..), is_published: false, progress })
    }

    fn take_all(
        &mut self,
        intake: &mut Intake<'_>,
        losers: &mut Losers<'_>,
        done: &mut Committed,
    ) -> Result<bool, EngineError> {
        self.progress.begin(Step::Write);
        let mut changed = false;
        // A version of a date is a row of another dataset, and what belongs to a record that turned secret
        // is taken once more, so the list may grow while it is walked.
        while let Some(name) = intake.next() {
            let Some(staged) = intake.finish(&name)? else { break };
            let children = intake.withdraw_children(&staged)?;
            losers(&staged, &staged.superseded, children)?;
            let mut staged = self.completed(staged)?;
            self.keep_secrets_of_parents(&mut staged)?;
            let upserted = self.take(&staged)?;
            self.turn_children(intake, &staged.dataset, &upserted.secret)?;
            changed |= !upserted.tables.is_empty();
            intake.stage_versions(&staged.dataset, &upserted)?;
            done.counts.insert(name.clone(), upserted.counts);
            let outcome = |(id, ordinal): (&RecordId, &u32)| {
                Some((*id, upserted.outcomes.get(*ordinal as usize).copied()?))
            };
            done.outcomes.insert(name, staged.keys.iter().filter_map(outcome).collect());
        }
        Ok(changed)
    }

    /// Rows that leave columns out, completed from what the store has.
    fn completed(&self, staged: Staged) -> Result<Staged, EngineError> {
        let (home, before) = (&self.engine.home, &self.before);
        let (commit, salt, filters) = (self.next.commit, self.salt, self.writer.filters.as_ref());
        let work = Work { home, before, commit, salt, filters };
        Ok(complete(&work, staged, self.writer.hash_key)?)
    }

    /// Takes one dataset's staged rows into its tables and indexes.
    fn take(&mut self, staged: &Staged) -> Result<Upserted, EngineError> {
        let dataset = &staged.dataset;
        let (engine, before, progress) = (self.engine, self.before.clone(), self.progress);
        let filters = Arc::clone(&self.writer.filters);
        let (commit, salt) = (self.next.commit, self.salt);
        let work = Work { home: &engine.home, before: &before, commit, salt, filters: &filters };
        let mut feeds = Feeds::open(self, dataset);
        let feeds_cell = std::cell::RefCell::new(&mut feeds);
        let failed = std::cell::RefCell::new(None);
        let note = |result: Result<(), EngineError>| {
            result.map_err(|error| {
                *failed.borrow_mut() = Some(error);
                StoreError::Stopped
            })
        };
        let upserted = upsert(
            &work,
            staged,
            &mut |gone| note(feeds_cell.borrow_mut().begin(gone)),
            &mut |main, text| {
                progress.add_rows(main.num_rows());
                note(feeds_cell.borrow_mut().add(main, text))
            },
        );
        let upserted = match (upserted, failed.into_inner()) {
            (_, Some(error)) => return Err(error),
            (upserted, None) => upserted?,
        };
        let changed = !upserted.tables.is_empty();
        let expunge = !upserted.now_secret.is_empty();
        feeds.finish(changed, expunge)?;
        if expunge {
            self.next.expunged.insert(dataset.name.clone());
        }
        self.next.tables.extend(upserted.tables.iter().map(|(path, state)| (path.clone(), state.clone())));
        if changed {
            self.resketch_if_grown(dataset)?;
        }
        Ok(upserted)
    }

    /// Writes the record, shows the snapshot, and rolls the logs forward.
    pub(super) fn publish(&mut self) -> Result<CommitVersion, EngineError> {
        self.progress.begin(Step::Commit);
        self.next.publish(&self.engine.home)?;
        let catalog = Arc::clone(self.engine.snapshot()?.catalog());
        self.publish_shown(catalog)
    }

    /// The part of publishing that comes after the record.
    pub(super) fn publish_shown(&mut self, catalog: Arc<Catalog>) -> Result<CommitVersion, EngineError> {
        self.is_published = true;
        let home = self.engine.home.clone();
        self.engine.show(Arc::new(Snapshot::of(home.clone(), self.next.clone(), catalog)));
        for kept in &self.next.idempotency {
            self.writer.idempotency.insert(kept.key.clone(), (self.next.at.0, kept.clone()));
        }
        let (before, after) = (named_files(&self.before), named_files(&self.next));
        let gone = before.difference(&after).cloned().collect();
        self.writer.replaced.push_back((self.next.commit, gone));
        if let Err(error) = log::roll_forward(&home, &self.before, &self.next) {
            // The commit stands; its logs are written before the next one, or at start.
            tracing::warn!(commit = self.next.commit.0, %error, "the table logs are behind");
            self.writer.behind = Some(self.before.clone());
        }
        self.remove_unheld();
        if !self.next.expunged.is_empty()
            && let Err(error) = self.remove_expunged()
        {
            tracing::warn!(%error, "what became secret stays in replaced files until the next start");
        }
        Ok(self.next.commit)
    }

    /// Removes files that no reader may hold any more.
    fn remove_unheld(&mut self) {
        let limit = self.next.commit.0.saturating_sub(COMMITS_KEPT_FOR_READERS);
        while self.writer.replaced.front().is_some_and(|(commit, _)| commit.0 <= limit) {
            let Some((_, files)) = self.writer.replaced.pop_front() else { break };
            for file in files {
                if let Err(error) = self.engine.home.delete(&file) {
                    tracing::warn!(%file, %error, "a replaced file stays until the next start");
                }
            }
        }
    }

    /// Leaves nothing of a commit that failed: indexes go back when they are next opened.
    pub(super) fn forget(&mut self) {
        self.writer.index = None;
    }
}
