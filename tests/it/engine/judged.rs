//! Petitions, cases and dossiers, each judged once; deadlines that explain themselves.

use serde_json::{Value as Json, json};
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::metrics::ask::Asked;

use super::world::{World, id};

fn asked(day: &str, by: &[&str]) -> Asked {
    let by = by.iter().map(|name| (*name).to_owned()).collect();
    Asked { as_of: Some(day.parse().unwrap()), by, ..Asked::default() }
}

fn total(engine: &Engine, name: &str, day: &str) -> (i64, Option<i64>) {
    let measure = engine.measure(name, &asked(day, &[]), &Scope::everything()).unwrap();
    (measure.total().numerator, measure.total().denominator)
}

/// Values of the first dimension with the count above the line.
fn cells(engine: &Engine, name: &str, day: &str, by: &str) -> Vec<(Option<String>, i64)> {
    let measure = engine.measure(name, &asked(day, &[by]), &Scope::everything()).unwrap();
    measure.figures().iter().map(|figure| (figure.key[0].clone(), figure.numerator)).collect()
}

fn case(key: &str, with: Json) -> Json {
    let mut row = json!({ "source_id": key, "title": "vụ việc", "kind": "complaint", "stage": "first",
                          "province": "Hà Nội", "commune": "Xã A", "unit": "UBND xã A", "status": "open" });
    for (name, value) in with.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

fn cases() -> Vec<Json> {
    vec![
        // Accepted 2017-01-05: 30 days end on Saturday 4/2, so the last day is Monday 6/2.
        case(
            "on the last day",
            json!({ "opened_on": "2017-01-05", "closed_on": "2017-02-06", "status": "closed" }),
        ),
        case("late", json!({ "opened_on": "2017-01-05", "closed_on": "2017-02-07", "status": "closed" })),
        case("pending", json!({ "opened_on": "2017-01-05", "is_mass": true })),
        case("feedback", json!({ "opened_on": "2017-01-05", "kind": "feedback" })),
        case("declared", json!({ "opened_on": "2017-01-05", "due_on": "2017-12-01" })),
        case(
            "withdrawn",
            json!({ "opened_on": "2017-01-05", "closed_on": "2017-01-09", "status": "withdrawn" }),
        ),
        // One case that two systems keep; the one that knows it is closed speaks.
        case("old system", json!({ "opened_on": "2017-01-05", "case_id": "QG-1" })),
        case(
            "new system",
            json!({ "opened_on": "2017-01-05", "case_id": "QG-1", "closed_on": "2017-01-30", "status": "closed" }),
        ),
    ]
}

#[test]
fn resolved_late_and_pending_overdue_are_two_figures() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "cases", &cases());
    let day = "2017-03-01";
    assert_eq!(total(&engine, "cases_late_of_resolved", day), (1, Some(3)));
    assert_eq!(total(&engine, "cases_overdue_of_open", day), (1, Some(2)));
    assert_eq!(total(&engine, "cases_resolved_of_all", day), (3, Some(6)), "one national id is one case");
    assert_eq!(total(&engine, "cases_mass_open", day), (1, None));
    let from = cells(&engine, "cases_overdue_of_open", day, "due_from");
    assert_eq!(from, [(Some("computed".into()), 1), (Some("declared".into()), 0), (Some("none".into()), 0)]);
    assert_eq!(total(&engine, "cases_late_of_resolved", "2017-02-06"), (0, Some(2)));
}

#[test]
fn a_clock_that_stands_still_makes_nobody_late() {
    let world = World::new();
    let engine = world.open();
    let denunciation = |key: &str| case(key, json!({ "kind": "denunciation", "opened_on": "2026-03-02" }));
    world.feed(&engine, "cases", &[denunciation("a"), denunciation("b"), denunciation("c")]);
    let event = |case: &str, kind: &str, day: &str, paper: Option<&str>| json!({ "subject_id": case, "kind": kind, "happened_on": day, "decision_number": paper });
    world.feed(
        &engine,
        "events",
        &[
            event("a", "suspended", "2026-03-12", Some("1/QĐ")),
            event("a", "resumed", "2026-03-30", Some("2/QĐ")),
            event("b", "suspended", "2026-03-12", Some("3/QĐ")),
            event("c", "extended", "2026-03-20", None),
        ],
    );
    let overdue = |day: &str| total(&engine, "cases_overdue_of_open", day);
    assert_eq!(overdue("2026-04-02"), (1, Some(2)), "an extension without its paper counts for nothing");
    assert_eq!(overdue("2026-04-20"), (1, Some(2)));
    assert_eq!(overdue("2026-04-21"), (2, Some(2)));
    assert_eq!(total(&engine, "cases_suspended_of_open", "2026-04-21"), (1, Some(3)));
    assert_eq!(total(&engine, "cases_suspended_of_open", "2026-03-11"), (0, Some(3)), "not known yet");
    let found = engine.deadline_of(
        id(&engine, "cases", "a"),
        Some("2026-04-21".parse().unwrap()),
        &Scope::everything(),
    );
    let due = found.unwrap().computed.unwrap();
    assert_eq!((due.rule.as_str(), due.effective.unwrap().to_string().as_str()), ("TC-5", "2026-04-20"));
}

