//! Legal deadlines in statements: the same rules as in every explanation.
//!
//! Most cases of a batch share kind, stage and day and have no step of their own, so an answer is kept
//! within the batch.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Date32Array, StringArray};
use datafusion::common::Result;

use super::wrong_arguments;
use crate::domain::civil::{epoch_days, from_epoch_days};
use crate::rules::deadline::{Deadlines, Due};

/// `legal_due(kind, stage, accepted, steps)`.
pub(super) fn case(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let [kinds, stages, days, steps] = arguments else { return Err(wrong_arguments()) };
    let (kinds, stages, steps) = (texts(kinds)?, texts(stages)?, texts(steps)?);
    let days = days.as_any().downcast_ref::<Date32Array>().ok_or_else(wrong_arguments)?;
    let mut known: HashMap<(&str, &str, i32, &str), Option<i32>> = HashMap::new();
    let answers = (0..days.len()).map(|row| {
        let day = days.is_valid(row).then(|| days.value(row))?;
        let kind = kinds.is_valid(row).then(|| kinds.value(row))?;
        let stage = if stages.is_valid(row) { stages.value(row) } else { "" };
        let steps = if steps.is_valid(row) { steps.value(row) } else { "" };
        *known.entry((kind, stage, day, steps)).or_insert_with(|| {
            let accepted = from_epoch_days(day)?;
            effective(&Deadlines::national()?.resolution(kind, stage, accepted, steps)?)
        })
    });
    Ok(Arc::new(answers.collect::<Date32Array>()))
}

/// `handling_due(kind, received)`.
pub(super) fn letter(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let [kinds, days] = arguments else { return Err(wrong_arguments()) };
    let kinds = texts(kinds)?;
    let days = days.as_any().downcast_ref::<Date32Array>().ok_or_else(wrong_arguments)?;
    let mut known: HashMap<(&str, i32), Option<i32>> = HashMap::new();
    let answers = (0..days.len()).map(|row| {
        let day = days.is_valid(row).then(|| days.value(row))?;
        let kind = if kinds.is_valid(row) { kinds.value(row) } else { "" };
        *known
            .entry((kind, day))
            .or_insert_with(|| effective(&Deadlines::national()?.handling(kind, from_epoch_days(day)?)?))
    });
    Ok(Arc::new(answers.collect::<Date32Array>()))
}

fn effective(due: &Due) -> Option<i32> {
    due.effective.map(epoch_days)
}

fn texts(array: &ArrayRef) -> Result<&StringArray> {
    array.as_any().downcast_ref::<StringArray>().ok_or_else(wrong_arguments)
}
