//! `duplicates-speed`: texts of 2 kB to sketches to an index, on two threads, beside other programs.
//!
//! Ours writes its index to disk and syncs it; the others keep theirs in memory and cut the text themselves.
//! What to compare are texts a processor second: the Python packages run on one thread.

use std::hint::black_box;
use std::path::Path;

use thanhtra::sketch::frequent::Frequent;
use thanhtra::sketch::index::write_run;
use thanhtra::sketch::minhash::Sketch;

use crate::duplicates::id_of;
use crate::duplicates::programs::{Side, gaoya, python};
use crate::meter::{Meter, median};
use crate::table::{Table, grouped, times};
use crate::world::World;

const THREADS: usize = 2;
const BYTES: usize = 2_000;
const TEXTS_MAX: usize = 40_000;
const PYTHON_TEXTS: usize = 4_000;

/// Runs the bench.
pub(in crate::duplicates) fn run(world: &World, rounds: usize) -> anyhow::Result<()> {
    let texts = texts(world)?;
    let dir = tempfile::tempdir()?;
    let (mut index, mut sketches, mut peer) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        index.push(spent("thanhtra: to an index on disk", || write(&texts, dir.path()))?);
        sketches.push(spent("thanhtra: to sketches", || sketch(&texts))?);
        peer.extend(gaoya(&texts)?);
    }
    let bytes: usize = texts.iter().map(String::len).sum();
    let title = format!(
        "duplicates-speed: {} texts of {} bytes, two threads, {rounds} rounds in turn",
        grouped(texts.len() as u64),
        bytes / texts.len().max(1)
    );
    let names = ["what", "texts/s", "texts a processor second", "against thanhtra to an index"];
    let mut table = Table::new(&title, &names);
    let base = texts.len() as f64 / cpu(&index);
    let mut row = |sides: &[Side], texts: usize| {
        let Some(first) = sides.first() else { return };
        let wall = texts as f64 / median(sides.iter().map(|side| side.seconds).collect());
        let cpu = texts as f64 / cpu(sides);
        table.row([first.name.clone(), grouped(wall as u64), grouped(cpu as u64), times(cpu / base)]);
    };
    [&index, &sketches, &peer].into_iter().for_each(|sides| row(sides, texts.len()));
    let few = texts.get(..PYTHON_TEXTS.min(texts.len())).unwrap_or_default();
    python(few)?.chunks(1).for_each(|side| row(side, few.len()));
    table.print();
    Ok(())
}

fn cpu(sides: &[Side]) -> f64 {
    median(sides.iter().map(|side| side.cpu_seconds).collect())
}

/// Texts of the simulated petitions, put together to 2 kB each.
fn texts(world: &World) -> anyhow::Result<Vec<String>> {
    let (mut texts, mut text) = (Vec::new(), String::new());
    for line in world.lines()? {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        text.push_str(row.get("text").and_then(|text| text.as_str()).unwrap_or_default());
        text.push('\n');
        if text.len() >= BYTES {
            text.truncate(text.floor_char_boundary(BYTES));
            texts.push(std::mem::take(&mut text));
        }
        if texts.len() == TEXTS_MAX {
            break;
        }
    }
    anyhow::ensure!(!texts.is_empty(), "there is no text");
    Ok(texts)
}

fn spent(name: &str, work: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<Side> {
    let meter = Meter::start();
    work()?;
    let read = meter.read();
    Ok(Side { name: name.to_owned(), seconds: read.seconds, cpu_seconds: read.cpu_seconds })
}

/// Gives each thread its part and the number of its first text.
fn on_threads(
    texts: &[String],
    work: impl Fn(&[String], u32) -> anyhow::Result<()> + Sync,
) -> anyhow::Result<()> {
    let part = texts.len().div_ceil(THREADS).max(1);
    std::thread::scope(|scope| {
        let work = &work;
        let parts = texts.chunks(part).zip((0u32..).step_by(part));
        let threads: Vec<_> = parts.map(|(texts, first)| scope.spawn(move || work(texts, first))).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|_| anyhow::bail!("a thread failed")))
    })
}

fn write(texts: &[String], dir: &Path) -> anyhow::Result<()> {
    on_threads(texts, |texts, first| {
        let entries = texts.iter().zip(first..).map(|(text, number)| (id_of(number), Sketch::of_text(text)));
        Ok(write_run(dir, &format!("run-{first}"), &Frequent::default(), entries.collect())?)
    })
}

fn sketch(texts: &[String]) -> anyhow::Result<()> {
    on_threads(texts, |texts, _| {
        texts.iter().for_each(|text| drop(black_box(Sketch::of_text(text))));
        Ok(())
    })
}
