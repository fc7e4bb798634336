//! What is frequent, that it depends on the records alone, and that a damaged file is an error.

use proptest::prelude::*;

use super::*;
use crate::domain::error::{Classified, ErrorKind};
use crate::sketch::minhash::Sketch;
use crate::sketch::shingle::Shingles;

fn id(number: u32) -> RecordId {
    RecordId::of_key('P', "petitions", "local", &number.to_string())
}

/// Sixty syllables of a form and as many of the letter's own.
fn letter(form: usize, own: u32) -> String {
    let form: String = (0..60).map(|place| format!("mẫu{form}x{place} ")).collect();
    form + &(0..60).map(|place| format!("riêng{own}x{place} ")).collect::<String>()
}

fn frequent(letters: &[(u32, String)]) -> Frequent {
    let mut sample = Sample::default();
    letters.iter().for_each(|(number, text)| sample.add(id(*number), text));
    sample.frequent()
}

#[test]
fn a_form_of_many_is_frequent_and_one_of_some_dozens_is_not() {
    let households = 40;
    let letters: Vec<(u32, String)> =
        (0..400).map(|own| (own, letter(usize::from(own >= households), own))).collect();
    let found = frequent(&letters);
    let left = |number: usize| found.content(&shingles(&letters[number].1).hashes).len();
    assert_eq!(left(0), 118, "forty households are no boilerplate");
    assert_eq!(left(399), 60, "the form and the shingles across its end are as different as ever");
    assert_eq!(found.records(), 400);
    assert_eq!(found.len(), 58);
}

#[test]
fn letters_in_one_form_share_keys_and_common_words_give_none() {
    // Thirty forms of fifty letters each, behind forty syllables that all letters begin with.
    let heading: String = (0..40).map(|place| format!("đầu{place} ")).collect();
    let letter = |own: u32| format!("{heading}{}", letter(usize::try_from(own % 30).unwrap(), own));
    let letters: Vec<(u32, String)> = (0..1_500).map(|own| (own, letter(own))).collect();
    let found = frequent(&letters);
    let keys = |number: usize| found.form_keys(&shingles(&letters[number].1).hashes);
    let share = |one: usize, other: usize| keys(one).iter().any(|key| keys(other).contains(key));
    assert!(!keys(0).is_empty());
    assert!(share(0, 30) && share(7, 1_207), "two letters in one form");
    assert!(!share(0, 1) && !share(7, 8), "two forms behind one heading");
    assert!(found.form_keys(&shingles("một hai ba bốn năm sáu bảy").hashes).is_empty());
    assert!(found.form_keys(&shingles(&heading).hashes).is_empty());
}

#[test]
fn a_text_that_is_all_form_is_compared_by_all_of_it() {
    let letters: Vec<(u32, String)> = (0..100).map(|own| (own, letter(0, own))).collect();
    let found = frequent(&letters);
    let form = letter(0, 0).split_whitespace().take(60).collect::<Vec<_>>().join(" ");
    for more in ["", " một hai ba"] {
        let all = shingles(&format!("{form}{more}")).hashes;
        assert_eq!(found.content(&all).as_ref(), all.as_slice());
    }
}

#[test]
fn a_mass_letter_counts_once() {
    let letters: Vec<(u32, String)> = (0..500).map(|number| (number, letter(0, 0))).collect();
    assert!(frequent(&letters).is_empty());
}

#[test]
fn nothing_is_frequent_in_nothing() {
    let found = Sample::default().frequent();
    assert_eq!(found, Frequent::default());
    assert_eq!(found.sum(), 0);
}

#[test]
fn what_was_written_is_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let letters: Vec<(u32, String)> = (0..100).map(|own| (own, letter(0, own))).collect();
    let found = frequent(&letters);
    assert!(!found.is_empty());
    found.write(dir.path(), "frequent").unwrap();
    assert_eq!(Frequent::open(dir.path(), "frequent").unwrap(), found);
    assert_eq!(Frequent::open(dir.path(), "nowhere").unwrap_err().code(), "sketch.run_missing");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_order_of_the_records_changes_nothing(seed in any::<u64>()) {
        let mut letters: Vec<(u32, String)> =
            (0..150).map(|own| (own, letter(own as usize % 2, own))).collect();
        let expected = frequent(&letters);
        fastrand::Rng::with_seed(seed).shuffle(&mut letters);
        prop_assert_eq!(frequent(&letters), expected);
    }

    #[test]
    fn a_changed_byte_never_goes_unnoticed(place in 0usize..4096, change in 1u8..) {
        let dir = tempfile::tempdir().unwrap();
        Frequent::of(vec![3, 5, 8], vec![5], 20).write(dir.path(), "frequent").unwrap();
        let path = dir.path().join("frequent");
        let mut bytes = std::fs::read(&path).unwrap();
        let place = place % bytes.len();
        bytes[place] ^= change;
        std::fs::write(&path, &bytes).unwrap();
        prop_assert_eq!(Frequent::open(dir.path(), "frequent").unwrap_err().kind(), ErrorKind::Corrupt);
    }
}

/// A hundred syllables of a form and `own` of the letter's.
fn filled(own: usize, number: u32) -> String {
    let form: String = (0..100).map(|place| format!("mẫu{place} ")).collect();
    form + &(0..own).map(|place| format!("riêng{number}x{place} ")).collect::<String>()
}

#[test]
fn letters_of_a_form_meet_whichever_way_each_of_them_is_sketched() {
    let letters: Vec<(u32, String)> = (0..400).map(|number| (number, filled(60, number))).collect();
    let found = frequent(&letters);
    // One a little below the share that is left of a form, one a little above.
    let (less, more) = (shingles(&filled(13, 7)), shingles(&filled(15, 7)));
    let thin = |of: &Shingles| found.is_thin(of.hashes.len(), found.left(&of.hashes).len());
    assert!(thin(&less) && !thin(&more));
    let own = |of: &Shingles| Sketch::of_shingles(of, &found).unwrap().signature;
    let other = |of: &Shingles| Sketch::other_way(of, &found).unwrap().signature;
    assert!(own(&less).estimate(&own(&more)) < 0.3, "all of the one is not what is left of the other");
    assert!(other(&less).estimate(&own(&more)) > 0.6);
    assert!(other(&more).estimate(&own(&less)) > 0.8);
    let whole = shingles(&(0..60).map(|place| format!("riêng7x{place} ")).collect::<String>());
    assert_eq!(Sketch::other_way(&whole, &found), None, "a letter without a form has one sketch");
}

#[test]
fn samples_are_of_what_is_left_of_a_form() {
    let letters: Vec<(u32, String)> = (0..400).map(|number| (number, filled(60, number))).collect();
    let found = frequent(&letters);
    let sketch = |number| Sketch::of_shingles(&shingles(&filled(9, number)), &found).unwrap();
    let shared = sketch(1).samples.iter().filter(|key| sketch(2).samples.contains(key)).count();
    assert_eq!(shared, 0, "two letters of one form stand in each other by their form alone");
}
