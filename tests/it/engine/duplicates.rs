//! Near-duplicates over a real store: the same ids as everywhere, and nothing of what is gone.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use thanhtra::domain::scope::Scope;
use thanhtra::duplicates::{Listed, Match};
use thanhtra::engine::Engine;
use thanhtra::engine::progress::Progress;
use thanhtra::store::commit::SketchState;

use super::world::{World, asked, assert_sound, id, petition};

const LETTER: &str = "Kính gửi Ủy ban nhân dân huyện, tôi làm đơn này đề nghị xem xét việc bồi thường khi thu hồi \
                      ba trăm mét vuông đất vườn của gia đình tôi để làm đường tỉnh mà không có quyết định nào.";

#[test]
fn copies_are_found_by_record_by_text_and_in_pairs_under_the_same_ids() {
    let world = World::new();
    let engine = world.open();
    let rows = [
        petition("a", json!({ "text": LETTER })),
        petition("b", json!({ "text": format!("{LETTER} Tôi xin cảm ơn.") })),
        petition(
            "c",
            json!({ "text": "Xe rác không vào ngõ từ đầu tháng, cả tổ dân phố phải để rác ngoài đường lớn." }),
        ),
    ];
    world.feed(&engine, "petitions", &rows);
    let scope = Scope::everything();
    let (a, b) = (id(&engine, "petitions", "a"), id(&engine, "petitions", "b"));
    let stored = asked(&engine, "petitions", "SELECT id FROM petitions WHERE source_id = 'a'", None);
    assert_eq!(stored, [[a.to_string()]]);
    let found = engine.duplicates_of(a, 0.5, &scope).unwrap();
    assert_eq!(found.matches.iter().map(|found| found.id).collect::<Vec<_>>(), [b]);
    let found = engine.duplicates_of_text("petitions", LETTER, 0.5, &scope).unwrap();
    assert_eq!(found.matches.iter().map(|found| found.id).collect::<Vec<_>>(), [a, b]);
    let pairs = || {
        let mut pairs = Vec::new();
        engine
            .duplicate_pairs("petitions", Listed { min: 0.5, min_containment: None }, &scope, &mut |pair| {
                pairs.push((pair.id_a, pair.id_b));
                Ok(())
            })
            .unwrap();
        pairs
    };
    assert_eq!(pairs(), [(a.min(b), a.max(b))]);

    world.feed(&engine, "petitions", &[json!({ "source_id": "b", "_op": "retract" })]);
    assert!(engine.duplicates_of(a, 0.5, &scope).unwrap().matches.is_empty());
    assert!(pairs().is_empty());
    world.feed(&engine, "petitions", &[petition("c", json!({ "text": LETTER }))]);
    assert_eq!(pairs().len(), 1, "a text that changed is compared as it is now");
    assert!(engine.duplicates_of(b, 0.5, &scope).is_err());
    assert_sound(&engine);
}

/// A letter of its own words in one of two forms, each longer than what is its own.
fn in_form(own: usize, form: usize) -> String {
    let words = |what: &str, number: usize, count: usize| {
        (0..count).map(|place| format!("{what}{number}x{place} ")).collect::<String>()
    };
    words("mẫu", form, 100) + &words("riêng", own, 40)
}

fn letter(key: usize, own: usize, form: usize) -> Json {
    petition(&format!("k{key}"), json!({ "text": in_form(own, form) }))
}

fn state(engine: &Engine) -> SketchState {
    engine.snapshot().unwrap().record().sketches["petitions"].clone()
}

fn found(engine: &Engine, text: &str) -> Vec<Match> {
    engine.duplicates_of_text("petitions", text, 0.5, &Scope::everything()).unwrap().matches
}

#[test]
fn what_is_frequent_is_counted_when_a_dataset_is_large_enough() {
    let world = World::new();
    let engine = world.open();
    let letters: Vec<Json> = (0..1_000).map(|key| letter(key, key, key % 2)).collect();
    world.feed(&engine, "petitions", &letters[..999]);
    assert_eq!((state(&engine).counted, state(&engine).frequent), (0, None));
    let before = state(&engine).generation;
    world.feed(&engine, "petitions", &letters[999..]);
    let counted = state(&engine);
    assert_eq!(counted.counted, 1_000);
    assert_ne!(counted.generation, before);
    assert!(counted.frequent.is_some());
    world.feed(&engine, "petitions", &[letter(2_000, 7, 0)]);
    assert_eq!(state(&engine).generation, counted.generation, "a generation keeps what it counted");
    let of_seven = found(&engine, &in_form(7, 0));
    let ids = ["k2000", "k7"].map(|key| id(&engine, "petitions", key));
    assert_eq!(of_seven.iter().map(|found| found.id).collect::<Vec<_>>(), ids);
    assert!(of_seven[1].similarity < 0.5 && of_seven[1].content > 0.9, "{:?}", of_seven[1]);
    assert_sound(&engine);

    drop(engine);

    let engine = world.open();
    let generations = world.bytes_below("sketches").into_iter().map(|(path, _)| path).collect::<Vec<_>>();
    assert!(generations.iter().all(|path| path.contains(&counted.generation)), "{generations:?}");
    assert_eq!(found(&engine, &in_form(7, 0)), of_seven);
}

