//! Shingles that stand in so many texts that they tell nothing: headings, forms of address, vows.
//!
//! What is frequent is counted exactly over a sample that is a function of the records alone (those with
//! the least ids, each text once), written to a file of the sketches' generation, and never changed
//! there: signatures made under different sets do not compare. A run says under which set it was made.
//!
//! A text of which hardly anything is left is compared by all of its shingles, so that a mass letter, and
//! a letter that is all form, is still found. Of the frequent ones some are common, the boilerplate of all
//! letters; what is frequent and not common is the words of a form, and gives a text keys that the letters
//! of that form share.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;

use rustc_hash::FxHashSet;
use tempfile::NamedTempFile;
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::id::RecordId;
use crate::domain::limits::{
    FREQUENT_SAMPLE_RECORDS, FREQUENT_SAMPLE_SHINGLES, FREQUENT_TEXTS_LEAST, FREQUENT_TEXTS_OF_ALL,
};
use crate::sketch::SketchError;
use crate::sketch::run::{Bits, number};
use crate::sketch::shingle::{mix, shingles};
use crate::sketch::writer::run_path;
use crate::text::NORMALIZER_VERSION;

/// A shingle is frequent in one text of so many.
const FREQUENT_ONE_IN: usize = 500;
/// A shingle is common, and of no form, in one text of so many.
const COMMON_ONE_IN: usize = 10;
/// Keys of the form of a text.
const FORM_KEYS: u64 = 8;
/// Least values that make one such key: forms that share four in five of their words share a key in 96
/// cases of 100, those that share a quarter in one.
const FORM_ROWS: u64 = 5;
/// Shingles a form has at least, and one in so many of those of the text.
const FORM_MIN: (usize, usize) = (32, 3);
/// Shingles that must be left for them to speak for a text.
const CONTENT_MIN: usize = 8;
/// One shingle in so many must be left.
const CONTENT_ONE_IN: usize = 8;

const MAGIC: &[u8; 8] = b"TT-FRQNT";
const FORMAT_VERSION: u32 = 2;
const HEADER_BYTES: usize = 40;

/// The frequent shingles of a generation. The default is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frequent {
    shingles: FxHashSet<u64>,
    /// Those of them that are of no form.
    common: FxHashSet<u64>,
    /// Tells this set from others; 0 = nothing is frequent.
    sum: u64,
    /// Records there were when it was made.
    records: u64,
}

/// The records from whose texts the frequent shingles are counted.
#[derive(Debug, Default)]
pub struct Sample {
    /// Text hash and shingles, those with the least ids.
    texts: BTreeMap<Bits, (u64, Vec<u64>)>,
    records: u64,
}

