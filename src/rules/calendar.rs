//! The calendar of working days: Monday to Friday, corrected by dated entries.
//!
//! Days off, the adjacent day at 2/9 and make-up Saturdays are decided year by year and cannot be
//! computed; a Saturday of a swap is a full working day, and a calendar that forgets it is a day late.
//! So the entries are data (`indexes/rules/calendar.toml`) and everything else follows from one count:
//! the working days up to a day, a closed formula for weekdays plus a binary search in the entries.
//! No call walks day by day. Outside the years of the data the count falls back to Monday to Friday,
//! and [`Calendar::is_covered`] says so. An entry of status `unconfirmed` never counts.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::domain::civil::{epoch_days, from_epoch_days};
use crate::rules::RulesError;

static NATIONAL: LazyLock<Calendar> = LazyLock::new(|| embedded(Calendar::parse(NATIONAL_TEXT)));
static CAUTIOUS: LazyLock<Calendar> = LazyLock::new(|| embedded(read(NATIONAL_TEXT, true)));

const NATIONAL_TEXT: &str = include_str!("../../indexes/rules/calendar.toml");

fn embedded(parsed: Result<Calendar, RulesError>) -> Calendar {
    debug_assert!(parsed.is_ok(), "{parsed:?}");
    parsed.unwrap_or_default()
}

