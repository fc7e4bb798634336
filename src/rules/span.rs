//! Spans of time that days are counted by.
//!
//! A reporting period (kỳ báo cáo) is not a calendar quarter: the first of 2026 runs from 15/12/2025 to
//! 14/3/2026 (TT 01/2024/TT-TTCP). Periods here are the four quarters of the reporting year, for a day lies
//! in one of them only; the cut-offs are applied to every year. Always true: each day lies in exactly one
//! span of a step, and the spans of a step follow each other without a gap.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// Length of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// A day.
    Day,
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// A calendar year.
    Year,
    /// A quarter of the reporting year.
    Period,
}

/// Days that are counted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// As `2026-03-14`, `2026-03`, `2026-Q1`, `2026` or `report:2026-Q1`.
    pub name: String,
}

/// Day of the month on which a reporting period begins, in December, March, June and September.
const PERIOD_BEGINS_ON: u32 = 15;

impl Step {
    /// All steps, the shortest first.
    pub const ALL: [Self; 5] = [Self::Day, Self::Month, Self::Quarter, Self::Period, Self::Year];

    /// The step of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
            Self::Period => "period",
        }
    }

    /// The span that `day` lies in.
    #[must_use]
    pub fn span(self, day: NaiveDate) -> Span {
        let (from, months, name) = match self {
            Self::Day => return Span { from: day, to: day, name: day.to_string() },
            Self::Month => (begin(day.year(), day.month()), 1, day.format("%Y-%m").to_string()),
            Self::Quarter => {
                let quarter = day.month0() / 3;
                (begin(day.year(), quarter * 3 + 1), 3, format!("{:04}-Q{}", day.year(), quarter + 1))
            }
            Self::Year => (begin(day.year(), 1), 12, format!("{:04}", day.year())),
            Self::Period => return period(day),
        };
        Span { from: from.unwrap_or(day), to: last(from, months).unwrap_or(day), name }
    }
}

fn begin(year: i32, month: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, 1)
}

fn last(from: Option<NaiveDate>, months: u32) -> Option<NaiveDate> {
    from?.checked_add_months(Months::new(months))?.checked_sub_days(Days::new(1))
}

/// The reporting year begins on 15/12 of the year before.
fn period(day: NaiveDate) -> Span {
    let is_begun = day.day() >= PERIOD_BEGINS_ON;
    // Months since December, in which the period counts as begun from the 15th on.
    let since_december = (day.month() + u32::from(is_begun) + 11 - 12) % 12;
    let quarter = since_december / 3;
    let year = day.year() + i32::from(day.month() == 12 && is_begun);
    let from = NaiveDate::from_ymd_opt(year - 1, 12, PERIOD_BEGINS_ON)
        .and_then(|begin| begin.checked_add_months(Months::new(3 * quarter)));
    let name = format!("report:{year:04}-Q{}", quarter + 1);
    Span { from: from.unwrap_or(day), to: last(from, 3).unwrap_or(day), name }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::period::Period;

    fn told(step: Step, day: &str) -> String {
        let span = step.span(day.parse().unwrap());
        format!("{} {}..{}", span.name, span.from, span.to)
    }

    #[test]
    fn a_day_lies_in_the_span_that_people_mean() {
        let table = [
            (Step::Day, "2026-03-14", "2026-03-14 2026-03-14..2026-03-14"),
            (Step::Month, "2024-02-29", "2024-02 2024-02-01..2024-02-29"),
            (Step::Quarter, "2026-12-31", "2026-Q4 2026-10-01..2026-12-31"),
            (Step::Year, "2026-01-01", "2026 2026-01-01..2026-12-31"),
            (Step::Period, "2025-12-14", "report:2025-Q4 2025-09-15..2025-12-14"),
            (Step::Period, "2025-12-15", "report:2026-Q1 2025-12-15..2026-03-14"),
            (Step::Period, "2026-01-31", "report:2026-Q1 2025-12-15..2026-03-14"),
            (Step::Period, "2026-03-14", "report:2026-Q1 2025-12-15..2026-03-14"),
            (Step::Period, "2026-03-15", "report:2026-Q2 2026-03-15..2026-06-14"),
            (Step::Period, "2026-09-14", "report:2026-Q3 2026-06-15..2026-09-14"),
            (Step::Period, "2026-11-30", "report:2026-Q4 2026-09-15..2026-12-14"),
        ];
        for (step, day, expected) in table {
            assert_eq!(told(step, day), expected);
            assert_eq!(Step::named(step.name()), Some(step));
        }
        assert_eq!(Step::named("week"), None);
    }

    #[test]
    fn a_reporting_period_has_the_cut_offs_of_the_rules() {
        for day in ["2021-01-01", "2025-12-14", "2025-12-15", "2026-06-15", "2026-12-14"] {
            let span = Step::Period.span(day.parse().unwrap());
            let period = Period::parse(&span.name).unwrap();
            assert_eq!((period.from, period.to), (span.from, span.to), "{}", span.name);
        }
    }

    proptest! {
        #[test]
        fn spans_follow_each_other_without_a_gap(days in -40_000i32..40_000, at in 0usize..5) {
            let step = Step::ALL[at];
            let day = NaiveDate::from_epoch_days(days).unwrap();
            let span = step.span(day);
            prop_assert!(span.from <= day && day <= span.to, "{span:?}");
            prop_assert_eq!(&step.span(span.from), &span);
            prop_assert_eq!(&step.span(span.to), &span);
            let next = step.span(span.to + Days::new(1));
            prop_assert_eq!(next.from, span.to + Days::new(1));
            prop_assert!(next.name != span.name);
        }
    }
}
