//! The current rows of a dataset, each with its long text: what indexes are rebuilt from.
//!
//! Main and text table are written apart and rewritten apart, so their rows stand in different orders.
//! They are brought together in passes over ids, each pass holding the short columns of a bounded number of
//! rows in memory and streaming the long ones past them.

use arrow::array::{RecordBatch, new_null_array};
use arrow::compute::interleave_record_batch;
use rustc_hash::FxHashMap;

use crate::definition::dataset::Dataset;
use crate::domain::id::RecordId;
use crate::domain::limits::{BATCH_ROWS_MAX, REBUILD_ROWS_PER_PASS};
use crate::store::commit::CommitRecord;
use crate::store::home::Home;
use crate::store::keys::parse_id;
use crate::store::schema::TableKind;
use crate::store::table::strings;
use crate::store::{StoreError, file};

/// Takes rows of the main table and, row for row, of the text table.
pub type Sink<'a> = dyn FnMut(&RecordBatch, &RecordBatch) -> Result<(), StoreError> + 'a;

/// Streams the rows of `dataset` that `record` names.
///
/// # Errors
/// A file is gone or damaged, or the sink stops.
pub fn for_each(
    home: &Home,
    record: &CommitRecord,
    dataset: &Dataset,
    sink: &mut Sink<'_>,
) -> Result<(), StoreError> {
    let main = record.tables.get(&TableKind::Main.path(&dataset.name));
    let rows = main.map_or(0, crate::store::commit::TableState::rows);
    let passes = usize::try_from(rows).unwrap_or(usize::MAX).div_ceil(REBUILD_ROWS_PER_PASS).max(1);
    (0..passes).try_for_each(|pass| one_pass(home, record, dataset, (pass, passes), sink))
}

struct Held {
    batches: Vec<RecordBatch>,
    places: FxHashMap<RecordId, (usize, usize)>,
}

fn one_pass(
    home: &Home,
    record: &CommitRecord,
    dataset: &Dataset,
    pass: (usize, usize),
    sink: &mut Sink<'_>,
) -> Result<(), StoreError> {
    let mut held = hold(home, record, dataset, pass)?;
    let table = TableKind::Text.path(&dataset.name);
    let schema = TableKind::Text.schema(dataset);
    for data in record.tables.get(&table).map(|state| state.files.as_slice()).unwrap_or_default() {
        for batch in file::batches(home, &table, data, &schema)? {
            let batch = batch?;
            let ids = strings(&batch, "id")?;
            let (mut mains, mut texts) = (Vec::new(), Vec::new());
            for row in 0..batch.num_rows() {
                if let Some(place) = held.places.remove(&parse_id(ids.value(row), &table)?) {
                    mains.push(place);
                    texts.push((0, row));
                }
            }
            if !mains.is_empty() {
                sink(&held.pick(&mains)?, &pick(&[&batch], &texts)?)?;
            }
        }
    }
    held.rest(dataset, sink)
}

fn hold(
    home: &Home,
    record: &CommitRecord,
    dataset: &Dataset,
    pass: (usize, usize),
) -> Result<Held, StoreError> {
    let table = TableKind::Main.path(&dataset.name);
    let schema = TableKind::Main.schema(dataset);
    let mut held = Held { batches: Vec::new(), places: FxHashMap::default() };
    for data in record.tables.get(&table).map(|state| state.files.as_slice()).unwrap_or_default() {
        for batch in file::batches(home, &table, data, &schema)? {
            let batch = batch?;
            let ids = strings(&batch, "id")?;
            let mut chosen = Vec::new();
            for row in 0..batch.num_rows() {
                let id = parse_id(ids.value(row), &table)?;
                if pass_of(id, pass.1) == pass.0 {
                    held.places.insert(id, (held.batches.len(), chosen.len()));
                    chosen.push((0, row));
                }
            }
            if !chosen.is_empty() {
                held.batches.push(pick(&[&batch], &chosen)?);
            }
        }
    }
    Ok(held)
}

/// Ids are hashes, so their bits spread rows evenly.
fn pass_of(id: RecordId, passes: usize) -> usize {
    let [first, second, ..] = id.bits();
    (usize::from(first) * 256 + usize::from(second)) * passes / 65_536
}

impl Held {
    fn pick(&self, places: &[(usize, usize)]) -> Result<RecordBatch, StoreError> {
        let batches: Vec<&RecordBatch> = self.batches.iter().collect();
        pick(&batches, places)
    }

    /// Rows that have no long text.
    fn rest(&self, dataset: &Dataset, sink: &mut Sink<'_>) -> Result<(), StoreError> {
        let mut left: Vec<(usize, usize)> = self.places.values().copied().collect();
        left.sort_unstable();
        let schema = TableKind::Text.schema(dataset);
        for chunk in left.chunks(BATCH_ROWS_MAX) {
            let main = self.pick(chunk)?;
            let columns = schema.fields().iter().map(|field| {
                let found = main.column_by_name(field.name()).cloned();
                found.unwrap_or_else(|| new_null_array(field.data_type(), main.num_rows()))
            });
            let text = RecordBatch::try_new(schema.clone(), columns.collect());
            sink(&main, &text.map_err(StoreError::columns("text"))?)?;
        }
        Ok(())
    }
}

fn pick(batches: &[&RecordBatch], places: &[(usize, usize)]) -> Result<RecordBatch, StoreError> {
    interleave_record_batch(batches, places).map_err(StoreError::columns("rebuild"))
}
