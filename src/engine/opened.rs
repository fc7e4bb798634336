//! The rows behind a figure, a page at a time: from what is kept of the basis, else by a statement.
//!
//! Both give the same rows in the same order; a property test holds them equal. What is kept answers when the
//! basis was judged for this date already and a page lists its rows, so that a page never waits for a statement
//! over the tables to show a few lines.

use arrow::array::RecordBatch;

use crate::definition::kept;
use crate::definition::metric::{Basis, Metric};
use crate::definition::query::Query;
use crate::domain::limits::FIGURE_ROWS_PER_PAGE;
use crate::domain::record::Value;
use crate::domain::scope::Scope;
use crate::engine::kept::over;
use crate::engine::{Engine, EngineError};
use crate::metrics::MetricError;
use crate::metrics::ask::Inputs;
use crate::metrics::compose::{self, Side};
use crate::metrics::first::{First, whole};

/// One page of the rows behind a figure.
#[derive(Debug, Clone)]
pub struct FigureRows {
    /// Names of the columns, in order.
    pub columns: Vec<String>,
    /// The rows.
    pub batches: Vec<RecordBatch>,
}

/// What is opened.
struct Opening<'a> {
    basis: &'a Query,
    of: &'a Basis,
    metric: &'a Metric,
    inputs: &'a Inputs,
    side: Side,
    /// Rows left out, and rows at most.
    part: (usize, usize),
    scope: &'a Scope,
}

impl Engine {
    /// The rows behind a figure: those of `filters` among the rows of `inputs`, `skip` left out.
    ///
    /// # Errors
    /// As [`Engine::measure`].
    pub fn figure_rows(
        &self,
        inputs: &Inputs,
        side: Side,
        skip: usize,
        scope: &Scope,
    ) -> Result<FigureRows, EngineError> {
        self.opened(inputs, side, (skip, FIGURE_ROWS_PER_PAGE), scope)
    }

    /// The first `count` rows behind a figure.
    ///
    /// # Errors
    /// As [`Engine::measure`].
    pub fn first_rows(
        &self,
        inputs: &Inputs,
        side: Side,
        count: usize,
        scope: &Scope,
    ) -> Result<FigureRows, EngineError> {
        self.opened(inputs, side, (0, count.min(FIGURE_ROWS_PER_PAGE)), scope)
    }

    fn opened(
        &self,
        inputs: &Inputs,
        side: Side,
        part: (usize, usize),
        scope: &Scope,
    ) -> Result<FigureRows, EngineError> {
        let catalog = self.catalog_of(&inputs.definitions)?;
        let (query, basis) = catalog.metric(&inputs.metric).map_err(MetricError::from)?;
        let (Some(metric), Some(of)) = (&query.metric, &basis.basis) else {
            return Err(MetricError::NoReceipt(inputs.metric.clone()).into());
        };
        compose::check(of, inputs)?;
        let opening = Opening { basis, of, metric, inputs, side, part, scope };
        let kept = self.opened_from_kept(&opening).unwrap_or_else(|error| {
            tracing::warn!(%error, basis = basis.name, "its rows are opened by a statement");
            None
        });
        let batches = match kept {
            Some(batches) => batches,
            None => self.run(&opening.statement(), basis, inputs, scope)?,
        };
        Ok(FigureRows { columns: compose::shown(of), batches })
    }

    fn opened_from_kept(&self, opening: &Opening<'_>) -> Result<Option<Vec<RecordBatch>>, EngineError> {
        let Opening { basis, inputs, scope, .. } = opening;
        if opening.of.spans_period {
            return Ok(None);
        }
        if let Some(held) = self.kept_tables(basis, inputs, scope)? {
            let bound = self.bound(basis, inputs, scope)?;
            let statement = bound.over_rows(&opening.statement(), &|_| true).sql;
            let values = bound.values();
            return Ok(Some(over(&bound, &held, &values).rows(&kept::split(&statement).rest)?));
        }
        let Some(judged) = self.judged_before(basis, inputs, scope)? else { return Ok(None) };
        let first = First::of(&judged, opening.metric, inputs, opening.side, opening.part)?;
        first.filter(|first| !first.is_empty()).map_or(Ok(None), |first| self.read(opening, first))
    }

    /// What is shown of rows that are known; nothing when not all of it can be told.
    fn read(&self, opening: &Opening<'_>, mut first: First) -> Result<Option<Vec<RecordBatch>>, EngineError> {
        let bound = self.bound(opening.basis, opening.inputs, opening.scope)?;
        let own = over(&bound, &[], &[]).rows(&first.own(&opening.of.dataset))?;
        if whole(&own).and_then(|own| first.take_own(&own)).is_none() {
            return Ok(None);
        }
        for many in &opening.of.many {
            let (statement, keys) = first.several(many);
            let keys: Vec<(&str, Value)> =
                keys.iter().map(|(name, key)| (name.as_str(), key.clone())).collect();
            let found = over(&bound, &[], &keys).rows(&statement)?;
            if whole(&found).and_then(|found| first.take_several(many, &found)).is_none() {
                return Ok(None);
            }
        }
        Ok(first.joined(&compose::shown(opening.of)).map(|rows| vec![rows]))
    }
}

impl Opening<'_> {
    fn statement(&self) -> Query {
        compose::opening(self.basis, self.metric, self.inputs, self.side, self.part)
    }
}
