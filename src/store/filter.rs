//! Which files may hold an id, kept in memory for small commits.
//!
//! A push of one record must not read the key columns of a million. For each data file the first 64 bits
//! of its ids are kept, sorted: eight bytes a row, dropped oldest first past the bound. A miss is certain,
//! a hit is looked up in the file. Large commits read the files once and leave this alone.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::{DataType, Field, Schema};
use rustc_hash::FxHashSet;

use crate::definition::link::Link;
use crate::domain::id::RecordId;
use crate::domain::limits::{FILTER_BYTES_MAX, FILTERED_IDS_MAX};
use crate::store::commit::DataFile;
use crate::store::home::Home;
use crate::store::keys::parse_id;
use crate::store::linked::{each_parent, link_schema};
use crate::store::table::strings;
use crate::store::{StoreError, file};

/// Filters of data files, by path. Shared by the commits of one writer.
#[derive(Debug, Default)]
pub struct Filters {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    by_path: HashMap<String, Arc<[u64]>>,
    order: VecDeque<String>,
    bytes: usize,
}

impl Filters {
    /// Whether the file may hold one of `ids`. Says yes without looking when there are too many.
    ///
    /// # Errors
    /// The file is gone or damaged.
    pub fn may_hold(
        &self,
        home: &Home,
        table: &str,
        data: &DataFile,
        ids: &FxHashSet<RecordId>,
    ) -> Result<bool, StoreError> {
        if ids.len() > FILTERED_IDS_MAX {
            return Ok(true);
        }
        let path = format!("{table}/{}", data.name);
        let filter = self.filter(path, || read(home, table, data))?;
        Ok(holds_any(&filter, ids))
    }

    /// Whether a row of the file may belong to one of `parents`. Says yes without looking when there are
    /// too many.
    ///
    /// # Errors
    /// The file is gone or damaged.
    pub fn may_belong(
        &self,
        home: &Home,
        (link, table): (&Link<'_>, &str),
        data: &DataFile,
        parents: &FxHashSet<RecordId>,
    ) -> Result<bool, StoreError> {
        if parents.len() > FILTERED_IDS_MAX {
            return Ok(true);
        }
        let path = format!("{table}/{}#{}.{}", data.name, link.parent.name, link.column);
        let filter = self.filter(path, || read_parents(home, (link, table), data))?;
        Ok(holds_any(&filter, parents))
    }

    fn filter(
        &self,
        path: String,
        read: impl FnOnce() -> Result<Arc<[u64]>, StoreError>,
    ) -> Result<Arc<[u64]>, StoreError> {
        let known = self.kept.lock().unwrap_or_else(PoisonError::into_inner).by_path.get(&path).cloned();
        match known {
            Some(filter) => Ok(filter),
            None => {
                let filter = read()?;
                self.kept.lock().unwrap_or_else(PoisonError::into_inner).keep(path, &filter);
                Ok(filter)
            }
        }
    }
}

fn holds_any(filter: &[u64], ids: &FxHashSet<RecordId>) -> bool {
    ids.iter().any(|id| filter.binary_search(&prefix(*id)).is_ok())
}

impl Kept {
    fn keep(&mut self, path: String, filter: &Arc<[u64]>) {
        self.bytes += size_of_val(&**filter);
        if self.by_path.insert(path.clone(), Arc::clone(filter)).is_none() {
            self.order.push_back(path);
        }
        while self.bytes > FILTER_BYTES_MAX {
            let Some(oldest) = self.order.pop_front() else { break };
            if let Some(gone) = self.by_path.remove(&oldest) {
                self.bytes -= size_of_val(&*gone);
            }
        }
    }
}

fn read(home: &Home, table: &str, data: &DataFile) -> Result<Arc<[u64]>, StoreError> {
    let only_id = Arc::new(Schema::new(vec![Field::new("id", DataType::Utf8, false)]));
    let mut prefixes = Vec::with_capacity(usize::try_from(data.rows).unwrap_or_default());
    for batch in file::batches(home, table, data, &only_id)? {
        let batch = batch?;
        for id in strings(&batch, "id")?.iter() {
            prefixes.push(prefix(parse_id(id.unwrap_or_default(), table)?));
        }
    }
    prefixes.sort_unstable();
    Ok(prefixes.into())
}

fn read_parents(
    home: &Home,
    (link, table): (&Link<'_>, &str),
    data: &DataFile,
) -> Result<Arc<[u64]>, StoreError> {
    let mut prefixes = Vec::new();
    for batch in file::batches(home, table, data, &link_schema(link))? {
        each_parent(link, &batch?, &mut |_, parent| prefixes.push(prefix(parent)))?;
    }
    prefixes.sort_unstable();
    prefixes.dedup();
    Ok(prefixes.into())
}

fn prefix(id: RecordId) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = id.bits();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_past_the_bound_make_room_for_newer_ones() {
        let mut kept = Kept::default();
        let filter: Arc<[u64]> = vec![0; FILTER_BYTES_MAX / 8 / 2].into();
        for path in ["a", "b", "c"] {
            kept.keep(path.to_owned(), &filter);
        }
        assert!(!kept.by_path.contains_key("a") && kept.by_path.contains_key("c"));
        assert!(kept.bytes <= FILTER_BYTES_MAX);
    }
}
