//! The code tables: which characters, read as Latin letters, stand for which Vietnamese ones.
//!
//! Sources: TCVN 5712:1993 (VN3), the VNI-Windows fonts and windows-1258, each agreeing in several
//! independent converters. Bytes from 0x80 on are looked at as the characters of ISO 8859-1.

use std::sync::LazyLock;

use crate::text::legacy::spelling::untoned_letter;
use crate::text::letter::only;

/// First character of the tables.
const FIRST: char = '\u{A1}';
const LEN: usize = 0xFF - 0xA1 + 1;

const TCVN3: &str = "¢£¤µ¸©·ÌÐª×Ýßã«âïóý¡¨§®Üò¥¬¦\u{AD}¹¶ÊÇÈÉË¾»¼½ÆÑÎÏÕÒÓÔÖØÞäáèåæçéíêëìîôñøõö÷ùúþûü";
const OF_TCVN3: &str = "ÂÊÔàáâãèéêìíòóôõùúýĂăĐđĩũƠơƯưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ";

/// VNI letters of one character.
const VNI_SINGLE: &str = "ìíîæóòñôöÌÍÎÆÓÒÑÔÖ";
const OF_VNI_SINGLE: &str = "ìíỵỉĩịđơưÌÍỴỈĨỊĐƠƯ";

/// VNI base letters, and below each mark what the two make; `.` where they make nothing.
const VNI_BASES: &str = "aeouyôö";
const VNI_PAIRS: [(char, &str); 17] = [
    ('ø', "àèòùỳờừ"),
    ('ù', "áéóúýớứ"),
    ('û', "ảẻỏủỷởử"),
    ('õ', "ãẽõũỹỡữ"),
    ('ï', "ạẹọụ.ợự"),
    ('â', "âêô...."),
    ('á', "ấếố...."),
    ('à', "ầềồ...."),
    ('å', "ẩểổ...."),
    ('ã', "ẫễỗ...."),
    ('ä', "ậệộ...."),
    ('ê', "ă......"),
    ('é', "ắ......"),
    ('è', "ằ......"),
    ('ú', "ẳ......"),
    ('ü', "ẵ......"),
    ('ë', "ặ......"),
];

static TCVN3_LETTERS: LazyLock<[Option<char>; LEN]> = LazyLock::new(|| by_place(TCVN3, OF_TCVN3));
static VNI_LETTERS: LazyLock<[Option<char>; LEN]> = LazyLock::new(|| by_place(VNI_SINGLE, OF_VNI_SINGLE));

fn by_place(from: &str, to: &str) -> [Option<char>; LEN] {
    let mut table = [None; LEN];
    for (from, to) in from.chars().zip(to.chars()) {
        if let Some(slot) = place(from).and_then(|place| table.get_mut(place)) {
            *slot = Some(to);
        }
    }
    table
}

fn place(c: char) -> Option<usize> {
    (c as usize).checked_sub(FIRST as usize).filter(|place| *place < LEN)
}

/// The letter that `c` is in TCVN3. Copying from a PDF makes a Greek mu of the micro sign.
pub(super) fn tcvn3(c: char) -> Option<char> {
    let c = if c == 'μ' { 'µ' } else { c };
    place(c).and_then(|place| TCVN3_LETTERS.get(place).copied().flatten())
}

/// The capital that a capital without its tone and a toned small letter make in TCVN3: A¸ is Á.
pub(super) fn tcvn3_capital(base: char, small: char) -> Option<char> {
    let upper = capital(small)?;
    let is_toned = untoned_letter(small).is_some_and(|(bare, _)| capital(bare) == Some(base));
    is_toned.then_some(upper)
}

/// The code of a letter in TCVN3, as the Latin letter it looks like.
pub(super) fn of_tcvn3(letter: char) -> Option<char> {
    TCVN3.chars().zip(OF_TCVN3.chars()).find(|(_, its)| *its == letter).map(|(code, _)| code)
}

/// What stands before the small letter in the pair that writes a toned capital in TCVN3.
pub(super) fn capital_base(letter: char) -> Option<char> {
    let (bare, _) = untoned_letter(small(letter))?;
    let base = capital(bare)?;
    if base.is_ascii() { Some(base) } else { of_tcvn3(base) }
}

