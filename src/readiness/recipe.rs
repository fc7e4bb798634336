//! A whole from its parts, a missing part from its whole, and ranks from values.

use std::collections::BTreeMap;

use crate::readiness::cell::{Known, Origin};
use crate::readiness::family::{Combine, Scale, Whole};
use crate::readiness::table::Row;

/// Values of one indicator by province, made comparable; provinces whose sources disagree have none.
pub(super) fn scaled(rows: &[Row], indicator: &str, scale: Scale) -> BTreeMap<String, f64> {
    let of = |row: &Row| Some((row.place.code.clone(), row.reading(indicator)?.value()?.value));
    let values: BTreeMap<String, f64> = rows.iter().filter_map(of).collect();
    let least = values.values().copied().fold(f64::INFINITY, f64::min);
    let most = values.values().copied().fold(f64::NEG_INFINITY, f64::max);
    let (mean, deviation) = spread(&values);
    let change = |value: f64| match scale {
        Scale::AsItStands => Some(value),
        Scale::MinMax if most > least => Some((value - least) / (most - least)),
        Scale::ZScore if deviation > 0.0 => Some((value - mean) / deviation),
        Scale::RatioToBest if most > 0.0 => Some(value / most),
        // Where all have the same value, it tells nobody apart.
        Scale::MinMax | Scale::ZScore | Scale::RatioToBest => None,
    };
    values.into_iter().filter_map(|(code, value)| Some((code, change(value)?))).collect()
}

/// Weighted parts of a whole by province: what each part adds, in the order of the parts.
pub(super) fn shares(rows: &[Row], whole: &Whole) -> BTreeMap<String, Vec<Option<f64>>> {
    let parts: Vec<BTreeMap<String, f64>> =
        whole.parts.iter().map(|part| scaled(rows, &part.indicator, whole.scale)).collect();
    let all = divisor(whole);
    let of = |row: &Row| {
        let share = |(values, part): (&BTreeMap<String, f64>, &crate::readiness::family::Part)| {
            values.get(&row.place.code).map(|value| value * part.weight / all)
        };
        (row.place.code.clone(), parts.iter().zip(&whole.parts).map(share).collect())
    };
    rows.iter().map(of).collect()
}

/// The whole of each province that has every part.
pub(super) fn wholes(rows: &[Row], whole: &Whole) -> BTreeMap<String, f64> {
    let all = shares(rows, whole).into_iter();
    all.filter_map(|(code, shares)| Some((code, shares.into_iter().sum::<Option<f64>>()?))).collect()
}

/// The one part that a province lacks, when its whole is given: nothing else could have made it.
pub(super) fn lacking(row: &Row, whole: &Whole) -> Option<(String, Known<f64>)> {
    if whole.scale != Scale::AsItStands {
        return None;
    }
    let total = row.reading(&whole.indicator).filter(|reading| reading.is_given())?.value()?.value;
    let known = |indicator: &str| row.reading(indicator).and_then(|reading| reading.value());
    let mut lacking = whole.parts.iter().filter(|part| known(&part.indicator).is_none());
    let (part, None) = (lacking.next()?, lacking.next()) else { return None };
    if row.reading(&part.indicator).is_some_and(|reading| reading.is_given()) || part.weight == 0.0 {
        return None;
    }
    let others: f64 =
        whole.parts.iter().filter_map(|part| Some(known(&part.indicator)?.value * part.weight)).sum();
    let value = (total * divisor(whole) - others) / part.weight;
    Some((part.indicator.clone(), Known { value, origin: Origin::Derived }))
}

/// Competition ranks, the largest first: equal values share a rank and the next ones are skipped (17, 17,
/// 19). Values are compared in `decimals` places, as they are shown.
pub(super) fn competition(values: &BTreeMap<String, f64>, decimals: u32) -> BTreeMap<String, i64> {
    let rounded: BTreeMap<&String, i64> =
        values.iter().map(|(code, value)| (code, shown_digits(*value, decimals))).collect();
    let rank = |value: i64| 1 + rounded.values().filter(|other| **other > value).count();
    rounded
        .iter()
        .map(|(code, value)| ((*code).clone(), i64::try_from(rank(*value)).unwrap_or(i64::MAX)))
        .collect()
}

/// `value` in units of its last decimal shown.
pub(super) fn shown_digits(value: f64, decimals: u32) -> i64 {
    let shift = 10f64.powi(i32::try_from(decimals).unwrap_or(9));
    // A cast of a float saturates, and values are of the order of one.
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    let digits = (value * shift).round() as i64;
    digits
}

/// What the weighted parts are divided by.
pub(super) fn divisor(whole: &Whole) -> f64 {
    match whole.combine {
        Combine::Sum => 1.0,
        Combine::Mean => whole.parts.iter().map(|part| part.weight).sum(),
    }
}

/// Mean and standard deviation over the provinces that have a value.
fn spread(values: &BTreeMap<String, f64>) -> (f64, f64) {
    #[expect(clippy::cast_precision_loss, reason = "there are 63 provinces")]
    let count = values.len().max(1) as f64;
    let mean = values.values().sum::<f64>() / count;
    let squares: f64 = values.values().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / count).sqrt())
}
