//! Figures: published ones come out, every one opens to exactly its rows, receipts hold.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use thanhtra::domain::commit::CommitVersion;
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::engine::progress::Progress;
use thanhtra::metrics::ask::{Asked, Due, Typed};
use thanhtra::metrics::compose::Side;
use thanhtra::metrics::measure::Figure;
use thanhtra::rules::period::Period;
use thanhtra::sql::encode::objects;

use super::world::{World, asked, options, slow_cases};

/// Name, numerator, denominator of the 556 tasks as of 2017-12-13.
pub(crate) const GOLDEN: [(&str, i64, i64, &str); 9] = [
    ("tasks_done_of_all", 249, 556, "44.78"),
    ("tasks_on_time_of_done", 81, 249, "32.53"),
    ("tasks_late_of_done", 168, 249, "67.47"),
    ("tasks_in_time_of_open", 177, 307, "57.65"),
    ("tasks_overdue_of_open", 130, 307, "42.35"),
    ("tasks_overdue_of_all", 130, 556, "23.38"),
    ("tasks_late_or_overdue_of_all", 298, 556, "53.60"),
    ("tasks_on_time_of_done_or_overdue", 81, 379, "21.37"),
    ("tasks_late_of_due", 298, 379, "78.63"),
];

fn on(day: &str) -> Asked {
    Asked { as_of: Some(day.parse().unwrap()), ..Asked::default() }
}

fn with_556() -> (World, Engine) {
    let world = World::new();
    let engine = world.open();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tasks_556.csv");
    engine.ingest_file("tasks", file.as_ref(), &options(), &Progress::default()).unwrap();
    (world, engine)
}

fn total(engine: &Engine, name: &str, asked: &Asked) -> (i64, Option<i64>) {
    let measure = engine.measure(name, asked, &Scope::everything()).unwrap();
    (measure.total().numerator, measure.total().denominator)
}

#[test]
fn the_nine_published_fractions_come_out() {
    let (_world, engine) = with_556();
    for (name, above, below, _) in GOLDEN {
        assert_eq!(total(&engine, name, &on("2017-12-13")), (above, Some(below)), "{name}");
        let by_unit = Asked { by: vec!["unit".to_owned()], ..on("2017-12-13") };
        let by_unit = engine.measure(name, &by_unit, &Scope::everything()).unwrap();
        let sum = |of: fn(&Figure) -> i64| by_unit.figures().iter().map(of).sum::<i64>();
        assert_eq!((sum(|it| it.numerator), sum(|it| it.denominator.unwrap())), (above, below), "{name}");
    }
}

#[test]
fn a_task_is_judged_on_the_business_date() {
    let world = World::new();
    let engine = world.open();
    let task = |key: &str, due: Option<&str>, done: Option<&str>| {
        json!({ "source_id": key, "title": "việc", "assigned_on": "2018-01-02", "due_on": due,
                "completed_on": done, "status": if done.is_some() { "done" } else { "open" } })
    };
    world.feed(
        &engine,
        "tasks",
        &[
            task("saturday", Some("2018-05-12"), Some("2018-05-14")),
            task("same day", Some("2018-05-12"), Some("2018-05-12")),
            task("month", Some("tháng 5/2018"), None),
            task("none", None, None),
            json!({ "source_id": "later", "title": "việc", "assigned_on": "2018-05-30", "status": "open" }),
        ],
    );
    let late = |day: &str| total(&engine, "tasks_late_of_done", &on(day));
    assert_eq!(late("2018-05-31"), (1, Some(2)), "due on a Saturday, done on Monday is late");
    assert_eq!(late("2018-05-13"), (0, Some(1)), "the other was not done yet");
    let overdue = |day: &str| total(&engine, "tasks_overdue_of_open", &on(day));
    assert_eq!(overdue("2018-05-31"), (0, Some(1)));
    assert_eq!(overdue("2018-06-01"), (1, Some(1)), "late from the first day after the month");
    assert_eq!(total(&engine, "tasks_open_no_due_of_all", &on("2018-05-31")), (2, Some(5)));
    assert_eq!(total(&engine, "tasks_done_of_all", &on("2018-05-29")), (2, Some(4)), "not assigned yet");
}

