//! A store on disk, the real program over it, and an engine in this process that looks at it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use serde_json::{Value as Json, json};
use tempfile::TempDir;
use thanhtra::domain::clock::SystemClock;
use thanhtra::engine::open::{Surroundings, init};
use thanhtra::engine::progress::Progress;
use thanhtra::engine::{Engine, EngineError};
use thanhtra::store::recover::named_files;

/// A data directory and a folder for files to feed.
pub(crate) struct Store {
    folder: TempDir,
    data: PathBuf,
}

impl Store {
    pub(crate) fn new() -> Self {
        let store = Self::empty();
        init(store.place(), &SystemClock).unwrap();
        store
    }

    /// A folder where no store is yet.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        Self { folder, data }
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    pub(crate) fn place(&self) -> &str {
        self.data.to_str().unwrap()
    }

    pub(crate) fn copy(&self) -> Self {
        let copy = Self::empty();
        copy_tree(&self.data, &copy.data);
        copy
    }

    pub(crate) fn file(&self, name: &str, rows: &[Json]) -> PathBuf {
        let path = self.folder.path().join(name);
        let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
        fs::write(&path, text).unwrap();
        path
    }

    /// The program with these words, its language English.
    pub(crate) fn program(&self, words: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.args(words).args(["--data", self.place(), "--lang", "en", "--progress", "none"]);
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Output {
        self.program(words).output().unwrap()
    }

    pub(crate) fn feed(&self, rows: &[Json]) -> Output {
        let file = self.file("rows.ndjson", rows);
        self.run(&["ingest", "petitions", file.to_str().unwrap()])
    }

    pub(crate) fn open(&self) -> Engine {
        self.try_open().unwrap()
    }

    pub(crate) fn try_open(&self) -> Result<Engine, EngineError> {
        Engine::open_writing(self.place(), surroundings(), &Progress::default())
    }

    pub(crate) fn reading(&self) -> Engine {
        Engine::open_reading(self.place(), surroundings()).unwrap()
    }

    /// Files below `folder`, as paths inside the data directory.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let mut found = Vec::new();
        walk(&self.data.join(folder), &mut |path| {
            found.push(path.strip_prefix(&self.data).unwrap().to_str().unwrap().to_owned());
        });
        found.sort();
        found
    }

    /// Nothing stands there that no commit a reader may hold names.
    pub(crate) fn assert_tidy(&self, engine: &Engine) {
        let mut named = std::collections::BTreeSet::new();
        for record in engine.commits(17).unwrap() {
            named.extend(named_files(&record));
        }
        for file in self.files("") {
            assert!(!file.ends_with(".staged"), "{file}");
            assert!(!file.starts_with("staging/"), "{file}");
            let is_data = file.ends_with(".parquet") && !file.contains("/_delta_log/");
            assert!(!is_data || named.contains(&file), "{file} belongs to no commit");
        }
    }

    /// Every table's log ends at the version its record says.
    pub(crate) fn assert_logs(&self, engine: &Engine) {
        let snapshot = engine.snapshot().unwrap();
        for (table, state) in &snapshot.record().tables {
            let logs = self.files(&format!("{table}/_delta_log"));
            let versions = logs.iter().filter_map(|log| {
                Path::new(log).file_name()?.to_str()?.strip_suffix(".json")?.parse::<u64>().ok()
            });
            let versions: Vec<u64> = versions.collect();
            let expected: Vec<u64> = (0..=state.version).collect();
            assert_eq!(versions, expected, "{table}");
        }
    }
}

pub(crate) fn assert_sound(engine: &Engine) {
    let found = engine.verify(&Progress::default()).unwrap();
    assert_eq!(found.problems, Vec::<String>::new());
}

pub(crate) fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_thanhtra"))
}

fn surroundings() -> Surroundings {
    Surroundings { clock: Arc::new(SystemClock), program: program() }
}

/// A petition whose text is long enough to be sketched.
pub(crate) fn petition(key: usize, status: &str) -> Json {
    json!({
        "source_id": format!("k{key}"),
        "kind": if key.is_multiple_of(5) { "denunciation" } else { "complaint" },
        "title": format!("Đơn số {key} về đất đai"),
        "text": format!("Kính gửi Ủy ban nhân dân xã, tôi đề nghị xem xét việc thu hồi thửa đất {key} lần {status} \
                         để làm đường mà chưa bồi thường cho gia đình tôi."),
        "signer_name": format!("Nguyễn Mẫu {key}"),
        "status": status,
    })
}

pub(crate) fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub(crate) fn walk(folder: &Path, each: &mut dyn FnMut(&Path)) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() { walk(&entry.path(), each) } else { each(&entry.path()) }
    }
}
