//! What belongs to a secret record is as secret as it, in whatever order the two come.
//!
//! A row is cleaned of what its parent keeps secret when it is taken; when a record turns secret, or gives
//! a new string of its signer, the rows that already belong to it are taken once more, from the tables, in
//! the same commit. Datasets are taken in the order of [`crate::definition::catalog::Catalog::ranks`], so
//! that both hold within one commit as well.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::definition::dataset::Dataset;
use crate::definition::link::Link;
use crate::domain::id::RecordId;
use crate::domain::limits::COMPLETED_ROWS_PER_PASS;
use crate::engine::EngineError;
use crate::engine::commit::Making;
use crate::engine::intake::Intake;
use crate::store::complete::current;
use crate::store::linked::{children_of, keep_secrets, secrets_of_parents};
use crate::store::stage::Staged;
use crate::store::upsert::Work;

impl Making<'_> {
    /// Tells the staged rows what must not stand in them because of the records they belong to.
    ///
    /// # Errors
    /// The stage or a table cannot be read.
    pub(super) fn keep_secrets_of_parents(&self, staged: &mut Staged) -> Result<(), EngineError> {
        let snapshot = self.engine.snapshot()?;
        let work = self.so_far();
        for link in snapshot.catalog().links_up(&staged.dataset.name) {
            keep_secrets(&work, &link, staged)?;
        }
        Ok(())
    }

    /// Stages what belongs to the records of `ids`, which are secret from now on.
    ///
    /// # Errors
    /// A table or a stage cannot be read or written.
    pub(super) fn turn_children(
        &self,
        intake: &mut Intake<'_>,
        dataset: &Dataset,
        ids: &[RecordId],
    ) -> Result<(), EngineError> {
        if ids.is_empty() {
            return Ok(());
        }
        let snapshot = self.engine.snapshot()?;
        let parents: FxHashSet<RecordId> = ids.iter().copied().collect();
        for link in snapshot.catalog().links_down(&dataset.name) {
            let children = children_of(&self.so_far(), &link, &parents)?;
            if !children.is_empty() {
                self.turn(intake, &link, &children)?;
            }
        }
        Ok(())
    }

    fn turn(
        &self,
        intake: &mut Intake<'_>,
        link: &Link<'_>,
        children: &FxHashMap<RecordId, BTreeSet<RecordId>>,
    ) -> Result<(), EngineError> {
        let work = self.so_far();
        let parents: FxHashSet<RecordId> = children.values().flatten().copied().collect();
        let secrets = secrets_of_parents(&work, link.parent, &parents)?;
        let stage = intake.stage(&link.child.name)?;
        let mut known = Vec::new();
        for (child, parents) in children {
            let strings = parents.iter().filter_map(|parent| secrets.get(parent)).flatten();
            stage.turn(*child, strings.cloned());
            known.extend((!stage.contains(*child)).then_some(*child));
        }
        for some in known.chunks(COMPLETED_ROWS_PER_PASS) {
            for record in current(&work, link.child, &some.iter().copied().collect())? {
                stage.push(&record)?;
            }
        }
        Ok(())
    }

    /// The store with what this commit has already written to other datasets.
    fn so_far(&self) -> Work<'_> {
        Work {
            home: &self.engine.home,
            before: &self.next,
            commit: self.next.commit,
            salt: self.salt,
            filters: self.writer.filters.as_ref(),
        }
    }
}