#[test]
fn the_due_date_in_force_judges_and_so_can_the_first() {
    let world = World::new();
    let engine = world.open();
    let task = |due: &str| json!({ "source_id": "t", "title": "việc", "due_on": due, "status": "open" });
    world.feed(&engine, "tasks", &[task("2018-05-10")]);
    world.feed(&engine, "tasks", &[task("2018-06-30")]);
    let decided = json!({ "source_id": "t|2", "task_id": "t", "version": 2, "due_on": "2018-06-30",
                          "decided_on": "2018-05-20" });
    world.feed(&engine, "task_due_dates", &[decided]);
    let overdue = |day: &str, due: Due| total(&engine, "tasks_overdue_of_open", &Asked { due, ..on(day) }).0;
    assert_eq!(overdue("2018-05-15", Due::InForce), 1, "not extended yet on that day");
    assert_eq!(overdue("2018-05-25", Due::InForce), 0);
    assert_eq!(overdue("2018-05-25", Due::Original), 1);
    assert_eq!(overdue("2018-07-01", Due::InForce), 1);
    let moved = |day: &str| total(&engine, "tasks_moved_late_of_all", &on(day));
    assert_eq!(
        (moved("2018-05-25"), moved("2018-05-15")),
        ((1, Some(1)), (0, Some(1))),
        "moved when it had passed"
    );
}

#[test]
fn coordinating_units_share_a_task_and_the_total_counts_it_once() {
    let world = World::new();
    let engine = world.open();
    let task = |key: &str, units: &[&str]| {
        let units: Vec<Json> =
            units.iter().map(|unit| json!({ "unit": unit, "role": "coordinating" })).collect();
        let mut units = units;
        units.push(json!({ "unit": "Sở A", "role": "owner" }));
        json!({ "source_id": key, "title": "việc", "unit": "Sở A", "due_on": "2018-05-01", "status": "open", "units": units })
    };
    world.feed(&engine, "tasks", &[task("1", &["Sở B", "Sở C"]), task("2", &["Sở B"]), task("3", &[])]);
    let scope = Scope::everything();
    let by = Asked { by: vec!["coordinating_unit".to_owned()], ..on("2018-05-02") };
    let measure = engine.measure("tasks_overdue_of_all", &by, &scope).unwrap();
    let cells: Vec<_> =
        measure.figures().iter().map(|it| (it.key[0].as_deref().unwrap(), it.numerator)).collect();
    assert_eq!(cells, [("Sở B", 2), ("Sở C", 1)]);
    assert_eq!((measure.total().numerator, measure.total().denominator), (3, Some(3)));
    assert_eq!(measure.sources().values().sum::<i64>(), 3);
    let found = engine.receipt(&measure.figures()[0].code, &scope).unwrap();
    assert!(found.holds());
    let rows = engine.figure_rows(&found.inputs, Side::Numerator, 0, &scope).unwrap();
    let rows = objects(&rows.batches).unwrap();
    let mut helping: Vec<&str> = rows.iter().map(|row| row["coordinating_unit"].as_str().unwrap()).collect();
    helping.sort_unstable();
    assert_eq!(helping, ["Sở B", "Sở B; Sở C"], "the rows say who coordinates, each once");
    let none = Asked { filters: [("coordinating_unit".to_owned(), None)].into(), ..on("2018-05-02") };
    assert_eq!(total(&engine, "tasks_overdue_of_all", &none), (1, Some(1)));
}

