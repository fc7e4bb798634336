//! The other writings of a leaf: abbreviations and what they stand for, names of a province, numbers in one form.
//!
//! What plain texts ask with them, a leaf of a tree asks as well. In a column each writing is read again by
//! itself, because a name of a province counts only in papers of some days.

use tantivy::Term;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use crate::definition::column::ColumnType;
use crate::search::SearchError;
use crate::search::compile::recheck::{Check, Recheck, Sought};
use crate::search::compile::{Candidates, Compiler};
use crate::search::filter::{Clause, everything, outside};
use crate::search::language::tree::{Leaf, Phrase};
use crate::search::query::{Parsed, Word};
use crate::search::reader::Reader;
use crate::search::schema::{ColumnFields, Lane};
use crate::search::widen::{Group, Other, Widened, widen, widen_phrase};
use crate::text::place::When;

/// One way to write what a leaf asks.
pub(super) enum Writing {
    /// In these words; for another name of a place, in papers of some days.
    Leaf(Leaf, Option<When>),
    /// A number in its one form.
    Number(String),
}

impl Writing {
    /// The other writings of a phrase; for words, of the words side by side.
    pub(super) fn others(leaf: &Leaf) -> Vec<Self> {
        let (text, slop) = match leaf {
            Leaf::Phrase(phrase) if !phrase.marked => (&phrase.text, phrase.slop),
            Leaf::Words(text) => (text, 0),
            _ => return Vec::new(),
        };
        let group = widen_phrase(text).0;
        let others = group.into_iter().flat_map(|group| group.others);
        others.map(|other| Self::of(other, slop, matches!(leaf, Leaf::Words(_)))).collect()
    }

    fn of(other: Other, slop: u32, as_words: bool) -> Self {
        let leaf = |words: &[Word]| {
            let text = joined(words);
            if as_words { Leaf::Words(text) } else { Leaf::Phrase(Phrase { text, marked: false, slop }) }
        };
        match other {
            Other::Words(words) => Self::Leaf(leaf(&words), None),
            Other::Name(words, when) => Self::Leaf(leaf(&words), Some(when)),
            Other::Number(number) => Self::Number(number),
        }
    }
}

impl Compiler<'_> {
    /// Rows that hold what `leaf` asks, or what may stand instead, in one of `lanes`.
    pub(super) fn any_writing(&self, leaf: &Leaf, lanes: &[Lane]) -> Result<Box<dyn Query>, SearchError> {
        let others = Writing::others(leaf);
        let given = self.literal(leaf, lanes)?;
        if others.is_empty() {
            return Ok(given);
        }
        let mut any = vec![given];
        for writing in others {
            any.push(match writing {
                Writing::Leaf(leaf, when) => self.of_days(self.literal(&leaf, lanes)?, when),
                Writing::Number(number) => number_query(lanes, &number),
            });
        }
        Ok(Box::new(BooleanQuery::union(any)))
    }

    /// Rows whose `column` holds what `leaf` asks, or what may stand instead.
    pub(super) fn in_column(&self, column: &ColumnFields, leaf: &Leaf) -> Result<Candidates, SearchError> {
        let parts = parts(leaf);
        if parts.is_empty() {
            let check = Some(Check::of(column, Sought::of(leaf)));
            return Ok(Candidates { query: self.may_hold(column, leaf)?, check });
        }
        let mut clauses: Vec<Clause> = Vec::new();
        for writings in parts {
            let each = writings.iter().map(|writing| self.written_in(column, writing));
            let any = BooleanQuery::union(each.collect::<Result<_, _>>()?);
            clauses.push((Occur::Must, Box::new(any)));
        }
        Ok(Candidates { query: Box::new(BooleanQuery::new(clauses)), check: None })
    }

    /// `query` in papers of such days.
    pub(super) fn of_days(&self, query: Box<dyn Query>, when: Option<When>) -> Box<dyn Query> {
        match when.zip(self.reader.fields().dated()) {
            Some((when, dated)) => {
                Box::new(BooleanQuery::new(vec![(Occur::Must, query), outside(dated, when)]))
            }
            None => query,
        }
    }

    fn written_in(&self, column: &ColumnFields, writing: &Writing) -> Result<Box<dyn Query>, SearchError> {
        let (query, sought, when) = match writing {
            Writing::Leaf(leaf, when) => (self.may_hold(column, leaf)?, Sought::of(leaf), *when),
            Writing::Number(number) => {
                let query = match column.search {
                    true => number_query(&[self.lane(column)], number),
                    false => everything().1,
                };
                (query, Sought::Number(number.clone()), None)
            }
        };
        let checks = vec![Check::of(column, sought)];
        Ok(Box::new(Recheck::new(self, self.of_days(query, when), checks)))
    }

    /// Rows of which some column of the lane of `column` holds what `leaf` asks.
    fn may_hold(&self, column: &ColumnFields, leaf: &Leaf) -> Result<Box<dyn Query>, SearchError> {
        if column.search { self.literal(leaf, &[self.lane(column)]) } else { Ok(everything().1) }
    }

    fn lane(&self, column: &ColumnFields) -> Lane {
        let fields = self.reader.fields();
        if column.personal { fields.personal } else { fields.open }
    }
}

