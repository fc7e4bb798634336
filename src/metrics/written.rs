//! A measure on its way out: the same digits in JSON, in tables and in workbooks.
//!
//! A share is written with two decimals, half up, everywhere; a number format that would drop a last nought
//! gets it as text. Every form carries numerator, denominator and receipt beside the value.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Field, Schema};
use serde_json::{Value as Json, json};

use crate::definition::labels::label;
use crate::definition::query::Query;
use crate::domain::language::Language;
use crate::metrics::measure::{Figure, Measure};
use crate::present::number::{percent, percent_value, whole};
use crate::present::xlsx::{Cell, Sheet};
use crate::sql::SqlError;

/// The value of a figure as programs read it: `53.60`, or a count; nothing for a share of nothing.
#[must_use]
pub fn value(figure: &Figure) -> Option<String> {
    match figure.denominator {
        None => Some(figure.numerator.to_string()),
        Some(all) if all > 0 => Some(percent(figure.numerator, all, Language::En)),
        Some(_) => None,
    }
}

/// The value of a figure as people read it: `53,60 %`, or a count with its thousands apart.
#[must_use]
pub fn shown(figure: &Figure, language: Language) -> String {
    match figure.denominator {
        None => whole(figure.numerator, language),
        Some(all) if all > 0 => format!("{} %", percent(figure.numerator, all, language)),
        Some(_) => "–".to_owned(),
    }
}

/// What is counted, in words: `nhiệm vụ`, `đơn`, `vụ việc` …; or the unit of what is added up: `đồng`, `m²`.
#[must_use]
pub fn counted(query: &Query, language: Language) -> &str {
    let measured = query.metric.as_ref().and_then(|metric| metric.measured.as_ref());
    if let Some(measured) = measured {
        return measured.text(language);
    }
    let key = match query.counts.as_str() {
        "task" => "counted.task",
        "petition" => "counted.petition",
        "content" => "counted.content",
        "case" => "counted.case",
        "dossier" => "counted.dossier",
        "decision" => "counted.decision",
        "reception" => "counted.reception",
        "cell" => "counted.cell",
        "rollout" => "counted.rollout",
        "inspection" => "counted.inspection",
        "recommendation" => "counted.recommendation",
        "document" => "counted.document",
        "unit" => "counted.unit",
        "source" => "counted.source",
        _ => "counted.record",
    };
    label(key, language)
}

/// The measure as one JSON object: the total's value on top, the cells below it.
#[must_use]
pub fn json(measure: &Measure, language: Language, notice: Option<&str>) -> String {
    let mut text = format!("{{{}", figure_json(measure.total()));
    if let Json::Object(about) = about(measure, language) {
        for (name, value) in about {
            text.push_str(&format!(",{}:{value}", Json::from(name)));
        }
    }
    if let Some(notice) = notice {
        text.push_str(&format!(",\"notice\":{}", Json::from(notice)));
    }
    let cells = measure.figures().iter().map(|figure| {
        let key = measure.inputs().by.iter().zip(&figure.key);
        let key = key.map(|(name, value)| format!("{}:{},", Json::from(name.as_str()), json!(value)));
        format!("{{{}{}}}", key.collect::<String>(), figure_json(figure))
    });
    text.push_str(&format!(",\"cells\":[{}]}}", cells.collect::<Vec<_>>().join(",")));
    text
}

