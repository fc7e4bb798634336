//! One search from request to answer: match, gather, put in order, show a page.

use std::sync::Arc;
use std::time::Duration;

use tantivy::query::Query;
use tantivy::schema::TantivyDocument;

use crate::domain::limits::{
    CORRECTION_HITS_FEW, HITS_MAX, RANKED_HITS_MAX, RERANK_DEPTH, SEARCH_MILLISECONDS,
};
use crate::domain::scope::Scope;
use crate::search::SearchError;
use crate::search::budget::{Budget, Timed};
use crate::search::collect::{Found, Gather, Gathered};
use crate::search::compile::{self, Compiler};
use crate::search::correct;
use crate::search::cursor::{Binding, Cursor, Position};
use crate::search::document::id_of_parts;
use crate::search::facet;
use crate::search::filter;
use crate::search::highlight::Wanted;
use crate::search::language::tree::Node;
use crate::search::language::{self, Note};
use crate::search::order::Order;
use crate::search::prune::Parts;
use crate::search::query::{Parsed, check_length};
use crate::search::rank::Ranking;
use crate::search::reader::{Reader, stored_text};
use crate::search::request::{Answer, Highlight, Hit, Matched, Request, Total};
use crate::search::retrieve;
use crate::search::schema::Lane;

/// A request on its way.
pub(in crate::search) struct Answering<'a> {
    reader: &'a Reader,
    request: &'a Request,
    scope: &'a Scope,
    parsed: Parsed,
    /// What a text asks that uses more of the language than words, phrases and exclusions.
    tree: Option<Node>,
    notes: Vec<Note>,
    budget: Arc<Budget>,
    order: Order,
    facets: Vec<facet::FacetColumn>,
    binding: Binding,
    position: Option<Position>,
}

impl<'a> Answering<'a> {
    pub(in crate::search) fn prepare(
        reader: &'a Reader,
        request: &'a Request,
        scope: &'a Scope,
    ) -> Result<Self, SearchError> {
        check_length(&request.text)?;
        let reading = language::read(&request.text, reader.names(scope.sees_personal))
            .map_err(|error| SearchError::Language(Box::new(error)))?;
        let tree = reading.tree.filter(|_| !reading.is_plain);
        let parsed = match &tree {
            Some(tree) => compile::wanted(reader, tree)?,
            None => Parsed::read(&request.text)?,
        };
        if request.limit > HITS_MAX {
            return Err(SearchError::TooMany { what: "hits", found: request.limit, limit: HITS_MAX });
        }
        let fields = reader.fields();
        let order = Order::of(fields, &request.sort, parsed.has_words(), scope)?;
        let facets = facet::columns(fields, &request.facets, scope)?;
        let uses_today = tree.as_ref().is_some_and(Node::uses_today);
        let bound = Request { today: request.today.filter(|_| uses_today), ..request.clone() };
        let binding = Binding::new(fields, &bound, scope, reader.commit(), reader.view());
        let position = request.cursor.as_ref().map(|cursor| binding.open(cursor)).transpose()?;
        let budget = Budget::of(request.time.unwrap_or(Duration::from_millis(SEARCH_MILLISECONDS)));
        let notes = reading.notes;
        Ok(Self { reader, request, scope, parsed, tree, notes, budget, order, facets, binding, position })
    }

    pub(in crate::search) fn run(&self) -> Result<Answer, SearchError> {
        let first = match &self.position {
            Some(Position::Ranked { relaxed: true, .. } | Position::After { relaxed: true, .. }) => {
                Matched::Most
            }
            _ => self.first_rule(),
        };
        let mut matched = first;
        let mut gathered = self.gather(matched)?;
        let may_relax = self.tree.is_none() && retrieve::may_relax(&self.parsed);
        if gathered.total == 0 && matched == Matched::All && may_relax {
            matched = Matched::Most;
            gathered = self.gather(matched)?;
        }
        let offset = self.offset();
        if self.order == Order::Relevance {
            let (reader, lanes) = (self.reader, self.lanes());
            let ranking = Ranking {
                searcher: reader.searcher(),
                statistics: reader.statistics(),
                fields: reader.fields(),
                lanes: &lanes,
                weights: &self.request.weights,
            };
            ranking.rerank(&self.parsed, &mut gathered.rows).map_err(|error| reader.error(error))?;
        }
        let page: Vec<&Found> = gathered.rows.iter().skip(offset).take(self.request.limit).collect();
        let partial = self.budget.is_over();
        let next = if partial { None } else { self.next(&gathered, &page, matched) };
        let hits = page.into_iter().map(|found| self.hit(found)).collect::<Result<Vec<Hit>, _>>()?;
        let facets =
            gathered.counts.into_iter().zip(&self.facets).map(|(counts, facet)| counts.show(facet)).collect();
        let total = Total { value: gathered.total, exact: !partial };
        let is_poor = gathered.total < CORRECTION_HITS_FEW || matched != first;
        let corrections = if is_poor && !partial && self.position.is_none() {
            let strict = if matched == first { gathered.total } else { 0 };
            correct::offers(self.reader, self.request, self.scope, (&self.parsed, strict))?
        } else {
            Vec::new()
        };
        let (commit, notes) = (self.reader.commit(), self.notes.clone());
        Ok(Answer { commit, total, matched, hits, facets, next, partial, corrections, notes })
    }

    /// How many rows match by the first rule.
    pub(in crate::search) fn count(&self) -> Result<u64, SearchError> {
        self.gather(self.first_rule()).map(|gathered| gathered.total)
    }

