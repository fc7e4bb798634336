//! Finds the stretches of a text that are TCVN3 or VNI read as Latin letters, or VIQR.
//!
//! First a look at the bytes, which nearly every text leaves at once. Then each word is read three ways.
//! A word that can only be Unicode ends a stretch; one that is a syllable only when decoded is evidence;
//! one that fits both ways goes with its neighbours.

use std::collections::HashSet;
use std::ops::Range;

use crate::text::legacy::spelling::is_syllable;
use crate::text::legacy::words::{is_letter_or_mark, words};
use crate::text::legacy::{Encoding, Run, decode, table, viqr};

/// What a word says about one encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// It can only be Unicode.
    Unicode,
    /// It is a syllable when decoded and none as it stands.
    Evidence {
        /// By letters that stand so in no other language.
        is_strong: bool,
    },
    /// It fits either way, or says nothing.
    Open,
    /// It fits neither way.
    Foreign,
    /// A word of ASCII that is no syllable.
    ForeignAscii,
}

/// A stretch under one encoding, by places of words.
struct Stretch {
    encoding: Encoding,
    words: Range<usize>,
    evidence: usize,
}

/// Second bytes, less 0x80, of the signs that TCVN3 has letters at: ¡ to ®, µ to ¹, » to ¾.
const SIGNS: u64 = bits(&[0x21..=0x2E, 0x35..=0x39, 0x3B..=0x3E]);
/// Second bytes, less 0x80, of the Latin letters that Vietnamese has.
const LETTERS: u64 = bits(&[
    0x00..=0x03,
    0x08..=0x0A,
    0x0C..=0x0D,
    0x12..=0x15,
    0x19..=0x1A,
    0x1D..=0x1D,
    0x20..=0x23,
    0x28..=0x2A,
    0x2C..=0x2D,
    0x32..=0x35,
    0x39..=0x3A,
    0x3D..=0x3D,
]);

const fn bits(ranges: &[std::ops::RangeInclusive<u8>]) -> u64 {
    let (mut all, mut place) = (0, 0);
    while place < ranges.len() {
        let mut bit = *ranges[place].start();
        while bit <= *ranges[place].end() {
            all |= 1 << bit;
            bit += 1;
        }
        place += 1;
    }
    all
}

fn has(bits: u64, low: u8) -> bool {
    bits >> (low & 0x3F) & 1 == 1
}

/// Whether a close look is worth it. Costs a pass over the bytes and nothing else.
pub(super) fn may_be_legacy(text: &str) -> bool {
    let bytes = text.as_bytes();
    if text.is_ascii() {
        return bytes.windows(2).any(|pair| {
            matches!(
                pair,
                [b'a' | b'e' | b'o' | b'A' | b'E' | b'O', b'^'] | [b'o' | b'u' | b'O' | b'U', b'+']
            )
        });
    }
    let (chunks, rest) = bytes.as_chunks::<8>();
    let in_chunk = |(number, chunk): (usize, &[u8; 8])| {
        let mut left = latin(u64::from_le_bytes(*chunk));
        while left != 0 {
            let place = number * 8 + left.trailing_zeros() as usize / 8;
            if is_strange(bytes, place) {
                return true;
            }
            left &= left - 1;
        }
        false
    };
    let begin = bytes.len() - rest.len();
    chunks.iter().enumerate().any(in_chunk)
        || (begin..bytes.len())
            .any(|place| bytes.get(place).is_some_and(is_latin) && is_strange(bytes, place))
}

/// The first letters of the two blocks of Latin letters, 0xC2 and 0xC3, differ in the last bit.
fn is_latin(byte: &u8) -> bool {
    byte & 0xFE == 0xC2
}

/// The highest bit of each of eight bytes that [is one](is_latin).
fn latin(bytes: u64) -> u64 {
    const LOW: u64 = u64::from_le_bytes([0x7F; 8]);
    let differs = (bytes & u64::from_le_bytes([0xFE; 8])) ^ u64::from_le_bytes([0xC2; 8]);
    !(((differs & LOW) + LOW) | differs | LOW)
}

/// Whether the Latin letter whose bytes begin at `place` does not stand there in Vietnamese.
fn is_strange(bytes: &[u8], place: usize) -> bool {
    let at = |place: usize| bytes.get(place).copied().unwrap_or(b' ');
    let (before, low) = (at(place.wrapping_sub(1)), at(place + 1));
    if at(place) == 0xC3 {
        return !has(LETTERS, low) || joins(before, low);
    }
    let after = at(place + 2);
    has(SIGNS, low) && (before.is_ascii_alphabetic() || after.is_ascii_alphabetic() || after >= 0xC2)
}

