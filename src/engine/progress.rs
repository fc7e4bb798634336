//! How far long work has come, for whoever watches; and the word to stop, for work that can go on later.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Counters that a worker raises and a face reads.
#[derive(Debug, Default)]
pub struct Progress {
    /// Rows, or records, done.
    pub rows: AtomicU64,
    /// Rows rejected.
    pub rejects: AtomicU64,
    /// Bytes of the input done.
    pub bytes: AtomicU64,
    /// Bytes of the input in all; 0 when not known.
    pub bytes_total: AtomicU64,
    /// Rows in all; 0 when not known.
    pub rows_total: AtomicU64,
    step: AtomicU64,
    is_stopped: AtomicBool,
    is_background: bool,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Reading the input.
    Read,
    /// Writing tables and indexes.
    Write,
    /// Making it durable.
    Commit,
    /// Building an index anew.
    Rebuild,
    /// Checking.
    Verify,
    /// Judging petitions.
    Propose,
}

impl Step {
    const ALL: [Self; 6] =
        [Self::Read, Self::Write, Self::Commit, Self::Rebuild, Self::Verify, Self::Propose];

    /// Stable name, also the key of its label.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Commit => "commit",
            Self::Rebuild => "rebuild",
            Self::Verify => "verify",
            Self::Propose => "propose",
        }
    }
}

impl Progress {
    /// Of work beside other work: it takes one processor and leaves the others alone.
    #[must_use]
    pub fn background() -> Self {
        Self { is_background: true, ..Self::default() }
    }

    /// Tells work that can go on later to end soon.
    pub fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    /// Whether the work was told to end.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }

    /// Threads that the work may take.
    #[must_use]
    pub fn threads(&self) -> usize {
        if self.is_background { 1 } else { std::thread::available_parallelism().map_or(1, usize::from) }
    }

    /// Begins a step.
    pub fn begin(&self, step: Step) {
        let place = Step::ALL.iter().position(|known| *known == step).unwrap_or_default();
        self.step.store(place as u64, Ordering::Relaxed);
    }

    /// The step under way.
    #[must_use]
    pub fn step(&self) -> Step {
        let place = usize::try_from(self.step.load(Ordering::Relaxed)).unwrap_or_default();
        Step::ALL.get(place).copied().unwrap_or(Step::Read)
    }

    /// Adds rows done.
    pub fn add_rows(&self, rows: usize) {
        self.rows.fetch_add(rows as u64, Ordering::Relaxed);
    }

    /// Adds one reject.
    pub fn add_reject(&self) {
        self.rejects.fetch_add(1, Ordering::Relaxed);
    }
}
