//! Threads for one statement: few, with large stacks, gone when it ends.
//!
//! Planning recurses as deep as a statement is nested; the standard 2 MiB are not enough in an
//! unoptimised build. Works from any thread, also one that belongs to another runtime.

use std::thread;

use tokio::runtime::{Builder, Runtime};

use crate::domain::limits;
use crate::sandbox::SandboxError;
use crate::sql::SqlError;

/// Runs `work` to its end on threads of its own.
///
/// # Errors
/// Those of `work`; no thread can be started; or `work` panicked.
pub(super) fn block_on<T: Send>(
    partitions: usize,
    work: impl Future<Output = Result<T, SqlError>> + Send,
) -> Result<T, SqlError> {
    thread::scope(|scope| {
        let main = thread::Builder::new().name("statement".to_owned()).stack_size(limits::SQL_STACK_BYTES);
        let started = main.spawn_scoped(scope, || start(partitions)?.block_on(work));
        let ended = started.map_err(SandboxError::Start)?.join();
        ended.unwrap_or_else(|_| {
            Err(SqlError::Internal("the engine panicked; please report the statement".to_owned()))
        })
    })
}

fn start(partitions: usize) -> Result<Runtime, SqlError> {
    let threads = partitions.clamp(1, limits::SQL_PARTITIONS_MAX);
    let built = Builder::new_multi_thread()
        .worker_threads(threads)
        .max_blocking_threads(threads * 2)
        .thread_stack_size(limits::SQL_STACK_BYTES)
        .thread_name("sql")
        .build();
    Ok(built.map_err(SandboxError::Start)?)
}
