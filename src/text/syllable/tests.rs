//! The matrix on which the known engines fail, and what must hold for every text.

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::*;

fn accented(text: &str) -> Vec<String> {
    tokens(text).into_iter().map(|token| token.accented).collect()
}

fn folded(text: &str) -> Vec<String> {
    tokens(text).into_iter().map(|token| token.folded).collect()
}

#[test]
fn one_spelling_of_a_word_finds_every_other() {
    let nfd: String = "Đơn khiếu nại về đất đai".nfd().collect();
    let same_accents = [
        ("Đơn khiếu nại về đất đai", nfd.as_str()),
        ("Đơn khiếu nại về đất đai", "ĐƠN KHIẾU NẠI VỀ ĐẤT ĐAI"),
        ("Đơn khiếu nại về đất đai", "Ðơn khiếu nại về ðất Ɖai"),
        ("Đơn khiếu nại về đất đai", "đơn\u{A0}khiếu\u{200B} nại, về (đất) đ\u{AD}ai."),
        ("hoà giải thuỷ lợi", "hòa giải thủy lợi"),
        ("KHOẺ, XOÈ, THUÝ", "khỏe xòe thúy"),
        ("vấn đề", "va\u{301}\u{302}n đe\u{300}\u{302}"),
        ("số 2018 UBND", "số ２０１８ ＵＢＮＤ"),
        ("quyết định “mới”", "quyết định \"mới\""),
    ];
    for (one, other) in same_accents {
        assert_eq!(accented(one), accented(other), "{one:?} {other:?}");
        assert_eq!(folded(one), folded(other), "{one:?} {other:?}");
    }
    let same_folds = [
        ("Đơn khiếu nại về đất đai", "don khieu nai ve dat dai"),
        (nfd.as_str(), "DON KHIEU NAI VE DAT DAI"),
        ("đat đai", "dat dai"),
        ("quy định", "qui định"),
        ("quý lý kỹ mỹ kỳ", "quí lí kĩ mĩ kì"),
        ("hoà giải thuỷ lợi", "hoa giai thuy loi"),
    ];
    for (one, other) in same_folds {
        assert_eq!(folded(one), folded(other), "{one:?} {other:?}");
    }
}

#[test]
fn different_words_stay_different() {
    let table = [("thuy", "thui"), ("tuy", "tui"), ("tay", "tai"), ("y", "i"), ("hoàn", "hoan ")];
    for (one, other) in table {
        assert_ne!(accented(one), accented(other));
    }
    assert_ne!(folded("thuy"), folded("thui"));
    assert_ne!(folded("tay"), folded("tai"));
    assert_ne!(accented("quy"), accented("qui"));
}

#[test]
fn ranges_point_into_the_given_text() {
    let text = "\u{FEFF} Số 55/2022/NĐ-CP, hoa\u{300} gia\u{309}i\u{200B}!";
    let read: Vec<&str> = tokens(text).iter().map(|t| &text[t.start as usize..t.end as usize]).collect();
    assert_eq!(read, ["Số", "55", "2022", "NĐ", "CP", "hoa\u{300}", "gia\u{309}i"]);
    assert_eq!(accented(text), ["số", "55", "2022", "nđ", "cp", "hòa", "giải"]);
    assert_eq!(folded(text), ["so", "55", "2022", "nd", "cp", "hoa", "giai"]);
}

#[test]
fn other_scripts_and_empty_texts_are_read_too() {
    assert_eq!(folded("Straße ЖУК İstanbul 漢字 한국"), ["straße", "жук", "istanbul", "漢字", "한국"]);
    assert_eq!(tokens("\u{301}\u{200B} ...").len(), 0);
    assert_eq!(tokens("").len(), 0);
}

/// Words as people type them: Vietnamese, decomposed, with invisible characters and separators.
fn vietnamese() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[aàáảãạăằâầấeèêềiìíoòóỏõọôồơờớuùúủưừyỳýỷ]",
        "[bcdđghklmnpqrstvxĐHQTÐ0-9]",
        "[ .,/\u{A0}\u{AD}\u{200B}\u{301}\u{309}\u{323}]",
        "\\PC",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_range_read_back_is_the_same_syllable(text in vietnamese()) {
        let mut end = 0;
        for token in tokens(&text) {
            prop_assert!(token.start >= end && token.end > token.start);
            end = token.end;
            let slice = text.get(token.start as usize..token.end as usize);
            let again = tokens(slice.expect("a range on character boundaries"));
            prop_assert_eq!(again.len(), 1);
            prop_assert_eq!(&again[0].accented, &token.accented);
            prop_assert_eq!(&again[0].folded, &token.folded);
        }
    }

    #[test]
    fn composed_and_decomposed_texts_have_the_same_syllables(text in vietnamese()) {
        let (nfc, nfd): (String, String) = (text.nfc().collect(), text.nfd().collect());
        prop_assert_eq!(accented(&nfc), accented(&nfd));
        prop_assert_eq!(folded(&nfc), folded(&nfd));
        prop_assert_eq!(accented(&nfc), accented(&text));
    }

    #[test]
    fn the_normal_form_has_the_same_syllables(text in vietnamese()) {
        prop_assert_eq!(accented(&normalize::nfc(&text)), accented(&text));
    }

    #[test]
    fn the_old_and_the_new_place_of_a_tone_are_one(
        onset in "(h|kh|t|th|l|ng|x|)",
        tone in 0usize..5,
        vowels in 0usize..3,
    ) {
        let (first, second) = [("òóỏõọ", "a"), ("òóỏõọ", "e"), ("ùúủũụ", "y")][vowels];
        let toned = ["àáảãạ", "èéẻẽẹ", "ỳýỷỹỵ"][vowels].chars().nth(tone).unwrap();
        let new = format!("{onset}{}{second}", first.chars().nth(tone).unwrap());
        let old = format!("{onset}{}{toned}", if vowels == 2 { 'u' } else { 'o' });
        prop_assert_eq!(accented(&old), accented(&new));
        prop_assert_eq!(accented(&old.to_uppercase()), accented(&new));
        prop_assert_eq!(folded(&old), folded(&new));
    }
}
