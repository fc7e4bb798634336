//! Which petitions are one case, by what people decided.
//!
//! Rulings come in, oldest first; the book of cases (hồ sơ vụ việc) comes out. The book is a function of
//! the rulings alone: an undone one is as if it had never been, so that undoing restores what was, byte
//! for byte. Nothing is merged away: a petition is in exactly one case, and no ruling changes how many
//! petitions there are. A petition nobody ruled upon stands where its source put it, or alone.

pub mod number;
pub mod plan;
pub mod ruling;

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::id::RecordId;
use crate::duplicates::casebook::number::CaseNumber;
use crate::duplicates::casebook::ruling::{Act, Pair, Ruling, SourceCase};

/// The case a petition is in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseKey {
    /// A case file with its national number.
    Numbered(CaseNumber),
    /// A case as its source keeps it, which no ruling has touched.
    Source(SourceCase),
    /// A petition alone.
    Own(RecordId),
}

/// Every case that people made, and every pair they decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Casebook {
    moved: BTreeMap<RecordId, CaseNumber>,
    adopted: BTreeMap<SourceCase, CaseNumber>,
    /// Ordinal of the ruling that decided each pair.
    pairs: BTreeMap<Pair, u64>,
}

/// Why a ruling cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The pair has been decided.
    #[error("{} and {} are decided by ruling {by}; undo it first", pair.later, pair.earlier)]
    Decided {
        /// The pair.
        pair: Pair,
        /// Ordinal of the ruling.
        by: u64,
    },
    /// No such ruling, or it is an undoing, or undone.
    #[error("there is no ruling {0} that could be undone")]
    Nothing(u64),
    /// Later rulings stand on this one.
    #[error("ruling {later} came after ruling {ordinal} and rests on it; undo it first")]
    RestedUpon {
        /// The ruling to undo.
        ordinal: u64,
        /// The later one.
        later: u64,
    },
    /// The petitions are in that case already.
    #[error("nothing changes: the petitions are in that case already")]
    NoChange,
    /// A petition with itself, or no petition.
    #[error("name two different petitions")]
    SamePetition,
}

impl Casebook {
    /// The book after `rulings`, oldest first; what was undone leaves no trace.
    #[must_use]
    pub fn of(rulings: &[Ruling]) -> Self {
        let undone = undone(rulings);
        let mut book = Self::default();
        for ruling in rulings.iter().filter(|one| !undone.contains(&one.ordinal)) {
            if let Act::Decide { pair, .. } = &ruling.act {
                book.pairs.insert(*pair, ruling.ordinal);
            }
            if let Some(placed) = &ruling.placed {
                let into = placed.moved.iter().map(|petition| (*petition, placed.number));
                book.moved.extend(into);
                book.adopted.extend(placed.adopted.clone().map(|source| (source, placed.number)));
            }
        }
        book
    }

    /// The case of a petition, given the case its source keeps it in.
    #[must_use]
    pub fn case_of(&self, petition: RecordId, source: Option<&SourceCase>) -> CaseKey {
        if let Some(number) = self.moved.get(&petition) {
            return CaseKey::Numbered(*number);
        }
        match source {
            Some(source) => match self.adopted.get(source) {
                Some(number) => CaseKey::Numbered(*number),
                None => CaseKey::Source(source.clone()),
            },
            None => CaseKey::Own(petition),
        }
    }

    /// Petitions that were put into `number` one by one.
    pub fn moved_into(&self, number: CaseNumber) -> impl Iterator<Item = RecordId> + '_ {
        self.moved.iter().filter(move |(_, into)| **into == number).map(|(petition, _)| *petition)
    }

    /// Cases of sources that became `number`.
    pub fn adopted_as(&self, number: CaseNumber) -> impl Iterator<Item = &SourceCase> {
        self.adopted.iter().filter(move |(_, into)| **into == number).map(|(source, _)| source)
    }

    /// The number that a case of a source got, if it has one.
    #[must_use]
    pub fn number_of(&self, source: &SourceCase) -> Option<CaseNumber> {
        self.adopted.get(source).copied()
    }

    /// Ordinal of the ruling that decided `pair`.
    #[must_use]
    pub fn decided(&self, pair: Pair) -> Option<u64> {
        self.pairs.get(&pair).copied()
    }

    /// Every decided pair, with the ordinal of its ruling.
    pub fn decided_pairs(&self) -> impl Iterator<Item = (Pair, u64)> + '_ {
        self.pairs.iter().map(|(pair, ordinal)| (*pair, *ordinal))
    }
}

/// Checks that the ruling `ordinal` may be undone now.
///
/// # Errors
/// There is no such ruling in force, or a later one rests on it.
pub fn check_undo(rulings: &[Ruling], ordinal: u64) -> Result<&Ruling, Refusal> {
    let undone = undone(rulings);
    let in_force = |one: &&Ruling| !undone.contains(&one.ordinal) && !matches!(one.act, Act::Undo { .. });
    let found = rulings.iter().filter(in_force).find(|one| one.ordinal == ordinal);
    let found = found.ok_or(Refusal::Nothing(ordinal))?;
    let later = rulings.iter().filter(in_force).find(|one| one.ordinal > ordinal && one.rests_on(found));
    match later {
        Some(later) => Err(Refusal::RestedUpon { ordinal, later: later.ordinal }),
        None => Ok(found),
    }
}

/// Rulings that others undid.
#[must_use]
pub fn undone(rulings: &[Ruling]) -> BTreeSet<u64> {
    let undone = rulings.iter().filter_map(|ruling| match ruling.act {
        Act::Undo { ordinal } => Some(ordinal),
        _ => None,
    });
    undone.collect()
}

/// The ordinal and the case number that come next; neither is ever given twice, undone or not.
#[must_use]
pub fn next(rulings: &[Ruling]) -> (u64, CaseNumber) {
    let ordinal = rulings.iter().map(|one| one.ordinal).max().unwrap_or_default() + 1;
    let numbers = rulings.iter().filter_map(|one| Some(one.placed.as_ref()?.number));
    (ordinal, numbers.max().unwrap_or_default().next())
}

#[cfg(test)]
mod tests;
