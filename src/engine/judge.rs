//! Judges one petition against the earlier ones of a snapshot: who resembles it, and how they relate.
//!
//! Candidates come from three places: texts with like sketches, petitions that share a key (an ID number, a
//! decision, a parcel, a case), and the newest ones no key index knows yet. Each is fetched within the scope,
//! compared exactly and judged by weighed signals. The answer is a function of the snapshot, the key index
//! and the scope; no order of asking changes it.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::domain::civil::CivilDate;
use crate::domain::id::RecordId;
use crate::domain::limits::{JUDGED_MAX, SAME_TEXT_JUDGED_MAX};
use crate::domain::scope::Scope;
use crate::domain::secrecy::RowSecrecy;
use crate::duplicates::features::Features;
use crate::duplicates::paper::{Paper, Signer};
use crate::duplicates::propose::{self, Proposal};
use crate::duplicates::similarity::{Likeness, Prepared};
use crate::duplicates::weights::Weights;
use crate::engine::casefile::day;
use crate::engine::keyring::Keyring;
use crate::engine::knowledge::Knowledge;
use crate::engine::papers::{Held, PETITIONS};
use crate::engine::snapshot::Snapshot;
use crate::engine::{Engine, EngineError};
use crate::sketch::frequent::Frequent;
use crate::sketch::index::Index;

/// Texts estimated below are not fetched: what is proposed from words alone shares more.
const ESTIMATE_MIN: f32 = 0.3;

/// A petition, or a pasted letter, ready to be judged.
pub(super) struct Asked {
    pub(super) paper: Paper,
    features: Features,
    prepared: Prepared,
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

/// Judges petitions of one snapshot within one scope.
pub(super) struct Judge<'e> {
    engine: &'e Engine,
    snapshot: Arc<Snapshot>,
    index: Option<Arc<Index>>,
    knowledge: Arc<Knowledge>,
    keyring: Arc<Keyring>,
    scope: Scope,
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
        Ok(Self { engine, snapshot: Arc::clone(snapshot), index, knowledge, keyring, scope: scope.clone() })
    }

    /// A row, ready to be judged.
    pub(super) fn ready(&self, held: &Held) -> Asked {
        self.asked(self.paper(held))
    }

    /// A letter of which nothing but its text is known.
    pub(super) fn ready_text(&self, text: &str) -> Asked {
        self.asked(Paper { text: text.to_owned(), ..Paper::default() })
    }

    fn asked(&self, paper: Paper) -> Asked {
        let frequent = self.index.as_ref().map(|index| index.frequent());
        let prepared = Prepared::of(&paper.text, frequent.unwrap_or(&Frequent::default()));
        Asked { features: Features::of(&paper), prepared, paper }
    }

    /// The petitions that may be of the matter of `asked`, judged, best first; `is_judged` says which of
    /// the candidates are wanted.
    ///
    /// # Errors
    /// An index is damaged.
    pub(super) fn judge(
        &self,
        asked: &Asked,
        is_judged: &dyn Fn(&Held) -> bool,
    ) -> Result<Vec<Judged>, EngineError> {
        let candidates: Vec<RecordId> = self.candidates(asked)?.into_iter().collect();
        let mut judged = Vec::new();
        for held in self.engine.papers(&self.snapshot, &candidates, &self.scope)?.into_iter().flatten() {
            if is_judged(&held) {
                judged.push(self.judged(asked, held));
            }
        }
        judged.sort_by(|one, other| {
            let total = |judged: &Judged| judged.proposal.score.total();
            total(other).total_cmp(&total(one)).then(one.held.id.cmp(&other.held.id))
        });
        Ok(judged)
    }

    /// `held` judged against `asked`, whichever came first.
    pub(super) fn judged(&self, asked: &Asked, held: Held) -> Judged {
        let other = self.ready(&held);
        let likeness = asked.prepared.compare(&other.prepared);
        let weights = Weights::embedded();
        let proposal = if is_later(&other.paper, &asked.paper) {
            propose::propose(&other.features, &asked.features, &likeness, weights)
        } else {
            propose::propose(&asked.features, &other.features, &likeness, weights)
        };
        Judged { held, likeness, proposal }
    }

    fn candidates(&self, asked: &Asked) -> Result<BTreeSet<RecordId>, EngineError> {
        let mut found = BTreeSet::new();
        if let Some((index, sketch)) =
            self.index.as_ref().and_then(|index| Some((index, index.sketch(&asked.paper.text)?)))
        {
            for candidate in index.candidates(&sketch, ESTIMATE_MIN, JUDGED_MAX)? {
                found.insert(candidate.id);
                found.extend(index.same_text_members(candidate.text_hash, SAME_TEXT_JUDGED_MAX)?);
            }
        }
        found.extend(self.keyring.sharing(&asked.features.keys(), JUDGED_MAX));
        if let Some(id) = asked.paper.id {
            found.remove(&id);
        }
        Ok(found)
    }

    /// The petitions `ids` that are there and in scope.
    pub(super) fn held(&self, ids: &[RecordId]) -> Result<Vec<Held>, EngineError> {
        Ok(self.engine.papers(&self.snapshot, ids, &self.scope)?.into_iter().flatten().collect())
    }

    /// The keys of a row, for a key index.
    pub(super) fn keys(&self, held: &Held) -> Vec<u64> {
        Features::of(&self.paper(held)).keys()
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

/// Whether `one` came after `other`; a pasted letter comes after everything.
fn is_later(one: &Paper, other: &Paper) -> bool {
    let order = |paper: &Paper| (paper.id.is_none(), paper.received_on.map(CivilDate::first_day), paper.id);
    order(one) > order(other)
}

/// Place of a petition among all: by day of arrival, then by id.
pub(super) fn order(held: &Held) -> (Option<chrono::NaiveDate>, RecordId) {
    (held.text("received_on").and_then(day), held.id)
}
