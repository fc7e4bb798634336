//! Columns of answers turned into codes as they come: texts by number, dates as days, conditions by the
//! combination of them that holds.
//!
//! What cannot be turned (too many values, another type) is left, and says so; the rest goes on.

use std::collections::HashMap;

use arrow::array::{Array, ArrayRef, AsArray, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type};
use rustc_hash::FxHashMap;

use crate::metrics::MetricError;
use crate::sql::SqlError;

/// A day that is not there.
pub(super) const NO_DAY: i32 = i32::MIN;

/// Values of one column, each row with the number of its value.
#[derive(Debug, Clone, Default)]
pub(super) struct Codes {
    pub(super) rows: Vec<u16>,
    pub(super) values: Vec<Option<String>>,
}

/// A column of texts.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) codes: Codes,
    by_text: HashMap<String, u16>,
    /// By the view of a text within one batch, which is equal for equal texts of a dictionary page.
    by_view: FxHashMap<u128, u16>,
    none: Option<u16>,
    pub(super) is_left: bool,
}

/// A column of dates.
#[derive(Debug, Default)]
pub(super) struct Days {
    pub(super) rows: Vec<i32>,
    pub(super) is_left: bool,
}

/// Conditions, each row with the number of its combination.
#[derive(Debug, Default)]
pub(super) struct Combinations {
    pub(super) rows: Vec<u16>,
    /// For each combination the conditions that hold, by bit.
    pub(super) held: Vec<u128>,
    known: FxHashMap<u128, u16>,
    pub(super) is_left: bool,
}

/// Columns of one statement: texts, then dates, then conditions.
#[derive(Debug)]
pub(super) struct Taking {
    pub(super) texts: Vec<Texts>,
    pub(super) days: Vec<Days>,
    pub(super) combinations: Combinations,
    bits: Vec<usize>,
}

impl Codes {
    pub(super) fn bytes(&self) -> usize {
        let texts: usize = self.values.iter().flatten().map(|text| text.len() + size_of::<String>()).sum();
        self.rows.len() * size_of::<u16>() + texts
    }
}

impl Taking {
    /// So many columns of texts and of dates, and conditions with the bit of each.
    pub(super) fn new(texts: usize, days: usize, bits: Vec<usize>) -> Self {
        Self {
            texts: (0..texts).map(|_| Texts::default()).collect(),
            days: (0..days).map(|_| Days::default()).collect(),
            combinations: Combinations::default(),
            bits,
        }
    }

    /// Takes in the columns of one batch.
    ///
    /// # Errors
    /// There are others than were told.
    pub(super) fn take(&mut self, columns: &[ArrayRef], rows: usize) -> Result<(), MetricError> {
        let lost = || SqlError::Internal("a judged row lacks a column".to_owned());
        let (texts, rest) = columns.split_at_checked(self.texts.len()).ok_or_else(lost)?;
        let (days, conditions) = rest.split_at_checked(self.days.len()).ok_or_else(lost)?;
        for (taken, column) in self.texts.iter_mut().zip(texts) {
            taken.take(column.as_ref())?;
        }
        for (taken, column) in self.days.iter_mut().zip(days) {
            taken.take(column.as_ref());
        }
        if conditions.len() != self.bits.len() {
            return Err(lost().into());
        }
        self.combinations.take(self.bits.iter().copied().zip(conditions), rows)
    }
}

impl Texts {
    /// The number of a value; nothing when there are too many.
    pub(super) fn number_of(&mut self, text: Option<&str>) -> Option<u16> {
        let next = u16::try_from(self.codes.values.len()).ok();
        let Some(text) = text else {
            if self.none.is_none() {
                self.none = Some(next?);
                self.codes.values.push(None);
            }
            return self.none;
        };
        if let Some(code) = self.by_text.get(text) {
            return Some(*code);
        }
        let code = next?;
        self.by_text.insert(text.to_owned(), code);
        self.codes.values.push(Some(text.to_owned()));
        Some(code)
    }

    fn take(&mut self, column: &dyn Array) -> Result<(), MetricError> {
        if self.is_left || !is_text(column.data_type()) {
            self.leave();
            return Ok(());
        }
        let column = cast(column, &DataType::Utf8View)
            .map_err(|error| SqlError::Internal(format!("a dimension is no text: {error}")))?;
        let texts = column.as_string_view();
        self.by_view.clear();
        self.codes.rows.reserve(texts.len());
        let mut last: Option<(u128, u16)> = None;
        for (row, view) in texts.views().iter().enumerate() {
            let code = match last {
                Some((before, code)) if before == *view && texts.is_valid(row) => Some(code),
                _ => self.code(texts, row, *view),
            };
            let Some(code) = code else {
                self.leave();
                return Ok(());
            };
            last = texts.is_valid(row).then_some((*view, code));
            self.codes.rows.push(code);
        }
        Ok(())
    }

    fn code(&mut self, texts: &StringViewArray, row: usize, view: u128) -> Option<u16> {
        if texts.is_null(row) {
            return self.number_of(None);
        }
        if let Some(code) = self.by_view.get(&view) {
            return Some(*code);
        }
        let code = self.number_of(Some(texts.value(row)))?;
        self.by_view.insert(view, code);
        Some(code)
    }

    fn leave(&mut self) {
        self.is_left = true;
        self.codes.rows = Vec::new();
    }
}

impl Days {
    fn take(&mut self, column: &dyn Array) {
        match column.as_primitive_opt::<Date32Type>() {
            Some(found) if !self.is_left => {
                self.rows.extend(found.iter().map(|day| day.unwrap_or(NO_DAY)));
            }
            _ => (self.is_left, self.rows) = (true, Vec::new()),
        }
    }
}

impl Combinations {
    /// The number of a combination; nothing when there are too many.
    pub(super) fn number_of(&mut self, held: u128) -> Option<u16> {
        if let Some(code) = self.known.get(&held) {
            return Some(*code);
        }
        let code = u16::try_from(self.held.len()).ok()?;
        self.known.insert(held, code);
        self.held.push(held);
        Some(code)
    }

    fn take<'a>(
        &mut self,
        conditions: impl Iterator<Item = (usize, &'a ArrayRef)>,
        rows: usize,
    ) -> Result<(), MetricError> {
        let mut held = vec![0u128; rows];
        for (bit, column) in conditions {
            let column = column.as_boolean_opt();
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
        let mut last: Option<(u128, u16)> = None;
        for held in held {
            let code = match last {
                Some((before, code)) if before == held => Some(code),
                _ => self.number_of(held),
            };
            let Some(code) = code else {
                self.is_left = true;
                return Ok(());
            };
            last = Some((held, code));
            self.rows.push(code);
        }
        Ok(())
    }
}

fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}
