//! Rows that cannot be used: why, by column and rule, and the file they are kept in to be mended.
//!
//! A reason names the column and the rule and never holds a value, since a value may be a signer's
//! name. The row itself goes, whole, only into the rejects file, which its owner alone may read.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json};

use crate::definition::catalog::Catalog;
use crate::definition::dataset::{Child, Dataset};
use crate::definition::labels;
use crate::domain::civil::{CivilDate, Precision};
use crate::domain::language::Language;
use crate::domain::record::{Operation, Record, Value};

/// A rule that a row can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// No `source_id`, and no column of the key has a value.
    KeyMissing,
    /// The key comes again further down in the same file.
    KeyAgain,
    /// More or fewer cells than headers.
    Ragged,
    /// A column of a rejects file that should be empty once the row is mended is not.
    NotMended,
    /// The line is not a JSON object.
    JsonForm,
    /// Two fields of the object mean one column.
    ColumnTwice,
    /// `_op` is neither upsert nor retract.
    OperationUnknown,
    /// An array or object where one value belongs.
    ValueNested,
    /// The text holds a NUL character.
    TextNul,
    /// The text is longer than a field may be.
    FieldLong,
    /// Not a date in any form that is read.
    DateForm,
    /// A date that no calendar has, such as 31/02/2018 or 5/22018.
    DateImpossible,
    /// A date whose year has two digits.
    DateShortYear,
    /// A date outside the years 1900 to 2100.
    DateYear,
    /// Not an instant.
    InstantForm,
    /// Not a number.
    NumberForm,
    /// A number that the file's form cannot hold exactly, in a column of text.
    NumberInexact,
    /// A fraction where a whole number belongs.
    NumberFraction,
    /// Not yes or no.
    BooleanForm,
    /// A child array is not an array of objects.
    ChildForm,
    /// More child rows than one record may have.
    ChildMany,
    /// An attached file that is no base64.
    AttachmentForm,
    /// An attached file of more bytes than a file may have.
    AttachmentLong,
}

impl Rule {
    /// Every rule, for the lists that must name each.
    pub const ALL: [Self; 23] = [
        Self::KeyMissing,
        Self::KeyAgain,
        Self::Ragged,
        Self::NotMended,
        Self::JsonForm,
        Self::ColumnTwice,
        Self::OperationUnknown,
        Self::ValueNested,
        Self::TextNul,
        Self::FieldLong,
        Self::DateForm,
        Self::DateImpossible,
        Self::DateShortYear,
        Self::DateYear,
        Self::InstantForm,
        Self::NumberForm,
        Self::NumberInexact,
        Self::NumberFraction,
        Self::BooleanForm,
        Self::ChildForm,
        Self::ChildMany,
        Self::AttachmentForm,
        Self::AttachmentLong,
    ];

    /// Stable code; its sentence is the label `reject.CODE`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::KeyMissing => "key.missing",
            Self::KeyAgain => "key.again",
            Self::Ragged => "row.ragged",
            Self::NotMended => "row.not_mended",
            Self::JsonForm => "json.form",
            Self::ColumnTwice => "column.twice",
            Self::OperationUnknown => "op.unknown",
            Self::ValueNested => "value.nested",
            Self::TextNul => "text.nul",
            Self::FieldLong => "field.too_long",
            Self::DateForm => "date.form",
            Self::DateImpossible => "date.impossible",
            Self::DateShortYear => "date.short_year",
            Self::DateYear => "date.year",
            Self::InstantForm => "instant.form",
            Self::NumberForm => "number.form",
            Self::NumberInexact => "number.inexact",
            Self::NumberFraction => "number.fraction",
            Self::BooleanForm => "boolean.form",
            Self::ChildForm => "child.form",
            Self::ChildMany => "child.too_many",
            Self::AttachmentForm => "attachment.form",
            Self::AttachmentLong => "attachment.too_long",
        }
    }
}

/// Why a row is rejected. Holds no cell's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The rule broken.
    pub rule: Rule,
    /// Our name of the column, empty when the row as a whole is meant; `field.column` in a child row.
    pub column: String,
    /// The line where the key comes again.
    pub line: Option<u64>,
}

impl Reason {
    /// The row as a whole breaks `rule`.
    #[must_use]
    pub fn of_row(rule: Rule) -> Self {
        Self { rule, column: String::new(), line: None }
    }

