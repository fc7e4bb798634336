//! A condition on one column.
//!
//! Columns with an order become ranges. Columns of codes and names are compared without marks, by the
//! labels of codes as well, through the list of values that the index has; one with very many values is
//! looked up by its exact value, or read again where its words are searched. Their other writings find them too. Personal columns are looked up
//! by exact value only, as filters are.

use tantivy::Term;
use tantivy::query::{BooleanQuery, EmptyQuery, Query, TermSetQuery};
use tantivy::schema::Field;

use crate::definition::column::ColumnType;
use crate::domain::limits::language::FIELD_VALUES_SCANNED_MAX;
use crate::search::SearchError;
use crate::search::compile::otherwise::Writing;
use crate::search::compile::recheck::{Check, Sought, folded};
use crate::search::compile::{Candidates, Compiler, Pattern};
use crate::search::filter::{self, everything, unscored};
use crate::search::language::names::Named;
use crate::search::language::tree::{Leaf, Test};
use crate::search::language::value;
use crate::search::request::{Filter, Op};
use crate::search::schema::ColumnFields;
use crate::text::syllable::tokens;

impl Compiler<'_> {
    pub(super) fn field(&self, name: &str, test: &Test) -> Result<Candidates, SearchError> {
        let names = self.reader.names(self.scope.sees_personal);
        let named = names.column(name);
        if name == "id" {
            return self.filtered(name, exactly(test).ok_or_else(|| unusable(name))?);
        }
        let column = filter::visible(self.reader.fields(), name, self.scope)?;
        let Some(named) = named else { return Err(unusable(name)) };
        if column.exact.is_none() {
            return self.text(column, test);
        }
        match column.kind {
            _ if column.personal || name == "source_id" => {
                self.filtered(name, exactly(test).ok_or_else(|| unusable(name))?)
            }
            ColumnType::Keyword | ColumnType::Text => self.keyword(named, column, test),
            kind => match value::op(kind, test, self.today) {
                Some(op) => self.filtered(name, op),
                None => Err(unusable(name)),
            },
        }
    }

    fn filtered(&self, name: &str, op: Op) -> Result<Candidates, SearchError> {
        let filter = Filter { column: name.to_owned(), op };
        let (_, query) = filter::clause(self.reader.fields(), &filter, self.scope)?;
        Ok(Candidates { query, check: None })
    }

    fn text(&self, column: &ColumnFields, test: &Test) -> Result<Candidates, SearchError> {
        match test {
            Test::Leaf(leaf) => self.in_column(column, leaf),
            Test::Present => {
                Ok(Candidates { query: everything().1, check: Some(Check::of(column, Sought::Present)) })
            }
            _ => Err(unusable(&column.name)),
        }
    }

    fn keyword(&self, named: &Named, column: &ColumnFields, test: &Test) -> Result<Candidates, SearchError> {
        let (Test::Leaf(leaf), Some(field)) = (test, column.exact) else {
            return self.filtered(&column.name, Op::Present);
        };
        let Some(values) = self.values(column, field, &Asked::of(named, leaf))? else {
            return match (column.search, exactly(test)) {
                (true, _) => self.text(column, test),
                (false, Some(op)) => self.filtered(&column.name, op),
                (false, None) => Err(unusable(&column.name)),
            };
        };
        let mut any = vec![one_of(values)];
        for writing in Writing::others(leaf) {
            if let Writing::Leaf(leaf, when) = writing
                && let Some(values) = self.values(column, field, &Asked::of(named, &leaf))?
            {
                any.push(self.of_days(one_of(values), when));
            }
        }
        let query: Box<dyn Query> = match any.len() {
            1 => any.remove(0),
            _ => Box::new(BooleanQuery::union(any)),
        };
        Ok(Candidates { query: unscored(query), check: None })
    }

    /// The values that fit; none when there are too many to look through.
    fn values(
        &self,
        column: &ColumnFields,
        field: Field,
        asked: &Asked,
    ) -> Result<Option<Vec<Term>>, SearchError> {
        let indexes = self.reader.searcher().segment_readers().iter();
        let indexes = indexes.map(|segment| segment.inverted_index(field)).collect::<Result<Vec<_>, _>>();
        let indexes = indexes.map_err(|error| self.reader.error(error))?;
        let count: usize = indexes.iter().map(|index| index.terms().num_terms()).sum();
        if count > FIELD_VALUES_SCANNED_MAX {
            return Ok(None);
        }
        let mut values = std::collections::BTreeSet::new();
        for index in indexes {
            let mut stream = index.terms().stream().map_err(|error| self.reader.error(error.into()))?;
            while let Some((term, _)) = stream.next() {
                let Ok(text) = std::str::from_utf8(term) else { continue };
                if asked.fits(text) {
                    values.insert(Term::from_field_text(field, text));
                }
            }
        }
        debug_assert!(!column.personal);
        Ok(Some(values.into_iter().collect()))
    }
}

fn one_of(values: Vec<Term>) -> Box<dyn Query> {
    if values.is_empty() { Box::new(EmptyQuery) } else { Box::new(TermSetQuery::new(values)) }
}

/// What a value of a column must be.
struct Asked {
    codes: Vec<String>,
    form: Form,
}

enum Form {
    /// It holds these words side by side.
    Holds(String),
    /// It is these words.
    Is(String),
    /// It is these words with these marks.
    IsMarked(String),
    Fits(Pattern),
}

impl Asked {
    fn of(named: &Named, leaf: &Leaf) -> Self {
        let text = match leaf {
            Leaf::Words(text) | Leaf::Pattern(text) => text,
            Leaf::Phrase(phrase) => &phrase.text,
        };
        let key = folded(text);
        let means = |spelling: &&String| folded(spelling) == key;
        let codes = named.codes.iter().filter(|code| {
            let labels = [&code.code, &code.label.vi, &code.label.en];
            labels.into_iter().chain(&code.aliases).any(|spelling| means(&spelling))
        });
        let codes = codes.map(|code| code.code.clone()).collect();
        let form = match leaf {
            Leaf::Words(_) => Form::Holds(format!(" {key} ")),
            Leaf::Phrase(phrase) if phrase.marked => Form::IsMarked(accented(text)),
            Leaf::Phrase(_) => Form::Is(key),
            Leaf::Pattern(pattern) => Form::Fits(Pattern::new(pattern)),
        };
        Self { codes, form }
    }

    fn fits(&self, value: &str) -> bool {
        self.codes.iter().any(|code| code == value)
            || match &self.form {
                Form::Holds(words) => format!(" {} ", folded(value)).contains(words),
                Form::Is(key) => folded(value) == *key,
                Form::IsMarked(text) => accented(value) == *text,
                Form::Fits(pattern) => tokens(value).iter().any(|token| pattern.fits(&token.folded)),
            }
    }
}

fn accented(text: &str) -> String {
    tokens(text).into_iter().map(|token| token.accented).collect::<Vec<_>>().join(" ")
}

/// The exact value asked for.
fn exactly(test: &Test) -> Option<Op> {
    match test {
        Test::Leaf(Leaf::Words(text)) => Some(Op::Equals(vec![text.clone()])),
        Test::Leaf(Leaf::Phrase(phrase)) => Some(Op::Equals(vec![phrase.text.clone()])),
        _ => None,
    }
}

fn unusable(name: &str) -> SearchError {
    let problem = "is looked up by exact value only";
    SearchError::Column { column: name.to_owned(), problem, suggestion: String::new() }
}
