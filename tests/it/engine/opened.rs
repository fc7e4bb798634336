//! Rows behind a figure: from what is kept the same rows, in the same order, as by the statement.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use thanhtra::demo::Plan;
use thanhtra::domain::limits::FIGURE_ROWS_PER_PAGE;
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::engine::measure::Question;
use thanhtra::engine::opened::FigureRows;
use thanhtra::engine::progress::Progress;
use thanhtra::metrics::ask::{Asked, Due};
use thanhtra::metrics::compose::Side;
use thanhtra::rules::period::Period;
use thanhtra::sql::encode::objects;

use super::world::{World, options};

const DAY: &str = "2018-05-01";

fn on(day: &str) -> Asked {
    Asked { as_of: Some(day.parse().unwrap()), ..Asked::default() }
}

/// An engine that has judged the rows of `name` for this question, as a page does before it lists rows.
fn judged(world: &World, name: &str, asked: &Asked, scope: &Scope) -> Engine {
    let engine = world.reading();
    let plain = Asked { as_of: asked.as_of, due: asked.due, ..Asked::default() };
    let by_class = Asked { by: vec!["class".to_owned()], ..plain.clone() };
    let of = |asked| Question { names: vec![name.to_owned()], asked };
    engine.answered(&[of(plain), of(by_class), of(asked.clone())], scope).unwrap();
    engine
}

fn opened(engine: &Engine, name: &str, asked: &Asked, side: Side, skip: usize) -> FigureRows {
    let measure = engine.measure(name, asked, &Scope::everything()).unwrap();
    engine.figure_rows(measure.inputs(), side, skip, &Scope::everything()).unwrap()
}

fn read(rows: &FigureRows) -> (Vec<String>, Vec<Json>) {
    let names: Vec<String> =
        rows.batches[0].schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, rows.columns);
    (names, objects(&rows.batches).unwrap())
}

/// Opens the rows both ways; how many there are.
fn equal(world: &World, name: &str, asked: &Asked, (side, skip): (Side, usize)) -> usize {
    let kept = judged(world, name, asked, &Scope::everything());
    let before = kept.figure_work().statements;
    let one = read(&opened(&kept, name, asked, side, skip));
    let asked_none = kept.figure_work().statements == before;
    let plain = world.reading();
    let other = read(&opened(&plain, name, asked, side, skip));
    assert_eq!(one, other, "{name} {asked:?} {side:?} {skip}");
    assert!(asked_none || one.1.is_empty(), "{name}: a statement over the tables was asked");
    one.1.len()
}

fn feed_demo(world: &World) -> Engine {
    let engine = world.open();
    let plan = Plan::new(3, 1500, "2018-06-01".parse().unwrap());
    for dataset in ["units", "petitions", "cases", "tasks", "dossiers"] {
        let lines: Vec<String> = plan.lines(dataset).unwrap().collect();
        let file = world.file("demo.ndjson", lines.join("\n").as_bytes());
        engine.ingest_file(dataset, &file, &options(), &Progress::default()).unwrap();
    }
    engine
}

#[test]
fn what_pages_list_of_the_demo_is_the_same_from_memory() {
    let world = World::new();
    let engine = feed_demo(&world);
    let expected = json!({ "source_id": "k", "unit": "Sở Không Gửi", "dataset": "tasks" });
    world.feed(&engine, "expected_sources", &[expected]);
    let soon =
        json!({ "source_id": "soon", "title": "việc", "assigned_on": "2018-05-01", "due_on": "2018-06-03" });
    world.feed(&engine, "tasks", &[soon]);
    for name in ["tasks_due_soon", "feeds_fresh_of_all", "coverage_silent", "tasks_overdue_of_open"] {
        let mut all = 0;
        for day in ["2018-02-01", "2018-06-01", "2019-01-01"] {
            for side in [Side::Numerator, Side::Denominator] {
                all += equal(&world, name, &on(day), (side, 0));
            }
        }
        assert!(all > 0, "{name} has rows");
    }
}

