//! A statutory form filled: its columns as measures, its identities checked.
//!
//! Nothing is added up here: every column, totals too, was counted for itself, so an identity that holds says
//! something. One that does not is told with both its sides and never mended. A column that nothing feeds is
//! empty, and an identity it stands in is told as one that cannot be checked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::definition::form::{Form, FormColumn, Identity, Standing};
use crate::definition::labels::{label, sentence};
use crate::domain::language::{Label, Language};
use crate::domain::limits::FORM_BROKEN_SHOWN;
use crate::metrics::measure::{Figure, Measure, place};
use crate::present::form::{Printed, Value};
use crate::present::number::{day, whole};

/// Values of the dimension of one row; none for the row over everything.
pub type Key = Vec<Option<String>>;

/// A form with its figures.
#[derive(Debug, Clone)]
pub struct Filled {
    form: Form,
    measures: BTreeMap<String, Arc<Measure>>,
    unfed: BTreeMap<u32, Unfed>,
    keys: Vec<Key>,
    checked: Vec<Checked>,
}

/// What a column counts and this store never got: a dataset, or a column of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfed {
    /// The dataset, as people call it.
    pub dataset: Label,
    /// The column that is added up, when it is that which never came.
    pub column: Option<Label>,
}

/// An identity, checked over every row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The equation.
    pub identity: Identity,
    /// Columns in it that nothing feeds; when there are any it cannot be checked.
    pub empty: Vec<u32>,
    /// Rows where it does not hold: the row, the left side and the right one.
    pub broken: Vec<(Option<Key>, i64, i64)>,
}

impl Checked {
    /// Whether it was checked and holds everywhere.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.empty.is_empty() && self.broken.is_empty()
    }
}

impl Filled {
    /// The form with `measures` by the names of its metrics; columns of `unfed` stay empty, for a nought would
    /// say that there was none.
    #[must_use]
    pub fn new(form: Form, measures: BTreeMap<String, Arc<Measure>>, unfed: BTreeMap<u32, Unfed>) -> Self {
        let keys: BTreeSet<Key> = measures
            .values()
            .flat_map(|measure| measure.figures())
            .map(|figure| figure.key.clone())
            .collect();
        let mut keys: Vec<Key> = keys.into_iter().collect();
        keys.sort_by_cached_key(|key| place(key));
        let mut filled = Self { form, measures, unfed, keys, checked: Vec::new() };
        filled.checked = filled.form.equations().into_iter().map(|identity| filled.check(identity)).collect();
        filled
    }

    /// The form's definition.
    #[must_use]
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// Rows, in the order of their names.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Its identities, as checked.
    #[must_use]
    pub fn checked(&self) -> &[Checked] {
        &self.checked
    }

    /// Columns that are empty and why: nothing feeds them, or this store never got what does.
    #[must_use]
    pub fn empty(&self, language: Language) -> Vec<(u32, String)> {
        let why = |column: &FormColumn| match (&column.empty, self.unfed.get(&column.number)) {
            (Some(why), _) => Some((column.number, why.text(language).to_owned())),
            (None, Some(unfed)) => Some((column.number, unfed.text(language))),
            (None, None) => None,
        };
        self.form.columns.iter().filter_map(why).collect()
    }

    /// Any of its measures: all are of one snapshot and one question.
    #[must_use]
    pub fn any(&self) -> Option<&Arc<Measure>> {
        self.measures.values().next()
    }

    /// The number of a column in a row, or over everything; none when nothing feeds it.
    #[must_use]
    pub fn number(&self, column: u32, key: Option<&Key>) -> Option<i64> {
        let measure = self.fed(column)?;
        // A row that the column's basis does not know has none of what it counts.
        Some(self.figure_of(measure, key).map_or(0, |figure| figure.numerator))
    }

    /// The figure behind that number, with its receipt.
    #[must_use]
    pub fn figure(&self, column: u32, key: Option<&Key>) -> Option<&Figure> {
        self.figure_of(self.fed(column)?, key)
    }

    /// The measure of a column that something feeds.
    fn fed(&self, column: u32) -> Option<&Measure> {
        let measure = self.measures.get(&self.form.metric_name(column));
        measure.map(Arc::as_ref).filter(|_| !self.unfed.contains_key(&column))
    }

