//! Exact counts of values over all matching rows, and of values within values.

mod nested;

use std::fmt::Debug;

use rustc_hash::FxHashMap;
use tantivy::SegmentReader;
use tantivy::columnar::{Column, StrColumn};

use crate::definition::column::ColumnType;
use crate::domain::civil::from_epoch_days;
use crate::domain::clock::Instant;
use crate::domain::limits::{FACET_VALUES_MAX, FACET_WITHIN_VALUES_MAX, FACETS_MAX};
use crate::domain::scope::Scope;
use crate::search::SearchError;
use crate::search::facet::nested::Nested;
use crate::search::filter::visible;
use crate::search::request::{Facet, FacetValue, OtherValues};
use crate::search::schema::Fields;

/// Rows whose values are read at once.
const ROWS_AT_ONCE: usize = 64;

/// A column to be counted, or several within each other, the outermost first.
#[derive(Debug, Clone)]
pub(in crate::search) struct FacetColumn {
    levels: Vec<Level>,
}

/// One column of a facet.
#[derive(Debug, Clone)]
pub(in crate::search) struct Level {
    pub(in crate::search) name: String,
    pub(in crate::search) kind: ColumnType,
}

/// A value, ordered as people expect it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::search) enum Key {
    Number(i64),
    Text(String),
}

/// Counts of one column, of one segment or of all.
#[derive(Debug, Default)]
pub(in crate::search) struct Counts {
    pub(in crate::search) values: FxHashMap<Key, Counted>,
    pub(in crate::search) missing: u64,
}

/// Rows with one value.
#[derive(Debug, Default)]
pub(in crate::search) struct Counted {
    pub(in crate::search) rows: u64,
    pub(in crate::search) within: Option<Box<Counts>>,
}

/// Counts in the making, by a segment's own numbers.
pub(in crate::search) enum SegmentCounts {
    Absent { rows: u64 },
    Text { column: StrColumn, counts: Vec<u64>, missing: u64 },
    Integer { column: Column<i64>, counts: FxHashMap<i64, u64>, missing: u64 },
    Boolean { column: Column<bool>, counts: [u64; 2], missing: u64 },
    Nested(Nested),
}

/// The columns asked for.
///
/// # Errors
/// A column is not a facet, or there are too many.
pub(in crate::search) fn columns(
    fields: &Fields,
    names: &[String],
    scope: &Scope,
) -> Result<Vec<FacetColumn>, SearchError> {
    if names.len() > FACETS_MAX {
        return Err(SearchError::TooMany { what: "facets", found: names.len(), limit: FACETS_MAX });
    }
    names.iter().map(|name| FacetColumn::of(fields, name, scope)).collect()
}

impl FacetColumn {
    fn of(fields: &Fields, asked: &str, scope: &Scope) -> Result<Self, SearchError> {
        let mut levels: Vec<Level> = Vec::new();
        for name in asked.split('.') {
            let column = visible(fields, name, scope)?;
            let problem = if !column.facet || column.personal || column.kind == ColumnType::Number {
                Some("is not one whose values are counted")
            } else if levels.last().is_some_and(|upper| column.under.as_ref() != Some(&upper.name)) {
                Some("does not stand under the column before it: see `facet_under` of its definition")
            } else {
                None
            };
            if let Some(problem) = problem {
                let suggestion = String::new();
                return Err(SearchError::Column { column: name.to_owned(), problem, suggestion });
            }
            levels.push(Level { name: name.to_owned(), kind: column.kind });
        }
        Ok(Self { levels })
    }

    /// A column that is counted for another purpose than a facet.
    pub(in crate::search) fn plain(name: &str, kind: ColumnType) -> Self {
        Self { levels: vec![Level { name: name.to_owned(), kind }] }
    }

    /// Whether it counts the values of `column`.
    pub(in crate::search) fn is_of(&self, column: &str) -> bool {
        self.levels.iter().any(|level| level.name == column)
    }
}

impl SegmentCounts {
    pub(in crate::search) fn open(facet: &FacetColumn, segment: &SegmentReader) -> tantivy::Result<Self> {
        let [Level { name, kind }] = facet.levels.as_slice() else {
            return Nested::open(&facet.levels, segment).map(Self::Nested);
        };
        let fast = segment.fast_fields();
        let counts = match kind {
            ColumnType::Keyword | ColumnType::Text => fast.str(name)?.map(|column| {
                let counts = vec![0; column.dictionary().num_terms()];
                Self::Text { column, counts, missing: 0 }
            }),
            ColumnType::Boolean => {
                fast.column_opt(name)?.map(|column| Self::Boolean { column, counts: [0; 2], missing: 0 })
            }
            _ => fast.column_opt(name)?.map(|column| Self::Integer {
                column,
                counts: FxHashMap::default(),
                missing: 0,
            }),
        };
        Ok(counts.unwrap_or(Self::Absent { rows: 0 }))
    }

