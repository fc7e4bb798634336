//! What makes two editions hard to compare: other methods, other provinces.

use crate::domain::language::Label;
use crate::readiness::family::{Mark, Method, Ranks};
use crate::readiness::table::Table;

/// One break between two editions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// The method is another.
    Method {
        /// The earlier.
        before: Label,
        /// The later.
        now: Label,
        /// Whether both have been read in a source or follow from figures.
        is_sure: bool,
    },
    /// How an edition was made is not known.
    Unknown {
        /// The edition.
        edition: String,
    },
    /// The provinces are others.
    Provinces {
        /// How many there were.
        before: u32,
        /// How many there are.
        now: u32,
    },
    /// Ranks are among other provinces of the same set, for some have no value.
    Ranked {
        /// Names of those ranked in the earlier one only.
        only_before: Vec<&'static str>,
        /// Names of those ranked in the later one only.
        only_now: Vec<&'static str>,
    },
}

/// Everything that stands between two tables of a family under `indicator`; nothing when they compare.
#[must_use]
pub fn breaks(before: &Table, now: &Table, indicator: &str) -> Vec<Break> {
    let mut breaks = Vec::new();
    match (&before.method, &now.method) {
        (Some(one), Some(other)) => {
            if !is_made_alike(one, other, indicator) {
                let is_sure = one.mark != Mark::Memory && other.mark != Mark::Memory;
                breaks.push(Break::Method { before: one.label.clone(), now: other.label.clone(), is_sure });
            }
        }
        (one, _) => {
            let edition = if one.is_none() { &before.edition } else { &now.edition };
            breaks.push(Break::Unknown { edition: edition.name.clone() });
        }
    }
    if before.edition.provinces != now.edition.provinces {
        let (before, now) = (before.edition.provinces, now.edition.provinces);
        breaks.push(Break::Provinces { before, now });
    } else if now.family.ranks == Ranks::Computed {
        breaks.extend(ranked(before, now, indicator));
    }
    breaks
}

/// Whether an indicator is made in the same way down to what is given. One that is given in both is of the
/// same make only under the same method.
fn is_made_alike(one: &Method, other: &Method, indicator: &str) -> bool {
    match (one.whole(indicator), other.whole(indicator)) {
        (Some(before), Some(now)) => {
            before == now && before.parts.iter().all(|part| is_made_of_alike(one, other, &part.indicator))
        }
        (None, None) if one.id == other.id => true,
        (None, None) => {
            let is_measured_alike = one.measure(indicator) == other.measure(indicator);
            !one.wholes.is_empty() && !other.wholes.is_empty() && is_measured_alike
        }
        _ => false,
    }
}

/// The same for a part: one that is given is itself in both.
fn is_made_of_alike(one: &Method, other: &Method, part: &str) -> bool {
    match (one.whole(part), other.whole(part)) {
        (None, None) => true,
        _ => is_made_alike(one, other, part),
    }
}

fn ranked(before: &Table, now: &Table, indicator: &str) -> Option<Break> {
    let names = |table: &Table| -> Vec<&'static str> {
        let ranked = table.rows().iter().filter(|row| !table.standing(row, indicator).ranks.is_empty());
        ranked.map(|row| row.place.name.as_str()).collect()
    };
    let (old, new) = (names(before), names(now));
    let only = |here: &[&'static str], there: &[&'static str]| -> Vec<&'static str> {
        here.iter().filter(|name| !there.contains(name)).copied().collect()
    };
    let (only_before, only_now) = (only(&old, &new), only(&new, &old));
    let is_same = only_before.is_empty() && only_now.is_empty();
    (!is_same).then_some(Break::Ranked { only_before, only_now })
}
