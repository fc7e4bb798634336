//! What an index answers, against a naive evaluator and against texts that break other engines.

use std::collections::BTreeSet;

use proptest::prelude::*;
use tempfile::TempDir;
use unicode_normalization::UnicodeNormalization;

use super::*;
use crate::domain::error::{Classified, ErrorKind};
use crate::domain::limits::HITS_MAX;
use crate::search::cursor::Cursor;
use crate::search::request::{Direction, Filter, Hit, Matched, Op, Total};
use crate::search::sample::naive::{any_request, any_row, matching, naive_facet, value};
use crate::search::sample::{Row, batches, letters};
use crate::search::writer::Writer;

/// An index of `rows`, written in as many commits as there are chunks of `chunk` rows.
fn index(rows: &[Row], chunk: usize) -> (TempDir, Reader) {
    let dir = tempfile::tempdir().unwrap();
    let dataset = letters();
    let mut writer = Writer::open(dir.path(), &dataset, None).unwrap();
    let mut commit = CommitVersion(0);
    for rows in rows.chunks(chunk) {
        commit = commit.next();
        let (main, text) = batches(&dataset, rows, commit.0);
        writer.add_batch(&main, Some(&text)).unwrap();
        writer.commit(commit).unwrap();
    }
    writer.close().unwrap();
    let reader = Reader::open(dir.path(), &dataset, commit).unwrap();
    (dir, reader)
}

fn texts(texts: &[&str]) -> Vec<Row> {
    let row = |(number, text): (usize, &&str)| Row {
        source_id: (number + 1).to_string(),
        text: Some((*text).to_owned()),
        ..Row::default()
    };
    texts.iter().enumerate().map(row).collect()
}

fn ask(text: &str) -> Request {
    Request { text: text.to_owned(), limit: 50, ..Request::default() }
}

fn answer(reader: &Reader, request: &Request) -> Answer {
    reader.search(request, &Scope::everything()).unwrap()
}

fn keys(answer: &Answer) -> Vec<String> {
    answer.hits.iter().map(|hit| hit.source_id.clone()).collect()
}

/// Long texts stand behind what every hit shows, so that a hit without highlights does not read them.
#[test]
fn a_hit_shows_the_same_values_with_highlights_and_without() {
    let given = prop::collection::vec(any_row(), 1..30);
    proptest!(ProptestConfig::with_cases(16), |(rows in given)| {
        let rows: Vec<Row> = (0..).zip(rows).map(|(key, row)| Row { source_id: i32::to_string(&key), ..row }).collect();
        let (_dir, reader) = index(&rows, 7);
        for sees_personal in [true, false] {
            let scope = Scope { sees_personal, ..Scope::everything() };
            let ask = |highlight| {
                let request = Request { limit: 50, highlight, ..Request::default() };
                let hits = reader.search(&request, &scope).unwrap().hits.into_iter();
                hits.map(|hit| (hit.source_id, hit.source_system, hit.fields)).collect::<Vec<_>>()
            };
            prop_assert_eq!(ask(false).len(), rows.len());
            prop_assert_eq!(ask(false), ask(true));
        }
        let address = reader.find(reader.search(&Request { limit: 1, ..Request::default() }, &Scope::everything()).unwrap().hits[0].id).unwrap().unwrap();
        let firsts = reader.searcher().doc::<Firsts<1>>(address).unwrap();
        prop_assert_eq!(firsts.texts[0].0, reader.fields().row);
    });
}

fn sorted_keys(reader: &Reader, text: &str) -> Vec<String> {
    let mut keys = keys(&answer(reader, &ask(text)));
    keys.sort();
    keys
}

