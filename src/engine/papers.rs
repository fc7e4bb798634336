//! Petitions as they are compared: values and text of rows of one snapshot, within a scope.
//!
//! Everything comes from the full-text index's own store of rows, one read a petition. What the scope does
//! not show is not there: such a petition compares with nothing.

use serde_json::Value as Json;

use crate::domain::id::RecordId;
use crate::domain::scope::{Scope, Units};
use crate::duplicates::casebook::ruling::SourceCase;
use crate::engine::snapshot::Snapshot;
use crate::engine::{Engine, EngineError};
use crate::search::reader::Values;

/// The dataset of petitions, whose pairs are judged by more than their words.
pub const PETITIONS: &str = "petitions";

/// A petition's row.
#[derive(Debug, Clone)]
pub struct Held {
    /// Its id.
    pub id: RecordId,
    /// Its values by column, the text among them.
    pub values: Values,
}

impl Held {
    /// A value that is text.
    #[must_use]
    pub fn text(&self, column: &str) -> Option<&str> {
        self.values.get(column).and_then(Json::as_str).filter(|text| !text.is_empty())
    }

    /// The case that its source keeps it in.
    #[must_use]
    pub fn source_case(&self) -> Option<SourceCase> {
        let (system, key) = (self.text("source_system")?, self.text("case_id")?);
        Some(SourceCase { system: system.to_owned(), key: key.to_owned() })
    }
}

impl Engine {
    /// The petitions `ids`, each in its place, as far as the scope shows them.
    ///
    /// # Errors
    /// The index is damaged.
    pub(super) fn papers(
        &self,
        snapshot: &Snapshot,
        ids: &[RecordId],
        scope: &Scope,
    ) -> Result<Vec<Option<Held>>, EngineError> {
        let dataset = snapshot.dataset(PETITIONS)?;
        let Some(reader) = snapshot.reader(dataset)? else { return Ok(vec![None; ids.len()]) };
        let column = dataset.similar.as_deref().unwrap_or("text");
        let rows = reader.rows(ids, column)?;
        let shown = |(id, values): (&RecordId, Option<Values>)| {
            let held = values.map(|values| Held { id: *id, values });
            held.filter(|held| is_in_scope(held, scope))
        };
        Ok(ids.iter().zip(rows).map(shown).collect())
    }
}

fn is_in_scope(held: &Held, scope: &Scope) -> bool {
    match &scope.units {
        Units::All => true,
        Units::Only(units) => held.text("unit").is_some_and(|unit| units.contains(unit)),
    }
}
