//! Judges one petition against the earlier ones of a snapshot: who resembles it, and how they relate.
//!
//! Candidates come from three places: texts with like sketches, petitions that share a key (an ID number, a
//! decision, a parcel, a case), and the newest ones no key index knows yet. Each is fetched within the scope,
//! compared exactly and judged by weighed signals. The answer is a function of the snapshot, the key index
//! and the scope; no order of asking changes it.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use rustc_hash::FxHashMap;
use serde_json::Value as Json;

use crate::domain::civil::CivilDate;
use crate::domain::id::RecordId;
use crate::domain::limits::{JUDGED_MAX, SAME_TEXT_JUDGED_MAX};
use crate::domain::scope::Scope;
use crate::domain::secrecy::RowSecrecy;
use crate::duplicates::features::Features;
use crate::duplicates::paper::{Paper, Signer};
use crate::duplicates::propose::{self, Proposal};
use crate::duplicates::relation::Proposed;
use crate::duplicates::similarity::{Likeness, Prepared};
use crate::duplicates::weights::Weights;
use crate::engine::casefile::day;
use crate::engine::keyring::Keyring;
use crate::engine::knowledge::Knowledge;
use crate::engine::papers::{Held, PETITIONS};
use crate::engine::shelf::Shelf;
use crate::engine::snapshot::Snapshot;
use crate::engine::{Engine, EngineError};
use crate::sketch::frequent::Frequent;
use crate::sketch::index::{Candidate, Index};
use crate::sketch::minhash::Sketch;
use crate::sketch::shingle::{Shingles, shingles};

/// Texts less similar are not fetched: what is proposed from words alone shares more.
const ESTIMATE_MIN: f32 = 0.3;
/// The same of texts compared with their form, which letters of one field share a third of.
const WHOLE_ESTIMATE_MIN: f32 = 0.5;
/// Standard errors by which an estimate may miss that.
const ESTIMATE_ERRORS: f32 = 3.0;

/// A petition, or a pasted letter, ready to be judged.
pub(super) struct Asked {
    /// Nothing for a pasted letter.
    id: Option<RecordId>,
    arrived: Option<NaiveDate>,
    features: Features,
    prepared: Prepared,
    /// Sketches to look for neighbours by, each with the least similarity that is worth a look.
    sketches: Vec<(Sketch, f32)>,
    /// What petitions of its matter or in its form may share.
    keys: Vec<u64>,
}

/// A petition's row, without its text, with what is compared of it.
pub(super) struct Ready {
    pub(super) held: Held,
    pub(super) asked: Asked,
}

/// An earlier petition, judged.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The petition.
    pub held: Held,
    /// How alike the texts are.
    pub likeness: Likeness,
    /// What is proposed, and why.
    pub proposal: Proposal,
}

/// An earlier petition of a run, judged without the reasons.
pub(super) struct Weighed {
    pub(super) earlier: Arc<Ready>,
    pub(super) likeness: Likeness,
    pub(super) relation: Proposed,
    /// In bits.
    pub(super) score: f64,
}

/// Judges petitions of one snapshot within one scope.
pub(super) struct Judge<'e> {
    engine: &'e Engine,
    snapshot: Arc<Snapshot>,
    index: Option<Arc<Index>>,
    knowledge: Arc<Knowledge>,
    keyring: Arc<Keyring>,
    weights: Arc<Weights>,
    scope: Scope,
    shelf: Mutex<Shelf>,
    /// Texts that were compared one by one, for who compares them by their words alone too.
    compared: Mutex<FxHashMap<RecordId, Arc<Prepared>>>,
}

impl<'e> Judge<'e> {
    /// A judge of `snapshot`.
    ///
    /// # Errors
    /// A table or index is damaged.
    pub(super) fn open(
        engine: &'e Engine,
        snapshot: &Arc<Snapshot>,
        keyring: Arc<Keyring>,
        scope: &Scope,
    ) -> Result<Self, EngineError> {
        let index = snapshot.sketches(snapshot.dataset(PETITIONS)?)?;
        let knowledge = engine.knowledge(snapshot)?;
        let weights = engine.weights()?;
        let (snapshot, scope, shelf) = (Arc::clone(snapshot), scope.clone(), Mutex::default());
        let compared = Mutex::default();
        Ok(Self { engine, snapshot, index, knowledge, keyring, weights, scope, shelf, compared })
    }

