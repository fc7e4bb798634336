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
use crate::definition::metric::Report;
use crate::definition::query::Query;
use crate::domain::civil::epoch_days;
use crate::domain::clock::Instant;
use crate::domain::commit::CommitVersion;
use crate::domain::error::Classified;
use crate::domain::limits::{MEASURES_KEPT, METRIC_DIMENSIONS_MAX};
use crate::domain::record::Value;
use crate::domain::scope::Scope;
use crate::engine::together::{busy_threads, side_by_side};
use crate::engine::{Engine, EngineError};
use crate::metrics::MetricError;
use crate::metrics::ask::{Asked, Inputs};
use crate::metrics::compose::{self, Counted};
use crate::metrics::measure::{self, Counts, Measure, Subject};
use crate::metrics::report::Reported;
use crate::metrics::tally;
use crate::sql::SqlError;
use crate::sql::ground::Ground;
use crate::sql::job::Table;
use crate::sql::vetted;
use crate::store::StoreError;
use crate::store::commit;

/// Answers by question, each behind a lock of its own: whoever asks the same waits for it.
pub(super) type Kept = Mutex<HashMap<String, Arc<Mutex<Option<Answers>>>>>;
/// Measures by metric.
pub type Answers = BTreeMap<String, Arc<Measure>>;
/// Definitions, metrics and a question.
pub(super) type Asking<'a> = (&'a Catalog, &'a [String], &'a Asked);

/// Metrics that are asked the same question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The metrics.
    pub names: Vec<String>,
    /// What is asked of each.
    pub asked: Asked,
}

/// What a statement rests on: rules, tables as a scope sees them, values of its parameters.
pub(super) struct Bound {
    pub(super) ground: Ground,
    pub(super) tables: Vec<Table>,
    parameters: Vec<(String, Value)>,
}

impl Bound {
    /// `statement` without what it asks of tables that have no rows, or that `is_asked` refuses.
    pub(super) fn over_rows(&self, statement: &Query, is_asked: &dyn Fn(&str) -> bool) -> Query {
        let has_rows = |name: &str| {
            let table = self.tables.iter().find(|table| table.name == name && is_asked(name));
            table.is_some_and(|table| table.main.parts.iter().any(|part| part.rows != Some(0)))
        };
        Query { sql: statement.statement(&has_rows), ..statement.clone() }
    }

    /// The business date, as a number.
    pub(super) fn day(&self) -> Option<i32> {
        let named = self.parameters.iter().find(|(name, _)| name == "as_of");
        match named {
            Some((_, Value::Date(date))) => Some(epoch_days(date.first_day())),
            _ => None,
        }
    }

    pub(super) fn values(&self) -> Vec<(&str, Value)> {
        self.parameters.iter().map(|(name, value)| (name.as_str(), value.clone())).collect()
    }
}

impl Question {
    /// What a report asks; its dimension stands in for that of `asked`.
    #[must_use]
    pub fn of_report(report: &Report, asked: &Asked) -> Self {
        let mut names: Vec<String> = report.columns.iter().map(|column| column.metric.clone()).collect();
        names.sort();
        names.dedup();
        Self { names, asked: Asked { by: report.by.iter().cloned().collect(), ..asked.clone() } }
    }
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
        let Question { names, asked } = Question::of_report(&report, &asked);
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

    /// The answers to several questions on one snapshot, in their order: rows that more than one of them
    /// counts are judged once, and all receipts are written together.
    ///
    /// # Errors
    /// As [`Engine::measure`].
    pub fn answered(&self, questions: &[Question], scope: &Scope) -> Result<Vec<Answers>, EngineError> {
        let mut closed = Vec::new();
        for question in questions {
            let (catalog, asked) = self.closed(&question.asked)?;
            closed.push((catalog, question.names.as_slice(), asked));
        }
        let asking = closed.iter().map(|(catalog, names, asked)| (catalog.as_ref(), *names, asked));
        self.measured(&asking.collect::<Vec<_>>(), scope)
    }

    /// Figures of metrics under the definitions of `catalog`, by metric.
    pub(super) fn measures(
        &self,
        catalog: &Catalog,
        names: &[String],
        asked: &Asked,
        scope: &Scope,
    ) -> Result<Answers, EngineError> {
        Ok(self.measured(&[(catalog, names, asked)], scope)?.pop().unwrap_or_default())
    }

