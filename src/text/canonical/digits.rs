//! Phone and ID numbers: digits with spaces, dots or hyphens between.

use crate::text::canonical::{Found, Kind};

/// Most digits that are read as one number.
const DIGITS_MAX: usize = 15;

/// Prefixes of mobile numbers of eleven digits until 2018, and of ten since.
const MOVED: [(&str, &str); 24] = [
    ("0120", "070"),
    ("0121", "079"),
    ("0122", "077"),
    ("0123", "083"),
    ("0124", "084"),
    ("0125", "085"),
    ("0126", "076"),
    ("0127", "081"),
    ("0128", "078"),
    ("0129", "082"),
    ("0162", "032"),
    ("0163", "033"),
    ("0164", "034"),
    ("0165", "035"),
    ("0166", "036"),
    ("0167", "037"),
    ("0168", "038"),
    ("0169", "039"),
    ("0186", "056"),
    ("0188", "058"),
    ("0199", "059"),
    // Landlines keep their eleven digits.
    ("020", "020"),
    ("021", "021"),
    ("02", "02"),
];

/// The phone or ID number that `rest` begins with.
pub(super) fn read(rest: &str) -> Vec<Found> {
    let Some((length, number)) = spaced(rest) else { return Vec::new() };
    let mut all = Vec::new();
    if let Some(phone) = phone(&number) {
        all.push((length, Kind::Phone, phone));
    }
    if number.len() == 9 || (number.len() == 12 && number.starts_with('0')) {
        all.push((length, Kind::Identity, number));
    }
    all
}

/// Bytes of the digits, dots, commas, slashes and hyphens that `rest` begins with.
pub(super) fn group(rest: &str) -> usize {
    let mut length = 0;
    for (place, c) in rest.char_indices() {
        if c.is_ascii_digit() {
            length = place + 1;
        } else if !matches!(c, '.' | ',' | '/' | '-' | '+') {
            break;
        }
    }
    length
}

/// Digits with at most one separator between two, and the bytes they take; a leading plus stays.
fn spaced(rest: &str) -> Option<(usize, String)> {
    let mut number = String::new();
    let (mut length, mut separators) = (0, 0);
    for (place, c) in rest.char_indices() {
        match c {
            '+' if place == 0 => number.push('+'),
            '0'..='9' => {
                number.push(c);
                separators = 0;
                length = place + 1;
            }
            ' ' | '.' | '-' | '\u{A0}' if separators == 0 => separators = 1,
            _ if c.is_alphanumeric() && separators == 0 => return None,
            _ => break,
        }
        if number.len() > DIGITS_MAX {
            return None;
        }
    }
    (length > 0).then_some((length, number))
}

/// The national form of a phone number.
fn phone(number: &str) -> Option<String> {
    let abroad = number.strip_prefix("+84").or_else(|| number.strip_prefix("0084"));
    let abroad = abroad.or_else(|| number.strip_prefix("84").filter(|rest| rest.len() == 9));
    let national = abroad
        .map_or_else(|| number.to_owned(), |rest| format!("0{}", rest.strip_prefix('0').unwrap_or(rest)));
    let is_mobile =
        national.len() == 10 && matches!(national.get(..2), Some("03" | "05" | "07" | "08" | "09"));
    if is_mobile {
        return Some(national);
    }
    if national.len() != 11 {
        return None;
    }
    let moved = MOVED.iter().find_map(|(old, new)| Some((new, national.strip_prefix(old)?)));
    moved.map(|(new, rest)| format!("{new}{rest}"))
}
