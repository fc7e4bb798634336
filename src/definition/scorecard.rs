//! A unit scorecard: one TOML of `indexes/scorecards/`, how shares of metrics become points.
//!
//! A formula is a convention, so it says so in its own words, has a version and a first day, and a store lays
//! its own over ours. It names metrics only: what is counted stays with the metric. A share becomes points
//! along a straight line between the share that earns nothing and the one that earns all.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::definition::DefinitionError;
use crate::definition::metric::{Basis, Metric};
use crate::domain::language::Label;
use crate::domain::limits::{SCORE_LINES_MAX, SCORE_POINTS_MAX};

/// A formula.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scorecard {
    /// Name in commands and addresses; several versions share it.
    pub name: String,
    /// Version of the formula.
    pub version: u32,
    /// First day a period may begin on to be scored by it.
    #[serde(with = "crate::domain::civil::iso")]
    pub valid_from: NaiveDate,
    /// What people read.
    pub title: Label,
    /// What the formula says of itself: whose convention it is.
    pub statement: Label,
    /// Dimension of the units.
    pub by: String,
    /// Dimension of the groups that are ranked apart.
    pub peers: String,
    /// Points of all lines together.
    pub points: i64,
    /// What becomes of the weight of lines that are not scored.
    pub unscored: Unscored,
    /// Weight that must be scored for a total to be ranked.
    pub ranked_from: i64,
    /// Values of the dimension that are no unit.
    #[serde(default)]
    pub not_units: Vec<String>,
    /// Its lines, in order.
    pub lines: Vec<Line>,
}

/// What becomes of the weight of lines that are not scored (không chấm).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unscored {
    /// The other lines carry it, each in its proportion.
    Spread,
    /// It is missing from what can be earned.
    LeftOut,
}

/// Which way a share is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// The larger the better.
    Higher,
    /// The smaller the better.
    Lower,
}

/// What a line counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// What its date puts into the period.
    Period,
    /// What stands on the business date, whenever it came.
    AsOf,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Name within the formula.
    pub name: String,
    /// The metric, a share.
    pub metric: String,
    /// Points at most.
    pub weight: i64,
    /// Which way the share is better.
    pub better: Better,
    /// Share in percent that earns nothing.
    pub zero_at: i64,
    /// Share in percent that earns all.
    pub full_at: i64,
    /// Things below the line that it takes to be scored.
    pub least: i64,
    /// What is counted.
    pub counts: Counts,
    /// Date by which the period selects, when not the metric's own.
    pub selects: Option<String>,
    /// Values that dimensions must have.
    #[serde(default, rename = "where")]
    pub only: BTreeMap<String, String>,
    /// Column of the rows that holds the unit's explanation (giải trình).
    pub explained_by: Option<String>,
}

impl Scorecard {
    /// Parses the text of `file`.
    ///
    /// # Errors
    /// The text is not TOML of this form, a day is none, or weights and bounds contradict each other.
    pub fn parse(file: &str, text: &str) -> Result<Self, DefinitionError> {
        let formula: Self = toml::from_str(text)
            .map_err(|error| DefinitionError::Syntax { file: file.to_owned(), message: error.to_string() })?;
        formula.check().map_err(|message| DefinitionError::Meaning { file: file.to_owned(), message })?;
        Ok(formula)
    }

    fn check(&self) -> Result<(), String> {
        if [&self.statement.vi, &self.statement.en].into_iter().any(|text| text.trim().is_empty()) {
            return Err("`statement` is empty; say whose convention the formula is".to_owned());
        }
        if !(1..=SCORE_POINTS_MAX).contains(&self.points) {
            return Err(format!("`points` is {}; write 1 to {SCORE_POINTS_MAX}", self.points));
        }
        if self.lines.is_empty() || self.lines.len() > SCORE_LINES_MAX {
            return Err(format!("a formula has 1 to {SCORE_LINES_MAX} [[lines]], not {}", self.lines.len()));
        }
        for (place, line) in self.lines.iter().enumerate() {
            line.check().map_err(|message| format!("line `{}`: {message}", line.name))?;
            if self.lines.iter().skip(place + 1).any(|other| other.name == line.name) {
                return Err(format!("line `{}`: another line has this name; give it its own", line.name));
            }
        }
        // Each weight was held to the bound, so the sum fits.
        let sum: i64 = self.lines.iter().map(|line| line.weight).sum();
        if sum != self.points {
            return Err(format!(
                "the weights of its lines add up to {sum}; make them add up to {}",
                self.points
            ));
        }
        if !(1..=self.points).contains(&self.ranked_from) {
            return Err(format!("`ranked_from` is {}; write 1 to {}", self.ranked_from, self.points));
        }
        Ok(())
    }
}

