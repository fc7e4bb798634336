//! The weights that proposals rest on: those of the home, learned from decisions, over the shipped ones.
//!
//! They are learned when somebody says so and never by the way, always from the shipped weights and all
//! decisions in force: the same decisions give the same weights, whatever was learned before. Their version
//! is a hash of what they say, and every proposal names it.

use std::sync::Arc;

use crate::domain::commit::CommitVersion;
use crate::duplicates::casebook;
use crate::duplicates::casebook::ruling::Ruling;
use crate::duplicates::learn::{Decided, learn};
use crate::duplicates::signal::{Level, Levels, Signal};
use crate::duplicates::weights::{Weights, WeightsError};
use crate::engine::{Engine, EngineError};
use crate::store::{StoreError, home};

/// Weights of the home.
const FILE: &str = "weights/duplicates.toml";

/// What decisions teach.
#[derive(Debug, Clone, PartialEq)]
pub struct Learned {
    /// The snapshot whose decisions were looked at.
    pub commit: CommitVersion,
    /// Decisions of one matter and signer, and of others, that say how the signals agreed.
    pub decided: (usize, usize),
    /// Version of the weights in force before.
    pub before: String,
    /// Version of the weights that were learned.
    pub after: String,
    /// Levels that weigh something else now.
    pub changes: Vec<Change>,
}

/// A level that weighs something else.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The signal.
    pub signal: Signal,
    /// The level.
    pub level: Level,
    /// What it weighed, in bits.
    pub before: f64,
    /// What it weighs.
    pub after: f64,
}

impl Engine {
    /// The weights in force: those of the home, else those that come with the program.
    ///
    /// # Errors
    /// The home's file cannot be read or is wrong.
    pub fn weights(&self) -> Result<Arc<Weights>, EngineError> {
        let Some(bytes) = self.home.read_if_there(FILE)? else {
            return Ok(Arc::new(Weights::embedded().clone()));
        };
        let wrong = |error: WeightsError| StoreError::damaged(FILE, error.to_string());
        let text = String::from_utf8_lossy(&bytes);
        Ok(Arc::new(Weights::parse(&text).map_err(wrong)?))
    }

    /// Learns weights from the decisions in force and writes them into the home if `is_written`. With too
    /// few decisions the shipped weights come out.
    ///
    /// # Errors
    /// The engine only reads, or the rulings or the home's weights are damaged.
    pub fn learn_weights(&self, is_written: bool) -> Result<Learned, EngineError> {
        let snapshot = self.snapshot()?;
        let decided = decided(&self.book(&snapshot)?.rulings);
        let (before, after) = (self.weights()?, learn(&decided, Weights::embedded()));
        if is_written {
            self.write_weights(&after)?;
        }
        let of_one = decided.iter().filter(|pair| pair.relation.is_one_matter()).count();
        Ok(Learned {
            commit: snapshot.version(),
            decided: (of_one, decided.len() - of_one),
            before: before.version(),
            after: after.version(),
            changes: changes(&before, &after),
        })
    }

    /// Writes weights into the home; the shipped ones by taking away those that are there.
    fn write_weights(&self, weights: &Weights) -> Result<(), EngineError> {
        drop(self.writing()?);
        if weights == Weights::embedded() {
            if self.home.read_if_there(FILE)?.is_some() {
                self.home.delete(FILE)?;
            }
            return Ok(());
        }
        let folder = self.home.path_of(FILE).parent().map(std::path::Path::to_path_buf);
        folder.map(|folder| home::make_folders(self.home.folder(), &folder)).transpose()?;
        Ok(self.home.put_over(FILE, weights.to_toml().as_bytes())?)
    }
}

/// The decisions in force that say how the signals agreed.
fn decided(rulings: &[Ruling]) -> Vec<Decided> {
    let undone = casebook::undone(rulings);
    let in_force = rulings.iter().filter(|ruling| !undone.contains(&ruling.ordinal));
    let told = in_force.filter_map(|ruling| {
        let levels = ruling.proposal?.levels;
        let relation = ruling.relation()?;
        (levels != Levels::default()).then_some(Decided { levels, relation })
    });
    told.collect()
}

fn changes(before: &Weights, after: &Weights) -> Vec<Change> {
    let all = Signal::ALL.into_iter().flat_map(|signal| Level::KNOWN.map(|level| (signal, level)));
    let changes = all.map(|(signal, level)| {
        let (before, after) = (before.bits(signal, level), after.bits(signal, level));
        Change { signal, level, before, after }
    });
    changes.filter(|change| (change.before - change.after).abs() > f64::EPSILON).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::Instant;
    use crate::domain::id::RecordId;
    use crate::duplicates::casebook::ruling::{Act, Pair, Proposal};
    use crate::duplicates::relation::Proposed;

    #[test]
    fn what_was_undone_and_what_kept_no_levels_teaches_nothing() {
        let id = |key: u64| RecordId::of_key('P', "petitions", "test", &key.to_string());
        let levels = Levels::default().with(Signal::Phone, Level::Agree);
        let ruling = |ordinal, act, levels| Ruling {
            ordinal,
            act,
            placed: None,
            by: "A".to_owned(),
            at: Instant(0),
            reason: String::new(),
            proposal: Some(Proposal { relation: Proposed::Resend, score: 1.0, levels }),
        };
        let decide =
            |key| Act::Decide { pair: Pair::of(id(0), id(key)).unwrap(), relation: Proposed::Resend };
        let rulings = [
            ruling(1, decide(1), levels),
            ruling(2, decide(2), levels),
            ruling(3, decide(3), Levels::default()),
            ruling(4, Act::Undo { ordinal: 2 }, levels),
        ];
        assert_eq!(decided(&rulings), [Decided { levels, relation: Proposed::Resend }]);
    }
}
