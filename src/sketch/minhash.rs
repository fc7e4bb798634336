//! One-permutation MinHash with optimal densification, eight bits to a bin.
//!
//! Each shingle falls into one of 128 bins by its upper bits; a bin keeps its least hash, an empty bin
//! borrows from a bin drawn by a hash of its number (Shrivastava, *Optimal Densification for Fast and
//! Accurate Minwise Hashing*, ICML 2017). Two texts of Jaccard similarity J agree in a bin with
//! probability J; the low eight bits of each bin estimate J as well as whole values do (measured: root
//! mean square error 0.043 either way) in a quarter of the room.
//!
//! **Bands.** Three neighbouring bins are one band, 42 bands, and the three bytes *are* the band's key:
//! texts that agree in one band are candidates, 1 − (1 − J³)⁴² of the pairs: 0.996 at J = 0.5, and all
//! but one in 10¹³ at 0.8. Keys of three bytes meet by chance once in 16 million, which at a million
//! petitions brings 2.5 candidates a query; the signature tells those apart. That keys can be read off
//! the signature is what lets a pair be named once without remembering the pairs named before.
//!
//! **Samples.** The shingles whose hash lies below a fixed threshold, one in forty, are kept too
//! (FracMinHash): a text that stands inside a longer one has its samples among those of the longer one,
//! however unlike the two are as a whole. A short text has too few shingles for either; it is found by
//! its rows with a syllable or two left out.

use crate::domain::limits::{DENSIFY_ATTEMPTS_MAX, SKETCH_SAMPLES_MAX};
use crate::sketch::frequent::Frequent;
use crate::sketch::shingle::{Shingles, mix, neighbourhood, shingles};

/// Bins, and bytes of a signature.
pub const BINS: usize = 128;
/// Bands of three bins; two bins are left over.
pub const BANDS: usize = 42;
/// Bits of a sample's key.
pub(in crate::sketch) const SAMPLE_BITS: u32 = 24;

const ROWS: usize = 3;
/// Two different values agree in their low eight bits once in this many cases.
const CHANCE: f32 = 1.0 / 256.0;
/// One shingle in so many is a sample.
const SAMPLED: u32 = 40;
/// Standard errors an estimate may lie from what it estimates.
const ERRORS: f32 = 7.0;
/// Shingles from which what is left of a form is looked for by itself.
const OTHER_WAY_MIN: usize = 8;
/// Samples two texts must share to be candidates by them.
const SHARED_MIN: u16 = 2;

/// What is kept of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch {
    /// What is compared.
    pub signature: Signature,
    /// Hash of the whole row of folded syllables.
    pub text_hash: u64,
    /// Keys of 24 bits, sorted, each once.
    pub samples: Vec<u32>,
}

/// What two texts are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// The low eight bits of each bin.
    pub bins: [u8; BINS],
    /// Shingles it was made of, repetitions included; at most 65,535.
    pub shingles: u16,
    /// Samples.
    pub samples: u16,
    /// Whether the text is short, and its samples rows of syllables.
    pub is_short: bool,
}

impl Sketch {
    /// The sketch of all of `text`; none if it has no syllable, since empty texts are not copies of each
    /// other.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        Self::of_shingles(&shingles(text), &Frequent::default())
    }

    /// The sketch of a text's shingles, but for those that are `frequent`.
    #[must_use]
    pub fn of_shingles(shingles: &Shingles, frequent: &Frequent) -> Option<Self> {
        let left = frequent.left(&shingles.hashes);
        if frequent.is_thin(shingles.hashes.len(), left.len()) {
            return Self::of(&shingles.hashes, &left, shingles);
        }
        Self::of(&left, &left, shingles)
    }

    /// The sketch that a text's shingles would have had if a little more or less of them were `frequent`: by
    /// all of them where a good half is, by what is left where all count because it is little. Of two
    /// texts of one form the one may be sketched this way and the other that way; who looks for the
    /// neighbours of a text asks with both.
    #[must_use]
    pub fn other_way(shingles: &Shingles, frequent: &Frequent) -> Option<Self> {
        let (all, left) = (&shingles.hashes, frequent.left(&shingles.hashes));
        if frequent.is_thin(all.len(), left.len()) {
            return if left.len() < OTHER_WAY_MIN { None } else { Self::of(&left, &left, shingles) };
        }
        if left.len() * 2 > all.len() { None } else { Self::of(all, &left, shingles) }
    }

    /// The sketch by `hashes`, with samples of those that are `left` when the frequent ones go: samples of a
    /// form stand in every letter of it and tell nothing.
    fn of(hashes: &[u64], left: &[u64], shingles: &Shingles) -> Option<Self> {
        let bins = densified(&bins(hashes))?;
        let is_short = !shingles.short.is_empty();
        let mut samples: Vec<u32> = if is_short {
            neighbourhood(&shingles.short).into_iter().map(sample).collect()
        } else {
            left.iter().filter(|hash| is_sampled(**hash)).map(|hash| sample(*hash)).collect()
        };
        samples.sort_unstable();
        samples.dedup();
        samples.truncate(SKETCH_SAMPLES_MAX);
        let signature = Signature {
            bins: bins.map(|bin| bin as u8),
            shingles: u16::try_from(hashes.len()).unwrap_or(u16::MAX),
            samples: u16::try_from(samples.len()).unwrap_or(u16::MAX),
            is_short,
        };
        Some(Self { signature, text_hash: shingles.text_hash, samples })
    }
}

