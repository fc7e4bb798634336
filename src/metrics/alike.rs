//! Rows that judging cannot tell apart on a business date, of which one is judged for all.
//!
//! What a statement reads of each row is told by its plan ([`crate::sql::reads`]). Rows with the same values in
//! the columns that are read whole are one group, made once for a snapshot. On a date a group is divided by what
//! is only set against it: each such day is before, on or after it, or is not there. Two rows of one share of a
//! group get the same answer from any statement that reads no more of them than that.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Int32Type, Int64Type};
use arrow::row::{RowConverter, SortField};
use rustc_hash::FxHashMap;

use crate::domain::limits::figures::{ALIKE_CELLS_MAX, ALIKE_GROUPS_MAX, ALIKE_LEAST};
use crate::metrics::taking::NO_DAY;
use crate::sql::SqlError;
use crate::sql::reads::Reads;

/// Ways in which a day may stand to the business date: not there, before, on, after.
const SIDES: usize = 4;
/// The group of rows that no other is like; each of them is one by itself.
const ALONE: u32 = u32::MAX;
/// Rows looked at in turn, so that what is told of them stays near.
const BLOCK: usize = 4096;

/// Columns of days by name, shared by all who set them against a date.
pub(super) type DayColumns = HashMap<String, Arc<Vec<i32>>>;

/// Groups of rows.
#[derive(Debug, Clone)]
pub(super) struct Alike {
    /// For each row the number of its group, or [`ALONE`].
    groups: Vec<u32>,
    /// How many groups of several rows there are.
    width: usize,
    /// How many rows are alone.
    alone: usize,
    /// Columns that divide a group on a date.
    dated: Vec<Arc<Vec<i32>>>,
}

/// The rows that are judged on a date, and for which others.
#[derive(Debug)]
pub struct Likeness {
    /// The first row of each share, ascending.
    rows: Vec<usize>,
    /// For each row the number of the one that is judged for it.
    of_row: Vec<u32>,
}

/// Takes rows in.
#[derive(Debug)]
pub(super) struct Grouping {
    whole: Vec<String>,
    dated: Vec<String>,
    converter: RowConverter,
    known: FxHashMap<Box<[u8]>, u32>,
    groups: Vec<u32>,
    is_left: bool,
}

impl Grouping {
    /// Nothing taken yet of rows with `columns`; nothing at all when one that is read is not among them.
    pub(super) fn new(reads: &Reads, columns: &[(String, DataType)]) -> Option<Self> {
        let kind = |name: &String| columns.iter().find(|(known, _)| known == name).map(|(_, kind)| kind);
        let (mut whole, mut dated) = (reads.whole.clone(), Vec::new());
        for name in &reads.dated {
            match kind(name)? {
                DataType::Date32 | DataType::Int32 | DataType::Int64 => dated.push(name.clone()),
                _ => drop(whole.insert(name.clone())),
            }
        }
        let whole: Vec<String> = whole.into_iter().collect();
        let fields = whole.iter().map(|name| Some(SortField::new(kind(name)?.clone())));
        let converter = RowConverter::new(fields.collect::<Option<Vec<_>>>()?).ok()?;
        let (known, groups) = (FxHashMap::default(), Vec::new());
        Some(Self { whole, dated, converter, known, groups, is_left: false })
    }

    /// Takes a batch in; its days that are set against a date go to `days`.
    ///
    /// # Errors
    /// The batch has other columns.
    pub(super) fn take(&mut self, batch: &RecordBatch) -> Result<(), SqlError> {
        if self.is_left || self.whole.is_empty() {
            self.groups.resize(self.groups.len() + batch.num_rows(), 0);
            return Ok(());
        }
        let columns = self.whole.iter().map(|name| batch.column_by_name(name).cloned());
        let columns = columns.collect::<Option<Vec<ArrayRef>>>().ok_or_else(lost)?;
        let rows = self.converter.convert_columns(&columns);
        let rows = rows.map_err(|error| SqlError::Internal(format!("rows that cannot be told: {error}")))?;
        self.groups.reserve(batch.num_rows());
        for row in &rows {
            let group = match self.known.get(row.as_ref()) {
                Some(group) => *group,
                None => {
                    let next = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
                    self.known.insert(row.as_ref().into(), next);
                    next
                }
            };
            self.groups.push(group);
        }
        if self.known.len() > ALIKE_GROUPS_MAX {
            (self.is_left, self.known) = (true, FxHashMap::default());
        }
        Ok(())
    }

    /// Columns that are set against a date.
    pub(super) fn dated(&self) -> &[String] {
        &self.dated
    }

    /// All rows are taken; nothing when there are too many groups to be of use.
    pub(super) fn end(self, days: &DayColumns) -> Option<Alike> {
        let dated = self.dated.iter().map(|name| days.get(name).cloned());
        let dated = dated.collect::<Option<Vec<_>>>()?;
        let alike = Alike::of(self.groups, self.known.len().max(1), dated);
        (!self.is_left && alike.is_of_use()).then_some(alike)
    }
}

