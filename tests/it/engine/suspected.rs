//! Possible duplicates (nghi trùng) as a figure: of the last run, until a person decides, provable for ever.

use serde_json::json;
use thanhtra::domain::scope::Scope;
use thanhtra::duplicates::relation::Proposed;
use thanhtra::engine::Engine;
use thanhtra::engine::progress::Progress;
use thanhtra::engine::ruling::Author;
use thanhtra::metrics::ask::Asked;
use thanhtra::metrics::compose::Side;
use thanhtra::sql::encode::objects;

use super::rulings::letter;
use super::world::{World, asked, id};

const METRIC: &str = "petitions_suspected_of_all";

fn total(engine: &Engine) -> (i64, Option<i64>) {
    let measure = engine.measure(METRIC, &Asked::default(), &Scope::everything()).unwrap();
    (measure.total().numerator, measure.total().denominator)
}

fn run(engine: &Engine) {
    engine.propose_all(&Progress::default()).unwrap();
}

fn pairs(engine: &Engine) -> usize {
    asked(engine, "proposals", "SELECT id FROM proposals WHERE kind = 'pair'", None).len()
}

#[test]
fn possible_duplicates_wait_until_a_person_decides_and_their_figure_stays_provable() {
    let world = World::new();
    let engine = world.open();
    let rows = [
        letter("a", json!({ "received_on": "2018-03-01" })),
        letter("b", json!({ "received_on": "2018-04-20" })),
        letter("c", json!({ "received_on": "2018-05-28" })),
        letter(
            "x",
            json!({ "title": "Xin cấp lại giấy khai sinh", "text": "Tôi xin cấp lại giấy khai sinh cho con.",
                            "signer_name": "Lê Thị Bảy", "signer_id_number": "042061000777", "commune": "Xã Khác" }),
        ),
    ];
    world.feed(&engine, "petitions", &rows);
    assert_eq!(total(&engine), (0, Some(0)), "before the first run nothing is compared");
    run(&engine);
    assert_eq!(total(&engine), (2, Some(4)), "b and c resemble an earlier one");
    assert_eq!(pairs(&engine), 3);
    let shown = engine.measure(METRIC, &Asked::default(), &Scope::everything()).unwrap();
    let rows = engine.figure_rows(shown.inputs(), Side::Numerator, 0, &Scope::everything()).unwrap();
    let rows = objects(&rows.batches).unwrap();
    let earlier: Vec<&str> = rows.iter().filter_map(|row| row["earlier"].as_str()).collect();
    assert_eq!((rows.len(), earlier.len()), (2, 2), "{rows:?}");
    let version = engine.snapshot().unwrap().version();
    run(&engine);
    assert_eq!(engine.snapshot().unwrap().version(), version, "a run that stands writes nothing");

    // Decided pairs wait no longer, whatever was decided; undone they wait again.
    let author = Author { by: "Nguyễn Thị Xử Lý".to_owned(), reason: String::new() };
    let [a, b] = ["a", "b"].map(|key| id(&engine, "petitions", key));
    let ruled = engine.decide((b, a), Proposed::Related, &author, &Scope::everything()).unwrap();
    assert_eq!(total(&engine), (1, Some(4)));
    engine.undo_ruling(ruled.ruling.ordinal, &author, &Scope::everything()).unwrap();
    assert_eq!(total(&engine), (2, Some(4)));

    // What came since the run is not compared yet; what is proposed no more is withdrawn.
    world.feed(&engine, "petitions", &[letter("d", json!({ "received_on": "2018-05-30" }))]);
    assert_eq!(total(&engine), (2, Some(4)));
    let other = json!({ "received_on": "2018-04-20", "signer_name": "Lê Thị Sáu", "signer_id_number": "042061000999" });
    world.feed(&engine, "petitions", &[letter("b", other)]);
    assert_eq!(total(&engine), (1, Some(3)), "b changed and is not compared");
    run(&engine);
    assert_eq!((total(&engine), pairs(&engine)), ((2, Some(5)), 3), "c and d, of a and of each other");

    // The figure of then is made again from its snapshot, though its run was swept.
    let checked = engine.receipt(&shown.total().code, &Scope::everything()).unwrap();
    assert!(checked.holds(), "{checked:?}");
    let again = engine.figure_rows(&checked.inputs, Side::Numerator, 0, &Scope::everything()).unwrap();
    assert_eq!(objects(&again.batches).unwrap().len(), 2);
}
