//! Messages of the standard, and hostile ones.

use std::io::Cursor;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;

use proptest::prelude::*;

use super::*;
use crate::definition::catalog::{Catalog, embedded};
use crate::domain::error::Classified;
use crate::domain::limits::{EDXML_DEPTH_MAX, EDXML_ELEMENTS_MAX};
use crate::domain::record::{Record, Value};
use crate::formats::edxml::status::Status;
use crate::formats::xlsx::{InProcess, Packed, Unpack};
use crate::formats::{self, Import, Input, Options, Parsed, read};

const DOCUMENT: &str = include_str!("../../../fuzz/seeds/edxml/document");
const STATUS: &str = include_str!("../../../fuzz/seeds/edxml/status");
const ARCHIVE: &[u8] = include_bytes!("../../../fuzz/seeds/edxml/archive");

/// Keeps files in memory.
#[derive(Default)]
struct Keeping(Mutex<Vec<Vec<u8>>>);

impl Unpack for Keeping {
    fn unpack(&self, packed: Packed, file: File) -> io::Result<Box<dyn Read>> {
        InProcess.unpack(packed, file)
    }

    fn keep(&self, bytes: &[u8]) -> io::Result<Option<String>> {
        let mut kept = self.0.lock().unwrap();
        kept.push(bytes.to_vec());
        Ok(Some(format!("{:064}", kept.len())))
    }
}

fn parsed(name: &str, bytes: &[u8], unpack: &dyn Unpack) -> Result<Vec<Parsed>, formats::FormatError> {
    let catalog = Catalog::parse(embedded()).unwrap();
    let options =
        Options { map: Vec::new(), set: Vec::new(), source: "truc".into(), unpivot: false, encoding: None };
    let done = AtomicU64::new(0);
    let dataset = catalog.dataset("documents").unwrap();
    let import = Import { dataset, catalog: &catalog, options: &options, workbook: unpack, done: &done };
    let mut all = Vec::new();
    read(Input::Bytes { name, bytes }, &import, &mut |one| {
        all.push(one);
        Ok(())
    })?;
    Ok(all)
}

fn record(name: &str, text: &str) -> Record {
    let mut all = parsed(name, text.as_bytes(), &Keeping::default()).unwrap();
    match (all.pop(), all.is_empty()) {
        (Some(Parsed::Record(record)), true) => record,
        other => panic!("{other:?}"),
    }
}

fn text(record: &Record, column: &str) -> String {
    let catalog = Catalog::parse(embedded()).unwrap();
    let at = catalog.dataset("documents").unwrap().position(column).unwrap();
    match &record.values[at] {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Date(date) => date.first_day().to_string(),
        other => format!("{other:?}"),
    }
}

fn fault(bytes: &[u8]) -> (String, &'static str) {
    let error = parsed("x.edxml", bytes, &InProcess).unwrap_err();
    (error.to_string(), error.code())
}

#[test]
fn every_field_of_the_header_has_its_column() {
    let record = record("cv.edxml", DOCUMENT);
    assert_eq!(record.source_id, "000.00.00.H40,2018/05/10,315/UBND-VP1");
    for (column, expected) in [
        ("title", "V/v giải quyết đơn & báo cáo kết quả"),
        ("text", "Đề nghị báo cáo trước ngày 31/5/2018 <khẩn>."),
        ("number", "315/UBND-VP1"),
        ("issued_on", "2018-05-10"),
        ("unit", "UBND tỉnh Nam Định"),
        ("organ_id", "000.00.00.H40"),
        ("place", "Nam Định"),
        ("kind", "Công văn"),
        ("kind_code", "18"),
        ("signer", "Trần Thị Mẫu"),
        ("signer_position", "Chủ tịch"),
        ("signer_competence", "TM. UBND"),
        ("due_on", "2018-05-31"),
        ("recipients", "Sở Xây dựng; Sở Tài chính"),
        ("recipient_ids", "000.12.00.H40; 000.14.00.H40"),
        ("recipient_count", "2"),
        ("to_places", "Như trên; Lưu VT"),
        ("responds_to", "H40.14,2018/04/02,22/STC"),
        ("priority", "1"),
        ("steering", "1"),
        ("copies", "2"),
        ("pages", "3"),
        ("appendixes", "Danh sách"),
        ("business", "new"),
        ("business_reason", "Văn bản mới"),
    ] {
        assert_eq!(text(&record, column), expected, "{column}");
    }
    assert!(record.extra.contains("TypeDetail"), "what has no column is kept: {}", record.extra);
    assert_eq!(record.line, 3);
}

