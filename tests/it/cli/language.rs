//! The query language at the command line: the caret, the offers.

use super::Desk;

#[test]
fn a_wrong_question_is_shown_with_a_caret_under_its_place() {
    let desk = Desk::with_petitions();
    let run = desk.run(["search", "petitions", "đất hạn:30/2/2026"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert!(lines[0].contains("30/2/2026") && lines[0].contains("ký tự thứ 9"), "{lines:?}");
    assert_eq!(lines[1..], ["đất hạn:30/2/2026", "        ^^^^^^^^^"]);
    let english = desk.run(["search", "petitions", "road AND", "--lang", "en"]).stderr;
    assert!(english.contains("AND at character 6 lacks one side. You could write: road"), "{english}");
}

#[test]
fn fields_and_days_are_asked_and_other_spellings_offered() {
    let desk = Desk::with_petitions();
    let rows = desk.run(["search", "petitions", "ngày:<7d", "--as-of", "2025-01-31", "--format", "csv"]).ok();
    assert!(rows.lines().count() == 2 && rows.contains(",2,"), "{rows}");
    let run = desk.run(["search", "petitions", "khieeus naij"]);
    assert!(run.stderr.contains("Có phải ý bạn là: khiếu nại (2 kết quả)"), "{}", run.stderr);
    let noted = desk.run(["search", "petitions", "tinhtrang:closed statuss:x"]);
    assert!(noted.stderr.contains("Không có trường “statuss”"), "{}", noted.stderr);
}