/// Whether an accented letter stands after a letter where Vietnamese has none: a capital after a small
/// letter, or anything after a or e, or a grave or tilde after y.
fn joins(before: u8, low: u8) -> bool {
    match before {
        b'a' | b'e' | b'A' | b'E' => true,
        b'y' | b'Y' => matches!(low, 0x95 | 0x99 | 0xB5 | 0xB9),
        _ => before.is_ascii_lowercase() && low < 0xA0,
    }
}

/// The stretches of `text` that are legacy, in order.
pub(super) fn runs(text: &str) -> Vec<Run> {
    if text.is_ascii() {
        return viqr_runs(text);
    }
    let words = words(text);
    let mut stretches = stretches(text, &words, Encoding::Tcvn3);
    stretches.extend(self::stretches(text, &words, Encoding::Vni));
    stretches.sort_by_key(|stretch| std::cmp::Reverse(stretch.evidence));
    let mut taken: Vec<Stretch> = Vec::new();
    for stretch in stretches {
        let is_free = taken
            .iter()
            .all(|other| other.words.end <= stretch.words.start || stretch.words.end <= other.words.start);
        if is_free {
            taken.push(stretch);
        }
    }
    taken.sort_by_key(|stretch| stretch.words.start);
    taken.iter().filter_map(|stretch| run(&words, stretch)).collect()
}

fn run(words: &[Range<usize>], stretch: &Stretch) -> Option<Run> {
    let (first, last) = (words.get(stretch.words.start)?, words.get(stretch.words.end.checked_sub(1)?)?);
    Some(Run { encoding: stretch.encoding, given: first.start..last.end })
}

/// The whole text if that is VIQR, else the lines that are.
fn viqr_runs(text: &str) -> Vec<Run> {
    let all = |given: Range<usize>| Run { encoding: Encoding::Viqr, given };
    if viqr::is_viqr(text) {
        return vec![all(0..text.len())];
    }
    let mut runs = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if viqr::is_viqr(line) {
            runs.push(all(start..start + line.len()));
        }
        start += line.len();
    }
    runs
}

fn stretches(text: &str, words: &[Range<usize>], encoding: Encoding) -> Vec<Stretch> {
    let read = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    let signs: Vec<Sign> = words.iter().map(|range| sign(read(range), encoding)).collect();
    let is_alone = !signs.contains(&Sign::Unicode);
    let mut found = Vec::new();
    let mut start = 0;
    for end in 0..=signs.len() {
        if signs.get(end).is_none_or(|sign| *sign == Sign::Unicode) {
            let part = trimmed(&signs, start..end);
            let distinct: HashSet<&str> =
                evidence(&signs, &part).filter_map(|at| words.get(at)).map(read).collect();
            if is_accepted(&signs, &part, &distinct, is_alone) {
                let evidence = evidence(&signs, &part).count();
                let words = widened(text, words, part, start..end);
                found.push(Stretch { encoding, words, evidence });
            }
            start = end + 1;
        }
    }
    found
}

fn evidence<'s>(signs: &'s [Sign], part: &Range<usize>) -> impl Iterator<Item = usize> + use<'s> {
    let part = part.clone();
    part.filter(|at| matches!(signs.get(*at), Some(Sign::Evidence { .. })))
}

/// From the first evidence to the last.
fn trimmed(signs: &[Sign], part: Range<usize>) -> Range<usize> {
    let (first, last) = (evidence(signs, &part).next(), evidence(signs, &part).last());
    first.zip(last).map_or(part.start..part.start, |(first, last)| first..last + 1)
}

/// Three different words of evidence, or fewer if nothing speaks against them.
fn is_accepted(signs: &[Sign], part: &Range<usize>, distinct: &HashSet<&str>, is_alone: bool) -> bool {
    let within = || signs.get(part.clone()).unwrap_or_default().iter();
    let count = |wanted: fn(&Sign) -> bool| within().filter(|sign| wanted(sign)).count();
    let evidence = count(|sign| matches!(sign, Sign::Evidence { .. }));
    let strong = count(|sign| *sign == Sign::Evidence { is_strong: true });
    let foreign = 2 * count(|sign| *sign == Sign::Foreign) + count(|sign| *sign == Sign::ForeignAscii);
    match distinct.len() {
        0 => false,
        1 => is_alone && strong > 0 && foreign == 0 && !signs.contains(&Sign::Foreign),
        2 => strong > 0 && foreign == 0,
        _ => strong > 0 && evidence >= foreign,
    }
}

