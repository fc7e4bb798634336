//! What a text of words asks, as lists of terms.

use tantivy::Term;

use crate::search::analyzer::pair;
use crate::search::compile::Fitting;
use crate::search::filter::Clause;
use crate::search::query::{Parsed, Word};
use crate::search::request::Matched;
use crate::search::retrieve;
use crate::search::schema::Lane;
use crate::search::widen::Other;

/// Lists of rows to be walked; each inner list has one term a lane.
pub(in crate::search) struct Plan {
    /// In each a term must stand.
    pub(super) musts: Vec<Vec<Term>>,
    /// Words side by side: in each of these lists, one way of writing them in one lane must stand.
    pub(super) phrases: Vec<Vec<PhraseTerms>>,
    /// At least so many of these.
    pub(super) most: Option<(Vec<Vec<Term>>, usize)>,
    /// By segment and lane, the terms that fit a pattern, one of which must stand.
    pub(super) any: Option<Vec<Vec<Fitting>>>,
    /// What adds to the score where it stands; each inner list has one term a lane.
    pub(super) extras: Vec<Vec<Term>>,
    /// What must not stand.
    pub(super) without: Vec<Term>,
    /// Scope and filters.
    pub(super) limits: Vec<Clause>,
}

/// A phrase in one lane.
pub(super) struct PhraseTerms {
    /// Pairs of neighbours; of a single word, the word.
    pub(super) pairs: Vec<Term>,
    pub(super) words: Vec<Term>,
}

impl Plan {
    /// Whether `parsed` under `rule` asks for words, and for nothing else.
    pub(in crate::search) fn can(parsed: &Parsed, rule: Matched) -> bool {
        let words = match rule {
            Matched::All => !parsed.runs.is_empty(),
            Matched::Most => !parsed.pairs().is_empty(),
        };
        let is_short = |words: &Vec<Word>| words.len() <= 2;
        let is_words = |other: &Other| matches!(other, Other::Words(_));
        parsed.groups.is_empty()
            && parsed.phrase_groups.iter().flat_map(|group| &group.others).all(is_words)
            && parsed.patterns.is_empty()
            && parsed.excluded.iter().all(|words| is_short(words) && parsed.others(words).is_empty())
            && (words || (rule == Matched::All && !parsed.phrases.is_empty()))
    }

    /// The plan of a pattern: rows with a word that fits.
    pub(in crate::search) fn fitting(terms: Vec<Vec<Fitting>>, limits: Vec<Clause>) -> Self {
        Self { any: Some(terms), ..Self::within(limits) }
    }

    fn within(limits: Vec<Clause>) -> Self {
        Self {
            musts: Vec::new(),
            phrases: Vec::new(),
            most: None,
            any: None,
            extras: Vec::new(),
            without: Vec::new(),
            limits,
        }
    }

    /// The plan of a text that [can](Self::can) have one.
    pub(in crate::search) fn of(parsed: &Parsed, rule: Matched, lanes: &[Lane], limits: Vec<Clause>) -> Self {
        let pairs: Vec<Vec<Term>> = parsed
            .pairs()
            .iter()
            .map(|pair| lanes.iter().map(|lane| Term::from_field_text(lane.pairs, pair)).collect())
            .collect();
        let mut plan = Self::within(limits);
        match rule {
            Matched::All => {
                let words = parsed.bare_words();
                plan.musts.extend(words.into_iter().map(|word| short(lanes, std::slice::from_ref(word))));
                plan.extras = pairs;
            }
            Matched::Most => plan.most = Some((pairs, retrieve::needed(parsed.pairs().len()))),
        }
        for phrase in &parsed.phrases {
            let others = parsed.others(phrase);
            if phrase.len() <= 2 && others.is_empty() {
                plan.musts.push(short(lanes, phrase));
                continue;
            }
            let others = others.iter().filter_map(|other| match other {
                Other::Words(words) => Some(words),
                Other::Name(..) | Other::Number(_) => None,
            });
            let writings = std::iter::once(phrase).chain(others);
            let in_lanes = |words: &Vec<Word>| {
                lanes.iter().map(|lane| PhraseTerms::of(lane, words)).collect::<Vec<PhraseTerms>>()
            };
            plan.phrases.push(writings.flat_map(in_lanes).collect());
        }
        plan.without = parsed.excluded.iter().flat_map(|words| short(lanes, words)).collect();
        plan
    }
}

/// One word or two side by side, in each lane.
fn short(lanes: &[Lane], words: &[Word]) -> Vec<Term> {
    let in_lane = |lane: &Lane| match words {
        [first, second] => Term::from_field_text(lane.pairs, &pair(&first.folded, &second.folded)),
        [word, ..] => Term::from_field_text(lane.words, &word.folded),
        [] => Term::from_field_text(lane.words, ""),
    };
    lanes.iter().map(in_lane).collect()
}

impl PhraseTerms {
    fn of(lane: &Lane, phrase: &[Word]) -> Self {
        if let [word] = phrase {
            // What stands in a row by itself needs no place.
            let word = Term::from_field_text(lane.words, &word.folded);
            return Self { pairs: vec![word], words: Vec::new() };
        }
        let words = phrase.iter().map(|word| Term::from_field_text(lane.words, &word.folded));
        Self { pairs: retrieve::pair_terms(lane, phrase), words: words.collect() }
    }
}

#[cfg(test)]
mod tests;
