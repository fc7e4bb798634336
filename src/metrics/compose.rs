//! The statement of a question, from the definitions of a metric and its basis.
//!
//! Figures and the rows behind them are two ends of one text: `FROM basis WHERE period AND filters`, with
//! the same two conditions either counted or required. So a figure is always as many as its rows. Names of
//! columns come from definitions that were checked, values are bound. A sum is added up as whole numbers of 38
//! digits and given as one of 64 bits; one that does not fit is an error, never another number.

use crate::definition::metric::{Basis, Many, Metric};
use crate::definition::query::{Query, ResultColumn};
use crate::domain::record::Value;
use crate::metrics::MetricError;
use crate::metrics::ask::Inputs;

/// Which rows behind a figure are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Those counted.
    Numerator,
    /// Those it is a share of.
    Denominator,
}

/// One metric of a statement.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its definition.
    pub metric: &'a Metric,
}

/// The statement that counts `metrics` over one basis. Columns: `by_0` …, `source`, then `n_0`, `d_0`, `n_1` …,
/// and for one that adds up also `r_0`, the rows below its line.
/// Broken down by a dimension of several values, a row stands in each of its cells; the total is then asked
/// by a statement without dimensions.
#[must_use]
pub fn counting(basis: &Query, metrics: &[Counted<'_>], inputs: &Inputs) -> Query {
    let mut columns: Vec<String> =
        inputs.by.iter().enumerate().map(|(place, name)| format!("{name} AS by_{place}")).collect();
    columns.push("source_system AS source".to_owned());
    let groups: Vec<String> = (1..=columns.len()).map(|place| place.to_string()).collect();
    for (place, counted) in metrics.iter().enumerate() {
        let below = below(counted.metric);
        let above = format!("({below}) AND ({})", counted.metric.numerator);
        match counted.metric.summed() {
            None => {
                columns.push(format!("count(*) FILTER (WHERE {above}) AS n_{place}"));
                columns.push(format!("count(*) FILTER (WHERE {below}) AS d_{place}"));
            }
            Some((part, whole)) => {
                columns.push(format!("{} AS n_{place}", sum(part, &above)));
                columns.push(format!("{} AS d_{place}", sum(whole, below)));
                columns.push(format!("count(*) FILTER (WHERE {below}) AS r_{place}"));
            }
        }
    }
    let sql = format!(
        "{} SELECT {} FROM {} WHERE {} GROUP BY {}",
        with(basis),
        columns.join(", "),
        counted_rows(basis, inputs),
        selected(basis, inputs),
        groups.join(", ")
    );
    query(basis, sql)
}

/// The rows of a basis, each once, as [`judged`](crate::metrics::judged) takes them.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The statement: source, dimensions, dates, then a yes or no for each condition.
    pub query: Query,
    /// Dimensions of one value, in order.
    pub dimensions: Vec<String>,
    /// Dates, in order.
    pub dates: Vec<String>,
    /// Conditions of all metrics of the basis, each once, but for those of the class alone.
    pub conditions: Vec<String>,
    /// Conditions that read the class and nothing else; they are asked once for each class, not for each row.
    pub of_class: Vec<String>,
}

/// The listing of a basis for all its `metrics`.
#[must_use]
pub fn listing<'a>(basis: &Query, metrics: impl IntoIterator<Item = &'a Metric>) -> Listing {
    let names = |columns: &[ResultColumn]| columns.iter().map(|column| column.name.clone()).collect();
    let of = basis.basis.as_ref();
    let dimensions: Vec<String> = of.map(|of| names(&of.dimensions)).unwrap_or_default();
    let dates: Vec<String> = of.map(|of| names(&of.dates)).unwrap_or_default();
    let mut conditions: Vec<String> =
        metrics.into_iter().flat_map(|metric| [metric.numerator.clone(), below(metric).to_owned()]).collect();
    conditions.sort();
    conditions.dedup();
    let has_class = dimensions.iter().any(|name| name == CLASS);
    let (of_class, conditions): (Vec<String>, Vec<String>) =
        conditions.into_iter().partition(|text| has_class && reads_only_class(text));
    let asked = conditions.iter().map(String::as_str);
    let sql = listed(basis, SOURCE.to_owned(), dimensions.iter().chain(&dates), asked);
    Listing { query: query(basis, sql), dimensions, dates, conditions, of_class }
}

/// The same columns after `place`, which is the number of a row: of which part of the statement they are is
/// read from its plan. Those of `shown` come last.
#[must_use]
pub fn traced(basis: &Query, place: &str, listing: &Listing, shown: &[String]) -> Query {
    let asked = listing.conditions.iter().map(String::as_str);
    let own = listing.dimensions.iter().chain(&listing.dates);
    let sql = listed(basis, format!("{place}, {SOURCE}"), own, asked);
    let shown = shown.iter().enumerate().map(|(at, name)| format!(", {name} AS s_{at}"));
    let from = format!(" FROM {}", basis.name);
    let chosen = sql.strip_suffix(&from).unwrap_or(&sql).to_owned();
    query(basis, chosen + &shown.collect::<String>() + &from)
}

