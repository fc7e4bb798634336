//! Warmth beside a server: after a commit the rows that today's dashboards count are judged before anyone asks.
//!
//! One basis at a time, and never more than a tenth of the time: after a long pass a long rest. What goes
//! wrong is logged; the page that needs the rows makes them itself and tells.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::domain::limits::{WARM_EVERY_SECONDS, WARM_RESTS};
use crate::engine::Engine;

/// The work under way.
pub(super) struct Warm {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Warm {
    /// Begins.
    pub(super) fn start(engine: &Arc<Engine>) -> Self {
        let (stop, stopped) = channel();
        let engine = Arc::clone(engine);
        let thread = thread::spawn(move || {
            let mut known = None;
            let mut rest = Duration::ZERO;
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(rest) {
                let began = Instant::now();
                known = warmed(&engine, known);
                rest = (began.elapsed() * WARM_RESTS).max(Duration::from_secs(WARM_EVERY_SECONDS));
            }
        });
        Self { stop, thread }
    }

    /// Stops it and waits until it has let go of the store.
    pub(super) fn end(self) {
        drop(self.stop);
        let _ = self.thread.join();
    }
}

/// Snapshot and day that dashboards are warm for.
type Known = (u64, chrono::NaiveDate);

fn warmed(engine: &Engine, known: Option<Known>) -> Option<Known> {
    let now = engine.snapshot().ok().map(|snapshot| (snapshot.version().0, engine.clock().today()));
    if now != known
        && let Err(error) = engine.warm()
    {
        tracing::warn!(%error, "the dashboards are not warm");
    }
    now
}