#[test]
fn the_torture_matrix_passes_whole() {
    let petition = "Đơn khiếu nại về đất đai";
    let nfd = petition.nfd().collect::<String>();
    let upper = petition.to_uppercase();
    let (_dir, reader) = index(
        &texts(&[
            petition,
            &nfd,
            &upper,
            "hoà giải thuỷ lợi",
            "hòa giải thủy lợi",
            "quy định của pháp luật",
            "qui định của pháp luật",
            "thông báo lịch tiếp công dân",
        ]),
        8,
    );
    let table: [(&str, &[&str]); 14] = [
        ("Đơn khiếu nại về đất đai", &["1", "2", "3"]),
        ("đất đai", &["1", "2", "3"]),
        ("dat dai", &["1", "2", "3"]),
        ("đat đai", &["1", "2", "3"]),
        ("ĐẤT ĐAI", &["1", "2", "3"]),
        ("\"khiếu nại về đất đai\"", &["1", "2", "3"]),
        ("hoà giải", &["4", "5"]),
        ("hòa giải", &["4", "5"]),
        ("thuỷ", &["4", "5"]),
        ("thủy lợi", &["4", "5"]),
        ("quy định", &["6", "7"]),
        ("qui định", &["6", "7"]),
        ("quy dinh", &["6", "7"]),
        ("tiep cong dan", &["8"]),
    ];
    for (text, expected) in table {
        assert_eq!(sorted_keys(&reader, text), expected, "{text}");
        let nfd = text.nfd().collect::<String>();
        assert_eq!(sorted_keys(&reader, &nfd), expected, "{text} in NFD");
    }
}

#[test]
fn marks_are_preferred_and_never_demanded() {
    let (_dir, reader) = index(&texts(&["kết quả đạt được", "giá đất được duyệt", "gia dat duoc duyet"]), 3);
    assert_eq!(keys(&answer(&reader, &ask("đất"))).first().unwrap(), "2");
    assert_eq!(keys(&answer(&reader, &ask("đạt"))).first().unwrap(), "1");
    for text in ["đất", "đạt", "dat"] {
        assert_eq!(sorted_keys(&reader, text), ["1", "2", "3"], "{text}");
    }
}

#[test]
fn words_that_stand_together_come_first() {
    let far = format!("thu {} hồi {} đất", "và ".repeat(9), "của ".repeat(9));
    let near = format!("{} thu hồi đất {}", "và ".repeat(9), "của ".repeat(9));
    let (_dir, reader) = index(&texts(&[&far, &near]), 2);
    assert_eq!(keys(&answer(&reader, &ask("thu hoi dat"))), ["2", "1"]);
}

#[test]
fn phrases_and_exclusions_hold() {
    let (_dir, reader) = index(&texts(&["thu hồi đất của ông An", "đất thu được hồi hộp", "thu hồi nợ"]), 3);
    assert_eq!(sorted_keys(&reader, "thu hồi"), ["1", "2", "3"]);
    assert_eq!(sorted_keys(&reader, "\"thu hồi\""), ["1", "3"]);
    assert_eq!(sorted_keys(&reader, "\"thu hồi đất của\""), ["1"]);
    assert_eq!(sorted_keys(&reader, "thu -đất"), ["3"]);
    assert_eq!(sorted_keys(&reader, "-\"hồi đất\""), ["2", "3"]);
    assert_eq!(sorted_keys(&reader, "!!!"), Vec::<String>::new());
    assert_eq!(sorted_keys(&reader, ""), ["1", "2", "3"]);
}

#[test]
fn most_of_the_pairs_are_enough_for_a_long_or_failing_text() {
    let whole = "ông An khiếu nại việc thu hồi đất nông nghiệp tại xã Tân Lập";
    let (_dir, reader) = index(&texts(&[whole, "xã Tân Lập họp"]), 2);
    let long = answer(&reader, &ask("khiếu nại việc thu hồi đất nông nghiệp tại phường Tân Lập"));
    assert_eq!((long.matched, keys(&long)), (Matched::Most, vec!["1".to_owned()]));
    let failing = answer(&reader, &ask("thu hồi đất nông thôn"));
    assert_eq!((failing.matched, keys(&failing)), (Matched::Most, vec!["1".to_owned()]));
    let all = answer(&reader, &ask("xa tan lap"));
    assert_eq!((all.matched, all.total), (Matched::All, Total { value: 2, exact: true }));
    assert_eq!(answer(&reader, &ask("xã Tân Mai")).total.value, 0);
}

