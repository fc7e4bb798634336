//! Rows to records: the one way every format takes.
//!
//! A format reader hands over a header and cells. Here the cells become values, empty ones are filled
//! from `--set`, the key is made, unmapped cells are kept as JSON, child arrays become child records,
//! and the record, or the whole row as a reject, goes to the sink. What is counted as read is what
//! went to the sink.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use serde_json::{Map, Value as Json};

use crate::definition::column::ColumnType;
use crate::definition::dataset::Dataset;
use crate::domain::conversion::GIVEN;
use crate::domain::limits::COLUMNS_MAX;
use crate::domain::record::{Operation, Record, Value};
use crate::formats::cell::Cell;
use crate::formats::child::Children;
use crate::formats::fault::Fault;
use crate::formats::header::{BEYOND, Header, Matcher, Target, unknown_column};
use crate::formats::legacy::Legacy;
use crate::formats::reject::{Reason, Reject, Rule, text_of};
use crate::formats::values::{ColumnReader, plain_text};
use crate::formats::{FileReport, Import, Parsed, Sink};
use crate::text::legacy::Encoding;

/// Takes rows and gives records and rejects.
pub(crate) struct Rows<'a, 's> {
    import: Import<'a>,
    sink: &'a mut Sink<'s>,
    matcher: Matcher<'a>,
    readers: Vec<ColumnReader>,
    children: Vec<Children<'a>>,
    /// Values of `--set`, one for each column.
    set: Vec<Value>,
    /// Places of the columns `indicator` and `value` under `--unpivot`.
    unpivot: Option<(usize, usize)>,
    unmapped: HashSet<String>,
    legacy: Legacy,
    report: FileReport,
}

/// A row on its way to a record.
struct Draft {
    source_system: Option<String>,
    source_id: Option<String>,
    operation: Operation,
    values: Vec<Value>,
    extra: Map<String, Json>,
    /// Cells that were converted, as they were given.
    given: Map<String, Json>,
    /// Places of the child definition and of the cell.
    children: Vec<(usize, usize)>,
}

impl<'a, 's> Rows<'a, 's> {
    pub(crate) fn new(import: &Import<'a>, sink: &'a mut Sink<'s>) -> Result<Self, Fault> {
        let dataset = import.dataset;
        let matcher = Matcher::new(dataset, import.options)?;
        let mut readers: Vec<ColumnReader> = dataset.columns.iter().map(ColumnReader::new).collect();
        let children = dataset.children.iter().map(|child| Children::new(child, dataset, import.catalog));
        let set = set_values(import, &mut readers)?;
        Ok(Self {
            children: children.collect::<Result<_, _>>()?,
            unpivot: unpivot(import)?,
            import: *import,
            sink,
            matcher,
            readers,
            set,
            unmapped: HashSet::new(),
            legacy: Legacy::new(import.options.encoding),
            report: FileReport::default(),
        })
    }

    /// The encoding that was asked for.
    pub(crate) fn encoding(&self) -> Option<Encoding> {
        self.import.options.encoding
    }

    /// The bytes of the file are in `encoding`, if that is not UTF-8.
    pub(crate) fn of_file(&mut self, encoding: Option<Encoding>) {
        if let Some(encoding) = encoding {
            self.legacy.of_file(encoding);
        }
    }

    /// Matches the headers of a file, or the fields of one object.
    pub(crate) fn header(&mut self, names: Vec<String>) -> Result<Header, Fault> {
        let header = self.matcher.header(self.legacy.names(names))?;
        for (name, target) in header.iter() {
            if let (Target::Column(at), Some((indicator, value))) = (target, self.unpivot)
                && (at == indicator || at == value)
            {
                return Err(Fault::Unpivot { dataset: self.import.dataset.name.clone() });
            }
            if target == Target::Extra && !self.unmapped.contains(name) {
                if self.unmapped.len() >= COLUMNS_MAX {
                    return Err(Fault::ManyColumns { line: 1, limit: COLUMNS_MAX });
                }
                self.unmapped.insert(name.to_owned());
                if self.unpivot.is_none() {
                    self.report.unmapped.push(name.to_owned());
                }
            }
        }
        Ok(header)
    }

    /// Name of the dataset that rows go to.
    pub(crate) fn dataset(&self) -> &str {
        &self.import.dataset.name
    }

    /// Whether every header that `--map` names has come.
    pub(crate) fn check_map(&self) -> Result<(), Fault> {
        self.matcher.check_map(self.unmapped.iter().map(String::as_str))
    }

    /// Type of the column that `target` leads to.
    pub(crate) fn kind_of(&self, target: Target) -> Option<ColumnType> {
        match target {
            Target::Column(at) => self.readers.get(at).map(ColumnReader::kind),
            _ => None,
        }
    }