/// What must all hold, each in one of its writings; none where there is one way to write the leaf.
fn parts(leaf: &Leaf) -> Vec<Vec<Writing>> {
    let Leaf::Words(text) = leaf else {
        let others = Writing::others(leaf);
        let given = Writing::Leaf(leaf.clone(), None);
        let all: Vec<Writing> = std::iter::once(given).chain(others).collect();
        return if all.len() > 1 { vec![all] } else { Vec::new() };
    };
    let (groups, _) = widen(text);
    if groups.is_empty() {
        return Vec::new();
    }
    let mut parts = vec![vec![Writing::Leaf(Leaf::Words(rest(text, &groups)), None)]];
    parts.retain(|part| !matches!(part.as_slice(), [Writing::Leaf(Leaf::Words(rest), _)] if rest.is_empty()));
    for Group { given, others } in groups {
        let given = Writing::Leaf(Leaf::Words(joined(&given)), None);
        let others = others.into_iter().map(|other| Writing::of(other, 0, false));
        parts.push(std::iter::once(given).chain(others).collect());
    }
    parts
}

/// The words of `text` that are in no group.
fn rest(text: &str, groups: &[Group]) -> String {
    let words = Parsed::of_words(text);
    let is_grouped = |word: &&Word| groups.iter().any(|group| group.given.contains(word));
    let rest: Vec<&str> = words
        .runs
        .iter()
        .flatten()
        .filter(|word| !is_grouped(word))
        .map(|word| word.accented.as_str())
        .collect();
    rest.join(" ")
}

/// What of the other writings of a leaf of `column`, or of any, is to be told.
pub(super) fn tell(reader: &Reader, column: Option<&str>, leaf: &Leaf) -> Vec<Widened> {
    let column = match column {
        Some(name) => match reader.fields().column(name).filter(|column| is_widened(column)) {
            Some(column) => Some(column),
            None => return Vec::new(),
        },
        None => None,
    };
    match leaf {
        Leaf::Words(text) if column.is_none_or(|column| column.exact.is_none()) => widen(text).1,
        Leaf::Words(text) => widen_phrase(text).1,
        Leaf::Phrase(phrase) if !phrase.marked => widen_phrase(&phrase.text).1,
        _ => Vec::new(),
    }
}

/// Whether a column is compared by words, and so by their other writings.
fn is_widened(column: &ColumnFields) -> bool {
    let by_words = matches!(column.kind, ColumnType::Keyword | ColumnType::Text);
    column.exact.is_none() || (by_words && !column.personal && column.name != "source_id")
}

fn joined(words: &[Word]) -> String {
    words.iter().map(|word| word.accented.as_str()).collect::<Vec<_>>().join(" ")
}

fn number_query(lanes: &[Lane], number: &str) -> Box<dyn Query> {
    let one = |field: Field| {
        let term = Term::from_field_text(field, number);
        Box::new(TermQuery::new(term, IndexRecordOption::Basic)) as Box<dyn Query>
    };
    Box::new(BooleanQuery::union(lanes.iter().map(|lane| one(lane.numbers)).collect()))
}

#[cfg(test)]
mod tests;
