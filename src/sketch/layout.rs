//! Where each table of a run's file stands.
//!
//! Everything follows from four counts, so that a file's length can be checked before anything is read
//! and no offset is stored that could be wrong.

use xxhash_rust::xxh3::Xxh3;

use crate::sketch::SketchError;
use crate::sketch::minhash::{BANDS, BINS};
use crate::sketch::section::{Section, Source};

pub(in crate::sketch) const ID_BYTES: usize = 10;
pub(in crate::sketch) const TEXT_BYTES: usize = 8;
pub(in crate::sketch) const BAND_KEY_BYTES: usize = 3;
pub(in crate::sketch) const SAMPLE_KEY_BYTES: usize = 3;
pub(in crate::sketch) const SIGNATURE_BYTES: usize = BINS + 4;
pub(in crate::sketch) const HEADER_BYTES: usize = 68;
/// A run of fewer records writes ordinals in three bytes, a larger one in four.
const WIDE_RECORDS: u32 = 1 << 24;

/// How much a run holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::sketch) struct Counts {
    pub(in crate::sketch) records: u32,
    pub(in crate::sketch) removed: u32,
    /// Different texts of the records.
    pub(in crate::sketch) texts: u32,
    /// Samples of all texts.
    pub(in crate::sketch) samples: u64,
}

/// Where each table stands, which follows from the counts.
#[derive(Debug)]
pub(in crate::sketch) struct Layout {
    /// Bytes of an ordinal.
    pub(in crate::sketch) ordinal: usize,
    pub(in crate::sketch) ids: Section,
    pub(in crate::sketch) removed: Section,
    pub(in crate::sketch) texts: Section,
    pub(in crate::sketch) members: Section,
    pub(in crate::sketch) bands: Vec<Section>,
    pub(in crate::sketch) signatures: Section,
    pub(in crate::sketch) samples: Section,
    pub(in crate::sketch) fences_at: u64,
}

impl Counts {
    /// Bytes of an ordinal in a run of so many records.
    pub(in crate::sketch) fn ordinal_bytes(records: u32) -> usize {
        if records < WIDE_RECORDS { 3 } else { 4 }
    }
}

impl Layout {
    /// The layout of a run that holds so much, its fences empty; nothing if there is no such run.
    pub(in crate::sketch) fn of(counts: &Counts) -> Option<Self> {
        let [records, removed, texts] =
            [counts.records, counts.removed, counts.texts].map(|count| count as usize);
        let samples = usize::try_from(counts.samples).ok().filter(|count| *count < 1 << 48)?;
        let ordinal = Counts::ordinal_bytes(counts.records);
        let mut offset = HEADER_BYTES as u64;
        let mut place = |count, width, key| {
            let section = Section { offset, count, width, key, fences: Vec::new() };
            offset += section.bytes();
            section
        };
        Some(Self {
            ordinal,
            ids: place(records, ID_BYTES, ID_BYTES),
            removed: place(removed, ID_BYTES, ID_BYTES),
            texts: place(texts, TEXT_BYTES, TEXT_BYTES),
            members: place(records, 2 * ordinal, ordinal),
            bands: (0..BANDS).map(|_| place(texts, BAND_KEY_BYTES + ordinal, BAND_KEY_BYTES)).collect(),
            signatures: place(texts, SIGNATURE_BYTES, 0),
            samples: place(samples, SAMPLE_KEY_BYTES + ordinal, SAMPLE_KEY_BYTES),
            fences_at: offset,
        })
    }

    /// Bytes of the whole file.
    pub(in crate::sketch) fn length(&self) -> u64 {
        let fixed = [&self.ids, &self.removed, &self.texts, &self.members, &self.samples];
        let sorted = fixed.into_iter().chain(&self.bands);
        self.fences_at + sorted.map(|section| section.fence_bytes() as u64).sum::<u64>()
    }

    /// Reads the fences, which stand in the order in which the tables do, and checks their sum.
    pub(in crate::sketch) fn load_fences(
        &mut self,
        source: &Source,
        expected: u64,
    ) -> Result<(), SketchError> {
        let (mut offset, mut sum) = (self.fences_at, Xxh3::new());
        let first = [&mut self.ids, &mut self.removed, &mut self.texts, &mut self.members];
        let sorted = first.into_iter().chain(&mut self.bands).chain([&mut self.samples]);
        for section in sorted {
            section.fences.resize(section.fence_bytes(), 0);
            source.read(&mut section.fences, offset)?;
            sum.update(&section.fences);
            offset += section.fences.len() as u64;
        }
        if sum.digest() == expected {
            Ok(())
        } else {
            Err(SketchError::damaged(&source.path, "the sum of its fences does not fit"))
        }
    }
}
