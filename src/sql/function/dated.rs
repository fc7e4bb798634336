//! Functions of days and names that change by decision: working days, days of commits, limits of signs,
//! reporting periods, provinces.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Date32Array, Int64Array, StringArray};
use datafusion::common::Result;

use super::{days, numbers, strings, text_of, wrong_arguments};
use crate::domain::civil::{epoch_days, from_epoch_days};
use crate::rules::span::Step;
use crate::sql::ground::Ground;
use crate::text::place::Places;

/// `working_days(a, b [, unit])`.
pub(super) fn working_days(ground: &Ground, arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let [from, to, rest @ ..] = arguments else { return Err(wrong_arguments()) };
    let (from, to) = (days(from)?, days(to)?);
    let units = rest.first().map(strings).transpose()?;
    let counts = (0..from.len()).map(|row| {
        let day = |of: &Date32Array| of.is_valid(row).then(|| from_epoch_days(of.value(row))).flatten();
        let unit = units.map_or("", |units| text_of(units, row));
        Some(ground.laws.calendars(unit).usual.working_days(day(from)?, day(to)?))
    });
    Ok(Arc::new(counts.collect::<Int64Array>()))
}

/// `commit_day(n)`.
pub(super) fn commit_day(ground: &Ground, arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let [commits] = arguments else { return Err(wrong_arguments()) };
    let told = numbers(commits)?.iter().map(|commit| ground.days.day_of(commit?));
    Ok(Arc::new(told.collect::<Date32Array>()))
}

/// `flag_limit(flag, day)`.
pub(super) fn flag_limit(ground: &Ground, arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let [flags, on] = arguments else { return Err(wrong_arguments()) };
    let (flags, on) = (strings(flags)?, days(on)?);
    let told = flags.iter().zip(on).map(|(flag, day)| ground.laws.flag(flag?, from_epoch_days(day?)?));
    Ok(Arc::new(told.collect::<Int64Array>()))
}

/// `reporting_period_end(day)`.
pub(super) fn reporting_period_end(_: &Ground, arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let [on] = arguments else { return Err(wrong_arguments()) };
    let told = days(on)?.iter().map(|day| Some(epoch_days(Step::Period.span(from_epoch_days(day?)?).to)));
    Ok(Arc::new(told.collect::<Date32Array>()))
}

/// `present_province(name)`.
pub(super) fn present_province(_: &Ground, arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let [names] = arguments else { return Err(wrong_arguments()) };
    let names = strings(names)?;
    let mut known: HashMap<&str, String> = HashMap::new();
    let told = names.iter().map(|name| {
        let name = name?;
        Some(known.entry(name).or_insert_with(|| Places::embedded().present(name).to_owned()).clone())
    });
    Ok(Arc::new(told.collect::<StringArray>()))
}
