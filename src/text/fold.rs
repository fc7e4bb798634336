//! A whole text without marks, and names of columns and codes as keys.
//!
//! People type without marks and headers come as "Số hiệu", "SO HIEU" or "so_hieu"; both compare by
//! what is left when case and marks are gone.

use crate::text::letter::{Letter, letters, push_folded};
use crate::text::normalize;

/// `text` in lower case without marks, đ as d; punctuation and spaces stay.
#[must_use]
pub fn fold(text: &str) -> String {
    plainly(text).unwrap_or_else(|| {
        let mut folded = String::with_capacity(text.len());
        let normal = normalize::nfc(text);
        normal.chars().flat_map(char::to_lowercase).for_each(|c| push_folded(c, &mut folded));
        folded
    })
}

/// The fold of a text of plain letters and separators, several times faster than the general way.
fn plainly(text: &str) -> Option<String> {
    let letters = letters();
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match letters.of(c) {
            Letter::Plain { fold, .. } => folded.push(char::from(fold)),
            Letter::Separator if c.is_ascii() => folded.push(c),
            _ => return None,
        }
    }
    Some(folded)
}

/// `text` folded, every run of anything but letters and digits one `_`, none at the ends.
#[must_use]
pub fn key(text: &str) -> String {
    let folded = fold(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn marks_and_case_go_and_punctuation_stays() {
        let table = [
            ("Đơn khiếu nại, về ĐẤT đai!", "don khieu nai, ve dat dai!"),
            ("QUYỀN Ðất", "quyen dat"),
            ("kỹ thuật", "ky thuat"),
            ("한국 straße", "한국 straße"),
            ("", ""),
        ];
        for (given, expected) in table {
            assert_eq!(fold(given), expected);
            assert_eq!(fold(&given.nfd().collect::<String>()), expected);
        }
    }

    #[test]
    fn headers_and_codes_meet_in_one_key() {
        let table = [
            ("Số hiệu", "so_hieu"),
            ("  SO_HIEU: ", "so_hieu"),
            ("Ngày giao (dd/mm/yyyy)", "ngay_giao_dd_mm_yyyy"),
            ("---", ""),
        ];
        for (given, expected) in table {
            assert_eq!(key(given), expected);
        }
    }

    proptest! {
        #[test]
        fn the_fast_way_and_the_general_way_agree(text in "[a-zA-ZàáảãạđĐÐƠờ .,]{0,30}", tail in "\\PC?") {
            let plain = fold(&text);
            let general = fold(&format!("{text}ж{tail}"));
            prop_assert_eq!(general.split('ж').next(), Some(plain.as_str()));
        }

        #[test]
        fn a_key_is_its_own_key(text in "\\PC{0,30}") {
            let once = key(&text);
            prop_assert_eq!(key(&once), once.clone());
        }

        #[test]
        fn folding_twice_changes_nothing_more(text in "\\PC{0,30}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone());
        }
    }
}
