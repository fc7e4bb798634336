//! Legal deadlines in statements: the same rules as in every explanation.
//!
//! Most cases share kind, stage and day and have no step of their own, so their answers are kept for the
//! process ([`super::known`]); those with steps, or where places matter, within the batch. Places count only when
//! some agency has a calendar of its own or some place is remote.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Date32Array, StringArray};
use datafusion::common::Result;

use super::known::{Kept, Seen};
use super::{days, strings, text_of, wrong_arguments};
use crate::domain::civil::{epoch_days, from_epoch_days};
use crate::rules::deadline::Due;
use crate::rules::place::Place;
use crate::sql::ground::Ground;

/// `legal_due(kind, stage, accepted, steps [, unit, province, commune])`.
pub(super) fn case(ground: &Ground, arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let [kinds, stages, on, steps, rest @ ..] = arguments else { return Err(wrong_arguments()) };
    let (kinds, stages, steps, on) = (strings(kinds)?, strings(stages)?, strings(steps)?, days(on)?);
    let places = Places::of(ground, rest)?;
    static KEPT: Kept = Kept::new();
    let mut plain = Seen::of(&KEPT, ground);
    let mut known: HashMap<(&str, &str, i32, &str, Place<'_>), Option<i32>> = HashMap::new();
    let answers = (0..on.len()).map(|row| {
        let day = on.is_valid(row).then(|| on.value(row))?;
        let kind = kinds.is_valid(row).then(|| kinds.value(row))?;
        let (stage, steps, place) = (text_of(stages, row), text_of(steps, row), places.at(row));
        let due = || {
            let accepted = from_epoch_days(day)?;
            effective(&ground.laws.resolution((kind, stage), accepted, steps, &place)?)
        };
        if steps.is_empty() && places.is_nowhere() {
            return plain.answer((kind, stage), day, due);
        }
        *known.entry((kind, stage, day, steps, place)).or_insert_with(due)
    });
    Ok(Arc::new(answers.collect::<Date32Array>()))
}

/// `handling_due(kind, received [, unit])`.
pub(super) fn letter(ground: &Ground, arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let [kinds, on, rest @ ..] = arguments else { return Err(wrong_arguments()) };
    let (kinds, on) = (strings(kinds)?, days(on)?);
    let places = Places::of(ground, rest)?;
    static KEPT: Kept = Kept::new();
    let mut plain = Seen::of(&KEPT, ground);
    let mut known: HashMap<(&str, i32, Place<'_>), Option<i32>> = HashMap::new();
    let answers = (0..on.len()).map(|row| {
        let day = on.is_valid(row).then(|| on.value(row))?;
        let (kind, place) = (text_of(kinds, row), places.at(row));
        let due = || effective(&ground.laws.handling(kind, from_epoch_days(day)?, &place)?);
        if places.is_nowhere() {
            return plain.answer((kind, ""), day, due);
        }
        *known.entry((kind, day, place)).or_insert_with(due)
    });
    Ok(Arc::new(answers.collect::<Date32Array>()))
}

/// Agencies and places of a batch, when they matter.
#[derive(Default)]
struct Places<'a> {
    units: Option<&'a StringArray>,
    provinces: Option<&'a StringArray>,
    communes: Option<&'a StringArray>,
}

impl<'a> Places<'a> {
    fn of(ground: &Ground, arguments: &'a [ArrayRef]) -> Result<Self> {
        if ground.laws.is_same_everywhere() {
            return Ok(Self::default());
        }
        let column = |place: usize| arguments.get(place).map(strings).transpose();
        Ok(Self { units: column(0)?, provinces: column(1)?, communes: column(2)? })
    }

    fn is_nowhere(&self) -> bool {
        self.units.is_none() && self.provinces.is_none() && self.communes.is_none()
    }

    fn at(&self, row: usize) -> Place<'a> {
        let of = |column: Option<&'a StringArray>| column.map_or("", |column| text_of(column, row));
        Place { unit: of(self.units), province: of(self.provinces), commune: of(self.communes) }
    }
}

fn effective(due: &Due) -> Option<i32> {
    due.effective.map(epoch_days)
}
