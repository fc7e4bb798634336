//! Forms, digests and restatements on the command line.

use serde_json::{Value as Json, json};

use super::Desk;

const PETITIONS: &str = "source_id,kind,title,unit,received_on,resolved_on,direction,is_eligible\n\
    1,complaint,Đơn một,Sở A,2024-01-02,2024-01-20,Thụ lý,true\n\
    2,complaint,Đơn hai,Sở A,2024-01-03,,,\n";

fn of_556_tasks() -> Desk {
    let desk = Desk::new();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tasks_556.csv");
    desk.run(["ingest", "tasks", file]).ok();
    desk
}

#[test]
fn a_form_is_filled_and_what_is_empty_is_told() {
    let desk = Desk::new();
    let file = desk.file("don.csv", PETITIONS);
    desk.run(["ingest", "petitions", &file]).ok();
    let list = desk.run(["report"]).ok();
    for name in ["tcd02", "kqgq03", "kqgq04", "xld03_2021"] {
        assert!(list.contains(name), "{name}: {list}");
    }
    let asked = ["report", "xld01", "--period", "2024-Q1"];
    let run = desk.run([&asked[..], &["--format", "json"]].concat());
    assert!(run.stderr.contains("mẫu") && run.stderr.contains("để trống: 22."), "{}", run.stderr);
    let form: Json = serde_json::from_str(&run.ok()).unwrap();
    let total = form["rows"].as_array().unwrap().last().unwrap()["cells"].clone();
    assert_eq!(
        (&total["1"]["value"], &total["4"]["value"], &total["22"]["value"]),
        (&json!(2), &json!(1), &Json::Null)
    );
    let code = total["1"]["receipt"].as_str().unwrap();
    assert_eq!(desk.run(["receipt", code]).last_json()["holds"], true);
    let table = desk.run(asked).ok();
    assert!(table.contains("Tổng số đơn phải xử lý – Tổng số") && table.contains(code), "{table}");
    desk.run([&asked[..], &["--format", "html", "--output", "bieu.html"]].concat()).ok();
    let html = std::fs::read_to_string(desk.path("bieu.html")).unwrap();
    assert!(html.contains("01/XLD") && !html.contains("<script"));
    let unfed = desk.run(["report", "tcd01", "--period", "2024-Q1", "--format", "json"]);
    assert!(unfed.stderr.contains("để trống: 1, 2, 3"), "{}", unfed.stderr);
    assert!(desk.run(["report", "xld01"]).refused(2).contains("report:2026-Q1"));
    assert!(desk.run(["report", "xld99", "--period", "2024"]).refused(3).contains("xld"));
}

#[test]
fn a_dry_run_shows_the_published_figures_and_writes_nothing() {
    let desk = of_556_tasks();
    let dry = desk.run(["digest", "chief_of_office", "--as-of", "2017-12-13", "--dry-run"]);
    let message: Json = serde_json::from_str(&dry.ok()).unwrap();
    let sms = message["sms"].as_str().unwrap();
    for share in ["32,53 %", "67,47 %", "57,65 %", "42,35 %", "23,38 %", "78,63 %"] {
        assert!(sms.contains(share) && message["mail"].to_string().contains(share), "{share}: {message}");
    }
    let rows = || desk.run(["sql", "SELECT count(*) AS n FROM outbox", "--format", "csv"]).ok();
    assert_eq!(rows(), "n\n0\n");
    let put = ["digest", "chief_of_office", "--as-of", "2017-12-13"];
    assert_eq!(desk.run(put).last_json(), json!({ "added": 2, "known": 0 }));
    assert_eq!(desk.run(put).last_json(), json!({ "added": 0, "known": 2 }));
    assert_eq!(rows(), "n\n2\n");
    let heads = desk.run(["digest", "unit_head", "--as-of", "2017-12-13", "--dry-run"]).ok();
    assert_eq!(heads.lines().count(), 24);
    assert!(desk.run(["digest", "chief", "--dry-run"]).refused(3).contains("chief_of_office"));
}

#[test]
fn what_moved_a_closed_period_is_told_by_record_and_commit() {
    let desk = of_556_tasks();
    desk.run(["period", "freeze", "2017-Q3", "--by", "Chánh Văn phòng"]).ok();
    let restated = ["period", "restatements", "2017-Q3", "tasks_done_of_all", "--format", "csv"];
    assert_eq!(desk.run(restated).ok().lines().count(), 1, "a heading");
    let open = "SELECT source_id FROM tasks WHERE status = 'open' AND assigned_on BETWEEN DATE '2017-07-01' AND DATE '2017-09-30' LIMIT 1";
    let key = desk.run(["sql", open, "--format", "csv"]).ok().lines().nth(1).unwrap().to_owned();
    let later = desk.file("bo-sung.csv", format!("source_id,status,completed_on\n{key},done,2017-09-30\n"));
    desk.run(["ingest", "tasks", &later]).ok();
    let told = desk.run(restated).ok();
    assert_eq!(told.lines().count(), 2, "{told}");
    assert!(told.contains(&key) && told.contains("bo-sung.csv"), "{told}");
    let frozen =
        desk.run(["metric", "tasks_done_of_all", "--period", "2017-Q3", "--format", "json"]).last_json();
    let now =
        ["metric", "tasks_done_of_all", "--period", "2017-Q3", "--as-of", "2017-09-30", "--format", "json"];
    let now = desk.run(now).last_json();
    assert_eq!(frozen["numerator"].as_i64().unwrap() + 1, now["numerator"].as_i64().unwrap());
    assert!(
        desk.run(["period", "restatements", "2016-Q1", "tasks_done_of_all"]).refused(3).contains("2016-Q1")
    );
}
