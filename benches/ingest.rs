//! `ingest`: a file of petitions with everything on, against tantivy alone.
//!
//! Both sides read the same NDJSON. Ours parses and checks it, stages it, writes five tables of Parquet,
//! the index, the sketches and the record of the commit; see [`crate::bare`] for the other side. Each round
//! is a process of its own, ours and the peer's in turn.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

use crate::bare;
use crate::meter::{Meter, Reading, median};
use crate::table::{Table, grouped, mib, times};
use crate::world::{World, ingest, new_store};

/// One round, in the process that was started for it; the reading as JSON.
pub(crate) fn round(side: &str, file: &Path, folder: &Path) -> anyhow::Result<String> {
    let reading = match side {
        "ours" => ours(file, folder)?,
        "bare" => bare::index(file, folder)?,
        other => bail!("no side `{other}`"),
    };
    Ok(serde_json::to_string(&reading)?)
}

fn ours(file: &Path, folder: &Path) -> anyhow::Result<Reading> {
    let engine = new_store(folder)?;
    let meter = Meter::start();
    let report = ingest(&engine, file)?;
    let reading = meter.read();
    if report.counts.inserted != report.counts.read {
        bail!("{:?} is not what was given", report.counts);
    }
    engine.close()?;
    Ok(Reading { cpu_seconds: meter.read().cpu_seconds, ..reading })
}

/// Runs the bench.
pub(crate) fn run(world: &World, rounds: usize) -> anyhow::Result<()> {
    let file = world.data()?;
    let bytes = std::fs::metadata(&file)?.len();
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        ours.push(start(world, "ours", &file)?);
        bare.push(start(world, "bare", &file)?);
    }
    let title = format!(
        "ingest: {} petitions, {} bytes each, {rounds} rounds in turn",
        grouped(world.rows),
        bytes / world.rows.max(1)
    );
    let mut table = Table::new(
        &title,
        &["side", "rows/s", "seconds", "cpu seconds", "peak anonymous", "written", "speed", "speed by cpu"],
    );
    let of = |all: &[Reading], value: fn(&Reading) -> f64| median(all.iter().map(value).collect());
    let (mine, theirs) = (of(&ours, |it| it.seconds), of(&bare, |it| it.seconds));
    let (mine_cpu, theirs_cpu) = (of(&ours, |it| it.cpu_seconds), of(&bare, |it| it.cpu_seconds));
    let sides = [
        ("thanhtra, everything on", &ours, times(theirs / mine), times(theirs_cpu / mine_cpu)),
        ("bare tantivy", &bare, times(1.0), times(1.0)),
    ];
    for (side, all, speed, by_cpu) in sides {
        let seconds = of(all, |it| it.seconds);
        table.row([
            side.to_owned(),
            grouped((world.rows as f64 / seconds) as u64),
            format!("{seconds:.1}"),
            format!("{:.1}", of(all, |it| it.cpu_seconds)),
            mib(all.iter().map(|it| it.peak_bytes).max().unwrap_or_default()),
            mib(all.iter().map(|it| it.written_bytes).max().unwrap_or_default()),
            speed,
            by_cpu,
        ]);
    }
    table.print();
    Ok(())
}

fn start(world: &World, side: &str, file: &Path) -> anyhow::Result<Reading> {
    let folder = world.path(&format!("round-{side}"));
    if folder.is_dir() {
        std::fs::remove_dir_all(&folder)?;
    }
    let done =
        Command::new(std::env::current_exe()?).args(["round", side]).arg(file).arg(&folder).output()?;
    let said = String::from_utf8_lossy(&done.stdout);
    if !done.status.success() {
        bail!("round {side} failed: {}", String::from_utf8_lossy(&done.stderr));
    }
    // What was made for the clock serves the other benches as well.
    let store = world.path("store");
    if side == "ours" && !store.is_dir() {
        std::fs::rename(&folder, &store)?;
    } else {
        std::fs::remove_dir_all(&folder)?;
    }
    serde_json::from_str(said.lines().last().unwrap_or_default()).with_context(|| format!("round {side}"))
}
