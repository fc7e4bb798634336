//! Where each table of a run's file stands.
//!
//! Everything follows from two counts, so that a file's length can be checked before anything is read
//! and no offset is stored that could be wrong.

use xxhash_rust::xxh3::Xxh3;

use crate::sketch::SketchError;
use crate::sketch::minhash::{BANDS, BINS};
use crate::sketch::section::{Section, Source};

pub(in crate::sketch) const ID_BYTES: usize = 10;
pub(in crate::sketch) const BAND_BYTES: usize = 8;
pub(in crate::sketch) const SKETCH_BYTES: usize = BINS + 8;
pub(in crate::sketch) const TEXT_BYTES: usize = 12;
pub(in crate::sketch) const HEADER_BYTES: usize = 48;

/// Where each table stands, which follows from the counts.
#[derive(Debug)]
pub(in crate::sketch) struct Layout {
    pub(in crate::sketch) ids: Section,
    pub(in crate::sketch) removed: Section,
    pub(in crate::sketch) bands: Vec<Section>,
    pub(in crate::sketch) sketches: Section,
    pub(in crate::sketch) texts: Section,
    pub(in crate::sketch) fences_at: u64,
}

impl Layout {
    /// The layout of a run with so many records and removals, its fences empty.
    pub(in crate::sketch) fn of(records: u32, removed: u32) -> Self {
        let (records, removed) = (records as usize, removed as usize);
        let mut offset = HEADER_BYTES as u64;
        let mut place = |count, width, key| {
            let section = Section { offset, count, width, key, fences: Vec::new() };
            offset += section.bytes();
            section
        };
        let ids = place(records, ID_BYTES, ID_BYTES);
        let removed = place(removed, ID_BYTES, ID_BYTES);
        let bands = (0..BANDS).map(|_| place(records, BAND_BYTES, 4)).collect();
        let sketches = place(records, SKETCH_BYTES, 0);
        let texts = place(records, TEXT_BYTES, 8);
        Self { ids, removed, bands, sketches, texts, fences_at: offset }
    }

    /// Bytes of the whole file.
    pub(in crate::sketch) fn length(&self) -> u64 {
        let sorted = [&self.ids, &self.removed, &self.texts].into_iter().chain(&self.bands);
        self.fences_at + sorted.map(|section| section.fence_bytes() as u64).sum::<u64>()
    }

    /// Reads the fences, which stand in the order in which the tables do, and checks their sum.
    pub(in crate::sketch) fn load_fences(
        &mut self,
        source: &Source,
        expected: u64,
    ) -> Result<(), SketchError> {
        let (mut offset, mut sum) = (self.fences_at, Xxh3::new());
        let sorted = [&mut self.ids, &mut self.removed].into_iter().chain(&mut self.bands);
        for section in sorted.chain([&mut self.texts]) {
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
