//! The normal form: NFC, without characters nobody sees, with the real Đ.
//!
//! Marks typed in an odd order (the tone before the circumflex) are put in theirs, and the wide letters and
//! digits of East Asian keyboards are plain ones. Everything that compares texts starts here, because the same petition arrives as NFC from a web
//! form, as NFD from a Mac, and with soft hyphens and no-break spaces from a PDF. Texts that already
//! are in normal form, which is nearly all of them, come back borrowed.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// `text` in NFC; Ð and Ɖ become Đ, wide letters plain ones, zero-width characters and soft hyphens go,
/// no-break spaces become spaces.
#[must_use]
pub fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let clean = text.chars().all(|c| !is_invisible(c) && look_alike(c) == c);
    if clean && is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return Cow::Borrowed(text);
    }
    let mut parts: Vec<char> = text.chars().filter(|c| !is_invisible(*c)).map(look_alike).nfd().collect();
    order_marks(&mut parts);
    Cow::Owned(parts.into_iter().nfc().collect())
}

/// Puts a circumflex or breve before the tones beside it, where Unicode keeps the order they were typed in.
fn order_marks(parts: &mut [char]) {
    for place in 1..parts.len() {
        let mut at = place;
        while let Some([before, mark]) = at.checked_sub(1).and_then(|from| parts.get_mut(from..=at)) {
            let is_late = matches!(mark, '\u{302}' | '\u{306}')
                && matches!(before, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}');
            if !is_late {
                break;
            }
            std::mem::swap(before, mark);
            at -= 1;
        }
    }
}

/// Whether `c` takes no room and means nothing: soft hyphen, zero-width space and joiners, word
/// joiner, byte order mark.
pub(in crate::text) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}

/// The character `c` was meant to be, where keyboards and fonts confuse two of the same shape.
pub(in crate::text) fn look_alike(c: char) -> char {
    match c {
        'Ð' | 'Ɖ' => 'Đ',
        'ð' | 'ɖ' => 'đ',
        '\u{A0}' | '\u{2007}' | '\u{202F}' | '\u{3000}' => ' ',
        // Fullwidth forms stand in the order of ASCII.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_same_words_have_one_normal_form() {
        let table = [
            ("Đơn khiếu nại", "Đơn khiếu nại"),
            ("Đo\u{31B}n khie\u{302}\u{301}u na\u{323}i", "Đơn khiếu nại"),
            ("Ðất Ɖai ðất ɖai", "Đất Đai đất đai"),
            ("khiếu\u{A0}nại\u{202F}về", "khiếu nại về"),
            ("\u{FEFF}đất\u{200B} đ\u{AD}ai", "đất đai"),
            ("o\u{200D}\u{31B}", "ơ"),
            ("va\u{301}\u{302}n \u{E1}\u{306}n \u{E8}\u{302}", "vấn ắn ề"),
            ("ＵＢＮＤ　số １２／２０１８", "UBND số 12/2018"),
            ("plain", "plain"),
            ("", ""),
        ];
        for (given, expected) in table {
            assert_eq!(nfc(given), expected, "{given:?}");
        }
    }

    #[test]
    fn a_text_in_normal_form_is_not_copied() {
        assert!(matches!(nfc("Đơn khiếu nại về đất đai"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing_more(text in "\\PC{0,40}") {
            let once = nfc(&text).into_owned();
            prop_assert_eq!(nfc(&once), once.as_str());
        }

        #[test]
        fn composed_and_decomposed_are_one(text in "\\PC{0,40}") {
            let decomposed: String = text.nfd().collect();
            prop_assert_eq!(nfc(&decomposed), nfc(&text));
        }
    }
}
