//! Spellings of one word, best first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::domain::limits::{CORRECTION_SPELLINGS_MAX, CORRECTION_SPLIT_LETTERS_MAX};
use crate::search::SearchError;
use crate::search::correct::vocabulary::{Near, Vocabulary};
use crate::text::syllable::{Token, tokens};
use crate::text::typing::syllable_of_keys;

/// Near words whose neighbours are looked up.
const WEIGHED_MAX: usize = 48;

/// Another spelling of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spelling {
    /// What stands in its place.
    pub(super) text: String,
    /// How unlikely it is that this was meant.
    pub(super) cost: u32,
    /// Rows that hold it beside its neighbours, then rows that hold it at all.
    pub(super) support: (u64, u64),
    /// Whether its marks are those meant.
    is_marked: bool,
}

impl Spelling {
    /// Its syllables without marks.
    pub(super) fn folded(&self) -> Vec<&str> {
        if self.is_marked { Vec::new() } else { self.text.split(' ').collect() }
    }

    /// With the marks that its syllables most often have.
    pub(super) fn shown(&self, marked: &BTreeMap<String, String>) -> String {
        if self.is_marked {
            return self.text.clone();
        }
        let syllables = self.text.split(' ');
        let syllables = syllables.map(|one| marked.get(one).map_or(one, String::as_str));
        syllables.collect::<Vec<_>>().join(" ")
    }
}

/// Spellings of `word` between its `neighbours`.
pub(super) fn of(
    vocabulary: &Vocabulary<'_>,
    word: &Token,
    near: Vec<Near>,
    neighbours: [Option<&Token>; 2],
) -> Result<Vec<Spelling>, SearchError> {
    let mut spellings = Vec::new();
    if let Some(meant) = syllable_of_keys(&word.accented) {
        let folded = tokens(&meant).pop().map(|token| token.folded).unwrap_or_default();
        let rows = vocabulary.rows_with(&folded)?;
        if rows > 0 {
            spellings.push(Spelling { text: meant, cost: 0, support: (rows, rows), is_marked: true });
        }
    }
    spellings.extend(parted(vocabulary, &word.folded)?);
    for Near { word: text, cost, .. } in near.into_iter().take(WEIGHED_MAX) {
        let rows = vocabulary.rows_with(&text)?;
        if rows == 0 || vocabulary.budget.look() {
            continue;
        }
        let [before, after] = neighbours;
        let before = before.map_or(Ok(0), |token| vocabulary.rows_with_pair(&token.folded, &text))?;
        let after = after.map_or(Ok(0), |token| vocabulary.rows_with_pair(&text, &token.folded))?;
        let beside = before + after;
        // A word that never stands beside these neighbours is as unlikely as one a letter further off.
        let has_neighbours = neighbours.iter().any(Option::is_some);
        let cost = cost + u32::from(has_neighbours && beside == 0);
        spellings.push(Spelling { text, cost, support: (beside, rows), is_marked: false });
    }
    spellings.sort_by_key(|spelling| (spelling.cost, Reverse(spelling.support)));
    spellings.truncate(CORRECTION_SPELLINGS_MAX);
    Ok(spellings)
}

/// Two words that were run together.
fn parted(vocabulary: &Vocabulary<'_>, folded: &str) -> Result<Vec<Spelling>, SearchError> {
    let mut spellings = Vec::new();
    let end = folded.len().saturating_sub(1).min(CORRECTION_SPLIT_LETTERS_MAX);
    for at in 2..end {
        let Some((first, second)) = folded.split_at_checked(at) else { continue };
        let rows = vocabulary.rows_with_pair(first, second)?;
        if rows > 0 {
            let text = format!("{first} {second}");
            spellings.push(Spelling { text, cost: 1, support: (rows, rows), is_marked: false });
        }
    }
    Ok(spellings)
}
