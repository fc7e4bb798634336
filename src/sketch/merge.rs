//! Makes one run of several.
//!
//! Everything is streamed; four bytes per record and per text are in memory, the new ordinals. Within a
//! run the order of ordinals is the order of ids and of text hashes, so entries sorted by (key, ordinal)
//! stay sorted when renumbered and the tables merge without sorting.

use std::path::Path;

use crate::sketch::SketchError;
use crate::sketch::latest::{ById, ByKey, ByText, Latest, Ranks, Text};
use crate::sketch::layout::{
    BAND_KEY_BYTES, Counts, ID_BYTES, Layout, SAMPLE_KEY_BYTES, SIGNATURE_BYTES, TEXT_BYTES,
};
use crate::sketch::minhash::BANDS;
use crate::sketch::run::{Run, encode_signature};
use crate::sketch::section::Section;
use crate::sketch::writer::{Entry, RunWriter};

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
    (name, frequent): (&str, u64),
    removals: Removals,
) -> Result<(), SketchError> {
    let ranks = Ranks::of(runs)?;
    let mut writer = RunWriter::create(dir, name)?;
    let ids = walk(runs, |one| one.ordinal.map(|_| one.id))?;
    let records = writer.table(ID_BYTES, ids)? as u32;
    let is_removal = |one: Latest| one.ordinal.is_none() && removals == Removals::Kept;
    let removed = walk(runs, |one| is_removal(one).then_some(one.id))?;
    let removed = writer.table(ID_BYTES, removed)? as u32;
    let width = Counts::ordinal_bytes(records);
    let texts = texts(&mut writer, runs, &ranks, width)?;
    for band in 0..BANDS {
        let table = ByKey::new(runs, &ranks, |layout| layout.bands.get(band))?;
        writer.table(BAND_KEY_BYTES, entries(table, BAND_KEY_BYTES, width))?;
    }
    let signature = |text: Text| {
        let (run, ordinal) =
            text.places.first().and_then(|(run, ordinal)| Some((runs.get(*run)?, *ordinal)))?;
        Some(run.signature(ordinal).map(|signature| encode_signature(&signature)))
    };
    writer.table::<[u8; SIGNATURE_BYTES]>(
        0,
        live(runs, &ranks)?.filter_map(move |text| match text {
            Ok(text) => signature(text),
            Err(error) => Some(Err(error)),
        }),
    )?;
    let samples: fn(&Layout) -> Option<&Section> = |layout| Some(&layout.samples);
    let table = ByKey::new(runs, &ranks, samples)?;
    let samples = writer.table(SAMPLE_KEY_BYTES, entries(table, SAMPLE_KEY_BYTES, width))?;
    let counts = Counts { records, removed, texts, samples };
    writer.finish(counts, frequent)
}

/// Writes the hashes of the texts and their members; returns the number of texts.
fn texts(writer: &mut RunWriter, runs: &[Run], ranks: &Ranks, width: usize) -> Result<u32, SketchError> {
    let hashes = live(runs, ranks)?.map(|text| text.map(|text| text.hash.to_be_bytes()));
    let count = writer.table(TEXT_BYTES, hashes)? as u32;
    let members = live(runs, ranks)?.zip(0u32..).flat_map(|(text, place)| {
        let (members, failed) = match text {
            Ok(text) => (text.members, None),
            Err(error) => (Vec::new(), Some(Err(error))),
        };
        let entry = move |rank| Ok(Entry::of((u64::from(place), width), (rank, width)));
        members.into_iter().map(entry).chain(failed)
    });
    writer.table(width, members)?;
    Ok(count)
}

/// What `choose` makes of the last word on each id, in order.
fn walk<'r, T>(
    runs: &'r [Run],
    choose: impl Fn(Latest) -> Option<T> + 'r,
) -> Result<impl Iterator<Item = Result<T, SketchError>> + 'r, SketchError> {
    let mut ids = ById::new(runs)?;
    Ok(std::iter::from_fn(move || ids.advance().transpose())
        .filter_map(move |latest| latest.map(&choose).transpose()))
}

/// The texts that a record still has, by hash.
fn live<'r>(
    runs: &'r [Run],
    ranks: &'r Ranks,
) -> Result<impl Iterator<Item = Result<Text, SketchError>> + 'r, SketchError> {
    let mut texts = ByText::new(runs, &ranks.records)?;
    let next = move || texts.advance().transpose();
    Ok(std::iter::from_fn(next).filter(|text| text.as_ref().map_or(true, |text| !text.members.is_empty())))
}

fn entries(
    mut table: ByKey<'_>,
    key: usize,
    width: usize,
) -> impl Iterator<Item = Result<Entry, SketchError>> {
    std::iter::from_fn(move || table.advance().transpose())
        .map(move |found| found.map(|found| Entry::of((found.key, key), (found.rank, width))))
}
