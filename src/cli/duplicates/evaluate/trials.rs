//! Trials: later letters of a truth pasted one by one, as people do into the page, and where their matter stands
//! in what is shown.

use serde_json::{Value as Json, json};

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::domain::id::RecordId;
use crate::duplicates::evaluate::Truths;
use crate::duplicates::evaluate::tally::Count;
use crate::engine::proposals::Found;

/// Places at which a related letter counts as shown.
const SHOWN: usize = 3;

/// What the trials found.
#[derive(Default)]
pub(super) struct Trials {
    /// Letters asked, and those whose first answers hold a letter of their matter, by relation.
    pub(super) top: Vec<(String, Count)>,
    /// Letters of which the first answers hold none.
    pub(super) misses: Vec<Miss>,
}

/// A letter whose first answers hold no letter of its matter.
pub(super) struct Miss {
    id: RecordId,
    relation: String,
    changes: Vec<String>,
    /// Place of the first letter of its matter, from 1; nothing if there is none at all.
    place: Option<usize>,
    /// Letters found in its place.
    shown: Vec<(RecordId, &'static str, f64)>,
}

impl Trials {
    /// Pastes so many later letters, spread over all of them.
    pub(super) fn of(context: &Context, truths: &Truths, trials: usize) -> Result<Self, CliError> {
        let engine = context.reading()?;
        let later = truths.later();
        let step = (later.len() / trials).max(1);
        let mut made = Self::default();
        for (id, relation) in later.into_iter().step_by(step).take(trials) {
            let text = engine.petition_text(id, &context.scope)?;
            let found = engine.proposals_of_text(&text, &context.scope)?.found;
            let others: Vec<&Found> = found.iter().filter(|found| found.judged.held.id != id).collect();
            let place = others.iter().position(|found| truths.are_related(id, found.judged.held.id));
            let is_shown = place.is_some_and(|place| place < SHOWN);
            made.count(relation, is_shown);
            made.count("all", is_shown);
            if !is_shown {
                let shown = others.iter().take(SHOWN).map(|found| {
                    let proposal = &found.judged.proposal;
                    (found.judged.held.id, proposal.relation.code(), proposal.score.total())
                });
                made.misses.push(Miss {
                    id,
                    relation: relation.to_owned(),
                    changes: truths.changes_of(id).to_vec(),
                    place: place.map(|place| place + 1),
                    shown: shown.collect(),
                });
            }
        }
        made.top.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(made)
    }

    fn count(&mut self, name: &str, is_shown: bool) {
        let place = self.top.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            self.top.push((name.to_owned(), Count::default()));
            self.top.len() - 1
        });
        if let Some((_, count)) = self.top.get_mut(place) {
            count.pairs += 1;
            count.right += u64::from(is_shown);
        }
    }
}

impl Miss {
    /// `miss P… split [ocr_errors] 5: P… form_letter 12.1, P… related 9.0`
    pub(super) fn line(&self) -> String {
        let place = self.place.map_or_else(|| "-".to_owned(), |place| place.to_string());
        let shown: Vec<String> =
            self.shown.iter().map(|(id, relation, score)| format!("{id} {relation} {score:.1}")).collect();
        let (id, relation, changes) = (self.id, &self.relation, self.changes.join(" "));
        format!("miss {id} {relation} [{changes}] {place}: {}", shown.join(", "))
    }

    pub(super) fn json(&self) -> Json {
        let shown: Vec<Json> = self
            .shown
            .iter()
            .map(
                |(id, relation, score)| json!({ "id": id.to_string(), "relation": relation, "score": score }),
            )
            .collect();
        json!({ "id": self.id.to_string(), "relation": self.relation, "changes": self.changes,
                "place": self.place, "shown": shown })
    }
}
