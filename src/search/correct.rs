//! Other spellings, offered when a text finds little: never searched instead of what was typed.
//!
//! Spellings come from the words of the index itself, from its open lane only: what personal columns hold is
//! never proposed. Keystrokes left by an input method come first, then words run together, then words a
//! letter or two away, those that habits of speech confuse as the nearest. Which of them fits is told by its
//! neighbours: the pairs of words that the index knows. Only what has hits in the asker's scope is offered.

mod spelling;
mod vocabulary;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::limits::{
    CORRECTED_WORDS_MAX, CORRECTION_GAIN_MIN, CORRECTION_HITS_FEW, CORRECTION_MILLISECONDS,
    CORRECTION_SEARCHES_MAX, CORRECTIONS_MAX,
};
use crate::domain::scope::Scope;
use crate::search::SearchError;
use crate::search::answer::Answering;
use crate::search::budget::Budget;
use crate::search::correct::spelling::Spelling;
use crate::search::correct::vocabulary::Vocabulary;
use crate::search::query::Parsed;
use crate::search::reader::Reader;
use crate::search::request::{Correction, Request};
use crate::text::syllable::{Token, tokens};

/// An offer beside the likeliest has at least one in so many of its rows beside its neighbours.
const OTHERS_SHARE: u64 = 4;

/// A word of the text that may be misspelt.
struct Suspect {
    /// Its place among the tokens.
    at: usize,
    spellings: Vec<Spelling>,
}

struct Suspects {
    list: Vec<Suspect>,
    /// Whether all are wrong: the index does not have them. Else one of them may be.
    together: bool,
}

/// A spelling for each of some places.
#[derive(Clone)]
struct Choice<'a> {
    replaced: BTreeMap<usize, &'a Spelling>,
}

/// Spellings of the request's text that find more than `total` rows.
///
/// # Errors
/// A file is damaged.
pub(in crate::search) fn offers(
    reader: &Reader,
    request: &Request,
    scope: &Scope,
    (parsed, total): (&Parsed, u64),
) -> Result<Vec<Correction>, SearchError> {
    let budget = Budget::of(Duration::from_millis(CORRECTION_MILLISECONDS));
    let vocabulary = Vocabulary { reader, scope, lane: reader.fields().open, budget: &budget };
    let words = words(&request.text, parsed);
    let suspects = suspects(&vocabulary, &words, total)?;
    let mut found: Vec<(Correction, Choice<'_>)> = Vec::new();
    for choice in choices(&suspects).into_iter().take(CORRECTION_SEARCHES_MAX) {
        if budget.look() {
            break;
        }
        let text = choice.text(&request.text, &words, &|spelling| spelling.text.clone());
        let time = Some(Duration::from_millis(CORRECTION_MILLISECONDS));
        let other = Request {
            text,
            filters: request.filters.clone(),
            today: request.today,
            time,
            since: request.since,
            ..Request::default()
        };
        let Ok(answering) = Answering::prepare(reader, &other, scope) else { continue };
        let count = answering.count()?;
        let same = folded(&other.text);
        let is_known = found.iter().any(|(known, _)| folded(&known.text) == same);
        if count > total.saturating_mul(CORRECTION_GAIN_MIN) && !is_known {
            found.push((Correction { text: other.text, total: count }, choice));
        }
    }
    let (text, words) = (request.text.as_str(), words.as_slice());
    shown(&vocabulary, (text, words), best(found))
}

/// The likeliest, and others that are not much less at home beside their neighbours.
fn best<'a>(mut found: Vec<(Correction, Choice<'a>)>) -> Vec<(Correction, Choice<'a>)> {
    let likelihood = |(correction, choice): &(Correction, Choice<'_>)| {
        (choice.cost(), Reverse(choice.support()), Reverse(correction.total))
    };
    found.sort_by_key(likelihood);
    let least = found.first().map_or(0, |(_, choice)| choice.support() / OTHERS_SHARE);
    found.retain(|(_, choice)| choice.support() >= least);
    found.truncate(CORRECTIONS_MAX);
    found
}

/// The offers with marks, unless the text was typed without and keeps some of its words.
fn shown(
    vocabulary: &Vocabulary<'_>,
    (text, words): (&str, &[Option<Token>]),
    found: Vec<(Correction, Choice<'_>)>,
) -> Result<Vec<Correction>, SearchError> {
    let has_marks = words.iter().flatten().any(|token| token.accented != token.folded);
    let is_marked = |choice: &Choice<'_>| {
        let mut places = words.iter().enumerate().filter(|(_, word)| word.is_some());
        has_marks || places.all(|(at, _)| choice.replaced.contains_key(&at))
    };
    let folded = found.iter().filter(|(_, choice)| is_marked(choice));
    let folded = folded.flat_map(|(_, choice)| choice.replaced.values()).flat_map(|one| one.folded());
    let marked = vocabulary.marked(&folded.map(str::to_owned).collect())?;
    let mut offers: Vec<Correction> = Vec::new();
    for (correction, choice) in found {
        let with_marks = is_marked(&choice);
        let write =
            |spelling: &Spelling| if with_marks { spelling.shown(&marked) } else { spelling.text.clone() };
        let offer = Correction { text: choice.text(text, words, &write), ..correction };
        if !offers.iter().any(|known| known.text == offer.text) {
            offers.push(offer);
        }
    }
    Ok(offers)
}

