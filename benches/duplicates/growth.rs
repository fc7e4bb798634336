//! `duplicates-growth`: one new letter to its verified candidates, as the letters before it become more, and
//! the bytes kept of each.
//!
//! Letters of 2 kB are drawn from their number, so that none is stored; a look-up of a text for verifying
//! draws it again, which takes about as long as to unpack it from a document store.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use thanhtra::domain::id::RecordId;
use thanhtra::duplicates::{Bounds, of_text};
use thanhtra::sketch::SketchError;
use thanhtra::sketch::frequent::{Frequent, Sample};
use thanhtra::sketch::index::{Index, write_run};
use thanhtra::sketch::minhash::Sketch;
use thanhtra::sketch::shingle::shingles;

use crate::duplicates::letters::Letters;
use crate::duplicates::{id_of, number_of};
use crate::meter::quantile;
use crate::table::{Table, grouped, millis};

/// Syllables of a letter: 2 kB.
const SYLLABLES: usize = 318;
/// Of these, a form that one letter in ten has.
const FORM_SYLLABLES: usize = 100;
const FORMS: u32 = 10;
const QUERIES: usize = 2_000;
const RUN: usize = 200_000;
/// Letters from which what is frequent is counted.
const SAMPLED: u32 = 20_000;

struct Drawn {
    letters: Letters,
}

/// Runs the bench.
pub(in crate::duplicates) fn run(sizes: &[usize]) -> anyhow::Result<()> {
    let drawn = Drawn { letters: Letters::new() };
    let mut sample = Sample::default();
    (0..SAMPLED).for_each(|number| sample.add(id_of(number), &drawn.text(number)));
    let frequent = Arc::new(sample.frequent());
    let dir = tempfile::tempdir()?;
    let names = ["letters", "runs", "bytes a letter", "p50 ms", "p99 ms", "max ms", "copies found", "others"];
    let mut table = Table::new("duplicates-growth: one new letter to verified candidates", &names);
    let (mut runs, mut count) = (Vec::new(), 0u32);
    for size in sizes {
        while (count as usize) < *size {
            let end = (count as usize + RUN).min(*size) as u32;
            runs = add(dir.path(), (&drawn, &frequent), count..end, runs)?;
            count = end;
        }
        let index = Index::open(dir.path(), 'P', &runs, Arc::clone(&frequent))?;
        table.row(measure(&index, &drawn, count, (dir.path(), &runs))?);
    }
    table.print();
    Ok(())
}

/// Writes a run of the letters `numbers`, on two threads, and merges as a commit does.
fn add(
    dir: &Path,
    (drawn, frequent): (&Drawn, &Arc<Frequent>),
    numbers: std::ops::Range<u32>,
    mut runs: Vec<String>,
) -> anyhow::Result<Vec<String>> {
    let sketch = |number: u32| (id_of(number), Sketch::of_shingles(&shingles(&drawn.text(number)), frequent));
    let middle = numbers.start.midpoint(numbers.end);
    let entries = std::thread::scope(|scope| {
        let second = scope.spawn(|| (middle..numbers.end).map(sketch).collect::<Vec<_>>());
        let mut entries: Vec<_> = (numbers.start..middle).map(sketch).collect();
        entries.extend(second.join().unwrap_or_default());
        entries
    });
    anyhow::ensure!(entries.len() == numbers.len(), "a thread failed");
    let name = format!("run-{}", numbers.start);
    write_run(dir, &name, frequent, entries)?;
    runs.push(name);
    let index = Index::open(dir, 'P', &runs, Arc::clone(frequent))?;
    if let Some(range) = index.merge_plan() {
        let name = format!("fold-{}", numbers.start);
        index.merge(range.clone(), &name)?;
        for gone in runs.splice(range, [name]) {
            std::fs::remove_file(dir.join(gone))?;
        }
    }
    Ok(runs)
}

/// Asks with edited copies of letters that are there, and with letters that are not.
fn measure(
    index: &Index,
    drawn: &Drawn,
    count: u32,
    (dir, runs): (&Path, &[String]),
) -> anyhow::Result<Vec<String>> {
    let mut random = fastrand::Rng::with_seed(u64::from(count));
    let texts = |ids: &[RecordId]| {
        Ok::<_, SketchError>(ids.iter().map(|id| Some(drawn.text(number_of(*id) as u32))).collect())
    };
    let bounds = Bounds { min: 0.5, min_containment: Some(0.8), limit: 100 };
    let (mut spent, mut copies, mut others) = (Vec::new(), 0, 0);
    for query in 0..QUERIES {
        let (number, is_copy) = (random.u32(..count), query % 2 == 0);
        let text = if is_copy { drawn.copy(number, &mut random) } else { drawn.text(count + number) };
        let began = Instant::now();
        let found = of_text(index, &text, &texts, bounds)?;
        spent.push(began.elapsed().as_secs_f64());
        let is_found = is_copy && found.iter().any(|found| found.id == id_of(number));
        copies += usize::from(is_found);
        others += found.len() - usize::from(is_found);
    }
    spent.sort_by(f64::total_cmp);
    let bytes = runs.iter().map(|run| Ok(std::fs::metadata(dir.join(run))?.len()));
    let bytes: u64 = bytes.sum::<anyhow::Result<u64>>()?;
    let at = |share: f64| millis(quantile(&spent, share));
    Ok(vec![
        grouped(u64::from(count)),
        runs.len().to_string(),
        format!("{:.1}", bytes as f64 / f64::from(count)),
        at(0.5),
        at(0.99),
        at(1.0),
        format!("{copies} of {}", QUERIES / 2),
        others.to_string(),
    ])
}

impl Drawn {
    fn own(&self, number: u32) -> Vec<&str> {
        self.letters.draw(&mut fastrand::Rng::with_seed(u64::from(number)), SYLLABLES - FORM_SYLLABLES)
    }

    fn in_form(&self, form: u32, own: &[&str]) -> String {
        let mut random = fastrand::Rng::with_seed(u64::from(form) | 1 << 40);
        let form = self.letters.draw(&mut random, FORM_SYLLABLES);
        [form.as_slice(), own].concat().join(" ")
    }

    fn text(&self, number: u32) -> String {
        self.in_form(number % FORMS, &self.own(number))
    }

    /// The letter with a tenth of its syllables edited, in another form.
    fn copy(&self, number: u32, random: &mut fastrand::Rng) -> String {
        let edited = self.letters.edited(random, &self.own(number), 0.1);
        self.in_form(random.u32(..FORMS), &edited)
    }
}
