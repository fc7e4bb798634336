//! Other writings find the same rows wherever a question puts them, and demanded marks find none of them.

use proptest::prelude::*;

use crate::domain::scope::Scope;
use crate::search::reader::Reader;
use crate::search::request::{Answer, Request};
use crate::search::sample::{Row, indexed};

/// Days since 1970 of 2018-05-12 and of 2026-03-10; provinces became others on 2025-07-01.
const BEFORE: i32 = 17_663;
const SINCE: i32 = 20_522;

fn row(id: &str, (title, text): (&str, &str), unit: &str, day: i32) -> Row {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Row {
        source_id: id.to_owned(),
        title: some(title),
        text: some(text),
        unit: some(unit),
        received_on: Some(day),
        ..Row::default()
    }
}

fn rows() -> Vec<Row> {
    let day = "họp ngày 12 tháng 5 năm 2018";
    vec![
        row("1", ("Kiến nghị", "UBND xã trả lời"), "UBND xã Tân Lập", SINCE),
        row("2", ("UBND xã Tân Lập", "trả lời"), "Ủy ban nhân dân xã Tân Lập", SINCE),
        row("3", ("Ủy ban nhân dân xã Tân Lập", day), "Sở Tài chính", SINCE),
        row("4", ("Đất ở Hà Giang", ""), "", BEFORE),
        row("5", ("Đất ở Tuyên Quang", ""), "", SINCE),
        row("6", ("Đất ở Tuyên Quang", ""), "", BEFORE),
        row("7", ("Biên bản 12/5/2018", "rác"), "", SINCE),
        row("8", ("Ủy ban, lập nhân đạo", "đất đai"), "", SINCE),
    ]
}

