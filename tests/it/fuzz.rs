//! Readers of foreign input over seeds and seeded mutations of them: they answer or refuse, never panic.
//!
//! `THANHTRA_FUZZ_ROUNDS` says how many mutations each seed gets, `THANHTRA_FUZZ_SEED` from which number
//! on; a failure names target, seed and input.

mod bodies;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use bodies::BODIES;

/// Mutations of each seed in the ordinary run.
const ROUNDS: u64 = 24;
/// Pieces that readers look for.
const PIECES: [&str; 24] = [
    "\"",
    ",",
    ";",
    "\t",
    "\r\n",
    "\u{feff}",
    "{",
    "}",
    "[",
    "]",
    ":",
    "-",
    "/",
    "(",
    ")",
    "--",
    "/*",
    "\0",
    "ế",
    "e\u{302}\u{301}",
    "99999999999999999999",
    "\\u0000",
    "'",
    "\u{1f600}",
];

fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// A few random changes: bytes flipped, stretches cut or repeated, pieces put in, another seed's tail.
fn mutated(seed: &[u8], others: &[Vec<u8>], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut data = seed.to_vec();
    for _ in 0..random.usize(1..6) {
        let at = random.usize(0..=data.len());
        let to = (at + random.usize(0..24)).min(data.len());
        match random.u8(0..6) {
            0 if at < data.len() => data[at] ^= 1 << random.u8(0..8),
            1 => drop(data.drain(at..to)),
            2 => {
                let again = data[at..to].repeat(random.usize(1..40));
                data.splice(at..at, again).for_each(drop);
            }
            3 => {
                let other = &others[random.usize(0..others.len())];
                let from = random.usize(0..=other.len());
                data.truncate(at);
                data.extend_from_slice(&other[from..]);
            }
            _ => {
                let piece = PIECES[random.usize(0..PIECES.len())];
                data.splice(at..at, piece.bytes()).for_each(drop);
            }
        }
    }
    data
}

#[test]
fn no_bytes_make_a_reader_panic() {
    let (rounds, first) = (number("THANHTRA_FUZZ_ROUNDS", ROUNDS), number("THANHTRA_FUZZ_SEED", 1));
    for (target, body) in BODIES {
        let seeds = seeds(target);
        assert!(!seeds.is_empty(), "{target} has no seeds");
        for (place, seed) in seeds.iter().enumerate() {
            body(seed);
            for round in first..first + rounds {
                let mut random = fastrand::Rng::with_seed(round << 8 | place as u64);
                let data = mutated(seed, &seeds, &mut random);
                let done = catch_unwind(AssertUnwindSafe(|| body(&data)));
                assert!(
                    done.is_ok(),
                    "{target}, seed {place}, round {round}: {:?}",
                    String::from_utf8_lossy(&data)
                );
            }
        }
    }
}

#[test]
fn every_body_is_a_target_of_the_fuzzer() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    for (target, _) in BODIES {
        assert!(manifest.contains(&format!("name = \"{target}\"")), "{target} is not in fuzz/Cargo.toml");
        let text = fs::read_to_string(root.join(format!("fuzz_targets/{target}.rs"))).unwrap();
        assert!(text.contains(&format!("bodies::{target}(data)")), "{target}");
    }
}
