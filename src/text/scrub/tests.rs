//! Ways people write a name or a number, and what must hold for every text.

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::*;

#[test]
fn a_secret_is_found_however_it_is_written() {
    let name = "Nguyễn Thị Hoà";
    let table = [
        (name, "Tôi là Nguyễn Thị Hoà, trú tại", "Tôi là […], trú tại"),
        (name, "Tôi là NGUYỄN THỊ HÒA ở", "Tôi là […] ở"),
        (name, "Toi la nguyen thi hoa.", "Toi la […]."),
        (name, "bà Nguyễn\n  Thị\u{A0}Hòa (Nguyễn Thị Hoà)", "bà […] ([…])"),
        (name, "bà Nguyễn Thị Hoàng", "bà Nguyễn Thị Hoàng"),
        ("0912345678", "ĐT: 0912 345 678.", "ĐT: […]."),
        ("0912345678", "ĐT 0912.345.678 hoặc +84 912-345-678;", "ĐT […] hoặc […];"),
        ("0912345678", "SĐT0912345678, (+84)(0)912345678", "SĐT[…], ([…]"),
        ("0912345678", "gọi 912345678 hay 0084912345678", "gọi […] hay […]"),
        ("+84 912 345 678", "gọi 0912345678", "gọi […]"),
        ("0912345678", "gọi ０９１２ ３４５ ６７８.", "gọi […]."),
        ("0912345678", "mã 10912345678 và 09123456789", "mã 10912345678 và 09123456789"),
        ("079085001234", "CCCD 079 085 001 234, 079085\u{200B}001234", "CCCD […], […]"),
        ("079085001234", "CCCD 079085001234 0912345678", "CCCD […] 0912345678"),
        ("12 Lê Lợi, phường Bến Nghé", "ở 12 le loi phuong ben nghe", "ở […]"),
        ("An", "ông An, an toàn, ấn, ân", "ông […], […] toàn, ấn, ân"),
        ("123", "số 123, 1234, 12 3", "số […], 1234, 12 3"),
        ("", "không có gì", "không có gì"),
        (" - ", "không - có", "không - có"),
    ];
    for (secret, text, expected) in table {
        assert_eq!(scrub(text, &[secret]).text, expected, "{secret:?}");
    }
}

#[test]
fn a_name_in_initials_and_a_house_without_its_commune_are_found_and_no_other() {
    let (name, address) = ("Hoàng Hải Đăng", "Số nhà 12, đường Lê Lợi, phường Bến Nghé, TP Hồ Chí Minh");
    let table = [
        (name, "Tôi là H. H. Đ., trú tại", "Tôi là […]., trú tại"),
        (name, "người viết: H.H.D", "người viết: […]"),
        (name, "ông H.H. Đăng và Hoàng H. Đ. nói", "ông […] và […]. nói"),
        (name, "anh HHĐ, nhóm HHĐ", "anh […], nhóm HHĐ"),
        (name, "bà H.D, tổ H.D", "bà H.D, tổ H.D"),
        (name, "h.h.d và H H D, A.H.D", "h.h.d và H H D, A.H.D"),
        (name, "Đăng ký, Hoàng Sa, H.Đ.H", "Đăng ký, Hoàng Sa, H.Đ.H"),
        ("Trần Phương", "ông T.P. ở T.P. Hồ Chí Minh", "ông […]. ở T.P. Hồ Chí Minh"),
        ("Hoàng Thị Xuân", "HTX nông nghiệp, bà HTX", "HTX nông nghiệp, bà […]"),
        ("Trần Văn An; Lê Thị Bình", "T.V.A. và L.T. Bình", "[…]. và […]"),
        (address, "nhà tôi ở 12 Lê Lợi, gần chợ", "nhà tôi ở […], gần chợ"),
        (address, "số 12 đường LE LOI bị thu hồi", "số […] bị thu hồi"),
        (address, "đường Lê Lợi, ngày 12, số 112 Lê Lợi", "đường Lê Lợi, ngày 12, số 112 Lê Lợi"),
        ("12/3 Hoàng Diệu, phường 5", "nhà 12/3 phố Hoàng Diệu", "nhà […]"),
        ("thôn 3, xã Tân Hòa", "người thôn 3 và thôn 3, xã Tân Hòa", "người thôn 3 và […]"),
    ];
    for (secret, text, expected) in table {
        assert_eq!(scrub(text, &[secret]).text, expected, "{secret:?}");
    }
}

