//! The rows of a basis as they were judged, kept small enough to count from again and again.
//!
//! A statement gives each row once: its source, its dimensions, its dates, and whether each condition of the
//! basis's metrics holds. Here that becomes a few bytes a row: a code for each dimension, a day for each
//! date, and one code for all conditions together, for rows share few combinations of them. Any question
//! over the same snapshot, scope, date and due date is then a count over these columns
//! ([`tally`](crate::metrics::tally)), in the same cells the counting statement would give. Columns that no
//! date changes are shared by the judged rows of all dates ([`kept`](crate::metrics::kept)).

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int64Type;

use crate::domain::limits::figures::{JUDGED_CONDITIONS_MAX, JUDGED_ROWS_MAX};
use crate::metrics::MetricError;
use crate::metrics::compose::{CLASS, Listing};
use crate::metrics::kept::Kept;
use crate::metrics::taking::{Codes, Taking};
use crate::sql::SqlError;

/// The rows of a basis.
#[derive(Debug, Default)]
pub struct Judged {
    pub(super) count: usize,
    pub(super) source: Arc<Codes>,
    pub(super) dimensions: HashMap<String, Arc<Codes>>,
    pub(super) dates: HashMap<String, Arc<Vec<i32>>>,
    /// For each row the number of its combination of conditions.
    pub(super) states: Vec<u16>,
    /// For each combination the conditions that hold, by bit.
    pub(super) held: Vec<u128>,
    /// The combination of rows that are not there on the business date, if any are not.
    pub(super) absent: Option<u16>,
    /// Bit of each condition, by its text.
    pub(super) conditions: HashMap<String, usize>,
    /// What the rows were judged from, as long as it is kept; their places are places there.
    pub(super) from: Weak<Kept>,
    /// Bytes that are not shared with the judged rows of other dates.
    pub(super) own_bytes: usize,
}

/// Takes batches of a listing in; what cannot be kept makes the whole be left.
#[derive(Debug)]
pub struct Listed {
    listing: Listing,
    taking: Taking,
    count: usize,
    is_left: bool,
}

/// Rows of which the conditions of the class are still to be asked.
#[derive(Debug)]
pub struct Judging {
    pub(super) judged: Judged,
    /// Bit of the first condition of the class.
    pub(super) first_of_class: usize,
    pub(super) is_left: bool,
}

impl Judged {
    /// Bytes it takes, without what is shared by all dates.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.own_bytes
    }

    /// Rows, those not there on the business date among them.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.count
    }
}

/// Whether rows with so many conditions cannot be kept.
pub(super) fn is_too_wide(listing: &Listing) -> bool {
    listing.conditions.len() + listing.of_class.len() > JUDGED_CONDITIONS_MAX
}

impl Listed {
    /// Nothing taken yet.
    #[must_use]
    pub fn new(listing: Listing) -> Self {
        let bits = (0..listing.conditions.len()).collect();
        let taking = Taking::new(1 + listing.dimensions.len(), listing.dates.len(), bits);
        let is_left = is_too_wide(&listing);
        Self { listing, taking, count: 0, is_left }
    }

    /// Takes a batch in; false when there is no use in more.
    ///
    /// # Errors
    /// The batch has other columns than the listing.
    pub fn take(&mut self, batch: &RecordBatch) -> Result<bool, MetricError> {
        self.count += batch.num_rows();
        self.is_left |= self.count > JUDGED_ROWS_MAX;
        if !self.is_left {
            self.taking.take(batch.columns(), batch.num_rows())?;
            self.is_left |= self.taking.combinations.is_left;
        }
        Ok(!self.is_left)
    }

    /// All rows are taken. A dimension with too many values, or one that is no text, is not among them:
    /// questions by it are counted by a statement.
    #[must_use]
    pub fn ended(self) -> Judging {
        let mut judged = Judged {
            count: self.count,
            conditions: bits(&self.listing),
            states: self.taking.combinations.rows,
            held: self.taking.combinations.held,
            ..Judged::default()
        };
        let mut texts = self.taking.texts.into_iter();
        let source = texts.next().unwrap_or_default();
        let is_left = self.is_left || source.is_left;
        judged.own_bytes = source.codes.bytes();
        judged.source = Arc::new(source.codes);
        for (name, texts) in self.listing.dimensions.iter().zip(texts).filter(|(_, texts)| !texts.is_left) {
            judged.own_bytes += texts.codes.bytes();
            judged.dimensions.insert(name.clone(), Arc::new(texts.codes));
        }
        for (name, days) in self.listing.dates.iter().zip(self.taking.days).filter(|(_, days)| !days.is_left)
        {
            judged.own_bytes += size_of_val(days.rows.as_slice());
            judged.dates.insert(name.clone(), Arc::new(days.rows));
        }
        Judging { judged, first_of_class: self.listing.conditions.len(), is_left }
    }
}

/// Bit of each condition of a listing, by its text.
pub(super) fn bits(listing: &Listing) -> HashMap<String, usize> {
    listing.conditions.iter().chain(&listing.of_class).cloned().zip(0..).collect()
}

impl Judging {
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
            for (bit, column) in (self.first_of_class..).zip(conditions) {
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
            Some(codes) if codes.rows.len() == self.judged.count => Arc::clone(codes),
            _ => {
                self.is_left = true;
                return;
            }
        };
        let width = by_class.len();
        let mut numbers: Vec<Option<u16>> = vec![None; width * self.judged.held.len()];
        let mut held = Vec::new();
        let absent = self.judged.absent.take();
        for (state, class) in self.judged.states.iter_mut().zip(&classes.rows) {
            let is_absent = Some(*state) == absent;
            let (of_row, class) = (usize::from(*state), if is_absent { 0 } else { usize::from(*class) });
            let Some(number) = numbers.get_mut(of_row * width + class) else { continue };
            if number.is_none() {
                let of_row = self.judged.held.get(of_row).copied().unwrap_or_default();
                let of_class = by_class.get(class).copied().unwrap_or_default();
                *number = u16::try_from(held.len()).ok();
                held.push(if is_absent { 0 } else { of_row | of_class });
            }
            match number {
                Some(number) => *state = *number,
                None => self.is_left = true,
            }
            if is_absent {
                self.judged.absent = *number;
            }
        }
        self.judged.held = held;
    }

    /// The rows; nothing when they cannot be kept.
    #[must_use]
    pub fn end(mut self) -> Option<Judged> {
        let judged = &mut self.judged;
        judged.states.shrink_to_fit();
        judged.own_bytes += size_of_val(judged.states.as_slice()) + size_of_val(judged.held.as_slice());
        (!self.is_left).then_some(self.judged)
    }
}

#[cfg(test)]
mod tests;
