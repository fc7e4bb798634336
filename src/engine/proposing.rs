//! `duplicates run`: proposals for every petition of a snapshot, written down for the review queue.
//!
//! Two passes over the petitions in the order of their arrival: first the key index, then each petition
//! judged against the earlier ones. Parts are written as they are done, each whole or absent, so that a run that was
//! stopped goes on where it was. What comes out is a function of the records and the rules alone: parts,
//! threads and the order in which records once came have no influence. All of it can be made again.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};

use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::limits::{DUPLICATE_BATCH, PROPOSED_PART, QUEUE_KEPT_MAX};
use crate::domain::scope::Scope;
use crate::duplicates::relation::Proposed;
use crate::duplicates::weights::Weights;
use crate::engine::arrivals::Arrivals;
use crate::engine::judge::{Judge, Ready, Weighed};
use crate::engine::keyring::Keyring;
use crate::engine::papers::{Held, PETITIONS};
use crate::engine::progress::{Progress, Step};
use crate::engine::snapshot::Snapshot;
use crate::engine::{Engine, EngineError};
use crate::store::commit::{self, CommitRecord};
use crate::store::schema::TableKind;
use crate::store::{StoreError, home};
use crate::text::NORMALIZER_VERSION;

const FOLDER: &str = "proposals";
const FORMAT: u32 = 5;
const KEYS: &str = "keys.bin";
const QUEUE: &str = "queue.ndjson";
const DONE: &str = "done.json";

/// A pair that is proposed, as the queue keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// The later petition.
    pub later: String,
    /// The earlier one.
    pub earlier: String,
    /// Code of the relation proposed.
    pub relation: String,
    /// Score, in bits.
    pub score: f64,
    /// Similarity of the whole texts, 0 to 1.
    pub similarity: f64,
    /// Similarity of what is no boilerplate, 0 to 1.
    pub content: f64,
    /// Share of the smaller text that stands in the other, 0 to 1.
    pub containment: f64,
    /// The unit that holds the later petition.
    pub unit: Option<String>,
    /// The unit that holds the earlier one.
    pub earlier_unit: Option<String>,
    /// Day of its arrival.
    pub received_on: Option<String>,
    /// Day it is due, while it is open.
    pub due_on: Option<String>,
    /// Whether it is still open.
    pub is_open: bool,
}

/// A run that is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Format of its files.
    pub format: u32,
    /// The snapshot it is of.
    pub commit: CommitVersion,
    /// Petitions judged.
    pub petitions: u64,
    /// Pairs proposed.
    pub proposals: u64,
    /// Version of the weights it rests on.
    pub weights: String,
}

impl Waiting {
    fn of(later: &Held, weighed: &Weighed) -> Self {
        let owned = |column: &str| later.text(column).map(str::to_owned);
        let is_open = later.text("resolved_on").is_none();
        let earlier = &weighed.earlier.held;
        Self {
            later: later.id.to_string(),
            earlier: earlier.id.to_string(),
            relation: weighed.relation.code().to_owned(),
            score: weighed.score,
            similarity: weighed.likeness.similarity,
            content: weighed.likeness.content,
            containment: weighed.likeness.containment,
            unit: owned("unit"),
            earlier_unit: earlier.text("unit").map(str::to_owned),
            received_on: owned("received_on"),
            due_on: owned("due_on").filter(|_| is_open),
            is_open,
        }
    }

    /// Compares by urgency: related matters last, open ones first, the earliest due date, the best score.
    #[must_use]
    pub fn by_urgency(&self, other: &Self) -> std::cmp::Ordering {
        let place = |one: &Self| {
            let is_related = one.relation == Proposed::Related.code();
            (is_related, !one.is_open, one.due_on.is_none())
        };
        let by_due = place(self).cmp(&place(other)).then_with(|| self.due_on.cmp(&other.due_on));
        let by_place = by_due.then(other.score.total_cmp(&self.score));
        by_place.then_with(|| (&self.later, &self.earlier).cmp(&(&other.later, &other.earlier)))
    }
}

