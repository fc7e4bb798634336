//! Files of records: kept by hash, listed in a commit, as secret as their record.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::json;
use thanhtra::domain::error::{Classified, ErrorKind};
use thanhtra::domain::limits::{ATTACHMENT_BYTES_MAX, ATTACHMENTS_MAX};
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::engine::attachments::{Attachment, NewFile};
use thanhtra::engine::progress::Progress;
use thanhtra::store::attachments::{FileHash, keep};

use super::secrecy::{NAME, denunciation, leaks};
use super::world::{World, asked, assert_sound, id, petition};

const PDF: &[u8] = b"%PDF-1.7 scan";

fn file(name: &str, bytes: &[u8]) -> NewFile {
    NewFile { name: name.to_owned(), bytes: bytes.to_vec() }
}

fn attach(engine: &Engine, key: &str, files: &[NewFile]) -> Vec<FileHash> {
    engine.attach(id(engine, "petitions", key), files, &Scope::everything()).unwrap().hashes
}

fn listed(engine: &Engine, key: &str) -> Vec<Attachment> {
    engine.attachments_of(id(engine, "petitions", key), &Scope::everything()).unwrap()
}

fn kind_of(engine: &Engine, dataset: &str, key: &str, files: &[NewFile]) -> ErrorKind {
    engine.attach(id(engine, dataset, key), files, &Scope::everything()).unwrap_err().kind()
}

#[test]
fn a_file_is_kept_once_listed_on_its_record_and_given_back() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[petition("a", json!({})), petition("b", json!({}))]);
    let hashes = attach(&engine, "a", &[file("Đơn gốc.pdf", PDF), file("ảnh.png", b"\x89PNG\r\n\x1a\n1")]);
    let commit = engine.snapshot().unwrap().version();
    let again =
        engine.attach(id(&engine, "petitions", "a"), &[file("Đơn gốc.pdf", PDF)], &Scope::everything());
    let again = again.unwrap();
    assert_eq!((again.commit, again.counts.unchanged), (commit, 1), "nothing new makes no commit");
    attach(&engine, "b", &[file("bản sao.pdf", PDF)]);
    assert_eq!(world.bytes_below("attachments").len(), 2, "the same bytes are kept once");
    let found = listed(&engine, "a");
    let names: Vec<_> = found.iter().map(|file| (file.name.as_deref(), file.media_type.as_deref())).collect();
    assert_eq!(
        names,
        [(Some("ảnh.png"), Some("image/png")), (Some("Đơn gốc.pdf"), Some("application/pdf"))]
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
    );
    assert!(found.iter().all(|file| file.is_kept && !file.is_secret));
    let reading = world.reading();
    let (_, bytes) =
        reading.attachment(id(&engine, "petitions", "a"), &hashes[0], &Scope::everything()).unwrap();
    assert_eq!(bytes.as_ref(), PDF);
    let error = reading.attachment(id(&engine, "petitions", "b"), &hashes[1], &Scope::everything());
    assert_eq!(error.unwrap_err().kind(), ErrorKind::NotFound, "another record's file is not this one's");
    let row = "SELECT unit, kind, size, secrecy FROM attachments WHERE name = 'ảnh.png'";
    assert_eq!(asked(&engine, "attachments", row, None), [["Sở A", "complaint", "9", "ordinary"]]);
    assert_sound(&engine);
}

#[test]
fn records_of_other_datasets_list_files_too_and_fed_rows_are_listed_without_bytes() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "documents", &[json!({ "source_id": "v", "title": "Thông báo" })]);
    world.feed(&engine, "tasks", &[json!({ "source_id": "t", "title": "Báo cáo" })]);
    for (dataset, key) in [("documents", "v"), ("tasks", "t")] {
        let record = id(&engine, dataset, key);
        engine.attach(record, &[file("a.txt", "Đông".as_bytes())], &Scope::everything()).unwrap();
        let found = engine.attachments_of(record, &Scope::everything()).unwrap();
        assert_eq!(found[0].name.as_deref(), Some("a.txt"), "{dataset}");
    }
    let hash = FileHash::of(b"elsewhere");
    let fed = json!({ "record_id": "t", "sha256": hash.to_string(), "kind": "complaint", "name": "b.pdf" });
    world.feed(&engine, "attachments", &[fed]);
    let record = id(&engine, "tasks", "t");
    assert_eq!(engine.attachments_of(record, &Scope::everything()).unwrap().len(), 2);
    let error = engine.attachment(record, &hash, &Scope::everything()).unwrap_err();
    assert_eq!(error.code(), "engine.attachment_elsewhere");
    assert_sound(&engine);
}

