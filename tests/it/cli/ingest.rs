//! Files in: counts, rejects, and what is said about a file.

use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use super::{Desk, PETITIONS};

#[test]
fn the_last_line_counts_every_row_and_the_same_file_again_changes_nothing() {
    let desk = Desk::new();
    let file = desk.file("p.csv", PETITIONS);
    let first = desk.run(["ingest", "petitions", &file]).last_json();
    let expected =
        json!({"read": 3, "inserted": 3, "updated": 0, "unchanged": 0, "rejected": 0, "commit": 1});
    assert_eq!(first, expected);
    let again = desk.run(["ingest", "petitions", &file]).last_json();
    let expected =
        json!({"read": 3, "inserted": 0, "updated": 0, "unchanged": 3, "rejected": 0, "commit": 1});
    assert_eq!(again, expected);
}

#[test]
fn several_files_are_several_commits_and_one_sum() {
    let desk = Desk::new();
    let first = desk
        .file("a.ndjson", "{\"source_id\":\"1\",\"title\":\"a\"}\n{\"source_id\":\"2\",\"title\":\"b\"}\n");
    let second = desk.file("b.csv", "source_id;title\n2;khác\n3;c\n");
    let sum = desk.run(["ingest", "tasks", &first, &second]).last_json();
    let expected =
        json!({"read": 4, "inserted": 3, "updated": 1, "unchanged": 0, "rejected": 0, "commit": 2});
    assert_eq!(sum, expected);
}

#[test]
fn a_bad_row_goes_to_the_rejects_with_its_reason_and_can_be_mended() {
    let desk = Desk::new();
    let file =
        desk.file("t.csv", "source_id,title,due_on\n1,một,5/22018\n2,hai,31/12/2025\n2,ba,31/12/2025\n");
    let rejects = desk.path("loi.csv");
    let run = desk.run(["ingest", "tasks", &file, "--rejects", rejects.to_str().unwrap()]);
    assert!(run.stderr.contains("loi.csv"), "{}", run.stderr);
    let counts = run.last_json();
    assert_eq!((&counts["inserted"], &counts["rejected"]), (&json!(1), &json!(2)));
    assert_eq!(std::fs::metadata(&rejects).unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&rejects).unwrap();
    assert!(text.contains("due_on") && text.contains("5/22018") && text.contains("dòng 4"), "{text}");
    std::fs::write(&rejects, text.replace("5/22018", "5/2/2018")).unwrap();
    let mended = desk.run(["ingest", "tasks", rejects.to_str().unwrap()]).last_json();
    assert_eq!(mended["inserted"], json!(1), "{mended}");
}

#[test]
fn headers_are_mapped_values_set_and_the_source_named() {
    let desk = Desk::new();
    let file = desk.file("t.csv", "Số hiệu,Việc=gì,Lạ\nNV-1,Rà soát,x\n");
    let typed =
        ["ingest", "tasks", &file, "--map", "Việc=gì=title", "--set", "unit=Sở A", "--source", "vpub"];
    let run = desk.run(typed);
    assert!(run.stderr.contains("Lạ"), "{}", run.stderr);
    assert_eq!(run.last_json()["inserted"], json!(1));
    let rows =
        desk.run(["sql", "SELECT source_system, source_id, title, unit FROM tasks", "--format", "csv"]);
    assert_eq!(rows.ok(), "source_system,source_id,title,unit\nvpub,NV-1,Rà soát,Sở A\n");
}

#[test]
fn unpivot_makes_a_record_of_each_cell_and_counts_the_empty_ones() {
    let desk = Desk::new();
    let file = desk.file("papi.csv", "province,Minh bạch,Kiểm soát\n01,\"5,5\",\n02,4,3\n");
    let run = desk.run(["ingest", "readiness", &file, "--unpivot", "--set", "edition=2024"]);
    assert!(run.stderr.contains("1 ô trống"), "{}", run.stderr);
    assert_eq!(run.last_json()["inserted"], json!(3));
}

#[test]
fn a_dry_run_changes_nothing() {
    let desk = Desk::new();
    let file = desk.file("t.csv", "source_id,title,due_on\n1,một,xx\n2,hai,\n");
    let before = desk.run(["history", "--format", "csv"]).ok();
    let told = desk.run(["ingest", "tasks", &file, "--dry-run"]).last_json();
    assert_eq!(told, json!({"read": 2, "rejected": 1, "commit": 0, "dry_run": true}));
    assert_eq!(desk.run(["history", "--format", "csv"]).ok(), before);
    assert!(!desk.data().join("rejects").exists());
}

