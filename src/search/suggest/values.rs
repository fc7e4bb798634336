//! Values of public facet columns whose words begin like what was typed.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::definition::column::{Column, ColumnType};
use crate::definition::dataset::Dataset;
use crate::domain::language::Language;
use crate::domain::limits::{SUGGEST_COUNTED_MAX, SUGGEST_VALUES_MAX};
use crate::domain::secrecy::ColumnClass;
use crate::search::SearchError;
use crate::search::filter;
use crate::search::reader::Reader;
use crate::search::request::{Filter, Op};
use crate::search::suggest::{Asking, Suggestion, Typed};
use crate::text::syllable::tokens;

/// A value of a column, folded so that it is found by the beginning of any of its words.
#[derive(Debug, Clone)]
pub(in crate::search) struct KnownValue {
    column: String,
    /// As it is stored.
    value: String,
    /// What people read.
    text: String,
    /// Its words, each with a space before it.
    folded: String,
    /// Rows that have it, deleted ones among them.
    rows: u64,
}

/// Values of `asking`'s columns that fit, with their rows in scope.
pub(super) fn suggest(asking: &Asking<'_>, typed: &Typed) -> Result<Vec<Suggestion>, SearchError> {
    let needle = typed.needle();
    let known = asking.reader.known_values(asking.dataset)?;
    let mut fitting: Vec<&KnownValue> = known.iter().filter(|value| value.folded.contains(&needle)).collect();
    fitting.sort_by_key(|value| (Reverse(if asking.sees_all() { value.rows } else { 0 }), &value.folded));
    let mut found = Vec::new();
    for known in fitting.into_iter().take(SUGGEST_COUNTED_MAX) {
        let is = Filter { column: known.column.clone(), op: Op::Equals(vec![known.value.clone()]) };
        let clause = filter::clause(asking.reader.fields(), &is, asking.scope)?;
        let Some((total, _)) = asking.rows(vec![clause])? else { break };
        if total > 0 {
            let (column, value) = (Some(known.column.clone()), Some(known.value.clone()));
            found.push(Suggestion { text: known.text.clone(), column, value, total });
        }
    }
    Ok(found)
}

impl Reader {
    /// Values of the dataset's public facet columns, read once for this snapshot.
    fn known_values(&self, dataset: &Dataset) -> Result<&[KnownValue], SearchError> {
        if let Some(known) = self.suggested().get() {
            return Ok(known);
        }
        let mut known = Vec::new();
        let is_open = |column: &&Column| {
            column.facet && column.class == ColumnClass::Public && column.kind == ColumnType::Keyword
        };
        for column in dataset.columns.iter().filter(is_open) {
            let values = values(self, column)?;
            if known.len() + values.len() <= SUGGEST_VALUES_MAX {
                known.extend(values);
            }
        }
        Ok(self.suggested().get_or_init(|| known))
    }
}

fn values(reader: &Reader, column: &Column) -> Result<Vec<KnownValue>, SearchError> {
    let Some(field) = reader.fields().column(&column.name).and_then(|column| column.exact) else {
        return Ok(Vec::new());
    };
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for segment in reader.searcher().segment_readers() {
        let index = segment.inverted_index(field).map_err(|error| reader.error(error))?;
        let mut terms = index.terms().stream().map_err(|error| reader.error(error.into()))?;
        while let Some((term, info)) = terms.next() {
            if let Ok(value) = std::str::from_utf8(term) {
                *counts.entry(value.to_owned()).or_default() += u64::from(info.doc_freq);
            }
            if counts.len() > SUGGEST_VALUES_MAX {
                return Ok(Vec::new());
            }
        }
    }
    let known = counts.into_iter().map(|(value, rows)| {
        let text = column.code_label(&value, Language::Vi).to_owned();
        let folded = tokens(&text).into_iter().map(|token| format!(" {}", token.folded)).collect();
        KnownValue { column: column.name.clone(), value, text, folded, rows }
    });
    Ok(known.collect())
}
