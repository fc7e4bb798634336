//! Which texts of one run share something with a sketch.
//!
//! A band is read up to a bound, since a fuller one is boilerplate, and only those that share most are
//! compared: the work for a query does not grow with the corpus.

use rustc_hash::FxHashMap;

use crate::domain::limits::{SKETCH_BUCKET_ENTRIES_MAX, SKETCH_COMPARED_MAX};
use crate::sketch::SketchError;
use crate::sketch::layout::{BAND_KEY_BYTES, SAMPLE_KEY_BYTES};
use crate::sketch::minhash::Sketch;
use crate::sketch::run::{Run, number};
use crate::sketch::section::Section;

/// A text that shares something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::sketch) struct Shared {
    /// Its ordinal in the run.
    pub(in crate::sketch) ordinal: u32,
    /// Bands both have.
    pub(in crate::sketch) bands: u16,
    /// Samples both have.
    pub(in crate::sketch) samples: u16,
}

/// The texts in `run` that share a band, a sample or the text of `sketch`, those that share most first.
pub(in crate::sketch) fn sharing(run: &Run, sketch: &Sketch) -> Result<Vec<Shared>, SketchError> {
    let mut found: FxHashMap<u32, Shared> = FxHashMap::default();
    for (section, key) in run.layout.bands.iter().zip(sketch.signature.bands()) {
        each(run, section, (key, BAND_KEY_BYTES), &mut |ordinal| {
            found.entry(ordinal).or_default().bands += 1;
        })?;
    }
    for key in &sketch.samples {
        each(run, &run.layout.samples, (*key, SAMPLE_KEY_BYTES), &mut |ordinal| {
            found.entry(ordinal).or_default().samples += 1;
        })?;
    }
    if let Some(ordinal) = run.text(sketch.text_hash)? {
        // Its bands may be too full to be read as far as to it.
        found.entry(ordinal).or_default().bands = u16::MAX;
    }
    let mut shared: Vec<Shared> =
        found.into_iter().map(|(ordinal, shared)| Shared { ordinal, ..shared }).collect();
    let weight = |one: &Shared| (u32::from(one.bands) + u32::from(one.samples), one.bands);
    shared.sort_unstable_by_key(|one| (std::cmp::Reverse(weight(one)), one.ordinal));
    shared.truncate(SKETCH_COMPARED_MAX);
    Ok(shared)
}

/// Gives the ordinals of the texts under a key to `sink`, up to a bound.
fn each(
    run: &Run,
    section: &Section,
    (key, bytes): (u32, usize),
    sink: &mut impl FnMut(u32),
) -> Result<(), SketchError> {
    let key = key.to_be_bytes();
    let key = key.get(key.len() - bytes..).unwrap_or_default();
    section.equal(&run.source, key, SKETCH_BUCKET_ENTRIES_MAX, &mut |entry| {
        sink(number(entry.get(bytes..).unwrap_or_default()) as u32);
    })
}