    fn first_rule(&self) -> Matched {
        if self.tree.is_some() { Matched::All } else { retrieve::first_rule(&self.parsed) }
    }

    fn lanes(&self) -> Vec<Lane> {
        self.reader.fields().lanes(self.scope.sees_personal)
    }

    fn offset(&self) -> usize {
        match (&self.position, &self.order) {
            (Some(Position::Ranked { offset, .. }), Order::Relevance) => *offset,
            _ => 0,
        }
    }

    fn gather(&self, rule: Matched) -> Result<Gathered, SearchError> {
        let reader = self.reader;
        let after = match &self.position {
            Some(Position::After { place, .. }) => Some(place),
            _ => None,
        };
        let wanted = match self.order {
            Order::Relevance => self.ranked_wanted()?,
            Order::Columns(_) => self.request.limit,
        };
        let limits = filter::clauses(reader.fields(), &self.request.filters, self.scope)?;
        let gather = Gather { order: &self.order, wanted, after, facets: &self.facets };
        let prunes = rule == Matched::All && self.tree.is_none() && limits.is_empty();
        if prunes
            && self.order == Order::Relevance
            && wanted > 0
            && let Some(parts) = Parts::of(&self.parsed, &self.lanes())
        {
            return self.gather_pruned(&parts, &gather).map_err(|error| reader.error(error));
        }
        let (today, budget) = (self.request.today, &self.budget);
        let query: Box<dyn Query> = match &self.tree {
            Some(tree) => Compiler { reader, scope: self.scope, today, budget }.query(tree, limits)?,
            None => Box::new(retrieve::query(&self.parsed, rule, &self.lanes(), limits)),
        };
        let query = Timed { query: Arc::from(query), budget: Arc::clone(budget) };
        let gathered =
            reader.searcher().search_with_statistics_provider(&query, &gather, reader.statistics());
        match budget.fault() {
            Some(problem) => Err(SearchError::Engine { problem: problem.to_owned() }),
            None => gathered.map_err(|error| self.reader.error(error)),
        }
    }

    /// Counts first, and facets with it; the best rows are then found among few.
    fn gather_pruned(&self, parts: &Parts, gather: &Gather<'_>) -> tantivy::Result<Gathered> {
        let (searcher, budget) = (self.reader.searcher(), &self.budget);
        if budget.look() {
            return Ok(Gathered::default());
        }
        let mut gathered = if self.facets.is_empty() {
            Gathered { total: parts.count(searcher)?, ..Gathered::default() }
        } else {
            let query = retrieve::query(&self.parsed, Matched::All, &self.lanes(), Vec::new());
            let query = Timed { query: Arc::new(query), budget: Arc::clone(budget) };
            let counting = Order::Columns(Vec::new());
            searcher.search(&query, &Gather { order: &counting, wanted: 0, ..*gather })?
        };
        if !budget.look() {
            gathered.rows = parts.best(searcher, self.reader.statistics(), gather)?;
        }
        Ok(gathered)
    }

    /// Rows that are put in order anew must all be there, or a later page would repeat one.
    fn ranked_wanted(&self) -> Result<usize, SearchError> {
        let wanted = self.offset() + self.request.limit;
        if wanted > RANKED_HITS_MAX {
            return Err(SearchError::TooMany {
                what: "hits by relevance",
                found: wanted,
                limit: RANKED_HITS_MAX,
            });
        }
        Ok(if wanted == 0 { 0 } else { wanted.max(RERANK_DEPTH) })
    }

    fn next(&self, gathered: &Gathered, page: &[&Found], matched: Matched) -> Option<Cursor> {
        let last = page.last()?;
        let relaxed = matched == Matched::Most;
        if self.order == Order::Relevance {
            let offset = self.offset() + page.len();
            return (gathered.total > offset as u64).then(|| self.binding.ranked(offset, relaxed));
        }
        (gathered.after > page.len() as u64).then(|| self.binding.after(last.place.clone(), relaxed))
    }

    fn hit(&self, found: &Found) -> Result<Hit, SearchError> {
        let reader = self.reader;
        let document = reader.document(found.address)?;
        let mut fields = reader.row(&document, self.scope.sees_personal);
        let mut take =
            |name: &str| fields.shift_remove(name).and_then(|value| value.as_str().map(str::to_owned));
        let source_system = take("source_system").unwrap_or_default();
        let source_id = take("source_id").unwrap_or_default();
        let highlights =
            if self.request.highlight { self.highlights(&document, &fields) } else { Vec::new() };
        let (high, low) = found.place.id;
        let id = id_of_parts(reader.fields().letter, high, low);
        Ok(Hit { id, source_system, source_id, score: found.score, fields, highlights })
    }

    fn highlights(
        &self,
        document: &TantivyDocument,
        row: &serde_json::Map<String, serde_json::Value>,
    ) -> Vec<Highlight> {
        if !self.parsed.has_words() {
            return Vec::new();
        }
        let wanted = Wanted::of(&self.parsed);
        let columns = self.reader.fields().columns.iter().filter(|column| column.search);
        let columns = columns.filter(|column| self.scope.sees_personal || !column.personal);
        let shown = columns.filter_map(|column| {
            let text = match column.stored {
                Some(field) => stored_text(document, field),
                None => row.get(&column.name).and_then(|value| value.as_str()),
            };
            text.and_then(|text| wanted.show(&column.name, text))
        });
        shown.collect()
    }
}
