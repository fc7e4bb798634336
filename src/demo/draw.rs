//! Seeded draws: one generator for each (seed, stream, index).
//!
//! A record's draws depend on nothing but the seed and its own place, so any record can be made alone,
//! in any order, again: that is what keeps memory flat at a million petitions and copies equal to
//! their originals. Streams keep one record's draws apart; a new draw in one leaves the others as they were.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use fastrand::Rng;

/// What a generator is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stream {
    Relation = 1,
    Matter,
    Household,
    Style,
    Signer,
    Arrival,
    Handling,
    Reception,
    Dossier,
    Task,
    Document,
    Readiness,
    Rollout,
    Change,
    Retelling,
    Spoiling,
    Forwarding,
    Inspection,
    Recommendation,
    Beside,
}

/// The generator of one stream of one record.
pub(super) fn rng(seed: u64, stream: Stream, index: u64) -> Rng {
    Rng::with_seed(mix(seed ^ mix(((stream as u64) << 56) ^ index)))
}

/// The finaliser of splitmix64 (Steele, Lea, Flood 2014): neighbouring numbers become unlike ones.
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// One of the words.
pub(super) fn pick<'a>(rng: &mut Rng, words: &[&'a str]) -> &'a str {
    rng.choice(words).copied().unwrap_or_default()
}

/// True in `percent` of a hundred draws.
pub(super) fn chance(rng: &mut Rng, percent: u32) -> bool {
    rng.u32(..100) < percent
}

/// The day `days` before `date`.
pub(super) fn before(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_sub_days(Days::new(days)).unwrap_or(date)
}

/// The day `days` after `date`.
pub(super) fn after(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_add_days(Days::new(days)).unwrap_or(date)
}

/// The date itself, or the Friday before when it is a weekend.
pub(super) fn office_day(date: NaiveDate) -> NaiveDate {
    match date.weekday() {
        Weekday::Sat => before(date, 1),
        Weekday::Sun => before(date, 2),
        _ => date,
    }
}

/// `dd/mm/yyyy`, as letters write it.
pub(super) fn written(date: NaiveDate) -> String {
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}

/// A whole number with a dot between thousands.
pub(super) fn dotted(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_dotted() {
        assert_eq!((dotted(7).as_str(), dotted(1_250_000).as_str()), ("7", "1.250.000"));
    }

    #[test]
    fn streams_and_indexes_do_not_share_draws() {
        let first = |stream, index| rng(1, stream, index).u64(..);
        assert_eq!(first(Stream::Matter, 5), first(Stream::Matter, 5));
        assert_ne!(first(Stream::Matter, 5), first(Stream::Matter, 6));
        assert_ne!(first(Stream::Matter, 5), first(Stream::Style, 5));
    }
}