impl Engine {
    /// Judges every petition of the newest snapshot, or goes on with a run of it that was stopped.
    ///
    /// # Errors
    /// The engine only reads, it was told to stop, an index is damaged, or the store cannot be written.
    pub fn propose_all(&self, progress: &Progress) -> Result<Run, EngineError> {
        drop(self.writing()?);
        self.resketch_if_stale(progress)?;
        let snapshot = self.snapshot()?;
        let weights = self.weights()?;
        let place = place_of(snapshot.record(), &weights);
        if let Some(run) = self.read_run(&place)? {
            return Ok(run);
        }
        home::make_folders(self.home.folder(), &self.home.path_of(&place))?;
        progress.begin(Step::Propose);
        let arrivals = self.arrivals(&snapshot)?;
        let ids = arrivals.in_order();
        progress.rows_total.store(2 * ids.len() as u64, Ordering::Relaxed);
        let judge =
            Judge::open(self, &snapshot, Arc::default(), &Scope::everything())?.with_sketches_held()?;
        let keyring = self.keyring_of_run(&judge, &place, ids, progress)?;
        let judge = judge.with_keyring(Arc::new(keyring));
        self.write_parts(&judge, &place, &arrivals, progress)?;
        let counts = (ids.len() as u64, weights.version());
        let run = self.queued(&snapshot, &place, counts)?;
        // First the rows, then the mark that the run is done: a run without its rows is gone on with.
        self.keep_proposals(&place, &run)?;
        self.write_done(&place, &run)?;
        self.sweep_runs_but(&place)?;
        Ok(run)
    }

    /// [`Engine::propose_all`], unless the last run still stands: by the rules of today, of petitions and
    /// decisions that have not changed since. Rulings change no proposal.
    ///
    /// # Errors
    /// As [`Engine::propose_all`].
    pub fn propose_if_stale(&self, progress: &Progress) -> Result<Option<Run>, EngineError> {
        let snapshot = self.snapshot()?;
        let [petitions, ..] = judged(snapshot.record());
        if petitions == 0 || self.read_run(&place_of(snapshot.record(), &*self.weights()?))?.is_some() {
            return Ok(None);
        }
        self.propose_all(progress).map(Some)
    }

    /// Counts anew what is frequent unless that was done on these very petitions, so that nothing of the way
    /// they came is left in the answers; a run that goes on finds it done.
    fn resketch_if_stale(&self, progress: &Progress) -> Result<(), EngineError> {
        let snapshot = self.snapshot()?;
        let Some(state) = snapshot.record().sketches.get(PETITIONS) else { return Ok(()) };
        let made = state.generation.get(1..11).and_then(|number| number.parse().ok()).map(CommitVersion);
        let then = made.map(|made| commit::read(&self.home, made)).transpose()?.flatten();
        let version = |record: &CommitRecord| {
            let of = |kind: TableKind| record.tables.get(&kind.path(PETITIONS)).map(|state| state.version);
            (of(TableKind::Main), of(TableKind::Text))
        };
        let is_counted = then.is_some_and(|then| version(&then) == version(snapshot.record()));
        if state.counted == 0 || !is_counted {
            self.resketch(PETITIONS, progress)?;
        }
        Ok(())
    }

    /// The newest run that is done, with the folder it stands in.
    pub(super) fn newest_run(&self) -> Result<Option<(String, Run)>, EngineError> {
        let mut places = self.run_places();
        places.sort_unstable();
        for place in places.into_iter().rev() {
            if let Some(run) = self.read_run(&place)? {
                return Ok(Some((place, run)));
            }
        }
        Ok(None)
    }

    /// The queue of a run, urgent pairs first.
    pub(super) fn read_queue(&self, place: &str) -> Result<Vec<Waiting>, EngineError> {
        let path = format!("{place}/{QUEUE}");
        read_lines(&path, &self.home.read(&path)?)
    }

    /// The key index of a run.
    pub(super) fn read_keyring(&self, place: &str) -> Result<Keyring, EngineError> {
        let path = format!("{place}/{KEYS}");
        let found = Keyring::decode(&self.home.read(&path)?);
        Ok(found
            .ok_or_else(|| StoreError::damaged(&path, "run `thanhtra duplicates run` again".to_owned()))?)
    }

    fn read_run(&self, place: &str) -> Result<Option<Run>, EngineError> {
        let path = format!("{place}/{DONE}");
        let Some(bytes) = self.home.read_if_there(&path)? else { return Ok(None) };
        let run: Result<Run, _> = serde_json::from_slice(&bytes);
        let run = run.map_err(|error| StoreError::damaged(&path, error.to_string()))?;
        Ok(Some(run).filter(|run| run.format == FORMAT))
    }

