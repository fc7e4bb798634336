//! The queue of pushes: one thread commits, pushes that wait together share a commit.
//!
//! A commit costs a few syncs whatever its size, so pushes that arrive while one is under way are taken
//! together into the next. Two pushes of the same key keep their order: the second waits for a commit of
//! its own. A full queue answers at once.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use crate::domain::limits::{PUSH_QUEUE_MAX, PUSHES_PER_COMMIT_MAX};
use crate::engine::push::{Push, Pushed, Ready};
use crate::engine::{Engine, EngineError};

/// When a push that found the queue full should come again.
const RETRY_SECONDS: u64 = 1;

/// Takes pushes into the store. Cheap to clone.
#[derive(Clone)]
pub struct PushQueue {
    waiting: SyncSender<Waiting>,
}

struct Waiting {
    push: Push,
    answer: SyncSender<Result<Pushed, EngineError>>,
}

struct Read {
    ready: Ready,
    answer: SyncSender<Result<Pushed, EngineError>>,
}

impl PushQueue {
    /// Starts the committing thread; it ends when the last queue handle is dropped.
    #[must_use]
    pub fn start(engine: Arc<Engine>) -> Self {
        let (waiting, pushes) = sync_channel(PUSH_QUEUE_MAX);
        thread::spawn(move || run(&engine, &pushes));
        Self { waiting }
    }

    /// Hands in a push and waits for its commit.
    ///
    /// # Errors
    /// The queue is full, the body is wrong, or the commit failed.
    pub fn push(&self, push: Push) -> Result<Pushed, EngineError> {
        let (answer, answered) = sync_channel(1);
        match self.waiting.try_send(Waiting { push, answer }) {
            Ok(()) => answered.recv().unwrap_or(Err(EngineError::WriterGone)),
            Err(TrySendError::Full(_)) => Err(EngineError::QueueFull { seconds: RETRY_SECONDS }),
            Err(TrySendError::Disconnected(_)) => Err(EngineError::WriterGone),
        }
    }
}

fn run(engine: &Engine, pushes: &Receiver<Waiting>) {
    let mut read: VecDeque<Read> = VecDeque::new();
    loop {
        if read.is_empty() {
            let Ok(waiting) = pushes.recv() else { return };
            take(engine, waiting, &mut read);
        }
        while read.len() < PUSHES_PER_COMMIT_MAX {
            let Ok(waiting) = pushes.try_recv() else { break };
            take(engine, waiting, &mut read);
        }
        commit(engine, &mut read);
    }
}

/// Reads a push, or answers it at once.
fn take(engine: &Engine, waiting: Waiting, read: &mut VecDeque<Read>) {
    let Waiting { push, answer } = waiting;
    let ready = match engine.repeated(&push) {
        Ok(None) => engine.ready(push),
        Ok(Some(known)) => {
            let _ = answer.send(Ok(known));
            return;
        }
        Err(error) => Err(error),
    };
    match ready {
        Ok(ready) => read.push_back(Read { ready, answer }),
        Err(error) => {
            let _ = answer.send(Err(error));
        }
    }
}

/// Commits the longest row of pushes from the front that share no record and no `Idempotency-Key`.
fn commit(engine: &Engine, read: &mut VecDeque<Read>) {
    let (mut ids, mut keys) = (HashSet::new(), HashSet::new());
    let mut together = Vec::new();
    let mut answers = Vec::new();
    while let Some(next) = read.pop_front() {
        let its = next.ready.ids();
        let key = next.ready.push.key.clone();
        let clashes =
            its.iter().any(|id| ids.contains(id)) || key.as_ref().is_some_and(|key| keys.contains(key));
        if clashes {
            read.push_front(next);
            break;
        }
        ids.extend(its);
        keys.extend(key);
        together.push(next.ready);
        answers.push(next.answer);
    }
    match engine.commit_pushes(&together) {
        Ok(done) => {
            for (answer, pushed) in answers.into_iter().zip(done) {
                let _ = answer.send(Ok(pushed));
            }
        }
        Err(error) => {
            let text = error.to_string();
            let mut first = Some(error);
            for answer in answers {
                let told = first.take().unwrap_or_else(|| EngineError::Together(text.clone()));
                let _ = answer.send(Err(told));
            }
        }
    }
    // A push whose key was kept by the commit just made is answered from it.
    let left: Vec<Read> = read.drain(..).collect();
    for Read { ready, answer } in left {
        match engine.repeated(&ready.push) {
            Ok(None) => read.push_back(Read { ready, answer }),
            known => {
                let _ = answer.send(known.and_then(|known| known.ok_or(EngineError::WriterGone)));
            }
        }
    }
}
