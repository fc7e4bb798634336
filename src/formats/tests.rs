//! Every format against the same records, and what hostile files come to.

use std::fs::File;
use std::io::{self, Cursor, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use proptest::prelude::*;

use super::*;
use crate::definition::catalog::Texts;
use crate::domain::limits::{COLUMNS_MAX, RECORD_BYTES_MAX};
use crate::domain::record::{Operation, Value};
use crate::formats::reject::{Reject, Rule};

mod columns;
mod packed;
mod workbook;

const LETTERS: &str = r#"
name = "letters"
letter = "L"
label = { vi = "Thư", en = "Letters" }
describe = { vi = "Mỗi dòng là một thư.", en = "A row is a letter." }
id_aliases = ["id", "mã thư"]
children = [{ field = "events", dataset = "letter_events", parent = "letter_id" }]
[[columns]]
name = "title"
type = "text"
label = { vi = "Trích yếu", en = "Title" }
aliases = ["tiêu đề"]
[[columns]]
name = "due_on"
type = "date"
due = true
label = { vi = "Hạn xử lý", en = "Due on" }
[[columns]]
name = "amount"
type = "number"
label = { vi = "Số tiền", en = "Amount" }
[[columns]]
name = "status"
type = "keyword"
label = { vi = "Trạng thái", en = "Status" }
codes = [{ code = "done", label = { vi = "Đã hoàn thành", en = "Done" } }]
[[columns]]
name = "signer_name"
type = "keyword"
class = "signer"
label = { vi = "Người đứng đơn", en = "Signer" }
"#;

const EVENTS: &str = r#"
name = "letter_events"
letter = "E"
label = { vi = "Diễn biến", en = "Events" }
describe = { vi = "Mỗi dòng là một diễn biến.", en = "A row is an event." }
key = ["letter_id", "step"]
[[columns]]
name = "letter_id"
type = "keyword"
label = { vi = "Thư", en = "Letter" }
[[columns]]
name = "step"
type = "integer"
label = { vi = "Bước", en = "Step" }
[[columns]]
name = "on"
type = "date"
label = { vi = "Ngày", en = "On" }
"#;

const READINESS: &str = r#"
name = "readiness"
letter = "R"
label = { vi = "Chỉ số", en = "Readiness" }
describe = { vi = "Mỗi dòng là một giá trị.", en = "A row is a value." }
key = ["edition", "province", "indicator"]
[[columns]]
name = "edition"
type = "keyword"
label = { vi = "Kỳ", en = "Edition" }
[[columns]]
name = "province"
type = "keyword"
label = { vi = "Tỉnh", en = "Province" }
[[columns]]
name = "indicator"
type = "keyword"
label = { vi = "Chỉ tiêu", en = "Indicator" }
[[columns]]
name = "value"
type = "number"
label = { vi = "Giá trị", en = "Value" }
"#;

fn catalog() -> Catalog {
    let texts = [("letters", LETTERS), ("letter_events", EVENTS), ("readiness", READINESS)];
    let texts: Texts = texts.map(|(name, text)| (format!("indexes/{name}.toml"), text.to_owned())).into();
    Catalog::parse(texts).unwrap()
}

fn options() -> Options {
    Options { map: Vec::new(), set: Vec::new(), source: "local".to_owned(), unpivot: false, encoding: None }
}

fn pairs(given: &[(&str, &str)]) -> Vec<(String, String)> {
    given.iter().map(|(first, second)| ((*first).to_owned(), (*second).to_owned())).collect()
}

/// What one reading gave.
#[derive(Debug)]
struct Got {
    records: Vec<Record>,
    rejects: Vec<Reject>,
    report: FileReport,
}

fn read_as(dataset: &str, input: Input<'_>, options: &Options) -> Result<Got, FormatError> {
    let (catalog, done) = (catalog(), AtomicU64::new(0));
    let dataset = catalog.dataset(dataset).unwrap();
    let import = Import { dataset, catalog: &catalog, options, workbook: &xlsx::InProcess, done: &done };
    let (mut records, mut rejects) = (Vec::new(), Vec::new());
    let mut sink = |parsed| {
        match parsed {
            Parsed::Record(record) => records.push(record),
            Parsed::Reject(reject) => rejects.push(reject),
        }
        Ok(())
    };
    let report = read(input, &import, &mut sink)?;
    assert_eq!(report.read, (records.len() + rejects.len()) as u64, "read = records + rejects");
    Ok(Got { records, rejects, report })
}

fn letters(name: &str, bytes: impl AsRef<[u8]>) -> Result<Got, FormatError> {
    read_as("letters", Input::Bytes { name, bytes: bytes.as_ref() }, &options())
}

fn fault(result: Result<Got, FormatError>) -> &'static str {
    result.map_or_else(|error| error.code(), |got| panic!("no fault but {got:?}"))
}

