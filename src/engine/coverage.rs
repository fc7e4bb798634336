//! What a search for earlier petitions looks at: part of every "nothing found".
//!
//! Counted once for a snapshot, by unit, so that what a scope shows is a sum and not another walk over the
//! petitions.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::scope::{Scope, Units};

/// What was searched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Petitions searched.
    pub petitions: u64,
    /// Units that hold them.
    pub units: usize,
    /// Source systems with the day the newest of their petitions arrived.
    pub sources: Vec<(String, Option<NaiveDate>)>,
}

/// Petitions by the unit that holds them and their source system, with the newest day of arrival.
#[derive(Debug, Default)]
pub(super) struct Held {
    by_unit: BTreeMap<Option<String>, BTreeMap<String, (u64, Option<NaiveDate>)>>,
}

impl Coverage {
    /// The day the newest petition of all arrived.
    #[must_use]
    pub fn freshest(&self) -> Option<NaiveDate> {
        self.sources.iter().filter_map(|(_, day)| *day).max()
    }
}

impl Held {
    /// Counts a petition.
    pub(super) fn add(&mut self, unit: Option<&str>, system: &str, day: Option<NaiveDate>) {
        let unit = unit.map(str::to_owned);
        let systems = self.by_unit.entry(unit).or_default();
        let (count, freshest) = match systems.get_mut(system) {
            Some(known) => known,
            None => systems.entry(system.to_owned()).or_default(),
        };
        *count += 1;
        *freshest = (*freshest).max(day);
    }

    /// What of it `scope` shows.
    pub(super) fn coverage(&self, scope: &Scope) -> Coverage {
        let is_shown = |unit: Option<&String>| match &scope.units {
            Units::All => true,
            Units::Only(units) => unit.is_some_and(|unit| units.contains(unit)),
        };
        let mut coverage = Coverage::default();
        let mut sources: BTreeMap<&String, Option<NaiveDate>> = BTreeMap::new();
        for (unit, systems) in self.by_unit.iter().filter(|(unit, _)| is_shown(unit.as_ref())) {
            coverage.units += usize::from(unit.is_some());
            for (system, (count, day)) in systems {
                coverage.petitions += count;
                let freshest = sources.entry(system).or_default();
                *freshest = (*freshest).max(*day);
            }
        }
        coverage.sources = sources.into_iter().map(|(system, day)| (system.clone(), day)).collect();
        coverage
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_told_of_its_own_units_only() {
        let day = |day| NaiveDate::from_ymd_opt(2024, 3, day);
        let mut held = Held::default();
        held.add(Some("A"), "x", day(1));
        held.add(Some("A"), "y", None);
        held.add(Some("B"), "x", day(3));
        held.add(None, "x", day(4));
        let all = held.coverage(&Scope::everything());
        assert_eq!((all.petitions, all.units, all.freshest()), (4, 2, day(4)));
        let only = Scope { units: Units::Only(["A".to_owned()].into()), ..Scope::everything() };
        let shown = held.coverage(&only);
        assert_eq!((shown.petitions, shown.units), (2, 1));
        assert_eq!(shown.sources, [("x".to_owned(), day(1)), ("y".to_owned(), None)]);
    }
}
