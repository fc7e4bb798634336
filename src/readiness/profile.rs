//! One province of an edition: each indicator against its region and the best, and what pulled it.
//!
//! A difference of two wholes is the sum of what their parts add, so the part that pulled most is known
//! exactly; where a part is missing on one side nothing is said.

use crate::readiness::cell::Known;
use crate::readiness::comparable::{Break, breaks};
use crate::readiness::family::Whole;
use crate::readiness::place::Place;
use crate::readiness::recipe;
use crate::readiness::table::{Row, Standing, Table};

/// One indicator of a province.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The indicator.
    pub indicator: String,
    /// Every value said of it.
    pub values: Vec<Known<f64>>,
    /// Where it stands.
    pub standing: Standing,
    /// The region's mean.
    pub region: Option<Mean>,
    /// The largest value, and who has it.
    pub best: Option<(f64, Vec<&'static Place>)>,
    /// Records of its cells.
    pub records: Vec<String>,
    /// Sources with what each says.
    pub sources: Vec<String>,
}

/// A mean of provinces.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    /// The mean of those that have a value.
    pub value: f64,
    /// How many have one.
    pub known: usize,
    /// How many there are.
    pub of: usize,
}

/// What one part adds to the difference of two wholes.
#[derive(Debug, Clone, PartialEq)]
pub struct Pull {
    /// The part.
    pub indicator: String,
    /// What it adds: negative pulls down.
    pub adds: f64,
}

/// A difference of two wholes, taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Pulled {
    /// What the province is set against.
    pub against: Against,
    /// The difference: the province less the other.
    pub difference: f64,
    /// Its parts, the one that pulls down most first.
    pub parts: Vec<Pull>,
}

/// What a province is set against.
#[derive(Debug, Clone, PartialEq)]
pub enum Against {
    /// The province with the largest whole of which all parts are known.
    Best(&'static Place),
    /// Itself in an earlier edition.
    Edition(String),
}

/// Why a difference cannot be taken apart.
#[derive(Debug, Clone, PartialEq)]
pub enum NotPulled {
    /// The indicator is not made of parts here.
    NoParts,
    /// A part is missing on one side.
    Missing(String),
    /// The editions do not compare.
    Broken(Vec<Break>),
}

/// A province of an edition.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The province.
    pub place: &'static Place,
    /// Its indicators.
    pub lines: Vec<Line>,
    /// Against the best province.
    pub from_best: Result<Pulled, NotPulled>,
    /// Against itself in the earlier edition, when one was given.
    pub from_before: Option<Result<Pulled, NotPulled>>,
}

/// The profile of a province, under the indicator that is asked for.
#[must_use]
pub fn profile(table: &Table, row: &Row, before: Option<&Table>, indicator: &str) -> Profile {
    let lines = table.indicators().iter().map(|name| line(table, row, name)).collect();
    Profile {
        place: row.place,
        lines,
        from_best: from_best(table, row, indicator),
        from_before: before.map(|before| from_before(table, before, row, indicator)),
    }
}

fn line(table: &Table, row: &Row, indicator: &str) -> Line {
    let reading = row.reading(indicator).cloned().unwrap_or_default();
    let value = |row: &Row| Some((row.place, row.reading(indicator)?.value()?.value));
    let all: Vec<(&'static Place, f64)> = table.rows().iter().filter_map(value).collect();
    let most = all.iter().map(|(_, value)| *value).reduce(f64::max);
    let best = most.map(|most| {
        let places = all.iter().filter(|(_, value)| value.total_cmp(&most).is_eq());
        (most, places.map(|(place, _)| *place).collect())
    });
    let region: Vec<f64> =
        all.iter().filter(|(place, _)| place.region == row.place.region).map(|(_, value)| *value).collect();
    let of = table.rows().iter().filter(|other| other.place.region == row.place.region).count();
    Line {
        indicator: indicator.to_owned(),
        values: reading.values(),
        standing: table.standing(row, indicator),
        region: mean(&region, of),
        best,
        records: reading.cells.iter().map(|cell| cell.id.clone()).collect(),
        sources: reading.cells.iter().filter_map(|cell| cell.source.clone()).collect(),
    }
}

fn mean(values: &[f64], of: usize) -> Option<Mean> {
    #[expect(clippy::cast_precision_loss, reason = "a region has at most 14 provinces")]
    let value = values.iter().sum::<f64>() / values.len() as f64;
    (!values.is_empty()).then_some(Mean { value, known: values.len(), of })
}

fn from_best(table: &Table, row: &Row, indicator: &str) -> Result<Pulled, NotPulled> {
    let whole = whole(table, indicator)?;
    let shares = recipe::shares(table.rows(), whole);
    let own = shares.get(&row.place.code).cloned().unwrap_or_default();
    let own = complete(whole, &own)?;
    let total = |other: &Row| {
        let shares = shares.get(&other.place.code)?.clone();
        let shares = shares.into_iter().collect::<Option<Vec<f64>>>()?;
        Some((other.place, shares.iter().sum::<f64>(), shares))
    };
    let all = table.rows().iter().filter_map(total);
    let best = all.max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.code.cmp(&one.0.code)));
    let (place, _, shares) = best.ok_or(NotPulled::NoParts)?;
    Ok(apart(Against::Best(place), whole, &own, &shares))
}

fn from_before(table: &Table, before: &Table, row: &Row, indicator: &str) -> Result<Pulled, NotPulled> {
    let whole = whole(table, indicator)?;
    let mut broken = breaks(before, table, indicator);
    broken.retain(|known| !matches!(known, Break::Ranked { .. }));
    if !broken.is_empty() {
        return Err(NotPulled::Broken(broken));
    }
    let shares = |table: &Table| {
        let shares = recipe::shares(table.rows(), whole).remove(&row.place.code);
        complete(whole, &shares.unwrap_or_default())
    };
    let (now, then) = (shares(table)?, shares(before)?);
    Ok(apart(Against::Edition(before.edition.name.clone()), whole, &now, &then))
}

fn whole<'t>(table: &'t Table, indicator: &str) -> Result<&'t Whole, NotPulled> {
    table.method.as_ref().and_then(|method| method.whole(indicator)).ok_or(NotPulled::NoParts)
}

/// Every share, or the first part that has none.
fn complete(whole: &Whole, shares: &[Option<f64>]) -> Result<Vec<f64>, NotPulled> {
    let mut complete = Vec::new();
    for (place, part) in whole.parts.iter().enumerate() {
        let share = shares.get(place).copied().flatten();
        complete.push(share.ok_or_else(|| NotPulled::Missing(part.indicator.clone()))?);
    }
    Ok(complete)
}

fn apart(against: Against, whole: &Whole, own: &[f64], other: &[f64]) -> Pulled {
    let differences = own.iter().zip(other).map(|(own, other)| own - other);
    let mut parts: Vec<Pull> = whole
        .parts
        .iter()
        .zip(differences)
        .map(|(part, adds)| Pull { indicator: part.indicator.clone(), adds })
        .collect();
    parts.sort_by(|one, other| one.adds.total_cmp(&other.adds));
    let difference = parts.iter().map(|part| part.adds).sum();
    Pulled { against, difference, parts }
}