#[test]
fn a_refused_file_is_one_error_and_the_files_before_it_stay() {
    let desk = Desk::new();
    let good = desk.file("a.csv", "source_id,title\n1,a\n");
    let bad = desk.file("b.csv", b"source_id,title\n2,\xff\xfe\n".as_slice());
    let run = desk.run(["ingest", "tasks", &good, &bad]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.lines().last().unwrap().contains("UTF-8"), "{}", run.stderr);
    let counts: serde_json::Value = serde_json::from_str(run.stdout.trim()).unwrap();
    assert_eq!((&counts["inserted"], &counts["commit"]), (&json!(1), &json!(1)));
    assert!(desk.run(["ingest", "tasks", &bad]).refused(2).contains("b.csv"));
}

#[test]
fn progress_is_json_when_asked_and_nothing_when_piped() {
    let desk = Desk::new();
    let file = desk.file("p.csv", PETITIONS);
    let quiet = desk.run(["ingest", "petitions", &file]);
    assert!(!quiet.stderr.contains('{'), "{}", quiet.stderr);
    let told = desk.run(["ingest", "petitions", &file, "--progress", "json"]);
    let lines = told.stderr.lines().filter(|line| line.starts_with('{'));
    let lines: Vec<serde_json::Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["bytes_total"] == json!(PETITIONS.len())), "{}", told.stderr);
}

#[test]
fn a_file_in_tcvn3_is_read_converted_counted_and_kept_as_given() {
    let desk = Desk::new();
    let given = "id;kind;title;text\n1;complaint;§¬n khiÕu n¹i;VÒ viÖc thu håi ®Êt t¹i x· Hßa B×nh\n";
    let latin: Vec<u8> = given.chars().map(|c| u8::try_from(c).unwrap()).collect();
    let file = desk.path("cu.csv");
    std::fs::write(&file, latin).unwrap();
    let file = file.to_str().unwrap();
    let converted = json!({"files": {"tcvn3": 1}, "rows": 1, "cells": {"tcvn3": 2}});
    let tried = desk.run(["ingest", "petitions", file, "--dry-run"]).last_json();
    assert_eq!(tried["converted"], converted);
    let run = desk.run(["ingest", "petitions", file]);
    assert!(run.stderr.contains("tcvn3"), "{}", run.stderr);
    assert_eq!(run.last_json()["converted"], converted);
    let rows = desk.run(["sql", "SELECT title, text, extra FROM petitions"]).ok();
    for wanted in ["Đơn khiếu nại", "Về việc thu hồi đất tại xã Hòa Bình", "§¬n khiÕu n¹i"]
    {
        assert!(rows.contains(wanted), "{wanted}: {rows}");
    }
    let found = desk.run(["search", "petitions", "khiếu nại"]);
    assert!(found.stdout.contains("Đơn khiếu nại"), "{}", found.stdout);
}

#[test]
fn legacy_cells_of_a_right_file_are_converted_and_a_wrong_encoding_is_named() {
    let desk = Desk::new();
    let file = desk.file("x.ndjson", "{\"id\":\"1\",\"title\":\"®¬n khiÕu n¹i cña c«ng d©n\"}\n{\"id\":\"2\",\"title\":\"café ở toà nhà\"}\n");
    let line = desk.run(["ingest", "petitions", &file]).last_json();
    assert_eq!(line["converted"], json!({"files": {}, "rows": 1, "cells": {"tcvn3": 1}}));
    let plain = desk.file("y.csv", "id,title\n3,Tó\n");
    let line = desk.run(["ingest", "petitions", &plain]).last_json();
    assert_eq!(line.get("converted"), None);
    let line = desk.run(["ingest", "petitions", &plain, "--encoding", "TCVN3"]).last_json();
    assert_eq!(line["converted"]["cells"], json!({"tcvn3": 1}));
    let wrong = desk.run(["ingest", "petitions", &plain, "--encoding", "latin9"]);
    assert!(wrong.stderr.contains("windows-1258"), "{}", wrong.stderr);
}

#[test]
fn a_denouncer_in_old_letters_is_found_and_taken_out() {
    let desk = Desk::new();
    let given = "id;kind;title;text;signer_name\n\
        1;denunciation;Tè c¸o;T«i lµ NguyÔn ThÞ Hoµ, xin tè c¸o «ng chñ tÞch x·;NguyÔn ThÞ Hoµ\n";
    let file = desk.file("mat.csv", given);
    let line = desk.run(["ingest", "petitions", &file]).last_json();
    assert_eq!(line["inserted"], json!(1), "{line}");
    let shown = desk.run(["sql", "SELECT title, text, extra, signer_name FROM petitions"]).ok();
    assert!(shown.contains("xin tố cáo ông chủ tịch xã"), "{shown}");
    for secret in ["Nguyễn", "Hoà", "NguyÔn", "Hoµ"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}
