//! A question to the metric layer, and the same question once everything left open is decided.
//!
//! What is asked may leave the date, the snapshot and the selecting column open; what is answered does not:
//! an [`Inputs`] says all that a number depends on, and its text is what a receipt stands for. Equal inputs
//! have equal texts.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::commit::CommitVersion;
use crate::domain::scope::{Scope, Units};
use crate::metrics::MetricError;
use crate::rules::period::Period;

/// Which of a record's due dates judges it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// The one in force on the business date, extensions included (hạn gia hạn).
    #[default]
    InForce,
    /// The first one ever given (hạn gốc).
    Original,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// Dimensions, outermost first.
    pub by: Vec<String>,
    /// Values that dimensions must have; none for records without one.
    pub filters: BTreeMap<String, Option<String>>,
    /// Only what the selecting date puts into this period.
    pub period: Option<Period>,
    /// The selecting date column, when not the metric's own.
    pub select: Option<String>,
    /// The business date; today when not given.
    pub as_of: Option<NaiveDate>,
    /// The snapshot; the newest when not given.
    pub snapshot: Option<CommitVersion>,
    /// Which due date judges.
    pub due: Due,
}

/// All that a number depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// The metric.
    pub metric: String,
    /// Its version.
    pub version: u32,
    /// Hash of the definitions of the metric and its basis.
    pub definition: String,
    /// Hash of all definitions in force, by which their texts are kept.
    pub definitions: String,
    /// Version of the rules that due dates were computed by; empty in receipts older than versions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rules: String,
    /// Dimensions.
    pub by: Vec<String>,
    /// Filters.
    pub filters: BTreeMap<String, Option<String>>,
    /// The period.
    pub period: Option<Period>,
    /// The selecting date column.
    pub select: String,
    /// The business date.
    #[serde(with = "crate::domain::civil::iso")]
    pub as_of: NaiveDate,
    /// Which due date judges.
    pub due: Due,
    /// The last commit that was there on the business date.
    pub recorded_by: i64,
    /// The snapshot.
    pub snapshot: CommitVersion,
    /// Whose records were in sight; all when not given.
    pub units: Option<Vec<String>>,
}

/// A question as texts, from whatever face; what is empty was not given.
#[derive(Debug, Clone, Default)]
pub struct Typed<'a> {
    /// Dimensions, with commas between.
    pub by: &'a str,
    /// `dimension=value`, or `dimension=` for records without one.
    pub filters: Vec<&'a str>,
    /// Name of a period.
    pub period: &'a str,
    /// The selecting date column.
    pub select: &'a str,
    /// `in_force` or `original`.
    pub due: &'a str,
}

impl Asked {
    /// The question of these texts.
    ///
    /// # Errors
    /// The period or the due date is none, or a filter has no `=`.
    pub fn read(typed: &Typed<'_>) -> Result<Self, MetricError> {
        let wrong = |given: &str, expected| MetricError::Wrong { given: given.to_owned(), expected };
        let mut filters = BTreeMap::new();
        for filter in &typed.filters {
            let (name, value) =
                filter.split_once('=').ok_or_else(|| wrong(filter, "a filter; write dimension=value"))?;
            filters.insert(name.trim().to_owned(), Some(value.to_owned()).filter(|value| !value.is_empty()));
        }
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let due = match typed.due {
            "" => Due::default(),
            name => Due::parse(name).ok_or_else(|| wrong(name, "a due date; write in_force or original"))?,
        };
        let by = typed.by.split(',').map(str::trim).filter(|name| !name.is_empty());
        Ok(Self {
            by: by.map(str::to_owned).collect(),
            filters,
            period: given(typed.period).map(|name| Period::parse(&name)).transpose()?,
            select: given(typed.select),
            due,
            ..Self::default()
        })
    }
}

impl Due {
    /// The value that statements compare with.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Original => "original",
        }
    }

    /// The due date of that name: `in_force` or `original`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::InForce, Self::Original].into_iter().find(|due| due.code() == name)
    }
}

impl Inputs {
    /// The one text of these inputs.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The units of `scope` as inputs name them.
    #[must_use]
    pub fn units_of(scope: &Scope) -> Option<Vec<String>> {
        match &scope.units {
            Units::All => None,
            Units::Only(units) => Some(units.iter().cloned().collect()),
        }
    }

    /// The question that gives these inputs again.
    #[must_use]
    pub fn asked_again(&self) -> Asked {
        Asked {
            by: self.by.clone(),
            filters: self.filters.clone(),
            period: self.period.clone(),
            select: Some(self.select.clone()),
            as_of: Some(self.as_of),
            snapshot: Some(self.snapshot),
            due: self.due,
        }
    }
}
