//! Making, opening and recovering a store.

use std::collections::{HashMap, VecDeque};
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, RwLock};

use crate::domain::clock::Clock;
use crate::domain::commit::CommitVersion;
use crate::domain::limits::IDEMPOTENCY_SECONDS;
use crate::engine::commit::Writer;
use crate::engine::laws::KeptLaws;
use crate::engine::progress::Progress;
use crate::engine::snapshot::Snapshot;
use crate::engine::{Engine, EngineError, bases, definitions};
use crate::store::commit::{self, CommitRecord, Idempotency};
use crate::store::home::{Home, folder_of, make_folders};
use crate::store::lock::WriterLock;
use crate::store::{StoreError, recover};

/// What an engine needs from its process.
#[derive(Clone)]
pub struct Surroundings {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// This program's file, which children are started from.
    pub program: PathBuf,
}

/// The store's secret: keys of row hashes and of receipts are made from it.
pub(super) const KEY_FILE: &str = "secret.key";

/// Makes an empty store at `place`.
///
/// # Errors
/// The folder is not empty, or cannot be written.
pub fn init(place: &str, clock: &dyn Clock) -> Result<(), EngineError> {
    let folder = folder_of(place)?;
    let folder = std::path::absolute(&folder).map_err(StoreError::io("cannot make", &folder))?;
    let is_used = fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some());
    if is_used {
        return Err(StoreError::NotEmpty(place.to_owned()).into());
    }
    let parent = folder.parent().map_or_else(|| folder.clone(), std::path::Path::to_path_buf);
    fs::create_dir_all(&parent).map_err(StoreError::io("cannot make", &parent))?;
    make_folders(&parent, &folder)?;
    let home = Home::open(place)?;
    let mut key = [0u8; 32];
    getrandom::fill(&mut key).map_err(|error| {
        StoreError::io("cannot read", "the system's randomness")(std::io::Error::other(error))
    })?;
    home.put_new(KEY_FILE, data_encoding::BASE32_NOPAD.encode(&key).as_bytes())?;
    let catalog = definitions::in_force(&home)?;
    definitions::keep(&home, &catalog)?;
    CommitRecord::first(clock.now(), catalog.hash()).publish(&home)?;
    Ok(())
}

impl Engine {
    /// Opens the store at `place` for reading.
    ///
    /// # Errors
    /// There is none, or its newest record is damaged.
    pub fn open_reading(place: &str, surroundings: Surroundings) -> Result<Self, EngineError> {
        let home = Home::open(place)?;
        let snapshot = Snapshot::newest(&home)?;
        Ok(Self::assemble(home, surroundings, snapshot, None))
    }

    /// Opens the store at `place` for writing: takes the lock, mends what a crash left, rebuilds indexes
    /// that no longer fit the definitions.
    ///
    /// # Errors
    /// Another writer holds it, it is damaged, or a definition is wrong.
    pub fn open_writing(
        place: &str,
        surroundings: Surroundings,
        progress: &Progress,
    ) -> Result<Self, EngineError> {
        let home = Home::open(place)?;
        commit::newest(&home)?;
        let lock = WriterLock::take(&home)?;
        let record = recover::recover(&home)?;
        let writer = Writer {
            lock,
            hash_key: hash_key(&home)?,
            index: None,
            idempotency: remembered(&home, &record, surroundings.clock.as_ref())?,
            replaced: VecDeque::new(),
            behind: None,
            filters: Arc::default(),
        };
        let catalog = Arc::new(definitions::kept(&home, &record.definitions)?);
        let snapshot = Snapshot::of(home.clone(), record, catalog);
        let engine = Self::assemble(home, surroundings, snapshot, Some(Mutex::new(writer)));
        engine.sweep_generations()?;
        engine.adopt_definitions(progress)?;
        engine.finish_expunging()?;
        Ok(engine)
    }

    fn assemble(
        home: Home,
        surroundings: Surroundings,
        snapshot: Snapshot,
        writer: Option<Mutex<Writer>>,
    ) -> Self {
        Self {
            home,
            clock: surroundings.clock,
            program: surroundings.program,
            current: RwLock::new(Arc::new(snapshot)),
            recent: Mutex::default(),
            measures: Mutex::default(),
            laws: KeptLaws::default(),
            bases: bases::Bases::default(),
            writer,
            ruling: Mutex::default(),
            knowledge: Mutex::default(),
            keys: Mutex::default(),
            queue: Mutex::default(),
        }
    }

    /// Tells later writers at which address this process takes records.
    ///
    /// # Errors
    /// The engine only reads, or the lock file cannot be written.
    pub fn announce(&self, address: &str) -> Result<(), EngineError> {
        Ok(self.writing()?.lock.tell(Some(address.to_owned()))?)
    }

    /// Waits for merges and lets the lock go.
    ///
    /// # Errors
    /// A merge failed; the store is as committed.
    pub fn close(self) -> Result<(), EngineError> {
        if let Some(writer) = self.writer
            && let Ok(mut writer) = writer.into_inner()
            && let Some(open) = writer.index.take()
        {
            open.writer.close()?;
        }
        Ok(())
    }
}

/// The key of row hashes, from the store's secret.
fn hash_key(home: &Home) -> Result<u64, StoreError> {
    let secret = home.read(KEY_FILE)?;
    Ok(xxhash_rust::xxh3::xxh3_64(&secret))
}

/// Answers to pushes of the last days, newest records first until one is too old.
fn remembered(
    home: &Home,
    newest: &CommitRecord,
    clock: &dyn Clock,
) -> Result<HashMap<String, (i64, Idempotency)>, StoreError> {
    let oldest = clock.now().0 - IDEMPOTENCY_SECONDS * 1_000_000;
    let mut remembered = HashMap::new();
    for number in (0..=newest.commit.0).rev() {
        let Some(record) = commit::read(home, CommitVersion(number))? else { break };
        if record.at.0 < oldest {
            break;
        }
        for kept in record.idempotency {
            remembered.entry(kept.key.clone()).or_insert((record.at.0, kept));
        }
    }
    Ok(remembered)
}
