//! How two stories overlap, whatever the order of their paragraphs, and what is new in the first.
//!
//! Slips of the pen and of the scanner leave short gaps on both sides of the passages that two texts
//! share; they are the same words, badly read. A gap is new only if it is long and the other text has nothing in
//! its place.

use std::ops::Range;

use crate::duplicates::align::{Row, Run, runs};

/// Syllables of a gap, on both sides, that is read as the same words with slips in them.
const SLIP_SYLLABLES_MAX: usize = 8;
/// Syllables of the shortest new passage.
pub(in crate::duplicates) const NEW_SYLLABLES_MIN: usize = 12;

/// How two stories overlap.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(in crate::duplicates) struct Stories {
    /// Share of the asked one's syllables that the other tells too, 0 to 1.
    pub(in crate::duplicates) told_by_other: f64,
    /// Share of the other's syllables that the asked one tells too.
    pub(in crate::duplicates) told_by_asked: f64,
    /// Syllables of the new passages of the asked one.
    pub(in crate::duplicates) new: usize,
    /// Syllables of passages that the other alone has.
    pub(in crate::duplicates) left_out: usize,
    /// Syllables of the asked one.
    pub(in crate::duplicates) asked: usize,
    /// Syllables of the other.
    pub(in crate::duplicates) other: usize,
}

impl Stories {
    /// How the stories overlap; the same from either side, because the shorter one is always laid on the
    /// longer one.
    pub(in crate::duplicates) fn of(asked: &Row, other: &Row) -> Self {
        let order = |row: &Row| row.hashes().len();
        if (order(other), other.hashes()) < (order(asked), asked.hashes()) {
            return Self::laid(other, asked).turned();
        }
        Self::laid(asked, other)
    }

    fn turned(self) -> Self {
        Self {
            told_by_other: self.told_by_asked,
            told_by_asked: self.told_by_other,
            new: self.left_out,
            left_out: self.new,
            asked: self.other,
            other: self.asked,
        }
    }

    fn laid(asked: &Row, other: &Row) -> Self {
        let runs = runs(asked.hashes(), other);
        let (asked, other) = (asked.hashes(), other.hashes());
        let slips = slips(&runs);
        let common = runs.iter().map(|run| run.len).sum::<usize>();
        let share = |own: usize, all: usize| if all == 0 { 0.0 } else { (own as f64 / all as f64).min(1.0) };
        let of_a = gaps(asked.len(), runs.iter().map(|run| (run.a, run.len)));
        let of_b = gaps(other.len(), runs.iter().map(|run| (run.b, run.len)));
        let long = |gaps: Vec<Range<usize>>| {
            gaps.into_iter().map(|gap| gap.len()).filter(|len| *len >= NEW_SYLLABLES_MIN).sum()
        };
        Self {
            told_by_other: share(common + slips.0, asked.len()),
            told_by_asked: share(common + slips.1, other.len()),
            new: long(of_a),
            left_out: long(of_b),
            asked: asked.len(),
            other: other.len(),
        }
    }
}

/// Syllables of gaps that are short on both sides of neighbouring runs: of the first row and of the second.
fn slips(runs: &[Run]) -> (usize, usize) {
    let gap = |pair: &[Run]| {
        let [one, next] = pair else { return None };
        let of_a = next.a.checked_sub(one.a + one.len)?;
        let of_b = next.b.checked_sub(one.b + one.len)?;
        (of_a.max(of_b) <= SLIP_SYLLABLES_MAX).then_some((of_a, of_b))
    };
    let pairs = runs.windows(2).filter_map(gap);
    pairs.fold((0, 0), |sum, gap| (sum.0 + gap.0, sum.1 + gap.1))
}

/// What no run covers of a row of `len`, in order.
pub(in crate::duplicates) fn gaps(
    len: usize,
    covered: impl Iterator<Item = (usize, usize)>,
) -> Vec<Range<usize>> {
    let mut covered: Vec<(usize, usize)> = covered.collect();
    covered.sort_unstable();
    let mut gaps = Vec::new();
    let mut end = 0;
    for (start, length) in covered {
        gaps.push(end..start.max(end));
        end = end.max(start + length);
    }
    gaps.push(end..len.max(end));
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(from: u64, len: u64) -> Vec<u64> {
        (from..from + len).collect()
    }

    fn stories(one: &[u64], other: &[u64]) -> Stories {
        Stories::of(&Row::of(one.to_vec()), &Row::of(other.to_vec()))
    }

    #[test]
    fn moved_paragraphs_are_the_same_story() {
        let (one, two) = (row(0, 40), row(100, 60));
        let told = stories(&[one.clone(), two.clone()].concat(), &[two, one].concat());
        assert_eq!((told.told_by_asked, told.told_by_other, told.new), (1.0, 1.0, 0));
    }

    #[test]
    fn slips_are_no_news_and_a_paragraph_is() {
        let clean = row(0, 100);
        let mut scanned = clean.clone();
        for place in (5..100).step_by(9) {
            scanned[place] = 9_000 + place as u64;
        }
        let told = stories(&scanned, &clean);
        assert!(told.told_by_other > 0.9 && told.new == 0, "{told:?}");
        let longer = [row(0, 50), row(500, 20), row(50, 50)].concat();
        let told = stories(&longer, &clean);
        assert_eq!((told.new, told.left_out), (20, 0));
        assert_eq!((told.told_by_asked, told.asked, told.other), (1.0, 120, 100));
        assert_eq!(stories(&[], &[]), Stories::default());
    }
}
