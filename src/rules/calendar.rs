//! The calendar of working days: Monday to Friday, corrected by dated entries.
//!
//! Days off, the adjacent day at 2/9 and make-up Saturdays are decided year by year and cannot be
//! computed; a Saturday of a swap is a full working day, and a calendar that forgets it is a day late.
//! So the entries are data (`indexes/rules/calendar.toml`, with files of a store and of single agencies laid
//! over it) and everything else follows from one count:
//! the working days up to a day, a closed formula for weekdays plus a binary search in the entries.
//! No call walks day by day. Outside the years of the data the count falls back to Monday to Friday,
//! and [`Calendar::is_covered`] says so. An entry of status `unconfirmed` never counts.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::domain::civil::{epoch_days, from_epoch_days};
use crate::domain::limits::CALENDAR_DAYS_MAX;
use crate::rules::RulesError;

static NATIONAL: LazyLock<Calendar> = LazyLock::new(|| {
    let parsed = Calendar::parse(NATIONAL_TEXT);
    debug_assert!(parsed.is_ok(), "{parsed:?}");
    parsed.unwrap_or_default()
});

const NATIONAL_TEXT: &str = include_str!("../../indexes/rules/calendar.toml");

/// Which days are worked.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    /// First and last epoch day of each span the data speak of.
    covered: Vec<(i32, i32)>,
    /// Days that differ from Monday to Friday, ascending, each with the sum of corrections up to it.
    corrections: Vec<(i32, i64)>,
    /// Days known from memory only.
    remembered: Vec<i32>,
}

/// A calendar as it is written: the whole of a nation's, or what is laid over another.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarFile {
    #[serde(deserialize_with = "civil_day")]
    valid_from_on: NaiveDate,
    #[serde(deserialize_with = "civil_day")]
    valid_to_on: NaiveDate,
    /// The paper or data it is from.
    pub source: String,
    /// The agencies whose calendar it is; everybody's when none is named.
    #[serde(default)]
    pub units: Vec<String>,
    /// Whether every Saturday from the first to the last day is worked.
    #[serde(default)]
    saturdays: bool,
    #[serde(default)]
    days: Vec<Day>,
}

#[derive(Debug, Clone, Deserialize)]
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
        Self::laid(&[&CalendarFile::parse(text)?], false)
    }

    /// The calendar of files laid one over another, the first at the bottom; with `counts_unconfirmed` as if
    /// every unconfirmed day were decided.
    ///
    /// # Errors
    /// A day stands twice in one file, or an entry says what holds without it.
    pub fn laid(files: &[&CalendarFile], counts_unconfirmed: bool) -> Result<Self, RulesError> {
        let mut days: BTreeMap<i32, Entry> = BTreeMap::new();
        for file in files {
            file.lay(&mut days, counts_unconfirmed)?;
        }
        let mut corrections: Vec<(i32, i64)> = Vec::new();
        let mut sum = 0;
        for (day, entry) in &days {
            sum += i64::from(entry.is_worked) - i64::from(is_weekday(*day));
            corrections.push((*day, sum));
        }
        let remembered = days.iter().filter(|(_, entry)| entry.is_remembered).map(|(day, _)| *day).collect();
        let spans = files.iter().filter(|file| file.units.is_empty());
        let covered =
            spans.map(|file| (epoch_days(file.valid_from_on), epoch_days(file.valid_to_on))).collect();
        Ok(Self { covered, corrections, remembered })
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
        self.covered.iter().any(|(first, last)| (*first..=*last).contains(&day))
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

/// What the files laid so far say of a day.
#[derive(Debug, Clone, Copy)]
struct Entry {
    is_worked: bool,
    is_remembered: bool,
}

impl CalendarFile {
    /// Reads a file of the form of `indexes/rules/calendar.toml`.
    ///
    /// # Errors
    /// The text is not of this form, or speaks of too many days.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        let file: Self =
            toml::from_str(text).map_err(|error| RulesError::Syntax { message: error.to_string() })?;
        let span = file.valid_to_on.signed_duration_since(file.valid_from_on).num_days();
        if (file.saturdays || !file.days.is_empty()) && (0..CALENDAR_DAYS_MAX).contains(&span) {
            return Ok(file);
        }
        let message = "the last day is before the first one, too far from it, or no day is given";
        Err(RulesError::Day { date: file.valid_to_on, message })
    }

    fn lay(&self, days: &mut BTreeMap<i32, Entry>, counts_unconfirmed: bool) -> Result<(), RulesError> {
        if self.saturdays {
            self.saturdays_of_span().for_each(|day| {
                days.insert(day, Entry { is_worked: true, is_remembered: false });
            });
        }
        let mut own: BTreeMap<i32, Entry> = BTreeMap::new();
        for day in &self.days {
            let wrong = |message| Err(RulesError::Day { date: day.date, message });
            let place = epoch_days(day.date);
            let is_worked = day.kind == DayKind::Work;
            let before = days.get(&place).map_or_else(|| is_weekday(place), |entry| entry.is_worked);
            let is_restated = days.contains_key(&place);
            if before == is_worked && !is_restated && !is_worked {
                return wrong("is a weekend; list only weekdays off");
            }
            if before == is_worked && !is_restated {
                return wrong("is a weekday; only weekend days are make-up days");
            }
            if own.contains_key(&place) {
                return wrong("stands twice; keep one of the entries");
            }
            own.insert(place, Entry { is_worked, is_remembered: day.status == Status::Memory });
        }
        let is_counted = |day: &&Day| counts_unconfirmed || day.status != Status::Unconfirmed;
        let counted = self.days.iter().filter(is_counted).map(|day| epoch_days(day.date));
        days.extend(counted.filter_map(|day| own.get(&day).map(|entry| (day, *entry))));
        Ok(())
    }

    fn saturdays_of_span(&self) -> impl Iterator<Item = i32> {
        let first = self.valid_from_on;
        let ahead = (7 + Weekday::Sat.num_days_from_monday() - first.weekday().num_days_from_monday()) % 7;
        let first = first.checked_add_days(Days::new(ahead.into())).unwrap_or(first);
        (epoch_days(first)..=epoch_days(self.valid_to_on)).step_by(7)
    }
}

fn is_weekday(day: i32) -> bool {
    let day = i64::from(day);
    weekdays_through(day) > weekdays_through(day - 1)
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

#[cfg(test)]
mod tests;
