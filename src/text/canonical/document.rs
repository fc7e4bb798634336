//! Numbers of documents: `55/2022/NĐ-CP`, `123/QĐ-UBND`, `02/2011/QH13`.

use crate::text::canonical::{Found, Kind};
use crate::text::fold::fold;

/// Bytes of one number at most.
const BYTES_MAX: usize = 60;

/// The number that `rest` begins with: digits, perhaps a year, and the issuer's letters.
pub(super) fn read(rest: &str) -> Option<Found> {
    let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '/' | '-' | '&') || is_mark(c);
    let end = rest.find(|c: char| !is_inside(c)).unwrap_or(rest.len());
    let whole = rest.get(..end)?.trim_end_matches(['/', '-', '&']);
    if whole.len() > BYTES_MAX {
        return None;
    }
    let mut parts = whole.split('/');
    let number = parts.next()?;
    let second = parts.next()?;
    let issuer = match parts.next() {
        Some(issuer) if is_digits(second) => issuer,
        Some(_) => return None,
        None => second,
    };
    let letters = issuer.chars().filter(|c| c.is_alphabetic()).count();
    let fits = is_number(number)
        && letters >= 2
        && issuer.starts_with(char::is_alphabetic)
        && parts.next().is_none();
    fits.then(|| (whole.len(), Kind::Document, fold(whole)))
}

/// Combining marks, when the text is decomposed.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Digits, with at most one letter after them: `12a`.
fn is_number(part: &str) -> bool {
    let digits = part.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    is_digits(digits) && part.len() - digits.len() <= 1
}

fn is_digits(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}
