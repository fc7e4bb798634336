//! How two petitions can belong together, and the rules by which one way is proposed.
//!
//! Vietnamese law defines no duplicate petition; what it knows are these relations, and each says whether
//! a new case is counted. A rule names what must be seen and what must not; the first that fits is
//! proposed, with its basis. A person decides.

pub(in crate::duplicates) mod facts;

use crate::duplicates::relation::facts::Fact;

/// What is proposed for two petitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Proposed {
    /// The same letter to several agencies; no new case.
    CarbonCopy,
    /// The same letter again; no new case.
    Resend,
    /// The same case with new facts; no new case, handling goes on.
    Supplement,
    /// The same words signed by somebody else; a petition of its own.
    FormLetter,
    /// A complaint after the first decision or its time limit; a new case of the second stage.
    SecondComplaint,
    /// A denunciation after the conclusion or its time limit; a new case, reported separately.
    ContinuedDenunciation,
    /// Contents of one paper, handled apart.
    Split,
    /// The content of a letter of which one is signed by nobody.
    AnonymousCopy,
    /// One matter, in another way.
    Related,
    /// Nothing of weight in common.
    Unrelated,
}

/// When a relation is proposed.
#[derive(Debug, Clone, Copy)]
pub(in crate::duplicates) struct Rule {
    pub(in crate::duplicates) relation: Proposed,
    /// The law it rests on.
    pub(in crate::duplicates) basis: &'static str,
    /// All of these are seen.
    needs: &'static [Fact],
    /// None of these is.
    unless: &'static [Fact],
}

const fn rule(
    relation: Proposed,
    basis: &'static str,
    needs: &'static [Fact],
    unless: &'static [Fact],
) -> Rule {
    Rule { relation, basis, needs, unless }
}

const LKN_33: &str = "Luật Khiếu nại 02/2011/QH13 Đ33";
const LTC_37: &str = "Luật Tố cáo 25/2018/QH14 Đ37, Đ38";
const LTC_25: &str = "Luật Tố cáo 25/2018/QH14 Đ25";
// The circular in force since 2021 keeps these axes; its wording was not read.
const TT07_62B: &str = "TT 07/2014/TT-TTCP Đ6.2b; TT 05/2021/TT-TTCP (chưa kiểm chứng)";
const TT05: &str = "TT 05/2021/TT-TTCP (chưa kiểm chứng)";
const TT05_6: &str = "TT 05/2021/TT-TTCP Đ6 (chưa kiểm chứng)";
const LTCD_29: &str = "Luật Tiếp công dân 42/2013/QH13 Đ29";
const ND154_14: &str = "NĐ154/2026 Đ14.4 (chưa kiểm chứng)";

/// The rules, in the order in which they are tried.
const RULES: [Rule; 26] = {
    use Fact::{
        AfterDecision, Anonymous, AnyOfMany, Complaint, Denunciation, MoreText, NewFacts, OfMixed, OneDay,
        OneTime, OtherAffair, OtherAgency, OtherPerson, PartText, SameAffair, SameMatter, SameNumbers,
        SameSigner, SameText, SaysContinued, SaysSecond, SaysSupplement, SomeText,
    };
    use Proposed::{
        AnonymousCopy, CarbonCopy, ContinuedDenunciation, FormLetter, Related, Resend, SecondComplaint,
        Split, Supplement,
    };
    [
        rule(AnonymousCopy, LTC_25, &[Anonymous, SameText], &[SameSigner]),
        rule(AnonymousCopy, LTC_25, &[Anonymous, MoreText], &[SameSigner, OtherAffair]),
        rule(AnonymousCopy, LTC_25, &[Anonymous, PartText], &[SameSigner, OtherAffair]),
        rule(SecondComplaint, LKN_33, &[SaysSecond, SameMatter], &[OtherPerson, Denunciation]),
        rule(ContinuedDenunciation, LTC_37, &[SaysContinued, SameMatter], &[OtherPerson, Complaint]),
        rule(Supplement, TT05, &[SaysSupplement, SameMatter], &[OtherPerson, AnyOfMany]),
        rule(Split, ND154_14, &[OfMixed, SomeText, SameAffair], &[OtherPerson]),
        rule(Split, ND154_14, &[PartText, OneDay, SameSigner], &[OtherAgency]),
        rule(
            SecondComplaint,
            LKN_33,
            &[AfterDecision, Complaint, SameSigner, SameMatter],
            &[SameText, MoreText, PartText, Denunciation],
        ),
        rule(
            ContinuedDenunciation,
            LTC_37,
            &[AfterDecision, Denunciation, SameSigner, SameMatter],
            &[SameText, MoreText, PartText],
        ),
        rule(Supplement, TT05, &[MoreText, NewFacts, SameSigner], &[]),
        rule(Supplement, TT05, &[MoreText, NewFacts], &[OtherPerson, OtherAgency]),
        rule(CarbonCopy, TT07_62B, &[SameText, OtherAgency, OneTime], &[OtherPerson]),
        rule(CarbonCopy, TT07_62B, &[MoreText, OtherAgency, OneTime], &[OtherPerson]),
        rule(CarbonCopy, TT07_62B, &[PartText, OtherAgency, OneTime, SameSigner], &[]),
        rule(CarbonCopy, TT07_62B, &[SameNumbers, OtherAgency, OneTime, SameSigner], &[]),
        // A copy retold for another agency by somebody who must not be known there.
        rule(
            CarbonCopy,
            TT07_62B,
            &[SomeText, SameMatter, SameAffair, OtherAgency, OneDay],
            &[OtherPerson, Anonymous],
        ),
        rule(Resend, TT07_62B, &[SameText], &[OtherPerson, OtherAgency]),
        rule(Resend, TT07_62B, &[MoreText], &[OtherPerson, OtherAgency]),
        rule(Resend, TT07_62B, &[SomeText, SameSigner], &[]),
        rule(Resend, TT07_62B, &[SameNumbers, SameSigner], &[]),
        rule(FormLetter, LTCD_29, &[SameText, OtherPerson], &[]),
        rule(FormLetter, LTCD_29, &[MoreText, OtherPerson], &[OtherAffair]),
        rule(FormLetter, LTCD_29, &[PartText, OtherPerson], &[OtherAffair]),
        rule(Related, TT05_6, &[SomeText, SameAffair], &[]),
        rule(Related, TT05_6, &[SameMatter, SameAffair], &[]),
    ]
};

