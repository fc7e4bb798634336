//! `update`: 10,000 records with a new status in one commit, then records pushed one at a time.
//!
//! The store is changed; bytes written are those handed to write calls, merges included.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};
use serde_json::{Map, Value as Json};
use thanhtra::demo::SOURCE_SYSTEM;
use thanhtra::domain::language::Language;
use thanhtra::engine::Engine;
use thanhtra::engine::push::Push;
use thanhtra::engine::queue::PushQueue;

use crate::meter::{Meter, quantile, timed};
use crate::table::{Table, grouped, mib, millis, times};
use crate::world::{DATASET, World, ingest, open_writing};

const UPDATES: usize = 10_000;
const PUSHES: usize = 200;

/// Runs the bench.
pub(crate) fn run(world: &World) -> anyhow::Result<()> {
    let store = world.store()?;
    let rows = usize::try_from(world.rows)?;
    let mut rng = fastrand::Rng::with_seed(u64::from(std::process::id()));
    let updated = rng.choose_multiple(0..rows, UPDATES.min(rows));
    let pushed = rng.choose_multiple(0..rows, PUSHES.min(rows));
    let (updates, pushes) = (changed(world, updated, "A")?, changed(world, pushed, "B")?);
    let file = world.path("updates.ndjson");
    let mut to = BufWriter::new(File::create(&file)?);
    for line in &updates {
        writeln!(to, "{line}")?;
    }
    to.into_inner()?.sync_all()?;
    let engine = open_writing(&store)?;
    let size = current_bytes(&engine)?;
    let meter = Meter::start();
    let report = ingest(&engine, &file)?;
    let reading = meter.read();
    if report.counts.updated != updates.len() as u64 {
        bail!("{:?} is not {} updates", report.counts, updates.len());
    }
    let title = format!("update: new statuses at {} petitions", grouped(world.rows));
    let mut table =
        Table::new(&title, &["what", "time", "written", "of the current tables' bytes", "peak anonymous"]);
    table.row([
        format!("{} in one commit", grouped(updates.len() as u64)),
        format!("{:.2} s", reading.seconds),
        mib(reading.written_bytes),
        times(reading.written_bytes as f64 / size as f64),
        mib(reading.peak_bytes),
    ]);
    let began = meter.read().written_bytes;
    let took = one_by_one(engine, pushes)?;
    let written = (meter.read().written_bytes - began) / took.len().max(1) as u64;
    for (name, share) in [("p50", 0.5), ("p99", 0.99), ("slowest", 1.0)] {
        table.row([
            format!("one pushed record, {name} of {}", took.len()),
            millis(quantile(&took, share)),
            mib(written),
            times(written as f64 / size as f64),
        ]);
    }
    table.print();
    Ok(())
}

/// Pushes each line alone; sorted times.
fn one_by_one(engine: Engine, lines: Vec<String>) -> anyhow::Result<Vec<f64>> {
    let queue = PushQueue::start(Arc::new(engine));
    let mut took = Vec::new();
    let began = Instant::now();
    for line in lines {
        let push = Push {
            dataset: DATASET.to_owned(),
            is_csv: false,
            body: line.into_bytes(),
            source: SOURCE_SYSTEM.to_owned(),
            key: None,
            language: Language::Vi,
        };
        let (seconds, answer) = timed(|| Ok(queue.push(push)?))?;
        if answer.answer.get("updated").and_then(Json::as_u64) != Some(1) {
            bail!("a push was answered {}", answer.answer);
        }
        took.push(seconds);
        if began.elapsed().as_secs() > 300 {
            break;
        }
    }
    took.sort_by(f64::total_cmp);
    Ok(took)
}

/// The lines at `places`, each with a status it never had.
fn changed(world: &World, mut places: Vec<usize>, mark: &str) -> anyhow::Result<Vec<String>> {
    places.sort_unstable();
    let mut wanted = places.into_iter().peekable();
    let mut lines = Vec::new();
    for (place, line) in world.lines()?.enumerate() {
        if wanted.next_if_eq(&place).is_none() {
            continue;
        }
        let mut row: Map<String, Json> = serde_json::from_str(&line?)?;
        let status = row.get_mut("status").context("a petition has a status")?;
        *status = Json::from(format!("Đang xác minh {mark}{}-{}", std::process::id(), lines.len()));
        lines.push(serde_json::to_string(&row)?);
    }
    Ok(lines)
}

fn current_bytes(engine: &Engine) -> anyhow::Result<u64> {
    let snapshot = engine.snapshot()?;
    let tables = snapshot.record().tables.iter().filter(|(path, _)| path.starts_with("tables/"));
    Ok(tables.flat_map(|(_, state)| &state.files).map(|file| file.size).sum())
}
