//! Everything of a petition that is compared with another, taken out once.
//!
//! Columns and text complete each other: who signs by the columns also signs under the names of the
//! letter. Of a petition whose signer is secret only keyed tokens know the signer; what the text says
//! of persons is not read. A petition is compared with many others, so what can be made ready is.

use chrono::NaiveDate;

use crate::domain::civil::CivilDate;
use crate::duplicates::align::Row;
use crate::duplicates::extract::extract;
use crate::duplicates::extract::head::agency;
use crate::duplicates::extract::matter::{Decision, Matter};
use crate::duplicates::extract::person::{self, Name, Person};
use crate::duplicates::extract::place::{Address, province_of_today};
use crate::duplicates::extract::says::Says;
use crate::duplicates::extract::whereabouts::{Whereabouts, accused, bare};
use crate::duplicates::paper::{Paper, Signer, TOKEN_BYTES};
use crate::text::fold::key;

/// A petition, ready to be compared.
#[derive(Debug, Clone, Default)]
pub struct Features {
    pub(in crate::duplicates) who: Who,
    pub(in crate::duplicates) is_anonymous: bool,
    pub(in crate::duplicates) kind: Option<String>,
    pub(in crate::duplicates) unit: Option<String>,
    /// Agencies addressed, by column and text.
    pub(in crate::duplicates) recipients: Vec<String>,
    pub(in crate::duplicates) province: Option<String>,
    pub(in crate::duplicates) commune: Option<String>,
    pub(in crate::duplicates) respondent: Option<String>,
    pub(in crate::duplicates) case_id: Option<String>,
    pub(in crate::duplicates) received_on: Option<NaiveDate>,
    pub(in crate::duplicates) written_on: Option<NaiveDate>,
    /// Day of the decision of its case, or of the end of its handling.
    pub(in crate::duplicates) decided_on: Option<NaiveDate>,
    /// Number of the decision of its case.
    pub(in crate::duplicates) outcome: Option<Decision>,
    pub(in crate::duplicates) matter: Matter,
    pub(in crate::duplicates) says: Says,
    pub(in crate::duplicates) story: Row,
    /// Communes and accused by the columns, or by the text where a column is missing.
    pub(in crate::duplicates) whereabouts: Whereabouts,
}

/// Who signs, as far as it can be compared.
#[derive(Debug, Clone)]
pub(in crate::duplicates) enum Who {
    /// By columns and text.
    Known(Person),
    /// By keyed tokens of a unit.
    Keyed { unit: String, tokens: Vec<[u8; TOKEN_BYTES]> },
}

impl Default for Who {
    fn default() -> Self {
        Self::Known(Person::default())
    }
}

impl Features {
    /// What of `paper` is compared.
    #[must_use]
    pub fn of(paper: &Paper) -> Self {
        let is_secret = paper.is_identity || matches!(paper.signer, Signer::Keyed { .. });
        let found = extract(&paper.text, !is_secret);
        let who = who(paper, found.person);
        let has_signer = match &who {
            Who::Known(person) => *person != Person::default(),
            Who::Keyed { tokens, .. } => !tokens.is_empty(),
        };
        let mut recipients = found.recipients;
        if recipients.is_empty() {
            recipients.extend(paper.recipient.as_deref().map(agency).filter(|name| !name.is_empty()));
        }
        let outcome = paper.outcome.as_ref();
        let decided_on = outcome.and_then(|outcome| outcome.issued_on).or(paper.resolved_on);
        let of_columns = |column: &Option<String>| column.clone().filter(|value| !value.trim().is_empty());
        // A column names one of those whom a mixed petition accuses; the letter names all.
        let mut all = of_columns(&paper.respondent).map(|name| accused(&name)).unwrap_or_default();
        add(&mut all, found.whereabouts.accused);
        let whereabouts = Whereabouts {
            communes: of_columns(&paper.commune).map_or(found.whereabouts.communes, |name| vec![bare(&name)]),
            accused: all,
        };
        Self {
            who,
            is_anonymous: paper.is_anonymous || (found.says.is_anonymous && !has_signer),
            kind: paper.kind.clone(),
            unit: named(paper.unit.as_deref(), agency),
            recipients,
            province: named(paper.province.as_deref(), province_of_today),
            commune: named(paper.commune.as_deref(), key),
            respondent: named(paper.respondent.as_deref(), agency),
            case_id: named(paper.case_id.as_deref(), str::to_owned),
            received_on: paper.received_on.map(CivilDate::first_day),
            written_on: paper.written_on.map(CivilDate::first_day).or(found.written_on),
            decided_on: decided_on.map(CivilDate::first_day),
            outcome: outcome.and_then(|outcome| Decision::of(outcome.number.as_deref()?)),
            matter: found.matter,
            says: found.says,
            story: Row::of(found.story),
            whereabouts,
        }
    }

