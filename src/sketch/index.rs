//! The sketches of one dataset: all its runs read as one.
//!
//! A commit adds a run and names all runs, oldest first; an open index never changes, so a reader that
//! pinned a commit keeps its answers while the writer goes on. Which run an entry stands in has no
//! influence on any answer, unless a band is so full that its bound cuts it. What is compared are texts:
//! a letter that thousands sent is one candidate, and its records are asked for apart. Memory: 1.3 bytes
//! per record for the fences, the frequent shingles, 700,000 ordinals at most for a query, eight bytes per
//! entry for pairs and merges.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::domain::id::RecordId;
use crate::domain::limits::{
    SKETCH_GROUP_WINDOW, SKETCH_HELD_BYTES_MAX, SKETCH_RUN_ENTRIES, SKETCH_RUNS_MAX,
};
use crate::sketch::frequent::Frequent;
use crate::sketch::latest::ById;
use crate::sketch::merge::{Removals, merge};
use crate::sketch::minhash::Sketch;
use crate::sketch::run::{self, Bits, Run};
use crate::sketch::sharing::sharing;
use crate::sketch::shingle::{Shingles, shingles};
use crate::sketch::{SketchError, pairs, writer};

/// Version of the form in which sketches are kept; sketches of another version are made anew.
pub const FORMAT_VERSION: u32 = run::FORMAT_VERSION;

/// The sketches of one dataset at one commit.
#[derive(Debug)]
pub struct Index {
    dir: PathBuf,
    letter: u8,
    frequent: Arc<Frequent>,
    runs: Vec<Run>,
}

/// A text that may resemble the one asked about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Of the records that have the text, the one with the least id.
    pub id: RecordId,
    /// The text, for [`Index::same_text_members`].
    pub text_hash: u64,
    /// Estimated similarity, 0 to 1.
    pub estimate: f32,
    /// Greatest standard error of `estimate`: few shingles tell little.
    pub error: f32,
    /// Estimated share of the smaller text that stands in the other, 0 to 1; 0 where too little is known.
    pub containment: f32,
    /// Whether the text reads the same, marks and punctuation aside.
    pub same_text: bool,
    /// Whether both texts are short, so that only comparing them tells.
    pub is_short: bool,
}

/// Two records that may resemble each other; `one` < `other`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CandidatePair {
    /// The smaller id.
    pub one: RecordId,
    /// The greater id.
    pub other: RecordId,
    /// Estimated similarity, 0 to 1.
    pub estimate: f32,
    /// Whether the texts read the same, marks and punctuation aside.
    pub same_text: bool,
}

/// Writes the run `name` in `dir`, durably, of sketches made without the `frequent` shingles. For each id
/// the last entry counts; `None` = the record is gone, or has no syllable. Entries are held in memory:
/// begin another run after [`SKETCH_RUN_ENTRIES`].
///
/// # Errors
/// The folder cannot be written, or `name` is no plain file name.
pub fn write_run(
    dir: &Path,
    name: &str,
    frequent: &Frequent,
    entries: Vec<(RecordId, Option<Sketch>)>,
) -> Result<(), SketchError> {
    writer::write(dir, (name, frequent.sum()), entries)
}

impl Index {
    /// Opens the `runs` in `dir`, oldest first, of the dataset whose ids begin with `letter`, made without
    /// the `frequent` shingles.
    ///
    /// # Errors
    /// A run is missing, damaged, of another version or made without other shingles, or cannot be read.
    pub fn open(
        dir: &Path,
        letter: char,
        runs: &[String],
        frequent: Arc<Frequent>,
    ) -> Result<Self, SketchError> {
        let open = |name: &String| {
            let run = Run::open(&writer::run_path(dir, name)?)?;
            let is_made_so = run.header.frequent == frequent.sum();
            if is_made_so { Ok(run) } else { Err(SketchError::Outdated { path: run.source.path }) }
        };
        let runs = runs.iter().map(open).collect::<Result<_, _>>()?;
        Ok(Self { dir: dir.to_owned(), letter: u8::try_from(letter).unwrap_or(b'X'), frequent, runs })
    }

