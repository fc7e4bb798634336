//! Values of columns that have an order: days, numbers; and yes or no.
//!
//! A day may be a month, a quarter or a year, which is the days from its first to its last; or a number of days
//! from the business date: `hạn:<7d` is due within seven days, `hạn:<0d` was due before today.

mod day;

use chrono::NaiveDate;

use crate::definition::column::ColumnType;
use crate::search::language::bounds::check_pattern;
use crate::search::language::fault::{Expected, Fault};
use crate::search::language::names::Named;
use crate::search::language::tree::{Leaf, Sign, Test};
use crate::search::language::value::day::{days, relative};
use crate::search::request::Op;
use crate::text::fold;

/// What is wrong, and what to write instead.
type Wrong = (Fault, Option<String>);

/// The test that a bare value asks for.
pub(super) fn bare(named: &Named, typed: &str) -> Result<Test, Wrong> {
    if typed == "*" {
        return Ok(Test::Present);
    }
    if !has_order(named.kind) || named.is_text {
        return whole(named, typed);
    }
    if let Some((sign, value)) = Sign::take(typed) {
        one(named.kind, value)?;
        return Ok(Test::Compare(sign, value.to_owned()));
    }
    let Some((min, max)) = typed.split_once("..") else { return whole(named, typed) };
    let end = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let known = [min, max].map(|end| if end.is_empty() { Ok(()) } else { one(named.kind, end) });
    known.into_iter().collect::<Result<Vec<()>, Wrong>>()?;
    if is_reversed(named.kind, min, max) {
        return Err((Fault::RangeReversed, Some(format!("{max}..{min}"))));
    }
    Ok(match (end(min), end(max)) {
        (None, None) => Test::Present,
        (min, max) => Test::Range(min, max),
    })
}

/// The test that one value asks for.
fn whole(named: &Named, typed: &str) -> Result<Test, Wrong> {
    let is_pattern =
        typed.contains(['*', '?']) && typed.chars().all(|c| c.is_alphanumeric() || "*?".contains(c));
    let is_letters = named.is_text || !(has_order(named.kind) || named.kind == ColumnType::Boolean);
    if is_letters && is_pattern && !typed.starts_with(['*', '?']) {
        let pattern = fold::fold(typed);
        check_pattern(&pattern).map_err(|(fault, instead)| (fault, Some(instead)))?;
        return Ok(Test::Leaf(Leaf::Pattern(pattern)));
    }
    if !named.is_text {
        one(named.kind, typed)?;
    }
    Ok(Test::Leaf(Leaf::Words(typed.to_owned())))
}

/// Whether `typed` is a value of this type.
pub(super) fn one(kind: ColumnType, typed: &str) -> Result<(), Wrong> {
    let someday = NaiveDate::default();
    let (is_value, expected) = match kind {
        ColumnType::Text | ColumnType::Keyword => (!fold::key(typed).is_empty(), Expected::Words),
        ColumnType::Boolean => (truth(typed).is_some(), Expected::Boolean),
        ColumnType::Integer => (typed.parse::<i64>().is_ok(), Expected::Integer),
        ColumnType::Number => (number(typed).is_some(), Expected::Number),
        ColumnType::Date | ColumnType::Instant => (days(typed, Some(someday)).is_some(), Expected::Day),
    };
    match (is_value, typed.is_empty()) {
        (true, _) => Ok(()),
        (false, true) => Err((Fault::ValueMissing, None)),
        (false, false) => Err((Fault::ValueWrong(expected), None)),
    }
}

fn is_reversed(kind: ColumnType, min: &str, max: &str) -> bool {
    let someday = Some(NaiveDate::default());
    match kind {
        ColumnType::Integer => {
            min.parse::<i64>().ok().zip(max.parse().ok()).is_some_and(|(min, max)| min > max)
        }
        ColumnType::Number => number(min).zip(number(max)).is_some_and(|(min, max)| min > max),
        _ if relative(min).is_some() != relative(max).is_some() => false,
        _ => days(min, someday).zip(days(max, someday)).is_some_and(|((first, _), (_, last))| first > last),
    }
}

fn has_order(kind: ColumnType) -> bool {
    matches!(kind, ColumnType::Integer | ColumnType::Number | ColumnType::Date | ColumnType::Instant)
}

