//! What is known of petitions beside their rows: how their cases were decided, who secretly signed, and
//! what there is to search.
//!
//! Read from the tables of a snapshot once and kept as long as those tables stay the same. Of secret signers
//! only keyed tokens are kept, which compare inside the unit that holds the petition and nowhere else; the
//! values themselves are let go with the batch they were read in.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};

use crate::domain::civil::{CivilDate, from_epoch_days};
use crate::domain::id::RecordId;
use crate::domain::scope::Scope;
use crate::duplicates::paper::{Outcome, Signer, TOKEN_BYTES};
use crate::duplicates::token::{Secret, tokens};
use crate::engine::coverage::{self, Coverage};
use crate::engine::open::KEY_FILE;
use crate::engine::papers::{Held, PETITIONS};
use crate::engine::snapshot::Snapshot;
use crate::engine::{Engine, EngineError};
use crate::store::schema::{TableKind, text_field};
use crate::store::table::{dates, integers, strings, text_at};
use crate::store::{file, keys};

/// Tables whose rows are told here; when their versions are the same, so is what is known.
const TABLES: [(&str, TableKind); 3] =
    [("decisions", TableKind::Main), (PETITIONS, TableKind::Identity), (PETITIONS, TableKind::Main)];

/// What is known beside the rows.
#[derive(Default)]
pub(super) struct Knowledge {
    versions: [u64; 3],
    /// By source system and key of a case or petition.
    outcomes: HashMap<(String, String), Outcome>,
    /// By petition: the unit that holds it and the tokens of its secret signer.
    signers: HashMap<RecordId, (String, Vec<[u8; TOKEN_BYTES]>)>,
    held: coverage::Held,
}

impl Knowledge {
    /// What a search within `scope` looks at.
    #[must_use]
    pub(super) fn coverage(&self, scope: &Scope) -> Coverage {
        self.held.coverage(scope)
    }

    /// The last decision of the case of `held`, or about the petition itself.
    #[must_use]
    pub(super) fn outcome(&self, held: &Held) -> Option<Outcome> {
        let system = held.text("source_system")?;
        let of = |key: &str| self.outcomes.get(&(system.to_owned(), key.to_owned()));
        held.text("case_id").and_then(of).or_else(|| held.text("source_id").and_then(of)).cloned()
    }

    /// The secret signer of a petition, as tokens.
    #[must_use]
    pub(super) fn signer(&self, id: RecordId) -> Signer {
        match self.signers.get(&id) {
            Some((unit, tokens)) => Signer::Keyed { unit: unit.clone(), tokens: tokens.clone() },
            None => Signer::Unknown,
        }
    }
}

impl Engine {
    /// What is known at `snapshot`.
    ///
    /// # Errors
    /// A table is damaged.
    pub(super) fn knowledge(&self, snapshot: &Snapshot) -> Result<Arc<Knowledge>, EngineError> {
        let version = |(dataset, kind): (&str, TableKind)| {
            snapshot.table(dataset, kind).map_or(0, |state| state.version + 1)
        };
        let versions = TABLES.map(version);
        let mut held = self.knowledge.lock().unwrap_or_else(PoisonError::into_inner);
        if held.versions == versions {
            return Ok(Arc::clone(&held));
        }
        let (outcomes, signers) = (self.outcomes(snapshot)?, self.signers(snapshot)?);
        let known = Knowledge { versions, outcomes, signers, held: self.searched(snapshot)? };
        *held = Arc::new(known);
        Ok(Arc::clone(&held))
    }