#[test]
fn a_denunciation_is_told_by_province_and_no_smaller_place() {
    let world = World::new();
    let engine = world.open();
    world.feed(
        &engine,
        "cases",
        &[
            case("k", json!({ "opened_on": "2026-03-02" })),
            case("t", json!({ "opened_on": "2026-03-02", "kind": "denunciation" })),
        ],
    );
    let petition = |key: &str, kind: Option<&str>| {
        json!({ "source_id": key, "kind": kind, "title": "đơn", "unit": "UBND xã A", "commune": "Xã A",
                "province": "Hà Nội", "received_on": "2026-03-02" })
    };
    world.feed(
        &engine,
        "petitions",
        &[petition("1", Some("complaint")), petition("2", Some("denunciation")), petition("3", None)],
    );
    let guarded = "Tố cáo: chỉ tổng hợp theo tỉnh";
    for by in ["commune", "unit"] {
        let small = if by == "unit" { "UBND xã A" } else { "Xã A" };
        let found = cells(&engine, "petitions_received", "2026-04-01", by);
        assert_eq!(found, [(Some(guarded.to_owned()), 2), (Some(small.to_owned()), 1)]);
        let found = cells(&engine, "cases_complex_open", "2026-04-01", by);
        assert_eq!(found.iter().map(|(name, _)| name.clone().unwrap()).collect::<Vec<_>>(), [guarded, small]);
    }
    assert_eq!(cells(&engine, "petitions_received", "2026-04-01", "province"), [(Some("Hà Nội".into()), 3)]);
}

#[test]
fn a_petition_has_its_handling_clock_only() {
    let world = World::new();
    let engine = world.open();
    let petition = |key: &str, with: Json| {
        let mut row =
            json!({ "source_id": key, "kind": "complaint", "title": "đơn", "received_on": "2024-03-04" });
        for (name, value) in with.as_object().unwrap() {
            row[name] = value.clone();
        }
        row
    };
    world.feed(
        &engine,
        "petitions",
        &[
            petition("forwarded", json!({ "due_on": "2024-03-05" })),
            petition(
                "resolved",
                json!({ "resolved_on": "2024-04-01", "case_id": "QG-1", "is_eligible": true }),
            ),
            petition("waiting", json!({})),
            petition("before the rule", json!({ "received_on": "2020-03-04" })),
        ],
    );
    let forwarded = json!({ "subject_id": "forwarded", "kind": "forwarded", "happened_on": "2024-03-18" });
    world.feed(&engine, "events", &[forwarded]);
    // Ten working days from Monday 4/3 end on Monday 18/3.
    assert_eq!(total(&engine, "petitions_handled_late_of_handled", "2024-05-02"), (1, Some(2)));
    assert_eq!(total(&engine, "petitions_waiting_overdue_of_waiting", "2024-05-02"), (1, Some(1)));
    assert_eq!(total(&engine, "petitions_waiting_overdue_of_waiting", "2024-03-18"), (0, Some(2)));
    assert_eq!(total(&engine, "petitions_attached_of_all", "2024-05-02"), (1, Some(4)));
    assert_eq!(total(&engine, "petitions_eligible_of_all", "2024-05-02"), (1, Some(4)));
    let found = engine.deadline_of(id(&engine, "petitions", "waiting"), None, &Scope::everything()).unwrap();
    let due = found.computed.clone().unwrap();
    assert_eq!((due.rule.as_str(), due.effective.unwrap().to_string().as_str()), ("XLD-1", "2024-03-18"));
    assert!(
        due.doubts.iter().any(|doubt| doubt.contains("TT 05/2021")),
        "the mark is carried: {:?}",
        due.doubts
    );
}

#[test]
fn a_dossier_that_waits_for_its_applicant_is_not_late() {
    let world = World::new();
    let engine = world.open();
    let dossier = |key: &str, status: &str, done: Option<&str>| {
        json!({ "source_id": key, "title": "hồ sơ", "status": status, "received_on": "2018-05-02",
                "due_on": "2018-05-10", "completed_on": done })
    };
    world.feed(
        &engine,
        "dossiers",
        &[
            dossier("1", "done", Some("2018-05-10")),
            dossier("2", "done", Some("2018-05-11")),
            dossier("3", "waiting", None),
            dossier("4", "processing", None),
            dossier("5", "withdrawn", None),
        ],
    );
    assert_eq!(total(&engine, "dossiers_on_time_of_done", "2018-06-01"), (1, Some(2)));
    assert_eq!(total(&engine, "dossiers_late_of_open", "2018-06-01"), (1, Some(1)));
    assert_eq!(total(&engine, "dossiers_done_of_all", "2018-06-01"), (2, Some(4)));
}
