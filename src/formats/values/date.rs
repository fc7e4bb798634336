//! Dates and instants as Vietnamese offices write them, with the precision they give.
//!
//! "trong tháng 5/2018" is a month and stays one. The order is day, month, year. A date that no
//! calendar has is told from a text that is no date at all: the first is a typing error somebody can
//! mend. Years outside 1900 to 2100 are typing errors too. A year of two digits is not completed.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use crate::domain::civil::{CivilDate, Precision};
use crate::domain::clock::Instant;
use crate::formats::cell::Cell;
use crate::formats::reject::Rule;
use crate::text::fold;

const VIETNAM_OFFSET_SECONDS: i64 = 7 * 3600;
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;
/// Days of a workbook's calendar that stand for 1954 to 2118; other numbers are no dates.
const SERIALS: std::ops::Range<f64> = 20_000.0..80_000.0;

/// A civil day, month, quarter or year.
pub(super) fn date(cell: &Cell<'_>) -> Result<CivilDate, Rule> {
    match cell {
        Cell::Text(text) => parse(text.trim()),
        Cell::Day(day) => in_years(CivilDate::day(*day)),
        Cell::Moment(moment) => in_years(CivilDate::day(moment.date())),
        Cell::Instant(instant) => in_years(CivilDate::day(instant.civil_day())),
        Cell::Integer(whole) => of_number(*whole as f64),
        Cell::Number(number) => of_number(*number),
        _ => Err(Rule::DateForm),
    }
}

/// An instant; a time without an offset is Vietnam time.
pub(super) fn instant(cell: &Cell<'_>) -> Result<Instant, Rule> {
    match cell {
        Cell::Text(text) => parse_instant(text.trim()),
        Cell::Day(day) => Ok(at_home(day.and_time(NaiveTime::MIN))),
        Cell::Moment(moment) => Ok(at_home(*moment)),
        Cell::Instant(instant) => Ok(*instant),
        Cell::Integer(whole) => serial(*whole as f64).map(at_home).ok_or(Rule::InstantForm),
        Cell::Number(number) => serial(*number).map(at_home).ok_or(Rule::InstantForm),
        _ => Err(Rule::InstantForm),
    }
}

/// Day and time of a workbook's serial number, counted from 1899-12-30.
fn serial(number: f64) -> Option<NaiveDateTime> {
    if !SERIALS.contains(&number) {
        return None;
    }
    let day = NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(number.trunc() as u64))?;
    let seconds = (number.fract() * 86_400.0).round() as i64;
    day.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::seconds(seconds))
}

fn of_number(number: f64) -> Result<CivilDate, Rule> {
    if number.fract() == 0.0 && YEARS.contains(&(number as i32)) {
        return period(number as i64, 1, Precision::Year);
    }
    serial(number).map(|moment| CivilDate::day(moment.date())).ok_or(Rule::DateForm)
}

fn parse(text: &str) -> Result<CivilDate, Rule> {
    if text.len() == 10
        && let Ok(day) = text.parse()
    {
        return in_years(CivilDate::day(day));
    }
    if let Some(moment) = iso_moment(text) {
        return date(&moment);
    }
    let text = text
        .split_once(':')
        .map_or(text, |(before, _)| before.rsplit_once(' ').map_or(before, |(day, _)| day));
    let in_order =
        |c: char| c.is_alphanumeric() || matches!(c, '/' | '-' | '.' | ',' | ' ' | '\u{a0}' | '(' | ')');
    if !text.chars().all(in_order) {
        return Err(Rule::DateForm);
    }
    let folded = fold::key(text);
    let words: Vec<&str> = folded.split('_').collect();
    let words = words.strip_prefix(&["trong"]).unwrap_or(&words);
    match words {
        ["ngay", day, "thang", month, "nam", year] | ["ngay", day, "thang", month, year] => {
            of_day(day, month, year)
        }
        ["ngay", day, month, year] => of_day(day, month, year),
        ["thang", month, "nam", year] | ["thang", month, year] => of_month(month, year),
        ["quy", quarter, "nam", year] | ["quy", quarter, year] => of_quarter(quarter, year),
        ["nam", year] => of_year(year),
        [first, second, third] if first.len() == 4 => of_day(third, second, first),
        [day, month, year] => of_day(day, month, year),
        [first, second] if first.starts_with('q') => of_quarter(first.trim_start_matches('q'), second),
        [first, second] if first.len() == 4 => of_month(second, first),
        [month, year] => of_month(month, year),
        [only] if only.len() == 4 => of_year(only),
        [only] if only.len() == 5 => of_number(number(only)? as f64),
        _ => Err(Rule::DateForm),
    }
}

