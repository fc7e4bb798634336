//! SQL: foreign statements in a child, over the files of one snapshot.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field as ArrowField, Schema};

use crate::definition::dataset::Dataset;
use crate::domain::commit::CommitVersion;
use crate::domain::limits::{HITS_MAX, SQL_SEARCH_HITS};
use crate::domain::scope::Scope;
use crate::engine::snapshot::Snapshot;
use crate::engine::{Engine, EngineError};
use crate::metrics::ask::{Asked, Typed};
use crate::metrics::measure::Measure;
use crate::metrics::written;
use crate::search::request::Request;
use crate::sql::SqlError;
use crate::sql::call::{Argument, Call};
use crate::sql::client;
use crate::sql::job::{Field, FilePart, Function, Job, Kind, Table, dictionary};
use crate::store::StoreError;
use crate::store::commit;
use crate::store::home::Home;
use crate::store::schema::TableKind;

/// An answer's size and snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SqlOutcome {
    /// Rows.
    pub rows: usize,
    /// Snapshot it is of.
    pub commit: CommitVersion,
}

impl Engine {
    /// Runs a foreign statement on snapshot `at`, or the newest; batches go to `sink`.
    ///
    /// # Errors
    /// The statement is refused, wrong, too slow or too large, or there is no such snapshot.
    pub fn sql(
        &self,
        statement: &str,
        at: Option<CommitVersion>,
        scope: &Scope,
        sink: &mut dyn FnMut(&RecordBatch) -> Result<(), SqlError>,
    ) -> Result<SqlOutcome, EngineError> {
        let snapshot = self.snapshot()?;
        let commit = at.unwrap_or(snapshot.version());
        let mut job = Job::new(statement, self.tables(&snapshot, commit, scope)?);
        job.dictionary = dictionary(snapshot.catalog().datasets());
        job.rules = self.laws()?.texts().clone();
        job.functions = vec![search_function(), metric_function()];
        let mut calls = |call: &Call| self.answer(&snapshot, commit, call, scope);
        let outcome = client::query(&self.program, &job, &mut calls, sink)?;
        Ok(SqlOutcome { rows: outcome.rows, commit })
    }

    /// The tables of every dataset as `scope` may see them, as they were known at `commit`.
    ///
    /// # Errors
    /// There is no such commit.
    pub fn tables(
        &self,
        snapshot: &Snapshot,
        commit: CommitVersion,
        scope: &Scope,
    ) -> Result<Vec<Table>, EngineError> {
        if commit > snapshot.version() || commit::read(&self.home, commit)?.is_none() {
            let newest = snapshot.version();
            return Err(StoreError::NoSnapshot { asked: commit, newest }.into());
        }
        let tables = snapshot.catalog().datasets().map(|dataset| {
            if commit == snapshot.version() {
                table(&self.home, snapshot, dataset, (TableKind::Main, TableKind::Text), scope)
            } else {
                let kinds = (TableKind::HistoryMain, TableKind::HistoryText);
                table(&self.home, snapshot, dataset, kinds, scope).as_known(commit.as_i64())
            }
        });
        Ok(tables.collect())
    }

    /// Answers a table function of a statement.
    fn answer(
        &self,
        snapshot: &Snapshot,
        commit: CommitVersion,
        call: &Call,
        scope: &Scope,
    ) -> Result<RecordBatch, SqlError> {
        if call.function == METRIC {
            return self.answer_metric(commit, call, scope);
        }
        let (dataset, text, limit) = match call.arguments.as_slice() {
            [Argument::Text(dataset), Argument::Text(text)] => (dataset, text, SQL_SEARCH_HITS),
            [Argument::Text(dataset), Argument::Text(text), Argument::Integer(limit)] => {
                (dataset, text, usize::try_from(*limit).unwrap_or_default().clamp(1, HITS_MAX))
            }
            _ => {
                return Err(SqlError::Refused(
                    "write search('DATASET', 'words') or search('DATASET', 'words', LIMIT)".to_owned(),
                ));
            }
        };
        if commit != snapshot.version() {
            return Err(wrong_call("it answers on the newest snapshot only"));
        }
        let request = self.dated(&Request { text: text.clone(), limit, ..Request::default() });
        let found = snapshot
            .dataset(dataset)
            .and_then(|definition| snapshot.reader(definition))
            .and_then(|reader| Ok(reader.map(|reader| reader.search(&request, scope)).transpose()?));
        let answer = found.map_err(|error| wrong_call(&error.to_string()))?;
        if answer.as_ref().is_some_and(|answer| answer.partial) {
            return Err(wrong_call(
                "the search was over its time; narrow it, for a statement counts whole answers",
            ));
        }
        let hits = answer.map(|answer| answer.hits).unwrap_or_default();
        let ids: StringArray = hits.iter().map(|hit| Some(hit.id.to_string())).collect();
        let keys: StringArray = hits.iter().map(|hit| Some(hit.source_id.as_str())).collect();
        let scores: Float64Array = hits.iter().map(|hit| Some(f64::from(hit.score))).collect();
        let columns: Vec<ArrayRef> = vec![Arc::new(ids), Arc::new(keys), Arc::new(scores)];
        let fields = [("id", DataType::Utf8), ("source_id", DataType::Utf8), ("score", DataType::Float64)];
        let fields = fields.map(|(name, kind)| ArrowField::new(name, kind, true));
        RecordBatch::try_new(Arc::new(Schema::new(fields.to_vec())), columns)
            .map_err(|error| SqlError::Internal(error.to_string()))
    }
}