/// The cells as rows, the total alone when there are none. With `is_text` the value is a text of two decimals.
///
/// # Errors
/// The columns do not make a table.
pub fn batch(measure: &Measure, is_text: bool) -> Result<RecordBatch, SqlError> {
    let total = [measure.total().clone()];
    let figures = if measure.inputs().by.is_empty() { &total[..] } else { measure.figures() };
    let inputs = measure.inputs();
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    for (place, name) in inputs.by.iter().enumerate() {
        let values = figures.iter().map(|figure| figure.key.get(place).cloned().flatten());
        columns.push((name.clone(), Arc::new(values.collect::<StringArray>())));
    }
    let values: ArrayRef = if is_text {
        Arc::new(figures.iter().map(value).collect::<StringArray>())
    } else {
        Arc::new(figures.iter().map(number).collect::<Float64Array>())
    };
    let texts = |text: &str| -> ArrayRef { Arc::new(StringArray::from(vec![text; figures.len()])) };
    let numbers = |number: i64| -> ArrayRef { Arc::new(Int64Array::from(vec![number; figures.len()])) };
    let above: Int64Array = figures.iter().map(|figure| Some(figure.numerator)).collect();
    let below: Int64Array = figures.iter().map(|figure| figure.denominator).collect();
    let codes: StringArray = figures.iter().map(|figure| Some(figure.code.as_str())).collect();
    let rest: [(&str, ArrayRef); 8] = [
        ("value", values),
        ("numerator", Arc::new(above)),
        ("denominator", Arc::new(below)),
        ("receipt", Arc::new(codes)),
        ("metric", texts(&inputs.metric)),
        ("version", numbers(i64::from(inputs.version))),
        ("as_of", texts(&inputs.as_of.to_string())),
        ("snapshot", numbers(inputs.snapshot.as_i64())),
    ];
    columns.extend(rest.map(|(name, values)| (name.to_owned(), values)));
    let fields = columns.iter().map(|(name, values)| Field::new(name, values.data_type().clone(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let values = columns.into_iter().map(|(_, values)| values).collect();
    RecordBatch::try_new(schema, values).map_err(|error| SqlError::Internal(error.to_string()))
}

/// The measure as sheets: the figures, and what they are of.
#[must_use]
pub fn sheets(measure: &Measure, language: Language) -> Vec<Sheet> {
    let basis = measure.basis().basis.as_ref();
    let name_of = |name: &String| {
        let known = basis.and_then(|basis| basis.called(name));
        known.map_or(name.as_str(), |known| known.text(language)).to_owned()
    };
    let mut headers: Vec<String> = measure.inputs().by.iter().map(name_of).collect();
    let fixed = ["metric.value", "metric.numerator", "metric.denominator", "metric.receipt"];
    headers.extend(fixed.map(|key| label(key, language).to_owned()));
    let row = |figure: &Figure, is_total: bool| {
        let dimensions = measure.inputs().by.len();
        let mut cells: Vec<Cell> = (0..dimensions)
            .map(|place| match (is_total, figure.key.get(place).cloned().flatten()) {
                (true, _) if place == 0 => Cell::Text(label("page.sum", language).to_owned()),
                (_, Some(text)) => Cell::Text(text),
                (true, None) => Cell::Empty,
                (false, None) => Cell::Text(label("page.no_value", language).to_owned()),
            })
            .collect();
        let is_rate = figure.denominator.is_some();
        cells.push(value(figure).map_or(Cell::Empty, |text| {
            if is_rate { Cell::Decimal(text) } else { Cell::Whole(figure.numerator) }
        }));
        cells.push(Cell::Whole(figure.numerator));
        cells.push(figure.denominator.map_or(Cell::Empty, Cell::Whole));
        cells.push(Cell::Text(figure.code.clone()));
        cells
    };
    let mut rows: Vec<Vec<Cell>> = measure.figures().iter().map(|figure| row(figure, false)).collect();
    rows.push(row(measure.total(), true));
    let facts = about(measure, language);
    let facts = facts.as_object().into_iter().flatten().map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        vec![Cell::Text(name.clone()), Cell::Text(text)]
    });
    let first = Sheet { name: label("metric.sheet_figures", language).to_owned(), headers, rows };
    let headers = ["metric.fact", "metric.value"].map(|key| label(key, language).to_owned()).into();
    let second =
        Sheet { name: label("metric.sheet_receipt", language).to_owned(), headers, rows: facts.collect() };
    vec![first, second]
}

/// What the figures are of: definition, snapshot, dates, scope, coverage.
#[must_use]
pub fn about(measure: &Measure, language: Language) -> Json {
    let (query, inputs) = (measure.query(), measure.inputs());
    let metric = query.metric.as_ref();
    let words =
        |text: Option<&crate::domain::language::Label>| text.map(|text| text.text(language).to_owned());
    let scope = inputs.units.clone().map_or(Json::from("all"), Json::from);
    let period = inputs.period.as_ref().map(|period| {
        json!({ "name": period.name, "from": period.from.to_string(), "to": period.to.to_string(),
                "source": period.source().map(|(source, _)| source) })
    });
    json!({
        "metric": inputs.metric, "version": inputs.version, "title": query.title.text(language),
        "counts": query.counts, "unit": unit(query),
        "measured": words(metric.and_then(|metric| metric.measured.as_ref())),
        "part": words(metric.map(|metric| &metric.part)),
        "whole": words(metric.and_then(|metric| metric.whole.as_ref())),
        "source": metric.map(|metric| metric.source.as_str()),
        "unverified": metric.is_some_and(|metric| metric.unverified),
        "as_of": inputs.as_of.to_string(), "snapshot": inputs.snapshot, "commit": inputs.snapshot,
        "due": inputs.due.code(), "date": inputs.select, "period": period, "filters": inputs.filters,
        "by": inputs.by, "scope": scope, "definition": inputs.definition, "rules": inputs.rules,
        "coverage": { "sources": measure.sources(), "committed_at": measure.committed_at().rfc3339() },
    })
}

/// What a value of `query` is: `percent`, `count` or `sum`.
#[must_use]
pub fn unit(query: &Query) -> &'static str {
    match &query.metric {
        Some(metric) if metric.is_rate() => "percent",
        Some(metric) if metric.sums.is_some() => "sum",
        _ => "count",
    }
}

/// A sum above 2^53, which a floating number does not hold, stands in the numerator alone.
fn number(figure: &Figure) -> Option<f64> {
    match figure.denominator {
        None if figure.numerator.unsigned_abs() <= 1 << 53 => figure.numerator.to_string().parse().ok(),
        None => None,
        Some(all) => percent_value(figure.numerator, all),
    }
}

/// Written by hand, because a JSON number must keep its last nought.
fn figure_json(figure: &Figure) -> String {
    let value = value(figure).unwrap_or_else(|| "null".to_owned());
    let below = figure.denominator.map_or_else(|| "null".to_owned(), |all| all.to_string());
    let code = Json::from(figure.code.as_str());
    format!("\"value\":{value},\"numerator\":{},\"denominator\":{below},\"receipt\":{code}", figure.numerator)
}