fn scoped_rows() -> Vec<Row> {
    let row = |id: &str, unit: Option<&str>, signer: &str| Row {
        source_id: id.to_owned(),
        unit: unit.map(str::to_owned),
        kind: Some("complaint".to_owned()),
        text: Some("đơn về đất đai".to_owned()),
        signer_name: Some(signer.to_owned()),
        ..Row::default()
    };
    vec![
        row("1", Some("H01"), "Nguyễn Văn An"),
        row("2", Some("H02"), "Trần Thị Đất"),
        row("3", None, "Lê An"),
    ]
}

#[test]
fn a_scope_of_units_sees_no_other_row_in_hits_totals_or_facets() {
    let (_dir, reader) = index(&scoped_rows(), 2);
    let scope = Scope::of_units("a", ["H01".to_owned()]);
    for text in ["", "dat dai"] {
        let request = Request { facets: vec!["unit".to_owned()], ..ask(text) };
        let answer = reader.search(&request, &scope).unwrap();
        assert_eq!((keys(&answer), answer.total.value), (vec!["1".to_owned()], 1));
        assert_eq!(answer.facets[0].values.len(), 1);
        assert_eq!(answer.facets[0].missing, 0);
        assert_eq!(reader.search(&request, &Scope::of_units("b", [])).unwrap().total.value, 0);
    }
}

#[test]
fn personal_columns_are_neither_matched_nor_shown_without_leave() {
    let (_dir, reader) = index(&scoped_rows(), 3);
    let scope = Scope { sees_personal: false, ..Scope::everything() };
    let full = Request { highlight: true, ..ask("nguyen van an") };
    let seen = answer(&reader, &full);
    assert_eq!(keys(&seen), ["1"]);
    assert_eq!(seen.hits[0].fields["signer_name"], "Nguyễn Văn An");
    assert_eq!(seen.hits[0].highlights[0].column, "signer_name");
    assert_eq!(reader.search(&full, &scope).unwrap().total.value, 0);
    assert_eq!(reader.search(&ask("\"tran thi\""), &scope).unwrap().total.value, 0);
    assert_eq!(reader.search(&ask("-an"), &scope).unwrap().total.value, 3);
    let shown = reader.search(&Request { highlight: true, ..ask("đất") }, &scope).unwrap();
    assert_eq!(shown.total.value, 3);
    let printed = serde_json::to_string(&shown).unwrap();
    assert!(!printed.contains("Trần") && !printed.contains("signer_name"), "{printed}");
    let exact = filtered("signer_name", Op::Equals(vec!["Lê An".to_owned()]));
    assert_eq!(keys(&answer(&reader, &exact)), ["3"]);
    let hidden = reader.search(&exact, &scope).unwrap_err();
    assert!(hidden.to_string().contains("does not exist"), "{hidden}");
    let ranged = filtered("signer_name", Op::Present);
    assert_eq!(reader.search(&ranged, &Scope::everything()).unwrap_err().code(), "search.column");
}

fn filtered(column: &str, op: Op) -> Request {
    Request { filters: vec![Filter { column: column.to_owned(), op }], ..ask("") }
}

#[test]
fn what_cannot_be_asked_is_refused_with_a_reason() {
    let (_dir, reader) = index(&scoped_rows(), 3);
    let one = |value: &str| vec![value.to_owned()];
    let sorted = |column: &str| vec![(column.to_owned(), Direction::Ascending)];
    let table = [
        (filtered("unitt", Op::Present), "did you mean `unit`"),
        (filtered("text", Op::Present), "searched by its words"),
        (filtered("received_on", Op::Equals(one("21/11/2026"))), "a day as 2026-11-21"),
        (filtered("signers", Op::Range { min: Some("x".into()), max: None }), "a whole number"),
        (filtered("is_eligible", Op::Not(one("yes"))), "true or false"),
        (filtered("id", Op::Missing), "exact value only"),
        (filtered("unit", Op::Equals(vec!["a".to_owned(); 1_001])), "1001 filter values"),
        (Request { facets: one("received_on"), ..ask("") }, "not one whose values are counted"),
        (Request { facets: one("signer_name"), ..ask("") }, "not one whose values are counted"),
        (Request { sort: sorted("title"), ..ask("") }, "not one that hits are sorted by"),
        (Request { limit: HITS_MAX + 1, ..ask("") }, "1001 hits"),
        (Request { cursor: Some(Cursor::from_text("AAAA")), ..ask("") }, "does not belong"),
    ];
    for (request, expected) in table {
        let error = reader.search(&request, &Scope::everything()).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::TooLarge));
    }
}

