//! Matched places, as byte ranges of the stored text, and a passage around them.
//!
//! Ranges come from the same walk over syllables that the index was made with, so a range read back
//! from the original and normalised gives the words that were asked for.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::domain::limits::{HIGHLIGHT_BYTES_MAX, HIGHLIGHT_RANGES_MAX, SNIPPET_BYTES};
use crate::search::compile::Pattern;
use crate::search::query::Parsed;
use crate::search::request::Highlight;
use crate::search::widen::{Group, Other};
use crate::text::syllable::Syllables;

/// Folded words that are shown.
pub(in crate::search) struct Wanted {
    words: BTreeSet<String>,
    patterns: Vec<Pattern>,
}

impl Wanted {
    pub(in crate::search) fn of(parsed: &Parsed) -> Self {
        let is_wanted = |group: &&Group| parsed.phrases.contains(&group.given);
        let phrases = parsed.phrase_groups.iter().filter(is_wanted);
        let others = parsed.groups.iter().chain(phrases).flat_map(|group| &group.others);
        let others = others.flat_map(|other| match other {
            Other::Words(words) | Other::Name(words, _) => words.as_slice(),
            Other::Number(_) => &[],
        });
        let words = parsed.wanted_words().into_iter().chain(others).map(|word| word.folded.clone()).collect();
        Self { words, patterns: parsed.patterns.clone() }
    }

    /// The matched places of one column; none when there are none.
    pub(in crate::search) fn show(&self, column: &str, text: &str) -> Option<Highlight> {
        let ranges = self.ranges(text);
        if ranges.is_empty() {
            return None;
        }
        let passage = passage(text, &ranges);
        let snippet = text.get(passage.clone()).unwrap_or_default().to_owned();
        Some(Highlight { column: column.to_owned(), ranges, snippet, snippet_start: passage.start })
    }

    /// Neighbouring words with nothing but spaces between them make one range.
    fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        let text = text.get(..text.floor_char_boundary(HIGHLIGHT_BYTES_MAX)).unwrap_or(text);
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let mut syllables = Syllables::new(text);
        while let Some(token) = syllables.advance() {
            let fits = |pattern: &Pattern| pattern.fits(token.folded);
            if !self.words.contains(token.folded) && !self.patterns.iter().any(fits) {
                continue;
            }
            let (start, end) = (token.start as usize, token.end as usize);
            let is_full = ranges.len() == HIGHLIGHT_RANGES_MAX;
            match ranges.last_mut().filter(|last| is_space(text.get(last.end..start))) {
                Some(last) => last.end = end,
                None if is_full => break,
                None => ranges.push(start..end),
            }
        }
        ranges
    }
}

fn is_space(between: Option<&str>) -> bool {
    between.is_some_and(|between| between.chars().all(char::is_whitespace))
}

/// The passage of about [`SNIPPET_BYTES`] that holds the most of the ranges, begun and ended at spaces.
fn passage(text: &str, ranges: &[Range<usize>]) -> Range<usize> {
    let covered = |from: &Range<usize>| -> usize {
        let end = from.start + SNIPPET_BYTES * 2 / 3;
        ranges.iter().filter(|range| range.start >= from.start && range.end <= end).map(Range::len).sum()
    };
    let best = ranges.iter().max_by_key(|range| (covered(range), std::cmp::Reverse(range.start)));
    let first = best.cloned().unwrap_or_default();
    let start = text.floor_char_boundary(first.start.saturating_sub(SNIPPET_BYTES / 4));
    let end = text.ceil_char_boundary((start + SNIPPET_BYTES).max(first.end));
    let start = match text.get(start..first.start).and_then(|before| before.find(char::is_whitespace)) {
        Some(space) if start > 0 => start + space + 1,
        _ => start,
    };
    let start = text.ceil_char_boundary(start).min(first.start);
    let end = match text.get(first.end..end).and_then(|after| after.rfind(char::is_whitespace)) {
        Some(space) if end < text.len() => first.end + space,
        _ => end,
    };
    start..end.min(text.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;
    use crate::text::syllable::tokens;

    fn wanted(text: &str) -> Wanted {
        Wanted::of(&Parsed::read(text).unwrap())
    }

    #[test]
    fn neighbours_are_one_range_and_punctuation_parts_them() {
        let text = "Về đất đai, ĐẤT ở.";
        let found = wanted("dat dai").show("text", text).unwrap();
        let shown: Vec<&str> = found.ranges.iter().map(|range| &text[range.clone()]).collect();
        assert_eq!(shown, ["đất đai", "ĐẤT"]);
        assert_eq!(found.snippet, text);
        assert_eq!(wanted("nha").show("text", text), None);
    }

    #[test]
    fn a_snippet_of_a_long_text_holds_the_densest_place() {
        let filler = "không có gì ở đây cả ".repeat(200);
        let text = format!("đất {filler} khiếu nại đất đai {filler}");
        let found = wanted("khieu nai dat dai").show("text", &text).unwrap();
        assert!(found.snippet.contains("khiếu nại đất đai"), "{}", found.snippet);
        assert!(found.snippet.len() <= SNIPPET_BYTES + 4);
        assert!(text[found.snippet_start..].starts_with(&found.snippet));
    }

    proptest! {
        #[test]
        fn a_range_read_back_gives_the_words_asked_for(
            text in "(đất|dat|Đai|hoà|hòa|thuỷ|quy|qui|[a-zđ]{1,4}|[\\.,;\u{301}\u{ad}]| ){0,30}",
            nfd in any::<bool>(),
        ) {
            let text = if nfd { text.nfd().collect::<String>() } else { text };
            let wanted = wanted("đất đai hoà thủy quy");
            if let Some(found) = wanted.show("text", &text) {
                for range in found.ranges {
                    let back = tokens(&text[range]);
                    prop_assert!(!back.is_empty());
                    prop_assert!(back.iter().all(|token| wanted.words.contains(&token.folded)));
                }
            }
        }
    }
}