#[test]
fn files_are_kept_whole_and_those_not_sent_are_named() {
    let keeping = Keeping::default();
    let all = parsed("cv.edxml", DOCUMENT.as_bytes(), &keeping).unwrap();
    let Some(Parsed::Record(record)) = all.first() else { panic!("{all:?}") };
    assert_eq!(*keeping.0.lock().unwrap(), ["Toàn văn công văn 315.".as_bytes().to_vec()]);
    let files: Vec<&Record> =
        record.children.iter().filter(|(name, _)| name == "attachments").map(|(_, file)| file).collect();
    assert_eq!(files.len(), 2);
    assert!(
        files[0].values.contains(&Value::Boolean(true)) && files[1].values.contains(&Value::Boolean(false))
    );
    assert!(files[0].values.contains(&Value::Text("cong-van.txt".into())), "named by the manifest");
    // A dry run keeps nothing and says so.
    let dry = parsed("cv.edxml", DOCUMENT.as_bytes(), &InProcess).unwrap();
    let Some(Parsed::Record(record)) = dry.first() else { panic!("{dry:?}") };
    assert!(record.children.iter().all(|(_, file)| !file.values.contains(&Value::Boolean(true))));
}

#[test]
fn a_status_message_is_one_step_and_leaves_every_column_alone() {
    let record = record("tt.xml", STATUS);
    assert_eq!(record.source_id, "000.00.00.H40,2018/05/10,315/UBND-VP1");
    assert!(record.values.iter().all(|value| *value == Value::Absent), "{:?}", record.values);
    let [(name, step)] = record.children.as_slice() else { panic!("{:?}", record.children) };
    assert_eq!(name, "events");
    assert!(step.values.contains(&Value::Text("finished".into())), "{:?}", step.values);
    assert!(step.values.contains(&Value::Text("Sở Xây dựng".into())));
}

#[test]
fn a_message_that_we_write_is_read_back() {
    let status = Status {
        document_id: "H40,2018/05/10,315/UB<D>",
        to_organ_id: "H40",
        number: "315/UB<D>",
        issued_on: "2018-05-10",
        organ_id: "H41",
        organ_name: "Sở \"A & B\"",
        code: "03",
        note: "ok\u{0}\u{8}",
        at: "2018-05-11",
    };
    let record = record("tra-loi.edxml", &status::write(&status));
    assert_eq!(record.source_id, status.document_id);
    let step = &record.children[0].1;
    assert!(step.values.contains(&Value::Text("received".into())));
    assert!(step.values.contains(&Value::Text(status.organ_name.into())), "{:?}", step.values);
}

#[test]
fn an_archive_is_its_messages_in_order() {
    let all = parsed("nhieu.zip", ARCHIVE, &InProcess).unwrap();
    let lines: Vec<u64> = all
        .iter()
        .map(|one| match one {
            Parsed::Record(record) => record.line,
            Parsed::Reject(reject) => panic!("{reject:?}"),
        })
        .collect();
    assert_eq!(lines, [1, 2]);
}

#[test]
fn hostile_and_broken_messages_are_one_clear_error_with_a_line() {
    let bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"cc\">]>\n<a>&b;</a>";
    let deep = "<a>".repeat(EDXML_DEPTH_MAX + 1);
    let wide = format!("<a>{}</a>", "<b/>".repeat(EDXML_ELEMENTS_MAX));
    let unknown = "<a>\n\n&nbsp;</a>";
    let entity = "<a>&#xD800;</a>";
    let cut = &DOCUMENT[..DOCUMENT.find("<edXML:DueDate>").unwrap() + 8];
    let declared = DOCUMENT.replace("utf-8", "windows-1258");
    for (text, words) in [
        (bomb, "line 2: a document type definition"),
        (&deep, "nested deeper"),
        (&wide, "more than 100000 elements"),
        (unknown, "line 3: an entity"),
        (entity, "character reference"),
        (cut, "line "),
        (&declared, "another encoding"),
        ("<a/>", "neither a document"),
        ("<a/><b/>", "more than one root"),
    ] {
        let (message, code) = fault(text.as_bytes());
        assert_eq!(code, "file.edxml", "{message}");
        assert!(message.contains(words), "{message}");
    }
    let mut latin = DOCUMENT.as_bytes().to_vec();
    let at = latin.iter().position(|byte| *byte == b'\n').unwrap();
    latin[at + 2] = 0xFF;
    assert!(fault(&latin).0.contains("not UTF-8"), "{}", fault(&latin).0);
    assert_eq!(fault(&[0xFF, 0xFE, b'<', 0]).1, "file.wrong_type");
}

