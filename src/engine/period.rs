//! Closed periods: once frozen (chốt số liệu), the numbers of a period never change.
//!
//! A freeze is one small file: the period, the snapshot, the business date, the definitions. A figure asked
//! for that period is from then on made of them. What came later is in the history anyway, so the ledger of
//! restatements is not written but read: which records would now count differently, by which commit.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::domain::civil::iso;
use crate::domain::clock::Instant;
use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::limits::RESTATEMENTS_MAX;
use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::metrics::MetricError;
use crate::metrics::ask::{Asked, Inputs};
use crate::metrics::compose;
use crate::rules::period::Period;
use crate::sql::encode::objects;
use crate::store::StoreError;
use crate::store::commit::Operation;

const FOLDER: &str = "periods";
const FORMAT: u32 = 1;

/// A frozen period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// Format of the file.
    pub format: u32,
    /// The period.
    pub period: Period,
    /// The snapshot its numbers are of.
    pub snapshot: CommitVersion,
    /// The business date.
    #[serde(with = "iso")]
    pub as_of: NaiveDate,
    /// Hash of the definitions.
    pub definitions: String,
    /// Version of the rules; empty when it was frozen before they had one.
    #[serde(default)]
    pub rules: String,
    /// When, UTC microseconds.
    pub frozen_at: i64,
    /// Who.
    pub by: String,
}

/// A record that would count differently now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restated {
    /// The record.
    pub id: String,
    /// Its key at the source.
    pub source_id: String,
    /// Whether it counted above and below the line when the period was frozen.
    pub before: (bool, bool),
    /// The same now.
    pub now: (bool, bool),
    /// What it added above and below the line when the period was frozen, and now; zeros when rows are counted.
    pub amounts: ((i64, i64), (i64, i64)),
    /// The first commit after the freeze that changed the record itself; none when another record did.
    pub commit: Option<CommitVersion>,
    /// When that was.
    pub at: Option<Instant>,
    /// By what: source system and file, or `push`.
    pub by: Option<String>,
}

/// A row below the line.
struct Member {
    source_id: String,
    is_counted: bool,
    amounts: (i64, i64),
}

/// Where a row stands: above and below the line, and what it adds there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Place {
    sides: (bool, bool),
    amounts: (i64, i64),
}

impl Place {
    fn of(row: Option<&Member>) -> Self {
        row.map_or_else(Self::default, |row| Self { sides: (row.is_counted, true), amounts: row.amounts })
    }
}

impl Engine {
    /// Freezes the numbers of a period that has ended, as of `as_of` or its last day, on the newest snapshot.
    ///
    /// # Errors
    /// The period has not ended, is frozen already, or the file cannot be written.
    pub fn freeze(&self, period: &Period, as_of: Option<NaiveDate>, by: &str) -> Result<Frozen, EngineError> {
        if period.to >= self.clock.today() {
            return Err(MetricError::PeriodOpen(period.name.clone()).into());
        }
        let snapshot = self.snapshot()?;
        let frozen = Frozen {
            format: FORMAT,
            period: period.clone(),
            snapshot: snapshot.version(),
            as_of: as_of.unwrap_or(period.to),
            definitions: snapshot.catalog().hash(),
            rules: self.laws()?.version().to_owned(),
            frozen_at: self.clock.now().0,
            by: by.to_owned(),
        };
        let path = path_of(&period.name);
        let text = serde_json::to_vec(&frozen).map_err(StoreError::columns(&path))?;
        match self.home.put_new(&path, &text) {
            Err(StoreError::Conflict(_)) => Err(MetricError::Frozen(period.name.clone()).into()),
            done => Ok(done.map(|()| frozen)?),
        }
    }

    /// The freeze of a period, if it is frozen.
    ///
    /// # Errors
    /// The file is damaged.
    pub fn frozen(&self, name: &str) -> Result<Option<Frozen>, EngineError> {
        let path = path_of(name);
        let Some(bytes) = self.home.read_if_there(&path)? else { return Ok(None) };
        let frozen = serde_json::from_slice(&bytes);
        frozen.map(Some).map_err(|error| StoreError::damaged(&path, error.to_string()).into())
    }

    /// Every frozen period, by name.
    ///
    /// # Errors
    /// A file is damaged.
    pub fn frozen_periods(&self) -> Result<Vec<Frozen>, EngineError> {
        let mut all = Vec::new();
        for entry in self.home.list(FOLDER)?.into_iter().filter(|entry| entry.path.ends_with(".json")) {
            let bytes = self.home.read(&entry.path)?;
            let frozen = serde_json::from_slice(&bytes);
            all.push(frozen.map_err(|error| StoreError::damaged(&entry.path, error.to_string()))?);
        }
        Ok(all)
    }