    /// Hashes of what two petitions of one matter may share though their words differ: numbers of
    /// persons, names with their commune, decisions with their province or commune, parcels with sheet and
    /// commune, accused with their commune or with who is addressed, cases, tokens. Whoever looks for petitions in other words looks up these. Sorted, each
    /// once.
    #[must_use]
    pub fn keys(&self) -> Vec<u64> {
        let mut all = Vec::new();
        let mut add = |parts: &[&str]| all.push(xxhash_rust::xxh3::xxh3_64(parts.join("\u{1f}").as_bytes()));
        let commune = self.commune.as_deref().unwrap_or_default();
        let province = self.province.as_deref().unwrap_or_default();
        let communes = &self.whereabouts.communes;
        if let Some(case) = &self.case_id {
            add(&["case", case]);
        }
        for decision in &self.matter.decisions {
            if let Some(issuer) = &decision.issuer {
                add(&["decision", &decision.number, issuer, province]);
                communes.iter().for_each(|commune| {
                    add(&["decision in", &decision.number, issuer, commune]);
                });
            }
        }
        for parcel in &self.matter.parcels {
            if let Some(sheet) = &parcel.sheet {
                communes.iter().for_each(|commune| add(&["parcel", &parcel.number, sheet, commune]));
            }
        }
        for initials in &self.whereabouts.accused {
            communes.iter().for_each(|commune| add(&["accused", initials, commune]));
            // A letter whose communes are all the signer's, and so cut out, still says to whom it goes.
            self.recipients.iter().for_each(|agency| add(&["accused to", initials, agency]));
        }
        match &self.who {
            Who::Known(person) => {
                person.id_numbers.iter().for_each(|number| add(&["id", number]));
                person.phones.iter().for_each(|number| add(&["phone", number]));
                let respondent = self.respondent.as_deref().unwrap_or_default();
                let names = person.names.iter().filter(|_| !province.is_empty());
                names.for_each(|name| add(&["name", &name.key(), province, commune, respondent]));
                // Of a pasted letter, and of a clerk's summary of one, nothing else may be known.
                for name in &person.names {
                    communes.iter().for_each(|commune| add(&["name in", &name.key(), commune]));
                }
            }
            Who::Keyed { unit, tokens } => {
                tokens.iter().for_each(|token| add(&["token", unit, &data_encoding::HEXLOWER.encode(token)]));
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The value of a column in one form; nothing if it is empty.
fn named(value: Option<&str>, form: impl Fn(&str) -> String) -> Option<String> {
    value.map(form).filter(|name| !name.is_empty())
}

fn who(paper: &Paper, mut person: Person) -> Who {
    match &paper.signer {
        Signer::Unknown => {}
        Signer::Plain { name, address, id_number, phone } => {
            add(&mut person.names, name.as_deref().map(names).unwrap_or_default());
            add(&mut person.addresses, address.as_deref().and_then(Address::of));
            add(&mut person.id_numbers, id_number.as_deref().and_then(person::id_number));
            add(&mut person.phones, phone.as_deref().and_then(person::phone));
        }
        Signer::Keyed { unit, tokens } => {
            return Who::Keyed { unit: key(unit), tokens: tokens.clone() };
        }
    }
    Who::Known(person)
}

/// The names of a cell, which may hold several: `Trần Văn A; Lê Thị B`, `Trần Văn A và Lê Thị B`.
fn names(cell: &str) -> Vec<Name> {
    let parts = cell.split([';', ',', '\n']).flat_map(|part| part.split(" và "));
    parts.filter_map(Name::of).collect()
}

fn add<T: PartialEq>(list: &mut Vec<T>, values: impl IntoIterator<Item = T>) {
    for value in values {
        if !list.contains(&value) {
            list.push(value);
        }
    }
}

#[cfg(test)]
mod tests;
