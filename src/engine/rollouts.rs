//! Rollouts of products, unit by unit, and provinces that run two products where one is the rule.
//!
//! Rows are shown as they stand, within the scope of who asks; how many there are is counted by the metric
//! layer. A plan is no result: planned and actual days stand side by side and neither stands for the other.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::definition::query::Query;
use crate::domain::commit::CommitVersion;
use crate::domain::limits::ROLLOUT_ROWS_MAX;
use crate::domain::record::Value;
use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::sql::encode::objects;
use crate::sql::vetted;

/// The dataset.
const DATASET: &str = "rollouts";

/// One version of a product at one unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rollout {
    /// Its record.
    pub id: String,
    /// The product.
    pub product: String,
    /// Its version.
    pub version: String,
    /// The unit.
    pub unit: String,
    /// Code of how far it is prepared.
    pub prepared: Option<String>,
    /// Code of how far it is in use.
    pub in_use: Option<String>,
    /// The day it was planned for.
    pub planned_on: Option<String>,
    /// The day it came.
    pub actual_on: Option<String>,
    /// Why it is late.
    pub reason: Option<String>,
    /// Where it was read.
    pub source: Option<String>,
    /// Whether it speaks of a group of units and not of one.
    pub is_group: bool,
}

/// Rollouts of one province.
#[derive(Debug, Clone)]
pub struct Rollouts {
    /// The snapshot.
    pub commit: CommitVersion,
    /// Provinces that have any.
    pub provinces: Vec<String>,
    /// The province shown; nothing when there is none.
    pub province: Option<String>,
    /// Its rows by unit, then product and version.
    pub rows: Vec<Rollout>,
    /// Whether there are more rows than are shown.
    pub is_cut: bool,
    /// Provinces with more than one one-stop product, with the products.
    pub several: BTreeMap<String, Vec<String>>,
}

impl Rollouts {
    /// Products with their versions, in order.
    #[must_use]
    pub fn products(&self) -> Vec<(&str, &str)> {
        let units = self.rows.iter().filter(|row| !row.is_group);
        let mut products: Vec<(&str, &str)> =
            units.map(|row| (row.product.as_str(), row.version.as_str())).collect();
        products.sort_unstable();
        products.dedup();
        products
    }

    /// Units, in order.
    #[must_use]
    pub fn units(&self) -> Vec<&str> {
        let mut units: Vec<&str> =
            self.rows.iter().filter(|row| !row.is_group).map(|row| row.unit.as_str()).collect();
        units.sort_unstable();
        units.dedup();
        units
    }

    /// The row of a unit and a product.
    #[must_use]
    pub fn of(&self, unit: &str, product: (&str, &str)) -> Option<&Rollout> {
        self.rows.iter().find(|row| {
            !row.is_group && row.unit == unit && (row.product.as_str(), row.version.as_str()) == product
        })
    }
}

impl Engine {
    /// Rollouts of a province; of the first one when none is named.
    ///
    /// # Errors
    /// A table is damaged.
    pub fn rollouts(&self, province: Option<&str>, scope: &Scope) -> Result<Rollouts, EngineError> {
        let commit = self.snapshot()?.version();
        let names = self.rollout_rows(
            commit,
            "SELECT DISTINCT province FROM rollouts ORDER BY province",
            &[],
            scope,
        )?;
        let provinces: Vec<String> = names.iter().filter_map(|row| text(row, "province")).collect();
        let province = province.map(str::to_owned).or_else(|| provinces.first().cloned());
        let sql = format!(
            "SELECT id, product, version, unit, prepared, in_use, planned_on, actual_on, reason, source, is_group \
             FROM rollouts WHERE province = $province ORDER BY unit, product, version, id LIMIT {}",
            ROLLOUT_ROWS_MAX + 1
        );
        let value = [("province", Value::Text(province.clone().unwrap_or_default()))];
        let mut rows: Vec<Rollout> =
            self.rollout_rows(commit, &sql, &value, scope)?.iter().map(rollout).collect();
        let is_cut = rows.len() > ROLLOUT_ROWS_MAX;
        rows.truncate(ROLLOUT_ROWS_MAX);
        let several = self.several_one_stops(commit, scope)?;
        Ok(Rollouts { commit, provinces, province, rows, is_cut, several })
    }

    /// Provinces with more than one one-stop product; versions of one product are one.
    fn several_one_stops(
        &self,
        commit: CommitVersion,
        scope: &Scope,
    ) -> Result<BTreeMap<String, Vec<String>>, EngineError> {
        let sql = "SELECT DISTINCT province, product FROM rollouts WHERE product_kind = 'one_stop' \
                   ORDER BY province, product";
        let mut products: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in self.rollout_rows(commit, sql, &[], scope)? {
            if let (Some(province), Some(product)) = (text(&row, "province"), text(&row, "product")) {
                products.entry(province).or_default().push(product);
            }
        }
        products.retain(|_, products| products.len() > 1);
        Ok(products)
    }

    fn rollout_rows(
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

fn rollout(row: &Map<String, Json>) -> Rollout {
    let own = |name| text(row, name).unwrap_or_default();
    Rollout {
        id: own("id"),
        product: own("product"),
        version: own("version"),
        unit: own("unit"),
        prepared: text(row, "prepared"),
        in_use: text(row, "in_use"),
        planned_on: text(row, "planned_on"),
        actual_on: text(row, "actual_on"),
        reason: text(row, "reason"),
        source: text(row, "source"),
        is_group: row.get("is_group").and_then(Json::as_bool).unwrap_or_default(),
    }
}

fn text(row: &Map<String, Json>, name: &str) -> Option<String> {
    row.get(name).and_then(Json::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}
