//! The parent: asks a child, hands its rows on, and survives whatever becomes of it.

use std::ffi::OsStr;
use std::io::{BufReader, Write};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout};
use std::time::Duration;

use arrow::array::RecordBatch;
use arrow::buffer::Buffer;
use arrow::datatypes::SchemaRef;
use arrow::ipc::reader::StreamDecoder;

use crate::domain::limits;
use crate::sandbox::child::{Child, Ending};
use crate::sandbox::{SandboxError, frame};
use crate::sql::call::Call;
use crate::sql::job::Job;
use crate::sql::{SqlError, guard, schema, wire};

/// Answers a table function.
pub type Calls<'a> = &'a mut dyn FnMut(&Call) -> Result<RecordBatch, SqlError>;
/// Takes the rows.
pub type Sink<'a> = &'a mut dyn FnMut(&RecordBatch) -> Result<(), SqlError>;

/// What came.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Columns of the answer.
    pub schema: SchemaRef,
    /// Its rows.
    pub rows: usize,
    /// Its bytes as Arrow.
    pub bytes: usize,
}

/// Runs `job` in a child of `program` (this binary), started as `program worker sql`.
///
/// `sink` gets at least one batch, an empty one when there are no rows, so that it knows the columns.
/// Rows that it got before an error stand for nothing. It must not block for long: the deadline runs.
///
/// # Errors
/// The statement is refused, wrong, over a cap or too slow; the child was lost; a call or the sink
/// failed.
pub fn query(program: &Path, job: &Job, calls: Calls<'_>, sink: Sink<'_>) -> Result<Outcome, SqlError> {
    guard::check(&job.statement)?;
    let arguments = ["worker", "sql"].map(OsStr::new);
    let mut child = Child::spawn(program, &arguments, Duration::from_secs(job.seconds))?;
    let pipes = child.take_stdin().zip(child.take_stdout());
    let (stdin, stdout) = pipes.ok_or_else(|| SqlError::Internal("the child has no pipes".to_owned()))?;
    let mut talk = Talk::new(job, stdin, stdout);
    match talk.run(calls, sink) {
        Ok(outcome) => Ok(outcome),
        Err(SqlError::Sandbox(_)) => Err(lost(child, job)),
        Err(error) => Err(error),
    }
}

/// A pipe that breaks is the child's end; how it ended is the error. One that still runs and does not
/// speak our language is killed; a kill changes nothing about a child that has ended.
fn lost(child: Child, job: &Job) -> SqlError {
    child.kill();
    match child.finish().map(|ended| ended.ending) {
        Ok(Ending::TimedOut) => SqlError::Timeout { seconds: job.seconds },
        Ok(Ending::OutOfMemory) => SqlError::OutOfMemory,
        Ok(Ending::Killed(_) | Ending::Exited(_)) => SqlError::WorkerLost,
        Err(error) => error.into(),
    }
}

struct Talk<'a> {
    job: &'a Job,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    decoder: StreamDecoder,
    rows: usize,
    bytes: usize,
}

impl<'a> Talk<'a> {
    fn new(job: &'a Job, stdin: ChildStdin, stdout: ChildStdout) -> Self {
        let stdout = BufReader::new(stdout);
        Self { job, stdin, stdout, decoder: StreamDecoder::new(), rows: 0, bytes: 0 }
    }

    fn run(&mut self, calls: Calls<'_>, sink: Sink<'_>) -> Result<Outcome, SqlError> {
        let job = serde_json::to_vec(self.job);
        self.send(wire::JOB, &job.map_err(|_| not_understood())?)?;
        loop {
            let bytes_max = self.job.byte_cap.saturating_add(limits::SQL_FRAME_BYTES);
            let frame = frame::read(&mut self.stdout, bytes_max)?.ok_or(SandboxError::FrameCut)?;
            match frame.tag {
                wire::CALL => self.answer(&frame.body, calls)?,
                wire::DATA => self.take(frame.body, sink)?,
                wire::DONE => return self.conclude(sink),
                wire::ERROR => {
                    return Err(serde_json::from_slice(&frame.body).unwrap_or_else(|_| not_understood()));
                }
                _ => return Err(not_understood()),
            }
        }
    }

    fn send(&mut self, tag: u8, body: &[u8]) -> Result<(), SandboxError> {
        frame::write(&mut self.stdin, tag, body)?;
        Ok(self.stdin.flush()?)
    }

    fn answer(&mut self, body: &[u8], calls: Calls<'_>) -> Result<(), SqlError> {
        let call: Call = serde_json::from_slice(body).map_err(|_| not_understood())?;
        if !self.job.functions.iter().any(|function| function.name == call.function) {
            return Err(not_understood());
        }
        let rows = calls(&call)?;
        if rows.num_rows() > limits::SQL_CALL_ROWS_MAX {
            return Err(SqlError::TooManyRows { limit: limits::SQL_CALL_ROWS_MAX });
        }
        let rows = wire::pack(&rows).map_err(|_| not_understood())?;
        Ok(self.send(wire::ANSWER, &rows)?)
    }

    fn take(&mut self, body: Vec<u8>, sink: Sink<'_>) -> Result<(), SqlError> {
        self.bytes += body.len();
        if self.bytes > self.job.byte_cap {
            return Err(SqlError::TooManyBytes { limit: self.job.byte_cap });
        }
        let mut buffer = Buffer::from_vec(body);
        while !buffer.is_empty() {
            let Some(batch) = self.decoder.decode(&mut buffer).map_err(|_| not_understood())? else { break };
            self.rows += batch.num_rows();
            if self.rows > self.job.row_cap {
                return Err(SqlError::TooManyRows { limit: self.job.row_cap });
            }
            sink(&batch)?;
        }
        Ok(())
    }

    fn conclude(&mut self, sink: Sink<'_>) -> Result<Outcome, SqlError> {
        let schema = self.decoder.schema().ok_or_else(not_understood)?;
        if self.rows == 0 {
            sink(&RecordBatch::new_empty(schema::plain_schema(&schema)))?;
        }
        Ok(Outcome { schema, rows: self.rows, bytes: self.bytes })
    }
}

fn not_understood() -> SqlError {
    SqlError::Internal("parent and child do not understand each other".to_owned())
}
