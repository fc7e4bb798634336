//! Counting from judged rows: the cells a counting statement gives, in milliseconds.
//!
//! One pass over the codes of the dimensions asked for, of the source and of the conditions' combination
//! gives how many rows share them; what each metric counts follows from the combination alone. A property
//! test holds every answer equal to that of the statement.

use crate::domain::civil::epoch_days;
use crate::domain::limits::figures::TALLY_CELLS_MAX;
use crate::metrics::ask::Inputs;
use crate::metrics::compose::{Counted, below};
use crate::metrics::judged::Judged;
use crate::metrics::measure::Counts;
use crate::metrics::taking::{Codes, NO_DAY};

/// What `metrics` count for the question `inputs`; nothing when these rows cannot tell.
#[must_use]
pub fn count(judged: &Judged, metrics: &[Counted<'_>], inputs: &Inputs) -> Option<Vec<Counts>> {
    let bits = metrics.iter().map(|counted| bits(judged, counted)).collect::<Option<Vec<_>>>()?;
    let mut columns: Vec<&Codes> = Vec::new();
    for name in &inputs.by {
        columns.push(judged.dimensions.get(name)?);
    }
    columns.push(&judged.source);
    let chosen = chosen(judged, inputs)?;
    let table = table(judged, &columns, chosen.as_deref())?;
    let mut all = vec![Counts::default(); metrics.len()];
    for (place, rows) in table.into_iter().enumerate().filter(|(_, rows)| *rows > 0) {
        let (cell, state) = (place / judged.held.len(), place % judged.held.len());
        if u16::try_from(state).ok() == judged.absent {
            continue;
        }
        let held = judged.held.get(state).copied().unwrap_or_default();
        let (key, source) = named(&columns, cell);
        for (counts, (above, below)) in all.iter_mut().zip(&bits) {
            let is_below = held & below != 0;
            let is_above = is_below && held & above != 0;
            let sum = counts.cells.entry(key.clone()).or_default();
            *sum = (sum.0 + if is_above { rows } else { 0 }, sum.1 + if is_below { rows } else { 0 });
            if is_below {
                *counts.sources.entry(source.clone()).or_default() += rows;
            }
        }
    }
    Some(all)
}

/// Bits of the conditions of a metric, above and below the line; sums are not counted here.
pub(super) fn bits(judged: &Judged, counted: &Counted<'_>) -> Option<(u128, u128)> {
    if counted.metric.summed().is_some() {
        return None;
    }
    let bit = |text: &str| judged.conditions.get(text).map(|bit| 1u128 << bit);
    Some((bit(&counted.metric.numerator)?, bit(below(counted.metric))?))
}

/// Which rows a period and filters choose; all of them when there are none.
pub(super) fn chosen(judged: &Judged, inputs: &Inputs) -> Option<Option<Vec<bool>>> {
    if inputs.period.is_none() && inputs.filters.is_empty() {
        return Some(None);
    }
    let mut chosen = vec![true; judged.count];
    if let Some(period) = &inputs.period {
        let (from, to) = (epoch_days(period.from), epoch_days(period.to));
        let days = judged.dates.get(&inputs.select)?;
        for (chosen, day) in chosen.iter_mut().zip(days.iter()) {
            *chosen = *day != NO_DAY && (from..=to).contains(day);
        }
    }
    for (name, wanted) in &inputs.filters {
        let codes = judged.dimensions.get(name)?;
        let fits = |value: &Option<String>| match wanted {
            Some(_) => value == wanted,
            None => value.as_deref().unwrap_or_default().is_empty(),
        };
        let fits: Vec<bool> = codes.values.iter().map(fits).collect();
        for (chosen, code) in chosen.iter_mut().zip(&codes.rows) {
            *chosen &= fits.get(usize::from(*code)).copied().unwrap_or_default();
        }
    }
    Some(Some(chosen))
}

/// How many rows share the codes of `columns` and a combination of conditions.
fn table(judged: &Judged, columns: &[&Codes], chosen: Option<&[bool]>) -> Option<Vec<i64>> {
    let states = judged.held.len();
    let size = columns.iter().try_fold(states, |size, codes| size.checked_mul(codes.values.len()))?;
    if size > TALLY_CELLS_MAX {
        return None;
    }
    let mut places: Vec<u32> = vec![0; judged.count];
    for codes in columns {
        let width = u32::try_from(codes.values.len()).ok()?;
        for (place, code) in places.iter_mut().zip(&codes.rows) {
            *place = *place * width + u32::from(*code);
        }
    }
    let width = u32::try_from(states).ok()?;
    let mut table = vec![0i64; size];
    let mut add = |place: u32, state: u16| {
        let place = usize::try_from(place * width + u32::from(state)).ok();
        if let Some(cell) = place.and_then(|place| table.get_mut(place)) {
            *cell += 1;
        }
    };
    let rows = places.iter().zip(&judged.states);
    match chosen {
        None => rows.for_each(|(place, state)| add(*place, *state)),
        Some(chosen) => {
            let rows = rows.zip(chosen).filter(|(_, chosen)| **chosen);
            rows.for_each(|((place, state), _)| add(*place, *state));
        }
    }
    Some(table)
}

/// Values of a cell: those of the dimensions, then of the source. An empty text is no value.
fn named(columns: &[&Codes], mut cell: usize) -> (Vec<Option<String>>, String) {
    let mut values = Vec::with_capacity(columns.len());
    for codes in columns.iter().rev() {
        let width = codes.values.len().max(1);
        values.push(codes.values.get(cell % width).cloned().flatten());
        cell /= width;
    }
    values.reverse();
    let source = values.pop().flatten().unwrap_or_default();
    (values.into_iter().map(|value| value.filter(|value| !value.is_empty())).collect(), source)
}
