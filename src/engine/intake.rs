//! Records on their way into a commit, staged by dataset.
//!
//! A record brings rows of other datasets with it: those inside it, and versions of its dates. They are
//! staged beside it and taken in the same commit, those that others feed last; when a record loses to a
//! later one of its key, the rows it brought go with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::definition::catalog::Catalog;
use crate::definition::dataset::Dataset;
use crate::domain::record::Record;
use crate::engine::{Engine, EngineError};
use crate::store::stage::{Stage, Staged};
use crate::store::upsert::Upserted;

/// Records on their way in, by dataset.
pub struct Intake<'a> {
    engine: &'a Engine,
    catalog: Arc<Catalog>,
    hash_key: u64,
    stages: BTreeMap<String, Stage>,
}

impl<'a> Intake<'a> {
    /// An empty intake.
    #[must_use]
    pub fn new(engine: &'a Engine, catalog: Arc<Catalog>, hash_key: u64) -> Self {
        Self { engine, catalog, hash_key, stages: BTreeMap::new() }
    }

    /// Stages a record of `dataset` and the child records inside it.
    ///
    /// # Errors
    /// The stage cannot be written.
    pub fn push(&mut self, dataset: &str, record: &Record) -> Result<(), EngineError> {
        self.stage(dataset)?.push(record)?;
        for (child, row) in &record.children {
            self.push(child, row)?;
        }
        Ok(())
    }

    /// The stage of `dataset`.
    ///
    /// # Errors
    /// There is no such dataset, or the stage cannot be written.
    pub(super) fn stage(&mut self, dataset: &str) -> Result<&mut Stage, EngineError> {
        if !self.stages.contains_key(dataset) {
            let definition = self.catalog.dataset(dataset)?;
            let stage = Stage::new(&self.engine.home, definition, self.hash_key)?;
            self.stages.insert(dataset.to_owned(), stage);
        }
        self.stages.get_mut(dataset).ok_or_else(|| EngineError::NoRecord(dataset.to_owned()))
    }

    /// Ends the stage of `dataset`; nothing when no row came.
    pub(super) fn finish(&mut self, dataset: &str) -> Result<Option<Staged>, EngineError> {
        self.stages.remove(dataset).map(Stage::finish).transpose().map_err(EngineError::from)
    }

    /// Takes out the child rows of the rows of `staged` that lost to a later one, and returns them.
    pub(super) fn withdraw_children(
        &mut self,
        staged: &Staged,
    ) -> Result<Vec<(String, Record)>, EngineError> {
        let lines = staged.superseded.iter().map(|loser| loser.line).collect::<FxHashSet<u32>>();
        let mut records = Vec::new();
        for child in staged.dataset.children.iter().filter(|_| !lines.is_empty()) {
            if let Some(stage) = self.stages.get_mut(&child.dataset) {
                let rows = stage.withdraw(&lines)?.into_iter();
                records.extend(rows.map(|row| (child.dataset.clone(), row)));
            }
        }
        Ok(records)
    }

    /// The dataset to take next: one that no other with rows feeds.
    pub(super) fn next(&self) -> Option<String> {
        let ranks = self.catalog.ranks();
        let rank = |name: &str| ranks.get(name).copied().unwrap_or_default();
        self.stages.keys().min_by_key(|name| rank(name)).cloned()
    }

    /// A changed date becomes a row of its rule's dataset.
    pub(super) fn stage_versions(
        &mut self,
        dataset: &Dataset,
        upserted: &Upserted,
    ) -> Result<(), EngineError> {
        for version in &upserted.versions {
            let Some(rule) = dataset.versions.get(version.rule) else { continue };
            let child = self.catalog.dataset(&rule.dataset)?.clone();
            let record = version.as_record(&child, rule);
            let stage = self.stage(&child.name)?;
            // A source that lists its due dates itself says more about each than can be derived.
            if !stage.contains(child.id(&record.source_system, &record.source_id)) {
                stage.push(&record)?;
            }
        }
        Ok(())
    }
}
