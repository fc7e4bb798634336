//! Postings of the question's words and pairs in one segment, read forwards row by row.

use tantivy::columnar::Column;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings as TermPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, SegmentReader, Term};

use crate::domain::limits::POSITIONS_MAX;
use crate::search::rank::Ranking;
use crate::search::rank::asked::{Asked, AskedPair};
use crate::search::schema::Lane;
use crate::search::statistics::Statistics;

/// Where postings come from.
struct Source<'a> {
    reader: &'a SegmentReader,
    segment: u32,
    statistics: &'a Statistics,
}

/// What costs little to read of a segment: its headlines and its authorities.
pub(in crate::search) struct SegmentHeads<'a> {
    pub(in crate::search) heads: Vec<HeadPostings>,
    authority: Option<&'a Column<f64>>,
}

/// One lane: words with their places, pairs with their frequencies, marked words.
pub(in crate::search) struct LanePostings {
    words: Vec<Option<TermPostings>>,
    pairs: Vec<Option<TermPostings>>,
    marks: Vec<Option<TermPostings>>,
    words_norm: FieldNormReader,
    pairs_norm: FieldNormReader,
    /// How often each word stands in the row that was read last.
    counts: Vec<u32>,
    /// Places in the row that was read last.
    places: Vec<Vec<u32>>,
}

/// Pairs of one headline column.
pub(in crate::search) struct HeadPostings {
    pairs: Vec<Option<TermPostings>>,
    norm: FieldNormReader,
}

impl<'a> SegmentHeads<'a> {
    pub(in crate::search) fn open(
        ranking: &Ranking<'a>,
        asked: &Asked<'_>,
        segment: u32,
    ) -> tantivy::Result<Self> {
        let reader = ranking.searcher.segment_reader(segment);
        let fields = if asked.pairs.is_empty() { Vec::new() } else { ranking.fields.heads() };
        let source = Source { reader, segment, statistics: ranking.statistics };
        let heads = fields.into_iter().map(|head| HeadPostings::open(&source, head, asked));
        let authority = ranking.authorities.get(segment as usize).and_then(Option::as_ref);
        Ok(Self { heads: heads.collect::<tantivy::Result<_>>()?, authority })
    }

    /// The row's authority, 0 to 1.
    #[expect(clippy::cast_possible_truncation, reason = "written from an f32")]
    pub(in crate::search) fn authority(&self, row: u32) -> f32 {
        self.authority.and_then(|column| column.first(row)).unwrap_or_default() as f32
    }
}

/// The lanes of a segment, as far as the question goes; `has_counts` says that of all rows to be read it is
/// known how often the one word asked stands there.
pub(in crate::search) fn lanes(
    ranking: &Ranking<'_>,
    asked: &Asked<'_>,
    (segment, has_counts): (u32, bool),
) -> tantivy::Result<Vec<LanePostings>> {
    let reader = ranking.searcher.segment_reader(segment);
    let source = Source { reader, segment, statistics: ranking.statistics };
    ranking.lanes.iter().map(|lane| LanePostings::open(&source, lane, (asked, has_counts))).collect()
}

