//! Unit scorecards: every line of one formula asked on one snapshot, and what a unit says to each line.

use std::sync::Arc;

use crate::definition::scorecard::{Better, Counts, Line};
use crate::domain::limits::SCORE_EXPLANATIONS_MAX;
use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::metrics::MetricError;
use crate::metrics::ask::Asked;
use crate::metrics::compose;
use crate::metrics::measure::Measure;
use crate::metrics::scorecard::{Explanation, Scored};
use crate::rules::period::Period;
use crate::sql::encode::objects;

impl Engine {
    /// The scorecard `name` for the period of `asked`, or the last reporting quarter that has ended. Without a
    /// business date it stands on the last day of the period, or on today while the period goes on. With `unit`
    /// it is of that unit alone, with its explanations.
    ///
    /// # Errors
    /// There is no such formula or unit, or as [`Engine::measure`].
    pub fn scorecard(
        &self,
        name: &str,
        asked: &Asked,
        unit: Option<&str>,
        scope: &Scope,
    ) -> Result<Scored, EngineError> {
        let today = self.clock().today();
        let period = asked.period.clone().or_else(|| Period::last_quarter(today));
        let (catalog, asked) = self.closed(&Asked { period, ..asked.clone() })?;
        let Some(period) = asked.period.clone() else {
            return Err(MetricError::NeedsPeriod(name.to_owned()).into());
        };
        let formula = catalog.scorecard(name, period.from).map_err(MetricError::from)?.clone();
        let asked = Asked {
            by: vec![formula.peers.clone(), formula.by.clone()],
            as_of: asked.as_of.or(Some(period.to.min(today))),
            snapshot: asked.snapshot.or(Some(self.snapshot()?.version())),
            ..asked
        };
        let questions: Vec<([String; 1], Asked)> =
            formula.lines.iter().map(|line| ([line.metric.clone()], of_line(line, &asked))).collect();
        let asking: Vec<_> =
            questions.iter().map(|(names, asked)| (catalog.as_ref(), names.as_slice(), asked)).collect();
        let mut measures = Vec::new();
        for (answers, line) in self.measured(&asking, scope)?.into_iter().zip(&formula.lines) {
            let measure = answers.get(&line.metric).cloned();
            measures.push(measure.ok_or_else(|| MetricError::NoReceipt(line.metric.clone()))?);
        }
        let explanations = match unit {
            Some(unit) => Some(self.explanations(&formula.lines, &measures, (&formula.by, unit), scope)?),
            None => None,
        };
        let scored = Scored::new(formula, period, measures);
        match (unit, explanations) {
            (Some(unit), Some(explanations)) => Ok(scored.of_unit(unit, explanations)?),
            _ => Ok(scored),
        }
    }

    /// What `unit` says to each line, by record: of the rows that take from the line's share.
    fn explanations(
        &self,
        lines: &[Line],
        measures: &[Arc<Measure>],
        (by, unit): (&str, &str),
        scope: &Scope,
    ) -> Result<Vec<Vec<Explanation>>, EngineError> {
        let mut all = Vec::new();
        for (line, measure) in lines.iter().zip(measures) {
            let (Some(column), Some(metric)) = (&line.explained_by, &measure.query().metric) else {
                all.push(Vec::new());
                continue;
            };
            let mut inputs = measure.inputs().clone();
            inputs.by.clear();
            inputs.filters.insert(by.to_owned(), Some(unit.to_owned()));
            let is_counted = line.better == Better::Lower;
            let wanted = (column.as_str(), is_counted);
            let statement =
                compose::explained(measure.basis(), metric, &inputs, wanted, SCORE_EXPLANATIONS_MAX);
            let rows = objects(&self.run(&statement, measure.basis(), &inputs, scope)?)?;
            let text = |row: &serde_json::Value, name: &str| {
                row.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
            };
            let told = rows.iter().map(|row| Explanation {
                id: text(row, "id"),
                source_id: text(row, "source_id"),
                text: text(row, "explanation"),
            });
            all.push(told.collect());
        }
        Ok(all)
    }
}

/// What is asked of one line.
fn of_line(line: &Line, asked: &Asked) -> Asked {
    let mut filters = asked.filters.clone();
    filters.extend(line.only.iter().map(|(name, value)| (name.clone(), Some(value.clone()))));
    Asked {
        filters,
        period: asked.period.clone().filter(|_| line.counts == Counts::Period),
        select: line.selects.clone(),
        ..asked.clone()
    }
}
