//! The best rows for one or two words, without looking at all that match.
//!
//! Their number is counted without scores. The best are found with the bounds that the index keeps for
//! each block of postings: what cannot come among them is skipped unread. That works for terms that must
//! all stand, and so the search is cut into such parts: the open lane's words with their pair, the open
//! lane's words alone, and, in full, the few rows where a word stands in the personal lane. A row's score
//! in a part is at most its real one, which one part gives, so that the best of all parts, each row at its
//! highest, are the best rows.

use rustc_hash::FxHashMap;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::query::{BooleanQuery, EnableScoring, Occur, Query, TermQuery, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Score, Searcher, SegmentReader, Term};

use crate::search::analyzer::pair;
use crate::search::collect::{Found, Gather, sort};
use crate::search::filter::unscored;
use crate::search::query::Parsed;
use crate::search::request::Matched;
use crate::search::retrieve;
use crate::search::schema::Lane;
use crate::search::statistics::Statistics;

/// A search for one or two words, cut into parts.
pub(in crate::search) struct Parts {
    /// The open lane's words, all of which must stand.
    open: BooleanQuery,
    /// The same with their pair.
    paired: Option<BooleanQuery>,
    /// Rows that match and have a word in the personal lane.
    personal: Option<BooleanQuery>,
}

impl Parts {
    /// The parts of `parsed`; none when it asks for anything else than one or two words.
    pub(in crate::search) fn of(parsed: &Parsed, lanes: &[Lane]) -> Option<Self> {
        let (open, personal) = match lanes {
            [open] => (open, None),
            [open, personal] => (open, Some(personal)),
            _ => return None,
        };
        let asked = Asked::of(parsed)?;
        let words = asked.words(open);
        let paired = asked.pair.as_ref().map(|text| {
            let pair = Term::from_field_text(open.pairs, text);
            all(words.iter().cloned().chain([pair]))
        });
        let personal = personal.map(|lane| {
            let anywhere = retrieve::query(parsed, Matched::All, lanes, Vec::new());
            let here = BooleanQuery::union(asked.words(lane).into_iter().map(term).collect());
            BooleanQuery::new(vec![
                (Occur::Must, Box::new(anywhere) as Box<dyn Query>),
                (Occur::Must, unscored(Box::new(here))),
            ])
        });
        Some(Self { open: all(words.into_iter()), paired, personal })
    }

    /// How many rows match.
    pub(in crate::search) fn count(&self, searcher: &Searcher) -> tantivy::Result<u64> {
        let open = self.open.count(searcher)?;
        let Some(personal) = &self.personal else { return Ok(open as u64) };
        let both: Vec<(Occur, Box<dyn Query>)> =
            vec![(Occur::Must, Box::new(personal.clone())), (Occur::Must, Box::new(self.open.clone()))];
        let both = BooleanQuery::new(both).count(searcher)?;
        Ok((open + personal.count(searcher)?).saturating_sub(both) as u64)
    }

    /// The best rows, in order, as `gather` wants them.
    pub(in crate::search) fn best(
        &self,
        searcher: &Searcher,
        statistics: &Statistics,
        gather: &Gather<'_>,
    ) -> tantivy::Result<Vec<Found>> {
        let parts = [self.paired.as_ref(), Some(&self.open), self.personal.as_ref()];
        let weights: Vec<Box<dyn Weight>> = parts
            .into_iter()
            .flatten()
            .map(|part| part.weight(EnableScoring::enabled_from_statistics_provider(statistics, searcher)))
            .collect::<tantivy::Result<_>>()?;
        let mut rows = Vec::new();
        for (segment, reader) in (0u32..).zip(searcher.segment_readers()) {
            rows.extend(best_of_segment(&weights, (segment, reader), gather)?);
        }
        sort(&mut rows, gather.order);
        rows.truncate(gather.wanted);
        Ok(rows)
    }
}

/// The words, or the phrase, as terms.
struct Asked {
    words: Vec<String>,
    /// Whether the words are indexed as pairs.
    is_pair: bool,
    pair: Option<String>,
}

impl Asked {
    fn of(parsed: &Parsed) -> Option<Self> {
        if !parsed.excluded.is_empty() || !parsed.groups.is_empty() || !parsed.patterns.is_empty() {
            return None;
        }
        let (words, pairs) = (parsed.bare_words(), parsed.pairs());
        let words: Vec<String> = words.into_iter().map(|word| word.folded.clone()).collect();
        match (parsed.phrases.as_slice(), words.len(), pairs.as_slice()) {
            ([], 1, []) => Some(Self { words, is_pair: false, pair: None }),
            ([], 2, [pair]) => Some(Self { words, is_pair: false, pair: Some(pair.clone()) }),
            ([phrase], 0, []) => match phrase.as_slice() {
                [word] => Some(Self { words: vec![word.folded.clone()], is_pair: false, pair: None }),
                [first, second] => {
                    let words = vec![pair(&first.folded, &second.folded)];
                    Some(Self { words, is_pair: true, pair: None })
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn words(&self, lane: &Lane) -> Vec<Term> {
        let field: Field = if self.is_pair { lane.pairs } else { lane.words };
        self.words.iter().map(|word| Term::from_field_text(field, word)).collect()
    }
}

fn best_of_segment(
    weights: &[Box<dyn Weight>],
    (segment, reader): (u32, &SegmentReader),
    gather: &Gather<'_>,
) -> tantivy::Result<impl Iterator<Item = Found>> {
    let mut found: FxHashMap<u32, Found> = FxHashMap::default();
    let mut threshold = Score::MIN;
    for weight in weights {
        let mut here = gather.for_segment(segment, reader)?;
        weight.for_each_pruning(threshold, reader, &mut |row, score| {
            if reader.alive_bitset().is_none_or(|alive| alive.is_alive(row)) {
                here.collect(row, score);
            }
            threshold.max(here.threshold())
        })?;
        threshold = threshold.max(here.threshold());
        for row in here.harvest()?.rows {
            let known = found.entry(row.address.doc_id).or_insert_with(|| row.clone());
            if known.score < row.score {
                *known = row;
            }
        }
    }
    Ok(found.into_values())
}

fn all(terms: impl Iterator<Item = Term>) -> BooleanQuery {
    BooleanQuery::new(terms.map(|one| (Occur::Must, term(one))).collect())
}

fn term(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

#[cfg(test)]
mod tests;
