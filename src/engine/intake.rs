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
use crate::domain::secrecy::RowSecrecy;
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
        if record.children.is_empty() {
            return Ok(());
        }
        let secrets = secrets_of(self.catalog.dataset(dataset)?, record);
        for (child, row) in &record.children {
            self.stage(child)?.keep_secret(row, &secrets);
            self.push(child, row)?;
        }
        Ok(())
    }

    fn stage(&mut self, dataset: &str) -> Result<&mut Stage, EngineError> {
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

    /// Datasets with rows, those that others feed last.
    pub(super) fn order(&self) -> Vec<String> {
        let is_fed = |name: &str| {
            let mut all = self.catalog.datasets();
            all.any(|dataset| {
                let children = dataset.children.iter().map(|child| child.dataset.as_str());
                children
                    .chain(dataset.versions.iter().map(|rule| rule.dataset.as_str()))
                    .any(|fed| fed == name)
            })
        };
        let (fed, first): (Vec<String>, Vec<String>) =
            self.stages.keys().cloned().partition(|name| is_fed(name));
        first.into_iter().chain(fed).collect()
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
            if !stage.contains(&record) {
                stage.push(&record)?;
            }
        }
        Ok(())
    }
}

/// What a secret record says of its signer: the rows inside it must not say it either.
fn secrets_of(dataset: &Dataset, record: &Record) -> Vec<String> {
    if dataset.secrecy_of(&record.values) == RowSecrecy::Ordinary {
        return Vec::new();
    }
    let given = dataset.signer_columns().filter_map(|(place, _)| record.values.get(place)?.as_text());
    given.map(str::to_owned).collect()
}
