//! Tests of the calendar: the published vectors, the statutory sums, and the counts against a plain walk.

use chrono::Datelike;
use proptest::prelude::*;

use super::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn the_published_vectors_come_out() {
    let table = [
        ("TCD-1 over Tết 2017", "2017-01-20", 10, "2017-02-10"),
        ("KN-1b", "2026-07-01", 7, "2026-07-10"),
        ("TC-1 over Tết 2026", "2026-02-11", 7, "2026-02-27"),
        ("TC-8 with the make-up Saturday 22/8", "2026-08-19", 7, "2026-08-27"),
        ("TCD-1, 24/11 not confirmed", "2026-11-16", 10, "2026-11-30"),
    ];
    for (name, from, days, to) in table {
        assert_eq!(Calendar::national().add_working_days(date(from), days), Some(date(to)), "{name}");
        assert_eq!(Calendar::national().working_days(date(from), date(to)), i64::from(days), "{name}");
    }
}

#[test]
fn a_confirmed_24_november_moves_the_last_vector_by_a_day() {
    let text = include_str!("../../../indexes/rules/calendar.toml").replace("unconfirmed\" }", "found\" }");
    let calendar = Calendar::parse(&text).unwrap();
    assert_eq!(calendar.add_working_days(date("2026-11-16"), 10), Some(date("2026-12-01")));
}

#[test]
fn a_make_up_saturday_is_worked_and_a_day_off_is_not() {
    let calendar = Calendar::national();
    for (day, works) in [
        ("2026-08-22", true),
        ("2026-08-29", false),
        ("2026-08-31", false),
        ("2026-02-16", false),
        ("2026-02-23", true),
        ("2026-11-24", true),
        ("2014-12-27", true),
    ] {
        assert_eq!(calendar.is_working_day(date(day)), works, "{day}");
    }
}

#[test]
fn weekdays_off_less_swaps_are_the_statutory_number() {
    let text = include_str!("../../../indexes/rules/calendar.toml");
    let file = CalendarFile::parse(text).unwrap();
    // The holidays that a swap moved between years count for the year they were decided for.
    for year in 2015..=2026 {
        let off = |day: &&Day| day.kind == DayKind::Off && day.status != Status::Unconfirmed;
        let own = file.days.iter().filter(off).filter(|day| day.date.year() == year).count();
        let swapped =
            |day: &&Day| day._swapped_for.as_deref().is_some_and(|moved| date(moved).year() == year);
        let swaps = file.days.iter().filter(swapped).count();
        assert_eq!(own - swaps, if year < 2021 { 10 } else { 11 }, "{year}");
    }
}

#[test]
fn outside_the_data_monday_to_friday_is_assumed_and_said() {
    let calendar = Calendar::national();
    assert!(calendar.is_covered(date("2015-01-01")) && calendar.is_covered(date("2026-12-31")));
    assert!(!calendar.is_covered(date("2014-12-31")) && !calendar.is_covered(date("2027-01-01")));
    assert!(calendar.is_working_day(date("2027-01-01")));
    assert!(!calendar.is_working_day(date("2027-01-02")));
}

#[test]
fn counting_backwards_has_a_minus_sign() {
    let calendar = Calendar::national();
    assert_eq!(calendar.working_days(date("2026-07-10"), date("2026-07-01")), -7);
    assert_eq!(calendar.working_days(date("2026-07-10"), date("2026-07-10")), 0);
    assert_eq!(calendar.add_working_days(date("2026-07-12"), -1), Some(date("2026-07-10")));
    assert_eq!(calendar.add_working_days(date("2026-07-12"), 0), Some(date("2026-07-12")));
    assert_eq!(calendar.add_working_days(date("2026-07-10"), i32::MAX), None);
}

#[test]
fn a_wrong_entry_is_an_error_that_names_the_day() {
    let file = |days: &str| {
        format!(
            "valid_from_on = \"2026-01-01\"\nvalid_to_on = \"2026-12-31\"\nsource = \"s\"\ndays = [{days}]"
        )
    };
    let day = |date: &str, kind: &str| {
        format!("{{ date = \"{date}\", kind = \"{kind}\", name = \"n\", status = \"found\" }},")
    };
    for days in [
        day("2026-08-22", "off"),
        day("2026-08-21", "work"),
        day("2026-08-21", "off") + &day("2026-08-21", "off"),
    ] {
        let error = Calendar::parse(&file(&days)).unwrap_err().to_string();
        assert!(error.contains("2026-08-2"), "{error}");
    }
    assert!(matches!(Calendar::parse("days = 1"), Err(RulesError::Syntax { .. })));
}

fn walked(calendar: &Calendar, a: NaiveDate, b: NaiveDate) -> i64 {
    let days = a.iter_days().skip(1).take_while(|day| *day <= b);
    days.filter(|day| calendar.is_working_day(*day)).count().try_into().unwrap()
}

proptest! {
    #[test]
    fn the_count_equals_a_walk_day_by_day(start in 15_700..21_500_i32, length in 0..900_i32) {
        let calendar = Calendar::national();
        let a = from_epoch_days(start).unwrap();
        let b = from_epoch_days(start + length).unwrap();
        prop_assert_eq!(calendar.working_days(a, b), walked(calendar, a, b));
        prop_assert_eq!(calendar.working_days(b, a), -walked(calendar, a, b));
    }

    #[test]
    fn adding_and_counting_agree(start in 10_000..25_000_i32, n in -3_000..3_000_i32) {
        let calendar = Calendar::national();
        let from = from_epoch_days(start).unwrap();
        let to = calendar.add_working_days(from, n).unwrap();
        if n != 0 {
            prop_assert!(calendar.is_working_day(to));
        }
        if n > 0 {
            prop_assert_eq!(calendar.working_days(from, to), i64::from(n));
            prop_assert_eq!(calendar.add_working_days(from, n - 1).unwrap() < to, true);
        }
        if n < 0 {
            let before = to.pred_opt().unwrap();
            prop_assert_eq!(calendar.working_days(before, from.pred_opt().unwrap()), -i64::from(n));
        }
    }
}
