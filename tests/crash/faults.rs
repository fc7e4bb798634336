//! Damage and refusals: a clear error that names what is wrong, and nothing made worse.

use std::fs;
use std::process::Output;

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::model::{in_index, in_tables};
use crate::store::{Store, assert_sound, petition};

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn filled() -> Store {
    let store = Store::new();
    let rows: Vec<Json> = (0..10).map(|key| petition(key, "one")).collect();
    assert!(store.feed(&rows).status.success());
    store
}

#[test]
fn a_cut_table_file_is_named_by_verify_and_by_the_upsert_that_needs_it() {
    let store = filled();
    let name = store.files("tables/petitions").into_iter().find(|file| file.ends_with(".parquet")).unwrap();
    let path = store.data().join(&name);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let file = name.rsplit('/').next().unwrap();
    let verified = store.run(&["verify"]);
    assert_eq!(verified.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&verified.stdout).contains(file));
    let before = store.files("commits");
    let fed = store.feed(&[petition(1, "two")]);
    assert_eq!(fed.status.code(), Some(8), "{}", said(&fed));
    assert!(said(&fed).contains(file), "{}", said(&fed));
    assert_eq!(store.files("commits"), before);
    fs::write(&path, bytes).unwrap();
    assert!(store.feed(&[petition(1, "two")]).status.success());
    assert_sound(&store.reading());
}

#[test]
fn a_damaged_index_says_rebuild_and_rebuilding_mends_it() {
    for ending in [".store", ".term", ".fast", "meta.json"] {
        let store = filled();
        for name in store.files("indexes/petitions") {
            if name.ends_with(ending) || (ending == "meta.json" && name.contains("/meta.")) {
                fs::write(store.data().join(name), b"x").unwrap();
            }
        }
        let found = store.run(&["search", "petitions", "đất đai"]);
        assert_eq!(found.status.code(), Some(8), "{ending}: {}", said(&found));
        assert!(said(&found).contains("rebuild-indexes"), "{ending}: {}", said(&found));
        let rebuilt = store.run(&["rebuild-indexes"]);
        assert!(rebuilt.status.success(), "{ending}: {}", said(&rebuilt));
        let engine = store.open();
        assert_eq!(in_index(&engine), in_tables(&engine));
        assert_sound(&engine);
    }
}

#[test]
fn a_write_over_a_damaged_index_is_refused_and_works_after_a_rebuild() {
    let store = filled();
    for name in store.files("indexes/petitions") {
        if name.contains("/meta.") {
            fs::write(store.data().join(name), b"x").unwrap();
        }
    }
    let fed = store.feed(&[petition(1, "two")]);
    assert_eq!(fed.status.code(), Some(8), "{}", said(&fed));
    assert!(said(&fed).contains("rebuild-indexes"), "{}", said(&fed));
    assert!(store.run(&["rebuild-indexes"]).status.success());
    assert!(store.feed(&[petition(1, "two")]).status.success());
    let engine = store.open();
    assert_eq!(in_index(&engine)["k1"], "two");
    assert_sound(&engine);
}

#[test]
fn a_second_process_that_writes_is_refused_and_readers_are_not() {
    let store = filled();
    let engine = store.open();
    engine.announce("http://127.0.0.1:8080").unwrap();
    let refused = store.feed(&[petition(1, "two")]);
    assert_eq!(refused.status.code(), Some(4), "{}", said(&refused));
    assert!(said(&refused).contains(&std::process::id().to_string()), "{}", said(&refused));
    assert!(said(&refused).contains("http://127.0.0.1:8080"), "{}", said(&refused));
    assert!(store.run(&["search", "petitions", "đất đai"]).status.success());
    assert!(store.run(&["verify"]).status.success());
    engine.close().unwrap();
    assert!(store.feed(&[petition(1, "two")]).status.success());
}

#[test]
fn a_store_of_a_newer_format_is_left_alone() {
    let store = filled();
    let body = "{\"format\":2,\"and\":\"more\"}";
    let seal = data_encoding::HEXLOWER.encode(&Sha256::digest(body.as_bytes()));
    let path = store.data().join("commits/00000000000000000002.json");
    fs::write(&path, format!("{body}\n{seal}\n")).unwrap();
    let before = store.files("");
    let rows = store.file("more.ndjson", &[petition(1, "two")]);
    for words in [&["verify"][..], &["optimize"], &["ingest", "petitions", rows.to_str().unwrap()]] {
        let refused = store.run(words);
        assert_eq!(refused.status.code(), Some(2), "{words:?}: {}", said(&refused));
        assert!(said(&refused).contains("format 2"), "{}", said(&refused));
    }
    assert_eq!(store.files(""), before);
}

#[test]
fn a_record_that_is_not_whole_is_damage_and_nothing_is_written_over_it() {
    let store = filled();
    let path = store.data().join("commits/00000000000000000001.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("\"rows\":10", "\"rows\":11", 1)).unwrap();
    let refused = store.feed(&[petition(1, "two")]);
    assert_eq!(refused.status.code(), Some(8), "{}", said(&refused));
    assert!(said(&refused).contains("00000000000000000001.json"), "{}", said(&refused));
    assert!(!store.data().join("commits/00000000000000000002.json").exists());
}

#[test]
fn what_is_no_store_is_not_opened() {
    let store = Store::empty();
    let missing = store.run(&["verify"]);
    assert_eq!(missing.status.code(), Some(3));
    assert!(said(&missing).contains("thanhtra init"), "{}", said(&missing));
    fs::create_dir(store.data()).unwrap();
    fs::write(store.data().join("letter.txt"), "x").unwrap();
    assert_eq!(store.run(&["init"]).status.code(), Some(2));
    assert_eq!(store.files(""), ["letter.txt"]);
}

#[test]
fn a_store_is_made_under_a_name_without_a_folder() {
    let store = Store::empty();
    fs::create_dir(store.data()).unwrap();
    let mut command = std::process::Command::new(crate::store::program());
    let made = command.args(["init", "--data", "kho"]).current_dir(store.data()).output().unwrap();
    assert!(made.status.success(), "{}", said(&made));
    assert!(store.data().join("kho/commits").is_dir());
}
