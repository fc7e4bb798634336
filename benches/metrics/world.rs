//! A store of as many petitions as tasks, with what their figures read: events, cases, dossiers, due dates.
//!
//! The rows are the demo's and go in by the same door as a file. Letters are left out, for no figure reads
//! them and a full-text index of a million takes long; one task in ten gets a second due date.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono::{Days, NaiveDate};
use serde_json::Value as Json;
use thanhtra::demo::{Plan, SOURCE_SYSTEM};

use crate::world::{World, ingest_into, new_store, open_writing};

const SEED: u64 = 7;
/// The demo has one task for so many petitions; here there are as many as petitions.
const PETITIONS_PER_TASK: u64 = 20;
/// One task in so many is given more time.
const MOVED_ONE_IN: usize = 10;
const MOVED_BY: Days = Days::new(20);
const DATASETS: [&str; 8] =
    ["provinces", "units", "petitions", "events", "cases", "tasks", "dossiers", "readiness"];

/// The day on which the figures stand.
pub(super) fn today() -> anyhow::Result<NaiveDate> {
    NaiveDate::from_ymd_opt(2026, 11, 21).context("a day")
}

/// The store, made when it is not there.
pub(super) fn store(world: &World) -> anyhow::Result<PathBuf> {
    let store = world.path("figures");
    if store.is_dir() {
        // One that an earlier program made takes the definitions of this one over.
        open_writing(&store)?.close()?;
        return Ok(store);
    }
    let aside = world.path("figures.part");
    if aside.is_dir() {
        fs::remove_dir_all(&aside)?;
    }
    let engine = new_store(&aside)?;
    for dataset in DATASETS {
        let file = world.path(&format!("{dataset}.rows"));
        write(&file, rows(world.rows, dataset)?)?;
        ingest_into(&engine, dataset, SOURCE_SYSTEM, &file)?;
        fs::remove_file(&file)?;
    }
    let file = world.path("moved.rows");
    write(&file, moved(world.rows)?)?;
    ingest_into(&engine, "tasks", SOURCE_SYSTEM, &file)?;
    fs::remove_file(&file)?;
    engine.close()?;
    fs::rename(&aside, &store)?;
    Ok(store)
}

fn plan(rows: u64, dataset: &str) -> anyhow::Result<Plan> {
    let petitions = if dataset == "tasks" { rows * PETITIONS_PER_TASK } else { rows };
    Ok(Plan::new(SEED, petitions, today()?))
}

fn rows(count: u64, dataset: &str) -> anyhow::Result<impl Iterator<Item = String>> {
    let lines = plan(count, dataset)?.lines(dataset).context("a dataset of the demo")?;
    let has_letters = dataset == "petitions";
    Ok(lines.map(move |line| if has_letters { without_letter(&line) } else { line }))
}

fn without_letter(line: &str) -> String {
    let mut row: Json = serde_json::from_str(line).unwrap_or_default();
    if let Some(fields) = row.as_object_mut() {
        fields.remove("text");
    }
    row.to_string()
}

/// Every tenth task that has a due date, with a later one.
fn moved(count: u64) -> anyhow::Result<impl Iterator<Item = String>> {
    let lines = plan(count, "tasks")?.lines("tasks").context("tasks are simulated")?;
    Ok(lines.step_by(MOVED_ONE_IN).filter_map(|line| {
        let mut row: Json = serde_json::from_str(&line).ok()?;
        let due: NaiveDate = row.get("due_on")?.as_str()?.parse().ok()?;
        row.as_object_mut()?.insert("due_on".to_owned(), (due + MOVED_BY).to_string().into());
        Some(row.to_string())
    }))
}

fn write(path: &Path, lines: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for line in lines {
        writeln!(file, "{line}")?;
    }
    Ok(file.flush()?)
}
