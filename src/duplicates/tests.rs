//! What is found of what is there, and in which order.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::sketch::frequent::{Frequent, Sample};
use crate::sketch::index::write_run;
use crate::sketch::minhash::Sketch;
use crate::sketch::shingle::shingles;

type Corpus = BTreeMap<RecordId, String>;

fn id(number: usize) -> RecordId {
    RecordId::of_key('P', "petitions", "local", &number.to_string())
}

fn indexed(dir: &Path, corpus: &Corpus) -> Index {
    let entries: Vec<_> = corpus.iter().map(|(id, text)| (*id, Sketch::of_text(text))).collect();
    let names: Vec<String> = ["old", "new"].map(str::to_owned).to_vec();
    for (name, half) in names.iter().zip(entries.chunks(entries.len().div_ceil(2).max(1))) {
        write_run(dir, name, &Frequent::default(), half.to_vec()).unwrap();
    }
    Index::open(dir, 'P', &names, Arc::default()).unwrap()
}

fn similar(min: f64) -> Listed {
    Listed { min, min_containment: None }
}

fn bounds(min: f64, limit: usize) -> Bounds {
    Bounds { min, min_containment: None, limit }
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
        corpus.iter().map(|(id, text)| (*id, Prepared::of(text, &Frequent::default()))).collect();
    let mut exact = BTreeMap::new();
    for (number, (a, text_a)) in texts.iter().enumerate() {
        for (b, text_b) in texts.iter().skip(number + 1) {
            exact.insert((*a, *b), text_a.compare(text_b));
        }
    }
    for (min, least_recall) in [(0.8, 0.999), (0.5, 0.98)] {
        let mut found = BTreeMap::new();
        pairs(&index, &|ids| Ok(fetched(&corpus, ids)), similar(min), &mut |pair| {
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
        of_text(&index, &corpus[&id(number)], &texts, bounds(0.5, limit)).unwrap()
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
    let found = of_text(&index, "DON KHIEU NAI VE DAT", &texts, bounds(0.8, 100)).unwrap();
    assert_eq!(
        found.iter().map(|one| one.id).collect::<Vec<_>>(),
        corpus.keys().copied().collect::<Vec<_>>()
    );
    let mut count = 0;
    pairs(&index, &texts, similar(1.0), &mut |pair| {
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
    let bounds = bounds(0.5, 10);
    let found = of_text(&index, &text, &|ids| Ok::<_, SketchError>(fetched(&corpus, ids)), bounds).unwrap();
    assert!(!found.is_empty() && found.iter().all(|one| one.id != id(0)));
    assert_eq!(of_text(&index, " … ", &|_| Ok::<_, SketchError>(Vec::new()), bounds).unwrap(), []);
    let broken = |_: &[RecordId]| Err(SketchError::Name { name: "gone".to_owned() });
    assert!(of_text(&index, &text, &broken, bounds).is_err());
    assert!(pairs(&index, &broken, similar(0.5), &mut |_| Ok(())).is_err());
}

/// Letters of their own, each in one of two forms as long as it, and the first ones again in the other form.
fn in_forms(count: usize, again: usize) -> Corpus {
    let mut random = fastrand::Rng::with_seed(4);
    let forms = [(); 2].map(|()| letter(&mut random, 150).join(" "));
    let own: Vec<String> = (0..count).map(|_| letter(&mut random, 150).join(" ")).collect();
    let first = own.iter().enumerate().map(|(number, own)| format!("{} {own}", forms[number % 2]));
    let second =
        own.iter().take(again).enumerate().map(|(number, own)| format!("{} {own}", forms[1 - number % 2]));
    first.chain(second).enumerate().map(|(number, text)| (id(number), text)).collect()
}

fn filtered(dir: &Path, corpus: &Corpus) -> Index {
    let mut sample = Sample::default();
    corpus.iter().for_each(|(id, text)| sample.add(*id, text));
    let frequent = sample.frequent();
    let sketch = |text: &String| Sketch::of_shingles(&shingles(text), &frequent);
    let entries = corpus.iter().map(|(id, text)| (*id, sketch(text))).collect();
    write_run(dir, "run", &frequent, entries).unwrap();
    Index::open(dir, 'P', &["run".to_owned()], Arc::new(frequent)).unwrap()
}

#[test]
fn a_letter_in_another_form_is_found_by_its_content_and_its_neighbours_in_the_form_are_not() {
    let corpus = in_forms(200, 50);
    let dir = tempfile::tempdir().unwrap();
    let index = filtered(dir.path(), &corpus);
    let texts = |ids: &[RecordId]| Ok::<_, SketchError>(fetched(&corpus, ids));
    for number in 0..50 {
        let found = of_text(&index, &corpus[&id(number)], &texts, bounds(0.5, 100)).unwrap();
        let ids: Vec<RecordId> = found.iter().map(|one| one.id).collect();
        assert_eq!(ids, [id(number), id(200 + number)]);
        assert!(found[1].content > 0.95 && found[1].similarity < 0.5, "{:?}", found[1]);
    }
}

#[test]
fn a_letter_quoted_in_a_longer_one_is_found_where_containment_is_asked_for() {
    let mut random = fastrand::Rng::with_seed(5);
    let quoted = letter(&mut random, 400).join(" ");
    let longer =
        format!("{} {quoted} {}", letter(&mut random, 900).join(" "), letter(&mut random, 900).join(" "));
    let other = letter(&mut random, 2_000).join(" ");
    let corpus: Corpus = [(id(1), longer), (id(2), other), (id(3), quoted.clone())].into_iter().collect();
    let dir = tempfile::tempdir().unwrap();
    let index = indexed(dir.path(), &corpus);
    let texts = |ids: &[RecordId]| Ok::<_, SketchError>(fetched(&corpus, ids));
    let ask = |min_containment| {
        let found = of_text(&index, &quoted, &texts, Bounds { min_containment, ..bounds(0.5, 10) }).unwrap();
        found.iter().map(|one| (one.id, one.relation)).collect::<Vec<_>>()
    };
    assert_eq!(ask(None), [(id(3), Relation::SameText)]);
    assert_eq!(ask(Some(0.8)), [(id(3), Relation::SameText), (id(1), Relation::Contains)]);
    let list = |min_containment| {
        let mut found = Vec::new();
        let listed = Listed { min_containment, ..similar(0.5) };
        pairs(&index, &texts, listed, &mut |pair| {
            found.push((pair.id_a, pair.id_b, pair.relation));
            Ok(())
        })
        .unwrap();
        found
    };
    assert_eq!(list(None), []);
    let (a, b) = (id(1).min(id(3)), id(1).max(id(3)));
    assert_eq!(list(Some(0.8)), [(a, b, Relation::Contains)]);
}

#[test]
fn short_texts_are_found_with_a_fifth_of_their_syllables_edited() {
    let texts = ["xin trích lục bản đồ", "xin cấp lại giấy phép xây dựng nhà ở cũ", "đề nghị trả lời"];
    let corpus: Corpus =
        texts.iter().enumerate().map(|(number, text)| (id(number), (*text).to_owned())).collect();
    let dir = tempfile::tempdir().unwrap();
    let index = indexed(dir.path(), &corpus);
    let fetch = |ids: &[RecordId]| Ok::<_, SketchError>(fetched(&corpus, ids));
    let table = [
        ("xin trich luc ban do", Some((0, 1.0))),
        ("xin trích lục bản vẽ", Some((0, 0.8))),
        ("xin sao lục bản vẽ", None),
        ("xin cấp đổi giấy phép xây dựng nhà ở mới", Some((1, 0.8))),
        ("đề nghị trả đơn", None),
    ];
    for (text, expected) in table {
        let found = of_text(&index, text, &fetch, bounds(0.9, 10)).unwrap();
        let found: Vec<(RecordId, f64)> = found.iter().map(|one| (one.id, one.score)).collect();
        assert_eq!(
            found,
            expected.iter().map(|(number, score)| (id(*number), *score)).collect::<Vec<_>>(),
            "{text}"
        );
    }
}

#[test]
fn a_mass_letter_is_compared_once_and_shown_by_its_members() {
    let letter = letter(&mut fastrand::Rng::with_seed(6), 200).join(" ");
    let corpus: Corpus = (0..400).map(|number| (id(number), letter.clone())).collect();
    let dir = tempfile::tempdir().unwrap();
    let index = indexed(dir.path(), &corpus);
    let hidden = corpus.keys().next().copied().unwrap();
    let texts = |ids: &[RecordId]| {
        let shown = |id: &RecordId| corpus.get(id).filter(|_| *id != hidden).cloned();
        Ok::<_, SketchError>(ids.iter().map(shown).collect())
    };
    let asked = format!("{letter} và nay bổ sung");
    let found = of_text(&index, &asked, &texts, bounds(0.5, 1_000)).unwrap();
    let expected: Vec<RecordId> = corpus.keys().copied().take(DUPLICATE_MEMBERS_SHOWN).skip(1).collect();
    assert_eq!(
        found.iter().map(|one| one.id).collect::<Vec<_>>(),
        expected,
        "one that may not be seen hides no other"
    );
}