#[test]
fn a_period_selects_by_a_date_and_a_snapshot_by_what_was_known() {
    let (world, engine) = with_556();
    let done = json!({ "source_id": "NV-002/2017", "status": "done", "completed_on": "2017-12-01" });
    world.feed(&engine, "tasks", &[done]);
    let name = "tasks_done_of_all";
    assert_eq!(total(&engine, name, &on("2017-12-13")), (250, Some(556)));
    let before = Asked { snapshot: Some(CommitVersion(1)), ..on("2017-12-13") };
    assert_eq!(total(&engine, name, &before), (249, Some(556)));
    let typed = Typed { period: "2017-09", ..Typed::default() };
    let september = Asked { as_of: before.as_of, ..Asked::read(&typed).unwrap() };
    let counted = asked(
        &engine,
        "tasks",
        "SELECT count(*) FROM tasks WHERE assigned_on BETWEEN DATE '2017-09-01' AND DATE '2017-09-30'",
        None,
    );
    assert_eq!(total(&engine, name, &september).1.unwrap().to_string(), counted[0][0]);
    let by_due = Asked { select: Some("due_on".to_owned()), ..september.clone() };
    assert_ne!(total(&engine, name, &by_due), total(&engine, name, &september));
    let lost = Asked { by: vec!["colour".to_owned()], ..september };
    let error = engine.measure(name, &lost, &Scope::everything()).unwrap_err().to_string();
    assert!(error.contains("no dimension `colour`; it has unit"), "{error}");
}

#[test]
fn the_same_question_has_the_same_receipt_and_writes_nothing() {
    let (world, engine) = with_556();
    let ask = |engine: &Engine| {
        engine.measure("tasks_overdue_of_open", &on("2017-12-13"), &Scope::everything()).unwrap()
    };
    let code = ask(&engine).total().code.clone();
    let before = world.bytes_below("receipts");
    assert_eq!(before.len(), 1);
    drop(engine);
    let engine = world.reading();
    assert_eq!(ask(&engine).total().code, code, "another process, the same code");
    assert_eq!(world.bytes_below("receipts"), before);
    let other = engine.measure("tasks_overdue_of_open", &on("2017-12-14"), &Scope::everything()).unwrap();
    assert_ne!(other.total().code, code);
    assert_eq!(world.bytes_below("receipts").len(), 2, "a reading program keeps receipts too");
}

#[test]
fn a_receipt_is_recomputed_on_its_snapshot_and_opened() {
    let (world, engine) = with_556();
    let by_unit = Asked { by: vec!["unit".to_owned()], ..on("2017-12-13") };
    let measure = engine.measure("tasks_overdue_of_open", &by_unit, &Scope::everything()).unwrap();
    let figure = measure.figures()[3].clone();
    let done = json!({ "source_id": "NV-002/2017", "status": "done", "completed_on": "2017-12-01" });
    world.feed(&engine, "tasks", &[done]);
    drop(engine);
    let engine = world.reading();
    let found = engine.receipt(&figure.code.to_lowercase(), &Scope::everything()).unwrap();
    assert!(found.holds());
    assert_eq!((found.shown.numerator, found.inputs.snapshot), (figure.numerator, CommitVersion(1)));
    for (side, count) in
        [(Side::Numerator, figure.numerator), (Side::Denominator, figure.denominator.unwrap())]
    {
        let rows = engine.figure_rows(&found.inputs, side, 0, &Scope::everything()).unwrap();
        let rows = objects(&rows.batches).unwrap();
        assert_eq!(i64::try_from(rows.len()).unwrap(), count);
        assert!(rows.iter().all(|row| row["unit"].as_str() == figure.key[0].as_deref()));
    }
    let scope = Scope::of_units("x", ["Sở Y tế".to_owned()]);
    assert!(engine.receipt(&figure.code, &scope).unwrap_err().to_string().contains("no receipt"));
    let swapped: String =
        figure.code.replace(&figure.code[..2], if figure.code.starts_with("00") { "11" } else { "00" });
    assert!(engine.receipt(&swapped, &Scope::everything()).is_err());
}

