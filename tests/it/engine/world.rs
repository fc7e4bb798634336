//! A store of its own for each test, and short ways to feed it and to ask it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use thanhtra::definition::query::Query;
use thanhtra::domain::clock::{FixedClock, Instant};
use thanhtra::domain::commit::CommitVersion;
use thanhtra::domain::id::RecordId;
use thanhtra::domain::language::{Label, Language};
use thanhtra::domain::scope::Scope;
use thanhtra::engine::ingest::{IngestOptions, IngestReport};
use thanhtra::engine::open::{Surroundings, init};
use thanhtra::engine::progress::Progress;
use thanhtra::engine::{Engine, EngineError};
use thanhtra::formats::Options;
use thanhtra::search::request::{Answer, Request};
use thanhtra::sql::vetted;
use thanhtra::store::commit::Counts;

use crate::sql::world::{cells, program};

/// Noon of 2018-06-01 in Vietnam.
const NOW: FixedClock = FixedClock(Instant(1_527_829_200_000_000));

/// A data directory under an awkward name, and a folder for files to feed.
pub(crate) struct World {
    folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let world = Self { folder: TempDir::with_prefix("kho dữ liệu ~%41[1]").unwrap() };
        init(&world.place(), &NOW).unwrap();
        fs::create_dir(world.folder.path().join("files")).unwrap();
        world
    }

    pub(crate) fn place(&self) -> String {
        self.data().to_str().unwrap().to_owned()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn open(&self) -> Engine {
        self.try_open().unwrap()
    }

    pub(crate) fn try_open(&self) -> Result<Engine, EngineError> {
        Engine::open_writing(&self.place(), surroundings(), &Progress::default())
    }

    pub(crate) fn reading(&self) -> Engine {
        Engine::open_reading(&self.place(), surroundings()).unwrap()
    }

    /// A file of these bytes.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join("files").join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Feeds NDJSON rows.
    pub(crate) fn feed(&self, engine: &Engine, dataset: &str, rows: &[Json]) -> IngestReport {
        let path = self.file("rows.ndjson", ndjson(rows).as_bytes());
        engine.ingest_file(dataset, &path, &options(), &Progress::default()).unwrap()
    }

    /// Writes a definition into the store's overlay.
    pub(crate) fn define(&self, name: &str, text: &str) {
        let folder = self.data().join("definitions/indexes");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), text).unwrap();
    }

    /// Every file of the data directory below `folder`, by its path inside it, with its bytes.
    pub(crate) fn bytes_below(&self, folder: &str) -> Vec<(String, Vec<u8>)> {
        let mut found = Vec::new();
        walk(&self.data().join(folder), &mut |path| {
            let name = path.strip_prefix(self.data()).unwrap().to_str().unwrap().to_owned();
            found.push((name, fs::read(path).unwrap()));
        });
        found.sort();
        found
    }
}

fn walk(folder: &Path, each: &mut dyn FnMut(&Path)) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() { walk(&entry.path(), each) } else { each(&entry.path()) }
    }
}

fn surroundings() -> Surroundings {
    Surroundings { clock: Arc::new(NOW), program: program() }
}

pub(crate) fn options() -> IngestOptions {
    let reading = Options {
        map: Vec::new(),
        set: Vec::new(),
        source: "local".to_owned(),
        unpivot: false,
        encoding: None,
    };
    IngestOptions { reading, rejects: None, language: Language::En, dry_run: false }
}

pub(crate) fn ndjson(rows: &[Json]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

/// A complaint with this key, changed by `with`.
pub(crate) fn petition(key: &str, with: Json) -> Json {
    let mut row = json!({
        "source_id": key,
        "kind": "complaint",
        "title": format!("Khiếu nại số {key} về thu hồi đất"),
        "text": format!("Kính gửi Ủy ban nhân dân. Tôi khiếu nại việc thu hồi thửa đất số {key} tại xã Đông Hòa."),
        "unit": "Sở A",
        "status": "mới",
        "received_on": "2018-05-02",
    });
    for (name, value) in with.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

pub(crate) fn petitions(keys: std::ops::Range<usize>) -> Vec<Json> {
    keys.map(|key| petition(&format!("k{key}"), json!({}))).collect()
}

/// Inserted, updated, unchanged, rejected; their sum is what was read.
pub(crate) fn counted(counts: Counts) -> (u64, u64, u64, u64) {
    assert_eq!(counts.read, counts.inserted + counts.updated + counts.unchanged + counts.rejected);
    (counts.inserted, counts.updated, counts.unchanged, counts.rejected)
}

/// The answer of a statement run in the child, as text.
pub(crate) fn sql(engine: &Engine, statement: &str, at: Option<CommitVersion>) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let sink = &mut |batch: &RecordBatch| {
        rows.extend(cells(std::slice::from_ref(batch)));
        Ok(())
    };
    engine.sql(statement, at, &Scope::everything(), sink).unwrap();
    rows
}

/// The answer of a statement run in this process: the same plan, without a child's start.
pub(crate) fn asked(
    engine: &Engine,
    table: &str,
    statement: &str,
    at: Option<CommitVersion>,
) -> Vec<Vec<String>> {
    let snapshot = engine.snapshot().unwrap();
    let tables = engine.tables(&snapshot, at.unwrap_or(snapshot.version()), &Scope::everything()).unwrap();
    let query = Query {
        name: "test".to_owned(),
        version: 1,
        title: Label::default(),
        counts: table.to_owned(),
        parameters: Vec::new(),
        tables: vec![table.to_owned()],
        columns: Vec::new(),
        sql: statement.to_owned(),
        ..Query::default()
    };
    cells(&vetted::run(&query, &tables, &[]).unwrap())
}

pub(crate) fn search(engine: &Engine, dataset: &str, text: &str) -> Answer {
    let request = Request { text: text.to_owned(), limit: 100, ..Request::default() };
    engine.search(dataset, &request, &Scope::everything()).unwrap()
}

pub(crate) fn id(engine: &Engine, dataset: &str, key: &str) -> RecordId {
    engine.snapshot().unwrap().dataset(dataset).unwrap().id("local", key)
}

/// How often a property is tried whose every case asks hundreds of statements; more by a variable.
pub(crate) fn slow_cases() -> u32 {
    std::env::var("THANHTRA_SLOW_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(2)
}

/// `verify` finds nothing.
pub(crate) fn assert_sound(engine: &Engine) {
    let found = engine.verify(&Progress::default()).unwrap();
    assert_eq!(found.problems, Vec::<String>::new());
}
