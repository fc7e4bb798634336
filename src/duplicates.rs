//! Floor 5, answers: which texts are copies of each other, with the evidence.
//!
//! Sketches propose, exact likeness decides: precision follows from the definition, recall from the
//! sketch. What thousands of texts share tells nothing about two of them, so content decides whether a
//! text is shown beside another; the likeness of the whole texts is told too. What comes out is a proposal for a person (nghi trùng, a possible duplicate); whether two
//! papers are one case also depends on who signed them and when, which this module does not judge.
//!
//! Records' texts come through a function the caller passes in, so that the caller's snapshot, scope
//! and secrecy rule over what is compared; identity rows give their scrubbed text.

pub mod agreement;
pub mod align;
pub mod casebook;
mod compare;
pub mod evaluate;
pub mod extract;
pub mod features;
pub mod learn;
mod listing;
pub mod paper;
pub mod passages;
pub mod propose;
pub mod relation;
pub mod score;
pub mod signal;
pub mod similarity;
pub mod token;
mod verify;
pub mod weights;

use std::sync::Arc;

use crate::domain::id::RecordId;
use crate::domain::limits::{DUPLICATE_BATCH, DUPLICATE_CANDIDATES_MAX, DUPLICATE_MEMBERS_SHOWN};
use crate::duplicates::similarity::{Likeness, Prepared};
use crate::sketch::SketchError;
use crate::sketch::index::{Candidate, Index};
use crate::sketch::shingle::shingles;

/// Share of the syllables of two short texts that must need no edit.
const CLOSE_MIN: f64 = 0.8;

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
    /// `similarity` of what is left without the shingles of very many texts.
    pub content: f64,
    /// `containment` of what is left without the shingles of very many texts.
    pub content_containment: f64,
    /// The mean of similarity and containment of the content, or the share of syllables that two short
    /// texts have in common: the greater, which orders the answers.
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
    /// Least exact similarity of the content, 0 to 1.
    pub min: f64,
    /// Least share of the smaller text in the other, 0 to 1, at which less similarity is enough.
    pub min_containment: Option<f64>,
    /// Most matches.
    pub limit: usize,
}

/// Which pairs are listed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Listed {
    /// Least exact similarity of the whole texts, 0 to 1.
    pub min: f64,
    /// Least share of the smaller text in the other at which pairs of less similarity are listed too.
    pub min_containment: Option<f64>,
}

/// The records of `index` whose text resembles `text`, best first, ties by id: by content, by containment,
/// or, where both texts are short, by edits. At most [`DUPLICATE_CANDIDATES_MAX`] texts are compared, and of
/// each text [`DUPLICATE_MEMBERS_SHOWN`] records are named. `texts` gives the text of each record asked for,
/// in order, or nothing where there is none to compare with.
///
/// # Errors
/// The index is damaged or cannot be read, or `texts` fails.
pub fn of_text<E: From<SketchError>>(
    index: &Index,
    text: &str,
    texts: &dyn Fn(&[RecordId]) -> Result<Vec<Option<String>>, E>,
    bounds: Bounds,
) -> Result<Vec<Match>, E> {
    let prepared = |ids: &[RecordId]| {
        let ready = |text: Option<String>| text.map(|text| Arc::new(Prepared::of(&text, index.frequent())));
        Ok(texts(ids)?.into_iter().map(ready).collect())
    };
    of_prepared(index, text, &prepared, bounds)
}

/// As [`of_text`], by texts that are made ready already where whoever asks compared them before.
///
/// # Errors
/// As [`of_text`].
pub fn of_prepared<E: From<SketchError>>(
    index: &Index,
    text: &str,
    prepared: Ready<'_, E>,
    bounds: Bounds,
) -> Result<Vec<Match>, E> {
    let found = shingles(text);
    let Some(sketch) = index.sketch_of(&found) else { return Ok(Vec::new()) };
    let asked = Asked { index, given: Prepared::of_shingles(found, index.frequent()), prepared, bounds };
    let candidates = index.candidates(&sketch, bounds.min as f32, DUPLICATE_CANDIDATES_MAX)?;
    let mut matches = Vec::new();
    for batch in candidates.chunks(DUPLICATE_BATCH) {
        let firsts: Vec<RecordId> = batch.iter().map(|candidate| candidate.id).collect();
        for (candidate, first) in batch.iter().zip(prepared(&firsts)?) {
            matches.extend(asked.verified(candidate, first)?);
        }
    }
    matches.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.id.cmp(&other.id)));
    matches.truncate(bounds.limit);
    Ok(matches)
}

/// Gives every pair of records of `index` that is to be `listed` to `sink`, once, in an order that depends
/// on nothing but the records. By whole texts, so the index must leave nothing out for all to be found.
/// `texts` as for [`of_text`].
///
/// # Errors
/// The index is damaged or cannot be read, or `texts` or `sink` fails.
pub fn pairs<E: From<SketchError>>(
    index: &Index,
    texts: &dyn Fn(&[RecordId]) -> Result<Vec<Option<String>>, E>,
    listed: Listed,
    sink: &mut dyn FnMut(Pair) -> Result<(), E>,
) -> Result<(), E> {
    listing::list(index, texts, listed, sink)
}

/// Gives the texts of records made ready, in order, or nothing where there is none to compare with.
pub type Ready<'f, E> = &'f dyn Fn(&[RecordId]) -> Result<Vec<Option<Arc<Prepared>>>, E>;

struct Asked<'a, E> {
    index: &'a Index,
    given: Prepared,
    prepared: Ready<'a, E>,
    bounds: Bounds,
}

impl<E: From<SketchError>> Asked<'_, E> {
    /// The records with the text of `candidate`, if it is like the one given. `first` is the text of the
    /// one it came with.
    fn verified(&self, candidate: &Candidate, first: Option<Arc<Prepared>>) -> Result<Vec<Match>, E> {
        let likeness = first.map(|text| self.likeness(&text));
        if let Some(None) = likeness {
            return Ok(Vec::new());
        }
        let members = self.index.same_text_members(candidate.text_hash, DUPLICATE_MEMBERS_SHOWN)?;
        if let (Some(Some(found)), [one]) = (&likeness, members.as_slice()) {
            return Ok(vec![matched(*one, *found)]);
        }
        let mut matches = Vec::new();
        let mut likeness = likeness.flatten();
        for batch in members.chunks(DUPLICATE_BATCH) {
            for (id, text) in batch.iter().zip((self.prepared)(batch)?) {
                let Some(text) = text else { continue };
                if likeness.is_none() {
                    likeness = self.likeness(&text);
                }
                let Some(found) = likeness else { return Ok(Vec::new()) };
                matches.push(matched(*id, found));
            }
        }
        Ok(matches)
    }

    /// How like `text` is to the one given, and its score, if that is like enough.
    fn likeness(&self, text: &Prepared) -> Option<(Likeness, f64)> {
        let found = self.given.compare(text);
        let closeness = self.given.closeness(text).unwrap_or(0.0);
        let contained = found.containment.max(found.content_containment);
        let is_like = found.same_text
            || found.content >= self.bounds.min
            || closeness >= CLOSE_MIN
            || self.bounds.min_containment.is_some_and(|min| contained >= min);
        let score = f64::midpoint(found.content, found.content_containment).max(closeness);
        is_like.then_some((found, score))
    }
}

fn matched(id: RecordId, (found, score): (Likeness, f64)) -> Match {
    let Likeness { similarity, containment, content, content_containment, .. } = found;
    Match { id, relation: found.relation(), similarity, containment, content, content_containment, score }
}

#[cfg(test)]
mod tests;
