//! What became secret leaves the disk with the commit that made it so, not some commits later.
//!
//! Files that a commit replaces usually stay for readers of earlier snapshots. When a record turns out to
//! be a denunciation, those files still show who signed it: they go right after the record that says so,
//! and a start makes good what a crash in between left. Readers of an earlier snapshot search again.

use std::collections::BTreeMap;

use crate::domain::commit::CommitVersion;
use crate::domain::limits::COMMITS_KEPT_FOR_READERS;
use crate::engine::commit::Making;
use crate::engine::feeds::Feeds;
use crate::engine::snapshot::index_folder;
use crate::engine::{Engine, EngineError};
use crate::search::writer::{Writer as IndexWriter, shows_before};
use crate::store::{commit, recover};

impl Making<'_> {
    /// Removes what only earlier commits show of datasets of which something became secret.
    ///
    /// # Errors
    /// A file cannot be removed; the next start tries again.
    pub(super) fn remove_expunged(&mut self) -> Result<(), EngineError> {
        recover::sweep(&self.engine.home, &self.next)?;
        self.engine.sweep_generations()?;
        let snapshot = self.engine.snapshot()?;
        for name in self.next.expunged.clone() {
            let dataset = snapshot.dataset(&name)?;
            if dataset.is_searched() {
                Feeds::open(self, dataset).forget_earlier()?;
            }
        }
        Ok(())
    }
}

impl Engine {
    /// Makes good what a crash between a record and the removal left; tables are swept before.
    ///
    /// # Errors
    /// A record or an index cannot be read, or a file not removed.
    pub(super) fn finish_expunging(&self) -> Result<(), EngineError> {
        let snapshot = self.snapshot()?;
        let newest = snapshot.version().0;
        let mut expunged: BTreeMap<String, CommitVersion> = BTreeMap::new();
        for number in newest.saturating_sub(COMMITS_KEPT_FOR_READERS)..=newest {
            let record = commit::read(&self.home, CommitVersion(number))?;
            let names = record.map(|record| record.expunged).unwrap_or_default();
            expunged.extend(names.into_iter().map(|name| (name, CommitVersion(number))));
        }
        for (name, since) in expunged {
            let Some(state) = snapshot.record().indexes.get(&name) else { continue };
            let folder = index_folder(&self.home, &name, &state.generation);
            if shows_before(&folder, since)? {
                let mut writer = IndexWriter::open(&folder, snapshot.dataset(&name)?, Some(state.commit))?;
                writer.forget_before(since)?;
                writer.close()?;
            }
        }
        Ok(())
    }
}
