//! Readers beside a writer: each sees one commit, whole.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::{Value as Json, json};
use thanhtra::domain::scope::Scope;
use thanhtra::search::request::{Filter, Op, Request};

use super::world::{World, asked, assert_sound, petition, petitions, search};

const COMMITS: usize = 30;

#[test]
fn a_reader_sees_whole_commits_only_while_thirty_are_made() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &petitions(0..3));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watching = scope.spawn(|| watch(&world, &done));
        for at in 1..=COMMITS {
            // Three rows more and one changed: every commit has a number of rows that is a multiple of three.
            let mut rows = petitions(at * 3..at * 3 + 3);
            rows.push(petition("k0", json!({ "status": format!("lần {at}") })));
            world.feed(&engine, "petitions", &rows);
        }
        done.store(true, Ordering::Release);
        let seen = watching.join().unwrap();
        assert!(seen > 1, "the reader saw {seen} commits");
    });
    assert_sound(&engine);
}

/// Asks index and tables until the writer is done; returns how many commits were seen.
fn watch(world: &World, done: &AtomicBool) -> usize {
    let reader = world.reading();
    let mut seen = std::collections::BTreeSet::new();
    loop {
        let last = done.load(Ordering::Acquire);
        let answer = search(&reader, "petitions", "");
        let number = answer.total.value;
        assert_eq!(number % 3, 0);
        let newest = answer.hits.iter().filter(|hit| hit.source_id == "k0").count();
        assert_eq!(newest, usize::from(number <= 100), "a changed record is there once");
        let held = reader.snapshot().unwrap();
        let rows = asked(
            &reader,
            "petitions",
            "SELECT count(*), count(DISTINCT source_id) FROM petitions",
            Some(held.version()),
        );
        assert_eq!(rows[0][0], rows[0][1]);
        assert_eq!(held.version().0 * 3, rows[0][0].parse::<u64>().unwrap());
        if answer.commit == held.version() {
            assert_eq!(number.to_string(), rows[0][0], "index and tables are of one commit");
        }
        seen.insert(answer.commit);
        if last {
            return seen.len();
        }
    }
}

#[test]
fn totals_and_facets_are_what_sql_counts() {
    let world = World::new();
    let engine = world.open();
    let row = |key: usize| -> Json {
        let unit = ["Sở A", "Sở B", "Sở C"][key % 3];
        let text = if key.is_multiple_of(4) {
            "bãi rác ven sông bốc mùi"
        } else {
            "thu hồi đất làm đường"
        };
        let unit = if key.is_multiple_of(7) { json!(null) } else { json!(unit) };
        petition(&format!("k{key}"), json!({ "unit": unit, "text": text, "title": null }))
    };
    world.feed(&engine, "petitions", &(0..50).map(row).collect::<Vec<_>>());
    world.feed(
        &engine,
        "petitions",
        &(10..20).map(|key| json!({ "source_id": format!("k{key}"), "_op": "retract" })).collect::<Vec<_>>(),
    );
    world.feed(
        &engine,
        "petitions",
        &(0..9)
            .map(|key| {
                petition(
                    &format!("k{key}"),
                    json!({ "unit": "Sở D", "title": null, "text": "bãi rác ven sông" }),
                )
            })
            .collect::<Vec<_>>(),
    );
    let request = Request {
        text: "\"bãi rác ven sông\"".to_owned(),
        facets: vec!["unit".to_owned()],
        limit: 100,
        ..Request::default()
    };
    let answer = engine.search("petitions", &request, &Scope::everything()).unwrap();
    let matching = "FROM petitions WHERE text LIKE '%bãi rác ven sông%'";
    let counted = asked(
        &engine,
        "petitions",
        &format!("SELECT unit, count(*) {matching} AND unit IS NOT NULL GROUP BY unit ORDER BY 2 DESC, 1"),
        None,
    );
    let facet: Vec<Vec<String>> = answer.facets[0]
        .values
        .iter()
        .map(|value| vec![value.value.as_str().unwrap().to_owned(), value.count.to_string()])
        .collect();
    assert_eq!(facet, counted);
    let missing = asked(&engine, "petitions", &format!("SELECT count(*) {matching} AND unit IS NULL"), None);
    assert_eq!(answer.facets[0].missing.to_string(), missing[0][0]);
    let total = asked(&engine, "petitions", &format!("SELECT count(*) {matching}"), None);
    assert_eq!(answer.total.value.to_string(), total[0][0]);
    assert!(answer.total.exact);

    let mut ids: Vec<String> = answer.hits.iter().map(|hit| hit.id.to_string()).collect();
    ids.sort();
    let from_sql = asked(&engine, "petitions", &format!("SELECT id {matching} ORDER BY id"), None);
    assert_eq!(ids, from_sql.concat());

    let only = Filter { column: "unit".to_owned(), op: Op::Equals(vec!["Sở D".to_owned()]) };
    let request = Request { filters: vec![only], limit: 10, ..Request::default() };
    let answer = engine.search("petitions", &request, &Scope::everything()).unwrap();
    assert_eq!(answer.total.value, 9);
}

#[test]
fn the_search_function_of_sql_finds_what_search_finds() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &petitions(0..4));
    let joined = "SELECT p.source_id FROM search('petitions', 'thửa đất số k2') s JOIN petitions p ON p.id = s.id ORDER BY s.score DESC LIMIT 1";
    assert_eq!(super::world::sql(&engine, joined, None), [["k2"]]);
}
