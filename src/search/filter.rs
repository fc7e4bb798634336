//! Filters and the scope as clauses of the full-text query.
//!
//! Values are compared as stored, by type. Personal columns are looked up exactly, by an asker who may
//! see them, and in no other way; for anybody else they do not exist.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, ExistsQuery, Occur, Query, RangeQuery, TermSetQuery,
};
use tantivy::schema::Field;

use crate::definition::column::ColumnType;
use crate::definition::suggest;
use crate::domain::civil::epoch_days;
use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::limits::{FILTER_VALUES_MAX, FILTERS_MAX};
use crate::domain::scope::{Scope, Units};
use crate::search::SearchError;
use crate::search::document::keyword;
use crate::search::request::{Filter, Op};
use crate::search::schema::{ColumnFields, Fields};
use crate::text::place::When;

pub(in crate::search) type Clause = (Occur, Box<dyn Query>);

/// The clauses of scope and filters; none of them adds to a score.
pub(in crate::search) fn clauses(
    fields: &Fields,
    filters: &[Filter],
    scope: &Scope,
) -> Result<Vec<Clause>, SearchError> {
    if filters.len() > FILTERS_MAX {
        return Err(SearchError::TooMany { what: "filters", found: filters.len(), limit: FILTERS_MAX });
    }
    let mut clauses = Vec::with_capacity(filters.len() + 1);
    if let Units::Only(units) = &scope.units {
        let unit = fields.column("unit").and_then(|column| column.exact);
        let terms = unit.into_iter().flat_map(|field| units.iter().map(move |unit| text_term(field, unit)));
        clauses.push((Occur::Must, unscored(any_of(terms.collect()))));
    }
    for filter in filters {
        clauses.push(clause(fields, filter, scope)?);
    }
    Ok(clauses)
}

/// A column that the asker may name, or why not.
pub(in crate::search) fn visible<'a>(
    fields: &'a Fields,
    name: &str,
    scope: &Scope,
) -> Result<&'a ColumnFields, SearchError> {
    let sees = |column: &&ColumnFields| scope.sees_personal || !column.personal;
    fields.column(name).filter(sees).ok_or_else(|| {
        let known = fields.columns.iter().filter(sees).map(|column| column.name.as_str());
        SearchError::Column {
            column: name.to_owned(),
            problem: "does not exist",
            suggestion: suggest(name, known),
        }
    })
}

/// One filter as a clause.
pub(in crate::search) fn clause(
    fields: &Fields,
    filter: &Filter,
    scope: &Scope,
) -> Result<Clause, SearchError> {
    if filter.column == "id" {
        return id_clause(fields, filter);
    }
    let column = visible(fields, &filter.column, scope)?;
    let Some(field) = column.exact else {
        return Err(unusable(column, "is searched by its words, not filtered"));
    };
    if column.personal && !matches!(filter.op, Op::Equals(_)) {
        return Err(unusable(column, "is personal: it is looked up by exact value only"));
    }
    if column.name == "source_id" && !matches!(filter.op, Op::Equals(_) | Op::Not(_)) {
        return Err(unusable(column, "is looked up by exact value only"));
    }
    if column.kind == ColumnType::Boolean && matches!(filter.op, Op::Range { .. }) {
        return Err(unusable(column, "is true or false and has no range"));
    }
    Ok(match &filter.op {
        Op::Equals(values) => (Occur::Must, unscored(equals(column, field, values)?)),
        Op::Not(values) => (Occur::MustNot, equals(column, field, values)?),
        Op::Range { min, max } => {
            let bound = |value: &Option<String>| match value {
                Some(value) => term(column, field, value).map(Bound::Included),
                None => Ok(Bound::Unbounded),
            };
            let (min, max) = (bound(min)?, bound(max)?);
            if min == Bound::Unbounded && max == Bound::Unbounded {
                return Ok((Occur::Must, unscored(exists(column))));
            }
            (Occur::Must, unscored(Box::new(RangeQuery::new(min, max))))
        }
        Op::Missing => (Occur::MustNot, exists(column)),
        Op::Present => (Occur::Must, unscored(exists(column))),
    })
}

fn id_clause(fields: &Fields, filter: &Filter) -> Result<Clause, SearchError> {
    let (occur, values) = match &filter.op {
        Op::Equals(values) => (Occur::Must, values),
        Op::Not(values) => (Occur::MustNot, values),
        _ => {
            let problem = "is looked up by exact value only";
            return Err(SearchError::Column { column: "id".to_owned(), problem, suggestion: String::new() });
        }
    };
    check_values(values)?;
    let terms = values.iter().map(|value| text_term(fields.id, &value.trim().to_ascii_uppercase()));
    Ok((occur, unscored(any_of(terms.collect()))))
}

