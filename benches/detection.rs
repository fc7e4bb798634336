//! How well legacy text is told from what is right, and what looking costs.
//!
//! Passages of the tests are written in each encoding and read back: as text that poses as Latin letters,
//! alone and inside a sentence of Unicode, and as bytes of a file. Then texts that are right as they stand
//! are looked at, and, where the file is there, real articles of law; each conversion among those is
//! printed, to be judged by eye.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Instant;

use serde_json::Value as Json;
use thanhtra::text::fold::fold;
use thanhtra::text::legacy::encode::{bytes, posing};
use thanhtra::text::legacy::file::{decode_bytes, guess, utf_16};
use thanhtra::text::legacy::{Encoding, decode, restore};

use crate::table::Table;

const VIETNAMESE: &str = include_str!("../tests/fixtures/passages_vi.txt");
const OTHER: &str = include_str!("../tests/fixtures/passages_other.txt");
const SENTENCE: &str = "Ủy ban nhân dân xã đã nhận được";
/// Passages of one file.
const LINES_A_FILE: usize = 3;
const ROUNDS: u32 = 200;

/// What became of the passages of one kind.
#[derive(Default)]
struct Outcome {
    right: usize,
    missed: usize,
    wrong: usize,
}

impl Outcome {
    fn add(&mut self, given: &str, read: &str, meant: &str) {
        match read {
            read if read == meant => self.right += 1,
            read if read == given => self.missed += 1,
            _ => {
                self.wrong += 1;
                println!("  wrong: {read}");
            }
        }
    }

    fn row(&self, name: &str) -> Vec<String> {
        let all = self.right + self.missed + self.wrong;
        let counts = [all, self.right, self.missed, self.wrong].map(|count| count.to_string());
        std::iter::once(name.to_owned()).chain(counts).collect()
    }
}

/// Prints the tables.
pub(crate) fn run(articles: &Path) -> anyhow::Result<()> {
    let mut table = Table::new(
        "Legacy text: passages told and read back",
        &["encoding", "passages", "right", "missed", "wrong"],
    );
    for encoding in [Encoding::Tcvn3, Encoding::Vni, Encoding::Viqr] {
        table.row(alone(encoding, str::to_owned).row(encoding.name()));
        table.row(alone(encoding, str::to_uppercase).row(&format!("{}, capitals", encoding.name())));
        if encoding != Encoding::Viqr {
            table.row(mixed(encoding).row(&format!("{} in Unicode", encoding.name())));
        }
    }
    for encoding in Encoding::ALL {
        table.row(files(encoding).row(&format!("file in {}", encoding.name())));
    }
    table.print();
    clean();
    if articles.is_file() {
        return real(articles);
    }
    println!("no {}: left out", articles.display());
    Ok(())
}

fn restored(text: &str) -> String {
    restore(text).map_or_else(|| text.to_owned(), |restored| restored.text)
}

fn alone(encoding: Encoding, dress: fn(&str) -> String) -> Outcome {
    let mut outcome = Outcome::default();
    for line in VIETNAMESE.lines().map(dress) {
        let Some(given) = posing(&line, encoding) else { continue };
        outcome.add(&given, &restored(&given), &line);
    }
    outcome
}

fn mixed(encoding: Encoding) -> Outcome {
    let mut outcome = Outcome::default();
    for line in VIETNAMESE.lines() {
        let Some(legacy) = posing(line, encoding) else { continue };
        let given = format!("{SENTENCE}: {legacy}; {SENTENCE}.");
        outcome.add(&given, &restored(&given), &format!("{SENTENCE}: {line}; {SENTENCE}."));
    }
    outcome
}

/// A few lines as a file's bytes: the encoding found, and what it makes of them.
fn files(encoding: Encoding) -> Outcome {
    let mut outcome = Outcome::default();
    let lines: Vec<&str> = VIETNAMESE.lines().collect();
    for meant in lines.chunks(LINES_A_FILE).map(|lines| lines.join("\n")) {
        let Some(file) = bytes(&meant, encoding) else { continue };
        let is_utf_8 = std::str::from_utf8(&file).is_ok();
        let found =
            utf_16(&file).or_else(|| if is_utf_8 { Some(Encoding::Utf8) } else { guess(&file).encoding });
        let mut view = String::new();
        let read = found.and_then(|found| decode_bytes(&file, found, true, &mut view).ok().map(|_| found));
        let read = match read {
            Some(found @ (Encoding::Tcvn3 | Encoding::Vni)) => decode(&view, found),
            Some(_) => restored(view.trim_start_matches('\u{FEFF}')),
            None => String::new(),
        };
        outcome.add("", &read, &meant);
    }
    outcome
}

fn clean() {
    let mut texts: Vec<String> = OTHER.lines().map(str::to_owned).collect();
    for line in VIETNAMESE.lines() {
        texts.extend([line.to_owned(), fold(line), line.to_uppercase(), format!("Müller {line} São Paulo")]);
    }
    let converted = texts.iter().filter(|text| restore(text).is_some()).count();
    println!("right as they stand: {} texts, {converted} converted", texts.len());
    let page: String = VIETNAMESE.lines().collect::<Vec<_>>().join("\n");
    let started = Instant::now();
    for _ in 0..ROUNDS {
        std::hint::black_box(restore(std::hint::black_box(&page)));
    }
    let share = 2_048.0 / page.len() as f64;
    let micros = started.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS) * share;
    println!("looking at clean Vietnamese: {micros:.2} µs per 2 kB");
}

fn real(articles: &Path) -> anyhow::Result<()> {
    let (mut count, mut texts, mut size) = (0, 0, 0);
    let mut found = Vec::new();
    let mut spent = 0.0;
    for line in BufReader::new(zstd::Decoder::new(File::open(articles)?)?).lines() {
        let article: Json = serde_json::from_str(&line?)?;
        count += 1;
        for text in article.as_object().into_iter().flatten().filter_map(|(_, value)| value.as_str()) {
            let started = Instant::now();
            let restored = restore(text);
            spent += started.elapsed().as_secs_f64();
            (texts, size) = (texts + 1, size + text.len());
            for run in restored.map(|restored| restored.runs).unwrap_or_default() {
                let given = text.get(run.given.clone()).unwrap_or_default();
                found.push(format!(
                    "{}: {given:?} => {:?}",
                    run.encoding.name(),
                    decode(given, run.encoding)
                ));
            }
        }
    }
    println!(
        "articles: {count}, {texts} texts, {} MB in {spent:.2} s; runs converted: {}",
        size / 1_000_000,
        found.len()
    );
    found.iter().for_each(|line| println!("  {line}"));
    Ok(())
}
