//! The first rows behind a figure, from what is kept: which they are, and what is shown of them.
//!
//! Which rows a figure counts, and their days, stand in the judged rows; their ids stand beside what no date
//! changes. A bounded heap over both gives the first by date and id, in the order of the statement that opens
//! rows. What is shown of them stands in the judged rows too, as far as figures are counted or broken down by it;
//! the rest is the rows' own: some of it in memory, some read from the files by id, and values of dimensions of
//! several values by the rows' keys. A property test holds the outcome equal to that of the statement over the
//! files.

use std::collections::{BinaryHeap, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, RecordBatch, StringArray, UInt32Array,
};
use arrow::compute::{concat_batches, take};
use arrow::datatypes::{Field, Schema};

use crate::definition::metric::{Many, Metric};
use crate::domain::id::RecordId;
use crate::domain::limits::FIRST_ROWS_MAX;
use crate::domain::record::Value;
use crate::metrics::ask::Inputs;
use crate::metrics::compose::{Counted, SOURCE_SYSTEM, Side};
use crate::metrics::judged::Judged;
use crate::metrics::kept::{ID, Kept, Stand};
use crate::metrics::taking::{Codes, NO_DAY};
use crate::metrics::tally;
use crate::sql::SqlError;

/// The column that is a row's key in its source.
const KEY: &str = "source_id";

/// The first rows, with the columns that are known of them, each row at its place.
#[derive(Debug)]
pub struct First {
    rows: Vec<(RecordId, usize)>,
    kept: Arc<Kept>,
    columns: HashMap<String, ArrayRef>,
}

impl First {
    /// `limit` rows from `skip` on of those that a figure counts; nothing when what is kept cannot tell.
    ///
    /// # Errors
    /// A row is not held.
    pub fn of(
        judged: &Judged,
        metric: &Metric,
        inputs: &Inputs,
        side: Side,
        part: (usize, usize),
    ) -> Result<Option<Self>, SqlError> {
        let Some((kept, rows)) = rows(judged, metric, inputs, side, part) else { return Ok(None) };
        let mut first = Self { rows, kept, columns: HashMap::new() };
        first.take_judged(judged);
        first.take_held()?;
        Ok(Some(first))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn take_judged(&mut self, judged: &Judged) {
        let judged_names = self.kept.halves.shown.iter().filter(|(_, stand)| *stand == Stand::Judged);
        let found = judged_names.filter_map(|(name, _)| Some((name.clone(), self.judged(judged, name)?)));
        let found: Vec<(String, ArrayRef)> = found.collect();
        self.columns.extend(found);
    }

    /// What the judged rows tell of these in the column `name`.
    fn judged(&self, judged: &Judged, name: &str) -> Option<ArrayRef> {
        let places = || self.rows.iter().map(|(_, place)| *place);
        let texts = |codes: &Codes| -> Option<ArrayRef> {
            let text =
                |place: usize| codes.values.get(usize::from(*codes.rows.get(place)?)).map(Option::as_deref);
            let texts = places().map(text).collect::<Option<Vec<Option<&str>>>>()?;
            Some(Arc::new(StringArray::from(texts)))
        };
        if name == SOURCE_SYSTEM {
            return texts(&judged.source);
        }
        if let Some(codes) = judged.dimensions.get(name) {
            return texts(codes);
        }
        if let Some(days) = judged.dates.get(name) {
            let day = |place: usize| days.get(place).map(|day| (*day != NO_DAY).then_some(*day));
            let days = places().map(day).collect::<Option<Vec<Option<i32>>>>()?;
            return Some(Arc::new(Date32Array::from(days)));
        }
        let bit = 1u128 << judged.conditions.get(name)?;
        let holds = |place: usize| judged.held.get(usize::from(*judged.states.get(place)?));
        let facts = places().map(|place| Some(holds(place)? & bit != 0)).collect::<Option<Vec<bool>>>()?;
        Some(Arc::new(BooleanArray::from(facts)))
    }

    fn take_held(&mut self) -> Result<(), SqlError> {
        let mut wanted = self.kept.halves.of_memory().peekable();
        if wanted.peek().is_none() || self.rows.is_empty() {
            return Ok(());
        }
        let mut places: Vec<usize> = self.rows.iter().map(|(_, place)| *place).collect();
        places.sort_unstable();
        let held = self.kept.rows_at(&places)?;
        let places: Vec<Option<usize>> = places.into_iter().map(Some).collect();
        let found = sought(places, self.rows.iter().map(|(_, place)| Some(*place)));
        for (name, column) in wanted {
            let column = held.column_by_name(column).and_then(|column| taken(column, &found));
            self.columns.extend(column.map(|column| (name.to_owned(), column)));
        }
        Ok(())
    }

    /// The statement of what is read of the rows from the files of `dataset`.
    #[must_use]
    pub fn own(&self, dataset: &str) -> String {
        let columns: Vec<&str> = self.kept.halves.of_files().map(|(_, column)| column).collect();
        let ids: Vec<String> = self.rows.iter().map(|(id, _)| format!("'{id}'")).collect();
        format!("SELECT {} FROM {dataset} WHERE {ID} IN ({})", columns.join(", "), ids.join(", "))
    }

    /// Takes the answer to [`First::own`]; nothing unless it has each row, and once.
    #[must_use]
    pub fn take_own(&mut self, own: &RecordBatch) -> Option<()> {
        let names: Vec<String> = self.kept.halves.of_files().map(|(name, _)| name.to_owned()).collect();
        let at = names.iter().position(|name| name == ID)?;
        let found =
            sought(texts(own.columns().get(at)?), self.rows.iter().map(|(id, _)| Some(id.to_string())));
        if own.num_rows() != self.rows.len() || found.contains(&None) {
            return None;
        }
        for (name, column) in names.into_iter().zip(own.columns()) {
            self.columns.insert(name, taken(column, &found)?);
        }
        Some(())
    }

    /// The statement of the values that rows have in a dimension of several values, with those of its parameters.
    #[must_use]
    pub fn several(&self, many: &Many) -> (String, Vec<(String, Value)>) {
        let Many { dataset, parent, value, only, .. } = many;
        let keys = self.columns.get(KEY).map(texts).unwrap_or_default();
        let keys = keys.into_iter().enumerate();
        let values = keys.filter_map(|(at, key)| Some((format!("of_{at}"), Value::Text(key?))));
        let values: Vec<(String, Value)> = values.collect();
        let named: Vec<String> = values.iter().map(|(name, _)| format!("${name}")).collect();
        let sql = format!(
            "SELECT source_system, {parent} AS of_row, string_agg(DISTINCT {value}, '; ' ORDER BY {value}) AS several \
             FROM {dataset} WHERE {only} AND {parent} IN ({}) GROUP BY source_system, {parent}",
            named.join(", ")
        );
        (sql, values)
    }

    /// Takes the answer to [`First::several`].
    #[must_use]
    pub fn take_several(&mut self, many: &Many, several: &RecordBatch) -> Option<()> {
        let pairs = |systems: &ArrayRef, keys: &ArrayRef| -> Vec<Option<(String, String)>> {
            texts(systems).into_iter().zip(texts(keys)).map(|(system, key)| Some((system?, key?))).collect()
        };
        let [systems, keys, values] = several.columns() else { return None };
        let own = pairs(self.columns.get(SOURCE_SYSTEM)?, self.columns.get(KEY)?);
        let found = sought(pairs(systems, keys), own.into_iter());
        self.columns.insert(many.name.clone(), taken(values, &found)?);
        Some(())
    }

    /// The rows in their order, with the columns `names`; nothing when one is not known.
    #[must_use]
    pub fn joined(&self, names: &[String]) -> Option<RecordBatch> {
        let columns: Vec<ArrayRef> =
            names.iter().map(|name| self.columns.get(name).cloned()).collect::<Option<_>>()?;
        let fields = names.iter().zip(&columns);
        let fields: Vec<Field> =
            fields.map(|(name, column)| Field::new(name, column.data_type().clone(), true)).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).ok()
    }
}

