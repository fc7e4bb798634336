//! Versions: nothing is lost, and every snapshot can be asked again as it was.

use std::collections::BTreeMap;

use arrow::array::{Array, Int64Array};
use arrow::compute::concat_batches;
use proptest::prelude::*;
use serde_json::json;
use thanhtra::domain::commit::CommitVersion;
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::engine::progress::Progress;
use thanhtra::store::schema::TableKind;

use super::world::{World, asked, assert_sound, id, petition, petitions, search, sql};
use crate::sql::world::cells;

#[derive(Debug, Clone)]
enum Step {
    Put(Vec<(u8, u8, u8)>),
    Withdraw(u8),
    Optimize,
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        5 => prop::collection::vec((0u8..12, 0u8..3, 0u8..4), 1..5).prop_map(Step::Put),
        2 => (0u8..12).prop_map(Step::Withdraw),
        1 => Just(Step::Optimize),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 4..14)
}

const ALL: &str = "SELECT source_id, status, text, valid_from FROM petitions ORDER BY source_id";

type Known = BTreeMap<u64, Vec<Vec<String>>>;

fn take(world: &World, engine: &mut Option<Engine>, step: &Step) {
    let open = engine.as_ref().unwrap();
    match step {
        Step::Put(rows) => {
            let row = |(key, status, text): &(u8, u8, u8)| {
                let text = (*text > 0).then(|| format!("nội dung {text}"));
                petition(&key.to_string(), json!({ "status": status.to_string(), "text": text }))
            };
            world.feed(open, "petitions", &rows.iter().map(row).collect::<Vec<_>>());
        }
        Step::Withdraw(key) => {
            world.feed(open, "petitions", &[json!({ "source_id": key.to_string(), "_op": "retract" })]);
        }
        Step::Optimize => drop(open.optimize(&Progress::default()).unwrap()),
        Step::Reopen => {
            drop(engine.take());
            *engine = Some(world.open());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_snapshot_asked_later_says_what_the_tables_said_then(steps in steps()) {
        let world = World::new();
        let mut engine = Some(world.open());
        let mut known = Known::new();
        for step in &steps {
            take(&world, &mut engine, step);
            let open = engine.as_ref().unwrap();
            let now = asked(open, "petitions", ALL, None);
            prop_assert_eq!(search(open, "petitions", "").total.value, now.len() as u64);
            known.insert(open.snapshot().unwrap().version().0, now);
        }
        let engine = engine.unwrap();
        for (version, rows) in &known {
            prop_assert_eq!(&asked(&engine, "petitions", ALL, Some(CommitVersion(*version))), rows, "at {}", version);
        }
        assert_sound(&engine);
    }
}

#[test]
fn a_statement_in_the_child_sees_the_snapshot_it_names() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &petitions(0..3));
    world.feed(&engine, "petitions", &[petition("k0", json!({ "status": "xong", "text": null }))]);
    world.feed(&engine, "petitions", &[json!({ "source_id": "k1", "_op": "retract" })]);
    let asked_for = "SELECT source_id, status, text IS NULL FROM petitions ORDER BY source_id";
    let at = |number: u64| sql(&engine, asked_for, Some(CommitVersion(number)));
    assert_eq!(at(1), [["k0", "mới", "false"], ["k1", "mới", "false"], ["k2", "mới", "false"]]);
    assert_eq!(at(2), [["k0", "xong", "true"], ["k1", "mới", "false"], ["k2", "mới", "false"]]);
    assert_eq!(at(3), [["k0", "xong", "true"], ["k2", "mới", "false"]]);
    assert_eq!(sql(&engine, asked_for, None), at(3));
    let ahead = engine.sql(asked_for, Some(CommitVersion(4)), &Scope::everything(), &mut |_| Ok(()));
    assert!(ahead.unwrap_err().to_string().contains("no snapshot 4; the newest is 3"));
}

#[test]
fn a_record_tells_every_version_it_had_and_when_each_ended() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &petitions(0..2));
    world.feed(&engine, "petitions", &[petition("k0", json!({ "status": "đang xử lý" }))]);
    world.feed(&engine, "petitions", &[petition("k5", json!({}))]);
    world.feed(&engine, "petitions", &[json!({ "source_id": "k0", "_op": "retract" })]);
    let history = engine.history_of(id(&engine, "petitions", "k0"), &Scope::everything()).unwrap();
    let batch = &concat_batches(&history.batches[0].schema(), &history.batches).unwrap();
    let column = |name: &str| -> Vec<Option<i64>> {
        let column = batch.column_by_name(name).unwrap().as_any().downcast_ref::<Int64Array>().unwrap();
        (0..column.len()).map(|row| column.is_valid(row).then(|| column.value(row))).collect()
    };
    assert_eq!(column("valid_from"), [Some(1), Some(2), Some(4)]);
    assert_eq!(column("valid_to"), [Some(2), Some(4), None]);
    let operations = batch.schema().index_of("operation").unwrap();
    let operations: Vec<String> =
        cells(std::slice::from_ref(batch)).into_iter().map(|row| row[operations].clone()).collect();
    assert_eq!(operations, ["upsert", "upsert", "retract"]);
    let now = engine.record(id(&engine, "petitions", "k0"), &Scope::everything());
    assert!(now.unwrap_err().to_string().contains("no record"));
    assert!(engine.record(id(&engine, "petitions", "k1"), &Scope::everything()).is_ok());
}

