//! Filters and orders as they are typed, into those of a search.
//!
//! `column=value`, `column!=value`, `column>=value`, `column<=value`, `column=a..b`, `column=` for rows
//! without a value and `column!=` for rows with one. Several `column=` of one column are alternatives.

use crate::cli::error::CliError;
use crate::definition::column::ColumnType;
use crate::definition::dataset::Dataset;
use crate::search::request::{Direction, Filter, Op};

/// The filters that `typed` asks for.
pub(super) fn filters(typed: &[String], dataset: &Dataset) -> Result<Vec<Filter>, CliError> {
    let mut filters: Vec<Filter> = Vec::new();
    for text in typed {
        let found = filter(text, dataset)?;
        let same = filters.iter_mut().find(|known| known.column == found.column);
        match (same.map(|known| &mut known.op), found.op) {
            (Some(Op::Equals(known)), Op::Equals(mut values)) => known.append(&mut values),
            (Some(Op::Not(known)), Op::Not(mut values)) => known.append(&mut values),
            (_, op) => filters.push(Filter { column: found.column, op }),
        }
    }
    Ok(filters)
}

/// The order that `typed` asks for: `column`, or `-column` for the largest first.
pub(super) fn sort(typed: &[String]) -> Vec<(String, Direction)> {
    let columns = typed.iter().flat_map(|text| text.split(',')).filter(|column| !column.is_empty());
    let order = columns.map(|column| match column.strip_prefix('-') {
        Some(column) => (column.to_owned(), Direction::Descending),
        None => (column.to_owned(), Direction::Ascending),
    });
    order.collect()
}

fn filter(text: &str, dataset: &Dataset) -> Result<Filter, CliError> {
    let wrong = || CliError::Argument {
        given: text.to_owned(),
        expected: "a filter: write column=value, column!=value, column>=value, column<=value or column=a..b",
    };
    let end = text.find(['=', '!', '<', '>']).ok_or_else(wrong)?;
    let (column, rest) = text.split_at(end);
    let column = column.trim();
    let signs = ["!=", ">=", "<=", "="];
    let sign = signs.into_iter().find(|sign| rest.starts_with(sign)).ok_or_else(wrong)?;
    let value = rest.strip_prefix(sign).unwrap_or_default().trim();
    let some = || Some(value.to_owned());
    let op = match (sign, value) {
        ("!=", "") => Op::Present,
        ("=", "") => Op::Missing,
        (_, "") => return Err(wrong()),
        ("!=", _) => Op::Not(vec![value.to_owned()]),
        (">=", _) => Op::Range { min: some(), max: None },
        ("<=", _) => Op::Range { min: None, max: some() },
        _ => range(value, column, dataset).unwrap_or_else(|| Op::Equals(vec![value.to_owned()])),
    };
    if column.is_empty() {
        return Err(wrong());
    }
    Ok(Filter { column: column.to_owned(), op })
}

/// `a..b` is a range where values have an order; a name may hold two dots.
fn range(value: &str, column: &str, dataset: &Dataset) -> Option<Op> {
    let kind = dataset.column(column)?.kind;
    let (min, max) = value.split_once("..")?;
    let has_order = !matches!(kind, ColumnType::Text | ColumnType::Keyword | ColumnType::Boolean);
    let bound = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    has_order.then(|| Op::Range { min: bound(min), max: bound(max) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::catalog::Catalog;

    fn parsed(typed: &[&str]) -> Result<Vec<Filter>, CliError> {
        let catalog = Catalog::overlaid(std::collections::BTreeMap::new()).unwrap();
        let typed: Vec<String> = typed.iter().map(|text| (*text).to_owned()).collect();
        filters(&typed, catalog.dataset("petitions").unwrap())
    }

    #[test]
    fn each_form_of_filter_means_what_it_says() {
        let some = |text: &str| Some(text.to_owned());
        let cases = [
            ("status=closed", "status", Op::Equals(vec!["closed".to_owned()])),
            ("status!=closed", "status", Op::Not(vec!["closed".to_owned()])),
            ("status=", "status", Op::Missing),
            ("status!=", "status", Op::Present),
            ("received_on>=2025-01-01", "received_on", Op::Range { min: some("2025-01-01"), max: None }),
            ("received_on<=2025-01-01", "received_on", Op::Range { min: None, max: some("2025-01-01") }),
            (
                "received_on=2025-01-01..2025-02-01",
                "received_on",
                Op::Range { min: some("2025-01-01"), max: some("2025-02-01") },
            ),
            ("unit=UBND xã A..B = C", "unit", Op::Equals(vec!["UBND xã A..B = C".to_owned()])),
        ];
        for (text, column, op) in cases {
            assert_eq!(parsed(&[text]).unwrap(), [Filter { column: column.to_owned(), op }], "{text}");
        }
        for text in ["status", "=x", "received_on>=", "status>x"] {
            assert!(parsed(&[text]).is_err(), "{text}");
        }
    }

    #[test]
    fn several_values_of_one_column_are_alternatives() {
        let found = parsed(&["status=a", "kind=k", "status=b"]).unwrap();
        assert_eq!(found[0].op, Op::Equals(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_minus_turns_the_order_round() {
        let typed = ["-received_on,unit".to_owned()];
        let order =
            [("received_on".to_owned(), Direction::Descending), ("unit".to_owned(), Direction::Ascending)];
        assert_eq!(sort(&typed), order);
    }
}
