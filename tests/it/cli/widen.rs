//! Other ways of writing the same: abbreviations, provinces that were merged, dates and numbers.

use super::Desk;

const LETTERS: &str = "source_id,kind,title,text\n\
    1,complaint,Đơn thứ nhất,Ủy ban nhân dân tỉnh Hà Giang ra Quyết định số 55/2022/QĐ-UBND ngày 12 tháng 5 năm 2018\n\
    2,complaint,Đơn thứ hai,UBND tỉnh Tuyên Quang trả lời ngày 12.05.2018 về GCNQSDĐ và 1.250.000 đồng\n\
    3,complaint,Đơn thứ ba,Sở Tài chính trả lời về giấy chứng nhận quyền sử dụng đất\n";

fn found(desk: &Desk, text: &str) -> Vec<String> {
    let found = desk.run(["search", "petitions", text, "--format", "csv"]).ok();
    let mut keys: Vec<String> =
        found.lines().skip(1).map(|line| line.split(',').nth(2).unwrap().to_owned()).collect();
    keys.sort();
    keys
}

#[test]
fn one_writing_finds_the_other() {
    let desk = Desk::new();
    let file = desk.file("letters.csv", LETTERS);
    desk.run(["ingest", "petitions", &file]).ok();
    let table: [(&str, &[&str]); 8] = [
        ("UBND tỉnh", &["1", "2"]),
        ("uy ban nhan dan tinh", &["1", "2"]),
        ("GCNQSDĐ", &["2", "3"]),
        ("giấy chứng nhận quyền sử dụng đất", &["2", "3"]),
        ("Hà Giang", &["1", "2"]),
        ("12/5/2018", &["1", "2"]),
        ("1250000 đồng", &["2"]),
        ("55/2022/QĐ-UBND", &["1"]),
    ];
    for (text, expected) in table {
        assert_eq!(found(&desk, text), expected, "{text}");
    }
    let run = desk.run(["search", "petitions", "Hà Giang"]);
    assert!(run.stderr.contains("“Hà Giang” cũng tìm “Tuyên Quang” (2025-07-01..)"), "{}", run.stderr);
}
