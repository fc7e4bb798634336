//! Two systems side by side: figures of the four outcomes, their trend, and why a figure differs.
//!
//! Which records are one matter, and what is told of those without a match, is decided in
//! `queries/matched_*.sql` and `queries/compared_*.sql` alone; here the questions are put. A difference between
//! the systems in some metric is explained by the records that count in one system and not in the other, each
//! listed once: those counted only in the old less those counted only in the new are the difference, always.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value as Json;

use crate::domain::commit::CommitVersion;
use crate::domain::limits::{PLAN_ROWS_MAX, TREND_COMMITS_MAX};
use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::metrics::MetricError;
use crate::metrics::ask::{Asked, Inputs};
use crate::metrics::compose::{self, Side};
use crate::metrics::measure::Measure;
use crate::sql::encode::objects;

/// Outcomes of a comparison, by the names of their metrics, in the order they are told.
pub const OUTCOMES: [&str; 5] = ["same", "differing", "only_old", "only_new", "unexplained"];
/// Table without which no source of record is chosen.
const RECORD: &str = "sources_of_record";

/// Two systems of a dataset.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// The dataset.
    pub dataset: &'a str,
    /// The system that was there first.
    pub old: &'a str,
    /// The system that comes after it.
    pub new: &'a str,
}

/// Figures of a comparison as of one commit.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The commit.
    pub commit: CommitVersion,
    /// A measure for each of [`OUTCOMES`].
    pub measures: Vec<Arc<Measure>>,
}

/// Why a metric differs between two systems.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The metric, as it counts all systems.
    pub measure: Arc<Measure>,
    /// Counted in the old system.
    pub old: usize,
    /// Counted in the new system.
    pub new: usize,
    /// Records that count in one system only.
    pub lines: Vec<Difference>,
}

/// A record that counts in one of two systems only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Whether it counts in the old system.
    pub in_old: bool,
    /// Why: the reason of a missing match, or `differs`.
    pub reason: String,
    /// The record, in the system where it counts or, in a matched pair, in the old one.
    pub id: String,
    /// The record it is matched with.
    pub other_id: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its unit, as far as it is told.
    pub unit: Option<String>,
    /// Fields in which the two records differ.
    pub differences: Option<String>,
}

/// The label of a reason.
#[must_use]
pub fn reason_key(reason: &str) -> &'static str {
    match reason {
        "key_missing" => "parallel.reason.key_missing",
        "not_entered" => "parallel.reason.not_entered",
        "before_start" => "parallel.reason.before_start",
        "unit_missing" => "parallel.reason.unit_missing",
        "differs" => "parallel.reason.differs",
        _ => "parallel.reason.unexplained",
    }
}

impl Explained {
    /// Old less new.
    #[must_use]
    pub fn difference(&self) -> i64 {
        signed(self.old) - signed(self.new)
    }

    /// How many records count in the old system only, and how many in the new only.
    #[must_use]
    pub fn sides(&self) -> (usize, usize) {
        let old = self.lines.iter().filter(|line| line.in_old).count();
        (old, self.lines.len() - old)
    }
}

impl Engine {
    /// The figures of a comparison, one measure for each of [`OUTCOMES`].
    ///
    /// # Errors
    /// The dataset is not compared, a dimension is not there, or a table is damaged.
    pub fn parallel(&self, pair: Pair<'_>, asked: &Asked, scope: &Scope) -> Result<Compared, EngineError> {
        let names: Vec<String> = OUTCOMES.iter().map(|outcome| metric_of(pair, outcome)).collect();
        let asked = of_pair(pair, asked);
        let mut measures = self.figures(&names, &asked, scope)?;
        let taken: Vec<Arc<Measure>> = names.iter().filter_map(|name| measures.remove(name)).collect();
        let first = taken.first().ok_or_else(|| MetricError::NoReceipt(metric_of(pair, "same")))?;
        Ok(Compared { commit: first.inputs().snapshot, measures: taken })
    }

    /// The same figures as of each of the last `commits` commits, oldest first.
    ///
    /// # Errors
    /// As [`Engine::parallel`].
    pub fn parallel_trend(
        &self,
        pair: Pair<'_>,
        asked: &Asked,
        commits: usize,
        scope: &Scope,
    ) -> Result<Vec<Compared>, EngineError> {
        let newest = self.snapshot()?.version().0;
        let oldest = newest.saturating_sub((commits.clamp(1, TREND_COMMITS_MAX) - 1) as u64);
        let at = |commit| Asked { snapshot: Some(CommitVersion(commit)), by: Vec::new(), ..asked.clone() };
        (oldest..=newest).map(|commit| self.parallel(pair, &at(commit), scope)).collect()
    }

