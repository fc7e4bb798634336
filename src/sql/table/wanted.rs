//! Rows that a statement names by their ids: which of the files' rows they are.
//!
//! Files are not in the order of ids, so statistics exclude none of them. The column `id` is read alone, by
//! several threads, and the scan of the other columns is told the places: a row of a million then costs the
//! pages it stands on. The filter itself stays above the scan and is asked again.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use arrow::array::AsArray;
use datafusion::common::{DataFusionError, Result, exec_err};
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReaderBuilder, RowSelection};
use rustc_hash::FxHashSet;

use crate::domain::limits::SQL_IN_LIST_MAX;

/// The column that rows are named by.
pub(super) const ID: &str = "id";

/// The ids that one of `filters` names, if one does nothing else.
pub(super) fn ids(filters: &[Expr]) -> Option<BTreeSet<String>> {
    filters.iter().find_map(of_filter).filter(|ids| ids.len() <= SQL_IN_LIST_MAX)
}

fn of_filter(filter: &Expr) -> Option<BTreeSet<String>> {
    match filter {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) if is_id(left) => text(right),
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) if is_id(right) => text(left),
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) => {
            let mut ids = of_filter(left)?;
            ids.extend(of_filter(right)?);
            Some(ids)
        }
        Expr::InList(list) if !list.negated && is_id(&list.expr) => {
            let texts = list.list.iter().map(text).collect::<Option<Vec<_>>>()?;
            Some(texts.into_iter().flatten().collect())
        }
        _ => None,
    }
}

fn is_id(expr: &Expr) -> bool {
    matches!(expr, Expr::Column(column) if column.name() == ID)
}

fn text(expr: &Expr) -> Option<BTreeSet<String>> {
    let Expr::Literal(value, _) = expr else { return None };
    Some(BTreeSet::from([value.try_as_str()??.to_owned()]))
}

/// For each file the rows of `ids`; nothing for one that has none of them.
///
/// # Errors
/// A file is gone or damaged.
pub(super) fn rows_of(
    paths: &[PathBuf],
    ids: &BTreeSet<String>,
    threads: usize,
) -> Result<Vec<Option<RowSelection>>> {
    let ids: FxHashSet<&str> = ids.iter().map(String::as_str).collect();
    let next = AtomicUsize::new(0);
    let found = Mutex::new(vec![None; paths.len()]);
    let work = || -> Result<()> {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = paths.get(place) else { return Ok(()) };
            let rows = rows_in(path, &ids)?;
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

fn rows_in(path: &Path, ids: &FxHashSet<&str>) -> Result<Option<RowSelection>> {
    let damaged = |error| DataFusionError::ParquetError(Box::new(error));
    let file = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?).map_err(damaged)?;
    let mask = ProjectionMask::columns(file.parquet_schema(), [ID]);
    let count = usize::try_from(file.metadata().file_metadata().num_rows()).unwrap_or_default();
    let reader = file.with_projection(mask).with_batch_size(count.max(1)).build().map_err(damaged)?;
    let (mut places, mut from) = (Vec::new(), 0);
    for batch in reader {
        let batch = batch?;
        let Some(texts) = batch.columns().first().and_then(|column| column.as_string_opt::<i32>()) else {
            return exec_err!("a table file has no ids");
        };
        let here = texts.iter().enumerate().filter(|(_, id)| id.is_some_and(|id| ids.contains(id)));
        places.extend(here.map(|(place, _)| from + place..from + place + 1));
        from += batch.num_rows();
    }
    let is_any = !places.is_empty();
    Ok(is_any.then(|| RowSelection::from_consecutive_ranges(places.into_iter(), from)))
}
