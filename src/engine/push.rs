//! Records pushed over HTTP: an answer for each, several pushes in one commit.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::definition::catalog::Catalog;
use crate::domain::commit::CommitVersion;
use crate::domain::conversion::Conversion;
use crate::domain::id::RecordId;
use crate::domain::language::Language;
use crate::domain::limits::IDEMPOTENCY_SECONDS;
use crate::domain::record::Record;
use crate::engine::intake::Intake;
use crate::engine::progress::Progress;
use crate::engine::workbook::InChild;
use crate::engine::{Engine, EngineError};
use crate::formats::reject::Reason;
use crate::formats::{self, Import, Input, Parsed};
use crate::store::commit::{Counts, Idempotency, Operation};
use crate::store::upsert::Outcome;

/// A push.
#[derive(Debug, Clone)]
pub struct Push {
    /// Dataset.
    pub dataset: String,
    /// Whether the body is CSV; NDJSON otherwise.
    pub is_csv: bool,
    /// The body.
    pub body: Vec<u8>,
    /// System that the records come from.
    pub source: String,
    /// `Idempotency-Key`, if any.
    pub key: Option<String>,
    /// Language of reasons.
    pub language: Language,
}

/// The answer: the JSON body that a face sends.
#[derive(Debug, Clone, PartialEq)]
pub struct Pushed {
    /// `{commit, read, inserted, updated, unchanged, rejected, records: [...]}`.
    pub answer: Json,
    /// Whether it was given before, under the same key.
    pub is_repeated: bool,
}

/// A push read and ready for a commit.
pub(super) struct Ready {
    pub(super) push: Push,
    rows: Vec<Row>,
    conversion: Conversion,
    key: Option<(String, String)>,
}

struct Row {
    line: u64,
    what: Result<(RecordId, Record), Reason>,
}

impl Engine {
    /// What a repeated `Idempotency-Key` was answered, if this is one.
    ///
    /// # Errors
    /// The key was used with another body, or the engine only reads.
    pub(super) fn repeated(&self, push: &Push) -> Result<Option<Pushed>, EngineError> {
        let Some((key, body)) = hashes(push) else { return Ok(None) };
        let oldest = self.clock.now().0 - IDEMPOTENCY_SECONDS * 1_000_000;
        let writer = self.writing()?;
        match writer.idempotency.get(&key) {
            Some((at, kept)) if *at >= oldest && kept.body == body => {
                Ok(Some(Pushed { answer: kept.answer.clone(), is_repeated: true }))
            }
            Some((at, _)) if *at >= oldest => Err(EngineError::KeyReused),
            _ => Ok(None),
        }
    }

    /// Reads a push; nothing is stored yet.
    ///
    /// # Errors
    /// The body is wrong as a whole.
    pub(super) fn ready(&self, push: Push) -> Result<Ready, EngineError> {
        let catalog = Arc::clone(self.snapshot()?.catalog());
        let (rows, conversion) = self.read_push(&catalog, &push)?;
        let key = hashes(&push);
        Ok(Ready { push, rows, conversion, key })
    }

    fn read_push(&self, catalog: &Catalog, push: &Push) -> Result<(Vec<Row>, Conversion), EngineError> {
        let dataset = catalog.dataset(&push.dataset)?;
        let options = formats::Options {
            map: Vec::new(),
            set: Vec::new(),
            source: push.source.clone(),
            unpivot: false,
            encoding: None,
        };
        let workbook = InChild { program: self.program.clone(), files: None };
        let done = AtomicU64::new(0);
        let import = Import { dataset, catalog, options: &options, workbook: &workbook, done: &done };
        let name = if push.is_csv { "push.csv" } else { "push.ndjson" };
        let mut rows: Vec<Row> = Vec::new();
        let mut places: std::collections::HashMap<RecordId, usize> = std::collections::HashMap::new();
        let report = formats::read(Input::Bytes { name, bytes: &push.body }, &import, &mut |parsed| {
            let row = match parsed {
                Parsed::Record(record) => {
                    let id = dataset.id(&record.source_system, &record.source_id);
                    if let Some(earlier) = places.insert(id, rows.len()).and_then(|place| rows.get_mut(place))
                    {
                        earlier.what = Err(Reason::key_again(record.line));
                    }
                    Row { line: record.line, what: Ok((id, record)) }
                }
                Parsed::Reject(reject) => Row { line: reject.line, what: Err(reject.reason) },
            };
            rows.push(row);
            Ok(())
        })?;
        Ok((rows, report.conversion))
    }

