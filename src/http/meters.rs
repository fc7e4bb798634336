//! What the server counts about itself, as Prometheus text. Labels are routes and statuses, never
//! anything that a person asked or a record holds.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::engine::snapshot::Snapshot;

/// Counters since the server started.
#[derive(Default)]
pub(super) struct Meters {
    requests: Mutex<BTreeMap<(&'static str, u16), u64>>,
    queue_full: AtomicU64,
    worker_failures: AtomicU64,
}

impl Meters {
    pub(super) fn count_request(&self, route: &'static str, status: u16) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((route, status)).or_default() += 1;
    }

    pub(super) fn count_queue_full(&self) {
        self.queue_full.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_worker_failure(&self) {
        self.worker_failures.fetch_add(1, Ordering::Relaxed);
    }

    /// All counters, and the size of the store at `snapshot`.
    pub(super) fn text(&self, snapshot: &Snapshot) -> String {
        let mut text = String::new();
        let number = snapshot.version().0;
        metric(&mut text, "commit", "gauge", "Newest commit.", &[(String::new(), number)]);
        let tables = snapshot.record().tables.iter().filter(|(path, _)| path.starts_with("tables/"));
        let rows: Vec<(String, u64)> = tables
            .map(|(path, state)| {
                let rows = state.files.iter().map(|file| file.rows).sum();
                (format!("{{table=\"{}\"}}", path.trim_start_matches("tables/")), rows)
            })
            .collect();
        metric(&mut text, "rows", "gauge", "Current rows of a table.", &rows);
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let requests: Vec<(String, u64)> = requests
            .iter()
            .map(|((route, status), count)| (format!("{{route=\"{route}\",status=\"{status}\"}}"), *count))
            .collect();
        metric(&mut text, "requests_total", "counter", "Requests answered.", &requests);
        let full = [(String::new(), self.queue_full.load(Ordering::Relaxed))];
        metric(&mut text, "push_queue_full_total", "counter", "Pushes told to come again.", &full);
        let failures = [(String::new(), self.worker_failures.load(Ordering::Relaxed))];
        metric(&mut text, "sql_worker_failures_total", "counter", "SQL children lost or stopped.", &failures);
        text
    }
}

fn metric(text: &mut String, name: &str, kind: &str, help: &str, values: &[(String, u64)]) {
    // Writing into a String cannot fail.
    let _ = writeln!(text, "# HELP thanhtra_{name} {help}\n# TYPE thanhtra_{name} {kind}");
    for (labels, value) in values {
        let _ = writeln!(text, "thanhtra_{name}{labels} {value}");
    }
}
