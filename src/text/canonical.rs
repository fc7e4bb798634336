//! Numbers, days and sums that are written in many ways, each as one token.
//!
//! `12/5/2018`, `12.05.2018` and `ngày 12 tháng 5 năm 2018` are one day, `+84 912 345 678` and
//! `0912.345.678` one phone, `1.250.000 đồng` and `1250000` one sum. A token is a letter for its kind and
//! the value in one form, after a `#` that no syllable has, so that index and query meet in it beside the
//! plain syllables. What may be read in two ways (nine digits) has a token for each.

mod amount;
mod date;
mod digits;
mod document;

/// What a token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A document's number: `55/2022/NĐ-CP`.
    Document,
    /// A person's ID number: 9 or 12 digits.
    Identity,
    /// A phone number.
    Phone,
    /// A day.
    Day,
    /// A sum of money or another large number.
    Amount,
}

/// One thing found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canonical {
    /// Byte where it begins in the given text.
    pub start: usize,
    /// Byte after its end.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
    /// Its token, such as `#d2018-05-12`.
    pub token: String,
}

/// What one reading of a place found: its length in bytes, and the token's kind and value.
type Found = (usize, Kind, String);

/// All tokens of `text`, by place. A text without digits costs one pass over its bytes.
#[must_use]
pub fn canonicals(text: &str) -> Vec<Canonical> {
    let mut all = Vec::new();
    let mut place = 0;
    while let Some(start) = next_start(text, place) {
        let rest = text.get(start..).unwrap_or_default();
        let found = read(rest);
        let longest = found.iter().map(|(length, ..)| *length).max();
        for (length, kind, value) in found {
            let token = format!("#{}{value}", letter(kind));
            all.push(Canonical { start, end: start + length, kind, token });
        }
        // What is part of a longer number is no number of its own.
        place = start + longest.unwrap_or_else(|| digits::group(rest).max(1));
    }
    all
}

/// The letter of a kind in its tokens.
fn letter(kind: Kind) -> char {
    match kind {
        Kind::Document => 's',
        Kind::Identity => 'i',
        Kind::Phone => 'p',
        Kind::Day => 'd',
        Kind::Amount => 'v',
    }
}

/// Where the next number begins, from `place` on: a digit, or a plus before one, not inside a word.
fn next_start(text: &str, place: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = place;
    loop {
        at += bytes.get(at..)?.iter().position(u8::is_ascii_digit)?;
        let is_plus = at > place && bytes.get(at - 1) == Some(&b'+');
        let start = at - usize::from(is_plus);
        let before = text.get(..start).and_then(|before| before.chars().next_back());
        if before.is_none_or(|c| !c.is_alphanumeric() && c != '+') {
            return Some(start);
        }
        at += bytes.get(at..)?.iter().position(|byte| !byte.is_ascii_digit())?;
    }
}

fn read(rest: &str) -> Vec<Found> {
    if let Some(found) = date::read(rest).or_else(|| document::read(rest)) {
        return vec![found];
    }
    if let Some(found) = amount::with_unit(rest) {
        return vec![found];
    }
    let mut all = digits::read(rest);
    if all.iter().all(|(_, kind, _)| *kind != Kind::Phone) {
        all.extend(amount::plain(rest));
    }
    all
}

#[cfg(test)]
mod tests;
