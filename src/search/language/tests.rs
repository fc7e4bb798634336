//! Texts and their trees, texts and their errors, and what holds for any text.

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::*;
use crate::definition::catalog::embedded;
use crate::definition::dataset::Dataset;
use crate::domain::error::{Classified, ErrorKind};
use crate::domain::limits::language::{QUERY_CHARS_MAX, QUERY_CLAUSES_MAX, QUERY_DEPTH_MAX, QUERY_NOTS_MAX};
use crate::search::language::fault::Fault;
use crate::search::language::tree::{Leaf, Phrase, Sign, Test};

fn names(sees_personal: bool) -> Names {
    let file = "indexes/petitions.toml";
    Names::of(&Dataset::parse(file, &embedded()[file]).unwrap(), sees_personal)
}

fn printed(text: &str) -> String {
    match read(text, &names(true)) {
        Ok(Reading { tree: Some(tree), is_plain, .. }) => {
            format!("{}{tree}", if is_plain { "plain: " } else { "" })
        }
        Ok(Reading { tree: None, .. }) => "nothing".to_owned(),
        Err(error) => panic!("{text}: {error}"),
    }
}

#[test]
fn each_form_of_the_language_is_read() {
    let table = [
        ("khiếu nại đất đai", "plain: khiếu nại đất đai"),
        ("đơn \"đất đai\" -xã", "plain: đơn AND \"đất đai\" AND NOT xã"),
        ("đơn -55/2022", "plain: đơn AND NOT \"55/2022\""),
        ("=\"khiếu nại\"", "=\"khiếu nại\""),
        ("\"thu hồi\"~5", "\"thu hồi\"~5"),
        ("đất đai OR nhà ở", "đất đai OR nhà ở"),
        ("đất VÀ nhà HOẶC ở", "đất AND nhà OR ở"),
        ("đất KHÔNG nhà ở", "đất AND NOT nhà ở"),
        ("(đất OR nhà) xã", "(đất OR nhà) AND xã"),
        ("-(đất OR nhà)", "NOT (đất OR nhà)"),
        ("NOT NOT đất", "NOT NOT đất"),
        ("khie* kh?o", "khie* AND kh?o"),
        ("kh?u", "kh?u"),
        ("kho?", "kho?"),
        ("đơn_vị:\"Sở A\"", "unit:\"Sở A\""),
        ("don_vi:x DonVi:y unit:z", "unit:x AND unit:y AND unit:z"),
        ("\"đơn vị\":x", "unit:x"),
        ("\"Cơ quan đang giữ\":x", "unit:x"),
        ("unit:(Sở A OR Sở B)", "unit:(Sở A) OR unit:(Sở B)"),
        ("-unit:(a b)", "NOT unit:(a b)"),
        ("title:(thu hồi \"đất đai\")", "title:(thu hồi) AND title:\"đất đai\""),
        ("title:=\"đất đai\" trích_yếu:\"a b\"~3", "title:=\"đất đai\" AND title:\"a b\"~3"),
        ("title:khie*", "title:khie*"),
        ("ngày:2025-12-15..2026-03-14", "received_on:2025-12-15..2026-03-14"),
        ("hạn:<7d", "due_on:<7d"),
        ("hạn:>=15/12/2025", "due_on:>=15/12/2025"),
        ("signers:(3..7 OR -2)", "signers:3..7 OR signers:-2"),
        ("hạn:* -hạn:*", "due_on:* AND NOT due_on:*"),
        ("có:hạn thiếu:số_người_ký", "due_on:* AND NOT signers:*"),
        ("mã_đơn:A1", "source_id:A1"),
        ("đơn_vị: x", "unit:x"),
        ("nặc_danh:có", "is_anonymous:có"),
        ("điện_thoại:0912", "signer_phone:0912"),
        ("\"đất đai", "plain: \"đất đai\""),
        ("", "nothing"),
        ("\"\" -- !!! -", "nothing"),
    ];
    for (text, expected) in table {
        assert_eq!(printed(text), expected, "{text}");
        let nfd = text.nfd().collect::<String>();
        assert_eq!(printed(&nfd).nfc().collect::<String>(), expected, "{text} in NFD");
    }
}

#[test]
fn an_ordinary_sentence_is_never_taken_for_the_language() {
    let table = [
        "Kính gửi: ông Chủ tịch xã",
        "lúc 12:30 ngày 5/6, tại https://a.vn/x?y=1",
        "tôi và anh hoặc chị không đồng ý, not and or",
        "ĐƠN KHÔNG ĐỦ ĐIỀU KIỆN VÀ HOẶC RÚT",
        "Nộp đơn ở đâu? Khi nào được trả lời??",
        "Quyết định 12 (bản sao) của huyện) và (tỉnh",
        "** Lưu ý: diện tích 5*20m, 12*15",
        "Hạn: 30/4; Tình trạng:đã xong",
        "Nghệ An - Hà Tĩnh, 8h-17h",
        "V/v:thu hồi đất 55/2022/NĐ-CP",
        ":) (: ~ = a~b =c <d >e",
        "AND",
        "OR NOT",
        "gồm có:ba người",
        "người:ông A, số:12",
    ];
    for text in table {
        let reading = read(text, &names(true)).unwrap();
        assert!(reading.is_plain, "{text}: {:?}", reading.tree);
    }
}