impl Line {
    fn check(&self) -> Result<(), String> {
        if !(1..=SCORE_POINTS_MAX).contains(&self.weight) {
            return Err(format!("`weight` is {}; write 1 to {SCORE_POINTS_MAX}", self.weight));
        }
        if self.least < 1 {
            return Err(format!(
                "`least` is {}; a share of nothing is not scored, write 1 or more",
                self.least
            ));
        }
        let bounds = [("zero_at", self.zero_at), ("full_at", self.full_at)];
        if let Some((name, share)) = bounds.into_iter().find(|(_, share)| !(0..=100).contains(share)) {
            return Err(format!("`{name}` is {share}; write a share from 0 to 100"));
        }
        let (fits, sign) = match self.better {
            Better::Higher => (self.full_at > self.zero_at, "above"),
            Better::Lower => (self.full_at < self.zero_at, "below"),
        };
        if !fits {
            return Err(format!(
                "`full_at` {} is not {sign} `zero_at` {}, as `better` says",
                self.full_at, self.zero_at
            ));
        }
        match (&self.selects, self.counts) {
            (Some(_), Counts::AsOf) => {
                Err("`selects` goes with counts = \"period\"; take it out or count by period".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// What of the line does not fit its metric, told for a formula broken down by `dimensions`.
    ///
    /// # Errors
    /// The metric is no share, or its basis lacks a dimension, date or column.
    pub fn check_metric(&self, metric: &Metric, basis: &Basis, dimensions: [&str; 2]) -> Result<(), String> {
        let name = &self.metric;
        if !metric.is_rate() {
            return Err(format!("`{name}` is a count; points are given for shares, name a share"));
        }
        if basis.spans_period && self.counts == Counts::AsOf {
            return Err(format!("`{name}` needs a period; write counts = \"period\""));
        }
        let dimensions = dimensions.into_iter().chain(self.only.keys().map(String::as_str));
        for dimension in dimensions {
            if basis.dimension(dimension).is_none() {
                return Err(format!(
                    "`{name}` has no dimension `{dimension}` of one value; choose another metric"
                ));
            }
            if basis.additive.iter().any(|additive| additive == dimension) {
                return Err(format!("`{name}` is a share; by `{dimension}` only counts are told"));
            }
        }
        if let Some(date) = self.selects.iter().find(|date| basis.date(date).is_none()) {
            let known: Vec<&str> = basis.dates.iter().map(|date| date.name.as_str()).collect();
            return Err(format!("`{name}` has no date `{date}`; it has {}", known.join(", ")));
        }
        match self.explained_by.iter().find(|column| basis.shows.iter().all(|it| it.name != **column)) {
            Some(column) => {
                Err(format!("the rows of `{name}` show no column `{column}`; leave explained_by out"))
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("../../indexes/scorecards/unit.toml");

    #[test]
    fn the_shipped_formula_says_that_it_is_no_law() {
        let formula = Scorecard::parse("scorecards/unit.toml", TEXT).unwrap();
        assert_eq!(formula.lines.iter().map(|line| line.weight).sum::<i64>(), 100);
        assert!(formula.statement.vi.contains("không phải quy định của pháp luật"));
    }

    #[test]
    fn a_wrong_formula_is_refused_with_file_place_and_repair() {
        let cases = [
            ("weight = 30", "weight = 31", "add up to 101; make them add up to 100"),
            ("valid_from = \"2016-01-01\"", "valid_from = \"2016-13-01\"", "line 5"),
            (
                "zero_at = 40",
                "zero_at = 100",
                "line `tasks_on_time`: `full_at` 100 is not above `zero_at` 100",
            ),
            (
                "zero_at = 30",
                "zero_at = 130",
                "line `dossiers_late`: `zero_at` is 130; write a share from 0 to 100",
            ),
            ("name = \"tasks_overdue\"", "name = \"tasks_on_time\"", "another line has this name"),
            ("least = 5", "least = 0", "write 1 or more"),
            ("counts = \"period\"", "counts = \"as_of\"", "take it out or count by period"),
            ("ranked_from = 20", "ranked_from = 0", "write 1 to 100"),
            ("better = \"higher\"", "better = \"larger\"", "expected `higher` or `lower`"),
            ("explained_by", "explainedby", "unknown field `explainedby`"),
        ];
        for (from, to, expected) in cases {
            assert!(TEXT.contains(from), "{from}");
            let error = Scorecard::parse("scorecards/unit.toml", &TEXT.replacen(from, to, 1)).unwrap_err();
            let error = error.to_string();
            assert!(error.starts_with("scorecards/unit.toml: ") && error.contains(expected), "{to}: {error}");
        }
    }
}
