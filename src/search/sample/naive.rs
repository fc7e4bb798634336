//! Rows and requests at random, and what a request must find, told without an index.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use crate::domain::civil::from_epoch_days;
use crate::search::request::{Direction, Filter, Op, Request};
use crate::search::sample::Row;
use crate::text::syllable::tokens;

/// What a request must find, without an index.
pub(in crate::search) fn matching<'a>(rows: &'a [Row], request: &Request) -> Vec<&'a Row> {
    let words: Vec<String> = tokens(&request.text).into_iter().map(|token| token.folded).collect();
    let holds = |row: &&Row| {
        let texts = [&row.title, &row.text, &row.signer_name];
        let own: BTreeSet<String> =
            texts.into_iter().flatten().flat_map(|text| tokens(text)).map(|token| token.folded).collect();
        words.iter().all(|word| own.contains(word))
            && request.filters.iter().all(|filter| passes(&filter.op, value(row, &filter.column)))
    };
    rows.iter().filter(holds).collect()
}

/// A value as text whose order is the order of the values.
pub(in crate::search) fn value(row: &Row, column: &str) -> Option<String> {
    match column {
        "kind" => row.kind.clone(),
        "unit" => row.unit.clone(),
        "received_on" => row.received_on.and_then(from_epoch_days).map(|day| day.to_string()),
        "signers" => row.signers.map(|number| number.to_string()),
        "is_eligible" => row.is_eligible.map(|yes| yes.to_string()),
        other => panic!("{other}"),
    }
}

fn passes(op: &Op, value: Option<String>) -> bool {
    match (op, value) {
        (Op::Equals(values), value) => value.is_some_and(|value| values.contains(&value)),
        (Op::Not(values), value) => value.is_none_or(|value| !values.contains(&value)),
        (Op::Range { min, max }, value) => value.is_some_and(|value| {
            min.as_ref().is_none_or(|min| *min <= value) && max.as_ref().is_none_or(|max| value <= *max)
        }),
        (Op::Missing, value) => value.is_none(),
        (Op::Present, value) => value.is_some(),
    }
}

pub(in crate::search) fn maybe<T: std::fmt::Debug + Clone + 'static>(
    values: Vec<T>,
) -> impl Strategy<Value = Option<T>> {
    prop::option::weighted(0.8, prop::sample::select(values))
}

pub(in crate::search) fn words(most: usize) -> impl Strategy<Value = String> {
    let known = vec!["đất", "đạt", "đai", "khiếu", "nại", "hoà", "hòa", "quy", "qui", "An", "xã"];
    prop::collection::vec(prop::sample::select(known), 0..=most).prop_map(|words| words.join(" "))
}

prop_compose! {
    pub(in crate::search) fn any_row()(
        kind in maybe(vec!["complaint".to_owned(), "feedback".to_owned(), "mixed".to_owned()]),
        unit in maybe(vec!["H01".to_owned(), "H02".to_owned(), "Đ".to_owned()]),
        title in prop::option::of(words(4)),
        text in prop::option::of(words(9)),
        received_on in maybe(vec![-3, 0, 19_999, 20_000]),
        signers in maybe(vec![1i64, 2, 7]),
        is_eligible in maybe(vec![true, false]),
        signer_name in prop::option::of(words(2)),
    ) -> Row {
        Row { source_id: String::new(), kind, unit, title, text, received_on, signers, is_eligible, signer_name }
    }
}

pub(in crate::search) fn any_filter() -> impl Strategy<Value = Filter> {
    let columns = vec![
        ("kind", vec!["complaint", "mixed", "absent"]),
        ("unit", vec!["H01", "H02", "Đ"]),
        ("received_on", vec!["1969-12-29", "1970-01-01", "2024-10-03", "2030-01-01"]),
        ("signers", vec!["1", "2", "5"]),
        ("is_eligible", vec!["true", "false"]),
    ];
    let op = (0usize..5, any::<prop::sample::Index>(), any::<prop::sample::Index>());
    (prop::sample::select(columns), op).prop_map(|((column, values), (form, a, b))| {
        let (a, b) = (a.get(&values).to_string(), b.get(&values).to_string());
        let op = match form {
            0 => Op::Equals(vec![a, b]),
            1 => Op::Not(vec![a]),
            2 if column != "is_eligible" => {
                Op::Range { min: Some(a.clone().min(b.clone())), max: Some(a.max(b)) }
            }
            3 => Op::Missing,
            _ => Op::Present,
        };
        Filter { column: column.to_owned(), op }
    })
}

pub(in crate::search) fn any_sort() -> impl Strategy<Value = Vec<(String, Direction)>> {
    let column = prop::sample::select(vec!["kind", "unit", "received_on", "signers"]);
    let direction = prop::sample::select(vec![Direction::Ascending, Direction::Descending]);
    let one = (column, direction).prop_map(|(column, direction)| (column.to_owned(), direction));
    prop::collection::vec(one, 0..=3)
}

prop_compose! {
    pub(in crate::search) fn any_request()(
        text in words(3),
        filters in prop::collection::vec(any_filter(), 0..=2),
        sort in any_sort(),
        limit in 1usize..5,
    ) -> Request {
        let facets = ["kind", "unit", "is_eligible"].map(str::to_owned).into();
        Request { text, filters, facets, sort, limit, highlight: true, ..Request::default() }
    }
}

pub(in crate::search) fn naive_facet(rows: &[&Row], column: &str) -> (BTreeMap<String, u64>, u64) {
    let mut counts = BTreeMap::new();
    let mut missing = 0;
    for row in rows {
        match value(row, column) {
            Some(value) => *counts.entry(value).or_default() += 1,
            None => missing += 1,
        }
    }
    (counts, missing)
}
