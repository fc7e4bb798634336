//! The table of one edition: every province, what is said of it, what follows, who is ranked.
//!
//! Provinces without a cell are in it too, unranked; cells of no province of the edition are set apart and
//! told. What follows is made in the order of the method: wholes of given parts, the one part that a given
//! whole leaves open, ranks where the publisher gives none.

use std::collections::BTreeMap;

use crate::readiness::cell::{Cell, Known, Origin, Reading};
use crate::readiness::family::{Edition, Families, Family, Method, Ranks};
use crate::readiness::place::{Place, places, resolve};
use crate::readiness::{ReadinessError, recipe};

/// One province of an edition.
#[derive(Debug, Clone)]
pub struct Row {
    /// The province.
    pub place: &'static Place,
    readings: BTreeMap<String, Reading>,
}

/// One edition.
#[derive(Debug, Clone)]
pub struct Table {
    /// The family.
    pub family: Family,
    /// The edition.
    pub edition: Edition,
    /// Its method, when it is known.
    pub method: Option<Method>,
    /// Cells of no province of this edition.
    pub strangers: Vec<Cell>,
    rows: Vec<Row>,
}

/// Where a province stands: every different rank that is said of it, or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Ranks, best first; more than one when sources disagree.
    pub ranks: Vec<Known<i64>>,
    /// Why there is none.
    pub why: Option<Unranked>,
}

/// Why a province has no rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unranked {
    /// The edition has no cell of it.
    Absent,
    /// Sources disagree on the value.
    Disagreed,
    /// It has a value, and no source gives a rank.
    NotPublished,
    /// It has neither; these parts are missing.
    Missing(Vec<String>),
}

/// How a published whole agrees with its published parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// In every decimal shown.
    Exact,
    /// Within what rounding of the parts allows.
    Rounded,
    /// Not.
    Differs,
}

