//! Groups larger than the window.

use std::collections::BTreeSet;

use super::*;
use crate::domain::id::RecordId;
use crate::sketch::minhash::Sketch;
use crate::sketch::writer;

/// Pairs of places in `texts`, which are all different, the smaller first, in the order found.
fn near(texts: &[String], window: usize) -> Vec<(usize, usize)> {
    let dir = tempfile::tempdir().unwrap();
    let sketches: Vec<Option<Sketch>> = texts.iter().map(|text| Sketch::of_text(text)).collect();
    let id = |place: u8| RecordId::from_parts(b'P', [place; 10]);
    let entries = (0..).map(id).zip(sketches.clone()).collect();
    writer::write(dir.path(), ("one", 0), entries).unwrap();
    let runs = [Run::open(&dir.path().join("one")).unwrap()];
    let place = |hash| sketches.iter().position(|one| one.as_ref().unwrap().text_hash == hash).unwrap();
    let mut found = Vec::new();
    pairs(&runs, Bounds { min: 0.5, window }, &mut |near| {
        let (one, other) = (place(near.one), place(near.other));
        found.push((one.min(other), one.max(other)));
        Ok::<_, SketchError>(())
    })
    .unwrap();
    found
}

/// Letters that differ in their last word.
fn letters(count: usize) -> Vec<String> {
    let common: String = (0..150).map(|word| format!("chung{word} ")).collect();
    (0..count).map(|number| format!("{common}hộ{number}")).collect()
}

#[test]
fn a_group_within_the_window_is_paired_completely() {
    let found = near(&letters(11), 10);
    assert_eq!(found.len(), 55);
    assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), 55);
}

#[test]
fn a_larger_group_stays_chained_and_names_each_pair_once() {
    let letters = letters(40);
    let found = near(&letters, 10);
    let once: BTreeSet<_> = found.iter().copied().collect();
    assert_eq!(once.len(), found.len());
    assert!(once.len() < 40 * 39 / 2, "the window bounds the work");
    let mut order: Vec<(u64, usize)> =
        letters.iter().map(|text| Sketch::of_text(text).unwrap().text_hash).zip(0..).collect();
    order.sort_unstable();
    for neighbours in order.windows(2) {
        let (one, other) = (neighbours[0].1, neighbours[1].1);
        assert!(once.contains(&(one.min(other), one.max(other))), "neighbours are paired");
    }
}

#[test]
fn a_pair_lost_in_boilerplate_is_named_in_a_smaller_group() {
    let boilerplate: String = (0..40).map(|word| format!("mẫu{word} ")).collect();
    let own = |seed: usize| -> String { (0..40).map(|word| format!("riêng{seed}x{word} ")).collect() };
    let mut texts: Vec<String> = (0..100).map(|number| boilerplate.clone() + &own(number)).collect();
    texts.push(format!("{boilerplate}{}bổ sung", own(0)));
    assert!(near(&texts, 5).contains(&(0, 100)), "the two share their own words too");
}

#[test]
fn a_text_of_several_records_is_named_with_itself() {
    let dir = tempfile::tempdir().unwrap();
    let sketch = Sketch::of_text("đơn khiếu nại về đất").unwrap();
    let id = |place: u8| RecordId::from_parts(b'P', [place; 10]);
    writer::write(dir.path(), ("one", 0), (0..3).map(|place| (id(place), Some(sketch.clone()))).collect())
        .unwrap();
    let runs = [Run::open(&dir.path().join("one")).unwrap()];
    let mut found = Vec::new();
    pairs(&runs, Bounds { min: 0.5, window: 10 }, &mut |near| {
        found.push(near);
        Ok::<_, SketchError>(())
    })
    .unwrap();
    let (one, other) = (sketch.text_hash, sketch.text_hash);
    assert_eq!(found, [Near { one, other, estimate: 1.0 }]);
}
