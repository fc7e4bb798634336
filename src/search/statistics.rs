//! The figures BM25 weighs words by: our own, so that a scope can own them.
//!
//! Scores that depend on rows an asker may not see tell something about those rows. Today there is one
//! set of figures per snapshot; it is passed to every search as an argument, so that a set per scope
//! takes its place without a change elsewhere.
//!
//! Where a term stands in the files of the snapshot is remembered: one search asks for a term several times.

use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;
use tantivy::postings::TermInfo;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use crate::domain::limits::TERMS_REMEMBERED;
use crate::search::schema::{Fields, Lane};

/// Where a term stands in each segment.
pub(in crate::search) type Places = Arc<[Option<TermInfo>]>;

/// Rows, words per lane and rows per word.
pub struct Statistics {
    rows: u64,
    tokens: FxHashMap<Field, u64>,
    searcher: Searcher,
    places: Mutex<FxHashMap<Term, Places>>,
}

impl Statistics {
    /// The figures of a whole snapshot.
    pub(in crate::search) fn of(searcher: &Searcher, fields: &Fields) -> tantivy::Result<Self> {
        let mut tokens = FxHashMap::default();
        for Lane { words, pairs, marks, .. } in [fields.open, fields.personal] {
            for field in [words, pairs, marks] {
                tokens.insert(field, searcher.total_num_tokens(field)?);
            }
        }
        let (rows, searcher, places) = (searcher.num_docs(), searcher.clone(), Mutex::default());
        Ok(Self { rows, tokens, searcher, places })
    }

    /// Where `term` stands.
    pub(in crate::search) fn places(&self, term: &Term) -> tantivy::Result<Places> {
        let lock = || self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = lock().get(term) {
            return Ok(Arc::clone(places));
        }
        let segments = self.searcher.segment_readers().iter();
        let places = segments.map(|segment| Ok(segment.inverted_index(term.field())?.get_term_info(term)?));
        let places: Places = places.collect::<tantivy::Result<_>>()?;
        let mut remembered = lock();
        if remembered.len() >= TERMS_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(term.clone(), Arc::clone(&places));
        Ok(places)
    }

    /// Where `term` stands in one segment.
    pub(in crate::search) fn place(&self, term: &Term, segment: u32) -> tantivy::Result<Option<TermInfo>> {
        let places = self.places(term)?;
        Ok(usize::try_from(segment).ok().and_then(|segment| places.get(segment)?.clone()))
    }

    /// Mean number of terms of a row in `field`, at least 1.
    #[expect(clippy::cast_precision_loss, reason = "a mean of lengths")]
    pub(in crate::search) fn mean_length(&self, field: Field) -> f32 {
        let tokens = self.tokens.get(&field).copied().unwrap_or_default();
        (tokens as f32 / self.rows.max(1) as f32).max(1.0)
    }

    /// Number of rows, and mean number of terms of a row in `field`.
    pub(in crate::search) fn rows_and_mean(&self, field: Field) -> (u64, f32) {
        (self.rows, self.mean_length(field))
    }

    /// How rare a term is: the BM25 inverse document frequency.
    pub(in crate::search) fn rarity(&self, term: &Term) -> tantivy::Result<f32> {
        #[expect(clippy::cast_precision_loss, reason = "a logarithm of the ratio follows")]
        let (rows, holding) = (self.rows as f32, self.doc_freq(term)? as f32);
        Ok((1.0 + (rows - holding + 0.5) / (holding + 0.5)).ln())
    }
}

impl Bm25StatisticsProvider for Statistics {
    /// One a row at least, so that a lane that most rows leave empty has the mean length that
    /// [`Self::mean_length`] gives.
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        Ok(self.tokens.get(&field).copied().unwrap_or_default().max(self.rows))
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.rows)
    }

    /// tantivy counts deleted rows until they are merged away; no word is in more rows than there are.
    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        let places = self.places(term)?;
        let rows = places.iter().flatten().map(|place| u64::from(place.doc_freq)).sum::<u64>();
        Ok(rows.min(self.rows))
    }
}