    /// The same judge with its sketches in memory, for who judges every petition.
    ///
    /// # Errors
    /// The sketches are damaged.
    pub(super) fn with_sketches_held(self) -> Result<Self, EngineError> {
        let index = self.index.as_ref().map(|index| index.held()).transpose()?.map(Arc::new);
        Ok(Self { index, ..self })
    }

    /// The same judge with another key index; what it has made ready stays.
    pub(super) fn with_keyring(self, keyring: Arc<Keyring>) -> Self {
        Self { keyring, ..self }
    }

    /// A row, ready to be judged.
    pub(super) fn ready(&self, held: &Held) -> Asked {
        self.asked(&self.paper(held))
    }

    /// A letter of which nothing but its text is known.
    pub(super) fn ready_text(&self, text: &str) -> Asked {
        self.asked(&Paper { text: text.to_owned(), ..Paper::default() })
    }

    fn asked(&self, paper: &Paper) -> Asked {
        let found = shingles(&paper.text);
        let sketches = self.index.as_ref().map(|index| sketches(index, &found)).unwrap_or_default();
        let none = Frequent::default();
        let frequent = self.index.as_ref().map_or(&none, |index| index.frequent());
        let prepared = Prepared::of_shingles(found, frequent);
        let arrived = paper.received_on.map(CivilDate::first_day);
        let features = Features::of(paper);
        let mut keys = features.keys();
        keys.extend(prepared.form_keys(frequent));
        Asked { id: paper.id, arrived, features, prepared, sketches, keys }
    }

    /// The petitions that may be of the matter of `asked`, judged, best first.
    ///
    /// # Errors
    /// An index is damaged.
    pub(super) fn judge(&self, asked: &Asked) -> Result<Vec<Judged>, EngineError> {
        let candidates: Vec<RecordId> = self.candidates(asked)?.into_iter().collect();
        let held = self.engine.papers(&self.snapshot, &candidates, &self.scope)?;
        let mut judged: Vec<Judged> =
            held.into_iter().flatten().map(|held| self.judged(asked, held)).collect();
        judged.sort_by(Judged::by_nearness);
        Ok(judged)
    }

    /// `held` judged against `asked`, whichever came first.
    pub(super) fn judged(&self, asked: &Asked, held: Held) -> Judged {
        let other = self.ready(&held);
        let likeness = asked.prepared.compare(&other.prepared);
        let (later, earlier) = if is_later(&other, asked) { (&other, asked) } else { (asked, &other) };
        let proposal = propose::propose(&later.features, &earlier.features, &likeness, &self.weights);
        let mut compared = self.compared.lock().unwrap_or_else(PoisonError::into_inner);
        compared.insert(held.id, Arc::new(other.prepared));
        drop(compared);
        Judged { held, likeness, proposal }
    }

    /// The text of a petition that was [judged](Self::judged), made ready.
    pub(super) fn compared(&self, id: RecordId) -> Option<Arc<Prepared>> {
        self.compared.lock().unwrap_or_else(PoisonError::into_inner).get(&id).map(Arc::clone)
    }

    /// The petitions before `later` that may be of its matter, weighed, best first. `is_before` says of an
    /// id whether it can be one of them, so that no other is fetched.
    ///
    /// # Errors
    /// An index is damaged.
    pub(super) fn weighed(
        &self,
        later: &Ready,
        is_before: &dyn Fn(RecordId) -> bool,
    ) -> Result<Vec<Weighed>, EngineError> {
        let mut candidates = self.candidates(&later.asked)?;
        candidates.retain(|id| is_before(*id));
        let candidates: Vec<RecordId> = candidates.into_iter().collect();
        let own = order(&later.held);
        let earlier = self.made_ready(&candidates)?.into_iter().filter(|ready| order(&ready.held) < own);
        let mut weighed: Vec<Weighed> = earlier
            .map(|earlier| {
                let likeness = later.asked.prepared.compare(&earlier.asked.prepared);
                let (mine, its) = (&later.asked.features, &earlier.asked.features);
                let (relation, score) = propose::relate(mine, its, &likeness, &self.weights);
                Weighed { earlier, likeness, relation, score: score.total() }
            })
            .collect();
        weighed.sort_by(|one, other| {
            other.score.total_cmp(&one.score).then(one.earlier.held.id.cmp(&other.earlier.held.id))
        });
        Ok(weighed)
    }

