//! Pushes: an answer a record, several pushes a commit, and never the same push twice.

use std::sync::Arc;
use std::thread;

use serde_json::{Value as Json, json};
use thanhtra::domain::commit::CommitVersion;
use thanhtra::domain::error::Classified;
use thanhtra::domain::language::Language;
use thanhtra::engine::push::Push;
use thanhtra::engine::queue::PushQueue;

use super::world::{World, asked, assert_sound, ndjson, petition, petitions};

fn push(rows: &[Json], key: Option<&str>) -> Push {
    Push {
        dataset: "petitions".to_owned(),
        is_csv: false,
        body: ndjson(rows).into_bytes(),
        source: "local".to_owned(),
        key: key.map(str::to_owned),
        language: Language::En,
    }
}

#[test]
fn every_record_has_its_answer_and_the_answer_its_commit() {
    let world = World::new();
    let engine = Arc::new(world.open());
    let queue = PushQueue::start(Arc::clone(&engine));
    let rows = [
        petition("a", json!({})),
        petition("b", json!({ "received_on": "5/22018" })),
        petition("a", json!({ "status": "x" })),
    ];
    let pushed = queue.push(push(&rows, None)).unwrap();
    let outcomes: Vec<&str> = pushed.answer["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["rejected", "rejected", "inserted"]);
    assert!(pushed.answer["records"][0]["reason"].as_str().unwrap().contains("line 3"));
    assert_eq!((&pushed.answer["read"], &pushed.answer["commit"]), (&json!(3), &json!(1)));
    let again = queue.push(push(&rows[2..], None)).unwrap();
    assert_eq!((&again.answer["unchanged"], &again.answer["commit"]), (&json!(1), &json!(1)));
    let child = petition("a", json!({ "status": "x", "contents": [{ "kind": "complaint" }] }));
    let child = queue.push(push(&[child], None)).unwrap();
    assert_eq!(
        (&child.answer["unchanged"], &child.answer["commit"]),
        (&json!(1), &json!(2)),
        "a child changed"
    );
    assert_eq!(engine.snapshot().unwrap().version(), CommitVersion(2));
    let bad = Push { body: b"\xff\xfe".to_vec(), ..push(&[], None) };
    assert!(queue.push(bad).is_err());
    assert_sound(&engine);
}

#[test]
fn sixteen_that_push_at_once_share_commits_and_all_are_in() {
    let world = World::new();
    let engine = Arc::new(world.open());
    let queue = PushQueue::start(Arc::clone(&engine));
    thread::scope(|scope| {
        for client in 0..16 {
            let queue = queue.clone();
            scope.spawn(move || {
                for turn in 0..4 {
                    let own = petition(&format!("c{client}-{turn}"), json!({}));
                    let shared = petition("shared", json!({ "status": format!("{client}-{turn}") }));
                    let pushed = queue.push(push(&[own, shared], Some(&format!("{client}/{turn}")))).unwrap();
                    assert_eq!(pushed.answer["rejected"], json!(0));
                }
            });
        }
    });
    let rows = "SELECT count(*), count(DISTINCT source_id) FROM petitions";
    assert_eq!(asked(&engine, "petitions", rows, None), [["65", "65"]]);
    assert_sound(&engine);
}

#[test]
fn pushes_of_different_records_that_wait_together_share_a_commit() {
    let world = World::new();
    let engine = Arc::new(world.open());
    let queue = PushQueue::start(Arc::clone(&engine));
    thread::scope(|scope| {
        for client in 0..16 {
            let queue = queue.clone();
            scope.spawn(move || {
                for turn in 0..4 {
                    queue.push(push(&[petition(&format!("c{client}-{turn}"), json!({}))], None)).unwrap();
                }
            });
        }
    });
    let commits = engine.snapshot().unwrap().version().0;
    assert!(commits < 64, "{commits} commits for 64 pushes");
    assert_eq!(asked(&engine, "petitions", "SELECT count(*) FROM petitions", None), [["64"]]);
}

#[test]
fn a_key_is_answered_as_before_also_after_a_restart_and_never_with_another_body() {
    let world = World::new();
    let rows = petitions(0..2);
    let first = {
        let engine = Arc::new(world.open());
        let first = PushQueue::start(Arc::clone(&engine)).push(push(&rows, Some("one"))).unwrap();
        assert!(!first.is_repeated);
        while Arc::strong_count(&engine) > 1 {
            thread::yield_now();
        }
        first
    };
    let engine = Arc::new(world.open());
    let queue = PushQueue::start(Arc::clone(&engine));
    let again = queue.push(push(&rows, Some("one"))).unwrap();
    assert!(again.is_repeated);
    assert_eq!(again.answer, first.answer);
    assert_eq!(engine.snapshot().unwrap().version(), CommitVersion(1));
    let other = queue.push(push(&rows[..1], Some("one"))).unwrap_err();
    assert_eq!(other.code(), "engine.key_reused");
    assert_eq!(queue.push(push(&rows, Some("two"))).unwrap().answer["unchanged"], json!(2));
    assert!(queue.push(push(&rows, Some("two"))).unwrap().is_repeated);
    assert_sound(&engine);
}
