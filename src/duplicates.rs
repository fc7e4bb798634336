//! Floor 5, answers: which texts are copies of each other, with the evidence.
//!
//! Sketches propose, exact similarity decides: precision follows from the definition, recall from the
//! sketch. What comes out is a proposal for a person (nghi trùng, a possible duplicate); whether two
//! papers are one case also depends on who signed them and when, which this module does not judge.
//!
//! Records' texts come through a function the caller passes in, so that the caller's snapshot, scope
//! and secrecy rule over what is compared; identity rows give their scrubbed text.

pub mod align;
pub mod similarity;
mod verify;

use crate::domain::id::RecordId;
use crate::domain::limits::{DUPLICATE_BATCH, DUPLICATE_CANDIDATES_MAX};
use crate::duplicates::similarity::{Prepared, Similarity};
use crate::duplicates::verify::Texts;
use crate::sketch::SketchError;
use crate::sketch::index::{CandidatePair, Index};
use crate::sketch::minhash::Sketch;

/// How far an estimate may lie below the exact similarity: eight standard errors for a petition, two for
/// a text of ten shingles.
const ESTIMATE_SLACK: f32 = 0.3;

/// How two texts relate, as far as their words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// They read the same, marks, case and punctuation aside.
    SameText,
    /// Most of their words are the same.
    NearText,
    /// The smaller one stands, nearly whole, in one at least a quarter larger.
    Contains,
}

impl Relation {
    /// The stable code, also the key of the label (`relation.same_text`).
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::SameText => "same_text",
            Self::NearText => "near_text",
            Self::Contains => "contains",
        }
    }
}

/// A record whose text resembles the one asked about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// The record.
    pub id: RecordId,
    /// How its text relates.
    pub relation: Relation,
    /// How much of both texts is the same, 0 to 1.
    pub similarity: f64,
    /// How much of the smaller text is in the larger, 0 to 1.
    pub containment: f64,
    /// The mean of both, which orders the answers.
    pub score: f64,
}

/// Two records whose texts resemble each other; `id_a` < `id_b`. Other fields as in [`Match`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The smaller id.
    pub id_a: RecordId,
    /// The greater id.
    pub id_b: RecordId,
    /// How the texts relate.
    pub relation: Relation,
    /// How much of both texts is the same, 0 to 1.
    pub similarity: f64,
    /// How much of the smaller text is in the larger, 0 to 1.
    pub containment: f64,
    /// The mean of both.
    pub score: f64,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Least exact similarity, 0 to 1.
    pub min: f64,
    /// Most matches.
    pub limit: usize,
}

/// The records of `index` whose text resembles `text`, best first, ties by id. At most
/// [`DUPLICATE_CANDIDATES_MAX`] candidates are compared. `texts` gives the text of each record asked
/// for, in order, or nothing where there is none to compare with.
///
/// # Errors
/// The index is damaged or cannot be read, or `texts` fails.
pub fn of_text<E: From<SketchError>>(
    index: &Index,
    text: &str,
    texts: &dyn Fn(&[RecordId]) -> Result<Vec<Option<String>>, E>,
    bounds: Bounds,
) -> Result<Vec<Match>, E> {
    let Some(sketch) = Sketch::of_text(text) else { return Ok(Vec::new()) };
    let given = Prepared::of(text);
    let least = bounds.min as f32 - ESTIMATE_SLACK;
    let mut candidates = index.candidates(&sketch, DUPLICATE_CANDIDATES_MAX)?;
    candidates.retain(|candidate| candidate.estimate >= least);
    let mut matches = Vec::new();
    for batch in candidates.chunks(DUPLICATE_BATCH) {
        let ids: Vec<RecordId> = batch.iter().map(|candidate| candidate.id).collect();
        for (id, other) in ids.iter().zip(texts(&ids)?) {
            let similarity = other.map(|other| given.compare(&Prepared::of(&other)));
            matches.extend(similarity.filter(|s| s.similarity >= bounds.min).map(|s| matched(*id, s)));
        }
    }
    matches.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.id.cmp(&other.id)));
    matches.truncate(bounds.limit);
    Ok(matches)
}

/// Gives every pair of records of `index` with an exact similarity of `min` or more to `sink`, once,
/// in an order that depends on nothing but the records. `texts` as for [`of_text`].
///
/// # Errors
/// The index is damaged or cannot be read, or `texts` or `sink` fails.
pub fn pairs<E: From<SketchError>>(
    index: &Index,
    texts: &dyn Fn(&[RecordId]) -> Result<Vec<Option<String>>, E>,
    min: f64,
    sink: &mut dyn FnMut(Pair) -> Result<(), E>,
) -> Result<(), E> {
    let mut known = Texts::new(texts);
    let mut batch: Vec<CandidatePair> = Vec::with_capacity(DUPLICATE_BATCH);
    index.all_pairs(min as f32 - ESTIMATE_SLACK, &mut |pair| {
        batch.push(pair);
        if batch.len() < DUPLICATE_BATCH {
            return Ok(());
        }
        verify_batch(&mut known, &mut batch, min, sink)
    })?;
    verify_batch(&mut known, &mut batch, min, sink)
}

fn verify_batch<E>(
    texts: &mut Texts<'_, E>,
    batch: &mut Vec<CandidatePair>,
    min: f64,
    sink: &mut dyn FnMut(Pair) -> Result<(), E>,
) -> Result<(), E> {
    texts.load(batch.iter().flat_map(|pair| [pair.one, pair.other]))?;
    for pair in batch.drain(..) {
        let (Some(one), Some(other)) = (texts.get(pair.one), texts.get(pair.other)) else { continue };
        let found = one.compare(other);
        if found.similarity >= min {
            let Match { relation, similarity, containment, score, .. } = matched(pair.other, found);
            sink(Pair { id_a: pair.one, id_b: pair.other, relation, similarity, containment, score })?;
        }
    }
    Ok(())
}

fn matched(id: RecordId, found: Similarity) -> Match {
    let Similarity { relation, similarity, containment } = found;
    Match { id, relation, similarity, containment, score: f64::midpoint(similarity, containment) }
}

#[cfg(test)]
mod tests;
