//! Weights learned from what people decided, over a real store.

use serde_json::{Value as Json, json};
use thanhtra::domain::id::RecordId;
use thanhtra::domain::scope::Scope;
use thanhtra::duplicates::relation::Proposed;
use thanhtra::duplicates::signal::{Level, Signal};
use thanhtra::duplicates::weights::Weights;
use thanhtra::engine::Engine;
use thanhtra::engine::progress::Progress;
use thanhtra::engine::ruling::Author;

use super::rulings::LETTER;
use super::world::{World, id, petition};

/// Two letters of one person.
fn two(world: &World, engine: &Engine) -> [RecordId; 2] {
    let letter = |key: &str, day: &str| {
        petition(
            key,
            json!({ "title": "Khiếu nại thu hồi đất vườn", "text": LETTER, "received_on": day,
                    "signer_name": "Trần Văn Nam", "signer_id_number": "042061000123" }),
        )
    };
    world.feed(engine, "petitions", &[letter("a", "2018-03-01"), letter("b", "2018-04-20")]);
    ["a", "b"].map(|key| id(engine, "petitions", key))
}

/// Rulings as an earlier store would have kept them: `count` pairs decided to be `relation`.
fn rulings(from: u64, count: u64, relation: &str, levels: &str) -> Vec<Json> {
    let of = |key: u64| RecordId::of_key('P', "petitions", "local", &format!("far {key}")).to_string();
    let row = |ordinal: u64| {
        json!({ "source_id": ordinal.to_string(), "ordinal": ordinal, "kind": "decide",
                "decided_at": "2018-05-01T00:00:00Z", "decided_by": "Nguyễn Thị Xử Lý",
                "petition": of(ordinal), "other": of(ordinal + 100_000), "relation": relation,
                "proposed": relation, "proposed_score": 1.0, "proposed_levels": levels })
    };
    (from..from + count).map(row).collect()
}

fn weights_of(engine: &Engine, letter: RecordId) -> String {
    engine.proposals_of(letter, &Scope::everything()).unwrap().weights
}

#[test]
fn decisions_teach_weights_and_proposals_say_which_they_rest_on() {
    let world = World::new();
    let engine = world.open();
    let [a, b] = two(&world, &engine);
    let shipped = Weights::embedded().version();
    let author = Author { by: "Nguyễn Thị Xử Lý".to_owned(), reason: String::new() };
    let ruled = engine.decide((b, a), Proposed::Resend, &author, &Scope::everything()).unwrap();
    let levels = ruled.ruling.proposal.unwrap().levels;
    assert_eq!(levels.of(Signal::IdNumber), Level::Agree);
    let kept = engine.book(&engine.snapshot().unwrap()).unwrap().rulings;
    assert_eq!(kept[0].proposal.unwrap().levels, levels, "a decision keeps the levels of its signals");

    let few = engine.learn_weights(true).unwrap();
    assert_eq!((few.decided, few.changes.len(), few.after.as_str()), ((1, 0), 0, shipped.as_str()));

    // In this store copies go to other units more often than not.
    let copies = rulings(2, 150, "resend", "unit=disagree;id_number=agree");
    let others = rulings(200, 150, "form_letter", "unit=agree;id_number=disagree");
    world.feed(&engine, "rulings", &[copies, others].concat());
    let tried = engine.learn_weights(false).unwrap();
    assert_eq!(tried.decided, (151, 150));
    let unit =
        tried.changes.iter().find(|change| (change.signal, change.level) == (Signal::Unit, Level::Disagree));
    assert!(unit.is_some_and(|unit| unit.before < 0.0 && unit.after > 0.0), "{unit:?}");
    assert_eq!(weights_of(&engine, b), shipped, "only looked at");

    let learned = engine.learn_weights(true).unwrap();
    assert_eq!((&learned.before, &learned.after), (&shipped, &tried.after));
    assert_ne!(learned.after, shipped);
    assert_eq!(weights_of(&engine, b), learned.after);
    let again = engine.learn_weights(true).unwrap();
    assert_eq!((&again.after, again.changes.len()), (&learned.after, 0), "what was learned teaches nothing");
    assert_eq!(engine.propose_all(&Progress::default()).unwrap().weights, learned.after);
    engine.close().unwrap();

    let engine = world.open();
    assert_eq!(weights_of(&engine, b), learned.after);
    assert!(
        engine.propose_if_stale(&Progress::default()).unwrap().is_none(),
        "the run rests on these weights"
    );
    let path = world.data().join("weights/duplicates.toml");
    std::fs::write(&path, "[phone]\n").unwrap();
    assert!(
        engine
            .proposals_of(b, &Scope::everything())
            .unwrap_err()
            .to_string()
            .contains("weights/duplicates.toml")
    );
    std::fs::remove_file(&path).unwrap();
    assert_eq!(weights_of(&engine, b), shipped);
}