impl Engine {
    /// `metric('NAME' [, 'DIMENSION' [, 'AS_OF' [, 'PERIOD']]])`: the figures every other face shows.
    fn answer_metric(
        &self,
        commit: CommitVersion,
        call: &Call,
        scope: &Scope,
    ) -> Result<RecordBatch, SqlError> {
        let wrong = |message: &str| SqlError::Call {
            function: METRIC.to_owned(),
            is_input: true,
            message: message.to_owned(),
        };
        let usage = "write metric('NAME'), metric('NAME', 'DIMENSION'), and after it 'AS_OF' and 'PERIOD'";
        let texts = call.arguments.iter().map(|argument| match argument {
            Argument::Text(text) => Ok(text.as_str()),
            Argument::Null => Ok(""),
            _ => Err(wrong(usage)),
        });
        let texts: Vec<&str> = texts.collect::<Result<_, _>>()?;
        let (name, rest) =
            texts.split_first().filter(|(_, rest)| rest.len() < 4).ok_or_else(|| wrong(usage))?;
        let given = |place: usize| rest.get(place).copied().unwrap_or_default();
        let as_of = Some(given(1)).filter(|text| !text.is_empty()).map(str::parse::<chrono::NaiveDate>);
        let as_of = as_of.transpose().map_err(|_| wrong("write the business date as 2026-11-21"))?;
        let typed = Typed { by: given(0), period: given(2), ..Typed::default() };
        let asked = Asked::read(&typed).map_err(|error| wrong(&error.to_string()))?;
        let asked = Asked { as_of, snapshot: Some(commit), ..asked };
        let measure = self.measure(name, &asked, scope).map_err(|error| wrong(&error.to_string()))?;
        figures_of(&measure)
    }
}

/// The cells of a measure, or its total, in the columns of [`metric_function`].
fn figures_of(measure: &Measure) -> Result<RecordBatch, SqlError> {
    let rows = written::batch(measure, false)?;
    let rows_as_text = written::batch(measure, true)?;
    let lost = || SqlError::Internal("a figure lacks a column".to_owned());
    let column = |name: &str| rows.column_by_name(name).cloned().ok_or_else(lost);
    let dimensions = measure.inputs().by.len();
    let dimension = |place: usize| match rows.columns().get(place).filter(|_| place < dimensions) {
        Some(values) => Arc::clone(values),
        None => arrow::array::new_null_array(&DataType::Utf8, rows.num_rows()),
    };
    let digits = rows_as_text.column_by_name("value").cloned().ok_or_else(lost)?;
    let columns: Vec<ArrayRef> = vec![
        dimension(0),
        dimension(1),
        column("value")?,
        digits,
        column("numerator")?,
        column("denominator")?,
        column("receipt")?,
    ];
    let fields = METRIC_FIELDS.map(|(name, kind)| {
        let kind = match kind {
            Kind::Number => DataType::Float64,
            Kind::Integer => DataType::Int64,
            _ => DataType::Utf8,
        };
        ArrowField::new(name, kind, true)
    });
    RecordBatch::try_new(Arc::new(Schema::new(fields.to_vec())), columns)
        .map_err(|error| SqlError::Internal(error.to_string()))
}

/// Name of the table function of the metric layer.
const METRIC: &str = "metric";

/// Its columns: values of the dimensions, the value as number and in digits, both counts, the receipt.
const METRIC_FIELDS: [(&str, Kind); 7] = [
    ("label", Kind::Text),
    ("label_2", Kind::Text),
    ("value", Kind::Number),
    ("digits", Kind::Text),
    ("numerator", Kind::Integer),
    ("denominator", Kind::Integer),
    ("receipt", Kind::Text),
];

fn metric_function() -> Function {
    Function {
        name: METRIC.to_owned(),
        fields: METRIC_FIELDS.map(|(name, kind)| Field::new(name, kind)).to_vec(),
    }
}

fn wrong_call(message: &str) -> SqlError {
    SqlError::Call { function: "search".to_owned(), is_input: true, message: message.to_owned() }
}

fn search_function() -> Function {
    let fields = [("id", Kind::Text), ("source_id", Kind::Text), ("score", Kind::Number)];
    Function { name: "search".to_owned(), fields: fields.map(|(name, kind)| Field::new(name, kind)).to_vec() }
}

/// A table of `dataset` over the files that `snapshot` names.
pub(super) fn table(
    home: &Home,
    snapshot: &Snapshot,
    dataset: &Dataset,
    (main, text): (TableKind, TableKind),
    scope: &Scope,
) -> Table {
    let parts = |kind: TableKind| -> Vec<FilePart> {
        let path = kind.path(&dataset.name);
        let files =
            snapshot.table(&dataset.name, kind).map(|state| state.files.as_slice()).unwrap_or_default();
        let part = |data: &commit::DataFile| FilePart {
            path: home.path_of(&format!("{path}/{}", data.name)),
            bytes: data.size,
            rows: Some(data.rows),
        };
        files.iter().map(part).collect()
    };
    Table::of_dataset(dataset, parts(main), parts(text), scope)
}
