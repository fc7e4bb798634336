//! Copies of letters: what is found when much of each is form, what is found of what is there, how fast
//! sketches are made beside other programs, and what one new letter costs as the dataset grows.
//!
//! Each is a bench of its own: `duplicates-templates`, `duplicates-articles`, `duplicates-speed`,
//! `duplicates-growth`.

mod articles;
mod growth;
mod join;
mod letters;
mod programs;
mod speed;
mod templates;

use std::path::Path;
use std::sync::Arc;

use thanhtra::domain::id::RecordId;
use thanhtra::sketch::frequent::{Frequent, Sample};
use thanhtra::sketch::index::{Index, write_run};
use thanhtra::sketch::minhash::Sketch;
use thanhtra::sketch::shingle::shingles;

use crate::world::World;

/// Names of these benches.
pub(crate) const NAMES: [&str; 4] =
    ["duplicates-templates", "duplicates-articles", "duplicates-speed", "duplicates-growth"];

/// Runs the bench `name`.
pub(crate) fn run(
    name: &str,
    world: &World,
    (rounds, articles, sizes): (usize, &Path, &[usize]),
) -> anyhow::Result<()> {
    match name {
        "duplicates-templates" => templates::run(world.rows),
        "duplicates-articles" => articles::run(articles),
        "duplicates-speed" => speed::run(world, rounds),
        _ => growth::run(sizes),
    }
}

/// The id of the text with this number, from which [`number_of`] reads it again.
fn id_of(number: u32) -> RecordId {
    let [a, b, c, d] = number.to_be_bytes();
    let [e, f, g, h, i, j, ..] = xxhash_rust::xxh3::xxh3_64(&number.to_be_bytes()).to_be_bytes();
    RecordId::from_parts(b'P', [e, f, g, h, i, j, a, b, c, d])
}

fn number_of(id: RecordId) -> usize {
    let [.., a, b, c, d] = id.bits();
    u32::from_be_bytes([a, b, c, d]) as usize
}

/// What is frequent in `texts`.
fn frequent(texts: &[String]) -> Frequent {
    let mut sample = Sample::default();
    texts.iter().zip(0..).for_each(|(text, number)| sample.add(id_of(number), text));
    sample.frequent()
}

/// An index of `texts`, without the shingles that are `frequent`.
fn indexed(dir: &Path, texts: &[String], frequent: Frequent) -> anyhow::Result<Index> {
    let sketch = |text: &String| Sketch::of_shingles(&shingles(text), &frequent);
    let entries = texts.iter().zip(0..).map(|(text, number)| (id_of(number), sketch(text))).collect();
    write_run(dir, "run", &frequent, entries)?;
    Ok(Index::open(dir, 'P', &["run".to_owned()], Arc::new(frequent))?)
}
