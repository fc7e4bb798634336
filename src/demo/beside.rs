//! A second system beside the first: the office's earlier software for tasks, fed in parallel, with differences.
//!
//! Most tasks stand in both systems and agree; some differ in a field, some have another key, some stand in one
//! only, and those given after the switch were never entered in the old. With them come the system that counts,
//! the offices that must send, and what became of documents on the exchange.

use serde_json::{Value as Json, json};

use crate::demo::draw::{Stream, after, before, chance, rng};
use crate::demo::places;
use crate::demo::{BESIDE_SYSTEM, DAYS, Plan, SOURCE_SYSTEM, documents, tasks};

/// Days before today on which the old system was last fed.
const SWITCHED: u64 = 60;
/// Tasks that only the old system has are made from numbers beyond those of the new.
const BEYOND: u64 = 1 << 40;

/// The line of a task in the old system, if it is there.
pub(super) fn task(plan: &Plan, index: u64) -> Option<String> {
    let mut rng = rng(plan.seed, Stream::Beside, index);
    let is_only_old = chance(&mut rng, 2);
    let made = tasks::line(plan, if is_only_old { BEYOND + index } else { index });
    let mut task: Json = serde_json::from_str(&made).ok()?;
    let last = before(plan.today, SWITCHED).to_string();
    if chance(&mut rng, 5) || task["assigned_on"].as_str()? > last.as_str() {
        return None;
    }
    task["source_system"] = Json::from(BESIDE_SYSTEM);
    task.as_object_mut()?.remove("units");
    match rng.u32(..100) {
        0..3 => task["status"] = Json::from(if task["status"] == "done" { "open" } else { "done" }),
        3..6 => task["due_on"] = Json::Null,
        6..8 => task["unit"] = task["assigned_by"].clone(),
        8..11 => task["id"] = Json::from(format!("CU-{index}")),
        _ => {}
    }
    Some(task.to_string())
}

/// The system that counts.
pub(super) fn record(plan: &Plan) -> impl Iterator<Item = String> + use<> {
    let from = before(plan.today, DAYS).to_string();
    let row = json!({ "source_system": SOURCE_SYSTEM, "dataset": "tasks", "source": SOURCE_SYSTEM, "valid_from_on": from });
    std::iter::once(row.to_string())
}

/// Offices that must send tasks: the first three of each province.
pub(super) fn expected(plan: &Plan) -> impl Iterator<Item = String> + use<> {
    let from = before(plan.today, DAYS).to_string();
    places::provinces().iter().flat_map(move |province| {
        let from = from.clone();
        (0..3).map(move |place| {
            json!({ "source_system": SOURCE_SYSTEM, "unit": province.office(place), "dataset": "tasks",
                    "province": province.name, "valid_from_on": from })
            .to_string()
        })
    })
}

/// What became of a document on the exchange.
pub(super) fn steps(plan: &Plan, index: u64) -> Vec<String> {
    let mut rng = rng(plan.seed, Stream::Beside, BEYOND + index);
    let document: Json = serde_json::from_str(&documents::line(plan, index)).unwrap_or_default();
    let issued_on = document["issued_on"].as_str().and_then(|day| day.parse().ok()).unwrap_or(plan.today);
    let mut days = vec![("delivered", 0), ("received", 1)];
    if chance(&mut rng, 75) {
        days.push(("finished", rng.u64(3..40)));
    }
    let row = |(kind, later): (&str, u64)| {
        let on = after(issued_on, later);
        let row = json!({ "source_system": SOURCE_SYSTEM, "subject_id": document["id"], "kind": kind,
                          "happened_on": on.to_string(), "unit": document["unit"] });
        (on <= plan.today).then(|| row.to_string())
    };
    days.into_iter().filter_map(row).collect()
}