fn number(word: &str) -> Result<i64, Rule> {
    let fits = (1..=6).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    if fits { word.parse().map_err(|_| Rule::DateForm) } else { Err(Rule::DateForm) }
}

fn year_of(word: &str) -> Result<i64, Rule> {
    let year = number(word)?;
    match word.len() {
        4 => Ok(year),
        1 | 2 => Err(Rule::DateShortYear),
        _ => Err(Rule::DateImpossible),
    }
}

fn of_day(day: &str, month: &str, year: &str) -> Result<CivilDate, Rule> {
    let (day, month) = (number(day)?, number(month)?);
    let year = year_of(year)?;
    let in_calendar = i32::try_from(year).ok().zip(u32::try_from(month).ok()).zip(u32::try_from(day).ok());
    let found = in_calendar.and_then(|((year, month), day)| NaiveDate::from_ymd_opt(year, month, day));
    found.map(CivilDate::day).ok_or(Rule::DateImpossible).and_then(in_years)
}

fn of_month(month: &str, year: &str) -> Result<CivilDate, Rule> {
    let month = number(month)?;
    period(year_of(year)?, month, Precision::Month)
}

fn of_quarter(quarter: &str, year: &str) -> Result<CivilDate, Rule> {
    let quarter = match quarter {
        "1" | "i" => 1,
        "2" | "ii" => 2,
        "3" | "iii" => 3,
        "4" | "iv" => 4,
        other => return Err(number(other).map_or(Rule::DateForm, |_| Rule::DateImpossible)),
    };
    period(year_of(year)?, quarter * 3 - 2, Precision::Quarter)
}

fn of_year(year: &str) -> Result<CivilDate, Rule> {
    period(year_of(year)?, 1, Precision::Year)
}

fn period(year: i64, month: i64, precision: Precision) -> Result<CivilDate, Rule> {
    let place = i32::try_from(year).ok().zip(u32::try_from(month).ok());
    let first = place.and_then(|(year, month)| NaiveDate::from_ymd_opt(year, month, 1));
    first.ok_or(Rule::DateImpossible).and_then(|first| in_years(CivilDate::within(first, precision)))
}

fn in_years(date: CivilDate) -> Result<CivilDate, Rule> {
    if YEARS.contains(&chrono::Datelike::year(&date.first_day())) { Ok(date) } else { Err(Rule::DateYear) }
}

/// A day with a time after `T` or a space, with an offset or without.
fn iso_moment(text: &str) -> Option<Cell<'static>> {
    if text.len() < 16 || !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    if let Ok(given) = DateTime::parse_from_rfc3339(text) {
        return Some(Cell::Instant(Instant(given.timestamp_micros())));
    }
    let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    let found = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    found.map(Cell::Moment)
}

fn parse_instant(text: &str) -> Result<Instant, Rule> {
    if let Some(moment) = iso_moment(text) {
        return instant(&moment);
    }
    for form in ["%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"] {
        if let Ok(moment) = NaiveDateTime::parse_from_str(text, form) {
            return Ok(at_home(moment));
        }
    }
    match parse(text) {
        Ok(day) if day.precision() == Precision::Day && !text.contains(':') => {
            instant(&Cell::Day(day.first_day()))
        }
        _ => Err(Rule::InstantForm),
    }
}

