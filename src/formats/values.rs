//! Cells to values of a column's type; a cell that is none is a broken rule, never a guess.

mod date;
mod number;

use std::collections::HashMap;

use crate::definition::column::{Column, ColumnType};
use crate::domain::limits::{CODES_CACHED_MAX, FIELD_BYTES_MAX};
use crate::domain::record::Value;
use crate::formats::cell::Cell;
use crate::formats::reject::Rule;
use crate::text::fold;

/// Whole numbers from here on have gaps in a 64-bit float.
const EXACT_FLOAT_MAX: f64 = 9_007_199_254_740_992.0;

/// Reads the cells of one column.
#[derive(Debug)]
pub(crate) struct ColumnReader {
    kind: ColumnType,
    /// Stored code by every folded spelling.
    codes: HashMap<String, String>,
    /// Stored value by spelling as given, since folding each cell costs more than looking it up.
    spelled: HashMap<String, String>,
}

impl ColumnReader {
    pub(crate) fn new(column: &Column) -> Self {
        let mut codes = HashMap::new();
        for code in &column.codes {
            let labels = [&code.code, &code.label.vi, &code.label.en];
            for spelling in labels.into_iter().chain(&code.aliases) {
                codes.entry(fold::key(spelling)).or_insert_with(|| code.code.clone());
            }
        }
        codes.remove("");
        Self { kind: column.kind, codes, spelled: HashMap::new() }
    }

    pub(crate) fn kind(&self) -> ColumnType {
        self.kind
    }

    /// The value of a cell; nothing when the cell is empty.
    pub(crate) fn read(&mut self, cell: &Cell<'_>) -> Result<Value, Rule> {
        if cell.is_empty() {
            return Ok(Value::Null);
        }
        check_form(cell)?;
        match self.kind {
            ColumnType::Text => text(cell).map(Value::Text),
            ColumnType::Keyword => text(cell).map(|given| Value::Text(self.code(given))),
            ColumnType::Integer => number::integer(cell).map(Value::Integer),
            ColumnType::Number => number::number(cell).map(Value::Number),
            ColumnType::Boolean => boolean(cell).map(Value::Boolean),
            ColumnType::Date => date::date(cell).map(Value::Date),
            ColumnType::Instant => date::instant(cell).map(Value::Instant),
        }
    }

    /// The stored code of a spelling; one that the list does not know is kept as given.
    fn code(&mut self, given: String) -> String {
        if self.codes.is_empty() {
            return given;
        }
        if let Some(code) = self.spelled.get(&given) {
            return code.clone();
        }
        let code = self.codes.get(&fold::key(&given)).unwrap_or(&given).clone();
        if self.spelled.len() < CODES_CACHED_MAX {
            self.spelled.insert(given, code.clone());
        }
        code
    }
}

/// A key or another text outside the columns.
pub(crate) fn plain_text(cell: &Cell<'_>) -> Result<String, Rule> {
    check_form(cell)?;
    text(cell)
}

fn check_form(cell: &Cell<'_>) -> Result<(), Rule> {
    match cell {
        Cell::Nested(_) => Err(Rule::ValueNested),
        _ if cell.text_bytes() > FIELD_BYTES_MAX => Err(Rule::FieldLong),
        Cell::Text(text) if text.contains('\0') => Err(Rule::TextNul),
        _ => Ok(()),
    }
}

fn text(cell: &Cell<'_>) -> Result<String, Rule> {
    match cell {
        Cell::Number(number) if number.abs() >= EXACT_FLOAT_MAX => Err(Rule::NumberInexact),
        cell => Ok(cell.to_text().into_owned()),
    }
}

fn boolean(cell: &Cell<'_>) -> Result<bool, Rule> {
    if let Cell::Boolean(yes) = cell {
        return Ok(*yes);
    }
    match fold::key(&cell.to_text()).as_str() {
        "x" | "co" | "dung" | "true" | "yes" | "1" => Ok(true),
        "khong" | "sai" | "false" | "no" | "0" => Ok(false),
        _ => Err(Rule::BooleanForm),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::dataset::Dataset;

    fn reader(kind: &str, rest: &str) -> ColumnReader {
        let text = format!(
            "name = \"t\"\nletter = \"T\"\nlabel = {{ vi = \"v\", en = \"e\" }}\ndescribe = {{ vi = \"v\", en = \"e\" }}\n\
             [[columns]]\nname = \"c\"\ntype = \"{kind}\"\nlabel = {{ vi = \"v\", en = \"e\" }}\n{rest}"
        );
        ColumnReader::new(Dataset::parse("t.toml", &text).unwrap().column("c").unwrap())
    }

    fn code(reader: &mut ColumnReader, given: &str) -> String {
        reader.read(&Cell::text(given)).unwrap().as_text().unwrap().to_owned()
    }

    #[test]
    fn a_spelling_of_a_code_becomes_the_code_and_another_stays_as_given() {
        let codes = "codes = [{ code = \"done\", label = { vi = \"Đã hoàn thành\", en = \"Done\" }, aliases = [\"xong\", \"2\"] }]";
        let mut reader = reader("keyword", codes);
        for given in ["done", "ĐÃ HOÀN THÀNH", " da hoan thanh ", "Xong", "2"] {
            assert_eq!(code(&mut reader, given), "done", "{given}");
            assert_eq!(code(&mut reader, given), "done", "{given} again");
        }
        assert_eq!(code(&mut reader, " Tạm  hoãn "), "Tạm  hoãn");
    }

    #[test]
    fn yes_and_no_are_read_in_both_languages() {
        let mut reader = reader("boolean", "");
        for (given, wanted) in
            [("x", true), ("Có", true), ("không", false), ("ĐÚNG", true), ("Sai", false), ("0", false)]
        {
            assert_eq!(reader.read(&Cell::text(given)), Ok(Value::Boolean(wanted)), "{given}");
        }
        assert_eq!(reader.read(&Cell::Number(1.0)), Ok(Value::Boolean(true)));
        assert_eq!(reader.read(&Cell::text("có lẽ")), Err(Rule::BooleanForm));
    }

    #[test]
    fn text_keeps_its_inside_and_numbers_their_digits() {
        let mut reader = reader("text", "");
        assert_eq!(reader.read(&Cell::text("  a  b \n")), Ok(Value::Text("a  b".into())));
        assert_eq!(reader.read(&Cell::Number(912_345_678.0)), Ok(Value::Text("912345678".into())));
        assert_eq!(reader.read(&Cell::Number(3.6e39)), Err(Rule::NumberInexact));
        assert_eq!(reader.read(&Cell::text("a\0b")), Err(Rule::TextNul));
        assert_eq!(reader.read(&Cell::Nested(serde_json::json!([1]))), Err(Rule::ValueNested));
        assert_eq!(reader.read(&Cell::text(" \n ")), Ok(Value::Null));
        let long = "a".repeat(FIELD_BYTES_MAX + 1);
        assert_eq!(reader.read(&Cell::text(&long)), Err(Rule::FieldLong));
    }
}
