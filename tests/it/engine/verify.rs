//! `verify` finds what is wrong, and who may open a store.

use std::fs;

use thanhtra::domain::clock::{FixedClock, Instant};
use thanhtra::domain::error::{Classified, ErrorKind};
use thanhtra::engine::open::init;
use thanhtra::engine::progress::Progress;
use thanhtra::store::commit::CommitRecord;

use super::world::{World, assert_sound, petition, petitions};

fn sound_world() -> World {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &petitions(0..4));
    world.feed(&engine, "petitions", &[petition("k1", serde_json::json!({ "status": "xong" }))]);
    assert_sound(&engine);
    engine.close().unwrap();
    world
}

fn problems(world: &World) -> String {
    world.reading().verify(&Progress::default()).unwrap().problems.join("\n")
}

#[test]
fn a_sound_store_has_no_problem_and_says_how_much_was_checked() {
    let world = sound_world();
    let found = world.reading().verify(&Progress::default()).unwrap();
    assert_eq!((found.rows, found.problems.len()), (4, 0));
    assert!(found.files >= 4, "{found:?}");
}

#[test]
fn a_missing_or_cut_file_is_named() {
    for folder in ["tables/petitions", "tables/petitions_text", "history/petitions"] {
        let world = sound_world();
        let engine = world.reading();
        let snapshot = engine.snapshot().unwrap();
        let name = snapshot.record().tables[folder].files[0].name.clone();
        let path = world.data().join(folder).join(&name);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        assert!(problems(&world).contains(&name), "{folder}: {}", problems(&world));
        fs::remove_file(&path).unwrap();
        assert!(problems(&world).contains(&name), "{folder}: {}", problems(&world));
    }
}

#[test]
fn a_flipped_byte_in_an_index_is_found() {
    for ending in [".store", ".term", ".idx", ".pos", ".fast"] {
        let world = sound_world();
        for (path, mut bytes) in world.bytes_below("indexes/petitions") {
            if path.ends_with(ending) {
                let place = bytes.len() / 3;
                bytes[place] ^= 0x40;
                fs::write(world.data().join(path), bytes).unwrap();
            }
        }
        assert!(!problems(&world).is_empty(), "{ending}");
    }
    let world = sound_world();
    let runs = world.bytes_below("sketches");
    let (path, mut bytes) = runs.into_iter().max_by_key(|(_, bytes)| bytes.len()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x40;
    fs::write(world.data().join(path), bytes).unwrap();
    assert!(problems(&world).contains("petitions"), "{}", problems(&world));
}

#[test]
fn an_index_that_lacks_a_row_is_found_and_mended() {
    let world = sound_world();
    let engine = world.open();
    world.feed(&engine, "petitions", &petitions(4..5));
    drop(engine);
    // The record of the commit before: its table lacks a row that the index has.
    let newest = world.data().join("commits/00000000000000000003.json");
    let text = fs::read_to_string(&newest).unwrap();
    fs::remove_file(&newest).unwrap();
    let mut record: CommitRecord = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let earlier = fs::read_to_string(world.data().join("commits/00000000000000000002.json")).unwrap();
    let earlier: CommitRecord = serde_json::from_str(earlier.lines().next().unwrap()).unwrap();
    record.tables.clone_from(&earlier.tables);
    record.publish(world.reading().home()).unwrap();
    let found = problems(&world);
    assert!(found.contains("the index holds 5 records, the table 4"), "{found}");
    let engine = world.open();
    engine.rebuild_indexes(None, &Progress::default()).unwrap();
    assert_sound(&engine);
}

#[test]
fn a_count_of_rows_that_is_not_the_files_is_found() {
    let world = sound_world();
    let newest = world.data().join("commits/00000000000000000002.json");
    let text = fs::read_to_string(&newest).unwrap();
    let mut record: CommitRecord = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    record.tables.get_mut("history/petitions").unwrap().files[0].rows += 1;
    fs::remove_file(&newest).unwrap();
    record.publish(world.reading().home()).unwrap();
    assert!(problems(&world).contains("the record says"), "{}", problems(&world));
}

#[test]
fn a_lost_record_or_log_is_found() {
    let world = sound_world();
    let log = world.data().join("tables/petitions/_delta_log/00000000000000000001.json");
    fs::remove_file(&log).unwrap();
    assert!(problems(&world).contains("_delta_log/00000000000000000001.json"), "{}", problems(&world));
    drop(world.open());
    assert_eq!(problems(&world), "", "the next writer adds it");
    fs::remove_file(world.data().join("commits/00000000000000000001.json")).unwrap();
    assert!(problems(&world).contains("the record of commit 1 is missing"));
}

#[test]
fn a_second_writer_is_refused_and_told_who_writes() {
    let world = sound_world();
    let engine = world.open();
    let refused = world.try_open().err().unwrap();
    assert_eq!(refused.kind(), ErrorKind::Conflict);
    assert!(refused.to_string().contains(&std::process::id().to_string()), "{refused}");
    engine.announce("http://127.0.0.1:8080").unwrap();
    let refused = world.try_open().err().unwrap().to_string();
    assert!(refused.contains("POST http://127.0.0.1:8080/api/v1/ingest/"), "{refused}");
    assert_sound(&world.reading());
    engine.close().unwrap();
    assert!(world.try_open().is_ok());
}

#[test]
fn a_store_of_a_newer_format_is_refused_and_left_alone() {
    use sha2::{Digest, Sha256};
    let world = sound_world();
    let body = "{\"format\":2,\"and\":\"more\"}";
    let seal = data_encoding::HEXLOWER.encode(&Sha256::digest(body.as_bytes()));
    let path = world.data().join("commits/00000000000000000003.json");
    fs::write(path, format!("{body}\n{seal}\n")).unwrap();
    let before = world.bytes_below("");
    let refused = world.try_open().err().unwrap();
    assert_eq!(refused.code(), "store.format");
    assert!(
        refused.to_string().contains("format 2") && refused.to_string().contains("newer program"),
        "{refused}"
    );
    assert_eq!(world.bytes_below(""), before);
}

#[test]
fn a_store_is_only_made_in_a_new_or_empty_folder() {
    let world = World::new();
    let clock = FixedClock(Instant(0));
    assert_eq!(init(&world.place(), &clock).unwrap_err().code(), "store.not_empty");
    let deep = world.data().parent().unwrap().join("a/b/c");
    init(deep.to_str().unwrap(), &clock).unwrap();
    assert!(deep.join("commits").is_dir());
    assert_eq!(init("s3://bucket/x", &clock).unwrap_err().code(), "store.scheme");
}
