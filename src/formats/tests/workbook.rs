//! Workbooks, made here part by part so that the hostile ones can be made too.

use super::*;
use crate::domain::limits::XLSX_ENTRIES_MAX;

const RELS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const STYLES: &str = r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn workbook_of(sheets: &[&str], properties: &str) -> Vec<u8> {
    let head = r#"<?xml version="1.0"?>"#;
    let list: String =
        (1..=sheets.len()).map(|n| format!(r#"<sheet name="S{n}" sheetId="{n}" r:id="rId{n}"/>"#)).collect();
    let book = format!(
        r#"{head}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">{properties}<sheets>{list}</sheets></workbook>"#
    );
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let links: String = (1..=sheets.len())
        .map(|n| {
            format!(r#"<Relationship Id="rId{n}" Type="{kind}/worksheet" Target="worksheets/sheet{n}.xml"/>"#)
        })
        .collect();
    let links = format!(
        r#"{head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}<Relationship Id="rIdS" Type="{kind}/styles" Target="styles.xml"/></Relationships>"#
    );
    let mut parts: Vec<(String, Vec<u8>)> = vec![
        ("_rels/.rels".into(), RELS.into()),
        ("xl/workbook.xml".into(), book.into()),
        ("xl/_rels/workbook.xml.rels".into(), links.into()),
        ("xl/styles.xml".into(), STYLES.into()),
    ];
    for (at, rows) in sheets.iter().enumerate() {
        let sheet = format!(
            r#"{head}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData></worksheet>"#
        );
        parts.push((format!("xl/worksheets/sheet{}.xml", at + 1), sheet.into()));
    }
    let parts: Vec<(&str, &[u8])> =
        parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    zipped(&parts)
}

fn cell(at: &str, text: &str) -> String {
    format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

fn header(row: u32) -> String {
    let names = ["Mã thư", "Hạn xử lý", "Số tiền", "Ghi chú"];
    let cells: String =
        names.iter().zip('A'..).map(|(name, letter)| cell(&format!("{letter}{row}"), name)).collect();
    format!(r#"<row r="{row}">{cells}</row>"#)
}

#[test]
fn cells_keep_their_types_and_rows_their_lines() {
    let rows = header(3)
        + r#"<row r="5"><c r="A5"><v>17</v></c><c r="B5" s="1"><v>42647</v></c><c r="C5"><f>1+1</f><v>2.5</v></c></row>"#
        + r#"<row r="6"><c r="A6" t="str"><v>x</v></c><c r="B6"><v>42647</v></c><c r="D6" t="b"><v>1</v></c></row>"#
        + &format!(
            r#"<row r="7">{}{}</row><row r="8">{}</row>"#,
            cell("A7", "y"),
            cell("B7", "5/22018"),
            cell("C8", "  ")
        )
        + &format!(r#"<row r="9">{}<c r="C9" t="e"><v>#DIV/0!</v></c></row>"#, cell("A9", "z"));
    let got = letters("x.xlsx", workbook_of(&["", &rows, &header(1)], "")).unwrap();
    assert_eq!(got.report.skipped_sheets, ["S3"]);
    let lines: Vec<(u64, &str)> =
        got.records.iter().map(|record| (record.line, record.source_id.as_str())).collect();
    assert_eq!(lines, [(5, "17"), (6, "x")]);
    for record in &got.records {
        assert!(
            matches!(record.values[1], Value::Date(date) if date.first_day().to_string() == "2016-10-04"),
            "{record:?}"
        );
    }
    assert_eq!(got.records[0].values[2], Value::Number(2.5));
    assert_eq!(got.records[1].extra, r#"{"Ghi chú":true}"#);
    assert_eq!(
        broken(&got),
        [(7, Rule::DateImpossible, "due_on".into()), (9, Rule::NumberForm, "amount".into())]
    );
}

#[test]
fn a_workbook_that_counts_from_1904_gives_the_same_days() {
    let rows = header(1)
        + r#"<row r="2"><c r="A2"><v>1</v></c><c r="B2" s="1"><v>41185</v></c></row><row r="3"><c r="A3"><v>2</v></c><c r="B3"><v>41185</v></c></row>"#;
    let got = letters("x.xlsx", workbook_of(&[&rows], r#"<workbookPr date1904="1"/>"#)).unwrap();
    for record in &got.records {
        assert!(
            matches!(record.values[1], Value::Date(date) if date.first_day().to_string() == "2016-10-04"),
            "{record:?}"
        );
    }
    assert_eq!(got.records.len(), 2);
}

#[test]
fn one_cell_in_the_last_corner_costs_one_row() {
    let rows = header(1)
        + &format!(
            r#"<row r="2">{}</row><row r="1048576">{}</row>"#,
            cell("A2", "1"),
            cell("XFD1048576", "x")
        );
    let got = letters("x.xlsx", workbook_of(&[&rows], "")).unwrap();
    assert_eq!(got.records.len(), 1);
    assert_eq!(broken(&got), [(1_048_576, Rule::Ragged, String::new())]);
}

#[test]
fn a_damaged_workbook_is_one_clear_error() {
    let whole = workbook_of(&[&header(1)], "");
    for cut in [10, whole.len() / 2, whole.len() - 5] {
        assert_eq!(fault(letters("x.xlsx", &whole[..cut])), "file.workbook", "cut at {cut}");
    }
    assert_eq!(fault(letters("x.xlsx", zipped(&[("a.txt", b"x")]))), "file.workbook");
    assert_eq!(fault(letters("x.xlsx", workbook_of(&["", ""], ""))), "file.workbook");
    let backwards = format!(r#"<row r="9">{}</row><row r="2">{}</row>"#, cell("A9", "x"), cell("A2", "y"));
    assert_eq!(fault(letters("x.xlsx", workbook_of(&[&backwards], ""))), "file.workbook");
    let torn = header(1) + "<row r=\"2\"><c r=\"A2\"><v>1</v>";
    assert_eq!(fault(letters("x.xlsx", workbook_of(&[&torn], ""))), "file.workbook");
}

#[test]
fn a_workbook_that_unzips_to_far_more_than_its_size_is_refused() {
    let blanks = vec![b' '; 24 * 1024 * 1024];
    let bomb = zipped(&[("xl/workbook.xml", &blanks)]);
    assert!(bomb.len() < 40_000, "{}", bomb.len());
    assert_eq!(fault(letters("x.xlsx", &bomb)), "file.bomb");
    let mut lying = bomb;
    let directory = lying.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    lying[directory + 24..directory + 28].copy_from_slice(&10u32.to_le_bytes());
    assert_eq!(fault(letters("x.xlsx", lying)), "file.workbook", "what it declares is not believed");
    let names: Vec<String> = (0..=XLSX_ENTRIES_MAX).map(|n| n.to_string()).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    assert_eq!(fault(letters("x.xlsx", zipped(&many))), "file.bomb");
}

#[test]
fn a_child_that_dies_is_never_the_end_of_a_table() {
    struct Dying;
    impl xlsx::Unpack for Dying {
        fn unpack(&self, _: xlsx::Packed, workbook: File) -> io::Result<Box<dyn Read>> {
            let mut lines = Vec::new();
            xlsx::to_ndjson(workbook, &mut lines)?;
            let end = lines.len() - 8;
            lines.truncate(end);
            Ok(Box::new(Cursor::new(lines)))
        }
    }
    let (catalog, done, options) = (catalog(), AtomicU64::new(0), options());
    let dataset = catalog.dataset("letters").unwrap();
    let import = Import { dataset, catalog: &catalog, options: &options, workbook: &Dying, done: &done };
    let rows = header(1) + &format!(r#"<row r="2">{}</row>"#, cell("A2", "1"));
    let bytes = workbook_of(&[&rows], "");
    let error = read(Input::Bytes { name: "x.xlsx", bytes: &bytes }, &import, &mut |_| Ok(())).unwrap_err();
    assert_eq!(error.code(), "file.workbook_stopped");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_damage_to_a_workbook_is_more_than_an_error(place in 0usize..4000, byte in any::<u8>()) {
        let mut bytes = workbook_of(&[&header(1)], "");
        let place = place % bytes.len();
        bytes[place] = byte;
        let _ = letters("x.xlsx", bytes);
    }
}
