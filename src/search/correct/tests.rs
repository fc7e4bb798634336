//! Which spellings are offered, to whom.

use std::collections::BTreeSet;

use crate::domain::scope::Scope;
use crate::search::reader::Reader;
use crate::search::request::Request;
use crate::search::sample::{Row, indexed};

fn rows() -> Vec<Row> {
    let texts = [
        "Tôi khiếu nại quyết định thu hồi đất ở xã Hòa Bình",
        "đơn khiếu nại về bồi thường đất đai",
        "đơn tố cáo cán bộ địa chính",
        "phản ánh rác thải ven sông, đề nghị xử lý",
        "giải quyết tranh chấp đất đai giữa hai hộ",
        "khiếu kiện kéo dài",
    ];
    let row = |(number, text): (usize, &&str)| Row {
        source_id: number.to_string(),
        unit: Some(if number < 3 { "A" } else { "B" }.to_owned()),
        text: Some((*text).to_owned()),
        signer_name: Some("Trần Khoằm".to_owned()),
        ..Row::default()
    };
    texts.iter().enumerate().map(row).collect()
}

fn offered(reader: &Reader, text: &str, scope: &Scope) -> Vec<String> {
    let request = Request { text: text.to_owned(), limit: 5, ..Request::default() };
    let answer = reader.search(&request, scope).unwrap();
    assert!(answer.corrections.iter().all(|correction| correction.total > 0));
    answer.corrections.into_iter().map(|correction| correction.text).collect()
}

#[test]
fn what_was_meant_is_offered_first() {
    let (_dir, reader) = indexed(&rows());
    let table = [
        ("khieeus naij", "khiếu nại"),
        ("khie61u nai5", "khiếu nại"),
        ("dda61t ddai", "đất đai"),
        ("khiue nại", "khiếu nại"),
        ("khieunai", "khiếu nại"),
        ("thu hồi đấtt", "thu hồi đất"),
        ("boi tuong dat", "boi thuong dat"),
        ("tranh trấp", "tranh chấp"),
        ("tranh trap", "tranh chap"),
        ("khiếu nai AND dấtt", "khiếu nai AND đất"),
    ];
    for (typed, meant) in table {
        let offered = offered(&reader, typed, &Scope::everything());
        let distinct: BTreeSet<&String> = offered.iter().collect();
        assert_eq!(distinct.len(), offered.len(), "{offered:?}");
        assert_eq!(offered.first().map(String::as_str), Some(meant), "{typed}: {offered:?}");
    }
}

#[test]
fn nothing_is_offered_for_what_is_found_or_cannot_be_known() {
    let (_dir, reader) = indexed(&rows());
    for typed in ["khiếu nại đất", "đất", "", "qqqqqqqq", "55/2022", "unit:zzz", "-khieeus"] {
        assert_eq!(offered(&reader, typed, &Scope::everything()), Vec::<String>::new(), "{typed}");
    }
}

#[test]
fn an_offer_has_hits_for_the_asker_and_never_comes_from_personal_columns() {
    let (_dir, reader) = indexed(&rows());
    let narrow = Scope::of_units("b", ["B".to_owned()]);
    assert_eq!(offered(&reader, "bồi thưòngg", &narrow), Vec::<String>::new());
    assert_eq!(offered(&reader, "rác thảii", &narrow), ["rác thải"]);
    for scope in [Scope::everything(), narrow] {
        assert_eq!(offered(&reader, "khoamm", &scope), Vec::<String>::new());
    }
}