    /// Adds bytes of the file to those done.
    pub(crate) fn done(&self, bytes: u64) {
        self.import.done.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Names the sheets of a workbook that were left.
    pub(crate) fn skipped_sheets(&mut self, names: Vec<String>) {
        self.report.skipped_sheets = names;
    }

    /// Takes one row, which has a cell for each header.
    pub(crate) fn push(&mut self, line: u64, header: &Header, cells: &[Cell<'_>]) -> Result<(), Fault> {
        let converted = self.legacy.row(header, cells, &self.matcher);
        let cells = converted.as_ref().map_or(cells, |row| row.cells.as_slice());
        let mut draft = self.draft(header, cells);
        if let (Ok(draft), Some(row)) = (&mut draft, &converted) {
            draft.given.clone_from(&row.given);
        }
        if let Some((indicator, value)) = self.unpivot {
            return self.push_each(line, header, cells, (&draft, indicator, value));
        }
        match draft.and_then(|draft| self.record(line, cells, draft)) {
            Ok(record) => self.send(Parsed::Record(record)),
            Err(reason) => self.reject(line, reason, header, cells),
        }
    }

    /// Gives a row back, whole.
    pub(crate) fn reject(
        &mut self,
        line: u64,
        reason: Reason,
        header: &Header,
        cells: &[Cell<'_>],
    ) -> Result<(), Fault> {
        let names = header.names().iter().cloned();
        let names = names.chain((header.len() + 1..).map(|place| format!("{BEYOND}{place}")));
        let ours = |name: &String| matches!(name.as_str(), "_line" | "_reason");
        let cells = names.zip(cells).filter(|(name, _)| !ours(name));
        let cells = cells.map(|(name, cell)| (name, cell.given())).collect();
        self.send(Parsed::Reject(Reject { line, reason, cells }))
    }

    /// What was read.
    pub(crate) fn finish(self) -> Result<FileReport, Fault> {
        Ok(FileReport { conversion: self.legacy.finish(), ..self.report })
    }

    fn send(&mut self, parsed: Parsed) -> Result<(), Fault> {
        self.report.read += 1;
        (self.sink)(parsed).map_err(Fault::Sink)
    }

    /// One record for each unmapped cell that has a value.
    fn push_each(
        &mut self,
        line: u64,
        header: &Header,
        cells: &[Cell<'_>],
        (draft, indicator, value): (&Result<Draft, Reason>, usize, usize),
    ) -> Result<(), Fault> {
        for ((name, target), cell) in header.iter().zip(cells) {
            if target != Target::Extra {
                continue;
            }
            if cell.is_empty() {
                self.report.empty_cells += 1;
                continue;
            }
            let one = draft.as_ref().map_err(Clone::clone).and_then(|draft| {
                let mut one = draft.copy();
                put(&mut one.values, indicator, Value::Text(name.to_owned()));
                put(&mut one.values, value, self.value(value, cell)?);
                self.record(line, cells, one)
            });
            match one {
                Ok(record) => self.send(Parsed::Record(record))?,
                Err(reason) => self.reject_one(line, reason, header, (cells, name))?,
            }
        }
        Ok(())
    }

    /// Gives back one value of a row: the mapped cells and its own.
    fn reject_one(
        &mut self,
        line: u64,
        reason: Reason,
        header: &Header,
        (cells, own): (&[Cell<'_>], &str),
    ) -> Result<(), Fault> {
        let kept = |name: &str, target: Target| target != Target::Extra || name == own;
        let cells = header.iter().zip(cells).filter(|((name, target), _)| kept(name, *target));
        let cells = cells.map(|((name, _), cell)| (name.to_owned(), cell.given())).collect();
        self.send(Parsed::Reject(Reject { line, reason, cells }))
    }

    fn value(&mut self, at: usize, cell: &Cell<'_>) -> Result<Value, Reason> {
        let reader = self.readers.get_mut(at);
        let read = reader.map_or(Ok(Value::Null), |reader| reader.read(cell));
        read.map_err(|rule| Reason::of_column(rule, self.matcher.name_of(Target::Column(at))))
    }

    fn draft(&mut self, header: &Header, cells: &[Cell<'_>]) -> Result<Draft, Reason> {
        let mut draft = Draft {
            source_system: None,
            source_id: None,
            operation: Operation::Upsert,
            values: self.set.clone(),
            extra: Map::new(),
            given: Map::new(),
            children: Vec::new(),
        };
        for (place, ((name, target), cell)) in header.iter().zip(cells).enumerate() {
            if cell.is_empty() {
                if let Target::Column(at) = target {
                    given_empty(&mut draft.values, at);
                }
                continue;
            }
            let outside = |rule| Reason::of_column(rule, self.matcher.name_of(target));
            match target {
                Target::Column(at) => {
                    given_empty(&mut draft.values, at);
                    put(&mut draft.values, at, self.value(at, cell)?);
                }
                Target::SourceId => draft.source_id = Some(plain_text(cell).map_err(outside)?),
                Target::SourceSystem => draft.source_system = Some(plain_text(cell).map_err(outside)?),
                Target::Operation => draft.operation = operation(cell).map_err(outside)?,
                Target::Child(at) => draft.children.push((at, place)),
                Target::Leftover => return Err(Reason::of_row(Rule::NotMended)),
                Target::Extra if self.unpivot.is_none() => {
                    check_extra(cell).map_err(|rule| Reason::of_column(rule, "extra"))?;
                    draft.extra.insert(name.to_owned(), cell.to_json());
                }
                Target::Extra | Target::Ignored => {}
            }
        }
        Ok(draft)
    }

    fn record(&mut self, line: u64, cells: &[Cell<'_>], mut draft: Draft) -> Result<Record, Reason> {
        let dataset = self.import.dataset;
        let key = draft.source_id.or_else(|| key_of(dataset, &draft.values));
        let source_id = key.ok_or_else(|| Reason::of_row(Rule::KeyMissing))?;
        let source_system = draft.source_system.unwrap_or_else(|| self.import.options.source.clone());
        if !draft.given.is_empty() {
            draft.extra.insert(GIVEN.to_owned(), Json::Object(draft.given));
        }
        let mut record = Record {
            source_system,
            source_id,
            operation: draft.operation,
            values: draft.values,
            extra: json_text(draft.extra),
            line,
            children: Vec::new(),
        };
        for (at, place) in draft.children {
            if let (Some(children), Some(cell)) = (self.children.get_mut(at), cells.get(place)) {
                children.read(cell, &mut record)?;
            }
        }
        Ok(record)
    }
}

impl Draft {
    /// The same row once more. Child rows go with no single value of it.
    fn copy(&self) -> Self {
        Self {
            source_system: self.source_system.clone(),
            source_id: self.source_id.clone(),
            operation: self.operation,
            values: self.values.clone(),
            extra: Map::new(),
            given: self.given.clone(),
            children: Vec::new(),
        }
    }
}

/// The key made of the dataset's key columns: their values joined by `|`, empty ones kept.
///
/// A `|` or `\` inside a value is escaped, so that different keys never look the same.
pub(crate) fn key_of(dataset: &Dataset, values: &[Value]) -> Option<String> {
    let parts: Vec<String> = dataset
        .key
        .iter()
        .map(|name| dataset.position(name).and_then(|at| values.get(at)).map_or_else(String::new, text_of))
        .collect();
    if parts.iter().all(String::is_empty) {
        return None;
    }
    let escaped = parts.iter().map(|part| part.replace('\\', "\\\\").replace('|', "\\|"));
    Some(escaped.collect::<Vec<_>>().join("|"))
}

/// JSON text of unmapped columns; empty when there are none.
pub(crate) fn json_text(extra: Map<String, Json>) -> String {
    if extra.is_empty() { String::new() } else { Json::Object(extra).to_string() }
}

/// Puts `value` at its place, unless it is empty.
pub(crate) fn put(values: &mut [Value], at: usize, value: Value) {
    if let Some(place) = values.get_mut(at)
        && !value.is_null()
    {
        *place = value;
    }
}

/// A column that the row names and leaves empty is empty, unless `--set` says better.
fn given_empty(values: &mut [Value], at: usize) {
    if let Some(place) = values.get_mut(at)
        && *place == Value::Absent
    {
        *place = Value::Null;
    }
}

fn check_extra(cell: &Cell<'_>) -> Result<(), Rule> {
    match cell {
        Cell::Nested(_) => Ok(()),
        cell => plain_text(cell).map(|_| ()),
    }
}

fn operation(cell: &Cell<'_>) -> Result<Operation, Rule> {
    match cell.to_text().to_ascii_lowercase().as_str() {
        "upsert" => Ok(Operation::Upsert),
        "retract" => Ok(Operation::Retract),
        _ => Err(Rule::OperationUnknown),
    }
}

fn set_values(import: &Import<'_>, readers: &mut [ColumnReader]) -> Result<Vec<Value>, Fault> {
    let mut values = vec![Value::Absent; import.dataset.columns.len()];
    for (column, given) in &import.options.set {
        let at = import.dataset.position(column);
        let reader = at.and_then(|at| readers.get_mut(at).map(|reader| (at, reader)));
        let (at, reader) = reader.ok_or_else(|| unknown_column("set", column, import.dataset))?;
        let value = reader.read(&Cell::text(given));
        let wrong = |rule: Rule| Fault::SetValue { column: column.clone(), rule: rule.code() };
        put(&mut values, at, value.map_err(wrong)?);
    }
    Ok(values)
}

fn unpivot(import: &Import<'_>) -> Result<Option<(usize, usize)>, Fault> {
    if !import.options.unpivot {
        return Ok(None);
    }
    let places = import.dataset.position("indicator").zip(import.dataset.position("value"));
    places.map(Some).ok_or_else(|| Fault::Unpivot { dataset: import.dataset.name.clone() })
}
