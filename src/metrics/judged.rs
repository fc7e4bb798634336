//! The rows of a basis as they were judged, kept small enough to count from again and again.
//!
//! A statement gives each row once: its source, its dimensions, its dates, and whether each condition of the
//! basis's metrics holds. Here that becomes a few bytes a row: a code for each dimension, a day for each
//! date, and one code for all conditions together, for rows share few combinations of them. Any question
//! over the same snapshot, scope, date and due date is then a count over these columns
//! ([`tally`](crate::metrics::tally)), in the same cells the counting statement would give.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Int64Type};
use rustc_hash::FxHashMap;

use crate::domain::limits::{JUDGED_CONDITIONS_MAX, JUDGED_ROWS_MAX};
use crate::metrics::MetricError;
use crate::metrics::compose::{CLASS, Listing};
use crate::sql::SqlError;

/// A day that is not there.
pub(super) const NO_DAY: i32 = i32::MIN;

/// Values of one column, each row with the number of its value.
#[derive(Debug, Default)]
pub(super) struct Codes {
    pub(super) rows: Vec<u16>,
    pub(super) values: Vec<Option<String>>,
}

/// The rows of a basis.
#[derive(Debug)]
pub struct Judged {
    pub(super) count: usize,
    pub(super) source: Codes,
    pub(super) dimensions: HashMap<String, Codes>,
    pub(super) dates: HashMap<String, Vec<i32>>,
    /// For each row the number of its combination of conditions.
    pub(super) states: Vec<u16>,
    /// For each combination the conditions that hold, by bit.
    pub(super) held: Vec<u128>,
    /// Bit of each condition, by its text.
    pub(super) conditions: HashMap<String, usize>,
}

/// Takes batches of a listing in; what cannot be kept makes the whole be left.
#[derive(Debug)]
pub struct Judging {
    listing: Listing,
    judged: Judged,
    known: Vec<Known>,
    states: FxHashMap<u128, u16>,
    is_left: bool,
}

/// Numbers of the values of one column.
#[derive(Debug, Default)]
struct Known {
    by_text: HashMap<String, u16>,
    /// By the view of a text within one batch, which is equal for equal texts of a dictionary page.
    by_view: FxHashMap<u128, u16>,
    none: Option<u16>,
    is_left: bool,
}

impl Judged {
    /// Bytes it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let codes = |codes: &Codes| {
            let texts: usize =
                codes.values.iter().flatten().map(|text| text.len() + size_of::<String>()).sum();
            codes.rows.len() * size_of::<u16>() + texts
        };
        let dates: usize = self.dates.values().map(|days| days.len() * size_of::<i32>()).sum();
        let states = self.states.len() * size_of::<u16>() + self.held.len() * size_of::<u128>();
        codes(&self.source) + self.dimensions.values().map(codes).sum::<usize>() + dates + states
    }

    /// Rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.count
    }
}

impl Judging {
    /// Nothing taken yet.
    #[must_use]
    pub fn new(listing: Listing) -> Self {
        let conditions = listing.conditions.iter().chain(&listing.of_class).cloned().zip(0..).collect();
        let judged = Judged {
            count: 0,
            source: Codes::default(),
            dimensions: listing.dimensions.iter().map(|name| (name.clone(), Codes::default())).collect(),
            dates: listing.dates.iter().map(|name| (name.clone(), Vec::new())).collect(),
            states: Vec::new(),
            held: Vec::new(),
            conditions,
        };
        let known = (0..=listing.dimensions.len()).map(|_| Known::default()).collect();
        let is_left = listing.conditions.len() + listing.of_class.len() > JUDGED_CONDITIONS_MAX;
        Self { listing, judged, known, states: FxHashMap::default(), is_left }
    }

    /// Takes a batch in; false when there is no use in more.
    ///
    /// # Errors
    /// The batch has other columns than the listing.
    pub fn take(&mut self, batch: &RecordBatch) -> Result<bool, MetricError> {
        self.judged.count += batch.num_rows();
        self.is_left |= self.judged.count > JUDGED_ROWS_MAX;
        if self.is_left {
            return Ok(false);
        }
        let lost = || SqlError::Internal("a judged row lacks a column".to_owned());
        let column = |place: usize| batch.columns().get(place).ok_or_else(lost);
        let Some((of_source, of_dimensions)) = self.known.split_first_mut() else { return Ok(false) };
        of_source.encode(column(0)?.as_ref(), &mut self.judged.source)?;
        let mut place = 1;
        for (name, known) in self.listing.dimensions.iter().zip(of_dimensions) {
            if let Some(codes) = self.judged.dimensions.get_mut(name) {
                known.encode(column(place)?.as_ref(), codes)?;
            }
            place += 1;
        }
        for name in &self.listing.dates {
            let (found, days) = (column(place)?, self.judged.dates.get_mut(name));
            place += 1;
            match (found.as_primitive_opt::<Date32Type>(), days) {
                (Some(found), Some(days)) => {
                    days.extend(found.iter().map(|day| day.unwrap_or(NO_DAY)));
                }
                _ => drop(self.judged.dates.remove(name)),
            }
        }
        let conditions = batch.columns().get(place..).unwrap_or_default();
        self.take_states(conditions.iter().map(|column| column.as_boolean_opt()), batch.num_rows())?;
        Ok(!self.is_left)
    }