#[test]
fn errors_name_the_place_and_a_text_that_parses() {
    let table = [
        ("(đất OR nhà", Fault::BracketOpen, 0, "(đất OR nhà)"),
        ("đất OR nhà)", Fault::BracketClosed, 10, "đất OR nhà"),
        ("đất OR ()", Fault::BracketEmpty, 7, "đất"),
        ("đất AND", Fault::OperandMissing, 4, "đất"),
        ("OR đất nhà", Fault::OperandMissing, 0, "đất nhà"),
        ("đất AND OR nhà", Fault::OperandMissing, 4, "đất OR nhà"),
        ("đất (AND nhà", Fault::OperandMissing, 5, "đất ( nhà"),
        ("đất NOT", Fault::OperandMissing, 4, "đất"),
        ("đất đơn_vị:", Fault::ValueMissing, 4, "đất đơn_vị:*"),
        ("(unit: OR đất)", Fault::ValueMissing, 1, "(unit:* OR đất)"),
        ("ngày:2026..2025", Fault::RangeReversed, 5, "ngày:2025..2026"),
        ("đất k*", Fault::PatternShort, 4, "đất k"),
        ("ab*c*d*e*f*", Fault::PatternStars, 0, "ab*"),
        ("\"đất nhà\"~500", Fault::SlopTooLarge, 0, "\"đất nhà\"~50"),
    ];
    for (text, fault, start, repair) in table {
        let error = read(text, &names(true)).unwrap_err();
        let found = (error.fault, error.place.start, error.repair.as_deref());
        assert_eq!(found, (fault, start, Some(repair)), "{text}");
    }
    let error = read("đất hạn:30/2/2026", &names(true)).unwrap_err();
    assert_eq!(error.pointed(), format!("đất hạn:30/2/2026\n{}{}", " ".repeat(8), "^".repeat(9)));
    let nfd = read(&"đất hạn:x".nfd().collect::<String>(), &names(true)).unwrap_err();
    assert!(nfd.pointed().ends_with(&format!("\n{}^", " ".repeat(8))), "{}", nfd.pointed());
    assert_eq!((error.place.start, error.place.end, error.repair), (8, 17, None));
}

#[test]
fn every_error_has_a_sentence_in_both_languages() {
    use crate::search::language::fault::Expected;
    let faults = [
        Fault::BracketOpen,
        Fault::BracketClosed,
        Fault::BracketEmpty,
        Fault::OperandMissing,
        Fault::ValueMissing,
        Fault::ValueWrong(Expected::Day),
        Fault::ValueWrong(Expected::Integer),
        Fault::ValueWrong(Expected::Number),
        Fault::ValueWrong(Expected::Boolean),
        Fault::ValueWrong(Expected::Exact),
        Fault::ValueWrong(Expected::Words),
        Fault::RangeReversed,
        Fault::PatternShort,
        Fault::PatternStars,
        Fault::SlopTooLarge,
        Fault::TooDeep,
        Fault::TooManyClauses,
        Fault::TooManyNots,
        Fault::TooManyPatterns,
        Fault::TooLong,
    ];
    for fault in faults {
        let mut error = LanguageError::at("đất AND", 4..7, fault, None);
        error.repair = Some("đất".to_owned());
        for language in [Language::Vi, Language::En] {
            let told = error.told(language);
            assert!(
                !told.contains(['{', '}']) && told != error.code() && !told.starts_with("search"),
                "{told}"
            );
        }
    }
}

#[test]
fn an_unknown_name_is_words_and_is_told() {
    let reading = read("don_vii:x đất", &names(true)).unwrap();
    assert_eq!(reading.notes[0].suggestion.as_deref(), Some("đơn_vị"));
    assert!(reading.is_plain);
    let reading = read("loại:x", &names(true)).unwrap();
    assert!(reading.notes[0].suggestion.as_deref().is_some_and(|name| name.starts_with("loại_đơn")));
}

#[test]
fn a_column_that_may_not_be_seen_has_no_name() {
    let reading = read("điện_thoại:0912 nguoi_dung_don:an", &names(false)).unwrap();
    assert!(reading.is_plain);
    let suggested = reading.notes.iter().filter_map(|note| note.suggestion.as_deref());
    assert!(suggested.into_iter().all(|name| names(false).place(name).is_some()), "{:?}", reading.notes);
    let near = read("signer_phon:0912", &names(false)).unwrap();
    assert_eq!(near.notes[0].suggestion, None);
    let near = read("signer_phon:0912", &names(true)).unwrap();
    assert_eq!(near.notes[0].suggestion.as_deref(), Some("signer_phone"));
}

