//! Some rows of a table in memory, as a table of its own.

use std::sync::Arc;

use arrow::array::{Int64Array, RecordBatch, UInt32Array};
use arrow::compute::{cast, concat_batches, take_record_batch};
use arrow::error::ArrowError;

use crate::domain::limits;
use crate::sql::held::Held;
use crate::sql::{SqlError, schema};

impl Held {
    /// The same table with some of its rows, told by how many stand before each, ascending. A column named
    /// `numbered` counts them from 0.
    ///
    /// # Errors
    /// There are not as many rows.
    pub fn at(&self, rows: &[usize], numbered: Option<&str>) -> Result<Self, SqlError> {
        let wrong = |error| SqlError::Internal(format!("rows that are not held: {error}"));
        let mut some = self.only(&self.holds().into_iter().collect());
        let (mut left, mut before) = (rows, 0);
        let mut gathered = Vec::new();
        for batch in self.batches() {
            let end = before + batch.num_rows();
            let (here, after) = left.split_at(left.partition_point(|row| *row < end));
            if here.is_empty() {
                before = end;
                continue;
            }
            let here: UInt32Array = here.iter().map(|row| u32::try_from(row - before).ok()).collect();
            gathered.push(take_record_batch(batch, &here).map_err(wrong)?);
            let waiting: usize = gathered.iter().map(RecordBatch::num_rows).sum();
            (left, before) = (after, end);
            if waiting >= limits::SQL_BATCH_ROWS || left.is_empty() {
                some.add(concat_batches(&self.schema, &gathered).map_err(wrong)?);
                gathered.clear();
            }
            if left.is_empty() {
                break;
            }
        }
        if !left.is_empty() {
            return Err(SqlError::Internal("a row is not held".to_owned()));
        }
        if let Some(name) = numbered {
            some.number(name).map_err(wrong)?;
        }
        Ok(some)
    }

    /// The same rows as one batch, in types every reader knows.
    ///
    /// # Errors
    /// As [`Held::at`].
    pub fn batch_at(&self, rows: &[usize]) -> Result<RecordBatch, SqlError> {
        let wrong = |error| SqlError::Internal(format!("rows that are not held: {error}"));
        let some = self.at(rows, None)?;
        let whole = concat_batches(&self.schema, some.batches()).map_err(wrong)?;
        schema::conform(&whole, &schema::plain_schema(&self.schema)).map_err(wrong)
    }

    /// Batches in the order in which they were added.
    fn batches(&self) -> impl Iterator<Item = &RecordBatch> {
        let width = self.parts.len().max(1);
        (0..self.next).filter_map(move |at| self.parts.get(at % width)?.get(at / width))
    }

    fn number(&mut self, name: &str) -> Result<(), ArrowError> {
        let place = self.schema.index_of(name)?;
        let (width, mut next) = (self.parts.len().max(1), 0i64);
        for at in 0..self.next {
            let batch = self.parts.get_mut(at % width).and_then(|part| part.get_mut(at / width));
            let Some(batch) = batch else { continue };
            let after = next + i64::try_from(batch.num_rows()).unwrap_or_default();
            let mut columns = batch.columns().to_vec();
            if let Some(column) = columns.get_mut(place) {
                *column = cast(&Int64Array::from_iter_values(next..after), column.data_type())?;
            }
            *batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)?;
            next = after;
        }
        Ok(())
    }
}
