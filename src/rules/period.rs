//! Periods: calendar months, quarters, years, and the reporting periods (kỳ báo cáo) of inspectorates.
//!
//! A reporting period is not a calendar period: the first quarter of 2026 runs from 15/12/2025 to 14/3/2026
//! (TT 01/2024/TT-TTCP). The cut-offs are dated data in `indexes/rules/periods.toml`.

use std::sync::LazyLock;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::rules::RulesError;

/// A span of days with a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Period {
    /// As it is written: `2017-Q4`, `report:2026-Q1`, `2017-09-01..2017-12-13`.
    pub name: String,
    /// First day.
    #[serde(with = "crate::domain::civil::iso")]
    pub from: NaiveDate,
    /// Last day.
    #[serde(with = "crate::domain::civil::iso")]
    pub to: NaiveDate,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: String,
    mark: String,
    year_begins: Begins,
    valid_from_year: i32,
}

/// Month and day of the year before on which a reporting year begins.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Begins {
    month: u32,
    day: u32,
}

static RULES: LazyLock<File> = LazyLock::new(|| {
    let parsed = toml::from_str(include_str!("../../indexes/rules/periods.toml"));
    debug_assert!(parsed.is_ok(), "{parsed:?}");
    parsed.unwrap_or_default()
});

const REPORT: &str = "report:";

impl Period {
    /// The period of that name: `2026`, `2026-07`, `2026-Q3`, `2026-H1`, `2026-9M`, the same behind `report:`
    /// for reporting periods (no months there), or `2026-01-01..2026-03-31`.
    ///
    /// # Errors
    /// There is no such period.
    pub fn parse(name: &str) -> Result<Self, RulesError> {
        let unknown = || RulesError::Period { name: name.to_owned() };
        if let Some((from, to)) = name.split_once("..") {
            let day = |text: &str| text.trim().parse::<NaiveDate>().map_err(|_| unknown());
            let (from, to) = (day(from)?, day(to)?);
            return if from <= to { Ok(Self { name: name.to_owned(), from, to }) } else { Err(unknown()) };
        }
        let (is_report, plain) = match name.strip_prefix(REPORT) {
            Some(rest) => (true, rest),
            None => (false, name),
        };
        let (year, part) = plain.split_once('-').unwrap_or((plain, ""));
        let year: i32 = year.parse().ok().filter(|_| year.len() == 4).ok_or_else(unknown)?;
        let is_known = !is_report || (year >= RULES.valid_from_year && part.parse::<u32>().is_err());
        let (first, months) = months_of(part).filter(|_| is_known).ok_or_else(unknown)?;
        let begin = if is_report { reporting_year(year) } else { NaiveDate::from_ymd_opt(year, 1, 1) };
        let from = begin.and_then(|begin| begin.checked_add_months(Months::new(first)));
        let next = from.and_then(|from| from.checked_add_months(Months::new(months)));
        let to = next.and_then(|next| next.checked_sub_days(Days::new(1)));
        match (from, to) {
            (Some(from), Some(to)) => Ok(Self { name: name.to_owned(), from, to }),
            _ => Err(unknown()),
        }
    }

    /// The last reporting quarter that ended before `today`: `report:2026-Q3`; the last calendar quarter where
    /// the rules know no reporting periods yet.
    #[must_use]
    pub fn last_quarter(today: NaiveDate) -> Option<Self> {
        let years = [today.year() + 1, today.year(), today.year() - 1];
        let names = [REPORT, ""].into_iter().flat_map(|prefix| {
            let parts = move |year| ["Q4", "Q3", "Q2", "Q1"].map(|part| format!("{prefix}{year}-{part}"));
            years.into_iter().flat_map(parts)
        });
        names.filter_map(|name| Self::parse(&name).ok()).find(|period| period.to < today)
    }

    /// The period of the same length right before; for named ones, the one named before.
    #[must_use]
    pub fn previous(&self) -> Option<Self> {
        let (prefix, year, part) = self.parts()?;
        let part = match part {
            "" => return Self::parse(&format!("{prefix}{}", year - 1)).ok(),
            "H2" => "H1".to_owned(),
            "H1" | "9M" => return self.year_before(),
            quarter if quarter.starts_with('Q') => {
                let number: u32 = quarter.get(1..)?.parse().ok()?;
                match number {
                    1 => return Self::parse(&format!("{prefix}{}-Q4", year - 1)).ok(),
                    _ => format!("Q{}", number - 1),
                }
            }
            month => match month.parse::<u32>().ok()? {
                1 => return Self::parse(&format!("{prefix}{}-12", year - 1)).ok(),
                number => format!("{:02}", number - 1),
            },
        };
        Self::parse(&format!("{prefix}{year}-{part}")).ok()
    }

