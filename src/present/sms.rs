//! Short messages: how a text is coded, how long it is and in how many parts it goes.
//!
//! A text of the GSM 7-bit alphabet (3GPP TS 23.038) has 160 characters in one part and 153 in each of
//! several; any other goes as UCS-2 with 70 and 67. Vietnamese marks need UCS-2, so a text without marks is
//! less than half as long to send.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The basic alphabet but letters, digits and space.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// The extension, two characters each.
const EXTENDED: &str = "^{}\\[~]|€";

/// A text as a short message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sms {
    /// The text.
    pub text: String,
    /// Whether it is coded in 7 bits; UCS-2 otherwise.
    pub is_gsm: bool,
    /// Characters it takes.
    pub length: usize,
    /// Parts it goes in.
    pub parts: usize,
}

/// The message of `text`, composed (NFC).
#[must_use]
pub fn sms(text: &str) -> Sms {
    let text: String = text.nfc().collect();
    let septets: Option<usize> = text.chars().map(septets).sum();
    let (is_gsm, length, one, each) = match septets {
        Some(length) => (true, length, 160, 153),
        None => (false, text.encode_utf16().count(), 70, 67),
    };
    let parts = if length <= one { 1 } else { length.div_ceil(each) };
    Sms { text, is_gsm, length, parts }
}

/// The text without marks, of the 7-bit alphabet alone.
#[must_use]
pub fn unmarked(text: &str) -> String {
    let plain = text.nfd().filter(|letter| !is_combining_mark(*letter)).map(|letter| match letter {
        'đ' => 'd',
        'Đ' => 'D',
        '–' | '—' => '-',
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        '·' => '.',
        letter if letter.is_whitespace() && letter != '\n' => ' ',
        letter => letter,
    });
    plain.map(|letter| if septets(letter).is_some() { letter } else { '?' }).collect()
}

fn septets(letter: char) -> Option<usize> {
    match letter {
        letter if letter.is_ascii_alphanumeric() || letter == ' ' || BASIC.contains(letter) => Some(1),
        letter if EXTENDED.contains(letter) => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_are_counted_as_networks_count_them() {
        let cases = [
            ("a".repeat(160), true, 160, 1),
            ("a".repeat(161), true, 161, 2),
            ("a".repeat(306), true, 306, 2),
            ("a".repeat(307), true, 307, 3),
            ("€".repeat(80), true, 160, 1),
            ("ạ".repeat(70), false, 70, 1),
            ("ạ".repeat(71), false, 71, 2),
            ("a\u{323}".repeat(70), false, 70, 1),
            ("😀".repeat(35), false, 70, 1),
            (String::new(), true, 0, 1),
        ];
        for (text, is_gsm, length, parts) in cases {
            let sms = sms(&text);
            assert_eq!((sms.is_gsm, sms.length, sms.parts), (is_gsm, length, parts), "{text}");
        }
    }

    #[test]
    fn marks_go_and_figures_stay() {
        assert_eq!(
            unmarked("Đạt 32,53 % trong 249 nhiệm vụ – quá hạn"),
            "Dat 32,53 % trong 249 nhiem vu - qua han"
        );
    }

    proptest! {
        #[test]
        fn a_text_without_marks_is_always_coded_in_seven_bits(text in "\\PC{0,60}") {
            let plain = unmarked(&text);
            prop_assert!(sms(&plain).is_gsm);
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
            prop_assert!(digits(&plain).len() >= digits(&text).len());
        }
    }
}
