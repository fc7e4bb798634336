//! The child: one statement, then the end.
//!
//! Its first lines lower its own limits; the job comes after that. It listens on stdin for answers to
//! its calls and ends when stdin does, so that it never outlives its parent. Parsing, planning and
//! running happen on threads with large stacks.

use std::io::{Read, Write};
use std::process::{self, ExitCode};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::ipc::writer::StreamWriter;
use datafusion::common::DataFusionError;
use datafusion::physical_plan::execute_stream;
use datafusion::prelude::SessionContext;
use futures::StreamExt;

use crate::domain::limits;
use crate::rules::laws::Laws;
use crate::sandbox::limits::{Limits, apply};
use crate::sandbox::{SandboxError, frame};
use crate::sql::call::{Answered, Line};
use crate::sql::ground::Ground;
use crate::sql::job::Job;
use crate::sql::session::{Bounds, session};
use crate::sql::{SqlError, check, dictionary, fault, runtime, schema, wire};

/// Runs the child over its pipes. Whatever goes wrong with the statement is told to the parent; the
/// exit code is 1 only when the parent cannot be told.
#[must_use]
pub fn run(mut stdin: impl Read + Send + 'static, stdout: impl Write + Send + 'static) -> ExitCode {
    let output = Output(Arc::new(Mutex::new(stdout)));
    let limited = apply(&Limits {
        address_space_bytes: limits::SQL_CHILD_MEMORY_BYTES,
        cpu_seconds: limits::SQL_SECONDS_MAX * limits::SQL_PARTITIONS_MAX as u64,
        file_size_bytes: 0,
        open_files: limits::CHILD_OPEN_FILES_MAX,
    });
    let result = limited.map_err(SqlError::from).and_then(|()| {
        let job = read_job(&mut stdin)?;
        let (answers, line) = channel();
        spawn(move || listen(stdin, &answers))?;
        let line = Line::new(output.clone(), line);
        answer(&job, line, &output)
    });
    let told = match result {
        Ok(()) => output.send(wire::DONE, &[]),
        Err(error) => output.send(wire::ERROR, &told(error)),
    };
    if told.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Where frames to the parent go, one at a time.
#[derive(Clone)]
pub(super) struct Output(Arc<Mutex<dyn Write + Send>>);

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Output")
    }
}

impl Output {
    /// Sends one frame.
    ///
    /// # Errors
    /// The pipe broke.
    pub(super) fn send(&self, tag: u8, body: &[u8]) -> Result<(), SandboxError> {
        let mut to = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        frame::write(&mut *to, tag, body)?;
        to.flush()?;
        Ok(())
    }
}

fn told(error: SqlError) -> Vec<u8> {
    let error = match error {
        SqlError::Sandbox(error) => SqlError::Internal(error.to_string()),
        SqlError::Write(error) => SqlError::Internal(error.to_string()),
        error => error,
    };
    serde_json::to_vec(&error).unwrap_or_default()
}

fn read_job(stdin: &mut dyn Read) -> Result<Job, SqlError> {
    let frame = frame::read(stdin, limits::SQL_JOB_BYTES_MAX)?.ok_or(SandboxError::FrameCut)?;
    serde_json::from_slice(&frame.body)
        .map_err(|_| SqlError::Internal("the job is not understood".to_owned()))
}

fn spawn(work: impl FnOnce() + Send + 'static) -> Result<(), SqlError> {
    let spawned = thread::Builder::new().name("answers".to_owned()).spawn(work);
    spawned.map(drop).map_err(|error| SandboxError::Start(error).into())
}

/// Hands answers on; the end of stdin is the end of the parent, and so of this process.
fn listen(mut stdin: impl Read, answers: &Sender<Vec<u8>>) {
    while let Ok(Some(frame)) = frame::read(&mut stdin, limits::SQL_JOB_BYTES_MAX) {
        if answers.send(frame.body).is_err() {
            break;
        }
    }
    process::exit(1);
}

