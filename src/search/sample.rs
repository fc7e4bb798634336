//! A small dataset and its stored batches, for the tests of this module.

pub(in crate::search) mod naive;

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Int64Array, StringArray};
use arrow::record_batch::RecordBatch;
use tempfile::TempDir;

use crate::definition::dataset::Dataset;
use crate::domain::commit::CommitVersion;
use crate::search::reader::Reader;
use crate::search::writer::Writer;

/// One row of the dataset `letters`.
#[derive(Debug, Clone, Default)]
pub(in crate::search) struct Row {
    pub(in crate::search) source_id: String,
    pub(in crate::search) kind: Option<String>,
    pub(in crate::search) unit: Option<String>,
    pub(in crate::search) title: Option<String>,
    pub(in crate::search) text: Option<String>,
    pub(in crate::search) received_on: Option<i32>,
    pub(in crate::search) signers: Option<i64>,
    pub(in crate::search) is_eligible: Option<bool>,
    pub(in crate::search) signer_name: Option<String>,
}

const DEFINITION: &str = r#"
name = "letters"
letter = "L"
headline = "title"
recency = "received_on"
label = { vi = "Thư", en = "Letters" }
describe = { vi = "Mỗi dòng là một thư.", en = "A row is a letter." }
[[columns]]
name = "kind"
type = "keyword"
label = { vi = "Loại", en = "Kind" }
facet = true
facet_under = "unit"
group = true
sort = true
[[columns]]
name = "title"
type = "text"
label = { vi = "Trích yếu", en = "Title" }
search = true
weight = 2.0
[[columns]]
name = "text"
type = "text"
label = { vi = "Nội dung", en = "Text" }
search = true
long = true
[[columns]]
name = "unit"
type = "keyword"
label = { vi = "Cơ quan", en = "Unit" }
facet = true
sort = true
[[columns]]
name = "received_on"
type = "date"
label = { vi = "Ngày nhận", en = "Received on" }
sort = true
[[columns]]
name = "signers"
type = "integer"
label = { vi = "Số người ký", en = "Signers" }
sort = true
[[columns]]
name = "is_eligible"
type = "boolean"
label = { vi = "Đủ điều kiện", en = "Eligible" }
facet = true
[[columns]]
name = "signer_name"
type = "keyword"
label = { vi = "Người đứng đơn", en = "Signer" }
class = "signer"
search = true
"#;

pub(in crate::search) fn letters() -> Dataset {
    Dataset::parse("letters.toml", DEFINITION).unwrap()
}

/// An index of `rows` in segments of three.
pub(in crate::search) fn indexed(rows: &[Row]) -> (TempDir, Reader) {
    let (dir, dataset) = (tempfile::tempdir().unwrap(), letters());
    let mut writer = Writer::open(dir.path(), &dataset, None).unwrap();
    let mut commit = CommitVersion(0);
    for rows in rows.chunks(3) {
        commit = commit.next();
        let (main, text) = batches(&dataset, rows, commit.0);
        writer.add_batch(&main, Some(&text)).unwrap();
        writer.commit(commit).unwrap();
    }
    writer.close().unwrap();
    let reader = Reader::open(dir.path(), &dataset, commit).unwrap();
    (dir, reader)
}

/// The main batch and the text batch of `rows` as written by `commit`.
pub(in crate::search) fn batches(dataset: &Dataset, rows: &[Row], commit: u64) -> (RecordBatch, RecordBatch) {
    let ids: ArrayRef = text(rows, |row| Some(dataset.id("local", &row.source_id).to_string()));
    let keys = [
        ("id", ids),
        ("source_system", text(rows, |_| Some("local".to_owned()))),
        ("source_id", text(rows, |row| Some(row.source_id.clone()))),
    ];
    let valid_from: ArrayRef = Arc::new(rows.iter().map(|_| Some(commit as i64)).collect::<Int64Array>());
    let mut main = keys.to_vec();
    main.extend([
        ("kind", text(rows, |row| row.kind.clone())),
        ("title", text(rows, |row| row.title.clone())),
        ("unit", text(rows, |row| row.unit.clone())),
        (
            "received_on",
            Arc::new(rows.iter().map(|row| row.received_on).collect::<Date32Array>()) as ArrayRef,
        ),
        ("signers", Arc::new(rows.iter().map(|row| row.signers).collect::<Int64Array>())),
        ("is_eligible", Arc::new(rows.iter().map(|row| row.is_eligible).collect::<BooleanArray>())),
        ("signer_name", text(rows, |row| row.signer_name.clone())),
        ("secrecy", text(rows, |_| Some("ordinary".to_owned()))),
        ("valid_from", Arc::clone(&valid_from)),
    ]);
    let mut long = keys.to_vec();
    long.extend([("text", text(rows, |row| row.text.clone())), ("valid_from", valid_from)]);
    let batch = |columns: Vec<(&str, ArrayRef)>| {
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
            .unwrap()
    };
    (batch(main), batch(long))
}

fn text(rows: &[Row], of: impl Fn(&Row) -> Option<String>) -> ArrayRef {
    Arc::new(rows.iter().map(of).collect::<StringArray>())
}
