//! A statutory form: one TOML of `indexes/reports/`, its numbered columns as conditions on bases.
//!
//! Each column that a dataset feeds becomes a metric of its own name, so that its figures have receipts and
//! open to rows like any other. A column nothing feeds says why; it is empty in every copy, never zero. The
//! form's own identities (cột 1 = 2 + 3) are data too and are checked each time it is filled.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::definition::DefinitionError;
use crate::definition::metric::Metric;
use crate::definition::query::Query;
use crate::domain::language::Label;
use crate::domain::limits::{FORM_COLUMNS_MAX, FORM_HEADS_MAX};

/// How much is known of a form or of one of its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Read in a stored public source.
    #[default]
    Found,
    /// Read into the source from its structure.
    Derived,
    /// Known, not read again.
    Memory,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormColumn {
    /// Its number, as printed.
    pub number: u32,
    /// Headings over it, the widest first.
    pub heads: Vec<String>,
    /// Basis whose rows are counted.
    pub basis: Option<String>,
    /// Condition on a row to be counted.
    pub count: Option<String>,
    /// Column added up instead of counting.
    pub sums: Option<String>,
    /// Unit of what is added up.
    pub measured: Option<Label>,
    /// Date that the period selects by, when not the basis's first.
    pub selects: Option<String>,
    /// Columns of the basis's dataset without whose values it stays empty: a store that never got any knows
    /// nothing of it, which is no nought.
    #[serde(default)]
    pub fed_by: Vec<String>,
    /// Why no dataset feeds it.
    pub empty: Option<Label>,
    /// How it is read, when that is ours and not the form's.
    pub reading: Option<Label>,
    /// How sure its meaning is.
    #[serde(default)]
    pub standing: Standing,
}

/// A form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Name in commands and addresses.
    pub name: String,
    /// Version of this definition.
    pub version: u32,
    /// Code as printed: 01/XLD.
    pub code: String,
    /// Circular it belongs to.
    pub circular: String,
    /// First day it is in force.
    pub valid_from: String,
    /// What people read.
    pub title: Label,
    /// Where it was read.
    pub source: String,
    /// How sure it is.
    #[serde(default)]
    pub standing: Standing,
    /// Whether it was compared with the Gazette; until then every copy says it was not.
    #[serde(default)]
    pub is_compared: bool,
    /// Dimension of its rows.
    pub by: String,
    /// Remarks printed below.
    #[serde(default)]
    pub notes: Vec<Label>,
    /// What must hold between its columns: `1 = 2 + 3 = 4 + 5`.
    #[serde(default)]
    pub identities: Vec<String>,
    /// Identities that the structure of the form gives and that are not printed on it.
    #[serde(default)]
    pub derived_identities: Vec<String>,
    /// Its columns, in order.
    pub columns: Vec<FormColumn>,
}

/// One equation between columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The column at the left.
    pub total: u32,
    /// The columns that add up to it.
    pub parts: Vec<u32>,
    /// Whether it is printed on the form.
    pub is_printed: bool,
}

impl Form {
    /// Parses the text of `file`.
    ///
    /// # Errors
    /// The text is not TOML of this form, a column is numbered twice, says neither what it counts nor why it
    /// is empty, or an identity names a column that is not there.
    pub fn parse(file: &str, text: &str) -> Result<Self, DefinitionError> {
        let form: Self = toml::from_str(text)
            .map_err(|error| DefinitionError::Syntax { file: file.to_owned(), message: error.to_string() })?;
        form.check().map_err(|message| DefinitionError::Meaning { file: file.to_owned(), message })?;
        Ok(form)
    }

    fn check(&self) -> Result<(), String> {
        if self.columns.len() > FORM_COLUMNS_MAX {
            return Err(format!("a form has at most {FORM_COLUMNS_MAX} columns"));
        }
        for (column, expected) in self.columns.iter().zip(1..) {
            let number = column.number;
            if number != expected {
                return Err(format!("column {number} stands where {expected} should"));
            }
            if column.heads.is_empty() || column.heads.len() > FORM_HEADS_MAX {
                return Err(format!("column {number} has 1 to {FORM_HEADS_MAX} headings"));
            }
            match (&column.basis, &column.count, &column.empty) {
                (Some(_), Some(_), None) | (None, None, Some(_)) => {}
                _ => return Err(format!("column {number} says basis and count, or why it is empty")),
            }
        }
        let known = 1..=self.columns.len();
        for text in self.identities.iter().chain(&self.derived_identities) {
            let equations = equations(text, true).ok_or_else(|| format!("`{text}` is no identity"))?;
            let mut named = equations.iter().flat_map(|it| it.parts.iter().chain([&it.total]));
            if let Some(lost) = named.find(|number| !known.contains(&(**number as usize))) {
                return Err(format!("`{text}` names column {lost}, which is not there"));
            }
        }
        Ok(())
    }

