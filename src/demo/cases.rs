//! Contents, source cases and decisions: what an office makes of the petitions.

use serde::Serialize;

use crate::demo::draw::{Stream, after, chance, pick, rng};
use crate::demo::grammar::{Grammar, Teller};
use crate::demo::matter::{Fact, Kind, Matter, subject};
use crate::demo::petitions::{Outline, case_id, petition_id};
use crate::demo::tasks::EXPLANATIONS;
use crate::demo::{Plan, SOURCE_SYSTEM};

#[derive(Serialize)]
struct Content {
    source_system: &'static str,
    petition_id: String,
    ordinal: u32,
    kind: &'static str,
    title: String,
    subject: &'static str,
    unit: String,
    province: &'static str,
    received_on: String,
    case_id: Option<String>,
    is_competent: bool,
    direction: &'static str,
    status: &'static str,
}

#[derive(Serialize)]
struct Case {
    id: String,
    source_system: &'static str,
    case_id: String,
    kind: &'static str,
    title: String,
    stage: &'static str,
    unit: String,
    province: &'static str,
    commune: &'static str,
    subject: &'static str,
    opened_on: String,
    due_on: Option<String>,
    closed_on: Option<String>,
    status: &'static str,
    complexity: &'static str,
    is_mass: bool,
    explanation: Option<&'static str>,
}

#[derive(Serialize)]
struct Decision {
    id: String,
    source_system: &'static str,
    number: String,
    kind: &'static str,
    title: String,
    case_id: String,
    petition_id: String,
    unit: String,
    province: &'static str,
    subject: &'static str,
    issued_on: String,
    result: Option<&'static str>,
    was_on_time: Option<bool>,
    money_recovered: u64,
    land_recovered_m2: f64,
    people_handled: u32,
    people_referred: u32,
    may_sue: bool,
    money_to_state: u64,
    land_to_state_m2: f64,
    money_returned: u64,
    land_returned_m2: f64,
    returned_to: Option<&'static str>,
    people_restored: u32,
    executed_on: Option<String>,
}

/// The contents of one petition: one, or two when it is mixed.
pub(super) fn contents(plan: &Plan, index: u64) -> Vec<String> {
    let outline = Outline::of(plan, index);
    let sort = outline.sort;
    let matter = Matter::of(plan.seed, outline.origin, outline.written_on);
    let handling = outline.handling(plan);
    let first = Outline::of(plan, outline.origin).handling(plan);
    let kinds = match sort.second {
        None => vec![(sort.kind, sort.topic)],
        Some(second) => vec![(Kind::Complaint, sort.topic), (Kind::Denunciation, second)],
    };
    let lines = kinds.into_iter().zip(1..).map(|((kind, topic), ordinal)| Content {
        source_system: SOURCE_SYSTEM,
        petition_id: petition_id(index),
        ordinal,
        kind: kind.code(),
        title: summary(plan, &outline, &matter, topic),
        subject: subject(topic),
        unit: sort.place.committee(),
        province: sort.place.province.name,
        received_on: outline.received_on.to_string(),
        case_id: (first.has_case && ordinal == 1).then(|| case_id(outline.origin)),
        is_competent: handling.is_competent,
        direction: handling.direction,
        status: handling.status,
    });
    lines.map(|content| serde_json::to_string(&content).unwrap_or_default()).collect()
}

/// The case that a petition opened, if it did.
pub(super) fn case(plan: &Plan, index: u64) -> Option<String> {
    let (outline, handling) = opened(plan, index)?;
    let sort = outline.sort;
    let matter = Matter::of(plan.seed, index, outline.written_on);
    let mut rng = rng(plan.seed, Stream::Handling, !index);
    let is_late = handling.due_on.is_some_and(|due| handling.resolved_on.unwrap_or(plan.today) > due);
    let case = Case {
        id: case_id(index),
        source_system: SOURCE_SYSTEM,
        case_id: format!("QG-{index:08}"),
        kind: sort.kind.code(),
        title: summary(plan, &outline, &matter, sort.topic),
        stage: if chance(&mut rng, 88) { "first" } else { "second" },
        unit: resolving_unit(&outline),
        province: sort.place.province.name,
        commune: sort.place.commune,
        subject: subject(sort.topic),
        opened_on: after(outline.received_on, rng.u64(2..9)).to_string(),
        due_on: handling.due_on.map(|day| day.to_string()),
        closed_on: handling.resolved_on.map(|day| day.to_string()),
        status: match handling.resolved_on {
            None if chance(&mut rng, 4) => "suspended",
            None => "open",
            Some(_) if handling.status == "Rút đơn" => "withdrawn",
            Some(_) => "closed",
        },
        complexity: pick(&mut rng, &["ordinary", "ordinary", "ordinary", "complex", "very_complex"]),
        is_mass: chance(&mut rng, 6),
        explanation: (is_late && chance(&mut rng, 60)).then(|| pick(&mut rng, &EXPLANATIONS)),
    };
    serde_json::to_string(&case).ok()
}

