//! What questions find, against rows looked at by hand and against what must hold for any question.

use std::time::Duration;

use proptest::prelude::*;

use crate::domain::error::{Classified, ErrorKind};
use crate::domain::scope::Scope;
use crate::search::SearchError;
use crate::search::reader::Reader;
use crate::search::request::{Answer, Filter, Op, Request};
use crate::search::sample::{Row, indexed};

fn row(id: &str, kind: &str, unit: &str, title: &str, text: &str) -> Row {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Row {
        source_id: id.to_owned(),
        kind: some(kind),
        unit: some(unit),
        title: some(title),
        text: some(text),
        ..Row::default()
    }
}

/// Days since 1970 of 2026-03-10, and some around it.
const TODAY: i32 = 20_522;

fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("1", "complaint", "Sở Tài nguyên", "Thu hồi đất", "Tôi khiếu nại việc thu hồi đất ở xã Hòa Bình"),
        row("2", "complaint", "Sở Xây dựng", "Giấy phép", "Thu tiền rồi mới hồi âm, đất đạt chuẩn"),
        row("3", "feedback", "UBND xã Hòa Bình", "Khiếu nai", "phản ánh rác thải, khieu nại"),
        row("4", "feedback", "Sở Tài nguyên", "", "nhà ở và đất đai"),
        row("5", "", "", "Đất đai", ""),
    ];
    for (row, (day, signers)) in rows.iter_mut().zip([(-9, 1), (-1, 5), (0, 9), (6, 5), (40, 2)]) {
        row.received_on = Some(TODAY + day);
        row.signers = Some(signers);
    }
    rows[0].signer_name = Some("Nguyễn Văn Đất".to_owned());
    rows[0].is_eligible = Some(true);
    rows
}

fn ask(text: &str) -> Request {
    let today = "2026-03-10".parse().ok();
    Request { text: text.to_owned(), limit: 50, today, ..Request::default() }
}

