//! What is found of what is there, and in which order.

use std::collections::BTreeMap;
use std::path::Path;

use super::*;
use crate::sketch::index::write_run;

type Corpus = BTreeMap<RecordId, String>;

fn id(number: usize) -> RecordId {
    RecordId::of_key('P', "petitions", "local", &number.to_string())
}

fn indexed(dir: &Path, corpus: &Corpus) -> Index {
    let entries: Vec<_> = corpus.iter().map(|(id, text)| (*id, Sketch::of_text(text))).collect();
    let names: Vec<String> = ["old", "new"].map(str::to_owned).to_vec();
    for (name, half) in names.iter().zip(entries.chunks(entries.len().div_ceil(2).max(1))) {
        write_run(dir, name, half.to_vec()).unwrap();
    }
    Index::open(dir, 'P', &names).unwrap()
}

fn fetched(corpus: &Corpus, ids: &[RecordId]) -> Vec<Option<String>> {
    ids.iter().map(|id| corpus.get(id).cloned()).collect()
}

/// `len` syllables, the frequent ones often.
fn letter(random: &mut fastrand::Rng, len: usize) -> Vec<String> {
    let syllable = |random: &mut fastrand::Rng| {
        let rank = (1_500.0 * random.f64() * random.f64()) as usize;
        let onset = ["b", "c", "đ", "kh", "l", "m", "ng", "nh", "t", "th"][rank % 10];
        let rhyme = ["ai", "oàn", "ết", "ương", "ình", "ộ", "ấp", "uyên", "ách", "òng"][rank / 10 % 10];
        format!("{onset}{rhyme}{}", rank / 100)
    };
    (0..len).map(|_| syllable(random)).collect()
}

/// A hundred letters, and of each a copy with few and one with many changed syllables.
fn corpus() -> Corpus {
    let mut random = fastrand::Rng::with_seed(20_261_121);
    let mut texts = Vec::new();
    for _ in 0..100 {
        let len = random.usize(60..400);
        let original = letter(&mut random, len);
        for share in [0.0, 0.035, 0.11] {
            let mut copy = original.clone();
            for _ in 0..(share * len as f64) as usize {
                let place = random.usize(..len);
                copy[place] = letter(&mut random, 1).concat();
            }
            texts.push(copy.join(" "));
        }
    }
    texts.into_iter().enumerate().map(|(number, text)| (id(number), text)).collect()
}

#[test]
fn nearly_every_pair_over_the_bound_is_found_and_no_other() {
    let corpus = corpus();
    let dir = tempfile::tempdir().unwrap();
    let index = indexed(dir.path(), &corpus);
    let texts: Vec<(RecordId, Prepared)> =
        corpus.iter().map(|(id, text)| (*id, Prepared::of(text))).collect();
    let mut exact = BTreeMap::new();
    for (number, (a, text_a)) in texts.iter().enumerate() {
        for (b, text_b) in texts.iter().skip(number + 1) {
            exact.insert((*a, *b), text_a.compare(text_b));
        }
    }
    for (min, least_recall) in [(0.8, 0.98), (0.5, 0.9)] {
        let mut found = BTreeMap::new();
        pairs(&index, &|ids| Ok(fetched(&corpus, ids)), min, &mut |pair| {
            assert!(found.insert((pair.id_a, pair.id_b), pair).is_none(), "a pair comes once");
            Ok::<_, SketchError>(())
        })
        .unwrap();
        for (ids, pair) in &found {
            assert!(pair.similarity >= min);
            assert_eq!((pair.similarity, pair.containment), (exact[ids].similarity, exact[ids].containment));
        }
        let wanted = exact.values().filter(|exact| exact.similarity >= min).count();
        let recall = found.len() as f64 / wanted as f64;
        println!("{} of {wanted} pairs over {min}", found.len());
        assert!(wanted > 80, "{wanted} pairs over {min} are a test");
        assert!(recall >= least_recall, "recall {recall} of {wanted} pairs over {min}");
    }
}

#[test]
fn the_copies_of_a_text_come_best_first() {
    let corpus = corpus();
    let dir = tempfile::tempdir().unwrap();
    let index = indexed(dir.path(), &corpus);
    let ask = |number, limit| {
        let texts = |ids: &[RecordId]| Ok::<_, SketchError>(fetched(&corpus, ids));
        of_text(&index, &corpus[&id(number)], &texts, Bounds { min: 0.5, limit }).unwrap()
    };
    for number in (0..300).step_by(30) {
        let found = ask(number, 10);
        assert_eq!((found[0].id, found[0].relation, found[0].score), (id(number), Relation::SameText, 1.0));
        assert_eq!(found[1].id, id(number + 1));
        assert!(found.is_sorted_by_key(|one| (-one.score, one.id)));
        assert_eq!(ask(number, 1), found[..1]);
    }
}

#[test]
fn equal_copies_stand_in_the_order_of_their_ids() {
    let corpus: Corpus = (0..20).map(|number| (id(number), "đơn khiếu nại về đất".to_owned())).collect();
    let dir = tempfile::tempdir().unwrap();
    let index = indexed(dir.path(), &corpus);
    let texts = |ids: &[RecordId]| Ok::<_, SketchError>(fetched(&corpus, ids));
    let found = of_text(&index, "DON KHIEU NAI VE DAT", &texts, Bounds { min: 0.8, limit: 100 }).unwrap();
    assert_eq!(
        found.iter().map(|one| one.id).collect::<Vec<_>>(),
        corpus.keys().copied().collect::<Vec<_>>()
    );
    let mut count = 0;
    pairs(&index, &texts, 1.0, &mut |pair| {
        count += 1;
        assert!(pair.id_a < pair.id_b);
        Ok(())
    })
    .unwrap();
    assert_eq!(count, 190);
}

#[test]
fn a_record_without_a_text_is_passed_over_and_an_error_passed_on() {
    let mut corpus = corpus();
    let dir = tempfile::tempdir().unwrap();
    let index = indexed(dir.path(), &corpus);
    let text = corpus.remove(&id(0)).unwrap();
    let bounds = Bounds { min: 0.5, limit: 10 };
    let found = of_text(&index, &text, &|ids| Ok::<_, SketchError>(fetched(&corpus, ids)), bounds).unwrap();
    assert!(!found.is_empty() && found.iter().all(|one| one.id != id(0)));
    assert_eq!(of_text(&index, " … ", &|_| Ok::<_, SketchError>(Vec::new()), bounds).unwrap(), []);
    let broken = |_: &[RecordId]| Err(SketchError::Name { name: "gone".to_owned() });
    assert!(of_text(&index, &text, &broken, bounds).is_err());
    assert!(pairs(&index, &broken, 0.5, &mut |_| Ok(())).is_err());
}
