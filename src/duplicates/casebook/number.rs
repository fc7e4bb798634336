//! National numbers of case files (mã vụ việc): `VV-000000042-H`.
//!
//! A number is given once and stays for ever, also when the case is emptied. The last character finds
//! every single wrong digit (Luhn's algorithm modulo 32, as in record ids).

use std::fmt;
use std::str::FromStr;

use crate::domain::id::{check_digit, symbol};

const PREFIX: &str = "VV-";
const DIGITS: usize = 9;

/// Number of a case file; the least is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CaseNumber(u64);

/// A text that is no case number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a case number is written VV-000000042-H; look for a typing error")]
pub struct NumberError;

impl CaseNumber {
    /// The number after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    fn check(self) -> char {
        let text = format!("{:0DIGITS$}", self.0);
        symbol(check_digit(text.bytes().map(|digit| digit - b'0').collect::<Vec<u8>>().into_iter()))
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{:0DIGITS$}-{}", self.0, self.check())
    }
}

impl FromStr for CaseNumber {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let text = text.trim().to_ascii_uppercase();
        let (digits, _) =
            text.strip_prefix(PREFIX).and_then(|rest| rest.split_once('-')).ok_or(NumberError)?;
        let is_number = digits.len() >= DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit());
        let number = digits.parse().ok().filter(|number| is_number && *number > 0).map(Self);
        number.filter(|number| number.to_string() == text).ok_or(NumberError)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_never_changes_its_look() {
        let number = CaseNumber::default().next();
        assert_eq!(number.to_string(), "VV-000000001-Y");
        assert_eq!("vv-000000001-y".parse(), Ok(number));
        for wrong in ["", "VV-", "VV-1-Y", "VV-000000000-0", "VV-000000001", "VV-000000001-Z", "C000000001Y"]
        {
            assert_eq!(wrong.parse::<CaseNumber>(), Err(NumberError), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_found(number in 1u64..900_000_000, place in 3usize..12, digit in 0u8..10) {
            let text = CaseNumber(number).to_string();
            prop_assert_eq!(text.parse::<CaseNumber>(), Ok(CaseNumber(number)));
            let mut typed = text.clone().into_bytes();
            typed[place] = b'0' + digit;
            let typed = String::from_utf8(typed).unwrap();
            prop_assume!(typed != text);
            prop_assert_eq!(typed.parse::<CaseNumber>(), Err(NumberError));
        }
    }
}
