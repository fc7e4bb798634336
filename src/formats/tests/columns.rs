//! Parquet: column types, nested columns, damage.

use arrow::array::{Date32Array, DictionaryArray, Float64Array, StringViewArray, TimestampMicrosecondArray};
use arrow::datatypes::Int32Type;

use super::*;

pub(super) fn some_parquet() -> Vec<u8> {
    let status: DictionaryArray<Int32Type> = vec![Some("Đã hoàn thành"), None].into_iter().collect();
    let when = TimestampMicrosecondArray::from(vec![1_475_600_000_000_000, 0]).with_timezone("+00:00");
    parquet_file(vec![
        ("id", Arc::new(arrow::array::Int64Array::from(vec![7, 8])) as ArrayRef),
        ("title", Arc::new(StringViewArray::from(vec![Some("đơn"), None]))),
        ("due_on", Arc::new(Date32Array::from(vec![Some(17_000), None]))),
        ("amount", Arc::new(Float64Array::from(vec![Some(0.5), Some(f64::NAN)]))),
        ("status", Arc::new(status)),
        ("received", Arc::new(when)),
    ])
}

#[test]
fn parquet_columns_of_many_types_become_values() {
    let got = letters("x.parquet", some_parquet()).unwrap();
    let record = &got.records[0];
    assert_eq!(record.source_id, "7");
    assert_eq!(
        (&record.values[0], &record.values[2], &record.values[3]),
        (&text("đơn"), &Value::Number(0.5), &text("done"))
    );
    assert!(matches!(record.values[1], Value::Date(date) if date.first_day().to_string() == "2016-07-18"));
    assert_eq!(record.extra, r#"{"received":"2016-10-04T16:53:20.000000Z"}"#);
    assert_eq!(broken(&got), [(2, Rule::NumberForm, "amount".into())]);
}

#[test]
fn nested_parquet_columns_are_children_and_json() {
    let text = concat!(
        r#"{"id":"1","events":[{"step":1,"on":"2016-10-04"}],"tags":["a"]}"#,
        "\n",
        r#"{"id":"2"}"#,
        "\n"
    );
    let schema = arrow::json::reader::infer_json_schema_from_seekable(Cursor::new(text), None).unwrap().0;
    let mut batches = arrow::json::ReaderBuilder::new(schema.into()).build(Cursor::new(text)).unwrap();
    let batch = batches.next().unwrap().unwrap();
    let schema = batch.schema();
    let columns = schema.fields().iter().map(|field| field.name().as_str()).zip(batch.columns().to_vec());
    let got = letters("x.parquet", parquet_file(columns.collect())).unwrap();
    assert_eq!(got.records[0].children[0].1.source_id, "1|1");
    assert_eq!(got.records[0].extra, r#"{"tags":["a"]}"#);
    assert!(got.records[1].children.is_empty());
}

#[test]
fn a_damaged_parquet_file_is_one_clear_error() {
    let whole = some_parquet();
    for cut in [5, whole.len() / 2, whole.len() - 1] {
        assert_eq!(fault(letters("x.parquet", &whole[..cut])), "file.parquet", "cut at {cut}");
    }
    let mut damaged = whole.clone();
    damaged[4..40].fill(0xAA);
    assert_eq!(fault(letters("x.parquet", damaged)), "file.parquet");
}

#[test]
fn metadata_with_a_negative_length_is_an_error_and_no_panic() {
    let mut bytes = some_parquet();
    bytes[731] = 5;
    assert_eq!(fault(letters("x.parquet", bytes)), "file.parquet");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_damage_to_a_file_of_columns_is_more_than_an_error(place in 0usize..1500, byte in any::<u8>()) {
        let mut bytes = some_parquet();
        let place = place % bytes.len();
        bytes[place] = byte;
        let _ = letters("x.parquet", bytes);
    }
}
