//! The rows that match words, pairs and phrases, found by walking postings block by block.
//!
//! What most texts ask is an intersection of few lists of rows, each in one or two lanes. Here these lists are
//! read in their blocks of 128 rows, without the layers of a general query: the rarest list gives the
//! candidates of a stretch of rows, the others keep those that they hold and add to their scores, and what is
//! left is gathered. The lowest score that is still among the best goes from segment to segment. Matches and
//! scores are those of [`retrieve::query`](crate::search::retrieve::query), which a test holds it to; what is
//! not words alone is left to that one.

mod any;
mod both;
mod list;
mod most;
mod phrase;
mod plan;
mod race;
mod walk;
mod window;

use tantivy::query::{EnableScoring, Occur, Weight};
use tantivy::{Searcher, Term};

use crate::search::budget::Budget;
use crate::search::collect::{Best, Gather, Gathered};
use crate::search::compile::Fitting;
use crate::search::statistics::Statistics;
use crate::search::sweep::list::Sought;
use crate::search::sweep::walk::Walk;

pub(in crate::search) use crate::search::sweep::plan::Plan;

/// A plan whose terms were looked up, to be walked segment by segment.
struct Prepared<'p> {
    /// Each must stand: one list a lane.
    musts: Vec<Vec<Sought>>,
    phrases: Vec<Vec<phrase::Asked>>,
    most: Option<(Vec<Vec<Sought>>, usize)>,
    /// By segment, a list of terms of each lane, any of which must stand.
    any: Option<&'p [Vec<Fitting>]>,
    /// One list a lane.
    extras: Vec<Vec<Sought>>,
    without: Vec<Sought>,
    /// Filters, and whether they must hold or must not.
    limits: Vec<(bool, Box<dyn Weight>)>,
    is_scored: bool,
}

/// Gathers the rows that match `plan`.
pub(in crate::search) fn gather(
    plan: &Plan,
    (searcher, statistics): (&Searcher, &Statistics),
    gather: &Gather<'_>,
    budget: &Budget,
) -> tantivy::Result<Gathered> {
    let prepared = Prepared::of(plan, (searcher, statistics), gather.needs_scores())?;
    let only_counts = gather.only_counts();
    let mut best = Best::of(gather.wanted);
    let mut parts = Vec::with_capacity(searcher.segment_readers().len());
    for here in (0u32..).zip(searcher.segment_readers()) {
        let mut gathering = gather.following(best, here)?;
        if !budget.look()
            && let Some(mut walk) = Walk::open(&prepared, here)?
        {
            walk.run(&mut gathering, (budget, only_counts));
        }
        let (part, so_far) = gathering.close()?;
        parts.push(part);
        best = so_far;
    }
    Ok(gather.sum(parts, Some(best)))
}

impl<'p> Prepared<'p> {
    fn of(
        plan: &'p Plan,
        (searcher, statistics): (&Searcher, &Statistics),
        is_scored: bool,
    ) -> tantivy::Result<Self> {
        let one = |term: &Term| Sought::of(term, statistics);
        let all = |terms: &[Term]| terms.iter().map(one).collect::<tantivy::Result<Vec<Sought>>>();
        let lanes =
            |groups: &[Vec<Term>]| groups.iter().map(|group| all(group)).collect::<tantivy::Result<_>>();
        let mut phrases = Vec::with_capacity(plan.phrases.len());
        for asked in &plan.phrases {
            let asked = asked
                .iter()
                .map(|lane| Ok(phrase::Asked { pairs: all(&lane.pairs)?, words: all(&lane.words)? }));
            phrases.push(asked.collect::<tantivy::Result<_>>()?);
        }
        let mut limits = Vec::with_capacity(plan.limits.len());
        for (occur, query) in &plan.limits {
            let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
            limits.push((*occur != Occur::MustNot, weight));
        }
        let most = plan.most.as_ref().map(|(pairs, needed)| tantivy::Result::Ok((lanes(pairs)?, *needed)));
        Ok(Self {
            musts: lanes(&plan.musts)?,
            phrases,
            most: most.transpose()?,
            any: plan.any.as_deref(),
            extras: lanes(&plan.extras)?,
            without: all(&plan.without)?,
            limits,
            is_scored,
        })
    }
}

#[cfg(test)]
mod tests;
