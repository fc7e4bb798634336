//! From text to a plan that only reads.
//!
//! `SessionContext::sql` is never called: it runs what it is given. A statement is parsed with a depth
//! limit, must be exactly one query, and its plan is checked once more for anything that defines,
//! changes or sets.

use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{SQLOptions, SessionContext};
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::ast::Statement as SqlStatement;

use crate::domain::limits;
use crate::sql::SqlError;
use crate::sql::fault;

/// Plans `text` in `context`.
///
/// # Errors
/// It does not parse, is not one query, or does not fit the tables.
pub(super) async fn plan(context: &SessionContext, text: &str) -> Result<LogicalPlan, SqlError> {
    let statement = one_query(text)?;
    let planned = context.state().statement_to_plan(statement).await;
    let plan = planned.map_err(|error| fault::of(&error, text, &tables(context)))?;
    let reads_only =
        SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    match reads_only.verify_plan(&plan) {
        Ok(()) => Ok(plan),
        Err(_) => Err(SqlError::Refused("only SELECT is answered here".to_owned())),
    }
}

fn one_query(text: &str) -> Result<Statement, SqlError> {
    let parsed = DFParserBuilder::new(text)
        .with_recursion_limit(limits::SQL_DEPTH_MAX)
        .build()
        .and_then(|mut parser| parser.parse_statements());
    let mut statements = parsed.map_err(|error: DataFusionError| fault::of(&error, text, &[]))?;
    let first = statements.pop_front().filter(|_| statements.is_empty());
    match first {
        Some(Statement::Statement(statement)) if matches!(*statement, SqlStatement::Query(_)) => {
            Ok(Statement::Statement(statement))
        }
        Some(_) => Err(SqlError::Refused("only SELECT is answered here".to_owned())),
        None => Err(SqlError::Refused("one statement at a time".to_owned())),
    }
}

fn tables(context: &SessionContext) -> Vec<String> {
    let state = context.state();
    let options = &state.config_options().catalog;
    let catalog = state.catalog_list().catalog(&options.default_catalog);
    let schema = catalog.and_then(|catalog| catalog.schema(&options.default_schema));
    schema.map(|schema| schema.table_names()).unwrap_or_default()
}
