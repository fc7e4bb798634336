//! Upkeep: compaction and rebuilding change how things stand, never what they say.

use serde_json::json;
use thanhtra::domain::commit::CommitVersion;
use thanhtra::duplicates::Listed;
use thanhtra::engine::progress::Progress;
use thanhtra::store::commit::Operation;

use super::world::{World, asked, assert_sound, petition, petitions, search};

const ALL: &str = "SELECT source_id, status, text, valid_from FROM petitions ORDER BY source_id";

#[test]
fn folding_small_files_changes_no_row_and_removes_what_nobody_holds() {
    let world = World::new();
    let engine = world.open();
    for at in 0..20 {
        world.feed(&engine, "petitions", &petitions(at..at + 2));
        world.feed(&engine, "petitions", &[petition("k0", json!({ "status": at.to_string() }))]);
    }
    let before = asked(&engine, "petitions", ALL, None);
    let hits = search(&engine, "petitions", "thu hồi đất").hits.len();
    let done = engine.optimize(&Progress::default()).unwrap();
    assert!(done.files_after < done.files_before, "{done:?}");
    assert_eq!(asked(&engine, "petitions", ALL, None), before);
    assert_eq!(search(&engine, "petitions", "thu hồi đất").hits.len(), hits);
    assert_sound(&engine);
    let again = engine.optimize(&Progress::default()).unwrap();
    assert_eq!((again.commit, again.files_after), (done.commit, done.files_after), "nothing is left to fold");
    assert_eq!(engine.commits(1).unwrap()[0].operation, Operation::Optimize);
    for at in [1, 7, 30] {
        let then = asked(&engine, "petitions", ALL, Some(CommitVersion(at)));
        assert!(!then.is_empty() && then.len() <= before.len());
    }
}

#[test]
fn files_stay_few_however_many_commits_there_are() {
    let world = World::new();
    let engine = world.open();
    for at in 0..40 {
        world.feed(&engine, "petitions", &petitions(at..at + 1));
    }
    let snapshot = engine.snapshot().unwrap();
    for (path, state) in &snapshot.record().tables {
        assert!(state.files.len() <= 24, "{path} has {} files", state.files.len());
    }
    assert_eq!(asked(&engine, "petitions", "SELECT count(*) FROM petitions", None), [["40"]]);
    drop(engine);
    let engine = world.open();
    let held: usize =
        engine.snapshot().unwrap().record().tables.values().map(|state| state.files.len()).sum();
    let there = ["tables", "history", "identity"].map(|folder| world.bytes_below(folder)).concat();
    let there =
        there.iter().filter(|(path, _)| path.contains("/part-") && !path.contains("_delta_log")).count();
    assert!(there <= held + 17 * 5 * 2, "{there} files stand for {held}");
    assert_sound(&engine);
}

#[test]
fn indexes_built_anew_answer_as_before() {
    let world = World::new();
    let engine = world.open();
    let long = "Kính gửi Ủy ban nhân dân tỉnh, tôi khiếu nại quyết định thu hồi thửa đất ở xã Đông Hòa vì bồi thường thấp hơn giá thị trường và chưa bố trí tái định cư cho gia đình tôi";
    let rows: Vec<_> = (0..12).map(|key| petition(&format!("k{key}"), json!({ "text": if key % 3 == 0 { json!(format!("{long} lần {key}")) } else { json!(null) } }))).collect();
    world.feed(&engine, "petitions", &rows);
    world.feed(&engine, "petitions", &[json!({ "source_id": "k3", "_op": "retract" })]);
    let answers = || {
        let found = search(&engine, "petitions", "tái định cư");
        let mut pairs = Vec::new();
        let scope = thanhtra::domain::scope::Scope::everything();
        engine
            .duplicate_pairs("petitions", Listed { min: 0.5, min_containment: None }, &scope, &mut |pair| {
                pairs.push(pair);
                Ok(())
            })
            .unwrap();
        let hits: Vec<String> = found.hits.into_iter().map(|hit| hit.source_id).collect();
        (found.total, hits, pairs)
    };
    let before = answers();
    assert_eq!((before.0.value, before.2.len()), (3, 3));
    let commit = engine.rebuild_indexes(None, &Progress::default()).unwrap();
    assert_eq!(commit, CommitVersion(3));
    assert_eq!(answers(), before);
    assert_sound(&engine);
    drop(engine);
    let engine = world.open();
    assert_eq!(search(&engine, "petitions", "tái định cư").total.value, 3);
    let folders = world.data().join("indexes/petitions").read_dir().unwrap().count();
    assert_eq!(folders, 1, "the generation before is swept at start");
    assert_sound(&engine);
}

#[test]
fn rows_without_a_text_are_not_built_anew_at_every_start() {
    let world = World::new();
    let rows = |key: &str| {
        [serde_json::json!({ "source_id": key, "kind": "complaint", "title": "Không có toàn văn" })]
    };
    let engine = world.open();
    world.feed(&engine, "petitions", &rows("a"));
    engine.close().unwrap();
    let engine = world.open();
    world.feed(&engine, "petitions", &rows("b"));
    assert_eq!(engine.snapshot().unwrap().version().0, 2);
    assert!(
        engine
            .duplicates_of_text(
                "petitions",
                "Không có toàn văn",
                0.5,
                &thanhtra::domain::scope::Scope::everything()
            )
            .unwrap()
            .matches
            .is_empty()
    );
    assert_sound(&engine);
}
