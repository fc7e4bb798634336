//! A report: several measures over one basis as one table.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Field, Schema};

use crate::definition::metric::{Part, Report, ReportColumn};
use crate::definition::query::Query;
use crate::domain::language::Language;
use crate::metrics::measure::{Figure, Measure, place};
use crate::present::number::{percent, percent_value};
use crate::sql::SqlError;

/// The figures of a report.
#[derive(Debug, Clone)]
pub struct Reported {
    query: Query,
    report: Report,
    measures: BTreeMap<String, Arc<Measure>>,
    keys: Vec<Vec<Option<String>>>,
}

/// One number of a report, with the figure it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown<'a> {
    /// A count.
    Count(i64, Option<&'a Figure>),
    /// A share in percent of what it is a share of.
    Share(i64, i64, Option<&'a Figure>),
}

impl Reported {
    /// The report over `measures`, by the names of their metrics.
    #[must_use]
    pub fn new(query: Query, report: Report, measures: BTreeMap<String, Arc<Measure>>) -> Self {
        let keys: BTreeSet<Vec<Option<String>>> = measures
            .values()
            .flat_map(|measure| measure.figures())
            .map(|figure| figure.key.clone())
            .collect();
        let mut made = Self { query, report, measures, keys: keys.into_iter().collect() };
        let mut keys = std::mem::take(&mut made.keys);
        keys.sort_by_cached_key(|key| {
            let columns = made.report.order.iter().filter_map(|name| made.column(name));
            let numbers = columns.map(|column| std::cmp::Reverse(made.shown(column, Some(key)).number()));
            (numbers.collect::<Vec<_>>(), place(key))
        });
        made.keys = keys;
        made
    }

    /// The report's definition.
    #[must_use]
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Its columns after the dimension.
    #[must_use]
    pub fn columns(&self) -> &[ReportColumn] {
        &self.report.columns
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&ReportColumn> {
        self.report.columns.iter().find(|column| column.name == name)
    }

    /// Name of the dimension of the rows.
    #[must_use]
    pub fn by(&self) -> Option<&str> {
        self.report.by.as_deref()
    }

    /// Values of the dimension, in the report's order.
    #[must_use]
    pub fn keys(&self) -> &[Vec<Option<String>>] {
        &self.keys
    }

    /// The measures by the names of their metrics.
    #[must_use]
    pub fn measures(&self) -> &BTreeMap<String, Arc<Measure>> {
        &self.measures
    }

    /// The number of `column` for the value `key` of the dimension, or over everything.
    #[must_use]
    pub fn shown(&self, column: &ReportColumn, key: Option<&Vec<Option<String>>>) -> Shown<'_> {
        let measure = self.measures.get(&column.metric);
        let figure = measure.and_then(|measure| match key {
            None => Some(measure.total()),
            Some(key) => measure.figure(key),
        });
        let above = figure.map_or(0, |figure| figure.numerator);
        let below = figure.and_then(|figure| figure.denominator).unwrap_or_default();
        match column.part {
            Part::Numerator => Shown::Count(above, figure),
            Part::Denominator => Shown::Count(below, figure),
            Part::Percent => Shown::Share(above, below, figure),
        }
    }

    /// The report as rows: the dimension, then its columns. A share is a number, or with `is_text` a text
    /// of two decimals, for formats in which a number would lose its last nought.
    ///
    /// # Errors
    /// The columns do not make a table.
    pub fn batch(&self, is_text: bool) -> Result<RecordBatch, SqlError> {
        let rows: Vec<Option<&Vec<Option<String>>>> =
            if self.by().is_some() { self.keys.iter().map(Some).collect() } else { vec![None] };
        let mut columns: Vec<(String, ArrayRef)> = Vec::new();
        if let Some(by) = self.by() {
            let names = rows.iter().map(|key| key.and_then(|key| key.first().cloned()).flatten());
            let names = names.map(Option::unwrap_or_default).map(Some);
            columns.push((by.to_owned(), Arc::new(names.collect::<StringArray>())));
        }
        for column in self.columns() {
            let shown = rows.iter().map(|key| self.shown(column, *key));
            let values: ArrayRef = match (column.part, is_text) {
                (Part::Percent, true) => {
                    Arc::new(shown.map(|it| it.percent(Language::En)).collect::<StringArray>())
                }
                (Part::Percent, false) => {
                    Arc::new(shown.map(|it| it.percent_value()).collect::<Float64Array>())
                }
                _ => Arc::new(shown.map(|it| Some(it.number())).collect::<Int64Array>()),
            };
            columns.push((column.name.clone(), values));
        }
        let fields = columns.iter().map(|(name, values)| Field::new(name, values.data_type().clone(), true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let values = columns.into_iter().map(|(_, values)| values).collect();
        RecordBatch::try_new(schema, values).map_err(|error| SqlError::Internal(error.to_string()))
    }
}

impl<'a> Shown<'a> {
    /// The count, or what is above the line.
    #[must_use]
    pub fn number(self) -> i64 {
        match self {
            Self::Count(number, _) | Self::Share(number, ..) => number,
        }
    }

    /// The figure it belongs to.
    #[must_use]
    pub fn figure(self) -> Option<&'a Figure> {
        match self {
            Self::Count(_, figure) | Self::Share(_, _, figure) => figure,
        }
    }

    /// The share with two decimals; nothing for a count, or a share of nothing.
    #[must_use]
    pub fn percent(self, language: Language) -> Option<String> {
        match self {
            Self::Share(part, all, _) if all > 0 => Some(percent(part, all, language)),
            _ => None,
        }
    }

    fn percent_value(self) -> Option<f64> {
        match self {
            Self::Share(part, all, _) => percent_value(part, all),
            Self::Count(..) => None,
        }
    }
}
