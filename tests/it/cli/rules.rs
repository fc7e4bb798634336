//! Rules of a store on the command line, and rows of figures as workbooks.

use serde_json::json;

use super::Desk;

const CALENDAR: &str = "valid_from_on = \"2026-11-24\"\nvalid_to_on = \"2026-11-24\"\nsource = \"Luật\"\n\
    days = [{ date = \"2026-11-24\", kind = \"off\", name = \"Ngày Văn hoá\", status = \"found\" }]";

const TASKS: &str = "source_id,title,unit,assigned_on,due_on,completed_on,status\n\
    1,Việc,Sở A,2024-01-02,2024-02-01,2024-03-01,done\n";

#[test]
fn a_calendar_is_weighed_taken_and_listed() {
    let desk = Desk::with_petitions();
    let letter = "source_id,kind,title,unit,received_on\n24,Kiến nghị,Kiến nghị mới,Sở A,2026-11-16\n";
    let file = desk.file("don.csv", letter);
    desk.run(["ingest", "petitions", &file]).ok();
    let calendar = desk.file("lich-24-11.toml", CALENDAR);
    let run = desk.run(["deadline", "preview", "--calendar", &calendar, "--format", "csv"]);
    assert!(run.stderr.contains("1 bản ghi đổi hạn") && run.stderr.contains("Sở A: 1"), "{}", run.stderr);
    let rows = run.ok();
    assert!(rows.contains(",2026-11-30,2026-12-01,"), "{rows}");
    let compute = ["deadline", "compute", "TCD-1", "2026-11-16"];
    let before = desk.run(compute).last_json();
    assert_eq!(
        (&before["effective"], &before["if_unconfirmed_days_are_off"]),
        (&json!("2026-11-30"), &json!("2026-12-01"))
    );
    let taken = desk.run(["deadline", "adopt", &calendar, "--by", "Phòng Pháp chế"]).last_json();
    assert_eq!((&taken["file"], &taken["moved"]), (&json!("rules/calendar-lich-24-11.toml"), &json!(1)));
    assert_eq!(desk.run(compute).last_json()["effective"], json!("2026-12-01"));
    let changes = desk.run(["deadline", "changes", "--format", "csv"]).ok();
    assert!(changes.lines().count() == 2 && changes.contains("Phòng Pháp chế"), "{changes}");
    let again = desk.run(["deadline", "adopt", &calendar, "--by", "x"]).refused(4);
    assert!(again.contains("đang có hiệu lực"), "{again}");
    let wrong = desk.file("sai.toml", "days = 1");
    assert_ne!(desk.run(["deadline", "preview", "--calendar", &wrong]).code, 0);
}

#[test]
fn reports_rows_and_restatements_leave_as_workbooks() {
    let desk = Desk::new();
    let file = desk.file("viec.csv", TASKS);
    desk.run(["ingest", "tasks", &file]).ok();
    let book = |name: &str| std::fs::read(desk.path(name)).unwrap().starts_with(b"PK");
    desk.run(["metric", "tasks_overdue_by_unit", "--format", "xlsx", "--output", "bang.xlsx"]).ok();
    let figure = desk.run(["metric", "tasks_late_of_done", "--format", "json"]).last_json();
    let code = figure["receipt"].as_str().unwrap().to_owned();
    desk.run(["receipt", &code, "--rows", "numerator", "--format", "xlsx", "--output", "ma.xlsx"]).ok();
    assert!(desk.run(["receipt", &code]).last_json()["rules"].as_str().is_some_and(|it| it.len() == 12));
    desk.run(["period", "freeze", "2024-Q1", "--by", "Chánh Văn phòng"]).ok();
    let later = desk.file("viec.csv", TASKS.replace("2024-03-01", "2024-01-15"));
    desk.run(["ingest", "tasks", &later]).ok();
    let restated = ["period", "restatements", "2024-Q1", "tasks_late_of_done"];
    desk.run(restated.iter().chain(&["--format", "xlsx", "--output", "nay.xlsx"])).ok();
    for name in ["bang.xlsx", "ma.xlsx", "nay.xlsx"] {
        assert!(book(name), "{name}");
    }
    let explained = desk.file("giai-trinh.csv", "source_id,Giải trình\n1,Chờ ý kiến Bộ\n");
    desk.run(["ingest", "tasks", &explained]).ok();
    let rows = desk.run(["sql", "SELECT explanation, unit FROM tasks", "--format", "csv"]).ok();
    assert_eq!(
        rows, "explanation,unit\nChờ ý kiến Bộ,Sở A\n",
        "an explanation comes alone and leaves the rest"
    );
    let mut workbook = calamine::open_workbook_auto(desk.path("nay.xlsx")).unwrap();
    let sheet = calamine::Reader::worksheet_range_at(&mut workbook, 0).unwrap().unwrap();
    assert_eq!(sheet.height(), 2, "a heading and the record that now counts otherwise");
}
