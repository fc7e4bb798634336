//! The sketches of one dataset: all its runs read as one.
//!
//! A commit adds a run and names all runs, oldest first; an open index never changes, so a reader that
//! pinned a commit keeps its answers while the writer goes on. Which run an entry stands in has no
//! influence on any answer, unless a band is so full that its bound cuts it. Memory: 0.3 bytes per record
//! for the fences, half a million ordinals at most for a query, four bytes per entry for pairs and merges.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::domain::id::RecordId;
use crate::domain::limits::{SKETCH_GROUP_WINDOW, SKETCH_RUNS_MAX};
use crate::sketch::merge::{Removals, merge};
use crate::sketch::minhash::Sketch;
use crate::sketch::run::{Bits, Run};
use crate::sketch::sharing::sharing;
use crate::sketch::{SketchError, pairs, writer};

/// The sketches of one dataset at one commit.
#[derive(Debug)]
pub struct Index {
    dir: PathBuf,
    letter: u8,
    runs: Vec<Run>,
}

/// A record that may resemble the text asked about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The record.
    pub id: RecordId,
    /// Estimated similarity, 0 to 1.
    pub estimate: f32,
    /// Whether the text reads the same, marks and punctuation aside.
    pub same_text: bool,
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

/// Writes the run `name` in `dir`, durably. For each id the last entry counts; `None` = the record is
/// gone, or has no syllable. Entries are held in memory: begin another run after
/// [`SKETCH_RUN_ENTRIES`](crate::domain::limits::SKETCH_RUN_ENTRIES).
///
/// # Errors
/// The folder cannot be written, or `name` is no plain file name.
pub fn write_run(
    dir: &Path,
    name: &str,
    entries: Vec<(RecordId, Option<Sketch>)>,
) -> Result<(), SketchError> {
    writer::write(dir, name, entries)
}

impl Index {
    /// Opens the `runs` in `dir`, oldest first, of the dataset whose ids begin with `letter`.
    ///
    /// # Errors
    /// A run is missing, damaged, of another version, or cannot be read.
    pub fn open(dir: &Path, letter: char, runs: &[String]) -> Result<Self, SketchError> {
        let open = |name: &String| Run::open(&writer::run_path(dir, name)?);
        let runs = runs.iter().map(open).collect::<Result<_, _>>()?;
        Ok(Self { dir: dir.to_owned(), letter: u8::try_from(letter).unwrap_or(b'X'), runs })
    }

    /// At most `limit` records that share a band or the text of `sketch`: those with the same text
    /// first, then by estimate, then by id.
    ///
    /// # Errors
    /// A run is damaged or cannot be read.
    pub fn candidates(&self, sketch: &Sketch, limit: usize) -> Result<Vec<Candidate>, SketchError> {
        let mut found = Vec::new();
        for (place, run) in self.runs.iter().enumerate() {
            for ordinal in sharing(run, sketch)? {
                let other = run.sketch(ordinal)?;
                let same_text = other.text_hash == sketch.text_hash;
                let candidate = (same_text, sketch.estimate(&other), run.id(ordinal)?);
                found.push((candidate, place));
            }
        }
        found.sort_by(|((same, estimate, id), _), ((other_same, other_estimate, other_id), _)| {
            other_same.cmp(same).then(other_estimate.total_cmp(estimate)).then(id.cmp(other_id))
        });
        let mut candidates = Vec::new();
        for ((same_text, estimate, id), place) in found {
            if candidates.len() == limit {
                break;
            }
            if !self.is_hidden(&id, place)? {
                candidates.push(Candidate { id: self.record(id), estimate, same_text });
            }
        }
        Ok(candidates)
    }

    /// Gives each pair of records that share a band and are estimated at `min_estimate` or more to
    /// `sink`, once. The order is always the same for the same records, but means nothing.
    ///
    /// # Errors
    /// A run is damaged or cannot be read, or `sink` fails.
    pub fn all_pairs<E: From<SketchError>>(
        &self,
        min_estimate: f32,
        sink: &mut impl FnMut(CandidatePair) -> Result<(), E>,
    ) -> Result<(), E> {
        let bounds = pairs::Bounds { min_estimate, window: SKETCH_GROUP_WINDOW };
        pairs::pairs(&self.runs, bounds, &mut |near: pairs::Near| {
            sink(CandidatePair {
                one: self.record(near.one),
                other: self.record(near.other),
                estimate: near.estimate,
                same_text: near.same_text,
            })
        })
    }

    /// Which neighbouring runs to merge next, if there are too many: the newest ones up to the first
    /// that outweighs all newer ones twice, so that a record is rewritten a logarithmic number of times.
    #[must_use]
    pub fn merge_plan(&self) -> Option<Range<usize>> {
        if self.runs.len() <= SKETCH_RUNS_MAX {
            return None;
        }
        let (mut start, mut weight) = (self.runs.len(), 0);
        for (place, run) in self.runs.iter().enumerate().rev() {
            if self.runs.len() - start >= 2 && run.entries() > 2 * weight {
                break;
            }
            (start, weight) = (place, weight + run.entries());
        }
        Some(start..self.runs.len())
    }

    /// Writes the run `name` that says what `runs`, neighbours of this index, say together. The caller
    /// names it in their place from the next commit on.
    ///
    /// # Errors
    /// A run is damaged, or the folder cannot be read or written.
    pub fn merge(&self, runs: Range<usize>, name: &str) -> Result<(), SketchError> {
        let removals = if runs.start == 0 { Removals::Dropped } else { Removals::Kept };
        merge(&self.dir, self.runs.get(runs).unwrap_or_default(), name, removals)
    }

    /// Reads every byte of every run and compares the sums.
    ///
    /// # Errors
    /// A run is damaged or cannot be read.
    pub fn verify(&self) -> Result<(), SketchError> {
        self.runs.iter().try_for_each(Run::verify)
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

#[cfg(test)]
mod tests;
