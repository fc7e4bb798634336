//! What one character becomes: its class, its lower case and its fold.
//!
//! Lower-casing through the standard tables is the hot cost of analysis (measured at 28.6 of 35.6 µs
//! per petition), so the letters Vietnamese is written with stand in one flat table. A letter is
//! `Plain` only if it is stable under NFC alone, has one lower-case letter and folds to one ASCII
//! letter; anything else takes the slow, general way.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::normalize::{is_invisible, look_alike};

/// The table ends after Latin Extended Additional, where the toned vowels are.
const TABLE_LEN: usize = 0x1F00;

/// What a character is to the syllable cutter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::text) enum Letter {
    /// Ends a syllable.
    Separator,
    /// Belongs to a syllable that has begun, but begins none: combining marks and the invisible.
    Follower,
    /// A letter or digit with a one-letter lower case and an ASCII fold.
    Plain {
        /// The lower-case letter.
        lower: char,
        /// The lower-case letter without marks.
        fold: u8,
    },
    /// A letter or digit of any other kind.
    Other,
}

/// All letters of the table.
pub(in crate::text) struct Letters(Box<[Letter; TABLE_LEN]>);

static LETTERS: LazyLock<Letters> = LazyLock::new(|| {
    let mut table = Box::new([Letter::Separator; TABLE_LEN]);
    for (place, letter) in (0..).zip(table.iter_mut()) {
        *letter = char::from_u32(place).map_or(Letter::Separator, classify);
    }
    Letters(table)
});

/// The table, built at first use.
pub(in crate::text) fn letters() -> &'static Letters {
    &LETTERS
}

impl Letters {
    /// What `c` is.
    #[inline]
    pub(in crate::text) fn of(&self, c: char) -> Letter {
        self.0.get(c as usize).copied().unwrap_or_else(|| classify(c))
    }
}

/// Appends `c`, already in lower case and NFC, without its marks and with đ as d.
pub(in crate::text) fn push_folded(c: char, to: &mut String) {
    match letters().of(c) {
        Letter::Plain { fold, .. } => to.push(char::from(fold)),
        _ if is_hangul_syllable(c) => to.push(c),
        _ => to.extend(std::iter::once(c).nfd().filter(|part| !is_combining_mark(*part))),
    }
}

/// Hangul syllables decompose into letters, not into a letter and marks.
fn is_hangul_syllable(c: char) -> bool {
    ('\u{AC00}'..='\u{D7A3}').contains(&c)
}

fn classify(c: char) -> Letter {
    let c = look_alike(c);
    if is_invisible(c) || is_combining_mark(c) {
        return Letter::Follower;
    }
    if !c.is_alphanumeric() {
        return Letter::Separator;
    }
    plain(c).unwrap_or(Letter::Other)
}

fn plain(c: char) -> Option<Letter> {
    let lower = only(c.to_lowercase())?;
    let is_stable =
        only(std::iter::once(c).nfc()) == Some(c) && only(std::iter::once(lower).nfc()) == Some(lower);
    let base = match lower {
        'đ' => 'd',
        other => only(std::iter::once(other).nfd().filter(|part| !is_combining_mark(*part)))?,
    };
    let fold = u8::try_from(base).ok().filter(u8::is_ascii_alphanumeric)?;
    is_stable.then_some(Letter::Plain { lower, fold })
}

/// The character of a sequence that has one and no more.
pub(in crate::text) fn only(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_the_alphabet_takes_the_fast_way() {
        let alphabet =
            "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ";
        let folds =
            "aaaaaaaaaaaaaaaaaabcddeeeeeeeeeeeeghiiiiiiklmnoooooooooooooooooopqrstuuuuuuuuuuuuvxyyyyyy";
        for (letter, fold) in alphabet.chars().zip(folds.bytes()) {
            let expected = Letter::Plain { lower: letter, fold };
            assert_eq!(letters().of(letter), expected);
            letter.to_uppercase().for_each(|upper| assert_eq!(letters().of(upper), expected, "{upper}"));
        }
    }

    #[test]
    fn characters_are_sorted_into_their_classes() {
        let table = [
            (' ', Letter::Separator),
            ('/', Letter::Separator),
            ('\u{A0}', Letter::Separator),
            ('“', Letter::Separator),
            ('\u{301}', Letter::Follower),
            ('\u{200B}', Letter::Follower),
            ('\u{AD}', Letter::Follower),
            ('Ð', Letter::Plain { lower: 'đ', fold: b'd' }),
            ('7', Letter::Plain { lower: '7', fold: b'7' }),
            ('İ', Letter::Other),
            ('ж', Letter::Other),
            ('漢', Letter::Other),
        ];
        for (c, expected) in table {
            assert_eq!(letters().of(c), expected, "{c:?}");
        }
    }
}