/// What is proposed when no rule fits.
const NONE: Rule = rule(Proposed::Unrelated, TT05_6, &[], &[]);

impl Proposed {
    /// All relations.
    pub const ALL: [Self; 10] = [
        Self::CarbonCopy,
        Self::Resend,
        Self::Supplement,
        Self::FormLetter,
        Self::SecondComplaint,
        Self::ContinuedDenunciation,
        Self::Split,
        Self::AnonymousCopy,
        Self::Related,
        Self::Unrelated,
    ];

    /// The stable code, also the key of the label (`relation.carbon_copy`).
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::CarbonCopy => "carbon_copy",
            Self::Resend => "resend",
            Self::Supplement => "supplement",
            Self::FormLetter => "form_letter",
            Self::SecondComplaint => "second_complaint",
            Self::ContinuedDenunciation => "continued_denunciation",
            Self::Split => "split",
            Self::AnonymousCopy => "anonymous_copy",
            Self::Related => "related",
            Self::Unrelated => "unrelated",
        }
    }

    /// The relation of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|relation| relation.code() == code)
    }

    /// Whether both petitions are of one person and one matter, so that their case may be one or follow
    /// from the other.
    #[must_use]
    pub fn is_one_matter(self) -> bool {
        matches!(
            self,
            Self::CarbonCopy
                | Self::Resend
                | Self::Supplement
                | Self::SecondComplaint
                | Self::ContinuedDenunciation
                | Self::Split
        )
    }
}

/// The first rule that fits what is seen.
pub(in crate::duplicates) fn first_rule(facts: &[Fact]) -> Rule {
    let fits = |rule: &Rule| {
        rule.needs.iter().all(|fact| facts.contains(fact))
            && !rule.unless.iter().any(|fact| facts.contains(fact))
    };
    RULES.into_iter().find(fits).unwrap_or(NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_relation_but_none_has_a_rule_and_every_rule_can_be_reached() {
        for relation in Proposed::ALL {
            let has_rule = RULES.iter().any(|rule| rule.relation == relation);
            assert_eq!(has_rule, relation != Proposed::Unrelated, "{}", relation.code());
            assert_eq!(Proposed::from_code(relation.code()), Some(relation));
        }
        for rule in &RULES {
            assert_eq!(first_rule(rule.needs).relation, rule.relation, "{rule:?}");
            assert!(rule.needs.iter().all(|fact| !rule.unless.contains(fact)), "{rule:?}");
        }
        assert_eq!(first_rule(&[]).relation, Proposed::Unrelated);
        assert_eq!(Proposed::from_code("same_text"), None);
    }

    #[test]
    fn words_of_other_people_are_never_sent_again_or_supplemented() {
        for text in [Fact::SameText, Fact::MoreText] {
            let found =
                first_rule(&[text, Fact::OtherPerson, Fact::SomeText, Fact::OneTime, Fact::OtherAgency]);
            assert!(!found.relation.is_one_matter(), "{found:?}");
        }
    }
}
