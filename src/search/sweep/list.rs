//! One term's rows in one segment, read block by block.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{BlockSegmentPostings, SegmentPostings, TermInfo};
use tantivy::query::{Bm25StatisticsProvider, Bm25Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Score, SegmentReader, Term};

use crate::search::collect::SegmentGather;
use crate::search::statistics::{Places, Statistics};

/// Rows looked at one by one before a block is searched.
const NEAR: usize = 8;
/// Rows scored at once: those of a block.
const AT_ONCE: usize = 128;

/// Lengths of texts as they are kept.
const LENGTHS: usize = 256;
/// What is lost in rounding, generously.
const ROUNDING: Score = 1e-3;

/// A row that may match, and its score so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    pub(super) row: DocId,
    pub(super) score: Score,
}

/// A term that was looked up in all segments.
pub(super) struct Sought {
    field: Field,
    places: Places,
    weight: Bm25Weight,
}

/// The rows of a term in a segment; goes forwards only.
pub(super) struct List {
    postings: BlockSegmentPostings,
    at: usize,
    /// None when scores are not asked.
    scoring: Option<Scoring>,
}

struct Scoring {
    norms: FieldNormReader,
    weight: Bm25Weight,
}

/// How often a term must stand in a row of each length to score as much as a bound, or a little less often.
pub(super) struct Needed {
    bound: Score,
    counts: Box<[u32; LENGTHS]>,
}

impl Scoring {
    fn score(&self, row: DocId, count: u32) -> Score {
        self.weight.score(self.norms.fieldnorm_id(row), count)
    }
}

impl Needed {
    /// Any number is enough.
    pub(super) fn none() -> Self {
        Self { bound: Score::NEG_INFINITY, counts: Box::new([0; LENGTHS]) }
    }

    /// Solves `whole * count / (count + share) = bound`, what BM25 is for one length, for the count.
    fn reach(&mut self, bound: Score, weight: &Bm25Weight) {
        if bound.to_bits() == self.bound.to_bits() {
            return;
        }
        self.bound = bound;
        let whole = weight.score(0, u32::MAX);
        for (length, needed) in (0..=u8::MAX).zip(self.counts.iter_mut()) {
            let once = weight.score(length, 1);
            *needed = match bound {
                bound if bound <= once => 0,
                bound if bound >= whole => u32::MAX / 2,
                bound => {
                    let share = whole / once - 1.0;
                    let exact = bound * share / (whole - bound) * (1.0 - ROUNDING);
                    // As `ceil`, which is a call where the processor is not known to have it.
                    let below = exact as u32;
                    below.saturating_add(u32::from((below as f32) < exact))
                }
            };
        }
    }
}

impl Sought {
    pub(super) fn of(term: &Term, statistics: &Statistics) -> tantivy::Result<Self> {
        let (all, mean) = statistics.rows_and_mean(term.field());
        let weight = Bm25Weight::for_one_term_without_explain(statistics.doc_freq(term)?, all, mean);
        Ok(Self { field: term.field(), places: statistics.places(term)?, weight })
    }

    /// Rows of the segment that hold it.
    pub(super) fn rows(&self, segment: u32) -> u32 {
        self.at(segment).map_or(0, |info| info.doc_freq)
    }

    fn at(&self, segment: u32) -> Option<&TermInfo> {
        self.places.get(usize::try_from(segment).ok()?)?.as_ref()
    }

    /// Its list in the segment; none when no row holds it.
    pub(super) fn open(
        &self,
        (segment, reader): (u32, &SegmentReader),
        is_scored: bool,
    ) -> tantivy::Result<Option<List>> {
        let Some(info) = self.at(segment) else { return Ok(None) };
        let index = reader.inverted_index(self.field)?;
        let record = if is_scored { IndexRecordOption::WithFreqs } else { IndexRecordOption::Basic };
        let postings = index.read_block_postings_from_terminfo(info, record)?;
        let scoring = match is_scored {
            true => {
                let norms = reader.get_fieldnorms_reader(self.field)?;
                Some(Scoring { norms, weight: self.weight.clone() })
            }
            false => None,
        };
        Ok(Some(List { postings, at: 0, scoring }))
    }

    /// Its postings in the segment, with the places where it stands.
    pub(super) fn with_places(
        &self,
        (segment, reader): (u32, &SegmentReader),
    ) -> tantivy::Result<Option<SegmentPostings>> {
        let Some(info) = self.at(segment) else { return Ok(None) };
        let index = reader.inverted_index(self.field)?;
        Ok(Some(index.read_postings_from_terminfo(info, IndexRecordOption::WithFreqsAndPositions)?))
    }
}

impl List {
    /// Rows that hold the term.
    pub(super) fn rows(&self) -> u32 {
        self.postings.doc_freq()
    }

    /// The first row from `row` on; not before one asked for earlier.
    pub(super) fn next(&mut self, row: DocId) -> Option<DocId> {
        next(&mut self.postings, &mut self.at, row)
    }

