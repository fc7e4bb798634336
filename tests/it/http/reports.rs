//! Forms, digests and restatements over HTTP: the figures of every channel are the same digits.

use serde_json::{Value as Json, json};

use super::world::World;
use crate::engine::figures::GOLDEN;

#[test]
fn the_published_figures_are_the_same_bytes_in_messages_mails_and_pages() {
    let world = World::of_556_tasks();
    let commits = || world.json("/api/v1/commits")["commits"].as_array().unwrap().len();
    let before = commits();
    let templates = world.json("/api/v1/digests");
    let names: Vec<&str> =
        templates["digests"].as_array().unwrap().iter().map(|it| it["template"].as_str().unwrap()).collect();
    assert_eq!(names, ["chief_of_office", "unit_head"]);
    let page = world.get("/digests?template=chief_of_office").text();
    for (path, is_gsm) in
        [("/api/v1/digests/chief_of_office", true), ("/api/v1/digests/chief_of_office?marked=1", false)]
    {
        let answer = world.json(path);
        assert_eq!(
            (&answer["dry_run"], &answer["as_of"], &answer["commit"]),
            (&json!(true), &json!("2017-12-13"), &json!(1))
        );
        let [message] = answer["messages"].as_array().unwrap().as_slice() else { panic!("{answer}") };
        assert_eq!(message["sms_is_gsm"], is_gsm);
        let sms = message["sms"].as_str().unwrap();
        let mail = message["mail"].to_string();
        for (name, above, below, digits) in GOLDEN {
            let written = format!("{} %", digits.replace('.', ","));
            assert!(
                sms.contains(&written) && mail.contains(&written) && page.contains(&written),
                "{name}: {sms} {mail}"
            );
            let figure = world.json(&format!("/api/v1/metrics/{name}"));
            assert_eq!((&figure["numerator"], &figure["denominator"]), (&json!(above), &json!(below)));
            let figures = message["figures"].as_array().unwrap();
            assert!(figures.contains(&json!(format!("{name}={above}/{below}"))), "{figures:?}");
            assert!(message["receipts"].as_array().unwrap().contains(&figure["receipt"]), "{name}");
        }
    }
    assert_eq!(commits(), before, "a dry run writes nothing");
}

#[test]
fn a_digest_is_made_for_one_unit_or_refused() {
    let world = World::of_556_tasks();
    let all = world.json("/api/v1/digests/unit_head");
    assert_eq!(all["messages"].as_array().unwrap().len(), 24);
    let one = world.json("/api/v1/digests/unit_head?unit=S%E1%BB%9F%20Y%20t%E1%BA%BF&as_of=2017-12-13");
    let [message] = one["messages"].as_array().unwrap().as_slice() else { panic!("{one}") };
    assert_eq!(message["unit"], "Sở Y tế");
    assert!(all["messages"].as_array().unwrap().contains(message));
    for (path, status) in [
        ("/api/v1/digests/unit_hea", 404),
        ("/api/v1/digests/unit_head?marked=2", 400),
        ("/api/v1/digests/unit_head?period=2017-Q9", 400),
        ("/api/v1/digests/unit_head?snapshot=9", 404),
    ] {
        assert_eq!(world.get(path).status, status, "{path}");
    }
}

#[test]
fn a_form_is_the_same_as_json_page_and_file() {
    let csv = "source_id,kind,title,unit,received_on,resolved_on,direction,is_eligible\n\
               1,Khiếu nại,Đơn một,Sở A,2017-10-02,2017-10-20,Thụ lý,có\n\
               2,Khiếu nại,Đơn hai,Sở A,2017-10-03,,,\n";
    let world = World::with(&[("petitions", "petitions.csv", csv)]);
    let forms = world.json("/api/v1/reports");
    assert_eq!(forms["forms"].as_array().unwrap().len(), 14, "{forms}");
    let form = world.json("/api/v1/reports/xld01?period=2017-Q4");
    let total = &form["rows"].as_array().unwrap().last().unwrap()["cells"];
    let values: Vec<&Json> = ["1", "4", "5", "6", "22"].map(|column| &total[column]["value"]).into();
    assert_eq!(json!(values), json!([2, 1, 1, 1, null]));
    let code = total["1"]["receipt"].as_str().unwrap();
    let page = world.get("/reports/xld01?period=2017-Q4").text();
    assert!(page.contains(&format!("href=\"/receipts/{code}\">2</a>")), "{page}");
    let book = world.get("/api/v1/reports/xld01?period=2017-Q4&format=xlsx");
    assert!(book.body.starts_with(b"PK") && book.header("content-disposition").contains("xld01-1.xlsx"));
    let empty = world.get("/reports/tcd01?period=2017-Q4").text();
    assert!(empty.contains("Cột 1 để trống: kho này chưa nhận dữ liệu Lượt tiếp công dân."), "{empty}");
    assert_eq!(world.get("/api/v1/reports/xld01").status, 400);
    assert_eq!(world.get("/api/v1/reports/xld1?period=2017").status, 404);
}

#[test]
fn what_moved_a_closed_period_is_on_its_page() {
    let mut world = World::of_556_tasks();
    assert!(world.get("/restatements").text().contains("Chưa có kỳ nào được chốt."));
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_thanhtra"))
        .args([
            "period",
            "freeze",
            "report:2017-Q4",
            "--as-of",
            "2017-12-13",
            "--by",
            "Chánh Văn phòng",
            "--data",
        ])
        .arg(world.place())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && told.contains("2017-Q4"), "the quarter has not ended: {told}");
    world.halt();
    freeze(&world, "2017-Q3");
    world.start(true);
    let open = world.json("/api/v1/search/tasks?filter=status:open&sort=assigned_on&limit=1");
    let key = open["hits"][0]["source_id"].as_str().unwrap();
    let title = "Việc đã xong từ trước";
    let row = json!({ "source_id": key, "title": title, "status": "done", "completed_on": "2017-09-29" })
        .to_string();
    let pushed = world.post("/api/v1/ingest/tasks", "application/x-ndjson", &row);
    assert_eq!(pushed.json()["updated"], 1, "{}", pushed.text());
    let page = world.get("/restatements").text();
    assert!(page.contains("2017-Q3") && page.contains("Chánh Văn phòng") && page.contains(key), "{page}");
    let other = world.get("/restatements?metric=tasks_in_time_of_open");
    assert_eq!(other.status, 200);
    assert_eq!(world.get("/restatements?period=2016-Q1").status, 404);
}

fn freeze(world: &World, period: &str) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_thanhtra"))
        .args(["period", "freeze", period, "--by", "Chánh Văn phòng", "--data"])
        .arg(world.place())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