fn equals(column: &ColumnFields, field: Field, values: &[String]) -> Result<Box<dyn Query>, SearchError> {
    check_values(values)?;
    let terms = values.iter().map(|value| term(column, field, value)).collect::<Result<Vec<Term>, _>>()?;
    let by_term = column.personal
        || matches!(column.kind, ColumnType::Keyword | ColumnType::Text | ColumnType::Boolean);
    if by_term {
        return Ok(any_of(terms));
    }
    let ranges = terms.into_iter().map(|term| {
        let range = RangeQuery::new(Bound::Included(term.clone()), Bound::Included(term));
        (Occur::Should, Box::new(range) as Box<dyn Query>)
    });
    let ranges: Vec<Clause> = ranges.collect();
    Ok(if ranges.is_empty() { Box::new(EmptyQuery) } else { Box::new(BooleanQuery::new(ranges)) })
}

fn check_values(values: &[String]) -> Result<(), SearchError> {
    if values.len() > FILTER_VALUES_MAX {
        let (found, limit) = (values.len(), FILTER_VALUES_MAX);
        return Err(SearchError::TooMany { what: "filter values", found, limit });
    }
    Ok(())
}

fn term(column: &ColumnFields, field: Field, value: &str) -> Result<Term, SearchError> {
    let wrong = |expected: &'static str| SearchError::Value {
        column: column.name.clone(),
        value: if column.personal { "…".to_owned() } else { value.to_owned() },
        expected,
    };
    let trimmed = value.trim();
    Ok(match column.kind {
        ColumnType::Text | ColumnType::Keyword => text_term(field, value),
        ColumnType::Integer => {
            Term::from_field_i64(field, trimmed.parse().map_err(|_| wrong("a whole number"))?)
        }
        ColumnType::Number => {
            let number: f64 = trimmed.replace(',', ".").parse().map_err(|_| wrong("a number"))?;
            Term::from_field_f64(field, number)
        }
        ColumnType::Boolean => {
            Term::from_field_bool(field, trimmed.parse().map_err(|_| wrong("true or false"))?)
        }
        ColumnType::Date => {
            let day: chrono::NaiveDate = trimmed.parse().map_err(|_| wrong("a day as 2026-11-21"))?;
            Term::from_field_i64(field, i64::from(epoch_days(day)))
        }
        ColumnType::Instant => {
            let instant = chrono::DateTime::parse_from_rfc3339(trimmed);
            let instant = instant.map_err(|_| wrong("an instant as 2026-11-21T13:45:00Z"))?;
            Term::from_field_i64(field, instant.timestamp_micros())
        }
    })
}

/// The row of that id; it adds nothing to a score.
pub(in crate::search) fn row(fields: &Fields, id: RecordId) -> Box<dyn Query> {
    unscored(any_of(vec![text_term(fields.id, &id.to_string())]))
}

fn text_term(field: Field, value: &str) -> Term {
    Term::from_field_text(field, keyword(value))
}

fn any_of(terms: Vec<Term>) -> Box<dyn Query> {
    if terms.is_empty() { Box::new(EmptyQuery) } else { Box::new(TermSetQuery::new(terms)) }
}

fn exists(column: &ColumnFields) -> Box<dyn Query> {
    Box::new(ExistsQuery::new(column.name.clone(), false))
}

fn unusable(column: &ColumnFields, problem: &'static str) -> SearchError {
    SearchError::Column { column: column.name.clone(), problem, suggestion: String::new() }
}

/// A clause that filters and leaves the score alone.
pub(in crate::search) fn unscored(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

/// Rows whose present version was written after `commit`.
pub(in crate::search) fn written_after(fields: &Fields, commit: CommitVersion) -> Clause {
    let after = Bound::Excluded(Term::from_field_i64(fields.valid_from, commit.as_i64()));
    (Occur::Must, unscored(Box::new(RangeQuery::new(after, Bound::Unbounded))))
}

/// Rows of a day outside `when`; those without a day are not among them.
pub(in crate::search) fn outside(dated: Field, when: When) -> Clause {
    let term = |day| Term::from_field_i64(dated, i64::from(epoch_days(day)));
    let (min, max) = match when {
        When::From(day) => (Bound::Unbounded, Bound::Excluded(term(day))),
        When::Before(day) => (Bound::Included(term(day)), Bound::Unbounded),
    };
    (Occur::MustNot, Box::new(RangeQuery::new(min, max)))
}

/// Every row.
pub(in crate::search) fn everything() -> Clause {
    (Occur::Must, unscored(Box::new(AllQuery)))
}
