//! The walk over one segment, a stretch of rows at a time.

use tantivy::query::Scorer;
use tantivy::{DocId, SegmentReader};

use crate::search::budget::Budget;
use crate::search::collect::SegmentGather;
use crate::search::sweep::Prepared;
use crate::search::sweep::any::Any;
use crate::search::sweep::both;
use crate::search::sweep::list::{List, Sought, union};
use crate::search::sweep::most::Most;
use crate::search::sweep::phrase::Phrase;
use crate::search::sweep::race::race;
use crate::search::sweep::window::{WINDOW, Window};

/// The open lists of one segment.
pub(super) struct Walk<'a> {
    reader: &'a SegmentReader,
    /// The rarest first.
    musts: Vec<Lists>,
    phrases: Vec<Vec<Phrase>>,
    most: Option<Most>,
    any: Option<Any>,
    extras: Vec<Lists>,
    without: Vec<List>,
    limits: Vec<(bool, Box<dyn Scorer>)>,
}

/// Lists of a term, one in every lane that knows it.
struct Lists {
    lanes: Vec<List>,
    /// Rows of a stretch that they hold, about.
    rows: u64,
}

impl Lists {
    fn of(lanes: Vec<List>, reader: &SegmentReader) -> Self {
        let rows: u64 = lanes.iter().map(|list| u64::from(list.rows())).sum();
        Self { lanes, rows: rows * u64::from(WINDOW) / u64::from(reader.max_doc().max(WINDOW)) }
    }

    fn next(&mut self, row: DocId) -> Option<DocId> {
        self.lanes.iter_mut().filter_map(|list| list.next(row)).min()
    }
}