    /// The same period of the year before (cùng kỳ năm trước).
    #[must_use]
    pub fn year_before(&self) -> Option<Self> {
        if let Some((prefix, year, part)) = self.parts() {
            let dash = if part.is_empty() { "" } else { "-" };
            return Self::parse(&format!("{prefix}{}{dash}{part}", year - 1)).ok();
        }
        let (from, to) = (year_back(self.from)?, year_back(self.to)?);
        Some(Self { name: format!("{from}..{to}"), from, to })
    }

    /// Source of the cut-offs when it is a reporting period, with its mark of certainty.
    #[must_use]
    pub fn source(&self) -> Option<(&'static str, &'static str)> {
        let rules: &'static File = &RULES;
        self.name.starts_with(REPORT).then_some((rules.source.as_str(), rules.mark.as_str()))
    }

    fn parts(&self) -> Option<(&str, i32, &str)> {
        let (prefix, plain) = match self.name.strip_prefix(REPORT) {
            Some(rest) => (REPORT, rest),
            None => ("", self.name.as_str()),
        };
        let (year, part) = plain.split_once('-').unwrap_or((plain, ""));
        (!plain.contains("..")).then_some(())?;
        Some((prefix, year.parse().ok()?, part))
    }
}

fn year_back(day: NaiveDate) -> Option<NaiveDate> {
    // 29/2 has no counterpart; the 28th is its last day of February.
    day.with_year(day.year() - 1).or_else(|| day.checked_sub_months(Months::new(12)))
}

/// First day of a reporting year.
fn reporting_year(year: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year - 1, RULES.year_begins.month, RULES.year_begins.day)
}

/// Months from the year's begin, and how many.
fn months_of(part: &str) -> Option<(u32, u32)> {
    match part {
        "" => Some((0, 12)),
        "H1" => Some((0, 6)),
        "H2" => Some((6, 6)),
        "9M" => Some((0, 9)),
        "Q1" => Some((0, 3)),
        "Q2" => Some((3, 3)),
        "Q3" => Some((6, 3)),
        "Q4" => Some((9, 3)),
        month if month.len() == 2 => {
            month.parse::<u32>().ok().filter(|month| (1..=12).contains(month)).map(|month| (month - 1, 1))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(name: &str) -> String {
        Period::parse(name).map_or_else(|error| error.to_string(), |it| format!("{}..{}", it.from, it.to))
    }

    #[test]
    fn the_last_quarter_is_a_reporting_one_where_there_are_such() {
        let on = |day: &str| Period::last_quarter(day.parse().unwrap()).unwrap().name;
        assert_eq!(on("2026-11-22"), "report:2026-Q3");
        assert_eq!(
            (on("2026-12-14"), on("2026-12-15")),
            ("report:2026-Q3".to_owned(), "report:2026-Q4".to_owned())
        );
        assert_eq!(on("2017-12-13"), "2017-Q3");
    }

    #[test]
    fn calendar_and_reporting_periods_have_their_own_cut_offs() {
        let cases = [
            ("2017", "2017-01-01..2017-12-31"),
            ("2024-02", "2024-02-01..2024-02-29"),
            ("2017-Q4", "2017-10-01..2017-12-31"),
            ("2026-H1", "2026-01-01..2026-06-30"),
            ("report:2026-Q1", "2025-12-15..2026-03-14"),
            ("report:2026-Q2", "2026-03-15..2026-06-14"),
            ("report:2026-Q3", "2026-06-15..2026-09-14"),
            ("report:2026-Q4", "2026-09-15..2026-12-14"),
            ("report:2026-H1", "2025-12-15..2026-06-14"),
            ("report:2026-9M", "2025-12-15..2026-09-14"),
            ("report:2026", "2025-12-15..2026-12-14"),
            ("2017-09-01..2017-12-13", "2017-09-01..2017-12-13"),
        ];
        for (name, expected) in cases {
            assert_eq!(days(name), expected, "{name}");
        }
        for wrong in
            ["", "17", "2017-13", "2017-Q5", "report:2026-03", "report:2010-Q1", "2017-12-13..2017-01-01"]
        {
            assert!(Period::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_period_before_and_the_same_of_last_year_are_named_alike() {
        let cases = [
            ("2026-Q1", "2025-Q4", "2025-Q1"),
            ("2026-03", "2026-02", "2025-03"),
            ("2026-01", "2025-12", "2025-01"),
            ("report:2026-Q1", "report:2025-Q4", "report:2025-Q1"),
            ("2026", "2025", "2025"),
            ("2026-H2", "2026-H1", "2025-H2"),
        ];
        for (name, before, year) in cases {
            let period = Period::parse(name).unwrap();
            assert_eq!(period.previous().unwrap().name, before);
            assert_eq!(period.year_before().unwrap().name, year);
        }
        let free = Period::parse("2024-02-01..2024-02-29").unwrap();
        assert_eq!(free.year_before().unwrap().name, "2023-02-01..2023-02-28");
        assert!(free.previous().is_none());
        assert!(Period::parse("report:2026").unwrap().source().is_some() && free.source().is_none());
    }
}
