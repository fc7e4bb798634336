//! `duplicates-articles`: the pairs of copies among real articles of law, beside an exact join of all, and
//! the groups of byte-equal texts.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde_json::Value as Json;
use thanhtra::domain::id::RecordId;
use thanhtra::duplicates::{Listed, pairs};
use thanhtra::sketch::frequent::Frequent;
use thanhtra::sketch::shingle::shingles;

use crate::duplicates::join::join;
use crate::duplicates::{indexed, number_of};
use crate::meter::timed;
use crate::table::{Table, grouped};

const BOUNDS: [f64; 2] = [0.8, 0.5];

/// Runs the bench.
pub(in crate::duplicates) fn run(file: &Path) -> anyhow::Result<()> {
    if !file.is_file() {
        println!("no {}: left out", file.display());
        return Ok(());
    }
    let texts = read(file)?;
    let dir = tempfile::tempdir()?;
    let (seconds, index) = timed(|| indexed(dir.path(), &texts, Frequent::default()))?;
    println!("{} articles sketched and indexed in {seconds:.1} s", grouped(texts.len() as u64));
    let fetch = |ids: &[RecordId]| -> anyhow::Result<Vec<Option<String>>> {
        Ok(ids.iter().map(|id| texts.get(number_of(*id)).cloned()).collect())
    };
    let sets: Vec<Vec<u64>> = texts.iter().map(|text| set(text)).collect();
    let names = ["at least", "pairs, exact join", "found", "recall", "below the bound", "seconds", "join"];
    let mut table = Table::new("duplicates-articles: every pair, beside an exact join of all", &names);
    for min in BOUNDS {
        let (join_seconds, exact) = timed(|| Ok(join(&sets, min)))?;
        let mut found: HashMap<(usize, usize), f64> = HashMap::new();
        let listed = Listed { min, min_containment: None };
        let (seconds, ()) = timed(|| {
            pairs::<anyhow::Error>(&index, &fetch, listed, &mut |pair| {
                let (a, b) = (number_of(pair.id_a), number_of(pair.id_b));
                found.insert((a.min(b), a.max(b)), pair.similarity);
                Ok(())
            })
        })?;
        let right = exact.iter().filter(|(a, b, _)| found.contains_key(&(*a, *b))).count();
        table.row([
            format!("{min}"),
            grouped(exact.len() as u64),
            grouped(found.len() as u64),
            format!("{:.5}", right as f64 / exact.len().max(1) as f64),
            found.values().filter(|similarity| **similarity < min).count().to_string(),
            format!("{seconds:.1}"),
            format!("{join_seconds:.1}"),
        ]);
        equal(&texts, &found);
    }
    table.print();
    Ok(())
}

/// The text of each id, of its last row.
fn read(file: &Path) -> anyhow::Result<Vec<String>> {
    let mut last: BTreeMap<String, String> = BTreeMap::new();
    for line in BufReader::new(zstd::Decoder::new(File::open(file)?)?).lines() {
        let article: Json = serde_json::from_str(&line?)?;
        let field = |name: &str| article.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        last.insert(field("id"), field("text"));
    }
    Ok(last.into_values().collect())
}

fn set(text: &str) -> Vec<u64> {
    let mut hashes = shingles(text).hashes;
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// Says how many of the groups of byte-equal texts are among the pairs `found`, all of each.
fn equal(texts: &[String], found: &HashMap<(usize, usize), f64>) {
    let mut groups: HashMap<&str, Vec<usize>> = HashMap::new();
    texts.iter().enumerate().for_each(|(place, text)| groups.entry(text).or_default().push(place));
    groups.retain(|text, members| members.len() > 1 && !set(text).is_empty());
    let pairs = |members: &[usize]| -> Vec<(usize, usize)> {
        let after = |place: usize| members.iter().skip(place + 1);
        members.iter().enumerate().flat_map(|(place, a)| after(place).map(move |b| (*a, *b))).collect()
    };
    let whole = groups.values().filter(|members| pairs(members).iter().all(|pair| found.contains_key(pair)));
    let members: HashSet<usize> = groups.values().flatten().copied().collect();
    println!(
        "byte-equal: {} groups of {} articles, {} groups found whole",
        groups.len(),
        members.len(),
        whole.count()
    );
}