    fn take_states<'a>(
        &mut self,
        conditions: impl Iterator<Item = Option<&'a BooleanArray>>,
        rows: usize,
    ) -> Result<(), MetricError> {
        let mut held = vec![0u128; rows];
        for (bit, column) in conditions.enumerate() {
            let column =
                column.ok_or_else(|| SqlError::Internal("a condition is no yes or no".to_owned()))?;
            let holds = match column.nulls() {
                Some(known) => column.values() & known.inner(),
                None => column.values().clone(),
            };
            for row in holds.set_indices() {
                if let Some(held) = held.get_mut(row) {
                    *held |= 1 << bit;
                }
            }
        }
        for held in held {
            let next = self.states.len();
            let code = match self.states.get(&held) {
                Some(code) => *code,
                None => match u16::try_from(next) {
                    Ok(code) => {
                        self.states.insert(held, code);
                        self.judged.held.push(held);
                        code
                    }
                    Err(_) => {
                        self.is_left = true;
                        return Ok(());
                    }
                },
            };
            self.judged.states.push(code);
        }
        Ok(())
    }

    /// The classes met, of which the conditions of the class are asked.
    #[must_use]
    pub fn classes(&self) -> &[Option<String>] {
        self.judged.dimensions.get(CLASS).map_or(&[], |codes| codes.values.as_slice())
    }

    /// Takes in what [`compose::of_classes`](crate::metrics::compose::of_classes) answered.
    ///
    /// # Errors
    /// The answer has other columns.
    pub fn take_classes(&mut self, answer: &[RecordBatch]) -> Result<(), MetricError> {
        let lost = || SqlError::Internal("a class lacks its conditions".to_owned());
        let mut by_class = vec![0u128; self.classes().len()];
        for batch in answer {
            let (places, conditions) = batch.columns().split_first().ok_or_else(lost)?;
            let places = places.as_primitive_opt::<Int64Type>().ok_or_else(lost)?;
            for (bit, column) in (self.listing.conditions.len()..).zip(conditions) {
                let column = column.as_boolean_opt().ok_or_else(lost)?;
                for (place, holds) in places.iter().zip(column) {
                    let class = place.and_then(|place| by_class.get_mut(usize::try_from(place).ok()?));
                    if let (Some(class), Some(true)) = (class, holds) {
                        *class |= 1 << bit;
                    }
                }
            }
        }
        self.join_classes(&by_class);
        Ok(())
    }

    /// Gives each pair of a combination and a class that rows have a number of its own.
    fn join_classes(&mut self, by_class: &[u128]) {
        let classes = match self.judged.dimensions.get(CLASS) {
            Some(codes) if codes.rows.len() == self.judged.count => &codes.rows,
            _ => {
                self.is_left = true;
                return;
            }
        };
        let width = by_class.len();
        let mut numbers: Vec<Option<u16>> = vec![None; width * self.judged.held.len()];
        let mut held = Vec::new();
        for (state, class) in self.judged.states.iter_mut().zip(classes) {
            let (of_row, class) = (usize::from(*state), usize::from(*class));
            let Some(number) = numbers.get_mut(of_row * width + class) else { continue };
            if number.is_none() {
                let of_row = self.judged.held.get(of_row).copied().unwrap_or_default();
                *number = u16::try_from(held.len()).ok();
                held.push(of_row | by_class.get(class).copied().unwrap_or_default());
            }
            match number {
                Some(number) => *state = *number,
                None => self.is_left = true,
            }
        }
        self.judged.held = held;
    }

    /// The rows; nothing when they cannot be kept. A dimension with too many values, or one that is no text,
    /// is not among them: questions by it are counted by a statement.
    #[must_use]
    pub fn end(mut self) -> Option<Judged> {
        let of_source = self.known.first().is_some_and(|known| known.is_left);
        if self.is_left || of_source {
            return None;
        }
        for (name, known) in self.listing.dimensions.iter().zip(self.known.iter().skip(1)) {
            if known.is_left {
                self.judged.dimensions.remove(name);
            }
        }
        let judged = &mut self.judged;
        judged.source.rows.shrink_to_fit();
        judged.dimensions.values_mut().for_each(|codes| codes.rows.shrink_to_fit());
        judged.dates.values_mut().for_each(Vec::shrink_to_fit);
        judged.states.shrink_to_fit();
        Some(self.judged)
    }
}

impl Known {
    fn encode(&mut self, column: &dyn Array, to: &mut Codes) -> Result<(), MetricError> {
        if self.is_left || !is_text(column.data_type()) {
            self.is_left = true;
            to.rows.clear();
            return Ok(());
        }
        let column = cast(column, &DataType::Utf8View)
            .map_err(|error| SqlError::Internal(format!("a dimension is no text: {error}")))?;
        let texts = column.as_string_view();
        self.by_view.clear();
        to.rows.reserve(texts.len());
        for (row, view) in texts.views().iter().enumerate() {
            match self.code(texts, row, *view, &mut to.values) {
                Some(code) => to.rows.push(code),
                None => {
                    self.is_left = true;
                    to.rows.clear();
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The number of the value in `row`; nothing when there are too many.
    fn code(
        &mut self,
        texts: &StringViewArray,
        row: usize,
        view: u128,
        values: &mut Vec<Option<String>>,
    ) -> Option<u16> {
        if texts.is_null(row) {
            if self.none.is_none() {
                self.none = Some(u16::try_from(values.len()).ok()?);
                values.push(None);
            }
            return self.none;
        }
        if let Some(code) = self.by_view.get(&view) {
            return Some(*code);
        }
        let text = texts.value(row);
        let code = match self.by_text.get(text) {
            Some(code) => *code,
            None => {
                let code = u16::try_from(values.len()).ok()?;
                self.by_text.insert(text.to_owned(), code);
                values.push(Some(text.to_owned()));
                code
            }
        };
        self.by_view.insert(view, code);
        Some(code)
    }
}

fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
