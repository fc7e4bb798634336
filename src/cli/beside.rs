//! Work beside a server: proposals for the review queue, once, on one processor.
//!
//! The server answers meanwhile and does not wait for it. What goes wrong is logged and ends nothing else; a
//! run that the server's end stops goes on at the next start.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use crate::domain::limits::HTTP_SHUTDOWN_SECONDS;
use crate::domain::scope::Scope;
use crate::engine::progress::Progress;
use crate::engine::review::Wanted;
use crate::engine::{Engine, EngineError};

/// The work under way.
pub(super) struct Beside {
    progress: Arc<Progress>,
    ended: Receiver<()>,
}

impl Beside {
    /// Begins, if there is anything to do.
    pub(super) fn start(engine: &Arc<Engine>) -> Self {
        let progress = Arc::new(Progress::background());
        let (end, ended) = channel();
        let (engine, told) = (Arc::clone(engine), Arc::clone(&progress));
        thread::spawn(move || {
            propose(&engine, &told);
            // Whoever waits for the end closes the store next.
            drop(engine);
            drop(end);
        });
        Self { progress, ended }
    }

    /// Stops it and waits until it has let go of the store, as long as a request may take to end.
    pub(super) fn end(self) {
        self.progress.stop();
        let _ = self.ended.recv_timeout(Duration::from_secs(HTTP_SHUTDOWN_SECONDS));
    }
}

fn propose(engine: &Engine, progress: &Progress) {
    // The first to open the queue need not wait until its index is read.
    let first = Wanted { limit: 1, ..Wanted::default() };
    let proposed = engine.propose_if_stale(progress);
    if !progress.is_stopped()
        && let Err(error) = engine.review(&first, &Scope::everything())
    {
        tracing::warn!(%error, "the queue cannot be read");
    }
    match proposed {
        Ok(Some(run)) => tracing::info!(petitions = run.petitions, proposals = run.proposals, "proposed"),
        Ok(None) | Err(EngineError::Stopped) => {}
        Err(error) => tracing::warn!(%error, "no proposals were made"),
    }
}