    /// The systems that sent records of `dataset`, by name.
    ///
    /// # Errors
    /// As [`Engine::parallel`].
    pub fn systems_of(
        &self,
        dataset: &str,
        asked: &Asked,
        scope: &Scope,
    ) -> Result<Vec<String>, EngineError> {
        let pair = Pair { dataset, old: "", new: "" };
        let asked = Asked { by: vec!["old_system".to_owned()], ..asked.clone() };
        let measure = self.measure(&metric_of(pair, "same"), &asked, scope)?;
        Ok(measure.figures().iter().filter_map(|figure| figure.key.first().cloned().flatten()).collect())
    }

    /// Why `metric` differs between the two systems: the records that count in one of them only. Each system is
    /// counted by itself, whatever the source of record.
    ///
    /// # Errors
    /// As [`Engine::parallel`]; there is no such metric, it counts another dataset, or there are more rows than
    /// one answer may have.
    pub fn explain(
        &self,
        pair: Pair<'_>,
        metric: &str,
        asked: &Asked,
        scope: &Scope,
    ) -> Result<Explained, EngineError> {
        let snapshot = self.snapshot()?;
        let catalog = Arc::clone(snapshot.catalog());
        let at = asked.snapshot.unwrap_or(snapshot.version());
        let asked = Asked { snapshot: Some(at), by: Vec::new(), ..asked.clone() };
        let measure = self.measure(metric, &asked, scope)?;
        let (query, basis) = catalog.metric(metric).map_err(MetricError::from)?;
        let (Some(definition), Some(of)) = (&query.metric, &basis.basis) else {
            return Err(MetricError::NoReceipt(metric.to_owned()).into());
        };
        if of.dataset != pair.dataset {
            let wrong = MetricError::Wrong { given: metric.to_owned(), expected: "a metric of this dataset" };
            return Err(wrong.into());
        }
        let statement = compose::membership(basis, definition, measure.inputs());
        let batches = self.run_over((&statement, basis), measure.inputs(), &|name| name != RECORD, scope)?;
        let counted = counted_ids(&objects(&batches)?);
        let sides = self.compared_rows(pair, &asked, scope)?;
        Ok(explained(measure, &counted, &sides))
    }

    /// Every row of the comparison, matched or not.
    fn compared_rows(&self, pair: Pair<'_>, asked: &Asked, scope: &Scope) -> Result<Vec<Json>, EngineError> {
        let catalog = Arc::clone(self.snapshot()?.catalog());
        let name = metric_of(pair, "same");
        let plain = Asked { filters: BTreeMap::new(), period: None, select: None, ..asked.clone() };
        let inputs: Inputs = self.decided(&catalog, &name, &of_pair(pair, &plain), scope)?;
        let (query, basis) = catalog.metric(&name).map_err(MetricError::from)?;
        let metric = query.metric.as_ref().ok_or_else(|| MetricError::NoReceipt(name.clone()))?;
        let statement = compose::opening(basis, metric, &inputs, Side::Denominator, (0, PLAN_ROWS_MAX));
        Ok(objects(&self.run(&statement, basis, &inputs, scope)?)?)
    }
}

fn metric_of(pair: Pair<'_>, outcome: &str) -> String {
    format!("parallel_{}_{outcome}_of_all", pair.dataset)
}

fn of_pair(pair: Pair<'_>, asked: &Asked) -> Asked {
    let mut asked = asked.clone();
    for (name, system) in [("old_system", pair.old), ("new_system", pair.new)] {
        asked.filters.insert(name.to_owned(), Some(system.to_owned()));
    }
    asked
}

/// Ids of the rows that count above the line.
fn counted_ids(rows: &[Json]) -> BTreeSet<String> {
    let counts = |row: &&Json| row.get("counted").and_then(Json::as_bool).unwrap_or_default();
    rows.iter().filter(counts).filter_map(|row| text(row, "id")).collect()
}

fn explained(measure: Arc<Measure>, counted: &BTreeSet<String>, sides: &[Json]) -> Explained {
    let (mut old, mut new, mut lines) = (0, 0, Vec::new());
    for row in sides {
        let Some(id) = text(row, "id") else { continue };
        let other_id = text(row, "other_id");
        let counts = |id: &Option<String>| id.as_ref().is_some_and(|id| counted.contains(id));
        let is_new_only = text(row, "class").as_deref() == Some("only_new");
        let here = counted.contains(&id);
        let (in_old, in_new) = if is_new_only { (false, here) } else { (here, counts(&other_id)) };
        old += usize::from(in_old);
        new += usize::from(in_new);
        if in_old != in_new {
            lines.push(Difference {
                in_old,
                reason: text(row, "reason").unwrap_or_else(|| "differs".to_owned()),
                id,
                other_id,
                title: text(row, "title"),
                unit: text(row, "unit"),
                differences: text(row, "differences"),
            });
        }
    }
    lines.sort_by(|a, b| b.in_old.cmp(&a.in_old).then_with(|| a.cmp(b)));
    Explained { measure, old, new, lines }
}

fn text(row: &Json, name: &str) -> Option<String> {
    row.get(name).and_then(Json::as_str).map(str::to_owned)
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
