//! One term's rows in one segment, read block by block.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{BlockSegmentPostings, SegmentPostings, TermInfo};
use tantivy::query::{Bm25StatisticsProvider, Bm25Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Score, SegmentReader, Term};

use crate::search::statistics::{Places, Statistics};

/// Rows looked at one by one before a block is searched.
const NEAR: usize = 8;

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
    norms: FieldNormReader,
    weight: Bm25Weight,
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
    pub(super) fn open(&self, segment: u32, reader: &SegmentReader) -> tantivy::Result<Option<List>> {
        let Some(info) = self.at(segment) else { return Ok(None) };
        let index = reader.inverted_index(self.field)?;
        let postings = index.read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?;
        let norms = reader.get_fieldnorms_reader(self.field)?;
        Ok(Some(List { postings, at: 0, norms, weight: self.weight.clone() }))
    }

    /// Its postings in the segment, with the places where it stands.
    pub(super) fn with_places(
        &self,
        segment: u32,
        reader: &SegmentReader,
    ) -> tantivy::Result<Option<SegmentPostings>> {
        let Some(info) = self.at(segment) else { return Ok(None) };
        let index = reader.inverted_index(self.field)?;
        Ok(Some(index.read_postings_from_terminfo(info, IndexRecordOption::WithFreqsAndPositions)?))
    }
}

impl List {
    /// Gives every row before `end` with its frequency and its score.
    pub(super) fn each(&mut self, end: DocId, mut visit: impl FnMut(DocId, u32, Score)) {
        loop {
            let rows = self.postings.docs().get(self.at..).unwrap_or_default();
            let counts = self.postings.freqs().get(self.at..).unwrap_or_default();
            let Some(last) = rows.last() else { return };
            let before = if *last < end { rows.len() } else { rows.partition_point(|row| *row < end) };
            for (row, count) in rows.iter().zip(counts).take(before) {
                visit(*row, *count, self.weight.score(self.norms.fieldnorm_id(*row), *count));
            }
            if before < rows.len() {
                self.at += before;
                return;
            }
            self.postings.advance();
            self.at = 0;
        }
    }

    /// Whether `row` is there, which is not before one asked for earlier.
    pub(super) fn holds(&mut self, row: DocId) -> bool {
        let rows = self.postings.docs();
        match rows.last() {
            None => return false,
            Some(last) if *last < row => self.at = self.postings.seek(row),
            Some(_) => {
                let rest = rows.get(self.at..).unwrap_or_default();
                let near = rest.iter().take(NEAR).position(|here| *here >= row);
                let far = || rest.get(NEAR..).unwrap_or_default().partition_point(|here| *here < row);
                self.at += near.unwrap_or_else(|| NEAR + far());
            }
        }
        self.postings.docs().get(self.at) == Some(&row)
    }

    /// How often the term stands in `row`, and the score of that; not before a row asked for earlier.
    pub(super) fn find(&mut self, row: DocId) -> Option<(u32, Score)> {
        if !self.holds(row) {
            return None;
        }
        let count = self.postings.freqs().get(self.at).copied().unwrap_or(1);
        Some((count, self.weight.score(self.norms.fieldnorm_id(row), count)))
    }
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

/// Rows of `a` that are in `b`, both in order, with both scores.
pub(super) fn intersection(a: &mut Vec<Candidate>, b: &[Candidate]) {
    let mut b = b.iter().peekable();
    a.retain_mut(|candidate| {
        while b.next_if(|other| other.row < candidate.row).is_some() {}
        let other = b.peek().filter(|other| other.row == candidate.row);
        candidate.score += other.map_or(0.0, |other| other.score);
        other.is_some()
    });
}
