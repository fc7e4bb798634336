//! Sums: `1.250.000 đồng`, `1,5 tỷ`, `1 tỷ 500 triệu`, `2 tỷ rưỡi`.

use crate::text::canonical::{Found, Kind};
use crate::text::fold::fold;

/// Digits of a plain number that has a token of its own.
const PLAIN_DIGITS_MIN: usize = 4;
/// Digits of any sum.
const DIGITS_MAX: usize = 15;
/// Digits after the comma that count.
const FRACTION_MAX: usize = 9;

/// The sum that `rest` begins with, if a unit follows: đồng, nghìn, triệu, tỷ.
pub(super) fn with_unit(rest: &str) -> Option<Found> {
    let mut sum: u128 = 0;
    let mut length = 0;
    let mut smallest = u128::MAX;
    while let Some((value, taken, unit)) = part(rest.get(length..)?).filter(|(_, _, unit)| *unit < smallest) {
        sum = sum.checked_add(value)?;
        smallest = unit;
        length += taken;
        let after = rest.get(length..).unwrap_or_default();
        if let Some(half) = word(after).filter(|(found, _)| unit > 1 && matches!(found.as_str(), "ruoi")) {
            sum += unit / 2;
            length += half.1;
            break;
        }
    }
    let currency = word(rest.get(length..)?).filter(|(found, _)| is_currency(found));
    length += currency.map_or(0, |(_, taken)| taken);
    (length > 0).then(|| (length, Kind::Amount, sum.to_string()))
}

/// A number of four digits or more without a unit, its thousands apart or not.
pub(super) fn plain(rest: &str) -> Option<Found> {
    let (length, whole, fraction) = number(rest)?;
    let mut after = rest.get(length..).unwrap_or_default().chars();
    let (first, second) = (after.next(), after.next());
    let goes_on = first.is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '-'))
        || (matches!(first, Some('.' | ',')) && second.is_some_and(|c| c.is_ascii_digit()));
    let is_whole = fraction.is_empty() && !goes_on;
    (is_whole && whole.len() >= PLAIN_DIGITS_MIN && !whole.starts_with('0')).then_some((
        length,
        Kind::Amount,
        whole,
    ))
}

/// One number and its unit: the value, the bytes taken, the unit.
fn part(rest: &str) -> Option<(u128, usize, u128)> {
    let lead = rest.len() - rest.trim_start_matches([' ', '\u{A0}']).len();
    let (length, whole, fraction) = number(rest.get(lead..)?)?;
    let (name, taken) = word(rest.get(lead + length..)?)?;
    let unit = match name.as_str() {
        "nghin" | "ngan" => 1_000,
        "trieu" | "trd" => 1_000_000,
        "ty" | "ti" => 1_000_000_000,
        name if is_currency(name) => 1,
        _ => return None,
    };
    let scale = 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    let value = format!("{whole}{fraction}").parse::<u128>().ok()?.checked_mul(unit)?;
    (value % scale == 0).then_some((value / scale, lead + length + taken, unit))
}

fn is_currency(folded: &str) -> bool {
    matches!(folded, "dong" | "d" | "vnd")
}

/// Whole digits without their dots and the digits after the comma, and the bytes they take. Dots stand
/// before groups of three, or are no part of the number.
fn number(rest: &str) -> Option<(usize, String, String)> {
    let end = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let first = end(rest);
    let mut whole = rest.get(..first)?.to_owned();
    let mut length = first;
    while let Some(group) = rest.get(length..).and_then(|rest| rest.strip_prefix('.')) {
        if whole.len() > DIGITS_MAX || first > 3 || end(group) != 3 {
            break;
        }
        whole.push_str(group.get(..3)?);
        length += 4;
    }
    let fraction = rest.get(length..).and_then(|rest| rest.strip_prefix(','));
    let fraction = fraction.and_then(|rest| rest.get(..end(rest))).unwrap_or_default().to_owned();
    if !fraction.is_empty() {
        length += 1 + fraction.len();
    }
    let fits = (1..=DIGITS_MAX).contains(&whole.len()) && fraction.len() <= FRACTION_MAX;
    fits.then_some((length, whole, fraction))
}

/// The folded word after at most one space, and the bytes to its end.
fn word(rest: &str) -> Option<(String, usize)> {
    let trimmed = rest.strip_prefix([' ', '\u{A0}']).unwrap_or(rest);
    let end = trimmed.find(|c: char| !c.is_alphanumeric() && !is_mark(c)).unwrap_or(trimmed.len());
    let found = trimmed.get(..end).filter(|found| !found.is_empty())?;
    Some((fold(found), rest.len() - trimmed.len() + end))
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}