fn answer(reader: &Reader, text: &str) -> Answer {
    let request = Request { text: text.to_owned(), limit: 50, highlight: true, ..Request::default() };
    reader.search(&request, &Scope::everything()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn keys(answer: &Answer) -> String {
    let mut keys: Vec<&str> = answer.hits.iter().map(|hit| hit.source_id.as_str()).collect();
    keys.sort_unstable();
    keys.concat()
}

#[test]
fn other_writings_find_their_rows_inside_every_operator() {
    let (_dir, reader) = indexed(&rows());
    let table = [
        ("UBND", "123"),
        ("UBND AND xã", "123"),
        ("NOT UBND", "45678"),
        ("NOT NOT UBND", "123"),
        ("(UBND OR rác) AND NOT họp", "127"),
        ("rác HOẶC (UBND VÀ họp)", "37"),
        ("UBND -họp", "12"),
        ("lời -UBND", ""),
        ("lập -\"UBND xã\"", "8"),
        ("\"UBND xã\"", "123"),
        ("\"ủy ban nhân dân xã\"", "123"),
        ("\"uy ban nhan dan xa\" AND lời", "12"),
        ("=\"UBND xã\"", "12"),
        ("=\"Ủy ban nhân dân xã\" OR rác", "37"),
        ("\"UBND lập\"~2", "23"),
        ("\"UBND lập\"~1", ""),
        ("title:UBND", "23"),
        ("text:UBND", "1"),
        ("title:(xã ubnd)", "23"),
        ("title:\"UBND xã\"", "23"),
        ("title:=\"UBND xã\"", "2"),
        ("-title:UBND AND xã", "1"),
        ("unit:UBND", "12"),
        ("unit:\"UBND xã Tân Lập\"", "12"),
        ("unit:\"uy ban nhan dan xa tan lap\"", "12"),
        ("unit:=\"UBND xã Tân Lập\"", "1"),
        ("unit:(tài OR UBND)", "123"),
        ("-unit:UBND AND xã", "3"),
    ];
    for (text, expected) in table {
        assert_eq!(keys(&answer(&reader, text)), expected, "{text}");
    }
}

#[test]
fn an_excluded_phrase_may_stand_behind_the_rows_that_are_left() {
    let (_dir, reader) = indexed(&[
        row("1", ("đất", ""), "", SINCE),
        row("2", ("đất", "rác"), "", SINCE),
        row("3", ("đất", "thu hồi quyền sử dụng nhà ở xã"), "", SINCE),
    ]);
    for text in ["đất -\"thu hồi quyền sử dụng nhà ở\"", "NOT \"thu hồi quyền sử dụng nhà ở xã\""]
    {
        assert_eq!(keys(&answer(&reader, text)), "12", "{text}");
    }
}

#[test]
fn names_of_provinces_find_each_other_by_date_and_numbers_by_value() {
    let (_dir, reader) = indexed(&rows());
    let table = [
        ("Hà Giang", "45"),
        ("\"đất ở Hà Giang\"", "45"),
        ("Hà Giang AND đất", "45"),
        ("NOT \"Hà Giang\"", "123678"),
        ("đất -\"Hà Giang\"", "68"),
        ("title:\"Hà Giang\"", "45"),
        ("title:(Hà Giang)", "45"),
        ("title:(Hà Giang đất)", "45"),
        ("=\"Hà Giang\"", "4"),
        ("\"Tuyên Quang\"", "456"),
        ("title:\"Tuyên Quang\"", "456"),
        ("\"12/5/2018\"", "37"),
        ("12/5/2018 AND rác", "7"),
        ("title:12/5/2018", "7"),
        ("text:\"12.05.2018\"", "3"),
        ("NOT 12/5/2018 AND (họp OR rác OR nghị)", "1"),
    ];
    for (text, expected) in table {
        assert_eq!(keys(&answer(&reader, text)), expected, "{text}");
    }
}

#[test]
fn what_was_searched_as_well_is_told_once_and_shown() {
    let (_dir, reader) = indexed(&rows());
    let told = |text: &str| {
        let told = answer(&reader, text).widened.into_iter();
        told.map(|one| format!("{} {}", one.given, one.other)).collect::<Vec<_>>()
    };
    let short = ["UBND ủy ban nhân dân"];
    let asked = ["rác OR UBND", "NOT UBND", "\"UBND xã\"", "title:UBND", "unit:UBND", "UBND OR \"UBND xã\""];
    for text in asked {
        assert_eq!(told(text), short, "{text}");
    }
    for text in ["=\"UBND xã\"", "title:=\"UBND\"", "source_id:UBND", "UBN*", "đất OR nhà"] {
        assert_eq!(told(text), Vec::<String>::new(), "{text}");
    }
    let dated = answer(&reader, "title:\"Hà Giang\"").widened;
    assert_eq!(dated[0].dated.as_deref(), Some("2025-07-01.."));
    let found = answer(&reader, "\"UBND xã\" OR rác");
    let third = found.hits.iter().find(|hit| hit.source_id == "3").unwrap();
    assert!(third.highlights.iter().any(|shown| shown.column == "title"), "{third:?}");
}

/// Both writings of what stands in a phrase.
const WRITINGS: [(&str, &str); 4] = [
    ("UBND xã", "ủy ban nhân dân xã"),
    ("thuộc UBND", "thuộc ủy ban nhân dân"),
    ("đơn KNTC", "đơn khiếu nại tố cáo"),
    ("UBND HĐND", "ủy ban nhân dân hội đồng nhân dân"),
];
const FRAMES: [&str; 8] = [
    "{}",
    "NOT {}",
    "({} OR rác) AND NOT đất",
    "đất -{}",
    "title:{}",
    "NOT text:{}",
    "unit:{}",
    "{} AND title:{}",
];

fn fragment() -> impl Strategy<Value = String> {
    let known = vec![
        "UBND",
        "xã",
        "ủy ban nhân dân",
        "ủy ban",
        "thuộc",
        "HĐND",
        "hội đồng nhân dân",
        "đơn",
        "KNTC",
        "khiếu nại tố cáo",
        "rác",
        "đất",
    ];
    prop::collection::vec(prop::sample::select(known), 0..5).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn either_writing_finds_the_same_and_a_literal_one_no_more(
        texts in prop::collection::vec((fragment(), fragment(), fragment()), 1..7),
    ) {
        let rows: Vec<Row> = texts
            .iter()
            .enumerate()
            .map(|(id, (title, text, unit))| row(&id.to_string(), (title, text), unit, SINCE))
            .collect();
        let (_dir, reader) = indexed(&rows);
        for (short, long) in WRITINGS {
            let quoted = |words: &str| format!("\"{words}\"");
            for frame in FRAMES {
                let [a, b] = [short, long].map(|words| frame.replace("{}", &quoted(words)));
                prop_assert_eq!(keys(&answer(&reader, &a)), keys(&answer(&reader, &b)), "{} | {}", a, b);
            }
            let all = keys(&answer(&reader, &quoted(short)));
            // The first is walked by postings, the second by the general query.
            let twice = format!("{0} AND {0}", quoted(short));
            prop_assert_eq!(&all, &keys(&answer(&reader, &twice)), "{}", twice);
            let found = keys(&answer(&reader, &format!("={}", quoted(short))));
            prop_assert!(found.chars().all(|key| all.contains(key)), "{}: {} in {}", short, found, all);
            let without = answer(&reader, &format!("NOT {}", quoted(short))).total.value;
            prop_assert_eq!(without + all.len() as u64, rows.len() as u64);
        }
    }
}
