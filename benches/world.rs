//! The data and the store that benches share: made once for a size, kept when a folder is named.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use chrono::NaiveDate;
use tempfile::TempDir;
use thanhtra::demo::{Plan, SOURCE_SYSTEM};
use thanhtra::domain::clock::SystemClock;
use thanhtra::domain::language::Language;
use thanhtra::engine::Engine;
use thanhtra::engine::ingest::{IngestOptions, IngestReport};
use thanhtra::engine::open::{Surroundings, init};
use thanhtra::engine::progress::Progress;
use thanhtra::formats;

/// The dataset that is measured.
pub(crate) const DATASET: &str = "petitions";
const SEED: u64 = 7;

/// Data and store of one size.
pub(crate) struct World {
    pub(crate) rows: u64,
    folder: PathBuf,
    _temporary: Option<TempDir>,
}

impl World {
    /// The world of `rows` petitions, in `folder` or in one that goes away.
    pub(crate) fn open(rows: u64, folder: Option<PathBuf>) -> anyhow::Result<Self> {
        let temporary = if folder.is_none() { Some(tempfile::tempdir()?) } else { None };
        let folder = match (folder, &temporary) {
            (Some(folder), _) => folder.join(rows.to_string()),
            (None, Some(temporary)) => temporary.path().to_owned(),
            (None, None) => anyhow::bail!("no folder"),
        };
        fs::create_dir_all(&folder)?;
        Ok(Self { rows, folder, _temporary: temporary })
    }

    /// A path in the world's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The petitions as a file of NDJSON.
    pub(crate) fn data(&self) -> anyhow::Result<PathBuf> {
        let path = self.path("petitions.ndjson");
        if !path.is_file() {
            let aside = self.path("petitions.part");
            let today = NaiveDate::from_ymd_opt(2026, 11, 21).context("a day")?;
            let plan = Plan::new(SEED, self.rows, today);
            let mut file = BufWriter::new(File::create(&aside)?);
            for line in plan.lines(DATASET).context("petitions are simulated")? {
                writeln!(file, "{line}")?;
            }
            file.into_inner()?.sync_all()?;
            fs::rename(&aside, &path)?;
        }
        Ok(path)
    }

    /// Lines of the data.
    pub(crate) fn lines(&self) -> anyhow::Result<impl Iterator<Item = std::io::Result<String>>> {
        Ok(BufReader::new(File::open(self.data()?)?).lines())
    }

    /// The store with all petitions in it.
    pub(crate) fn store(&self) -> anyhow::Result<PathBuf> {
        let store = self.path("store");
        if !store.is_dir() {
            let aside = self.path("store.part");
            if aside.is_dir() {
                fs::remove_dir_all(&aside)?;
            }
            let engine = new_store(&aside)?;
            ingest(&engine, &self.data()?)?;
            engine.close()?;
            fs::rename(&aside, &store)?;
        }
        Ok(store)
    }
}

/// An empty store, open for writing.
pub(crate) fn new_store(folder: &Path) -> anyhow::Result<Engine> {
    init(place(folder)?, &SystemClock)?;
    open_writing(folder)
}

/// A store, open for writing.
pub(crate) fn open_writing(folder: &Path) -> anyhow::Result<Engine> {
    Ok(Engine::open_writing(place(folder)?, surroundings()?, &Progress::default())?)
}

/// A store, open for reading.
pub(crate) fn open_reading(folder: &Path) -> anyhow::Result<Engine> {
    Ok(Engine::open_reading(place(folder)?, surroundings()?)?)
}

/// Takes a file of petitions in.
pub(crate) fn ingest(engine: &Engine, file: &Path) -> anyhow::Result<IngestReport> {
    ingest_into(engine, DATASET, SOURCE_SYSTEM, file)
}

/// Takes a file of rows of `dataset` in.
pub(crate) fn ingest_into(
    engine: &Engine,
    dataset: &str,
    source: &str,
    file: &Path,
) -> anyhow::Result<IngestReport> {
    let reading = formats::Options {
        map: Vec::new(),
        set: Vec::new(),
        source: source.to_owned(),
        unpivot: false,
        encoding: None,
    };
    let options = IngestOptions { reading, rejects: None, language: Language::Vi, dry_run: false };
    Ok(engine.ingest_file(dataset, file, &options, &Progress::default())?)
}

fn surroundings() -> anyhow::Result<Surroundings> {
    Ok(Surroundings { clock: Arc::new(SystemClock), program: std::env::current_exe()? })
}

fn place(folder: &Path) -> anyhow::Result<&str> {
    folder.to_str().context("the folder's name is not UTF-8")
}
