//! One staged batch to the rows of a dataset's tables, what is secret set apart.
//!
//! On a row of class identity the signer's columns go to the identity table, and those strings are taken
//! out of every free text of the row before anything else sees it: tables, history, index and sketches are
//! fed from what this module returns. What stood in the texts before is kept in the identity table.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::filter_record_batch;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json};

use crate::definition::column::{Column, ColumnType};
use crate::definition::dataset::Dataset;
use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::record::Value;
use crate::domain::secrecy::{ColumnClass, RowSecrecy};
use crate::store::StoreError;
use crate::store::file::conform;
use crate::store::keys::parse_id;
use crate::store::schema::{TableKind, version_name};
use crate::store::table::{booleans, strings, text_at};
use crate::text::scrub::scrub;

/// Rows for each of a dataset's tables, from one staged batch.
pub struct Parts {
    /// Short columns, one row for each staged row.
    pub main: RecordBatch,
    /// Long columns, one row for each staged row.
    pub text: RecordBatch,
    /// Which rows of `text` hold anything.
    pub has_text: BooleanArray,
    /// Operation of each row, for the history.
    pub operations: ArrayRef,
    /// Secret columns of the rows that have any.
    pub identity: RecordBatch,
}

/// What is known of the rows of a staged batch beside what they say.
pub struct Known<'a> {
    /// For each version rule, the version of each row's date.
    pub versions: Vec<Int64Array>,
    /// Each row's secrecy.
    pub secrecy: &'a [RowSecrecy],
    /// Strings that earlier versions of a record gave of its signer.
    pub secrets: &'a Secrets,
}

/// Strings to take out of a record's texts, by id.
pub type Secrets = FxHashMap<RecordId, BTreeSet<String>>;

/// Splits `staged` under `commit`.
///
/// # Errors
/// The batch does not have the columns of a stage.
pub fn split(
    dataset: &Dataset,
    staged: &RecordBatch,
    commit: CommitVersion,
    known: Known<'_>,
) -> Result<Parts, StoreError> {
    let Known { versions, secrecy, secrets } = known;
    let clean = scrubbed(dataset, staged, secrecy, secrets)?;
    let codes: StringArray = secrecy.iter().map(|class| Some(class.code())).collect();
    let retract = booleans(staged, "retract")?;
    let operations: StringArray =
        retract.values().iter().map(|withdrawn| Some(if withdrawn { "retract" } else { "upsert" })).collect();
    let operations: ArrayRef = Arc::new(operations);
    let valid_from: ArrayRef = Arc::new(Int64Array::from(vec![commit.as_i64(); staged.num_rows()]));
    let mut added: Vec<(String, ArrayRef)> = vec![
        ("secrecy".to_owned(), Arc::new(codes)),
        ("valid_from".to_owned(), valid_from),
        ("operation".to_owned(), Arc::clone(&operations)),
    ];
    for (rule, numbers) in dataset.versions.iter().zip(versions) {
        added.push((version_name(&rule.column), Arc::new(numbers)));
    }
    let wide = with_columns(&clean.batch, &added)?;
    let project =
        |kind: TableKind| conform(&wide, &kind.schema(dataset)).map_err(StoreError::columns("staging"));
    let text = project(TableKind::Text)?;
    let has_text = non_empty(&text);
    let secret = with_columns(staged, &added)?;
    let secret = with_columns(&secret, &[("originals".to_owned(), Arc::new(clean.originals) as ArrayRef)])?;
    let identity =
        conform(&secret, &TableKind::Identity.schema(dataset)).map_err(StoreError::columns("staging"))?;
    let is_identity: BooleanArray =
        secrecy.iter().map(|class| Some(*class == RowSecrecy::Identity)).collect();
    let identity = filter_record_batch(&identity, &is_identity).map_err(StoreError::columns("staging"))?;
    Ok(Parts { main: project(TableKind::Main)?, text, has_text, operations, identity })
}

/// Secrecy of each row, by the dataset's rule.
///
/// # Errors
/// The batch lacks the column that decides.
pub fn secrecy_of(dataset: &Dataset, batch: &RecordBatch) -> Result<Vec<RowSecrecy>, StoreError> {
    let Some(rule) = &dataset.identity else {
        return Ok(vec![RowSecrecy::Ordinary; batch.num_rows()]);
    };
    let kinds = strings(batch, &rule.column)?;
    let place = dataset.position(&rule.column).unwrap_or(0);
    let mut values = vec![Value::Null; dataset.columns.len()];
    let classes = (0..batch.num_rows()).map(|row| {
        if let Some(slot) = values.get_mut(place) {
            *slot = text_at(kinds, row).map_or(Value::Null, |kind| Value::Text(kind.to_owned()));
        }
        dataset.secrecy_of(&values)
    });
    Ok(classes.collect())
}

struct Clean {
    batch: RecordBatch,
    originals: StringArray,
}

/// Whether a column's text may repeat what the signer's columns say.
#[must_use]
pub fn is_free_text(column: &Column) -> bool {
    let is_text = matches!(column.kind, ColumnType::Text | ColumnType::Keyword);
    is_text && column.codes.is_empty() && column.class != ColumnClass::Signer && column.name != "unit"
}

