//! Files in: counts, one commit a file, and nothing at all from a bad one.

use std::fs;

use serde_json::{Value as Json, json};
use thanhtra::domain::commit::CommitVersion;
use thanhtra::engine::EngineError;
use thanhtra::engine::progress::Progress;
use thanhtra::store::file::batches;
use thanhtra::store::schema::TableKind;

use super::world::{World, asked, assert_sound, counted, ndjson, options, petition, petitions, search, sql};
use crate::sql::world::cells;

#[test]
fn rows_are_inserted_updated_left_or_withdrawn_and_counted_so() {
    let world = World::new();
    let engine = world.open();
    let first = world.feed(&engine, "petitions", &petitions(0..5));
    assert_eq!((counted(first.counts), first.commit), ((5, 0, 0, 0), CommitVersion(1)));
    let mixed = [
        petition("k0", json!({})),
        petition("k1", json!({ "status": "đã xử lý" })),
        petition("k9", json!({})),
        json!({ "source_id": "k2", "_op": "retract" }),
        json!({ "source_id": "never", "_op": "retract" }),
        petition("bad", json!({ "received_on": "5/22018" })),
    ];
    let second = world.feed(&engine, "petitions", &mixed);
    assert_eq!((counted(second.counts), second.commit), ((1, 2, 2, 1), CommitVersion(2)));
    let rows = sql(&engine, "SELECT source_id, status, valid_from FROM petitions ORDER BY source_id", None);
    let expected = [
        ["k0", "mới", "1"],
        ["k1", "đã xử lý", "2"],
        ["k3", "mới", "1"],
        ["k4", "mới", "1"],
        ["k9", "mới", "2"],
    ];
    assert_eq!(rows, expected);
    assert_eq!(search(&engine, "petitions", "").total.value, 5);
    assert_sound(&engine);
}

#[test]
fn the_same_file_again_changes_nothing_and_makes_no_commit() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &petitions(0..3));
    let before = world.bytes_below("");
    let again = world.feed(&engine, "petitions", &petitions(0..3));
    assert_eq!((counted(again.counts), again.commit), ((0, 0, 3, 0), CommitVersion(1)));
    assert_eq!(world.bytes_below(""), before);
    drop(engine);
    let again = world.feed(&world.open(), "petitions", &petitions(0..3));
    assert_eq!((counted(again.counts), again.commit), ((0, 0, 3, 0), CommitVersion(1)));
}

