//! The reasons of a proposal: one for each signal that weighs something, and for what else was seen.

use crate::duplicates::compare::Comparison;
use crate::duplicates::features::{Features, Who};
use crate::duplicates::propose::Reason;
use crate::duplicates::relation::Proposed;
use crate::duplicates::relation::facts::Fact;
use crate::duplicates::score::{Part, Score};
use crate::duplicates::signal::{Group, Level, Signal};
use crate::duplicates::similarity::Likeness;

/// Codes of the reasons of a signal's levels: agree, partly, disagree.
const OF_SIGNAL: [(Signal, [&str; 3]); 18] = [
    (Signal::IdNumber, ["same_id_number", "near_id_number", "other_id_number"]),
    (Signal::Phone, ["same_phone", "near_phone", "other_phone"]),
    (Signal::Name, ["same_name", "near_name", "other_name"]),
    (Signal::Address, ["same_address", "near_address", "other_address"]),
    (Signal::Case, ["same_case", "near_case", "other_case"]),
    (Signal::Decision, ["same_decision", "near_decision", "other_decision"]),
    (Signal::Parcel, ["same_parcel", "near_parcel", "other_parcel"]),
    (Signal::Respondent, ["same_respondent", "near_respondent", "other_respondent"]),
    (Signal::Place, ["same_place", "near_place", "other_place"]),
    (Signal::Amount, ["same_amount", "near_amount", "other_amount"]),
    (Signal::Unit, ["same_unit", "near_unit", "other_unit"]),
    (Signal::Recipients, ["same_recipients", "near_recipients", "other_recipients"]),
    (Signal::Written, ["written_close", "written_near", "written_far"]),
    (Signal::Received, ["received_close", "received_near", "received_far"]),
    (Signal::Similarity, ["text_nearly_equal", "text_partly_equal", "text_other"]),
    (Signal::Content, ["content_nearly_equal", "content_partly_equal", "content_other"]),
    (Signal::Containment, ["text_contained", "text_partly_contained", "text_not_contained"]),
    (Signal::Story, ["story_nearly_equal", "story_partly_equal", "story_other"]),
];

/// Codes of the reasons that are no signal.
const OF_FACT: [(Fact, &str); 7] = [
    (Fact::MoreText, "new_passages"),
    (Fact::PartText, "part_of_text"),
    (Fact::AfterDecision, "after_decision"),
    (Fact::SaysSecond, "says_second"),
    (Fact::SaysContinued, "says_continued"),
    (Fact::SaysSupplement, "says_supplement"),
    (Fact::Anonymous, "anonymous"),
];
const EQUAL_TEXT: &str = "text_equal";
const NO_SIGNER: &str = "signers_unknown";
const SECRET_SIGNER: &str = "signer_secret";

/// What was seen of two petitions.
pub(in crate::duplicates::propose) struct Seen<'a> {
    pub(in crate::duplicates::propose) asked: &'a Features,
    pub(in crate::duplicates::propose) other: &'a Features,
    pub(in crate::duplicates::propose) likeness: &'a Likeness,
    pub(in crate::duplicates::propose) seen: &'a Comparison,
    pub(in crate::duplicates::propose) facts: &'a [Fact],
}

/// What speaks for `relation` and what against it, each strongest first.
pub(in crate::duplicates::propose) fn of(
    seen: &Seen<'_>,
    relation: Proposed,
    score: &Score,
) -> (Vec<Reason>, Vec<Reason>) {
    let parts = score.parts().iter().filter(|part| part.bits != 0.0);
    let mut all: Vec<(bool, Reason)> =
        parts.filter_map(|part| Some((speaks_for(part, relation)?, seen.of_part(part)))).collect();
    all.extend(OF_FACT.into_iter().filter(|(fact, _)| seen.facts.contains(fact)).map(|(fact, code)| {
        (fact_speaks_for(fact, relation), Reason { code, weight: 0.0, values: seen.values_of(fact) })
    }));
    if let Some(code) = seen.missing_signer() {
        all.push((false, Reason { code, weight: 0.0, values: Vec::new() }));
    }
    all.sort_by(|(_, one), (_, other)| other.weight.abs().total_cmp(&one.weight.abs()));
    let (reasons, against): (Vec<_>, Vec<_>) = all.into_iter().partition(|(speaks_for, _)| *speaks_for);
    let only = |list: Vec<(bool, Reason)>| list.into_iter().map(|(_, reason)| reason).collect();
    (only(reasons), only(against))
}

/// Whether a part of the score speaks for `relation`; nothing if it does neither.
fn speaks_for(part: &Part, relation: Proposed) -> Option<bool> {
    let is_more = part.bits > 0.0;
    let group = part.signal.group();
    match relation {
        Proposed::Unrelated => Some(!is_more),
        // What other people sign is told apart by who they are and what they own.
        Proposed::FormLetter if is_of_household(part.signal) => Some(!is_more),
        Proposed::CarbonCopy if group == Group::Agency => Some(!is_more),
        // A new stage comes later, in other words.
        Proposed::SecondComplaint | Proposed::ContinuedDenunciation
            if !is_more && matches!(group, Group::Text | Group::Days | Group::Agency) =>
        {
            None
        }
        _ => Some(is_more),
    }
}

