//! Figures: a question to the metric layer on one snapshot, answered once and kept.
//!
//! The as-of date says which completions and due dates count; the snapshot says what was known. They are
//! two kinds of time and both travel with the answer. A snapshot never changes, so an answer is kept by
//! scope, snapshot and question, and those who ask the same at once wait for one answer.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::RecordBatch;
use sha2::{Digest, Sha256};

use crate::definition::catalog::Catalog;
use crate::definition::query::Query;
use crate::domain::commit::CommitVersion;
use crate::domain::limits::{FIGURE_ROWS_PER_PAGE, MEASURES_KEPT, METRIC_DIMENSIONS_MAX};
use crate::domain::record::Value;
use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::metrics::MetricError;
use crate::metrics::ask::{Asked, Inputs};
use crate::metrics::compose::{self, Counted, Side};
use crate::metrics::measure::{self, Measure, Subject};
use crate::metrics::report::Reported;
use crate::sql::job::Table;
use crate::sql::vetted;
use crate::store::StoreError;
use crate::store::commit;

/// Answers by question, each behind a lock of its own: whoever asks the same waits for it.
pub(super) type Kept = Mutex<HashMap<String, Arc<Mutex<Option<Answers>>>>>;
type Answers = BTreeMap<String, Arc<Measure>>;

/// One page of the rows behind a figure.
#[derive(Debug, Clone)]
pub struct FigureRows {
    /// Names of the columns, in order.
    pub columns: Vec<String>,
    /// The rows.
    pub batches: Vec<RecordBatch>,
}

impl Engine {
    /// The figures of the metric `name`.
    ///
    /// # Errors
    /// There is no such metric, dimension or snapshot, a table is damaged, or the ledger cannot be written.
    pub fn measure(&self, name: &str, asked: &Asked, scope: &Scope) -> Result<Arc<Measure>, EngineError> {
        let (catalog, asked) = self.closed(asked)?;
        let mut answers = self.measures(&catalog, &[name.to_owned()], &asked, scope)?;
        answers.remove(name).ok_or_else(|| MetricError::NoReceipt(name.to_owned()).into())
    }

    /// The figures of several metrics on one snapshot, by name; metrics of one basis are counted together.
    ///
    /// # Errors
    /// As [`Engine::measure`].
    pub fn figures(
        &self,
        names: &[String],
        asked: &Asked,
        scope: &Scope,
    ) -> Result<BTreeMap<String, Arc<Measure>>, EngineError> {
        let (catalog, asked) = self.closed(asked)?;
        self.measures(&catalog, names, &asked, scope)
    }

    /// The report `name`; its dimension stands in for that of the question.
    ///
    /// # Errors
    /// As [`Engine::measure`].
    pub fn report(&self, name: &str, asked: &Asked, scope: &Scope) -> Result<Reported, EngineError> {
        let (catalog, asked) = self.closed(asked)?;
        let query = catalog.query(name)?.clone();
        let Some(report) = query.report.clone() else {
            return Err(
                MetricError::from(catalog.metric(name).err().unwrap_or_else(|| no_report(name))).into()
            );
        };
        let mut names: Vec<String> = report.columns.iter().map(|column| column.metric.clone()).collect();
        names.sort();
        names.dedup();
        let asked = Asked { by: report.by.iter().cloned().collect(), ..asked.clone() };
        let measures = self.measures(&catalog, &names, &asked, scope)?;
        Ok(Reported::new(query, report, measures))
    }

    /// The definitions and the question; for a frozen period those it was frozen under, when the question
    /// names neither date nor snapshot.
    pub(super) fn closed(&self, asked: &Asked) -> Result<(Arc<Catalog>, Asked), EngineError> {
        let is_open = asked.as_of.is_none() && asked.snapshot.is_none();
        let frozen = match &asked.period {
            Some(period) if is_open => self.frozen(&period.name)?,
            _ => None,
        };
        Ok(match frozen {
            None => (Arc::clone(self.snapshot()?.catalog()), asked.clone()),
            Some(frozen) => {
                let (as_of, snapshot) = (Some(frozen.as_of), Some(frozen.snapshot));
                (self.catalog_of(&frozen.definitions)?, Asked { as_of, snapshot, ..asked.clone() })
            }
        })
    }