#[test]
fn a_change_of_status_rewrites_neither_texts_nor_files_without_the_record() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &petitions(0..4));
    world.feed(&engine, "petitions", &petitions(4..8));
    let files = |kind: TableKind| -> Vec<String> {
        let snapshot = engine.snapshot().unwrap();
        let state = snapshot.table("petitions", kind).unwrap();
        state.files.iter().map(|file| file.name.clone()).collect()
    };
    let before = (files(TableKind::Main), files(TableKind::Text), files(TableKind::HistoryText));
    world.feed(&engine, "petitions", &[petition("k1", json!({ "status": "xong" }))]);
    assert_eq!(files(TableKind::Text), before.1);
    assert_eq!(files(TableKind::HistoryText), before.2);
    let main = files(TableKind::Main);
    assert!(!main.contains(&before.0[0]) && main.contains(&before.0[1]), "{main:?}");
    let texts = "SELECT count(text) FROM petitions WHERE text LIKE '%thửa đất số k%'";
    assert_eq!(asked(&engine, "petitions", texts, None), [["8"]]);
    assert_sound(&engine);
}

#[test]
fn a_text_that_changes_or_goes_does_so_in_table_index_and_history() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &petitions(0..2));
    world.feed(&engine, "petitions", &[petition("k0", json!({ "text": "bãi rác ven sông" }))]);
    assert_eq!(search(&engine, "petitions", "\"bãi rác ven sông\"").total.value, 1);
    assert_eq!(search(&engine, "petitions", "\"thửa đất số k0\"").total.value, 0);
    world.feed(&engine, "petitions", &[petition("k0", json!({ "text": null }))]);
    assert_eq!(search(&engine, "petitions", "\"bãi rác ven sông\"").total.value, 0);
    let text = "SELECT text FROM petitions WHERE source_id = 'k0'";
    assert_eq!(asked(&engine, "petitions", text, None), [["NULL"]]);
    assert_eq!(asked(&engine, "petitions", text, Some(CommitVersion(2))), [["bãi rác ven sông"]]);
    assert_sound(&engine);
}

#[test]
fn a_new_due_date_adds_a_row_also_when_it_is_an_old_one_again() {
    let world = World::new();
    let engine = world.open();
    for due in ["2018-05-10", "2018-06-30", "2018-05-10", "2018-05-10"] {
        world.feed(&engine, "tasks", &[json!({ "source_id": "t", "title": "báo cáo", "due_on": due })]);
    }
    let versions = "SELECT task_id, version, due_on FROM task_due_dates ORDER BY version";
    let expected = [["t", "1", "2018-05-10"], ["t", "2", "2018-06-30"], ["t", "3", "2018-05-10"]];
    assert_eq!(asked(&engine, "task_due_dates", versions, None), expected);
    world.feed(
        &engine,
        "tasks",
        &[json!({ "source_id": "t", "title": "báo cáo", "_op": "retract", "due_on": "2019-01-01" })],
    );
    assert_eq!(asked(&engine, "task_due_dates", versions, None), expected, "a withdrawal sets no date");
    assert_sound(&engine);
}

#[test]
fn a_due_date_of_a_month_keeps_its_precision() {
    let world = World::new();
    let engine = world.open();
    let rows = [
        json!({ "source_id": "m", "due_on": "trong tháng 5/2018" }),
        json!({ "source_id": "d", "due_on": "31/5/2018" }),
    ];
    world.feed(&engine, "tasks", &rows);
    let due = "SELECT source_id, due_on, due_on_precision FROM tasks ORDER BY source_id";
    let expected = [["d", "2018-05-31", "NULL"], ["m", "2018-05-31", "month"]];
    assert_eq!(asked(&engine, "tasks", due, None), expected);
    let again = world.feed(&engine, "tasks", &[json!({ "source_id": "m", "due_on": "31/5/2018" })]);
    assert_eq!(again.counts.updated, 1, "a day is another date than its month");
    assert_sound(&engine);
}
