//! One search from request to answer: match, gather, put in order, show a page.

mod counts;
mod groups;
mod lift;

use std::sync::Arc;
use std::time::Duration;

use tantivy::collector::Count;
use tantivy::query::{BooleanQuery, Occur, Query};
use tantivy::schema::TantivyDocument;

use crate::domain::id::RecordId;
use crate::domain::limits::{
    CORRECTION_HITS_FEW, HITS_MAX, RANKED_HITS_MAX, RERANK_DEPTH, SEARCH_MILLISECONDS,
};
use crate::domain::scope::Scope;
use crate::search::SearchError;
use crate::search::answer::lift::Lift;
use crate::search::budget::{Budget, Timed};
use crate::search::collect::{Found, Gather, Gathered};
use crate::search::compile::{self, Compiler, Pattern};
use crate::search::correct;
use crate::search::cursor::{Binding, Cursor, Position};
use crate::search::document::id_of_parts;
use crate::search::facet;
use crate::search::filter;
use crate::search::highlight::Wanted;
use crate::search::histogram;
use crate::search::language::tree::{Leaf, Node};
use crate::search::language::{self, Note};
use crate::search::order::Order;
use crate::search::query::{Parsed, check_length};
use crate::search::rank::{Ranking, Scored};
use crate::search::reader::{Reader, stored_text};
use crate::search::request::{Answer, Filter, Highlight, Hit, HitGroup, Matched, Request, Total};
use crate::search::retrieve;
use crate::search::schema::Lane;
use crate::search::similar;
use crate::search::sweep::{self, Plan};

/// A hit to be: its row, and the rows it stands for.
struct Row {
    found: Found,
    group: Option<HitGroup>,
}

