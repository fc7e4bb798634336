//! A cell as a file gives it, before its column's type is known.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::Value as Json;

use crate::domain::clock::Instant;

/// A cell of a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'a> {
    /// Nothing there.
    Empty,
    /// Text, the only form CSV has.
    Text(Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// A number; in a date column of a workbook, a count of days.
    Number(f64),
    /// Yes or no.
    Boolean(bool),
    /// A day.
    Day(NaiveDate),
    /// A day and a time without an offset, read as Vietnam time.
    Moment(NaiveDateTime),
    /// An instant.
    Instant(Instant),
    /// An array or object.
    Nested(Json),
}

impl<'a> Cell<'a> {
    /// A cell of text.
    pub(crate) fn text(text: &'a str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(Cow::Borrowed(text)) }
    }

    /// The cell of a JSON value. Numbers beyond 64 bits stay text, digit for digit, where JSON kept them.
    pub(crate) fn json(value: Json) -> Self {
        match value {
            Json::Null => Self::Empty,
            Json::Bool(yes) => Self::Boolean(yes),
            Json::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(whole), _, _) => Self::Integer(whole),
                (None, None, Some(number)) => Self::Number(number),
                _ => Self::Text(Cow::Owned(number.to_string())),
            },
            Json::String(text) => Self::Text(Cow::Owned(text)),
            nested => Self::Nested(nested),
        }
    }

    /// Whether nothing is given: no cell, or only white space.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// Bytes of its text, to hold against the bound of a field.
    pub(crate) fn text_bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            _ => 0,
        }
    }

    /// The cell as text: as given, without outer white space.
    pub(crate) fn to_text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text.trim()),
            Self::Integer(whole) => Cow::Owned(whole.to_string()),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Boolean(yes) => Cow::Owned(yes.to_string()),
            Self::Day(day) => Cow::Owned(day.to_string()),
            Self::Moment(moment) => Cow::Owned(moment.format("%Y-%m-%dT%H:%M:%S%.f").to_string()),
            Self::Instant(instant) => Cow::Owned(instant.rfc3339()),
            Self::Nested(json) => Cow::Owned(json.to_string()),
        }
    }

    /// The cell exactly as a rejects file gives it back.
    pub(crate) fn given(&self) -> String {
        match self {
            Self::Text(text) => text.clone().into_owned(),
            other => other.to_text().into_owned(),
        }
    }

    /// The cell in the JSON of a record's unmapped columns.
    pub(crate) fn to_json(&self) -> Json {
        match self {
            Self::Empty => Json::Null,
            Self::Integer(whole) => Json::from(*whole),
            Self::Number(number) => Json::from(*number),
            Self::Boolean(yes) => Json::Bool(*yes),
            Self::Nested(json) => json.clone(),
            other => Json::String(other.to_text().into_owned()),
        }
    }
}
