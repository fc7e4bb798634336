//! All pairs of records that share a band, each once.
//!
//! The bands are walked one after another, all runs at once, so that equal keys come together; a member
//! is compared with those before it. A pair that shares several bands is named in the first of them
//! only, which the signatures tell (a band's key is part of the signature), so nothing is remembered.
//!
//! Groups of more members than the window are boilerplate or mass petitions and would cost
//! the square of their size. In these a member meets only its neighbours in id order, and a pair that
//! shares any smaller group is named there. Mass petitions stay chained; what is lost are pairs that
//! share nothing but such groups, farther apart than the window.
//!
//! In memory: four bytes per entry, one window of sketches, twelve bytes per heavy group.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;

use crate::sketch::SketchError;
use crate::sketch::latest::{ByKey, Keyed, Ranks};
use crate::sketch::minhash::{BANDS, Sketch};
use crate::sketch::run::{Bits, Run};

/// Two records that may be copies; `one` has the smaller id.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::sketch) struct Near {
    pub(in crate::sketch) one: Bits,
    pub(in crate::sketch) other: Bits,
    pub(in crate::sketch) estimate: f32,
    pub(in crate::sketch) same_text: bool,
}

/// A record met in the current group.
struct Member {
    entry: Keyed,
    /// Read only once a second member comes.
    loaded: Option<(Bits, Sketch)>,
}

struct Pairs<'r> {
    runs: &'r [Run],
    ranks: Ranks,
    /// Band and key of each group over the window.
    heavy: FxHashSet<(usize, u32)>,
    bounds: Bounds,
}

/// What is asked of the pairs.
#[derive(Debug, Clone, Copy)]
pub(in crate::sketch) struct Bounds {
    /// Pairs estimated below are left out.
    pub(in crate::sketch) min_estimate: f32,
    /// Members one member of a group is compared with.
    pub(in crate::sketch) window: usize,
}

/// Gives each pair of `runs` within `bounds` to `sink`, once.
pub(in crate::sketch) fn pairs<E: From<SketchError>>(
    runs: &[Run],
    bounds: Bounds,
    sink: &mut impl FnMut(Near) -> Result<(), E>,
) -> Result<(), E> {
    let ranks = Ranks::of(runs)?;
    let heavy = heavy(runs, &ranks, bounds.window)?;
    let pairs = Pairs { runs, ranks, heavy, bounds };
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
        let mut table = ByKey::new(self.runs, &self.ranks, |layout| layout.bands.get(band))?;
        let mut group: VecDeque<Member> = VecDeque::new();
        while let Some(entry) = table.advance()? {
            if group.front().is_some_and(|first| first.entry.key != entry.key) {
                group.clear();
            }
            let mut member = Member { entry, loaded: None };
            if !group.is_empty() {
                let loaded = self.load(&mut member)?;
                for earlier in &mut group {
                    let near = self.near(band, self.load(earlier)?, loaded);
                    near.map_or(Ok(()), &mut *sink)?;
                }
            }
            if group.len() == self.bounds.window {
                group.pop_front();
            }
            group.push_back(member);
        }
        Ok(())
    }

    fn load(&self, member: &mut Member) -> Result<(Bits, Sketch), SketchError> {
        if let Some(loaded) = member.loaded {
            return Ok(loaded);
        }
        let Keyed { run, ordinal, .. } = member.entry;
        let run = self.runs.get(run).ok_or_else(|| SketchError::Missing { path: run.to_string().into() })?;
        Ok(*member.loaded.insert((run.id(ordinal)?, run.sketch(ordinal)?)))
    }

    /// The pair, if it is near enough and `band` is the one to name it.
    fn near(&self, band: usize, one: (Bits, Sketch), other: (Bits, Sketch)) -> Option<Near> {
        let ((one, one_sketch), (other, other_sketch)) = (one, other);
        if !self.is_named_in(band, &one_sketch, &other_sketch) {
            return None;
        }
        let estimate = one_sketch.estimate(&other_sketch);
        let same_text = one_sketch.text_hash == other_sketch.text_hash;
        (estimate >= self.bounds.min_estimate).then_some(Near { one, other, estimate, same_text })
    }

    /// Whether `band`, which both share, is the first they share in a group that is not heavy; if all
    /// they share are heavy, whether it is the first of these.
    fn is_named_in(&self, band: usize, one: &Sketch, other: &Sketch) -> bool {
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
