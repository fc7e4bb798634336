//! Days: `12/5/2018`, `2018-05-12`, `12 tháng 5 năm 2018`.

use chrono::NaiveDate;

use crate::text::canonical::{Found, Kind};
use crate::text::fold::fold;

/// Years that are read as such.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;
/// Characters that a day in words takes at most.
const WORDS_CHARS_MAX: usize = 40;

/// The day that `rest` begins with.
pub(super) fn read(rest: &str) -> Option<Found> {
    in_figures(rest).or_else(|| in_words(rest))
}

fn in_figures(rest: &str) -> Option<Found> {
    let (first, after) = number(rest)?;
    let sign = after.chars().next().filter(|c| matches!(c, '/' | '.' | '-'))?;
    let (second, after) = number(after.strip_prefix(sign)?)?;
    let (third, after) = number(after.strip_prefix(sign)?)?;
    let is_ended = after.chars().next().is_none_or(|c| !c.is_alphanumeric())
        && !after
            .strip_prefix(['/', '-'])
            .is_some_and(|more| more.starts_with(|c: char| c.is_alphanumeric()));
    let length = rest.len() - after.len();
    let day = match (first.len(), third.len()) {
        (4, 1 | 2) => day(first, second, third),
        (1 | 2, 4) => day(third, second, first),
        _ => None,
    };
    day.filter(|_| is_ended).map(|day| (length, Kind::Day, day.to_string()))
}

fn in_words(rest: &str) -> Option<Found> {
    let (date, after) = number(rest)?;
    let (month, after) = number(after_word(after, "thang")?)?;
    let (year, after) = number(after_word(after, "nam")?)?;
    let day = day(year, month, date)?;
    Some((rest.len() - after.len(), Kind::Day, day.to_string()))
}

/// What follows the word whose fold is `word`, with spaces before and after it.
fn after_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let trimmed = text.trim_start();
    let end = trimmed.find(char::is_whitespace).filter(|end| *end <= WORDS_CHARS_MAX)?;
    let (found, after) = trimmed.split_at_checked(end)?;
    (trimmed.len() < text.len() && fold(found) == word).then(|| after.trim_start())
}

fn day(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    let year = year.parse().ok().filter(|year| YEARS.contains(year))?;
    NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)
}

/// The digits, at most four, that `text` begins with, and the rest.
fn number(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (1..=4).contains(&end).then(|| text.split_at_checked(end)).flatten()
}