impl Signature {
    /// The keys of the bands, in order.
    pub fn bands(&self) -> impl Iterator<Item = u32> {
        let (bands, _) = self.bins.as_chunks::<ROWS>();
        bands.iter().map(|[one, two, three]| u32::from_be_bytes([0, *one, *two, *three]))
    }

    /// Estimated Jaccard similarity, 0 to 1.
    #[must_use]
    pub fn estimate(&self, other: &Self) -> f32 {
        let agreed = self.bins.iter().zip(&other.bins).filter(|(one, two)| one == two).count();
        let share = agreed as f32 / BINS as f32;
        ((share - CHANCE) / (1.0 - CHANCE)).clamp(0.0, 1.0)
    }

    /// Whether texts that are similar to `min` may be estimated at `estimate`; texts of few shingles, of
    /// which many bins are copies of few, may be estimated at anything.
    #[must_use]
    pub fn may_reach(&self, other: &Self, estimate: f32, min: f32) -> bool {
        estimate + ERRORS * self.error(other) >= min
    }

    /// Greatest standard error of an estimate.
    #[must_use]
    pub fn error(&self, other: &Self) -> f32 {
        let drawn = f32::from(self.shingles.min(other.shingles)).clamp(1.0, BINS as f32);
        0.5 / drawn.sqrt()
    }

    /// Estimated share of the smaller text that stands in the other, 0 to 1, from the samples they share;
    /// nothing when these are too few to speak, or less than half of the smaller text's.
    #[must_use]
    pub fn containment(&self, other: &Self, shared: u16) -> Option<f32> {
        if self.is_short != other.is_short {
            return None;
        }
        let smaller = self.samples.min(other.samples).max(1);
        let share = (f32::from(shared) / f32::from(smaller)).min(1.0);
        let speaks = if self.is_short { shared > 0 } else { shared >= SHARED_MIN && share >= 0.5 };
        speaks.then_some(share)
    }
}

/// Whether a shingle is a sample. Its bits are others than the bin's, the signature's and the key's.
fn is_sampled(hash: u64) -> bool {
    ((hash >> SAMPLE_BITS) as u32) < u32::MAX / SAMPLED
}

/// The key of a sample.
fn sample(hash: u64) -> u32 {
    (hash >> 8) as u32 & ((1 << SAMPLE_BITS) - 1)
}

type Bins = [Option<u64>; BINS];

fn bins(hashes: &[u64]) -> Bins {
    let mut bins = [None; BINS];
    for hash in hashes {
        if let Some(bin) = bins.get_mut(bin_of(*hash)) {
            *bin = Some(bin.map_or(*hash, |least: u64| least.min(*hash)));
        }
    }
    bins
}

/// The bin of `hash`: its upper seven bits.
fn bin_of(hash: u64) -> usize {
    (hash >> (u64::BITS - BINS.ilog2())) as usize
}

/// Fills the empty bins; nothing if all are.
fn densified(bins: &Bins) -> Option<[u64; BINS]> {
    let any = bins.iter().flatten().next()?;
    let mut full = [*any; BINS];
    for (place, (to, from)) in (0u64..).zip(full.iter_mut().zip(bins)) {
        let draw = |attempt| bins.get(bin_of(mix(place, attempt))).copied().flatten();
        if let Some(value) = from.or_else(|| (0..DENSIFY_ATTEMPTS_MAX).find_map(draw)) {
            *to = value;
        }
    }
    Some(full)
}

#[cfg(test)]
mod tests;