/// Takes in what is open on either side, as far as no Unicode stands between: to the end of the line, or
/// else to the last sign that parts a clause.
fn widened(text: &str, words: &[Range<usize>], part: Range<usize>, bounds: Range<usize>) -> Range<usize> {
    let start_of = |at: usize| words.get(at).map_or(text.len(), |word| word.start);
    let end_of = |at: usize| at.checked_sub(1).and_then(|at| words.get(at)).map_or(0, |word| word.end);
    let gap = |at: usize| text.get(end_of(at)..start_of(at)).unwrap_or_default();
    let is_line = |at: &usize| *at == 0 || *at == words.len() || gap(*at).contains('\n');
    let is_clause = |at: &usize| gap(*at).contains([':', ';', ',', '.', '(', ')', '"', '“', '”', '\n']);
    let (before, after) = (bounds.start..part.start + 1, part.end..bounds.end + 1);
    let start = before.clone().rev().find(is_line).or_else(|| before.clone().find(is_clause));
    let end = after.clone().find(is_line).or_else(|| after.clone().rev().find(is_clause));
    start.unwrap_or(part.start)..end.unwrap_or(part.end)
}

fn sign(word: &str, encoding: Encoding) -> Sign {
    if word.is_ascii() {
        let is_name = word.len() == 1 || word.bytes().all(|byte| byte.is_ascii_uppercase());
        return if is_name || is_syllable(word) { Sign::Open } else { Sign::ForeignAscii };
    }
    if word.chars().any(|c| c > '\u{FF}' && c != 'μ' && is_letter_or_mark(c)) {
        return Sign::Unicode;
    }
    let is_unicode = is_syllable(word.trim_matches(|c| !is_letter_or_mark(c)));
    let decoded = match encoding {
        Encoding::Vni => decode::vni(word),
        _ => decode::tcvn3_word(word),
    };
    match (is_unicode, is_syllable(&decoded)) {
        // A sign alone, or a letter of a list.
        _ if word.chars().count() == 1 => Sign::Open,
        (true, true) => Sign::Open,
        (true, false) => Sign::Unicode,
        (false, true) => Sign::Evidence { is_strong: is_strong(word, encoding) },
        (false, false) => Sign::Foreign,
    }
}

/// Whether letters stand together that do so in no language written in Latin letters.
fn is_strong(word: &str, encoding: Encoding) -> bool {
    let letters: Vec<char> = word.chars().collect();
    let mut pairs = letters.windows(2);
    if encoding == Encoding::Vni {
        return pairs.any(|pair| match pair {
            [base, mark @ ('ø' | 'û' | 'å' | 'â' | 'ä' | 'Ø' | 'Û' | 'Å' | 'Â' | 'Ä')] => {
                table::vni_pair(*base, *mark).is_some()
            }
            _ => false,
        }) || letters.iter().any(|c| matches!(c, 'ñ' | 'Ñ' | 'æ'));
    }
    letters.len() >= 3 && letters.iter().any(|c| "µμ¸¶¨©«¬®¡¢£¤¥¦¾¼½×÷\u{AD}".contains(*c))
        || pairs.any(|pair| match pair {
            [before, 'µ' | 'μ'] => before.is_ascii_alphabetic(),
            [before, after] => before.is_ascii_lowercase() && ('À'..='Þ').contains(after),
            _ => false,
        })
        // A small letter among capitals: the capital font.
        || letters.windows(3).any(|three| match three {
            [before, small, after] => {
                before.is_ascii_uppercase() && ('ß'..='þ').contains(small) && after.is_ascii_uppercase()
            }
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn eight_bytes_at_once_are_told_as_one_by_one(bytes in any::<[u8; 8]>(), at in 0usize..8, byte in 0xC1u8..=0xC4) {
            let mut bytes = bytes;
            bytes[at] = byte;
            let found = latin(u64::from_le_bytes(bytes));
            for (place, byte) in bytes.iter().enumerate() {
                prop_assert_eq!(found >> (place * 8) & 0xFF, if is_latin(byte) { 0x80 } else { 0 });
            }
        }

        #[test]
        fn a_look_at_eight_bytes_finds_what_a_look_at_each_finds(text in "(đất |à|é|ViÖt |a|ñ|aø|  |µ|x){0,12}") {
            let bytes = text.as_bytes();
            let slow = (0..bytes.len()).any(|place| is_latin(&bytes[place]) && is_strange(bytes, place));
            prop_assert_eq!(may_be_legacy(&text), slow && !text.is_ascii());
        }
    }
}