impl Alike {
    /// Groups that are numbered below `count`; rows that are the only one of theirs are alone.
    fn of(mut groups: Vec<u32>, count: usize, dated: Vec<Arc<Vec<i32>>>) -> Self {
        let at = |group: u32| usize::try_from(group).unwrap_or(usize::MAX);
        let mut sizes = vec![0usize; count];
        for group in &groups {
            if let Some(size) = sizes.get_mut(at(*group)) {
                *size += 1;
            }
        }
        let mut numbers = vec![ALONE; count];
        let several = numbers.iter_mut().zip(&sizes).filter(|(_, size)| **size > 1);
        let width = (0u32..).zip(several).map(|(next, (number, _))| *number = next).count();
        groups.iter_mut().for_each(|group| *group = numbers.get(at(*group)).copied().unwrap_or(ALONE));
        let alone = groups.iter().filter(|group| **group == ALONE).count();
        Self { groups, width, alone, dated }
    }

    /// Both at once: rows alike in one and in the other; nothing when that makes more groups than the two have, so
    /// that each is better judged by itself.
    pub(super) fn with(&self, other: &Self) -> Option<Self> {
        let most = self.groups_and_rows() + other.groups_and_rows() + ALIKE_LEAST;
        let (mut known, mut alone) = (FxHashMap::default(), 0);
        let mut groups = Vec::with_capacity(self.groups.len());
        for pair in self.groups.iter().copied().zip(other.groups.iter().copied()) {
            if pair.0 == ALONE || pair.1 == ALONE {
                alone += 1;
                groups.push(ALONE);
            } else {
                let next = u32::try_from(known.len()).ok()?;
                groups.push(*known.entry(pair).or_insert(next));
            }
            if known.len() + alone > most {
                return None;
            }
        }
        let mut dated = self.dated.clone();
        for days in &other.dated {
            if !dated.iter().any(|known| Arc::ptr_eq(known, days)) {
                dated.push(Arc::clone(days));
            }
        }
        Some(Self::of(groups, known.len(), dated)).filter(Self::is_of_use)
    }

    /// The rows to be judged on a day; nothing when those are most of them.
    pub(super) fn on(&self, day: i32) -> Option<Likeness> {
        let sides = u32::try_from(SIDES).ok()?;
        let mut numbers = vec![ALONE; self.cells()?];
        let (mut rows, mut of_row) = (Vec::new(), Vec::with_capacity(self.groups.len()));
        let mut cells = Vec::with_capacity(BLOCK);
        for groups in self.groups.chunks(BLOCK) {
            let from = of_row.len();
            cells.clear();
            cells.extend_from_slice(groups);
            for days in &self.dated {
                let days = days.get(from..).unwrap_or_default();
                for (cell, of) in cells.iter_mut().zip(days) {
                    *cell = cell.wrapping_mul(sides) + side(*of, day);
                }
            }
            for (row, (cell, group)) in (from..).zip(cells.iter().zip(groups)) {
                let next = u32::try_from(rows.len()).ok()?;
                let mut alone = ALONE;
                let number = match *group {
                    ALONE => &mut alone,
                    _ => numbers.get_mut(usize::try_from(*cell).ok()?)?,
                };
                if *number == ALONE {
                    *number = next;
                    rows.push(row);
                }
                of_row.push(*number);
            }
        }
        (rows.len() <= self.groups.len() / 2 + ALIKE_LEAST).then_some(Likeness { rows, of_row })
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.groups.as_slice())
    }

    fn groups_and_rows(&self) -> usize {
        self.width + self.alone
    }

    fn cells(&self) -> Option<usize> {
        let sides = self.dated.iter().try_fold(1usize, |sides, _| sides.checked_mul(SIDES));
        sides?.checked_mul(self.width).filter(|cells| *cells <= ALIKE_CELLS_MAX)
    }

    fn is_of_use(&self) -> bool {
        self.cells().is_some() && self.groups_and_rows() <= self.groups.len() / 2 + ALIKE_LEAST
    }
}

impl Likeness {
    /// The rows that are judged.
    #[must_use]
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// `of` the judged rows, for all rows.
    pub(super) fn spread<T: Copy + Default>(&self, of: &[T]) -> Vec<T> {
        let value = |number: &u32| usize::try_from(*number).ok().and_then(|at| of.get(at)).copied();
        self.of_row.iter().map(|number| value(number).unwrap_or_default()).collect()
    }
}

/// Adds the days of a batch to the columns `names`.
///
/// # Errors
/// It has none of that name.
pub(super) fn take_days<'a>(
    days: &mut HashMap<String, Vec<i32>>,
    names: impl Iterator<Item = &'a String>,
    batch: &RecordBatch,
) -> Result<(), SqlError> {
    for name in names {
        let column = batch.column_by_name(name).ok_or_else(lost)?;
        let all = days.entry(name.clone()).or_default();
        let near = |number: i64| i32::try_from(number.clamp(-i64::from(i32::MAX), i64::from(i32::MAX)));
        match column.data_type() {
            DataType::Date32 => {
                all.extend(column.as_primitive::<Date32Type>().iter().map(|day| day.unwrap_or(NO_DAY)));
            }
            DataType::Int32 => {
                all.extend(column.as_primitive::<Int32Type>().iter().map(|day| day.unwrap_or(NO_DAY)));
            }
            _ => {
                let numbers = column.as_primitive_opt::<Int64Type>().ok_or_else(lost)?.iter();
                all.extend(numbers.map(|day| day.and_then(|day| near(day).ok()).unwrap_or(NO_DAY)));
            }
        }
    }
    Ok(())
}

fn side(of: i32, day: i32) -> u32 {
    u32::from(of != NO_DAY) + u32::from(of != NO_DAY && of >= day) + u32::from(of > day)
}

fn lost() -> SqlError {
    SqlError::Internal("a kept row lacks a column".to_owned())
}

#[cfg(test)]
mod tests;
