//! Proposals against a known truth: how many of the true pairs are found, how many of the proposed hold.
//!
//! The truth names, for each letter that is not the first of its matter, the first letter and the relation
//! to it. Two later letters of one matter are a true pair too; where their relation follows from the two
//! relations to the first letter it is that (see [`between`]), else the pair only counts as one of the same
//! matter: it is right to propose it, whatever it is called. Every other pair is unrelated.

pub mod tally;

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::domain::id::RecordId;
use crate::domain::limits::TRUE_PAIRS_MAX;
use crate::duplicates::evaluate::tally::Tally;

/// A line of the truth.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Truth {
    /// The letter, by its id in its source.
    pub id: String,
    /// The first letter of its matter.
    pub of: String,
    /// The code of the relation to it.
    pub relation: String,
    /// The changes made to it.
    #[serde(default)]
    pub changes: Vec<String>,
}

/// A pair somebody proposes, in any order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// One letter.
    pub one: RecordId,
    /// The other.
    pub other: RecordId,
    /// The code of the relation; `unrelated` is no proposal.
    pub relation: String,
}

/// What is true of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TruePair {
    /// The relation, when it can be told.
    pub relation: Option<String>,
    /// What was changed, on a pair with the first letter.
    pub changes: Vec<String>,
    is_with_first: bool,
}

/// Everything that is true.
#[derive(Debug, Clone, Default)]
pub struct Truths {
    pairs: FxHashMap<(RecordId, RecordId), TruePair>,
    /// First letter of each later letter, with relation and changes.
    later: FxHashMap<RecordId, (RecordId, String, Vec<String>)>,
}

/// A truth with more pairs than can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the truth has more than {TRUE_PAIRS_MAX} pairs; evaluate a part of it")]
pub struct TooManyPairs;

/// The relation of two later letters of one matter, from their relations to the first; nothing when it
/// does not follow.
///
/// Whoever is not named can be compared by content only; who signs a form letter is another person than
/// all others; of letters of one signer with the same words a copy to others makes the pair one of copies,
/// new facts make it a supplement. Letters in other words (second complaints, continued denunciations) and
/// parts of a mixed paper only share the matter with one another.
#[must_use]
pub fn between<'r>(one: &'r str, other: &'r str) -> Option<&'r str> {
    let either = |code: &str| one == code || other == code;
    let is_plain = |code: &str| ["carbon_copy", "resend", "supplement"].contains(&code);
    match () {
        () if [one, other]
            .iter()
            .any(|code| ["second_complaint", "continued_denunciation", "split"].contains(code)) =>
        {
            None
        }
        () if either("anonymous_copy") => Some("anonymous_copy"),
        () if either("form_letter") => Some("form_letter"),
        () if !is_plain(one) || !is_plain(other) => None,
        () if either("supplement") => Some("supplement"),
        () if either("carbon_copy") => Some("carbon_copy"),
        () => Some("resend"),
    }
}

impl Truths {
    /// The pairs of these lines; `id` gives the record of an id in its source.
    ///
    /// # Errors
    /// There are more pairs than the limit.
    pub fn of(lines: &[Truth], id: &dyn Fn(&str) -> RecordId) -> Result<Self, TooManyPairs> {
        let mut truths = Self::default();
        let mut matters: BTreeMap<RecordId, Vec<(RecordId, &Truth)>> = BTreeMap::new();
        for line in lines {
            let (own, first) = (id(&line.id), id(&line.of));
            truths.later.insert(own, (first, line.relation.clone(), line.changes.clone()));
            matters.entry(first).or_default().push((own, line));
        }
        let pairs: usize = matters.values().map(|letters| letters.len() * (letters.len() + 1) / 2).sum();
        if pairs > TRUE_PAIRS_MAX {
            return Err(TooManyPairs);
        }
        for (first, letters) in matters {
            for (place, (own, line)) in letters.iter().enumerate() {
                let relation = Some(line.relation.clone());
                truths.insert(
                    (first, *own),
                    TruePair { relation, changes: line.changes.clone(), is_with_first: true },
                );
                for (other, with) in letters.iter().skip(place + 1) {
                    let relation = between(&line.relation, &with.relation).map(str::to_owned);
                    let pair = TruePair { relation, changes: Vec::new(), is_with_first: false };
                    truths.insert((*own, *other), pair);
                }
            }
        }
        Ok(truths)
    }

    /// Counts `proposals` against the truth. Of a pair proposed twice the first counts.
    #[must_use]
    pub fn weigh(&self, proposals: impl Iterator<Item = Proposed>) -> Tally {
        let mut tally = Tally::default();
        let mut seen: FxHashMap<(RecordId, RecordId), ()> = FxHashMap::default();
        for Proposed { one, other, relation } in proposals {
            let key = ordered(one, other);
            if one == other || seen.insert(key, ()).is_some() {
                continue;
            }
            let changes = [one, other].into_iter().flat_map(|id| self.changes_of(id)).map(String::as_str);
            tally.proposed(self.pairs.get(&key), &relation, changes.collect());
        }
        for pair in self.pairs.iter().filter(|(key, _)| !seen.contains_key(*key)).map(|(_, pair)| pair) {
            tally.missed(pair);
        }
        tally
    }

    /// Later letters, in the order of their ids, with their relation to the first letter.
    #[must_use]
    pub fn later(&self) -> Vec<(RecordId, &str)> {
        let mut later: Vec<(RecordId, &str)> =
            self.later.iter().map(|(id, (_, relation, _))| (*id, relation.as_str())).collect();
        later.sort_unstable();
        later
    }

    /// Whether two letters are of one matter.
    #[must_use]
    pub fn are_related(&self, one: RecordId, other: RecordId) -> bool {
        self.pairs.contains_key(&ordered(one, other))
    }

    /// What was changed in a letter; nothing in one that is the first of its matter.
    #[must_use]
    pub fn changes_of(&self, id: RecordId) -> &[String] {
        self.later.get(&id).map_or(&[], |(_, _, changes)| changes.as_slice())
    }

    fn insert(&mut self, (one, other): (RecordId, RecordId), pair: TruePair) {
        self.pairs.insert(ordered(one, other), pair);
    }
}

fn ordered(one: RecordId, other: RecordId) -> (RecordId, RecordId) {
    (one.min(other), one.max(other))
}

#[cfg(test)]
mod tests;