    /// The answers to questions under definitions of their own, in their order.
    pub(super) fn measured(
        &self,
        questions: &[Asking<'_>],
        scope: &Scope,
    ) -> Result<Vec<Answers>, EngineError> {
        let mut keys = Vec::new();
        // Locks are taken in the order of their keys, so that two who ask several questions never wait for
        // each other.
        let mut slots: BTreeMap<String, (Arc<Mutex<Option<Answers>>>, &Catalog, Vec<Inputs>)> =
            BTreeMap::new();
        for (catalog, names, asked) in questions {
            let snapshot = asked.snapshot.unwrap_or(self.snapshot()?.version());
            let asked = Asked { snapshot: Some(snapshot), ..(*asked).clone() };
            let mut inputs = Vec::new();
            for name in *names {
                inputs.push(self.decided(catalog, name, &asked, scope)?);
            }
            let texts: Vec<String> = inputs.iter().map(Inputs::text).collect();
            let key = format!("{}|{}", scope.sees_personal, texts.join("|"));
            slots.insert(key.clone(), (self.slot(&key), catalog, inputs));
            keys.push(key);
        }
        let mut held = BTreeMap::new();
        let mut missing = Vec::new();
        for (key, (slot, catalog, inputs)) in &slots {
            let slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
            if slot.is_none() {
                missing.push((*catalog, inputs.clone()));
            }
            held.insert(key, slot);
        }
        let mut made = self.count(missing, scope)?.into_iter();
        for slot in held.values_mut().filter(|slot| slot.is_none()) {
            **slot = made.next();
        }
        let answer = |key| held.get(key).and_then(|slot| slot.as_ref()).cloned().unwrap_or_default();
        Ok(keys.iter().map(answer).collect())
    }

    fn slot(&self, key: &str) -> Arc<Mutex<Option<Answers>>> {
        let mut kept = self.measures.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MEASURES_KEPT {
            kept.clear();
        }
        Arc::clone(kept.entry(key.to_owned()).or_default())
    }

    /// The figures of each question; all of them get their receipts at once.
    fn count(
        &self,
        questions: Vec<(&Catalog, Vec<Inputs>)>,
        scope: &Scope,
    ) -> Result<Vec<Answers>, EngineError> {
        let mut groups: BTreeMap<(usize, String, String), Vec<Inputs>> = BTreeMap::new();
        let mut catalogs = Vec::new();
        for (place, (catalog, inputs)) in questions.into_iter().enumerate() {
            catalogs.push(catalog);
            for inputs in inputs {
                let (_, basis) = catalog.metric(&inputs.metric).map_err(MetricError::from)?;
                // Without a period it does not matter which date would select.
                let select = inputs.period.as_ref().map(|_| inputs.select.clone()).unwrap_or_default();
                let key = (place, basis.name.clone(), select);
                groups.entry(key).or_default().push(inputs);
            }
        }
        let mut askings: BTreeMap<String, usize> = BTreeMap::new();
        groups.keys().for_each(|(_, basis, _)| *askings.entry(basis.clone()).or_default() += 1);
        let (mut places, mut counted) = (Vec::new(), Vec::new());
        let is_several = |basis: &String| askings.get(basis).is_some_and(|askings| *askings > 1);
        let first = |((place, _, _), group): (&(usize, String, String), &Vec<Inputs>)| {
            Some((*catalogs.get(*place)?, group.first()?.clone()))
        };
        let several = groups.iter().filter(|((_, basis, _), _)| is_several(basis));
        self.judge_together(&several.filter_map(first).collect::<Vec<_>>(), scope)?;
        let groups: Vec<_> = groups.into_iter().collect();
        let counts = side_by_side(&groups, busy_threads(), |((place, basis, _), group)| {
            let Some(catalog) = catalogs.get(*place) else { return Ok(Vec::new()) };
            self.count_together(catalog, group.clone(), (scope, is_several(basis)))
        });
        for (((place, ..), _), group) in groups.iter().zip(counts) {
            for one in group? {
                places.push(*place);
                counted.push(one);
            }
        }
        let mut answers = vec![Answers::new(); catalogs.len()];
        for (place, measure) in places.into_iter().zip(self.sealed(&counted)?) {
            if let Some(answers) = answers.get_mut(place) {
                answers.insert(measure.query().name.clone(), Arc::new(measure));
            }
        }
        Ok(answers)
    }

    /// What metrics count that share basis and selecting date.
    fn count_together(
        &self,
        catalog: &Catalog,
        group: Vec<Inputs>,
        (scope, several): (&Scope, bool),
    ) -> Result<Vec<(Subject, Counts)>, EngineError> {
        let Some(first) = group.first().cloned() else { return Ok(Vec::new()) };
        let (_, basis) = catalog.metric(&first.metric).map_err(MetricError::from)?;
        let mut queries = Vec::new();
        for inputs in &group {
            queries.push(catalog.metric(&inputs.metric).map_err(MetricError::from)?.0);
        }
        let counted = queries.iter().filter_map(|query| {
            query.metric.as_ref().map(|metric| Counted { name: query.name.as_str(), metric })
        });
        let counted: Vec<Counted<'_>> = counted.collect();
        let judged = self.judged(catalog, basis, &first, (scope, several))?;
        // Rows of a basis that takes the period itself were chosen by it when they were judged.
        let is_chosen = basis.basis.as_ref().is_some_and(|basis| basis.spans_period);
        let period = first.period.clone().filter(|_| !is_chosen);
        let over = Inputs { period, ..first.clone() };
        let tallied = |judged: Option<Arc<_>>| judged.and_then(|it| tally::count(&it, &counted, &over));
        let counts = match tallied(judged) {
            Some(counts) => counts,
            None => match self.counted_by_statement(basis, &counted, &first, scope) {
                // What is too large for one statement is judged part by part.
                Err(error) if !several && error.code() == SqlError::OutOfMemory.code() => {
                    tallied(self.judged(catalog, basis, &first, (scope, true))?).ok_or(error)?
                }
                counted => counted?,
            },
        };
        let committed_at = self.committed_at(first.snapshot)?;
        let subjects = group.into_iter().zip(queries).map(|(inputs, query)| Subject {
            query: query.clone(),
            basis: basis.clone(),
            inputs,
            committed_at,
        });
        Ok(subjects.zip(counts).collect())
    }

    /// What one statement counts; it is what the counts of judged rows are equal to.
    pub(super) fn counted_by_statement(
        &self,
        basis: &Query,
        counted: &[Counted<'_>],
        inputs: &Inputs,
        scope: &Scope,
    ) -> Result<Vec<Counts>, EngineError> {
        let statement = compose::counting(basis, counted, inputs);
        let batches = self.run(&statement, basis, inputs, scope)?;
        let counts = measure::read(&batches, inputs.by.len(), counted.len())?;
        if !compose::has_several(basis, inputs) {
            return Ok(counts);
        }
        let plain = Inputs { by: Vec::new(), ..inputs.clone() };
        let statement = compose::counting(basis, counted, &plain);
        let whole = measure::read(&self.run(&statement, basis, &plain, scope)?, 0, counted.len())?;
        Ok(counts.into_iter().zip(whole).map(|(cells, whole)| cells.within(whole)).collect())
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
        self.note_statement();
        let bound = self.bound(basis, inputs, scope)?;
        let statement = bound.over_rows(statement, is_asked);
        Ok(vetted::run_on(&bound.ground, &statement, &bound.tables, &bound.values())?)
    }

    /// What a statement over `basis` rests on.
    pub(super) fn bound(&self, basis: &Query, inputs: &Inputs, scope: &Scope) -> Result<Bound, EngineError> {
        let snapshot = self.snapshot()?;
        let mut tables: Vec<Table> = self.tables(&snapshot, inputs.snapshot, scope)?;
        tables.retain(|table| basis.tables.contains(&table.name));
        tables.extend(self.versions(&snapshot, basis, scope)?);
        tables.extend(self.recorded(basis)?);
        let ground = self.ground_of(&inputs.definitions, basis)?;
        Ok(Bound { ground, tables, parameters: compose::parameters(basis, inputs) })
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

    fn committed_at(&self, number: CommitVersion) -> Result<Instant, EngineError> {
        let newest = self.snapshot()?;
        if newest.version() == number {
            return Ok(newest.committed_at());
        }
        Ok(self.commit_record(number)?.at)
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