impl LanePostings {
    fn open(
        source: &Source<'_>,
        lane: &Lane,
        (asked, has_counts): (&Asked<'_>, bool),
    ) -> tantivy::Result<Self> {
        let words = asked.words.iter().map(|asked| if has_counts { "" } else { &asked.word.folded });
        let pairs = asked.pairs.iter().map(|pair| pair.text.as_str());
        let marked = asked.words.iter().map(|asked| asked.word);
        let marked = marked.map(|word| if word.is_marked() { word.accented.as_str() } else { "" });
        let record = if asked.needs_places() {
            IndexRecordOption::WithFreqsAndPositions
        } else {
            IndexRecordOption::WithFreqs
        };
        Ok(Self {
            words: open(source, lane.words, words, record)?,
            pairs: open(source, lane.pairs, pairs, IndexRecordOption::WithFreqs)?,
            marks: open(source, lane.marks, marked, IndexRecordOption::Basic)?,
            words_norm: source.reader.get_fieldnorms_reader(lane.words)?,
            pairs_norm: source.reader.get_fieldnorms_reader(lane.pairs)?,
            counts: Vec::new(),
            places: Vec::new(),
        })
    }

    /// How often each word stands in the row; `known` of the one word asked.
    pub(in crate::search) fn word_counts(&mut self, row: u32, known: Option<u32>) -> &[u32] {
        self.counts.clear();
        match known {
            Some(known) => self.counts.push(known),
            None => self.counts.extend(self.words.iter_mut().map(|postings| count(postings.as_mut(), row))),
        }
        &self.counts
    }

    /// How often each pair stands in the row, which was read last: not where one of its words does not.
    pub(in crate::search) fn pair_counts(
        &mut self,
        pairs: &[AskedPair],
        row: u32,
    ) -> impl Iterator<Item = u32> {
        let counts = &self.counts;
        let stands = move |word: usize| counts.get(word).is_some_and(|count| *count > 0);
        self.pairs.iter_mut().zip(pairs).map(move |(postings, pair)| {
            count(postings.as_mut().filter(|_| stands(pair.first) && stands(pair.second)), row)
        })
    }

    /// Whether each word stands there with the marks it was typed with, in the row that was read last.
    pub(in crate::search) fn marked(&mut self, row: u32) -> impl Iterator<Item = bool> {
        self.marks.iter_mut().zip(&self.counts).map(move |(postings, count)| {
            *count > 0 && postings.as_mut().is_some_and(|it| stands_in(it, row))
        })
    }

    /// Places of each word in the row, the first [`POSITIONS_MAX`] of them.
    pub(in crate::search) fn places(&mut self, row: u32) -> &[Vec<u32>] {
        self.places.resize_with(self.words.len(), Vec::new);
        for (postings, places) in self.words.iter_mut().zip(&mut self.places) {
            places.clear();
            if let Some(postings) = postings.as_mut().filter(|it| it.doc() == row) {
                postings.positions(places);
                places.truncate(POSITIONS_MAX);
            }
        }
        &self.places
    }

    /// Number of words and of pairs of the row.
    pub(in crate::search) fn lengths(&self, row: u32) -> (u32, u32) {
        (self.words_norm.fieldnorm(row), self.pairs_norm.fieldnorm(row))
    }
}

impl HeadPostings {
    fn open(source: &Source<'_>, field: Field, asked: &Asked<'_>) -> tantivy::Result<Self> {
        let pairs = asked.pairs.iter().map(|pair| pair.text.as_str());
        Ok(Self {
            pairs: open(source, field, pairs, IndexRecordOption::Basic)?,
            norm: source.reader.get_fieldnorms_reader(field)?,
        })
    }

    /// Whether each pair stands in the headline.
    pub(in crate::search) fn pairs(&mut self, row: u32) -> impl Iterator<Item = bool> {
        self.pairs.iter_mut().map(move |postings| postings.as_mut().is_some_and(|it| stands_in(it, row)))
    }

    /// Number of pairs of the headline.
    pub(in crate::search) fn length(&self, row: u32) -> u32 {
        self.norm.fieldnorm(row)
    }
}

/// Postings of each text; an empty text and an absent one have none.
fn open<'t>(
    source: &Source<'_>,
    field: Field,
    texts: impl Iterator<Item = &'t str>,
    record: IndexRecordOption,
) -> tantivy::Result<Vec<Option<TermPostings>>> {
    let index = source.reader.inverted_index(field)?;
    let mut opened = Vec::new();
    for text in texts {
        let term = (!text.is_empty()).then(|| Term::from_field_text(field, text));
        let place = term.map(|term| source.statistics.place(&term, source.segment)).transpose()?.flatten();
        opened.push(place.map(|place| index.read_postings_from_terminfo(&place, record)).transpose()?);
    }
    Ok(opened)
}

fn count(postings: Option<&mut TermPostings>, row: u32) -> u32 {
    postings.map_or(0, |it| if stands_in(it, row) { it.term_freq() } else { 0 })
}

fn stands_in(postings: &mut TermPostings, row: u32) -> bool {
    let doc = postings.doc();
    if doc < row { postings.seek(row) == row } else { doc == row }
}