impl<'a> Walk<'a> {
    /// None when no row of the segment can match.
    pub(super) fn open(
        prepared: &Prepared<'_>,
        (segment, reader): (u32, &'a SegmentReader),
    ) -> tantivy::Result<Option<Self>> {
        let here = (segment, reader);
        let open = |sought: &[Sought]| {
            let lists = sought.iter().enumerate().filter_map(|(lane, sought)| {
                let list = sought.open(here, prepared.is_scored).transpose()?;
                Some(list.map(|list| list.of_lane(lane)))
            });
            lists.collect::<tantivy::Result<Vec<List>>>()
        };
        let rows = |lanes: &[Sought]| lanes.iter().map(|sought| sought.rows(segment)).sum::<u32>();
        let mut ordered: Vec<&Vec<Sought>> = prepared.musts.iter().collect();
        ordered.sort_by_key(|lanes| rows(lanes));
        if ordered.iter().any(|lanes| rows(lanes) == 0) {
            return Ok(None);
        }
        let lists = |lanes: &Vec<Sought>| Ok(Lists::of(open(lanes)?, reader));
        let musts = ordered.into_iter().map(lists).collect::<tantivy::Result<_>>()?;
        let Some(phrases) = phrases(prepared, here)? else { return Ok(None) };
        let most = match &prepared.most {
            Some((terms, needed)) => match Most::open((terms, *needed), here, prepared.is_scored)? {
                None => return Ok(None),
                most => most,
            },
            None => None,
        };
        let any = prepared.any.and_then(|any| any.get(segment as usize));
        let any = any.map(|lanes| Any::open(lanes, reader.max_doc())).transpose()?;
        if any.as_ref().is_some_and(|any| any.lanes.is_empty()) {
            return Ok(None);
        }
        let limits =
            prepared.limits.iter().map(|(wanted, weight)| Ok((*wanted, weight.scorer(reader, 1.0)?)));
        let limits = limits.collect::<tantivy::Result<_>>()?;
        let extras: Vec<Lists> = match prepared.is_scored {
            true => prepared.extras.iter().map(lists).collect::<tantivy::Result<_>>()?,
            false => Vec::new(),
        };
        let without = open(&prepared.without)?;
        Ok(Some(Self { reader, musts, phrases, most, any, extras, without, limits }))
    }

    /// Gathers what matches.
    pub(super) fn run(&mut self, here: &mut SegmentGather, (budget, only_counts): (&Budget, bool)) {
        if let Some(lists) = self.only_lists() {
            match lists {
                [list] if only_counts => return here.count(u64::from(list.rows())),
                [list] if here.bound().is_none() => return list.all(|rows, scores| here.take(rows, scores)),
                [first, others @ ..] if here.bound().is_some() && !only_counts => {
                    let rows = match others.first_mut() {
                        Some(other) if both::is_dense(first, other) => {
                            both::run([first, other], here, budget)
                        }
                        Some(other) if other.rows() > first.rows() => {
                            race((other, Some(first)), here, budget)
                        }
                        other => race((first, other), here, budget),
                    };
                    return here.count(rows);
                }
                _ => {}
            }
        }
        if self.is_any_alone()
            && here.bound().is_some()
            && let Some(any) = &mut self.any
        {
            return any.gather(here, self.reader.alive_bitset());
        }
        let mut window = Window::new();
        let mut next = self.next(0);
        while let Some(row) = next.filter(|row| *row < self.reader.max_doc() && !budget.look()) {
            window.move_to(row);
            self.fill(&mut window);
            if only_counts {
                here.count(window.left());
            } else if let Some(bound) = here.bound() {
                here.count(window.left());
                let (rows, scores) = window.read_from(bound);
                here.look_at(rows, scores);
            } else if !window.is_empty() {
                let (rows, scores) = window.read();
                here.take(rows, scores);
            }
            next = self.next(window.end());
        }
    }

    /// The lists of the one term whose rows all match, beside which nothing is asked.
    fn only_lists(&mut self) -> Option<&mut [List]> {
        let is_alone = self.phrases.is_empty()
            && self.most.is_none()
            && self.any.is_none()
            && self.extras.iter().all(|lists| lists.lanes.is_empty())
            && self.without.is_empty()
            && self.limits.is_empty()
            && self.reader.alive_bitset().is_none();
        match self.musts.as_mut_slice() {
            [Lists { lanes, .. }] if is_alone && lanes.len() <= 2 => Some(lanes),
            _ => None,
        }
    }

    /// Whether nothing is asked but any of many terms.
    fn is_any_alone(&self) -> bool {
        self.any.is_some() && self.musts.is_empty() && self.phrases.is_empty() && self.limits.is_empty()
    }

    /// The first row from `row` on that may match.
    fn next(&mut self, row: DocId) -> Option<DocId> {
        if let Some(lists) = self.musts.first_mut() {
            return lists.next(row);
        }
        if let Some(lanes) = self.phrases.first_mut() {
            return lanes.iter_mut().filter_map(|phrase| phrase.next(row)).min();
        }
        (self.most.is_some() || self.any.is_some()).then_some(row)
    }

    /// Leaves the rows that match.
    fn fill(&mut self, window: &mut Window) {
        for lists in &mut self.musts {
            window.keep(&mut lists.lanes, lists.rows);
            if window.is_empty() {
                return;
            }
        }
        let (start, end) = (window.start(), window.end());
        for lanes in &mut self.phrases {
            let with = lanes.iter_mut().map(|phrase| phrase.fill((start, end))).reduce(union);
            window.keep_candidates(&with.unwrap_or_default());
        }
        if let Some(most) = &mut self.most {
            window.keep_candidates(&most.fill(start, end));
        }
        if let Some(any) = &self.any {
            window.keep_any(&any.lanes);
        }
        self.without.iter_mut().for_each(|list| window.leave_out(list));
        if let Some(alive) = self.reader.alive_bitset() {
            window.retain(|row| alive.is_alive(row));
        }
        for (is_wanted, limit) in &mut self.limits {
            window.retain(|row| {
                if limit.doc() < row {
                    limit.seek(row);
                }
                (limit.doc() == row) == *is_wanted
            });
        }
        for Lists { lanes, rows } in &mut self.extras {
            if !window.is_empty() {
                lanes.iter_mut().for_each(|list| window.add(list, *rows));
            }
        }
    }
}

/// The phrases, the rarest first, each in the lanes that may hold it; none when no row can hold one of them.
fn phrases(
    prepared: &Prepared<'_>,
    here: (u32, &SegmentReader),
) -> tantivy::Result<Option<Vec<Vec<Phrase>>>> {
    let mut ordered: Vec<_> = prepared.phrases.iter().collect();
    ordered.sort_by_key(|lanes| lanes.iter().map(|phrase| phrase.rows(here.0)).sum::<u32>());
    let mut phrases = Vec::with_capacity(ordered.len());
    for lanes in ordered {
        let opened = lanes.iter().filter_map(|phrase| phrase.open(here).transpose());
        let opened = opened.collect::<tantivy::Result<Vec<Phrase>>>()?;
        if opened.is_empty() {
            return Ok(None);
        }
        phrases.push(opened);
    }
    Ok(Some(phrases))
}
