//! Who signed a denunciation stands in `identity/` and nowhere else: every byte of a store is looked at.
//!
//! Names, address and numbers here are made of syllables no other text has. Parquet files are unpacked
//! column by column; files of an index are searched for the syllables as they stand and backwards, as
//! a term dictionary may keep them, and its stored rows are read back through a reader.

use std::fs::File;

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value as Json, json};
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::engine::progress::Progress;
use thanhtra::search::request::Request;
use thanhtra::text::fold::fold;

use super::world::{World, asked, assert_sound, id, petition, petitions, search};
use crate::sql::world::cells;

pub(super) const NAME: &str = "Đoàn Thị Khoẳnh Ngoạy";
const ADDRESS: &str = "ngõ Quỵnh Xoẹt";
/// What must not be found once texts are folded.
const FORBIDDEN: [&str; 6] = ["khoanh", "ngoay", "quynh", "xoet", "090900779911", "0912345699"];

pub(super) fn denunciation(key: &str, with: Json) -> Json {
    let mut row = petition(
        key,
        json!({
            "kind": "denunciation",
            "title": "Tố cáo của bà Đoàn Thị Khoẳnh Ngoạy về đất đai",
            "text": "Tôi là ĐOÀN THỊ KHOẲNH NGOẠY (doan thi khoanh ngoay), ở ngõ Quỵnh Xoẹt, ngo quynh xoet, \
                     CCCD 090 900 779 911, điện thoại +84 912.345.699, tố cáo ông chủ tịch bán lô đất công.",
            "signer_name": NAME,
            "signer_address": ADDRESS,
            "signer_id_number": "090900779911",
            "signer_phone": "0912345699",
            "ghi chú riêng": "bà Khoẳnh Ngoạy gọi từ 0912345699",
        }),
    );
    for (name, value) in with.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

/// The same letter before anyone saw that it is a denunciation.
fn as_complaint(key: &str) -> Json {
    denunciation(key, json!({ "kind": "complaint" }))
}

fn folded(text: &str) -> String {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect();
    format!("{} {}", fold(text), digits)
}

/// Where the store says any of the forbidden strings, `identity/` left out.
pub(super) fn leaks(world: &World) -> Vec<String> {
    let mut found = Vec::new();
    for (path, bytes) in world.bytes_below("") {
        if path.starts_with("identity/") {
            continue;
        }
        let text = if path.ends_with(".parquet") {
            parquet_text(&world.data().join(&path))
        } else {
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let text = folded(&text);
        for word in FORBIDDEN {
            let backwards: String = word.chars().rev().collect();
            if text.contains(word) || (path.starts_with("indexes/") && text.contains(&backwards)) {
                found.push(format!("{path}: {word}"));
            }
        }
    }
    found
}

fn parquet_text(path: &std::path::Path) -> String {
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap().build().unwrap();
    let rows = reader.map(|batch| cells(&[batch.unwrap()]).concat().join("\n"));
    rows.collect::<Vec<_>>().join("\n")
}

/// What the index says of a record.
fn indexed(engine: &Engine, key: &str) -> String {
    let snapshot = engine.snapshot().unwrap();
    let dataset = snapshot.dataset("petitions").unwrap();
    let reader = snapshot.reader(dataset).unwrap().unwrap();
    let ids = [id(engine, "petitions", key)];
    let mut said = String::new();
    for column in ["title", "text", "signer_name", "signer_address", "signer_phone", "respondent"] {
        said.push_str(&reader.texts(&ids, column).unwrap()[0].clone().unwrap_or_default());
        said.push('\n');
    }
    let request = Request { limit: 100, highlight: true, ..Request::default() };
    let answer = engine.search("petitions", &request, &Scope::everything()).unwrap();
    said.push_str(&serde_json::to_string(&answer.hits).unwrap());
    folded(&said)
}

fn assert_no_leak(world: &World, engine: &Engine, key: &str) {
    assert_eq!(leaks(world), Vec::<String>::new());
    let said = indexed(engine, key);
    assert!(!FORBIDDEN.iter().any(|word| said.contains(word)), "{said}");
    for words in [NAME, "khoanh ngoay", ADDRESS, "0912345699", "090900779911"] {
        assert_eq!(search(engine, "petitions", words).total.value, 0, "{words}");
    }
    assert!(search(engine, "petitions", "\"chủ tịch bán lô đất công\"").total.value > 0);
}

fn kept(engine: &Engine, world: &World, word: &str) -> usize {
    let folder = world.data();
    let files = engine.snapshot().unwrap().record().tables["identity/petitions"].files.clone();
    let texts = files.iter().map(|file| parquet_text(&folder.join("identity/petitions").join(&file.name)));
    texts.map(|text| text.matches(word).count()).sum()
}

#[test]
fn the_scan_of_these_tests_finds_a_name_that_is_there() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[as_complaint("d")]);
    let found = leaks(&world);
    for folder in [
        "tables/petitions/",
        "tables/petitions_text/",
        "history/petitions/",
        "history/petitions_text/",
        "indexes/",
    ] {
        assert!(found.iter().any(|leak| leak.starts_with(folder)), "{folder} {found:?}");
    }
    assert!(indexed(&engine, "d").contains("khoanh"));
    assert_eq!(search(&engine, "petitions", "khoẳnh ngoạy").total.value, 1);
}