    fn keyring_of_run(
        &self,
        judge: &Judge<'_>,
        place: &str,
        ids: &[RecordId],
        progress: &Progress,
    ) -> Result<Keyring, EngineError> {
        if self.home.read_if_there(&format!("{place}/{KEYS}"))?.is_some() {
            progress.add_rows(ids.len());
            return self.read_keyring(place);
        }
        // Backwards, so that the first petitions are at hand when judging begins with them.
        let parts: Vec<&[RecordId]> = ids.chunks(PROPOSED_PART).rev().collect();
        let found = in_parallel(progress, &parts, &|part| {
            let mut keys: Vec<(u64, RecordId)> = Vec::new();
            for few in part.chunks(DUPLICATE_BATCH) {
                keys.extend(judge.made_ready(few)?.iter().flat_map(|ready| keys_of(ready)));
            }
            progress.add_rows(part.len());
            Ok(keys)
        })?;
        let keyring = Keyring::of(found.into_iter().flatten().collect());
        self.home.put_over(&format!("{place}/{KEYS}"), &keyring.encode())?;
        Ok(keyring)
    }

    fn write_parts(
        &self,
        judge: &Judge<'_>,
        place: &str,
        arrivals: &Arrivals,
        progress: &Progress,
    ) -> Result<(), EngineError> {
        let parts: Vec<(usize, &[RecordId])> =
            arrivals.in_order().chunks(PROPOSED_PART).enumerate().collect();
        in_parallel(progress, &parts, &|(number, part)| {
            let path = part_path(place, *number);
            if self.home.read_if_there(&path)?.is_none() {
                let lines = judge.lines(part, arrivals, progress)?;
                self.home.put_over(&path, lines.as_bytes())?;
            }
            progress.add_rows(part.len());
            Ok(())
        })?;
        Ok(())
    }

    /// Writes the queue of the run.
    fn queued(
        &self,
        snapshot: &Snapshot,
        place: &str,
        (petitions, weights): (u64, String),
    ) -> Result<Run, EngineError> {
        let (mut queue, mut proposals) = (Vec::<Waiting>::new(), 0);
        for number in 0..parts_of(petitions) {
            let path = part_path(place, number);
            let part: Vec<Waiting> = read_lines(&path, &self.home.read(&path)?)?;
            proposals += part.len() as u64;
            queue.extend(part);
            if queue.len() > 2 * QUEUE_KEPT_MAX {
                queue.sort_by(Waiting::by_urgency);
                queue.truncate(QUEUE_KEPT_MAX);
            }
        }
        queue.sort_by(Waiting::by_urgency);
        queue.truncate(QUEUE_KEPT_MAX);
        let lines: Result<Vec<String>, _> = queue.iter().map(serde_json::to_string).collect();
        let path = format!("{place}/{QUEUE}");
        let lines = lines.map_err(|error| StoreError::damaged(&path, error.to_string()))?;
        self.home.put_over(&path, lines.join("\n").as_bytes())?;
        Ok(Run { format: FORMAT, commit: snapshot.version(), petitions, proposals, weights })
    }

    fn write_done(&self, place: &str, run: &Run) -> Result<(), EngineError> {
        let path = format!("{place}/{DONE}");
        let bytes = serde_json::to_vec(run).map_err(|error| StoreError::damaged(&path, error.to_string()))?;
        Ok(self.home.put_over(&path, &bytes)?)
    }

    /// Every proposal of the run in `place`, in the order of the later petition's id.
    pub(super) fn each_proposal(
        &self,
        place: &str,
        run: &Run,
        each: &mut dyn FnMut(Waiting) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        for number in 0..parts_of(run.petitions) {
            let path = part_path(place, number);
            read_lines(&path, &self.home.read(&path)?)?.into_iter().try_for_each(&mut *each)?;
        }
        Ok(())
    }

    fn run_places(&self) -> Vec<String> {
        let root = format!("{FOLDER}/{PETITIONS}");
        let Ok(entries) = fs::read_dir(self.home.path_of(&root)) else { return Vec::new() };
        entries.flatten().map(|entry| format!("{root}/{}", entry.file_name().display())).collect()
    }

    /// Removes all other runs; nothing reads them once this one is done.
    fn sweep_runs_but(&self, place: &str) -> Result<(), EngineError> {
        for earlier in self.run_places().into_iter().filter(|earlier| earlier != place) {
            let path = self.home.path_of(&earlier);
            fs::remove_dir_all(&path).map_err(StoreError::io("cannot remove", &path))?;
        }
        Ok(())
    }
}