impl Frequent {
    /// Records there were when the set was made.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records
    }

    /// How many shingles are frequent.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shingles.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shingles.is_empty()
    }

    /// Those of the shingles of a text that speak for it: all but the frequent ones, or all, if too few
    /// were left.
    #[must_use]
    pub fn content<'h>(&self, hashes: &'h [u64]) -> Cow<'h, [u64]> {
        let left = self.left(hashes);
        if self.is_thin(hashes.len(), left.len()) { Cow::Borrowed(hashes) } else { left }
    }

    /// The shingles of a text that are not frequent, however few they are.
    #[must_use]
    pub fn left<'h>(&self, hashes: &'h [u64]) -> Cow<'h, [u64]> {
        if self.shingles.is_empty() {
            return Cow::Borrowed(hashes);
        }
        Cow::Owned(hashes.iter().copied().filter(|hash| !self.shingles.contains(hash)).collect())
    }

    /// Whether a text of `all` shingles of which `left` are not frequent is compared by all of them.
    #[must_use]
    pub fn is_thin(&self, all: usize, left: usize) -> bool {
        !self.shingles.is_empty() && (left < CONTENT_MIN || left * CONTENT_ONE_IN < all)
    }

    /// Keys that letters in the same form share, however little else they do; none for a text that is in no
    /// form. They compare under one set only.
    #[must_use]
    pub fn form_keys(&self, hashes: &[u64]) -> Vec<u64> {
        let is_of_form = |hash: &&u64| self.shingles.contains(hash) && !self.common.contains(hash);
        let of_form: Vec<u64> = hashes.iter().filter(is_of_form).copied().collect();
        let (least, share) = FORM_MIN;
        if of_form.len() < least || of_form.len() * share < hashes.len() {
            return Vec::new();
        }
        let value = |seed: u64| of_form.iter().map(|hash| mix(*hash, seed)).min().unwrap_or_default();
        let rows = |key: u64| (0..FORM_ROWS).map(move |row| key * FORM_ROWS + row);
        (0..FORM_KEYS).map(|key| rows(key).fold(key, |all, seed| mix(all, value(seed)))).collect()
    }

    /// Writes the file `name` in `dir`, durably: whole or not at all.
    ///
    /// # Errors
    /// The folder cannot be written, or `name` is no plain file name.
    pub fn write(&self, dir: &Path, name: &str) -> Result<(), SketchError> {
        let path = run_path(dir, name)?;
        let bytes = self.encode();
        let written = (|| {
            std::fs::create_dir_all(dir)?;
            let mut file = NamedTempFile::new_in(dir)?;
            file.write_all(&bytes)?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|failed| failed.error)?;
            File::open(dir)?.sync_all()
        })();
        written.map_err(|source| SketchError::io(&path, source))
    }

    /// Reads the file `name` in `dir`.
    ///
    /// # Errors
    /// It is missing, damaged, of another version, or cannot be read.
    pub fn open(dir: &Path, name: &str) -> Result<Self, SketchError> {
        let path = run_path(dir, name)?;
        let bytes = std::fs::read(&path).map_err(|source| SketchError::io(&path, source))?;
        let damaged = |what| SketchError::damaged(&path, what);
        let (body, sum) = bytes.split_last_chunk::<8>().ok_or_else(|| damaged("it ends too early"))?;
        if xxh3_64(body) != number(sum) {
            return Err(damaged("its sum does not fit"));
        }
        let (header, hashes) =
            body.split_at_checked(HEADER_BYTES).ok_or_else(|| damaged("it ends too early"))?;
        let field = |at: usize, len: usize| header.get(at..at + len).map_or(0, number);
        if !header.starts_with(MAGIC) {
            return Err(damaged("it is no set of frequent shingles"));
        }
        if (field(8, 4), field(12, 4)) != (u64::from(FORMAT_VERSION), u64::from(NORMALIZER_VERSION)) {
            return Err(SketchError::Outdated { path });
        }
        if field(24, 8).checked_add(field(32, 8)) != Some(hashes.len() as u64 / 8) {
            return Err(damaged("it is no set of frequent shingles"));
        }
        let hashes: Vec<u64> = hashes.chunks_exact(8).map(number).collect();
        let kept = usize::try_from(field(24, 8)).unwrap_or(usize::MAX);
        let (frequent, common) = hashes.split_at_checked(kept).unwrap_or_default();
        Ok(Self::of(frequent.to_vec(), common.to_vec(), field(16, 8)))
    }

    /// What tells this set from others; 0 = nothing is frequent.
    pub(in crate::sketch) fn sum(&self) -> u64 {
        self.sum
    }

    /// Of sorted shingles, each once, and those of them that are common.
    fn of(sorted: Vec<u64>, common: Vec<u64>, records: u64) -> Self {
        let bytes: Vec<u8> = sorted.iter().flat_map(|hash| hash.to_be_bytes()).collect();
        let sum = if sorted.is_empty() { 0 } else { xxh3_64(&bytes).max(1) };
        Self { shingles: sorted.into_iter().collect(), common: common.into_iter().collect(), sum, records }
    }

    fn encode(&self) -> Vec<u8> {
        let sorted = |set: &FxHashSet<u64>| {
            let mut sorted: Vec<u64> = set.iter().copied().collect();
            sorted.sort_unstable();
            sorted
        };
        let (sorted, common) = (sorted(&self.shingles), sorted(&self.common));
        let mut bytes = MAGIC.to_vec();
        [FORMAT_VERSION, NORMALIZER_VERSION].iter().for_each(|one| bytes.extend(one.to_be_bytes()));
        let counts = [self.records, sorted.len() as u64, common.len() as u64];
        counts.iter().chain(&sorted).chain(&common).for_each(|one| bytes.extend(one.to_be_bytes()));
        bytes.extend(xxh3_64(&bytes).to_be_bytes());
        bytes
    }
}

impl Sample {
    /// Looks at a record; each is to come once, in any order.
    pub fn add(&mut self, id: RecordId, text: &str) {
        self.records += 1;
        let bits = id.bits();
        let is_full = self.texts.len() >= FREQUENT_SAMPLE_RECORDS;
        if is_full && self.texts.last_key_value().is_some_and(|(last, _)| *last <= bits) {
            return;
        }
        let mut found = shingles(text);
        if found.hashes.is_empty() {
            return;
        }
        found.hashes.truncate(FREQUENT_SAMPLE_SHINGLES);
        found.hashes.sort_unstable();
        found.hashes.dedup();
        found.hashes.shrink_to_fit();
        self.texts.insert(bits, (found.text_hash, found.hashes));
        if self.texts.len() > FREQUENT_SAMPLE_RECORDS {
            self.texts.pop_last();
        }
    }

    /// The shingles that are frequent in the texts looked at.
    #[must_use]
    pub fn frequent(self) -> Frequent {
        let sampled = self.texts.len() as u64;
        let mut once = FxHashSet::default();
        let mut all = Vec::new();
        for (hash, shingles) in self.texts.into_values() {
            if once.insert(hash) {
                all.extend(shingles);
            }
        }
        all.sort_unstable();
        let least = least(once.len(), sampled, self.records);
        let in_many = |least: usize| -> Vec<u64> {
            let groups = all.chunk_by(|one, other| one == other).filter(|group| group.len() >= least);
            groups.filter_map(|group| group.first().copied()).collect()
        };
        let common = in_many(once.len().div_ceil(COMMON_ONE_IN).max(least));
        Frequent::of(in_many(least), common, self.records)
    }
}

/// Texts of a sample a shingle must stand in to be frequent. Letters that some dozens of households send
/// with changes of their own are no boilerplate, however small the dataset is.
fn least(texts: usize, sampled: u64, records: u64) -> usize {
    let of_all = (FREQUENT_TEXTS_OF_ALL * sampled).div_ceil(records.max(1));
    let of_all = usize::try_from(of_all).unwrap_or(usize::MAX);
    texts.div_ceil(FREQUENT_ONE_IN).max(of_all).max(FREQUENT_TEXTS_LEAST)
}

#[cfg(test)]
mod tests;