/// The batch with every secret row's signer columns empty and free texts scrubbed.
fn scrubbed(
    dataset: &Dataset,
    batch: &RecordBatch,
    secrecy: &[RowSecrecy],
    known: &Secrets,
) -> Result<Clean, StoreError> {
    let rows = batch.num_rows();
    let mut originals: Vec<Map<String, Json>> = vec![Map::new(); rows];
    let has_secret = secrecy.contains(&RowSecrecy::Identity);
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    if has_secret {
        let secrets = secrets(dataset, batch, secrecy, known)?;
        let free =
            dataset.columns.iter().filter(|column| is_free_text(column)).map(|column| column.name.as_str());
        for name in free {
            let texts = strings(batch, name)?;
            let cleaned: StringArray = (0..rows)
                .map(|row| {
                    let text = text_at(texts, row)?;
                    let found = secrets.get(row).filter(|secrets| !secrets.is_empty());
                    let Some(secrets) = found else { return Some(text.to_owned()) };
                    let clean = scrub(text, secrets);
                    if clean.found > 0
                        && let Some(kept) = originals.get_mut(row)
                    {
                        kept.insert(name.to_owned(), Json::String(text.to_owned()));
                    }
                    Some(clean.text)
                })
                .collect();
            columns.push((name.to_owned(), Arc::new(cleaned)));
        }
        columns.extend(hidden_columns(dataset, batch, secrecy, &mut originals)?);
    }
    let originals =
        originals.into_iter().map(|kept| (!kept.is_empty()).then(|| Json::Object(kept).to_string()));
    Ok(Clean { batch: with_columns(batch, &columns)?, originals: originals.collect() })
}

/// Signer columns and unmapped columns, empty on secret rows: nobody vouches for what an unmapped one holds.
fn hidden_columns(
    dataset: &Dataset,
    batch: &RecordBatch,
    secrecy: &[RowSecrecy],
    originals: &mut [Map<String, Json>],
) -> Result<Vec<(String, ArrayRef)>, StoreError> {
    let extra = strings(batch, "extra")?;
    for (row, kept) in originals.iter_mut().enumerate() {
        if let (Some(RowSecrecy::Identity), Some(text)) = (secrecy.get(row), text_at(extra, row)) {
            kept.insert("extra".to_owned(), Json::String(text.to_owned()));
        }
    }
    let names = dataset.signer_columns().map(|(_, column)| column.name.as_str()).chain(["extra"]);
    names
        .map(|name| {
            let texts = strings(batch, name)?;
            let shown: StringArray = secrecy
                .iter()
                .enumerate()
                .map(|(row, class)| text_at(texts, row).filter(|_| *class == RowSecrecy::Ordinary))
                .collect();
            Ok((name.to_owned(), Arc::new(shown) as ArrayRef))
        })
        .collect()
}

/// The strings that must not stay in each row's texts.
fn secrets<'a>(
    dataset: &Dataset,
    batch: &'a RecordBatch,
    secrecy: &[RowSecrecy],
    known: &'a Secrets,
) -> Result<Vec<Vec<&'a str>>, StoreError> {
    let mut secrets: Vec<Vec<&str>> = vec![Vec::new(); batch.num_rows()];
    let ids = strings(batch, "id")?;
    for (row, found) in secrets.iter_mut().enumerate().filter(|_| !known.is_empty()) {
        let earlier = known.get(&parse_id(ids.value(row), "staging")?);
        found.extend(earlier.into_iter().flatten().map(String::as_str));
    }
    for (_, column) in dataset.signer_columns() {
        let texts = strings(batch, &column.name)?;
        for (row, found) in secrets.iter_mut().enumerate() {
            if secrecy.get(row) == Some(&RowSecrecy::Identity) {
                found.extend(text_at(texts, row));
            }
        }
    }
    Ok(secrets)
}

/// `batch` with `columns` put in place of, or after, its own.
///
/// # Errors
/// A column has another number of rows.
pub fn with_columns(batch: &RecordBatch, columns: &[(String, ArrayRef)]) -> Result<RecordBatch, StoreError> {
    use arrow::datatypes::{Field, Schema};
    let mut fields: Vec<Arc<Field>> = batch.schema().fields().iter().cloned().collect();
    let mut arrays: Vec<ArrayRef> = batch.columns().to_vec();
    for (name, array) in columns {
        let field = Arc::new(Field::new(name, array.data_type().clone(), true));
        match fields.iter().position(|field| field.name() == name) {
            Some(place) => {
                if let (Some(slot), Some(old)) = (arrays.get_mut(place), fields.get_mut(place)) {
                    *slot = Arc::clone(array);
                    *old = field;
                }
            }
            None => {
                fields.push(field);
                arrays.push(Arc::clone(array));
            }
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(StoreError::columns("staging"))
}

/// Which rows of a text table's batch hold a long text or unmapped columns.
fn non_empty(text: &RecordBatch) -> BooleanArray {
    let columns: Vec<&ArrayRef> =
        text.columns().iter().skip(3).take(text.num_columns().saturating_sub(4)).collect();
    (0..text.num_rows()).map(|row| Some(columns.iter().any(|column| column.is_valid(row)))).collect()
}
