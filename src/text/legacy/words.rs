//! Words of a text that may be legacy: letters, and the signs that a legacy font shows as letters.
//!
//! A sign alone is a sign; between letters it may be one of them. Copying from a PDF writes the soft
//! hyphen that is TCVN3's ư as a hyphen, so `®-îc` is one word if that makes a syllable.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use crate::text::legacy::spelling::is_syllable;
use crate::text::legacy::table;

/// Byte ranges of the words of `text`, in order.
pub(super) fn words(text: &str) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    let mut start = None;
    for (place, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, is_letter(c)) {
            (None, true) => start = Some(place),
            (Some(from), false) => {
                push(text, from..place, &mut all);
                start = None;
            }
            _ => {}
        }
    }
    all
}

/// Whether `c` may be a letter in one reading or another.
fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || (!c.is_ascii() && (table::tcvn3(c).is_some() || is_letter_or_mark(c)))
}

/// Whether `c` is a letter or a mark of Unicode.
pub(super) fn is_letter_or_mark(c: char) -> bool {
    c.is_alphabetic() || is_combining_mark(c)
}

fn push(text: &str, word: Range<usize>, all: &mut Vec<Range<usize>>) {
    let joined = all.last().map(|before| before.start..word.end);
    if let (Some(joined), Some(before)) = (joined, all.last().cloned())
        && text.get(before.end..word.start).is_some_and(|gap| matches!(gap, "-" | "\u{2212}" | "\u{2010}"))
        && is_split_horn(text, before, &word, &joined)
    {
        all.pop();
        all.push(joined);
        return;
    }
    all.push(word);
}

/// Whether a hyphen between two words stands for the ư of a TCVN3 syllable.
fn is_split_horn(text: &str, before: Range<usize>, after: &Range<usize>, joined: &Range<usize>) -> bool {
    let read = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    let (before, after) = (read(&before), read(after));
    if before.is_ascii() && after.is_ascii() {
        return false;
    }
    let is_whole = |word: &str| is_syllable(&plain_tcvn3(word));
    is_whole(read(joined)) && !(is_whole(before) && is_whole(after))
}

/// A word of TCVN3, letter by letter, its hyphen read as ư.
pub(super) fn plain_tcvn3(word: &str) -> String {
    word.chars()
        .map(|c| match c {
            '-' | '\u{2212}' | '\u{2010}' => 'ư',
            other => table::tcvn3(other).unwrap_or(other),
        })
        .collect()
}
