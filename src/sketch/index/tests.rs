//! An index answers the same however its entries are spread over runs, and as the plain rule does.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

type Entries = Vec<(RecordId, Option<Sketch>)>;

fn id(number: u8) -> RecordId {
    RecordId::from_parts(b'P', [number; 10])
}

/// One of forty texts in eight families: within a family some words differ.
fn text(number: u8) -> String {
    let (family, member) = (number % 8, number / 8);
    let word = |place: u8| {
        let is_own = place % 30 < member;
        if is_own { format!("r{family}x{member}x{place} ") } else { format!("c{family}x{place} ") }
    };
    (0..60).map(word).collect()
}

fn entries(ops: &[(u8, Option<u8>)]) -> Entries {
    ops.iter().map(|(record, of)| (id(*record), of.and_then(|of| Sketch::of_text(&text(of))))).collect()
}

fn index(dir: &Path, chunks: &[Entries]) -> Index {
    let names: Vec<String> = (0..chunks.len()).map(|place| format!("run-{place}")).collect();
    let none = Frequent::default();
    names.iter().zip(chunks).for_each(|(name, chunk)| write_run(dir, name, &none, chunk.clone()).unwrap());
    opened(dir, &names)
}

fn opened(dir: &Path, names: &[String]) -> Index {
    Index::open(dir, 'P', names, Arc::default()).unwrap()
}

fn pairs_of(index: &Index) -> Vec<(RecordId, RecordId, bool)> {
    let mut found = Vec::new();
    index
        .all_pairs(0.3, &mut |pair: CandidatePair| {
            found.push((pair.one, pair.other, pair.same_text));
            Ok::<_, SketchError>(())
        })
        .unwrap();
    found
}

fn answers(index: &Index) -> (Vec<Vec<Candidate>>, Vec<(RecordId, RecordId, bool)>) {
    let ask = |number| index.candidates(&Sketch::of_text(&text(number)).unwrap(), 0.0, 100).unwrap();
    ((0..40).map(ask).collect(), pairs_of(index))
}

/// The records whose texts share a band with `sketch`, or enough samples, by comparing with all.
fn sharing_by_hand(current: &BTreeMap<RecordId, Sketch>, sketch: &Sketch) -> BTreeSet<RecordId> {
    let contains = |other: &Sketch| {
        let shared = other.samples.iter().filter(|key| sketch.samples.contains(key)).count();
        sketch.signature.containment(&other.signature, shared as u16).is_some()
    };
    let is_shared = |other: &Sketch| shares_a_band(sketch, other) || contains(other);
    current.iter().filter(|(_, other)| is_shared(other)).map(|(id, _)| *id).collect()
}

fn shares_a_band(one: &Sketch, other: &Sketch) -> bool {
    one.signature.bands().zip(other.signature.bands()).any(|(one, other)| one == other)
}

