//! Makes one run of several.
//!
//! Everything is streamed; four bytes per entry are in memory, the new ordinals. Within a run the order
//! of ordinals is the order of ids, so entries sorted by (key, ordinal) stay sorted when renumbered and
//! the tables merge without sorting.

use std::path::Path;

use crate::sketch::SketchError;
use crate::sketch::latest::{ById, ByKey, Latest, Ranks};
use crate::sketch::layout::{BAND_BYTES, ID_BYTES, SKETCH_BYTES, TEXT_BYTES};
use crate::sketch::minhash::BANDS;
use crate::sketch::run::Run;
use crate::sketch::writer::{RunWriter, band_entry, sketch_entry, text_entry};

/// Which removals a merge writes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sketch) enum Removals {
    /// All, because an older run may still have the record.
    Kept,
    /// None, because no older run is left.
    Dropped,
}

/// Writes the run `name` in `dir` that says what `runs`, oldest first, say together.
pub(in crate::sketch) fn merge(
    dir: &Path,
    runs: &[Run],
    name: &str,
    removals: Removals,
) -> Result<(), SketchError> {
    let ranks = Ranks::of(runs)?;
    let mut writer = RunWriter::create(dir, name)?;
    let records = writer.sorted::<ID_BYTES>(ID_BYTES, walk(runs, |one| one.ordinal.map(|_| Ok(one.id)))?)?;
    let is_removal = |one: Latest| one.ordinal.is_none() && removals == Removals::Kept;
    let removed =
        writer.sorted::<ID_BYTES>(ID_BYTES, walk(runs, |one| is_removal(one).then_some(Ok(one.id)))?)?;
    for band in 0..BANDS {
        let table = ByKey::new(runs, &ranks, |layout| layout.bands.get(band))?;
        writer.sorted::<BAND_BYTES>(4, entries(table, |key, rank| band_entry(key as u32, rank)))?;
    }
    let sketch = |one: Latest| {
        let (run, ordinal) = (runs.get(one.run)?, one.ordinal?);
        Some(run.sketch(ordinal).map(|sketch| sketch_entry(&sketch)))
    };
    writer.sorted::<SKETCH_BYTES>(0, walk(runs, sketch)?)?;
    let table = ByKey::new(runs, &ranks, |layout| Some(&layout.texts))?;
    writer.sorted::<TEXT_BYTES>(8, entries(table, text_entry))?;
    writer.finish(records, removed)
}

/// What `choose` makes of the last word on each id, in order.
fn walk<'r, T>(
    runs: &'r [Run],
    choose: impl Fn(Latest) -> Option<Result<T, SketchError>> + 'r,
) -> Result<impl Iterator<Item = Result<T, SketchError>> + 'r, SketchError> {
    let mut ids = ById::new(runs)?;
    Ok(std::iter::from_fn(move || ids.advance().transpose())
        .filter_map(move |latest| latest.map_or_else(|error| Some(Err(error)), &choose)))
}

fn entries<T>(
    mut table: ByKey<'_>,
    entry: impl Fn(u64, u32) -> T,
) -> impl Iterator<Item = Result<T, SketchError>> {
    std::iter::from_fn(move || table.advance().transpose())
        .map(move |found| found.map(|found| entry(found.key, found.rank)))
}