    /// Counts rows, which are in order.
    pub(in crate::search) fn count_all(&mut self, rows: &[u32]) {
        match self {
            Self::Absent { rows: absent } => *absent += rows.len() as u64,
            Self::Nested(nested) => rows.iter().for_each(|row| nested.count(*row)),
            Self::Text { column, counts, missing } => each_first(column.ords(), rows, |ordinal| {
                let ordinal = ordinal.and_then(|ordinal| usize::try_from(ordinal).ok());
                *ordinal.and_then(|ordinal| counts.get_mut(ordinal)).unwrap_or(missing) += 1;
            }),
            Self::Integer { column, counts, missing } => each_first(column, rows, |value| {
                *value.map_or(&mut *missing, |value| counts.entry(value).or_default()) += 1;
            }),
            Self::Boolean { column, counts: [no, yes], missing } => each_first(column, rows, |value| {
                *value.map_or(&mut *missing, |value| if value { &mut *yes } else { &mut *no }) += 1;
            }),
        }
    }

    pub(in crate::search) fn finish(self) -> tantivy::Result<Counts> {
        let mut values = FxHashMap::default();
        let missing = match self {
            Self::Absent { rows } => rows,
            Self::Nested(nested) => return nested.finish(),
            Self::Text { column, counts, missing } => {
                let found: Vec<(u64, u64)> = (0u64..).zip(counts).filter(|(_, count)| *count > 0).collect();
                let ordinals: Vec<u64> = found.iter().map(|(ordinal, _)| *ordinal).collect();
                let mut counts = found.into_iter().map(|(_, count)| count);
                column.dictionary().sorted_ords_to_term_cb(&ordinals, |bytes| {
                    let text = String::from_utf8_lossy(bytes).into_owned();
                    values.insert(Key::Text(text), rows(counts.next().unwrap_or(0)));
                })?;
                missing
            }
            Self::Integer { counts, missing, .. } => {
                values.extend(counts.into_iter().map(|(value, count)| (Key::Number(value), rows(count))));
                missing
            }
            Self::Boolean { counts: [no, yes], missing, .. } => {
                let counted = [(0, no), (1, yes)].into_iter().filter(|(_, count)| *count > 0);
                values.extend(counted.map(|(value, count)| (Key::Number(value), rows(count))));
                missing
            }
        };
        Ok(Counts { values, missing })
    }
}

/// Gives the first value of each row, read for many rows at once.
fn each_first<T>(column: &Column<T>, rows: &[u32], mut visit: impl FnMut(Option<T>))
where
    T: PartialOrd + Copy + Debug + Send + Sync + 'static,
{
    if let [row] = rows {
        return visit(column.first(*row));
    }
    let mut read = [None; ROWS_AT_ONCE];
    for rows in rows.chunks(ROWS_AT_ONCE) {
        let Some(read) = read.get_mut(..rows.len()) else { continue };
        read.fill(None);
        column.first_vals(rows, read);
        read.iter().for_each(|value| visit(*value));
    }
}

fn rows(rows: u64) -> Counted {
    Counted { rows, within: None }
}

impl Counts {
    pub(in crate::search) fn add(&mut self, other: Self) {
        self.missing += other.missing;
        for (key, counted) in other.values {
            let sum = self.values.entry(key).or_default();
            sum.rows += counted.rows;
            if let Some(within) = counted.within {
                sum.within.get_or_insert_default().add(*within);
            }
        }
    }

    /// Rows that have `text`.
    pub(in crate::search) fn with_text(&self, text: &str) -> u64 {
        self.values.get(&Key::Text(text.to_owned())).map_or(0, |counted| counted.rows)
    }

    /// The facet as it is shown.
    pub(in crate::search) fn show(self, facet: &FacetColumn) -> Facet {
        self.level(&facet.levels, FACET_VALUES_MAX)
    }

    fn level(self, levels: &[Level], most: usize) -> Facet {
        let (name, kind, lower) = match levels {
            [Level { name, kind }, lower @ ..] => (name.clone(), *kind, lower),
            [] => (String::new(), ColumnType::Keyword, levels),
        };
        let mut values: Vec<(Key, Counted)> = self.values.into_iter().collect();
        values.sort_by(|(key_a, a), (key_b, b)| b.rows.cmp(&a.rows).then_with(|| key_a.cmp(key_b)));
        let rest = values.split_off(values.len().min(most));
        let sum = |counted: &[(Key, Counted)]| counted.iter().map(|(_, counted)| counted.rows).sum::<u64>();
        let other = OtherValues { values: rest.len() as u64, count: sum(&rest) };
        let rows = sum(&values) + other.count + self.missing;
        let shown = values.into_iter().map(|(key, counted)| FacetValue {
            value: show(key, kind),
            count: counted.rows,
            within: counted.within.map(|within| within.level(lower, FACET_WITHIN_VALUES_MAX)),
        });
        Facet { column: name, rows, values: shown.collect(), other, missing: self.missing }
    }
}

fn show(key: Key, kind: ColumnType) -> serde_json::Value {
    match (key, kind) {
        (Key::Text(text), _) => text.into(),
        (Key::Number(number), ColumnType::Boolean) => (number == 1).into(),
        (Key::Number(number), ColumnType::Date) => {
            let day = i32::try_from(number).ok().and_then(from_epoch_days);
            day.map(|day| day.to_string()).into()
        }
        (Key::Number(number), ColumnType::Instant) => Instant(number).rfc3339().into(),
        (Key::Number(number), _) => number.into(),
    }
}
