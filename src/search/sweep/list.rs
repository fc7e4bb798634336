//! One term's rows in one segment, read block by block.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{BlockSegmentPostings, SegmentPostings, TermInfo};
use tantivy::query::{Bm25StatisticsProvider, Bm25Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Score, SegmentReader, Term};

use crate::search::statistics::{Places, Statistics};

/// Rows looked at one by one before a block is searched.
const NEAR: usize = 8;
/// Rows scored at once: those of a block.
const AT_ONCE: usize = 128;

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
    /// Number of the lane it is of, among those that are searched.
    pub(super) lane: usize,
    /// None when scores are not asked.
    pub(super) scoring: Option<Scoring>,
}

/// What scores the rows of a list.
pub(super) struct Scoring {
    pub(super) norms: FieldNormReader,
    pub(super) weight: Bm25Weight,
}

impl Scoring {
    pub(super) fn score(&self, row: DocId, count: u32) -> Score {
        self.weight.score(self.norms.fieldnorm_id(row), count)
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
        Ok(Some(List { postings, at: 0, lane: 0, scoring }))
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
    /// The list, as of this lane.
    pub(super) fn of_lane(mut self, lane: usize) -> Self {
        self.lane = lane;
        self
    }

    /// Rows that hold the term.
    pub(super) fn rows(&self) -> u32 {
        self.postings.doc_freq()
    }

    /// The first row from `row` on; not before one asked for earlier.
    pub(super) fn next(&mut self, row: DocId) -> Option<DocId> {
        next(&mut self.postings, &mut self.at, row)
    }

    /// What is left of the block of rows that the list has come to, with how often the term stands in each;
    /// empty at the end.
    pub(super) fn block(&self) -> (&[DocId], &[u32]) {
        let left = |all: &'_ [u32]| all.len().min(self.at);
        let (rows, counts) = (self.postings.docs(), self.postings.freqs());
        (rows.split_at(left(rows)).1, counts.split_at(left(counts)).1)
    }

    /// Goes to the next block.
    pub(super) fn pass_block(&mut self) {
        self.postings.advance();
        self.at = 0;
    }

    /// The row it has come to; none at the end.
    pub(super) fn row(&self) -> Option<DocId> {
        self.postings.docs().get(self.at).copied()
    }

    /// How often the term stands in the row it has come to.
    pub(super) fn count(&self) -> u32 {
        self.postings.freqs().get(self.at).copied().unwrap_or_default()
    }

    /// Goes to the next row.
    pub(super) fn step(&mut self) {
        self.at += 1;
        if self.at >= self.postings.docs().len() {
            self.pass_block();
        }
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
