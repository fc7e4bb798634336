//! What a commit feeds beside the tables: the full-text index and the sketch runs of one dataset.
//!
//! Rows come in as the tables get them, secrets already taken out, so that an index holds just what its
//! tables hold. Everything is durable under the commit's number before the commit's record is written.
//!
//! Texts are sketched on two threads; each sketch depends on its text and on the generation's frequent
//! shingles alone.

use std::sync::Arc;

use arrow::array::RecordBatch;

use crate::definition::dataset::Dataset;
use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::limits::{SKETCH_RUN_ENTRIES, SKETCH_THREADS};
use crate::engine::EngineError;
use crate::engine::commit::{Making, OpenIndex};
use crate::engine::progress::Progress;
use crate::engine::snapshot::{frequent, index_folder, sketch_folder};
use crate::search::writer::Writer as IndexWriter;
use crate::sketch::frequent::Frequent;
use crate::sketch::index::{FORMAT_VERSION, Index, write_run};
use crate::sketch::minhash::Sketch;
use crate::sketch::shingle::shingles;
use crate::store::commit::{IndexState, SketchState};
use crate::store::home::Home;
use crate::store::table::{strings, text_at};
use crate::text::NORMALIZER_VERSION;

/// Fewer rows are not worth a thread.
const ROWS_PER_THREAD: usize = 64;

/// Where new rows of a dataset go beside its tables.
pub(super) struct Feeds<'m, 'a> {
    making: &'m mut Making<'a>,
    dataset: Dataset,
    is_indexed: bool,
    /// Read when first needed.
    frequent: Option<Arc<Frequent>>,
    runs: Vec<String>,
    entries: Vec<(RecordId, Option<Sketch>)>,
}

impl<'m, 'a> Feeds<'m, 'a> {
    pub(super) fn open(making: &'m mut Making<'a>, dataset: &Dataset) -> Self {
        let is_indexed = dataset.is_searched();
        let (runs, entries) = (Vec::new(), Vec::new());
        Self { making, dataset: dataset.clone(), is_indexed, frequent: None, runs, entries }
    }

    /// As [`Feeds::open`], but the full-text index stays as it is.
    pub(super) fn open_sketches(making: &'m mut Making<'a>, dataset: &Dataset) -> Self {
        Self { is_indexed: false, ..Self::open(making, dataset) }
    }

    /// Where the store is, and who watches.
    pub(super) fn surroundings(&self) -> (Home, &'a Progress) {
        (self.making.engine.home.clone(), self.making.progress)
    }

    /// Earlier versions of these records go.
    pub(super) fn begin(&mut self, gone: &[RecordId]) -> Result<(), EngineError> {
        if self.is_indexed {
            let ids: Vec<String> = gone.iter().map(RecordId::to_string).collect();
            self.index()?.delete(&ids)?;
        }
        if self.dataset.similar.is_some() {
            self.entries.extend(gone.iter().map(|id| (*id, None)));
        }
        Ok(())
    }

    /// New rows.
    pub(super) fn add(&mut self, main: &RecordBatch, text: &RecordBatch) -> Result<(), EngineError> {
        if self.is_indexed {
            self.index()?.add_batch(main, Some(text))?;
        }
        let Some(column) = self.dataset.similar.clone() else { return Ok(()) };
        let source = if main.column_by_name(&column).is_some() { main } else { text };
        let (ids, texts) = (strings(main, "id")?, strings(source, &column)?);
        let mut rows = Vec::with_capacity(main.num_rows());
        for row in 0..main.num_rows() {
            let id = crate::store::keys::parse_id(ids.value(row), &self.dataset.name)?;
            rows.extend(text_at(texts, row).map(|text| (id, text)));
        }
        let frequent = self.frequent()?;
        self.entries.extend(sketched(&rows, &frequent));
        if self.entries.len() >= SKETCH_RUN_ENTRIES { self.write_run() } else { Ok(()) }
    }

    /// Makes the indexes durable under the commit's number.
    pub(super) fn finish(mut self, changed: bool, expunge: bool) -> Result<(), EngineError> {
        if !changed {
            return Ok(());
        }
        if self.is_indexed {
            let commit = self.making.next.commit;
            let index = self.index()?;
            index.commit(commit)?;
            if expunge {
                // Postings of a name that is secret now must not stay in a segment until some later merge.
                index.optimize()?;
            }
            let generation = self.generation();
            let state = IndexState {
                generation,
                commit,
                schema: self.dataset.hash.clone(),
                normalizer: NORMALIZER_VERSION,
            };
            self.making.next.indexes.insert(self.dataset.name.clone(), state);
        }
        if !self.entries.is_empty() {
            self.write_run()?;
        }
        self.merge_runs()
    }

    /// Removes what only earlier commits of the index show.
    pub(super) fn forget_earlier(&mut self) -> Result<(), EngineError> {
        let commit = self.making.next.commit;
        Ok(self.index()?.forget_before(commit)?)
    }

