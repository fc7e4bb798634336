//! Each point where a crash may strike, built by hand: what lies there is what a commit writes up to
//! that point, and a start makes a sound store of it.

use std::fs;

use serde_json::Value as Json;
use thanhtra::engine::Engine;

use crate::model::{Model, after, in_index, in_tables};
use crate::store::{Store, assert_sound, copy_tree, petition, walk};

/// A store before and after one commit, and the rows of that commit.
struct Step {
    before: Store,
    after: Store,
    rows: Vec<Json>,
    model: Model,
}

/// The step that makes commit `number`; for 1 everything is new.
fn step(number: usize) -> Step {
    let before = Store::new();
    let mut model = Model::new();
    let all: Vec<Json> = (0..8).map(|key| petition(key, "one")).collect();
    for round in 1..number {
        let rows: Vec<Json> = if round == 1 { all.clone() } else { vec![petition(round, "more")] };
        assert!(before.feed(&rows).status.success());
        model = after(&model, &rows);
    }
    let later = before.copy();
    let rows = vec![petition(1, "two"), petition(50, "two")];
    assert!(later.feed(&rows).status.success());
    Step { before, after: later, rows, model }
}

impl Step {
    /// Copies what the commit wrote below these folders onto the store before it.
    fn with(&self, folders: &[&str]) -> Store {
        let store = self.before.copy();
        for folder in folders {
            copy_tree(&self.after.data().join(folder), &store.data().join(folder));
        }
        store
    }

    /// As [`Step::with`], without what is written only once the record stands.
    fn unrecorded(&self, folders: &[&str]) -> Store {
        let store = self.with(folders);
        let known = self.before.files("");
        for file in store.files("") {
            if file.contains("/_delta_log/") && !known.contains(&file) {
                fs::remove_file(store.data().join(file)).unwrap();
            }
        }
        store
    }

    /// The store opens as it was before the commit, is sound, and takes the same rows.
    fn assert_goes_back(&self, store: &Store) {
        let engine = store.open();
        assert_eq!(in_tables(&engine), self.model);
        if !self.model.is_empty() {
            assert_eq!(in_index(&engine), self.model);
        }
        assert_whole(store, &engine);
        engine.close().unwrap();
        self.assert_goes_on(store);
    }

    fn assert_goes_on(&self, store: &Store) {
        let done = store.feed(&self.rows);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let engine = store.open();
        let expected = after(&self.model, &self.rows);
        assert_eq!(in_tables(&engine), expected);
        assert_eq!(in_index(&engine), expected);
        assert_whole(store, &engine);
    }
}

fn assert_whole(store: &Store, engine: &Engine) {
    assert_sound(engine);
    store.assert_logs(engine);
    store.assert_tidy(engine);
}

const DATA: [&str; 3] = ["tables", "history", "identity"];

#[test]
fn data_files_without_a_record_are_swept_away() {
    for number in [1, 2, 4] {
        let step = step(number);
        step.assert_goes_back(&step.unrecorded(&DATA));
    }
}

#[test]
fn an_index_one_commit_ahead_goes_back() {
    for number in [1, 2, 4] {
        let step = step(number);
        step.assert_goes_back(&step.unrecorded(&[&DATA[..], &["indexes"]].concat()));
    }
}

#[test]
fn a_sketch_run_without_a_record_is_swept_away() {
    for number in [1, 2, 4] {
        let step = step(number);
        step.assert_goes_back(&step.unrecorded(&[&DATA[..], &["indexes", "sketches"]].concat()));
    }
}

#[test]
fn a_record_without_its_logs_stands_and_the_logs_are_written() {
    for number in [1, 2, 4] {
        let step = step(number);
        let store = step.after.copy();
        let known = step.before.files("");
        let mut missing = 0;
        for file in store.files("") {
            if file.contains("/_delta_log/") && !known.contains(&file) {
                fs::remove_file(store.data().join(file)).unwrap();
                missing += 1;
            }
        }
        assert!(missing > 0);
        let engine = store.open();
        assert_eq!(in_tables(&engine), after(&step.model, &step.rows));
        assert_eq!(in_index(&engine), in_tables(&engine));
        assert_whole(&store, &engine);
        for file in store.files("").iter().filter(|file| file.contains("/_delta_log/")) {
            let (mended, written) = (store.data().join(file), step.after.data().join(file));
            assert_eq!(fs::read(mended).unwrap(), fs::read(written).unwrap(), "{file}");
        }
    }
}

#[test]
fn a_checkpoint_that_was_not_written_is_written_at_start() {
    let store = Store::new();
    for round in 0..21 {
        assert!(store.feed(&[petition(round, "one")]).status.success());
    }
    let points: Vec<String> =
        store.files("tables").into_iter().filter(|file| file.contains("checkpoint")).collect();
    assert!(!points.is_empty());
    for file in &points {
        fs::remove_file(store.data().join(file)).unwrap();
    }
    let engine = store.open();
    let mended: Vec<String> =
        store.files("tables").into_iter().filter(|file| file.contains("checkpoint")).collect();
    assert_eq!(mended, points);
    assert_whole(&store, &engine);
}

#[test]
fn half_written_files_go_away() {
    let step = step(3);
    let store = step.before.copy();
    let half = [
        "commits/00000000000000000003.4711-0.staged",
        "tables/petitions/part-0000000003-0000-0123456789abcdef.4711-1.staged",
        "tables/petitions/_delta_log/00000000000000000002.4711-2.staged",
        "history/petitions/part-0000000003-5000-0123456789abcdef.parquet",
        "staging/petitions-4711-0123456789abcdef.arrow",
    ];
    for file in half {
        let path = store.data().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, b"PAR1 half").unwrap();
    }
    let mut indexes = Vec::new();
    walk(&store.data().join("indexes/petitions"), &mut |path| indexes.push(path.to_owned()));
    let index = indexes[0].parent().unwrap();
    fs::write(index.join(".tmpA1b2C3"), b"{\"half\":").unwrap();
    fs::write(index.join(format!("{}.store", "0123456789abcdef0123456789abcdef")), b"half").unwrap();
    step.assert_goes_back(&store);
    assert!(!index.join(".tmpA1b2C3").exists());
}

#[test]
fn a_rebuild_that_was_cut_off_leaves_the_index_as_it_was() {
    let step = step(3);
    let store = step.before.copy();
    let rebuilt = step.before.copy();
    assert!(rebuilt.run(&["rebuild-indexes"]).status.success());
    for folder in ["indexes", "sketches"] {
        copy_tree(&rebuilt.data().join(folder), &store.data().join(folder));
    }
    step.assert_goes_back(&store);
    assert_eq!(fs::read_dir(store.data().join("indexes/petitions")).unwrap().count(), 1);
}
