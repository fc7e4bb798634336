//! Our own statements, in this process: the definitions of `queries/`.
//!
//! Parameters stand as `$name` and are bound as values, never pasted into text. The result is small
//! (a page, a report) and comes whole.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::SessionContext;
use futures::StreamExt;

use crate::definition::query::Query;
use crate::domain::civil::epoch_days;
use crate::domain::limits;
use crate::domain::record::Value;
use crate::sql::ground::Ground;
use crate::sql::job::Table;
use crate::sql::session::{Bounds, session};
use crate::sql::{SqlError, check, fault, runtime, schema};

/// The answer to `query` over `tables`, at least one batch, with `parameters` bound by name.
///
/// Blocks; works from any thread, also from one of another runtime.
///
/// # Errors
/// A parameter is missing, the statement does not fit the tables, or a bound is passed.
pub fn run(
    query: &Query,
    tables: &[Table],
    parameters: &[(&str, Value)],
) -> Result<Vec<RecordBatch>, SqlError> {
    run_on(&Ground::default(), query, tables, parameters)
}

/// The same with its functions on `ground`: rules of another day or store than those compiled in.
///
/// # Errors
/// As [`run`].
pub fn run_on(
    ground: &Ground,
    query: &Query,
    tables: &[Table],
    parameters: &[(&str, Value)],
) -> Result<Vec<RecordBatch>, SqlError> {
    check_parameters(query, parameters)?;
    let partitions = std::thread::available_parallelism().map_or(1, usize::from);
    let bounds = Bounds { pool_bytes: limits::PLAN_MEMORY_BYTES, partitions, whole_joins: false };
    runtime::block_on(partitions, async move {
        let context = session(bounds, tables, ground).map_err(|error| fault::of(&error, &query.sql, &[]))?;
        let plan = check::plan(&context, &query.sql).await?;
        let plan = bound(plan, parameters, &query.sql)?;
        let state = context.state();
        let plan = state.create_physical_plan(&plan).await;
        collect(&context, plan.map_err(|error| fault::of(&error, &query.sql, &[]))?, &query.sql).await
    })
}

fn check_parameters(query: &Query, given: &[(&str, Value)]) -> Result<(), SqlError> {
    let missing = query.parameters.iter().find(|name| !given.iter().any(|(other, _)| other == name));
    match missing {
        Some(name) => Err(SqlError::Plan(format!("the query `{}` needs a value for `{name}`", query.name))),
        None => Ok(()),
    }
}

/// The plan of `statement` with values in the places of its parameters.
///
/// # Errors
/// A value does not fit.
pub(super) fn bound(
    plan: LogicalPlan,
    parameters: &[(&str, Value)],
    statement: &str,
) -> Result<LogicalPlan, SqlError> {
    let values: Vec<(&str, ScalarValue)> =
        parameters.iter().map(|(name, value)| (*name, scalar(value))).collect();
    plan.with_param_values(values).map_err(|error| fault::of(&error, statement, &[]))
}

fn scalar(value: &Value) -> ScalarValue {
    match value {
        Value::Null | Value::Absent => ScalarValue::Null,
        Value::Text(text) => ScalarValue::Utf8View(Some(text.clone())),
        Value::Integer(number) => ScalarValue::Int64(Some(*number)),
        Value::Number(number) => ScalarValue::Float64(Some(*number)),
        Value::Boolean(fact) => ScalarValue::Boolean(Some(*fact)),
        Value::Date(date) => ScalarValue::Date32(Some(epoch_days(date.first_day()))),
        Value::Instant(instant) => ScalarValue::TimestampMicrosecond(Some(instant.0), Some("UTC".into())),
    }
}

/// The whole answer of `plan`, at least one batch, in types every reader knows.
///
/// # Errors
/// The statement fails, or its answer has too many rows.
pub(super) async fn collect(
    context: &SessionContext,
    plan: Arc<dyn ExecutionPlan>,
    statement: &str,
) -> Result<Vec<RecordBatch>, SqlError> {
    let faulty = |error| fault::of(&error, statement, &[]);
    let mut stream = execute_stream(plan, context.task_ctx()).map_err(faulty)?;
    let wanted = schema::plain_schema(&stream.schema());
    let (mut batches, mut rows) = (Vec::new(), 0);
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(faulty)?;
        rows += batch.num_rows();
        if rows > limits::PLAN_ROWS_MAX {
            return Err(SqlError::TooManyRows { limit: limits::PLAN_ROWS_MAX });
        }
        batches.push(schema::conform(&batch, &wanted).map_err(|error| faulty(error.into()))?);
    }
    Ok(at_least_one(batches, &wanted))
}

fn at_least_one(mut batches: Vec<RecordBatch>, schema: &SchemaRef) -> Vec<RecordBatch> {
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(Arc::clone(schema)));
    }
    batches
}
