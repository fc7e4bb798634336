//! How far long work has come, for whoever watches stderr: a bar, lines of JSON, or nothing.
//!
//! The work raises counters; a thread here reads them a few times a second until the watch is dropped.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use serde_json::json;

use crate::definition::labels::sentence;
use crate::domain::language::Language;
use crate::engine::progress::{Progress, Step};

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Mode {
    /// A bar on a terminal, nothing elsewhere.
    Auto,
    /// One JSON object a second.
    Json,
    /// Nothing.
    None,
}

/// Time between two looks for a bar.
const BAR_EVERY: Duration = Duration::from_millis(120);

/// Time between two JSON lines.
const LINE_EVERY: Duration = Duration::from_secs(1);

/// Shows the progress of one piece of work until dropped.
pub(super) struct Watch {
    progress: Arc<Progress>,
    stop: Option<Sender<()>>,
    shower: Option<JoinHandle<()>>,
}

impl Watch {
    /// Begins to watch.
    pub(super) fn start(mode: Mode, language: Language) -> Self {
        let progress = Arc::new(Progress::default());
        let (stop, stopped) = channel();
        let seen = Arc::clone(&progress);
        let show: Option<(Duration, Box<dyn Show>)> = match mode {
            Mode::Auto if io::stderr().is_terminal() => Some((BAR_EVERY, Box::new(Bar::new(language)))),
            Mode::Json => Some((LINE_EVERY, Box::new(Lines))),
            Mode::Auto | Mode::None => None,
        };
        let shower = show.map(|(every, mut show)| {
            thread::spawn(move || {
                let mut pace = Pace::new(&seen);
                while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                    show.show(&pace.look(&seen));
                }
                show.end(&pace.look(&seen));
            })
        });
        Self { progress, stop: Some(stop), shower }
    }

    /// The counters to raise.
    pub(super) fn progress(&self) -> &Progress {
        &self.progress
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(shower) = self.shower.take() {
            let _ = shower.join();
        }
    }
}

/// One look at the counters. Rows are those of the step under way.
struct Look {
    step: Step,
    rows: u64,
    rejects: u64,
    bytes: u64,
    bytes_total: u64,
    seconds: f64,
    rows_per_second: f64,
    share: Option<f64>,
    seconds_left: Option<f64>,
}

/// When the step under way began, and with which counters.
struct Pace {
    step: Step,
    began: Instant,
    rows_before: u64,
}

impl Pace {
    fn new(progress: &Progress) -> Self {
        Self { step: progress.step(), began: Instant::now(), rows_before: 0 }
    }

    fn look(&mut self, progress: &Progress) -> Look {
        let of = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        let (step, rows_ever) = (progress.step(), of(&progress.rows));
        if step != self.step {
            *self = Self { step, began: Instant::now(), rows_before: rows_ever };
        }
        let rows = rows_ever.saturating_sub(self.rows_before);
        let (bytes, bytes_total) = (of(&progress.bytes), of(&progress.bytes_total));
        let (done, all) =
            if step == Step::Read { (bytes, bytes_total) } else { (rows, of(&progress.rows_total)) };
        let share = (all > 0).then(|| (done as f64 / all as f64).min(1.0));
        let seconds = self.began.elapsed().as_secs_f64();
        Look {
            step,
            rows,
            rejects: of(&progress.rejects),
            bytes,
            bytes_total,
            seconds,
            rows_per_second: if seconds > 0.0 { rows as f64 / seconds } else { 0.0 },
            share,
            seconds_left: share.filter(|share| *share > 0.0).map(|share| seconds / share - seconds),
        }
    }
}

trait Show: Send {
    fn show(&mut self, look: &Look);
    fn end(&mut self, look: &Look);
}

struct Lines;

impl Show for Lines {
    fn show(&mut self, look: &Look) {
        let line = json!({
            "step": look.step.code(),
            "rows": look.rows,
            "rejects": look.rejects,
            "bytes": look.bytes,
            "bytes_total": look.bytes_total,
            "seconds": tenths(look.seconds),
            "rows_per_second": look.rows_per_second.round(),
            "eta_seconds": look.seconds_left.map(tenths),
        });
        let _ = writeln!(io::stderr(), "{line}");
    }

    fn end(&mut self, look: &Look) {
        if look.rows > 0 || look.bytes_total > 0 {
            self.show(look);
        }
    }
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

struct Bar {
    bar: ProgressBar,
    language: Language,
}

/// Parts into which a bar is divided.
const BAR_PARTS: u64 = 1_000;

impl Bar {
    fn new(language: Language) -> Self {
        let bar = ProgressBar::new(BAR_PARTS);
        let style = ProgressStyle::with_template("{spinner} [{bar:24}] {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, language }
    }
}

impl Show for Bar {
    fn show(&mut self, look: &Look) {
        self.bar.set_position((look.share.unwrap_or_default() * BAR_PARTS as f64) as u64);
        let left = look.seconds_left.map_or_else(|| "–".to_owned(), |left| format!("{left:.0} s"));
        let bytes = if look.bytes_total > 0 {
            format!("{} / {}", HumanBytes(look.bytes), HumanBytes(look.bytes_total))
        } else {
            "–".to_owned()
        };
        let values = [
            ("rows", HumanCount(look.rows).to_string()),
            ("rate", HumanCount(look.rows_per_second as u64).to_string()),
            ("bytes", bytes),
            ("rejects", HumanCount(look.rejects).to_string()),
            ("left", left),
        ];
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let key = format!("progress.{}", look.step.code());
        self.bar.set_message(sentence(&key, self.language, &values));
        self.bar.tick();
    }

    fn end(&mut self, _: &Look) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_step_do_not_count_those_of_the_step_before() {
        let progress = Progress::default();
        let mut pace = Pace::new(&progress);
        progress.begin(Step::Read);
        progress.bytes_total.store(200, Ordering::Relaxed);
        progress.bytes.store(50, Ordering::Relaxed);
        progress.add_rows(10);
        let look = pace.look(&progress);
        assert_eq!((look.rows, look.share), (10, Some(0.25)));
        assert!(look.seconds_left.is_some());
        progress.begin(Step::Write);
        pace.look(&progress);
        progress.add_rows(3);
        let look = pace.look(&progress);
        assert_eq!((look.step, look.rows, look.share), (Step::Write, 3, None));
    }
}
