//! What a search text may go on with, while it is typed.
//!
//! Two sources: the values of public columns that are counted as facets, and phrases of two words and more
//! that headlines hold. Nothing of a personal column is ever proposed, and nothing that has no row within the
//! asker's scope: each proposal is counted there before it is shown. A phrase must stand in several rows, so
//! that it is not one record's content. The work is bounded by values and terms looked at, by proposals
//! counted, and by time; what was not reached is not shown.

mod phrase;
mod values;

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tantivy::query::BooleanQuery;

use crate::definition::dataset::Dataset;
use crate::domain::limits::{SUGGEST_MILLISECONDS, SUGGESTIONS_MAX};
use crate::domain::scope::Scope;
use crate::search::SearchError;
use crate::search::budget::{Budget, Timed};
use crate::search::collect::{Found, Gather};
use crate::search::filter::{self, Clause};
use crate::search::order::Order;
use crate::search::query::check_length;
use crate::search::reader::Reader;
use crate::text::syllable::tokens;

pub(in crate::search) use crate::search::suggest::values::KnownValue;

/// One way to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// What people read.
    pub text: String,
    /// The column that has it as a value; none for a phrase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The value as it is stored, to filter by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Rows that have it.
    pub total: u64,
}

/// What was typed, folded.
pub(super) struct Typed {
    /// Whole words.
    words: Vec<String>,
    /// What the last word begins with; empty after a space.
    begun: String,
}

/// Who asks, of what, and for how long.
pub(super) struct Asking<'a> {
    pub(super) reader: &'a Reader,
    pub(super) dataset: &'a Dataset,
    pub(super) scope: &'a Scope,
    pub(super) budget: &'a Arc<Budget>,
}

impl Typed {
    fn read(text: &str) -> Option<Self> {
        let mut words: Vec<String> = tokens(text).into_iter().map(|token| token.folded).collect();
        let is_word_ended = text.ends_with(char::is_whitespace);
        let begun = if is_word_ended { String::new() } else { words.pop()? };
        (!words.is_empty() || !begun.is_empty()).then_some(Self { words, begun })
    }

    /// What a folded text must hold, with a space before each word.
    fn needle(&self) -> String {
        let words = self.words.iter().chain(std::iter::once(&self.begun));
        words.flat_map(|word| [" ", word.as_str()]).collect()
    }
}

impl Reader {
    /// Values and phrases that `text` may become, those in most rows first.
    ///
    /// # Errors
    /// The text is too long, more is asked for than is given, or a file is damaged.
    pub fn suggest(
        &self,
        dataset: &Dataset,
        text: &str,
        limit: usize,
        scope: &Scope,
    ) -> Result<Vec<Suggestion>, SearchError> {
        check_length(text)?;
        if limit > SUGGESTIONS_MAX {
            return Err(SearchError::TooMany { what: "suggestions", found: limit, limit: SUGGESTIONS_MAX });
        }
        let Some(typed) = Typed::read(text) else { return Ok(Vec::new()) };
        let budget = Budget::of(Duration::from_millis(SUGGEST_MILLISECONDS));
        let asking = Asking { reader: self, dataset, scope, budget: &budget };
        let mut found = values::suggest(&asking, &typed)?;
        found.extend(phrase::suggest(&asking, &typed)?);
        found.sort_by(|a, b| (Reverse(a.total), &a.text).cmp(&(Reverse(b.total), &b.text)));
        found.truncate(limit);
        Ok(found)
    }
}

impl Asking<'_> {
    /// How many rows within the scope satisfy `clauses`, and one of them; nothing when time is over.
    fn rows(&self, clauses: Vec<Clause>) -> Result<Option<(u64, Option<Found>)>, SearchError> {
        let mut all = filter::clauses(self.reader.fields(), &[], self.scope)?;
        all.extend(clauses);
        let query = Timed { query: Arc::new(BooleanQuery::new(all)), budget: Arc::clone(self.budget) };
        let order = Order::Columns(Vec::new());
        let gather = Gather { order: &order, wanted: 1, after: None, facets: &[], ids: self.reader.ids() };
        let gathered = self.reader.searcher().search(&query, &gather);
        let mut gathered = gathered.map_err(|error| self.reader.error(error))?;
        if self.budget.look() {
            return Ok(None);
        }
        Ok(Some((gathered.total, gathered.take_rows().pop())))
    }

    /// Whether how often a value stands in all rows may decide what is looked at first.
    fn sees_all(&self) -> bool {
        self.scope.units == crate::domain::scope::Units::All
    }
}

#[cfg(test)]
mod tests;