    /// The same index with its runs in memory, for who asks it about every record: a million petitions ask
    /// a billion times for a few bytes, and each time costs a call of the system. Runs of more than
    /// [`SKETCH_HELD_BYTES_MAX`] in all are read by position all the same.
    ///
    /// # Errors
    /// A run is damaged or cannot be read.
    pub fn held(&self) -> Result<Self, SketchError> {
        let open = |run: &Run| Run::open(&run.source.path);
        let mut runs: Vec<Run> = self.runs.iter().map(open).collect::<Result<_, _>>()?;
        if runs.iter().map(Run::bytes).sum::<u64>() <= SKETCH_HELD_BYTES_MAX {
            runs.iter_mut().try_for_each(|run| run.source.hold())?;
        }
        Ok(Self { dir: self.dir.clone(), letter: self.letter, frequent: Arc::clone(&self.frequent), runs })
    }

    /// The shingles that this index leaves out.
    #[must_use]
    pub fn frequent(&self) -> &Frequent {
        &self.frequent
    }

    /// The sketch of `text` as this index makes it; none if the text has no syllable.
    #[must_use]
    pub fn sketch(&self, text: &str) -> Option<Sketch> {
        self.sketch_of(&shingles(text))
    }

    /// The sketch of a text's shingles as this index makes it; none if there are none.
    #[must_use]
    pub fn sketch_of(&self, shingles: &Shingles) -> Option<Sketch> {
        Sketch::of_shingles(shingles, &self.frequent)
    }

    /// The sketch a text's shingles would have had if a little more or less of them were frequent, where that
    /// is another one: see [`Sketch::other_way`].
    #[must_use]
    pub fn other_sketch_of(&self, shingles: &Shingles) -> Option<Sketch> {
        Sketch::other_way(shingles, &self.frequent)
    }

    /// At most `limit` texts that may be similar to that of `sketch` to `min` or more, or one of which may
    /// stand in the other: the same text first, then by estimate, then by hash.
    ///
    /// # Errors
    /// A run is damaged or cannot be read.
    pub fn candidates(&self, sketch: &Sketch, min: f32, limit: usize) -> Result<Vec<Candidate>, SketchError> {
        let mut found = Vec::new();
        for run in &self.runs {
            for shared in sharing(run, sketch)? {
                let other = run.signature(shared.ordinal)?;
                let estimate = sketch.signature.estimate(&other);
                let containment = sketch.signature.containment(&other, shared.samples);
                let is_near = shared.bands > 0 && sketch.signature.may_reach(&other, estimate, min);
                if is_near || containment.is_some() {
                    let text_hash = run.text_hash(shared.ordinal)?;
                    found.push(Candidate {
                        id: self.record([0; 10]),
                        text_hash,
                        estimate,
                        error: sketch.signature.error(&other),
                        containment: containment.unwrap_or(0.0),
                        same_text: text_hash == sketch.text_hash,
                        is_short: sketch.signature.is_short && other.is_short,
                    });
                }
            }
        }
        found.sort_by(|one, other| {
            let near = |one: &Candidate| one.estimate.max(one.containment);
            let order = other.same_text.cmp(&one.same_text).then(near(other).total_cmp(&near(one)));
            order.then(one.text_hash.cmp(&other.text_hash))
        });
        found.dedup_by_key(|one| one.text_hash);
        self.with_members(found, limit)
    }

    /// At most `limit` of the records whose text has this hash, those with the least ids, in order.
    ///
    /// # Errors
    /// A run is damaged or cannot be read.
    pub fn same_text_members(&self, text_hash: u64, limit: usize) -> Result<Vec<RecordId>, SketchError> {
        let mut members = Vec::new();
        for (place, run) in self.runs.iter().enumerate() {
            let Some(text) = run.text(text_hash)? else { continue };
            let mut left = limit;
            for record in run.members(text, usize::MAX)? {
                let id = run.id(record)?;
                if left == 0 {
                    break;
                }
                if !self.is_hidden(&id, place)? {
                    members.push(id);
                    left -= 1;
                }
            }
        }
        members.sort_unstable();
        members.truncate(limit);
        Ok(members.into_iter().map(|id| self.record(id)).collect())
    }