    /// Gives every row from `start` and before `end` with its frequency and its score.
    pub(super) fn each(&mut self, (start, end): (DocId, DocId), mut visit: impl FnMut(DocId, u32, Score)) {
        self.next(start);
        loop {
            let rows = self.postings.docs().get(self.at..).unwrap_or_default();
            let Some(last) = rows.last() else { return };
            let before = if *last < end { rows.len() } else { rows.partition_point(|row| *row < end) };
            let here = rows.iter().take(before);
            match &self.scoring {
                Some(scoring) => {
                    let counts = self.postings.freqs().get(self.at..).unwrap_or_default();
                    here.zip(counts)
                        .for_each(|(row, count)| visit(*row, *count, scoring.score(*row, *count)));
                }
                None => here.for_each(|row| visit(*row, 1, 0.0)),
            }
            if before < rows.len() {
                self.at += before;
                return;
            }
            self.postings.advance();
            self.at = 0;
        }
    }

    /// Gives all rows with their scores, many at once.
    pub(super) fn all(&mut self, mut visit: impl FnMut(&[DocId], &[Score])) {
        let mut scores = [0.0; AT_ONCE];
        while !self.postings.docs().is_empty() {
            for (number, rows) in self.postings.docs().chunks(AT_ONCE).enumerate() {
                if let Some(scoring) = &self.scoring {
                    let counts = self.postings.freqs().iter().skip(number * AT_ONCE);
                    for (score, (row, count)) in scores.iter_mut().zip(rows.iter().zip(counts)) {
                        *score = scoring.score(*row, *count);
                    }
                }
                visit(rows, scores.get(..rows.len()).unwrap_or_default());
            }
            self.postings.advance();
        }
    }

    /// Looks at the rows from `start` and before `end` that score `bound` with what `beside` gives them, and
    /// maybe at others; gives their number. `bound` is asked for anew now and then.
    pub(super) fn race(
        &mut self,
        (start, end): (DocId, DocId),
        needed: &mut Needed,
        here: &mut SegmentGather,
        mut beside: impl FnMut(DocId) -> Option<Score>,
    ) -> u64 {
        let Some(scoring) = &self.scoring else { return 0 };
        let mut passed = 0;
        next(&mut self.postings, &mut self.at, start);
        loop {
            let rows = self.postings.docs().get(self.at..).unwrap_or_default();
            let counts = self.postings.freqs().get(self.at..).unwrap_or_default();
            let Some(last) = rows.last() else { return passed };
            let before = if *last < end { rows.len() } else { rows.partition_point(|row| *row < end) };
            passed += before as u64;
            let bound = here.bound().unwrap_or(Score::NEG_INFINITY);
            needed.reach(bound, &scoring.weight);
            for (row, count) in rows.iter().zip(counts).take(before) {
                let length = scoring.norms.fieldnorm_id(*row);
                match beside(*row) {
                    Some(score) => here.look_at(*row, score + scoring.weight.score(length, *count)),
                    None if *count >= needed.counts[usize::from(length)] => {
                        here.look_at(*row, scoring.weight.score(length, *count));
                    }
                    None => {}
                }
            }
            if before < rows.len() {
                self.at += before;
                return passed;
            }
            self.postings.advance();
            self.at = 0;
        }
    }

    /// Whether `row` is there, which is not before one asked for earlier.
    pub(super) fn holds(&mut self, row: DocId) -> bool {
        self.next(row) == Some(row)
    }

    /// How often the term stands in `row`, and the score of that; not before a row asked for earlier.
    pub(super) fn find(&mut self, row: DocId) -> Option<(u32, Score)> {
        if !self.holds(row) {
            return None;
        }
        let Some(scoring) = &self.scoring else { return Some((1, 0.0)) };
        let count = self.postings.freqs().get(self.at).copied().unwrap_or(1);
        Some((count, scoring.score(row, count)))
    }
}

/// Goes to the first row from `row` on.
fn next(postings: &mut BlockSegmentPostings, at: &mut usize, row: DocId) -> Option<DocId> {
    let rows = postings.docs();
    if *rows.last()? < row {
        *at = postings.seek(row);
    } else {
        let rest = rows.get(*at..).unwrap_or_default();
        let near = rest.iter().take(NEAR).position(|here| *here >= row);
        let far = || rest.get(NEAR..).unwrap_or_default().partition_point(|here| *here < row);
        *at += near.unwrap_or_else(|| NEAR + far());
    }
    postings.docs().get(*at).copied()
}

/// Rows of either list, both in order; the scores of a row in both are added.
pub(super) fn union(a: Vec<Candidate>, b: Vec<Candidate>) -> Vec<Candidate> {
    if a.is_empty() || b.is_empty() {
        return if a.is_empty() { b } else { a };
    }
    let mut all = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a.into_iter().peekable(), b.into_iter().peekable());
    loop {
        match (a.peek(), b.peek()) {
            (Some(x), Some(y)) if x.row == y.row => {
                let score = x.score + y.score;
                all.push(Candidate { row: x.row, score });
                a.next();
                b.next();
            }
            (Some(x), Some(y)) if x.row < y.row => all.extend(a.next()),
            (Some(_), None) => {
                all.extend(a);
                return all;
            }
            (_, Some(_)) => all.extend(b.next()),
            (None, None) => return all,
        }
    }
}
