//! Groups larger than the window.

use std::collections::BTreeSet;

use super::*;
use crate::domain::id::RecordId;
use crate::sketch::writer;

fn near(records: &[(u8, &str)], window: usize) -> Vec<(u8, u8)> {
    let dir = tempfile::tempdir().unwrap();
    let entry =
        |(number, text): &(u8, &str)| (RecordId::from_parts(b'P', [*number; 10]), Sketch::of_text(text));
    writer::write(dir.path(), "one", records.iter().map(entry).collect()).unwrap();
    let runs = [Run::open(&dir.path().join("one")).unwrap()];
    let mut found = Vec::new();
    pairs(&runs, Bounds { min_estimate: 0.5, window }, &mut |near| {
        found.push((near.one[0], near.other[0]));
        Ok::<_, SketchError>(())
    })
    .unwrap();
    found
}

#[test]
fn a_group_within_the_window_is_paired_completely() {
    let records: Vec<(u8, &str)> = (1..=11).map(|number| (number, "đơn khiếu nại về đất")).collect();
    let found = near(&records, 10);
    assert_eq!(found.len(), 55);
    assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), 55);
}

#[test]
fn a_larger_group_stays_chained_and_names_each_pair_once() {
    let records: Vec<(u8, &str)> = (1..=40).map(|number| (number, "đơn khiếu nại về đất")).collect();
    let found = near(&records, 10);
    let once: BTreeSet<_> = found.iter().copied().collect();
    assert_eq!(once.len(), found.len());
    let expected: BTreeSet<_> =
        (1..=40).flat_map(|one| (one + 1..=40.min(one + 10)).map(move |other| (one, other))).collect();
    assert_eq!(once, expected);
}

#[test]
fn a_pair_lost_in_boilerplate_is_named_in_a_smaller_group() {
    let boilerplate: String = (0..40).map(|word| format!("mẫu{word} ")).collect();
    let own = |seed: usize| -> String { (0..40).map(|word| format!("riêng{seed}x{word} ")).collect() };
    let texts: Vec<String> = (0..100).map(|number| boilerplate.clone() + &own(number.max(1))).collect();
    let mut records: Vec<(u8, &str)> = (1..).zip(texts.iter().skip(1).map(String::as_str)).collect();
    records.push((200, &texts[0]));
    assert!(near(&records, 5).contains(&(1, 200)), "the two share their own words too");
}