fn folded(text: &str) -> Vec<String> {
    tokens(text).into_iter().map(|token| token.folded).collect()
}

/// The tokens of the text that are words a hit must hold, and not names of columns.
fn words(text: &str, parsed: &Parsed) -> Vec<Option<Token>> {
    let wanted = parsed.wanted_words();
    let is_wanted = |token: &Token| {
        let end = usize::try_from(token.end).unwrap_or(usize::MAX);
        let is_name = text.get(end..).is_some_and(|after| after.starts_with(':'));
        !is_name && wanted.iter().any(|word| word.folded == token.folded)
    };
    tokens(text).into_iter().map(|token| Some(token).filter(is_wanted)).collect()
}

fn suspects(
    vocabulary: &Vocabulary<'_>,
    words: &[Option<Token>],
    total: u64,
) -> Result<Suspects, SearchError> {
    let mut known = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if let Some(word) = word {
            known.push((at, word, vocabulary.rows_with(&word.folded)?));
        }
    }
    let is_unknown = known.iter().any(|(.., rows)| *rows == 0);
    let is_suspect = |rows: u64| match (is_unknown, total) {
        (true, _) => rows == 0,
        (false, 0) => true,
        (false, _) => rows < CORRECTION_HITS_FEW,
    };
    let mut suspects = Vec::new();
    let chosen: Vec<_> =
        known.into_iter().filter(|(.., rows)| is_suspect(*rows)).take(CORRECTED_WORDS_MAX).collect();
    let near =
        vocabulary.near(&chosen.iter().map(|(_, word, _)| word.folded.as_str()).collect::<Vec<_>>())?;
    for ((at, word, _), near) in chosen.into_iter().zip(near) {
        let beside = |place: Option<usize>| place.and_then(|place| words.get(place)?.as_ref());
        let neighbours = [beside(at.checked_sub(1)), beside(Some(at + 1))];
        let spellings = spelling::of(vocabulary, word, near, neighbours)?;
        if !spellings.is_empty() {
            suspects.push(Suspect { at, spellings });
        }
    }
    Ok(Suspects { together: is_unknown, list: suspects })
}

/// Where words are unknown, the best spelling of each, then each other one beside the best of the rest.
/// Else one word at a time, the likeliest first.
fn choices(suspects: &Suspects) -> Vec<Choice<'_>> {
    let list = &suspects.list;
    if !suspects.together {
        let singles = list.iter().flat_map(|suspect| suspect.spellings.iter().map(|each| (suspect.at, each)));
        let mut singles: Vec<_> = singles.collect();
        singles.sort_by_key(|(_, spelling)| (spelling.cost, Reverse(spelling.support)));
        return singles.into_iter().map(|single| Choice { replaced: BTreeMap::from([single]) }).collect();
    }
    let best = list.iter().filter_map(|suspect| Some((suspect.at, suspect.spellings.first()?)));
    let best = Choice { replaced: best.collect() };
    let others =
        list.iter().flat_map(|suspect| suspect.spellings.iter().skip(1).map(|each| (suspect.at, each)));
    let others = others.map(|(at, spelling)| {
        let mut other = best.clone();
        other.replaced.insert(at, spelling);
        other
    });
    let others: Vec<_> = others.collect();
    std::iter::once(best).chain(others).filter(|choice| !choice.replaced.is_empty()).collect()
}

impl Choice<'_> {
    fn cost(&self) -> u32 {
        self.replaced.values().map(|spelling| spelling.cost).sum()
    }

    /// Rows that hold the spellings beside their neighbours.
    fn support(&self) -> u64 {
        self.replaced.values().map(|spelling| spelling.support.0).sum()
    }

    /// The text with the words at their places replaced.
    fn text(&self, text: &str, words: &[Option<Token>], write: &dyn Fn(&Spelling) -> String) -> String {
        let mut written = String::with_capacity(text.len());
        let mut reached = 0;
        for (at, spelling) in &self.replaced {
            let Some(Some(word)) = words.get(*at) else { continue };
            let (Ok(start), Ok(end)) = (usize::try_from(word.start), usize::try_from(word.end)) else {
                continue;
            };
            written.push_str(text.get(reached..start).unwrap_or_default());
            written.push_str(&write(spelling));
            reached = end;
        }
        written.push_str(text.get(reached..).unwrap_or_default());
        written
    }
}

#[cfg(test)]
mod tests;