#[test]
fn a_denunciations_signer_stands_in_the_identity_table_only() {
    let world = World::new();
    let engine = world.open();
    let mut rows = petitions(0..3);
    rows.push(denunciation("d", json!({})));
    world.feed(&engine, "petitions", &rows);
    assert_no_leak(&world, &engine, "d");
    assert!(kept(&engine, &world, NAME) > 0, "nothing is lost");
    world.feed(&engine, "petitions", &[denunciation("d", json!({ "status": "xong" }))]);
    assert_no_leak(&world, &engine, "d");
    engine.optimize(&Progress::default()).unwrap();
    engine.rebuild_indexes(None, &Progress::default()).unwrap();
    assert_no_leak(&world, &engine, "d");
    assert_sound(&engine);
}

#[test]
fn what_comes_inside_a_denunciation_does_not_name_its_signer_either() {
    let world = World::new();
    let engine = world.open();
    let inside = json!([{
        "ordinal": 1,
        "kind": "complaint",
        "title": "Nội dung bà Đoàn Thị Khoẳnh Ngoạy ở ngõ Quỵnh Xoẹt tố cáo",
    }]);
    world.feed(&engine, "petitions", &[denunciation("d", json!({ "contents": inside }))]);
    assert_no_leak(&world, &engine, "d");
    let contents = asked(&engine, "contents", "SELECT title, secrecy FROM contents", None);
    let contents = format!("{contents:?}");
    assert!(contents.contains("[…]") && contents.contains("identity"), "{contents}");
    world.feed(&engine, "petitions", &[denunciation("d", json!({ "contents": inside, "status": "xong" }))]);
    assert_no_leak(&world, &engine, "d");
    assert_sound(&engine);
}

#[test]
fn a_letter_without_a_kind_is_as_secret() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[denunciation("d", json!({ "kind": null }))]);
    assert_no_leak(&world, &engine, "d");
}

#[test]
fn a_later_version_that_no_longer_names_the_signer_is_still_cleaned() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[denunciation("d", json!({}))]);
    let silent = json!({ "signer_name": null, "signer_address": null, "signer_id_number": null, "signer_phone": null });
    world.feed(&engine, "petitions", &[denunciation("d", silent)]);
    assert_no_leak(&world, &engine, "d");
    drop(engine);
    assert_no_leak(&world, &world.open(), "d");
}

#[test]
fn withdrawing_a_denunciation_shows_nothing_of_it() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[denunciation("d", json!({})), denunciation("e", json!({}))]);
    world.feed(&engine, "petitions", &[denunciation("d", json!({ "_op": "retract", "kind": null }))]);
    world.feed(&engine, "petitions", &[denunciation("f", json!({}))]);
    world.feed(&engine, "petitions", &[denunciation("f", json!({ "_op": "retract", "kind": "complaint" }))]);
    assert_no_leak(&world, &engine, "e");
    assert_sound(&engine);
}

