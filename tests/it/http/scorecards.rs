//! A unit scorecard through the API, the page and the command line of one store: the same figures, the same
//! points, the same codes, and what units say.

use std::process::Command;

use serde_json::{Value as Json, json};

use super::world::World;

const ASKED: &str = "period=2017-Q4&as_of=2017-12-13";
const UNIT_A: &str = "S%E1%BB%9F%20A";

fn csv(header: &str, rows: impl IntoIterator<Item = String>) -> String {
    format!("{header}\n{}", rows.into_iter().map(|row| row + "\n").collect::<String>())
}

/// Tasks due in the quarter: of Sở A ten (seven on time, two late, one overdue), of Sở B ten on time, of Sở C
/// four, of one commune ten on time; one without a unit.
fn tasks() -> String {
    let task = |unit: &str, number: usize, done: &str, said: &str| {
        let status = if done.is_empty() { "open" } else { "done" };
        format!("{unit}-{number},Việc {number},{unit},2017-09-01,2017-11-01,{done},{status},{said}")
    };
    let mut rows = Vec::new();
    for number in 0..10 {
        let (done, said) = match number {
            0..7 => ("2017-10-20", "xong đúng hạn không cần giải trình"),
            7 => ("2017-11-20", "Chờ ý kiến Bộ <b>"),
            8 => ("2017-11-21", ""),
            _ => ("", "Thiếu nhân lực"),
        };
        rows.push(task("Sở A", number, done, said));
        rows.push(task("Sở B", number, "2017-10-20", ""));
        rows.push(task("UBND xã D", number, "2017-10-20", ""));
    }
    rows.extend((0..4).map(|number| task("Sở C", number, "2017-10-20", "")));
    rows.push(task("", 1, "", ""));
    csv("source_id,title,unit,assigned_on,due_on,completed_on,status,explanation", rows)
}

/// Dossiers of Sở A: ten done in the quarter, one of them late; five open, one of them late.
fn dossiers() -> String {
    let row = |number: usize, due: &str, done: &str, said: &str| {
        let status = if done.is_empty() { "processing" } else { "done" };
        format!("H{number},Hồ sơ {number},Sở A,2017-10-01,{due},{done},{status},{said}")
    };
    let done = (0..10).map(|number| match number {
        0 => row(number, "2017-10-10", "2017-10-12", "Chờ bổ sung"),
        _ => row(number, "2017-10-20", "2017-10-12", ""),
    });
    let open =
        (10..15).map(|number| row(number, if number == 10 { "2017-12-01" } else { "2017-12-30" }, "", ""));
    csv("source_id,title,unit,received_on,due_on,completed_on,status,explanation", done.chain(open))
}

/// Complaints of Sở A: four closed in the quarter, one late; three open, one overdue; and a denunciation.
fn cases() -> String {
    let row = |number: usize, kind: &str, due: &str, closed: &str, said: &str| {
        let status = if closed.is_empty() { "open" } else { "closed" };
        format!("C{number},Vụ việc {number},{kind},Sở A,2017-09-01,{due},{closed},{status},{said}")
    };
    let rows = vec![
        row(1, "complaint", "2017-10-01", "2017-10-09", ""),
        row(2, "complaint", "2017-11-01", "2017-10-09", ""),
        row(3, "complaint", "2017-11-01", "2017-10-09", ""),
        row(4, "complaint", "2017-11-01", "2017-10-09", ""),
        row(5, "complaint", "2017-12-01", "", "Đang đối thoại"),
        row(6, "complaint", "2018-01-01", "", ""),
        row(7, "complaint", "2018-01-01", "", ""),
        row(8, "denunciation", "2017-10-01", "2017-10-09", "ông Kín nói"),
    ];
    csv("source_id,title,kind,unit,opened_on,due_on,closed_on,status,explanation", rows)
}

