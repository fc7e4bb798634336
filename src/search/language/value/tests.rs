//! Each form of a value, and what it means on a day.

use super::*;

fn named(kind: ColumnType) -> Named {
    Named { column: "x".to_owned(), kind, is_text: false, codes: Vec::new() }
}

fn asked(kind: ColumnType, typed: &str) -> Option<(Option<String>, Option<String>)> {
    let today = "2026-03-10".parse().ok();
    match op(kind, &bare(&named(kind), typed).ok()?, today)? {
        Op::Range { min, max } => Some((min, max)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn days_periods_and_days_from_today_are_ranges() {
    let table = [
        ("2025-12-15", "2025-12-15", "2025-12-15"),
        ("15/12/2025", "2025-12-15", "2025-12-15"),
        ("5.2.2025", "2025-02-05", "2025-02-05"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("03/2026", "2026-03-01", "2026-03-31"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("q3/2026", "2026-07-01", "2026-09-30"),
        ("Quý_IV/2025", "2025-10-01", "2025-12-31"),
        ("2025-12-15..2026-03-14", "2025-12-15", "2026-03-14"),
        ("2025..03/2026", "2025-01-01", "2026-03-31"),
        ("15/12/2025..", "2025-12-15", ""),
        ("..2025", "", "2025-12-31"),
        ("<2026", "", "2025-12-31"),
        ("<=2026", "", "2026-12-31"),
        (">2026", "2027-01-01", ""),
        (">=15/12/2025", "2025-12-15", ""),
        ("<7d", "2026-03-10", "2026-03-16"),
        ("<=7d", "2026-03-10", "2026-03-17"),
        ("<0d", "", "2026-03-09"),
        (">30ngày", "2026-04-10", ""),
        (">-7d", "2026-03-04", "2026-03-10"),
        ("<-1w", "", "2026-03-02"),
        ("-1m..0d", "2026-02-10", "2026-03-10"),
        ("hôm_nay", "2026-03-10", "2026-03-10"),
    ];
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    for (typed, min, max) in table {
        assert_eq!(asked(ColumnType::Date, typed), Some((some(min), some(max))), "{typed}");
    }
    let (min, max) = asked(ColumnType::Instant, "2026").unwrap();
    assert_eq!(min.as_deref(), Some("2026-01-01T00:00:00+07:00"));
    assert_eq!(max.as_deref(), Some("2026-12-31T23:59:59.999999+07:00"));
    let test = bare(&named(ColumnType::Date), "<7d").unwrap();
    assert_eq!(op(ColumnType::Date, &test, None), None);
}

#[test]
fn numbers_are_compared_with_and_without_their_ends() {
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(asked(ColumnType::Integer, "3..7"), Some((some("3"), some("7"))));
    assert_eq!(asked(ColumnType::Integer, "<3"), Some((None, some("2"))));
    assert_eq!(asked(ColumnType::Integer, ">=-3"), Some((some("-3"), None)));
    let (min, _) = asked(ColumnType::Number, ">2,5").unwrap();
    assert!(min.unwrap().parse::<f64>().unwrap() > 2.5);
    for (typed, yes) in [("có", true), ("KHONG", false), ("true", true)] {
        let test = bare(&named(ColumnType::Boolean), typed).unwrap();
        assert_eq!(op(ColumnType::Boolean, &test, None), Some(Op::Equals(vec![yes.to_string()])));
    }
}

#[test]
fn what_is_no_value_is_told_with_what_would_be() {
    let table = [
        (ColumnType::Date, "2025-13-45", Fault::ValueWrong(Expected::Day), None),
        (ColumnType::Date, "30/2/2025", Fault::ValueWrong(Expected::Day), None),
        (ColumnType::Date, "<", Fault::ValueMissing, None),
        (ColumnType::Date, "2026..2025", Fault::RangeReversed, Some("2025..2026")),
        (ColumnType::Date, "7d..-7d", Fault::RangeReversed, Some("-7d..7d")),
        (ColumnType::Date, "99999999999d", Fault::ValueWrong(Expected::Day), None),
        (ColumnType::Integer, "9..3", Fault::RangeReversed, Some("3..9")),
        (ColumnType::Integer, "x", Fault::ValueWrong(Expected::Integer), None),
        (ColumnType::Number, "NaN", Fault::ValueWrong(Expected::Number), None),
        (ColumnType::Boolean, "maybe", Fault::ValueWrong(Expected::Boolean), None),
        (ColumnType::Keyword, "a*", Fault::PatternShort, Some("a")),
    ];
    for (kind, typed, fault, instead) in table {
        assert_eq!(bare(&named(kind), typed), Err((fault, instead.map(str::to_owned))), "{typed}");
    }
}
