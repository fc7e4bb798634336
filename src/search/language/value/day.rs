//! Days as people name them in a question: a day, the days of a month, quarter or year, or so many from today.

use chrono::{Days, Months, NaiveDate};

use crate::domain::civil::{CivilDate, Precision};
use crate::text::fold;

/// First and last day of what `typed` names.
pub(super) fn days(typed: &str, today: Option<NaiveDate>) -> Option<(NaiveDate, NaiveDate)> {
    if let Some((count, unit)) = relative(typed) {
        let day = moved(today?, count, unit)?;
        return Some((day, day));
    }
    let key = fold::key(typed);
    let words: Vec<&str> = key.split('_').collect();
    let (first, precision) = match words.as_slice() {
        [year, month, day] if year.len() == 4 => (day_of(year, month, day)?, Precision::Day),
        ["quy", quarter, year] => (quarter_of(quarter, year)?, Precision::Quarter),
        [day, month, year] => (day_of(year, month, day)?, Precision::Day),
        [quarter, year] if quarter.starts_with('q') => (
            quarter_of(quarter.strip_prefix("quy").or(quarter.strip_prefix('q'))?, year)?,
            Precision::Quarter,
        ),
        [year, month] | [month, year] if year.len() == 4 => (day_of(year, month, "1")?, Precision::Month),
        [year] if year.len() == 4 => (day_of(year, "1", "1")?, Precision::Year),
        _ => return None,
    };
    let period = CivilDate::within(first, precision);
    Some((period.first_day(), period.last_day()))
}

fn day_of(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    let part = |text: &str| -> Option<u32> {
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
    };
    let year = i32::try_from(part(year).filter(|_| year.len() == 4)?).ok()?;
    NaiveDate::from_ymd_opt(year, part(month)?, part(day)?)
}

fn quarter_of(quarter: &str, year: &str) -> Option<NaiveDate> {
    let month = match quarter {
        "1" | "i" => "1",
        "2" | "ii" => "4",
        "3" | "iii" => "7",
        "4" | "iv" => "10",
        _ => return None,
    };
    day_of(year, month, "1")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Days(u64),
    Months(u32),
}

/// So many days, weeks, months or years from today.
pub(super) fn relative(typed: &str) -> Option<(i64, Unit)> {
    let folded = fold::fold(typed);
    if matches!(folded.as_str(), "homnay" | "hom_nay" | "today") {
        return Some((0, Unit::Days(1)));
    }
    let signed = folded.strip_prefix('-').unwrap_or(&folded);
    let end = signed.find(|c: char| !c.is_ascii_digit()).filter(|end| (1..=5).contains(end))?;
    let (count, unit) = signed.split_at_checked(end)?;
    let unit = match unit {
        "d" | "ngay" => Unit::Days(1),
        "w" | "tuan" => Unit::Days(7),
        "m" | "thang" => Unit::Months(1),
        "y" | "nam" => Unit::Months(12),
        _ => return None,
    };
    let count: i64 = count.parse().ok()?;
    Some((if folded.starts_with('-') { -count } else { count }, unit))
}

fn moved(day: NaiveDate, count: i64, unit: Unit) -> Option<NaiveDate> {
    let size = count.unsigned_abs();
    match (unit, count < 0) {
        (Unit::Days(each), false) => day.checked_add_days(Days::new(size * each)),
        (Unit::Days(each), true) => day.checked_sub_days(Days::new(size * each)),
        (Unit::Months(each), false) => day.checked_add_months(Months::new(u32::try_from(size).ok()? * each)),
        (Unit::Months(each), true) => day.checked_sub_months(Months::new(u32::try_from(size).ok()? * each)),
    }
}
