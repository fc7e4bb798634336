//! What an act would do to the cases, before it is written down.

use std::collections::BTreeSet;

use crate::domain::id::RecordId;
use crate::duplicates::casebook::number::CaseNumber;
use crate::duplicates::casebook::ruling::{Pair, Placed, SourceCase};
use crate::duplicates::casebook::{CaseKey, Casebook, Refusal};
use crate::duplicates::relation::Proposed;

/// Says in which case its source keeps a petition.
pub type SourceOf<'a> = &'a dyn Fn(RecordId) -> Option<SourceCase>;

/// Whether petitions that relate so are papers of one case. Letters of other households and anonymous
/// ones are joined by an attachment of their own, never by saying how they relate (LTC Đ25; the law knows
/// no "đơn trùng").
#[must_use]
pub fn is_same_case(relation: Proposed) -> bool {
    match relation {
        Proposed::CarbonCopy
        | Proposed::Resend
        | Proposed::Supplement
        | Proposed::SecondComplaint
        | Proposed::ContinuedDenunciation => true,
        Proposed::FormLetter
        | Proposed::Split
        | Proposed::AnonymousCopy
        | Proposed::Related
        | Proposed::Unrelated => false,
    }
}

/// Puts `petitions` into the case `to`, which gets the number `next` if it has none.
///
/// # Errors
/// All of them are there already.
pub fn attach(
    book: &Casebook,
    petitions: &BTreeSet<RecordId>,
    to: &CaseKey,
    next: CaseNumber,
    source_of: SourceOf<'_>,
) -> Result<Placed, Refusal> {
    let elsewhere = |id: &&RecordId| book.case_of(**id, source_of(**id).as_ref()) != *to;
    let mut moved: BTreeSet<RecordId> = petitions.iter().filter(elsewhere).copied().collect();
    if moved.is_empty() {
        return Err(Refusal::NoChange);
    }
    Ok(match to {
        CaseKey::Numbered(number) => Placed { number: *number, moved, adopted: None },
        CaseKey::Source(source) => Placed { number: next, moved, adopted: Some(source.clone()) },
        CaseKey::Own(petition) => {
            moved.insert(*petition);
            Placed { number: next, moved, adopted: None }
        }
    })
}

/// Takes `petitions` out of their case into one of their own. `members` are all petitions of that case.
///
/// # Errors
/// They are not of one case, or nobody would stay behind.
pub fn split(
    petitions: &BTreeSet<RecordId>,
    members: &BTreeSet<RecordId>,
    next: CaseNumber,
) -> Result<Placed, Refusal> {
    let is_part = !petitions.is_empty() && petitions.is_subset(members) && petitions.len() < members.len();
    if !is_part {
        return Err(Refusal::NoChange);
    }
    Ok(Placed { number: next, moved: petitions.clone(), adopted: None })
}

/// What deciding `relation` between the petitions of `pair` does: the later paper joins the case of the
/// earlier one, if papers that relate so are of one case and these are not yet.
///
/// # Errors
/// The pair has been decided.
pub fn decide(
    book: &Casebook,
    (later, earlier): (RecordId, RecordId),
    relation: Proposed,
    next: CaseNumber,
    source_of: SourceOf<'_>,
) -> Result<Option<Placed>, Refusal> {
    let pair = Pair::of(later, earlier).ok_or(Refusal::SamePetition)?;
    if let Some(by) = book.decided(pair) {
        return Err(Refusal::Decided { pair, by });
    }
    if !is_same_case(relation) {
        return Ok(None);
    }
    let to = book.case_of(earlier, source_of(earlier).as_ref());
    match attach(book, &BTreeSet::from([later]), &to, next, source_of) {
        Err(Refusal::NoChange) => Ok(None),
        placed => placed.map(Some),
    }
}