/// `place` of each row that is there on the business date, some of its dimensions and dates, and some
/// conditions.
#[must_use]
pub fn dated<'a>(
    basis: &Query,
    place: &str,
    own: impl Iterator<Item = &'a String>,
    conditions: impl Iterator<Item = &'a str>,
) -> Query {
    query(basis, listed(basis, place.to_owned(), own, conditions))
}

fn listed<'a>(
    basis: &Query,
    first: String,
    own: impl Iterator<Item = &'a String>,
    conditions: impl Iterator<Item = &'a str>,
) -> String {
    let mut columns = vec![first];
    columns.extend(own.enumerate().map(|(place, name)| format!("{name} AS v_{place}")));
    // A column's type must be known before values are bound, which that of `$as_of + INTERVAL` is not.
    let asked = conditions.map(|text| text.replace("$as_of", "CAST($as_of AS DATE)")).enumerate();
    columns.extend(asked.map(|(place, text)| format!("({text}) AS c_{place}")));
    format!("{} SELECT {} FROM {}", with(basis), columns.join(", "), basis.name)
}

/// The statement that asks `conditions` of each of `classes`, with the values of its parameters. Columns: the
/// number of the class, then a yes or no for each condition.
#[must_use]
pub fn of_classes(classes: &[Option<String>], conditions: &[String]) -> (Query, Vec<(String, Value)>) {
    let rows = classes.iter().enumerate().map(|(place, class)| match class {
        Some(_) => format!("({place}, CAST($class_{place} AS VARCHAR))"),
        None => format!("({place}, CAST(NULL AS VARCHAR))"),
    });
    let rows: Vec<String> = rows.collect();
    let asked = conditions.iter().enumerate().map(|(place, text)| format!("({text}) AS c_{place}"));
    let columns: Vec<String> = std::iter::once("place".to_owned()).chain(asked).collect();
    let sql =
        format!("SELECT {} FROM (VALUES {}) AS classes(place, {CLASS})", columns.join(", "), rows.join(", "));
    let values = classes.iter().enumerate().filter_map(|(place, class)| {
        class.as_ref().map(|class| (format!("class_{place}"), Value::Text(class.clone())))
    });
    (Query { name: CLASS.to_owned(), sql, ..Query::default() }, values.collect())
}

/// The source of a row.
const SOURCE: &str = "source_system AS source";
/// The column it stands in.
pub(super) const SOURCE_SYSTEM: &str = "source_system";
/// Name of the dimension that judges a row.
pub(super) const CLASS: &str = "class";
/// Words that a condition of the class alone may have beside it.
const CLASS_WORDS: [&str; 9] = [CLASS, "in", "not", "and", "or", "is", "null", "true", "false"];

fn reads_only_class(condition: &str) -> bool {
    // Every second piece stands between quotes; a doubled quote makes an empty piece, which changes nothing.
    let outside: String = condition.split('\'').step_by(2).collect::<Vec<_>>().join(" ");
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || " _()=<>!,\n".contains(letter);
    let mut words = outside.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
    outside.chars().all(is_plain)
        && words.all(|word| word.is_empty() || CLASS_WORDS.contains(&word.to_ascii_lowercase().as_str()))
}

/// The statement of the rows behind a figure, `limit` of them from `skip` on, by the selecting date.
#[must_use]
pub fn opening(
    basis: &Query,
    metric: &Metric,
    inputs: &Inputs,
    side: Side,
    (skip, limit): (usize, usize),
) -> Query {
    let counted = match side {
        Side::Denominator => String::new(),
        Side::Numerator => format!(" AND ({})", metric.numerator),
    };
    let sql = format!(
        "{} SELECT {} FROM {} WHERE {} AND ({}){counted} ORDER BY {}, id LIMIT {limit} OFFSET {skip}",
        with(basis),
        basis.basis.as_ref().map(shown).unwrap_or_default().join(", "),
        opened_rows(basis),
        selected(basis, inputs),
        below(metric),
        inputs.select,
    );
    query(basis, sql)
}