#[test]
fn an_altered_ledger_is_damage() {
    let (world, engine) = with_556();
    let measure = engine.measure("tasks_done_of_all", &on("2017-12-13"), &Scope::everything()).unwrap();
    let (path, bytes) = world.bytes_below("receipts").remove(0);
    let altered = String::from_utf8(bytes).unwrap().replace("\"numerator\":249", "\"numerator\":250");
    std::fs::write(world.data().join(path), altered).unwrap();
    let error = engine.receipt(&measure.total().code, &Scope::everything()).unwrap_err().to_string();
    assert!(error.contains("sealed"), "{error}");
}

#[test]
fn a_frozen_period_keeps_its_numbers_and_tells_what_came_later() {
    let (world, engine) = with_556();
    let period = Period::parse("2017-Q4").unwrap();
    let asked = Asked { period: Some(period.clone()), ..Asked::default() };
    engine.freeze(&period, Some("2017-12-31".parse().unwrap()), "Chánh Văn phòng").unwrap();
    let name = "tasks_done_of_all";
    let frozen = total(&engine, name, &asked);
    let done = json!({ "source_id": "NV-004/2017", "status": "done", "completed_on": "2017-12-20" });
    let back_dated =
        json!({ "source_id": "muộn", "title": "việc", "assigned_on": "2017-11-01", "status": "open" });
    world.feed(&engine, "tasks", &[done, back_dated]);
    assert_eq!(total(&engine, name, &asked), frozen);
    let now = Asked { as_of: Some("2017-12-31".parse().unwrap()), ..asked.clone() };
    assert_eq!(total(&engine, name, &now), (frozen.0 + 1, frozen.1.map(|all| all + 1)));
    let moved = engine.restatements("2017-Q4", name, &Scope::everything()).unwrap();
    let told: Vec<_> =
        moved.iter().map(|it| (it.source_id.as_str(), it.before, it.now, it.commit.unwrap().0)).collect();
    assert!(told.contains(&("NV-004/2017", (false, true), (true, true), 2)), "{told:?}");
    assert!(told.contains(&("muộn", (false, false), (false, true), 2)) && told.len() == 2, "{told:?}");
    assert!(moved.iter().all(|it| it.by.as_deref() == Some("local rows.ndjson")));
    let again = engine.freeze(&period, None, "x").unwrap_err().to_string();
    assert!(again.contains("frozen already"), "{again}");
    let open = engine.freeze(&Period::parse("2018").unwrap(), None, "x").unwrap_err().to_string();
    assert!(open.contains("has not ended"), "{open}");
    assert_eq!(engine.frozen_periods().unwrap().len(), 1);
}

fn tasks() -> impl Strategy<Value = Vec<(Option<u8>, Option<u8>, Option<u8>, bool)>> {
    prop::collection::vec(
        (prop::option::of(0u8..3), prop::option::of(0u8..60), prop::option::of(0u8..60), any::<bool>()),
        1..25,
    )
}

