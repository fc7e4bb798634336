//! No room left: the write fails, the store stands as before, and goes on when there is room.

#![allow(clippy::print_stderr, reason = "what cannot be tried on this machine is said")]

use std::fs;
use std::path::Path;
use std::process::Command;

use fastrand::Rng;
use serde_json::{Value as Json, json};
use thanhtra::domain::clock::SystemClock;
use thanhtra::engine::open::init;

use crate::faults::said;
use crate::model::{Model, after, in_index, in_tables};
use crate::store::{Store, assert_sound, petition, program};

/// Rows whose texts do not pack: together some 700 kB.
fn bulky() -> Vec<Json> {
    let mut rng = Rng::with_seed(7);
    let row = |key: usize| {
        let noise: String = (0..600).map(|_| format!("{:x} ", rng.u16(..))).collect();
        let mut row = petition(key, "big");
        row["text"] = json!(format!("đơn lần big {noise}"));
        row
    };
    (0..300).map(row).collect()
}

fn assert_as_before(store: &Store, model: &Model) {
    let engine = store.open();
    assert_eq!(&in_tables(&engine), model);
    assert_eq!(&in_index(&engine), model);
    assert_sound(&engine);
    store.assert_tidy(&engine);
}

#[test]
fn a_file_that_may_not_grow_stops_the_commit_and_changes_nothing() {
    let store = Store::new();
    let first = [petition(1, "one"), petition(2, "one")];
    assert!(store.feed(&first).status.success());
    let model = after(&Model::new(), &first);
    let rows = bulky();
    let file = store.file("bulky.ndjson", &rows);
    let mut failures = 0;
    // Blocks of 512 bytes: the stage is stopped first, then the tables, then the index.
    for blocks in [40, 400, 1_000, 1_600] {
        let script = "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"";
        let mut limited = Command::new("sh");
        limited.args(["-c", script, "sh", &blocks.to_string()]).arg(program());
        limited.args([
            "ingest",
            "petitions",
            file.to_str().unwrap(),
            "--data",
            store.place(),
            "--lang",
            "en",
        ]);
        let fed = limited.output().unwrap();
        if !fed.status.success() {
            failures += 1;
            assert_eq!(fed.status.code(), Some(7), "{blocks}: {}", said(&fed));
            assert_as_before(&store, &model);
        }
    }
    assert!(failures >= 2, "the limit was never reached");
    let fed = store.run(&["ingest", "petitions", file.to_str().unwrap()]);
    assert!(fed.status.success(), "{}", said(&fed));
    let engine = store.open();
    assert_eq!(in_tables(&engine), after(&model, &rows));
    assert_sound(&engine);
}

/// A small file system of its own, taken away when dropped.
struct Small<'a>(&'a Path);

impl<'a> Small<'a> {
    fn mount(folder: &'a Path) -> Option<Self> {
        fs::create_dir_all(folder).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=12m", "tmpfs"])
            .arg(folder)
            .output()
            .is_ok_and(|done| done.status.success());
        mounted.then(|| Self(folder))
    }

    fn remount(&self, option: &str) -> bool {
        let mut command = Command::new("mount");
        command.args(["-o", &format!("remount,{option}")]).arg(self.0);
        command.output().is_ok_and(|done| done.status.success())
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["-l"]).arg(self.0).output();
    }
}

#[test]
fn a_full_disk_changes_nothing_and_room_lets_it_go_on() {
    let store = Store::empty();
    let Some(disk) = Small::mount(store.data()) else {
        eprintln!("no small disk can be mounted here; the full disk is not tried");
        return;
    };
    init(store.place(), &SystemClock).unwrap();
    let first = [petition(1, "one"), petition(2, "one")];
    assert!(store.feed(&first).status.success());
    let model = after(&Model::new(), &first);
    let rows = bulky();
    let filler = store.data().join("filler");
    for room_kb in [100usize, 900, 1_700, 2_600] {
        fill(&filler, room_kb);
        let fed = store.feed(&rows);
        if fed.status.success() {
            // It fitted after all: nothing is left to fail.
            break;
        }
        assert_eq!(fed.status.code(), Some(7), "{room_kb}: {}", said(&fed));
        fs::remove_file(&filler).unwrap();
        assert_as_before(&store, &model);
    }
    let _ = fs::remove_file(&filler);
    assert!(store.feed(&rows).status.success());
    let engine = store.open();
    assert_eq!(in_tables(&engine), after(&model, &rows));
    assert_sound(&engine);
    engine.close().unwrap();

    assert!(disk.remount("ro"));
    let refused = store.feed(&[petition(3, "two")]);
    assert_eq!(refused.status.code(), Some(7), "{}", said(&refused));
    assert!(said(&refused).contains("Read-only"), "{}", said(&refused));
    assert!(store.run(&["search", "petitions", "đất đai"]).status.success(), "reading needs no writing");
    assert!(store.run(&["verify"]).status.success());
    assert!(disk.remount("rw"));
    assert!(store.feed(&[petition(3, "two")]).status.success());
}

/// Fills the disk but for so many kB.
fn fill(filler: &Path, room_kb: usize) {
    use std::io::Write;
    let _ = fs::remove_file(filler);
    let mut file = fs::File::create(filler).unwrap();
    let block = vec![1u8; 4096];
    let mut blocks = 0u64;
    while file.write_all(&block).is_ok() {
        blocks += 1;
    }
    file.set_len((blocks * 4096).saturating_sub(room_kb as u64 * 1024)).unwrap();
}