#[test]
fn a_cursor_belongs_to_its_request_scope_and_commit() {
    let (dir, reader) = index(&scoped_rows(), 3);
    let request = Request { limit: 1, ..ask("đất") };
    let everyone = Scope::everything();
    let cursor = reader.search(&request, &everyone).unwrap().next.unwrap();
    let with = |text: &str, cursor: &Cursor| Request { cursor: Some(cursor.clone()), limit: 1, ..ask(text) };
    assert_eq!(keys(&answer(&reader, &with("đất", &cursor))).len(), 1);
    let mut damaged = cursor.as_text().to_owned();
    damaged.replace_range(9..10, if &damaged[9..10] == "A" { "B" } else { "A" });
    for request in [with("nhà", &cursor), with("đất", &Cursor::from_text(&damaged))] {
        assert_eq!(reader.search(&request, &everyone).unwrap_err().kind(), ErrorKind::InvalidInput);
    }
    let narrower = Scope::of_units("a", ["H01".to_owned()]);
    assert_eq!(reader.search(&with("đất", &cursor), &narrower).unwrap_err().kind(), ErrorKind::InvalidInput);
    let mut writer = Writer::open(dir.path(), &letters(), Some(CommitVersion(1))).unwrap();
    writer.commit(CommitVersion(2)).unwrap();
    let newer = Reader::open(dir.path(), &letters(), CommitVersion(2)).unwrap();
    assert_eq!(newer.search(&with("đất", &cursor), &everyone).unwrap_err().kind(), ErrorKind::Gone);
    assert_eq!(keys(&answer(&reader, &with("đất", &cursor))).len(), 1);
}

fn is_refused(error: &SearchError) -> bool {
    matches!(error.kind(), ErrorKind::TooLarge | ErrorKind::InvalidInput)
}

#[test]
fn hostile_texts_are_answered_or_refused_at_once() {
    let (_dir, reader) = index(&texts(&["đơn khiếu nại về đất đai"]), 1);
    let hostile = [
        "(".repeat(512),
        "\"".repeat(512),
        "-".repeat(512),
        "-\"a ".repeat(100),
        "a ".repeat(64),
        "đ\u{301}".repeat(200),
        "\u{0}\u{202e}\u{feff}".repeat(100),
        "x".repeat(10_000_000),
        "a* b? ~9 ^2 [a TO b] {c} \\ / field:x OR AND NOT".to_owned(),
        "quy ".repeat(64),
    ];
    for text in hostile {
        let begun = std::time::Instant::now();
        let outcome = reader.search(&Request { highlight: true, ..ask(&text) }, &Scope::everything());
        assert!(outcome.map_or_else(|error| is_refused(&error), |_| true));
        assert!(begun.elapsed().as_millis() < 2_000, "{:?}", text.chars().take(9).collect::<String>());
    }
}

