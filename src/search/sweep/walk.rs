//! The walk over one segment, a stretch of rows at a time.

use tantivy::collector::SegmentCollector;
use tantivy::query::Scorer;
use tantivy::{DocId, SegmentReader};

use crate::search::budget::Budget;
use crate::search::collect::SegmentGather;
use crate::search::sweep::Prepared;
use crate::search::sweep::any::Any;
use crate::search::sweep::list::{Candidate, List, Sought, intersection, union};
use crate::search::sweep::most::Most;
use crate::search::sweep::phrase::Phrase;

/// Rows of a stretch.
pub(super) const WINDOW: DocId = 1 << 15;

/// The open lists of one segment.
pub(super) struct Walk<'a> {
    reader: &'a SegmentReader,
    /// The rarest first; each has a list in every lane that knows the term.
    musts: Vec<Vec<List>>,
    phrases: Vec<Vec<Phrase>>,
    most: Option<Most>,
    any: Option<Any>,
    extras: Vec<List>,
    without: Vec<List>,
    limits: Vec<(bool, Box<dyn Scorer>)>,
}

impl<'a> Walk<'a> {
    /// None when no row of the segment can match.
    pub(super) fn open(
        prepared: &Prepared<'_>,
        segment: u32,
        reader: &'a SegmentReader,
    ) -> tantivy::Result<Option<Self>> {
        let open = |sought: &[Sought]| {
            let lists = sought.iter().filter_map(|sought| sought.open(segment, reader).transpose());
            lists.collect::<tantivy::Result<Vec<List>>>()
        };
        let rows = |lanes: &[Sought]| lanes.iter().map(|sought| sought.rows(segment)).sum::<u32>();
        let mut ordered: Vec<&Vec<Sought>> = prepared.musts.iter().collect();
        ordered.sort_by_key(|lanes| rows(lanes));
        if ordered.iter().any(|lanes| rows(lanes) == 0) {
            return Ok(None);
        }
        let musts = ordered.into_iter().map(|lanes| open(lanes)).collect::<tantivy::Result<_>>()?;
        let mut ordered: Vec<_> = prepared.phrases.iter().collect();
        ordered.sort_by_key(|lanes| lanes.iter().map(|phrase| phrase.rows(segment)).sum::<u32>());
        let mut phrases = Vec::with_capacity(ordered.len());
        for lanes in ordered {
            let opened = lanes.iter().filter_map(|phrase| phrase.open(segment, reader).transpose());
            let opened = opened.collect::<tantivy::Result<Vec<Phrase>>>()?;
            if opened.is_empty() {
                return Ok(None);
            }
            phrases.push(opened);
        }
        let most = match &prepared.most {
            Some((terms, needed)) => match Most::open((terms, *needed), segment, reader)? {
                None => return Ok(None),
                most => most,
            },
            None => None,
        };
        let limits =
            prepared.limits.iter().map(|(wanted, weight)| Ok((*wanted, weight.scorer(reader, 1.0)?)));
        let limits = limits.collect::<tantivy::Result<_>>()?;
        let (extras, without) = (open(&prepared.extras)?, open(&prepared.without)?);
        let any = prepared.any.and_then(|any| any.get(segment as usize));
        let any = any.map(|lanes| Any::open(lanes, reader.max_doc())).transpose()?;
        Ok(Some(Self { reader, musts, phrases, most, any, extras, without, limits }))
    }

    /// Gathers what matches.
    pub(super) fn run(&mut self, here: &mut SegmentGather, budget: &Budget) {
        let is_one_list = self.is_one_list();
        let mut start = 0;
        while start < self.reader.max_doc() && !budget.look() {
            let end = start.saturating_add(WINDOW);
            if is_one_list {
                let lists = self.musts.iter_mut().flatten();
                lists.for_each(|list| list.each(end, |row, _, score| here.collect(row, score)));
                start = end;
                continue;
            }
            let found = self.matching(start, end);
            match self.reader.alive_bitset() {
                None => found.iter().for_each(|one| here.collect(one.row, one.score)),
                Some(alive) => {
                    let found = found.iter().filter(|one| alive.is_alive(one.row));
                    found.for_each(|one| here.collect(one.row, one.score));
                }
            }
            start = end;
        }
    }

    /// Whether every row of one list matches.
    fn is_one_list(&self) -> bool {
        let is_one = matches!(self.musts.as_slice(), [lanes] if lanes.len() == 1);
        is_one
            && self.phrases.is_empty()
            && self.most.is_none()
            && self.any.is_none()
            && self.extras.is_empty()
            && self.without.is_empty()
            && self.limits.is_empty()
            && self.reader.alive_bitset().is_none()
    }

    /// Rows from `start` and before `end` that match, but for deleted ones.
    fn matching(&mut self, start: DocId, end: DocId) -> Vec<Candidate> {
        let mut others = self.musts.iter_mut();
        let mut found: Option<Vec<Candidate>> = others.next().map(|lanes| fill(lanes, end));
        for lanes in others {
            if let Some(found) = &mut found {
                keep(lanes, found);
            }
        }
        for lanes in &mut self.phrases {
            let with = lanes.iter_mut().map(|phrase| phrase.fill(end)).reduce(union).unwrap_or_default();
            both(&mut found, with);
        }
        if let Some(most) = &mut self.most {
            both(&mut found, most.fill(start, end));
        }
        if let Some(any) = &self.any {
            both(&mut found, any.fill(start, end));
        }
        let mut found = found.unwrap_or_default();
        for list in &mut self.without {
            found.retain(|candidate| !list.holds(candidate.row));
        }
        for (is_wanted, limit) in &mut self.limits {
            found.retain(|candidate| {
                if limit.doc() < candidate.row {
                    limit.seek(candidate.row);
                }
                (limit.doc() == candidate.row) == *is_wanted
            });
        }
        for list in &mut self.extras {
            for candidate in &mut found {
                candidate.score += list.find(candidate.row).map_or(0.0, |(_, score)| score);
            }
        }
        found
    }
}

fn both(found: &mut Option<Vec<Candidate>>, with: Vec<Candidate>) {
    match found {
        Some(found) => intersection(found, &with),
        None => *found = Some(with),
    }
}

/// Rows before `end` with the term in any lane.
fn fill(lanes: &mut [List], end: DocId) -> Vec<Candidate> {
    let each = lanes.iter_mut().map(|list| {
        let mut found = Vec::new();
        list.each(end, |row, _, score| found.push(Candidate { row, score }));
        found
    });
    each.reduce(union).unwrap_or_default()
}

/// Keeps the rows with the term in any lane.
fn keep(lanes: &mut [List], found: &mut Vec<Candidate>) {
    found.retain_mut(|candidate| {
        let mut stands = false;
        for list in lanes.iter_mut() {
            if let Some((_, score)) = list.find(candidate.row) {
                stands = true;
                candidate.score += score;
            }
        }
        stands
    });
}
