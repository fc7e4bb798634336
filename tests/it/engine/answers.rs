//! What comes back beside hits, held against SQL over the same snapshot.

use serde_json::{Value as Json, json};
use thanhtra::domain::commit::CommitVersion;
use thanhtra::domain::error::Classified;
use thanhtra::domain::language::Language;
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::engine::batch::Batch;
use thanhtra::formats::Input;
use thanhtra::rules::span::Step;
use thanhtra::search::notation;
use thanhtra::search::request::{Answer, Facet, HistogramOf, Request};

use super::world::{World, asked, petition};

/// Sixty petitions in three provinces, some without a unit, a case or a day.
fn fed() -> (World, Engine) {
    let world = World::new();
    let engine = world.open();
    let row = |key: usize| -> Json {
        let some =
            |every: usize, value: String| if key.is_multiple_of(every) { Json::Null } else { json!(value) };
        petition(
            &format!("k{key}"),
            json!({
                "province": some(11, format!("0{}", key % 3)), "unit": some(7, format!("Sở {}", key % 5)),
                "case_id": some(4, format!("VV{}", key % 6)), "text": "bãi rác ven sông bốc mùi",
                "received_on": some(13, format!("2026-{:02}-{:02}", key % 12 + 1, key % 28 + 1)),
            }),
        )
    };
    world.feed(&engine, "petitions", &(0..60).map(row).collect::<Vec<_>>());
    let gone: Vec<Json> =
        (20..25).map(|key| json!({ "source_id": format!("k{key}"), "_op": "retract" })).collect();
    world.feed(&engine, "petitions", &gone);
    (world, engine)
}

fn found(engine: &Engine, request: &Request) -> Answer {
    engine.search("petitions", request, &Scope::everything()).unwrap()
}

fn ask(text: &str) -> Request {
    Request { text: text.to_owned(), limit: 20, ..Request::default() }
}

fn counted(engine: &Engine, statement: &str) -> Vec<Vec<String>> {
    asked(engine, "petitions", statement, None)
}

fn flat(facet: &Facet) -> Vec<Vec<String>> {
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    facet.values.iter().map(|value| vec![text(&value.value), value.count.to_string()]).collect()
}

#[test]
fn counts_within_counts_and_their_rest_are_what_sql_counts() {
    let (_world, engine) = fed();
    let filters = notation::filters(["unit:Sở 1"]).unwrap();
    let facets = vec!["province.unit".to_owned(), "unit".to_owned()];
    let answer = found(&engine, &Request { facets, filters, ..ask("bai rac") });
    let total = counted(&engine, "SELECT count(*) FROM petitions");
    let [nested, units] = answer.facets.as_slice() else { panic!("{:?}", answer.facets) };
    assert_eq!(total, [[nested.rows.to_string()]]);
    for facet in [nested, units] {
        let sum: u64 = facet.values.iter().map(|value| value.count).sum();
        assert_eq!(sum + facet.other.count + facet.missing, facet.rows);
    }
    let by = |column: &str, of: &str| {
        counted(
            &engine,
            &format!(
                "SELECT {column}, count(*) FROM petitions WHERE {column} IS NOT NULL AND {of} GROUP BY {column} ORDER BY 2 DESC, 1"
            ),
        )
    };
    assert_eq!(flat(nested), by("province", "true"));
    assert_eq!(flat(units), by("unit", "true"));
    for province in &nested.values {
        let of = format!("province = '{}'", province.value.as_str().unwrap());
        assert_eq!(flat(province.within.as_ref().unwrap()), by("unit", &of));
    }
    let hits = counted(&engine, "SELECT count(*) FROM petitions WHERE unit = 'Sở 1'");
    assert_eq!(hits, [[answer.total.value.to_string()]]);
}

