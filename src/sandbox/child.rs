//! A child process under a deadline.
//!
//! Started with an empty environment, stdin and stdout as pipes, stderr kept up to a bound. A thread
//! of its own kills it at the deadline, even while the parent is blocked in a pipe and whatever the
//! child ignores; dropping the [`Child`] kills it too. Signals go out only while the process has not
//! been waited for, so a reused process number is never hit.

use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{self, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::domain::limits;
use crate::sandbox::SandboxError;

/// How a child came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It returned this exit code.
    Exited(i32),
    /// A signal ended it: an abort, or a kill from outside.
    Killed(i32),
    /// The watchdog killed it at the deadline, or it used up its processor time.
    TimedOut,
    /// It asked for more memory than its limit.
    OutOfMemory,
}

/// The end of a child, and what it said.
#[derive(Debug, Clone)]
pub struct Ended {
    /// How.
    pub ending: Ending,
    /// The first bytes of its stderr; may quote its input, so it is not for logs or answers.
    pub stderr: String,
}

/// A running child; killed when dropped.
#[derive(Debug)]
pub struct Child {
    process: Arc<Mutex<Guarded>>,
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: Option<JoinHandle<String>>,
    calm: Option<Sender<()>>,
    watchdog: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Guarded {
    process: process::Child,
    timed_out: bool,
}

impl Child {
    /// Starts `program` with `arguments`, to be killed after `deadline`.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn spawn(program: &Path, arguments: &[&OsStr], deadline: Duration) -> Result<Self, SandboxError> {
        let mut command = Command::new(program);
        command.args(arguments).env_clear().env("MALLOC_ARENA_MAX", "2");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().map_err(SandboxError::Start)?;
        let (stdin, stdout, stderr) = (process.stdin.take(), process.stdout.take(), process.stderr.take());
        let process = Arc::new(Mutex::new(Guarded { process, timed_out: false }));
        let mut child = Self { process, stdin, stdout, stderr: None, calm: None, watchdog: None };
        let (calm, stop) = channel();
        let watched = Arc::clone(&child.process);
        child.watchdog = Some(thread("watchdog", move || watch(&watched, &stop, deadline))?);
        child.calm = Some(calm);
        child.stderr = stderr.map(|pipe| thread("child stderr", || keep_head(pipe))).transpose()?;
        Ok(child)
    }

    /// Its stdin, once; dropping it is the end of its input.
    pub fn take_stdin(&mut self) -> Option<ChildStdin> {
        self.stdin.take()
    }

    /// Its stdout, once.
    pub fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.stdout.take()
    }

    /// Kills it now.
    pub fn kill(&self) {
        kill(&mut lock(&self.process));
    }

    /// Closes the pipes still held here, waits for the end and says how it came.
    ///
    /// # Errors
    /// The system cannot tell.
    pub fn finish(mut self) -> Result<Ended, SandboxError> {
        drop(self.stdin.take());
        drop(self.stdout.take());
        let status = self.wait()?;
        let timed_out = lock(&self.process).timed_out;
        let stderr = self.stderr.take().and_then(|reader| reader.join().ok()).unwrap_or_default();
        Ok(Ended { ending: ending(status, timed_out, &stderr), stderr })
    }

    /// Looks again and again, with growing pauses, because a blocking wait would hold the lock that
    /// the watchdog needs.
    fn wait(&self) -> Result<ExitStatus, SandboxError> {
        let mut pause = Duration::from_micros(100);
        loop {
            if let Some(status) = lock(&self.process).process.try_wait()? {
                return Ok(status);
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(10));
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        {
            let mut guarded = lock(&self.process);
            kill(&mut guarded);
            // After a kill the wait is short; an error means it was waited for before.
            let _ = guarded.process.wait();
        }
        drop(self.calm.take());
        let _ = self.watchdog.take().map(JoinHandle::join);
    }
}

fn thread<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, SandboxError> {
    thread::Builder::new().name(name.to_owned()).spawn(work).map_err(SandboxError::Start)
}

fn lock(process: &Mutex<Guarded>) -> MutexGuard<'_, Guarded> {
    process.lock().unwrap_or_else(PoisonError::into_inner)
}

fn watch(process: &Mutex<Guarded>, stop: &Receiver<()>, deadline: Duration) {
    if stop.recv_timeout(deadline) == Err(RecvTimeoutError::Timeout) {
        let mut guarded = lock(process);
        if matches!(guarded.process.try_wait(), Ok(None)) {
            guarded.timed_out = true;
            kill(&mut guarded);
        }
    }
}