    /// The cell of `column` breaks `rule`.
    #[must_use]
    pub fn of_column(rule: Rule, column: &str) -> Self {
        Self { rule, column: column.to_owned(), line: None }
    }

    /// The key comes again in `line`, and the last row wins.
    #[must_use]
    pub fn key_again(line: u64) -> Self {
        Self { rule: Rule::KeyAgain, column: String::new(), line: Some(line) }
    }

    /// The sentence for people.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        let line = self.line.map_or_else(String::new, |line| line.to_string());
        let values = [("column", self.column.as_str()), ("line", line.as_str())];
        labels::sentence(&format!("reject.{}", self.rule.code()), language, &values)
    }
}

/// A row that cannot be used.
#[derive(Clone, PartialEq, Eq)]
pub struct Reject {
    /// Line, or row, in the file.
    pub line: u64,
    /// Why.
    pub reason: Reason,
    /// The row as given: header and cell.
    pub cells: Vec<(String, String)>,
}

impl std::fmt::Debug for Reject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Reject");
        shown.field("line", &self.line).field("reason", &self.reason).finish_non_exhaustive()
    }
}

/// A record back as a row that can be fed again: for a row that is rejected only once all are read,
/// because its key comes again. Child rows are JSON arrays under their field.
#[must_use]
pub fn given(dataset: &Dataset, catalog: &Catalog, record: &Record) -> Vec<(String, String)> {
    let mut cells = vec![
        ("source_system".to_owned(), record.source_system.clone()),
        ("source_id".to_owned(), record.source_id.clone()),
    ];
    if record.operation == Operation::Retract {
        cells.push(("_op".to_owned(), "retract".to_owned()));
    }
    for (column, value) in dataset.columns.iter().zip(&record.values) {
        if !value.is_null() {
            cells.push((column.name.clone(), text_of(value)));
        }
    }
    let extra: Map<String, Json> = serde_json::from_str(&record.extra).unwrap_or_default();
    for (name, value) in extra {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        cells.push((name, text));
    }
    for child in &dataset.children {
        let rows = record.children.iter().filter(|(dataset, _)| *dataset == child.dataset);
        let rows: Vec<Json> = rows.filter_map(|(_, row)| child_given(catalog, child, row)).collect();
        if !rows.is_empty() {
            cells.push((child.field.clone(), Json::Array(rows).to_string()));
        }
    }
    cells
}

fn child_given(catalog: &Catalog, child: &Child, row: &Record) -> Option<Json> {
    let cells = given(catalog.dataset(&child.dataset).ok()?, catalog, row);
    let kept = cells.into_iter().filter(|(name, _)| *name != child.parent && name != "source_system");
    Some(Json::Object(kept.map(|(name, text)| (name, Json::String(text))).collect()))
}

/// A value in the form that is read back as the same value.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::Null | Value::Absent => String::new(),
        Value::Text(text) => text.clone(),
        Value::Integer(whole) => whole.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Boolean(yes) => yes.to_string(),
        Value::Date(date) => date_text(*date),
        Value::Instant(instant) => instant.rfc3339(),
    }
}

fn date_text(date: CivilDate) -> String {
    let first = date.first_day();
    match date.precision() {
        Precision::Day => first.to_string(),
        Precision::Month => first.format("%Y-%m").to_string(),
        Precision::Quarter => format!("Q{}/{}", chrono::Datelike::quarter(&first), first.format("%Y")),
        Precision::Year => first.format("%Y").to_string(),
    }
}

/// Writes rejects as CSV with `_line`, `_reason` and the given headers; only the owner may read it.
///
/// The file appears with the first reject. A reject with a header not seen before widens the file.
#[derive(Debug)]
pub struct RejectWriter {
    path: PathBuf,
    language: Language,
    headers: Vec<String>,
    places: HashMap<String, usize>,
    file: Option<::csv::Writer<File>>,
}

impl RejectWriter {
    /// A writer to `path`, which is replaced when there is a reject.
    #[must_use]
    pub fn new(path: &Path, language: Language) -> Self {
        let headers = vec!["_line".to_owned(), "_reason".to_owned()];
        Self { path: path.to_owned(), language, headers, places: HashMap::new(), file: None }
    }

