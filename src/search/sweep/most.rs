//! Rows that hold at least so many of some terms.

use tantivy::{DocId, Score, SegmentReader};

use crate::search::sweep::list::{Candidate, List, Sought};
use crate::search::sweep::window::WINDOW;

const WORD: usize = 64;

/// The lists of the terms, and what one stretch of rows has of them.
pub(super) struct Most {
    /// With the number of the term; a term may have a list in each lane.
    lists: Vec<(u16, List)>,
    needed: u16,
    cells: Vec<Cell>,
    touched: Vec<u64>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    score: Score,
    count: u16,
    /// Number of the term counted last.
    last: u16,
}

impl Most {
    /// None when too few terms are in the segment.
    pub(super) fn open(
        (terms, needed): (&[Vec<Sought>], usize),
        here: (u32, &SegmentReader),
        is_scored: bool,
    ) -> tantivy::Result<Option<Self>> {
        let mut lists = Vec::new();
        let mut distinct = 0;
        for (number, lanes) in (1u16..).zip(terms) {
            let before = lists.len();
            for sought in lanes {
                lists.extend(sought.open(here, is_scored)?.map(|list| (number, list)));
            }
            distinct += usize::from(lists.len() > before);
        }
        if distinct < needed.max(1) {
            return Ok(None);
        }
        let size = WINDOW as usize;
        let (cells, touched) = (vec![Cell::default(); size], vec![0; size / WORD]);
        Ok(Some(Self { lists, needed: u16::try_from(needed).unwrap_or(u16::MAX), cells, touched }))
    }

    /// Rows from `start` and before `end` that hold enough of the terms.
    pub(super) fn fill(&mut self, start: DocId, end: DocId) -> Vec<Candidate> {
        let Self { lists, needed, cells, touched } = self;
        for (number, list) in lists {
            list.each((start, end), |row, _, score| {
                let place = row.wrapping_sub(start) as usize;
                let (Some(cell), Some(marks)) = (cells.get_mut(place), touched.get_mut(place / WORD)) else {
                    return;
                };
                *marks |= 1 << (place % WORD);
                cell.score += score;
                cell.count += u16::from(cell.last != *number);
                cell.last = *number;
            });
        }
        let mut found = Vec::new();
        for (word, marks) in touched.iter_mut().enumerate() {
            let mut left = std::mem::take(marks);
            while left != 0 {
                let place = word * WORD + left.trailing_zeros() as usize;
                left &= left - 1;
                let Some(cell) = cells.get_mut(place).map(std::mem::take) else { continue };
                if cell.count >= *needed {
                    let row = start + u32::try_from(place).unwrap_or_default();
                    found.push(Candidate { row, score: cell.score });
                }
            }
        }
        found
    }
}