fn world() -> World {
    World::with(&[
        ("tasks", "tasks.csv", &tasks()),
        ("dossiers", "dossiers.csv", &dossiers()),
        ("cases", "cases.csv", &cases()),
    ])
}

fn unit<'a>(answer: &'a Json, name: &str) -> &'a Json {
    answer["units"].as_array().unwrap().iter().find(|unit| unit["unit"] == name).expect("the unit")
}

fn run(world: &World, more: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_thanhtra"));
    command.args([
        "scorecard",
        "unit",
        "--period",
        "2017-Q4",
        "--as-of",
        "2017-12-13",
        "--lang",
        "vi",
        "--data",
    ]);
    let output = command.arg(world.place()).args(more).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("không phải quy định của pháp luật"), "{told}");
    String::from_utf8(output.stdout).unwrap()
}

/// Line, value, above, below, weight, points.
const GOLDEN: [(&str, &str, i64, i64, &str, &str); 6] = [
    ("tasks_on_time", "70.00", 7, 10, "30.00", "15.00"),
    ("tasks_overdue", "10.00", 1, 10, "15.00", "12.00"),
    ("dossiers_late", "10.00", 1, 10, "20.00", "13.33"),
    ("dossiers_late_open", "20.00", 1, 5, "10.00", "6.00"),
    ("complaints_late", "25.00", 1, 4, "15.00", "7.50"),
    ("complaints_overdue", "33.33", 1, 3, "10.00", "4.44"),
];

#[test]
fn the_same_points_come_out_of_the_api_the_page_and_the_command_line() {
    let world = world();
    let all = world.json(&format!("/api/v1/scorecards/unit?{ASKED}"));
    assert_eq!(
        (&all["is_law"], &all["version"], &all["as_of"]),
        (&json!(false), &json!(1), &json!("2017-12-13"))
    );
    let own = unit(&all, "Sở A");
    for ((name, value, above, below, weight, points), line) in
        GOLDEN.iter().zip(own["lines"].as_array().unwrap())
    {
        let told = json!([
            line["line"],
            line["value"],
            line["numerator"],
            line["denominator"],
            line["weight"],
            line["points"]
        ]);
        assert_eq!(told, json!([name, value, above, below, weight, points]), "{name}");
    }
    assert_eq!(
        (&own["total"], &own["of"], &own["rank"], &own["ranked"]),
        (&json!("58.27"), &json!("100.00"), &json!(2), &json!(2))
    );
    let others: Vec<Json> = ["Sở B", "Sở C", "UBND xã D"]
        .map(|name| json!([unit(&all, name)["total"], unit(&all, name)["of"], unit(&all, name)["rank"]]))
        .into();
    assert_eq!(
        json!(others),
        json!([["100.00", "100.00", 1], ["0.00", "0.00", null], ["100.00", "100.00", null]]),
        "B carries all weight on tasks, C has too few, D has no peers"
    );
    assert_eq!(unit(&all, "Sở C")["lines"][0]["why_unscored"], "too_few");
    assert_eq!(all["units"].as_array().unwrap().len(), 4, "a record without a unit is in no scorecard");

    let typed: Json = serde_json::from_str(&run(&world, &["--format", "json"])).unwrap();
    assert_eq!(typed["units"], all["units"], "codes too");
    let path = format!("/api/v1/scorecards/unit?{ASKED}&format=csv");
    let table = run(&world, &["--format", "csv"]);
    assert_eq!(table, world.get(&path).text());
    assert!(table.contains("Sở A,\"Sở, cơ quan ngang sở\",58.27,100.00,2,2,dossiers_late,dossiers_late_of_done,10.00,1,10,20.00,13.33,"), "{table}");

    let page = world.get(&format!("/scorecards?{ASKED}")).text();
    assert!(
        page.contains("58,27 / 100,00") && page.contains("<td>2/2</td>") && page.contains("13,33"),
        "{page}"
    );
    assert!(page.contains("không phải quy định của pháp luật") && page.contains("không xếp hạng"), "{page}");
    let page = world.get(&format!("/scorecards/unit?{ASKED}&unit={UNIT_A}")).text();
    for (name, ..) in GOLDEN {
        let line = own["lines"].as_array().unwrap().iter().find(|line| line["line"] == name).unwrap();
        let code = line["receipt"].as_str().unwrap();
        assert!(page.contains(&format!("/receipts/{code}")), "{name}");
        let receipt = world.json(&format!("/api/v1/receipts/{code}?rows=denominator"));
        assert_eq!(receipt["holds"], true);
        assert_eq!(
            receipt["rows"].as_array().unwrap().len() as i64,
            line["denominator"].as_i64().unwrap(),
            "{name}"
        );
    }
    assert!(page.contains("Tổng điểm: 58,27 / 100,00") && !page.contains("<script"), "{page}");
}