    /// Adds one reject.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&mut self, reject: &Reject) -> io::Result<()> {
        self.widen(reject)?;
        let mut row = vec![String::new(); self.headers.len()];
        for (header, cell) in &reject.cells {
            let place = self.places.get(header).and_then(|place| row.get_mut(*place));
            if let Some(place) = place {
                place.clone_from(cell);
            }
        }
        if let [line, reason, ..] = row.as_mut_slice() {
            *line = reject.line.to_string();
            *reason = format!("{} [{}]", reject.reason.sentence(self.language), reject.reason.rule.code());
        }
        self.file.as_mut().map_or(Ok(()), |file| file.write_record(&row).map_err(io::Error::from))
    }

    /// Ends the file and makes it durable; whether there is one.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish(mut self) -> io::Result<bool> {
        let Some(mut file) = self.file.take() else { return Ok(false) };
        file.flush()?;
        file.get_ref().sync_all()?;
        Ok(true)
    }

    fn widen(&mut self, reject: &Reject) -> io::Result<()> {
        let before = self.headers.len();
        for (header, _) in &reject.cells {
            if !self.places.contains_key(header) && !matches!(header.as_str(), "_line" | "_reason") {
                self.places.insert(header.clone(), self.headers.len());
                self.headers.push(header.clone());
            }
        }
        match self.file.take() {
            Some(file) if before == self.headers.len() => self.file = Some(file),
            Some(mut file) => {
                file.flush()?;
                drop(file);
                self.file = Some(self.rewritten()?);
            }
            None => self.file = Some(started(&self.path, &self.headers)?),
        }
        Ok(())
    }

    /// The rows written so far, copied under the wider header.
    fn rewritten(&self) -> io::Result<::csv::Writer<File>> {
        let wider = self.path.with_extension("widened");
        let mut writer = started(&wider, &self.headers)?;
        let mut rows = ::csv::Reader::from_path(&self.path)?;
        let mut row = ::csv::StringRecord::new();
        while rows.read_record(&mut row)? {
            while row.len() < self.headers.len() {
                row.push_field("");
            }
            writer.write_record(&row)?;
        }
        fs::rename(&wider, &self.path)?;
        Ok(writer)
    }
}

fn started(path: &Path, headers: &[String]) -> io::Result<::csv::Writer<File>> {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let mut writer = ::csv::Writer::from_writer(file);
    writer.write_record(headers)?;
    Ok(writer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn reject(line: u64, cells: &[(&str, &str)]) -> Reject {
        let cells = cells.iter().map(|(name, cell)| ((*name).to_owned(), (*cell).to_owned())).collect();
        Reject { line, reason: Reason::of_column(Rule::DateImpossible, "due_on"), cells }
    }

    #[test]
    fn every_rule_has_a_sentence_in_both_languages() {
        for rule in Rule::ALL {
            for language in [Language::Vi, Language::En] {
                let reason = Reason { rule, column: "due_on".into(), line: Some(7) };
                let sentence = reason.sentence(language);
                assert!(!sentence.starts_with("reject.") && !sentence.contains('{'), "{sentence}");
            }
        }
        assert!(Reason::key_again(12).sentence(Language::En).contains("key comes again in line 12"));
    }

    #[test]
    fn a_reject_is_not_shown_by_debug() {
        let shown = format!("{:?}", reject(3, &[("Họ tên", "Nguyễn Văn Kín")]));
        assert!(!shown.contains("Kín"), "{shown}");
    }

    #[test]
    fn the_rejects_file_is_the_owners_alone_and_grows_wider_with_new_headers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rejects.csv");
        let mut writer = RejectWriter::new(&path, Language::En);
        assert!(!path.exists());
        writer.write(&reject(2, &[("a", "1,\"x\"\ny"), ("_line", "99")])).unwrap();
        writer.write(&reject(5, &[("b", "2"), ("a", "3")])).unwrap();
        assert!(writer.finish().unwrap());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let mut reader = ::csv::Reader::from_path(&path).unwrap();
        assert_eq!(reader.headers().unwrap(), &::csv::StringRecord::from(vec!["_line", "_reason", "a", "b"]));
        let rows: Vec<::csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!((&rows[0][0], &rows[0][2], &rows[0][3]), ("2", "1,\"x\"\ny", ""));
        assert_eq!((&rows[1][0], &rows[1][2], &rows[1][3]), ("5", "3", "2"));
        assert!(rows[1][1].ends_with("[date.impossible]"), "{}", &rows[1][1]);
    }

    #[test]
    fn no_reject_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rejects.csv");
        assert!(!RejectWriter::new(&path, Language::Vi).finish().unwrap());
        assert!(!path.exists());
    }
}