#[test]
fn a_listing_is_of_whole_texts_whatever_is_frequent() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &(0..110).map(|key| letter(key, key, key % 2)).collect::<Vec<_>>());
    engine.resketch("petitions", &Progress::default()).unwrap();
    assert!(state(&engine).frequent.is_some());
    assert_eq!(
        found(&engine, &in_form(7, 1)).len(),
        1,
        "letters in one form are not shown beside each other"
    );
    let mut count = 0;
    let listed = Listed { min: 0.5, min_containment: None };
    let mut counting = |_| {
        count += 1;
        Ok(())
    };
    engine.duplicate_pairs("petitions", listed, &Scope::everything(), &mut counting).unwrap();
    assert!((2_940..=2_970).contains(&count), "{count} of 2,970 pairs share a form");
    assert_eq!(world.bytes_below("staging"), [], "what it needed for that is gone");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2))]

    #[test]
    fn sketches_made_anew_depend_on_the_records_alone(seed in any::<u64>(), parts in 1usize..5) {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut letters: Vec<(usize, Json)> = (0..160).map(|key| (key, letter(key, key % 150, key % 2))).collect();
        let (plain, mixed) = (World::new(), World::new());
        let rows = |letters: &[(usize, Json)]| letters.iter().map(|(_, row)| row.clone()).collect::<Vec<_>>();
        let engine = plain.open();
        plain.feed(&engine, "petitions", &rows(&letters));
        engine.resketch("petitions", &Progress::default()).unwrap();

        let other = mixed.open();
        mixed.feed(&other, "petitions", &(0..20).map(|key| letter(key, 900, 1)).collect::<Vec<_>>());
        mixed.feed(&other, "petitions", &[letter(999, 3, 0)]);
        random.shuffle(&mut letters);
        for part in letters.chunks(letters.len().div_ceil(parts)) {
            mixed.feed(&other, "petitions", &rows(part));
        }
        mixed.feed(&other, "petitions", &[json!({ "source_id": "k999", "_op": "retract" })]);
        other.resketch("petitions", &Progress::default()).unwrap();

        let bytes = |world: &World, engine: &Engine| -> Vec<Vec<u8>> {
            let generation = state(engine).generation;
            let files = world.bytes_below("sketches").into_iter();
            let mut bytes: Vec<Vec<u8>> =
                files.filter(|(path, _)| path.contains(&generation)).map(|(_, bytes)| bytes).collect();
            bytes.sort();
            bytes
        };
        prop_assert_eq!(bytes(&plain, &engine).len(), 2, "a run and what is frequent");
        prop_assert_eq!(bytes(&plain, &engine), bytes(&mixed, &other));
        for own in (0..150).step_by(17) {
            let of = |engine: &Engine| found(engine, &in_form(own, 0));
            prop_assert_eq!(of(&engine), of(&other));
            prop_assert!(!of(&engine).is_empty());
        }
        assert_sound(&other);
    }

    #[test]
    fn within_a_generation_order_and_batches_change_nothing(seed in any::<u64>(), parts in 1usize..5) {
        let mut random = fastrand::Rng::with_seed(seed);
        let first: Vec<Json> = (0..120).map(|key| letter(key, key, key % 2)).collect();
        let mut more: Vec<Json> = (200..240).map(|key| letter(key, key - 200, 0)).collect();
        let (one, other) = (World::new(), World::new());
        let engines = [one.open(), other.open()];
        for (world, engine) in [&one, &other].into_iter().zip(&engines) {
            world.feed(engine, "petitions", &first);
            engine.resketch("petitions", &Progress::default()).unwrap();
        }
        one.feed(&engines[0], "petitions", &more);
        random.shuffle(&mut more);
        for part in more.chunks(more.len().div_ceil(parts)) {
            other.feed(&engines[1], "petitions", part);
        }
        for own in 0..50 {
            let [one, other] = [&engines[0], &engines[1]].map(|engine| found(engine, &in_form(own, 1)));
            prop_assert!(one.len() > usize::from(own < 40));
            prop_assert_eq!(one, other);
        }
    }
}