#[test]
fn of_a_key_twice_the_last_wins_and_the_earlier_can_be_fed_again() {
    let world = World::new();
    let engine = world.open();
    let rows = [
        json!({ "source_id": "t", "title": "đầu", "màu": "xanh", "units": [{ "unit": "Sở A" }, { "unit": "Sở B" }] }),
        json!({ "source_id": "other", "title": "khác", "units": [{ "unit": "Sở D" }] }),
        json!({ "source_id": "t", "title": "cuối", "units": [{ "unit": "Sở C" }] }),
    ];
    let report = world.feed(&engine, "tasks", &rows);
    assert_eq!(counted(report.counts), (2, 0, 0, 1));
    let units = "SELECT task_id, unit FROM task_units ORDER BY task_id, unit";
    assert_eq!(asked(&engine, "task_units", units, None), [["other", "Sở D"], ["t", "Sở C"]]);
    let titles = "SELECT title FROM tasks ORDER BY title";
    assert_eq!(asked(&engine, "tasks", titles, None), [["cuối"], ["khác"]]);

    let rejects = report.rejects.unwrap();
    let text = fs::read_to_string(&rejects).unwrap();
    assert!(text.contains("key comes again in line 3") && text.contains("xanh"), "{text}");
    let fed = engine.ingest_file("tasks", &rejects, &options(), &Progress::default()).unwrap();
    assert_eq!(counted(fed.counts), (0, 1, 0, 0));
    assert_eq!(asked(&engine, "tasks", titles, None), [["khác"], ["đầu"]]);
    assert_eq!(asked(&engine, "task_units", units, None).len(), 4, "the rejects held its children too");
    let extra = "SELECT extra FROM tasks WHERE source_id = 't'";
    assert_eq!(asked(&engine, "tasks", extra, None), [[r#"{"màu":"xanh"}"#]]);
    assert_sound(&engine);
}

#[test]
fn a_bad_file_is_one_error_and_changes_nothing() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &petitions(0..3));
    let before = world.bytes_below("");
    let good = ndjson(&petitions(3..200));
    let mut packed = zstd::encode_all(good.as_bytes(), 3).unwrap();
    packed.truncate(packed.len() / 2);
    let mut latin = good.clone().into_bytes();
    latin.extend(b"{\"source_id\":\"\xe9\"}\n");
    let rejected = format!("{}\n{good}", petition("bad", json!({ "received_on": "5/22018" })));
    let mut rejected = rejected.into_bytes();
    rejected.extend(b"\xff\xfe");
    let files: [(&str, &[u8]); 5] = [
        ("cut.ndjson.zst", &packed),
        ("latin.ndjson", &latin),
        ("after_a_reject.ndjson", &rejected),
        ("table.parquet", b"PAR1 this is no table PAR1"),
        ("book.xlsx", b"PK\x03\x04 this is no workbook"),
    ];
    for (name, bytes) in files {
        let path = world.file(name, bytes);
        let error = engine.ingest_file("petitions", &path, &options(), &Progress::default()).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
        assert_eq!(world.bytes_below(""), before, "{name}");
    }
    let unknown = world.file("x.csv", b"source_id\n1\n");
    let error = engine.ingest_file("petition", &unknown, &options(), &Progress::default()).unwrap_err();
    assert!(error.to_string().contains("petitions"), "{error}");
    assert_eq!(world.bytes_below(""), before);
    assert_eq!(world.feed(&engine, "petitions", &petitions(3..4)).commit, CommitVersion(2));
    assert_sound(&engine);
}

#[test]
fn a_dry_run_reads_everything_and_writes_nothing() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &petitions(0..1));
    let before = world.bytes_below("");
    let mut rows = petitions(0..4);
    rows.push(petition("bad", json!({ "received_on": "5/22018" })));
    let path = world.file("dry.ndjson", ndjson(&rows).as_bytes());
    let mut dry = options();
    dry.dry_run = true;
    let report = engine.ingest_file("petitions", &path, &dry, &Progress::default()).unwrap();
    assert_eq!((report.counts.read, report.counts.rejected), (5, 1));
    assert!(report.rejects.is_none());
    assert_eq!(world.bytes_below(""), before);
}

#[test]
fn a_reading_engine_writes_nothing_and_sees_later_commits() {
    let world = World::new();
    let (engine, reader) = (world.open(), world.reading());
    world.feed(&engine, "petitions", &petitions(0..2));
    assert_eq!(search(&reader, "petitions", "thu hồi đất").total.value, 2);
    world.feed(&engine, "petitions", &petitions(2..3));
    assert_eq!(search(&reader, "petitions", "thu hồi đất").total.value, 3);
    let path = world.file("x.csv", b"source_id\n1\n");
    let refused = reader.ingest_file("petitions", &path, &options(), &Progress::default());
    assert!(matches!(refused, Err(EngineError::ReadsOnly)));
    assert!(!world.data().join("staging").read_dir().is_ok_and(|mut left| left.next().is_some()));
}

