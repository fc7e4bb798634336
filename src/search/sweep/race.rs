//! The rows of one word, looked at by score.
//!
//! A word that stands alone is in one list, or in one for each of two lanes, and every row of them matches:
//! their number is known, and only the best rows are sought. For each length of a text it is worked out how
//! often the word must stand there to be among them; a row that has it less often costs a comparison and no
//! score. Rows of both lists are met on the way along the longer one.

use tantivy::query::Bm25Weight;
use tantivy::{DocId, Score};

use crate::search::budget::Budget;
use crate::search::collect::{LaneCounts, SegmentGather};
use crate::search::sweep::list::{List, Scoring};

/// Lengths of texts as they are kept.
const LENGTHS: usize = 256;
/// Rows of a block that are looked at together, at most a bit each.
const TOGETHER: usize = u64::BITS as usize;
/// Blocks between two looks at the clock.
const BLOCKS_PER_LOOK: usize = 32;
/// What is lost in rounding, generously.
const ROUNDING: Score = 1e-3;

/// How often a term must stand in a row of each length to score as much as a bound, or a little less often.
struct Needed {
    bound: Score,
    counts: Box<[u32; LENGTHS]>,
}

/// Some rows of the longer list, and how often the word stands in each.
struct Together<'l> {
    lane: usize,
    scoring: &'l Scoring,
    rows: &'l [DocId],
    counts: &'l [u32],
}

/// The shorter list beside the longer one.
struct Beside<'l> {
    list: Option<&'l mut List>,
    needed: Needed,
    /// The row it has come to; behind all rows at its end.
    row: DocId,
}

/// Looks at the rows of `many` or of `few` that may be among the best, and maybe at others; gives the number
/// of all that were passed.
pub(super) fn race(
    (many, few): (&mut List, Option<&mut List>),
    here: &mut SegmentGather,
    budget: &Budget,
) -> u64 {
    let (mut needed, mut passed, lane) = (Needed::none(), 0, many.lane);
    let mut beside = Beside::open(few);
    for block in 1usize.. {
        let (rows, counts) = many.block();
        let Some(scoring) = many.scoring.as_ref().filter(|_| !rows.is_empty()) else { break };
        passed += rows.len() as u64;
        needed.reach(here.bound().unwrap_or(Score::NEG_INFINITY), &scoring.weight);
        for (rows, counts) in rows.chunks(TOGETHER).zip(counts.chunks(TOGETHER)) {
            let together = Together { lane, scoring, rows, counts };
            let mut able = needed.able(&together);
            passed += beside.meet(&together, &mut able, here);
            while able != 0 {
                let place = able.trailing_zeros() as usize;
                able &= able - 1;
                if let (Some(row), Some(count)) = (rows.get(place), counts.get(place)) {
                    let score = scoring.score(*row, *count);
                    here.look_at_counted(*row, score, || LaneCounts::one(lane, *count));
                }
            }
        }
        many.pass_block();
        if block.is_multiple_of(BLOCKS_PER_LOOK) && budget.look() {
            return passed;
        }
    }
    passed + beside.pass(DocId::MAX, here)
}

impl Needed {
    /// Any number is enough.
    fn none() -> Self {
        Self { bound: Score::NEG_INFINITY, counts: Box::new([0; LENGTHS]) }
    }

    /// Solves `whole * count / (count + share) = bound`, what BM25 is for one length, for the count.
    fn reach(&mut self, bound: Score, weight: &Bm25Weight) {
        if bound.to_bits() == self.bound.to_bits() {
            return;
        }
        self.bound = bound;
        let whole = weight.score(0, u32::MAX);
        for (length, needed) in (0..=u8::MAX).zip(self.counts.iter_mut()) {
            let once = weight.score(length, 1);
            *needed = match bound {
                bound if bound <= once => 0,
                bound if bound >= whole => u32::MAX / 2,
                bound => {
                    let share = whole / once - 1.0;
                    let exact = bound * share / (whole - bound) * (1.0 - ROUNDING);
                    // As `ceil`, which is a call where the processor is not known to have it.
                    let below = exact as u32;
                    below.saturating_add(u32::from((below as f32) < exact))
                }
            };
        }
    }

    /// A bit for each row in which the word stands as often as needed. Nothing hangs on one row alone, so that
    /// the processor works on several at once.
    fn able(&self, together: &Together<'_>) -> u64 {
        let rows = together.rows.iter().zip(together.counts).enumerate();
        rows.fold(0, |able, (place, (row, count))| {
            let length = together.scoring.norms.fieldnorm_id(*row);
            able | u64::from(*count >= self.counts[usize::from(length)]) << place
        })
    }
}

impl<'l> Beside<'l> {
    fn open(list: Option<&'l mut List>) -> Self {
        let row = list.as_ref().and_then(|list| list.row()).unwrap_or(DocId::MAX);
        Self { list, needed: Needed::none(), row }
    }

    /// Passes the rows before `row`, which stand in this list alone; gives their number.
    fn pass(&mut self, row: DocId, here: &mut SegmentGather) -> u64 {
        let Some(list) = &mut self.list else { return 0 };
        let Some(scoring) = &list.scoring else { return 0 };
        self.needed.reach(here.bound().unwrap_or(Score::NEG_INFINITY), &scoring.weight);
        let mut passed = 0;
        while self.row < row {
            passed += 1;
            let count = list.count();
            if let Some(scoring) = &list.scoring {
                let length = scoring.norms.fieldnorm_id(self.row);
                if count >= self.needed.counts[usize::from(length)] {
                    let score = scoring.weight.score(length, count);
                    here.look_at_counted(self.row, score, || LaneCounts::one(list.lane, count));
                }
            }
            list.step();
            self.row = list.row().unwrap_or(DocId::MAX);
        }
        passed
    }

    /// Passes the rows up to the last of `together`. What stands in both lists is looked at here, and no more
    /// among those that are `able`. Gives the number of rows that stand in this list alone.
    fn meet(&mut self, together: &Together<'_>, able: &mut u64, here: &mut SegmentGather) -> u64 {
        if together.rows.last().is_none_or(|last| self.row > *last) {
            return 0;
        }
        let mut passed = 0;
        for (place, (row, count)) in together.rows.iter().zip(together.counts).enumerate() {
            if self.row > *row {
                continue;
            }
            passed += self.pass(*row, here);
            if self.row == *row {
                *able &= !(1 << place);
                let (score, other) = self.take();
                let score = together.scoring.score(*row, *count) + score;
                here.look_at_counted(*row, score, || LaneCounts::two(together.lane, [*count, other]));
            }
        }
        passed
    }

    /// The score of the row it has come to, and how often the word stands there; goes on behind it.
    fn take(&mut self) -> (Score, u32) {
        let Some(list) = &mut self.list else { return (0.0, 0) };
        let count = list.count();
        let score = list.scoring.as_ref().map_or(0.0, |scoring| scoring.score(self.row, count));
        list.step();
        self.row = list.row().unwrap_or(DocId::MAX);
        (score, count)
    }
}