impl Judge<'_> {
    /// The proposals of some petitions, a line each.
    fn lines(
        &self,
        ids: &[RecordId],
        arrivals: &Arrivals,
        progress: &Progress,
    ) -> Result<String, EngineError> {
        let mut lines = String::new();
        for few in ids.chunks(DUPLICATE_BATCH) {
            if progress.is_stopped() {
                return Err(EngineError::Stopped);
            }
            for waiting in self.waiting(few, Some(arrivals))? {
                let line = serde_json::to_string(&waiting);
                lines.push_str(&line.map_err(|error| StoreError::damaged(FOLDER, error.to_string()))?);
                lines.push('\n');
            }
        }
        Ok(lines)
    }

    /// What is proposed between each of `ids` and the petitions before it. When it is known when all came,
    /// those that came later are not read.
    pub(super) fn waiting(
        &self,
        ids: &[RecordId],
        arrivals: Option<&Arrivals>,
    ) -> Result<Vec<Waiting>, EngineError> {
        let mut waiting = Vec::new();
        for later in self.made_ready(ids)? {
            let id = later.held.id;
            let weighed =
                self.weighed(&later, &|other| arrivals.is_none_or(|all| all.is_before(other, id)))?;
            let told = weighed.iter().filter(|weighed| weighed.relation != Proposed::Unrelated);
            waiting.extend(told.map(|weighed| Waiting::of(&later.held, weighed)));
        }
        Ok(waiting)
    }
}

/// The keys of a petition, for a key index.
pub(super) fn keys_of(ready: &Ready) -> impl Iterator<Item = (u64, RecordId)> {
    let id = ready.held.id;
    ready.asked.keys().iter().map(move |key| (*key, id))
}

/// Files of a run of so many petitions.
fn parts_of(petitions: u64) -> usize {
    usize::try_from(petitions).unwrap_or(usize::MAX).div_ceil(PROPOSED_PART)
}

/// Versions of the tables by which petitions are judged, the petitions first; 0 for one that is not there.
fn judged(record: &CommitRecord) -> [u64; 4] {
    let by = [
        (PETITIONS, TableKind::Main),
        (PETITIONS, TableKind::Text),
        (PETITIONS, TableKind::Identity),
        ("decisions", TableKind::Main),
    ];
    by.map(|(dataset, kind)| record.tables.get(&kind.path(dataset)).map_or(0, |state| state.version + 1))
}

/// Where the run over the tables of a commit stands; another one when one of them changes, for other weights
/// or another normaliser. What else is committed, rulings and the proposals themselves, changes no proposal.
fn place_of(record: &CommitRecord, weights: &Weights) -> String {
    format!("{FOLDER}/{PETITIONS}/{:010}-{}", judged(record).iter().sum::<u64>(), rules(weights))
}

fn rules(weights: &Weights) -> String {
    let rules = format!("{FORMAT} {NORMALIZER_VERSION} {}", weights.to_toml());
    format!("{:016x}", xxhash_rust::xxh3::xxh3_64(rules.as_bytes()))
}

fn part_path(place: &str, number: usize) -> String {
    format!("{place}/part-{number:06}.ndjson")
}

fn read_lines(path: &str, bytes: &[u8]) -> Result<Vec<Waiting>, EngineError> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let lines: Result<Vec<Waiting>, _> = lines.map(serde_json::from_slice).collect();
    Ok(lines.map_err(|error| StoreError::damaged(path, error.to_string()))?)
}

/// Does `work` on every item with the processors it may take; results come in the order of the items.
fn in_parallel<T: Sync, R: Send>(
    progress: &Progress,
    items: &[T],
    work: &(dyn Fn(&T) -> Result<R, EngineError> + Sync),
) -> Result<Vec<R>, EngineError> {
    let next = AtomicUsize::new(0);
    let walk = || {
        let mut done = Vec::new();
        while let Some((place, item)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|place| Some((place, items.get(place)?)))
        {
            if progress.is_stopped() {
                return Err(EngineError::Stopped);
            }
            done.push((place, work(item)?));
        }
        Ok::<_, EngineError>(done)
    };
    let done = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..progress.threads()).map(|_| scope.spawn(walk)).collect();
        let joined = threads.into_iter().map(|thread| thread.join().unwrap_or(Err(EngineError::WriterGone)));
        joined.collect::<Result<Vec<_>, _>>()
    })?;
    let mut done: Vec<(usize, R)> = done.into_iter().flatten().collect();
    done.sort_by_key(|(place, _)| *place);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}
