//! Sketches made anew, because what is frequent has changed.
//!
//! What is frequent is counted when a dataset is large enough and again whenever it has grown fourfold, at
//! the end of the commit that makes it so; within a generation it never changes. After that, sketches are a
//! function of the records alone. The full-text index is not touched.

use crate::definition::dataset::Dataset;
use crate::domain::commit::CommitVersion;
use crate::domain::limits::{FREQUENT_GROWTH, FREQUENT_RECORDS_MIN};
use crate::engine::commit::Making;
use crate::engine::feeds::Feeds;
use crate::engine::progress::{Progress, Step};
use crate::engine::rebuild::feed_all;
use crate::engine::snapshot::sketch_folder;
use crate::engine::{Engine, EngineError};
use crate::sketch::frequent::Sample;
use crate::sketch::index::FORMAT_VERSION;
use crate::store::commit::{Operation, SketchState};
use crate::store::schema::TableKind;
use crate::store::table::{strings, text_at};
use crate::store::{StoreError, aligned};
use crate::text::NORMALIZER_VERSION;

/// File of the frequent shingles in the folder of a generation.
const FREQUENT_FILE: &str = "frequent";

impl Engine {
    /// Counts anew what is frequent in the texts of `dataset` and makes their sketches anew. From then on
    /// what resembles what depends on the records alone, not on the way they came.
    ///
    /// # Errors
    /// The engine only reads, the dataset is not sketched, or a table is damaged.
    pub fn resketch(&self, dataset: &str, progress: &Progress) -> Result<CommitVersion, EngineError> {
        let dataset = self.snapshot()?.dataset(dataset)?.clone();
        if dataset.similar.is_none() {
            return Err(EngineError::NotSketched(dataset.name));
        }
        let mut guard = self.writing()?;
        let mut making = Making::begin(self, &mut guard, progress)?;
        progress.begin(Step::Rebuild);
        making.next.operation = Operation::Rebuild;
        let made = making.resketch(&dataset).and_then(|()| making.publish());
        if made.is_err() {
            making.forget();
        }
        made
    }
}

impl Making<'_> {
    /// Makes the sketches of `dataset` anew if it has grown so much that what is frequent must be counted
    /// again.
    pub(super) fn resketch_if_grown(&mut self, dataset: &Dataset) -> Result<(), EngineError> {
        let Some(state) = self.next.sketches.get(&dataset.name) else { return Ok(()) };
        let due = state.counted.saturating_mul(FREQUENT_GROWTH).max(FREQUENT_RECORDS_MIN);
        if self.records(dataset) >= due { self.resketch(dataset) } else { Ok(()) }
    }

    fn resketch(&mut self, dataset: &Dataset) -> Result<(), EngineError> {
        let generation = format!("g{:010}-{:016x}", self.next.commit.0, self.salt);
        self.count_frequent(dataset, generation)?;
        let record = self.next.clone();
        feed_all(&record, dataset, Feeds::open_sketches(self, dataset))
    }

    /// Begins a generation of sketches of `dataset`: counts what is frequent, writes it, and names both.
    pub(super) fn count_frequent(
        &mut self,
        dataset: &Dataset,
        generation: String,
    ) -> Result<(), EngineError> {
        let Some(column) = &dataset.similar else { return Ok(()) };
        let home = &self.engine.home;
        let mut sample = Sample::default();
        aligned::for_each(home, &self.next, dataset, &mut |main, text| {
            let source = if main.column_by_name(column).is_some() { main } else { text };
            let (ids, texts) = (strings(main, "id")?, strings(source, column)?);
            for row in 0..main.num_rows() {
                if let Some(text) = text_at(texts, row) {
                    sample.add(crate::store::keys::parse_id(ids.value(row), &dataset.name)?, text);
                }
            }
            Ok::<_, StoreError>(())
        })?;
        let frequent = sample.frequent();
        let folder = sketch_folder(home, &dataset.name, &generation);
        crate::store::home::make_folders(home.folder(), &folder)?;
        frequent.write(&folder, FREQUENT_FILE)?;
        let state = SketchState {
            generation,
            runs: Vec::new(),
            normalizer: NORMALIZER_VERSION,
            format: FORMAT_VERSION,
            frequent: Some(FREQUENT_FILE.to_owned()),
            counted: self.records(dataset),
        };
        self.next.sketches.insert(dataset.name.clone(), state);
        Ok(())
    }

    fn records(&self, dataset: &Dataset) -> u64 {
        let table = self.next.tables.get(&TableKind::Main.path(&dataset.name));
        table.map_or(0, crate::store::commit::TableState::rows)
    }
}