/// What is shown.
struct Page {
    rows: Vec<Row>,
    groups: Option<u64>,
    next: Option<Cursor>,
}

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
    histograms: Vec<facet::FacetColumn>,
    /// The column that hits are grouped by.
    group: Option<String>,
    recency: Option<Lift>,
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
        let (parsed, tree, notes) = match request.similar_to {
            Some(id) => (similar(reader, id, scope)?, None, Vec::new()),
            None if request.plain => (Parsed::words(&request.text)?, None, Vec::new()),
            None => read(reader, &request.text, scope)?,
        };
        if request.limit > HITS_MAX {
            return Err(SearchError::TooMany { what: "hits", found: request.limit, limit: HITS_MAX });
        }
        let fields = reader.fields();
        let order = Order::of(fields, &request.sort, parsed.has_words(), scope)?;
        let facets = facet::columns(fields, &request.facets, scope)?;
        let histograms = histogram::columns(fields, &request.histograms, scope)?;
        let group = groups::column(fields, request, scope)?;
        let recency = Lift::of(fields, request, &order)?;
        let uses_today = recency.is_some() || tree.as_ref().is_some_and(Node::uses_today);
        let bound = Request { today: request.today.filter(|_| uses_today), ..request.clone() };
        let binding = Binding::new(fields, &bound, scope, reader.commit(), reader.view());
        let position = request.cursor.as_ref().map(|cursor| binding.open(cursor)).transpose()?;
        let budget = Budget::of(request.time.unwrap_or(Duration::from_millis(SEARCH_MILLISECONDS)));
        Ok(Self {
            reader,
            request,
            scope,
            parsed,
            tree,
            notes,
            budget,
            order,
            facets,
            histograms,
            group,
            recency,
            binding,
            position,
        })
    }

    pub(in crate::search) fn run(&self) -> Result<Answer, SearchError> {
        let first = match &self.position {
            Some(Position::Ranked { relaxed: true, .. } | Position::After { relaxed: true, .. }) => {
                Matched::Most
            }
            _ => self.first_rule(),
        };
        let mut matched = first;
        let mut gathered = self.gather(matched, self.wanted()?)?;
        // What is new must not hang on what else is new.
        let may_relax =
            self.tree.is_none() && self.request.since.is_none() && retrieve::may_relax(&self.parsed);
        if gathered.total == 0 && matched == Matched::All && may_relax {
            matched = Matched::Most;
            gathered = self.gather(matched, self.wanted()?)?;
        }
        self.put_in_order(&mut gathered, matched)?;
        let counts = self.counts(&mut gathered, matched)?;
        let Page { rows, groups, next } = match &self.group {
            Some(group) => self.page_of_groups(group, &counts.group, gathered.take_rows(), matched)?,
            None => self.page(&gathered, matched),
        };
        let partial = self.budget.is_over();
        let hits = self.hits(&rows)?;
        let count = |value| Total { value, exact: !partial };
        let is_poor = gathered.total < CORRECTION_HITS_FEW || matched != first;
        let is_first = self.position.is_none() && self.request.since.is_none();
        let corrections = if is_poor && !partial && is_first && !self.request.without_offers {
            let strict = if matched == first { gathered.total } else { 0 };
            correct::offers(self.reader, self.request, self.scope, (&self.parsed, strict))?
        } else {
            Vec::new()
        };
        Ok(Answer {
            commit: self.reader.commit(),
            total: count(gathered.total),
            groups: groups.map(count),
            matched,
            hits,
            facets: counts.facets,
            histograms: counts.histograms,
            recency: self.recency.as_ref().map(Lift::told),
            next: next.filter(|_| !partial),
            partial,
            corrections,
            widened: self.parsed.widened.clone(),
            notes: self.notes.clone(),
        })
    }

    /// How many rows match by the first rule.
    pub(in crate::search) fn count(&self) -> Result<u64, SearchError> {
        self.gather(self.first_rule(), 0).map(|gathered| gathered.total)
    }

    fn first_rule(&self) -> Matched {
        if self.tree.is_some() { Matched::All } else { retrieve::first_rule(&self.parsed) }
    }

    fn lanes(&self) -> Vec<Lane> {
        self.reader.fields().lanes(self.scope.sees_personal)
    }

    fn offset(&self) -> usize {
        match &self.position {
            Some(Position::Ranked { offset, .. }) => *offset,
            _ => 0,
        }
    }

    fn wanted(&self) -> Result<usize, SearchError> {
        match self.order {
            Order::Columns(_) if self.group.is_none() => Ok(self.request.limit),
            _ => self.ranked_wanted(),
        }
    }

    fn gather(&self, rule: Matched, wanted: usize) -> Result<Gathered, SearchError> {
        let after = match &self.position {
            Some(Position::After { place, .. }) => Some(place),
            _ => None,
        };
        let facets = self.counted();
        let ids = self.reader.ids();
        let gather = Gather { order: &self.order, wanted, after, facets: &facets, ids };
        self.walk(rule, &self.request.filters, &gather)
    }

    /// Walks over the rows that match under `rule` and `filters`.
    fn walk(&self, rule: Matched, filters: &[Filter], gather: &Gather<'_>) -> Result<Gathered, SearchError> {
        let reader = self.reader;
        let mut limits = filter::clauses(reader.fields(), filters, self.scope)?;
        limits.extend(self.request.since.map(|since| filter::written_after(reader.fields(), since)));
        let similar_to = self.request.similar_to;
        limits.extend(similar_to.map(|id| (Occur::MustNot, filter::row(reader.fields(), id))));
        let plan = match &self.tree {
            None if Plan::can(&self.parsed, rule) => {
                Some(Plan::of(&self.parsed, rule, &self.lanes(), std::mem::take(&mut limits)))
            }
            Some(Node::Anywhere(Leaf::Pattern(typed))) => {
                let terms = Pattern::new(typed).fitting(reader, &self.lanes())?;
                Some(Plan::fitting(terms, std::mem::take(&mut limits)))
            }
            _ => None,
        };
        if let Some(plan) = plan {
            let searched = (reader.searcher(), reader.statistics());
            let gathered = sweep::gather(&plan, searched, gather, &self.budget);
            return gathered.map_err(|error| reader.error(error));
        }
        let (today, budget) = (self.request.today, &self.budget);
        let query: Box<dyn Query> = match &self.tree {
            Some(tree) => Compiler { reader, scope: self.scope, today, budget }.query(tree, limits)?,
            None => {
                let fields = (self.lanes(), reader.fields().dated());
                Box::new(retrieve::query(&self.parsed, rule, (&fields.0, fields.1), limits))
            }
        };
        let query = Timed { query: Arc::from(query), budget: Arc::clone(budget) };
        let gathered = reader.searcher().search_with_statistics_provider(&query, gather, reader.statistics());
        match budget.fault() {
            Some(problem) => Err(SearchError::Engine { problem: problem.to_owned() }),
            None => gathered.map_err(|error| self.reader.error(error)),
        }
    }

    /// Orders the best rows anew, when they are wanted by relevance.
    fn put_in_order(&self, gathered: &mut Gathered, rule: Matched) -> Result<(), SearchError> {
        if self.order != Order::Relevance {
            return Ok(());
        }
        let (reader, lanes) = (self.reader, self.lanes());
        let ranking = Ranking {
            searcher: reader.searcher(),
            statistics: reader.statistics(),
            fields: reader.fields(),
            lanes: &lanes,
            weights: &self.request.weights,
            authorities: reader.authorities(),
        };
        // What stands behind the page is put in order when it is asked for, unless something else is done first.
        let is_last = self.recency.is_none() && self.group.is_none();
        let shown = if is_last { self.offset() + self.request.limit } else { usize::MAX };
        let is_plain = self.tree.is_none() && self.request.similar_to.is_none();
        let scored = if is_plain { Scored::by(&self.parsed, rule) } else { Scored::default() };
        let ranked = ranking.rerank(&self.parsed, &mut gathered.rows, (shown, scored));
        ranked.map_err(|error| reader.error(error))?;
        match &self.recency {
            Some(lift) => lift.apply(reader, &mut gathered.rows),
            None => Ok(()),
        }
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

    fn page(&self, gathered: &Gathered, matched: Matched) -> Page {
        let rows = gathered.rows.iter().skip(self.offset()).take(self.request.limit);
        let rows: Vec<Row> = rows.map(|found| Row { found: found.clone(), group: None }).collect();
        let relaxed = matched == Matched::Most;
        let next = rows.last().and_then(|last| {
            if self.order == Order::Relevance {
                let offset = self.offset() + rows.len();
                return (gathered.total > offset as u64).then(|| self.binding.ranked(offset, relaxed));
            }
            let is_more = gathered.after > rows.len() as u64;
            is_more.then(|| self.binding.after(last.found.place.clone(), relaxed))
        });
        Page { rows, groups: None, next }
    }

    /// The hits of the page; stored rows that stand together are read together.
    fn hits(&self, rows: &[Row]) -> Result<Vec<Hit>, SearchError> {
        if self.request.without_values {
            return rows.iter().map(|row| self.hit(row)).collect();
        }
        let mut stored: Vec<(usize, &Row)> = rows.iter().enumerate().collect();
        stored.sort_unstable_by_key(|(_, row)| row.found.address);
        let mut hits: Vec<Option<Hit>> = rows.iter().map(|_| None).collect();
        for (place, row) in stored {
            if let Some(slot) = hits.get_mut(place) {
                *slot = Some(self.hit(row)?);
            }
        }
        Ok(hits.into_iter().flatten().collect())
    }

    fn hit(&self, Row { found, group }: &Row) -> Result<Hit, SearchError> {
        let reader = self.reader;
        let (high, low) = found.place.id;
        let id = id_of_parts(reader.fields().letter, high, low);
        let group = group.clone();
        if self.request.without_values {
            let (source_system, source_id, highlights) = (String::new(), String::new(), Vec::new());
            let fields = serde_json::Map::new();
            return Ok(Hit { id, source_system, source_id, score: found.score, fields, highlights, group });
        }
        let sees_personal = self.scope.sees_personal;
        let (mut fields, document) = if self.request.highlight {
            let document = reader.document(found.address)?;
            (reader.row(&document, sees_personal), Some(document))
        } else {
            (reader.short_values(found.address, sees_personal)?, None)
        };
        let mut take =
            |name: &str| fields.shift_remove(name).and_then(|value| value.as_str().map(str::to_owned));
        let source_system = take("source_system").unwrap_or_default();
        let source_id = take("source_id").unwrap_or_default();
        let highlights = document.map(|document| self.highlights(&document, &fields)).unwrap_or_default();
        Ok(Hit { id, source_system, source_id, score: found.score, fields, highlights, group })
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

/// The text in the query language: its words, its tree if it uses more than words, and what is to be told.
fn read(
    reader: &Reader,
    text: &str,
    scope: &Scope,
) -> Result<(Parsed, Option<Node>, Vec<Note>), SearchError> {
    let reading = language::read(text, reader.names(scope.sees_personal))
        .map_err(|error| SearchError::Language(Box::new(error)))?;
    let tree = reading.tree.filter(|_| !reading.is_plain);
    let parsed = match &tree {
        Some(tree) => compile::wanted(reader, tree)?,
        None => Parsed::read(text)?,
    };
    Ok((parsed, tree, reading.notes))
}

/// The question that a row is, if the asker may see the row.
fn similar(reader: &Reader, id: RecordId, scope: &Scope) -> Result<Parsed, SearchError> {
    let missing = || SearchError::NoRow { id: id.to_string() };
    let mut limits = filter::clauses(reader.fields(), &[], scope)?;
    limits.push((Occur::Must, filter::row(reader.fields(), id)));
    let seen = reader.searcher().search(&BooleanQuery::new(limits), &Count);
    if seen.map_err(|error| reader.error(error))? == 0 {
        return Err(missing());
    }
    similar::wanted(reader, id)?.ok_or_else(missing)
}

#[cfg(test)]
mod tests;
