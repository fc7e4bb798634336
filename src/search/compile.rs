//! A question's tree as a tantivy query.
//!
//! Words and phrases go the way plain texts go. The lanes do not say which column a word stands in, so a
//! condition on a column of words finds its rows by the lane and reads the column's text again; the same
//! for demanded marks, whose lane has no positions. What must be read again is read last, for rows that
//! satisfy everything beside it. Words and phrases find their other writings too, wherever they stand in the tree;
//! demanded marks are literal.

mod column;
mod near;
mod otherwise;
mod pattern;
mod recheck;

use std::sync::Arc;

use chrono::NaiveDate;
use tantivy::Term;
use tantivy::query::{BooleanQuery, EmptyQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::IndexRecordOption;

use crate::domain::limits::language::QUERY_WORDS_MAX;
use crate::domain::scope::Scope;
use crate::search::SearchError;
use crate::search::budget::Budget;
use crate::search::compile::otherwise::tell;
use crate::search::compile::recheck::{Check, Recheck, Sought};
use crate::search::filter::{Clause, everything, unscored};
use crate::search::language::tree::{Leaf, Node, Phrase};
use crate::search::query::Parsed;
use crate::search::reader::Reader;
use crate::search::request::Matched;
use crate::search::retrieve;
use crate::search::schema::Lane;
use crate::search::steady::without;

pub(in crate::search) use crate::search::compile::pattern::{Fitting, Pattern};

/// What a tree is compiled for.
pub(in crate::search) struct Compiler<'a> {
    pub(in crate::search) reader: &'a Reader,
    pub(in crate::search) scope: &'a Scope,
    /// The day that days from today are counted from.
    pub(in crate::search) today: Option<NaiveDate>,
    pub(in crate::search) budget: &'a Arc<Budget>,
}

/// Rows that may match, and what must be read again to know.
struct Candidates {
    query: Box<dyn Query>,
    check: Option<Check>,
}

impl Compiler<'_> {
    /// The query of `node` within `limits` (scope and filters).
    ///
    /// # Errors
    /// A column cannot be asked so, or a pattern stands for too much.
    pub(in crate::search) fn query(
        &self,
        node: &Node,
        limits: Vec<Clause>,
    ) -> Result<Box<dyn Query>, SearchError> {
        match node {
            Node::And(items) => self.all(items, limits),
            node => self.all(std::slice::from_ref(node), limits),
        }
    }

    fn all(&self, items: &[Node], limits: Vec<Clause>) -> Result<Box<dyn Query>, SearchError> {
        let mut clauses = limits;
        let mut checks = Vec::new();
        for item in items {
            let (inner, is_wanted) = without_nots(item);
            if !is_wanted {
                clauses.push(without(self.query(inner, Vec::new())?));
                continue;
            }
            let Candidates { query, check } = self.candidates(inner)?;
            clauses.push((Occur::Must, query));
            checks.extend(check);
        }
        if clauses.iter().all(|(occur, _)| *occur != Occur::Must) {
            clauses.push(everything());
        }
        let query = Box::new(BooleanQuery::new(clauses));
        Ok(if checks.is_empty() { query } else { Box::new(Recheck::new(self, query, checks)) })
    }

    fn candidates(&self, node: &Node) -> Result<Candidates, SearchError> {
        let sure = |query| Candidates { query, check: None };
        match node {
            Node::Anywhere(leaf) => self.anywhere(leaf),
            Node::Field(column, test) => self.field(column, test),
            Node::Not(_) | Node::And(_) => self.query(node, Vec::new()).map(sure),
            Node::Or(items) => {
                let any = items.iter().map(|item| self.query(item, Vec::new()));
                Ok(sure(Box::new(BooleanQuery::union(any.collect::<Result<_, _>>()?))))
            }
        }
    }

    fn anywhere(&self, leaf: &Leaf) -> Result<Candidates, SearchError> {
        let lanes = self.reader.fields().lanes(self.scope.sees_personal);
        let query = match leaf {
            Leaf::Words(text) => self.plain(&Parsed::of_words(text), &lanes),
            leaf => self.any_writing(leaf, &lanes)?,
        };
        let check = match leaf {
            Leaf::Phrase(phrase) if phrase.marked && phrase.text.contains(' ') => {
                Some(Check::anywhere(self, Sought::of(leaf)))
            }
            _ => None,
        };
        Ok(Candidates { query, check })
    }

    /// Rows that hold what `leaf` asks, as it was typed, in one of `lanes`; of demanded marks, rows that may.
    fn literal(&self, leaf: &Leaf, lanes: &[Lane]) -> Result<Box<dyn Query>, SearchError> {
        Ok(match leaf {
            Leaf::Words(text) => self.plain(&Parsed::of_words(text).literal(), lanes),
            Leaf::Phrase(phrase) => {
                let parsed = Parsed::read(&format!("\"{}\"", phrase.text))?.literal();
                let each = lanes.iter().map(|lane| self.in_lane(phrase, &parsed, lane));
                Box::new(BooleanQuery::union(each.collect()))
            }
            Leaf::Pattern(pattern) => Pattern::new(pattern).query(self.reader, lanes)?,
        })
    }

    fn plain(&self, parsed: &Parsed, lanes: &[Lane]) -> Box<dyn Query> {
        let dated = self.reader.fields().dated();
        Box::new(retrieve::query(parsed, Matched::All, (lanes, dated), Vec::new()))
    }

    fn in_lane(&self, phrase: &Phrase, parsed: &Parsed, lane: &Lane) -> Box<dyn Query> {
        let words = parsed.phrases.first().map(Vec::as_slice).unwrap_or_default();
        if phrase.slop > 0 && words.len() > 1 {
            let terms = words.iter().map(|word| Term::from_field_text(lane.words, &word.folded));
            let mut query = PhraseQuery::new(terms.collect());
            query.set_slop(phrase.slop);
            return Box::new(query);
        }
        let query = self.plain(parsed, std::slice::from_ref(lane));
        if !phrase.marked {
            return query;
        }
        let marks = words.iter().map(|word| {
            let term = Term::from_field_text(lane.marks, &word.accented);
            let query: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
            (Occur::Must, unscored(query))
        });
        let clauses: Vec<Clause> = std::iter::once((Occur::Must, query)).chain(marks).collect();
        if words.is_empty() { Box::new(EmptyQuery) } else { Box::new(BooleanQuery::new(clauses)) }
    }
}

