//! The first rows behind a figure, from what is kept: which they are, and the statements that read them alone.
//!
//! Which rows a figure counts, and their days, stand in the judged rows; their ids stand beside what no date
//! changes. A bounded heap over both gives the first by date and id, in the order of the statement that opens
//! rows. What is shown of them is read by three small statements: columns that are the rows' own from the files,
//! by id; what the date decides from memory, by place; values of dimensions of several values by the rows' keys.
//! A property test holds the outcome equal to that of the statement over the files.

use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take};
use arrow::datatypes::{Field, Int64Type, Schema};

use crate::definition::metric::{Many, Metric};
use crate::definition::query::Query;
use crate::domain::id::RecordId;
use crate::domain::limits::FIRST_ROWS_MAX;
use crate::domain::record::Value;
use crate::metrics::ask::Inputs;
use crate::metrics::compose::{self, Counted, Side};
use crate::metrics::judged::Judged;
use crate::metrics::kept::{Halves, Kept, PLACE};
use crate::metrics::taking::NO_DAY;
use crate::metrics::tally;
use crate::sql::SqlError;
use crate::sql::held::Held;

/// Rows to be read.
#[derive(Debug)]
pub struct First {
    kept: Arc<Kept>,
    rows: Vec<(RecordId, usize)>,
}

/// A column of the rows by what tells each of them.
type Told = (Vec<ArrayRef>, Vec<Option<u32>>);

impl First {
    /// `limit` rows from `skip` on of those that a figure counts; nothing when what is kept cannot tell.
    #[must_use]
    pub fn of(
        judged: &Judged,
        metric: &Metric,
        inputs: &Inputs,
        side: Side,
        (skip, limit): (usize, usize),
    ) -> Option<Self> {
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
        Some(Self { kept, rows })
    }

    /// What the rows were judged from.
    #[must_use]
    pub fn kept(&self) -> &Kept {
        &self.kept
    }

    /// Tables in memory that tell what the date decides of the rows.
    ///
    /// # Errors
    /// They are not there.
    pub fn held(&self) -> Result<Vec<Held>, SqlError> {
        if !self.kept.is_by_row {
            return Ok(self.kept.held().to_vec());
        }
        let mut places: Vec<usize> = self.rows.iter().map(|(_, place)| *place).collect();
        places.sort_unstable();
        self.kept.held_at(&places, false)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The statement of the rows' own columns.
    #[must_use]
    pub fn own(&self) -> String {
        let shown = &self.kept.halves.shown;
        let columns: Vec<&str> = shown.own.iter().map(|(_, column)| column.as_str()).collect();
        let columns = columns.iter().enumerate().map(|(at, column)| format!("{column} AS o_{at}"));
        let ids: Vec<String> = self.rows.iter().map(|(id, _)| format!("'{id}'")).collect();
        format!(
            "SELECT {} FROM (\n{}\n) AS part WHERE {} IN ({})",
            columns.collect::<Vec<_>>().join(", "),
            self.kept.part.sql,
            shown.id().unwrap_or_default(),
            ids.join(", ")
        )
    }

    /// The statement of what the date decides of them, over what is kept.
    #[must_use]
    pub fn decided(&self, basis: &Query) -> Query {
        let places: Vec<String> = self.rows.iter().map(|(_, place)| place.to_string()).collect();
        let places = (!self.kept.is_by_row).then_some(places.as_slice());
        self.kept.halves.opened(basis, places)
    }

    /// The statement of the values that rows have in a dimension of several values, with those of its parameters;
    /// `own` is the answer of [`First::own`].
    #[must_use]
    pub fn several(&self, many: &Many, own: &RecordBatch) -> (String, Vec<(String, Value)>) {
        let Many { dataset, parent, value, only, .. } = many;
        let keys = self.texts(own, "source_id");
        let values = keys
            .iter()
            .enumerate()
            .filter_map(|(at, key)| key.as_ref().map(|key| (format!("of_{at}"), Value::Text(key.clone()))));
        let values: Vec<(String, Value)> = values.collect();
        let named: Vec<String> = values.iter().map(|(name, _)| format!("${name}")).collect();
        let sql = format!(
            "SELECT source_system, {parent} AS of_row, string_agg(DISTINCT {value}, '; ' ORDER BY {value}) AS several \
             FROM {dataset} WHERE {only} AND {parent} IN ({}) GROUP BY source_system, {parent}",
            named.join(", ")
        );
        (sql, values)
    }

    /// The rows in their order, with the columns `names`, from the answers of the three statements; nothing when
    /// they are not the same rows.
    #[must_use]
    pub fn joined(
        &self,
        names: &[String],
        own: &RecordBatch,
        decided: &RecordBatch,
        several: &[(String, RecordBatch)],
    ) -> Option<RecordBatch> {
        let shown = &self.kept.halves.shown;
        let ids = self.rows.iter().map(|(id, _)| Some(id.to_string()));
        let by_id = told(own.columns(), self.texts(own, "id"), ids.collect())?;
        let (places, rest) = decided.columns().split_first()?;
        let places = places.as_primitive_opt::<Int64Type>()?.iter();
        let wanted = self.rows.iter().map(|(_, place)| i64::try_from(*place).ok());
        let by_place = told(rest, places.collect(), wanted.collect())?;
        let keys = |batch: &RecordBatch, system: &str, key: &str| -> Vec<Option<(String, String)>> {
            let column = |name: &str| batch.column_by_name(name).map(texts).unwrap_or_default();
            column(system).into_iter().zip(column(key)).map(|(system, key)| Some((system?, key?))).collect()
        };
        let own_keys: Vec<Option<(String, String)>> = self
            .texts(own, "source_system")
            .into_iter()
            .zip(self.texts(own, "source_id"))
            .map(|(system, key)| Some((system?, key?)))
            .collect();
        let of_rows: Vec<Option<(String, String)>> =
            by_id.1.iter().map(|at| own_keys.get(usize::try_from((*at)?).ok()?)?.clone()).collect();
        let mut columns = Vec::new();
        for name in names {
            let own = shown.own.iter().position(|(shown, _)| shown == name);
            let decided = shown.decided.iter().position(|shown| shown == name);
            columns.push(match (own, decided) {
                (Some(at), _) => taken(&by_id, at)?,
                (None, Some(at)) => taken(&by_place, at)?,
                (None, None) => {
                    let (_, batch) = several.iter().find(|(of, _)| of == name)?;
                    let found = sought(keys(batch, "source_system", "of_row"), of_rows.clone());
                    taken(&(vec![Arc::clone(batch.column_by_name("several")?)], found), 0)?
                }
            });
        }
        let fields = names.iter().zip(&columns);
        let fields: Vec<Field> =
            fields.map(|(name, column)| Field::new(name, column.data_type().clone(), true)).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).ok()
    }

