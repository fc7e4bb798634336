//! Upkeep: commits listed, files folded, indexes rebuilt, promises checked.

use std::fs;

use serde_json::json;

use super::{Desk, PETITIONS};

#[test]
fn the_commits_tell_what_they_did() {
    let desk = Desk::with_petitions();
    let commits = desk.run(["history", "--format", "json"]).last_json();
    assert_eq!(commits[0]["operation"], json!("ingest"));
    assert_eq!((&commits[0]["dataset"], &commits[0]["inserted"]), (&json!("petitions"), &json!(3)));
    assert_eq!(commits[1]["operation"], json!("init"));
    assert_eq!(desk.run(["history", "--limit", "1", "--format", "ndjson"]).ok().lines().count(), 1);
}

#[test]
fn a_sound_store_verifies_before_and_after_upkeep() {
    let desk = Desk::with_petitions();
    let changed = desk.file("later.csv", PETITIONS.replace(",new\n", ",closed\n"));
    desk.run(["ingest", "petitions", &changed]).ok();
    let sound = |desk: &Desk| assert_eq!(desk.run(["verify"]).last_json()["problems"], json!([]));
    sound(&desk);
    assert!(desk.run(["optimize"]).last_json()["files_after"].as_u64().unwrap() > 0);
    sound(&desk);
    let before =
        desk.run(["search", "petitions", "đất đai", "--format", "csv", "--sort", "received_on"]).ok();
    assert!(desk.run(["rebuild-indexes", "petitions"]).last_json()["commit"].as_u64().unwrap() > 1);
    sound(&desk);
    let after = desk.run(["search", "petitions", "đất đai", "--format", "csv", "--sort", "received_on"]).ok();
    assert_eq!(before, after);
}

#[test]
fn a_damaged_file_makes_verify_fail_and_name_it() {
    let desk = Desk::with_petitions();
    let table = desk.data().join("tables/petitions");
    let mut files = fs::read_dir(&table).unwrap().map(|entry| entry.unwrap().path());
    let file = files.find(|path| path.extension().is_some_and(|ending| ending == "parquet")).unwrap();
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let run = desk.run(["verify"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let name = file.file_name().unwrap().to_str().unwrap();
    assert!(run.stdout.contains(name), "{}", run.stdout);
}

#[test]
fn a_file_is_attached_listed_and_got_back() {
    let desk = Desk::with_petitions();
    let asked = desk.run(["sql", "SELECT id FROM petitions WHERE source_id = '3'", "--format", "ndjson"]);
    let id = asked.last_json()["id"].as_str().unwrap().to_owned();
    let scan = desk.file("scan01.pdf", b"%PDF-1.7 scan");
    let done = desk.run(["attach", &id, &scan, "--name", "Đơn gốc.pdf"]).last_json();
    assert_eq!(done["inserted"], json!(1));
    let hash = done["hashes"][0].as_str().unwrap().to_owned();
    let back = desk.path("back.pdf");
    desk.run(["attachment", &id, &hash, "--output", back.to_str().unwrap()]).ok();
    assert_eq!(fs::read(back).unwrap(), b"%PDF-1.7 scan");
    let names = desk.run(["sql", "SELECT name FROM attachments", "--format", "csv"]).ok();
    assert!(names.contains("Đơn gốc.pdf"), "{names}");
    let empty = desk.file("empty.pdf", b"");
    assert!(desk.run(["attach", &id, &scan, &empty]).refused(2).contains("Tệp rỗng"));
    assert!(desk.run(["attach", "1726", &scan]).refused(2).contains("1726"));
    assert!(desk.run(["attachment", &id, "../secret.key", "-o", "x"]).refused(2).contains("SHA-256"));
}
