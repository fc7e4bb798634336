//! What belongs to a denunciation does not name its signer, in whatever order the two come.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use thanhtra::engine::Engine;
use thanhtra::engine::progress::Progress;

use super::secrecy::{NAME, denunciation, leaks};
use super::world::{World, asked, assert_sound, id, ndjson, options, petition, search};

const NAMED: &str = "Bà Đoàn Thị Khoẳnh Ngoạy ở ngõ Quỵnh Xoẹt, số 0912345699, đến làm việc";

/// A row of each dataset that belongs to petition `d`, as a file of its own has it.
fn rows(parent: &str) -> [(&'static str, Json); 5] {
    [
        (
            "contents",
            json!({ "source_id": "n1", "petition_id": parent, "kind": "complaint", "title": NAMED, "unit": "Sở A" }),
        ),
        (
            "events",
            json!({ "source_id": "e1", "subject_id": parent, "kind": "accepted", "note": NAMED, "riêng": NAMED }),
        ),
        (
            "decisions",
            json!({ "source_id": "q1", "petition_id": parent, "kind": "settlement", "title": NAMED }),
        ),
        (
            "receptions",
            json!({ "source_id": "t1", "petition_id": parent, "kind": "complaint", "title": NAMED, "signer_name": NAME }),
        ),
        (
            "attachments",
            json!({ "source_id": "a1", "record_id": parent, "kind": "complaint", "name": format!("{NAME}.pdf"), "description": NAMED }),
        ),
    ]
}

fn feed_rows(world: &World, engine: &Engine, parent: &str) {
    for (dataset, row) in rows(parent) {
        world.feed(engine, dataset, &[row]);
    }
}

fn parent(kind: &str) -> Json {
    denunciation("d", json!({ "kind": kind }))
}

/// The same letter from a source that does not give its signer in columns.
fn silent(kind: &str) -> Json {
    let none = json!({ "kind": kind, "title": "Đơn", "text": "Tố cáo ông chủ tịch bán lô đất công.", "ghi chú riêng": null,
        "signer_name": null, "signer_address": null, "signer_id_number": null, "signer_phone": null });
    denunciation("d", none)
}

fn assert_clean(world: &World, engine: &Engine) {
    assert_eq!(leaks(world), Vec::<String>::new());
    for (dataset, _) in rows("d").iter().filter(|(dataset, _)| !matches!(*dataset, "attachments")) {
        assert_eq!(search(engine, dataset, "khoẳnh ngoạy").total.value, 0, "{dataset}");
    }
    assert_sound(engine);
}

fn assert_all_there(engine: &Engine, secrecy: &str) {
    for (dataset, _) in rows("d") {
        let statement = format!("SELECT secrecy FROM {dataset}");
        assert_eq!(asked(engine, dataset, &statement, None), [[secrecy]], "{dataset}");
    }
}

#[test]
fn the_scan_finds_a_name_in_each_dataset_that_belongs_to_a_complaint() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[silent("complaint")]);
    feed_rows(&world, &engine, "d");
    let found = leaks(&world);
    for (dataset, _) in rows("d") {
        for folder in [format!("tables/{dataset}/"), format!("history/{dataset}/")] {
            assert!(found.iter().any(|leak| leak.starts_with(&folder)), "{folder} {found:?}");
        }
    }
    assert_all_there(&engine, "ordinary");
}

#[test]
fn rows_that_come_after_a_denunciation_are_cleaned() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[parent("denunciation"), petition("a", json!({}))]);
    feed_rows(&world, &engine, "d");
    assert_clean(&world, &engine);
    assert_all_there(&engine, "identity");
    let note = "SELECT note LIKE '%đến làm việc%' FROM events";
    assert_eq!(asked(&engine, "events", note, None), [["true"]], "the rest of the text stays");
    // Rows of another record are left as they are.
    world.feed(&engine, "events", &[json!({ "source_id": "e2", "subject_id": "a", "note": "Chuyển đơn" })]);
    let other = "SELECT secrecy FROM events WHERE subject_id = 'a'";
    assert_eq!(asked(&engine, "events", other, None), [["ordinary"]]);
}