#[test]
fn a_basis_that_no_page_lists_is_opened_by_its_statement() {
    let world = World::new();
    feed_demo(&world);
    let kept = judged(&world, "dossiers_late_of_open", &on(DAY), &Scope::everything());
    let before = kept.figure_work().statements;
    opened(&kept, "dossiers_late_of_open", &on(DAY), Side::Denominator, 0);
    assert_eq!(kept.figure_work().statements, before + 1);
}

#[test]
fn pages_of_rows_follow_each_other_and_end_where_the_statement_ends() {
    let world = World::new();
    let engine = world.open();
    // Many on one day, some without one: the order within a day is that of the ids.
    let row = |key: usize| {
        json!({ "source_id": key.to_string(), "title": format!("việc {key}"), "unit": "Sở A",
                "assigned_on": "2018-04-01", "due_on": (!key.is_multiple_of(7)).then(|| format!("2018-05-0{}", key % 7)) })
    };
    world.feed(&engine, "tasks", &(0..FIGURE_ROWS_PER_PAGE + 50).map(row).collect::<Vec<_>>());
    let counts = [0, 120, FIGURE_ROWS_PER_PAGE, FIGURE_ROWS_PER_PAGE + 50]
        .map(|skip| equal(&world, "tasks_open_of_all", &on(DAY), (Side::Denominator, skip)));
    assert_eq!(counts, [FIGURE_ROWS_PER_PAGE, 130, 50, 0]);
    let kept = judged(&world, "tasks_open_of_all", &on(DAY), &Scope::everything());
    let measure = kept.measure("tasks_open_of_all", &on(DAY), &Scope::everything()).unwrap();
    let first = kept.first_rows(measure.inputs(), Side::Numerator, 7, &Scope::everything()).unwrap();
    let whole = opened(&kept, "tasks_open_of_all", &on(DAY), Side::Numerator, 0);
    assert_eq!(objects(&first.batches).unwrap(), objects(&whole.batches).unwrap()[..7]);
}

#[test]
fn units_that_coordinate_stand_in_one_text_whatever_their_words() {
    let world = World::new();
    let engine = world.open();
    let task =
        |key: &str| json!({ "source_id": key, "title": "việc", "unit": "Sở A", "assigned_on": "2018-04-01" });
    world.feed(&engine, "tasks", &[task("1"), task("it's"), task("$of_0")]);
    let unit = |key: &str, task: &str, unit: &str| json!({ "source_id": key, "task_id": task, "unit": unit, "role": "coordinating" });
    world.feed(
        &engine,
        "task_units",
        &[unit("a", "it's", "Sở C"), unit("b", "it's", "Sở B"), unit("c", "$of_0", "Sở D")],
    );
    assert_eq!(equal(&world, "tasks_open_of_all", &on(DAY), (Side::Denominator, 0)), 3);
    let kept = judged(&world, "tasks_open_of_all", &on(DAY), &Scope::everything());
    let rows = read(&opened(&kept, "tasks_open_of_all", &on(DAY), Side::Denominator, 0)).1;
    let mut found: Vec<String> = rows.iter().map(|row| row["coordinating_unit"].to_string()).collect();
    found.sort();
    assert_eq!(found, ["\"Sở B; Sở C\"", "\"Sở D\"", "null"]);
}

#[test]
fn a_due_date_that_moved_late_is_told_of_its_row() {
    let world = World::new();
    let engine = world.open();
    let task = |key: &str, due: &str| json!({ "source_id": key, "title": "việc", "due_on": due });
    world.feed(&engine, "tasks", &[task("stays", "2018-05-10"), task("moves", "2018-05-10")]);
    world.feed(&engine, "tasks", &[task("moves", "2018-06-30")]);
    let decided = json!({ "source_id": "moves|2", "task_id": "moves", "version": 2, "due_on": "2018-06-30",
                          "decided_on": "2018-05-20" });
    world.feed(&engine, "task_due_dates", &[decided]);
    for (day, expected) in [
        ("2018-05-15", [("moves", false, "2018-05-10"), ("stays", false, "2018-05-10")]),
        ("2018-05-25", [("moves", true, "2018-06-30"), ("stays", false, "2018-05-10")]),
    ] {
        assert_eq!(equal(&world, "tasks_open_of_all", &on(day), (Side::Denominator, 0)), 2);
        let kept = judged(&world, "tasks_open_of_all", &on(day), &Scope::everything());
        let mut rows = read(&opened(&kept, "tasks_open_of_all", &on(day), Side::Denominator, 0)).1;
        rows.sort_by_key(|row| row["source_id"].to_string());
        for (row, (key, moved_late, due_on)) in rows.iter().zip(expected) {
            let found = [&row["source_id"], &row["moved_late"], &row["due_on"], &row["first_due_on"]];
            assert_eq!(found, [&json!(key), &json!(moved_late), &json!(due_on), &json!("2018-05-10")]);
        }
    }
}