/// Two provinces whose published ranks and values are in opposite order.
#[derive(Debug, Clone, PartialEq)]
pub struct Reversed {
    /// The one ranked higher, with its rank and value.
    pub higher: (&'static Place, i64, f64),
    /// The one with the larger value.
    pub lower: (&'static Place, i64, f64),
}

impl Row {
    /// What is known of one indicator.
    #[must_use]
    pub fn reading(&self, indicator: &str) -> Option<&Reading> {
        self.readings.get(indicator)
    }

    /// Whether a source says anything of the province.
    #[must_use]
    pub fn is_in(&self) -> bool {
        self.readings.values().any(|reading| !reading.cells.is_empty())
    }
}

impl Table {
    /// The table of the cells of one edition.
    #[must_use]
    pub fn new(families: &Families, family: Family, edition: &str, cells: Vec<Cell>) -> Self {
        let published_on = cells.iter().find_map(|cell| cell.published_on.clone());
        let edition = family.edition(edition, published_on.as_deref());
        let method = families.method(&edition.method).cloned();
        let mut rows: Vec<Row> =
            places(edition.provinces).map(|place| Row { place, readings: BTreeMap::new() }).collect();
        let mut strangers = Vec::new();
        for cell in cells {
            let code = family.places.get(cell.province.trim()).unwrap_or(&cell.province);
            let place = resolve(edition.provinces, code, &cell.province_name);
            match place.and_then(|place| rows.iter_mut().find(|row| row.place == place)) {
                Some(row) => {
                    let reading = row.readings.entry(family.code_of(&cell.indicator)).or_default();
                    reading.cells.push(cell);
                }
                None => strangers.push(cell),
            }
        }
        let mut table = Self { family, edition, method, strangers, rows };
        table.make();
        table.rank();
        table
    }

    /// Every province, in the order of codes.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Every province by its place under `indicator`: the ranked by rank, then the others by name.
    #[must_use]
    pub fn ordered(&self, indicator: &str) -> Vec<&Row> {
        let mut rows: Vec<&Row> = self.rows.iter().collect();
        let best = |row: &Row| self.standing(row, indicator).ranks.first().map(|rank| rank.value);
        rows.sort_by_cached_key(|row| {
            let rank = best(row);
            (rank.is_none(), rank, !row.is_in(), row.place.name.clone())
        });
        rows
    }

    /// The province that is meant by a code or name.
    ///
    /// # Errors
    /// It is none of this edition.
    pub fn row(&self, name: &str) -> Result<&Row, ReadinessError> {
        let place = resolve(self.edition.provinces, name, "");
        let row = place.and_then(|place| self.rows.iter().find(|row| row.place == place));
        let provinces = self.edition.provinces;
        row.ok_or_else(|| ReadinessError::NoProvince { name: name.to_owned(), provinces })
    }

    /// Indicators of which anything is known, in the family's order, then others by name.
    #[must_use]
    pub fn indicators(&self) -> Vec<String> {
        let is_known = |code: &String| {
            let mut readings = self.rows.iter().filter_map(|row| row.readings.get(code));
            readings.any(|reading| !reading.values().is_empty() || !reading.ranks().is_empty())
        };
        let own: Vec<String> = self.family.indicators.iter().map(|known| known.code.clone()).collect();
        let mut others: Vec<String> = self.rows.iter().flat_map(|row| row.readings.keys().cloned()).collect();
        others.sort();
        others.dedup();
        others.retain(|code| !own.contains(code));
        own.into_iter().chain(others).filter(is_known).collect()
    }

    /// The indicator of that name, or the one that ranks.
    ///
    /// # Errors
    /// Nothing is known of it.
    pub fn indicator(&self, name: Option<&str>) -> Result<String, ReadinessError> {
        let wanted = name.map_or_else(|| self.family.composite.clone(), |name| self.family.code_of(name));
        let known = self.indicators();
        if known.contains(&wanted) || name.is_none() {
            return Ok(wanted);
        }
        Err(ReadinessError::NoIndicator { name: wanted, known: known.join(", ") })
    }

    /// Where a province stands under `indicator`.
    #[must_use]
    pub fn standing(&self, row: &Row, indicator: &str) -> Standing {
        let reading = row.reading(indicator);
        let ranks = reading.map(Reading::ranks).unwrap_or_default();
        let values = reading.map_or(0, |reading| reading.values().len());
        let why = match (ranks.is_empty(), values) {
            (false, _) => None,
            (true, 0) if !row.is_in() => Some(Unranked::Absent),
            (true, 0) => Some(Unranked::Missing(self.missing(row, indicator))),
            (true, 1) => Some(Unranked::NotPublished),
            (true, _) => Some(Unranked::Disagreed),
        };
        Standing { ranks, why }
    }

    /// How the published whole of a province agrees with its parts; nothing when either is not known.
    #[must_use]
    pub fn agreement(&self, row: &Row, indicator: &str) -> Option<Agreement> {
        let reading = row.reading(indicator).filter(|reading| reading.is_given())?;
        let (given, made) = (reading.value()?.value, reading.made?.value);
        let whole = self.method.as_ref()?.whole(indicator)?;
        let rounding: f64 = whole
            .parts
            .iter()
            .filter_map(|part| {
                let known = row.reading(&part.indicator)?.value()?;
                Some(half_a_digit(known.value) * part.weight.abs() / recipe::divisor(whole))
            })
            .sum();
        let digits = |value| recipe::shown_digits(value, self.family.decimals);
        Some(if digits(given) == digits(made) {
            Agreement::Exact
        } else if (given - made).abs() <= rounding + half_a_digit(given) {
            Agreement::Rounded
        } else {
            Agreement::Differs
        })
    }

    /// Pairs whose published ranks and values are in opposite order: one of the two is wrong in its source.
    #[must_use]
    pub fn reversed(&self, indicator: &str) -> Vec<Reversed> {
        let one = |row: &Row| {
            let reading = row.reading(indicator)?;
            let ranks = reading.ranks();
            let [rank] = ranks.as_slice() else { return None };
            let is_said = rank.origin == Origin::Published && reading.is_given();
            is_said.then_some((row.place, rank.value, reading.value()?.value))
        };
        let known: Vec<(&'static Place, i64, f64)> = self.rows.iter().filter_map(one).collect();
        let under = |higher: &(&'static Place, i64, f64)| {
            let lower = known.iter().filter(|lower| lower.1 > higher.1 && lower.2 > higher.2);
            lower.map(|lower| Reversed { higher: *higher, lower: *lower }).collect::<Vec<_>>()
        };
        known.iter().flat_map(under).collect()
    }

    /// How many provinces are ranked under `indicator`, and how many the edition has.
    #[must_use]
    pub fn coverage(&self, indicator: &str) -> (usize, usize) {
        let ranked = self.rows.iter().filter(|row| !self.standing(row, indicator).ranks.is_empty());
        (ranked.count(), self.rows.len())
    }

    fn make(&mut self) {
        let Some(method) = self.method.clone() else { return };
        for whole in &method.wholes {
            let made = recipe::wholes(&self.rows, whole);
            for row in &mut self.rows {
                if let Some(value) = made.get(&row.place.code) {
                    let reading = row.readings.entry(whole.indicator.clone()).or_default();
                    reading.made = Some(Known { value: *value, origin: Origin::Computed });
                }
                if let Some((part, known)) = recipe::lacking(row, whole) {
                    row.readings.entry(part).or_default().made = Some(known);
                }
            }
        }
    }

    fn rank(&mut self) {
        if self.family.ranks != Ranks::Computed {
            return;
        }
        for indicator in self.indicators() {
            let values = recipe::scaled(&self.rows, &indicator, crate::readiness::family::Scale::AsItStands);
            let ranks = recipe::competition(&values, self.family.decimals);
            for row in &mut self.rows {
                if let (Some(reading), Some(rank)) =
                    (row.readings.get_mut(&indicator), ranks.get(&row.place.code))
                {
                    reading.made_rank = Some(*rank);
                }
            }
        }
    }

    /// Parts of `indicator`, down to those that nothing makes, of which nothing is known; itself when it has none.
    fn missing(&self, row: &Row, indicator: &str) -> Vec<String> {
        let Some(whole) = self.method.as_ref().and_then(|method| method.whole(indicator)) else {
            return vec![indicator.to_owned()];
        };
        let is_known = |name: &str| row.reading(name).is_some_and(|reading| reading.value().is_some());
        let lacking = whole.parts.iter().filter(|part| !is_known(&part.indicator));
        lacking.flat_map(|part| self.missing(row, &part.indicator)).collect()
    }
}

/// Half a unit of the last decimal with which a value was written.
fn half_a_digit(value: f64) -> f64 {
    let written = value.to_string();
    let decimals = written.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    0.5 * 10f64.powi(-i32::try_from(decimals).unwrap_or(0)) + f64::EPSILON
}
