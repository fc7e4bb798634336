//! A text as the set of its three-syllable shingles.
//!
//! Syllables are the folded ones, because missing marks are the commonest difference between two
//! copies of a letter. Three in a row, because Vietnamese syllables are short: 316 shingles stand for
//! a petition of 2 kB where five-character ones would be 1,105, at the same quality.

use xxhash_rust::xxh3::xxh3_64;

use crate::text::syllable::{TokenRef, tokenize};

/// Syllables in one shingle.
const SYLLABLES: usize = 3;
/// A text of so many syllables, nine shingles, or fewer is short.
pub const SHORT_SYLLABLES: usize = SYLLABLES + 8;
const SEED_LEFT: u64 = 0x9E37_79B9_7F4A_7C15;
const SEED_RIGHT: u64 = 0xD1B5_4A32_D192_ED03;
/// What the hash of a text begins with; not `SEED_LEFT`, which would take the first syllable out.
const SEED_TEXT: u64 = 0x8CB9_2BA7_2F3D_8DD7;

/// The shingles of one text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shingles {
    /// A 64-bit hash for each shingle, in the order of the text, repetitions included. A text of one or
    /// two syllables is one shingle; a text without syllables has none.
    pub hashes: Vec<u64>,
    /// Hash of the whole row of folded syllables: equal for texts that read the same.
    pub text_hash: u64,
    /// A hash for each folded syllable of a short text, in order; empty for a longer one.
    pub short: Vec<u64>,
}

/// The shingles of `text`.
#[must_use]
pub fn shingles(text: &str) -> Shingles {
    let mut hashes = Vec::with_capacity(text.len() / 6);
    let mut text_hash = SEED_TEXT;
    let mut first = [0; SHORT_SYLLABLES];
    let (mut before, mut last, mut count) = (0, 0, 0usize);
    tokenize(text, &mut |token: TokenRef<'_>| {
        let syllable = xxh3_64(token.folded.as_bytes());
        text_hash = mix(text_hash, syllable);
        if let Some(place) = first.get_mut(count) {
            *place = syllable;
        }
        count += 1;
        if count >= SYLLABLES {
            hashes.push(mix(mix(before, last), syllable));
        }
        (before, last) = (last, syllable);
    });
    if (1..SYLLABLES).contains(&count) {
        hashes.push(text_hash);
    }
    let short = if count <= SHORT_SYLLABLES { first.into_iter().take(count).collect() } else { Vec::new() };
    Shingles { hashes, text_hash, short }
}

/// Mixes `right` into `left`; the order matters, every bit of the result depends on every bit given.
pub(in crate::sketch) fn mix(left: u64, right: u64) -> u64 {
    let product = u128::from(left ^ SEED_LEFT) * u128::from(right ^ SEED_RIGHT);
    let folded = (product as u64) ^ ((product >> 64) as u64);
    (folded ^ (folded >> 32)).wrapping_mul(SEED_LEFT)
}

/// The keys under which a short text is found although a syllable was changed, added or lost: the whole
/// row and every row with one syllable left out; from ten syllables on, two.
pub(in crate::sketch) fn neighbourhood(short: &[u64]) -> Vec<u64> {
    let row = |left_out: [usize; 2]| {
        let kept = short.iter().enumerate().filter(|(place, _)| !left_out.contains(place));
        kept.fold(SEED_TEXT, |hash, (_, syllable)| mix(hash, *syllable))
    };
    let none = usize::MAX;
    let mut keys = vec![row([none, none])];
    keys.extend((0..short.len()).map(|one| row([one, none])));
    if short.len() >= TWO_EDITS_SYLLABLES {
        keys.extend((0..short.len()).flat_map(|one| (0..one).map(move |other| [one, other])).map(row));
    }
    keys
}

/// Syllables from which two edits leave four fifths of a text.
const TWO_EDITS_SYLLABLES: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_read_the_same_have_the_same_shingles() {
        let one = shingles("Đơn khiếu nại về việc thu hồi đất");
        assert_eq!(one, shingles("don khieu nai, ve viec: THU HOI DAT."));
        assert_eq!(one.hashes.len(), 6);
        assert_ne!(one.text_hash, shingles("Đơn khiếu nại về việc thu đất hồi").text_hash);
    }

    #[test]
    fn short_texts_are_one_shingle_and_empty_ones_none() {
        let table = [("", 0), (" ... ", 0), ("đơn", 1), ("đơn thư", 1), ("đơn khiếu nại", 1), ("a b c d", 2)];
        for (text, expected) in table {
            assert_eq!(shingles(text).hashes.len(), expected, "{text:?}");
        }
        assert_ne!(shingles("đơn thư"), shingles("thư đơn"));
        assert_ne!(shingles("đơn"), shingles("thư"));
    }

    #[test]
    fn a_short_text_keeps_its_syllables_and_a_longer_one_does_not() {
        let of = |count: usize| shingles(&"đơn ".repeat(count)).short.len();
        assert_eq!([of(0), of(1), of(11), of(12), of(300)], [0, 1, 11, 0, 0]);
    }

    #[test]
    fn neighbours_within_the_edits_of_their_length_share_a_key() {
        let share = |one: &str, other: &str| {
            let [one, other] = [one, other].map(|text| neighbourhood(&shingles(text).short));
            one.iter().any(|key| other.contains(key))
        };
        let ten = "xin cấp lại giấy phép xây dựng nhà ở cũ";
        let table = [
            ("xin trích lục bản đồ", "xin trích lục bản vẽ", true),
            ("xin trích lục bản đồ", "xin trích lục bản đồ đất", true),
            ("xin trích lục bản đồ", "trích lục bản đồ", true),
            ("xin trích lục bản đồ", "xin sao lục bản vẽ", false),
            (ten, "xin cấp lại giấy tờ xây dựng nhà ở mới", true),
            (ten, "xin cấp đổi giấy tờ xây dựng nhà ở mới", false),
        ];
        for (one, other, expected) in table {
            assert_eq!(share(one, other), expected, "{one} / {other}");
        }
    }
}