#[test]
fn withdrawing_a_complaint_by_its_key_leaves_its_history_as_it_was() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[as_complaint("c")]);
    world.feed(&engine, "petitions", &[json!({ "source_id": "c", "_op": "retract" })]);
    let names = "SELECT signer_name, secrecy FROM petitions";
    let then = asked(&engine, "petitions", names, Some(thanhtra::domain::commit::CommitVersion(1)));
    assert_eq!(then, [[NAME, "ordinary"]]);
    assert!(engine.snapshot().unwrap().record().expunged.is_empty());
    assert_sound(&engine);
}

#[test]
fn a_complaint_that_turns_out_a_denunciation_leaves_every_file_at_once() {
    let world = World::new();
    let engine = world.open();
    let mut rows = petitions(0..5);
    rows.push(as_complaint("d"));
    world.feed(&engine, "petitions", &rows);
    world.feed(&engine, "petitions", &petitions(5..8));
    world.feed(
        &engine,
        "petitions",
        &[denunciation("d", json!({ "kind": "complaint", "status": "đang xử lý" }))],
    );
    engine.rebuild_indexes(Some("petitions"), &Progress::default()).unwrap();
    assert!(!leaks(&world).is_empty());
    // The version that says so no longer names the signer in its columns.
    let silent = json!({ "signer_name": null, "signer_address": null, "signer_id_number": null, "signer_phone": null });
    world.feed(&engine, "petitions", &[denunciation("d", silent)]);
    assert_no_leak(&world, &engine, "d");
    assert!(kept(&engine, &world, NAME) >= 2, "each version is kept where it is secret");
    let versions = "SELECT count(*) FROM petitions";
    for at in 1..=5 {
        let then = asked(&engine, "petitions", versions, Some(thanhtra::domain::commit::CommitVersion(at)));
        assert_eq!(then[0][0], if at == 1 { "6" } else { "9" }, "no version is lost");
    }
    assert_sound(&engine);
    world.feed(&engine, "petitions", &[petition("k1", json!({ "status": "xong" }))]);
    assert_no_leak(&world, &engine, "d");
    assert_sound(&engine);
}

#[test]
fn a_start_makes_good_what_a_crash_left_of_a_letter_now_secret() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[as_complaint("d"), petition("a", json!({}))]);
    let before = world.bytes_below("");
    world.feed(&engine, "petitions", &[denunciation("d", json!({}))]);
    drop(engine);
    // As after a crash right behind the record: all that was removed stands there again.
    for (path, bytes) in &before {
        let file = world.data().join(path);
        let is_meta = path.ends_with("/meta.json") || path == "lock";
        if !file.exists() && !is_meta {
            std::fs::write(file, bytes).unwrap();
        }
    }
    assert!(!leaks(&world).is_empty());
    let engine = world.open();
    assert_no_leak(&world, &engine, "d");
    assert_sound(&engine);
}

#[test]
fn a_brief_row_keeps_a_denunciation_whole_and_secret() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[denunciation("d", json!({}))]);
    world.feed(&engine, "petitions", &[json!({ "source_id": "d", "status": "xong" })]);
    let row = "SELECT status, secrecy, title LIKE '%đất đai%' FROM petitions";
    assert_eq!(asked(&engine, "petitions", row, None), [["xong", "identity", "true"]]);
    assert_no_leak(&world, &engine, "d");
    // It was no denunciation after all; then another brief row.
    let opened = denunciation("d", json!({ "kind": "complaint", "signer_name": "Người Khác" }));
    world.feed(&engine, "petitions", &[opened]);
    world.feed(&engine, "petitions", &[json!({ "source_id": "d", "status": "mở lại" })]);
    let row = "SELECT status, secrecy, signer_name FROM petitions";
    assert_eq!(asked(&engine, "petitions", row, None), [["mở lại", "ordinary", "Người Khác"]]);
    assert_sound(&engine);
}

#[test]
fn letters_that_turn_secret_one_after_another_never_meet_a_merge_under_way() {
    let world = World::new();
    let engine = world.open();
    for key in 0..12 {
        world.feed(
            &engine,
            "petitions",
            &[as_complaint(&key.to_string()), petition(&format!("a{key}"), json!({}))],
        );
        world.feed(&engine, "petitions", &[denunciation(&key.to_string(), json!({}))]);
    }
    assert_no_leak(&world, &engine, "3");
    assert_sound(&engine);
}