    fn searched(&self, snapshot: &Snapshot) -> Result<coverage::Held, EngineError> {
        let mut found = coverage::Held::default();
        let mut fields = ["source_system", "unit"].map(|name| text_field(name, true)).to_vec();
        fields.push(Field::new("received_on", DataType::Date32, true));
        self.each_batch(snapshot, (PETITIONS, TableKind::Main), fields, &mut |batch| {
            let (systems, units) = (strings(batch, "source_system")?, strings(batch, "unit")?);
            let days = dates(batch, "received_on")?;
            for row in 0..batch.num_rows() {
                let day = days.is_valid(row).then(|| from_epoch_days(days.value(row))).flatten();
                found.add(text_at(units, row), systems.value(row), day);
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn outcomes(&self, snapshot: &Snapshot) -> Result<HashMap<(String, String), Outcome>, EngineError> {
        let place = |of: &Outcome| (of.issued_on, of.number.clone(), of.kind.clone());
        let mut outcomes: HashMap<(String, String), Outcome> = HashMap::new();
        let mut fields = ["source_system", "case_id", "petition_id", "number", "kind"]
            .map(|name| text_field(name, true))
            .to_vec();
        fields.push(Field::new("issued_on", DataType::Date32, true));
        self.each_batch(snapshot, ("decisions", TableKind::Main), fields, &mut |batch| {
            let text = |name: &str| strings(batch, name);
            let (systems, cases, petitions) =
                (text("source_system")?, text("case_id")?, text("petition_id")?);
            let (numbers, kinds, days) = (text("number")?, text("kind")?, dates(batch, "issued_on")?);
            for row in 0..batch.num_rows() {
                let issued_on = days.is_valid(row).then(|| from_epoch_days(days.value(row))).flatten();
                let outcome = Outcome {
                    number: text_at(numbers, row).map(str::to_owned),
                    issued_on: issued_on.map(CivilDate::day),
                    kind: text_at(kinds, row).map(str::to_owned),
                };
                for key in [cases, petitions].into_iter().filter_map(|column| text_at(column, row)) {
                    let key = (systems.value(row).to_owned(), key.to_owned());
                    let known = outcomes.entry(key).or_default();
                    // Of several on one day the same one speaks, in whichever order they came.
                    if place(known) <= place(&outcome) {
                        *known = outcome.clone();
                    }
                }
            }
            Ok(())
        })?;
        Ok(outcomes)
    }

    fn signers(
        &self,
        snapshot: &Snapshot,
    ) -> Result<HashMap<RecordId, (String, Vec<[u8; TOKEN_BYTES]>)>, EngineError> {
        let mut latest: HashMap<RecordId, (i64, Vec<[u8; TOKEN_BYTES]>)> = HashMap::new();
        let units = self.secret_units(snapshot)?;
        if units.is_empty() {
            return Ok(HashMap::new());
        }
        let key = self.home.read(KEY_FILE)?;
        let names = ["id", "signer_name", "signer_address", "signer_id_number", "signer_phone"];
        let mut fields = names.map(|name| text_field(name, true)).to_vec();
        fields.push(Field::new("valid_from", DataType::Int64, true));
        self.each_batch(snapshot, (PETITIONS, TableKind::Identity), fields, &mut |batch| {
            let columns = names.map(|name| strings(batch, name));
            let [ids, name, address, id_number, phone] = columns;
            let (ids, name, address, id_number, phone) = (ids?, name?, address?, id_number?, phone?);
            let versions = integers(batch, "valid_from")?;
            for row in 0..batch.num_rows() {
                let id = keys::parse_id(ids.value(row), PETITIONS)?;
                let Some(unit) = units.get(&id) else { continue };
                let secret = Secret {
                    name: text_at(name, row),
                    address: text_at(address, row),
                    id_number: text_at(id_number, row),
                    phone: text_at(phone, row),
                };
                let version = versions.value(row);
                let known = latest.entry(id).or_insert((i64::MIN, Vec::new()));
                if known.0 <= version {
                    *known = (version, tokens(&key, unit, &secret));
                }
            }
            Ok(())
        })?;
        let with_unit =
            |(id, (_, tokens)): (RecordId, (i64, Vec<_>))| Some((id, (units.get(&id)?.clone(), tokens)));
        Ok(latest.into_iter().filter_map(with_unit).collect())
    }

    /// Petitions whose signer is secret now, with the unit that holds them.
    fn secret_units(&self, snapshot: &Snapshot) -> Result<HashMap<RecordId, String>, EngineError> {
        let mut units = HashMap::new();
        let fields = ["id", "unit", "secrecy"].map(|name| text_field(name, true)).to_vec();
        self.each_batch(snapshot, (PETITIONS, TableKind::Main), fields, &mut |batch| {
            let (ids, held_by, secrecy) =
                (strings(batch, "id")?, strings(batch, "unit")?, strings(batch, "secrecy")?);
            for row in 0..batch.num_rows() {
                let is_secret =
                    text_at(secrecy, row) != Some(crate::domain::secrecy::RowSecrecy::Ordinary.code());
                if let Some(unit) = text_at(held_by, row).filter(|_| is_secret) {
                    units.insert(keys::parse_id(ids.value(row), PETITIONS)?, unit.to_owned());
                }
            }
            Ok(())
        })?;
        Ok(units)
    }

    /// The batches of some columns of a table.
    pub(super) fn each_batch(
        &self,
        snapshot: &Snapshot,
        (dataset, kind): (&str, TableKind),
        fields: Vec<Field>,
        each: &mut dyn FnMut(&RecordBatch) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let Some(state) = snapshot.table(dataset, kind) else { return Ok(()) };
        let (table, schema) = (kind.path(dataset), Arc::new(Schema::new(fields)));
        for data in &state.files {
            for batch in file::batches(&self.home, &table, data, &schema)? {
                each(&batch?)?;
            }
        }
        Ok(())
    }
}
