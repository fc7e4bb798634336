//! The only place a DataFusion session is made.
//!
//! Nothing is registered that a query does not need: no file formats, no table factories, no
//! information schema, no table functions but ours, no functions the guard refuses. Spilling to disk
//! is off: what does not fit the pool fails.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{SessionStateBuilder, SessionStateDefaults};
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::domain::limits;
use crate::sql::ground::Ground;
use crate::sql::job::Table;
use crate::sql::table::Seen;
use crate::sql::{function, guard, month};

/// What a session may use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Bytes its plans may hold.
    pub(super) pool_bytes: usize,
    /// Partitions that run at once.
    pub(super) partitions: usize,
    /// Whether the smaller side of a join is made whole for all partitions. Else both sides are dealt out by
    /// their keys, which carries every row of the larger side and puts all that have none into one partition.
    pub(super) whole_joins: bool,
}

/// A session over `tables`, its functions on `ground`.
///
/// # Errors
/// Two tables share a name, or a path is not absolute.
pub(super) fn session(bounds: Bounds, tables: &[Table], ground: &Ground) -> Result<SessionContext> {
    let refused: Vec<&str> = guard::refused_functions().collect();
    let mut functions = SessionStateDefaults::default_scalar_functions();
    functions.retain(|function| !refused.contains(&function.name()));
    for known in functions.iter_mut().filter(|function| function.name() == "to_char") {
        *known = Arc::new(month::quick(Arc::clone(known)));
    }
    functions.extend(function::all(ground).into_iter().map(Arc::new));
    let disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(GreedyMemoryPool::new(bounds.pool_bytes)))
        .with_disk_manager_builder(disk)
        .build_arc()?;
    let state = SessionStateBuilder::new()
        .with_session_id("statement".to_owned())
        .with_config(config(&bounds))
        .with_runtime_env(runtime)
        .with_expr_planners(SessionStateDefaults::default_expr_planners())
        .with_scalar_functions(functions)
        .with_aggregate_functions(SessionStateDefaults::default_aggregate_functions())
        .with_window_functions(SessionStateDefaults::default_window_functions())
        .build();
    let context = SessionContext::new_with_state(state);
    for table in tables {
        context.register_table(table.name.as_str(), Arc::new(Seen::new(table.clone())?))?;
    }
    Ok(context)
}

/// Days begin at midnight of Asia/Ho_Chi_Minh, UTC+7 without daylight saving.
fn config(bounds: &Bounds) -> SessionConfig {
    let mut config = SessionConfig::new()
        .with_target_partitions(bounds.partitions.clamp(1, limits::SQL_PARTITIONS_MAX))
        .with_repartition_joins(!bounds.whole_joins)
        .with_batch_size(limits::SQL_BATCH_ROWS)
        .with_information_schema(false);
    config.options_mut().execution.time_zone = Some("+07:00".to_owned());
    config
}