/// Which days are worked.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    /// First and last epoch day the data speak of.
    covered: Option<(i32, i32)>,
    /// Days that differ from Monday to Friday, ascending, each with the sum of corrections up to it.
    corrections: Vec<(i32, i64)>,
    /// Days known from memory only.
    remembered: Vec<i32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(deserialize_with = "civil_day")]
    valid_from_on: NaiveDate,
    #[serde(deserialize_with = "civil_day")]
    valid_to_on: NaiveDate,
    #[serde(rename = "source")]
    _source: String,
    days: Vec<Day>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Day {
    #[serde(deserialize_with = "civil_day")]
    date: NaiveDate,
    kind: DayKind,
    #[serde(rename = "name")]
    _name: String,
    status: Status,
    #[serde(rename = "swapped_for")]
    _swapped_for: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DayKind {
    Off,
    Work,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Found,
    Memory,
    Unconfirmed,
}

impl Calendar {
    /// The national calendar of civil servants on a five-day week, 2015 to 2026.
    #[must_use]
    pub fn national() -> &'static Self {
        &NATIONAL
    }

    /// Reads a calendar of the form of `indexes/rules/calendar.toml`.
    ///
    /// # Errors
    /// The text is not of this form, a day stands twice, a day off falls on a weekend or a make-up day
    /// on a weekday.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        read(text, false)
    }

    /// The national calendar if every unconfirmed day off were one.
    #[must_use]
    pub fn cautious() -> &'static Self {
        &CAUTIOUS
    }

    /// Whether a day between the two, the later one included, is off or worked by memory only.
    #[must_use]
    pub fn has_remembered_day(&self, after: NaiveDate, through: NaiveDate) -> bool {
        let (first, last) = (epoch_days(after), epoch_days(through));
        let place = self.remembered.partition_point(|day| *day <= first);
        self.remembered.get(place).is_some_and(|day| *day <= last)
    }

    /// Whether the data speak of this day; when not, Monday to Friday is assumed.
    #[must_use]
    pub fn is_covered(&self, date: NaiveDate) -> bool {
        let day = epoch_days(date);
        self.covered.is_some_and(|(first, last)| (first..=last).contains(&day))
    }

    /// Whether it is a working day.
    #[must_use]
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        let day = i64::from(epoch_days(date));
        self.count_through(day) > self.count_through(day - 1)
    }

    /// Working days d with `a` < d <= `b`: the first day is excluded, as in every statutory limit
    /// (BLDS 2015 Đ147.1). Zero when the days are equal; when `b` is before `a`, the same count
    /// backwards with a minus sign, so that `working_days(a, b) == -working_days(b, a)`.
    #[must_use]
    pub fn working_days(&self, a: NaiveDate, b: NaiveDate) -> i64 {
        self.count_through(epoch_days(b).into()) - self.count_through(epoch_days(a).into())
    }

    /// The working day that is `n` working days after `date`, which is itself not counted. With a
    /// negative `n` it counts backwards; with 0 it is `date`, worked or not. `None` when the calendar
    /// of chrono does not reach it.
    #[must_use]
    pub fn add_working_days(&self, date: NaiveDate, n: i32) -> Option<NaiveDate> {
        let day = i64::from(epoch_days(date));
        let target = match n {
            0 => return Some(date),
            1.. => self.count_through(day) + i64::from(n),
            _ => self.count_through(day - 1) + i64::from(n) + 1,
        };
        let found = self.day_of_count(target);
        i32::try_from(found).ok().and_then(from_epoch_days)
    }

    /// Working days up to and including `day`, from a fixed origin.
    fn count_through(&self, day: i64) -> i64 {
        let passed = self.corrections.partition_point(|(special, _)| i64::from(*special) <= day);
        let corrected = passed.checked_sub(1).and_then(|last| self.corrections.get(last));
        weekdays_through(day) + corrected.map_or(0, |(_, sum)| *sum)
    }

    /// The first day whose count reaches `target`, by bisection.
    fn day_of_count(&self, target: i64) -> i64 {
        let slack = 14 + 2 * i64::try_from(self.corrections.len()).unwrap_or(0);
        let guess = target.div_euclid(5) * 7;
        let (mut low, mut high) = (guess - slack, guess + slack);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.count_through(middle) < target {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

/// Reads a calendar; unconfirmed days count when asked to.
fn read(text: &str, counts_unconfirmed: bool) -> Result<Calendar, RulesError> {
    let file: File =
        toml::from_str(text).map_err(|error| RulesError::Syntax { message: error.to_string() })?;
    let mut entries: Vec<(i32, i64)> = Vec::with_capacity(file.days.len());
    for day in file.days.iter().filter(|day| counts_unconfirmed || day.status != Status::Unconfirmed) {
        entries.push((epoch_days(day.date), correction(day)?));
    }
    entries.sort_unstable();
    let twice = entries.windows(2).find(|pair| matches!(pair, [a, b] if a.0 == b.0));
    if let Some([(day, _), ..]) = twice {
        let date = from_epoch_days(*day).unwrap_or_default();
        return Err(RulesError::Day { date, message: "stands twice; keep one of the entries" });
    }
    let mut sum = 0;
    for (_, change) in &mut entries {
        sum += *change;
        *change = sum;
    }
    let covered = Some((epoch_days(file.valid_from_on), epoch_days(file.valid_to_on)));
    let remembered = file.days.iter().filter(|day| day.status == Status::Memory);
    let mut remembered: Vec<i32> = remembered.map(|day| epoch_days(day.date)).collect();
    remembered.sort_unstable();
    Ok(Calendar { covered, corrections: entries, remembered })
}

/// Mondays to Fridays up to and including `day`, from Monday 1969-12-29 on.
fn weekdays_through(day: i64) -> i64 {
    let since_monday = day + 3;
    since_monday.div_euclid(7) * 5 + (since_monday.rem_euclid(7) + 1).min(5)
}

fn civil_day<'de, D: Deserializer<'de>>(given: D) -> Result<NaiveDate, D::Error> {
    let text = String::deserialize(given)?;
    text.parse().map_err(|_| D::Error::custom(format!("`{text}` is not a day; write YYYY-MM-DD")))
}

fn correction(day: &Day) -> Result<i64, RulesError> {
    let place = i64::from(epoch_days(day.date));
    let is_weekday = weekdays_through(place) > weekdays_through(place - 1);
    match (day.kind, is_weekday) {
        (DayKind::Off, true) => Ok(-1),
        (DayKind::Work, false) => Ok(1),
        (DayKind::Off, false) => {
            Err(RulesError::Day { date: day.date, message: "is a weekend; list only weekdays off" })
        }
        (DayKind::Work, true) => Err(RulesError::Day {
            date: day.date,
            message: "is a weekday; only weekend days are make-up days",
        }),
    }
}

#[cfg(test)]
mod tests;