#[test]
fn all_secrets_are_taken_out_and_counted() {
    let secrets = ["Trần Văn Bình", "0912345678", "Bình"];
    let scrubbed = scrub("Trần Văn Bình, ĐT 0912 345 678, con là Bình; Trần Văn Bình Minh", &secrets);
    assert_eq!(scrubbed.text, "[…], ĐT […], con là […]; […] Minh");
    assert_eq!(scrubbed.found, 4);
}

#[test]
fn a_cut_never_makes_a_new_secret() {
    let scrubbed = scrub("An An Bình Bình", &["An Bình"]);
    assert_eq!(scrubbed.text, "An […] Bình");
    assert_eq!(scrub(&scrubbed.text, &["An Bình"]).found, 0);
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "(An|Bình|BÌNH|binh|Hoà|Hòa|Lê|le|Văn)",
        "(A\\.|B\\.|L\\.|V\\.|LVA|ông |bà |số |đường )",
        "[0-9]{1,5}",
        "\\PC{0,3}"
    ]
}

fn words(most: usize) -> impl Strategy<Value = String> {
    let separator = prop_oneof![Just(" "), Just(""), Just("-"), Just(", "), Just("[…]"), Just("\u{AD}")];
    proptest::collection::vec((word(), separator), 0..most)
        .prop_map(|pairs| pairs.into_iter().map(|(word, separator)| word + separator).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nothing_is_found_in_a_scrubbed_text(
        text in words(30),
        secrets in proptest::collection::vec(words(4), 0..4),
    ) {
        let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
        let once = scrub(&text, &secrets);
        let twice = scrub(&once.text, &secrets);
        prop_assert_eq!(twice.found, 0, "{:?}", once);
        prop_assert_eq!(&twice.text, &once.text);
        if once.found == 0 {
            prop_assert_eq!(&once.text, &text);
        }
    }

    #[test]
    fn a_name_is_found_in_any_dress(before in words(8), after in words(8), dress in 0usize..4) {
        let name = "Lê Thị Hoà Bình";
        let dressed = match dress {
            0 => name.to_uppercase(),
            1 => name.nfd().collect(),
            2 => "le thi hoa binh".to_owned(),
            _ => "Lê  Thị\nHòa\u{A0}Bình".to_owned(),
        };
        let text = format!("{before} {dressed} {after}");
        prop_assert!(scrub(&text, &[name]).found >= 1);
    }

    #[test]
    fn initials_of_a_name_are_found_between_any_words(
        before in "[a-zđêô ]{0,20}", after in "[a-zđêô ]{0,20}", full in 0usize..4, gap in "(\\.|\\. )",
    ) {
        let name = ["Lê", "Thị", "Hoà", "Bình"];
        let said: Vec<String> = name.iter().enumerate().map(|(place, syllable)| {
            if place < full { (*syllable).to_owned() } else { syllable.chars().take(1).collect() }
        }).collect();
        let said = said.join(&gap);
        let text = format!("{before} {said}, {after}");
        prop_assert_eq!(scrub(&text, &["Lê Thị Hoà Bình"]).text, format!("{before} […], {after}"));
    }

    #[test]
    fn no_house_is_left_whatever_stands_around_it(number in "[1-9][0-9]{0,2}", before in words(6), after in words(6)) {
        let address = format!("{number} Trần Hưng Đạo, phường 5, tỉnh Cà Mau");
        for said in [format!("{number} Trần Hưng Đạo"), format!("số {number}, đường Tran Hung Dao")] {
            let text = format!("{before} {said} {after}");
            let clean = scrub(&text, &[&address]).text;
            prop_assert!(!clean.contains(&said), "{}", clean);
        }
    }

    #[test]
    fn a_number_is_found_in_any_grouping(number in "0[0-9]{9,11}", gaps in "[ .-]{0,3}", place in 1usize..9) {
        let (head, tail) = number.split_at(place);
        let text = format!("số {head}{gaps}{tail}, rồi");
        prop_assert_eq!(scrub(&text, &[&number]).text, "số […], rồi");
    }
}
