//! The text as a tantivy query: which rows match, and their first score.
//!
//! All words: each must stand in some lane, pairs of neighbours add to the score. Most: at least
//! [`PAIRS_SHARE`] of the pairs must stand, which is how a long or half-remembered text is found.

use tantivy::Term;
use tantivy::query::{BooleanQuery, EmptyQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use crate::search::analyzer::pair;
use crate::search::filter::{Clause, everything, outside, unscored};
use crate::search::query::{Parsed, Word};
use crate::search::request::Matched;
use crate::search::schema::Lane;
use crate::search::steady::without;
use crate::search::widen::{Group, Other};

/// Share of the pairs that must stand in a hit, in hundredths: of the judged answers to law questions,
/// 98 in 100 have it, and what has less is no answer.
const PAIRS_SHARE: usize = 15;
/// Pairs that must stand in a hit, where there are as many.
const PAIRS_MIN: usize = 2;

/// The rule tried first.
pub(in crate::search) fn first_rule(parsed: &Parsed) -> Matched {
    if parsed.is_question && !parsed.pairs().is_empty() { Matched::Most } else { Matched::All }
}

/// Whether the weaker rule can find rows that the stronger one does not.
pub(in crate::search) fn may_relax(parsed: &Parsed) -> bool {
    let pairs = parsed.pairs().len();
    needed(pairs) < pairs
}

/// How many of so many pairs must stand.
pub(in crate::search) fn needed(pairs: usize) -> usize {
    (pairs * PAIRS_SHARE).div_ceil(100).max(PAIRS_MIN.min(pairs))
}

/// The query for `parsed` under `rule`, within `limits` (scope and filters); `dated` is the day by which a place
/// had one name or the other.
pub(in crate::search) fn query(
    parsed: &Parsed,
    rule: Matched,
    (lanes, dated): (&[Lane], Option<Field>),
    limits: Vec<Clause>,
) -> BooleanQuery {
    let mut clauses = limits;
    match rule {
        Matched::All => {
            let grouped = |word: &Word| parsed.groups.iter().any(|group| group.given.contains(word));
            let words = parsed.bare_words().into_iter().filter(|word| !grouped(word));
            clauses.extend(words.map(|word| (Occur::Must, in_any(lanes, |lane| word_query(lane, word)))));
            clauses
                .extend(parsed.groups.iter().map(|group| (Occur::Must, group_query((lanes, dated), group))));
            let pairs = parsed.pairs();
            clauses.extend(
                pairs.iter().map(|pair| (Occur::Should, in_any(lanes, |lane| pair_query(lane, pair)))),
            );
        }
        Matched::Most => {
            let pairs = parsed.pairs();
            let queries = pairs.iter().map(|pair| in_any(lanes, |lane| pair_query(lane, pair)));
            let others = parsed.groups.iter().flat_map(|group| instead((lanes, dated), group));
            let queries = queries.chain(others).collect();
            let most = BooleanQuery::union_with_minimum_required_clauses(queries, needed(pairs.len()));
            clauses.push((Occur::Must, Box::new(most)));
        }
    }
    for phrase in &parsed.phrases {
        clauses.push((Occur::Must, written_query((lanes, dated), phrase, parsed.others(phrase))));
    }
    for excluded in &parsed.excluded {
        clauses.push(without(written_query((lanes, dated), excluded, parsed.others(excluded))));
    }
    if clauses.iter().all(|(occur, _)| *occur != Occur::Must) {
        clauses.push(everything());
    }
    let asks_nothing = !parsed.has_words() && parsed.excluded.is_empty();
    if parsed.is_given && asks_nothing {
        clauses.push((Occur::Must, unscored(Box::new(EmptyQuery))));
    }
    BooleanQuery::new(clauses)
}

fn in_any(lanes: &[Lane], query: impl Fn(&Lane) -> Box<dyn Query>) -> Box<dyn Query> {
    match lanes {
        [lane] => query(lane),
        lanes => Box::new(BooleanQuery::union(lanes.iter().map(query).collect())),
    }
}

/// The words as given, or what may stand instead.
fn group_query((lanes, dated): (&[Lane], Option<Field>), group: &Group) -> Box<dyn Query> {
    let words = group.given.iter().map(|word| in_any(lanes, |lane| word_query(lane, word)));
    let given: Box<dyn Query> = Box::new(BooleanQuery::intersection(words.collect()));
    let others = group.others.iter().map(|other| other_query((lanes, dated), other));
    Box::new(BooleanQuery::union(std::iter::once(given).chain(others).collect()))
}

/// The words side by side as given, or what may stand instead.
fn written_query(
    (lanes, dated): (&[Lane], Option<Field>),
    words: &[Word],
    others: &[Other],
) -> Box<dyn Query> {
    let given = in_any(lanes, |lane| phrase_query(lane, words));
    if others.is_empty() {
        return given;
    }
    let others = others.iter().map(|other| other_query((lanes, dated), other));
    Box::new(BooleanQuery::union(std::iter::once(given).chain(others).collect()))
}

/// What may stand instead of the words, as often as they have pairs, so that it counts as much as they.
fn instead((lanes, dated): (&[Lane], Option<Field>), group: &Group) -> Vec<Box<dyn Query>> {
    let pairs = group.given.len().saturating_sub(1).max(1);
    let others = group.others.iter().flat_map(|other| std::iter::repeat_n(other, pairs));
    others.map(|other| other_query((lanes, dated), other)).collect()
}

fn other_query((lanes, dated): (&[Lane], Option<Field>), other: &Other) -> Box<dyn Query> {
    match other {
        Other::Name(words, when) => {
            let name = in_any(lanes, |lane| phrase_query(lane, words));
            match dated {
                Some(dated) => Box::new(BooleanQuery::new(vec![(Occur::Must, name), outside(dated, *when)])),
                None => name,
            }
        }
        Other::Words(words) => in_any(lanes, |lane| phrase_query(lane, words)),
        Other::Number(number) => in_any(lanes, |lane| term_query(lane.numbers, number)),
    }
}

fn word_query(lane: &Lane, word: &Word) -> Box<dyn Query> {
    term_query(lane.words, &word.folded)
}

fn pair_query(lane: &Lane, pair: &str) -> Box<dyn Query> {
    term_query(lane.pairs, pair)
}

fn phrase_query(lane: &Lane, words: &[Word]) -> Box<dyn Query> {
    match words {
        [] => Box::new(EmptyQuery),
        [word] => word_query(lane, word),
        [first, second] => pair_query(lane, &pair(&first.folded, &second.folded)),
        words => {
            let terms = words.iter().map(|word| Term::from_field_text(lane.words, &word.folded));
            let stands = (Occur::Must, unscored(Box::new(PhraseQuery::new(terms.collect()))));
            let pairs = pair_terms(lane, words).into_iter().map(|pair| (Occur::Must, scored(pair)));
            Box::new(BooleanQuery::new(std::iter::once(stands).chain(pairs).collect()))
        }
    }
}

/// The pairs of neighbours in `words`, as often as they come.
pub(in crate::search) fn pair_terms(lane: &Lane, words: &[Word]) -> Vec<Term> {
    let pairs = words.iter().zip(words.iter().skip(1));
    pairs.map(|(a, b)| Term::from_field_text(lane.pairs, &pair(&a.folded, &b.folded))).collect()
}

fn term_query(field: Field, text: &str) -> Box<dyn Query> {
    scored(Term::from_field_text(field, text))
}

fn scored(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}