    /// Figures of metrics of one basis under the definitions of `catalog`, by metric.
    pub(super) fn measures(
        &self,
        catalog: &Catalog,
        names: &[String],
        asked: &Asked,
        scope: &Scope,
    ) -> Result<Answers, EngineError> {
        let snapshot = asked.snapshot.unwrap_or(self.snapshot()?.version());
        let asked = Asked { snapshot: Some(snapshot), ..asked.clone() };
        let mut inputs = Vec::new();
        for name in names {
            inputs.push(self.decided(catalog, name, &asked, scope)?);
        }
        let texts: Vec<String> = inputs.iter().map(Inputs::text).collect();
        let slot = {
            let mut kept = self.measures.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() >= MEASURES_KEPT {
                kept.clear();
            }
            let key = format!("{}|{}", scope.sees_personal, texts.join("|"));
            Arc::clone(kept.entry(key).or_default())
        };
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answers) = slot.as_ref() {
            return Ok(answers.clone());
        }
        let answers = self.count(catalog, inputs, scope)?;
        *slot = Some(answers.clone());
        Ok(answers)
    }

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
        let catalog = self.catalog_of(&inputs.definitions)?;
        let (query, basis) = catalog.metric(&inputs.metric).map_err(MetricError::from)?;
        let (Some(metric), Some(of)) = (&query.metric, &basis.basis) else {
            return Err(MetricError::NoReceipt(inputs.metric.clone()).into());
        };
        compose::check(of, inputs)?;
        let statement = compose::opening(basis, metric, inputs, side, (skip, FIGURE_ROWS_PER_PAGE));
        let batches = self.run(&statement, basis, inputs, scope)?;
        Ok(FigureRows { columns: compose::shown(of), batches })
    }

    fn count(&self, catalog: &Catalog, inputs: Vec<Inputs>, scope: &Scope) -> Result<Answers, EngineError> {
        let mut groups: BTreeMap<(String, String), Vec<Inputs>> = BTreeMap::new();
        for inputs in inputs {
            let (_, basis) = catalog.metric(&inputs.metric).map_err(MetricError::from)?;
            groups.entry((basis.name.clone(), inputs.select.clone())).or_default().push(inputs);
        }
        let mut answers = Answers::new();
        for group in groups.into_values() {
            answers.extend(self.count_together(catalog, group, scope)?);
        }
        Ok(answers)
    }

    /// One statement for metrics that share basis and selecting date.
    fn count_together(
        &self,
        catalog: &Catalog,
        group: Vec<Inputs>,
        scope: &Scope,
    ) -> Result<Answers, EngineError> {
        let Some(first) = group.first().cloned() else { return Ok(Answers::new()) };
        let (_, basis) = catalog.metric(&first.metric).map_err(MetricError::from)?;
        let mut queries = Vec::new();
        for inputs in &group {
            queries.push(catalog.metric(&inputs.metric).map_err(MetricError::from)?.0);
        }
        let counted = queries.iter().filter_map(|query| {
            query.metric.as_ref().map(|metric| Counted { name: query.name.as_str(), metric })
        });
        let counted: Vec<Counted<'_>> = counted.collect();
        let statement = compose::counting(basis, &counted, &first);
        let batches = self.run(&statement, basis, &first, scope)?;
        let mut counts = measure::read(&batches, first.by.len(), counted.len())?;
        if compose::has_several(basis, &first) {
            let plain = Inputs { by: Vec::new(), ..first.clone() };
            let statement = compose::counting(basis, &counted, &plain);
            let whole = measure::read(&self.run(&statement, basis, &plain, scope)?, 0, counted.len())?;
            counts = counts.into_iter().zip(whole).map(|(cells, whole)| cells.within(whole)).collect();
        }
        let committed_at = self.commit_record(first.snapshot)?.at;
        let mut answers = Answers::new();
        for ((inputs, query), counts) in group.into_iter().zip(queries).zip(counts) {
            let subject = Subject { query: query.clone(), basis: basis.clone(), inputs, committed_at };
            let measure = self.sealed(subject, counts)?;
            answers.insert(measure.query().name.clone(), Arc::new(measure));
        }
        Ok(answers)
    }

    pub(super) fn run(
        &self,
        statement: &Query,
        basis: &Query,
        inputs: &Inputs,
        scope: &Scope,
    ) -> Result<Vec<RecordBatch>, EngineError> {
        self.run_over((statement, basis), inputs, &|_| true, scope)
    }

    /// As [`Engine::run`], with the tables that `is_asked` refuses taken for empty.
    pub(super) fn run_over(
        &self,
        (statement, basis): (&Query, &Query),
        inputs: &Inputs,
        is_asked: &dyn Fn(&str) -> bool,
        scope: &Scope,
    ) -> Result<Vec<RecordBatch>, EngineError> {
        let snapshot = self.snapshot()?;
        let mut tables: Vec<Table> = self.tables(&snapshot, inputs.snapshot, scope)?;
        tables.retain(|table| basis.tables.contains(&table.name));
        tables.extend(self.versions(&snapshot, basis, scope)?);
        let has_rows = |name: &str| {
            let table = tables.iter().find(|table| table.name == name && is_asked(name));
            table.is_some_and(|table| table.main.parts.iter().any(|part| part.rows != Some(0)))
        };
        let statement = &Query { sql: statement.statement(&has_rows), ..statement.clone() };
        let values = compose::parameters(basis, inputs);
        let values: Vec<(&str, Value)> =
            values.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        tables.extend(self.recorded(basis)?);
        let ground = self.ground_of(&inputs.definitions, basis)?;
        Ok(vetted::run_on(&ground, statement, &tables, &values)?)
    }

    /// The question with everything decided that it left open.
    pub(super) fn decided(
        &self,
        catalog: &Catalog,
        name: &str,
        asked: &Asked,
        scope: &Scope,
    ) -> Result<Inputs, EngineError> {
        let (query, basis) = catalog.metric(name).map_err(MetricError::from)?;
        let snapshot = asked.snapshot.unwrap_or(self.snapshot()?.version());
        let as_of = asked.as_of.unwrap_or_else(|| self.clock.today());
        let needs_commit = basis.parameters.iter().any(|parameter| parameter == "recorded_by");
        let own = query.metric.as_ref().and_then(|metric| metric.selects.clone());
        let usual = basis.basis.as_ref().and_then(|basis| basis.dates.first()).map(|date| date.name.clone());
        let inputs = Inputs {
            metric: name.to_owned(),
            version: query.version,
            definition: definition_hash(query, basis),
            definitions: catalog.hash(),
            rules: self.laws_in(catalog)?.version().to_owned(),
            by: asked.by.clone(),
            filters: asked.filters.clone(),
            period: asked.period.clone(),
            select: asked.select.clone().or(own).or(usual).unwrap_or_default(),
            as_of,
            due: asked.due,
            recorded_by: if needs_commit { self.last_commit_on(as_of, snapshot)? } else { 0 },
            snapshot,
            units: Inputs::units_of(scope),
        };
        if inputs.by.len() > METRIC_DIMENSIONS_MAX {
            return Err(MetricError::TooManyDimensions { limit: METRIC_DIMENSIONS_MAX }.into());
        }
        if let Some(of) = &basis.basis {
            compose::check(of, &inputs)?;
            compose::check_additive(of, query.metric.as_ref(), &inputs)?;
        }
        Ok(inputs)
    }

    /// The last commit, up to `newest`, made on or before a civil day.
    fn last_commit_on(&self, day: chrono::NaiveDate, newest: CommitVersion) -> Result<i64, EngineError> {
        if self.commit_record(newest)?.at.civil_day() <= day {
            return Ok(newest.as_i64());
        }
        let (mut low, mut high) = (0u64, newest.0);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.commit_record(CommitVersion(middle))?.at.civil_day() <= day {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(i64::try_from(low).unwrap_or(i64::MAX) - 1)
    }

    pub(super) fn commit_record(&self, number: CommitVersion) -> Result<commit::CommitRecord, EngineError> {
        let newest = self.snapshot()?.version();
        let missing = StoreError::NoSnapshot { asked: number, newest };
        Ok(commit::read(&self.home, number)?.ok_or(missing)?)
    }
}

/// SHA-256 over the texts of a metric and its basis, in hexadecimal.
fn definition_hash(query: &Query, basis: &Query) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(format!("{}|{}", query.hash, basis.hash)))
}

fn no_report(name: &str) -> crate::definition::DefinitionError {
    crate::definition::DefinitionError::Unknown {
        what: "report",
        name: name.to_owned(),
        suggestion: String::new(),
    }
}
