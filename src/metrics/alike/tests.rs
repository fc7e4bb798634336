//! Which rows are judged for which others.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use arrow::array::{Date32Array, Int64Array, StringViewArray};
use arrow::datatypes::{Field, Schema};
use proptest::prelude::*;

use super::*;

fn columns() -> Vec<(String, DataType)> {
    let all = [("unit", DataType::Utf8View), ("done", DataType::Date32), ("day", DataType::Int64)];
    all.map(|(name, kind)| (name.to_owned(), kind)).to_vec()
}

type Row = (Option<u8>, Option<i32>, Option<i64>);

fn batch(rows: &[Row]) -> RecordBatch {
    let units: StringViewArray =
        rows.iter().map(|row| row.0.map(|unit| format!("đơn vị số {unit}"))).collect();
    let done: Date32Array = rows.iter().map(|row| row.1).collect();
    let days: Int64Array = rows.iter().map(|row| row.2).collect();
    let arrays: Vec<ArrayRef> = vec![Arc::new(units), Arc::new(done), Arc::new(days)];
    let fields = columns().into_iter().map(|(name, kind)| Field::new(name, kind, true));
    RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), arrays).unwrap()
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn alike(rows: &[Row], whole: &[&str], dated: &[&str]) -> Option<Alike> {
    let reads = Reads { whole: names(whole), dated: names(dated) };
    let mut grouping = Grouping::new(&reads, &columns()).unwrap();
    let mut days = HashMap::new();
    for some in rows.chunks(7) {
        let batch = batch(some);
        grouping.take(&batch).unwrap();
        take_days(&mut days, grouping.dated().iter(), &batch).unwrap();
    }
    let days = days.into_iter().map(|(name, days)| (name, Arc::new(days))).collect();
    grouping.end(&days)
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (prop::option::of(0u8..4), prop::option::of(0i32..8), prop::option::of(0i64..8));
    prop::collection::vec(row, 1..60)
}

/// How a day stands to another.
fn stands<T: Ord + Copy>(of: Option<T>, day: &T) -> Option<Ordering> {
    of.map(|of| of.cmp(day))
}

proptest! {
    #[test]
    fn a_row_is_judged_by_one_that_is_like_it_and_no_more_are_judged_than_differ(
        rows in rows(), day in 0i32..8,
    ) {
        let likeness = alike(&rows, &["unit"], &["done", "day"]).unwrap().on(day).unwrap();
        let seen = |row: &Row| (row.0, stands(row.1, &day), stands(row.2, &i64::from(day)));
        let judged: Vec<Row> = likeness.spread(&likeness.rows().iter().map(|at| rows[*at]).collect::<Vec<_>>());
        for (row, by) in rows.iter().zip(&judged) {
            prop_assert_eq!(seen(row), seen(by));
        }
        let differing: std::collections::HashSet<_> = rows.iter().map(seen).collect();
        prop_assert_eq!(likeness.rows().len(), differing.len());
        prop_assert!(likeness.rows().is_sorted());
    }

    #[test]
    fn rows_alike_in_two_ways_are_alike_in_each(rows in rows(), day in 0i32..8) {
        let one = alike(&rows, &["unit"], &["done"]).unwrap();
        let both = one.with(&alike(&rows, &["done"], &["day"]).unwrap()).unwrap();
        let likeness = both.on(day).unwrap();
        let seen = |row: &Row| (row.0, row.1, stands(row.2, &i64::from(day)));
        let judged: Vec<Row> = likeness.spread(&likeness.rows().iter().map(|at| rows[*at]).collect::<Vec<_>>());
        prop_assert!(rows.iter().zip(&judged).all(|(row, by)| seen(row) == seen(by)));
    }
}

#[test]
fn rows_that_all_differ_are_judged_each_by_itself() {
    let count = 3 * ALIKE_LEAST as i64;
    let rows: Vec<Row> = (0..count).map(|day| (None, None, Some(day))).collect();
    assert!(alike(&rows, &["day"], &[]).is_none());
    let few: Vec<Row> = rows.iter().map(|row| (None, None, row.2.map(|day| day % 5))).collect();
    let few = alike(&few, &["day"], &["done"]).unwrap();
    assert_eq!(few.on(3).unwrap().rows(), [0, 1, 2, 3, 4]);
    assert!(few.with(&alike(&rows, &["unit"], &["day"]).unwrap()).is_some());
}

#[test]
fn what_is_no_day_is_told_by_its_value_and_what_is_not_held_not_at_all() {
    let rows = [(Some(1), None, None), (None, None, None), (Some(2), None, None)];
    let likeness = alike(&rows, &[], &["unit"]).unwrap().on(3).unwrap();
    assert_eq!(likeness.rows(), [0, 1, 2]);
    let reads = Reads { whole: names(&["title"]), dated: names(&[]) };
    assert!(Grouping::new(&reads, &columns()).is_none());
    let mut days = HashMap::new();
    assert!(take_days(&mut days, [&"title".to_owned()].into_iter(), &batch(&rows)).is_err());
}
