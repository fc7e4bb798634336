//! Record ids: the same for the same key, after every rebuild and on every machine.
//!
//! `id` = a letter for the dataset, 80 bits of SHA-256 over dataset and key in Crockford's base32
//! (16 characters, no I, L, O, U), and a check character (Luhn's algorithm modulo 32, which finds
//! every single wrong character and almost every swap of neighbours).

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DIGITS: usize = 16;

/// Number of characters of an id in text.
pub const ID_CHARS: usize = DIGITS + 2;

/// Id of a record.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId {
    letter: u8,
    bits: [u8; 10],
}

/// Why a text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Wrong length or a character outside the alphabet.
    #[error("an id is one letter and 17 characters of 0-9 A-Z without I, L, O, U")]
    Form,
    /// The check character does not fit: probably a typing error.
    #[error("the id's check character does not fit; look for a typing error")]
    Check,
}

impl RecordId {
    /// The id of `key` in `dataset`, whose ids begin with `letter` (an upper-case ASCII letter).
    #[must_use]
    pub fn of_key(letter: char, dataset: &str, source_system: &str, source_id: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [dataset, source_system, source_id] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let digest = hash.finalize();
        let mut bits = [0; 10];
        bits.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self { letter: u8::try_from(letter).unwrap_or(b'X'), bits }
    }

    /// The id from its stored parts.
    #[must_use]
    pub fn from_parts(letter: u8, bits: [u8; 10]) -> Self {
        Self { letter, bits }
    }

    /// The dataset's letter.
    #[must_use]
    pub fn letter(self) -> char {
        char::from(self.letter)
    }

    /// The 80 bits.
    #[must_use]
    pub fn bits(self) -> [u8; 10] {
        self.bits
    }

    fn digits(self) -> [u8; DIGITS] {
        let mut digits = [0; DIGITS];
        for (half, five) in self.bits.chunks_exact(5).zip(digits.chunks_exact_mut(8)) {
            let word = half.iter().fold(0u64, |word, byte| word << 8 | u64::from(*byte));
            for (place, digit) in five.iter_mut().rev().enumerate() {
                *digit = (word >> (5 * place) & 31) as u8;
            }
        }
        digits
    }
}

/// Luhn modulo 32 over `digits`, of which the last is doubled first.
#[must_use]
pub fn check_digit(digits: impl DoubleEndedIterator<Item = u8>) -> u8 {
    let sum: u32 = digits
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let weighed = u32::from(digit) * if place % 2 == 0 { 2 } else { 1 };
            weighed / 32 + weighed % 32
        })
        .sum();
    ((32 - sum % 32) % 32) as u8
}

/// The character of Crockford's base32 for a number below 32.
#[must_use]
pub fn symbol(digit: u8) -> char {
    char::from(ALPHABET.get(usize::from(digit)).copied().unwrap_or(b'?'))
}

/// The number of a character of Crockford's base32, upper case.
#[must_use]
pub fn digit(symbol: char) -> Option<u8> {
    let found = ALPHABET.iter().position(|known| char::from(*known) == symbol);
    found.and_then(|place| u8::try_from(place).ok())
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        let mut text = String::with_capacity(ID_CHARS);
        text.push(self.letter());
        text.extend(digits.map(symbol));
        text.push(symbol(check_digit(std::iter::once(self.letter & 31).chain(digits))));
        f.write_str(&text)
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for RecordId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let bytes = text.trim().as_bytes();
        let [letter, rest @ ..] = bytes else { return Err(IdError::Form) };
        if rest.len() != DIGITS + 1 || !letter.is_ascii_alphabetic() {
            return Err(IdError::Form);
        }
        let letter = letter.to_ascii_uppercase();
        let mut digits = [0u8; DIGITS + 1];
        for (digit, byte) in digits.iter_mut().zip(rest) {
            let found = ALPHABET.iter().position(|symbol| *symbol == byte.to_ascii_uppercase());
            *digit = found.and_then(|place| u8::try_from(place).ok()).ok_or(IdError::Form)?;
        }
        let [body @ .., check] = digits;
        if check_digit(std::iter::once(letter & 31).chain(body)) != check {
            return Err(IdError::Check);
        }
        let mut bits = [0; 10];
        for (half, eight) in bits.chunks_exact_mut(5).zip(body.chunks_exact(8)) {
            let word = eight.iter().fold(0u64, |word, digit| word << 5 | u64::from(*digit));
            for (place, byte) in half.iter_mut().rev().enumerate() {
                *byte = (word >> (8 * place) & 255) as u8;
            }
        }
        Ok(Self { letter, bits })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_id_never_changes() {
        let id = RecordId::of_key('P', "petitions", "local", "1726/2017");
        assert_eq!(id.to_string(), "PH2QKNQM2DVHXQ35JS");
    }

    #[test]
    fn two_sources_never_share_an_id() {
        let old = RecordId::of_key('P', "petitions", "old", "1");
        assert_ne!(old, RecordId::of_key('P', "petitions", "new", "1"));
        assert_ne!(old, RecordId::of_key('P', "petitions", "ol", "d1"));
    }

    proptest! {
        #[test]
        fn text_and_id_are_the_same_thing(key in ".{0,40}") {
            let id = RecordId::of_key('T', "tasks", "local", &key);
            let text = id.to_string();
            prop_assert_eq!(text.len(), ID_CHARS);
            prop_assert_eq!(text.parse::<RecordId>().unwrap(), id);
            prop_assert_eq!(text.to_lowercase().parse::<RecordId>().unwrap(), id);
        }

        #[test]
        fn one_wrong_character_is_always_found(key in ".{0,20}", place in 1usize..18, with in 0usize..32) {
            let id = RecordId::of_key('P', "petitions", "local", &key).to_string();
            let mut typed: Vec<char> = id.chars().collect();
            typed[place] = symbol(with as u8);
            let typed: String = typed.into_iter().collect();
            prop_assume!(typed != id);
            prop_assert_eq!(typed.parse::<RecordId>(), Err(IdError::Check));
        }
    }
}
