//! Answers: search, SQL, duplicates, metrics, in every format a user may ask for.

use std::process::Stdio;

use arrow::ipc::reader::StreamReader;
use serde_json::{Value as Json, json};

use super::{Desk, PETITIONS};

#[test]
fn search_as_json_gives_total_hits_facets_and_the_next_page() {
    let desk = Desk::with_petitions();
    let typed =
        ["search", "petitions", "khieu nai dat dai", "--facet", "status", "--limit", "1", "--format", "json"];
    let first = desk.run(typed).last_json();
    assert_eq!(first["total"], json!({"value": 2, "exact": true}));
    assert_eq!(first["commit"], json!(1));
    let hit = &first["hits"][0];
    assert!(hit["id"].as_str().unwrap().starts_with('P') && hit["score"].as_f64().unwrap() > 0.0, "{hit}");
    assert_eq!(first["facets"][0]["values"], json!([{"value": "new", "count": 2}]));
    let cursor = first["next"].as_str().unwrap().to_owned();
    let second = desk.run(typed.iter().chain(&["--cursor", &cursor])).last_json();
    assert_ne!(second["hits"][0]["source_id"], hit["source_id"]);
    assert_eq!(second["next"], Json::Null);
}

#[test]
fn search_filters_and_sorts() {
    let desk = Desk::with_petitions();
    let keys = |typed: &[&str]| -> Vec<String> {
        let run = desk.run(["search", "petitions", "--format", "csv"].iter().chain(typed));
        run.ok().lines().skip(1).map(|line| line.split(',').nth(2).unwrap().to_owned()).collect()
    };
    assert_eq!(keys(&["--sort", "-received_on"]), ["3", "2", "1"]);
    assert_eq!(keys(&["--filter", "unit=UBND xã A", "--sort", "received_on"]), ["1", "3"]);
    assert_eq!(keys(&["--filter", "received_on=2025-02-01..2025-02-28"]), ["2"]);
    assert_eq!(keys(&["--filter", "status!=new"]), ["3"]);
    assert_eq!(keys(&["--filter", "source_id=9"]).len(), 0);
}

#[test]
fn search_as_a_table_speaks_the_readers_language() {
    let desk = Desk::with_petitions();
    let run = desk.run(["search", "petitions", "sửa đường", "--facet", "kind"]);
    assert!(run.stderr.contains("Tổng số: 1"), "{}", run.stderr);
    let table = run.ok();
    assert!(table.contains("Kiến nghị sửa đường") && table.contains("Kiến nghị, phản ánh"), "{table}");
    let run = desk.run(["search", "petitions", "sửa đường", "--facet", "kind", "--lang", "en"]);
    assert!(run.stderr.contains("Total: 1") && run.stdout.contains("Request or feedback"), "{}", run.stdout);
}

#[test]
fn sql_answers_in_every_format() {
    let desk = Desk::with_petitions();
    let statement = "SELECT status, count(*) AS n FROM petitions GROUP BY status ORDER BY status";
    let as_format = |format: &str| desk.run(["sql", statement, "--format", format]);
    assert_eq!(as_format("csv").ok(), "status,n\nclosed,1\nnew,2\n");
    assert_eq!(
        as_format("json").last_json(),
        json!([{"status": "closed", "n": 1}, {"status": "new", "n": 2}])
    );
    assert_eq!(as_format("ndjson").ok().lines().count(), 2);
    assert!(as_format("table").ok().lines().count() >= 3);
    let arrow = desk.command(["sql", statement, "--format", "arrow"]).output().unwrap().stdout;
    let batches: Vec<_> =
        StreamReader::try_new(arrow.as_slice(), None).unwrap().map(Result::unwrap).collect();
    assert_eq!(batches.iter().map(|batch| batch.num_rows()).sum::<usize>(), 2);
    let path = desk.path("n.parquet");
    desk.run(["sql", statement, "--format", "parquet", "--output", path.to_str().unwrap()]).ok();
    assert!(std::fs::read(&path).unwrap().starts_with(b"PAR1"));
    let file = desk.file("cau.sql", statement);
    let from_stdin = desk.run_with(["sql", "-", "--format", "csv"], &std::fs::read_to_string(file).unwrap());
    assert_eq!(from_stdin.ok(), "status,n\nclosed,1\nnew,2\n");
}

#[test]
fn sql_and_full_text_meet_in_one_statement() {
    let desk = Desk::with_petitions();
    let statement =
        "SELECT p.source_id FROM search('petitions', 'sua duong') s JOIN petitions p ON p.id = s.id";
    assert_eq!(desk.run(["sql", statement, "--format", "csv"]).ok(), "source_id\n3\n");
}