fn broken(got: &Got) -> Vec<(u64, Rule, String)> {
    got.rejects.iter().map(|reject| (reject.line, reject.reason.rule, reject.reason.column.clone())).collect()
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

#[test]
fn headers_match_with_or_without_marks_and_the_rest_is_kept() {
    let file = "\u{feff}MA THU;Trích yếu;han xu ly;Số tiền;Trạng thái;Ghi chú;\r\n\
                A1;  Đơn xin ;tháng 5/2018;1.234,5;đã hoàn thành;gấp;\r\n";
    let got = letters("x.csv", file).unwrap();
    let record = &got.records[0];
    assert_eq!((record.source_system.as_str(), record.source_id.as_str(), record.line), ("local", "A1", 2));
    assert_eq!(record.values[0], text("Đơn xin"));
    assert!(matches!(record.values[1], Value::Date(date) if date.last_day().to_string() == "2018-05-31"));
    assert_eq!(record.values[2], Value::Number(1234.5));
    assert_eq!(record.values[3], text("done"));
    assert_eq!(record.extra, r#"{"Ghi chú":"gấp"}"#);
    assert_eq!(got.report.unmapped, ["Ghi chú", "column_7"]);
}

#[test]
fn a_bad_row_is_given_back_whole_with_its_line_and_never_in_the_reason() {
    let file = "id,due_on,signer_name,amount\n1,5/22018,Kín,\n2,,\"a\nb\",x\n3\n,,,4\n5,4/10/16,,\n6,1/10/2016,,1\n\n,,,\n";
    let got = letters("x.csv", file).unwrap();
    let wanted = [
        (2, Rule::DateImpossible, "due_on".to_owned()),
        (3, Rule::NumberForm, "amount".to_owned()),
        (5, Rule::Ragged, String::new()),
        (6, Rule::KeyMissing, String::new()),
        (7, Rule::DateShortYear, "due_on".to_owned()),
    ];
    assert_eq!(broken(&got), wanted);
    assert_eq!(
        got.rejects[0].cells,
        pairs(&[("id", "1"), ("due_on", "5/22018"), ("signer_name", "Kín"), ("amount", "")])
    );
    assert_eq!(got.rejects[1].cells[2].1, "a\nb");
    assert_eq!((got.records.len(), got.report.read), (1, 6));
}

#[test]
fn a_mended_rejects_file_is_fed_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.csv");
    let got = letters("x.csv", "id,due_on,title\n1,31/02/2018,a\n2,1/1/2018,b,c,d\n").unwrap();
    let mut writer = reject::RejectWriter::new(&path, crate::domain::language::Language::Vi);
    got.rejects.iter().for_each(|reject| writer.write(reject).unwrap());
    writer.finish().unwrap();
    let again = read_as("letters", Input::Path(&path), &options()).unwrap();
    assert_eq!(
        broken(&again),
        [(2, Rule::DateImpossible, "due_on".into()), (3, Rule::NotMended, String::new())]
    );
    let mended = std::fs::read_to_string(&path).unwrap().replace("31/02", "28/02").replace("c,d", ",");
    let again = letters("rejects.csv", mended).unwrap();
    assert_eq!((again.records.len(), again.rejects.len()), (2, 0));
    assert!(again.report.unmapped.is_empty() && again.records[0].extra.is_empty());
}

#[test]
fn options_map_and_fill_and_what_they_name_must_exist() {
    let with = |map: &[(&str, &str)], set: &[(&str, &str)], file: &str| {
        let options = Options { map: pairs(map), set: pairs(set), source: "cu".into(), ..options() };
        read_as("letters", Input::Bytes { name: "x.csv", bytes: file.as_bytes() }, &options)
    };
    let got = with(
        &[("Khoá", "source_id"), ("ten", "title")],
        &[("status", "Done"), ("title", "trống")],
        "KHOA,ten,title\n1,a,b\n2,,c\n",
    )
    .unwrap();
    assert_eq!((got.records[0].source_id.as_str(), got.records[0].source_system.as_str()), ("1", "cu"));
    assert_eq!((&got.records[0].values[0], &got.records[0].values[3]), (&text("a"), &text("done")));
    assert_eq!(got.records[1].values[0], text("trống"));
    assert_eq!(
        got.records[1].extra, r#"{"title":"c"}"#,
        "a mapped column frees the header that else would match"
    );
    let error = with(&[("ten", "titel")], &[], "id,ten\n").unwrap_err();
    assert_eq!(error.code(), "option.unknown_column");
    assert!(error.to_string().contains("did you mean `title`"), "{error}");
    assert_eq!(fault(with(&[("tên", "title")], &[], "id,x\n")), "option.unknown_header");
    assert_eq!(fault(with(&[], &[("titel", "x")], "id\n")), "option.unknown_column");
    assert_eq!(fault(with(&[], &[("due_on", "31/02/2018")], "id\n")), "option.set_value");
    let error = with(&[], &[], "id,title,Tiêu đề\n").unwrap_err();
    assert_eq!(error.code(), "header.clash");
    assert!(error.to_string().contains("`title` and `Tiêu đề`"), "{error}");
    assert_eq!(fault(with(&[], &[], "id,x,x\n")), "header.twice");
}

#[test]
fn operations_and_systems_come_from_the_row() {
    let got = letters("x.csv", "id,source_system,_op\n1,he-cu,retract\n2,,Upsert\n3,,delete\n").unwrap();
    assert_eq!(
        (got.records[0].operation, got.records[0].source_system.as_str()),
        (Operation::Retract, "he-cu")
    );
    assert_eq!(
        (got.records[1].operation, got.records[1].source_system.as_str()),
        (Operation::Upsert, "local")
    );
    assert_eq!(broken(&got), [(4, Rule::OperationUnknown, "_op".into())]);
}

#[test]
fn arrays_become_child_records_under_their_parent() {
    let file = concat!(
        r#"{"id":"T1","events":[{"step":2,"on":"4/10/2016"},{"on":"2016-10-05","ghi chú":["x"]},{"source_id":"own"}],"tags":["a",1]}"#,
        "\n\n",
        r#"{"id":"T2","events":[{"on":"31/02/2016"}]}"#,
        "\n",
        r#"{"id":"T3","events":["x"]}"#,
        "\n",
        r#"{"id":3600300000000000100000100000000000000000}"#,
        "\n",
        r#"{"id":"T4","title":{"a":1}}"#,
        "\n",
        r#"{"id":"T5","id":"T6"}"#,
        "\n",
        r#"{"id":"T7""#,
        "\n",
        r#"{"id":8,"amount":"0,5","title":"x\u0000y"}"#,
        "\n",
        r#"{"id":9,"amount":0.5}"#,
    );
    let got = letters("x.ndjson", file).unwrap();
    let children: Vec<&str> =
        got.records[0].children.iter().map(|(_, child)| child.source_id.as_str()).collect();
    assert_eq!(children, ["T1|2", "T1#2", "own"]);
    assert!(
        got.records[0]
            .children
            .iter()
            .all(|(dataset, child)| dataset == "letter_events" && child.values[0] == text("T1"))
    );
    assert_eq!(got.records[0].children[1].1.extra, r#"{"ghi chú":["x"]}"#);
    assert_eq!(got.records[0].extra, r#"{"tags":["a",1]}"#);
    assert_eq!((got.records[1].source_id.as_str(), &got.records[1].values[2]), ("9", &Value::Number(0.5)));
    let wanted = [
        (3, Rule::DateImpossible, "events.on"),
        (4, Rule::ChildForm, "events"),
        (5, Rule::NumberInexact, "source_id"),
        (6, Rule::ValueNested, "title"),
        (7, Rule::ColumnTwice, ""),
        (8, Rule::JsonForm, ""),
        (9, Rule::TextNul, "title"),
    ];
    assert_eq!(broken(&got), wanted.map(|(line, rule, column)| (line, rule, column.to_owned())));
    assert_eq!(got.rejects[5].cells, pairs(&[("_raw", r#"{"id":"T7""#)]));
}

#[test]
fn a_record_given_back_is_read_as_the_same_record() {
    let file = r#"{"id":"T1","source_system":"s","due_on":"quý II/2019","amount":0.25,"events":[{"step":2,"on":"4/10/2016"},{"on":"5/2016"}],"tags":["a"],"_op":"retract"}"#;
    let record = letters("x.ndjson", file).unwrap().records.remove(0);
    let catalog = catalog();
    let cells = reject::given(catalog.dataset("letters").unwrap(), &catalog, &record);
    let mut again = ::csv::Writer::from_writer(Vec::new());
    again.write_record(cells.iter().map(|(name, _)| name)).unwrap();
    again.write_record(cells.iter().map(|(_, cell)| cell)).unwrap();
    let mut again = letters("x.csv", again.into_inner().unwrap()).unwrap().records.remove(0);
    (again.line, again.extra) = (record.line, again.extra.replace(r#""[\"a\"]""#, r#"["a"]"#));
    again.children.iter_mut().for_each(|(_, child)| child.line = record.line);
    assert_eq!(again, record);
}

#[test]
fn unpivot_makes_each_value_a_record_and_counts_the_empty_cells() {
    let options = Options { set: pairs(&[("edition", "2018")]), unpivot: true, ..options() };
    let read = |file: &str| {
        read_as("readiness", Input::Bytes { name: "2018.csv", bytes: file.as_bytes() }, &options)
    };
    let got = read("Province,SC11,SC12,SC13\nP01,1.26411,,x\nP02,,\"0,5\",\n").unwrap();
    let found: Vec<(&str, &Value)> =
        got.records.iter().map(|record| (record.source_id.as_str(), &record.values[3])).collect();
    assert_eq!(found, [("2018|P01|SC11", &Value::Number(1.26411)), ("2018|P02|SC12", &Value::Number(0.5))]);
    assert_eq!(broken(&got), [(2, Rule::NumberForm, "value".into())]);
    assert_eq!(got.rejects[0].cells, pairs(&[("Province", "P01"), ("SC13", "x")]));
    assert_eq!((got.report.read, got.report.empty_cells), (3, 3));
    assert!(got.report.unmapped.is_empty(), "a header that became an indicator is not unmapped");
    assert_eq!(fault(read("Province,Value\n")), "option.unpivot");
    let letters = read_as("letters", Input::Bytes { name: "x.csv", bytes: b"id\n" }, &options.clone());
    assert_eq!(fault(letters), "option.unknown_column");
}

#[test]
fn keys_with_a_bar_inside_stay_apart() {
    let file = "edition,province,indicator,value\na|b,c,d,1\na,b|c,d,1\n,,d,2\n,,,3\n";
    let got =
        read_as("readiness", Input::Bytes { name: "x.csv", bytes: file.as_bytes() }, &options()).unwrap();
    let keys: Vec<&str> = got.records.iter().map(|record| record.source_id.as_str()).collect();
    assert_eq!(keys, ["a\\|b|c|d", "a|b\\|c|d", "||d"]);
    assert_eq!(broken(&got), [(5, Rule::KeyMissing, String::new())]);
}

#[test]
fn a_file_that_is_wrong_as_a_whole_is_one_clear_error() {
    let damaged = [&b"id,title\n1,\xc4\x91\xc6\xa1n\n2,"[..], b"\xff"].concat();
    let wide = vec!["x"; COLUMNS_MAX + 1].join(",");
    let table: [(&str, &[u8], &str); 14] = [
        ("x.csv", b"", "file.empty"),
        ("x.csv", b"\n\n", "file.empty"),
        ("x.ndjson", b"", "file.empty"),
        ("x.xlsx", b"", "file.empty"),
        ("x.csv", &damaged, "file.not_utf8"),
        ("x.csv", b"id,title\n1,caf\xe9 na\xefve\n", "file.unknown_encoding"),
        ("x.csv", b"PK\x03\x04zip", "file.wrong_type"),
        ("x.ndjson", b"id,title\n", "file.wrong_type"),
        ("x.xlsx", b"id,title\n", "file.wrong_type"),
        ("x.bin", b"id,title\n", "file.unknown_type"),
        ("x.ndjson", b"[\n{}]", "file.not_lines"),
        ("x.csv", b"id,title\n1,\"a\n2,b\n", "file.open_quote"),
        ("x.csv", wide.as_bytes(), "file.many_columns"),
        ("x.xlsx", b"\xD0\xCF\x11\xE0", "file.wrong_type"),
    ];
    for (name, bytes, code) in table {
        assert_eq!(fault(letters(name, bytes)), code, "{name} {:?}", bytes.get(..9));
    }
    assert!(
        letters("x.csv", b"id,title\n1,a\n2,\xff\n").unwrap_err().to_string().contains("byte 15, line 3")
    );
    let absent = read_as("letters", Input::Path(Path::new("no such file.csv")), &options());
    assert_eq!(absent.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(letters("x.csv", "id,title\n").unwrap().report.read, 0);
}

#[test]
fn one_endless_line_stops_at_the_bound() {
    for (name, start) in [("x.csv", "id,title\n1,\""), ("x.ndjson", "{\"id\":\"")] {
        let mut bytes = start.as_bytes().to_vec();
        bytes.resize(RECORD_BYTES_MAX + 1024 * 1024, b'a');
        assert_eq!(fault(letters(name, &bytes)), "file.long_row", "{name}");
    }
}

#[test]
fn the_sinks_failure_comes_back() {
    let (catalog, done, options) = (catalog(), AtomicU64::new(0), options());
    let dataset = catalog.dataset("letters").unwrap();
    let import =
        Import { dataset, catalog: &catalog, options: &options, workbook: &xlsx::InProcess, done: &done };
    let input = Input::Bytes { name: "x.csv", bytes: b"id\n1\n" };
    let error = read(input, &import, &mut |_| Err("disk full".into())).unwrap_err();
    assert!(matches!(&error.fault, Fault::Sink(_)) && error.to_string().contains("disk full"), "{error}");
    assert_eq!(done.into_inner(), 5);
}

fn parquet_file(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ::parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn as_csv(rows: &[(u32, String, i64)], delimiter: u8, always_quoted: bool) -> Vec<u8> {
    let style = if always_quoted { ::csv::QuoteStyle::Always } else { ::csv::QuoteStyle::Necessary };
    let mut writer =
        ::csv::WriterBuilder::new().delimiter(delimiter).quote_style(style).from_writer(Vec::new());
    writer.write_record(["id", "title", "amount", "khác"]).unwrap();
    for (id, title, amount) in rows {
        writer.write_record([&id.to_string(), title, &amount.to_string(), title]).unwrap();
    }
    writer.into_inner().unwrap()
}

fn as_ndjson(rows: &[(u32, String, i64)]) -> String {
    let lines = rows.iter().map(|(id, title, amount)| {
        serde_json::json!({ "id": id.to_string(), "title": title, "amount": amount, "khác": title })
            .to_string()
            + "\r\n"
    });
    lines.collect()
}

fn as_columns(rows: &[(u32, String, i64)]) -> Vec<u8> {
    let titles: ArrayRef = Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.1)));
    parquet_file(vec![
        ("id", Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.0.to_string()))) as ArrayRef),
        ("title", titles.clone()),
        ("amount", Arc::new(arrow::array::Int64Array::from_iter_values(rows.iter().map(|row| row.2)))),
        ("khác", titles),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_same_rows_are_the_same_records_in_every_format(
        rows in prop::collection::vec((any::<u32>(), "[a-cđ ,;\t\"'\r\n\\\\]{0,12}", -1_000_000i64..1_000_000), 1..20),
        delimiter in prop::sample::select(vec![b',', b';', b'\t']),
        always_quoted in any::<bool>(),
    ) {
        let plain = |name: &str, bytes: &[u8]| {
            let got = letters(name, bytes).unwrap();
            assert!(got.rejects.is_empty(), "{:?}", got.rejects);
            got.records.into_iter().map(|record| Record { line: 0, ..record }).collect::<Vec<_>>()
        };
        let wanted = plain("x.ndjson", as_ndjson(&rows).as_bytes());
        prop_assert_eq!(wanted.len(), rows.len());
        prop_assert_eq!(&plain("x.csv", &as_csv(&rows, delimiter, always_quoted)), &wanted);
        prop_assert_eq!(&plain("x.parquet", &as_columns(&rows)), &wanted);
    }

    #[test]
    fn a_row_is_never_lost(text in "[a-b,\"\n;{}:0-9]{0,80}") {
        for name in ["x.csv", "x.ndjson"] {
            let body = if name == "x.csv" { format!("id,due_on\n{text}") } else { format!("{{\"id\":1}}\n{text}") };
            // The count is held against records and rejects inside.
            let _ = letters(name, body);
        }
    }
}