/// All batches of an answer as one.
#[must_use]
pub fn whole(batches: &[RecordBatch]) -> Option<RecordBatch> {
    concat_batches(&batches.first()?.schema(), batches).ok()
}

/// Ids and places of the rows, with what they are kept in.
fn rows(
    judged: &Judged,
    metric: &Metric,
    inputs: &Inputs,
    side: Side,
    (skip, limit): (usize, usize),
) -> Option<(Arc<Kept>, Vec<(RecordId, usize)>)> {
    let kept = judged.from.upgrade()?;
    let ids = kept.ids.as_ref().filter(|_| skip.saturating_add(limit) <= FIRST_ROWS_MAX)?;
    let (above, below) = tally::bits(judged, &Counted { name: &inputs.metric, metric })?;
    let chosen = tally::chosen(judged, inputs)?;
    let days = judged.dates.get(&inputs.select)?;
    let counts = |(state, held): (usize, &u128)| {
        let is_there = u16::try_from(state).ok() != judged.absent;
        is_there && held & below != 0 && (side == Side::Denominator || held & above != 0)
    };
    let counts: Vec<bool> = judged.held.iter().enumerate().map(counts).collect();
    let mut first = BinaryHeap::with_capacity(skip + limit + 1);
    for (place, (state, day)) in judged.states.iter().zip(days.iter()).enumerate() {
        let is_chosen = chosen.as_ref().is_none_or(|chosen| chosen.get(place) == Some(&true));
        if !is_chosen || counts.get(usize::from(*state)) != Some(&true) {
            continue;
        }
        // Rows without a day come last.
        let day = if *day == NO_DAY { i32::MAX } else { *day };
        let is_full = first.len() >= skip + limit;
        if is_full && first.peek().is_none_or(|(last, ..): &(i32, RecordId, usize)| day > *last) {
            continue;
        }
        first.push((day, *ids.get(place)?, place));
        if is_full {
            first.pop();
        }
    }
    let rows = first.into_sorted_vec().into_iter().skip(skip).map(|(_, id, place)| (id, place));
    let rows = rows.collect();
    Some((kept, rows))
}

/// For each of `wanted` the place of that key.
fn sought<K: Hash + Eq>(keys: Vec<Option<K>>, wanted: impl Iterator<Item = Option<K>>) -> Vec<Option<u32>> {
    let keys = keys.into_iter().enumerate();
    let known: HashMap<K, u32> =
        keys.filter_map(|(place, key)| Some((key?, u32::try_from(place).ok()?))).collect();
    wanted.map(|key| known.get(&key?).copied()).collect()
}

fn taken(column: &ArrayRef, places: &[Option<u32>]) -> Option<ArrayRef> {
    let places: UInt32Array = places.iter().copied().collect();
    take(column.as_ref(), &places, None).ok()
}

fn texts(column: &ArrayRef) -> Vec<Option<String>> {
    let texts = column.as_string_opt::<i32>();
    texts.map(|texts| texts.iter().map(|text| text.map(str::to_owned)).collect()).unwrap_or_default()
}
