//! Takes a person's data out of a text.
//!
//! A denouncer's name, address, ID and phone number are secret (Law on Denunciations 25/2018, Art. 9
//! and 56), also where the letter itself says them, so they are cut out before index, sketch and
//! evidence see the text. The matcher errs on the side of cutting: case, marks, decomposition, tone
//! placement and the characters between the words do not hide a secret, nor does the way digits are
//! grouped.
//!
//! Numbers go first, because they may stand inside a word (`SĐT0912345678`), then phrases. What is
//! left of a text keeps its bytes, and nothing is matched across a place that was cut, so that
//! scrubbing twice finds nothing more. Then the initials of names, and house and street of addresses. What
//! this cannot see: misspelt names, nicknames, a person told by description.

mod house;
mod initials;
mod number;
mod phrase;

use std::ops::Range;

/// What stands where a secret stood.
pub const MASK: &str = "[…]";

/// A text without the secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scrubbed {
    /// The text, each stretch of secrets replaced by [`MASK`]; equal to the given one if none was found.
    pub text: String,
    /// How many stretches were replaced.
    pub found: usize,
}

/// `text` without any of `secrets`.
///
/// A secret of at least four digits matches by its digits, however they are grouped and whichever
/// prefix a phone number has; one of two syllables or more by its folded syllables in a row; a single
/// syllable or shorter number only as a whole syllable with the same marks. Of names also the initials
/// match, of addresses house and street. Empty secrets match nothing.
#[must_use]
pub fn scrub(text: &str, secrets: &[&str]) -> Scrubbed {
    let (numbers, phrases): (Vec<&str>, Vec<&str>) =
        secrets.iter().partition(|secret| number::digits_of(secret).is_some());
    let without_numbers = cut(text, number::find(text, &numbers));
    let finders = [phrase::find, initials::find, house::find];
    finders.into_iter().fold(without_numbers, |before, find| {
        let after = cut(&before.text, find(&before.text, &phrases));
        Scrubbed { found: before.found + after.found, ..after }
    })
}

/// `text` with `ranges`, in any order and overlapping or not, replaced.
fn cut(text: &str, mut ranges: Vec<Range<usize>>) -> Scrubbed {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut kept = String::with_capacity(text.len());
    let (mut place, mut found) = (0, 0);
    for range in ranges {
        if range.start >= place {
            kept.push_str(text.get(place..range.start).unwrap_or_default());
            kept.push_str(MASK);
            found += 1;
        }
        place = place.max(range.end);
    }
    kept.push_str(text.get(place..).unwrap_or_default());
    Scrubbed { text: kept, found }
}

#[cfg(test)]
mod tests;
