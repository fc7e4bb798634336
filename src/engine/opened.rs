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
use crate::sql::held::Over;

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
        let Some(first) = First::of(&judged, opening.metric, inputs, opening.side, opening.part) else {
            return Ok(None);
        };
        if first.is_empty() {
            return Ok(None);
        }
        self.read(opening, &first)
    }

    /// What is shown of rows whose places are known.
    fn read(&self, opening: &Opening<'_>, first: &First) -> Result<Option<Vec<RecordBatch>>, EngineError> {
        let bound = self.bound(opening.basis, opening.inputs, opening.scope)?;
        let values = bound.values();
        let held = over(&bound, first.kept().held(), &values);
        let decided = bound.over_rows(&first.decided(opening.basis), &|_| true).sql;
        let some = first.held()?;
        let some = over(&bound, &some, &values);
        let decided = || some.rows(&kept::split(&decided).rest);
        // What a date decides is for the most part the plan of its statement, and the rest is reading.
        let (own, decided) = std::thread::scope(|scope| {
            let decided = scope.spawn(decided);
            let own = self.own(opening, first, &held);
            (own, decided.join().unwrap_or_else(|_| Ok(Vec::new())))
        });
        let (Some((own, several)), Some(decided)) = (own?, whole(&decided?)) else { return Ok(None) };
        let names = compose::shown(opening.of);
        Ok(first.joined(&names, &own, &decided, &several).map(|rows| vec![rows]))
    }

    /// What no date changes of the rows, and what they have several of.
    fn own(
        &self,
        opening: &Opening<'_>,
        first: &First,
        held: &Over<'_>,
    ) -> Result<Option<(RecordBatch, Vec<(String, RecordBatch)>)>, EngineError> {
        let Some(own) = whole(&held.rows(&first.own())?) else { return Ok(None) };
        let bound = self.bound(opening.basis, opening.inputs, opening.scope)?;
        let mut several = Vec::new();
        for many in &opening.of.many {
            let (statement, keys) = first.several(many, &own);
            let keys: Vec<(&str, Value)> =
                keys.iter().map(|(name, key)| (name.as_str(), key.clone())).collect();
            let Some(found) = whole(&over(&bound, &[], &keys).rows(&statement)?) else { return Ok(None) };
            several.push((many.name.clone(), found));
        }
        Ok(Some((own, several)))
    }
}

impl Opening<'_> {
    fn statement(&self) -> Query {
        compose::opening(self.basis, self.metric, self.inputs, self.side, self.part)
    }
}
