//! What is tried on bytes that nobody wrote by hand: readers of foreign input must answer or refuse.
//!
//! Each function takes any bytes and panics only where a promise is broken. The tests run them over seeds
//! and mutations of them; `fuzz/` runs the same functions under a coverage-guided fuzzer. What needs a
//! store uses one made once for the process.

use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use thanhtra::definition::catalog::{Catalog, embedded};
use thanhtra::domain::clock::{FixedClock, Instant};
use thanhtra::domain::commit::CommitVersion;
use thanhtra::domain::language::Language;
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::engine::ingest::IngestOptions;
use thanhtra::engine::open::{Surroundings, init};
use thanhtra::engine::progress::Progress;
use thanhtra::formats::xlsx::InProcess;
use thanhtra::formats::{self, Import, Input, Parsed};
use thanhtra::search::cursor::Cursor;
use thanhtra::search::notation;
use thanhtra::search::request::Request;
use thanhtra::sql::guard;
use thanhtra::store::commit;
use thanhtra::store::home::Home;

/// A function that takes any bytes.
pub(crate) type Body = fn(&[u8]);

/// All of them, by the name of their target and of their folder of seeds.
pub(crate) const BODIES: [(&str, Body); 8] = [
    ("csv", csv),
    ("ndjson", ndjson),
    ("edxml", edxml),
    ("values", values),
    ("query", query),
    ("cursor", cursor),
    ("statement", statement),
    ("commit_record", commit_record),
];

const NOW: FixedClock = FixedClock(Instant(1_527_829_200_000_000));

/// A CSV file of petitions.
pub(crate) fn csv(data: &[u8]) {
    read("petitions", "any.csv", data);
}

/// NDJSON of petitions, with whatever stands inside them.
pub(crate) fn ndjson(data: &[u8]) {
    read("petitions", "any.ndjson", data);
}

/// An exchanged document, a status message or an archive of them.
pub(crate) fn edxml(data: &[u8]) {
    let name = if data.starts_with(b"PK") { "any.zip" } else { "any.edxml" };
    read("documents", name, data);
}

/// A text as header, date, number, flag and code.
pub(crate) fn values(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let of = |columns: &[&str]| {
        let row = columns.iter().map(|column| ((*column).to_owned(), text.into()));
        let row = row.chain([("source_id".to_owned(), "1".into()), (text.to_owned(), "x".into())]);
        serde_json::Value::Object(row.collect()).to_string()
    };
    read("tasks", "a.ndjson", of(&["assigned_on", "due_on", "completed_on", "status"]).as_bytes());
    read("readiness", "a.ndjson", of(&["value", "province", "edition"]).as_bytes());
    read("decisions", "a.ndjson", of(&["money_recovered", "was_on_time", "kind", "issued_on"]).as_bytes());
}

/// A search text, and the same text as a filter and an order.
pub(crate) fn query(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (order, direction) = notation::order(text);
    let requests = [
        Request { text: text.to_owned(), highlight: true, limit: 5, ..Request::default() },
        Request { filters: notation::filters([text]).unwrap_or_default(), limit: 5, ..Request::default() },
        Request { sort: vec![(order, direction)], limit: 5, ..Request::default() },
    ];
    for request in requests {
        if let Ok(answer) = store().search("petitions", &request, &Scope::everything()) {
            assert!(answer.hits.len() as u64 <= answer.total.value, "more hits than there are");
        }
    }
}

/// A cursor as it comes back, and one whose wrapping is sound.
pub(crate) fn cursor(data: &[u8]) {
    let given = String::from_utf8_lossy(data);
    for text in [given.into_owned(), data_encoding::BASE64URL_NOPAD.encode(data)] {
        let cursor = Some(Cursor::from_text(&text));
        let request = Request { text: "đất".to_owned(), limit: 1, cursor, ..Request::default() };
        let _ = store().search("petitions", &request, &Scope::everything());
    }
}

/// A foreign statement, as far as the guard; what it lets pass is bounded.
pub(crate) fn statement(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if guard::check(text).is_ok() {
        assert!(text.len() <= thanhtra::domain::limits::SQL_BYTES_MAX);
        let first = text.trim_start().get(..4).unwrap_or_default().to_ascii_lowercase();
        let is_read = first == "sele" || first == "with" || first.starts_with(['(', '-', '/']);
        assert!(is_read, "neither SELECT nor WITH: {text:?}");
    }
}

/// A commit record, torn or sealed.
pub(crate) fn commit_record(data: &[u8]) {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().unwrap());
    let home = Home::open(folder.path().to_str().unwrap()).unwrap();
    let seal = data_encoding::HEXLOWER.encode(&Sha256::digest(data));
    let sealed = [data, b"\n", seal.as_bytes(), b"\n"].concat();
    let commits = folder.path().join("commits");
    std::fs::create_dir_all(&commits).unwrap();
    for bytes in [data, &sealed] {
        std::fs::write(commits.join(format!("{:020}.json", 7)), bytes).unwrap();
        if let Ok(Some(record)) = commit::read(&home, CommitVersion(7)) {
            assert_eq!(record.format, commit::FORMAT, "a record of another format was read");
        }
    }
}

/// Reads a file and counts: every row is a record or a reject.
fn read(dataset: &str, name: &str, bytes: &[u8]) {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    let catalog = CATALOG.get_or_init(|| Catalog::parse(embedded()).unwrap());
    let options = reading();
    let done = AtomicU64::new(0);
    let dataset = catalog.dataset(dataset).unwrap();
    let import = Import { dataset, catalog, options: &options, workbook: &InProcess, done: &done };
    let mut rows = 0;
    let report = formats::read(Input::Bytes { name, bytes }, &import, &mut |parsed| {
        rows += 1;
        if let Parsed::Record(record) = parsed {
            assert!(!record.source_id.is_empty(), "a record without a key");
            assert_eq!(record.values.len(), dataset.columns.len());
        }
        Ok(())
    });
    if let Ok(report) = report {
        assert_eq!(report.read, rows, "a row was lost");
    }
}

fn reading() -> formats::Options {
    formats::Options {
        map: Vec::new(),
        set: Vec::new(),
        source: "local".to_owned(),
        unpivot: false,
        encoding: None,
    }
}

/// A store of three petitions.
fn store() -> &'static Engine {
    static STORE: OnceLock<(TempDir, Engine)> = OnceLock::new();
    let (_, engine) = STORE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("kho").display().to_string();
        init(&place, &NOW).unwrap();
        let surroundings = Surroundings { clock: Arc::new(NOW), program: PathBuf::from("none") };
        let engine = Engine::open_writing(&place, surroundings, &Progress::default()).unwrap();
        let rows = "source_id,kind,title,text,received_on\n\
            1,complaint,Khiếu nại đất đai,Gia đình tôi khiếu nại việc thu hồi đất,02/01/2025\n\
            2,feedback,Kiến nghị sửa đường,Đường liên thôn hư hỏng nặng,tháng 3/2025\n\
            3,denunciation,Tố cáo,Ông chủ tịch bán đất công,2025-04-01\n";
        let file = folder.path().join("rows.csv");
        std::fs::write(&file, rows).unwrap();
        let options =
            IngestOptions { reading: reading(), rejects: None, language: Language::En, dry_run: false };
        engine.ingest_file("petitions", &file, &options, &Progress::default()).unwrap();
        (folder, engine)
    });
    engine
}