#[test]
fn histograms_are_what_sql_counts() {
    let (_world, engine) = fed();
    let of = |step: Step| HistogramOf { column: "received_on".to_owned(), step };
    let histograms = [Step::Month, Step::Period].map(of).to_vec();
    let answer = found(&engine, &Request { histograms, ..ask("bai rac") });
    let [months, periods] = answer.histograms.as_slice() else { panic!("{:?}", answer.histograms) };
    let shown: Vec<Vec<String>> =
        months.bars.iter().map(|bar| vec![bar.name.clone(), bar.count.to_string()]).collect();
    let statement = "SELECT to_char(received_on, '%Y-%m') AS month, count(*) FROM petitions \
                     WHERE received_on IS NOT NULL GROUP BY 1 ORDER BY 1";
    assert_eq!(shown, counted(&engine, statement));
    for bar in &periods.bars {
        let within = format!(
            "SELECT count(*) FROM petitions WHERE received_on BETWEEN DATE '{}' AND DATE '{}'",
            bar.from, bar.to
        );
        assert_eq!(counted(&engine, &within), [[bar.count.to_string()]], "{bar:?}");
    }
    let missing = counted(&engine, "SELECT count(*) FROM petitions WHERE received_on IS NULL");
    assert_eq!(missing, [[periods.missing.to_string()]]);
}

#[test]
fn a_case_is_one_hit_with_its_number_of_petitions() {
    let (_world, engine) = fed();
    let answer = found(&engine, &Request { group: Some("case".to_owned()), limit: 100, ..ask("bai rac") });
    let mut cases: Vec<Vec<String>> = answer
        .hits
        .iter()
        .filter_map(|hit| hit.group.as_ref())
        .map(|group| vec![group.value.clone(), group.rows.to_string()])
        .collect();
    cases.sort();
    let statement =
        "SELECT case_id, count(*) FROM petitions WHERE case_id IS NOT NULL GROUP BY case_id ORDER BY 1";
    assert_eq!(cases, counted(&engine, statement));
    let alone = answer.hits.iter().filter(|hit| hit.group.is_none()).count();
    let without = counted(&engine, "SELECT count(*) FROM petitions WHERE case_id IS NULL");
    assert_eq!(without, [[alone.to_string()]]);
    assert_eq!(answer.groups.unwrap().value, answer.hits.len() as u64);
}

#[test]
fn what_is_new_since_a_commit_is_told_once_whatever_other_datasets_do() {
    let (world, engine) = fed();
    let first = found(&engine, &Request { since: Some(CommitVersion(0)), limit: 100, ..ask("bai rac") });
    assert_eq!(first.hits.len(), 55);
    let since = |commit| Request { since: Some(commit), limit: 100, ..ask("bai rac") };
    assert_eq!(found(&engine, &since(first.commit)).total.value, 0);
    world.feed(&engine, "tasks", &[json!({ "source_id": "t1", "title": "Việc" })]);
    world.feed(&engine, "petitions", &[petition("k1", json!({ "text": "bãi rác đã dọn" }))]);
    world.feed(&engine, "petitions", &[petition("k2", json!({ "text": "đã dọn" }))]);
    let next = found(&engine, &since(first.commit));
    let keys: Vec<&str> = next.hits.iter().map(|hit| hit.source_id.as_str()).collect();
    assert_eq!(keys, ["k1"]);
    assert_eq!(found(&engine, &since(next.commit)).total.value, 0);
    let ahead = engine.search("petitions", &since(CommitVersion(99)), &Scope::everything()).unwrap_err();
    assert_eq!(ahead.code(), "search.since_ahead");
}

#[test]
fn each_line_of_a_list_has_its_answer_or_its_own_error() {
    let (world, engine) = fed();
    let list = "STT,Tên\n1,bai rac\n2,bai AND (rac\n3,\n4,không có gì như thế\n5,k7,thừa\n6,source_id:k7\n";
    let file = world.file("danh-sach.csv", list.as_bytes());
    let batch = |column| Batch {
        input: Input::Path(&file),
        column,
        request: Request { limit: 2, ..Request::default() },
        time: None,
        language: Language::En,
    };
    let searched = engine.search_batch("petitions", &batch("Tên"), &Scope::everything()).unwrap();
    let told: Vec<(u64, String)> = searched
        .lines
        .iter()
        .map(|line| match &line.outcome {
            Ok(answer) => (line.line, answer.total.value.to_string()),
            Err(error) => (line.line, error.code.to_owned()),
        })
        .collect();
    let expected = [
        (2, "55"),
        (3, "search.language.bracket_open"),
        (4, "search.batch_empty"),
        (5, "0"),
        (6, "row.ragged"),
        (7, "1"),
    ];
    assert_eq!(told, expected.map(|(line, told)| (line, told.to_owned())));
    assert_eq!(searched.lines[0].outcome.as_ref().unwrap().hits.len(), 2);
    assert!(engine.search_batch("petitions", &batch("Họ"), &Scope::everything()).is_err());
}
