//! What is proposed for two petitions, with everything that speaks for and against it.
//!
//! Signals are weighed, relations are chosen by rules over what was seen, and both are told. A
//! proposal is never a decision, and its reasons hold no value of a signer: that the ID numbers agree is
//! said, which number it is is not.

mod reasons;

use crate::duplicates::compare::Comparison;
use crate::duplicates::features::Features;
use crate::duplicates::relation::facts::{Fact, facts};
use crate::duplicates::relation::{Proposed, Rule, first_rule};
use crate::duplicates::score::Score;
use crate::duplicates::signal::Levels;
use crate::duplicates::similarity::Likeness;
use crate::duplicates::weights::Weights;

/// What is proposed for two petitions.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The relation.
    pub relation: Proposed,
    /// The law it rests on.
    pub basis: &'static str,
    /// How every signal agreed; what a decision about the pair teaches from.
    pub levels: Levels,
    /// How much speaks for one matter and signer.
    pub score: Score,
    /// What speaks for the relation, strongest first.
    pub reasons: Vec<Reason>,
    /// What speaks against it, strongest first.
    pub against: Vec<Reason>,
}

/// One thing that speaks for or against a relation.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The stable code (`same_id_number`); its sentence is the label `reason.CODE`.
    pub code: &'static str,
    /// Bits it adds to the score; 0 for what is no signal.
    pub weight: f64,
    /// What stands in the sentence: never a value of a signer.
    pub values: Vec<(&'static str, String)>,
}

/// What is proposed for the petition asked about, the later, and another.
#[must_use]
pub fn propose(asked: &Features, other: &Features, likeness: &Likeness, weights: &Weights) -> Proposal {
    let Weighed { seen, score, facts, rule } = weigh(asked, other, likeness, weights);
    let (reasons, against) = reasons::of(
        &reasons::Seen { asked, other, likeness, seen: &seen, facts: &facts },
        rule.relation,
        &score,
    );
    Proposal { relation: rule.relation, basis: rule.basis, levels: seen.levels, score, reasons, against }
}

/// The relation and the score of [`propose`], without its reasons: most pairs that are compared have
/// nothing in common, and nobody reads why.
#[must_use]
pub fn relate(
    asked: &Features,
    other: &Features,
    likeness: &Likeness,
    weights: &Weights,
) -> (Proposed, Score) {
    let weighed = weigh(asked, other, likeness, weights);
    (weighed.rule.relation, weighed.score)
}

struct Weighed {
    seen: Comparison,
    score: Score,
    facts: Vec<Fact>,
    rule: Rule,
}

fn weigh(asked: &Features, other: &Features, likeness: &Likeness, weights: &Weights) -> Weighed {
    let seen = Comparison::of(asked, other, likeness);
    let score = Score::of(&seen.levels, weights);
    let facts = facts(asked, other, likeness, &seen, &score);
    let rule = first_rule(&facts);
    Weighed { seen, score, facts, rule }
}

#[cfg(test)]
mod tests;
