//! The rows of one word that stands in two lanes of many rows.
//!
//! To meet the rows of both lists one by one costs a guess of the processor for each. Here both lists are laid over
//! a stretch of rows, with how often the word stands there, and scores are compared with the bound many at once.

use tantivy::DocId;

use crate::search::budget::Budget;
use crate::search::collect::{LaneCounts, SegmentGather};
use crate::search::sweep::list::List;
use crate::search::sweep::window::{Bits, ROWS, WINDOW, each_from};

/// The shorter list has at least one row to so many of the longer one.
const DENSE: u32 = 8;
const WORD: usize = u64::BITS as usize;

/// Whether so many rows are likely to be in both that they are better not met one by one.
pub(super) fn is_dense(a: &List, b: &List) -> bool {
    let (few, many) = (a.rows().min(b.rows()), a.rows().max(b.rows()));
    few >= many / DENSE && few as usize >= ROWS / WORD
}

/// Looks at the rows of either list that may be among the best; gives the number of all that were passed.
pub(super) fn run(lists: [&mut List; 2], here: &mut SegmentGather, budget: &Budget) -> u64 {
    let [mut a, mut b] = lists;
    if a.lane > b.lane {
        (a, b) = (b, a);
    }
    let mut scores = Box::new([0.0; ROWS]);
    let mut counts = [Box::new([0; ROWS]), Box::new([0; ROWS])];
    let mut passed = 0;
    let mut start: DocId = 0;
    while let Some(row) = a.next(start).into_iter().chain(b.next(start)).min()
        && !budget.look()
    {
        start = row & !(WINDOW - 1);
        let end = start.saturating_add(WINDOW);
        let mut bits: Bits = [0; ROWS / WORD];
        scores.fill(0.0);
        for (list, counts) in [&mut *a, &mut *b].into_iter().zip(&mut counts) {
            counts.fill(0);
            list.each((start, end), |row, count, score| {
                let place = row as usize % ROWS;
                bits[place / WORD] |= 1 << (place % WORD);
                scores[place] += score;
                counts[place] = count;
            });
        }
        passed += bits.iter().map(|word| u64::from(word.count_ones())).sum::<u64>();
        let bound = here.bound().unwrap_or(f32::NEG_INFINITY);
        let [in_a, in_b] = &counts;
        each_from((&bits, &scores), bound, |place, score| {
            let counts = LaneCounts::two(a.lane, [in_a[place], in_b[place]]);
            here.look_at_counted(start | place as DocId, score, || counts);
        });
        start = end;
    }
    passed
}
