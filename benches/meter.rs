//! What a measured piece of work took: time, processor time, bytes written, peak of anonymous memory.
//!
//! Memory is sampled by a thread, because the system keeps no peak of anonymous memory alone, and mapped
//! index files are no part of what must fit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

const SAMPLE_EVERY: Duration = Duration::from_millis(10);
/// Clock ticks of `/proc/*/stat` in a second, on every Linux this runs on.
const TICKS: f64 = 100.0;

/// What it took.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Reading {
    /// Seconds by the wall.
    pub(crate) seconds: f64,
    /// Seconds of processor time of this process, all threads.
    pub(crate) cpu_seconds: f64,
    /// Largest anonymous memory seen, in bytes.
    pub(crate) peak_bytes: u64,
    /// Bytes handed to write calls.
    pub(crate) written_bytes: u64,
}

/// Runs from its making until [`Meter::read`].
pub(crate) struct Meter {
    began: Instant,
    cpu: f64,
    written: u64,
    peak: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    sampler: Option<JoinHandle<()>>,
}

impl Meter {
    /// Begins.
    pub(crate) fn start() -> Self {
        let (peak, stop) = (Arc::new(AtomicU64::new(anonymous())), Arc::new(AtomicBool::new(false)));
        let (to, until) = (Arc::clone(&peak), Arc::clone(&stop));
        let sampler = thread::spawn(move || {
            while !until.load(Ordering::Relaxed) {
                to.fetch_max(anonymous(), Ordering::Relaxed);
                thread::sleep(SAMPLE_EVERY);
            }
        });
        let (cpu, written) = (cpu_seconds(), written_bytes());
        Self { began: Instant::now(), cpu, written, peak, stop, sampler: Some(sampler) }
    }

    /// What it took so far.
    pub(crate) fn read(&self) -> Reading {
        self.peak.fetch_max(anonymous(), Ordering::Relaxed);
        Reading {
            seconds: self.began.elapsed().as_secs_f64(),
            cpu_seconds: cpu_seconds() - self.cpu,
            peak_bytes: self.peak.load(Ordering::Relaxed),
            written_bytes: written_bytes().saturating_sub(self.written),
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(sampler) = self.sampler.take() {
            let _ = sampler.join();
        }
    }
}

/// The value at `share` (0 to 1) of sorted values; 0 when there are none.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let place = (last as f64 * share).ceil() as usize;
    sorted.get(place.min(last)).copied().unwrap_or_default()
}

/// The middle of values in any order.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    quantile(&values, 0.5)
}

/// How long `work` takes, in seconds, and what it gives.
pub(crate) fn timed<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<(f64, T)> {
    let began = Instant::now();
    let given = work()?;
    Ok((began.elapsed().as_secs_f64(), given))
}

/// Seconds of processor time of this thread; told by the system every few milliseconds (proc(5)).
pub(crate) fn thread_cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split_whitespace().next().and_then(|word| word.parse::<f64>().ok());
    nanoseconds.unwrap_or_default() / 1e9
}

fn field(path: &str, name: &str) -> u64 {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

fn anonymous() -> u64 {
    field("/proc/self/status", "RssAnon:") * 1024
}

fn written_bytes() -> u64 {
    field("/proc/self/io", "wchar:")
}

fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The second field is the program's name in brackets, which may hold spaces; utime and stime are the
    // twelfth and thirteenth after it (proc(5)).
    let after = text.rsplit_once(')').map_or("", |(_, after)| after);
    let ticks = after.split_whitespace().skip(11).take(2).filter_map(|word| word.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS
}
