//! What is kept of judged rows, and what is left to statements.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Date32Array, StringArray};
use arrow::datatypes::{Field, Schema};

use super::*;
use crate::definition::query::Query;
use crate::domain::limits::figures::JUDGED_CONDITIONS_MAX;
use crate::metrics::taking::NO_DAY;

fn listing(conditions: usize) -> Listing {
    Listing {
        query: Query::default(),
        dimensions: vec!["unit".to_owned()],
        dates: vec!["day".to_owned()],
        conditions: (0..conditions).map(|place| format!("c{place}")).collect(),
        of_class: Vec::new(),
    }
}

fn batch(units: ArrayRef, days: ArrayRef, holds: Vec<Option<bool>>) -> RecordBatch {
    let source: ArrayRef = Arc::new(StringArray::from(vec!["s"; units.len()]));
    let columns = vec![source, units, days, Arc::new(BooleanArray::from(holds)) as ArrayRef];
    let fields = columns
        .iter()
        .enumerate()
        .map(|(place, column)| Field::new(format!("c{place}"), column.data_type().clone(), true));
    RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), columns).unwrap()
}

#[test]
fn rows_are_kept_as_codes_over_several_batches() {
    let mut judging = Listed::new(listing(1));
    let long = "Ủy ban nhân dân xã có tên dài hơn mười hai byte";
    for _ in 0..2 {
        let units = StringArray::from(vec![Some(long), None, Some(""), Some(long)]);
        let days = Date32Array::from(vec![Some(1), None, Some(3), Some(4)]);
        let holds = vec![Some(true), Some(false), None, Some(true)];
        assert!(judging.take(&batch(Arc::new(units), Arc::new(days), holds)).unwrap());
    }
    let judged = judging.ended().end().unwrap();
    let units = &judged.dimensions["unit"];
    assert_eq!(units.rows, [0, 1, 2, 0, 0, 1, 2, 0]);
    assert_eq!(units.values, [Some(long.to_owned()), None, Some(String::new())]);
    assert_eq!(*judged.dates["day"], [1, NO_DAY, 3, 4, 1, NO_DAY, 3, 4]);
    // What is not known to hold does not hold.
    let held: Vec<u128> = judged.states.iter().map(|state| judged.held[usize::from(*state)]).collect();
    assert_eq!(held, [1, 0, 0, 1, 1, 0, 0, 1]);
    assert!(judged.rows() == 8 && judged.bytes() >= 8 * (2 + 2 + 4 + 2));
}

#[test]
fn a_dimension_of_too_many_values_is_left_to_statements() {
    let count = usize::from(u16::MAX) + 2;
    let mut judging = Listed::new(listing(1));
    let units: StringArray = (0..count).map(|number| Some(number.to_string())).collect();
    let days = Date32Array::from(vec![Some(1); count]);
    judging.take(&batch(Arc::new(units), Arc::new(days), vec![Some(true); count])).unwrap();
    let judged = judging.ended().end().unwrap();
    assert!(judged.dimensions.is_empty() && judged.rows() == count);
}

#[test]
fn a_dimension_or_date_of_another_type_is_left_to_statements() {
    let mut judging = Listed::new(listing(1));
    let numbers: ArrayRef = Arc::new(Date32Array::from(vec![1, 2]));
    let texts: ArrayRef = Arc::new(StringArray::from(vec!["a", "b"]));
    judging.take(&batch(numbers, texts, vec![Some(true); 2])).unwrap();
    let judged = judging.ended().end().unwrap();
    assert!(judged.dimensions.is_empty() && judged.dates.is_empty());
}

#[test]
fn more_conditions_than_bits_are_left_to_statements() {
    assert!(Listed::new(listing(JUDGED_CONDITIONS_MAX)).ended().end().is_some());
    assert!(Listed::new(listing(JUDGED_CONDITIONS_MAX + 1)).ended().end().is_none());
}