fn is_of_household(signal: Signal) -> bool {
    Signal::PERSON.contains(&signal) || matches!(signal, Signal::Parcel | Signal::Amount)
}

fn fact_speaks_for(fact: Fact, relation: Proposed) -> bool {
    match fact {
        Fact::MoreText | Fact::SaysSupplement => relation == Proposed::Supplement,
        Fact::PartText => relation == Proposed::Split,
        Fact::AfterDecision => {
            matches!(relation, Proposed::SecondComplaint | Proposed::ContinuedDenunciation)
        }
        Fact::SaysSecond => relation == Proposed::SecondComplaint,
        Fact::SaysContinued => relation == Proposed::ContinuedDenunciation,
        Fact::Anonymous => relation == Proposed::AnonymousCopy,
        _ => true,
    }
}

impl Seen<'_> {
    fn of_part(&self, part: &Part) -> Reason {
        let codes = OF_SIGNAL.into_iter().find(|(signal, _)| *signal == part.signal).map(|(_, codes)| codes);
        let [agree, partly, disagree] = codes.unwrap_or_default();
        let code = match part.level {
            Level::Agree if self.likeness.same_text && part.signal.group() == Group::Text => EQUAL_TEXT,
            Level::Agree => agree,
            Level::Partly => partly,
            _ => disagree,
        };
        Reason { code, weight: part.bits, values: self.values_of_signal(part.signal) }
    }

    fn values_of_signal(&self, signal: Signal) -> Vec<(&'static str, String)> {
        let percent = |share: f64| vec![("percent", format!("{:.0}", 100.0 * share))];
        let days = |gap: Option<i64>| gap.map(|gap| ("days", gap.abs().to_string())).into_iter().collect();
        let contained = self.likeness.containment.max(self.likeness.content_containment);
        let stories = &self.seen.stories;
        match signal {
            Signal::Written => days(self.seen.written_gap),
            Signal::Received => days(self.seen.received_gap),
            Signal::Similarity => percent(self.likeness.similarity),
            Signal::Content => percent(self.likeness.content),
            Signal::Containment => percent(contained),
            Signal::Story => percent(stories.told_by_asked.min(stories.told_by_other)),
            Signal::Decision => vec![("numbers", self.decisions())],
            Signal::Parcel => vec![("numbers", self.parcels())],
            _ => Vec::new(),
        }
    }

    fn values_of(&self, fact: Fact) -> Vec<(&'static str, String)> {
        match fact {
            Fact::MoreText => vec![("syllables", self.seen.stories.new.to_string())],
            Fact::AfterDecision => {
                let number = self.other.outcome.as_ref().map(|outcome| ("number", outcome.shown()));
                let day = self.other.decided_on.map(|day| ("day", day.format("%d/%m/%Y").to_string()));
                number.into_iter().chain(day).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Numbers of decisions that both name, or those of the one asked about.
    fn decisions(&self) -> String {
        let (mine, its) = (&self.asked.matter.decisions, &self.other.matter.decisions);
        let both: Vec<String> = mine
            .iter()
            .filter(|one| its.iter().any(|two| one.number == two.number))
            .map(|one| one.shown())
            .collect();
        if both.is_empty() {
            mine.iter().map(|one| one.shown()).collect::<Vec<_>>().join(", ")
        } else {
            both.join(", ")
        }
    }

    /// Parcels that both name, or those of both with a stroke between.
    fn parcels(&self) -> String {
        let (mine, its) = (&self.asked.matter.parcels, &self.other.matter.parcels);
        let shown = |parcels: &[crate::duplicates::extract::matter::Parcel]| {
            parcels.iter().map(|one| one.number.clone()).collect::<Vec<_>>().join(", ")
        };
        let both: Vec<_> =
            mine.iter().filter(|one| its.iter().any(|two| one.number == two.number)).cloned().collect();
        if both.is_empty() { format!("{} / {}", shown(mine), shown(its)) } else { shown(&both) }
    }

    /// Why nothing could be said of the signers, if nothing could.
    fn missing_signer(&self) -> Option<&'static str> {
        let is_known = Signal::PERSON.iter().any(|signal| self.seen.levels.of(*signal) != Level::Unknown);
        let is_secret = [self.asked, self.other].iter().any(|one| matches!(one.who, Who::Keyed { .. }));
        match (is_known, is_secret) {
            (true, _) => None,
            (false, true) => Some(SECRET_SIGNER),
            (false, false) => Some(NO_SIGNER),
        }
    }
}

/// Every code a reason can have.
#[cfg(test)]
pub(in crate::duplicates) fn codes() -> Vec<&'static str> {
    let of_signals = OF_SIGNAL.into_iter().flat_map(|(_, codes)| codes);
    let of_facts = OF_FACT.into_iter().map(|(_, code)| code);
    of_signals.chain(of_facts).chain([EQUAL_TEXT, NO_SIGNER, SECRET_SIGNER]).collect()
}
