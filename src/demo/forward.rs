//! Letters forwarded from unit to unit: most are answered, some are forgotten, some come back.
//!
//! Only a letter whose direction is to be forwarded has a chain. A chain without an answer is either so
//! young that no limit has passed or so old that every one has, and units in a chain differ but for the one
//! a circle comes back to; so what [`Plan::circles`] tells is all there is to find.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use fastrand::Rng;
use serde::Serialize;

use crate::demo::draw::{Stream, after, before, chance, pick, rng};
use crate::demo::petitions::{Outline, petition_id};
use crate::demo::places::{CENTRAL, Place};
use crate::demo::{Plan, SOURCE_SYSTEM};

/// A letter forwarded so many days ago without an answer is past every limit.
const FORGOTTEN_DAYS: u64 = 40;
/// Of a hundred chains, those that come back.
const CIRCLES: u32 = 7;
/// Of a hundred old chains, those nobody answered.
const FORGOTTEN: u32 = 10;

#[derive(Serialize)]
struct Event {
    id: String,
    source_system: &'static str,
    subject_id: String,
    kind: &'static str,
    happened_on: String,
    unit: String,
    to_unit: Option<String>,
    decision_number: String,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Circle {
    Late { id: String, since: String, unit: String, to_unit: String },
    Cycle { id: String, units: Vec<String>, days: Vec<String> },
    Directions { case_id: String, ids: Vec<String>, directions: Vec<&'static str> },
}

/// The way of one letter.
struct Chain {
    /// Who held it, in order; one more than there are days.
    units: Vec<String>,
    /// When it was forwarded from each to the next.
    days: Vec<NaiveDate>,
    answer: Option<(NaiveDate, &'static str)>,
    is_forgotten: bool,
    is_circle: bool,
}

/// The events of one petition.
pub(super) fn events(plan: &Plan, index: u64) -> Vec<String> {
    let Some(chain) = Chain::of(plan, index) else { return Vec::new() };
    let event = |number: usize, kind, day: NaiveDate, unit: &String, to_unit: Option<&String>| Event {
        id: format!("SK-{index:08}-{number}"),
        source_system: SOURCE_SYSTEM,
        subject_id: petition_id(index),
        kind,
        happened_on: day.to_string(),
        unit: unit.clone(),
        to_unit: to_unit.cloned(),
        decision_number: format!("{}/{}", 10 + (index * 7 + number as u64) % 4_000, "PC-TD"),
    };
    let hops = chain.units.iter().zip(chain.units.iter().skip(1)).zip(&chain.days).enumerate();
    let mut all: Vec<Event> = hops
        .map(|(number, ((from, to), day))| event(number + 1, "forwarded", *day, from, Some(to)))
        .collect();
    if let (Some((day, kind)), Some(last)) = (chain.answer, chain.units.last()) {
        all.push(event(all.len() + 1, kind, day, last, None));
    }
    all.iter().map(|event| serde_json::to_string(event).unwrap_or_default()).collect()
}

/// Every letter in a circle, forgotten, or of a case with several directions.
pub(super) fn circles(plan: &Plan) -> Vec<String> {
    let mut found: Vec<Circle> = Vec::new();
    let mut cases: BTreeMap<String, Vec<(String, &'static str)>> = BTreeMap::new();
    for index in 0..plan.petitions {
        let outline = Outline::of(plan, index);
        if let Some(case) = outline.linked_case(plan) {
            let direction = outline.handling(plan).direction;
            cases.entry(case).or_default().push((petition_id(index), direction));
        }
        found.extend(Chain::of(plan, index).into_iter().flat_map(|chain| chain.circles(index)));
    }
    found.extend(cases.into_iter().filter_map(|(case_id, petitions)| {
        let mut directions: Vec<&'static str> = petitions.iter().map(|(_, direction)| *direction).collect();
        directions.sort_unstable();
        directions.dedup();
        let ids = petitions.into_iter().map(|(id, _)| id).collect();
        (directions.len() > 1).then_some(Circle::Directions { case_id, ids, directions })
    }));
    found.iter().map(|circle| serde_json::to_string(circle).unwrap_or_default()).collect()
}

impl Chain {
    fn of(plan: &Plan, index: u64) -> Option<Self> {
        let outline = Outline::of(plan, index);
        if outline.handling(plan).direction != "Chuyển đơn" {
            return None;
        }
        let mut rng = rng(plan.seed, Stream::Forwarding, index);
        let is_circle = chance(&mut rng, CIRCLES);
        let hops = if is_circle { rng.usize(2..5) } else { 1 + usize::from(chance(&mut rng, 20)) };
        let first = outline.unit(plan);
        let mut units = others(&mut rng, outline.sort.place, &first, if is_circle { hops - 1 } else { hops });
        if is_circle {
            units.push(first.clone());
        }
        units.insert(0, first);
        let mut day = outline.received_on;
        let mut days = Vec::new();
        for _ in 0..hops {
            day = after(day, rng.u64(2..9));
            days.push(day);
        }
        days.retain(|day| *day <= plan.today);
        units.truncate(days.len() + 1);
        let last = *days.last()?;
        let is_forgotten = last <= before(plan.today, FORGOTTEN_DAYS) && chance(&mut rng, FORGOTTEN);
        let answered = after(last, rng.u64(1..6));
        let kind = pick(&mut rng, &["accepted", "accepted", "guided", "returned", "refused"]);
        let is_whole = days.len() == hops;
        let answer = (is_whole && !is_forgotten && answered <= plan.today).then_some((answered, kind));
        Some(Self { units, days, answer, is_forgotten, is_circle: is_circle && is_whole })
    }

    fn circles(self, index: u64) -> Vec<Circle> {
        let id = petition_id(index);
        let mut found = Vec::new();
        if let (true, [.., unit, to_unit], Some(since)) =
            (self.is_forgotten, self.units.as_slice(), self.days.last())
        {
            let (unit, to_unit) = (unit.clone(), to_unit.clone());
            found.push(Circle::Late { id: id.clone(), since: since.to_string(), unit, to_unit });
        }
        if self.is_circle {
            let days = self.days.iter().map(ToString::to_string).collect();
            found.push(Circle::Cycle { id, units: self.units, days });
        }
        found
    }
}

/// Units that letters of a place are forwarded to, each once, none of them `first`.
fn others(rng: &mut Rng, place: Place, first: &str, count: usize) -> Vec<String> {
    let province = place.province;
    let mut known: Vec<String> = (0..6).map(|office| province.office(office)).collect();
    known.push(place.committee());
    known.extend(CENTRAL.map(str::to_owned));
    known.retain(|unit| unit != first);
    rng.shuffle(&mut known);
    known.truncate(count);
    known
}