/// How VNI writes a letter.
pub(super) fn of_vni(letter: char) -> Option<String> {
    let single = VNI_SINGLE.chars().zip(OF_VNI_SINGLE.chars()).find(|(_, its)| *its == letter);
    if let Some((code, _)) = single {
        return Some(code.to_string());
    }
    if !letter.is_alphabetic() {
        return None;
    }
    let is_small = small(letter) == letter;
    let (mark, row) = VNI_PAIRS.iter().find(|(_, row)| row.contains(small(letter)))?;
    let place = row.chars().position(|made| made == small(letter))?;
    let base = VNI_BASES.chars().nth(place)?;
    Some(if is_small {
        [base, *mark].iter().collect()
    } else {
        [capital(base)?, capital(*mark)?].iter().collect()
    })
}

/// The letter that `c` alone is in VNI.
pub(super) fn vni_single(c: char) -> Option<char> {
    place(c).and_then(|place| VNI_LETTERS.get(place).copied().flatten())
}

/// The letter that a base letter and a mark after it make in VNI, in the case of the base.
pub(super) fn vni_pair(base: char, mark: char) -> Option<char> {
    let small = small(base);
    let row = VNI_PAIRS.iter().find(|(its, _)| *its == self::small(mark))?.1;
    let place = VNI_BASES.chars().position(|its| its == small)?;
    let made = row.chars().nth(place).filter(|c| *c != '.')?;
    if small == base { Some(made) } else { capital(made) }
}

/// The bytes of windows-1258 that are other characters than in windows-1252; above 0x9F all are here.
pub(super) fn windows_1258(byte: u8) -> char {
    match byte {
        0xC3 => 'Ă',
        0xCC => '\u{300}',
        0xD0 => 'Đ',
        0xD2 => '\u{309}',
        0xD5 => 'Ơ',
        0xDD => 'Ư',
        0xDE => '\u{303}',
        0xE3 => 'ă',
        0xEC => '\u{301}',
        0xF0 => 'đ',
        0xF2 => '\u{323}',
        0xF5 => 'ơ',
        0xFD => 'ư',
        0xFE => '₫',
        other => windows_1252(other),
    }
}

/// The character of a byte in windows-1252; the five bytes without one are control characters.
pub(super) fn windows_1252(byte: u8) -> char {
    const UPPER: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
    ];
    let place = usize::from(byte).checked_sub(0x80);
    place.and_then(|place| UPPER.get(place).copied()).unwrap_or(char::from(byte))
}

/// The one capital of `c`.
pub(super) fn capital(c: char) -> Option<char> {
    only(c.to_uppercase())
}

pub(super) fn small(c: char) -> char {
    only(c.to_lowercase()).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_aligned_and_hold_the_whole_alphabet() {
        assert_eq!(TCVN3.chars().count(), OF_TCVN3.chars().count());
        assert_eq!(TCVN3_LETTERS.iter().flatten().count(), 74);
        assert_eq!(VNI_SINGLE.chars().count(), OF_VNI_SINGLE.chars().count());
        let pairs = VNI_PAIRS.iter().flat_map(|(_, row)| row.chars()).filter(|c| *c != '.').count();
        assert_eq!(pairs + OF_VNI_SINGLE.chars().count() / 2, 67);
        assert!(VNI_PAIRS.iter().all(|(_, row)| row.chars().count() == VNI_BASES.chars().count()));
        assert_eq!(
            (vni_pair('a', 'á'), vni_pair('A', 'á'), vni_pair('Ô', 'Ù')),
            (Some('ấ'), Some('Ấ'), Some('Ớ'))
        );
        assert_eq!((vni_pair('y', 'ï'), vni_pair('u', 'á'), vni_pair('b', 'á')), (None, None, None));
        assert_eq!((tcvn3('\u{AD}'), tcvn3('μ'), tcvn3('à')), (Some('ư'), Some('à'), None));
        assert_eq!(
            (tcvn3_capital('A', 'á'), tcvn3_capital('Â', 'ấ'), tcvn3_capital('A', 'ấ')),
            (Some('Á'), Some('Ấ'), None)
        );
        assert_eq!((windows_1258(0xEC), windows_1258(0x93), windows_1258(0xE2)), ('\u{301}', '“', 'â'));
    }
}
