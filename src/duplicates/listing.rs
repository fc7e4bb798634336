//! Every pair of a dataset, for whoever wants to check or to load them elsewhere.
//!
//! Pairs by similarity come from the bands, pairs by containment from asking with each text in turn; each
//! is verified exactly, and one that similarity lists is not listed by containment again.

use crate::domain::id::RecordId;
use crate::domain::limits::{DUPLICATE_BATCH, DUPLICATE_CANDIDATES_MAX, SKETCH_GROUP_WINDOW};
use crate::duplicates::similarity::Likeness;
use crate::duplicates::verify::{Fetch, Texts};
use crate::duplicates::{Listed, Pair};
use crate::sketch::SketchError;
use crate::sketch::index::Index;

struct Listing<'l, E> {
    index: &'l Index,
    fetch: Fetch<'l, E>,
    texts: Texts<'l, E>,
    waiting: Vec<(RecordId, RecordId)>,
    sink: &'l mut dyn FnMut(Pair) -> Result<(), E>,
}

/// Gives every pair that is to be `listed` to `sink`.
pub(in crate::duplicates) fn list<E: From<SketchError>>(
    index: &Index,
    fetch: Fetch<'_, E>,
    listed: Listed,
    sink: &mut dyn FnMut(Pair) -> Result<(), E>,
) -> Result<(), E> {
    let texts = Texts::new(fetch, index.frequent());
    let mut listing = Listing { index, fetch, texts, waiting: Vec::new(), sink };
    let is_similar = |found: &Likeness| found.similarity >= listed.min;
    index.all_pairs(listed.min as f32, &mut |pair| listing.wait((pair.one, pair.other), &is_similar))?;
    listing.verify(&is_similar)?;
    let Some(min) = listed.min_containment else { return Ok(()) };
    let is_contained = |found: &Likeness| !is_similar(found) && found.containment >= min;
    let mut asking = Vec::with_capacity(DUPLICATE_BATCH);
    index.all_records(&mut |id| {
        asking.push(id);
        if asking.len() < DUPLICATE_BATCH { Ok(()) } else { listing.ask(&mut asking, &is_contained) }
    })?;
    listing.ask(&mut asking, &is_contained)?;
    listing.verify(&is_contained)
}

impl<E: From<SketchError>> Listing<'_, E> {
    /// Looks for texts that contain those of the records `asking`, or stand in them; each pair is found
    /// from both sides and taken from the smaller id.
    fn ask(&mut self, asking: &mut Vec<RecordId>, keep: &dyn Fn(&Likeness) -> bool) -> Result<(), E> {
        let texts = (self.fetch)(asking)?;
        for (id, text) in asking.drain(..).zip(texts) {
            let Some(sketch) = text.and_then(|text| self.index.sketch(&text)) else { continue };
            let candidates = self.index.candidates(&sketch, f32::INFINITY, DUPLICATE_CANDIDATES_MAX)?;
            for candidate in candidates.iter().filter(|found| found.containment > 0.0 && !found.same_text) {
                let members = self.index.same_text_members(candidate.text_hash, SKETCH_GROUP_WINDOW)?;
                for other in members.into_iter().filter(|other| *other > id) {
                    self.wait((id, other), keep)?;
                }
            }
        }
        Ok(())
    }

    fn wait(&mut self, pair: (RecordId, RecordId), keep: &dyn Fn(&Likeness) -> bool) -> Result<(), E> {
        self.waiting.push(pair);
        if self.waiting.len() < DUPLICATE_BATCH { Ok(()) } else { self.verify(keep) }
    }

    fn verify(&mut self, keep: &dyn Fn(&Likeness) -> bool) -> Result<(), E> {
        self.texts.load(self.waiting.iter().flat_map(|(one, other)| [*one, *other]))?;
        for (id_a, id_b) in self.waiting.drain(..) {
            let (Some(one), Some(other)) = (self.texts.get(id_a), self.texts.get(id_b)) else { continue };
            let found = one.compare(other);
            if keep(&found) {
                let Likeness { similarity, containment, .. } = found;
                let (relation, score) = (found.relation(), f64::midpoint(similarity, containment));
                (self.sink)(Pair { id_a, id_b, relation, similarity, containment, score })?;
            }
        }
        Ok(())
    }
}
