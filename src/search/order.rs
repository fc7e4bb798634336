//! The order of hits: sort columns, missing values last, ties by id.
//!
//! Inside a segment every value is a number (texts by their place in the segment's dictionary), so that
//! a row is compared without reading text; the best rows of a segment leave it with their real values
//! and are compared with those of other segments, and with a cursor, by these.

use std::cmp::Ordering;
use std::ops::Bound;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, SegmentReader, f64_to_u64, i64_to_u64};

use crate::definition::column::ColumnType;
use crate::domain::limits::SORT_COLUMNS_MAX;
use crate::domain::scope::Scope;
use crate::search::SearchError;
use crate::search::filter::visible;
use crate::search::request::Direction;
use crate::search::schema::{Fields, ID_HIGH, ID_LOW};

/// Rows with low ids that are known of a segment.
pub(in crate::search) const LOWEST_MAX: usize = if cfg!(test) { 64 } else { 4_096 };

/// What the hits are ordered by before their ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::search) enum Order {
    /// Score, best first.
    Relevance,
    /// Columns; none orders by id alone.
    Columns(Vec<SortColumn>),
}

/// A sort column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::search) struct SortColumn {
    name: String,
    kind: ColumnType,
    direction: Direction,
}

/// A row's value in a sort column, comparable across segments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(in crate::search) enum Place {
    Number(u64),
    Text(String),
}

/// A row's place in the order: its values, then its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::search) struct RowPlace {
    pub(in crate::search) values: Vec<Option<Place>>,
    pub(in crate::search) id: (u64, u64),
}

/// A row's place inside a segment; smaller comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(in crate::search) struct LocalPlace {
    values: [(bool, u64); SORT_COLUMNS_MAX],
    pub(in crate::search) id: (u64, u64),
}

impl LocalPlace {
    /// Whether it comes after `other` whatever its id.
    pub(in crate::search) fn is_behind(&self, other: &Self) -> bool {
        self.values > other.values
    }
}

impl Order {
    /// The order asked for.
    ///
    /// # Errors
    /// A column cannot be sorted by, or there are too many.
    pub(in crate::search) fn of(
        fields: &Fields,
        sort: &[(String, Direction)],
        has_words: bool,
        scope: &Scope,
    ) -> Result<Self, SearchError> {
        if sort.is_empty() && has_words {
            return Ok(Self::Relevance);
        }
        if sort.len() > SORT_COLUMNS_MAX {
            return Err(SearchError::TooMany {
                what: "sort columns",
                found: sort.len(),
                limit: SORT_COLUMNS_MAX,
            });
        }
        let mut columns = Vec::with_capacity(sort.len());
        for (name, direction) in sort {
            let column = visible(fields, name, scope)?;
            if !column.sort {
                let problem = "is not one that hits are sorted by";
                return Err(SearchError::Column { column: name.clone(), problem, suggestion: String::new() });
            }
            columns.push(SortColumn { name: name.clone(), kind: column.kind, direction: *direction });
        }
        Ok(Self::Columns(columns))
    }

    /// Compares rows of any segments.
    pub(in crate::search) fn compare(&self, a: &RowPlace, b: &RowPlace) -> Ordering {
        let Self::Columns(columns) = self else { return a.id.cmp(&b.id) };
        for (column, (a, b)) in columns.iter().zip(a.values.iter().zip(&b.values)) {
            let order = match (a, b, column.direction) {
                (Some(a), Some(b), Direction::Ascending) => a.cmp(b),
                (Some(a), Some(b), Direction::Descending) => b.cmp(a),
                (a, b, _) => a.is_none().cmp(&b.is_none()),
            };
            if order != Ordering::Equal {
                return order;
            }
        }
        a.id.cmp(&b.id)
    }
}

/// The sort columns of one segment.
pub(in crate::search) struct SegmentOrder {
    columns: Vec<(Direction, Values)>,
    ids: Ids,
}

/// The ids of one segment's rows.
#[derive(Clone)]
pub(in crate::search) struct Ids {
    high: Option<Column<u64>>,
    low: Option<Column<u64>>,
    /// Rows with the lowest ids, lowest first; worked out when first asked for.
    lowest: Arc<OnceLock<Vec<DocId>>>,
}

enum Values {
    Absent,
    Integer(Column<i64>),
    Number(Column<f64>),
    Boolean(Column<bool>),
    Text(StrColumn),
}

impl SegmentOrder {
    /// The order of a segment whose ids are open already, or are opened.
    pub(in crate::search) fn open(
        order: &Order,
        segment: &SegmentReader,
        ids: Option<&Ids>,
    ) -> tantivy::Result<Self> {
        let mut columns = Vec::new();
        if let Order::Columns(sort) = order {
            for column in sort {
                columns.push((column.direction, Values::open(column, segment)?));
            }
        }
        let ids = ids.map_or_else(|| Ids::open(segment), |ids| Ok(ids.clone()))?;
        Ok(Self { columns, ids })
    }

    pub(in crate::search) fn ids(&self) -> &Ids {
        &self.ids
    }

    /// The place of a row, but for its id.
    pub(in crate::search) fn place(&self, row: u32) -> LocalPlace {
        let mut place = LocalPlace::default();
        for ((direction, values), slot) in self.columns.iter().zip(&mut place.values) {
            *slot = local(*direction, values.at(row));
        }
        place
    }

