//! Judged rows of one snapshot, kept between questions: the dear half of a figure is made once.
//!
//! What judges a row is the snapshot, the definitions, the scope and the values bound to the basis; those
//! are the key, so that nothing judged for one scope or date is ever counted for another. Whoever asks for
//! rows that are being made waits for them. The least recently used go when the bound on bytes is passed.
//! A single question is counted by its own statement, which reads less; rows are kept from the second on, or
//! when what no date changes of them is there already.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::RecordBatch;
use chrono::NaiveDate;

use crate::definition::catalog::Catalog;
use crate::definition::page::Page;
use crate::definition::query::Query;
use crate::domain::commit::CommitVersion;
use crate::domain::limits::{JUDGED_BYTES_MAX, JUDGED_KEYS_MAX};
use crate::domain::record::Value;
use crate::domain::scope::Scope;
use crate::engine::kept::{self, KeptBases};
use crate::engine::together::{busy_threads, side_by_side};
use crate::engine::{Engine, EngineError};
use crate::metrics::MetricError;
use crate::metrics::ask::{Asked, Inputs};
use crate::metrics::compose;
use crate::metrics::judged::Judged;
use crate::sql::held::Held;
use crate::sql::vetted;

/// Judged rows by what judged them, and how often any were made.
#[derive(Default)]
pub(super) struct Bases {
    slots: Mutex<HashMap<String, Slot>>,
    turns: AtomicU64,
    judged: AtomicU64,
    statements: AtomicU64,
    last_commits: Mutex<HashMap<(NaiveDate, CommitVersion), i64>>,
    prepared: KeptBases,
    /// What was told of classes, by what was asked; no row takes part in it.
    classes: Mutex<HashMap<String, Arc<Vec<RecordBatch>>>>,
}

#[derive(Default)]
struct Slot {
    rows: Arc<Mutex<Rows>>,
    asked: u64,
    used: u64,
    bytes: usize,
}

#[derive(Default)]
enum Rows {
    #[default]
    Unmade,
    Made(Arc<Judged>),
    /// They cannot be kept.
    Left,
}

/// How often figures were counted from the tables since the store was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// Bases whose rows were judged and kept.
    pub judged: u64,
    /// Statements that counted or opened rows.
    pub statements: u64,
    /// Bytes of judged rows that are kept now.
    pub kept_bytes: usize,
    /// Bases of which was made, once for a snapshot, what no date changes.
    pub prepared: u64,
    /// How often rows were judged from that alone.
    pub dated: u64,
    /// Rows that statements judged for that, one for all that are alike.
    pub dated_rows: u64,
    /// How often no statement was needed, because a basis has no row on any date.
    pub empty: u64,
    /// Bytes of it.
    pub prepared_bytes: usize,
}

impl Bases {
    /// Notes what the rows of `key` take, and lets go of others, least recently used first, until all fit.
    fn hold(&self, key: &str, bytes: usize) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get_mut(key) {
            slot.bytes = bytes;
        }
        while slots.len() > JUDGED_KEYS_MAX
            || slots.values().map(|slot| slot.bytes).sum::<usize>() > JUDGED_BYTES_MAX
        {
            let others = slots.iter().filter(|(other, _)| *other != key);
            let Some(oldest) = others.min_by_key(|(_, slot)| slot.used).map(|(other, _)| other.clone())
            else {
                break;
            };
            slots.remove(&oldest);
        }
    }
}

impl Engine {
    /// How often figures were counted from the tables, and what is kept of it.
    #[must_use]
    pub fn figure_work(&self) -> Work {
        let kept = self.bases.prepared.work();
        let slots = self.bases.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Work {
            prepared: kept.made,
            prepared_bytes: kept.bytes,
            dated: kept.told,
            dated_rows: kept.rows,
            empty: kept.empty,
            judged: self.bases.judged.load(Ordering::Relaxed),
            statements: self.bases.statements.load(Ordering::Relaxed),
            kept_bytes: slots.values().map(|slot| slot.bytes).sum(),
        }
    }

