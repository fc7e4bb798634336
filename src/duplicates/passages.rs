//! Which passages of two letters are shared and which are their own, in the original spelling.
//!
//! For two columns side by side each text is cut into segments that together are the text. For a
//! supplement, what is new in the later letter is told: passages of some length that the earlier one does
//! not have, without head, signer, formulas and slips of the pen.

use std::ops::Range;

use crate::duplicates::align::{Row, align, runs};
use crate::duplicates::compare::stories::{NEW_SYLLABLES_MIN, gaps};
use crate::duplicates::extract::{Told, told};

/// Whether the other text has a passage too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentKind {
    /// It stands in both texts.
    Shared,
    /// It stands in this text alone.
    Own,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Whether the other text has it.
    pub kind: SegmentKind,
    /// Its bytes.
    pub range: Range<usize>,
    /// Number of the shared passage, the same on both sides; nothing for a text's own.
    pub passage: Option<usize>,
}

/// The segments of `a` and of `b`, each in the order of its text. The segments of a text touch each other
/// and cover all of it.
#[must_use]
pub fn side_by_side(a: &str, b: &str) -> [Vec<Segment>; 2] {
    let shared = align(a, b);
    let of_a = shared.iter().map(|passage| passage.a.clone()).enumerate().collect();
    let of_b = shared.iter().map(|passage| passage.b.clone()).enumerate().collect();
    [segments(a.len(), of_a), segments(b.len(), of_b)]
}

/// The passages of `asked` that are new beside `other`, in order, as bytes.
#[must_use]
pub fn new_passages(asked: &str, other: &str) -> Vec<Range<usize>> {
    let (mine, its) = (told(asked), told(other));
    let runs = runs(&mine.hashes, &Row::of(its.hashes));
    let mut passages = Vec::new();
    for gap in gaps(mine.hashes.len(), runs.iter().map(|run| (run.a, run.len))) {
        if gap.len() >= NEW_SYLLABLES_MIN {
            passages.extend(bytes(&mine, gap));
        }
    }
    passages
}

/// From the first to the last syllable of a gap.
fn bytes(told: &Told, gap: Range<usize>) -> Option<Range<usize>> {
    let row = told.places.get(gap)?;
    Some(row.first()?.start..row.last()?.end)
}

fn segments(len: usize, mut shared: Vec<(usize, Range<usize>)>) -> Vec<Segment> {
    shared.sort_by_key(|(_, range)| range.start);
    let mut all = Vec::new();
    let mut end = 0;
    let own = |range: Range<usize>| Segment { kind: SegmentKind::Own, range, passage: None };
    for (number, range) in shared {
        if range.start > end {
            all.push(own(end..range.start));
        }
        end = range.end;
        all.push(Segment { kind: SegmentKind::Shared, range, passage: Some(number) });
    }
    if end < len {
        all.push(own(end..len));
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FIRST: &str = "Kính gửi: UBND xã Tân Hòa\n\nTôi là Trần Văn Nam, trú tại thôn 3, xã Tân Hòa, tỉnh Nghệ An.\nNăm 2019 gia đình tôi bị thu hồi thửa đất số 12 mà không có quyết định nào. Đất này do cha mẹ tôi khai hoang từ năm 1980 và nộp thuế đầy đủ.";
    const NEWS: &str = "Ngày 3/4/2024 tôi tìm được biên bản đo đạc năm 1992 có chữ ký của cán bộ địa chính, xin nộp kèm theo đơn này làm chứng cứ.";

    #[test]
    fn what_a_supplement_adds_is_told_and_head_and_slips_are_not() {
        let later = format!(
            "Kính gửi: Thanh tra tỉnh Nghệ An; Ủy ban nhân dân tỉnh Nghệ An\n\nTôi là Trần Văn Nam, trú tại thôn 3, xã Tân Hòa, tỉnh Nghệ An, số điện thoại 0912345678.\nNam 2019 gia dinh toi bi thu h0i thửa đất số 12 mà không có quyết định nào. {NEWS} Đất này do cha mẹ tôi khai hoang từ năm 1980 và nộp thuế đầy đủ."
        );
        let new: Vec<&str> = new_passages(&later, FIRST).into_iter().map(|range| &later[range]).collect();
        assert_eq!(new, [NEWS.trim_end_matches('.')]);
        assert!(new_passages(FIRST, &later).is_empty());
    }

    #[test]
    fn shared_passages_carry_one_number_on_both_sides() {
        let later = format!("{NEWS} {FIRST}");
        let [mine, its] = side_by_side(&later, FIRST);
        let numbers =
            |side: &[Segment]| side.iter().filter_map(|segment| segment.passage).collect::<Vec<_>>();
        assert_eq!(numbers(&mine), numbers(&its));
        assert_eq!(mine.first().map(|segment| segment.kind), Some(SegmentKind::Own));
        assert_eq!(numbers(&its), [0]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_segments_of_a_text_are_the_text(a in "(đơn |khiếu |nại |về |đất |\\PC){0,60}", b in "(đơn |khiếu |nại |về |đất |\\PC){0,60}") {
            for (text, side) in [&a, &b].into_iter().zip(side_by_side(&a, &b)) {
                let whole: String = side.iter().map(|segment| &text[segment.range.clone()]).collect();
                prop_assert_eq!(&whole, text);
                prop_assert!(side.iter().all(|segment| !segment.range.is_empty()));
            }
            for range in new_passages(&a, &b) {
                prop_assert!(a.get(range).is_some());
            }
        }
    }
}