    /// Records that would now count differently in `metric` than when the period was frozen.
    ///
    /// # Errors
    /// The period is not frozen, or the metric has more rows than one answer may have.
    pub fn restatements(
        &self,
        period: &str,
        metric: &str,
        scope: &Scope,
    ) -> Result<Vec<Restated>, EngineError> {
        let frozen = self.frozen(period)?.ok_or_else(|| MetricError::NotFrozen(period.to_owned()))?;
        let catalog = self.catalog_of(&frozen.definitions)?;
        let asked = Asked {
            period: Some(frozen.period.clone()),
            as_of: Some(frozen.as_of),
            snapshot: Some(frozen.snapshot),
            ..Asked::default()
        };
        let then = self.decided(&catalog, metric, &asked, scope)?;
        let newest = self.snapshot()?.version();
        // The due dates that were in force on the business date are asked as they are known now.
        let now = self.decided(&catalog, metric, &Asked { snapshot: Some(newest), ..asked }, scope)?;
        let (then, now) = (self.membership(&then, scope)?, self.membership(&now, scope)?);
        let mut moved = Vec::new();
        for id in then.keys().chain(now.keys().filter(|id| !then.contains_key(*id))) {
            let (before, after) = (then.get(id), now.get(id));
            let (was, is) = (Place::of(before), Place::of(after));
            if was != is && moved.len() < RESTATEMENTS_MAX {
                let source_id = before.or(after).map(|row| row.source_id.clone()).unwrap_or_default();
                moved.push(self.told((id, source_id), (was, is), frozen.snapshot, scope)?);
            }
        }
        Ok(moved)
    }

    /// Rows below the line by id.
    fn membership(&self, inputs: &Inputs, scope: &Scope) -> Result<BTreeMap<String, Member>, EngineError> {
        let catalog = self.catalog_of(&inputs.definitions)?;
        let (query, basis) = catalog.metric(&inputs.metric).map_err(MetricError::from)?;
        let Some(metric) = &query.metric else { return Ok(BTreeMap::new()) };
        let statement = compose::membership(basis, metric, inputs);
        let rows = objects(&self.run(&statement, basis, inputs, scope)?)?;
        let row = |row: &Json| {
            let text = |name: &str| row.get(name).and_then(Json::as_str).map(str::to_owned);
            let is_counted = row.get("counted").and_then(Json::as_bool).unwrap_or_default();
            let number = |name: &str| row.get(name).and_then(Json::as_i64).unwrap_or_default();
            let amounts = (if is_counted { number("part") } else { 0 }, number("whole"));
            Some((
                text("id")?,
                Member { source_id: text("source_id").unwrap_or_default(), is_counted, amounts },
            ))
        };
        Ok(rows.iter().filter_map(row).collect())
    }

    fn told(
        &self,
        (id, source_id): (&str, String),
        (before, now): (Place, Place),
        since: CommitVersion,
        scope: &Scope,
    ) -> Result<Restated, EngineError> {
        let record: Option<RecordId> = id.parse().ok();
        let versions = match record {
            Some(record) => objects(&self.history_of(record, scope)?.batches)?,
            None => Vec::new(),
        };
        let later = versions.iter().find_map(|version| {
            let commit = version.get("valid_from").and_then(Json::as_i64)?;
            let system = version.get("source_system").and_then(Json::as_str).unwrap_or_default();
            (commit > since.as_i64()).then(|| (CommitVersion(commit.unsigned_abs()), system.to_owned()))
        });
        let mut restated = Restated {
            id: id.to_owned(),
            source_id,
            before: before.sides,
            now: now.sides,
            amounts: (before.amounts, now.amounts),
            commit: None,
            at: None,
            by: None,
        };
        if let Some((commit, system)) = later {
            let record = self.commit_record(commit)?;
            let way = match &record.operation {
                Operation::Ingest { file, .. } => file.clone(),
                Operation::Push { .. } => "push".to_owned(),
                _ => String::new(),
            };
            restated.commit = Some(commit);
            restated.at = Some(record.at);
            restated.by = Some(format!("{system} {way}").trim().to_owned());
        }
        Ok(restated)
    }
}

fn path_of(name: &str) -> String {
    format!("{FOLDER}/{}.json", name.replace(':', "-"))
}