fn day(offset: u8) -> String {
    let first: chrono::NaiveDate = "2018-04-01".parse().unwrap();
    (first + chrono::Days::new(offset.into())).to_string()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: slow_cases(), failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn every_figure_opens_to_as_many_rows_as_it_says(rows in tasks(), as_of in 0u8..60) {
        let world = World::new();
        let engine = world.open();
        let rows: Vec<Json> = rows.iter().enumerate().map(|(key, (unit, due, done, marked))| json!({
            "source_id": key.to_string(), "title": "việc",
            "unit": unit.map(|unit| format!("Sở {unit}")), "due_on": due.map(day),
            "completed_on": done.map(day), "status": if *marked { "done" } else { "open" },
        })).collect();
        world.feed(&engine, "tasks", &rows);
        let scope = Scope::everything();
        let plain = on(&day(as_of));
        let by = Asked { by: vec!["unit".to_owned(), "class".to_owned()], ..plain.clone() };
        let names: Vec<String> = GOLDEN.iter().map(|(name, ..)| (*name).to_owned()).collect();
        let mut classes: BTreeMap<String, i64> = BTreeMap::new();
        for measure in engine.figures(&names, &by, &scope).unwrap().into_values() {
            for figure in measure.figures().iter().chain([measure.total()]) {
                let mut inputs = measure.inputs().clone();
                inputs.filters.extend(inputs.by.clone().into_iter().zip(figure.key.clone()));
                for (side, count) in [(Side::Numerator, figure.numerator), (Side::Denominator, figure.denominator.unwrap())] {
                    let opened = engine.figure_rows(&inputs, side, 0, &scope).unwrap();
                    prop_assert_eq!(objects(&opened.batches).unwrap().len(), usize::try_from(count).unwrap());
                }
                if measure.query().name == "tasks_done_of_all" && !figure.key.is_empty() {
                    *classes.entry(figure.key[1].clone().unwrap()).or_default() += figure.denominator.unwrap();
                }
            }
        }
        prop_assert_eq!(classes.values().sum::<i64>(), i64::try_from(rows.len()).unwrap());
        let report = engine.report("tasks_overdue_total", &plain, &scope).unwrap();
        let parts = ["done_on_time", "done_late", "done_no_due", "open_in_time", "open_overdue", "open_no_due"];
        let sum: i64 = parts.iter().map(|name| report.shown(report.column(name).unwrap(), None).number()).sum();
        prop_assert_eq!(sum, i64::try_from(rows.len()).unwrap(), "six classes are all");
    }

    #[test]
    fn the_due_date_in_force_is_the_last_version_that_was_decided_by_then(
        tasks in prop::collection::vec(prop::collection::vec((0u64..40, prop::option::of(0u64..45)), 0..4), 1..12),
        offset in 0u64..45, is_original in any::<bool>(),
    ) {
        let first: chrono::NaiveDate = "2018-05-01".parse().unwrap();
        let day = |offset: u64| (first + chrono::Days::new(offset)).to_string();
        let world = World::new();
        let engine = world.open();
        let task = |key: usize| json!({ "source_id": key.to_string(), "title": "việc", "due_on": day(3), "status": "open" });
        world.feed(&engine, "tasks", &(0..tasks.len()).map(task).collect::<Vec<_>>());
        let mut versions = Vec::new();
        for (key, later) in tasks.iter().enumerate() {
            for (version, (due, decided)) in (2..).zip(later) {
                // A version that is given twice is one.
                versions.extend(["", "again"].map(|twice| json!({
                    "source_id": format!("{key}|{version}{twice}"), "task_id": key.to_string(), "version": version,
                    "due_on": day(*due), "decided_on": decided.map(day),
                })));
            }
        }
        if !versions.is_empty() {
            world.feed(&engine, "task_due_dates", &versions);
        }
        // Without a day of decision a version is in force from the day it was recorded, 1 June.
        let is_known = |decided: &Option<u64>| decided.unwrap_or(31) <= offset;
        let in_force = |later: &Vec<(u64, Option<u64>)>| {
            let mut known = later.iter().filter(|(_, decided)| !is_original && is_known(decided));
            known.next_back().map_or(3, |(due, _)| *due)
        };
        let expected: BTreeMap<String, String> =
            tasks.iter().enumerate().map(|(key, later)| (key.to_string(), day(in_force(later)))).collect();
        let due = if is_original { Due::Original } else { Due::InForce };
        let scope = Scope::everything();
        let measure = engine.measure("tasks_open_of_all", &Asked { due, ..on(&day(offset)) }, &scope).unwrap();
        let rows = engine.figure_rows(measure.inputs(), Side::Denominator, 0, &scope).unwrap();
        let rows = objects(&rows.batches).unwrap();
        prop_assert_eq!(rows.len(), tasks.len());
        let text = |row: &Json, name: &str| row[name].as_str().unwrap().to_owned();
        let found: BTreeMap<String, String> =
            rows.iter().map(|row| (text(row, "source_id"), text(row, "due_on"))).collect();
        prop_assert_eq!(found, expected);
    }
}
