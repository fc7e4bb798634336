//! Rows that hold any of many terms, each lane counted once.
//!
//! All that tells such rows apart is in how many lanes they are and, behind that, their ids. Where nothing else
//! is asked, rows are counted by the word of bits, and the best of them are found among those with the lowest
//! ids, which are few to look at when many rows match.

use tantivy::fastfield::AliveBitSet;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, Score};

use crate::search::collect::SegmentGather;
use crate::search::compile::Fitting;
use crate::search::sweep::window::each_kept;

const WORD: u32 = u64::BITS;

/// The rows of one segment: a set of bits for each lane that has any.
pub(super) struct Any {
    pub(super) lanes: Vec<Vec<u64>>,
}

impl Any {
    pub(super) fn open(lanes: &[Fitting], rows: u32) -> tantivy::Result<Self> {
        let lanes = lanes.iter().filter(|fitting| !fitting.infos.is_empty());
        Ok(Self { lanes: lanes.map(|fitting| set(fitting, rows)).collect::<tantivy::Result<_>>()? })
    }

    /// Counts the rows that are `alive`, and looks at those that may be among the best.
    pub(super) fn gather(&mut self, here: &mut SegmentGather, alive: Option<&AliveBitSet>) {
        if let Some(alive) = alive {
            self.lanes.iter_mut().for_each(|bits| each_kept(bits, 0, |row, _| alive.is_alive(row)));
        }
        let (mut first, others) = match self.lanes.as_mut_slice() {
            [first, second, ..] => (std::mem::take(first), Some(std::mem::take(second))),
            [first] => (std::mem::take(first), None),
            [] => return,
        };
        let Some(mut second) = others else {
            here.count(number(&first));
            take(here, &mut first, 1.0);
            return;
        };
        for (first, second) in first.iter_mut().zip(&mut second) {
            (*first, *second) = (*first & *second, *first ^ *second);
        }
        here.count(number(&first) + number(&second));
        if !take(here, &mut first, 2.0) {
            take(here, &mut second, 1.0);
        }
    }
}

/// Looks at rows that all score the same; whether they are as many as are wanted.
fn take(here: &mut SegmentGather, bits: &mut [u64], score: Score) -> bool {
    let wanted = here.wanted();
    if here.bound().is_some_and(|bound| score < bound) {
        return false;
    }
    let holds =
        |row: &&DocId| bits.get((*row / WORD) as usize).is_some_and(|word| word & (1 << (*row % WORD)) != 0);
    let lowest: Vec<DocId> = here.lowest_ids().iter().filter(holds).take(wanted).copied().collect();
    let mut rows = 0;
    if lowest.len() == wanted {
        rows = wanted;
        lowest.into_iter().for_each(|row| here.look_at(&[row], &[score]));
    } else {
        each_kept(bits, 0, |row, _| {
            rows += 1;
            here.look_at(&[row], &[score]);
            true
        });
    }
    rows >= wanted
}

fn number(bits: &[u64]) -> u64 {
    bits.iter().map(|word| u64::from(word.count_ones())).sum()
}

fn set(fitting: &Fitting, rows: u32) -> tantivy::Result<Vec<u64>> {
    let mut bits = vec![0u64; rows.div_ceil(WORD) as usize];
    let mut postings = None;
    for info in &fitting.infos {
        let postings = match &mut postings {
            None => postings
                .insert(fitting.index.read_block_postings_from_terminfo(info, IndexRecordOption::Basic)?),
            Some(open) => {
                fitting.index.reset_block_postings_from_terminfo(info, open)?;
                open
            }
        };
        while !postings.docs().is_empty() {
            for row in postings.docs() {
                bits.get_mut((row / WORD) as usize).into_iter().for_each(|word| *word |= 1 << (row % WORD));
            }
            postings.advance();
        }
    }
    Ok(bits)
}