#[test]
fn values_come_back_as_they_were_stored() {
    let row = Row {
        source_id: "1/\"x\"".to_owned(),
        kind: Some("complaint".to_owned()),
        title: Some("Đơn \"khẩn\"\n".nfd().collect()),
        received_on: Some(20_000),
        signers: Some(-3),
        is_eligible: Some(true),
        ..Row::default()
    };
    let (_dir, reader) = index(&[row], 1);
    let hit = answer(&reader, &Request { highlight: true, ..ask("khan") }).hits.remove(0);
    assert_eq!((hit.source_system.as_str(), hit.source_id.as_str()), ("local", "1/\"x\""));
    assert_eq!(hit.id, letters().id("local", "1/\"x\""));
    let title = "Đơn \"khẩn\"\n".nfd().collect::<String>();
    let expected = serde_json::json!({
        "kind": "complaint", "title": title, "received_on": "2024-10-04", "signers": -3, "is_eligible": true,
        "secrecy": "ordinary",
    });
    assert_eq!(serde_json::Value::Object(hit.fields), expected);
    let range = hit.highlights[0].ranges[0].clone();
    assert_eq!(title[range].nfc().collect::<String>(), "khẩn");
}

/// All pages, one after the other.
fn pages(reader: &Reader, request: &Request) -> Vec<Hit> {
    let mut request = request.clone();
    let mut hits = Vec::new();
    loop {
        let answer = answer(reader, &request);
        hits.extend(answer.hits);
        request.cursor = answer.next;
        if request.cursor.is_none() {
            return hits;
        }
    }
}

fn check(reader: &Reader, rows: &[Row], request: &Request) {
    let expected = matching(rows, request);
    let first = answer(reader, request);
    assert_eq!(first.total.value, expected.len() as u64, "{request:?}");
    for (facet, column) in first.facets.iter().zip(&request.facets) {
        let plain =
            |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let counts = facet.values.iter().map(|counted| (plain(&counted.value), counted.count)).collect();
        let mut others = request.clone();
        others.filters.retain(|filter| filter.column != *column);
        assert_eq!((counts, facet.missing), naive_facet(&matching(rows, &others), column), "{request:?}");
        assert_eq!(facet.rows, answer(reader, &others).total.value, "{request:?}");
        assert!(facet.values.is_sorted_by_key(|counted| std::cmp::Reverse(counted.count)));
    }
    let hits = pages(reader, request);
    let found: Vec<&str> = hits.iter().map(|hit| hit.source_id.as_str()).collect();
    if request.sort.is_empty() && !request.text.is_empty() {
        let whole = answer(reader, &Request { limit: 100, ..request.clone() });
        assert_eq!(found, keys(&whole));
        assert!(hits.is_sorted_by(|a, b| a.score > b.score || (a.score == b.score && a.id < b.id)));
        let found: BTreeSet<&str> = found.into_iter().collect();
        assert_eq!(found, expected.iter().map(|row| row.source_id.as_str()).collect());
    } else {
        let mut expected = expected;
        let id = |row: &Row| letters().id("local", &row.source_id);
        expected.sort_by(|a, b| {
            let by_column = request.sort.iter().map(|(column, direction)| {
                match (value(a, column), value(b, column), direction) {
                    (Some(a), Some(b), Direction::Ascending) => a.cmp(&b),
                    (Some(a), Some(b), Direction::Descending) => b.cmp(&a),
                    (a, b, _) => a.is_none().cmp(&b.is_none()),
                }
            });
            let differing = by_column.into_iter().find(|order| order.is_ne());
            differing.unwrap_or_else(|| id(a).cmp(&id(b)))
        });
        let expected: Vec<&str> = expected.iter().map(|row| row.source_id.as_str()).collect();
        assert_eq!(found, expected, "{request:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn totals_facets_order_and_pages_equal_a_naive_evaluation(
        rows in prop::collection::vec(any_row(), 1..24),
        requests in prop::collection::vec(any_request(), 12),
        chunk in 3usize..9,
    ) {
        let mut rows = rows;
        rows.iter_mut().enumerate().for_each(|(number, row)| row.source_id = number.to_string());
        let (_dir, reader) = index(&rows, chunk);
        for request in &requests {
            check(&reader, &rows, request);
            let nfd = Request { text: request.text.nfd().collect(), ..request.clone() };
            prop_assert_eq!(answer(&reader, &nfd).hits, answer(&reader, request).hits);
        }
    }
}