    /// A text among the rows' own columns.
    fn texts(&self, own: &RecordBatch, name: &str) -> Vec<Option<String>> {
        let at = self.kept.halves.shown.own.iter().position(|(shown, _)| shown == name);
        at.and_then(|at| own.columns().get(at)).map(texts).unwrap_or_default()
    }
}

/// All batches of an answer as one.
#[must_use]
pub fn whole(batches: &[RecordBatch]) -> Option<RecordBatch> {
    concat_batches(&batches.first()?.schema(), batches).ok()
}

impl Halves {
    /// The statement of what a date decides of what is shown of the rows, of all or those at `places`.
    #[must_use]
    pub fn opened(&self, basis: &Query, places: Option<&[String]>) -> Query {
        let columns: Vec<&str> =
            std::iter::once(PLACE).chain(self.shown.decided.iter().map(String::as_str)).collect();
        let sql = format!(
            "{} SELECT {} FROM {}{}",
            compose::with(basis),
            columns.join(", "),
            basis.name,
            places.map_or_else(String::new, |places| format!(" WHERE {PLACE} IN ({})", places.join(", ")))
        );
        compose::query(basis, sql)
    }
}

/// Columns whose rows are told by `keys`, in the order of `wanted`; nothing unless each is there, and once.
fn told<K: std::hash::Hash + Eq>(
    columns: &[ArrayRef],
    keys: Vec<Option<K>>,
    wanted: Vec<Option<K>>,
) -> Option<Told> {
    if keys.len() != wanted.len() {
        return None;
    }
    let found = sought(keys, wanted);
    let mut seen: Vec<u32> = found.iter().copied().collect::<Option<_>>()?;
    seen.sort_unstable();
    seen.dedup();
    (seen.len() == found.len()).then(|| (columns.to_vec(), found))
}

/// For each of `wanted` the place of that key.
fn sought<K: std::hash::Hash + Eq>(keys: Vec<Option<K>>, wanted: Vec<Option<K>>) -> Vec<Option<u32>> {
    let keys = keys.into_iter().enumerate();
    let known: HashMap<K, u32> =
        keys.filter_map(|(place, key)| Some((key?, u32::try_from(place).ok()?))).collect();
    wanted.into_iter().map(|key| known.get(&key?).copied()).collect()
}

fn taken((columns, places): &Told, at: usize) -> Option<ArrayRef> {
    let places: UInt32Array = places.iter().copied().collect();
    take(columns.get(at)?.as_ref(), &places, None).ok()
}

fn texts(column: &ArrayRef) -> Vec<Option<String>> {
    let texts = column.as_string_opt::<i32>();
    texts.map(|texts| texts.iter().map(|text| text.map(str::to_owned)).collect()).unwrap_or_default()
}