    /// Its identities, chains taken apart: those printed, then those of its structure.
    #[must_use]
    pub fn equations(&self) -> Vec<Identity> {
        let printed = self.identities.iter().flat_map(|text| equations(text, true).unwrap_or_default());
        let derived = self.derived_identities.iter();
        printed.chain(derived.flat_map(|text| equations(text, false).unwrap_or_default())).collect()
    }

    /// Name of the metric of a column.
    #[must_use]
    pub fn metric_name(&self, number: u32) -> String {
        format!("form_{}_{number:02}", self.name)
    }

    /// The metrics of its fed columns; `text` is what it was parsed from.
    #[must_use]
    pub fn metrics(&self, text: &str) -> Vec<Query> {
        let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
        self.columns.iter().filter_map(|column| self.metric(column, &hash)).collect()
    }

    fn metric(&self, column: &FormColumn, hash: &str) -> Option<Query> {
        let (basis, numerator) = (column.basis.clone()?, column.count.clone()?);
        let heading = column.heads.join(" – ");
        let title = |word: &str| format!("{}, {word} {}: {heading}", self.code, column.number);
        let metric = Metric {
            basis,
            numerator,
            denominator: None,
            sums: column.sums.clone(),
            sums_of: None,
            measured: column.measured.clone(),
            part: Label { vi: heading.clone(), en: heading.clone() },
            whole: None,
            selects: column.selects.clone(),
            valid_from: self.valid_from.clone(),
            source: format!("{}, {}", self.circular, self.source),
            unverified: !self.is_compared,
        };
        Some(Query {
            name: self.metric_name(column.number),
            version: self.version,
            title: Label { vi: title("cột"), en: title("column") },
            metric: Some(metric),
            form: Some(self.name.clone()),
            hash: format!("{hash}-{}", column.number),
            ..Query::default()
        })
    }
}

impl Identity {
    /// `1 = 2 + 3`.
    #[must_use]
    pub fn text(&self) -> String {
        let parts: Vec<String> = self.parts.iter().map(u32::to_string).collect();
        format!("{} = {}", self.total, parts.join(" + "))
    }
}

fn equations(text: &str, is_printed: bool) -> Option<Vec<Identity>> {
    let mut sides = text.split('=').map(|side| {
        side.split('+').map(|number| number.trim().parse::<u32>().ok()).collect::<Option<Vec<u32>>>()
    });
    let [total] = sides.next()??.try_into().ok()?;
    let equations: Option<Vec<Identity>> =
        sides.map(|parts| Some(Identity { total, parts: parts?, is_printed })).collect();
    equations.filter(|equations| !equations.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "name = \"f\"\nversion = 1\ncode = \"01/F\"\ncircular = \"TT\"\nvalid_from = \"2024-01-01\"\n\
        title = { vi = \"v\", en = \"e\" }\nsource = \"s\"\nby = \"unit\"\nidentities = [\"1 = 2 + 3 = 2 + 4\"]\n\
        columns = [\n{ number = 1, heads = [\"A\"], basis = \"b\", count = \"TRUE\" },\n\
        { number = 2, heads = [\"A\"], basis = \"b\", count = \"x\" },\n\
        { number = 3, heads = [\"A\"], empty = { vi = \"v\", en = \"e\" } },\n\
        { number = 4, heads = [\"A\"], basis = \"b\", count = \"NOT x\" },\n]\n";

    #[test]
    fn a_form_is_its_columns_as_metrics_and_its_equations() {
        let form = Form::parse("f.toml", TEXT).unwrap();
        let texts: Vec<String> = form.equations().iter().map(Identity::text).collect();
        assert_eq!(texts, ["1 = 2 + 3", "1 = 2 + 4"]);
        let names: Vec<String> = form.metrics(TEXT).into_iter().map(|query| query.name).collect();
        assert_eq!(names, ["form_f_01", "form_f_02", "form_f_04"]);
        assert!(form.metrics(TEXT).iter().all(|query| query.metric.as_ref().unwrap().unverified));
    }

    #[test]
    fn a_form_that_cannot_be_filled_or_checked_is_refused() {
        let cases = [
            ("number = 4", "number = 5", "stands where 4 should"),
            ("1 = 2 + 3 = 2 + 4", "1 = 2 + 9", "column 9"),
            ("1 = 2 + 3 = 2 + 4", "1 + 2", "no identity"),
            ("empty = { vi = \"v\", en = \"e\" }", "basis = \"b\"", "or why it is empty"),
            ("heads = [\"A\"], empty", "heads = [], empty", "headings"),
        ];
        for (from, to, expected) in cases {
            let error = Form::parse("f.toml", &TEXT.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(expected), "{to}: {error}");
        }
    }
}