#[test]
fn explanations_stand_beside_the_line_they_excuse_and_a_line_without_any_says_so() {
    let world = world();
    let answer = world.json(&format!("/api/v1/scorecards/unit?{ASKED}&unit={UNIT_A}"));
    assert_eq!(answer["units"].as_array().unwrap().len(), 1);
    let own = unit(&answer, "Sở A");
    assert_eq!((&own["rank"], &own["ranked"]), (&json!(2), &json!(2)), "its place among all");
    let said: Vec<Json> = own["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            let said = line["explanations"].as_array().unwrap().iter();
            said.map(|it| json!([it["source_id"], it["explanation"]])).collect()
        })
        .collect();
    let expected = json!([
        [["Sở A-7", "Chờ ý kiến Bộ <b>"], ["Sở A-9", "Thiếu nhân lực"]],
        [["Sở A-9", "Thiếu nhân lực"]],
        [["H0", "Chờ bổ sung"]],
        [],
        [],
        [["C5", "Đang đối thoại"]],
    ]);
    assert_eq!(json!(said), expected);
    let page = world.get(&format!("/scorecards/unit?{ASKED}&unit={UNIT_A}")).text();
    assert_eq!(page.matches("Không có giải trình.").count(), 2, "{page}");
    assert!(page.contains("Chờ ý kiến Bộ &lt;b&gt;") && !page.contains("không cần giải trình"), "{page}");
    assert!(!page.contains("Kín"), "what is said of a denunciation is on no scorecard");
    let table = run(&world, &["--unit", "Sở A"]);
    assert!(table.contains("Sở A-9: Thiếu nhân lực") && table.contains("Không có giải trình."), "{table}");
}

#[test]
fn a_wrong_question_is_told_and_the_formulas_are_listed() {
    let world = world();
    let formulas = world.json("/api/v1/scorecards");
    assert_eq!(
        (&formulas["scorecards"][0]["scorecard"], &formulas["scorecards"][0]["lines"]),
        (&json!("unit"), &json!(6))
    );
    let cases = [
        ("/api/v1/scorecards/units?period=2017", 404, "definition.unknown"),
        ("/api/v1/scorecards/unit?period=2015", 404, "definition.unknown"),
        ("/api/v1/scorecards/unit?period=2017-Q4&unit=S%E1%BB%9F%20X", 404, "metrics.no_unit"),
        ("/api/v1/scorecards/unit?period=2017-Q9", 400, "rules.period"),
        ("/api/v1/scorecards/unit?format=xml", 400, "http.parameter"),
        ("/api/v1/scorecards/unit?by=province", 400, "http.unknown_parameter"),
    ];
    for (path, status, code) in cases {
        let answer = world.get(path);
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (status, &json!(code)),
            "{path}: {}",
            answer.text()
        );
    }
    let usual = world.json("/api/v1/scorecards/unit");
    assert_eq!(usual["period"]["name"], "2017-Q3", "the last quarter that has ended");
    assert_eq!(usual["as_of"], "2017-09-30", "on its last day");
    assert_eq!(world.get("/scorecards/unit?period=x").status, 400);
}
