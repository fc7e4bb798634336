//! Every type of column comes through each format as it is.

use arrow::array::{BooleanArray, Date32Array, Float64Array, Int64Array, TimestampMicrosecondArray};
use arrow::ipc::reader::StreamReader;
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;

use super::*;

fn batch() -> RecordBatch {
    let texts = StringArray::from(vec![Some("=1+1"), Some("a \"b\", c"), None]);
    let instants = TimestampMicrosecondArray::from(vec![Some(1_763_744_399_000_000), None, None]);
    RecordBatch::try_from_iter_with_nullable([
        ("text", Arc::new(texts) as ArrayRef, true),
        ("count", Arc::new(Int64Array::from(vec![Some(-5), None, Some(12)])) as ArrayRef, true),
        ("share", Arc::new(Float64Array::from(vec![Some(32.53), Some(2.0), None])) as ArrayRef, true),
        ("on", Arc::new(Date32Array::from(vec![Some(17_667), None, None])) as ArrayRef, true),
        ("at", Arc::new(instants.with_timezone("UTC")) as ArrayRef, true),
        ("is", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])) as ArrayRef, true),
    ])
    .unwrap()
}

fn encoded(format: Format, batches: &[RecordBatch]) -> Vec<u8> {
    let mut encoder = Encoder::new(format, Vec::new());
    for batch in batches {
        encoder.write(batch).unwrap();
    }
    encoder.finish().unwrap()
}

fn text(format: Format, batches: &[RecordBatch]) -> String {
    String::from_utf8(encoded(format, batches)).unwrap()
}

#[test]
fn csv_quotes_by_the_rules_and_disarms_formulas_in_texts_only() {
    let expected = "text,count,share,on,at,is\n\
                    '=1+1,-5,32.53,2018-05-16,2025-11-21T16:59:59Z,true\n\
                    \"a \"\"b\"\", c\",,2.0,,,\n,12,,,,false\n";
    assert_eq!(text(Format::Csv, &[batch()]), expected);
}

#[test]
fn json_has_every_key_in_every_object_and_the_exact_text() {
    let rows: serde_json::Value = serde_json::from_slice(&encoded(Format::Json, &[batch()])).unwrap();
    assert_eq!(rows[0]["text"], "=1+1");
    assert_eq!(rows[0]["on"], "2018-05-16");
    assert_eq!(
        rows[2],
        serde_json::json!({"text": null, "count": 12, "share": null, "on": null, "at": null, "is": false})
    );
    let lines = text(Format::Ndjson, &[batch()]);
    assert_eq!(lines.lines().count(), 3);
}

#[test]
fn a_printed_table_is_aligned_and_cuts_long_cells() {
    let long = StringArray::from(vec!["đất đai", &"x".repeat(100)]);
    let counts = Int64Array::from(vec![7, 12_345]);
    let rows = [("chủ đề", Arc::new(long) as ArrayRef), ("số", Arc::new(counts) as ArrayRef)];
    let printed = text(Format::Table, &[RecordBatch::try_from_iter(rows).unwrap()]);
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(lines.iter().all(|line| line.chars().count() == 60 + 2 + 5), "{printed}");
    assert!(lines[2].starts_with("đất đai ") && lines[2].ends_with("    7"), "{printed}");
    assert!(lines[3].contains("x…"), "{printed}");
}

#[test]
fn an_empty_answer_still_names_its_columns() {
    let empty = batch().slice(0, 0);
    assert_eq!(text(Format::Csv, std::slice::from_ref(&empty)), "text,count,share,on,at,is\n");
    assert_eq!(text(Format::Json, std::slice::from_ref(&empty)), "[]");
    assert!(text(Format::Table, std::slice::from_ref(&empty)).starts_with("text  count"));
    let stream = encoded(Format::Arrow, std::slice::from_ref(&empty));
    assert_eq!(StreamReader::try_new(&stream[..], None).unwrap().schema(), empty.schema());
}

#[test]
fn arrow_and_parquet_come_back_as_they_were() {
    let batches = [batch(), batch().slice(1, 2)];
    let all = arrow::compute::concat_batches(&batch().schema(), &batches).unwrap();
    let stream = encoded(Format::Arrow, &batches);
    let back: Vec<_> = StreamReader::try_new(&stream[..], None).unwrap().map(Result::unwrap).collect();
    assert_eq!(arrow::compute::concat_batches(&all.schema(), &back).unwrap(), all);
    let file = Bytes::from(encoded(Format::Parquet, &batches));
    let back: Vec<_> = ParquetRecordBatchReader::try_new(file, 100).unwrap().map(Result::unwrap).collect();
    assert_eq!(arrow::compute::concat_batches(&all.schema(), &back).unwrap(), all);
}

#[test]
fn an_unknown_format_is_refused_with_the_nearest() {
    let error = Format::parse("parket").unwrap_err().to_string();
    assert!(error.contains("did you mean `parquet`"), "{error}");
    assert_eq!(Format::parse("parquet").unwrap(), Format::Parquet);
}

#[test]
fn a_receiver_that_goes_away_is_a_write_error() {
    struct Gone;
    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }
    for format in ALL {
        let mut encoder = Encoder::new(format, Gone);
        let error = encoder.write(&batch()).and_then(|()| encoder.finish().map(drop)).unwrap_err();
        assert!(matches!(error, SqlError::Write(_)), "{format:?}: {error:?}");
    }
}
