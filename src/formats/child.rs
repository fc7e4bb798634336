//! Arrays inside a record whose items are rows of another dataset.
//!
//! Each item becomes a record under its parent: the parent's key stands in the child's parent column.
//! A child's own key is its `source_id`, or its key columns, or the parent's key, `#` and its place
//! from 1. One item that cannot be used rejects the whole row, so that a paper is never kept in part.

use serde_json::{Map, Value as Json};

use crate::definition::catalog::Catalog;
use crate::definition::dataset::{Child, Dataset};
use crate::domain::limits::CHILDREN_MAX;
use crate::domain::record::{Operation, Record, Value};
use crate::formats::cell::Cell;
use crate::formats::fault::Fault;
use crate::formats::header::{Header, Matcher, Target};
use crate::formats::reject::{Reason, Rule};
use crate::formats::rows::{json_text, key_of, put};
use crate::formats::values::{ColumnReader, plain_text};

/// Reads the items of one array field.
pub(crate) struct Children<'a> {
    field: &'a str,
    dataset: &'a Dataset,
    parent: usize,
    /// Place of the column that names the parent's dataset, and that name.
    whose: Option<(usize, &'a str)>,
    matcher: Matcher<'a>,
    readers: Vec<ColumnReader>,
    /// The fields of the last item; most items have the same.
    header: Option<Header>,
}

impl<'a> Children<'a> {
    pub(crate) fn new(child: &'a Child, parent: &'a Dataset, catalog: &'a Catalog) -> Result<Self, Fault> {
        let dataset = catalog.dataset(&child.dataset)?;
        let whose = child.whose.as_ref().and_then(|column| dataset.position(column));
        Ok(Self {
            field: &child.field,
            dataset,
            parent: dataset.position(&child.parent).unwrap_or(usize::MAX),
            whose: whose.map(|at| (at, parent.name.as_str())),
            matcher: Matcher::plain(dataset),
            readers: dataset.columns.iter().map(ColumnReader::new).collect(),
            header: None,
        })
    }

    /// Adds the items in `cell` to `parent`.
    pub(crate) fn read(&mut self, cell: &Cell<'_>, parent: &mut Record) -> Result<(), Reason> {
        let parsed;
        let items = match cell {
            Cell::Nested(Json::Array(items)) => items,
            Cell::Text(text) => {
                parsed = serde_json::from_str(text).map_err(|_| self.broken(Rule::ChildForm, ""))?;
                &parsed
            }
            _ => return Err(self.broken(Rule::ChildForm, "")),
        };
        if parent.children.len() + items.len() > CHILDREN_MAX {
            return Err(self.broken(Rule::ChildMany, ""));
        }
        for (place, item) in items.iter().enumerate() {
            let Json::Object(fields) = item else { return Err(self.broken(Rule::ChildForm, "")) };
            let child = self.record(fields, place + 1, parent)?;
            parent.children.push((self.dataset.name.clone(), child));
        }
        Ok(())
    }

    fn record(
        &mut self,
        fields: &Map<String, Json>,
        place: usize,
        parent: &Record,
    ) -> Result<Record, Reason> {
        let names: Vec<String> = fields.keys().cloned().collect();
        let header = match self.header.take().filter(|header| header.is(&names)) {
            Some(header) => header,
            None => self.matcher.header(names).map_err(|_| self.broken(Rule::ColumnTwice, ""))?,
        };
        let mut child = Record {
            source_system: parent.source_system.clone(),
            source_id: String::new(),
            operation: parent.operation,
            values: vec![Value::Null; self.readers.len()],
            extra: String::new(),
            line: parent.line,
            children: Vec::new(),
        };
        let extra = self.fill(&header, fields, &mut child)?;
        child.extra = json_text(extra);
        self.header = Some(header);
        self.set_key(place, parent, &mut child);
        Ok(child)
    }

    fn fill(
        &mut self,
        header: &Header,
        fields: &Map<String, Json>,
        child: &mut Record,
    ) -> Result<Map<String, Json>, Reason> {
        let mut extra = Map::new();
        for (target, (name, json)) in header.targets().iter().zip(fields) {
            let cell = Cell::json(json.clone());
            if cell.is_empty() {
                continue;
            }
            match target {
                Target::Column(at) => {
                    let read = self.readers.get_mut(*at).map_or(Ok(Value::Null), |reader| reader.read(&cell));
                    let value = read.map_err(|rule| self.broken(rule, self.matcher.name_of(*target)))?;
                    put(&mut child.values, *at, value);
                }
                Target::SourceId => {
                    child.source_id = plain_text(&cell).map_err(|rule| self.broken(rule, "source_id"))?;
                }
                Target::Operation if cell.to_text() == "retract" => child.operation = Operation::Retract,
                Target::Operation if cell.to_text() == "upsert" => {}
                Target::Operation => return Err(self.broken(Rule::OperationUnknown, "_op")),
                _ => drop(extra.insert(name.clone(), json.clone())),
            }
        }
        Ok(extra)
    }

    fn set_key(&self, place: usize, parent: &Record, child: &mut Record) {
        if let Some(named) = child.values.get_mut(self.parent) {
            *named = Value::Text(parent.source_id.clone());
        }
        if let Some((at, name)) = self.whose
            && let Some(place) = child.values.get_mut(at).filter(|value| value.is_null())
        {
            *place = Value::Text(name.to_owned());
        }
        if !child.source_id.is_empty() {
            return;
        }
        let places = self.dataset.key.iter().filter_map(|name| self.dataset.position(name));
        let mut own = places.filter(|at| *at != self.parent);
        let has_own = own.any(|at| child.values.get(at).is_some_and(|value| !value.is_null()));
        let key = if has_own { key_of(self.dataset, &child.values) } else { None };
        child.source_id = key.unwrap_or_else(|| format!("{}#{place}", parent.source_id));
    }

    fn broken(&self, rule: Rule, column: &str) -> Reason {
        let dot = if column.is_empty() { "" } else { "." };
        Reason::of_column(rule, &format!("{}{dot}{column}", self.field))
    }
}