    /// Commits pushes that share no key, together.
    ///
    /// # Errors
    /// Writing failed; none of them is in.
    pub(super) fn commit_pushes(&self, pushes: &[Ready]) -> Result<Vec<Pushed>, EngineError> {
        let catalog = Arc::clone(self.snapshot()?.catalog());
        let hash_key = self.writing()?.hash_key;
        let mut intake = Intake::new(self, catalog, hash_key);
        for ready in pushes {
            for row in &ready.rows {
                if let Ok((_, record)) = &row.what {
                    intake.push(&ready.push.dataset, record)?;
                }
            }
        }
        let progress = Progress::default();
        let mut kept = Vec::new();
        self.commit_intake(
            intake,
            &mut |_, _, _| Ok(()),
            &mut |done| {
                let (outcomes, next) = (&done.outcomes, done.commit);
                let datasets = counted(pushes, outcomes);
                let changed = done.counts.values().any(|counts| counts.inserted + counts.updated > 0);
                // With nothing to change there is no commit of its own to name but the one that keeps the key.
                let keyed = pushes.iter().any(|ready| ready.key.is_some());
                let commit = if changed || keyed { next } else { CommitVersion(next.0 - 1) };
                kept = pushes.iter().map(|ready| ready.answer(outcomes, commit)).collect();
                let with_key = pushes.iter().zip(&kept).filter_map(|(ready, answer)| {
                    let (key, body) = ready.key.clone()?;
                    Some(Idempotency { key, body, answer: answer.clone() })
                });
                (Operation::Push { datasets }, with_key.collect())
            },
            &progress,
        )?;
        Ok(kept.into_iter().map(|answer| Pushed { answer, is_repeated: false }).collect())
    }
}

impl Ready {
    /// Ids that this push writes.
    pub(super) fn ids(&self) -> HashSet<RecordId> {
        self.rows.iter().filter_map(|row| row.what.as_ref().ok().map(|(id, _)| *id)).collect()
    }

    fn answer(&self, outcomes: &Outcomes, commit: CommitVersion) -> Json {
        let mut counts = Counts { read: self.rows.len() as u64, ..Counts::default() };
        let of_dataset = outcomes.get(&self.push.dataset);
        let records: Vec<Json> = self
            .rows
            .iter()
            .map(|row| match &row.what {
                Err(reason) => {
                    counts.rejected += 1;
                    json!({ "line": row.line, "outcome": "rejected", "rule": reason.rule.code(),
                            "column": reason.column, "reason": reason.sentence(self.push.language) })
                }
                Ok((id, record)) => {
                    let outcome = of_dataset.and_then(|found| found.get(id)).copied();
                    let word = count(&mut counts, outcome.unwrap_or(Outcome::Unchanged));
                    json!({ "line": row.line, "id": id.to_string(), "source_id": record.source_id, "outcome": word })
                }
            })
            .collect();
        let mut answer = json!({ "commit": commit, "read": counts.read, "inserted": counts.inserted,
                "updated": counts.updated, "unchanged": counts.unchanged, "rejected": counts.rejected,
                "records": records });
        if !self.conversion.is_none() {
            answer["converted"] = json!(self.conversion);
        }
        answer
    }
}

/// What became of each id of each dataset.
pub(super) type Outcomes = BTreeMap<String, rustc_hash::FxHashMap<RecordId, Outcome>>;

fn count(counts: &mut Counts, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Inserted => {
            counts.inserted += 1;
            "inserted"
        }
        Outcome::Updated => {
            counts.updated += 1;
            "updated"
        }
        Outcome::Unchanged => {
            counts.unchanged += 1;
            "unchanged"
        }
    }
}

fn counted(pushes: &[Ready], outcomes: &Outcomes) -> BTreeMap<String, Counts> {
    let mut all: BTreeMap<String, Counts> = BTreeMap::new();
    for ready in pushes {
        let counts = all.entry(ready.push.dataset.clone()).or_default();
        counts.read += ready.rows.len() as u64;
        for row in &ready.rows {
            match &row.what {
                Err(_) => counts.rejected += 1,
                Ok((id, _)) => {
                    let found = outcomes.get(&ready.push.dataset).and_then(|found| found.get(id));
                    count(counts, found.copied().unwrap_or(Outcome::Unchanged));
                }
            }
        }
    }
    all
}

fn hashes(push: &Push) -> Option<(String, String)> {
    let key = push.key.as_ref()?;
    let hash = |bytes: &[u8]| data_encoding::HEXLOWER.encode(&Sha256::digest(bytes));
    let mut body = push.dataset.clone().into_bytes();
    body.push(0);
    body.extend_from_slice(&push.body);
    Some((hash(key.as_bytes()), hash(&body)))
}
