//! What happened in a case, day by day, from every row that tells of it.

use chrono::NaiveDate;
use serde_json::Value as Json;

use crate::duplicates::casebook::ruling::{Act, Ruling};
use crate::engine::casefile::{day, text};
use crate::engine::papers::Held;

/// Something that happened on a day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// The day.
    pub on: NaiveDate,
    /// What, as the key of a label: `moment.received`, `moment.decision` …
    pub what: String,
    /// The unit that did it, if known.
    pub unit: Option<String>,
    /// The paper that proves it: a decision's number, a case number.
    pub paper: Option<String>,
    /// The record it stands in.
    pub record: Option<String>,
}

/// The moments of a case, oldest first.
pub(super) fn timeline(
    petitions: &[Held],
    cases: &[Json],
    decisions: &[Json],
    events: &[Json],
    rulings: &[Ruling],
) -> Vec<Moment> {
    let received = petitions.iter().filter_map(|held| {
        let owned = |column: &str| held.text(column).map(str::to_owned);
        Some(Moment {
            on: day(held.text("received_on")?)?,
            what: "moment.received".to_owned(),
            unit: owned("unit"),
            paper: owned("number"),
            record: Some(held.id.to_string()),
        })
    });
    let opened = cases.iter().filter_map(|row| of_row(row, "opened_on", "moment.opened", "case_id"));
    let closed = cases.iter().filter_map(|row| of_row(row, "closed_on", "moment.closed", "case_id"));
    let issued = decisions.iter().filter_map(|row| {
        let what = format!("moment.{}", text(row, "kind").unwrap_or("decision"));
        of_row(row, "issued_on", &what, "number")
    });
    let stepped = events.iter().filter_map(|row| {
        let what = format!("moment.{}", text(row, "kind").unwrap_or("event"));
        of_row(row, "happened_on", &what, "decision_number")
    });
    let mut all: Vec<Moment> = received
        .chain(opened)
        .chain(closed)
        .chain(issued)
        .chain(stepped)
        .chain(rulings.iter().map(of_ruling))
        .collect();
    all.sort();
    all.dedup();
    all
}

fn of_row(row: &Json, on: &str, what: &str, paper: &str) -> Option<Moment> {
    let owned = |column: &str| text(row, column).map(str::to_owned);
    Some(Moment {
        on: day(text(row, on)?)?,
        what: what.to_owned(),
        unit: owned("unit"),
        paper: owned(paper),
        record: owned("id"),
    })
}

fn of_ruling(ruling: &Ruling) -> Moment {
    let what = match ruling.act {
        Act::Decide { .. } => "moment.ruled",
        Act::Attach => "moment.attached",
        Act::Split => "moment.split",
        Act::Undo { .. } => "moment.undone",
    };
    Moment {
        on: ruling.at.civil_day(),
        what: what.to_owned(),
        unit: Some(ruling.by.clone()),
        paper: ruling.placed.as_ref().map(|placed| placed.number.to_string()),
        record: None,
    }
}

#[cfg(test)]
mod tests {
    use crate::definition::catalog::{Catalog, embedded};
    use crate::definition::labels::label;
    use crate::domain::language::Language;

    #[test]
    fn every_kind_of_event_decision_and_stage_has_its_words() {
        let catalog = Catalog::parse(embedded()).unwrap();
        let codes = |dataset: &str, column: &str| {
            let found = catalog.dataset(dataset).unwrap().column(column).unwrap();
            found.codes.iter().map(|code| code.code.clone()).collect::<Vec<_>>()
        };
        let moments = [codes("events", "kind"), codes("decisions", "kind")].concat();
        let keys = moments.iter().map(|code| format!("moment.{code}"));
        let stages = codes("cases", "stage");
        for key in keys.chain(stages.iter().map(|code| format!("stage.{code}"))) {
            assert_ne!(label(&key, Language::Vi), key);
        }
    }
}
