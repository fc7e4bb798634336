//! Numbers as people and machines write them.
//!
//! Vietnamese texts have a decimal comma and dots between thousands; machine files have a decimal
//! point; both stand in one table. What decides (domain rule G.5): with both signs present the last one
//! is the decimal sign; a sign that stands more than once separates thousands; a single comma is the
//! decimal comma; a single dot is the decimal point, so "5.000" is 5 in a column of numbers. In a
//! column of whole numbers a single dot or comma before exactly three digits separates thousands, so
//! "5.000" is 5000 there. A percent sign is dropped: "32,53 %" is 32.53.

use crate::formats::cell::Cell;
use crate::formats::reject::Rule;

/// A number.
pub(super) fn number(cell: &Cell<'_>) -> Result<f64, Rule> {
    match cell {
        Cell::Integer(whole) => Ok(*whole as f64),
        Cell::Number(number) => Some(*number).filter(|number| number.is_finite()).ok_or(Rule::NumberForm),
        Cell::Text(text) => parse(text, false),
        _ => Err(Rule::NumberForm),
    }
}

/// A whole number.
pub(super) fn integer(cell: &Cell<'_>) -> Result<i64, Rule> {
    match cell {
        Cell::Integer(whole) => Ok(*whole),
        Cell::Number(number) => whole(*number),
        Cell::Text(text) => match text.trim().parse() {
            Ok(whole) => Ok(whole),
            Err(_) => parse(text, true).and_then(whole),
        },
        _ => Err(Rule::NumberForm),
    }
}

fn whole(number: f64) -> Result<i64, Rule> {
    if number.fract() != 0.0 {
        return Err(Rule::NumberFraction);
    }
    // Beyond this a float no longer holds every whole number.
    if number.abs() > 9_007_199_254_740_991.0 { Err(Rule::NumberForm) } else { Ok(number as i64) }
}

fn parse(text: &str, is_whole: bool) -> Result<f64, Rule> {
    let text = text.trim();
    let text = text.strip_suffix('%').map_or(text, str::trim_end);
    let (sign, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => ("-", rest.trim_start()),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let plain = plain(digits, is_whole).ok_or(Rule::NumberForm)?;
    let number: f64 = format!("{sign}{plain}").parse().map_err(|_| Rule::NumberForm)?;
    if number.is_finite() { Ok(number) } else { Err(Rule::NumberForm) }
}

/// The digits with a decimal point and nothing between thousands.
fn plain(text: &str, is_whole: bool) -> Option<String> {
    let digits = without_spaces(text)?;
    let last = digits.rfind([',', '.']);
    let Some(last) = last else { return scientific(&digits) };
    let (before, after) = (digits.get(..last)?, digits.get(last + 1..)?);
    let sign = digits.get(last..=last)?;
    let grouped = |text: &str, sign: &str| {
        let mut groups = text.split(sign);
        let first = groups.next().unwrap_or_default();
        (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3)
    };
    let other = if sign == "," { "." } else { "," };
    let thousands = before.contains(sign) || (is_whole && after.len() == 3 && !before.contains(other));
    if thousands {
        let joined = digits.replace(sign, "");
        return if grouped(&digits, sign) { all_digits(joined) } else { None };
    }
    if before.contains(other) && !grouped(before, other) {
        return None;
    }
    let before = all_digits(before.replace(other, ""))?;
    if after.is_empty() { None } else { scientific(&format!("{before}.{after}")) }
}

/// Spaces may stand between thousands only.
fn without_spaces(text: &str) -> Option<String> {
    let mut groups = text.split([' ', '\u{a0}', '\u{202f}']);
    let first = groups.next()?.to_owned();
    let rest: Vec<&str> = groups.collect();
    let whole = |group: &str| group.split([',', '.']).next().map_or(0, str::len);
    let fits =
        rest.is_empty() || ((1..=3).contains(&first.len()) && rest.iter().all(|group| whole(group) == 3));
    fits.then(|| first + &rest.concat())
}

fn all_digits(text: String) -> Option<String> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// Digits, perhaps with a point and an exponent, as machines write them.
fn scientific(text: &str) -> Option<String> {
    let starts = text.bytes().next().is_some_and(|first| first.is_ascii_digit());
    let fits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'-' | b'+'));
    (starts && fits).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_read_as_written_in_either_custom() {
        let table = [
            ("1.234,5", 1234.5),
            ("0,9351", 0.9351),
            ("0.9351", 0.9351),
            ("5.000", 5.0),
            ("5,000", 5.0),
            ("1.234.567", 1_234_567.0),
            ("1,234,567", 1_234_567.0),
            ("1,234.5", 1234.5),
            ("32,53 %", 32.53),
            ("1 234 567,8", 1_234_567.8),
            ("-3,5", -3.5),
            ("+2", 2.0),
            ("\u{2212}4", -4.0),
            ("1e3", 1000.0),
            ("1.5E-2", 0.015),
            (" 7 ", 7.0),
            ("1.264110", 1.26411),
            ("12\u{a0}000", 12_000.0),
        ];
        for (text, wanted) in table {
            assert_eq!(number(&Cell::text(text)), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn whole_numbers_may_have_thousands_and_no_fraction() {
        let table = [
            ("5.000", 5000),
            ("5,000", 5000),
            ("1.234.567", 1_234_567),
            ("5.0", 5),
            ("5,00", 5),
            ("-12", -12),
            ("9223372036854775807", i64::MAX),
        ];
        for (text, wanted) in table {
            assert_eq!(integer(&Cell::text(text)), Ok(wanted), "{text}");
        }
        assert_eq!(integer(&Cell::text("5,5")), Err(Rule::NumberFraction));
        assert_eq!(integer(&Cell::Number(5.5)), Err(Rule::NumberFraction));
        assert_eq!(integer(&Cell::text("92233720368547758070")), Err(Rule::NumberForm));
    }

    #[test]
    fn what_is_no_number_is_not_guessed() {
        for text in [
            "",
            "abc",
            "1.23.4",
            "1,23,456",
            "12 34",
            "1.2,3,4",
            ",5",
            "5,",
            "NaN",
            "inf",
            "1-2",
            "--1",
            "5 người",
            "1e999",
            "%",
        ] {
            assert_eq!(number(&Cell::text(text)).unwrap_or(-0.5), -0.5, "{text}");
        }
        assert_eq!(number(&Cell::Number(f64::NAN)), Err(Rule::NumberForm));
    }

    proptest! {
        #[test]
        fn every_number_is_read_back_from_how_it_prints(value in -1e12f64..1e12, whole in any::<i64>()) {
            prop_assert_eq!(number(&Cell::text(&value.to_string())), Ok(value));
            prop_assert_eq!(number(&Cell::text(&value.to_string().replace('.', ","))), Ok(value));
            prop_assert_eq!(integer(&Cell::text(&whole.to_string())), Ok(whole));
        }

        #[test]
        fn no_text_makes_the_reader_fail(text in "[0-9.,eE+% \u{a0}-]{0,20}") {
            let _ = (number(&Cell::text(&text)), integer(&Cell::text(&text)));
        }
    }
}