#[test]
fn what_is_no_file_or_has_no_record_is_refused_and_leaves_nothing() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[petition("a", json!({}))]);
    world.feed(&engine, "units", &[json!({ "source_id": "u", "name": "Sở A" })]);
    let commit = engine.snapshot().unwrap().version();
    let pdf = file("a.pdf", PDF);
    assert_eq!(kind_of(&engine, "petitions", "none", std::slice::from_ref(&pdf)), ErrorKind::NotFound);
    assert_eq!(kind_of(&engine, "units", "u", std::slice::from_ref(&pdf)), ErrorKind::InvalidInput);
    let large = file("l", &vec![0; ATTACHMENT_BYTES_MAX + 1]);
    let many = vec![pdf.clone(); ATTACHMENTS_MAX + 1];
    for (files, expected) in [
        (vec![pdf.clone(), file("e.pdf", b"")], ErrorKind::InvalidInput),
        (vec![large], ErrorKind::TooLarge),
        (many, ErrorKind::TooLarge),
        (vec![file("../a.pdf", PDF)], ErrorKind::InvalidInput),
        (vec![file("", PDF)], ErrorKind::InvalidInput),
    ] {
        assert_eq!(kind_of(&engine, "petitions", "a", &files), expected);
    }
    let outside = Scope::of_units("x", ["Sở B".to_owned()]);
    let refused = engine.attach(id(&engine, "petitions", "a"), &[pdf], &outside).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotFound, "a record outside the scope is not there");
    assert_eq!(engine.snapshot().unwrap().version(), commit);
    assert!(world.bytes_below("attachments").is_empty());
}

#[test]
fn a_file_of_a_denunciation_is_named_nowhere_and_given_to_nobody() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[denunciation("d", json!({}))]);
    let hash = attach(&engine, "d", &[file(&format!("Đơn của {NAME}.pdf"), PDF)]).remove(0);
    let found = listed(&engine, "d");
    assert_eq!((found.len(), &found[0].name, found[0].is_secret), (1, &None, true));
    let error = engine.attachment(id(&engine, "petitions", "d"), &hash, &Scope::everything()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    let path = world.data().join(hash.path());
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(leaks(&world), Vec::<String>::new());
    assert_sound(&engine);
}

#[test]
fn a_file_of_a_complaint_turns_secret_with_it() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[denunciation("d", json!({ "kind": "complaint" }))]);
    let hash = attach(&engine, "d", &[file(&format!("Đơn của {NAME}.pdf"), PDF)]).remove(0);
    assert!(engine.attachment(id(&engine, "petitions", "d"), &hash, &Scope::everything()).is_ok());
    world.feed(&engine, "petitions", &[denunciation("d", json!({}))]);
    assert!(engine.attachment(id(&engine, "petitions", "d"), &hash, &Scope::everything()).is_err());
    assert_eq!(leaks(&world), Vec::<String>::new());
    assert_sound(&engine);
}

#[test]
fn verify_misses_bytes_that_are_gone_or_altered() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[petition("a", json!({}))]);
    let hashes = attach(&engine, "a", &[file("a.pdf", PDF), file("b.pdf", b"%PDF-2")]);
    fs::write(world.data().join(hashes[0].path()), b"%PDF-1.7 scam").unwrap();
    fs::remove_file(world.data().join(hashes[1].path())).unwrap();
    let problems = engine.verify(&Progress::default()).unwrap().problems;
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(hashes.iter().all(|hash| problems.iter().any(|problem| problem.contains(&hash.path()))));
    let error = engine.attachment(id(&engine, "petitions", "a"), &hashes[0], &Scope::everything());
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Corrupt);
    attach(&engine, "a", &[file("a.pdf", PDF), file("b.pdf", b"%PDF-2")]);
    assert_sound(&engine);
}

#[test]
fn bytes_that_a_crash_left_unlisted_go_with_the_next_optimize_and_no_listed_ones() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &[petition("a", json!({}))]);
    let hashes = attach(&engine, "a", &[file("a.pdf", PDF), file("b.pdf", b"%PDF-2")]);
    let key = format!("{}|{}", id(&engine, "petitions", "a"), hashes[1]);
    world.feed(&engine, "attachments", &[json!({ "source_id": key, "_op": "retract" })]);
    // As after a crash between the bytes and the commit.
    let orphan = keep(engine.home(), b"never listed").unwrap();
    drop(engine);
    let engine = world.open();
    assert_sound(&engine);
    assert_eq!(listed(&engine, "a").len(), 1);
    engine.optimize(&Progress::default()).unwrap();
    assert!(!world.data().join(orphan.path()).exists());
    assert!(hashes.iter().all(|hash| world.data().join(hash.path()).exists()), "history lists both");
}
