//! A petition as it is compared: what tables and texts know of it, and nothing else.
//!
//! The engine fills it from the columns of the dataset and the text store; a letter pasted into a page has
//! its text alone. What is missing is unknown, which speaks neither for nor against anything.

use std::fmt;

use crate::domain::civil::CivilDate;
use crate::domain::id::RecordId;

/// Bytes of a token that stands for a secret value.
pub const TOKEN_BYTES: usize = 16;

/// A petition as it is compared.
#[derive(Debug, Clone, Default)]
pub struct Paper {
    /// The record; nothing for a pasted letter.
    pub id: Option<RecordId>,
    /// The whole letter; with the signer's data cut out when the signer is secret.
    pub text: String,
    /// Title (trích yếu).
    pub title: Option<String>,
    /// Code of the kind of petition (`complaint`, `denunciation`, `feedback`, `mixed`, `unknown`).
    pub kind: Option<String>,
    /// Agency that holds it.
    pub unit: Option<String>,
    /// First addressee.
    pub recipient: Option<String>,
    /// Province of the matter.
    pub province: Option<String>,
    /// Commune of the matter.
    pub commune: Option<String>,
    /// Person or agency complained of.
    pub respondent: Option<String>,
    /// Field of law (lĩnh vực).
    pub subject: Option<String>,
    /// Case the source linked it to.
    pub case_id: Option<String>,
    /// Day it arrived.
    pub received_on: Option<CivilDate>,
    /// Day it was written.
    pub written_on: Option<CivilDate>,
    /// Day its handling ended.
    pub resolved_on: Option<CivilDate>,
    /// Whether nobody signed.
    pub is_anonymous: bool,
    /// Whether the signer is secret: nobody is looked for in the text then.
    pub is_identity: bool,
    /// Who signed.
    pub signer: Signer,
    /// The decision of its case.
    pub outcome: Option<Outcome>,
}

/// Who signed a petition.
#[derive(Clone, Default)]
pub enum Signer {
    /// Nothing is known beside what the text says.
    #[default]
    Unknown,
    /// What the columns say.
    Plain {
        /// Full name.
        name: Option<String>,
        /// Address as written.
        address: Option<String>,
        /// ID number (CMND, CCCD, passport).
        id_number: Option<String>,
        /// Phone number.
        phone: Option<String>,
    },
    /// Keyed tokens of a secret signer, which compare inside one unit only.
    Keyed {
        /// The unit that holds the petition.
        unit: String,
        /// What [`crate::duplicates::token::tokens`] made, in any order.
        tokens: Vec<[u8; TOKEN_BYTES]>,
    },
}

/// How a case was decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Number of the decision or conclusion.
    pub number: Option<String>,
    /// Its day.
    pub issued_on: Option<CivilDate>,
    /// Code of its kind.
    pub kind: Option<String>,
}

/// Says which sort of signer it is; values stay out of logs.
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "Unknown",
            Self::Plain { .. } => "Plain",
            Self::Keyed { .. } => "Keyed",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signer_never_shows_in_a_log() {
        let name = Some("Trần Thị Sáu".to_owned());
        let signer = Signer::Plain { name, address: None, id_number: None, phone: None };
        let paper = Paper { signer, ..Paper::default() };
        assert!(!format!("{paper:?}").contains("Sáu"));
    }
}
