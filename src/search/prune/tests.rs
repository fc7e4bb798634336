//! That the parts of a search find what the whole search finds.

use std::collections::BTreeSet;

use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::scope::Scope;
use crate::search::reader::Reader;
use crate::search::request::{Answer, Request};
use crate::search::sample::{Row, batches, letters};
use crate::search::writer::Writer;

const WORDS: [&str; 9] = ["đất", "đạt", "đai", "đài", "thu", "hồi", "nhà", "xã", "a"];
const ROWS: usize = 900;

fn text(draw: &mut fastrand::Rng, most: usize) -> Option<String> {
    let words: Vec<&str> = (0..draw.usize(..most)).map(|_| WORDS[draw.usize(..WORDS.len())]).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Several segments with signers named like common words.
fn index(dir: &std::path::Path) -> Reader {
    let (dataset, mut draw) = (letters(), fastrand::Rng::with_seed(5));
    let mut writer = Writer::open(dir, &dataset, None).unwrap();
    let mut commit = CommitVersion(0);
    for keys in [0..ROWS, 0..ROWS / 4, ROWS / 8..ROWS / 2] {
        let rows = keys.map(|key| Row {
            source_id: key.to_string(),
            kind: Some(["đơn", "thư"][draw.usize(..2)].to_owned()),
            title: text(&mut draw, 4),
            text: text(&mut draw, 30),
            signer_name: text(&mut draw, 3).filter(|_| draw.u8(..6) == 0),
            ..Row::default()
        });
        let rows: Vec<Row> = rows.collect();
        commit = commit.next();
        let (main, text) = batches(&dataset, &rows, commit.0);
        writer.add_batch(&main, Some(&text)).unwrap();
        writer.commit(commit).unwrap();
    }
    writer.close().unwrap();
    Reader::open(dir, &dataset, commit).unwrap()
}

/// Parts add up in another order, so that scores differ by less than this.
const ROUNDING: f32 = 1e-3;

fn are_alike(a: &Answer, b: &Answer) -> bool {
    let mut scores = a.hits.iter().zip(&b.hits).map(|(a, b)| (a.score - b.score).abs());
    a.hits.len() == b.hits.len() && scores.all(|difference| difference < ROUNDING)
}

fn ids(answer: &Answer) -> BTreeSet<RecordId> {
    answer.hits.iter().map(|hit| hit.id).collect()
}

/// What excludes a word that no row has is asked in full and must find the same.
#[test]
fn the_best_of_the_parts_are_the_best_of_all() {
    let dir = tempfile::tempdir().unwrap();
    let reader = index(dir.path());
    for text in ["đất", "đất đai", "dai dat", "\"thu hồi\"", "\"nhà\"", "xã a", "thu khôngcó", "hồi hồi"]
    {
        for sees_personal in [true, false] {
            for (limit, facets) in [(10, vec![]), (350, vec!["kind".to_owned()])] {
                let scope = Scope { sees_personal, ..Scope::everything() };
                let ask = |text: String| {
                    let request = Request { text, limit, facets: facets.clone(), ..Request::default() };
                    reader.search(&request, &scope).unwrap()
                };
                let (few, all) = (ask(text.to_owned()), ask(format!("{text} -khôngcó")));
                assert_eq!(few.total, all.total, "{text}");
                assert_eq!(few.facets, all.facets, "{text}");
                assert!(are_alike(&few, &all), "{text} {sees_personal}");
                assert_eq!(ids(&few), ids(&all), "{text} {sees_personal}");
            }
        }
    }
}