/// The statement of the rows that take from a share and whose `column` holds an explanation, `limit` of them:
/// with `is_counted` those above the line, else those below it that are not counted.
#[must_use]
pub fn explained(
    basis: &Query,
    metric: &Metric,
    inputs: &Inputs,
    (column, is_counted): (&str, bool),
    limit: usize,
) -> Query {
    let counted = if is_counted { "IS TRUE" } else { "IS NOT TRUE" };
    let sql = format!(
        "{} SELECT id, source_id, {column} AS explanation FROM {} WHERE {} AND ({}) AND ({}) {counted} \
         AND trim({column}) <> '' ORDER BY {}, source_id, id LIMIT {limit}",
        with(basis),
        basis.name,
        selected(basis, inputs),
        below(metric),
        metric.numerator,
        inputs.select,
    );
    query(basis, sql)
}

/// The statement of one row of `dataset`, with a value in `column` when one is named.
#[must_use]
pub fn feeding(basis: &Query, dataset: &str, column: Option<&str>) -> Query {
    let only = column.map_or_else(String::new, |column| format!(" WHERE {column} IS NOT NULL"));
    query(basis, format!("SELECT id FROM {dataset}{only} LIMIT 1"))
}

/// The statement of every row below the line, whether it counts above it, and what it adds, if anything is
/// added up.
#[must_use]
pub fn membership(basis: &Query, metric: &Metric, inputs: &Inputs) -> Query {
    let (part, whole) = metric.summed().unwrap_or(("0", "0"));
    let sql = format!(
        "{} SELECT id, source_id, coalesce({}, FALSE) AS counted, CAST({part} AS BIGINT) AS part, \
         CAST({whole} AS BIGINT) AS whole FROM {} WHERE {} AND ({})",
        with(basis),
        metric.numerator,
        basis.name,
        selected(basis, inputs),
        below(metric),
    );
    query(basis, sql)
}

/// Values of the parameters of `inputs`.
#[must_use]
pub fn parameters(basis: &Query, inputs: &Inputs) -> Vec<(String, Value)> {
    let day = |day| Value::Date(crate::domain::civil::CivilDate::day(day));
    let mut values = Vec::new();
    let own = basis.parameters.iter().map(String::as_str);
    for name in own {
        let value = match name {
            "as_of" => day(inputs.as_of),
            "due" => Value::Text(inputs.due.code().to_owned()),
            "recorded_by" => Value::Integer(inputs.recorded_by),
            _ => continue,
        };
        values.push((name.to_owned(), value));
    }
    if let Some(period) = &inputs.period {
        values.push(("period_from".to_owned(), day(period.from)));
        values.push(("period_to".to_owned(), day(period.to)));
    }
    for (place, value) in inputs.filters.values().enumerate() {
        if let Some(value) = value {
            values.push((format!("filter_{place}"), Value::Text(value.clone())));
        }
    }
    values
}

/// Holds that the dimensions, filters, the date and, where it is needed, the period of `inputs` are there.
///
/// # Errors
/// One is not.
pub fn check(basis: &Basis, inputs: &Inputs) -> Result<(), MetricError> {
    let names =
        |all: &[ResultColumn]| all.iter().map(|column| column.name.clone()).collect::<Vec<_>>().join(", ");
    let missing = |what, name: &String, known| MetricError::NotThere {
        metric: inputs.metric.clone(),
        what,
        name: name.clone(),
        known,
    };
    if basis.spans_period && inputs.period.is_none() {
        return Err(MetricError::NeedsPeriod(inputs.metric.clone()));
    }
    let mut dimensions = inputs.by.iter().chain(inputs.filters.keys());
    if let Some(name) = dimensions.find(|name| basis.called(name).is_none()) {
        let mut known = names(&basis.dimensions);
        basis.many.iter().for_each(|many| known.push_str(&format!(", {}", many.name)));
        return Err(missing("dimension", name, known));
    }
    match basis.date(&inputs.select) {
        None => Err(missing("date", &inputs.select, names(&basis.dates))),
        Some(_) => Ok(()),
    }
}

/// Holds that a share is not asked by what only counts are told by.
///
/// # Errors
/// It is.
pub fn check_additive(basis: &Basis, metric: Option<&Metric>, inputs: &Inputs) -> Result<(), MetricError> {
    let is_rate = metric.is_some_and(Metric::is_rate);
    let mut names = inputs.by.iter().chain(inputs.filters.keys()).filter(|_| is_rate);
    match names.find(|name| basis.additive.contains(name)) {
        Some(name) => Err(MetricError::OnlyCounts { metric: inputs.metric.clone(), name: name.clone() }),
        None => Ok(()),
    }
}

/// Columns of the rows behind a figure, in order: key, what was judged, dimensions, dates, the rest.
#[must_use]
pub fn shown(basis: &Basis) -> Vec<String> {
    let mut names = shown_of_row(basis);
    names.extend(basis.many.iter().map(|many| many.name.clone()));
    names
}

