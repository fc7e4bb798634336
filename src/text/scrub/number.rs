//! Finds ID and phone numbers by their digits.
//!
//! People write 0912345678, 0912 345 678, 0912.345.678 and +84 (0)912-345-678; a spreadsheet drops the
//! leading zero. A match begins and ends where digits begin and end, so that a number inside a longer
//! one is not touched.

use std::ops::Range;

use crate::text::normalize::{is_invisible, look_alike};

/// Fewer digits are a house number or a day, not an identity.
const DIGITS_MIN: usize = 4;
/// Digits of the shortest number that has a country prefix or a zero to lose.
const LONG_MIN: usize = 9;
/// Characters that may stand between two groups of digits.
const GAP_CHARS_MAX: usize = 3;

/// How a digit follows the one before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    Glued,
    Near,
    Far,
}

struct Digit {
    start: usize,
    end: usize,
    value: u8,
    gap: Gap,
}

/// The digits of `secret`, if it is a number long enough to be searched by them.
pub(in crate::text::scrub) fn digits_of(secret: &str) -> Option<Vec<u8>> {
    let is_number = secret.chars().all(|c| c.is_ascii_digit() || c == '+' || is_invisible(c) || is_gap(c));
    let digits: Vec<u8> = secret.bytes().filter(u8::is_ascii_digit).collect();
    (is_number && digits.len() >= DIGITS_MIN).then_some(digits)
}

/// Where `text` says any of `numbers`, as byte ranges.
pub(in crate::text::scrub) fn find(text: &str, numbers: &[&str]) -> Vec<Range<usize>> {
    if numbers.is_empty() {
        return Vec::new();
    }
    let digits = digits(text);
    let spellings: Vec<Vec<u8>> =
        numbers.iter().filter_map(|number| digits_of(number)).flat_map(|number| spellings(&number)).collect();
    let mut found = Vec::new();
    for start in 0..digits.len() {
        for spelling in &spellings {
            found.extend(matched(&digits, start, spelling).map(|range| with_plus(text, range)));
        }
    }
    found
}

/// The ways `number` may be written: as it is, with a country prefix, without its leading zero.
fn spellings(number: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![number.to_vec()];
    let subscriber = match number {
        [b'0', b'0', b'8', b'4', rest @ ..] | [b'8', b'4', rest @ ..]
            if (LONG_MIN..=10).contains(&rest.len()) =>
        {
            rest.strip_prefix(b"0").unwrap_or(rest)
        }
        [b'0', rest @ ..] if number.len() >= LONG_MIN => rest,
        _ => return all,
    };
    all.extend(
        [&b""[..], b"0", b"84", b"840", b"0084", b"00840"].map(|prefix| [prefix, subscriber].concat()),
    );
    all
}

fn digits(text: &str) -> Vec<Digit> {
    let mut all = Vec::new();
    let mut gap = Gap::Far;
    let mut gap_chars = 0;
    for (start, c) in text.char_indices() {
        if let Ok(value @ b'0'..=b'9') = u8::try_from(look_alike(c)) {
            all.push(Digit { start, end: start + c.len_utf8(), value, gap });
            (gap, gap_chars) = (Gap::Glued, 0);
        } else if !is_invisible(c) {
            gap_chars += 1;
            let is_near = is_gap(c) && gap != Gap::Far && gap_chars <= GAP_CHARS_MAX;
            gap = if is_near { Gap::Near } else { Gap::Far };
        }
    }
    all
}

fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '.' | ',' | '-' | '\u{2010}'..='\u{2015}' | '(' | ')')
}

/// The bytes of `spelling` if it stands at digit `start`, whole.
fn matched(digits: &[Digit], start: usize, spelling: &[u8]) -> Option<Range<usize>> {
    let end = start + spelling.len();
    let [first, rest @ ..] = digits.get(start..end)? else { return None };
    let is_begun = first.gap != Gap::Glued;
    let is_ended = digits.get(end).is_none_or(|next| next.gap != Gap::Glued);
    let is_whole = rest.iter().all(|digit| digit.gap != Gap::Far);
    let is_same = digits.iter().skip(start).zip(spelling).all(|(digit, value)| digit.value == *value);
    let last = rest.last().unwrap_or(first);
    (is_begun && is_ended && is_whole && is_same).then_some(first.start..last.end)
}

fn with_plus(text: &str, range: Range<usize>) -> Range<usize> {
    let has_plus = text.get(..range.start).is_some_and(|before| before.ends_with('+'));
    range.start - usize::from(has_plus)..range.end
}