fn answer(reader: &Reader, text: &str) -> Answer {
    reader.search(&ask(text), &Scope::everything()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn keys(answer: &Answer) -> String {
    let mut keys: Vec<&str> = answer.hits.iter().map(|hit| hit.source_id.as_str()).collect();
    keys.sort_unstable();
    keys.concat()
}

#[test]
fn each_question_finds_its_rows() {
    let (_dir, reader) = indexed(&rows());
    let table = [
        ("đất AND nhà", "4"),
        ("khiếu nại OR nhà ở", "134"),
        ("đất NOT nhà", "125"),
        ("đất VÀ (rác HOẶC nhà)", "4"),
        ("NOT đất", "3"),
        ("NOT NOT đất", "1245"),
        ("-(đất OR rác)", ""),
        ("\"thu hồi\"~4", "12"),
        ("\"hồi thu\"~2", "1"),
        ("\"thu hồi đất\"", "1"),
        ("=\"khiếu nại\"", "1"),
        ("=\"khieu nại\"", "3"),
        ("=\"khiếu nai\"", "3"),
        ("=đất", "1245"),
        ("=\"đất\"", "1245"),
        ("=\"đạt\"", "2"),
        ("khie*", "13"),
        ("kh?eu", "13"),
        ("title:khieu", "3"),
        ("title:(thu đất)", "1"),
        ("trích_yếu:\"đất đai\"", "5"),
        ("-title:đất AND đất", "24"),
        ("title:đất OR rác", "135"),
        ("nội_dung:đất", "124"),
        ("text:=\"thu hồi\"", "1"),
        ("title:*", "1235"),
        ("-title:*", "4"),
        ("title:kh*", "3"),
        ("unit:\"Sở Tài nguyên\"", "14"),
        ("cơ_quan:\"so tai nguyen\"", "14"),
        ("unit:sở", "124"),
        ("unit:=\"so tai nguyen\"", ""),
        ("unit:(hòa bình)", "3"),
        ("unit:(xây OR hòa)", "23"),
        ("unit:ngu*", "14"),
        ("loại:complaint", "12"),
        ("-loại:*", "5"),
        ("thiếu:unit", "5"),
        ("có:đủ_điều_kiện", "1"),
        ("eligible:có", "1"),
        ("ngày:2026", "12345"),
        ("ngày:10/3/2026", "3"),
        ("ngày:03/2026", "1234"),
        ("ngày:2026-03-09..2026-03-16", "234"),
        ("ngày:..2026-03-09", "12"),
        ("ngày:<7d", "34"),
        ("ngày:<0d", "12"),
        ("ngày:>-7d", "23"),
        ("ngày:>30d", "5"),
        ("signers:5", "24"),
        ("signers:>5", "3"),
        ("signers:2..5", "245"),
        ("source_id:(1 OR 5)", "15"),
        ("signer_name:\"Nguyễn Văn Đất\"", "1"),
        ("unit:\"không có\"", ""),
    ];
    for (text, expected) in table {
        assert_eq!(keys(&answer(&reader, text)), expected, "{text}");
    }
}

#[test]
fn a_question_orders_by_its_words_and_shows_them() {
    let (_dir, reader) = indexed(&rows());
    let found =
        reader.search(&Request { highlight: true, ..ask("title:đất OR kh?eu") }, &Scope::everything());
    let found = found.unwrap();
    assert!(found.hits[0].score > 0.0 && found.hits.iter().all(|hit| !hit.highlights.is_empty()));
    assert!(found.hits.is_sorted_by(|a, b| a.score >= b.score));
    let sorted = reader.search(&ask("ngày:2026"), &Scope::everything()).unwrap();
    assert!(sorted.hits.is_sorted_by_key(|hit| hit.id) && sorted.hits[0].score == 0.0);
}

#[test]
fn a_hidden_column_is_asked_by_nobody_who_may_not_see_it() {
    let (_dir, reader) = indexed(&rows());
    let narrow = Scope { sees_personal: false, ..Scope::everything() };
    let hidden = reader.search(&ask("signer_name:\"Nguyễn Văn Đất\""), &narrow).unwrap();
    let never = reader.search(&ask("signer_xame:\"Nguyễn Văn Đất\""), &narrow).unwrap();
    assert_eq!((hidden.total.value, hidden.notes.len()), (never.total.value, never.notes.len()));
    for text in ["người_đứng_đơn:* OR đất", "nguyen* OR rac", "=\"nguyễn văn đất\" OR rác"]
    {
        let seen = reader.search(&ask(text), &narrow).unwrap();
        assert!(!keys(&seen).contains('1') || text.ends_with("đất"), "{text}");
    }
    let error = reader.search(&ask("signer_name:*"), &Scope::everything()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[test]
fn a_question_stays_within_its_scope() {
    let (_dir, reader) = indexed(&rows());
    let scope = Scope::of_units("a", ["Sở Xây dựng".to_owned()]);
    for text in ["đất OR nhà", "NOT rác", "title:* OR text:đất", "unit:*", "-unit:nguyên", "=\"đất đạt\""]
    {
        assert_eq!(keys(&reader.search(&ask(text), &scope).unwrap()), "2", "{text}");
    }
}

#[test]
fn errors_are_invalid_input_and_never_another_answer() {
    let (_dir, reader) = indexed(&rows());
    let table = [
        ("(đất OR nhà", "search.language.bracket_open"),
        ("signers:x", "search.language.value_integer"),
        ("source_id:*", "search.column"),
        ("id:ab*", "search.column"),
    ];
    for (text, code) in table {
        let error = reader.search(&ask(text), &Scope::everything()).unwrap_err();
        assert_eq!((error.code(), error.kind()), (code, ErrorKind::InvalidInput), "{text}");
    }
    let undated = Request { today: None, ..ask("ngày:<7d") };
    assert!(reader.search(&undated, &Scope::everything()).is_err());
}

#[test]
fn a_pattern_that_stands_for_too_much_is_refused() {
    let many: Vec<String> = (0..1_100).map(|number| format!("ab{number}")).collect();
    let (_dir, reader) = indexed(&[row("1", "", "", "", &many.join(" "))]);
    let error = reader.search(&ask("ab*"), &Scope::everything()).unwrap_err();
    assert!(matches!(&error, SearchError::PatternWide { pattern } if pattern == "ab*"), "{error}");
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(keys(&answer(&reader, "ab10*")), "1");
}

#[test]
fn when_time_is_over_the_answer_is_partial_and_a_lower_bound() {
    let rows: Vec<Row> = (0..3).map(|id| row(&id.to_string(), "", "", "", "đất")).collect();
    let (_dir, reader) = indexed(&rows);
    let none = Request { time: Some(Duration::ZERO), ..ask("text:đất") };
    let found = reader.search(&none, &Scope::everything()).unwrap();
    assert!(found.partial && !found.total.exact && found.next.is_none());
    assert_eq!(found.total.value, 0);
    let excluding = Request { time: Some(Duration::ZERO), ..ask("đất -text:đất") };
    let found = reader.search(&excluding, &Scope::everything()).unwrap();
    assert!(found.partial && found.hits.is_empty(), "what was not looked at is excluded by nothing");
    let whole = reader.search(&ask("text:đất"), &Scope::everything()).unwrap();
    assert!(!whole.partial && whole.total.exact && whole.total.value == 3);
}

fn operand() -> impl Strategy<Value = String> {
    let known = vec![
        "đất",
        "nhà",
        "thu hồi",
        "\"thu hồi\"",
        "khiếu nại",
        "=\"khiếu nại\"",
        "title:đất",
        "unit:sở",
        "kh?eu",
        "ngày:<0d",
        "signers:5",
        "loại:complaint",
        "rác",
        "title:*",
        "text:\"đất đai\"",
        "-nhà",
    ];
    prop::sample::select(known).prop_map(str::to_owned)
}

fn total(reader: &Reader, text: &str) -> u64 {
    answer(reader, text).total.value
}

#[test]
fn questions_obey_the_laws_of_logic() {
    let (_dir, reader) = indexed(&rows());
    let all = total(&reader, "");
    let count = |text: &str| total(&reader, text);
    proptest!(ProptestConfig::with_cases(48), |(a in operand(), b in operand(), c in operand())| {
        prop_assert_eq!(count(&format!("({a}) AND ({b})")), count(&format!("({b}) AND ({a})")));
        prop_assert_eq!(count(&format!("({a}) OR ({b})")), count(&format!("({b}) OR ({a})")));
        prop_assert_eq!(count(&format!("NOT NOT ({a})")), count(&format!("({a}) AND ({a})")));
        prop_assert_eq!(count(&format!("NOT ({a})")) + count(&format!("({a}) OR ({a})")), all);
        let (either, both) = (count(&format!("({a}) OR ({b})")), count(&format!("({a}) AND ({b})")));
        prop_assert_eq!(either + both, count(&format!("({a}) OR ({a})")) + count(&format!("({b}) OR ({b})")));
        prop_assert_eq!(
            count(&format!("({a}) AND (({b}) OR ({c}))")),
            count(&format!("(({a}) AND ({b})) OR (({a}) AND ({c}))"))
        );
        prop_assert_eq!(
            count(&format!("NOT (({a}) OR ({b}))")),
            count(&format!("NOT ({a}) AND NOT ({b})"))
        );
    });
}

#[test]
fn a_field_is_the_filter_it_is_and_filters_commute() {
    let (_dir, reader) = indexed(&rows());
    let filter = |column: &str, value: &str| Filter {
        column: column.to_owned(),
        op: Op::Equals(vec![value.to_owned()]),
    };
    let (unit, kind) = (filter("unit", "Sở Tài nguyên"), filter("kind", "complaint"));
    let with = |filters: &[&Filter]| {
        let filters = filters.iter().map(|filter| (*filter).clone()).collect();
        keys(&reader.search(&Request { filters, ..ask("đất") }, &Scope::everything()).unwrap())
    };
    assert_eq!(with(&[&unit, &kind]), with(&[&kind, &unit]));
    assert_eq!(with(&[&unit, &kind]), keys(&answer(&reader, "đất unit:\"Sở Tài nguyên\" kind:complaint")));
    assert_eq!(with(&[&unit]), keys(&answer(&reader, "unit:\"Sở Tài nguyên\" đất")));
}

#[test]
fn adding_a_mark_narrows_or_reorders_and_never_adds() {
    let (_dir, reader) = indexed(&rows());
    for (plain, marked) in
        [("dat", "đất"), ("dat", "đạt"), ("khieu nai", "khiếu nại"), ("thu hoi", "thu hồi")]
    {
        assert_eq!(keys(&answer(&reader, plain)), keys(&answer(&reader, marked)));
        let all = keys(&answer(&reader, &format!("\"{plain}\"")));
        let demanded = keys(&answer(&reader, &format!("=\"{marked}\"")));
        assert!(demanded.chars().all(|key| all.contains(key)), "{marked}");
    }
}
