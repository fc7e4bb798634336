//! Civil days of Asia/Ho_Chi_Minh, with the precision the source gave.
//!
//! Administrative texts say "trong tháng 5/2018" or "quý II/2019"; the day is then not known, and
//! inventing one silently would make a task late on the wrong day. The first and the last day of the
//! period are both derivable; a due date counts as the last day, any other date as the first.

use chrono::{Datelike, Days, Months, NaiveDate};

/// How exactly the source gave a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// The day itself (ngày).
    Day,
    /// A month (tháng).
    Month,
    /// A calendar quarter (quý).
    Quarter,
    /// A year (năm).
    Year,
}

impl Precision {
    /// The code stored in tables: `day`, `month`, `quarter`, `year`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// The precision of a stored code; an absent or unknown code is a day.
    #[must_use]
    pub fn from_code(code: Option<&str>) -> Self {
        match code {
            Some("month") => Self::Month,
            Some("quarter") => Self::Quarter,
            Some("year") => Self::Year,
            _ => Self::Day,
        }
    }
}

/// A civil day, or the first day of the month, quarter or year that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate {
    first: NaiveDate,
    precision: Precision,
}

impl CivilDate {
    /// An exact day.
    #[must_use]
    pub fn day(date: NaiveDate) -> Self {
        Self { first: date, precision: Precision::Day }
    }

    /// The period of `precision` that holds `date`.
    #[must_use]
    pub fn within(date: NaiveDate, precision: Precision) -> Self {
        let month = match precision {
            Precision::Day => return Self::day(date),
            Precision::Month => date.month(),
            Precision::Quarter => (date.month() - 1) / 3 * 3 + 1,
            Precision::Year => 1,
        };
        let first = NaiveDate::from_ymd_opt(date.year(), month, 1).unwrap_or(date);
        Self { first, precision }
    }

    /// First day of the period; the day itself when the day is known.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        self.first
    }

    /// Last day of the period: a task due "trong tháng 5/2018" is late from 2018-06-01 on.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        let months = match self.precision {
            Precision::Day => return self.first,
            Precision::Month => 1,
            Precision::Quarter => 3,
            Precision::Year => 12,
        };
        let next = self.first.checked_add_months(Months::new(months));
        next.and_then(|day| day.checked_sub_days(Days::new(1))).unwrap_or(self.first)
    }

    /// How exactly the source gave it.
    #[must_use]
    pub fn precision(self) -> Precision {
        self.precision
    }
}

/// Days since 1970-01-01, the form dates have in Arrow and Parquet.
#[must_use]
pub fn epoch_days(date: NaiveDate) -> i32 {
    date.to_epoch_days()
}

/// The civil day of a count of days since 1970-01-01, if the calendar reaches it.
#[must_use]
pub fn from_epoch_days(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(days)
}

/// Days in files of ours: `2026-11-21`, for `#[serde(with = "…")]`.
pub mod iso {
    use chrono::NaiveDate;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes the day.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<S: Serializer>(day: &NaiveDate, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(day)
    }

    /// Reads a day.
    ///
    /// # Errors
    /// The text is none.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(|_| D::Error::custom(format!("`{text}` is not a day; write YYYY-MM-DD")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_runs_from_its_first_to_its_last_day() {
        let month = CivilDate::within(date("2018-05-17"), Precision::Month);
        assert_eq!((month.first_day(), month.last_day()), (date("2018-05-01"), date("2018-05-31")));
        let quarter = CivilDate::within(date("2019-06-30"), Precision::Quarter);
        assert_eq!((quarter.first_day(), quarter.last_day()), (date("2019-04-01"), date("2019-06-30")));
        let year = CivilDate::within(date("2024-02-29"), Precision::Year);
        assert_eq!((year.first_day(), year.last_day()), (date("2024-01-01"), date("2024-12-31")));
        assert_eq!(CivilDate::day(date("2024-02-29")).last_day(), date("2024-02-29"));
    }

    #[test]
    fn days_since_the_epoch_go_both_ways() {
        assert_eq!(epoch_days(date("1970-01-02")), 1);
        assert_eq!(from_epoch_days(epoch_days(date("2026-11-21"))), Some(date("2026-11-21")));
    }
}
