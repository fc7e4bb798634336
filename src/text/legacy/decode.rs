//! Legacy text to Unicode, when the encoding is known.
//!
//! TCVN3 and VNI text comes as the Latin letters that its bytes look like, VIQR as plain ASCII. What is
//! no letter of the encoding stays as it is, and so does Unicode between it.

use crate::text::legacy::spelling::is_syllable;
use crate::text::legacy::table;
use crate::text::legacy::words::{plain_tcvn3, words};

/// How the letters of a TCVN3 word are cased by what is sure about it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    /// A small letter of ASCII stands in it.
    AsWritten,
    /// Capitals of ASCII only, one of them not the first letter: the capital font.
    Capitals,
    /// A first capital, or none, and nothing else to tell by.
    Unsure,
}

/// TCVN3 to Unicode. A word all of whose ASCII letters are capitals was set in the capital font
/// (.VnTimeH), where the codes of small letters show capitals; where a word alone cannot tell, its
/// neighbour does.
pub(super) fn tcvn3(text: &str) -> String {
    let words = words(text);
    let read = |place: usize| words.get(place).and_then(|range| text.get(range.clone())).unwrap_or_default();
    let cases: Vec<Case> = (0..words.len()).map(|place| case_of(read(place))).collect();
    let mut decoded = String::with_capacity(text.len() * 2);
    let mut end = 0;
    for (place, range) in words.iter().enumerate() {
        decoded.push_str(text.get(end..range.start).unwrap_or_default());
        end = range.end;
        let word = read(place);
        let plain = tcvn3_word(word);
        if word.chars().count() == 1 && !word.is_ascii() && !is_syllable(&plain) {
            decoded.push_str(word);
        } else if is_capitals(&cases, place) {
            decoded.extend(plain.chars().flat_map(char::to_uppercase));
        } else {
            decoded.push_str(&plain);
        }
    }
    decoded.push_str(text.get(end..).unwrap_or_default());
    decoded
}

/// VNI to Unicode, the longest match first, in one pass since what comes out looks like what goes in.
pub(super) fn vni(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let pair = rest.peek().and_then(|mark| table::vni_pair(c, *mark));
        match pair {
            Some(made) => {
                rest.next();
                decoded.push(made);
            }
            None => decoded.push(table::vni_single(c).unwrap_or(c)),
        }
    }
    decoded
}

/// A TCVN3 word letter by letter, a capital and a toned small letter of the same vowel as one.
pub(super) fn tcvn3_word(word: &str) -> String {
    let mut decoded = String::with_capacity(word.len());
    for c in plain_tcvn3(word).chars() {
        let capital = decoded.chars().last().and_then(|base| table::tcvn3_capital(base, c));
        if capital.is_some() {
            decoded.pop();
        }
        decoded.push(capital.unwrap_or(c));
    }
    decoded
}

fn case_of(word: &str) -> Case {
    if word.chars().any(|c| c.is_ascii_lowercase()) {
        return Case::AsWritten;
    }
    let is_later_capital = word.chars().skip(1).any(|c| c.is_ascii_uppercase());
    if is_later_capital { Case::Capitals } else { Case::Unsure }
}

fn is_capitals(cases: &[Case], place: usize) -> bool {
    let sure = |case: &&Case| **case != Case::Unsure;
    let before = || cases.get(..place).and_then(|before| before.iter().rev().find(sure));
    let from = cases.get(place..).unwrap_or_default();
    // The word itself, else the next that can tell, else the last one that could.
    from.iter().find(sure).or_else(before) == Some(&Case::Capitals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_motto_is_read_in_both_fonts() {
        let motto = "Cộng hòa xã hội chủ nghĩa Việt Nam";
        assert_eq!(tcvn3("Céng hßa x· héi chñ nghÜa ViÖt Nam"), motto);
        assert_eq!(vni("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam"), motto);
        let capitals = motto.to_uppercase();
        assert_eq!(tcvn3("CéNG HßA X· HéI CHñ NGHÜA VIÖT NAM"), capitals);
        assert_eq!(tcvn3("C¤éNG HOµ XA· C¤NG"), "CỘNG HOÀ XÃ CÔNG");
        assert_eq!(vni("COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM"), capitals);
        assert_eq!(vni("COäNG HOøA"), "CỘNG HÒA");
    }

    #[test]
    fn a_word_that_cannot_tell_its_case_asks_its_neighbour() {
        let table = [
            ("Hµ Néi", "Hà Nội"),
            ("Hµ NéI", "HÀ NỘI"),
            ("ë Hµ Nam", "ở Hà Nam"),
            ("UBND TØNH Hµ", "UBND TỈNH HÀ"),
            ("§Êt ®ai", "Đất đai"),
            ("§ 5, Q§-UBND", "§ 5, QĐ-UBND"),
            ("ng\u{AD}êi ®-îc, ng\u{2212}êi", "người được, người"),
            ("hμ, ñy ban", "hà, ủy ban"),
        ];
        for (given, expected) in table {
            assert_eq!(tcvn3(given), expected, "{given}");
        }
    }

    #[test]
    fn unicode_between_stays() {
        assert_eq!(tcvn3("được 12/5 “abc”"), "được 12/5 “abc”");
        assert_eq!(vni("được (12)"), "được (12)");
    }
}