    /// The judged rows of `basis` for `inputs`; nothing when a statement is the better way. With `several`
    /// they are made at the first asking.
    pub(super) fn judged(
        &self,
        catalog: &Catalog,
        basis: &Query,
        inputs: &Inputs,
        (scope, several): (&Scope, bool),
    ) -> Result<Option<Arc<Judged>>, EngineError> {
        let newest = self.snapshot()?.version();
        let key = judged_key(basis, inputs, scope, newest);
        let is_prepared = self.bases.prepared.bytes(&kept_key(basis, inputs, scope, newest)).is_some();
        let rows = {
            let mut slots = self.bases.slots.lock().unwrap_or_else(PoisonError::into_inner);
            if slots.len() >= JUDGED_KEYS_MAX && !slots.contains_key(&key) {
                slots.retain(|_, slot| slot.bytes > 0);
            }
            let slot = slots.entry(key.clone()).or_default();
            slot.asked += 1;
            slot.used = self.bases.turns.fetch_add(1, Ordering::Relaxed);
            if slot.bytes == 0 && slot.asked < 2 && !several && !is_prepared {
                return Ok(None);
            }
            Arc::clone(&slot.rows)
        };
        let mut rows = rows.lock().unwrap_or_else(PoisonError::into_inner);
        if let Rows::Unmade = *rows {
            let began = std::time::Instant::now();
            // A statement for all conditions may fail where that for the one asked does not; it tells itself.
            let made = self.made(catalog, basis, inputs, scope).unwrap_or_else(|error| {
                tracing::warn!(%error, basis = basis.name, "its rows are not kept");
                None
            });
            let made = made.filter(|judged| judged.bytes() <= JUDGED_BYTES_MAX).map(Arc::new);
            self.bases.hold(&key, made.as_ref().map_or(0, |judged| judged.bytes()));
            *rows = made.map_or(Rows::Left, Rows::Made);
            tracing::debug!(basis = basis.name, as_of = %inputs.as_of, took = ?began.elapsed(), "rows judged");
        }
        Ok(match &*rows {
            Rows::Made(judged) => Some(Arc::clone(judged)),
            Rows::Unmade | Rows::Left => None,
        })
    }

    /// Judges the rows that `asked` count side by side, as far as they are told from what is kept: much of
    /// telling one date is work of a single thread.
    pub(super) fn judge_together(
        &self,
        asked: &[(&Catalog, Inputs)],
        scope: &Scope,
    ) -> Result<(), EngineError> {
        let newest = self.snapshot()?.version();
        let mut waiting: BTreeMap<String, (usize, &Catalog, &Query, &Inputs)> = BTreeMap::new();
        for (catalog, inputs) in asked {
            let (_, basis) = catalog.metric(&inputs.metric).map_err(MetricError::from)?;
            let is_there = self.judged_before(basis, inputs, scope)?.is_some();
            let kept = self.bases.prepared.bytes(&kept_key(basis, inputs, scope, newest));
            if let Some(bytes) = kept.filter(|_| !is_there) {
                waiting.insert(judged_key(basis, inputs, scope, newest), (bytes, *catalog, basis, inputs));
            }
        }
        if waiting.len() < 2 {
            return Ok(());
        }
        let mut waiting: Vec<_> = waiting.into_values().collect();
        // What takes longest begins first.
        waiting.sort_by_key(|(bytes, ..)| Reverse(*bytes));
        side_by_side(&waiting, busy_threads(), |(_, catalog, basis, inputs)| {
            // Who counts them asks again, and tells what is wrong.
            drop(self.judged(catalog, basis, inputs, (scope, true)));
        });
        Ok(())
    }

    /// The judged rows of `basis` for `inputs` if they are there.
    pub(super) fn judged_before(
        &self,
        basis: &Query,
        inputs: &Inputs,
        scope: &Scope,
    ) -> Result<Option<Arc<Judged>>, EngineError> {
        let key = judged_key(basis, inputs, scope, self.snapshot()?.version());
        let rows = {
            let mut slots = self.bases.slots.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(slot) = slots.get_mut(&key).filter(|slot| slot.bytes > 0) else { return Ok(None) };
            slot.used = self.bases.turns.fetch_add(1, Ordering::Relaxed);
            Arc::clone(&slot.rows)
        };
        let rows = rows.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(match &*rows {
            Rows::Made(judged) => Some(Arc::clone(judged)),
            Rows::Unmade | Rows::Left => None,
        })
    }

    /// The tables from which rows of `basis` are computed for each date, if they are kept.
    pub(super) fn kept_tables(
        &self,
        basis: &Query,
        inputs: &Inputs,
        scope: &Scope,
    ) -> Result<Option<Vec<Held>>, EngineError> {
        let key = kept_key(basis, inputs, scope, self.snapshot()?.version());
        Ok(self.bases.prepared.tables(&key))
    }

