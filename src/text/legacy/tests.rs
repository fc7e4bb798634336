//! Passages there and back in each encoding, and texts that must stay as they are.

use proptest::prelude::*;

use super::*;
use crate::text::fold::fold;

/// Real-looking sentences of the administration, one a line.
const VIETNAMESE: &str = include_str!("../../../tests/fixtures/passages_vi.txt");
/// Other languages, code, tables and the misspelt.
const OTHER: &str = include_str!("../../../tests/fixtures/passages_other.txt");

fn restored(text: &str) -> String {
    restore(text).map_or_else(|| text.to_owned(), |restored| restored.text)
}

/// A few hundred texts that are right as they stand.
fn clean() -> Vec<String> {
    let foreign = ["Müller", "São Paulo", "café «x»", "10 µm, 5 m²", "Windows® §5"];
    let mut all: Vec<String> = OTHER.lines().map(str::to_owned).collect();
    for (place, line) in VIETNAMESE.lines().enumerate() {
        let word = foreign[place % foreign.len()];
        all.extend([line.to_owned(), fold(line), line.to_uppercase(), line.nfd().collect()]);
        all.push(format!("{word} {line} {word}"));
    }
    all
}

#[test]
fn nothing_right_is_converted() {
    let clean = clean();
    assert!(clean.len() >= 390, "{}", clean.len());
    let changed: Vec<(&String, Restored)> =
        clean.iter().filter_map(|text| restore(text).map(|restored| (text, restored))).collect();
    assert!(changed.is_empty(), "{changed:#?}");
}

/// Passages that do not come back from `encoding`, dressed.
fn lost(encoding: Encoding, dress: fn(&str) -> String) -> Vec<String> {
    let lines = VIETNAMESE.lines().map(dress);
    let posing = lines.map(|line| (encode::posing(&line, encoding).unwrap(), line));
    posing
        .filter(|(given, line)| restored(given) != *line || decode(given, encoding) != *line)
        .map(|(given, _)| given)
        .collect()
}

#[test]
fn passages_come_back_from_every_encoding() {
    for encoding in [Encoding::Tcvn3, Encoding::Vni] {
        assert_eq!(lost(encoding, str::to_owned), Vec::<String>::new(), "{encoding:?}");
        // The capital font, too.
        assert_eq!(lost(encoding, str::to_uppercase), Vec::<String>::new(), "{encoding:?}");
    }
}

#[test]
fn nearly_all_passages_come_back_from_viqr_whose_tones_are_punctuation() {
    for dress in [str::to_owned, str::to_uppercase] {
        let lost = lost(Encoding::Viqr, dress);
        assert!(lost.len() <= 4, "{lost:#?}");
    }
}

#[test]
fn only_the_legacy_run_of_a_mixed_text_is_converted() {
    let table = [
        (
            "Theo báo cáo của Ủy ban, ®¬n khiÕu n¹i cña c«ng d©n được giải quyết",
            "Theo báo cáo của Ủy ban, đơn khiếu nại của công dân được giải quyết",
        ),
        (
            "Ông đã gửi đơn: ñôn khieáu naïi veà ñaát ñai; đề nghị xem xét",
            "Ông đã gửi đơn: đơn khiếu nại về đất đai; đề nghị xem xét",
        ),
        ("Người ký đã đổi: NguyÔn ThÞ Tó", "Người ký đã đổi: Nguyễn Thị Tú"),
        ("Gửi đến: bé Néi vô ®· nhËn; được trả lời", "Gửi đến: bộ Nội vụ đã nhận; được trả lời"),
        ("c¸c tr\u{AD}êng hîp sau đây", "các trường hợp sau đây"),
        ("Toà nhà hoá chất và ®Êt n«ng nghiÖp", "Toà nhà hoá chất và đất nông nghiệp"),
    ];
    for (given, expected) in table {
        assert_eq!(restored(given), expected);
    }
}

#[test]
fn names_and_short_cells_are_told() {
    let table = [
        ("NguyÔn V¨n Tó", "Nguyễn Văn Tú"),
        ("Hµ Néi", "Hà Nội"),
        ("§µ N½ng", "Đà Nẵng"),
        ("Thõa Thiªn HuÕ", "Thừa Thiên Huế"),
        ("Nguyeãn Thò Hoøa", "Nguyễn Thị Hòa"),
        ("Nguye^~n Va(n Hoa`", "Nguyễn Văn Hoà"),
        ("ng-êi ®-îc båi th-êng", "người được bồi thường"),
    ];
    for (given, expected) in table {
        assert_eq!(restored(given), expected);
    }
    for stays in ["Tó", "Bé", "Thaï", "Mª", "Nam", "toà", "hoá", "Seán", ""] {
        assert_eq!(restore(stays), None, "{stays}");
    }
}

#[test]
fn a_known_encoding_decodes_what_alone_is_not_told() {
    assert_eq!(restore_as("Tó", Encoding::Tcvn3).unwrap().text, "Tú");
    assert_eq!(restore_as("Bé", Encoding::Utf8), None);
    assert_eq!(restore_as("đã là Unicode, có", Encoding::Tcvn3), None);
}

#[test]
fn names_of_encodings_are_read_back() {
    assert!(Encoding::ALL.iter().all(|encoding| Encoding::named(encoding.name()) == Some(*encoding)));
    assert_eq!((Encoding::named(" TCVN3 "), Encoding::named("latin")), (Some(Encoding::Tcvn3), None));
}

proptest! {
    #[test]
    fn runs_lie_in_the_text_in_order_and_the_rest_stays(text in "[ôéµ¸®a-hA-Z^+.\\n µøûñ]{0,60}|\\PC{0,40}") {
        if let Some(Restored { text: read, runs }) = restore(&text) {
            let mut end = 0;
            for run in &runs {
                prop_assert!(run.given.start >= end && run.given.end > run.given.start);
                prop_assert!(text.get(run.given.clone()).is_some());
                end = run.given.end;
            }
            let first = runs[0].given.start;
            prop_assert_eq!(&text[..first], &read[..first]);
        }
    }

    #[test]
    fn any_bytes_are_text_in_the_encodings_of_one_byte(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        for encoding in [Encoding::Tcvn3, Encoding::Vni, Encoding::Viqr, Encoding::Windows1258] {
            let mut text = String::new();
            prop_assert_eq!(file::decode_bytes(&bytes, encoding, true, &mut text), Ok(bytes.len()));
            let _ = (decode(&text, encoding), file::guess(&bytes));
        }
    }
}
