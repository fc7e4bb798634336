//! Which run has the last word on each record.
//!
//! Runs stand oldest first. A newer entry for an id, be it a sketch or its removal, hides all older
//! ones. Two walks over several runs at once follow from that: by id, and by the key of a table. Both
//! read each file once from front to end.

use std::path::Path;

use crate::sketch::SketchError;
use crate::sketch::layout::Layout;
use crate::sketch::run::{Bits, Run, number};
use crate::sketch::section::{Scan, Section};

/// The rank of an entry that a newer run hides.
pub(in crate::sketch) const HIDDEN: u32 = u32::MAX;

/// The last word on one id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sketch) struct Latest {
    pub(in crate::sketch) id: Bits,
    /// The run that has it.
    pub(in crate::sketch) run: usize,
    /// Its ordinal there; nothing if the id is gone.
    pub(in crate::sketch) ordinal: Option<u32>,
}

/// Walks over all ids of some runs, in order.
pub(in crate::sketch) struct ById<'r> {
    /// For each run its ids, with the ordinal the scan stands at, and its removals.
    scans: Vec<(Scan<'r>, u32, Scan<'r>)>,
}

/// The records of some runs numbered anew, in the order of their ids.
#[derive(Debug)]
pub(in crate::sketch) struct Ranks {
    /// For each run the new number of each ordinal, or [`HIDDEN`]; four bytes per entry.
    pub(in crate::sketch) of: Vec<Vec<u32>>,
}

/// An entry of a table, seen over several runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::sketch) struct Keyed {
    pub(in crate::sketch) key: u64,
    pub(in crate::sketch) rank: u32,
    pub(in crate::sketch) run: usize,
    pub(in crate::sketch) ordinal: u32,
}

/// Walks over one table of some runs, by key, then rank; hidden entries are left out.
pub(in crate::sketch) struct ByKey<'r> {
    cursors: Vec<Cursor<'r>>,
}

struct Cursor<'r> {
    scan: Scan<'r>,
    run: usize,
    ranks: &'r [u32],
    path: &'r Path,
    head: Option<Keyed>,
}

impl<'r> ById<'r> {
    /// A walk from the least id.
    pub(in crate::sketch) fn new(runs: &'r [Run]) -> Result<Self, SketchError> {
        let scan = |run: &'r Run| Ok((run.scan(&run.layout.ids)?, 0, run.scan(&run.layout.removed)?));
        Ok(Self { scans: runs.iter().map(scan).collect::<Result<_, SketchError>>()? })
    }

    /// The last word on the next id.
    pub(in crate::sketch) fn advance(&mut self) -> Result<Option<Latest>, SketchError> {
        let heads = |(ids, _, removed): &(Scan<'_>, u32, Scan<'_>)| {
            [ids.head(), removed.head()]
                .into_iter()
                .flatten()
                .filter_map(|head| Bits::try_from(head).ok())
                .min()
        };
        let Some(id) = self.scans.iter().filter_map(heads).min() else { return Ok(None) };
        let mut latest = Latest { id, run: 0, ordinal: None };
        for (run, (ids, ordinal, removed)) in self.scans.iter_mut().enumerate() {
            if removed.head() == Some(&id) {
                latest = Latest { id, run, ordinal: None };
                removed.step()?;
            }
            if ids.head() == Some(&id) {
                latest = Latest { id, run, ordinal: Some(*ordinal) };
                *ordinal += 1;
                ids.step()?;
            }
        }
        Ok(Some(latest))
    }
}

impl Ranks {
    /// Numbers the records of `runs`.
    pub(in crate::sketch) fn of(runs: &[Run]) -> Result<Self, SketchError> {
        let mut of: Vec<Vec<u32>> =
            runs.iter().map(|run| vec![HIDDEN; run.header.records as usize]).collect();
        let (mut walk, mut rank) = (ById::new(runs)?, 0);
        while let Some(latest) = walk.advance()? {
            let Some(ordinal) = latest.ordinal else { continue };
            let place = of.get_mut(latest.run).and_then(|ranks| ranks.get_mut(ordinal as usize));
            if let Some(place) = place {
                *place = rank;
                rank += 1;
            }
        }
        Ok(Self { of })
    }
}

impl<'r> ByKey<'r> {
    /// A walk over the table that `section` picks from each layout.
    pub(in crate::sketch) fn new(
        runs: &'r [Run],
        ranks: &'r Ranks,
        section: impl Fn(&'r Layout) -> Option<&'r Section>,
    ) -> Result<Self, SketchError> {
        let mut cursors = Vec::with_capacity(runs.len());
        for (place, (run, ranks)) in runs.iter().zip(&ranks.of).enumerate() {
            let Some(section) = section(&run.layout) else { continue };
            let scan = run.scan(section)?;
            let mut cursor = Cursor { scan, run: place, ranks, path: &run.source.path, head: None };
            cursor.advance()?;
            cursors.push(cursor);
        }
        Ok(Self { cursors })
    }

    /// The next entry.
    pub(in crate::sketch) fn advance(&mut self) -> Result<Option<Keyed>, SketchError> {
        let least = self.cursors.iter_mut().filter(|cursor| cursor.head.is_some()).min_by_key(|c| c.head);
        let Some(cursor) = least else { return Ok(None) };
        let entry = cursor.head;
        cursor.advance()?;
        Ok(entry)
    }
}

impl Cursor<'_> {
    /// Goes to the next entry that is not hidden.
    fn advance(&mut self) -> Result<(), SketchError> {
        loop {
            self.head = self.scan.head().map(|entry| self.read(entry)).transpose()?;
            self.scan.step()?;
            if self.head.is_none_or(|head| head.rank != HIDDEN) {
                return Ok(());
            }
        }
    }

    fn read(&self, entry: &[u8]) -> Result<Keyed, SketchError> {
        let (key, ordinal) = entry.split_at(entry.len() - 4);
        let ordinal = number(ordinal) as u32;
        let rank = self.ranks.get(ordinal as usize).copied();
        let rank = rank.ok_or_else(|| SketchError::damaged(self.path, "an entry points outside"))?;
        Ok(Keyed { key: number(key), rank, run: self.run, ordinal })
    }
}
