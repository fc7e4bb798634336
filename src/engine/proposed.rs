//! What the last run proposes, as rows of the dataset `proposals`.
//!
//! A run is swept by the next one, and a figure about it could not be proved again. So the pairs that are
//! proposed to be one matter of one signer (nghi trùng) are committed like any record: whoever counts them
//! counts a snapshot, and what the run before proposed is in the history. The row [`RUN`] says up to which
//! commit petitions were judged. A pair whose petitions two units hold names no unit, so that no scope of
//! one unit learns of the other's.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::Array;
use arrow::datatypes::{DataType, Field};

use crate::definition::dataset::Dataset;
use crate::domain::record::{Operation as Change, Record, Value};
use crate::duplicates::relation::Proposed;
use crate::engine::intake::Intake;
use crate::engine::progress::Progress;
use crate::engine::proposing::{Run, Waiting};
use crate::engine::snapshot::Snapshot;
use crate::engine::{Engine, EngineError};
use crate::store::commit::Operation;
use crate::store::schema::{TableKind, text_field};
use crate::store::table::{integers, strings};

const DATASET: &str = "proposals";
/// The source system of rows made here.
const SYSTEM: &str = "thanhtra";
/// Key of the row that is the run.
const RUN: &str = "run";
/// Relations that say: one matter, one signer, no new case.
const SUSPECTED: [Proposed; 3] = [Proposed::CarbonCopy, Proposed::Resend, Proposed::Supplement];

/// The rows there are.
#[derive(Default)]
struct Known {
    keys: BTreeSet<String>,
    /// Commit and weights of the run they are of.
    run: Option<(i64, String)>,
}

impl Engine {
    /// Commits what the run in `place` proposes, and withdraws what it does not propose any more; nothing is
    /// written when that was done.
    ///
    /// # Errors
    /// The run or the table is damaged, or the store cannot be written.
    pub(super) fn keep_proposals(&self, place: &str, run: &Run) -> Result<(), EngineError> {
        let snapshot = self.snapshot()?;
        let dataset = snapshot.dataset(DATASET)?;
        let known = self.known_proposals(&snapshot)?;
        if known.run.as_ref() == Some(&(run.commit.as_i64(), run.weights.clone())) {
            return Ok(());
        }
        let mut intake = Intake::new(self, Arc::clone(snapshot.catalog()), self.writing()?.hash_key);
        let mut gone = known.keys;
        gone.remove(RUN);
        self.each_proposal(place, run, &mut |pair| {
            if Proposed::from_code(&pair.relation).is_some_and(|relation| SUSPECTED.contains(&relation)) {
                let record = of_pair(dataset, &pair);
                gone.remove(&record.source_id);
                intake.push(DATASET, &record)?;
            }
            Ok(())
        })?;
        for key in gone {
            intake.push(DATASET, &row(dataset, (key, Change::Retract), Vec::new()))?;
        }
        intake.push(DATASET, &of_run(dataset, run))?;
        self.commit_intake(
            intake,
            &mut |_, _, _| Ok(()),
            &mut |done| (Operation::Push { datasets: done.counts.clone() }, Vec::new()),
            &Progress::default(),
        )?;
        Ok(())
    }

    fn known_proposals(&self, snapshot: &Snapshot) -> Result<Known, EngineError> {
        let mut known = Known::default();
        let fields = vec![
            text_field("source_id", true),
            Field::new("judged_to", DataType::Int64, true),
            text_field("weights", true),
        ];
        self.each_batch(snapshot, (DATASET, TableKind::Main), fields, &mut |batch| {
            let (keys, commits) = (strings(batch, "source_id")?, integers(batch, "judged_to")?);
            let weights = strings(batch, "weights")?;
            for (place, key) in keys.iter().enumerate() {
                let Some(key) = key else { continue };
                if key == RUN && commits.is_valid(place) {
                    let weights = weights.is_valid(place).then(|| weights.value(place).to_owned());
                    known.run = Some((commits.value(place), weights.unwrap_or_default()));
                }
                known.keys.insert(key.to_owned());
            }
            Ok(())
        })?;
        Ok(known)
    }
}

fn of_pair(dataset: &Dataset, pair: &Waiting) -> Record {
    let text = |text: &str| Value::Text(text.to_owned());
    let unit = pair.unit.as_deref().filter(|_| pair.unit == pair.earlier_unit);
    let values = vec![
        ("kind", text("pair")),
        ("petition", text(&pair.later)),
        ("other", text(&pair.earlier)),
        ("relation", text(&pair.relation)),
        ("score", Value::Number(pair.score)),
        ("unit", unit.map_or(Value::Null, text)),
    ];
    row(dataset, (format!("{}|{}", pair.later, pair.earlier), Change::Upsert), values)
}

fn of_run(dataset: &Dataset, run: &Run) -> Record {
    let values = vec![
        ("kind", Value::Text(RUN.to_owned())),
        ("judged_to", Value::Integer(run.commit.as_i64())),
        ("petitions", Value::Integer(i64::try_from(run.petitions).unwrap_or(i64::MAX))),
        ("weights", Value::Text(run.weights.clone())),
    ];
    row(dataset, (RUN.to_owned(), Change::Upsert), values)
}

fn row(dataset: &Dataset, (source_id, operation): (String, Change), given: Vec<(&str, Value)>) -> Record {
    let mut values = vec![Value::Null; dataset.columns.len()];
    for (name, value) in given {
        if let Some(slot) = dataset.position(name).and_then(|place| values.get_mut(place)) {
            *slot = value;
        }
    }
    let source_system = SYSTEM.to_owned();
    Record {
        source_system,
        source_id,
        operation,
        values,
        extra: String::new(),
        line: 1,
        children: Vec::new(),
    }
}
