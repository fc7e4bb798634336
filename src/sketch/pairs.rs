//! All pairs of texts that share a band, each once, and all pairs of records that have one text.
//!
//! The bands are walked one after another, all runs at once, so that equal keys come together; a text
//! is compared with those before it. A pair that shares several bands is named in the first of them
//! only, which the signatures tell (a band's key is part of the signature), so nothing is remembered.
//!
//! Groups of more texts than the window are boilerplate and would cost the square of their size. In
//! these a text meets only its neighbours in the order of hashes, and a pair that shares any smaller group
//! is named there; what is lost are pairs that share nothing but such groups, farther apart than the
//! window. The records of one text are paired the same way, in the order of ids: a mass letter stays
//! chained.
//!
//! In memory: four bytes per record and per text, one window of signatures, twelve bytes per heavy group.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;

use crate::sketch::SketchError;
use crate::sketch::latest::{ByKey, ByText, Keyed, Ranks, Text};
use crate::sketch::minhash::{BANDS, Signature};
use crate::sketch::run::Run;

/// Two texts that may be copies, or the texts of one hash.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::sketch) struct Near {
    pub(in crate::sketch) one: u64,
    pub(in crate::sketch) other: u64,
    pub(in crate::sketch) estimate: f32,
}

/// A text met in the current group.
struct Member {
    entry: Keyed,
    /// Read only once a second member comes.
    loaded: Option<Signature>,
}

struct Pairs<'r> {
    runs: &'r [Run],
    ranks: &'r Ranks,
    /// Band and key of each group over the window.
    heavy: FxHashSet<(usize, u32)>,
    bounds: Bounds,
}

/// What is asked of the pairs.
#[derive(Debug, Clone, Copy)]
pub(in crate::sketch) struct Bounds {
    /// Pairs that cannot be so similar are left out.
    pub(in crate::sketch) min: f32,
    /// Members one member of a group is compared with.
    pub(in crate::sketch) window: usize,
}

/// Gives each pair of different texts of `runs` within `bounds` to `sink`, once, and each text that
/// several records have, with itself.
pub(in crate::sketch) fn pairs<E: From<SketchError>>(
    runs: &[Run],
    bounds: Bounds,
    sink: &mut impl FnMut(Near) -> Result<(), E>,
) -> Result<(), E> {
    let ranks = Ranks::of(runs)?;
    let mut texts = ByText::new(runs, &ranks.records)?;
    while let Some(Text { hash, members, .. }) = texts.advance()? {
        if members.len() > 1 {
            sink(Near { one: hash, other: hash, estimate: 1.0 })?;
        }
    }
    let heavy = heavy(runs, &ranks, bounds.window)?;
    let pairs = Pairs { runs, ranks: &ranks, heavy, bounds };
    (0..BANDS).try_for_each(|band| pairs.band(band, sink))
}

/// The groups with more members than the window.
fn heavy(runs: &[Run], ranks: &Ranks, window: usize) -> Result<FxHashSet<(usize, u32)>, SketchError> {
    let mut heavy = FxHashSet::default();
    for band in 0..BANDS {
        let mut table = ByKey::new(runs, ranks, |layout| layout.bands.get(band))?;
        let (mut key, mut count) = (0, 0);
        while let Some(entry) = table.advance()? {
            count = if entry.key == key { count + 1 } else { 1 };
            key = entry.key;
            if count == window + 1 {
                heavy.insert((band, key as u32));
            }
        }
    }
    Ok(heavy)
}

impl Pairs<'_> {
    fn band<E: From<SketchError>>(
        &self,
        band: usize,
        sink: &mut impl FnMut(Near) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut table = ByKey::new(self.runs, self.ranks, |layout| layout.bands.get(band))?;
        let mut group: VecDeque<Member> = VecDeque::new();
        while let Some(entry) = table.advance()? {
            if group.front().is_some_and(|first| first.entry.key != entry.key) {
                group.clear();
            }
            let mut member = Member { entry, loaded: None };
            if !group.is_empty() {
                let loaded = self.load(&mut member)?;
                for earlier in &mut group {
                    let signature = self.load(earlier)?;
                    if let Some(estimate) = self.near(band, &signature, &loaded) {
                        let (one, other) = (self.hash(&earlier.entry)?, self.hash(&entry)?);
                        sink(Near { one, other, estimate })?;
                    }
                }
            }
            if group.len() == self.bounds.window {
                group.pop_front();
            }
            group.push_back(member);
        }
        Ok(())
    }

    fn load(&self, member: &mut Member) -> Result<Signature, SketchError> {
        if let Some(loaded) = member.loaded {
            return Ok(loaded);
        }
        Ok(*member.loaded.insert(self.run(&member.entry)?.signature(member.entry.ordinal)?))
    }

    fn hash(&self, entry: &Keyed) -> Result<u64, SketchError> {
        self.run(entry)?.text_hash(entry.ordinal)
    }

    fn run(&self, entry: &Keyed) -> Result<&Run, SketchError> {
        let missing = || SketchError::Missing { path: entry.run.to_string().into() };
        self.runs.get(entry.run).ok_or_else(missing)
    }

    /// The estimate, if the two may be near enough and `band` is the one to name them.
    fn near(&self, band: usize, one: &Signature, other: &Signature) -> Option<f32> {
        let estimate = one.estimate(other);
        let is_near = one.may_reach(other, estimate, self.bounds.min);
        (is_near && self.is_named_in(band, one, other)).then_some(estimate)
    }

    /// Whether `band`, which both share, is the first they share in a group that is not heavy; if all
    /// they share are heavy, whether it is the first of these.
    fn is_named_in(&self, band: usize, one: &Signature, other: &Signature) -> bool {
        let bands = one.bands().zip(other.bands()).enumerate();
        let mut shared = bands.filter(|(_, (one, other))| one == other).map(|(band, (key, _))| (band, key));
        let Some(key) = one.bands().nth(band) else { return false };
        if self.heavy.contains(&(band, key)) {
            let is_first = shared.next().is_some_and(|(first, _)| first == band);
            return is_first && shared.all(|place| self.heavy.contains(&place));
        }
        shared.take_while(|(earlier, _)| *earlier < band).all(|place| self.heavy.contains(&place))
    }
}

#[cfg(test)]
mod tests;