    fn made(
        &self,
        catalog: &Catalog,
        basis: &Query,
        inputs: &Inputs,
        scope: &Scope,
    ) -> Result<Option<Judged>, EngineError> {
        self.bases.judged.fetch_add(1, Ordering::Relaxed);
        let metrics = catalog.queries().filter_map(|query| query.metric.as_ref());
        let counts = metrics.filter(|metric| metric.basis == basis.name && metric.summed().is_none());
        let listing = compose::listing(basis, counts);
        let bound = self.bound(basis, inputs, scope)?;
        let key = kept_key(basis, inputs, scope, self.snapshot()?.version());
        let of_class = listing.of_class.clone();
        let is_listed = |name: &str| catalog.metric(name).is_ok_and(|(_, of)| of.name == basis.name);
        let is_listed = catalog.pages().flat_map(Page::listed).any(is_listed);
        let shown = basis.basis.as_ref().filter(|_| is_listed).map(compose::shown_of_row).unwrap_or_default();
        let of = kept::Judged { basis, listing: &listing, bound: &bound, shown: &shown };
        let mut judging = match self.bases.prepared.judged(&key, &of) {
            Some(judging) => judging,
            None => kept::listed(&bound, &[], listing)?,
        };
        if !of_class.is_empty() && !judging.classes().is_empty() {
            let answer = self.of_classes(judging.classes(), &of_class)?;
            judging.take_classes(&answer)?;
        }
        Ok(judging.end())
    }

    /// Which of `conditions` hold for each class.
    fn of_classes(
        &self,
        classes: &[Option<String>],
        conditions: &[String],
    ) -> Result<Arc<Vec<RecordBatch>>, EngineError> {
        let key = format!("{classes:?}|{conditions:?}");
        let known = || self.bases.classes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = known().get(&key) {
            return Ok(Arc::clone(answer));
        }
        let (query, values) = compose::of_classes(classes, conditions);
        let values: Vec<(&str, Value)> =
            values.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let answer = Arc::new(vetted::run(&query, &[], &values)?);
        let mut known = known();
        if known.len() >= JUDGED_KEYS_MAX {
            known.clear();
        }
        known.insert(key, Arc::clone(&answer));
        Ok(answer)
    }

    /// Judges the rows that today's dashboards count, one basis after the other, for whoever asks next; how
    /// many bases there are.
    ///
    /// # Errors
    /// As [`Engine::measure`].
    pub fn warm(&self) -> Result<usize, EngineError> {
        let snapshot = self.snapshot()?;
        let catalog = snapshot.catalog();
        let asked =
            Asked { as_of: Some(self.clock.today()), snapshot: Some(snapshot.version()), ..Asked::default() };
        let mut bases: BTreeMap<&str, (&Query, Inputs)> = BTreeMap::new();
        for name in catalog.pages().flat_map(|page| shown_on(page, catalog)) {
            let (_, basis) = catalog.metric(&name).map_err(MetricError::from)?;
            if !bases.contains_key(basis.name.as_str()) {
                let inputs = self.decided(catalog, &name, &asked, &Scope::everything())?;
                bases.insert(&basis.name, (basis, inputs));
            }
        }
        for (basis, inputs) in bases.values() {
            self.judged(catalog, basis, inputs, (&Scope::everything(), true))?;
        }
        Ok(bases.len())
    }

    pub(super) fn note_statement(&self) {
        self.bases.statements.fetch_add(1, Ordering::Relaxed);
    }

    /// The last commit, up to `newest`, made on or before a civil day.
    pub(super) fn last_commit_on(&self, day: NaiveDate, newest: CommitVersion) -> Result<i64, EngineError> {
        let known = |commits: &HashMap<_, i64>| commits.get(&(day, newest)).copied();
        if let Some(found) = known(&self.bases.last_commits.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(found);
        }
        let found = self.sought_commit_on(day, newest)?;
        let mut commits = self.bases.last_commits.lock().unwrap_or_else(PoisonError::into_inner);
        if commits.len() >= JUDGED_KEYS_MAX {
            commits.clear();
        }
        commits.insert((day, newest), found);
        Ok(found)
    }

