//! One run: an immutable, sorted file of sketches.
//!
//! ```text
//! header     magic 8 · format 4 · normaliser 4 · records 4 · removed 4 · texts 4 · samples 8
//!            · set of frequent shingles 8 · sums of fences 8, body 8, header 8
//! ids        10 each, sorted; the place of an id is its record's ordinal
//! removed    10 each, sorted: ids that are no longer there, whatever older runs say
//! texts      hashes of the different texts, 8 each, sorted; the place of a hash is its text's ordinal
//! members    (text ordinal, record ordinal), sorted
//! bands      42 tables of (key 3, text ordinal), sorted
//! signatures bins 128, shingles 2, short 1 bit, samples 15 bits, by text ordinal
//! samples    (key 3, text ordinal), sorted
//! fences     first key of every block of the sorted tables
//! ```
//!
//! Numbers are big-endian; an ordinal has three bytes, in a run of 2²⁴ records or more four. A text that
//! many records have is there once. Opening checks magic, versions, length and the sums of header and
//! fences; the sum of the body is checked by [`Run::verify`], since it means reading all.

use std::path::Path;

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::sketch::SketchError;
use crate::sketch::layout::{Counts, HEADER_BYTES, ID_BYTES, Layout, SIGNATURE_BYTES, TEXT_BYTES};
use crate::sketch::minhash::{BINS, Signature};
use crate::sketch::section::{Scan, Section, Source};
use crate::text::NORMALIZER_VERSION;

/// The 80 bits of a record id.
pub(in crate::sketch) type Bits = [u8; 10];

const MAGIC: &[u8; 8] = b"TT-SKTCH";
/// Version of the runs; one of another version is not read.
pub(in crate::sketch) const FORMAT_VERSION: u32 = 4;
/// The bit of the count of samples that says that a text is short.
const SHORT: u16 = 1 << 15;
/// Bytes read at once when a run is verified.
const VERIFY_BYTES: usize = 1 << 20;

/// What a run's file begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sketch) struct Header {
    pub(in crate::sketch) counts: Counts,
    /// Which set of frequent shingles was left out.
    pub(in crate::sketch) frequent: u64,
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
        let source = Source::open(path)?;
        let length = source.length()?;
        let mut bytes = [0; HEADER_BYTES];
        source.read(&mut bytes, 0)?;
        let header = Header::decode(&bytes, path)?;
        let layout = Layout::of(&header.counts).filter(|layout| length == layout.length());
        let mut layout =
            layout.ok_or_else(|| SketchError::damaged(path, "its length does not fit its counts"))?;
        layout.load_fences(&source, header.fence_sum)?;
        Ok(Self { source, header, layout })
    }

    /// Bytes of its file.
    pub(in crate::sketch) fn bytes(&self) -> u64 {
        self.layout.length()
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

    /// The signature of the text at `ordinal`.
    pub(in crate::sketch) fn signature(&self, ordinal: u32) -> Result<Signature, SketchError> {
        let mut row = [0; SIGNATURE_BYTES];
        self.layout.signatures.get(&self.source, ordinal, &mut row)?;
        Ok(decode_signature(&row))
    }

    /// The hash of the text at `ordinal`.
    pub(in crate::sketch) fn text_hash(&self, ordinal: u32) -> Result<u64, SketchError> {
        let mut bytes = [0; TEXT_BYTES];
        self.layout.texts.get(&self.source, ordinal, &mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    /// The ordinal of the text with this hash, if the run has it.
    pub(in crate::sketch) fn text(&self, hash: u64) -> Result<Option<u32>, SketchError> {
        self.layout.texts.place_of(&self.source, &hash.to_be_bytes())
    }

    /// Gives the ordinals of at most `most` records with the text at `ordinal`, in order.
    pub(in crate::sketch) fn members(&self, ordinal: u32, most: usize) -> Result<Vec<u32>, SketchError> {
        let (bytes, mut found) = (ordinal.to_be_bytes(), Vec::new());
        let width = self.layout.ordinal;
        let key = bytes.get(bytes.len() - width..).unwrap_or_default();
        self.layout.members.equal(&self.source, key, most, &mut |entry| {
            found.push(number(entry.get(width..).unwrap_or_default()) as u32);
        })?;
        Ok(found)
    }

    /// Whether the run says anything about the record: its sketch, or that it is gone.
    pub(in crate::sketch) fn knows(&self, id: &Bits) -> Result<bool, SketchError> {
        let is_in = |section: &Section| section.place_of(&self.source, id).map(|place| place.is_some());
        Ok(is_in(&self.layout.ids)? || is_in(&self.layout.removed)?)
    }

    /// Records and removals.
    pub(in crate::sketch) fn entries(&self) -> u64 {
        u64::from(self.header.counts.records) + u64::from(self.header.counts.removed)
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
        let Counts { records, removed, texts, samples } = self.counts;
        let counts = [FORMAT_VERSION, NORMALIZER_VERSION, records, removed, texts];
        counts.iter().for_each(|count| bytes.extend(count.to_be_bytes()));
        let longer = [samples, self.frequent, self.fence_sum, self.body_sum];
        longer.iter().for_each(|sum| bytes.extend(sum.to_be_bytes()));
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
        let counts = Counts { records: count(16), removed: count(20), texts: count(24), samples: sum(28) };
        Ok(Self { counts, frequent: sum(36), fence_sum: sum(44), body_sum: sum(52) })
    }
}

/// A signature as it is stored.
pub(in crate::sketch) fn encode_signature(signature: &Signature) -> [u8; SIGNATURE_BYTES] {
    let short = if signature.is_short { SHORT } else { 0 };
    let samples = signature.samples & !SHORT | short;
    let counts = [signature.shingles, samples].into_iter().flat_map(u16::to_be_bytes);
    let mut row = [0; SIGNATURE_BYTES];
    row.iter_mut().zip(signature.bins.into_iter().chain(counts)).for_each(|(to, from)| *to = from);
    row
}

fn decode_signature(row: &[u8; SIGNATURE_BYTES]) -> Signature {
    let mut bins = [0; BINS];
    bins.iter_mut().zip(row).for_each(|(to, from)| *to = *from);
    let count = |at: usize| row.get(at..at + 2).map_or(0, number) as u16;
    let samples = count(BINS + 2);
    Signature { bins, shingles: count(BINS), samples: samples & !SHORT, is_short: samples & SHORT != 0 }
}

/// Up to eight big-endian bytes as a number.
pub(in crate::sketch) fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests;
