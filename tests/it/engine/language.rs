//! The query language through the engine: one path for every face, and what must hold for any question.

use serde_json::json;
use thanhtra::domain::error::Classified;
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::search::request::{Answer, Filter, Op, Request};

use super::world::{World, asked, petition, search, sql};

fn world() -> (World, Engine) {
    let world = World::new();
    let engine = world.open();
    let rows = [
        petition("k1", json!({ "due_on": "2018-06-04", "province": "Hà Nội" })),
        petition("k2", json!({ "due_on": "2018-05-20", "unit": "Sở B", "title": "Tranh chấp ranh giới" })),
        petition(
            "k3",
            json!({ "kind": "feedback", "unit": "Sở B", "text": "Đường hỏng, rác thải ven sông", "title": "Phản ánh" }),
        ),
        petition(
            "k4",
            json!({ "received_on": "2017-12-15", "text": "khieu nai giá đất", "title": "Khieu nai" }),
        ),
        petition(
            "k5",
            json!({ "kind": "denunciation", "signer_name": "Lê Văn Kín", "text": "Ông Lê Văn Kín tố cáo cán bộ" }),
        ),
    ];
    world.feed(&engine, "petitions", &rows);
    (world, engine)
}

fn keys(answer: &Answer) -> Vec<String> {
    let mut keys: Vec<String> = answer.hits.iter().map(|hit| hit.source_id.clone()).collect();
    keys.sort();
    keys
}

#[test]
fn questions_by_field_day_and_code_find_what_sql_finds() {
    let (_world, engine) = world();
    let table = [
        ("đơn_vị:\"Sở B\"", "unit = 'Sở B'"),
        ("don_vi:so -don_vi:b", "unit = 'Sở A'"),
        ("loại_đơn:\"khiếu nại\"", "kind = 'complaint'"),
        ("ngày:2017", "received_on < DATE '2018-01-01'"),
        ("ngày:>=01/01/2018", "received_on >= DATE '2018-01-01'"),
        ("hạn:<7d", "due_on BETWEEN DATE '2018-06-01' AND DATE '2018-06-07'"),
        ("hạn:<0d", "due_on < DATE '2018-06-01'"),
        ("hạn:* unit:b", "due_on IS NOT NULL AND unit = 'Sở B'"),
        ("thiếu:hạn", "due_on IS NULL"),
        ("tỉnh:(hà nội OR huế)", "province = 'Hà Nội'"),
        ("title:khieu", "title LIKE 'Khi%u n%'"),
        ("NOT title:* OR title:\"ranh giới\"", "title LIKE '%ranh giới'"),
    ];
    for (text, condition) in table {
        let statement = format!("SELECT source_id FROM petitions WHERE {condition} ORDER BY source_id");
        let expected = asked(&engine, "petitions", &statement, None).concat();
        assert_eq!(keys(&search(&engine, "petitions", text)), expected, "{text}");
    }
}

#[test]
fn sql_asks_in_the_same_language() {
    let (_world, engine) = world();
    let found = sql(
        &engine,
        "SELECT source_id FROM search('petitions', 'hạn:<7d OR title:\"phản ánh\"') ORDER BY source_id",
        None,
    );
    assert_eq!(found.concat(), ["k1", "k3"]);
    let wrong = "SELECT source_id FROM search('petitions', '(đất OR nhà')";
    let error = engine.sql(wrong, None, &Scope::everything(), &mut |_| Ok(())).unwrap_err();
    assert!(error.to_string().contains("(đất OR nhà)"), "{error}");
}

#[test]
fn demanded_marks_narrow_and_never_add() {
    let (_world, engine) = world();
    let all = keys(&search(&engine, "petitions", "\"khieu nai\""));
    assert_eq!(all, keys(&search(&engine, "petitions", "\"khiếu nại\"")));
    let marked = keys(&search(&engine, "petitions", "=\"khiếu nại\""));
    let unmarked = keys(&search(&engine, "petitions", "=\"khieu nai\""));
    assert!(unmarked == ["k4"] && !marked.contains(&"k4".to_owned()));
    assert!(marked.iter().chain(&unmarked).all(|key| all.contains(key)));
}

#[test]
fn filters_and_fields_commute() {
    let (_world, engine) = world();
    let filter = |column: &str, value: &str| Filter {
        column: column.to_owned(),
        op: Op::Equals(vec![value.to_owned()]),
    };
    let (unit, kind) = (filter("unit", "Sở B"), filter("kind", "complaint"));
    let ask = |text: &str, filters: Vec<Filter>| {
        let request = Request { text: text.to_owned(), filters, limit: 10, ..Request::default() };
        let answer = engine.search("petitions", &request, &Scope::everything()).unwrap();
        (keys(&answer), answer.total.value)
    };
    let both = ask("", vec![unit.clone(), kind.clone()]);
    assert_eq!(both, ask("", vec![kind.clone(), unit.clone()]));
    assert_eq!(both, ask("unit:\"Sở B\" kind:complaint", Vec::new()));
    assert_eq!(both, ask("kind:complaint AND unit:\"Sở B\"", Vec::new()));
    assert_eq!(both, ask("kind:complaint", vec![unit]));
    assert_eq!(both, ask("NOT NOT unit:\"Sở B\"", vec![kind]));
    assert_eq!((both.0, both.1), (vec!["k2".to_owned()], 1));
}

#[test]
fn no_question_finds_or_spells_a_denouncer() {
    let (_world, engine) = world();
    let hidden =
        ["\"lê văn kín\"", "kín OR kin", "ki*", "=\"Kín\"", "signer_name:\"Lê Văn Kín\"", "text:kín"];
    for text in hidden {
        match engine.search(
            "petitions",
            &Request { text: text.to_owned(), limit: 9, ..Request::default() },
            &Scope::everything(),
        ) {
            Ok(answer) => assert!(!keys(&answer).contains(&"k5".to_owned()), "{text}"),
            Err(error) => assert!(error.code().starts_with("search."), "{text}"),
        }
    }
    for text in ["kinn", "lee vawn kins", "kinf"] {
        let answer = search(&engine, "petitions", text);
        let spelt: Vec<&str> = answer.corrections.iter().map(|one| one.text.as_str()).collect();
        let mut words = spelt.iter().flat_map(|text| text.split(' '));
        assert!(words.all(|word| !["kín", "kin"].contains(&word)), "{spelt:?}");
    }
}

#[test]
fn a_misspelt_text_is_answered_as_typed_and_another_is_offered() {
    let (_world, engine) = world();
    let answer = search(&engine, "petitions", "khieeus naij");
    assert_eq!((answer.total.value, answer.hits.len()), (0, 0));
    assert_eq!(answer.corrections[0].text, "khiếu nại");
    assert_eq!(answer.corrections[0].total, search(&engine, "petitions", "khiếu nại").total.value);
}
