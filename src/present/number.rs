//! Numbers and days as people write them: `1.234.567`, `32,53`, `21/11/2026`.
//!
//! A percentage is exact integer arithmetic, half up: a page, a file and a letter that show the same
//! two counts show the same digits.

use chrono::NaiveDate;

use crate::domain::language::Language;

/// A whole number with its thousands apart.
#[must_use]
pub fn whole(number: i64, language: Language) -> String {
    let digits = number.unsigned_abs().to_string();
    let mark = language.pick(".", ",");
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push_str(mark);
        }
        text.push(digit);
    }
    text
}

/// `part` of `all` in percent with two decimals, half up, without the sign; `–` when `all` is not positive.
#[must_use]
pub fn percent(part: i64, all: i64, language: Language) -> String {
    let Some((sign, hundredths)) = hundredths(part, all) else { return "–".to_owned() };
    let mark = language.pick(",", ".");
    format!("{sign}{}{mark}{:02}", hundredths / 100, hundredths % 100)
}

/// `part` of `all` in percent as a number with two decimals, half up.
#[must_use]
pub fn percent_value(part: i64, all: i64) -> Option<f64> {
    let (sign, hundredths) = hundredths(part, all)?;
    format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100).parse().ok()
}

/// A number with at most two decimals.
#[must_use]
pub fn decimal(number: f64, language: Language) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.replace('.', language.pick(",", "."))
}

/// A day: `21/11/2026`, in English `2026-11-21`.
#[must_use]
pub fn day(date: NaiveDate, language: Language) -> String {
    date.format(language.pick("%d/%m/%Y", "%Y-%m-%d")).to_string()
}

fn hundredths(part: i64, all: i64) -> Option<(&'static str, u128)> {
    let all = u128::try_from(all).ok().filter(|all| *all > 0)?;
    let scaled = u128::from(part.unsigned_abs()) * 10_000;
    Some((if part < 0 { "-" } else { "" }, (2 * scaled + all) / (2 * all)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use Language::{En, Vi};

    #[test]
    fn published_percentages_come_out_digit_for_digit() {
        let cases = [(81, 249, "32,53"), (168, 249, "67,47"), (177, 307, "57,65"), (130, 307, "42,35")];
        for (part, all, expected) in cases {
            assert_eq!(percent(part, all, Vi), expected, "{part} of {all}");
        }
        assert_eq!(percent(1, 3, En), "33.33");
        assert_eq!(percent(1, 800, Vi), "0,13");
        assert_eq!(percent(1, 0, Vi), "–");
        assert_eq!(percent_value(81, 249), Some(32.53));
    }

    #[test]
    fn thousands_and_days_follow_the_language() {
        assert_eq!((whole(1_234_567, Vi), whole(-1_000, En)), ("1.234.567".into(), "-1,000".into()));
        assert_eq!((whole(0, Vi), whole(i64::MIN, Vi)), ("0".into(), "-9.223.372.036.854.775.808".into()));
        let date = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
        assert_eq!((day(date, Vi), day(date, En)), ("02/11/2026".into(), "2026-11-02".into()));
        assert_eq!(
            (decimal(0.5, Vi), decimal(12.0, En), decimal(0.875, Vi)),
            ("0,5".into(), "12".into(), "0,88".into())
        );
    }

    proptest! {
        #[test]
        fn a_part_and_its_rest_make_a_hundred(all in 1i64..1_000_000, share in 0.0f64..=1.0) {
            let part = (all as f64 * share) as i64;
            let (_, one) = hundredths(part, all).unwrap();
            let (_, rest) = hundredths(all - part, all).unwrap();
            prop_assert!((10_000..=10_001).contains(&(one + rest)));
        }

        #[test]
        fn a_whole_number_reads_back(number: i64) {
            prop_assert_eq!(whole(number, Vi).replace('.', "").parse::<i64>().unwrap(), number);
        }
    }
}
