//! Documents over the exchange: a message in, its file kept, its status a feed of lateness, an answer out.

use serde_json::{Value as Json, json};
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::engine::edxml::StatusAsked;
use thanhtra::engine::progress::Progress;
use thanhtra::metrics::ask::Asked;
use thanhtra::metrics::compose::Side;
use thanhtra::sql::encode::objects;
use thanhtra::store::commit::Counts;

use super::world::{World, options};

const DOCUMENT: &str = include_str!("../../../fuzz/seeds/edxml/document");
const STATUS: &str = include_str!("../../../fuzz/seeds/edxml/status");
const KEY: &str = "000.00.00.H40,2018/05/10,315/UBND-VP1";

fn feed(world: &World, engine: &Engine, name: &str, text: &str) -> Counts {
    let path = world.file(name, text.as_bytes());
    engine.ingest_file("documents", &path, &options(), &Progress::default()).unwrap().counts
}

fn class(engine: &Engine, on: &str) -> (String, Json) {
    let asked = Asked { as_of: Some(on.parse().unwrap()), ..Asked::default() };
    let measure = engine.measure("documents_with_task_of_all", &asked, &Scope::everything()).unwrap();
    let rows = engine.figure_rows(measure.inputs(), Side::Denominator, 0, &Scope::everything()).unwrap();
    let rows = objects(&rows.batches).unwrap();
    assert_eq!(rows.len(), 1, "{rows:?}");
    (rows[0]["class"].as_str().unwrap().to_owned(), rows[0].clone())
}

#[test]
fn a_document_is_read_in_a_child_with_its_file_and_the_same_again_changes_nothing() {
    let world = World::new();
    let engine = world.open();
    let counts = feed(&world, &engine, "cv.edxml", DOCUMENT);
    assert_eq!((counts.read, counts.inserted), (1, 1));
    let dataset = engine.snapshot().unwrap().catalog().dataset("documents").unwrap().clone();
    let id = dataset.id("local", KEY);
    let files = engine.attachments_of(id, &Scope::everything()).unwrap();
    assert_eq!(files.len(), 2);
    let kept = files.iter().find(|file| file.is_kept).unwrap();
    assert!(!kept.is_secret, "a document's file is no denouncer's");
    let (_, bytes) = engine.attachment(id, &kept.hash.parse().unwrap(), &Scope::everything()).unwrap();
    assert_eq!(bytes.as_ref(), "Toàn văn công văn 315.".as_bytes());
    assert!(engine.verify(&Progress::default()).unwrap().problems.is_empty());
    let again = feed(&world, &engine, "cv.edxml", DOCUMENT);
    assert_eq!((again.unchanged, again.inserted + again.updated), (1, 0));
}

#[test]
fn due_date_and_status_messages_are_a_feed_of_lateness_and_tasks_are_linked_by_number() {
    let world = World::new();
    let engine = world.open();
    feed(&world, &engine, "cv.edxml", DOCUMENT);
    assert_eq!(class(&engine, "2018-05-31").0, "open_in_time");
    assert_eq!(class(&engine, "2018-06-02").0, "open_overdue");
    feed(&world, &engine, "tt.edxml", STATUS);
    let title = |row: &Json| row["title"].as_str().unwrap_or_default().to_owned();
    let (state, row) = class(&engine, "2018-06-03");
    assert_eq!((state.as_str(), title(&row).is_empty()), ("open_overdue", false), "the title stays");
    let (state, row) = class(&engine, "2018-06-05");
    assert_eq!((state.as_str(), row["finished_on"].as_str()), ("done_late", Some("2018-06-04")));
    assert!(row["task_id"].is_null());
    world.feed(&engine, "tasks", &[json!({"id": "T1", "title": "Báo cáo", "number": "315/UBND-VP1"})]);
    let (_, row) = class(&engine, "2018-06-05");
    assert!(row["task_id"].as_str().is_some_and(|id| id.starts_with('T')), "{row}");
}

#[test]
fn an_answer_goes_out_as_a_file_and_comes_back_as_a_step() {
    let world = World::new();
    let engine = world.open();
    feed(&world, &engine, "cv.edxml", DOCUMENT);
    let dataset = engine.snapshot().unwrap().catalog().dataset("documents").unwrap().clone();
    let id = dataset.id("local", KEY);
    let asked = StatusAsked {
        code: "06".into(),
        organ_id: "000.12.00.H40".into(),
        organ_name: "Sở Xây dựng".into(),
        note: "Xong".into(),
        on: Some("2018-05-20".parse().unwrap()),
    };
    let text = engine.edxml_status(id, &asked, &Scope::everything()).unwrap();
    feed(&world, &engine, "tra-loi.edxml", &text);
    assert_eq!(class(&engine, "2018-05-21").0, "done_on_time");
    let wrong = StatusAsked { code: "99".into(), ..asked };
    let error = engine.edxml_status(id, &wrong, &Scope::everything()).unwrap_err().to_string();
    assert!(error.contains("99") && error.contains("06"), "{error}");
}

#[test]
fn a_hostile_message_changes_nothing_and_leaves_no_file() {
    let world = World::new();
    let engine = world.open();
    let bomb = format!("<!DOCTYPE a [<!ENTITY b \"{}\">]>{DOCUMENT}", "x".repeat(1000));
    let path = world.file("bom.edxml", bomb.as_bytes());
    let error = engine.ingest_file("documents", &path, &options(), &Progress::default()).unwrap_err();
    assert!(error.to_string().contains("document type definition"), "{error}");
    let dry = thanhtra::engine::ingest::IngestOptions { dry_run: true, ..options() };
    let path = world.file("cv.edxml", DOCUMENT.as_bytes());
    engine.ingest_file("documents", &path, &dry, &Progress::default()).unwrap();
    assert!(world.bytes_below("attachments").is_empty(), "neither keeps bytes");
}
