//! Suggestions over a small index.

use crate::domain::scope::Scope;
use crate::search::sample::{Row, indexed, letters};

fn rows() -> Vec<Row> {
    let row = |number: usize| Row {
        source_id: number.to_string(),
        unit: Some(["Sở Tài nguyên", "Sở Tài chính", "Sở Xây dựng"][number % 3].to_owned()),
        title: Some(if number < 4 { "Thu hồi đất ở" } else { "Thu hộ tiền điện" }.to_owned()),
        signer_name: Some("Thuận Tài Khuyết".to_owned()),
        ..Row::default()
    };
    (0..7).map(row).collect()
}

#[test]
fn values_and_phrases_that_begin_so_come_in_most_rows_first() {
    let (_dir, reader) = indexed(&rows());
    let suggest = |text: &str, scope: &Scope| -> Vec<(String, u64)> {
        let found = reader.suggest(&letters(), text, 10, scope).unwrap();
        found.into_iter().map(|one| (one.text, one.total)).collect()
    };
    let pair = |text: &str, total: u64| (text.to_owned(), total);
    let all = Scope::everything();
    assert_eq!(suggest("sở t", &all), [pair("Sở Tài nguyên", 3), pair("Sở Tài chính", 2)]);
    assert_eq!(suggest("tai ch", &all), [pair("Sở Tài chính", 2)]);
    assert_eq!(suggest("thu ", &all), [pair("thu hồi", 4), pair("thu hộ", 3)]);
    assert_eq!(suggest("thu hoi d", &all), [pair("thu hồi đất", 4)]);
    assert_eq!(suggest("", &all), []);
    assert_eq!(suggest("thuan", &all), []);
    assert_eq!(suggest("khuyet", &all), []);
    let one = Scope::of_units("a", ["Sở Tài nguyên".to_owned()]);
    assert_eq!(suggest("so t", &one), [pair("Sở Tài nguyên", 3)]);
    // In this unit each phrase stands in too few records to be anybody's.
    assert_eq!(suggest("thu h", &one), []);
    assert!(reader.suggest(&letters(), "a", 51, &all).unwrap_err().to_string().contains("51 suggestions"));
}

#[test]
fn a_suggested_value_is_one_to_filter_by() {
    let (_dir, reader) = indexed(&rows());
    let found = reader.suggest(&letters(), "xay", 10, &Scope::everything()).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].column.as_deref(), found[0].value.as_deref()), (Some("unit"), Some("Sở Xây dựng")));
}