/// The decision that ended the case a petition opened, if there is one.
pub(super) fn decision(plan: &Plan, index: u64) -> Option<String> {
    let (outline, handling) = opened(plan, index)?;
    let issued_on = handling.resolved_on.filter(|_| handling.status != "Rút đơn")?;
    let sort = outline.sort;
    let matter = Matter::of(plan.seed, index, outline.written_on);
    let mut rng = rng(plan.seed, Stream::Handling, index ^ (1 << 40));
    let (kind, ending, results): (_, _, &[&str]) = match sort.kind {
        Kind::Complaint => (
            "decision_first",
            "QĐ-UBND",
            &["complaint_wrong", "complaint_wrong", "complaint_partly_right", "complaint_right"],
        ),
        Kind::Denunciation | Kind::Mixed => (
            "conclusion",
            "KL-UBND",
            &["denunciation_wrong", "denunciation_wrong", "denunciation_partly_right", "denunciation_right"],
        ),
        Kind::Feedback | Kind::Unknown => ("answer", "UBND-TD", &[]),
    };
    let result = rng.choice(results).copied();
    let is_founded = result.is_some_and(|result| result.ends_with("right"));
    let has_gain = is_founded && chance(&mut rng, 45);
    let (money, land) = if has_gain {
        (rng.u64(20..9000) * 100_000, f64::from(rng.u32(200..20_000)) / 10.0)
    } else {
        (0, 0.0)
    };
    let people_handled = if is_founded { rng.u32(..4) } else { 0 };
    let people_referred = if has_gain && chance(&mut rng, 8) { rng.u32(1..3) } else { 0 };
    let is_returned = has_gain && chance(&mut rng, 60);
    let executed_on = after(issued_on, rng.u64(10..240));
    let is_executed = executed_on <= plan.today && chance(&mut rng, 85);
    let decision = Decision {
        id: format!("QD-{index:08}"),
        source_system: SOURCE_SYSTEM,
        number: format!("{}/{ending}", rng.u32(12..4800)),
        kind,
        title: format!("Giải quyết: {}", summary(plan, &outline, &matter, sort.topic)),
        case_id: case_id(index),
        petition_id: petition_id(index),
        unit: resolving_unit(&outline),
        province: sort.place.province.name,
        subject: subject(sort.topic),
        issued_on: issued_on.to_string(),
        result,
        was_on_time: handling.due_on.map(|due| issued_on <= due),
        money_recovered: money,
        land_recovered_m2: land,
        people_handled,
        people_referred,
        may_sue: sort.kind == Kind::Complaint,
        money_to_state: if is_returned { 0 } else { money },
        land_to_state_m2: if is_returned { 0.0 } else { land },
        money_returned: if is_returned { money } else { 0 },
        land_returned_m2: if is_returned { land } else { 0.0 },
        returned_to: is_returned.then(|| pick(&mut rng, &["person", "person", "organisation"])),
        people_restored: u32::from(is_returned),
        executed_on: is_executed.then(|| executed_on.to_string()),
    };
    serde_json::to_string(&decision).ok()
}

fn opened(plan: &Plan, index: u64) -> Option<(Outline, crate::demo::petitions::Handling)> {
    let outline = Outline::of(plan, index);
    let handling = outline.handling(plan);
    (outline.relation.is_none() && handling.has_case).then_some((outline, handling))
}

fn resolving_unit(outline: &Outline) -> String {
    let place = outline.sort.place;
    if outline.index.is_multiple_of(3) { place.province.office(0) } else { place.committee() }
}

/// An officer's one-line summary; it names the place and never the signer.
fn summary(plan: &Plan, outline: &Outline, matter: &Matter, topic: &str) -> String {
    let rng = rng(plan.seed, Stream::Style, !outline.origin);
    let mut teller = Teller { matter, written_on: outline.written_on, rng };
    let title = Grammar::embedded().tell_one(topic, "title", &mut teller);
    format!("{title} ({})", matter.fact(Fact::Commune))
}
