//! Two systems side by side, the scorecard of sources and status messages, as people type them.

use super::Desk;

const DOCUMENT: &str = include_str!("../../../fuzz/seeds/edxml/document");

fn desk() -> Desk {
    let desk = Desk::new();
    let head = "id,title,kind,unit,received_on,status\n";
    let old = desk.file("cu.csv", format!("{head}1,Đơn một,KN,UBND xã A,2018-01-05,mới\n2,Đơn hai,KN,UBND xã A,2018-01-06,mới\n3,Đơn ba,KN,UBND xã A,2018-01-06,mới\n"));
    let new = desk.file(
        "moi.csv",
        format!("{head}1,Đơn một,KN,UBND xã A,2018-01-05,mới\n2,Đơn hai,KN,UBND xã A,2018-01-06,xong\n"),
    );
    desk.run(["ingest", "petitions", &old, "--source", "cu"]).ok();
    desk.run(["ingest", "petitions", &new, "--source", "moi"]).ok();
    desk
}

#[test]
fn two_systems_are_compared_and_a_difference_is_explained_on_the_command_line() {
    let desk = desk();
    let pair = ["--old", "cu", "--new", "moi", "--as-of", "2018-06-01"];
    let told = desk.run([&["parallel", "petitions"][..], &pair].concat());
    assert!(told.stderr.contains("Đối chiếu cu và moi"), "{}", told.stderr);
    let table = told.ok();
    assert!(table.contains("33,33 %") && table.lines().count() == 7, "{table}");
    let explain = ["--explain", "petitions_received", "--format", "csv"];
    let why = desk.run([&["parallel", "petitions"][..], &pair, &explain].concat());
    assert!(why.stderr.contains("chênh lệch 1 = 1"), "{}", why.stderr);
    let rows = why.ok();
    assert!(rows.lines().count() == 2 && rows.contains("cu,unexplained,P"), "{rows}");
    let trend = desk.run([&["parallel", "petitions"][..], &pair, &["--trend", "2"]].concat()).ok();
    assert_eq!(trend.lines().count(), 12, "{trend}");
    let wrong = desk.run(["parallel", "provinces", "--old", "cu", "--new", "moi"]).refused(3);
    assert!(wrong.contains("parallel_provinces_same_of_all"), "{wrong}");
}

#[test]
fn the_scorecard_tells_each_source_and_who_is_silent() {
    let desk = desk();
    let expected = desk.file(
        "phai-gui.csv",
        "unit,dataset,valid_from_on\nUBND xã A,petitions,2018-01-01\nUBND xã B,petitions,2018-01-01\n",
    );
    desk.run(["ingest", "expected_sources", &expected]).ok();
    let told = desk.run(["sources", "--as-of", "2018-02-01", "--format", "csv"]);
    assert!(told.stderr.contains("50,00 % trong 2 cơ quan"), "{}", told.stderr);
    let rows = told.ok();
    assert!(
        rows.lines().any(|line| line.starts_with("moi,")) && rows.lines().any(|line| line.starts_with("cu,"))
    );
    let silent = desk.run(["sources", "--silent", "--as-of", "2018-02-01", "--format", "csv"]).ok();
    assert!(silent.lines().count() == 2 && silent.contains("UBND xã B,petitions"), "{silent}");
}

#[test]
fn a_status_message_goes_out_as_a_file_that_can_be_fed() {
    let desk = Desk::new();
    let file = desk.file("cv.edxml", DOCUMENT);
    desk.run(["ingest", "documents", &file]).ok();
    let id = desk.run(["sql", "SELECT id FROM documents", "--format", "csv"]).ok();
    let id = id.lines().nth(1).unwrap().to_owned();
    let out = desk.path("tra-loi.edxml").display().to_string();
    let typed =
        ["edxml", "status", &id, "--code", "06", "--organ-id", "H40.12", "--on", "2018-05-20", "--out", &out];
    desk.run(typed).ok();
    desk.run(["ingest", "documents", &out]).ok();
    let steps = desk.run(["sql", "SELECT kind FROM events ORDER BY kind", "--format", "csv"]).ok();
    assert_eq!(steps, "kind\nfinished\nsent\n");
    let wrong = ["edxml", "status", &id, "--code", "77", "--organ-id", "H40.12", "--out", &out];
    assert!(desk.run(wrong).refused(2).contains("77"));
}
