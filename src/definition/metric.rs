//! What a number is: bases, metrics and reports, each one `.sql` of `queries/`.
//!
//! A *basis* is a statement with one row for each thing counted, judged once (`class`): done on time, done
//! late, overdue … A *metric* is two conditions on the rows of a basis: what is counted, and of what. A
//! *report* is a table of metrics over one basis. Only a basis has a statement; numbers are made by the
//! metric layer from the conditions, so that a figure and the rows behind it can never come from two texts.

use serde::Deserialize;

use crate::definition::query::ResultColumn;
use crate::domain::language::Label;

/// The rows that metrics count.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// Dataset whose records the rows are; its id stands in the column `id`.
    pub dataset: String,
    /// Whether its statement takes `$period_from` and `$period_to` itself, for what came before a period
    /// and stands over into it; then no date selects, and a figure needs a period.
    #[serde(default)]
    pub spans_period: bool,
    /// Columns a figure may be broken down by.
    pub dimensions: Vec<ResultColumn>,
    /// Dimensions of which a row may have several values, each with the rows that hold them. A row counts
    /// in the cell of each of its values, and once in the total.
    #[serde(default)]
    pub many: Vec<Many>,
    /// Date columns a period may select by, the usual one first.
    pub dates: Vec<ResultColumn>,
    /// Other columns shown when the rows behind a figure are opened.
    #[serde(default)]
    pub shows: Vec<ResultColumn>,
    /// Dimensions by which only counts are told: they join what was counted apart, and shares do not add up.
    #[serde(default)]
    pub additive: Vec<String>,
    /// Whether the statement reads `recorded`: id and commit of every version of the dataset's records.
    #[serde(default)]
    pub recorded: bool,
    /// What the codes of the column `class` mean.
    #[serde(default)]
    pub classes: Vec<ResultColumn>,
}

/// A dimension of which a row may have several values.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Many {
    /// Name of the dimension.
    pub name: String,
    /// What people read.
    pub label: Label,
    /// Dataset with a row for each value.
    pub dataset: String,
    /// Its column with the key of the row it belongs to, within one source system.
    pub parent: String,
    /// Its column with the value.
    pub value: String,
    /// Condition on its rows.
    pub only: String,
}

/// A number: a count, or a share of one count in another; or the same of a column's sum, such as money.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Name of the basis.
    pub basis: String,
    /// Condition on a row of the basis to be counted.
    pub numerator: String,
    /// Condition on a row to be what the count is a share of; a metric without one is a plain count. A row
    /// is counted above the line only when it is also below it.
    pub denominator: Option<String>,
    /// Column of the basis that is added up over the rows counted, instead of counting them: whole numbers,
    /// of a column that is shown when the rows are opened. A row without a value adds nothing.
    pub sums: Option<String>,
    /// Column added up below the line, when not the same one.
    pub sums_of: Option<String>,
    /// Unit of what is added up: đồng, m², người.
    pub measured: Option<Label>,
    /// What is counted, in words.
    pub part: Label,
    /// What it is a share of, in words; says where things without a due date stand.
    pub whole: Option<Label>,
    /// Date column that a period selects by, when it is not the basis's first.
    pub selects: Option<String>,
    /// First day the definition is meant for.
    pub valid_from: String,
    /// Law, regulation or practice behind it.
    pub source: String,
    /// Whether the source has been read; when not, every face says so.
    #[serde(default)]
    pub unverified: bool,
}

/// Which number of a metric a column of a report shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What is counted.
    Numerator,
    /// What it is a share of.
    Denominator,
    /// The share, in percent.
    Percent,
}

/// A column of a report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportColumn {
    /// Name in the result; its label stands in the query's columns.
    pub name: String,
    /// The metric.
    pub metric: String,
    /// Which number of it.
    pub part: Part,
}

/// A table of metrics over one basis.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Dimension of the rows; none for one row.
    pub by: Option<String>,
    /// Columns after the dimension.
    pub columns: Vec<ReportColumn>,
    /// Columns the rows are ordered by, the largest first; ties by the dimension.
    #[serde(default)]
    pub order: Vec<String>,
}

impl Basis {
    /// The dimension of several values of that name.
    #[must_use]
    pub fn several(&self, name: &str) -> Option<&Many> {
        self.many.iter().find(|dimension| dimension.name == name)
    }

    /// What the dimension of that name is called, whether it has one value or several.
    #[must_use]
    pub fn called(&self, name: &str) -> Option<&Label> {
        let one = self.dimension(name).map(|dimension| &dimension.label);
        one.or_else(|| self.several(name).map(|dimension| &dimension.label))
    }

    /// The dimension of that name.
    #[must_use]
    pub fn dimension(&self, name: &str) -> Option<&ResultColumn> {
        self.dimensions.iter().find(|dimension| dimension.name == name)
    }

    /// The date column of that name.
    #[must_use]
    pub fn date(&self, name: &str) -> Option<&ResultColumn> {
        self.dates.iter().find(|date| date.name == name)
    }
}

impl Metric {
    /// Whether it is a share, in percent.
    #[must_use]
    pub fn is_rate(&self) -> bool {
        self.denominator.is_some()
    }

    /// Columns added up above and below the line; none when rows are counted.
    #[must_use]
    pub fn summed(&self) -> Option<(&str, &str)> {
        let above = self.sums.as_deref()?;
        Some((above, self.sums_of.as_deref().unwrap_or(above)))
    }

    /// What of the sums does not fit `basis`.
    ///
    /// # Errors
    /// A column that is not shown with the rows, a sum without a unit, or a unit without a sum.
    pub fn check_sums(&self, basis: &Basis) -> Result<(), String> {
        let Some((above, below)) = self.summed() else {
            let is_plain = self.sums_of.is_none() && self.measured.is_none();
            return if is_plain { Ok(()) } else { Err("`sums_of` and `measured` go with `sums`".to_owned()) };
        };
        if let Some(lost) =
            [above, below].into_iter().find(|name| basis.shows.iter().all(|it| it.name != **name))
        {
            return Err(format!("`{}` does not show a column `{lost}` to add up", self.basis));
        }
        match (&self.measured, &self.sums_of, &self.denominator) {
            (None, ..) => Err("a sum says its unit: measured = { vi = …, en = … }".to_owned()),
            (_, Some(_), None) => Err("`sums_of` is below a line; say a denominator".to_owned()),
            _ => Ok(()),
        }
    }
}