#[test]
fn rows_that_name_their_record_by_its_id_are_cleaned() {
    let world = World::new();
    let engine = world.open();
    let by_id = id(&engine, "petitions", "d").to_string();
    feed_rows(&world, &engine, &by_id);
    world.feed(&engine, "petitions", &[parent("denunciation")]);
    assert_clean(&world, &engine);
    let row = json!({ "source_id": "e2", "source_system": "elsewhere", "subject_id": by_id, "note": NAMED });
    world.feed(&engine, "events", &[row]);
    assert_clean(&world, &engine);
}

#[test]
fn rows_that_were_there_before_the_denunciation_are_cleaned_with_it() {
    let world = World::new();
    let engine = world.open();
    feed_rows(&world, &engine, "d");
    world.feed(
        &engine,
        "events",
        &[json!({ "source_id": "e1", "subject_id": "d", "kind": "closed", "note": NAMED })],
    );
    let commit = engine.snapshot().unwrap().version();
    world.feed(&engine, "petitions", &[parent("denunciation")]);
    assert_clean(&world, &engine);
    assert_all_there(&engine, "identity");
    assert_eq!(engine.snapshot().unwrap().version(), commit.next(), "in one commit");
    drop(engine);
    assert_clean(&world, &world.open());
}

#[test]
fn rows_of_a_complaint_are_cleaned_when_it_turns_and_again_when_it_turns_back() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[parent("complaint")]);
    feed_rows(&world, &engine, "d");
    world.feed(&engine, "petitions", &[silent("denunciation")]);
    assert_clean(&world, &engine);
    world.feed(&engine, "petitions", &[parent("complaint")]);
    let later = json!({ "source_id": "e2", "subject_id": "d", "note": NAMED });
    world.feed(&engine, "events", &[later]);
    assert_sound(&engine);
    assert!(!leaks(&world).is_empty(), "a complaint shows its signer");
    world.feed(&engine, "petitions", &[silent("mixed")]);
    assert_clean(&world, &engine);
}

#[test]
fn rows_in_the_commit_that_turns_their_record_are_cleaned() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[parent("complaint")]);
    feed_rows(&world, &engine, "d");
    let mut turned = silent("denunciation");
    turned["events"] =
        json!([{ "source_id": "e1", "kind": "closed", "note": NAMED }, { "source_id": "e9", "note": NAMED }]);
    world.feed(&engine, "petitions", &[turned]);
    assert_clean(&world, &engine);
    // A brief row that does not say its kind is as secret as what it adds to.
    world.feed(
        &engine,
        "petitions",
        &[json!({ "source_id": "d", "events": [{ "source_id": "e10", "note": NAMED }] })],
    );
    assert_clean(&world, &engine);
    let count = "SELECT count(*) FROM events WHERE secrecy = 'identity'";
    assert_eq!(asked(&engine, "events", count, None), [["3"]]);
}

#[test]
fn a_row_that_was_withdrawn_or_moved_is_cleaned_in_the_history() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[petition("a", json!({}))]);
    feed_rows(&world, &engine, "d");
    world.feed(&engine, "events", &[json!({ "source_id": "e1", "_op": "retract" })]);
    world.feed(&engine, "contents", &[json!({ "source_id": "n1", "petition_id": "a" })]);
    world.feed(&engine, "petitions", &[parent("denunciation")]);
    assert_clean(&world, &engine);
    assert_eq!(asked(&engine, "events", "SELECT count(*) FROM events", None), [["0"]]);
}

#[test]
fn a_name_that_is_given_late_is_taken_out_of_what_was_there_before() {
    let world = World::new();
    let engine = world.open();
    let mut early = parent("denunciation");
    for name in ["signer_name", "signer_address", "signer_id_number", "signer_phone"] {
        early[name] = Json::Null;
    }
    world.feed(&engine, "petitions", &[early]);
    feed_rows(&world, &engine, "d");
    assert!(!leaks(&world).is_empty(), "nobody knows yet what to look for");
    world.feed(&engine, "petitions", &[parent("denunciation")]);
    assert_clean(&world, &engine);
}

