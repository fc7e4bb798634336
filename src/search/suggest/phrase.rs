//! Phrases of headlines that begin like what was typed.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use tantivy::Term;
use tantivy::query::{Occur, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use crate::domain::limits::{
    SEARCH_ROWS_PER_LOOK, SUGGEST_COUNTED_MAX, SUGGEST_PHRASE_ROWS_MIN, SUGGEST_TERMS_SCANNED_MAX,
};
use crate::search::SearchError;
use crate::search::analyzer::pair;
use crate::search::collect::Found;
use crate::search::filter::{Clause, unscored};
use crate::search::suggest::{Asking, Suggestion, Typed};
use crate::text::syllable::tokens;

/// Phrases that fit, with their rows in scope.
pub(super) fn suggest(asking: &Asking<'_>, typed: &Typed) -> Result<Vec<Suggestion>, SearchError> {
    let Some(field) = asking.reader.fields().headline else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for last in pairs(asking, field, typed)?.into_iter().take(SUGGEST_COUNTED_MAX) {
        let phrase = phrase(typed, &last);
        let neighbours = phrase.iter().zip(phrase.iter().skip(1));
        let clauses = neighbours.map(|(first, second)| holding(field, &pair(first, second)));
        let Some((total, row)) = asking.rows(clauses.collect())? else { break };
        if total < SUGGEST_PHRASE_ROWS_MIN {
            continue;
        }
        if let Some(text) = row.map(|row| written(asking, &row, &phrase)).transpose()?.flatten() {
            found.push(Suggestion { text, column: None, value: None, total });
        }
    }
    Ok(found)
}

/// The words of the phrase that ends with the pair `last`.
fn phrase(typed: &Typed, last: &str) -> Vec<String> {
    let [first, second] = last.split_once(' ').map_or([last, ""], |(first, second)| [first, second]);
    let mut words = typed.words.clone();
    if words.is_empty() {
        words.push(first.to_owned());
    }
    words.push(second.to_owned());
    words
}

fn holding(field: Field, pair: &str) -> Clause {
    let term = Term::from_field_text(field, pair);
    (Occur::Must, unscored(Box::new(TermQuery::new(term, IndexRecordOption::Basic))))
}

/// Pairs of headlines that go on where the typed words end, those in most rows first; for who sees some rows
/// only, by the alphabet.
fn pairs(asking: &Asking<'_>, field: Field, typed: &Typed) -> Result<Vec<String>, SearchError> {
    let begin = match typed.words.last() {
        Some(word) => pair(word, &typed.begun),
        None => typed.begun.clone(),
    };
    let (reader, mut looked) = (asking.reader, 0usize);
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for segment in reader.searcher().segment_readers() {
        let index = segment.inverted_index(field).map_err(|error| reader.error(error))?;
        let terms = index.terms().range().ge(begin.as_bytes()).into_stream();
        let mut terms = terms.map_err(|error| reader.error(error.into()))?;
        while let Some((term, info)) = terms.next() {
            looked += 1;
            let is_time = looked.is_multiple_of(SEARCH_ROWS_PER_LOOK as usize) && asking.budget.look();
            if !term.starts_with(begin.as_bytes()) || looked > SUGGEST_TERMS_SCANNED_MAX || is_time {
                break;
            }
            let rows = if asking.sees_all() { u64::from(info.doc_freq) } else { 0 };
            if let Ok(pair) = std::str::from_utf8(term) {
                *counts.entry(pair.to_owned()).or_default() += rows;
            }
        }
    }
    let mut pairs: Vec<(String, u64)> = counts.into_iter().collect();
    pairs.sort_by_key(|(_, rows)| Reverse(*rows));
    Ok(pairs.into_iter().map(|(pair, _)| pair).collect())
}

/// The phrase as the headline of one of its rows has it, in small letters; nothing when its words stand there
/// apart.
fn written(asking: &Asking<'_>, row: &Found, phrase: &[String]) -> Result<Option<String>, SearchError> {
    let Some(headline) = &asking.dataset.headline else { return Ok(None) };
    let document = asking.reader.document(row.address)?;
    let values = asking.reader.row(&document, false);
    let Some(text) = values.get(headline).and_then(|value| value.as_str()) else { return Ok(None) };
    let words = tokens(text);
    let place = words.windows(phrase.len()).find(|words| words.iter().map(|word| &word.folded).eq(phrase));
    let range = place.and_then(|words| {
        let start = usize::try_from(words.first()?.start).ok()?;
        Some(start..usize::try_from(words.last()?.end).ok()?)
    });
    Ok(range.and_then(|range| text.get(range)).map(str::to_lowercase))
}
