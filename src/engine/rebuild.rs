//! Indexes built anew from the tables: for new definitions, a new normaliser, or damage.
//!
//! A rebuild makes a new generation beside the old one and a commit that names it; readers of earlier
//! snapshots keep the old one until the next start sweeps it away. It is never a silent mix.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::definition::catalog::Catalog;
use crate::definition::dataset::Dataset;
use crate::domain::commit::CommitVersion;
use crate::engine::commit::Making;
use crate::engine::feeds::{Feeds, first_generation};
use crate::engine::progress::{Progress, Step};
use crate::engine::snapshot::{index_folder, sketch_folder};
use crate::engine::{Engine, EngineError, definitions};
use crate::sketch::index::FORMAT_VERSION;
use crate::store::commit::{CommitRecord, IndexState, Operation, SketchState};
use crate::store::schema::{TableKind, delta_schema};
use crate::store::{StoreError, aligned};
use crate::text::NORMALIZER_VERSION;

impl Engine {
    /// Builds the indexes of `only`, or of every dataset, anew.
    ///
    /// # Errors
    /// The engine only reads, or a table is damaged.
    pub fn rebuild_indexes(
        &self,
        only: Option<&str>,
        progress: &Progress,
    ) -> Result<CommitVersion, EngineError> {
        let catalog = Arc::clone(self.snapshot()?.catalog());
        let datasets: Vec<Dataset> = match only {
            Some(name) => vec![catalog.dataset(name)?.clone()],
            None => catalog.datasets().cloned().collect(),
        };
        self.rebuild(&catalog, &datasets, progress)
    }

    /// Takes the definitions in force and rebuilds every index that was made under others.
    pub(super) fn adopt_definitions(&self, progress: &Progress) -> Result<(), EngineError> {
        self.note_changed_rules(definitions::in_force(&self.home)?.texts())?;
        self.take_definitions(progress)
    }

    /// The same without a note of what changed rules move.
    pub(super) fn take_definitions(&self, progress: &Progress) -> Result<(), EngineError> {
        let catalog = Arc::new(definitions::in_force(&self.home)?);
        let snapshot = self.snapshot()?;
        let record = snapshot.record();
        let is_stale = |dataset: &&Dataset| {
            let index = record.indexes.get(&dataset.name);
            let sketches = record.sketches.get(&dataset.name);
            let rows = record.tables.get(&TableKind::Main.path(&dataset.name));
            let has_rows = rows.is_some_and(|state| state.rows() > 0);
            let lacks_index = has_rows && dataset.is_searched() && index.is_none();
            let lacks_sketches = has_rows && dataset.similar.is_some() && sketches.is_none();
            lacks_index || lacks_sketches || is_made_otherwise(dataset, index, sketches)
        };
        let stale: Vec<Dataset> = catalog.datasets().filter(is_stale).cloned().collect();
        if catalog.hash() != record.definitions || !stale.is_empty() {
            definitions::keep(&self.home, &catalog)?;
            self.rebuild(&catalog, &stale, progress)?;
        }
        Ok(())
    }

    fn rebuild(
        &self,
        catalog: &Arc<Catalog>,
        datasets: &[Dataset],
        progress: &Progress,
    ) -> Result<CommitVersion, EngineError> {
        let mut guard = self.writing()?;
        let mut making = Making::begin(self, &mut guard, progress)?;
        progress.begin(Step::Rebuild);
        making.next.operation = Operation::Rebuild;
        making.next.definitions = catalog.hash();
        making.take_schemas(catalog);
        for dataset in datasets {
            if let Err(error) = making.rebuild(dataset) {
                making.forget();
                return Err(error);
            }
        }
        making.next.publish(&self.home)?;
        making.publish_shown(Arc::clone(catalog))
    }

    /// Removes index generations that the newest record does not name.
    pub(super) fn sweep_generations(&self) -> Result<(), EngineError> {
        let snapshot = self.snapshot()?;
        let record = snapshot.record();
        let indexes =
            record.indexes.iter().map(|(name, state)| index_folder(&self.home, name, &state.generation));
        let sketches =
            record.sketches.iter().map(|(name, state)| sketch_folder(&self.home, name, &state.generation));
        let named: BTreeSet<_> = indexes.chain(sketches).collect();
        for root in ["indexes", "sketches"] {
            let Ok(datasets) = fs::read_dir(self.home.path_of(root)) else { continue };
            for dataset in datasets.flatten() {
                let Ok(generations) = fs::read_dir(dataset.path()) else { continue };
                for generation in generations.flatten().filter(|found| !named.contains(&found.path())) {
                    let path = generation.path();
                    fs::remove_dir_all(&path).map_err(StoreError::io("cannot remove", &path))?;
                }
            }
        }
        self.sweep_runs()
    }

