//! Readiness: which families and editions a store holds, and one edition as a table.
//!
//! Cells are read as they stand, within the scope of who asks; what follows from them is made by
//! [`crate::readiness`]. A value names its record, which is what stands behind it.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::definition::query::Query;
use crate::domain::commit::CommitVersion;
use crate::domain::limits::{READINESS_CELLS_MAX, READINESS_EDITIONS_MAX};
use crate::domain::record::Value;
use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::readiness::ReadinessError;
use crate::readiness::cell::{Cell, Origin};
use crate::readiness::family::{Families, Family};
use crate::readiness::table::Table;
use crate::sql::encode::objects;
use crate::sql::vetted;
use crate::text::fold::key;

/// The dataset of cells.
const DATASET: &str = "readiness";

/// A family that a store has cells of.
#[derive(Debug, Clone)]
pub struct HeldFamily {
    /// The family.
    pub family: Family,
    /// How the cells name it; the filter of figures.
    pub stored: Vec<String>,
    /// Its editions, earliest first.
    pub editions: Vec<String>,
}

/// One edition on one snapshot.
#[derive(Debug, Clone)]
pub struct HeldEdition {
    /// The family.
    pub held: HeldFamily,
    /// The table.
    pub table: Table,
    /// The snapshot.
    pub commit: CommitVersion,
}

impl HeldFamily {
    /// The edition before that one, if there is one.
    #[must_use]
    pub fn before(&self, edition: &str) -> Option<&str> {
        let place = self.editions.iter().position(|known| known == edition)?;
        self.editions.get(place.checked_sub(1)?).map(String::as_str)
    }
}

impl Engine {
    /// Families and editions of which there are cells.
    ///
    /// # Errors
    /// A table is damaged.
    pub fn readiness_families(&self, scope: &Scope) -> Result<(CommitVersion, Vec<HeldFamily>), EngineError> {
        let commit = self.snapshot()?.version();
        let sql = format!("SELECT DISTINCT family, edition FROM readiness LIMIT {READINESS_EDITIONS_MAX}");
        let rows = self.readiness_rows(commit, &sql, &[], scope)?;
        let mut families: BTreeMap<String, HeldFamily> = BTreeMap::new();
        for row in rows {
            let stored = text(&row, "family").unwrap_or_default();
            let family = Families::embedded().called(&stored);
            let held = families.entry(family.id.clone()).or_insert_with(|| HeldFamily {
                family,
                stored: Vec::new(),
                editions: Vec::new(),
            });
            held.stored.push(stored);
            held.editions.extend(text(&row, "edition"));
        }
        let mut families: Vec<HeldFamily> = families.into_values().collect();
        for held in &mut families {
            for names in [&mut held.stored, &mut held.editions] {
                names.sort();
                names.dedup();
            }
        }
        Ok((commit, families))
    }

    /// One edition of a family, which may be written in any way; the newest one when none is named.
    ///
    /// # Errors
    /// The store has no cell of it.
    pub fn readiness(
        &self,
        family: &str,
        edition: Option<&str>,
        scope: &Scope,
    ) -> Result<HeldEdition, EngineError> {
        let (commit, families) = self.readiness_families(scope)?;
        let wanted = Families::embedded().called(family).id;
        let known: Vec<&str> = families.iter().map(|held| held.family.id.as_str()).collect();
        let missing = || ReadinessError::NoFamily { name: family.to_owned(), known: listed(&known) };
        let is_it = |held: &&HeldFamily| key(&held.family.id) == key(&wanted);
        let held = families.iter().find(is_it).cloned().ok_or_else(missing)?;
        let edition = match edition {
            None => held.editions.last().cloned().unwrap_or_default(),
            Some(edition) if held.editions.iter().any(|known| known == edition) => edition.to_owned(),
            Some(edition) => {
                let known: Vec<&str> = held.editions.iter().map(String::as_str).collect();
                let (family, known) = (held.family.id.clone(), listed(&known));
                return Err(ReadinessError::NoEdition { family, edition: edition.to_owned(), known }.into());
            }
        };
        let mut cells = Vec::new();
        for stored in &held.stored {
            cells.extend(self.cells_of(commit, stored, &edition, scope)?);
        }
        let table = Table::new(Families::embedded(), held.family.clone(), &edition, cells);
        Ok(HeldEdition { held, table, commit })
    }

    fn cells_of(
        &self,
        commit: CommitVersion,
        family: &str,
        edition: &str,
        scope: &Scope,
    ) -> Result<Vec<Cell>, EngineError> {
        let sql = format!(
            "SELECT id, published_on, province, province_name, indicator, value, rank, origin, source, note \
             FROM readiness WHERE family = $family AND edition = $edition ORDER BY id LIMIT {}",
            READINESS_CELLS_MAX + 1
        );
        let values = [("family", family), ("edition", edition)]
            .map(|(name, value)| (name, Value::Text(value.to_owned())));
        let rows = self.readiness_rows(commit, &sql, &values, scope)?;
        if rows.len() > READINESS_CELLS_MAX {
            return Err(EngineError::TooManyCells { limit: READINESS_CELLS_MAX });
        }
        Ok(rows.iter().map(cell).collect())
    }

    fn readiness_rows(
        &self,
        commit: CommitVersion,
        sql: &str,
        values: &[(&str, Value)],
        scope: &Scope,
    ) -> Result<Vec<Map<String, Json>>, EngineError> {
        let snapshot = self.snapshot()?;
        let mut tables = self.tables(&snapshot, commit, scope)?;
        tables.retain(|table| table.name == DATASET);
        let query = Query {
            name: DATASET.to_owned(),
            version: 1,
            tables: vec![DATASET.to_owned()],
            parameters: values.iter().map(|(name, _)| (*name).to_owned()).collect(),
            sql: sql.to_owned(),
            ..Query::default()
        };
        let rows = objects(&vetted::run(&query, &tables, values)?)?.into_iter();
        Ok(rows.filter_map(|row| if let Json::Object(row) = row { Some(row) } else { None }).collect())
    }
}

fn cell(row: &Map<String, Json>) -> Cell {
    let own = |name| text(row, name).unwrap_or_default();
    Cell {
        id: own("id"),
        province: own("province"),
        province_name: own("province_name"),
        indicator: own("indicator"),
        value: row.get("value").and_then(Json::as_f64),
        rank: row.get("rank").and_then(Json::as_i64),
        origin: Origin::from_code(row.get("origin").and_then(Json::as_str)),
        source: text(row, "source"),
        note: text(row, "note"),
        published_on: text(row, "published_on"),
    }
}

fn text(row: &Map<String, Json>, name: &str) -> Option<String> {
    row.get(name).and_then(Json::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
