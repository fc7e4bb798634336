//! What happens to a letter on its way to being a later one of its matter.
//!
//! Each change is drawn for itself, so changes meet in one letter; what cannot meet (a summary has no
//! paragraphs to reorder, a text without marks no tone to move) gives way in a fixed order. What was made
//! stands in the truth, nothing of it in the records.

use serde::Serialize;

use crate::demo::draw::{Stream, chance, rng};
use crate::demo::relation::Relation;
use crate::demo::{Changes, Plan};

/// A change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Change {
    MarksDropped,
    TonePlacement,
    LegacyEncoding,
    OcrErrors,
    ParagraphsReordered,
    ParagraphsAdded,
    OtherRecipient,
    OtherSigner,
    SummaryRetyped,
    MergedLetters,
    NamesAbbreviated,
    DistrictDropped,
    DateLanguage,
    IdRenewed,
}

/// The changes of one letter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct Made(Vec<Change>);

impl Made {
    /// The changes of the letter `index`, that belongs to another as `relation` says.
    pub(super) fn of(plan: &Plan, index: u64, relation: Relation) -> Self {
        let mut rng = rng(plan.seed, Stream::Change, index);
        let rates = plan.changes.rates();
        let drawn: Vec<Change> = rates
            .into_iter()
            .filter_map(|(change, rate)| chance(&mut rng, u32::from(rate)).then_some(change))
            .collect();
        let has = |change: Change| drawn.contains(&change);
        let is_made = |change: Change| match change {
            Change::OtherRecipient => {
                relation == Relation::CarbonCopy || relation != Relation::Resend && has(change)
            }
            Change::OtherSigner => relation == Relation::FormLetter,
            _ => {
                has(change)
                    && fits(change, relation)
                    && !drawn.iter().any(|other| beats(*other, change, relation))
            }
        };
        Self(rates.into_iter().map(|(change, _)| change).filter(|change| is_made(*change)).collect())
    }

    /// Whether a change was made.
    pub(super) fn has(&self, change: Change) -> bool {
        self.0.contains(&change)
    }

    /// Takes back a change that found nothing to change.
    pub(super) fn without(&mut self, change: Change) {
        self.0.retain(|made| *made != change);
    }
}

/// Whether a change can happen to a letter of that relation.
fn fits(change: Change, relation: Relation) -> bool {
    let is_same_letter = matches!(
        relation,
        Relation::CarbonCopy | Relation::Resend | Relation::FormLetter | Relation::Supplement
    );
    match change {
        Change::SummaryRetyped => is_same_letter,
        Change::MergedLetters => is_same_letter && relation != Relation::FormLetter,
        Change::DistrictDropped => relation != Relation::AnonymousCopy,
        Change::IdRenewed => {
            !matches!(relation, Relation::CarbonCopy | Relation::FormLetter | Relation::AnonymousCopy)
        }
        _ => true,
    }
}

/// Whether `stronger` leaves no room for `change`.
fn beats(stronger: Change, change: Change, relation: Relation) -> bool {
    match stronger {
        Change::MarksDropped => matches!(change, Change::TonePlacement | Change::LegacyEncoding),
        Change::SummaryRetyped if fits(stronger, relation) => {
            matches!(change, Change::ParagraphsReordered | Change::ParagraphsAdded | Change::MergedLetters)
        }
        _ => false,
    }
}

impl Changes {
    /// No change but those that make a letter what it is: other recipients on a copy to others, another
    /// signer on a form letter.
    pub const NONE: Self = Self::all(0);

    /// Every change at one rate, in percent.
    #[must_use]
    pub const fn all(rate: u8) -> Self {
        Self {
            marks_dropped: rate,
            tone_placement: rate,
            legacy_encoding: rate,
            ocr_errors: rate,
            paragraphs_reordered: rate,
            paragraphs_added: rate,
            other_recipient: rate,
            summary_retyped: rate,
            merged_letters: rate,
            names_abbreviated: rate,
            district_dropped: rate,
            date_language: rate,
            id_renewed: rate,
        }
    }

    fn rates(&self) -> [(Change, u8); 14] {
        [
            (Change::MarksDropped, self.marks_dropped),
            (Change::TonePlacement, self.tone_placement),
            (Change::LegacyEncoding, self.legacy_encoding),
            (Change::OcrErrors, self.ocr_errors),
            (Change::ParagraphsReordered, self.paragraphs_reordered),
            (Change::ParagraphsAdded, self.paragraphs_added),
            (Change::OtherRecipient, self.other_recipient),
            (Change::OtherSigner, 0),
            (Change::SummaryRetyped, self.summary_retyped),
            (Change::MergedLetters, self.merged_letters),
            (Change::NamesAbbreviated, self.names_abbreviated),
            (Change::DistrictDropped, self.district_dropped),
            (Change::DateLanguage, self.date_language),
            (Change::IdRenewed, self.id_renewed),
        ]
    }
}

impl Default for Changes {
    /// About every second later letter is changed in some way.
    fn default() -> Self {
        Self {
            marks_dropped: 5,
            tone_placement: 8,
            legacy_encoding: 5,
            ocr_errors: 6,
            paragraphs_reordered: 6,
            paragraphs_added: 6,
            other_recipient: 15,
            summary_retyped: 2,
            merged_letters: 3,
            names_abbreviated: 8,
            district_dropped: 8,
            date_language: 8,
            id_renewed: 40,
        }
    }
}