    /// Gives each pair of records that share a band and may be similar to `min` or more to `sink`, once.
    /// The order is always the same for the same records, but means nothing.
    ///
    /// # Errors
    /// A run is damaged or cannot be read, or `sink` fails.
    pub fn all_pairs<E: From<SketchError>>(
        &self,
        min: f32,
        sink: &mut impl FnMut(CandidatePair) -> Result<(), E>,
    ) -> Result<(), E> {
        let bounds = pairs::Bounds { min, window: SKETCH_GROUP_WINDOW };
        pairs::pairs(&self.runs, bounds, &mut |near: pairs::Near| {
            let ones = self.same_text_members(near.one, usize::MAX)?;
            let same_text = near.one == near.other;
            if same_text {
                let near_in_order = |place: usize| ones.iter().skip(place + 1).take(SKETCH_GROUP_WINDOW);
                let pairs = ones.iter().enumerate();
                let mut pairs =
                    pairs.flat_map(|(place, one)| near_in_order(place).map(move |other| (*one, *other)));
                let pair = |(one, other)| CandidatePair { one, other, estimate: near.estimate, same_text };
                return pairs.try_for_each(|found| sink(pair(found)));
            }
            let others = self.same_text_members(near.other, SKETCH_GROUP_WINDOW)?;
            for a in ones.iter().take(SKETCH_GROUP_WINDOW) {
                for b in &others {
                    let (one, other) = (*a.min(b), *a.max(b));
                    sink(CandidatePair { one, other, estimate: near.estimate, same_text })?;
                }
            }
            Ok(())
        })
    }

    /// Gives the id of every record to `sink`, in order.
    ///
    /// # Errors
    /// A run is damaged or cannot be read, or `sink` fails.
    pub fn all_records<E: From<SketchError>>(
        &self,
        sink: &mut impl FnMut(RecordId) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut ids = ById::new(&self.runs)?;
        while let Some(latest) = ids.advance()? {
            if latest.ordinal.is_some() {
                sink(self.record(latest.id))?;
            }
        }
        Ok(())
    }

    /// Which neighbouring runs to merge next, if any. A run is merged with all newer ones once these fill a
    /// run and it does not outweigh them twice: every run costs a query its look-ups. Of smaller runs the
    /// newest are merged when there are too many, up to the first that outweighs all newer ones twice. Either
    /// way a record is rewritten a logarithmic number of times.
    #[must_use]
    pub fn merge_plan(&self) -> Option<Range<usize>> {
        planned(&self.runs.iter().map(Run::entries).collect::<Vec<_>>())
    }

    /// Writes the run `name` that says what `runs`, neighbours of this index, say together. The caller
    /// names it in their place from the next commit on.
    ///
    /// # Errors
    /// A run is damaged, or the folder cannot be read or written.
    pub fn merge(&self, runs: Range<usize>, name: &str) -> Result<(), SketchError> {
        let removals = if runs.start == 0 { Removals::Dropped } else { Removals::Kept };
        let runs = self.runs.get(runs).unwrap_or_default();
        merge(&self.dir, runs, (name, self.frequent.sum()), removals)
    }

    /// Reads every byte of every run and compares the sums.
    ///
    /// # Errors
    /// A run is damaged or cannot be read.
    pub fn verify(&self) -> Result<(), SketchError> {
        self.runs.iter().try_for_each(Run::verify)
    }

    /// Those of the texts `found` that a record still has, and which record that is.
    fn with_members(&self, found: Vec<Candidate>, limit: usize) -> Result<Vec<Candidate>, SketchError> {
        let mut candidates = Vec::new();
        for candidate in found {
            if candidates.len() == limit {
                break;
            }
            if let Some(id) = self.same_text_members(candidate.text_hash, 1)?.first() {
                candidates.push(Candidate { id: *id, ..candidate });
            }
        }
        Ok(candidates)
    }

    /// Whether a run newer than the one at `place` knows `id`.
    fn is_hidden(&self, id: &Bits, place: usize) -> Result<bool, SketchError> {
        for newer in self.runs.iter().skip(place + 1) {
            if newer.knows(id)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn record(&self, bits: Bits) -> RecordId {
        RecordId::from_parts(self.letter, bits)
    }
}

/// [`Index::merge_plan`] for runs of so many `entries`.
fn planned(entries: &[u64]) -> Option<Range<usize>> {
    let newer = |place: usize| entries.iter().skip(place + 1).sum::<u64>();
    let is_outweighed = |(place, own): (usize, &u64)| {
        let newer = newer(place);
        newer >= SKETCH_RUN_ENTRIES as u64 && *own <= 2 * newer
    };
    let start = entries.iter().enumerate().position(is_outweighed).or_else(|| {
        let newest = entries.len().checked_sub(2).filter(|_| entries.len() > SKETCH_RUNS_MAX)?;
        let outweighs = |place: &usize| entries.get(*place).is_some_and(|own| *own > 2 * newer(*place));
        Some((0..newest).rev().find(outweighs).map_or(0, |place| place + 1))
    })?;
    Some(start..entries.len())
}

#[cfg(test)]
mod tests;