#[test]
fn a_complaint_withdrawn_and_sent_again_as_a_denunciation_leaves_its_history_too() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[parent("complaint")]);
    world.feed(&engine, "petitions", &[json!({ "source_id": "d", "_op": "retract" })]);
    world.feed(&engine, "petitions", &[silent("denunciation")]);
    assert_clean(&world, &engine);
    world.feed(&engine, "petitions", &[json!({ "source_id": "d", "_op": "retract" })]);
    feed_rows(&world, &engine, "d");
    assert_clean(&world, &engine);
}

#[test]
fn an_ordinary_row_reads_nothing_of_what_is_secret() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[parent("denunciation"), petition("a", json!({}))]);
    let event = |key: &str, of: &str| json!({ "source_id": key, "subject_id": of, "note": "Chuyển đơn" });
    world.feed(&engine, "events", &[event("1", "a")]);
    for (path, bytes) in world.bytes_below("identity/petitions") {
        if path.ends_with(".parquet") {
            std::fs::write(world.data().join(path), &bytes[..bytes.len() / 2]).unwrap();
        }
    }
    world.feed(&engine, "events", &[event("2", "a")]);
    let path = world.file("d.ndjson", ndjson(&[event("3", "d")]).as_bytes());
    let of_the_letter = engine.ingest_file("events", &path, &options(), &Progress::default());
    assert!(of_the_letter.is_err(), "what belongs to the letter asks for its secrets");
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Parent { is_secret: bool, is_named: bool, has_rows: bool },
    WithdrawParent,
    Row(usize),
    WithdrawRow(usize),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => any::<(bool, bool, bool)>().prop_map(|(is_secret, is_named, has_rows)| Step::Parent {
            is_secret,
            is_named,
            has_rows
        }),
        1 => Just(Step::WithdrawParent),
        4 => (0..5usize).prop_map(Step::Row),
        1 => (0..5usize).prop_map(Step::WithdrawRow),
        1 => Just(Step::Reopen),
    ]
}

/// What the store should know of the letter.
#[derive(Default)]
struct Model {
    is_secret: bool,
    was_named: bool,
}

impl Model {
    fn take(&mut self, world: &World, engine: &Engine, step: Step) {
        match step {
            Step::Parent { is_secret, is_named, has_rows } => {
                let kind = if is_secret { "denunciation" } else { "complaint" };
                let mut row = if is_named { parent(kind) } else { silent(kind) };
                if has_rows {
                    row["events"] = json!([{ "source_id": "e7", "note": NAMED }]);
                }
                world.feed(engine, "petitions", &[row]);
                self.is_secret = is_secret;
                self.was_named |= is_named;
            }
            Step::WithdrawParent => {
                world.feed(engine, "petitions", &[json!({ "source_id": "d", "_op": "retract" })]);
            }
            Step::Row(place) => {
                let (dataset, row) = &rows("d")[place];
                world.feed(engine, dataset, std::slice::from_ref(row));
            }
            Step::WithdrawRow(place) => {
                let (dataset, row) = &rows("d")[place];
                world.feed(engine, dataset, &[json!({ "source_id": row["source_id"], "_op": "retract" })]);
            }
            Step::Reopen => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_denouncers_name_is_in_no_row_that_belongs_to_the_letter(steps in proptest::collection::vec(step(), 2..9)) {
        let world = World::new();
        let mut engine = world.open();
        let mut model = Model::default();
        for step in steps {
            if matches!(step, Step::Reopen) {
                drop(engine);
                engine = world.open();
            }
            model.take(&world, &engine, step);
            if model.is_secret && model.was_named {
                prop_assert_eq!(leaks(&world), Vec::<String>::new());
            }
        }
        assert_sound(&engine);
    }
}