#[test]
fn a_file_that_is_no_base64_or_too_long_gives_its_message_back() {
    for (piece, rule) in
        [("VG/DoG4gdsSDbg==$", "attachment.form"), ("VG/", "attachment.form"), ("====", "attachment.form")]
    {
        let from = DOCUMENT.find("<ContentTransferEncoded>").unwrap() + 24;
        let to = DOCUMENT.find("</ContentTransferEncoded>").unwrap();
        let text = format!("{}{piece}{}", &DOCUMENT[..from], &DOCUMENT[to..]);
        let all = parsed("cv.edxml", text.as_bytes(), &Keeping::default()).unwrap();
        let [Parsed::Reject(reject)] = all.as_slice() else { panic!("{piece}: {all:?}") };
        assert_eq!((reject.reason.rule.code(), reject.line), (rule, 3), "{piece}");
        assert!(reject.cells.iter().any(|(name, _)| name == "title"), "the row is given back whole");
    }
}

#[test]
fn a_wrong_date_is_a_reject_and_a_missing_key_is_made_of_its_parts() {
    let wrong = DOCUMENT.replace("<edXML:DueDate>2018/05/31", "<edXML:DueDate>2018/02/31");
    let all = parsed("cv.edxml", wrong.as_bytes(), &InProcess).unwrap();
    let [Parsed::Reject(reject)] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(reject.reason.rule.code(), "date.impossible");
    let id = "<edXML:DocumentId>000.00.00.H40,2018/05/10,315/UBND-VP1</edXML:DocumentId>";
    let made = record("cv.edxml", &DOCUMENT.replacen(id, "", 1));
    assert_eq!(made.source_id, "000.00.00.H40,2018/05/10,315/UBND-VP1");
    let lost = DOCUMENT.replacen(id, "", 1).replace("OrganId>", "Organ>");
    let all = parsed("cv.edxml", lost.as_bytes(), &InProcess).unwrap();
    let [Parsed::Reject(reject)] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(reject.reason.rule.code(), "key.missing");
}

#[test]
fn a_child_that_stops_early_is_not_the_end_of_a_file() {
    struct Dying;
    impl Unpack for Dying {
        fn unpack(&self, _: Packed, file: File) -> io::Result<Box<dyn Read>> {
            let mut lines = Vec::new();
            to_ndjson(file, &mut lines)?;
            lines.truncate(lines.len() - 8);
            Ok(Box::new(Cursor::new(lines)))
        }
    }
    let error = parsed("cv.edxml", DOCUMENT.as_bytes(), &Dying).unwrap_err();
    assert_eq!(error.code(), "file.edxml_stopped");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_subject_and_any_file_come_through_as_they_were(
        subject in "[a-zA-ZđươạếỞ0-9 &<>/.-]{1,40}",
        bytes in proptest::collection::vec(any::<u8>(), 1..2_000),
    ) {
        let escaped = subject.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let base64 = data_encoding::BASE64.encode(&bytes);
        let message = DOCUMENT
            .replace("V/v giải quyết đơn &amp; báo cáo kết quả", &escaped)
            .replace("VG/DoG4gdsSDbiBjw7RuZyB2xINuIDMxNS4=", &base64);
        let keeping = Keeping::default();
        let all = parsed("cv.edxml", message.as_bytes(), &keeping).unwrap();
        let Some(Parsed::Record(record)) = all.first() else { panic!("{all:?}") };
        if !subject.trim().is_empty() {
            prop_assert_eq!(text(record, "title"), subject.trim());
        }
        let kept = keeping.0.lock().unwrap().clone();
        prop_assert_eq!(kept.first(), Some(&bytes));
    }
}
