//! Which records of one run share something with a sketch.
//!
//! A band is read up to a bound, since a fuller one is boilerplate, and only those that share most are
//! compared: the work for a query does not grow with the corpus.

use rustc_hash::FxHashMap;

use crate::domain::limits::{SKETCH_BUCKET_ENTRIES_MAX, SKETCH_COMPARED_MAX};
use crate::sketch::SketchError;
use crate::sketch::minhash::{BANDS, Sketch};
use crate::sketch::run::{Run, number};

/// The ordinals in `run` that share a band or the text, those that share most first.
pub(in crate::sketch) fn sharing(run: &Run, sketch: &Sketch) -> Result<Vec<u32>, SketchError> {
    let mut shared: FxHashMap<u32, usize> = FxHashMap::default();
    let most = SKETCH_BUCKET_ENTRIES_MAX;
    for (section, key) in run.layout.bands.iter().zip(sketch.bands()) {
        section.equal(&run.source, &key.to_be_bytes(), most, &mut |entry| {
            *shared.entry(ordinal(entry)).or_default() += 1;
        })?;
    }
    run.layout.texts.equal(&run.source, &sketch.text_hash.to_be_bytes(), most, &mut |entry| {
        *shared.entry(ordinal(entry)).or_default() += BANDS;
    })?;
    let mut ordinals: Vec<(u32, usize)> = shared.into_iter().collect();
    ordinals.sort_unstable_by_key(|(ordinal, bands)| (std::cmp::Reverse(*bands), *ordinal));
    ordinals.truncate(SKETCH_COMPARED_MAX);
    Ok(ordinals.into_iter().map(|(ordinal, _)| ordinal).collect())
}

/// The ordinal an entry of a table ends with.
fn ordinal(entry: &[u8]) -> u32 {
    entry.last_chunk::<4>().map_or(u32::MAX, |bytes| number(bytes) as u32)
}
