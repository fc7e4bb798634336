//! `sketch`: a text to its signature, on one thread, against only cutting it into syllables.

use std::hint::black_box;

use thanhtra::sketch::minhash::Sketch;
use thanhtra::text::syllable::tokenize;

use crate::meter::{median, timed};
use crate::table::{Table, grouped, times};
use crate::world::World;

const TEXTS: usize = 5_000;

/// Runs the bench.
pub(crate) fn run(world: &World, rounds: usize) -> anyhow::Result<()> {
    let mut texts = Vec::new();
    for line in world.lines()?.take(TEXTS) {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        texts.push(row.get("text").and_then(|text| text.as_str()).unwrap_or_default().to_owned());
    }
    let bytes: usize = texts.iter().map(String::len).sum();
    let (mut sketched, mut walked) = (Vec::new(), Vec::new());
    for _ in 0..rounds.max(5) {
        sketched
            .push(timed(|| Ok(texts.iter().filter_map(|text| Sketch::of_text(black_box(text))).count()))?.0);
        walked.push(timed(|| Ok(texts.iter().map(|text| syllables(black_box(text))).sum::<usize>()))?.0);
    }
    let title = format!(
        "sketch: {} texts of {} bytes, one thread",
        grouped(texts.len() as u64),
        bytes / texts.len().max(1)
    );
    let mut table = Table::new(&title, &["what", "texts/s", "against cutting alone"]);
    let (sketched, walked) = (median(sketched), median(walked));
    for (what, seconds) in [("text to sketch", sketched), ("text to syllables", walked)] {
        let rate = grouped((texts.len() as f64 / seconds) as u64);
        table.row([what.to_owned(), rate, times(seconds / walked)]);
    }
    table.print();
    Ok(())
}

fn syllables(text: &str) -> usize {
    let mut count = 0;
    tokenize(text, &mut |_| count += 1);
    count
}