    fn sought_commit_on(&self, day: NaiveDate, newest: CommitVersion) -> Result<i64, EngineError> {
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
}

/// Metrics that a page shows.
fn shown_on(page: &Page, catalog: &Catalog) -> Vec<String> {
    let reports = page.reports().filter_map(|name| catalog.query(name).ok()?.report.as_ref());
    let in_reports = reports.flat_map(|report| report.columns.iter().map(|column| column.metric.clone()));
    let broken_down = page.breakdowns().map(|(metric, _)| metric.to_owned());
    page.figures().into_iter().chain(in_reports).chain(broken_down).collect()
}

/// All that judges a row, as one text.
fn judged_key(basis: &Query, inputs: &Inputs, scope: &Scope, newest: CommitVersion) -> String {
    // A period chooses among judged rows, but for a basis that takes the period itself.
    let period =
        inputs.period.clone().filter(|_| basis.basis.as_ref().is_some_and(|basis| basis.spans_period));
    let plain = Inputs { period, filters: Default::default(), by: Vec::new(), ..inputs.clone() };
    let values = compose::parameters(basis, &plain);
    format!("{}|{values:?}", kept_key(basis, inputs, scope, newest))
}

/// The same without the values that are bound. What is read beside the snapshot, the times of recording, is
/// told by the `newest` snapshot.
fn kept_key(basis: &Query, inputs: &Inputs, scope: &Scope, newest: CommitVersion) -> String {
    let Inputs { snapshot, definitions, rules, units, .. } = inputs;
    let (personal, units) = (scope.sees_personal, serde_json::json!(units));
    format!("{}|{personal}|{units}|{snapshot}|{newest}|{definitions}|{rules}", basis.name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::metrics::ask::Due;

    fn inputs(snapshot: u64, day: u8, units: Option<Vec<String>>, due: Due) -> Inputs {
        Inputs {
            metric: "m".to_owned(),
            version: 1,
            definition: "d".to_owned(),
            definitions: "c".to_owned(),
            rules: "r".to_owned(),
            by: Vec::new(),
            filters: Default::default(),
            period: None,
            select: "assigned_on".to_owned(),
            as_of: NaiveDate::from_ymd_opt(2017, 12, u32::from(day)).unwrap(),
            due,
            recorded_by: 1,
            snapshot: CommitVersion(snapshot),
            units,
        }
    }

    #[test]
    fn rows_are_let_go_of_before_the_bound_is_passed() {
        let bases = Bases::default();
        for used in 0..100u64 {
            let key = used.to_string();
            bases.slots.lock().unwrap().insert(key.clone(), Slot { used, ..Slot::default() });
            bases.hold(&key, JUDGED_BYTES_MAX / 4);
            let slots = bases.slots.lock().unwrap();
            assert!(slots.values().map(|slot| slot.bytes).sum::<usize>() <= JUDGED_BYTES_MAX);
            assert!(slots.contains_key(&key), "what was just made stays");
        }
        let slots = bases.slots.lock().unwrap();
        let mut kept: Vec<u64> = slots.values().map(|slot| slot.used).collect();
        kept.sort_unstable();
        assert_eq!(kept, [96, 97, 98, 99], "the least recently used go first");
    }

    #[test]
    fn rows_that_a_period_chose_are_not_those_of_another() {
        let catalog = Catalog::parse(crate::definition::catalog::embedded()).unwrap();
        let mut basis = catalog.query("form_petitions").unwrap().clone();
        basis.basis.as_mut().unwrap().spans_period = false;
        let key = |basis: &Query, period: &str| {
            let period = crate::rules::period::Period::parse(period).ok();
            let inputs = Inputs { period, ..inputs(1, 1, None, Due::InForce) };
            judged_key(basis, &inputs, &Scope::everything(), CommitVersion(9))
        };
        assert_eq!(key(&basis, "2017-Q1"), key(&basis, "2017-Q2"), "a period chooses among judged rows");
        basis.basis.as_mut().unwrap().spans_period = true;
        assert_ne!(key(&basis, "2017-Q1"), key(&basis, "2017-Q2"));
    }

    type Of = (u64, u8, Option<Vec<String>>, bool, bool);

    fn key((snapshot, day, units, is_original, sees_personal): &Of) -> String {
        let basis = Query {
            name: "b".to_owned(),
            parameters: ["as_of", "due"].map(str::to_owned).to_vec(),
            ..Query::default()
        };
        let due = if *is_original { Due::Original } else { Due::InForce };
        let mut scope = match units {
            Some(units) => Scope::of_units("s", units.iter().cloned()),
            None => Scope::everything(),
        };
        scope.sees_personal = *sees_personal;
        let inputs = inputs(*snapshot, *day, Inputs::units_of(&scope), due);
        judged_key(&basis, &inputs, &scope, CommitVersion(9))
    }

    fn of() -> impl Strategy<Value = Of> {
        let units = prop::option::of(prop::collection::btree_set("[a-c|,\"]{1,3}", 1..3));
        let units = units.prop_map(|units| units.map(|units| units.into_iter().collect()));
        (0u64..3, 1u8..4, units, any::<bool>(), any::<bool>())
    }

    proptest! {
        #[test]
        fn two_keys_are_equal_only_when_all_that_judges_is(one in of(), other in of()) {
            prop_assert_eq!(key(&one) == key(&other), one == other);
        }
    }
}