fn kill(guarded: &mut Guarded) {
    // `kill` of the standard library sends nothing once the process has been waited for.
    let _ = guarded.process.kill();
}

/// Reads to the end, so that the child never blocks, and keeps the beginning.
fn keep_head(mut pipe: ChildStderr) -> String {
    let mut head = Vec::new();
    let _ = pipe.by_ref().take(limits::CHILD_STDERR_BYTES_MAX).read_to_end(&mut head);
    let _ = std::io::copy(&mut pipe, &mut std::io::sink());
    String::from_utf8_lossy(&head).into_owned()
}

fn ending(status: ExitStatus, timed_out: bool, stderr: &str) -> Ending {
    const SIGKILL: i32 = 9;
    const SIGXCPU: i32 = 24;
    match (status.code(), status.signal()) {
        (None, Some(SIGXCPU)) => Ending::TimedOut,
        (None, Some(SIGKILL)) if timed_out => Ending::TimedOut,
        (_, signal) if ran_out_of_memory(stderr, signal.is_some()) => Ending::OutOfMemory,
        (Some(code), _) => Ending::Exited(code),
        (None, signal) => Ending::Killed(signal.unwrap_or_default()),
    }
}

/// The words of Rust's allocation failure, before it aborts.
fn ran_out_of_memory(stderr: &str, signalled: bool) -> bool {
    signalled && stderr.contains("memory allocation of")
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Instant;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn shell(script: &str, deadline: Duration) -> Child {
        let arguments = ["-c", script].map(OsStr::new);
        Child::spawn(Path::new("/bin/sh"), &arguments, deadline).unwrap()
    }

    #[test]
    fn a_child_reads_and_answers() {
        let mut child = Child::spawn(Path::new("/bin/cat"), &[], LONG).unwrap();
        child.take_stdin().unwrap().write_all("đơn".as_bytes()).unwrap();
        let mut answer = String::new();
        child.take_stdout().unwrap().read_to_string(&mut answer).unwrap();
        assert_eq!((answer.as_str(), child.finish().unwrap().ending), ("đơn", Ending::Exited(0)));
    }

    #[test]
    fn a_child_that_ignores_everything_is_killed_at_the_deadline() {
        let started = Instant::now();
        let mut child = shell("trap '' TERM INT HUP; while :; do :; done", Duration::from_millis(200));
        let mut answer = Vec::new();
        child.take_stdout().unwrap().read_to_end(&mut answer).unwrap();
        assert_eq!(child.finish().unwrap().ending, Ending::TimedOut);
        assert!(started.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn endings_are_told_apart() {
        let cases = [
            ("exit 3", Ending::Exited(3)),
            ("kill -SEGV $$", Ending::Killed(11)),
            ("kill -KILL $$", Ending::Killed(9)),
            ("kill -XCPU $$", Ending::TimedOut),
            ("echo memory allocation of 9 bytes failed >&2; kill -ABRT $$", Ending::OutOfMemory),
            ("echo memory allocation of 9 bytes failed >&2; exit 1", Ending::Exited(1)),
        ];
        for (script, expected) in cases {
            assert_eq!(shell(script, LONG).finish().unwrap().ending, expected, "{script}");
        }
    }

    #[test]
    fn a_flood_on_stderr_neither_blocks_nor_grows() {
        let ended = shell("yes flood | head -c 3000000 >&2", LONG).finish().unwrap();
        assert_eq!(ended.ending, Ending::Exited(0));
        assert_eq!(ended.stderr.len() as u64, limits::CHILD_STDERR_BYTES_MAX);
    }

    #[test]
    fn the_environment_is_empty() {
        let mut child = Child::spawn(Path::new("/usr/bin/env"), &[], LONG).unwrap();
        let mut answer = String::new();
        child.take_stdout().unwrap().read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "MALLOC_ARENA_MAX=2\n");
    }

    #[test]
    fn a_dropped_child_is_dead() {
        let child = Child::spawn(Path::new("/bin/sleep"), &[OsStr::new("1000")], LONG).unwrap();
        let process = Arc::clone(&child.process);
        drop(child);
        let status = lock(&process).process.try_wait().unwrap();
        assert_eq!(status.and_then(|status| status.signal()), Some(9));
    }

    #[test]
    fn a_missing_program_is_an_error() {
        let error = Child::spawn(Path::new("/no/such/program"), &[], LONG).unwrap_err();
        assert!(matches!(error, SandboxError::Start(_)));
    }
}
