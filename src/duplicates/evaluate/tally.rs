//! Counts of true and proposed pairs, and the shares that come out of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::duplicates::evaluate::TruePair;

/// Relations of one person's one letter: found together they are what a duplicate is to most people.
pub const TOGETHER: [&str; 3] = ["carbon_copy", "resend", "supplement"];
/// What a pair of one matter is called whose relation cannot be told.
pub const SAME_MATTER: &str = "same_matter";
/// What a pair is called that nobody proposed, and one that is not true.
pub const UNRELATED: &str = "unrelated";
/// What a letter without a change is called among the changes.
pub const UNCHANGED: &str = "unchanged";

/// Counts of one relation or change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// True pairs.
    pub pairs: u64,
    /// Of these, proposed as anything.
    pub found: u64,
    /// Of these, proposed as what they are.
    pub right: u64,
    /// Proposals that can be judged.
    pub proposed: u64,
    /// Of these, those that hold.
    pub holds: u64,
}

/// All counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// By relation.
    pub relations: BTreeMap<String, Count>,
    /// By change, of pairs with the first letter.
    pub changes: BTreeMap<String, Count>,
    /// [`TOGETHER`] as one.
    pub together: Count,
    /// Pairs by true and proposed relation; pairs neither true nor proposed are not counted.
    pub confusion: BTreeMap<(String, String), u64>,
}

impl Count {
    /// Share of the true pairs proposed as what they are.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        share(self.right, self.pairs)
    }

    /// Share of the true pairs proposed at all.
    #[must_use]
    pub fn found_share(&self) -> Option<f64> {
        share(self.found, self.pairs)
    }

    /// Share of the proposals that hold.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        share(self.holds, self.proposed)
    }
}

impl Tally {
    /// A proposal; `truth` is what is true of the pair, `changes` what was made to either letter.
    pub fn proposed(&mut self, truth: Option<&TruePair>, relation: &str, changes: Vec<&str>) {
        if relation == UNRELATED {
            truth.into_iter().for_each(|pair| self.missed(pair));
            return;
        }
        let is = truth.map_or(UNRELATED, name);
        self.note(is, relation);
        if let Some(pair) = truth {
            self.count_true(pair, Some(relation));
        }
        // Of two letters that share only the matter no name of the relation is wrong.
        if is != SAME_MATTER {
            let count = self.relations.entry(relation.to_owned()).or_default();
            count.proposed += 1;
            count.holds += u64::from(is == relation);
            if TOGETHER.contains(&relation) {
                self.together.proposed += 1;
                self.together.holds += u64::from(TOGETHER.contains(&is));
            }
        }
        let changes: BTreeSet<&str> = changes.into_iter().collect();
        let unchanged = changes.is_empty().then_some(UNCHANGED);
        for change in changes.into_iter().chain(unchanged) {
            let count = self.changes.entry(change.to_owned()).or_default();
            count.proposed += 1;
            count.holds += u64::from(is == relation || is == SAME_MATTER);
        }
    }

    /// A true pair that nobody proposed.
    pub fn missed(&mut self, pair: &TruePair) {
        self.note(name(pair), UNRELATED);
        self.count_true(pair, None);
    }

    /// Form letters of other people proposed as letters of one person sent again.
    #[must_use]
    pub fn form_as_resend(&self) -> Option<f64> {
        self.share_of("form_letter", &["resend"])
    }

    /// Form letters of other people proposed as any letter of one person.
    #[must_use]
    pub fn form_as_one_person(&self) -> Option<f64> {
        self.share_of("form_letter", &TOGETHER)
    }

    fn share_of(&self, is: &str, proposed: &[&str]) -> Option<f64> {
        let of = |name: &str| self.confusion.get(&(is.to_owned(), name.to_owned())).copied().unwrap_or(0);
        let all = self.relations.get(is).map_or(0, |count| count.pairs);
        share(proposed.iter().map(|name| of(name)).sum(), all)
    }

    fn count_true(&mut self, pair: &TruePair, proposed: Option<&str>) {
        let is = name(pair);
        let is_right = proposed.is_some_and(|proposed| proposed == is || is == SAME_MATTER);
        let add = |count: &mut Count, is_right: bool| {
            count.pairs += 1;
            count.found += u64::from(proposed.is_some());
            count.right += u64::from(is_right);
        };
        add(self.relations.entry(is.to_owned()).or_default(), is_right);
        if TOGETHER.contains(&is) {
            add(&mut self.together, proposed.is_some_and(|proposed| TOGETHER.contains(&proposed)));
        }
        if pair.is_with_first {
            let unchanged = pair.changes.is_empty().then(|| UNCHANGED.to_owned());
            for change in pair.changes.iter().cloned().chain(unchanged) {
                add(self.changes.entry(change).or_default(), is_right);
            }
        }
    }

    fn note(&mut self, is: &str, proposed: &str) {
        *self.confusion.entry((is.to_owned(), proposed.to_owned())).or_default() += 1;
    }
}

fn name(pair: &TruePair) -> &str {
    pair.relation.as_deref().unwrap_or(SAME_MATTER)
}

#[expect(clippy::cast_precision_loss, reason = "counts of pairs")]
fn share(part: u64, all: u64) -> Option<f64> {
    (all > 0).then(|| part as f64 / all as f64)
}
