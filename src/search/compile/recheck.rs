//! Rows whose texts are read again before they count.
//!
//! The lanes say that a word stands in a row, not in which column or with which marks beside which word.
//! For such questions each row that the rest of the query lets through is read from the document store and looked
//! at. That costs microseconds a row and is counted against the time of the search.

use std::fmt;
use std::sync::Arc;

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, TantivyDocument};
use tantivy::store::StoreReader;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

use crate::domain::limits::RECHECK_BLOCKS_CACHED;
use crate::search::budget::Budget;
use crate::search::compile::near::{holds_all, holds_one, stand_in_a_row, stand_nearly};
use crate::search::compile::{Compiler, Pattern};
use crate::search::language::tree::Leaf;
use crate::search::reader::stored_text;
use crate::search::schema::ColumnFields;
use crate::text::canonical::canonicals;
use crate::text::syllable::tokens;

/// The syllables of `text` without marks, one blank between them.
pub(super) fn folded(text: &str) -> String {
    tokens(text).into_iter().map(|token| token.folded).collect::<Vec<_>>().join(" ")
}

/// What a text must hold.
#[derive(Debug, Clone)]
pub(super) enum Sought {
    Present,
    /// All of them, anywhere.
    Words(Vec<String>),
    Phrase {
        words: Vec<String>,
        slop: u32,
    },
    /// With their marks.
    Marked(Vec<String>),
    Fits(Pattern),
    /// A number in its one form.
    Number(String),
}

impl Sought {
    pub(super) fn of(leaf: &Leaf) -> Self {
        let folded = |text: &str| tokens(text).into_iter().map(|token| token.folded).collect();
        match leaf {
            Leaf::Words(text) => Self::Words(folded(text)),
            Leaf::Phrase(phrase) if phrase.marked => {
                Self::Marked(tokens(&phrase.text).into_iter().map(|token| token.accented).collect())
            }
            Leaf::Phrase(phrase) => Self::Phrase { words: folded(&phrase.text), slop: phrase.slop },
            Leaf::Pattern(pattern) => Self::Fits(Pattern::new(pattern)),
        }
    }

    fn holds(&self, text: &str) -> bool {
        match self {
            Self::Present => !text.is_empty(),
            Self::Words(words) => holds_all(text, words),
            Self::Phrase { words, slop: 0 } => {
                stand_in_a_row(text, words, |token, word| token.folded == word)
            }
            Self::Phrase { words, slop } => {
                let folded: Vec<String> = tokens(text).into_iter().map(|token| token.folded).collect();
                stand_nearly(&folded, words, *slop)
            }
            Self::Marked(words) => stand_in_a_row(text, words, |token, word| token.accented == word),
            Self::Fits(pattern) => holds_one(text, |word| pattern.fits(word)),
            Self::Number(number) => canonicals(text).iter().any(|found| found.token == *number),
        }
    }
}

/// What must hold for one of some columns.
#[derive(Debug, Clone)]
pub(super) struct Check {
    columns: Vec<Place>,
    sought: Sought,
}

/// Where a column's text is kept: in a field of its own, or among the short values.
#[derive(Debug, Clone)]
struct Place {
    name: String,
    stored: Option<Field>,
    personal: bool,
}

impl Check {
    pub(super) fn of(column: &ColumnFields, sought: Sought) -> Self {
        Self { columns: vec![Place::of(column)], sought }
    }

    /// In any column whose words the asker may be matched against.
    pub(super) fn anywhere(compiler: &Compiler<'_>, sought: Sought) -> Self {
        let columns = compiler.reader.fields().columns.iter().filter(|column| column.search);
        let columns = columns.filter(|column| compiler.scope.sees_personal || !column.personal);
        Self { columns: columns.map(Place::of).collect(), sought }
    }

    fn holds(&self, document: &TantivyDocument, rows: [Field; 2]) -> bool {
        let mut short: [Option<serde_json::Map<String, serde_json::Value>>; 2] = [None, None];
        self.columns.iter().any(|place| {
            if let Some(field) = place.stored {
                return stored_text(document, field).is_some_and(|text| self.sought.holds(text));
            }
            let at = usize::from(place.personal);
            let (Some(slot), Some(field)) = (short.get_mut(at), rows.get(at)) else { return false };
            let read = || {
                let text = stored_text(document, *field);
                text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
            };
            let row = slot.get_or_insert_with(read);
            row.get(&place.name).and_then(|value| value.as_str()).is_some_and(|text| self.sought.holds(text))
        })
    }
}

impl Place {
    fn of(column: &ColumnFields) -> Self {
        Self { name: column.name.clone(), stored: column.stored, personal: column.personal }
    }
}

/// The rows of a query that pass every check.
#[derive(Clone)]
pub(super) struct Recheck {
    query: Arc<dyn Query>,
    checks: Arc<Vec<Check>>,
    rows: [Field; 2],
    budget: Arc<Budget>,
}

impl Recheck {
    pub(super) fn new(compiler: &Compiler<'_>, query: Box<dyn Query>, checks: Vec<Check>) -> Self {
        let fields = compiler.reader.fields();
        let rows = [fields.row, fields.personal_row];
        Self { query: Arc::from(query), checks: Arc::new(checks), rows, budget: Arc::clone(compiler.budget) }
    }
}

impl fmt::Debug for Recheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recheck({:?})", self.query)
    }
}

impl Query for Recheck {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let weight = self.query.weight(scoring)?;
        Ok(Box::new(RecheckWeight { weight, recheck: self.clone() }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.query.query_terms(visitor);
    }
}

struct RecheckWeight {
    weight: Box<dyn Weight>,
    recheck: Recheck,
}

impl Weight for RecheckWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let scorer = self.weight.scorer(reader, boost)?;
        let store = reader.get_store_reader(RECHECK_BLOCKS_CACHED)?;
        let mut scorer =
            RecheckScorer { scorer, store, recheck: self.recheck.clone(), reader: reader.clone() };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, _: &SegmentReader, row: DocId) -> tantivy::Result<Explanation> {
        Err(TantivyError::InvalidArgument(format!("row {row} is not explained")))
    }
}

struct RecheckScorer {
    scorer: Box<dyn Scorer>,
    store: StoreReader,
    recheck: Recheck,
    reader: SegmentReader,
}

impl RecheckScorer {
    /// Goes on to the next row that passes, this one included.
    fn settle(&mut self) -> DocId {
        loop {
            let row = self.scorer.doc();
            if row == TERMINATED || self.recheck.budget.look() {
                return self.doc();
            }
            if !self.reader.is_deleted(row) && self.passes(row) {
                return row;
            }
            self.scorer.advance();
        }
    }

    fn passes(&self, row: DocId) -> bool {
        match self.store.get::<TantivyDocument>(row) {
            Ok(document) => self.recheck.checks.iter().all(|check| check.holds(&document, self.recheck.rows)),
            Err(error) => {
                self.recheck.budget.fail(error.to_string());
                false
            }
        }
    }
}

impl DocSet for RecheckScorer {
    fn advance(&mut self) -> DocId {
        self.scorer.advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.scorer.seek(target);
        self.settle()
    }

    fn doc(&self) -> DocId {
        if self.recheck.budget.is_over() { TERMINATED } else { self.scorer.doc() }
    }

    fn size_hint(&self) -> u32 {
        self.scorer.size_hint()
    }

    fn cost(&self) -> u64 {
        self.scorer.cost()
    }
}

impl Scorer for RecheckScorer {
    fn score(&mut self) -> Score {
        self.scorer.score()
    }
}