    /// Removes sketch runs, and sets of frequent shingles, that the newest record does not name.
    fn sweep_runs(&self) -> Result<(), EngineError> {
        let snapshot = self.snapshot()?;
        for (name, state) in &snapshot.record().sketches {
            let Ok(files) = fs::read_dir(sketch_folder(&self.home, name, &state.generation)) else {
                continue;
            };
            for file in files.flatten() {
                let found = file.file_name().display().to_string();
                let mut named = state.runs.iter().chain(&state.frequent);
                if !named.any(|name| found.starts_with(name.as_str())) {
                    fs::remove_file(file.path()).map_err(StoreError::io("cannot remove", file.path()))?;
                }
            }
        }
        Ok(())
    }
}

impl Making<'_> {
    /// A table whose definition has a new column says so in its log; older files read it as null.
    fn take_schemas(&mut self, catalog: &Catalog) {
        for dataset in catalog.datasets() {
            for kind in TableKind::ALL {
                let schema = delta_schema(&kind.schema(dataset));
                if let Some(state) = self.next.tables.get_mut(&kind.path(&dataset.name))
                    && state.schema != schema
                {
                    state.schema = schema;
                    state.version += 1;
                }
            }
        }
    }

    fn rebuild(&mut self, dataset: &Dataset) -> Result<(), EngineError> {
        let record = self.next.clone();
        let Some(state) = record.tables.get(&TableKind::Main.path(&dataset.name)) else { return Ok(()) };
        self.progress.rows_total.fetch_add(state.rows(), Ordering::Relaxed);
        self.writer.index = None;
        self.next.indexes.remove(&dataset.name);
        self.next.sketches.remove(&dataset.name);
        let generation = first_generation(self.next.commit);
        for folder in [
            index_folder(&self.engine.home, &dataset.name, &generation),
            sketch_folder(&self.engine.home, &dataset.name, &generation),
        ] {
            if folder.is_dir() {
                fs::remove_dir_all(&folder).map_err(StoreError::io("cannot remove", &folder))?;
            }
        }
        self.count_frequent(dataset, generation)?;
        feed_all(&record, dataset, Feeds::open(self, dataset))
    }
}

/// Gives every row of `dataset` that `record` names to `feeds`, and makes them durable.
pub(super) fn feed_all(
    record: &CommitRecord,
    dataset: &Dataset,
    mut feeds: Feeds<'_, '_>,
) -> Result<(), EngineError> {
    let (home, progress) = feeds.surroundings();
    let mut failed = None;
    let streamed = aligned::for_each(&home, record, dataset, &mut |main, text| {
        progress.add_rows(main.num_rows());
        feeds.add(main, text).map_err(|error| {
            failed = Some(error);
            StoreError::Stopped
        })
    });
    match failed {
        Some(error) => return Err(error),
        None => streamed?,
    }
    feeds.finish(true, false)
}

/// Whether an index was built under another definition or normaliser than is in force.
fn is_made_otherwise(dataset: &Dataset, index: Option<&IndexState>, sketches: Option<&SketchState>) -> bool {
    let is_normal = |version: u32| version == NORMALIZER_VERSION;
    index.is_some_and(|state| state.schema != dataset.hash || !is_normal(state.normalizer))
        || sketches.is_some_and(|state| !is_normal(state.normalizer) || state.format != FORMAT_VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::catalog::embedded;

    #[test]
    fn what_another_normaliser_built_is_built_anew() {
        let catalog = Catalog::parse(embedded()).unwrap();
        let dataset = catalog.dataset("petitions").unwrap();
        let index = |schema: &str, normalizer| IndexState {
            generation: "g".into(),
            schema: schema.into(),
            normalizer,
            commit: CommitVersion(1),
        };
        let of = |normalizer, format| SketchState {
            generation: "g".into(),
            runs: Vec::new(),
            normalizer,
            format,
            frequent: None,
            counted: 0,
        };
        let sketch = |normalizer| of(normalizer, FORMAT_VERSION);
        let now = NORMALIZER_VERSION;
        let table = [
            (Some(index(&dataset.hash, now)), Some(sketch(now)), false),
            (Some(index(&dataset.hash, now - 1)), Some(sketch(now)), true),
            (Some(index(&dataset.hash, now)), Some(sketch(now - 1)), true),
            (Some(index(&dataset.hash, now)), Some(of(now, FORMAT_VERSION - 1)), true),
            (Some(index("other", now)), None, true),
            (None, None, false),
        ];
        for (index, sketches, expected) in table {
            assert_eq!(is_made_otherwise(dataset, index.as_ref(), sketches.as_ref()), expected);
        }
    }
}
