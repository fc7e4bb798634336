//! One act of a person upon petitions: who, when, why, and what follows for the cases.
//!
//! What follows is written down with the act (which petitions moved, into which number), so that the book
//! can be read without asking again what the sources said on that day.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::domain::clock::Instant;
use crate::domain::id::RecordId;
use crate::duplicates::casebook::number::CaseNumber;
use crate::duplicates::relation::Proposed;
use crate::duplicates::signal::Levels;

/// Two different petitions, in one order whichever way they are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair {
    /// The greater id.
    pub later: RecordId,
    /// The smaller id.
    pub earlier: RecordId,
}

/// A case as its source keeps it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceCase {
    /// The source system.
    pub system: String,
    /// The case's key there.
    pub key: String,
}

/// What a person did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Said how two petitions relate.
    Decide {
        /// The petitions.
        pair: Pair,
        /// How they relate.
        relation: Proposed,
    },
    /// Put petitions into a case.
    Attach,
    /// Took petitions out of their case into one of their own.
    Split,
    /// Undid the ruling `ordinal`.
    Undo {
        /// The ruling undone.
        ordinal: u64,
    },
}

/// Where petitions went by a ruling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The case file.
    pub number: CaseNumber,
    /// Petitions put into it one by one.
    pub moved: BTreeSet<RecordId>,
    /// The case of a source that got this number.
    pub adopted: Option<SourceCase>,
}

/// What the program proposed when the person decided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proposal {
    /// The relation.
    pub relation: Proposed,
    /// Its score, in bits.
    pub score: f64,
    /// How every signal agreed: what the decision teaches.
    pub levels: Levels,
}

/// A ruling.
#[derive(Debug, Clone, PartialEq)]
pub struct Ruling {
    /// Its place among all rulings, from 1.
    pub ordinal: u64,
    /// What was done.
    pub act: Act,
    /// What follows for the cases, if anything.
    pub placed: Option<Placed>,
    /// Who.
    pub by: String,
    /// When.
    pub at: Instant,
    /// Why.
    pub reason: String,
    /// What the program had proposed.
    pub proposal: Option<Proposal>,
}

impl Pair {
    /// The pair of two petitions; nothing for a petition with itself.
    #[must_use]
    pub fn of(one: RecordId, other: RecordId) -> Option<Self> {
        (one != other).then(|| Self { later: one.max(other), earlier: one.min(other) })
    }
}

impl Ruling {
    /// The pair it decided, if it decided one.
    #[must_use]
    pub fn pair(&self) -> Option<Pair> {
        match self.act {
            Act::Decide { pair, .. } => Some(pair),
            _ => None,
        }
    }

    /// The relation it decided, if it decided one.
    #[must_use]
    pub fn relation(&self) -> Option<Proposed> {
        match self.act {
            Act::Decide { relation, .. } => Some(relation),
            _ => None,
        }
    }

    /// Ordinal of the ruling it undid, if it undid one.
    #[must_use]
    pub fn undoes(&self) -> Option<u64> {
        match self.act {
            Act::Undo { ordinal } => Some(ordinal),
            _ => None,
        }
    }

    /// Whether this later ruling would mean something else without `earlier`: it touches a case file or a
    /// petition that the earlier one placed.
    #[must_use]
    pub fn rests_on(&self, earlier: &Self) -> bool {
        let (Some(own), Some(before)) = (&self.placed, &earlier.placed) else { return false };
        own.number == before.number
            || own.moved.iter().any(|petition| before.moved.contains(petition))
            || (own.adopted.is_some() && own.adopted == before.adopted)
    }
}

impl fmt::Display for SourceCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}", self.system, self.key)
    }
}

impl FromStr for SourceCase {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (system, key) = text.split_once('|').ok_or(())?;
        Ok(Self { system: system.to_owned(), key: key.to_owned() })
    }
}