fn ops() -> impl Strategy<Value = Vec<(u8, Option<u8>)>> {
    proptest::collection::vec((0u8..30, prop_oneof![4 => (0u8..40).prop_map(Some), 1 => Just(None)]), 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_split_into_runs_changes_no_answer(
        ops in ops(),
        cuts in proptest::collection::btree_set(0usize..60, 0..6),
        merged in (0usize..6, 0usize..6),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut current = BTreeMap::new();
        for (id, sketch) in entries(&ops) {
            match sketch {
                Some(sketch) => current.insert(id, sketch),
                None => current.remove(&id),
            };
        }
        let whole = current.iter().map(|(id, sketch)| (*id, Some(sketch.clone()))).collect();
        let plain = index(&dir.path().join("plain"), &[whole]);
        let expected = answers(&plain);

        let mut rest = ops.as_slice();
        let mut chunks = Vec::new();
        for cut in cuts.iter().rev().filter(|cut| **cut <= ops.len()) {
            let (before, after) = rest.split_at(*cut);
            chunks.insert(0, entries(after));
            rest = before;
        }
        chunks.insert(0, entries(rest));
        let split_dir = dir.path().join("split");
        let split = index(&split_dir, &chunks);
        prop_assert_eq!(&answers(&split), &expected);
        split.verify().unwrap();

        let mut names: Vec<String> = (0..chunks.len()).map(|place| format!("run-{place}")).collect();
        let start = merged.0.min(chunks.len());
        let end = (start + merged.1).min(chunks.len());
        split.merge(start..end, "merged").unwrap();
        names.splice(start..end, ["merged".to_owned()]);
        let again = opened(&split_dir, &names);
        prop_assert_eq!(&answers(&again), &expected);
        again.merge(0..names.len(), "all").unwrap();
        let all = std::fs::read(split_dir.join("all")).unwrap();
        prop_assert_eq!(all, std::fs::read(dir.path().join("plain/run-0")).unwrap(), "merged = written at once");

        for number in 0..40 {
            let sketch = Sketch::of_text(&text(number)).unwrap();
            let texts = expected.0[usize::from(number)].iter();
            let members = texts.map(|found| again.same_text_members(found.text_hash, 100).unwrap());
            let found: Vec<RecordId> = members.flatten().collect();
            let once: BTreeSet<RecordId> = found.iter().copied().collect();
            prop_assert_eq!(once.len(), found.len(), "each record has one text");
            prop_assert_eq!(once, sharing_by_hand(&current, &sketch));
        }
        for found in expected.0.iter().flatten() {
            let members = again.same_text_members(found.text_hash, 100).unwrap();
            prop_assert_eq!(members.first(), Some(&found.id));
            prop_assert!(members.iter().all(|id| current[id].text_hash == found.text_hash));
        }
        let once: BTreeSet<_> = expected.1.iter().copied().collect();
        prop_assert_eq!(once.len(), expected.1.len(), "each pair once");
        for (one, other, same_text) in &expected.1 {
            prop_assert!(one < other);
            prop_assert_eq!(*same_text, current[one].text_hash == current[other].text_hash);
        }
        for (one, sketch) in &current {
            for (other, second) in current.iter().filter(|(other, _)| *other > one) {
                let (a, b) = (&sketch.signature, &second.signature);
                let same = sketch.text_hash == second.text_hash;
                let is_near = shares_a_band(sketch, second) && a.may_reach(b, a.estimate(b), 0.3);
                prop_assert_eq!(once.contains(&(*one, *other, same)), same || is_near);
            }
        }
        let mut listed = Vec::new();
        again.all_records(&mut |id| { listed.push(id); Ok::<_, SketchError>(()) }).unwrap();
        prop_assert_eq!(listed, current.keys().copied().collect::<Vec<_>>());
    }
}

#[test]
fn the_nearest_come_first_and_no_more_than_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let all: Entries = (0..40).map(|number| (id(number), Sketch::of_text(&text(number)))).collect();
    let index = index(dir.path(), &[all]);
    let found = index.candidates(&Sketch::of_text(&text(16)).unwrap(), 0.0, 3).unwrap();
    assert_eq!(found.len(), 3);
    assert_eq!((found[0].id, found[0].estimate, found[0].same_text), (id(16), 1.0, true));
    assert!(found[1].estimate >= found[2].estimate && !found[1].same_text);
    assert_eq!(index.candidates(&Sketch::of_text("chưa từng thấy").unwrap(), 0.0, 3).unwrap(), []);
}

#[test]
fn tables_of_many_blocks_are_searched_too() {
    let dir = tempfile::tempdir().unwrap();
    let id = |number: u32| {
        let mut bits = [7; 10];
        bits[..4].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_be_bytes());
        RecordId::from_parts(b'P', bits)
    };
    let sketch = |number: u32| Sketch::of_text(&format!("đơn số {number} của hộ {} về đất", number % 50));
    let all: Entries = (0..3_000).map(|number| (id(number), sketch(number))).collect();
    let gone: Entries = (0..3_000).step_by(3).map(|number| (id(number), None)).collect();
    let index = index(dir.path(), &[all, gone]);
    for number in (0..3_000).step_by(97) {
        let found = index.candidates(&sketch(number).unwrap(), 0.0, 1).unwrap();
        let is_found = found.first().is_some_and(|found| found.id == id(number) && found.same_text);
        assert_eq!(is_found, number % 3 != 0, "{number}");
    }
}

#[test]
fn only_too_many_runs_are_merged_and_small_ones_first() {
    let dir = tempfile::tempdir().unwrap();
    let sizes = [200, 60, 10, 10, 1, 1, 1, 1, 1];
    let chunk = |size: &u8| (0..*size).map(|number| (id(number), Sketch::of_text("đơn"))).collect();
    let chunks: Vec<Entries> = sizes.iter().map(chunk).collect();
    assert_eq!(index(dir.path(), &chunks[..8]).merge_plan(), None);
    assert_eq!(index(dir.path(), &chunks).merge_plan(), Some(2..9));
}

