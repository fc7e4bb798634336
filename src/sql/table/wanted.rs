//! Rows that a statement names by their ids, or by the ids of what they belong to: which of the files' rows they
//! are.
//!
//! Files are not in the order of ids, so statistics exclude none of them. The column is read alone, by several
//! threads, and the scan of the other columns is told the places: a row of a million then costs the pages it
//! stands on. Files never change: of one that is asked again it is remembered where the texts of the column stand,
//! by their hashes. The filter itself stays above the scan and is asked again.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use arrow::array::AsArray;
use datafusion::common::{DataFusionError, Result, exec_err};
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReaderBuilder, RowSelection};
use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::limits::SQL_IN_LIST_MAX;
use crate::domain::limits::figures::PLACES_REMEMBERED;

/// The column that rows are named by.
pub(super) const ID: &str = "id";
/// How columns are called that name what a row belongs to.
const OF: &str = "_id";

/// Rows by the texts of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) column: String,
    pub(super) texts: BTreeSet<String>,
}

/// Where texts stand in a file.
#[derive(Debug, Clone)]
struct Places {
    /// Hash and row, ascending.
    sorted: Arc<[(u64, u32)]>,
    /// Rows of the file.
    count: usize,
}

/// What is remembered of columns of files: nothing but that it was asked for, and from the second time on where its
/// texts stand.
static REMEMBERED: LazyLock<Mutex<FxHashMap<(PathBuf, String), Option<Places>>>> =
    LazyLock::new(Mutex::default);

/// The ids that one of `filters` names, if one does nothing else: of the rows themselves rather than of what they
/// belong to.
pub(super) fn named(filters: &[Expr]) -> Option<Named> {
    let found = filters.iter().filter_map(of_filter).filter(|named| named.texts.len() <= SQL_IN_LIST_MAX);
    found.min_by_key(|named| named.column != ID)
}

fn of_filter(filter: &Expr) -> Option<Named> {
    let named = |column: &Expr, texts: Option<BTreeSet<String>>| {
        let column = key(column)?.to_owned();
        Some(Named { column, texts: texts? })
    };
    match filter {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) if key(left).is_some() => {
            named(left, text(right))
        }
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => named(right, text(left)),
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) => {
            let (mut left, right) = (of_filter(left)?, of_filter(right)?);
            left.texts.extend(right.texts);
            (left.column == right.column).then_some(left)
        }
        Expr::InList(list) if !list.negated => {
            let texts = list.list.iter().map(text).collect::<Option<Vec<_>>>();
            named(&list.expr, texts.map(|texts| texts.into_iter().flatten().collect()))
        }
        _ => None,
    }
}

fn key(expr: &Expr) -> Option<&str> {
    let Expr::Column(column) = expr else { return None };
    Some(column.name()).filter(|name| *name == ID || name.ends_with(OF))
}

fn text(expr: &Expr) -> Option<BTreeSet<String>> {
    let Expr::Literal(value, _) = expr else { return None };
    Some(BTreeSet::from([value.try_as_str()??.to_owned()]))
}

/// For each file the rows that are `named`; nothing for one that has none of them.
///
/// # Errors
/// A file is gone or damaged.
pub(super) fn rows_of(paths: &[PathBuf], named: &Named, threads: usize) -> Result<Vec<Option<RowSelection>>> {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(vec![None; paths.len()]);
    let work = || -> Result<()> {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = paths.get(place) else { return Ok(()) };
            let rows = rows_in(path, named)?;
            if let Some(slot) = found.lock().unwrap_or_else(PoisonError::into_inner).get_mut(place) {
                *slot = rows;
            }
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads.clamp(1, paths.len().max(1))).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| match thread.join() {
            Ok(done) => done,
            Err(_) => exec_err!("a file was not read to its end"),
        })
    })?;
    Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn rows_in(path: &Path, named: &Named) -> Result<Option<RowSelection>> {
    let damaged = |error| DataFusionError::ParquetError(Box::new(error));
    let remembered = || REMEMBERED.lock().unwrap_or_else(PoisonError::into_inner);
    let asked = (path.to_owned(), named.column.clone());
    let before = remembered().get(&asked).cloned();
    if let Some(Some(places)) = before {
        return Ok(selected(places.of(named), places.count));
    }
    let file = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?).map_err(damaged)?;
    let count = usize::try_from(file.metadata().file_metadata().num_rows()).unwrap_or_default();
    let is_again = before.is_some();
    let mask = ProjectionMask::columns(file.parquet_schema(), [named.column.as_str()]);
    let reader = file.with_projection(mask).with_batch_size(count.max(1)).build().map_err(damaged)?;
    let wanted: FxHashSet<&str> = named.texts.iter().map(String::as_str).collect();
    let (mut rows, mut places, mut from) = (Vec::new(), Vec::new(), 0);
    for batch in reader {
        let batch = batch?;
        let Some(column) = batch.columns().first() else {
            // What a file lacks is null there.
            return if named.column == ID { exec_err!("a table file has no ids") } else { Ok(None) };
        };
        let Some(texts) = column.as_string_opt::<i32>() else {
            return if named.column == ID {
                exec_err!("a table file has no ids")
            } else {
                Ok(selected((0..count).collect(), count))
            };
        };
        for (row, text) in (from..).zip(texts.iter()) {
            let Some(text) = text else { continue };
            if wanted.contains(text) {
                rows.push(row);
            }
            if is_again {
                places.push((xxh3_64(text.as_bytes()), u32::try_from(row).unwrap_or(u32::MAX)));
            }
        }
        from += batch.num_rows();
    }
    places.sort_unstable();
    let mut remembered = remembered();
    let held: usize = remembered.values().flatten().map(|places| places.sorted.len()).sum();
    if held + places.len() > PLACES_REMEMBERED {
        remembered.clear();
    }
    remembered.insert(asked, is_again.then(|| Places { sorted: places.into(), count }));
    Ok(selected(rows, count))
}

impl Places {
    /// Rows in which a text of the same hash stands.
    fn of(&self, named: &Named) -> Vec<usize> {
        let of_text = |text: &String| {
            let hash = xxh3_64(text.as_bytes());
            let from = self.sorted.partition_point(|(other, _)| *other < hash);
            let same = self.sorted.iter().skip(from).take_while(move |(other, _)| *other == hash);
            same.map(|(_, row)| *row as usize)
        };
        let mut rows: Vec<usize> = named.texts.iter().flat_map(of_text).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}

fn selected(rows: Vec<usize>, count: usize) -> Option<RowSelection> {
    let is_any = !rows.is_empty();
    is_any.then(|| RowSelection::from_consecutive_ranges(rows.into_iter().map(|row| row..row + 1), count))
}
