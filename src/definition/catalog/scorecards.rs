//! Formulas of a catalogue: which version is in force, and that the metrics they name are there.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::definition::DefinitionError;
use crate::definition::catalog::{Catalog, find};
use crate::definition::scorecard::Scorecard;

/// Versions of each formula with their files, the earliest first.
pub(super) type Formulas = BTreeMap<String, Vec<(String, Scorecard)>>;

impl Catalog {
    /// The formula of that name for a period that begins on `first`: the newest that was known then.
    ///
    /// # Errors
    /// There is none of that name, or none was in force yet; the error says from when the earliest is.
    pub fn scorecard(&self, name: &str, first: NaiveDate) -> Result<&Scorecard, DefinitionError> {
        let versions = find("scorecard", &self.scorecards, name)?;
        let in_force = versions.iter().rev().find(|(_, formula)| formula.valid_from <= first);
        in_force.map(|(_, formula)| formula).ok_or_else(|| {
            let from = versions.first().map(|(_, formula)| formula.valid_from.to_string());
            DefinitionError::Unknown {
                what: "formula of the scorecard",
                name: name.to_owned(),
                suggestion: format!(
                    " for a period from {first}; the first is from {}",
                    from.unwrap_or_default()
                ),
            }
        })
    }

    /// The newest formula of each name.
    pub fn scorecards(&self) -> impl Iterator<Item = &Scorecard> {
        self.scorecards.values().filter_map(|versions| versions.last()).map(|(_, formula)| formula)
    }

    /// Puts a version of a formula among the others of its name, by its first day.
    pub(super) fn add_scorecard(&mut self, file: &str, formula: Scorecard) -> Result<(), DefinitionError> {
        let versions = self.scorecards.entry(formula.name.clone()).or_default();
        if let Some((other, _)) = versions.iter().find(|(_, other)| other.valid_from == formula.valid_from) {
            let (name, from) = (&formula.name, formula.valid_from);
            let message =
                format!("{other} is `{name}` from {from} too; give this one another valid_from or name");
            return Err(DefinitionError::Meaning { file: file.to_owned(), message });
        }
        versions.push((file.to_owned(), formula));
        versions.sort_by_key(|(_, formula)| formula.valid_from);
        Ok(())
    }

    /// The metrics that formulas name are shares with the dimensions, dates and columns they ask for.
    pub(super) fn check_scorecards(&self) -> Result<(), DefinitionError> {
        for (file, formula) in self.scorecards.values().flatten() {
            for line in &formula.lines {
                let checked = self.metric(&line.metric).map_err(|error| error.to_string());
                let checked = checked.and_then(|(query, basis)| match (&query.metric, &basis.basis) {
                    (Some(metric), Some(basis)) => {
                        line.check_metric(metric, basis, [&formula.by, &formula.peers])
                    }
                    _ => Err(format!("no metric `{}`", line.metric)),
                });
                checked.map_err(|message| DefinitionError::Meaning {
                    file: file.clone(),
                    message: format!("line `{}`: {message}", line.name),
                })?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::definition::catalog::{Texts, embedded};

    use super::*;

    const FILE: &str = "scorecards/unit.toml";

    fn with(file: &str, from: &str, to: &str) -> Result<Catalog, DefinitionError> {
        let text = embedded()[FILE].replacen(from, to, 1);
        Catalog::overlaid(Texts::from([(file.to_owned(), text)]))
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_is_scored_by_the_newest_formula_known_when_it_began() {
        let text = embedded()[FILE].replace("version = 1", "version = 2").replace("2016-01-01", "2026-01-01");
        let texts = Texts::from([("scorecards/unit-2026.toml".to_owned(), text)]);
        let catalog = Catalog::overlaid(texts).unwrap();
        let version = |on: &str| catalog.scorecard("unit", day(on)).unwrap().version;
        assert_eq!((version("2025-12-31"), version("2026-01-01")), (1, 2));
        assert_eq!(catalog.scorecards().map(|formula| formula.version).collect::<Vec<_>>(), [2]);
        let early = catalog.scorecard("unit", day("2015-12-15")).unwrap_err().to_string();
        assert!(early.contains("for a period from 2015-12-15; the first is from 2016-01-01"), "{early}");
        let near = catalog.scorecard("units", day("2026-01-01")).unwrap_err().to_string();
        assert!(near.contains("did you mean `unit`"), "{near}");
    }

    #[test]
    fn a_formula_of_the_store_goes_before_ours_and_a_second_of_one_day_is_refused() {
        let catalog = with(FILE, "version = 1", "version = 7").unwrap();
        assert_eq!(catalog.scorecard("unit", day("2026-01-01")).unwrap().version, 7);
        let twice = with("scorecards/other.toml", "version = 1", "version = 7").unwrap_err().to_string();
        assert!(twice.contains("scorecards/other.toml is `unit` from 2016-01-01 too"), "{twice}");
    }

    #[test]
    fn a_line_that_its_metric_cannot_answer_is_refused_with_file_place_and_repair() {
        let cases = [
            ("tasks_overdue_of_all", "tasks_overdue_of_al", "did you mean `tasks_overdue_of_all`"),
            ("tasks_overdue_of_all", "tasks_due_soon", "line `tasks_overdue`: `tasks_due_soon` is a count"),
            (
                "selects = \"due_on\"",
                "selects = \"closed_on\"",
                "has no date `closed_on`; it has assigned_on",
            ),
            ("kind = \"complaint\"", "sort = \"complaint\"", "has no dimension `sort`"),
            (
                "by = \"unit\"",
                "by = \"coordinating_unit\"",
                "has no dimension `coordinating_unit` of one value",
            ),
            ("peers = \"unit_group\"", "peers = \"due_month\"", "line `dossiers_late`"),
            ("explained_by = \"explanation\"", "explained_by = \"reason\"", "show no column `reason`"),
        ];
        for (from, to, expected) in cases {
            let error = with(FILE, from, to).unwrap_err().to_string();
            assert!(
                error.starts_with("scorecards/unit.toml: line `") && error.contains(expected),
                "{to}: {error}"
            );
        }
    }
}
