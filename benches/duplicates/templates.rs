//! `duplicates-templates`: letters of which a part, none to seven tenths, is one of twenty forms, and edited
//! copies of some in a form drawn anew. What counts is the likeness of what is the letters' own.

use std::collections::HashSet;

use thanhtra::duplicates::similarity::Prepared;
use thanhtra::sketch::frequent::Frequent;
use thanhtra::sketch::index::Index;

use crate::duplicates::letters::Letters;
use crate::duplicates::{frequent, indexed, number_of};
use crate::table::{Table, grouped};

/// A copy for so many letters.
const LETTERS_A_COPY: usize = 8;
const OWN_SYLLABLES: usize = 180;
const FORMS: usize = 20;
/// Tenths of a letter that are form.
const SHARES: [usize; 4] = [0, 3, 5, 7];
const CANDIDATES: usize = 1_000;

/// Letters, the copies last, and what is each one's own.
struct Corpus {
    texts: Vec<String>,
    own: Vec<Prepared>,
    /// For each copy the letter it is of.
    originals: Vec<usize>,
}

/// What was found.
#[derive(Default)]
struct Found {
    /// Pairs from 0.8, from 0.5, and those that were candidates.
    high: [usize; 2],
    middle: [usize; 2],
    candidates: usize,
    proposed: usize,
    right: usize,
}

/// Runs the bench.
pub(in crate::duplicates) fn run(rows: u64) -> anyhow::Result<()> {
    // Of 20,000 rows 16,000 letters, and 2,000 copies beside them.
    let letters = usize::try_from(rows * 4 / 5)?;
    let title = format!(
        "duplicates-templates: {} letters of {OWN_SYLLABLES} syllables of their own in {FORMS} forms, {} copies",
        grouped(letters as u64),
        grouped((letters / LETTERS_A_COPY) as u64)
    );
    let names =
        ["form", "left out", "recall ≥ 0.8", "recall ≥ 0.5", "candidates/query", "proposed", "precision"];
    let mut table = Table::new(&title, &names);
    for tenths in SHARES {
        let corpus = corpus(letters, tenths);
        for filter in [Frequent::default(), frequent(&corpus.texts)] {
            let left_out = filter.len();
            let dir = tempfile::tempdir()?;
            let index = indexed(dir.path(), &corpus.texts, filter)?;
            let found = ask(&index, &corpus)?;
            let share = |[found, of]: [usize; 2]| format!("{:.4} of {of}", found as f64 / of.max(1) as f64);
            table.row([
                format!("{} %", tenths * 10),
                grouped(left_out as u64),
                share(found.high),
                share(found.middle),
                format!("{:.1}", found.candidates as f64 / corpus.originals.len().max(1) as f64),
                grouped(found.proposed as u64),
                format!("{:.4}", found.right as f64 / found.proposed.max(1) as f64),
            ]);
        }
    }
    table.print();
    Ok(())
}

fn corpus(count: usize, tenths: usize) -> Corpus {
    let (letters, mut random) = (Letters::new(), fastrand::Rng::with_seed(11));
    let form_syllables = OWN_SYLLABLES * tenths / (10 - tenths);
    let forms: Vec<Vec<&str>> = (0..FORMS).map(|_| letters.draw(&mut random, form_syllables)).collect();
    let mut own: Vec<Vec<&str>> = (0..count).map(|_| letters.draw(&mut random, OWN_SYLLABLES)).collect();
    let mut originals = Vec::new();
    for _ in 0..count / LETTERS_A_COPY {
        let original = random.usize(..count);
        let share = random.f64() * 0.3;
        let edited = own.get(original).map(|letter| letters.edited(&mut random, letter, share));
        own.extend(edited);
        originals.push(original);
    }
    let texts =
        own.iter().map(|own| in_form(random.choice(&forms).map_or(&[], Vec::as_slice), own)).collect();
    let own = own.iter().map(|own| Prepared::of(&own.join(" "), &Frequent::default())).collect();
    Corpus { texts, own, originals }
}

/// The form's head, half of what is the letter's own, the form's middle, the other half, the form's end.
fn in_form(form: &[&str], own: &[&str]) -> String {
    let (head, rest) = form.split_at(form.len() / 2);
    let (middle, end) = rest.split_at(rest.len() / 2);
    let (first, second) = own.split_at(own.len() / 2);
    [head, first, middle, second, end].concat().join(" ")
}

fn ask(index: &Index, corpus: &Corpus) -> anyhow::Result<Found> {
    let mut found = Found::default();
    let prepared: Vec<Prepared> =
        corpus.texts.iter().map(|text| Prepared::of(text, index.frequent())).collect();
    let letters = corpus.texts.len() - corpus.originals.len();
    let copies = corpus.texts.iter().zip(prepared.iter().zip(&corpus.own)).skip(letters);
    for ((text, (given, own)), original) in copies.zip(&corpus.originals) {
        let Some(sketch) = index.sketch(text) else { continue };
        let candidates = index.candidates(&sketch, 0.5, CANDIDATES)?;
        let mut numbers: HashSet<usize> = HashSet::new();
        for candidate in &candidates {
            let members = index.same_text_members(candidate.text_hash, CANDIDATES)?;
            numbers.extend(members.into_iter().map(number_of));
        }
        let exact = |other: usize| corpus.own.get(other).map_or(0.0, |other| own.compare(other).similarity);
        let is_found = usize::from(numbers.contains(original));
        let of = exact(*original);
        if of >= 0.8 {
            found.high = [found.high[0] + is_found, found.high[1] + 1];
        }
        if of >= 0.5 {
            found.middle = [found.middle[0] + is_found, found.middle[1] + 1];
        }
        found.candidates += candidates.len();
        for (number, other) in numbers.iter().filter_map(|number| Some((*number, prepared.get(*number)?))) {
            if given.compare(other).content >= 0.5 {
                found.proposed += 1;
                found.right += usize::from(exact(number) >= 0.5);
            }
        }
    }
    Ok(found)
}
