//! Names of columns as people type them: `đơn_vị`, `don_vi`, `donvi`, `unit`, `"Cơ quan đang giữ"`.
//!
//! Taken from the definition: the column's own name, its header aliases, its labels. A column that the
//! asker may not see has no name at all, so that asking for it is like asking for one that never was.

use std::collections::BTreeMap;

use crate::definition::column::{Code, ColumnType};
use crate::definition::dataset::Dataset;
use crate::domain::secrecy::ColumnClass;
use crate::text::fold;

/// Letters from which the first words of a name suggest it, if no other column's name begins so.
const BEGINNING_LETTERS_MIN: usize = 3;

/// A column as a question sees it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::search) struct Named {
    pub(in crate::search) column: String,
    pub(in crate::search) kind: ColumnType,
    /// Whether it is searched by words and not by value.
    pub(in crate::search) is_text: bool,
    pub(in crate::search) codes: Vec<Code>,
}

/// The columns of a dataset that an asker may name.
#[derive(Debug, Clone, Default)]
pub struct Names {
    columns: Vec<Named>,
    /// By [`fold::key`], and by the same without `_`; with how it is shown.
    known: BTreeMap<String, (usize, String)>,
}

impl Names {
    /// The names of `dataset` for who may or may not see personal columns.
    #[must_use]
    pub fn of(dataset: &Dataset, sees_personal: bool) -> Self {
        let mut names = Self::default();
        for name in ["id", "source_id", "source_system", "secrecy"] {
            let place = names.add(name, ColumnType::Keyword, false, Vec::new());
            names.learn(name, place);
            if name == "source_id" {
                dataset.id_aliases.iter().for_each(|alias| names.learn(alias, place));
            }
        }
        let seen = |class: ColumnClass| sees_personal || class == ColumnClass::Public;
        let columns: Vec<_> = dataset.columns.iter().filter(|column| seen(column.class)).collect();
        let places: Vec<usize> = columns
            .iter()
            .map(|column| {
                let is_text = column.long || column.kind == ColumnType::Text;
                names.add(&column.name, column.kind, is_text, column.codes.clone())
            })
            .collect();
        let all = || columns.iter().zip(&places);
        all().for_each(|(column, place)| names.learn(&column.name, *place));
        all().for_each(|(column, place)| {
            column.aliases.iter().for_each(|alias| names.learn(alias, *place));
        });
        all().for_each(|(column, place)| {
            [&column.label.vi, &column.label.en].into_iter().for_each(|label| names.learn(label, *place));
        });
        let date = |due: bool| {
            all().find(|(column, _)| column.kind == ColumnType::Date && column.due == due).map(|(_, at)| *at)
        };
        for (due, short) in [(false, ["ngày", "date"]), (true, ["hạn", "due"])] {
            date(due).into_iter().for_each(|at| short.into_iter().for_each(|name| names.learn(name, at)));
        }
        names
    }

    fn add(&mut self, column: &str, kind: ColumnType, is_text: bool, codes: Vec<Code>) -> usize {
        self.columns.push(Named { column: column.to_owned(), kind, is_text, codes });
        self.columns.len() - 1
    }

    /// The first to take a name keeps it.
    fn learn(&mut self, name: &str, place: usize) {
        let key = fold::key(name);
        let shown = name.trim().to_lowercase().replace(' ', "_");
        let is_plain = shown.chars().all(|c| c.is_alphanumeric() || c == '_');
        let shown = if is_plain { shown } else { key.clone() };
        for key in [key.replace('_', ""), key] {
            if !key.is_empty() {
                self.known.entry(key).or_insert_with(|| (place, shown.clone()));
            }
        }
    }

    pub(in crate::search) fn place(&self, typed: &str) -> Option<usize> {
        let key = fold::key(typed);
        let found = self.known.get(&key).or_else(|| self.known.get(&key.replace('_', "")));
        found.map(|(place, _)| *place)
    }

    /// How the one column is called that has a name whose first words are these.
    fn beginning(&self, key: &str) -> Option<String> {
        if key.chars().count() < BEGINNING_LETTERS_MIN {
            return None;
        }
        let begin = format!("{key}_");
        let from = self.known.range(begin.clone()..).take_while(|(known, _)| known.starts_with(&begin));
        let found: BTreeMap<usize, &String> = from.map(|(_, (place, shown))| (*place, shown)).collect();
        let one = found.values().next().filter(|_| found.len() == 1);
        one.map(|shown| (*shown).clone())
    }

    pub(in crate::search) fn at(&self, place: usize) -> Option<&Named> {
        self.columns.get(place)
    }

    pub(in crate::search) fn column(&self, name: &str) -> Option<&Named> {
        self.columns.iter().find(|named| named.column == name)
    }

    /// Whether `typed` can hardly be a word of a sentence: it is a column's own name.
    pub(super) fn is_own(&self, typed: &str) -> bool {
        self.columns.iter().any(|named| named.column == typed)
    }

    /// A known name that differs from `typed` by a letter or two, or begins with it.
    pub(super) fn nearest(&self, typed: &str) -> Option<String> {
        let key = fold::key(typed);
        let allowed = if key.chars().count() <= 4 { 1 } else { 2 };
        let near = self.known.iter().filter_map(|(known, (_, shown))| {
            let distance = strsim::osa_distance(&key, known);
            (distance <= allowed).then_some((distance, known, shown))
        });
        near.min().map(|(.., shown)| shown.clone()).or_else(|| self.beginning(&key))
    }
}