/// The condition that `test` is on a column of this type; none when a day from today is asked and there is
/// no today, or when it is no test of such a column.
pub(in crate::search) fn op(kind: ColumnType, test: &Test, today: Option<NaiveDate>) -> Option<Op> {
    let value = match test {
        Test::Present => return Some(Op::Present),
        Test::Leaf(Leaf::Words(text)) => text,
        Test::Leaf(Leaf::Phrase(phrase)) => &phrase.text,
        Test::Leaf(Leaf::Pattern(_)) => return None,
        Test::Compare(_, value) => value,
        Test::Range(min, max) => {
            let end = |text: &Option<String>| text.as_ref().map(|text| span(kind, text, today));
            let (min, max) = (end(min), end(max));
            if min == Some(None) || max == Some(None) {
                return None;
            }
            let range = Op::Range {
                min: min.flatten().map(|(first, _)| first),
                max: max.flatten().map(|(_, last)| last),
            };
            return Some(range);
        }
    };
    if kind == ColumnType::Boolean {
        return truth(value).map(|yes| Op::Equals(vec![yes.to_string()]));
    }
    let Test::Compare(sign, _) = test else {
        let (first, last) = span(kind, value, today)?;
        return Some(Op::Range { min: Some(first), max: Some(last) });
    };
    compared(kind, *sign, value, today)
}

fn compared(kind: ColumnType, sign: Sign, value: &str, today: Option<NaiveDate>) -> Option<Op> {
    let (first, last) = match sign {
        Sign::AtMost | Sign::AtLeast => span(kind, value, today)?,
        Sign::Less => beside(kind, value, today, -1)?,
        Sign::More => beside(kind, value, today, 1)?,
    };
    let (mut min, mut max) = match sign {
        Sign::Less | Sign::AtMost => (None, Some(last)),
        Sign::More | Sign::AtLeast => (Some(first), None),
    };
    // Within so many days of today never means long before, or long after.
    if let (Some((count, _)), Some(now)) = (relative(value), span(kind, "0d", today)) {
        match count.signum() {
            1 if min.is_none() => min = Some(now.0),
            -1 if max.is_none() => max = Some(now.1),
            _ => {}
        }
    }
    Some(Op::Range { min, max })
}

/// First and last value, both included, that `typed` stands for, as filters take them.
fn span(kind: ColumnType, typed: &str, today: Option<NaiveDate>) -> Option<(String, String)> {
    match kind {
        ColumnType::Integer => typed.parse::<i64>().ok().map(|value| (value.to_string(), value.to_string())),
        ColumnType::Number => number(typed).map(|value| (value.to_string(), value.to_string())),
        ColumnType::Date => days(typed, today).map(|(first, last)| (first.to_string(), last.to_string())),
        ColumnType::Instant => days(typed, today).map(|(first, last)| instants(first, last)),
        _ => None,
    }
}

/// The values just before or after all that `typed` stands for.
fn beside(kind: ColumnType, typed: &str, today: Option<NaiveDate>, step: i64) -> Option<(String, String)> {
    let twice = |value: String| (value.clone(), value);
    match kind {
        ColumnType::Integer => Some(twice(typed.parse::<i64>().ok()?.checked_add(step)?.to_string())),
        ColumnType::Number => {
            let value = number(typed)?;
            Some(twice(if step < 0 { value.next_down() } else { value.next_up() }.to_string()))
        }
        _ => {
            let (first, last) = days(typed, today)?;
            let day = if step < 0 { first.pred_opt()? } else { last.succ_opt()? };
            span(kind, &day.to_string(), today)
        }
    }
}

/// A civil day of Vietnam lasts from seven hours before the UTC day.
fn instants(first: NaiveDate, last: NaiveDate) -> (String, String) {
    (format!("{first}T00:00:00+07:00"), format!("{last}T23:59:59.999999+07:00"))
}

fn number(typed: &str) -> Option<f64> {
    typed.replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite())
}

fn truth(typed: &str) -> Option<bool> {
    match fold::key(typed).as_str() {
        "true" | "yes" | "co" | "dung" | "1" => Some(true),
        "false" | "no" | "khong" | "sai" | "0" => Some(false),
        _ => None,
    }
}

/// Whether `typed` is counted from today.
pub(super) fn is_relative(typed: &str) -> bool {
    relative(typed).is_some()
}

#[cfg(test)]
mod tests;
