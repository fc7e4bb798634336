//! The order of the Vietnamese alphabet, for lists that people read.
//!
//! By code point *Đà Nẵng* stands behind *Yên Bái* and *Huế* before *Hà Nội*. Here ă, â, đ, ê, ô, ơ and ư
//! are letters behind a, d, e, o and u, and tones (ngang, huyền, hỏi, ngã, sắc, nặng) decide only between
//! texts of the same letters, as in the Vietnamese collation of the Unicode CLDR. The order is total: two
//! texts are equal in it only when they are the same text.

use std::sync::LazyLock;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

const ALPHABET: &str = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";
const TONES: [char; 5] = ['\u{300}', '\u{309}', '\u{303}', '\u{301}', '\u{323}'];
const DIGITS_FROM: u32 = 0x100;
const LETTERS_FROM: u32 = 0x200;
const OTHERS_FROM: u32 = 0x1000;
/// Every letter of Vietnamese texts stands below it.
const TABLED_TO: u32 = 0x1F00;

/// Rank and tone of each letter below [`TABLED_TO`]: lists of a thousand offices are put in order on every page.
static TABLED: LazyLock<Vec<(u32, u8)>> = LazyLock::new(|| {
    (0..TABLED_TO).map(|code| char::from_u32(code).map(ranked).unwrap_or_default()).collect()
});

/// Where a text stands among others: by its letters, then its tones, then as it is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    letters: Vec<u32>,
    tones: Vec<u8>,
    text: String,
}

impl Place {
    /// The place of `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let (mut letters, mut tones) = (Vec::with_capacity(text.len()), Vec::with_capacity(text.len()));
        let mut take = |c: char| {
            for c in c.to_lowercase() {
                let known = usize::try_from(u32::from(c)).ok().and_then(|code| TABLED.get(code));
                let (rank, tone) = known.copied().unwrap_or_else(|| ranked(c));
                letters.push(rank);
                tones.push(tone);
            }
        };
        match is_nfc_quick(text.chars()) {
            IsNormalized::Yes => text.chars().for_each(&mut take),
            IsNormalized::No | IsNormalized::Maybe => text.nfc().for_each(&mut take),
        }
        Self { letters, tones, text: text.to_owned() }
    }
}

/// A lower-case letter without its tone, and the tone's number.
fn apart(c: char) -> (char, u8) {
    let mut tone = 0;
    let without = c.nfd().filter(|part| match (1u8..).zip(TONES).find(|(_, known)| known == part) {
        Some((number, _)) => {
            tone = number;
            false
        }
        None => true,
    });
    let letter = without.nfc().next().unwrap_or(c);
    (letter, tone)
}

fn ranked(c: char) -> (u32, u8) {
    let (letter, tone) = apart(c);
    (rank(letter), tone)
}

fn rank(letter: char) -> u32 {
    match letter {
        '0'..='9' => DIGITS_FROM + u32::from(letter),
        'ð' => rank('đ'),
        _ => match (0u32..).zip(ALPHABET.chars()).find(|(_, known)| *known == letter) {
            Some((place, _)) => LETTERS_FROM + place,
            None if letter.is_alphanumeric() => OTHERS_FROM + u32::from(letter),
            None => u32::from(!letter.is_whitespace()),
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn ordered(mut names: Vec<&str>) -> Vec<&str> {
        names.sort_by_cached_key(|name| Place::of(name));
        names
    }

    #[test]
    fn provinces_stand_as_in_a_vietnamese_list() {
        let expected = [
            "An Giang",
            "Bà Rịa - Vũng Tàu",
            "Bạc Liêu",
            "Bắc Ninh",
            "Bến Tre",
            "Cà Mau",
            "Cao Bằng",
            "Cần Thơ",
            "Đà Nẵng",
            "Đắk Lắk",
            "Điện Biên",
            "Đồng Nai",
            "Gia Lai",
            "Hà Nội",
            "Hà Tĩnh",
            "Hải Phòng",
            "Huế",
            "Hưng Yên",
            "Lai Châu",
            "Lạng Sơn",
            "Lào Cai",
            "Lâm Đồng",
            "Ninh Bình",
            "Quảng Ninh",
            "Yên Bái",
        ];
        let mut mixed = expected.to_vec();
        mixed.sort_unstable();
        assert_ne!(mixed, expected);
        assert_eq!(ordered(mixed), expected);
    }

    #[test]
    fn tones_decide_after_letters_and_digits_come_first() {
        let expected = ["2 tổ", "ma", "mà", "mả", "mã", "má", "mạ", "mã số", "măng", "mân"];
        let mut mixed = expected.to_vec();
        mixed.reverse();
        assert_eq!(ordered(mixed), expected);
        assert_eq!(ordered(vec!["Sở B", "sở a", "Sở A", "(khác)"]), ["(khác)", "Sở A", "sở a", "Sở B"]);
    }

    proptest! {
        #[test]
        fn both_forms_of_one_text_stand_together(one in "[a-yăâđêôơưàạ ]{0,6}", other in "[a-yăâđêôơưàạ ]{0,6}") {
            let (place, apart) = (Place::of(&one), Place::of(&one.nfd().collect::<String>()));
            prop_assert_eq!((&place.letters, &place.tones), (&apart.letters, &apart.tones));
            prop_assert_eq!(place == Place::of(&other), one == other);
        }
    }
}
