//! SIGKILL at random instants: what was acknowledged is in, whole and once; the rest is in as a whole
//! or not at all; and the store goes on.

#![allow(clippy::print_stderr, reason = "a failing run is replayed by the seed it prints")]

use std::collections::BTreeMap;
use std::io::Read;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use serde_json::{Value as Json, json};

use crate::model::{Model, after, in_index, in_tables};
use crate::store::{Store, assert_sound, petition};

const ROUNDS: usize = 30;
const KEYS_MAX: usize = 600;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Work {
    Ingest,
    Upsert,
    Optimize,
    Rebuild,
}

const ALL: [Work; 4] = [Work::Ingest, Work::Upsert, Work::Optimize, Work::Rebuild];

struct Run {
    store: Store,
    model: Model,
    rng: Rng,
    round: usize,
    next_key: usize,
    /// How long each work takes when nobody kills it.
    usual: BTreeMap<Work, Duration>,
    killed: usize,
    acknowledged: usize,
}

#[test]
fn a_killed_process_loses_nothing_it_acknowledged_and_leaves_no_half() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let rounds =
        number("THANHTRA_CRASH_ROUNDS").map_or(ROUNDS, |rounds: u64| usize::try_from(rounds).unwrap());
    let seed = number("THANHTRA_CRASH_SEED").unwrap_or_else(|| fastrand::u64(..));
    eprintln!("{rounds} rounds; THANHTRA_CRASH_SEED={seed} replays them");
    let mut run = Run {
        store: Store::new(),
        model: Model::new(),
        rng: Rng::with_seed(seed),
        round: 0,
        next_key: 0,
        usual: BTreeMap::new(),
        killed: 0,
        acknowledged: 0,
    };
    run.measure();
    for _ in 0..rounds {
        run.round();
    }
    eprintln!(
        "{rounds} rounds: {} processes killed before they ended, {} acknowledged",
        run.killed, run.acknowledged
    );
    assert!(rounds < ROUNDS || run.killed > 0, "nothing was ever killed");
}

impl Run {
    /// Each work once, undisturbed.
    fn measure(&mut self) {
        for work in ALL {
            let rows = self.rows(work);
            let started = Instant::now();
            let done = self.command(work, &rows).output().unwrap();
            assert!(done.status.success(), "{work:?}: {}", String::from_utf8_lossy(&done.stderr));
            self.usual.insert(work, started.elapsed());
            self.model = after(&self.model, &rows);
        }
    }

    fn round(&mut self) {
        self.round += 1;
        let work = ALL[self.rng.usize(..ALL.len())];
        let rows = self.rows(work);
        let is_acknowledged = self.kill(work, &rows);
        // Now and then the process that mends what the first left is killed as well.
        if self.rng.u8(..3) == 0 {
            self.kill(Work::Optimize, &[]);
        }
        let expected = after(&self.model, &rows);
        let context = format!("round {} {work:?}, acknowledged: {is_acknowledged}", self.round);
        let engine = self.store.open();
        let found = in_tables(&engine);
        assert!(
            found == expected || (!is_acknowledged && found == self.model),
            "{context}: {} records, {} before, {} after",
            found.len(),
            self.model.len(),
            expected.len()
        );
        assert_eq!(in_index(&engine), found, "{context}");
        assert_sound(&engine);
        self.store.assert_logs(&engine);
        self.store.assert_tidy(&engine);
        engine.close().unwrap();
        self.model = found;
        self.go_on();
    }

    /// The next file goes in.
    fn go_on(&mut self) {
        let rows = [petition(0, &format!("after{}", self.round))];
        let done = self.store.feed(&rows);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        self.model = after(&self.model, &rows);
    }

    /// Starts the work, kills it, and says whether it had acknowledged.
    fn kill(&mut self, work: Work, rows: &[Json]) -> bool {
        let usual = self.usual[&work];
        let delay = usual.mul_f64(self.rng.f64() * 1.3);
        let mut child =
            self.command(work, rows).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(delay);
        child.kill().unwrap();
        let mut said = String::new();
        child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        let status = child.wait().unwrap();
        self.killed += usize::from(!status.success());
        let is_acknowledged = said.ends_with("}\n");
        self.acknowledged += usize::from(is_acknowledged);
        is_acknowledged
    }

    fn command(&self, work: Work, rows: &[Json]) -> std::process::Command {
        let file = self.store.file("rows.ndjson", rows);
        match work {
            Work::Ingest | Work::Upsert => {
                self.store.program(&["ingest", "petitions", file.to_str().unwrap()])
            }
            Work::Optimize => self.store.program(&["optimize"]),
            Work::Rebuild => self.store.program(&["rebuild-indexes"]),
        }
    }

    fn rows(&mut self, work: Work) -> Vec<Json> {
        let status = format!("r{}", self.round);
        match work {
            Work::Ingest => {
                let first = self.next_key;
                self.next_key = (first + 25) % KEYS_MAX;
                (first..first + 25).map(|key| petition(key, &status)).collect()
            }
            Work::Upsert => {
                let mut keys: Vec<usize> = (0..12).map(|_| self.rng.usize(..self.next_key.max(25))).collect();
                keys.sort_unstable();
                keys.dedup();
                let row = |key: usize| match key % 6 {
                    0 => json!({ "source_id": format!("k{key}"), "_op": "retract" }),
                    _ => petition(key, &status),
                };
                keys.into_iter().map(row).collect()
            }
            Work::Optimize | Work::Rebuild => Vec::new(),
        }
    }
}