#[test]
fn an_old_snapshot_answers_as_it_was_known_then() {
    let desk = Desk::with_petitions();
    let changed = desk.file("later.csv", PETITIONS.replace(",new\n", ",closed\n"));
    assert_eq!(desk.run(["ingest", "petitions", &changed]).last_json()["updated"], json!(2));
    let count = |at: &[&str]| {
        let statement = "SELECT count(*) AS n FROM petitions WHERE status = 'closed'";
        desk.run(["sql", statement, "--format", "csv"].iter().chain(at)).ok()
    };
    assert_eq!(count(&[]), "n\n3\n");
    assert_eq!(count(&["--snapshot", "1"]), "n\n1\n");
    assert!(desk.run(["sql", "SELECT 1", "--snapshot", "9"]).refused(3).contains('9'));
}

#[test]
fn copies_are_found_of_a_record_of_a_text_and_in_pairs() {
    let desk = Desk::with_petitions();
    let pairs = desk.run(["duplicates", "pairs", "petitions", "--min", "0.8"]).ok();
    let mut lines = pairs.lines();
    assert_eq!(lines.next(), Some("id_a,id_b,relation,similarity,containment,score"));
    let cells: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert_eq!(cells[2..], ["same_text", "1.0", "1.0", "1.0"]);
    assert!(cells[0] < cells[1] && lines.next().is_none(), "{pairs}");
    let of = desk.run(["duplicates", "of", cells[0]]);
    assert!(of.stderr.contains("nghi trùng"), "{}", of.stderr);
    assert!(of.stdout.contains(cells[1]) && of.stdout.contains("nghi gửi lại"), "{}", of.stdout);
    let text = PETITIONS.lines().nth(1).unwrap().split(',').nth(3).unwrap();
    let found = desk.run_with(["duplicates", "of-text", "-", "--format", "json"], text).last_json();
    assert_eq!(found.as_array().unwrap().len(), 2);
    assert_eq!(found[0]["relation"], json!("resend"));
    assert!(of.stderr.contains("Đã tìm trong 3 đơn"), "{}", of.stderr);
}

#[test]
fn a_metric_is_asked_as_of_a_day() {
    let desk = Desk::new();
    let file = format!("{}/tests/fixtures/tasks_556.csv", env!("CARGO_MANIFEST_DIR"));
    assert_eq!(desk.run(["ingest", "tasks", &file]).last_json()["inserted"], json!(556));
    let typed = ["metric", "tasks_overdue_by_unit", "--as-of", "2017-12-13", "--format", "json"];
    let rows = desk.run(typed).last_json();
    let sum =
        |column: &str| rows.as_array().unwrap().iter().map(|row| row[column].as_i64().unwrap()).sum::<i64>();
    let found =
        ["tasks", "done", "done_on_time", "done_late", "open", "open_in_time", "open_overdue"].map(sum);
    assert_eq!(found, [556, 249, 81, 168, 307, 177, 130]);
    let table = desk.run(["metric", "tasks_overdue_by_unit", "--as-of", "13/12/2017"]);
    assert!(table.stderr.contains("13/12/2017"), "{}", table.stderr);
    assert!(table.ok().contains("Chưa hoàn thành, quá hạn"));
}

#[test]
fn a_figure_has_its_counts_and_a_receipt_that_opens() {
    let desk = Desk::new();
    let file = format!("{}/tests/fixtures/tasks_556.csv", env!("CARGO_MANIFEST_DIR"));
    desk.run(["ingest", "tasks", &file]).ok();
    let figure = ["metric", "tasks_late_of_due", "--as-of", "2017-12-13"];
    let json = desk.run(figure.iter().chain(&["--format", "json"])).ok();
    assert!(
        json.starts_with("{\"value\":78.63,\"numerator\":298,\"denominator\":379,\"receipt\":\""),
        "{json}"
    );
    let table = desk.run(figure.iter().chain(&["--by", "unit"])).ok();
    assert!(table.contains("78,63 %") && table.contains("Tổng số"), "{table}");
    let code = serde_json::from_str::<Json>(&json).unwrap()["receipt"].as_str().unwrap().to_owned();
    let checked = desk.run(["receipt", &code.to_lowercase()]);
    assert!(checked.stderr.contains("78,63 % trong 379 nhiệm vụ"), "{}", checked.stderr);
    assert_eq!(checked.last_json()["numerator_again"], json!(298));
    let rows = desk.run(["receipt", &code, "--rows", "denominator", "--format", "csv", "--skip", "200"]).ok();
    assert_eq!(rows.lines().count(), 180);
    let book = desk.path("so.xlsx");
    desk.run(figure.iter().chain(&["--format", "xlsx", "--output", book.to_str().unwrap()])).ok();
    assert!(std::fs::read(book).unwrap().starts_with(b"PK"));
    let compared = desk.run(figure.iter().chain(&["--period", "2017-Q4", "--compare"]));
    assert!(compared.stderr.contains("Kỳ trước (2017-Q3)"), "{}", compared.stderr);
    desk.run(["receipt", "ABC"]).refused(2);
    desk.run(["receipt", &code, "--data", desk.path("other").to_str().unwrap()]).refused(3);
    desk.run(figure.iter().chain(&["--period", "2017-Q9"])).refused(2);
}

