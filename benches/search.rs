//! `search`: a mixed list of searches, warm, one at a time.
//!
//! Where a search is words that must all stand, tantivy alone is asked the same over the same files: the
//! best ten by BM25, the exact count, and the stored rows of the ten. Ours does more: it ranks again by
//! marks and nearness, shows twenty, and marks the places.

use std::collections::BTreeMap;
use std::path::Path;

use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Index, Searcher, TantivyDocument, Term};
use thanhtra::domain::scope::Scope;
use thanhtra::engine::snapshot::index_folder;
use thanhtra::search::analyzer::tokenizers;
use thanhtra::text::syllable::tokens;

use crate::meter::{quantile, timed};
use crate::queries::samples;
use crate::table::{Table, grouped, millis, times};
use crate::world::{DATASET, World, open_reading};

const LONG: usize = 7;
const PASSES: usize = 5;

/// Runs the bench.
pub(crate) fn run(world: &World, rounds: usize) -> anyhow::Result<()> {
    let engine = open_reading(&world.store()?)?;
    let snapshot = engine.snapshot()?;
    let state = snapshot.record().indexes.get(DATASET);
    let generation = state.map(|state| state.generation.clone()).unwrap_or_default();
    let bare = Bare::open(&index_folder(engine.home(), DATASET, &generation))?;
    let samples = samples(&letters(world)?);
    let scope = Scope::everything();
    let mut took: BTreeMap<&str, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    let mut found: BTreeMap<&str, u64> = BTreeMap::new();
    for pass in 0..=rounds * PASSES {
        for sample in &samples {
            let (ours, answer) = timed(|| Ok(engine.search(DATASET, &sample.request, &scope)?))?;
            let peer = matches!(sample.kind, "one word" | "two words");
            let theirs = if peer { Some(timed(|| bare.all_words(&sample.request.text))?.0) } else { None };
            if pass == 0 {
                *found.entry(sample.kind).or_default() += answer.total.value;
                continue;
            }
            let times = took.entry(sample.kind).or_default();
            times.0.push(ours);
            times.1.extend(theirs);
        }
    }
    print(world, &samples.iter().map(|sample| sample.kind).collect::<Vec<_>>(), took, &found);
    Ok(())
}

fn print(
    world: &World,
    kinds: &[&str],
    took: BTreeMap<&str, (Vec<f64>, Vec<f64>)>,
    found: &BTreeMap<&str, u64>,
) {
    let title = format!("search: {} searches over {} petitions, warm", kinds.len(), grouped(world.rows));
    let names = ["kind", "searches", "hits each", "p50", "p99", "bare p50", "bare p99", "p50 against bare"];
    let mut table = Table::new(&title, &names);
    let mut all = Vec::new();
    for (kind, (mut ours, mut theirs)) in took {
        all.extend_from_slice(&ours);
        ours.sort_by(f64::total_cmp);
        theirs.sort_by(f64::total_cmp);
        let count = kinds.iter().filter(|known| **known == kind).count();
        let hits = found.get(kind).copied().unwrap_or_default() / count.max(1) as u64;
        let mut cells = vec![
            kind.to_owned(),
            count.to_string(),
            grouped(hits),
            millis(quantile(&ours, 0.5)),
            millis(quantile(&ours, 0.99)),
        ];
        if !theirs.is_empty() {
            let ratio = quantile(&ours, 0.5) / quantile(&theirs, 0.5);
            cells.extend([millis(quantile(&theirs, 0.5)), millis(quantile(&theirs, 0.99)), times(ratio)]);
        }
        table.row(cells);
    }
    all.sort_by(f64::total_cmp);
    let (middle, tail) = (millis(quantile(&all, 0.5)), millis(quantile(&all, 0.99)));
    table.row(["all".to_owned(), kinds.len().to_string(), String::new(), middle, tail]);
    table.print();
}

/// Texts from all over the data.
fn letters(world: &World) -> anyhow::Result<Vec<String>> {
    let every = usize::try_from(world.rows)? / LONG;
    let mut letters = Vec::new();
    for line in world.lines()?.step_by(every.max(1)).take(LONG) {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        letters.push(row.get("text").and_then(|text| text.as_str()).unwrap_or_default().to_owned());
    }
    Ok(letters)
}

struct Bare {
    searcher: Searcher,
    lanes: [Field; 2],
}

impl Bare {
    fn open(folder: &Path) -> anyhow::Result<Self> {
        let mut index = Index::open_in_dir(folder)?;
        index.set_tokenizers(tokenizers());
        let schema = index.schema();
        let lanes = [schema.get_field("_open_words")?, schema.get_field("_personal_words")?];
        Ok(Self { searcher: index.reader()?.searcher(), lanes })
    }

    fn all_words(&self, text: &str) -> anyhow::Result<usize> {
        let word = |folded: &str| -> (Occur, Box<dyn Query>) {
            let lanes = self.lanes.map(|field| -> Box<dyn Query> {
                let term = Term::from_field_text(field, folded);
                Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
            });
            (Occur::Must, Box::new(BooleanQuery::union(lanes.into())))
        };
        let query = BooleanQuery::new(tokens(text).iter().map(|token| word(&token.folded)).collect());
        let (count, best) =
            self.searcher.search(&query, &(Count, TopDocs::with_limit(10).order_by_score()))?;
        for (_, address) in best {
            self.searcher.doc::<TantivyDocument>(address)?;
        }
        Ok(count)
    }
}
