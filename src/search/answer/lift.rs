//! Newer rows lifted, when that was asked for.
//!
//! A row keeps its score and gets a share of it on top, the larger the newer it is; a row without a date
//! is not lifted, and one with a date to come counts as of today. Only rows that were put in order anew are lifted, so
//! that a page further on continues the one before.

use chrono::NaiveDate;
use tantivy::columnar::Column;

use crate::domain::civil::epoch_days;
use crate::domain::limits::{RECENCY_HALF_DAYS, RECENCY_LIFT, RERANK_DEPTH};
use crate::search::SearchError;
use crate::search::collect::{Found, sort};
use crate::search::order::Order;
use crate::search::reader::Reader;
use crate::search::request::{Recency, Request};
use crate::search::schema::Fields;

/// By what rows are lifted.
pub(super) struct Lift {
    column: String,
    as_of: NaiveDate,
}

impl Lift {
    /// The lift that `request` asks for.
    ///
    /// # Errors
    /// The dataset does not say how old a row is.
    pub(super) fn of(fields: &Fields, request: &Request, order: &Order) -> Result<Option<Self>, SearchError> {
        let Some(as_of) = request.today.filter(|_| request.recency) else { return Ok(None) };
        let column = fields.recency.clone().ok_or_else(|| SearchError::Column {
            column: "recency".to_owned(),
            problem: "is not said in the dataset's definition, so newer rows cannot be lifted",
            suggestion: String::new(),
        })?;
        Ok((*order == Order::Relevance).then_some(Self { column, as_of }))
    }

    /// Lifts the best of `rows` and puts them in order.
    pub(super) fn apply(&self, reader: &Reader, rows: &mut [Found]) -> Result<(), SearchError> {
        let best = rows.len().min(RERANK_DEPTH);
        let best = rows.get_mut(..best).unwrap_or_default();
        let segments = reader.searcher().segment_readers().iter();
        let dates = segments.map(|segment| segment.fast_fields().column_opt::<i64>(&self.column));
        let dates: Vec<Option<Column<i64>>> =
            dates.collect::<tantivy::Result<_>>().map_err(|error| reader.error(error))?;
        for found in best.iter_mut() {
            let segment = usize::try_from(found.address.segment_ord).unwrap_or(usize::MAX);
            let column = dates.get(segment).and_then(Option::as_ref);
            let share =
                column.and_then(|column| column.first(found.address.doc_id)).map(|day| self.share(day));
            found.score *= 1.0 + RECENCY_LIFT * share.unwrap_or(0.0);
        }
        sort(best, &Order::Relevance);
        Ok(())
    }

    /// What the answer says of it.
    pub(super) fn told(&self) -> Recency {
        Recency { column: self.column.clone(), as_of: self.as_of }
    }

    /// 1 for a row of today, half after [`RECENCY_HALF_DAYS`].
    #[expect(clippy::cast_precision_loss, reason = "days of an age, of which a power follows")]
    fn share(&self, day: i64) -> f32 {
        let age = i64::from(epoch_days(self.as_of)).saturating_sub(day).max(0);
        0.5f32.powf(age as f32 / RECENCY_HALF_DAYS)
    }
}