    /// Those of the petitions `ids` that are there and in scope, in their order; those made ready before
    /// are not read again.
    ///
    /// # Errors
    /// The index is damaged.
    pub(super) fn made_ready(&self, ids: &[RecordId]) -> Result<Vec<Arc<Ready>>, EngineError> {
        let mut known: Vec<Option<Arc<Ready>>> = {
            let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
            ids.iter().map(|id| shelf.get(*id)).collect()
        };
        let missing: Vec<RecordId> =
            ids.iter().zip(&known).filter(|(_, known)| known.is_none()).map(|(id, _)| *id).collect();
        if !missing.is_empty() {
            let read = self.engine.papers(&self.snapshot, &missing, &self.scope)?;
            let mut made: Vec<Option<Arc<Ready>>> =
                read.into_iter().map(|held| held.map(|held| Arc::new(self.made(held)))).collect();
            let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
            made.iter().flatten().for_each(|ready| shelf.put(ready.held.id, Arc::clone(ready)));
            drop(shelf);
            let slots = known.iter_mut().filter(|known| known.is_none());
            slots.zip(made.iter_mut()).for_each(|(slot, made)| *slot = made.take());
        }
        Ok(known.into_iter().flatten().collect())
    }

    fn made(&self, mut held: Held) -> Ready {
        let asked = self.ready(&held);
        held.values.remove("text");
        Ready { held, asked }
    }

    fn candidates(&self, asked: &Asked) -> Result<BTreeSet<RecordId>, EngineError> {
        let mut found = BTreeSet::new();
        if let Some(index) = &self.index {
            for (sketch, min) in &asked.sketches {
                let near = index.candidates(sketch, *min, JUDGED_MAX)?;
                for candidate in near.into_iter().filter(|candidate| is_worth_fetching(candidate, *min)) {
                    found.insert(candidate.id);
                    found.extend(index.same_text_members(candidate.text_hash, SAME_TEXT_JUDGED_MAX)?);
                }
            }
        }
        found.extend(self.keyring.sharing(&asked.keys, JUDGED_MAX));
        if let Some(id) = asked.id {
            found.remove(&id);
        }
        Ok(found)
    }

    /// The petitions `ids` that are there and in scope.
    pub(super) fn held(&self, ids: &[RecordId]) -> Result<Vec<Held>, EngineError> {
        Ok(self.engine.papers(&self.snapshot, ids, &self.scope)?.into_iter().flatten().collect())
    }

    fn paper(&self, held: &Held) -> Paper {
        let owned = |column: &str| held.text(column).map(str::to_owned);
        let date = |column: &str| held.text(column).and_then(day).map(CivilDate::day);
        let is_identity = held.text("secrecy") != Some(RowSecrecy::Ordinary.code());
        let signer = if is_identity {
            self.knowledge.signer(held.id)
        } else {
            Signer::Plain {
                name: owned("signer_name"),
                address: owned("signer_address"),
                id_number: owned("signer_id_number"),
                phone: owned("signer_phone"),
            }
        };
        Paper {
            id: Some(held.id),
            text: owned("text").unwrap_or_default(),
            title: owned("title"),
            kind: owned("kind"),
            unit: owned("unit"),
            recipient: owned("recipient"),
            province: owned("province"),
            commune: owned("commune"),
            respondent: owned("respondent"),
            subject: owned("subject"),
            case_id: owned("case_id"),
            received_on: date("received_on"),
            written_on: date("written_on"),
            resolved_on: date("resolved_on"),
            is_anonymous: held.values.get("is_anonymous").and_then(Json::as_bool).unwrap_or_default(),
            is_identity,
            signer,
            outcome: self.knowledge.outcome(held),
        }
    }
}

