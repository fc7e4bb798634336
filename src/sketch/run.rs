//! One run: an immutable, sorted file of sketches.
//!
//! ```text
//! header   magic 8 · format 4 · normaliser 4 · records 4 · removed 4 · sums of fences 8, body 8, header 8
//! ids      10 each, sorted; the place of an id is its ordinal
//! removed  10 each, sorted: ids that are no longer there, whatever older runs say
//! bands    32 tables of (key 4, ordinal 4), sorted
//! sketches signature 128 and text hash 8, by ordinal
//! texts    (text hash 8, ordinal 4), sorted
//! fences   first key of every block of the sorted tables
//! ```
//!
//! Numbers are big-endian. 414 bytes per record. Opening checks magic, versions, length and the sums of
//! header and fences; the sum of the body is checked by [`Run::verify`], since it means reading all.

use std::fs::File;
use std::path::Path;

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::sketch::SketchError;
use crate::sketch::layout::{HEADER_BYTES, ID_BYTES, Layout, SKETCH_BYTES};
use crate::sketch::minhash::{BINS, Sketch};
use crate::sketch::section::{Scan, Section, Source};
use crate::text::NORMALIZER_VERSION;

/// The 80 bits of a record id.
pub(in crate::sketch) type Bits = [u8; 10];

const MAGIC: &[u8; 8] = b"TT-SKTCH";
const FORMAT_VERSION: u32 = 1;
/// Bytes read at once when a run is verified.
const VERIFY_BYTES: usize = 1 << 20;

/// What a run's file begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sketch) struct Header {
    pub(in crate::sketch) records: u32,
    pub(in crate::sketch) removed: u32,
    pub(in crate::sketch) fence_sum: u64,
    pub(in crate::sketch) body_sum: u64,
}

/// An open run.
#[derive(Debug)]
pub(in crate::sketch) struct Run {
    pub(in crate::sketch) source: Source,
    pub(in crate::sketch) header: Header,
    pub(in crate::sketch) layout: Layout,
}

impl Run {
    /// Opens the run at `path` and checks all but its body.
    pub(in crate::sketch) fn open(path: &Path) -> Result<Self, SketchError> {
        let file = File::open(path).map_err(|source| SketchError::io(path, source))?;
        let length = file.metadata().map_err(|source| SketchError::io(path, source))?.len();
        let source = Source { path: path.to_owned(), file };
        let mut bytes = [0; HEADER_BYTES];
        source.read(&mut bytes, 0)?;
        let header = Header::decode(&bytes, path)?;
        let mut layout = Layout::of(header.records, header.removed);
        if length != layout.length() {
            return Err(SketchError::damaged(path, "its length does not fit its counts"));
        }
        layout.load_fences(&source, header.fence_sum)?;
        Ok(Self { source, header, layout })
    }

    /// Reads the whole body and compares its sum.
    pub(in crate::sketch) fn verify(&self) -> Result<(), SketchError> {
        let (mut place, end) = (HEADER_BYTES as u64, self.layout.fences_at);
        let mut sum = Xxh3::new();
        let mut buffer = vec![0; VERIFY_BYTES];
        while place < end {
            let wanted = usize::try_from(end - place).unwrap_or(VERIFY_BYTES).min(VERIFY_BYTES);
            let Some(part) = buffer.get_mut(..wanted) else { break };
            self.source.read(part, place)?;
            sum.update(part);
            place += wanted as u64;
        }
        if sum.digest() == self.header.body_sum {
            Ok(())
        } else {
            Err(SketchError::damaged(&self.source.path, "the sum of its body does not fit"))
        }
    }

    /// The id at `ordinal`.
    pub(in crate::sketch) fn id(&self, ordinal: u32) -> Result<Bits, SketchError> {
        let mut bits = [0; ID_BYTES];
        self.layout.ids.get(&self.source, ordinal, &mut bits)?;
        Ok(bits)
    }

    /// The sketch at `ordinal`.
    pub(in crate::sketch) fn sketch(&self, ordinal: u32) -> Result<Sketch, SketchError> {
        let mut row = [0; SKETCH_BYTES];
        self.layout.sketches.get(&self.source, ordinal, &mut row)?;
        let mut sketch = Sketch { signature: [0; BINS], text_hash: 0 };
        let (signature, hash) = row.split_at(BINS);
        sketch.signature.iter_mut().zip(signature).for_each(|(to, from)| *to = *from);
        sketch.text_hash = number(hash);
        Ok(sketch)
    }

    /// Whether the run says anything about the record: its sketch, or that it is gone.
    pub(in crate::sketch) fn knows(&self, id: &Bits) -> Result<bool, SketchError> {
        Ok(self.layout.ids.has(&self.source, id)? || self.layout.removed.has(&self.source, id)?)
    }

    /// Records and removals.
    pub(in crate::sketch) fn entries(&self) -> u64 {
        u64::from(self.header.records) + u64::from(self.header.removed)
    }

    /// A scan over one of the run's tables.
    pub(in crate::sketch) fn scan<'r>(&'r self, section: &'r Section) -> Result<Scan<'r>, SketchError> {
        section.scan(&self.source)
    }
}

impl Header {
    /// The header as it is stored.
    pub(in crate::sketch) fn encode(self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        let counts = [FORMAT_VERSION, NORMALIZER_VERSION, self.records, self.removed];
        counts.iter().for_each(|count| bytes.extend(count.to_be_bytes()));
        [self.fence_sum, self.body_sum].iter().for_each(|sum| bytes.extend(sum.to_be_bytes()));
        bytes.extend(xxh3_64(&bytes).to_be_bytes());
        bytes
    }

    fn decode(bytes: &[u8; HEADER_BYTES], path: &Path) -> Result<Self, SketchError> {
        let (checked, sum) = bytes.split_at(HEADER_BYTES - 8);
        if !checked.starts_with(MAGIC) {
            return Err(SketchError::damaged(path, "it does not begin like a run"));
        }
        if xxh3_64(checked) != number(sum) {
            return Err(SketchError::damaged(path, "the sum of its header does not fit"));
        }
        let count = |at: usize| checked.get(at..at + 4).map_or(0, number) as u32;
        let sum = |at: usize| checked.get(at..at + 8).map_or(0, number);
        if (count(8), count(12)) != (FORMAT_VERSION, NORMALIZER_VERSION) {
            return Err(SketchError::Outdated { path: path.to_owned() });
        }
        Ok(Self { records: count(16), removed: count(20), fence_sum: sum(24), body_sum: sum(32) })
    }
}

/// Up to eight big-endian bytes as a number.
pub(in crate::sketch) fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests;
