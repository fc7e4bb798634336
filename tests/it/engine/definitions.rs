//! Definitions of the store over the embedded ones: a column or a dataset more, by a file alone.

use std::fs;

use serde_json::json;

use super::world::{World, asked, assert_sound, counted, petition, petitions, search};

fn embedded(name: &str) -> String {
    fs::read_to_string(format!("{}/indexes/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

const COLUMN: &str = r#"
[[columns]]
name = "mood"
type = "keyword"
label = { vi = "Giọng điệu", en = "Mood" }
aliases = ["giọng điệu"]
facet = true
search = true
"#;

const LETTERS: &str = r#"
name = "postcards"
letter = "Y"
label = { vi = "Bưu thiếp", en = "Postcards" }
describe = { vi = "Mỗi dòng là một bưu thiếp.", en = "A row is a postcard." }
similar = "message"

[[columns]]
name = "message"
type = "text"
label = { vi = "Lời", en = "Message" }
search = true
long = true
"#;

#[test]
fn a_new_column_is_null_before_and_searched_from_then_on() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &petitions(0..3));
    let version = engine.snapshot().unwrap().record().tables["tables/petitions"].version;
    drop(engine);
    world.define("petitions.toml", &format!("{}{COLUMN}", embedded("petitions.toml")));
    let engine = world.open();
    let moods = "SELECT source_id, mood FROM petitions ORDER BY source_id";
    assert_eq!(asked(&engine, "petitions", moods, None), [["k0", "NULL"], ["k1", "NULL"], ["k2", "NULL"]]);
    let again = world.feed(&engine, "petitions", &[petition("k1", json!({ "mood": "gay gắt" }))]);
    assert_eq!(counted(again.counts), (0, 1, 0, 0));
    assert_eq!(asked(&engine, "petitions", moods, None)[1], ["k1", "gay gắt"]);
    assert_eq!(search(&engine, "petitions", "gay gắt").total.value, 1);
    assert_eq!(search(&engine, "petitions", "thu hồi đất").total.value, 3);
    assert_sound(&engine);

    let log = format!("tables/petitions/_delta_log/{:020}.json", version + 1);
    let log = String::from_utf8(engine.home().read(&log).unwrap().to_vec()).unwrap();
    assert!(log.contains("metaData") && log.contains(r#"\"name\":\"mood\""#), "{log}");
    let number = engine.snapshot().unwrap().version();
    drop(engine);
    let engine = world.open();
    assert_eq!(engine.snapshot().unwrap().version(), number, "nothing is rebuilt twice");
}

#[test]
fn unchanged_rows_stay_unchanged_under_a_definition_with_one_more_column() {
    let world = World::new();
    world.feed(&world.open(), "petitions", &petitions(0..3));
    world.define("petitions.toml", &format!("{}{COLUMN}", embedded("petitions.toml")));
    let engine = world.open();
    let again = world.feed(&engine, "petitions", &petitions(0..3));
    assert_eq!(counted(again.counts), (0, 0, 3, 0));
}

#[test]
fn a_new_dataset_needs_a_file_only() {
    let world = World::new();
    drop(world.open());
    world.define("postcards.toml", LETTERS);
    let engine = world.open();
    let card = json!({ "source_id": "1", "message": "Chào từ Đà Lạt, thông và sương mù." });
    assert_eq!(counted(world.feed(&engine, "postcards", &[card]).counts), (1, 0, 0, 0));
    assert_eq!(search(&engine, "postcards", "da lat suong mu").total.value, 1);
    assert_eq!(asked(&engine, "postcards", "SELECT message FROM postcards", None).len(), 1);
    assert_sound(&engine);
}

#[test]
fn a_dataset_that_comes_to_be_searched_gets_its_index_at_the_next_start() {
    let world = World::new();
    world.define(
        "postcards.toml",
        &LETTERS.replace("search = true\n", "").replace("similar = \"message\"\n", ""),
    );
    let engine = world.open();
    world.feed(&engine, "postcards", &[json!({ "source_id": "1", "message": "Chào từ Đà Lạt" })]);
    drop(engine);
    world.define("postcards.toml", LETTERS);
    let engine = world.open();
    assert_eq!(search(&engine, "postcards", "đà lạt").total.value, 1);
    assert_sound(&engine);
}

#[test]
fn a_wrong_definition_is_an_error_that_names_its_file_and_changes_nothing() {
    let world = World::new();
    world.feed(&world.open(), "petitions", &petitions(0..2));
    let before = world.bytes_below("commits");
    world.define("petitions.toml", "name = 3");
    let error = world.try_open().err().unwrap().to_string();
    assert!(error.contains("petitions.toml"), "{error}");
    assert_eq!(world.bytes_below("commits"), before);
    assert_eq!(search(&world.reading(), "petitions", "thu hồi đất").total.value, 2);
}
