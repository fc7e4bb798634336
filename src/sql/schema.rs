//! Columns in Arrow's terms, and answers in types every reader knows.
//!
//! Inside a plan text is `Utf8View`, which groups and compares faster; answers leave as plain `Utf8`,
//! because a view carries whole buffers through a pipe and older readers do not know it.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field as ArrowField, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;

use crate::sql::job::{Field, Kind};

/// The Arrow type of `kind` inside plans.
pub(super) fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text => DataType::Utf8View,
        Kind::Integer => DataType::Int64,
        Kind::Number => DataType::Float64,
        Kind::Boolean => DataType::Boolean,
        Kind::Date => DataType::Date32,
        Kind::Instant => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    }
}

/// The schema of `fields` inside plans; everything may be null.
pub(super) fn schema<'a>(fields: impl IntoIterator<Item = &'a Field>) -> SchemaRef {
    let fields = fields.into_iter();
    let fields: Vec<ArrowField> =
        fields.map(|field| ArrowField::new(&field.name, data_type(field.kind), true)).collect();
    Arc::new(Schema::new(fields))
}

/// `schema` as it leaves: views are plain, dictionaries are their values.
pub(super) fn plain_schema(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| {
        let plain = plain_type(field.data_type());
        ArrowField::new(field.name(), plain, field.is_nullable())
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn plain_type(found: &DataType) -> DataType {
    match found {
        DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
        DataType::BinaryView | DataType::LargeBinary => DataType::Binary,
        DataType::Dictionary(_, value) => plain_type(value),
        other => other.clone(),
    }
}

/// `batch` cast to the columns of `wanted`, by place.
pub(super) fn conform(batch: &RecordBatch, wanted: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let columns = batch.columns().iter().zip(wanted.fields());
    let columns = columns.map(|(column, field)| cast(column, field.data_type()));
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(wanted), columns.collect::<Result<_, _>>()?, &options)
}