#[test]
fn a_record_tells_its_history_by_id_and_by_key() {
    let desk = Desk::with_petitions();
    let changed = desk.file("later.csv", PETITIONS.replace(",new\n", ",closed\n"));
    desk.run(["ingest", "petitions", &changed]).ok();
    let by_key = desk.run(["history", "petitions", "1", "--format", "json"]).last_json();
    let told: Vec<_> =
        by_key.as_array().unwrap().iter().map(|row| (&row["status"], &row["valid_to"])).collect();
    assert_eq!(told, [(&json!("new"), &json!(2)), (&json!("closed"), &Json::Null)]);
    let id = by_key[0]["id"].as_str().unwrap();
    assert_eq!(desk.run(["history", "petitions", id, "--format", "json"]).last_json(), by_key);
    let typed = ["history", "petitions", "1", "--source", "other"];
    desk.run(typed).refused(3);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let desk = Desk::with_petitions();
    let cases: [&[&str]; 4] = [
        &["sql", "SELECT * FROM petitions", "--format", "csv"],
        &["search", "petitions", "--format", "json"],
        &["duplicates", "pairs", "petitions"],
        &["history"],
    ];
    for typed in cases {
        let mut command = desk.command(typed);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(ended.status.success() && !said.contains("lỗi"), "{typed:?} {:?} {said}", ended.status);
    }
}

#[test]
fn related_records_are_others_about_the_same() {
    let desk = Desk::with_petitions();
    let found = desk.run(["search", "petitions", "bồi thường", "--format", "json"]).last_json();
    let id = found["hits"][0]["id"].as_str().unwrap();
    let related = desk.run(["similar", id, "--format", "json"]).last_json();
    let keys: Vec<&str> =
        related.as_array().unwrap().iter().map(|row| row["source_id"].as_str().unwrap()).collect();
    let itself = found["hits"][0]["source_id"].as_str().unwrap();
    assert_eq!(keys, [if itself == "1" { "2" } else { "1" }]);
    let unknown = desk.run(["similar", "P0000000000000000Z"]);
    assert_ne!(unknown.code, 0, "{}", unknown.stdout);
}

#[test]
fn counts_groups_and_what_is_new_are_told_on_the_command_line() {
    let desk = Desk::with_petitions();
    let typed = [
        "search",
        "petitions",
        "--histogram",
        "received_on:period",
        "--facet",
        "province.unit",
        "--group",
        "case",
    ];
    let run = desk.run(typed);
    assert!(run.stderr.contains("Số nhóm: 3"), "{}", run.stderr);
    let table = run.ok();
    assert!(table.contains("report:2025-Q1") && table.contains("Số đơn trong nhóm"), "{table}");
    let json = desk.run(typed.iter().chain(&["--format", "json"])).last_json();
    assert_eq!(json["histograms"][0]["bars"][0]["from"], json!("2024-12-15"));
    assert_eq!(json["groups"], json!({"value": 3, "exact": true}));
    let since = |commit: &str| desk.run(["search", "petitions", "--since", commit, "--format", "json"]);
    assert_eq!(since("0").last_json()["total"]["value"], json!(3));
    assert_eq!(since("1").last_json()["total"]["value"], json!(0));
    assert!(since("7").refused(4).contains("since"));
    let lifted = desk.run(["search", "petitions", "dat dai", "--recency", "--as-of", "2025-03-01"]);
    assert!(lifted.stderr.contains("tính đến 2025-03-01"), "{}", lifted.stderr);
}

#[test]
fn suggestions_and_lists_are_data() {
    let desk = Desk::with_petitions();
    let found = desk.run(["suggest", "petitions", "ubnd", "--format", "json"]).last_json();
    assert_eq!(found[0], json!({"text": "UBND xã A", "column": "unit", "value": "UBND xã A", "total": 2}));
    let list = desk.file("ds.csv", "Tên,Ghi chú\nsửa đường,\na AND (b,\n");
    let run = desk.run(["search", "petitions", "--batch", &list, "--column", "Tên", "--format", "csv"]);
    assert!(run.stderr.contains("2 dòng: 1 có kết quả, 1 lỗi"), "{}", run.stderr);
    let csv = run.ok();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 3, "{csv}");
    assert!(lines[1].starts_with("2,sửa đường,1,P") && lines[1].contains(",3,Kiến nghị sửa đường,"), "{csv}");
    assert!(desk.run(["search", "petitions", "--batch", &list]).refused(2).contains("--column"));
}