#[test]
fn large_runs_are_merged_before_they_are_too_many() {
    let full = SKETCH_RUN_ENTRIES as u64;
    let table: [(&[u64], Option<Range<usize>>); 6] = [
        (&[full; 5], Some(0..5)),
        (&[full, full, full, full, full, 10], Some(0..6)),
        (&[8 * full, 2 * full, 10], None),
        (&[5 * full, 2 * full, full], Some(0..3)),
        (&[9 * full, 3 * full, full], None),
        (&[full, full - 1], None),
    ];
    for (entries, plan) in table {
        assert_eq!(planned(entries), plan, "{entries:?}");
    }
}

#[test]
fn however_records_come_the_runs_stay_few_and_a_record_is_rewritten_seldom() {
    let full = SKETCH_RUN_ENTRIES as u64;
    for (size, most) in [(full, 6), (full / 3, 8), (1, 8)] {
        let (mut runs, mut rewritten) = (Vec::new(), 0);
        for _ in 0..2_000 {
            runs.push(size);
            if let Some(range) = planned(&runs) {
                let merged = runs.drain(range).sum::<u64>();
                runs.push(merged);
                rewritten += merged;
            }
            assert!(runs.len() <= most, "{runs:?}");
        }
        assert!(rewritten <= 10 * 2_000 * size, "{rewritten} of {size}");
    }
}

#[test]
fn a_mass_letter_is_one_candidate_as_long_as_one_record_has_it() {
    let dir = tempfile::tempdir().unwrap();
    let letter = Sketch::of_text(&text(9)).unwrap();
    let all: Entries = (0..200).map(|number| (id(number), Some(letter.clone()))).collect();
    let gone: Entries = (0..199).map(|number| (id(number), None)).collect();
    let asked = |index: &Index| index.candidates(&Sketch::of_text(&text(17)).unwrap(), 0.3, 10).unwrap();
    let whole = index(&dir.path().join("whole"), std::slice::from_ref(&all));
    assert_eq!(asked(&whole).iter().map(|found| found.id).collect::<Vec<_>>(), [id(0)]);
    assert_eq!(whole.same_text_members(letter.text_hash, 5).unwrap(), (0..5).map(id).collect::<Vec<_>>());
    let left = index(&dir.path().join("left"), &[all, gone]);
    assert_eq!(asked(&left).iter().map(|found| found.id).collect::<Vec<_>>(), [id(199)]);
    left.merge(0..2, "merged").unwrap();
    let merged = opened(&dir.path().join("left"), &["merged".to_owned()]);
    assert_eq!(asked(&merged), asked(&left));
}

#[test]
fn a_text_inside_a_longer_one_is_a_candidate_by_containment() {
    let dir = tempfile::tempdir().unwrap();
    let words = |from: usize, to: usize| (from..to).map(|place| format!("w{place} ")).collect::<String>();
    let all =
        vec![(id(1), Sketch::of_text(&words(0, 4_000))), (id(2), Sketch::of_text(&words(5_000, 9_000)))];
    let index = index(dir.path(), &[all]);
    let found = index.candidates(&Sketch::of_text(&words(1_000, 1_400)).unwrap(), 0.5, 10).unwrap();
    assert_eq!(found.iter().map(|found| (found.id, found.containment)).collect::<Vec<_>>(), [(id(1), 1.0)]);
}

#[test]
fn a_short_text_with_one_edit_is_a_candidate() {
    let dir = tempfile::tempdir().unwrap();
    let all =
        vec![(id(1), Sketch::of_text("xin trích lục bản đồ")), (id(2), Sketch::of_text("xin cấp giấy phép"))];
    let index = index(dir.path(), &[all]);
    let found = index.candidates(&Sketch::of_text("xin sao lục bản đồ").unwrap(), 0.5, 10).unwrap();
    assert_eq!(found.iter().map(|found| (found.id, found.is_short)).collect::<Vec<_>>(), [(id(1), true)]);
}

#[test]
fn runs_made_without_other_shingles_are_not_mixed() {
    use crate::domain::error::Classified;
    let dir = tempfile::tempdir().unwrap();
    let mut sample = crate::sketch::frequent::Sample::default();
    (0..60u8).for_each(|number| sample.add(id(number), &format!("{} riêng {number}", text(0))));
    let frequent = Arc::new(sample.frequent());
    assert!(!frequent.is_empty());
    write_run(dir.path(), "run", &frequent, vec![(id(1), Sketch::of_text("đơn"))]).unwrap();
    let names = ["run".to_owned()];
    assert!(Index::open(dir.path(), 'P', &names, Arc::clone(&frequent)).is_ok());
    let error = Index::open(dir.path(), 'P', &names, Arc::default()).unwrap_err();
    assert_eq!(error.code(), "sketch.run_outdated");
}
