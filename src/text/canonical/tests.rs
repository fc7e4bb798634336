//! Ways of writing and their tokens.

use proptest::prelude::*;

use super::*;

fn tokens(text: &str) -> Vec<String> {
    canonicals(text).into_iter().map(|found| found.token).collect()
}

#[test]
fn one_thing_has_one_token_however_it_is_written() {
    let table: [(&[&str], &[&str]); 12] = [
        (
            &[
                "12/5/2018",
                "12.05.2018",
                "12-5-2018",
                "2018-05-12",
                "ngày 12 tháng 5 năm 2018",
                "12 thang 05 nam 2018",
            ],
            &["#d2018-05-12"],
        ),
        (&["55/2022/NĐ-CP", "số 55/2022/nđ-cp.", "55/2022/ND-CP"], &["#s55/2022/nd-cp"]),
        (&["123/QĐ-UBND", "(123/qd-ubnd)"], &["#s123/qd-ubnd"]),
        (&["02/TB-TTT"], &["#s02/tb-ttt"]),
        (&["02/2011/QH13"], &["#s02/2011/qh13"]),
        (&["079085001234", "079 085 001 234", "079.085.001.234"], &["#i079085001234"]),
        (
            &["0912345678", "0912 345 678", "0912.345.678", "+84 912 345 678", "+84912345678", "84912345678"],
            &["#p0912345678"],
        ),
        (&["01629876543", "0162 987 6543", "032 987 6543"], &["#p0329876543"]),
        (&["0236 3821 234"], &["#p02363821234"]),
        (
            &["1.250.000 đồng", "1250000", "1.250.000", "1.250.000đ", "1.250 nghìn đồng", "1,25 triệu đồng"],
            &["#v1250000"],
        ),
        (&["1,5 tỷ", "1 tỷ 500 triệu", "1 tỷ rưỡi", "1.500 triệu đồng", "1,5 tỉ đồng"], &["#v1500000000"]),
        (&["2.000 đồng", "2000"], &["#v2000"]),
    ];
    for (ways, expected) in table {
        for way in ways {
            assert_eq!(tokens(way), expected, "{way}");
        }
    }
    assert_eq!(tokens("CMND 201234567"), ["#i201234567", "#v201234567"]);
}

#[test]
fn what_is_none_of_these_has_no_token() {
    for text in [
        "",
        "không có số",
        "12/5",
        "31/02/2018",
        "5/22018",
        "1,5",
        "A12345",
        "192.168.1.1",
        "xe 51F-123.45",
        "50%",
    ] {
        assert_eq!(tokens(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn places_point_into_the_text() {
    let text = "Ngày 12 tháng 5 năm 2018, số 12/QĐ-UBND, phạt 1 tỷ rưỡi đồng; ĐT: 0912 345 678.";
    let read: Vec<&str> = canonicals(text).iter().map(|found| &text[found.start..found.end]).collect();
    assert_eq!(read, ["12 tháng 5 năm 2018", "12/QĐ-UBND", "1 tỷ rưỡi đồng", "0912 345 678"]);
}

proptest! {
    #[test]
    fn places_are_in_the_text_for_any_text(text in "[0-9./, +đtỷ-]{0,40}|\\PC{0,40}") {
        for found in canonicals(&text) {
            prop_assert!(text.get(found.start..found.end).is_some_and(|slice| !slice.is_empty()));
        }
    }

    #[test]
    fn any_day_is_one_in_three_ways(days in 0i64..70_000) {
        let day = chrono::NaiveDate::from_ymd_opt(1905, 1, 1).unwrap() + chrono::Days::new(days as u64);
        let expected = vec![format!("#d{day}")];
        for form in ["%d/%m/%Y", "%-d.%-m.%Y", "ngày %-d tháng %-m năm %Y", "%Y-%m-%d"] {
            prop_assert_eq!(tokens(&day.format(form).to_string()), expected.clone());
        }
    }
}