fn at_home(moment: NaiveDateTime) -> Instant {
    Instant(moment.and_utc().timestamp_micros() - VIETNAM_OFFSET_SECONDS * 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn first_and_precision(text: &str) -> Result<(String, &'static str), Rule> {
        date(&Cell::text(text)).map(|date| (date.first_day().to_string(), date.precision().code()))
    }

    #[test]
    fn dates_are_read_in_every_form_offices_use() {
        let table = [
            ("2016-10-04", "2016-10-04", "day"),
            ("04/10/2016", "2016-10-04", "day"),
            ("4/10/2016", "2016-10-04", "day"),
            ("04-10-2016", "2016-10-04", "day"),
            ("04.10.2016", "2016-10-04", "day"),
            (" 4/10/2016 ", "2016-10-04", "day"),
            ("ngày 04 tháng 10 năm 2016", "2016-10-04", "day"),
            ("Ngày 4/10/2016", "2016-10-04", "day"),
            ("NGAY 04 THANG 10 NAM 2016", "2016-10-04", "day"),
            ("04/10/2016 08:30", "2016-10-04", "day"),
            ("2016-10-04T08:30:00", "2016-10-04", "day"),
            ("2016-10-04 00:00:00", "2016-10-04", "day"),
            ("2016-10-04T17:30:00Z", "2016-10-05", "day"),
            ("2016-10-04T17:30:00+07:00", "2016-10-04", "day"),
            ("tháng 5/2018", "2018-05-01", "month"),
            ("trong tháng 5/2018", "2018-05-01", "month"),
            ("5/2018", "2018-05-01", "month"),
            ("tháng 5 năm 2018", "2018-05-01", "month"),
            ("2018-05", "2018-05-01", "month"),
            ("05.2018", "2018-05-01", "month"),
            ("Quý II/2019", "2019-04-01", "quarter"),
            ("quý 2 năm 2019", "2019-04-01", "quarter"),
            ("Q4/2019", "2019-10-01", "quarter"),
            ("trong quý IV năm 2019", "2019-10-01", "quarter"),
            ("năm 2018", "2018-01-01", "year"),
            ("2018", "2018-01-01", "year"),
            ("43009", "2017-10-01", "day"),
            ("29/02/2024", "2024-02-29", "day"),
        ];
        for (text, day, precision) in table {
            assert_eq!(first_and_precision(text), Ok((day.to_owned(), precision)), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_says_which_rule_it_breaks() {
        let table = [
            ("5/22018", Rule::DateImpossible),
            ("tháng 5/22018", Rule::DateImpossible),
            ("31/02/2018", Rule::DateImpossible),
            ("10/25/2016", Rule::DateImpossible),
            ("13/2018", Rule::DateImpossible),
            ("quý 5/2019", Rule::DateImpossible),
            ("2018-02-30", Rule::DateImpossible),
            ("4/10/16", Rule::DateShortYear),
            ("01/01/1899", Rule::DateYear),
            ("01/01/2101", Rule::DateYear),
            ("hôm qua", Rule::DateForm),
            ("1.9 - 13.12.2017", Rule::DateForm),
            ("6 tháng đầu năm 2019", Rule::DateForm),
            ("12", Rule::DateForm),
            ("5%2018", Rule::DateForm),
            ("99999", Rule::DateForm),
            ("00/00/0000", Rule::DateImpossible),
            ("ngày 04 tháng 10", Rule::DateForm),
        ];
        for (text, rule) in table {
            assert_eq!(first_and_precision(text), Err(rule), "{text}");
        }
    }

    #[test]
    fn numbers_in_a_date_column_are_days_of_a_workbook() {
        let day = |cell| date(&cell).map(|date| date.first_day().to_string());
        assert_eq!(day(Cell::Number(42_647.0)), Ok("2016-10-04".into()));
        assert_eq!(day(Cell::Number(42_647.75)), Ok("2016-10-04".into()));
        assert_eq!(day(Cell::Integer(2018)), Ok("2018-01-01".into()));
        assert_eq!(day(Cell::Number(5.0)), Err(Rule::DateForm));
        assert_eq!(day(Cell::Number(f64::NAN)), Err(Rule::DateForm));
    }

    #[test]
    fn a_time_without_an_offset_is_vietnam_time() {
        let same = "2026-11-21T06:45:00.000000Z";
        for text in [
            "2026-11-21T13:45:00",
            "2026-11-21 13:45",
            "2026-11-21T13:45:00+07:00",
            "2026-11-21T06:45:00Z",
            "21/11/2026 13:45",
        ] {
            assert_eq!(instant(&Cell::text(text)).map(Instant::rfc3339), Ok(same.to_owned()), "{text}");
        }
        assert_eq!(
            instant(&Cell::text("21/11/2026")).map(Instant::rfc3339),
            Ok("2026-11-20T17:00:00.000000Z".into())
        );
        for text in ["11/2026", "13:45", "2026-11-21T25:00:00", "31/02/2026 10:00"] {
            assert_eq!(instant(&Cell::text(text)), Err(Rule::InstantForm), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_day_is_read_back_from_both_customs(days in 0i64..73_000) {
            let day = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + TimeDelta::days(days);
            for text in [day.to_string(), day.format("%d/%m/%Y").to_string(), day.format("ngày %d tháng %m năm %Y").to_string()] {
                prop_assert_eq!(date(&Cell::text(&text)), Ok(CivilDate::day(day)));
            }
        }

        #[test]
        fn no_text_makes_the_reader_fail(text in "[0-9/.: quyIV\u{e0}-]{0,24}") {
            let _ = (date(&Cell::text(&text)), instant(&Cell::text(&text)));
        }
    }
}
