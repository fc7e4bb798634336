//! Filters and orders as people type them: `status:open`, `status:!open`, `due_on:2018-01-01..`, `-due_on`.
//!
//! One notation for the API and the links of pages, where `=` has a meaning of its own. What is written by
//! [`write()`] reads back as the same filter, whatever the value holds.

use crate::rules::span::Step;
use crate::search::SearchError;
use crate::search::request::{Direction, Filter, HistogramOf, Op};

/// Reads filters; several of one column that name values are alternatives.
///
/// # Errors
/// One of them has no `:`.
pub fn filters<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Vec<Filter>, SearchError> {
    let mut filters: Vec<Filter> = Vec::new();
    for text in texts {
        let filter = filter(text)?;
        let same = filters.iter_mut().find(|known| known.column == filter.column);
        match (same.map(|known| &mut known.op), filter.op) {
            (Some(Op::Equals(known)), Op::Equals(more)) => known.extend(more),
            (_, op) => filters.push(Filter { column: filter.column, op }),
        }
    }
    Ok(filters)
}

/// Reads an order: a column, with `-` in front for the largest first.
#[must_use]
pub fn order(text: &str) -> (String, Direction) {
    match text.strip_prefix('-') {
        Some(column) => (column.to_owned(), Direction::Descending),
        None => (text.to_owned(), Direction::Ascending),
    }
}

/// Reads a histogram: `received_on:month`.
///
/// # Errors
/// It names no step.
pub fn histogram(text: &str) -> Result<HistogramOf, SearchError> {
    let (column, step) = text.split_once(':').unwrap_or((text, ""));
    let step = Step::named(step.trim()).ok_or_else(|| SearchError::Column {
        column: text.to_owned(),
        problem: "names no span of time: write COLUMN:day, :month, :quarter, :period (kỳ báo cáo) or :year",
        suggestion: String::new(),
    })?;
    Ok(HistogramOf { column: column.trim().to_owned(), step })
}

/// The text that reads as "`column` is not `value`".
#[must_use]
pub fn write_not(column: &str, value: &str) -> String {
    format!("{column}:!{value}")
}

/// The text that reads as "`column` is `value`".
#[must_use]
pub fn write(column: &str, value: &str) -> String {
    let is_plain = !value.is_empty() && !value.starts_with(['!', '=']) && !value.contains("..");
    format!("{column}:{}{value}", if is_plain { "" } else { "=" })
}

fn filter(text: &str) -> Result<Filter, SearchError> {
    let (column, value) = text.split_once(':').ok_or_else(|| SearchError::Column {
        column: text.to_owned(),
        problem: "has no value: write COLUMN:VALUE, COLUMN:!VALUE, COLUMN:A..B, COLUMN: (none) or COLUMN:! (any)",
        suggestion: String::new(),
    })?;
    Ok(Filter { column: column.trim().to_owned(), op: op(value.trim()) })
}

fn op(value: &str) -> Op {
    let end = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    if value.is_empty() {
        return Op::Missing;
    }
    if value == "!" {
        return Op::Present;
    }
    if let Some(exact) = value.strip_prefix('=') {
        return Op::Equals(vec![exact.to_owned()]);
    }
    if let Some(other) = value.strip_prefix('!') {
        return Op::Not(vec![other.to_owned()]);
    }
    match value.split_once("..") {
        Some((min, max)) => Op::Range { min: end(min), max: end(max) },
        None => Op::Equals(vec![value.to_owned()]),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(text: &str) -> Op {
        filters([text]).unwrap().remove(0).op
    }

    #[test]
    fn every_form_reads_as_it_says() {
        let some = |text: &str| Some(text.to_owned());
        let cases = [
            ("status:open", Op::Equals(vec!["open".into()])),
            ("status:!open", Op::Not(vec!["open".into()])),
            ("status:", Op::Missing),
            ("status:!", Op::Present),
            ("status:=!x", Op::Equals(vec!["!x".into()])),
            ("due_on:2018-01-01..2018-02-01", Op::Range { min: some("2018-01-01"), max: some("2018-02-01") }),
            ("due_on:..2018-02-01", Op::Range { min: None, max: some("2018-02-01") }),
        ];
        for (text, expected) in cases {
            assert_eq!(one(text), expected, "{text}");
        }
        let read = histogram("received_on:period").unwrap();
        assert_eq!((read.column.as_str(), read.step), ("received_on", Step::Period));
        assert!(histogram("received_on").unwrap_err().to_string().contains("kỳ báo cáo"));
        assert!(filters(["status"]).unwrap_err().to_string().contains("COLUMN:VALUE"));
        assert_eq!(order("-due_on"), ("due_on".to_owned(), Direction::Descending));
    }

    #[test]
    fn values_of_one_column_are_alternatives() {
        let read = filters(["a:1", "b:2", "a:3", "a:!4"]).unwrap();
        assert_eq!(read.len(), 3);
        assert_eq!(read[0].op, Op::Equals(vec!["1".into(), "3".into()]));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in "[!=.:a-c đ]{0,6}") {
            let trimmed = value.trim().to_owned();
            prop_assert_eq!(one(&write("unit", &trimmed)), Op::Equals(vec![trimmed.clone()]));
            if !trimmed.is_empty() {
                prop_assert_eq!(one(&write_not("unit", &trimmed)), Op::Not(vec![trimmed]));
            }
        }
    }
}
