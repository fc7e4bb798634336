//! What parent and child say to each other.
//!
//!     parent -> child   JOB (JSON), then one ANSWER (Arrow stream of one batch) for each CALL
//!     child -> parent   any CALLs (JSON), then DATA (an Arrow stream, cut at its messages), then
//!                       DONE or ERROR (JSON)
//!
//! A child whose stream ends without DONE or ERROR was lost.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;

/// The job.
pub(super) const JOB: u8 = 1;
/// The answer to a call.
pub(super) const ANSWER: u8 = 2;
/// A table function is called.
pub(super) const CALL: u8 = 3;
/// A part of the result.
pub(super) const DATA: u8 = 4;
/// The result is complete.
pub(super) const DONE: u8 = 5;
/// There is no result, or it stops here.
pub(super) const ERROR: u8 = 6;

/// `batch` as an Arrow stream.
pub(super) fn pack(batch: &RecordBatch) -> Result<Vec<u8>, ArrowError> {
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema())?;
    writer.write(batch)?;
    writer.into_inner()
}

/// The rows of an Arrow stream as one batch, and its schema.
pub(super) fn unpack(stream: &[u8]) -> Result<RecordBatch, ArrowError> {
    let reader = StreamReader::try_new(stream, None)?;
    let schema: SchemaRef = Arc::clone(&reader.schema());
    let batches = reader.collect::<Result<Vec<_>, _>>()?;
    concat_batches(&schema, &batches)
}