fn answer(job: &Job, line: Line, output: &Output) -> Result<(), SqlError> {
    let pool_bytes = limits::SQL_CHILD_MEMORY_BYTES * limits::SQL_POOL_PERCENT / 100;
    let pool_bytes = usize::try_from(pool_bytes).unwrap_or(usize::MAX);
    let bounds = Bounds { pool_bytes, partitions: job.partitions, whole_joins: false };
    runtime::block_on(bounds.partitions, async move {
        let context = prepare(job, bounds, line).map_err(|error| fault::of(&error, &job.statement, &[]))?;
        let plan = check::plan(&context, &job.statement).await?;
        stream(job, &context, plan, output).await
    })
}

fn prepare(job: &Job, bounds: Bounds, line: Line) -> datafusion::common::Result<SessionContext> {
    let laws = Laws::parse(&job.rules).map_err(|error| DataFusionError::External(Box::new(error)))?;
    let context = session(bounds, &job.tables, &Ground::of(Arc::new(laws)))?;
    context.register_table(dictionary::NAME, dictionary::table(&job.dictionary)?)?;
    let line = Arc::new(line);
    for function in &job.functions {
        context.register_udtf(&function.name, Arc::new(Answered::new(function, &line)));
    }
    Ok(context)
}

async fn stream(
    job: &Job,
    context: &SessionContext,
    plan: datafusion::logical_expr::LogicalPlan,
    output: &Output,
) -> Result<(), SqlError> {
    let faulty = |error| fault::of(&error, &job.statement, &[]);
    let plan = context.state().create_physical_plan(&plan).await.map_err(faulty)?;
    let mut batches = execute_stream(plan, context.task_ctx()).map_err(faulty)?;
    let mut sender = Sending::begin(job, schema::plain_schema(&batches.schema()), output)?;
    while let Some(batch) = batches.next().await {
        sender.send(&batch.map_err(faulty)?)?;
    }
    sender.finish()
}

/// The result on its way: an Arrow stream cut into frames, counted against the caps.
struct Sending<'a> {
    job: &'a Job,
    schema: SchemaRef,
    writer: StreamWriter<Vec<u8>>,
    output: &'a Output,
    rows: usize,
    bytes: usize,
}

impl<'a> Sending<'a> {
    fn begin(job: &'a Job, schema: SchemaRef, output: &'a Output) -> Result<Self, SqlError> {
        let writer = StreamWriter::try_new(Vec::new(), &schema).map_err(|error| faulty(job, error))?;
        let mut sending = Self { job, schema, writer, output, rows: 0, bytes: 0 };
        sending.flush()?;
        Ok(sending)
    }

    fn send(&mut self, batch: &RecordBatch) -> Result<(), SqlError> {
        self.rows += batch.num_rows();
        if self.rows > self.job.row_cap {
            return Err(SqlError::TooManyRows { limit: self.job.row_cap });
        }
        let batch = schema::conform(batch, &self.schema).map_err(|error| faulty(self.job, error))?;
        let pieces = batch.get_array_memory_size().div_ceil(limits::SQL_FRAME_BYTES).max(1);
        let rows = batch.num_rows().div_ceil(pieces).max(1);
        for from in (0..batch.num_rows()).step_by(rows) {
            let piece = batch.slice(from, rows.min(batch.num_rows() - from));
            self.writer.write(&piece).map_err(|error| faulty(self.job, error))?;
            self.flush()?;
        }
        Ok(())
    }

    /// The mark of the stream's end: a reader takes up the message before it only when more comes.
    fn finish(mut self) -> Result<(), SqlError> {
        self.writer.finish().map_err(|error| faulty(self.job, error))?;
        self.flush()
    }

    fn flush(&mut self) -> Result<(), SqlError> {
        let bytes = std::mem::take(self.writer.get_mut());
        self.bytes += bytes.len();
        if self.bytes > self.job.byte_cap {
            return Err(SqlError::TooManyBytes { limit: self.job.byte_cap });
        }
        Ok(self.output.send(wire::DATA, &bytes)?)
    }
}

fn faulty(job: &Job, error: arrow::error::ArrowError) -> SqlError {
    fault::of(&error.into(), &job.statement, &[])
}
