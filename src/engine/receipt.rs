//! The ledger of receipts: what each figure that was ever shown was made of.
//!
//! One small file an answer, in `receipts/`, put there once and durably before the figures are shown, and
//! outside the writer's lock, so that a program that only reads keeps it too. The same question on the same
//! snapshot has the same name and writes nothing. A code is looked up here, its entry checked against the
//! store's secret, and the figure made again from the snapshot it was of.

use std::sync::Arc;

use crate::definition::catalog::Catalog;
use crate::domain::limits::{LEDGER_TRIES_MAX, LEDGER_WRITERS};
use crate::domain::scope::Scope;
use crate::engine::open::KEY_FILE;
use crate::engine::together::side_by_side;
use crate::engine::{Engine, EngineError, definitions};
use crate::metrics::MetricError;
use crate::metrics::ask::Inputs;
use crate::metrics::measure::{self, Counts, Figure, Measure, Subject};
use crate::metrics::receipt::{self, Entry, LEDGER_FORMAT, Seal};
use crate::store::StoreError;

/// A receipt looked up and recomputed.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The code, as we write it.
    pub code: String,
    /// The figure as it was shown.
    pub shown: Figure,
    /// The same figure made again now; nothing when its place in the table is gone.
    pub again: Option<Figure>,
    /// What the rows behind this figure are of: the inputs with the figure's own values as filters.
    pub inputs: Inputs,
    /// The measure made again.
    pub measure: Arc<Measure>,
    /// When it was first asked, UTC microseconds.
    pub made_at: i64,
}

impl Checked {
    /// Whether the figure comes out the same.
    #[must_use]
    pub fn holds(&self) -> bool {
        let numbers = |figure: &Figure| (figure.numerator, figure.denominator);
        self.again.as_ref().map(numbers) == Some(numbers(&self.shown))
    }
}

impl Engine {
    /// Looks `typed` up in the ledger and makes its figure again on the snapshot it was of.
    ///
    /// # Errors
    /// It is no code, no receipt of this store or of this scope, or the ledger is damaged.
    pub fn receipt(&self, typed: &str, scope: &Scope) -> Result<Checked, EngineError> {
        let code = receipt::read_code(typed)?;
        let unknown = || EngineError::from(MetricError::NoReceipt(code.clone()));
        let entry = self.entry(&receipt::entry_of(&code))?.ok_or_else(unknown)?;
        if entry.inputs.units != Inputs::units_of(scope) {
            return Err(unknown());
        }
        let path = path_of(&receipt::entry_of(&code));
        if !receipt::is_ours(&self.secret()?, &entry) {
            return Err(StoreError::damaged(&path, "its figures are not those that were sealed").into());
        }
        let shown = entry.figures.iter().find(|figure| figure.code == code).cloned().ok_or_else(unknown)?;
        let catalog = self.catalog_of(&entry.inputs.definitions)?;
        let name = entry.inputs.metric.clone();
        let asked = entry.inputs.asked_again();
        let measure = self.measures(&catalog, std::slice::from_ref(&name), &asked, scope)?.remove(&name);
        let measure = measure.ok_or_else(unknown)?;
        let again = if shown.key.is_empty() { Some(measure.total()) } else { measure.figure(&shown.key) };
        let mut inputs = entry.inputs.clone();
        let own = inputs.by.iter().cloned().zip(shown.key.iter().cloned());
        inputs.filters.extend(own.collect::<Vec<_>>());
        let again = again.cloned();
        Ok(Checked { code, again, shown, inputs, measure, made_at: entry.made_at })
    }

    /// The measures of what was counted, in its order, their figures sealed and in the ledger. Entries are
    /// written side by side, for each waits for the disk and not for the others.
    pub(super) fn sealed(&self, counted: &[(Subject, Counts)]) -> Result<Vec<Measure>, EngineError> {
        let secret = self.secret()?;
        let seal = |(subject, counts): &(Subject, Counts)| self.sealed_one(subject, counts, &secret);
        side_by_side(counted, LEDGER_WRITERS, seal).into_iter().collect()
    }

    fn sealed_one(&self, subject: &Subject, counts: &Counts, secret: &[u8]) -> Result<Measure, EngineError> {
        for salt in 0..LEDGER_TRIES_MAX {
            let seal = Seal::of(secret, &subject.inputs, salt);
            let measure = || measure::answer(subject.clone(), counts.clone(), &seal);
            match self.entry(seal.entry())? {
                Some(entry) if entry.inputs != subject.inputs => continue,
                Some(_) => return Ok(measure()),
                None => {}
            }
            let measure = measure();
            let figures = std::iter::once(measure.total()).chain(measure.figures()).cloned().collect();
            let inputs = subject.inputs.clone();
            let made_at = self.clock.now().0;
            let entry = Entry { format: LEDGER_FORMAT, inputs, salt, made_at, figures };
            let path = path_of(seal.entry());
            let text = serde_json::to_vec(&entry).map_err(StoreError::columns(&path))?;
            match self.home.put_new(&path, &text) {
                Ok(()) => return Ok(measure),
                // Another process asked the same, or met the same name, at the same time: look again.
                Err(StoreError::Conflict(_)) => {
                    if self.entry(seal.entry())?.is_some_and(|entry| entry.inputs == subject.inputs) {
                        return Ok(measure);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Conflict("receipts".to_owned()).into())
    }

    /// The definitions of that hash.
    pub(super) fn catalog_of(&self, hash: &str) -> Result<Arc<Catalog>, EngineError> {
        let snapshot = self.snapshot()?;
        if snapshot.catalog().hash() == hash {
            return Ok(Arc::clone(snapshot.catalog()));
        }
        Ok(Arc::new(definitions::kept(&self.home, hash)?))
    }

    fn entry(&self, name: &str) -> Result<Option<Entry>, EngineError> {
        let path = path_of(name);
        let Some(bytes) = self.home.read_if_there(&path)? else { return Ok(None) };
        let entry = serde_json::from_slice(&bytes);
        entry.map(Some).map_err(|error| StoreError::damaged(&path, error.to_string()).into())
    }

    fn secret(&self) -> Result<Vec<u8>, EngineError> {
        Ok(self.home.read(KEY_FILE)?.to_vec())
    }
}

fn path_of(entry: &str) -> String {
    let shelf: String = entry.chars().take(2).collect();
    format!("receipts/{shelf}/{entry}.json")
}
