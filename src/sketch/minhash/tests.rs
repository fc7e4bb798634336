//! How well the signature estimates, and that its bands are what they are said to be.

use std::collections::BTreeSet;

use super::*;

/// A text of `len` syllables drawn from a large vocabulary.
fn text(random: &mut fastrand::Rng, len: usize) -> Vec<String> {
    (0..len).map(|_| format!("s{}", random.u32(..50_000))).collect()
}

fn jaccard(one: &str, other: &str) -> f64 {
    let [one, other] = [one, other].map(|text| shingles(text).hashes.into_iter().collect::<BTreeSet<_>>());
    one.intersection(&other).count() as f64 / one.union(&other).count() as f64
}

#[test]
fn the_estimate_is_near_the_exact_similarity() {
    let mut random = fastrand::Rng::with_seed(7);
    let (mut squares, mut pairs) = (0.0, 0);
    for edits in [0, 5, 10, 20, 40, 80] {
        for _ in 0..20 {
            let one = text(&mut random, 300);
            let mut other = one.clone();
            (0..edits).for_each(|_| other[random.usize(..300)] = "khác".to_owned());
            let (one, other) = (one.join(" "), other.join(" "));
            let [a, b] = [&one, &other].map(|text| Sketch::of_text(text).unwrap());
            squares += (f64::from(a.signature.estimate(&b.signature)) - jaccard(&one, &other)).powi(2);
            pairs += 1;
        }
    }
    let error = (squares / f64::from(pairs)).sqrt();
    assert!(error < 0.045, "root mean square error {error}");
}

#[test]
fn unlike_texts_estimate_near_nothing() {
    let mut random = fastrand::Rng::with_seed(8);
    let [a, b] = [(); 2].map(|()| Sketch::of_text(&text(&mut random, 300).join(" ")).unwrap());
    assert!(a.signature.estimate(&b.signature) < 0.05);
    assert!(a.signature.bands().zip(b.signature.bands()).all(|(one, other)| one != other));
}

#[test]
fn equal_texts_agree_in_all_and_empty_ones_have_no_sketch() {
    for text in ["đơn", "đơn thư", "đơn khiếu nại về đất", &"một hai ba bốn năm ".repeat(500)]
    {
        let sketch = Sketch::of_text(text).unwrap();
        assert_eq!(sketch.signature.estimate(&Sketch::of_text(&text.to_uppercase()).unwrap().signature), 1.0);
    }
    assert_eq!(Sketch::of_text(" … "), None);
}

#[test]
fn a_sketch_never_changes_unless_the_version_does() {
    let sketch = Sketch::of_text("Đơn khiếu nại về việc thu hồi đất").unwrap();
    let print = xxhash_rust::xxh3::xxh3_64(&sketch.signature.bins) ^ sketch.text_hash;
    assert_eq!(
        print, 1_706_343_805_452_102_758,
        "stored sketches no longer compare: raise NORMALIZER_VERSION or the run format"
    );
}
