//! Exact counts of values over all matching rows.

use rustc_hash::FxHashMap;
use tantivy::SegmentReader;
use tantivy::columnar::{Column, StrColumn};

use crate::definition::column::ColumnType;
use crate::domain::civil::from_epoch_days;
use crate::domain::clock::Instant;
use crate::domain::limits::{FACET_VALUES_MAX, FACETS_MAX};
use crate::domain::scope::Scope;
use crate::search::SearchError;
use crate::search::filter::visible;
use crate::search::request::{Facet, FacetValue, OtherValues};
use crate::search::schema::Fields;

/// A column to be counted.
#[derive(Debug, Clone)]
pub(in crate::search) struct FacetColumn {
    name: String,
    kind: ColumnType,
}

/// A value, ordered as people expect it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Key {
    Number(i64),
    Text(String),
}

/// Counts of one column, of one segment or of all.
#[derive(Debug, Default)]
pub(in crate::search) struct Counts {
    values: FxHashMap<Key, u64>,
    missing: u64,
}

/// Counts in the making, by a segment's own numbers.
pub(in crate::search) enum SegmentCounts {
    Absent { rows: u64 },
    Text { column: StrColumn, counts: Vec<u64>, missing: u64 },
    Integer { column: Column<i64>, counts: FxHashMap<i64, u64>, missing: u64 },
    Boolean { column: Column<bool>, counts: [u64; 2], missing: u64 },
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
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        let column = visible(fields, name, scope)?;
        if !column.facet || column.personal || column.kind == ColumnType::Number {
            let problem = "is not one whose values are counted";
            return Err(SearchError::Column { column: name.clone(), problem, suggestion: String::new() });
        }
        columns.push(FacetColumn { name: name.clone(), kind: column.kind });
    }
    Ok(columns)
}

impl SegmentCounts {
    pub(in crate::search) fn open(facet: &FacetColumn, segment: &SegmentReader) -> tantivy::Result<Self> {
        let (fast, name) = (segment.fast_fields(), &facet.name);
        let counts = match facet.kind {
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

    pub(in crate::search) fn count(&mut self, row: u32) {
        match self {
            Self::Absent { rows } => *rows += 1,
            Self::Text { column, counts, missing } => {
                let ordinal = column.ords().first(row).and_then(|ordinal| usize::try_from(ordinal).ok());
                *ordinal.and_then(|ordinal| counts.get_mut(ordinal)).unwrap_or(missing) += 1;
            }
            Self::Integer { column, counts, missing } => {
                *column.first(row).map_or(missing, |value| counts.entry(value).or_default()) += 1;
            }
            Self::Boolean { column, counts: [no, yes], missing } => {
                *column.first(row).map_or(missing, |value| if value { yes } else { no }) += 1;
            }
        }
    }

    pub(in crate::search) fn finish(self) -> tantivy::Result<Counts> {
        let mut values = FxHashMap::default();
        let missing = match self {
            Self::Absent { rows } => rows,
            Self::Text { column, counts, missing } => {
                let found: Vec<(u64, u64)> = (0u64..).zip(counts).filter(|(_, count)| *count > 0).collect();
                let ordinals: Vec<u64> = found.iter().map(|(ordinal, _)| *ordinal).collect();
                let mut counts = found.into_iter().map(|(_, count)| count);
                column.dictionary().sorted_ords_to_term_cb(&ordinals, |bytes| {
                    let text = String::from_utf8_lossy(bytes).into_owned();
                    values.insert(Key::Text(text), counts.next().unwrap_or(0));
                })?;
                missing
            }
            Self::Integer { counts, missing, .. } => {
                values.extend(counts.into_iter().map(|(value, count)| (Key::Number(value), count)));
                missing
            }
            Self::Boolean { counts: [no, yes], missing, .. } => {
                let counted = [(0, no), (1, yes)].into_iter().filter(|(_, count)| *count > 0);
                values.extend(counted.map(|(value, count)| (Key::Number(value), count)));
                missing
            }
        };
        Ok(Counts { values, missing })
    }
}

impl Counts {
    pub(in crate::search) fn add(&mut self, other: Self) {
        self.missing += other.missing;
        for (key, count) in other.values {
            *self.values.entry(key).or_default() += count;
        }
    }

    /// The facet as it is shown.
    pub(in crate::search) fn show(self, facet: &FacetColumn) -> Facet {
        let mut values: Vec<(Key, u64)> = self.values.into_iter().collect();
        values.sort_by(|(key_a, a), (key_b, b)| b.cmp(a).then_with(|| key_a.cmp(key_b)));
        let rest = values.split_off(values.len().min(FACET_VALUES_MAX));
        let other =
            OtherValues { values: rest.len() as u64, count: rest.iter().map(|(_, count)| count).sum() };
        let values =
            values.into_iter().map(|(key, count)| FacetValue { value: show(key, facet.kind), count });
        Facet { column: facet.name.clone(), values: values.collect(), other, missing: self.missing }
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
