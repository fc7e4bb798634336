//! Hits in groups: of the rows with one value the first in order stands for all.
//!
//! Rows without a value stand alone. Rows are fetched in growing numbers until the page is full, so the order
//! of a longer list must begin with that of a shorter one; it does, because only a fixed number of rows is
//! put in order anew. Pages go on by number, and end where rows in order end.

use std::collections::HashSet;

use tantivy::columnar::StrColumn;

use crate::domain::limits::RANKED_HITS_MAX;
use crate::domain::scope::Scope;
use crate::search::SearchError;
use crate::search::answer::{Answering, Page, Row};
use crate::search::collect::Found;
use crate::search::facet::Counts;
use crate::search::filter::visible;
use crate::search::request::{HitGroup, Matched, Request};
use crate::search::schema::Fields;

/// Times as many rows are fetched when a page of groups is not full.
const MORE: usize = 4;

/// The column that hits are grouped by.
///
/// # Errors
/// Its definition does not say that it groups.
pub(super) fn column(
    fields: &Fields,
    request: &Request,
    scope: &Scope,
) -> Result<Option<String>, SearchError> {
    let Some(name) = &request.group else { return Ok(None) };
    // `case` is said for `case_id`.
    let column = visible(fields, name, scope)
        .or_else(|error| visible(fields, &format!("{name}_id"), scope).map_err(|_| error))?;
    if !column.group {
        let problem = "is not one that hits are grouped by: see `group` of its definition";
        return Err(SearchError::Column { column: name.clone(), problem, suggestion: String::new() });
    }
    Ok(Some(column.name.clone()))
}

impl Answering<'_> {
    /// The page of groups, from `rows` in order; `counts` has the rows of each group.
    pub(super) fn page_of_groups(
        &self,
        column: &str,
        counts: &Counts,
        rows: Vec<Found>,
        matched: Matched,
    ) -> Result<Page, SearchError> {
        let values = self.values(column)?;
        let groups = counts.values.len() as u64 + counts.missing;
        let (wanted, mut fetched) = (self.offset() + self.request.limit, rows.len());
        let mut leaders = leaders(&values, rows, wanted)?;
        while leaders.len() < wanted
            && (leaders.len() as u64) < groups
            && (1..RANKED_HITS_MAX).contains(&fetched)
        {
            fetched = fetched.saturating_mul(MORE).min(RANKED_HITS_MAX);
            let mut gathered = self.gather(matched, fetched)?;
            self.put_in_order(&mut gathered, matched)?;
            leaders = self::leaders(&values, gathered.take_rows(), wanted)?;
        }
        let rows = leaders.into_iter().skip(self.offset()).map(|(found, value)| {
            let group = value.map(|value| HitGroup { rows: counts.with_text(&value), value });
            Row { found, group }
        });
        let rows: Vec<Row> = rows.collect();
        let end = self.offset() + rows.len();
        let is_more = !rows.is_empty() && rows.len() == self.request.limit && groups > end as u64;
        let next = is_more.then(|| self.binding.ranked(end, matched == Matched::Most));
        Ok(Page { rows, groups: Some(groups), next })
    }

    /// The values of `column` in each segment.
    fn values(&self, column: &str) -> Result<Vec<Option<StrColumn>>, SearchError> {
        let segments = self.reader.searcher().segment_readers().iter();
        let values = segments.map(|segment| segment.fast_fields().str(column));
        values.collect::<tantivy::Result<_>>().map_err(|error| self.reader.error(error))
    }
}

/// The first `wanted` rows that stand for a group or alone.
fn leaders(
    values: &[Option<StrColumn>],
    rows: Vec<Found>,
    wanted: usize,
) -> Result<Vec<(Found, Option<String>)>, SearchError> {
    let mut seen: HashSet<String> = HashSet::new();
    let mut leaders = Vec::with_capacity(wanted.min(rows.len()));
    for found in rows {
        if leaders.len() == wanted {
            break;
        }
        let value = value(values, &found)?;
        if value.as_ref().is_none_or(|value| seen.insert(value.clone())) {
            leaders.push((found, value));
        }
    }
    Ok(leaders)
}

fn value(values: &[Option<StrColumn>], found: &Found) -> Result<Option<String>, SearchError> {
    let segment = usize::try_from(found.address.segment_ord).unwrap_or(usize::MAX);
    let Some(Some(column)) = values.get(segment) else { return Ok(None) };
    let Some(ordinal) = column.ords().first(found.address.doc_id) else { return Ok(None) };
    let mut text = String::new();
    let read = column.ord_to_str(ordinal, &mut text);
    read.map_err(|error| SearchError::Engine { problem: error.to_string() })?;
    Ok(Some(text))
}
