//! The time one search may take.
//!
//! A search over its time stops where it is and answers with what it has, marked as partial: what was
//! counted then is a lower bound. The clock is looked at every [`SEARCH_ROWS_PER_LOOK`] rows. Once time is over
//! no row is reported any more, for a part that stopped early may have let through what it should exclude.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use crate::domain::limits::SEARCH_ROWS_PER_LOOK;

/// Time that is left, shared by all parts of one search.
#[derive(Debug)]
pub(in crate::search) struct Budget {
    until: Instant,
    is_over: AtomicBool,
    fault: OnceLock<String>,
}

impl Budget {
    pub(in crate::search) fn of(time: Duration) -> Arc<Self> {
        let now = Instant::now();
        let until = now.checked_add(time).unwrap_or(now);
        Arc::new(Self { until, is_over: AtomicBool::new(false), fault: OnceLock::new() })
    }

    /// Looks at the clock.
    pub(in crate::search) fn look(&self) -> bool {
        if Instant::now() >= self.until {
            self.is_over.store(true, Ordering::Relaxed);
        }
        self.is_over()
    }

    /// Whether a look found the time over.
    pub(in crate::search) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Something could not be read; the search ends and fails.
    pub(in crate::search) fn fail(&self, problem: String) {
        let _already = self.fault.set(problem);
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// What could not be read.
    pub(in crate::search) fn fault(&self) -> Option<&str> {
        self.fault.get().map(String::as_str)
    }
}

/// A query that ends when the time is over.
#[derive(Clone)]
pub(in crate::search) struct Timed {
    pub(in crate::search) query: Arc<dyn Query>,
    pub(in crate::search) budget: Arc<Budget>,
}

impl fmt::Debug for Timed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timed({:?})", self.query)
    }
}

impl Query for Timed {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let weight = self.query.weight(scoring)?;
        Ok(Box::new(TimedWeight { weight, budget: Arc::clone(&self.budget) }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.query.query_terms(visitor);
    }
}

struct TimedWeight {
    weight: Box<dyn Weight>,
    budget: Arc<Budget>,
}

impl Weight for TimedWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        if self.budget.is_over() {
            return Ok(Box::new(EmptyScorer));
        }
        let scorer = self.weight.scorer(reader, boost)?;
        let budget = Arc::clone(&self.budget);
        Ok(Box::new(TimedScorer { scorer, budget, rows: 0 }))
    }

    /// As the scorer's own walk, with the clock looked at between stretches of rows.
    fn for_each(&self, reader: &SegmentReader, report: &mut dyn FnMut(DocId, Score)) -> tantivy::Result<()> {
        if self.budget.is_over() {
            return Ok(());
        }
        let mut scorer = self.weight.scorer(reader, 1.0)?;
        let (mut row, mut rows) = (scorer.doc(), 0u32);
        while row != TERMINATED && !self.budget.is_over() {
            report(row, scorer.score());
            row = scorer.advance();
            rows += 1;
            if rows.is_multiple_of(SEARCH_ROWS_PER_LOOK) {
                self.budget.look();
            }
        }
        Ok(())
    }

    fn explain(&self, reader: &SegmentReader, row: DocId) -> tantivy::Result<Explanation> {
        self.weight.explain(reader, row)
    }
}

struct TimedScorer {
    scorer: Box<dyn Scorer>,
    budget: Arc<Budget>,
    rows: u32,
}

impl TimedScorer {
    fn count(&mut self, rows: u32) {
        self.rows += rows;
        if self.rows >= SEARCH_ROWS_PER_LOOK {
            self.rows = 0;
            self.budget.look();
        }
    }
}

impl DocSet for TimedScorer {
    fn advance(&mut self) -> DocId {
        if !self.budget.is_over() {
            self.scorer.advance();
            self.count(1);
        }
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if !self.budget.is_over() {
            self.scorer.seek(target);
            self.count(1);
        }
        self.doc()
    }

    fn fill_buffer(&mut self, buffer: &mut [DocId; COLLECT_BLOCK_BUFFER_LEN]) -> usize {
        if self.budget.is_over() {
            return 0;
        }
        let filled = self.scorer.fill_buffer(buffer);
        let is_sound = !self.budget.is_over();
        self.count(u32::try_from(filled).unwrap_or(u32::MAX));
        if is_sound { filled } else { 0 }
    }

    fn doc(&self) -> DocId {
        if self.budget.is_over() { TERMINATED } else { self.scorer.doc() }
    }

    fn size_hint(&self) -> u32 {
        self.scorer.size_hint()
    }

    fn cost(&self) -> u64 {
        self.scorer.cost()
    }
}

impl Scorer for TimedScorer {
    fn score(&mut self) -> Score {
        self.scorer.score()
    }
}