#[test]
fn bombs_are_refused_before_anything_is_built() {
    let table = [
        ("(".repeat(100_000), Fault::TooLong),
        ("NOT ".repeat(QUERY_CHARS_MAX / 4 - 1) + "a", Fault::TooDeep),
        ("(".repeat(QUERY_DEPTH_MAX + 1) + "a OR b", Fault::TooDeep),
        ("a NOT ".repeat(QUERY_NOTS_MAX + 1) + "b", Fault::TooManyNots),
        ("a OR ".repeat(QUERY_CLAUSES_MAX + 1) + "b", Fault::TooManyClauses),
        ((0..10_000).map(|n| format!("t{n} OR ")).collect::<String>() + "b", Fault::TooLong),
        ("ab* ".repeat(9), Fault::TooManyPatterns),
        ("ab*c*d*e*f*g*h*".to_owned(), Fault::PatternStars),
        ("a????????*".to_owned(), Fault::PatternShort),
    ];
    for (text, fault) in table {
        let error = read(&text, &names(true)).unwrap_err();
        assert_eq!(error.fault, fault, "{:?}", text.get(..20));
        let is_length = matches!(fault, Fault::PatternShort);
        assert_eq!(error.kind() == ErrorKind::TooLarge, !is_length);
    }
}

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["đất", "nhà", "khiếu", "55/2022/NĐ-CP", "không", "a", "12:30", "và", "gửi:x"])
        .prop_map(str::to_owned)
}

fn words() -> impl Strategy<Value = String> {
    prop::collection::vec(word(), 1..4).prop_map(|words| words.join(" "))
}

fn leaf() -> impl Strategy<Value = Leaf> {
    let phrase = (words(), any::<bool>(), 0u32..9).prop_map(|(text, marked, slop)| {
        Leaf::Phrase(Phrase { text, marked, slop: if marked { 0 } else { slop } })
    });
    let pattern = prop::sample::select(vec!["khie*", "kh?u", "da?", "ab*c?"]);
    prop_oneof![
        words().prop_map(Leaf::Words),
        phrase,
        pattern.prop_map(|text| Leaf::Pattern(text.to_owned()))
    ]
}

fn field() -> impl Strategy<Value = Node> {
    let on = |column: &str, test| Node::Field(column.to_owned(), test);
    let day = || prop::sample::select(vec!["2026", "03/2026", "-7d", "15/12/2025"]).prop_map(str::to_owned);
    let sign = prop::sample::select(vec![Sign::Less, Sign::AtMost, Sign::More, Sign::AtLeast]);
    prop_oneof![
        leaf().prop_map(move |leaf| on("title", Test::Leaf(leaf))),
        words().prop_map(move |words| on("unit", Test::Leaf(Leaf::Words(words)))),
        (sign, day()).prop_map(move |(sign, day)| on("due_on", Test::Compare(sign, day))),
        day().prop_map(move |day| on("received_on", Test::Range(Some(day), None))),
        Just(on("signers", Test::Range(Some("2".to_owned()), Some("7".to_owned())))),
        Just(on("status", Test::Present)),
    ]
}

fn tree() -> impl Strategy<Value = Node> {
    let one = prop_oneof![leaf().prop_map(Node::Anywhere), field()];
    one.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|node| Node::Not(Box::new(node))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|items| Node::all(items).unwrap()),
            prop::collection::vec(inner, 2..4).prop_map(|items| Node::any(items).unwrap()),
        ]
    })
}

/// Within the bounds of one text.
fn fits(text: &str) -> bool {
    !matches!(read(text, &names(true)), Err(error) if error.kind() == ErrorKind::TooLarge)
}

fn any_text() -> impl Strategy<Value = String> {
    let pieces = vec![
        "(",
        ")",
        "\"",
        "“",
        "-",
        "=",
        "~",
        "~3",
        ":",
        "*",
        "?",
        "..",
        "<",
        ">=",
        ",",
        ".",
        "AND",
        "OR",
        "NOT",
        "VÀ",
        "KHÔNG",
        "unit:",
        "Unit:",
        "ngày:",
        "hạn:<7d",
        "title:",
        "\"đơn vị\":",
        "có:",
        "x:",
        "đất",
        "khie*",
        "a",
        "kho?",
        "2026",
        "55/2022/NĐ-CP",
        "e\u{301}",
        " ",
        " ",
        " ",
        "\u{0}",
        "𝔄",
        "\n",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_printed_reads_as_the_same_tree(tree in tree()) {
        let text = tree.to_string();
        if fits(&text) {
            prop_assert_eq!(parse(&text, &names(true)), Ok(Some(tree)), "{}", text);
        }
    }

    #[test]
    fn any_text_is_a_tree_or_an_error_with_a_place_inside(text in prop_oneof![any_text(), "\\PC{0,60}", any::<String>()]) {
        let names = names(true);
        match read(&text, &names) {
            Ok(Reading { tree: Some(tree), .. }) => {
                let text = tree.to_string();
                if fits(&text) {
                    prop_assert_eq!(parse(&text, &names), Ok(Some(tree)), "{}", text);
                }
            }
            Ok(_) => {}
            Err(error) => {
                prop_assert!(error.place.start <= error.place.end);
                prop_assert!(error.place.end <= text.chars().count());
                if let Some(repair) = error.repair {
                    prop_assert!(read(&repair, &names).is_ok(), "{}", repair);
                }
            }
        }
    }
}