    pub(in crate::search) fn id(&self, row: u32) -> (u64, u64) {
        self.ids.of(row)
    }

    /// The place in this segment that a row of any segment, such as a cursor's, would have.
    pub(in crate::search) fn localize(&self, place: &RowPlace) -> tantivy::Result<LocalPlace> {
        let mut here = LocalPlace { id: place.id, ..LocalPlace::default() };
        let slots = self.columns.iter().zip(&place.values).zip(&mut here.values);
        for (((direction, values), value), slot) in slots {
            *slot = local(*direction, values.rank_of(value.as_ref())?);
        }
        Ok(here)
    }

    /// The real values of a row.
    pub(in crate::search) fn globalize(&self, row: u32, id: (u64, u64)) -> tantivy::Result<RowPlace> {
        let values = self.columns.iter().map(|(_, values)| values.place(row));
        Ok(RowPlace { values: values.collect::<tantivy::Result<_>>()?, id })
    }
}

fn local(direction: Direction, value: Option<u64>) -> (bool, u64) {
    match (value, direction) {
        (None, _) => (true, 0),
        (Some(value), Direction::Ascending) => (false, value),
        (Some(value), Direction::Descending) => (false, !value),
    }
}

impl Ids {
    pub(in crate::search) fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        let lowest = Arc::default();
        Ok(Self { high: fast.column_opt(ID_HIGH)?, low: fast.column_opt(ID_LOW)?, lowest })
    }

    /// The rows with the lowest ids of the segment, deleted or not, lowest first: all of them, or
    /// [`LOWEST_MAX`].
    pub(in crate::search) fn lowest(&self) -> &[DocId] {
        self.lowest.get_or_init(|| {
            let rows = self.high.as_ref().map_or(0, Column::num_docs);
            let (mut lowest, mut most) = (Vec::with_capacity(2 * LOWEST_MAX), u64::MAX);
            for row in 0..rows {
                let high = self.high(row);
                if high > most {
                    continue;
                }
                lowest.push((high, row));
                if lowest.len() == 2 * LOWEST_MAX {
                    let (_, last, _) =
                        lowest.select_nth_unstable_by_key(LOWEST_MAX, |(_, row)| self.of(*row));
                    most = last.0;
                    lowest.truncate(LOWEST_MAX);
                }
            }
            lowest.sort_unstable_by_key(|(_, row)| self.of(*row));
            lowest.truncate(LOWEST_MAX);
            lowest.into_iter().map(|(_, row)| row).collect()
        })
    }

    /// The first part of a row's id.
    pub(in crate::search) fn high(&self, row: u32) -> u64 {
        part(self.high.as_ref(), row)
    }

    pub(in crate::search) fn of(&self, row: u32) -> (u64, u64) {
        (self.high(row), part(self.low.as_ref(), row))
    }
}

fn part(column: Option<&Column<u64>>, row: u32) -> u64 {
    column.and_then(|column| column.first(row)).unwrap_or(0)
}

impl Values {
    fn open(column: &SortColumn, segment: &SegmentReader) -> tantivy::Result<Self> {
        let (fast, name) = (segment.fast_fields(), &column.name);
        let values = match column.kind {
            ColumnType::Integer | ColumnType::Date | ColumnType::Instant => {
                fast.column_opt(name)?.map(Self::Integer)
            }
            ColumnType::Number => fast.column_opt(name)?.map(Self::Number),
            ColumnType::Boolean => fast.column_opt(name)?.map(Self::Boolean),
            ColumnType::Keyword | ColumnType::Text => fast.str(name)?.map(Self::Text),
        };
        Ok(values.unwrap_or(Self::Absent))
    }

    /// Texts stand on odd numbers, so that one that is absent here has a place between two of them.
    fn at(&self, row: u32) -> Option<u64> {
        match self {
            Self::Absent => None,
            Self::Integer(column) => column.first(row).map(i64_to_u64),
            Self::Number(column) => column.first(row).map(f64_to_u64),
            Self::Boolean(column) => column.first(row).map(u64::from),
            Self::Text(column) => column.ords().first(row).map(|ordinal| 2 * ordinal + 1),
        }
    }

    fn rank_of(&self, value: Option<&Place>) -> tantivy::Result<Option<u64>> {
        Ok(match (self, value) {
            (_, None) => None,
            (_, Some(Place::Number(number))) => Some(*number),
            (Self::Text(column), Some(Place::Text(text))) => {
                let dictionary = column.dictionary();
                match dictionary.term_ord(text.as_bytes())? {
                    Some(ordinal) => Some(2 * ordinal + 1),
                    None => match dictionary
                        .term_bounds_to_ord(Bound::Included(text.as_bytes()), Bound::Unbounded)?
                        .0
                    {
                        Bound::Included(next) => Some(2 * next),
                        Bound::Excluded(before) => Some(2 * before + 2),
                        Bound::Unbounded => Some(2 * dictionary.num_terms() as u64),
                    },
                }
            }
            (_, Some(Place::Text(_))) => Some(0),
        })
    }

    fn place(&self, row: u32) -> tantivy::Result<Option<Place>> {
        let Self::Text(column) = self else { return Ok(self.at(row).map(Place::Number)) };
        let Some(ordinal) = column.ords().first(row) else { return Ok(None) };
        let mut text = String::new();
        column.ord_to_str(ordinal, &mut text)?;
        Ok(Some(Place::Text(text)))
    }
}