    fn figure_of<'a>(&self, measure: &'a Measure, key: Option<&Key>) -> Option<&'a Figure> {
        match key {
            None => Some(measure.total()),
            Some(key) => measure.figure(key),
        }
    }

    fn check(&self, identity: Identity) -> Checked {
        let named = identity.parts.iter().chain([&identity.total]);
        let empty: Vec<u32> = named.filter(|column| self.fed(**column).is_none()).copied().collect();
        let mut broken = Vec::new();
        for key in self.keys.iter().map(Some).chain([None]).filter(|_| empty.is_empty()) {
            let number = |column: u32| self.number(column, key).unwrap_or_default();
            let (left, right) =
                (number(identity.total), identity.parts.iter().map(|part| number(*part)).sum());
            if left != right {
                broken.push((key.cloned(), left, right));
            }
        }
        Checked { identity, empty, broken }
    }

    /// The form as it is printed; `link` makes the address of a receipt.
    #[must_use]
    pub fn printed(&self, language: Language, link: &dyn Fn(&str) -> String) -> Printed {
        let row = |key: Option<&Key>| {
            let values = self.form.columns.iter().map(|column| {
                let (number, figure) = (self.number(column.number, key), self.figure(column.number, key));
                Value {
                    number,
                    text: number.map_or_else(String::new, |number| whole(number, language)),
                    link: figure.map(|figure| link(&figure.code)),
                    is_broken: self.is_broken(column.number, key),
                }
            });
            (self.row_name(key, language), values.collect())
        };
        let rows = self.keys.iter().map(|key| row(Some(key))).chain([row(None)]).collect();
        Printed {
            above: self.above(language),
            title: self.form.title.text(language).to_owned(),
            first: label("form.unit", language).to_owned(),
            heads: self.form.columns.iter().map(|column| column.heads.clone()).collect(),
            numbers: self.form.columns.iter().map(|column| self.numbered(column.number)).collect(),
            rows,
            below: self.below(language),
        }
    }

    /// The form as one object: rows with every column, identities, columns that nothing feeds.
    #[must_use]
    pub fn json(&self, language: Language) -> Json {
        let row = |key: Option<&Key>| {
            let cells: serde_json::Map<String, Json> = self
                .form
                .columns
                .iter()
                .map(|column| {
                    let code = self.figure(column.number, key).map(|figure| figure.code.as_str());
                    let number = self.number(column.number, key);
                    (column.number.to_string(), json!({ "value": number, "receipt": code }))
                })
                .collect();
            json!({ "row": key.and_then(|key| key.first().cloned().flatten()), "is_total": key.is_none(), "cells": cells })
        };
        let identities = self.checked.iter().map(|it| json!({
            "identity": it.identity.text(), "is_printed": it.identity.is_printed, "holds": it.holds(), "empty": it.empty,
            "broken": it.broken.iter().map(|(key, left, right)| json!({
                "row": key.as_ref().and_then(|key| key.first().cloned().flatten()), "is_total": key.is_none(),
                "left": left, "right": right,
            })).collect::<Vec<_>>(),
        }));
        let empty: BTreeMap<u32, String> = self.empty(language).into_iter().collect();
        let columns = self.form.columns.iter().map(|column| json!({
            "number": column.number, "heads": column.heads, "metric": column.basis.as_ref().map(|_| self.form.metric_name(column.number)),
            "count": column.count, "sums": column.sums, "empty": empty.get(&column.number),
            "reading": column.reading.as_ref().map(|reading| reading.text(language)),
            "standing": standing(column.standing),
        }));
        let inputs = self.any().map(|measure| measure.inputs());
        let period = inputs.and_then(|inputs| inputs.period.as_ref());
        json!({
            "form": self.form.name, "version": self.form.version, "code": self.form.code, "circular": self.form.circular,
            "title": self.form.title.text(language), "source": self.form.source, "standing": standing(self.form.standing),
            "is_compared": self.form.is_compared, "by": inputs.and_then(|inputs| inputs.by.first()),
            "period": period.map(|period| json!({ "name": period.name, "from": period.from.to_string(), "to": period.to.to_string() })),
            "as_of": inputs.map(|inputs| inputs.as_of.to_string()), "snapshot": inputs.map(|inputs| inputs.snapshot),
            "filters": inputs.map(|inputs| &inputs.filters),
            "columns": columns.collect::<Vec<_>>(), "identities": identities.collect::<Vec<_>>(),
            "rows": self.keys.iter().map(Some).chain([None]).map(row).collect::<Vec<_>>(),
        })
    }

    fn is_broken(&self, column: u32, key: Option<&Key>) -> bool {
        self.checked.iter().any(|it| {
            (it.identity.total == column || it.identity.parts.contains(&column))
                && it.broken.iter().any(|(row, ..)| row.as_ref() == key)
        })
    }

    fn row_name(&self, key: Option<&Key>, language: Language) -> String {
        match key {
            None => label("form.total", language).to_owned(),
            Some(key) => {
                let none = || label("page.no_value", language).to_owned();
                key.first().cloned().flatten().unwrap_or_else(none)
            }
        }
    }

    /// `1 = 2 + 3 = 4 + 5`, or the number alone.
    fn numbered(&self, column: u32) -> String {
        let own = self
            .form
            .identities
            .iter()
            .find(|text| text.split('=').next().is_some_and(|left| left.trim().parse() == Ok(column)));
        own.map_or_else(|| column.to_string(), Clone::clone)
    }

    fn above(&self, language: Language) -> Vec<String> {
        let form = &self.form;
        let mut lines = vec![format!("{} ({})", form.code, form.circular)];
        if !form.is_compared {
            let values = [
                ("source", form.source.as_str()),
                ("standing", label(standing_key(form.standing), language)),
            ];
            lines.push(sentence("form.not_compared", language, &values));
        }
        if let Some(inputs) = self.any().map(|measure| measure.inputs()) {
            if let Some(period) = &inputs.period {
                let (from, to) = (day(period.from, language), day(period.to, language));
                lines.push(sentence(
                    "form.period",
                    language,
                    &[("name", &period.name), ("from", &from), ("to", &to)],
                ));
            }
            let (as_of, commit) = (day(inputs.as_of, language), inputs.snapshot.to_string());
            lines.push(sentence("form.as_of", language, &[("day", &as_of), ("commit", &commit)]));
            for (name, value) in &inputs.filters {
                let value = value.as_deref().unwrap_or_default();
                lines.push(sentence("form.filter", language, &[("name", name), ("value", value)]));
            }
        }
        lines
    }

    /// Broken identities first, for they are what must be looked at.
    fn below(&self, language: Language) -> Vec<String> {
        let mut lines = Vec::new();
        for it in self.checked.iter().filter(|it| !it.broken.is_empty()) {
            for (key, left, right) in it.broken.iter().take(FORM_BROKEN_SHOWN) {
                let row = self.row_name(key.as_ref(), language);
                let (left, right) = (whole(*left, language), whole(*right, language));
                let values =
                    [("identity", it.identity.text()), ("row", row), ("left", left), ("right", right)];
                let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
                lines.push(sentence("form.broken", language, &values));
            }
        }
        let held: Vec<String> =
            self.checked.iter().filter(|it| it.holds()).map(|it| it.identity.text()).collect();
        if !held.is_empty() {
            lines.push(sentence("form.held", language, &[("identities", &held.join("; "))]));
        }
        for it in self.checked.iter().filter(|it| !it.empty.is_empty()) {
            let empty: Vec<String> = it.empty.iter().map(u32::to_string).collect();
            let values = [("identity", it.identity.text()), ("columns", empty.join(", "))];
            let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
            lines.push(sentence("form.unchecked", language, &values));
        }
        for (number, why) in self.empty(language) {
            lines.push(sentence("form.empty", language, &[("number", &number.to_string()), ("why", &why)]));
        }
        for column in &self.form.columns {
            let number = column.number.to_string();
            if let Some(reading) = &column.reading {
                let values = [
                    ("number", number.as_str()),
                    ("reading", reading.text(language)),
                    ("standing", label(standing_key(column.standing), language)),
                ];
                lines.push(sentence("form.reading", language, &values));
            }
        }
        lines.extend(self.form.notes.iter().map(|note| note.text(language).to_owned()));
        lines
    }
}

impl Unfed {
    fn text(&self, language: Language) -> String {
        let dataset = self.dataset.text(language);
        match &self.column {
            None => sentence("form.unfed", language, &[("dataset", dataset)]),
            Some(column) => {
                let values = [("dataset", dataset), ("column", column.text(language))];
                sentence("form.unfed_column", language, &values)
            }
        }
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Found => "found",
        Standing::Derived => "derived",
        Standing::Memory => "memory",
    }
}

fn standing_key(standing: Standing) -> &'static str {
    match standing {
        Standing::Found => "form.standing_found",
        Standing::Derived => "form.standing_derived",
        Standing::Memory => "form.standing_memory",
    }
}
