//! Texts from standard input, a JSON list, to signatures to an index in memory, on two threads.
//!
//! Cut as its examples do, in lower case at what is no letter or digit; three words to a shingle.

use std::hint::black_box;
use std::io::Read;
use std::time::Instant;

use gaoya::minhash::{MinHashIndex, MinHasher, MinHasher32};

const BANDS: usize = 42;
const ROWS: usize = 3;
const THREADS: usize = 2;
/// Clock ticks of `/proc/*/stat` in a second, on every Linux this runs on.
const TICKS: f64 = 100.0;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input)?;
    let texts: Vec<String> = serde_json::from_str(&input)?;
    let (began, cpu) = (Instant::now(), cpu_seconds());
    std::thread::scope(|scope| {
        for part in texts.chunks(texts.len().div_ceil(THREADS).max(1)) {
            scope.spawn(move || index(part));
        }
    });
    let (seconds, cpu) = (began.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    println!("{}", serde_json::json!({ "name": "gaoya, two threads", "seconds": seconds, "cpu_seconds": cpu }));
    Ok(())
}

fn index(texts: &[String]) {
    let hasher = MinHasher32::new(BANDS * ROWS);
    let mut index = MinHashIndex::new(BANDS, ROWS, 0.5);
    for (number, text) in texts.iter().enumerate() {
        let lower = text.to_lowercase();
        let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        index.insert(number, hasher.create_signature(words.windows(3)));
    }
    black_box(&index);
}

/// Processor time of this process, all threads.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = text.rsplit_once(')').map_or("", |(_, after)| after);
    let ticks = after.split_whitespace().skip(11).take(2).filter_map(|word| word.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS
}