#[test]
fn rows_of_one_scope_are_not_shown_to_another() {
    let world = World::new();
    let engine = world.open();
    let task = |key: &str, unit: &str| json!({ "source_id": key, "title": "việc", "unit": unit, "assigned_on": "2018-04-01" });
    world.feed(&engine, "tasks", &[task("1", "Sở A"), task("2", "Sở B")]);
    let scope = Scope::of_units("a", ["Sở A".to_owned()]);
    let kept = judged(&world, "tasks_open_of_all", &on(DAY), &Scope::everything());
    judged(&world, "tasks_open_of_all", &on(DAY), &scope);
    let measure = kept.measure("tasks_open_of_all", &on(DAY), &scope).unwrap();
    let rows = kept.figure_rows(measure.inputs(), Side::Denominator, 0, &scope).unwrap();
    let rows = objects(&rows.batches).unwrap();
    assert_eq!(rows.iter().map(|row| row["unit"].clone()).collect::<Vec<_>>(), ["Sở A"]);
}

/// Tasks with few days, so that many share one, and later due dates of some of them.
fn rows() -> impl Strategy<Value = (Vec<Json>, Vec<Json>)> {
    let day = || prop::option::of(0u64..12);
    let row = (prop::option::of(0u8..3), day(), day(), day(), prop::option::of(0u64..20));
    prop::collection::vec(row, 1..30).prop_map(|rows| {
        let text = |offset: Option<u64>| {
            let first: chrono::NaiveDate = "2018-04-25".parse().unwrap();
            offset.map(|offset| (first + chrono::Days::new(offset)).to_string())
        };
        let line = |key: usize, unit: Option<u8>, [given, due, done]: [Option<u64>; 3]| {
            json!({ "source_id": key.to_string(), "title": format!("việc {}", key % 3),
                    "unit": unit.map(|unit| if unit == 2 { String::new() } else { format!("Sở {unit}") }),
                    "assigned_on": text(given), "due_on": text(due), "completed_on": text(done) })
        };
        let mut moved = Vec::new();
        let mut all = Vec::new();
        for (key, (unit, given, due, done, later)) in rows.into_iter().enumerate() {
            all.push(line(key, unit, [given, due, done]));
            moved.extend(later.map(|later| line(key, unit, [given, Some(later), done])));
        }
        (all, moved)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn opened_from_memory_the_rows_are_those_of_the_statement(
        (rows, moved) in rows(), offset in 0u64..20, is_original in any::<bool>(), skip in 0usize..6,
        unit in prop::option::of(0u8..4), with_period in any::<bool>(),
    ) {
        let world = World::new();
        let engine = world.open();
        world.feed(&engine, "tasks", &rows);
        if !moved.is_empty() {
            world.feed(&engine, "tasks", &moved);
        }
        let first: chrono::NaiveDate = "2018-04-22".parse().unwrap();
        let day = (first + chrono::Days::new(offset)).to_string();
        let due = if is_original { Due::Original } else { Due::InForce };
        let unit = unit.map(|unit| (unit < 3).then(|| format!("Sở {unit}")));
        let filters: BTreeMap<_, _> = unit.map(|unit| ("unit".to_owned(), unit)).into_iter().collect();
        let period = with_period.then(|| Period::parse("2018-05").unwrap());
        let asked = Asked { due, filters, period, ..on(&day) };
        for name in ["tasks_due_soon", "tasks_late_of_due", "tasks_done_of_all", "tasks_overdue_of_open"] {
            for side in [Side::Numerator, Side::Denominator] {
                equal(&world, name, &asked, (side, skip));
            }
        }
    }
}