impl Judged {
    /// Compares by how much a reader wants to see it: what has a relation of its own before what is merely
    /// of one matter, for the words of a field are shared by many; then the better score.
    fn by_nearness(&self, other: &Self) -> Ordering {
        let place = |one: &Self| match one.proposal.relation {
            Proposed::Unrelated => 2,
            Proposed::Related => 1,
            _ => 0,
        };
        let score = |one: &Self| one.proposal.score.total();
        let by_place = place(self).cmp(&place(other)).then(score(other).total_cmp(&score(self)));
        // Of letters that agree alike the one that came first is the one the others take up.
        let came = |one: &Self| (order(&one.held).0, one.held.id);
        by_place.then_with(|| came(self).cmp(&came(other)))
    }
}

impl Asked {
    /// Its keys, for a key index.
    pub(super) fn keys(&self) -> &[u64] {
        &self.keys
    }
}

/// What to look for the neighbours of a text by: its sketch and the one it might as well have.
fn sketches(index: &Index, found: &Shingles) -> Vec<(Sketch, f32)> {
    let frequent = index.frequent();
    let is_thin = frequent.is_thin(found.hashes.len(), frequent.left(&found.hashes).len());
    let (own, other) =
        if is_thin { (WHOLE_ESTIMATE_MIN, ESTIMATE_MIN) } else { (ESTIMATE_MIN, WHOLE_ESTIMATE_MIN) };
    let own = index.sketch_of(found).map(|sketch| (sketch, own));
    let other = index.other_sketch_of(found).map(|sketch| (sketch, other));
    own.into_iter().chain(other).collect()
}

/// Sketches that meet by chance in a band are many, and cost a read and a comparison each.
fn is_worth_fetching(candidate: &Candidate, min: f32) -> bool {
    candidate.same_text
        || candidate.is_short
        || candidate.containment > 0.0
        || candidate.estimate + ESTIMATE_ERRORS * candidate.error >= min
}

/// Whether `one` came after `other`; a pasted letter comes after everything.
fn is_later(one: &Asked, other: &Asked) -> bool {
    let order = |asked: &Asked| (asked.id.is_none(), asked.arrived, asked.id);
    order(one) > order(other)
}

/// Place of a petition among all: by day of arrival, then by id.
pub(super) fn order(held: &Held) -> (Option<NaiveDate>, RecordId) {
    (held.text("received_on").and_then(day), held.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duplicates::score::Score;
    use crate::duplicates::signal::{Level, Levels, Signal};
    use crate::duplicates::weights::Weights;
    use crate::search::reader::Values;

    fn judged(key: &str, relation: Proposed, levels: Levels) -> Judged {
        let id = RecordId::of_key('P', PETITIONS, "test", key);
        let score = Score::of(&levels, Weights::embedded());
        let proposal =
            Proposal { relation, basis: "", levels, score, reasons: Vec::new(), against: Vec::new() };
        Judged { held: Held { id, values: Values::default() }, likeness: Likeness::default(), proposal }
    }

    #[test]
    fn a_relation_of_its_own_is_shown_before_many_that_are_merely_related() {
        let alike = Levels::default().with(Signal::Story, Level::Partly);
        let mut all: Vec<Judged> = (0..5)
            .map(|number| judged(&number.to_string(), Proposed::Related, alike))
            .chain([judged("a", Proposed::FormLetter, Levels::default())])
            .chain([judged("b", Proposed::ContinuedDenunciation, alike)])
            .collect();
        all.sort_by(Judged::by_nearness);
        let relations: Vec<Proposed> = all.iter().map(|one| one.proposal.relation).collect();
        assert_eq!(relations[..2], [Proposed::ContinuedDenunciation, Proposed::FormLetter]);
        assert!(relations[2..].iter().all(|relation| *relation == Proposed::Related));
    }
}