/// The same without the dimensions of several values.
#[must_use]
pub fn shown_of_row(basis: &Basis) -> Vec<String> {
    let mut names: Vec<String> = ["id", "source_system", "source_id", "class"].map(str::to_owned).into();
    let own = basis.shows.iter().chain(&basis.dimensions).chain(&basis.dates).map(|column| &column.name);
    for name in own {
        if !names.contains(name) && !name.ends_with("_month") {
            names.push(name.clone());
        }
    }
    names
}

/// The condition below the line.
pub(super) fn below(metric: &Metric) -> &str {
    metric.denominator.as_deref().unwrap_or(&metric.numerator)
}

fn sum(column: &str, condition: &str) -> String {
    let rows = format!("sum(CAST({column} AS DECIMAL(38, 0))) FILTER (WHERE {condition})");
    format!("CAST(coalesce({rows}, 0) AS BIGINT)")
}

fn with(basis: &Query) -> String {
    format!("WITH {} AS (\n{}\n)", basis.name, basis.sql)
}

/// Whether a question is broken down by a dimension of several values.
#[must_use]
pub fn has_several(basis: &Query, inputs: &Inputs) -> bool {
    let of = basis.basis.as_ref();
    inputs.by.iter().any(|name| of.is_some_and(|of| of.several(name).is_some()))
}

/// The basis, with a row for each value of the dimensions of several values that are asked for.
fn counted_rows(basis: &Query, inputs: &Inputs) -> String {
    let mut rows = basis.name.clone();
    for many in inputs.by.iter().filter_map(|name| basis.basis.as_ref()?.several(name)) {
        let Many { name, dataset, parent, value, only, .. } = many;
        rows.push_str(&format!(
            " JOIN (SELECT DISTINCT source_system AS {name}_system, {parent} AS {name}_of, {value} AS {name} \
             FROM {dataset} WHERE {only}) AS {name}_rows \
             ON {name}_system = source_system AND {name}_of = source_id"
        ));
    }
    rows
}

/// The basis, each row with all its values of the dimensions of several values in one text.
fn opened_rows(basis: &Query) -> String {
    let mut rows = basis.name.clone();
    for many in basis.basis.iter().flat_map(|of| &of.many) {
        let Many { name, dataset, parent, value, only, .. } = many;
        rows.push_str(&format!(
            " LEFT JOIN (SELECT source_system AS {name}_system, {parent} AS {name}_of, \
             string_agg(DISTINCT {value}, '; ' ORDER BY {value}) AS {name} FROM {dataset} WHERE {only} \
             GROUP BY source_system, {parent}) AS {name}_rows \
             ON {name}_system = source_system AND {name}_of = source_id"
        ));
    }
    rows
}

fn selected(basis: &Query, inputs: &Inputs) -> String {
    let mut conditions = vec!["TRUE".to_owned()];
    let spans_period = basis.basis.as_ref().is_some_and(|basis| basis.spans_period);
    if inputs.period.is_some() && !spans_period {
        conditions.push(format!("{} BETWEEN $period_from AND $period_to", inputs.select));
    }
    for (place, (name, value)) in inputs.filters.iter().enumerate() {
        let many = basis.basis.as_ref().and_then(|basis| basis.several(name));
        conditions.push(match (value, many) {
            (Some(_), None) => format!("{name} = $filter_{place}"),
            (None, None) => format!("({name} IS NULL OR {name} = '')"),
            (Some(_), Some(Many { dataset, parent, value, only, .. })) => format!(
                "concat(source_system, '|', source_id) IN (SELECT concat(source_system, '|', {parent}) \
                 FROM {dataset} WHERE {only} AND {value} = $filter_{place})"
            ),
            (None, Some(Many { dataset, parent, only, .. })) => format!(
                "concat(source_system, '|', source_id) NOT IN (SELECT concat(source_system, '|', {parent}) \
                 FROM {dataset} WHERE {only} AND {parent} IS NOT NULL)"
            ),
        });
    }
    conditions.join(" AND ")
}

fn query(basis: &Query, sql: String) -> Query {
    Query {
        name: basis.name.clone(),
        version: basis.version,
        tables: basis.tables.clone(),
        sql,
        ..Query::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_of_the_class_alone_is_told_from_others() {
        for text in [
            "TRUE",
            "class = 'done_late'",
            "class <> 'it''s due_on'",
            "class IN ('a', 'b') OR (class IS NULL AND NOT class = 'c')",
        ] {
            assert!(reads_only_class(text), "{text}");
        }
        for text in [
            "is_mass AND class = 'a'",
            "class = 'a' AND due_on <= $as_of",
            "class = upper('a')",
            "signers >= 5",
            "\"class\" = 'a'",
            "class = 'a' -- due_on",
            "class || kind = 'a'",
        ] {
            assert!(!reads_only_class(text), "{text}");
        }
    }
}
