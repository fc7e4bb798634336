//! Table functions that the parent answers: `search('petitions', 'query')`.
//!
//! The child has no index and no right to open one (an address-space limit counts mapped files). While
//! it plans, a call goes up the pipe and the rows come down; to the plan they are a small table.

use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::SchemaRef;
use datafusion::catalog::{TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::{DataFusionError, Result, ScalarValue, plan_err};
use datafusion::datasource::MemTable;
use datafusion::logical_expr::Expr;
use serde::{Deserialize, Serialize};

use crate::domain::limits;
use crate::sql::job::Function;
use crate::sql::worker::Output;
use crate::sql::{schema, wire};

/// A call of a table function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// The function.
    pub function: String,
    /// Its arguments, constants all.
    pub arguments: Vec<Argument>,
}

/// A constant argument.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Argument {
    /// NULL.
    Null,
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// Yes or no.
    Boolean(bool),
}

/// The child's end: where calls go and answers come from.
#[derive(Debug)]
pub(super) struct Line {
    output: Output,
    answers: Mutex<(Receiver<Vec<u8>>, usize)>,
}

/// One function, as DataFusion sees it.
#[derive(Debug)]
pub(super) struct Answered {
    name: String,
    schema: SchemaRef,
    line: Arc<Line>,
}

impl Line {
    /// A line that writes calls to `output` and takes answers from `answers`.
    pub(super) fn new(output: Output, answers: Receiver<Vec<u8>>) -> Self {
        Self { output, answers: Mutex::new((answers, 0)) }
    }

    fn ask(&self, call: &Call) -> Result<Vec<u8>> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.1 += 1;
        if answers.1 > limits::SQL_CALLS_MAX {
            return plan_err!("a statement may call table functions {} times", limits::SQL_CALLS_MAX);
        }
        let body = serde_json::to_vec(call).map_err(|_| lost())?;
        self.output.send(wire::CALL, &body).map_err(|_| lost())?;
        answers.0.recv().map_err(|_| lost())
    }
}

fn lost() -> DataFusionError {
    DataFusionError::Internal("the line to the parent is cut".to_owned())
}

impl Answered {
    /// `function` over `line`.
    pub(super) fn new(function: &Function, line: &Arc<Line>) -> Self {
        let schema = schema::schema(&function.fields);
        Self { name: function.name.clone(), schema, line: Arc::clone(line) }
    }
}

impl TableFunctionImpl for Answered {
    fn call_with_args(&self, given: TableFunctionArgs<'_, '_>) -> Result<Arc<dyn TableProvider>> {
        let arguments = given.exprs().iter().map(argument).collect::<Option<Vec<_>>>();
        let Some(arguments) = arguments else {
            return plan_err!("the arguments of `{}` must be constants: texts or numbers", self.name);
        };
        let answer = self.line.ask(&Call { function: self.name.clone(), arguments })?;
        let rows = wire::unpack(&answer)?;
        if rows.num_columns() != self.schema.fields().len() {
            return Err(lost());
        }
        let rows = schema::conform(&rows, &self.schema)?;
        Ok(Arc::new(MemTable::try_new(Arc::clone(&self.schema), vec![vec![rows]])?))
    }
}

fn argument(given: &Expr) -> Option<Argument> {
    match given {
        Expr::Literal(value, _) => constant(value),
        Expr::Negative(inner) => match argument(inner)? {
            Argument::Integer(number) => number.checked_neg().map(Argument::Integer),
            Argument::Number(number) => Some(Argument::Number(-number)),
            _ => None,
        },
        _ => None,
    }
}

fn constant(value: &ScalarValue) -> Option<Argument> {
    Some(match value {
        value if value.is_null() => Argument::Null,
        ScalarValue::Utf8(Some(text))
        | ScalarValue::Utf8View(Some(text))
        | ScalarValue::LargeUtf8(Some(text)) => Argument::Text(text.clone()),
        ScalarValue::Int64(Some(number)) => Argument::Integer(*number),
        ScalarValue::Float64(Some(number)) => Argument::Number(*number),
        ScalarValue::Boolean(Some(fact)) => Argument::Boolean(*fact),
        _ => return None,
    })
}
