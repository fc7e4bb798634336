//! A column's value as people read it: codes by their labels, days as days.

use chrono::NaiveDate;
use serde_json::Value as Json;

use crate::definition::column::{Column, ColumnType};
use crate::definition::labels::label;
use crate::domain::language::Language;
use crate::present::number;

/// The value as text; nothing when there is none.
pub(super) fn text(column: &Column, value: &Json, language: Language) -> Option<String> {
    let text = match value {
        Json::Null => return None,
        Json::String(text) if text.is_empty() => return None,
        Json::String(text) => written(column, text, language),
        Json::Bool(fact) => label(if *fact { "page.yes" } else { "page.no" }, language).to_owned(),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => number::whole(whole, language),
            (None, Some(decimal)) => number::decimal(decimal, language),
            (None, None) => number.to_string(),
        },
        Json::Array(_) | Json::Object(_) => value.to_string(),
    };
    Some(text)
}

fn written(column: &Column, text: &str, language: Language) -> String {
    match column.kind {
        ColumnType::Date => {
            let date = text.parse::<NaiveDate>();
            date.map_or_else(|_| text.to_owned(), |date| number::day(date, language))
        }
        _ => column.code_label(text, language).to_owned(),
    }
}
