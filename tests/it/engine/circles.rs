//! Letters in circles: what the demo injects is listed, and nothing besides.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use thanhtra::demo::Plan;
use thanhtra::domain::scope::{Scope, Units};
use thanhtra::engine::Engine;
use thanhtra::engine::circles::{Circle, Kind};
use thanhtra::engine::progress::Progress;

use super::world::{World, options, petition};

const TODAY: &str = "2026-11-20";

fn plan() -> Plan {
    Plan::new(5, 1_500, TODAY.parse().unwrap())
}

fn filled(world: &World) -> Engine {
    let engine = world.open();
    for dataset in ["petitions", "events", "decisions"] {
        let lines: Vec<String> = plan().lines(dataset).unwrap().collect();
        let file = world.file(&format!("{dataset}.ndjson"), lines.join("\n").as_bytes());
        engine.ingest_file(dataset, &file, &options(), &Progress::default()).unwrap();
    }
    engine
}

/// A finding in one line that the truth and the engine share.
fn told(circle: &Circle) -> String {
    let first = &circle.letters[0];
    match circle.kind {
        Kind::Late => format!("late {} {}", first.source_id, circle.hops[0].on),
        Kind::Cycle => {
            let days: Vec<String> = circle.hops.iter().map(|hop| hop.on.to_string()).collect();
            format!("cycle {} {} {}", first.source_id, units(circle).join(">"), days.join(" "))
        }
        Kind::Directions => {
            let ids: BTreeSet<&str> = circle.letters.iter().map(|letter| letter.source_id.as_str()).collect();
            format!("directions {} {ids:?}", circle.case_id.as_deref().unwrap())
        }
    }
}

fn units(circle: &Circle) -> Vec<&str> {
    let last = circle.hops.last().map(|hop| hop.to_unit.as_str());
    circle.hops.iter().map(|hop| hop.unit.as_str()).chain(last).collect()
}

fn injected(line: &str) -> String {
    let line: Json = serde_json::from_str(line).unwrap();
    let text = |name: &str| line[name].as_str().unwrap();
    let list = |name: &str| -> Vec<&str> {
        line[name].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect()
    };
    match text("kind") {
        "late" => format!("late {} {}", text("id"), text("since")),
        "cycle" => format!("cycle {} {} {}", text("id"), list("units").join(">"), list("days").join(" ")),
        _ => format!("directions {} {:?}", text("case_id"), list("ids").into_iter().collect::<BTreeSet<_>>()),
    }
}

#[test]
fn every_circle_of_the_demo_is_listed_and_none_besides() {
    let world = World::new();
    let engine = filled(&world);
    let found = engine.circles(None, Some(TODAY.parse().unwrap()), &Scope::everything()).unwrap();
    let listed: BTreeSet<String> = found.circles.iter().map(told).collect();
    let truth: BTreeSet<String> = plan().circles().map(|line| injected(&line)).collect();
    let (missing, besides): (Vec<_>, Vec<_>) =
        (truth.difference(&listed).collect(), listed.difference(&truth).collect());
    assert!(missing.is_empty() && besides.is_empty(), "missing {missing:?}\nbesides {besides:?}");
    assert_eq!(listed.len(), found.circles.len());
    assert!(found.cut.is_empty());
    for kind in Kind::ALL {
        assert!(found.of_kind(kind).count() >= 5, "{kind:?}");
        let alone = engine.circles(Some(kind), Some(TODAY.parse().unwrap()), &Scope::everything()).unwrap();
        assert_eq!(alone.circles.iter().collect::<Vec<_>>(), found.of_kind(kind).collect::<Vec<_>>());
    }
    let searched = &found.searched[0];
    assert_eq!((searched.source_system.as_str(), searched.letters), ("mo-phong", 1_500));
    assert!(searched.units > 100 && searched.forwards > 100, "{searched:?}");
    for late in found.of_kind(Kind::Late) {
        let (rule, step) = late.rule().unwrap();
        assert!(!rule.is_empty() && !step.article.is_empty());
        assert!(late.due.as_ref().unwrap().effective.unwrap() < found.as_of);
    }
}

fn forward(letter: &str, day: &str, unit: &str, to_unit: &str) -> Json {
    json!({ "subject_id": letter, "kind": "forwarded", "happened_on": day, "unit": unit, "to_unit": to_unit,
            "decision_number": format!("{day}/{unit}") })
}

#[test]
fn a_forward_is_late_after_its_limit_and_no_longer_once_answered() {
    let world = World::new();
    let engine = world.open();
    let letters = ["kn", "kp"].map(|key| petition(key, json!({ "unit": "UBND xã A" })));
    world.feed(&engine, "petitions", &letters);
    world.feed(
        &engine,
        "events",
        &[forward("kn", "2026-03-02", "UBND xã A", "Sở X"), forward("kp", "2026-03-02", "UBND xã A", "Sở X")],
    );
    let late = |day: &str| {
        let found =
            engine.circles(Some(Kind::Late), Some(day.parse().unwrap()), &Scope::everything()).unwrap();
        found.circles.iter().map(told).collect::<Vec<_>>()
    };
    assert_eq!(late("2026-03-12"), Vec::<String>::new(), "the last day of ten is in time");
    assert_eq!(late("2026-03-13").len(), 2);
    let answer = json!({ "subject_id": "kn", "kind": "accepted", "happened_on": "2026-03-20", "unit": "Sở X",
                         "decision_number": "1/TB" });
    world.feed(&engine, "events", &[answer]);
    world.feed(
        &engine,
        "decisions",
        &[json!({ "source_id": "d", "number": "9/QĐ", "petition_id": "kp", "issued_on": "2026-04-01" })],
    );
    assert_eq!(late("2026-03-19").len(), 2, "what came later was not known then");
    assert_eq!(late("2026-03-25"), ["late kp 2026-03-02"]);
    assert_eq!(late("2026-05-01"), Vec::<String>::new());
}

#[test]
fn who_may_not_see_a_unit_learns_nothing_of_its_letters() {
    let world = World::new();
    let engine = filled(&world);
    let none = Scope { units: Units::Only(["UBND không có".to_owned()].into()), ..Scope::everything() };
    let found = engine.circles(None, Some(TODAY.parse().unwrap()), &none).unwrap();
    assert!(found.circles.is_empty() && found.searched.is_empty(), "{found:?}");
}
