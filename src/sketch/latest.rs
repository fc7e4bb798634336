//! Which run has the last word on each record.
//!
//! Runs stand oldest first. A newer entry for an id, be it a sketch or its removal, hides all older
//! ones. Three walks over several runs at once follow from that: by id, by text, and by the key of a
//! table. All read each file once from front to end. A text is there as long as one record has it.

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

/// The records and texts of some runs numbered anew, in the order of their ids and hashes.
#[derive(Debug)]
pub(in crate::sketch) struct Ranks {
    /// For each run the new number of each record, or [`HIDDEN`]; four bytes per record.
    pub(in crate::sketch) records: Vec<Vec<u32>>,
    /// For each run the new number of each text, or [`HIDDEN`]; four bytes per text.
    pub(in crate::sketch) texts: Vec<Vec<u32>>,
}

/// A text, seen over several runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sketch) struct Text {
    pub(in crate::sketch) hash: u64,
    /// Runs that have it, oldest first, and its ordinal there.
    pub(in crate::sketch) places: Vec<(usize, u32)>,
    /// New numbers of the records that have it still, in order.
    pub(in crate::sketch) members: Vec<u32>,
}

/// Walks over all texts of some runs, by hash, those without a member too.
pub(in crate::sketch) struct ByText<'r> {
    cursors: Vec<TextCursor<'r>>,
}

struct TextCursor<'r> {
    texts: Scan<'r>,
    /// The ordinal the scan stands at.
    ordinal: u32,
    members: Scan<'r>,
    width: usize,
    records: &'r [u32],
    path: &'r Path,
}

/// An entry of a table, seen over several runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::sketch) struct Keyed {
    pub(in crate::sketch) key: u64,
    pub(in crate::sketch) rank: u32,
    pub(in crate::sketch) run: usize,
    pub(in crate::sketch) ordinal: u32,
}

/// Walks over one table of the texts of some runs, by key, then rank; hidden entries are left out.
pub(in crate::sketch) struct ByKey<'r> {
    cursors: Vec<Cursor<'r>>,
}

struct Cursor<'r> {
    scan: Scan<'r>,
    run: usize,
    ranks: &'r [u32],
    path: &'r Path,
    /// Bytes of an ordinal.
    width: usize,
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
    /// Numbers the records and texts of `runs`.
    pub(in crate::sketch) fn of(runs: &[Run]) -> Result<Self, SketchError> {
        let hidden = |count: fn(&Run) -> u32| -> Vec<Vec<u32>> {
            runs.iter().map(|run| vec![HIDDEN; count(run) as usize]).collect()
        };
        let mut records = hidden(|run| run.header.counts.records);
        let (mut walk, mut rank) = (ById::new(runs)?, 0);
        while let Some(latest) = walk.advance()? {
            let Some(ordinal) = latest.ordinal else { continue };
            rank += u32::from(set(&mut records, (latest.run, ordinal), rank));
        }
        let mut texts = hidden(|run| run.header.counts.texts);
        let (mut walk, mut rank) = (ByText::new(runs, &records)?, 0);
        while let Some(text) = walk.advance()? {
            if text.members.is_empty() {
                continue;
            }
            for place in text.places {
                set(&mut texts, place, rank);
            }
            rank += 1;
        }
        Ok(Self { records, texts })
    }
}

/// Gives the one at this run and ordinal its rank; says whether there is such a one.
fn set(ranks: &mut [Vec<u32>], (run, ordinal): (usize, u32), rank: u32) -> bool {
    let place = ranks.get_mut(run).and_then(|ranks| ranks.get_mut(ordinal as usize));
    place.map(|place| *place = rank).is_some()
}

impl<'r> ByText<'r> {
    /// A walk from the least hash; `records` are the new numbers of each run's records.
    pub(in crate::sketch) fn new(runs: &'r [Run], records: &'r [Vec<u32>]) -> Result<Self, SketchError> {
        let cursor = |(run, records): (&'r Run, &'r Vec<u32>)| {
            let (texts, members) = (run.scan(&run.layout.texts)?, run.scan(&run.layout.members)?);
            let (width, path) = (run.layout.ordinal, run.source.path.as_path());
            Ok(TextCursor { texts, ordinal: 0, members, width, records, path })
        };
        Ok(Self { cursors: runs.iter().zip(records).map(cursor).collect::<Result<_, SketchError>>()? })
    }

    /// The next text.
    pub(in crate::sketch) fn advance(&mut self) -> Result<Option<Text>, SketchError> {
        let heads = self.cursors.iter().filter_map(|cursor| cursor.texts.head().map(number));
        let Some(hash) = heads.min() else { return Ok(None) };
        let mut text = Text { hash, places: Vec::new(), members: Vec::new() };
        for (run, cursor) in self.cursors.iter_mut().enumerate() {
            if cursor.texts.head().map(number) == Some(hash) {
                text.places.push((run, cursor.ordinal));
                cursor.take(&mut text.members)?;
            }
        }
        text.members.sort_unstable();
        Ok(Some(text))
    }
}

impl TextCursor<'_> {
    /// Adds the members of the text it stands at that are not hidden, and goes to the next text.
    fn take(&mut self, members: &mut Vec<u32>) -> Result<(), SketchError> {
        while let Some((text, record)) =
            self.members.head().and_then(|entry| entry.split_at_checked(self.width))
        {
            if number(text) > u64::from(self.ordinal) {
                break;
            }
            let rank = self.records.get(number(record) as usize).copied();
            let rank = rank.ok_or_else(|| SketchError::damaged(self.path, "an entry points outside"))?;
            if rank != HIDDEN {
                members.push(rank);
            }
            self.members.step()?;
        }
        self.ordinal += 1;
        self.texts.step()
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
        for (place, (run, ranks)) in runs.iter().zip(&ranks.texts).enumerate() {
            let Some(section) = section(&run.layout) else { continue };
            let (scan, width) = (run.scan(section)?, run.layout.ordinal);
            let mut cursor = Cursor { scan, run: place, ranks, path: &run.source.path, width, head: None };
            cursor.advance()?;
            cursors.push(cursor);
        }
        Ok(Self { cursors })
    }

    /// The next entry. A text that several runs have comes once.
    pub(in crate::sketch) fn advance(&mut self) -> Result<Option<Keyed>, SketchError> {
        let Some(least) = self.cursors.iter().filter_map(|cursor| cursor.head).min() else { return Ok(None) };
        let same = |head: Keyed| (head.key, head.rank) == (least.key, least.rank);
        for cursor in &mut self.cursors {
            if cursor.head.is_some_and(same) {
                cursor.advance()?;
            }
        }
        Ok(Some(least))
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
        let (key, ordinal) = entry.split_at(entry.len() - self.width);
        let ordinal = number(ordinal) as u32;
        let rank = self.ranks.get(ordinal as usize).copied();
        let rank = rank.ok_or_else(|| SketchError::damaged(self.path, "an entry points outside"))?;
        Ok(Keyed { key: number(key), rank, run: self.run, ordinal })
    }
}