/// The node under its negations, and whether they cancel out.
fn without_nots(node: &Node) -> (&Node, bool) {
    let (mut node, mut is_wanted) = (node, true);
    while let Node::Not(inner) = node {
        (node, is_wanted) = (inner, !is_wanted);
    }
    (node, is_wanted)
}

/// The words that a hit must or may hold, for its score, its order and what is shown of it.
///
/// # Errors
/// There are too many.
pub(in crate::search) fn wanted(reader: &Reader, node: &Node) -> Result<Parsed, SearchError> {
    let mut parsed = Parsed { is_given: true, ..Parsed::default() };
    let mut refused = None;
    node.each_positive(&mut |column, leaf| {
        let is_text = column.is_none_or(|name| reader.fields().column(name).is_some_and(|one| one.search));
        let text = match leaf {
            _ if !is_text => return,
            Leaf::Pattern(pattern) => return parsed.patterns.push(Pattern::new(pattern)),
            Leaf::Words(text) => {
                let more = Parsed::of_words(text);
                parsed.runs.extend(more.runs);
                return parsed.groups.extend(more.groups);
            }
            Leaf::Phrase(phrase) => format!("\"{}\"", phrase.text),
        };
        match Parsed::read(&text) {
            Ok(more) => {
                parsed.runs.extend(more.runs);
                parsed.phrases.extend(more.phrases);
                let is_literal = matches!(leaf, Leaf::Phrase(phrase) if phrase.marked);
                parsed.phrase_groups.extend(more.phrase_groups.into_iter().filter(|_| !is_literal));
            }
            Err(error) => refused = Some(error),
        }
    });
    node.each_leaf(&mut |column, leaf| parsed.tell(tell(reader, column, leaf)));
    let found = parsed.runs.iter().chain(&parsed.phrases).map(Vec::len).sum();
    if found > QUERY_WORDS_MAX {
        return Err(SearchError::QueryTooLong { what: "words", found, limit: QUERY_WORDS_MAX });
    }
    refused.map_or(Ok(parsed), Err)
}

#[cfg(test)]
mod tests;