    fn write_run(&mut self) -> Result<(), EngineError> {
        let folder = self.sketch_folder();
        crate::store::home::make_folders(self.making.engine.home.folder(), &folder)?;
        let name =
            format!("run-{:010}-{:03}-{:016x}", self.making.next.commit.0, self.runs.len(), self.making.salt);
        let frequent = self.frequent()?;
        write_run(&folder, &name, &frequent, std::mem::take(&mut self.entries))?;
        self.runs.push(name);
        Ok(())
    }

    /// Rows without a text have no run, and their sketch index is there all the same: one that lacks is
    /// built at the next start.
    fn merge_runs(&mut self) -> Result<(), EngineError> {
        if self.runs.is_empty() {
            if self.dataset.similar.is_some() {
                let state = self.sketch_state();
                self.making.next.sketches.insert(self.dataset.name.clone(), state);
            }
            return Ok(());
        }
        let folder = self.sketch_folder();
        let mut state = self.sketch_state();
        state.runs.append(&mut self.runs);
        let frequent = self.frequent()?;
        let index = Index::open(&folder, self.dataset.letter, &state.runs, frequent)?;
        if let Some(range) = index.merge_plan() {
            let name = format!("run-{:010}-fold-{:016x}", self.making.next.commit.0, self.making.salt);
            index.merge(range.clone(), &name)?;
            state.runs.splice(range, [name]);
        }
        self.making.next.sketches.insert(self.dataset.name.clone(), state);
        Ok(())
    }

    fn sketch_state(&self) -> SketchState {
        let known = self.making.next.sketches.get(&self.dataset.name).cloned();
        known.unwrap_or_else(|| SketchState {
            generation: first_generation(self.making.next.commit),
            runs: Vec::new(),
            normalizer: NORMALIZER_VERSION,
            format: FORMAT_VERSION,
            frequent: None,
            counted: 0,
        })
    }

    /// The shingles that the generation's sketches leave out.
    fn frequent(&mut self) -> Result<Arc<Frequent>, EngineError> {
        if let Some(known) = &self.frequent {
            return Ok(Arc::clone(known));
        }
        let read = frequent(&self.sketch_folder(), &self.sketch_state())?;
        Ok(Arc::clone(self.frequent.insert(read)))
    }

    fn sketch_folder(&self) -> std::path::PathBuf {
        sketch_folder(&self.making.engine.home, &self.dataset.name, &self.sketch_state().generation)
    }

    fn generation(&self) -> String {
        let known = self.making.next.indexes.get(&self.dataset.name);
        known.map_or_else(|| first_generation(self.making.next.commit), |state| state.generation.clone())
    }

    /// The dataset's index, open for writing.
    fn index(&mut self) -> Result<&mut IndexWriter, EngineError> {
        let generation = self.generation();
        let name = self.dataset.name.clone();
        let is_open = |open: &OpenIndex| open.dataset == name && open.generation == generation;
        if !self.making.writer.index.as_ref().is_some_and(is_open) {
            if let Some(other) = self.making.writer.index.take() {
                other.writer.close()?;
            }
            let indexes = if self.making.is_published {
                &self.making.next.indexes
            } else {
                &self.making.before.indexes
            };
            let expected = indexes.get(&name).filter(|state| state.generation == generation);
            let folder = index_folder(&self.making.engine.home, &name, &generation);
            crate::store::home::make_folders(self.making.engine.home.folder(), &folder)?;
            let writer = IndexWriter::open(&folder, &self.dataset, expected.map(|state| state.commit))?;
            self.making.writer.index = Some(OpenIndex { dataset: name, generation, writer });
        }
        let open = self.making.writer.index.as_mut().ok_or(EngineError::WriterGone)?;
        Ok(&mut open.writer)
    }
}

/// Name of the generation that a commit begins.
pub(super) fn first_generation(commit: CommitVersion) -> String {
    format!("g{:010}", commit.0)
}

/// Sketches of `rows` that have a syllable, in their order.
fn sketched(rows: &[(RecordId, &str)], frequent: &Frequent) -> Vec<(RecordId, Option<Sketch>)> {
    let part = |rows: &[(RecordId, &str)]| -> Vec<(RecordId, Option<Sketch>)> {
        let sketch = |text: &str| Sketch::of_shingles(&shingles(text), frequent);
        rows.iter().filter_map(|(id, text)| Some((*id, Some(sketch(text)?)))).collect()
    };
    let most = rows.len().div_ceil(SKETCH_THREADS).max(ROWS_PER_THREAD);
    let Some((first, rest)) = rows.split_at_checked(most) else { return part(rows) };
    std::thread::scope(|scope| {
        let others: Vec<_> = rest.chunks(most).map(|rows| scope.spawn(|| part(rows))).collect();
        let mut all = part(first);
        for other in others {
            match other.join() {
                Ok(found) => all.extend(found),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}
