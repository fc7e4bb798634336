//! Which letter takes up which earlier one, and how.
//!
//! A letter that is not the first of its matter names an earlier index, and the chain is followed down to
//! the first letter, which tells the matter. A second complaint, a continued denunciation and a part of a
//! mixed paper need a first letter of their kind that has come far enough; it is looked for a bounded way
//! down, and where there is none the letter is one sent again.

use serde::Serialize;

use crate::demo::draw::{Stream, chance, rng};
use crate::demo::matter::{Kind, Sort};
use crate::demo::petitions::{Outline, arrival};
use crate::demo::{Plan, Relations};

/// Letters between two form letters that groups copy.
const FORM_LETTER_EVERY: u64 = 200;
/// Earlier letters looked at for one of a kind.
const LOOKED_AT: u64 = 400;

/// How a letter belongs to an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Relation {
    /// The same letter to other agencies.
    CarbonCopy,
    /// The same letter again, later.
    Resend,
    /// The same words signed by another household.
    FormLetter,
    /// The same letter with something new.
    Supplement,
    /// The matter again after a first decision (LKN Đ33): a new letter in other words, no duplicate.
    SecondComplaint,
    /// The matter again after a conclusion or an expired limit (LTC Đ37, Đ38): a new letter.
    ContinuedDenunciation,
    /// One of the contents of a mixed paper, as a paper of its own (NĐ154/2026 Đ14.4).
    Split,
    /// The same content by nobody (LTC Đ25).
    AnonymousCopy,
}

/// First letter of a letter's matter, and how the letter belongs to it.
pub(super) fn origin_of(plan: &Plan, index: u64) -> (u64, Option<Relation>) {
    let Some((relation, mut origin)) = earlier(plan, index) else { return (index, None) };
    // Each step leads to a smaller index, and index 0 is always a first letter.
    while let Some((_, before)) = earlier(plan, origin) {
        origin = before;
    }
    let relation = match relation {
        // What nobody signed can be compared by its content only.
        _ if is_unsigned(plan, origin) => Relation::AnonymousCopy,
        other => other,
    };
    (origin, Some(relation))
}

/// Whether nobody signed a first letter.
pub(super) fn is_unsigned(plan: &Plan, origin: u64) -> bool {
    let percent = match Sort::of(plan.seed, origin).kind {
        Kind::Denunciation => 12,
        Kind::Feedback => 2,
        _ => 0,
    };
    chance(&mut rng(plan.seed, Stream::Household, origin), percent)
}

/// The earlier letter that a letter copies or takes up, if it does.
fn earlier(plan: &Plan, index: u64) -> Option<(Relation, u64)> {
    let mut rng = rng(plan.seed, Stream::Relation, index);
    let relation = plan.relations.drawn(rng.u32(..1000))?;
    let month = plan.petitions / 36;
    let reach = match relation {
        Relation::CarbonCopy => month / 4,
        Relation::Resend | Relation::FormLetter | Relation::AnonymousCopy => month,
        _ => 4 * month,
    };
    let target = index.checked_sub(1 + rng.u64(..=reach))?;
    let found = match relation {
        Relation::FormLetter => Some(target / FORM_LETTER_EVERY * FORM_LETTER_EVERY),
        Relation::SecondComplaint => nearest(plan, index, target, Kind::Complaint),
        Relation::ContinuedDenunciation => nearest(plan, index, target, Kind::Denunciation),
        Relation::Split => nearest(plan, index, target, Kind::Mixed),
        _ => Some(target),
    };
    Some(found.map_or((Relation::Resend, target), |found| (relation, found)))
}

/// The last signed first letter of a kind up to `from` that has come far enough to be taken up.
fn nearest(plan: &Plan, index: u64, from: u64, kind: Kind) -> Option<u64> {
    let written_on = arrival(plan, index).0;
    let is_first = |candidate: u64| {
        let draw = rng(plan.seed, Stream::Relation, candidate).u32(..1000);
        plan.relations.drawn(draw).is_none() && Sort::of(plan.seed, candidate).kind == kind
    };
    let is_ready = |candidate: u64| {
        let handling = Outline::of(plan, candidate).handling(plan);
        let is_ended = handling.resolved_on.is_some_and(|day| day < written_on);
        let is_late = handling.due_on.is_some_and(|day| day < written_on);
        kind == Kind::Mixed || handling.has_case && (is_ended || is_late)
    };
    let mut candidates = (from.saturating_sub(LOOKED_AT)..=from).rev();
    candidates.find(|found| is_first(*found) && !is_unsigned(plan, *found) && is_ready(*found))
}

impl Relations {
    /// The relation of a draw of a thousand.
    fn drawn(&self, draw: u32) -> Option<Relation> {
        let shares = [
            (self.carbon_copy, Relation::CarbonCopy),
            (self.resend, Relation::Resend),
            (self.form_letter, Relation::FormLetter),
            (self.supplement, Relation::Supplement),
            (self.second_complaint, Relation::SecondComplaint),
            (self.continued_denunciation, Relation::ContinuedDenunciation),
            (self.split, Relation::Split),
            (self.anonymous_copy, Relation::AnonymousCopy),
        ];
        let mut end = 0;
        shares.into_iter().find_map(|(share, relation)| {
            end += u32::from(share);
            (draw < end).then_some(relation)
        })
    }
}