#[test]
fn arrays_inside_a_row_are_rows_of_their_own_datasets() {
    let world = World::new();
    let engine = world.open();
    let contents = json!([{ "kind": "complaint" }, { "kind": "feedback" }]);
    let rows = [petition("p", json!({ "kind": "mixed", "contents": contents })), petition("q", json!({}))];
    let report = world.feed(&engine, "petitions", &rows);
    assert_eq!(counted(report.counts), (2, 0, 0, 0), "a mixed letter is one paper");
    let asked_for = "SELECT petition_id, kind FROM contents ORDER BY kind";
    assert_eq!(asked(&engine, "contents", asked_for, None), [["p", "complaint"], ["p", "feedback"]]);
    let again = world.feed(&engine, "petitions", &rows);
    assert_eq!(again.commit, CommitVersion(1));
    let changed: [Json; 1] =
        [petition("p", json!({ "kind": "mixed", "contents": [{ "kind": "feedback" }] }))];
    let third = world.feed(&engine, "petitions", &changed);
    assert_eq!(
        (counted(third.counts), third.commit),
        ((0, 0, 1, 0), CommitVersion(2)),
        "only a child changed"
    );
    assert_sound(&engine);
}

#[test]
fn a_row_that_says_nothing_of_a_column_keeps_it_and_leaves_its_neighbours_unchanged() {
    let world = World::new();
    let engine = world.open();
    let rows = [
        petition("a", json!({ "received_on": "5/2018", "lạ": "một" })),
        petition("b", json!({ "received_on": "5/2018" })),
    ];
    world.feed(&engine, "petitions", &rows);
    let brief = |key: &str, status: &str| json!({ "source_id": key, "kind": "complaint", "status": status });
    let second =
        world.feed(&engine, "petitions", &[brief("a", "xong"), brief("b", "mới"), brief("a", "hết hạn")]);
    assert_eq!(counted(second.counts), (0, 1, 1, 1));
    let all =
        "SELECT source_id, status, title IS NULL, text IS NULL, received_on, extra FROM petitions ORDER BY 1";
    let rows = asked(&engine, "petitions", all, None);
    assert_eq!(rows[0], ["a", "hết hạn", "false", "false", "2018-05-01", r#"{"lạ":"một"}"#]);
    assert_eq!(rows[1], ["b", "mới", "false", "false", "2018-05-01", "NULL"]);
    let third = world.feed(&engine, "petitions", &[brief("a", "hết hạn"), brief("b", "xong")]);
    assert_eq!(counted(third.counts), (0, 1, 1, 0));
    assert_sound(&engine);
}

#[test]
fn children_of_a_row_that_lost_its_key_stay_out_when_rows_are_completed() {
    let world = World::new();
    let engine = world.open();
    world.feed(
        &engine,
        "tasks",
        &[json!({ "source_id": "t", "units": [{ "unit": "Sở A", "role": "owner" }] })],
    );
    let rows = [
        json!({ "source_id": "t", "units": [{ "unit": "Sở B" }] }),
        json!({ "source_id": "t", "units": [{ "unit": "Sở A", "role": "coordinating" }] }),
    ];
    world.feed(&engine, "tasks", &rows);
    let units = "SELECT unit, role FROM task_units ORDER BY unit";
    assert_eq!(asked(&engine, "task_units", units, None), [["Sở A", "coordinating"]]);
    assert_sound(&engine);
}

#[test]
fn a_row_that_leaves_columns_out_keeps_the_unmapped_ones_also_without_a_long_column() {
    let world = World::new();
    let engine = world.open();
    let row = json!({ "source_id": "t", "title": "Báo cáo", "status": "open", "lạ": "giữ nguyên" });
    world.feed(&engine, "tasks", &[row]);
    world.feed(&engine, "tasks", &[json!({ "source_id": "t", "status": "done" })]);
    let record = engine.snapshot().unwrap().record().clone();
    let schema = TableKind::Text.schema(engine.snapshot().unwrap().dataset("tasks").unwrap());
    let files = &record.tables["tables/tasks_text"].files;
    let rows =
        files.iter().flat_map(|data| batches(engine.home(), "tables/tasks_text", data, &schema).unwrap());
    let rows: Vec<Vec<String>> = rows.flat_map(|batch| cells(&[batch.unwrap()])).collect();
    assert!(rows.len() == 1 && rows[0].iter().any(|cell| cell.contains("giữ nguyên")), "{rows:?}");
    assert_sound(&engine);
}
