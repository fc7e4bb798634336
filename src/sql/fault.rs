//! DataFusion's errors in our words.
//!
//! Messages of the engine quote values (a cast that fails), literals of the statement and paths of
//! files. Errors about data therefore get a sentence of ours; errors about the statement keep their
//! message with every literal taken out.

use arrow::error::ArrowError;
use datafusion::common::{DataFusionError, SchemaError};

use crate::definition::suggest;
use crate::domain::limits;
use crate::sql::SqlError;
use crate::sql::lex::{Token, tokens};

/// What `error` means for who wrote `statement` over `tables`.
pub(super) fn of(error: &DataFusionError, statement: &str, tables: &[String]) -> SqlError {
    match error {
        DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => {
            of(inner, statement, tables)
        }
        DataFusionError::Shared(inner) => of(inner, statement, tables),
        DataFusionError::Collection(all) => match all.first() {
            Some(first) => of(first, statement, tables),
            None => of_engine(),
        },
        DataFusionError::External(inner) => match inner.downcast_ref::<DataFusionError>() {
            Some(inner) => of(inner, statement, tables),
            None => of_engine(),
        },
        DataFusionError::ArrowError(inner, _) => of_arrow(inner, statement, tables),
        DataFusionError::SQL(inner, _) => SqlError::Parse(said(&inner.to_string(), statement)),
        DataFusionError::SchemaError(inner, _) => of_schema(inner),
        DataFusionError::Plan(message) => of_plan(message, statement, tables),
        DataFusionError::NotImplemented(message) => {
            SqlError::Plan(said(&format!("not offered: {message}"), statement))
        }
        DataFusionError::ResourcesExhausted(_) => SqlError::OutOfMemory,
        DataFusionError::Execution(_) => of_value(),
        DataFusionError::ParquetError(_) | DataFusionError::ObjectStore(_) | DataFusionError::IoError(_) => {
            SqlError::Unreadable
        }
        _ => of_engine(),
    }
}

fn of_engine() -> SqlError {
    SqlError::Internal("the statement could not be planned or run; please report it".to_owned())
}

fn of_value() -> SqlError {
    SqlError::Run("a value met on the way cannot be computed with; try_cast gives null instead".to_owned())
}

fn of_arrow(error: &ArrowError, statement: &str, tables: &[String]) -> SqlError {
    match error {
        ArrowError::DivideByZero => SqlError::Run("division by zero; write nullif(divisor, 0)".to_owned()),
        ArrowError::ArithmeticOverflow(_) => SqlError::Run("a number is out of range".to_owned()),
        ArrowError::MemoryError(_) | ArrowError::OffsetOverflowError(_) => SqlError::OutOfMemory,
        ArrowError::IoError(..) | ArrowError::ParquetError(_) => SqlError::Unreadable,
        ArrowError::ExternalError(inner) => match inner.downcast_ref::<DataFusionError>() {
            Some(inner) => of(inner, statement, tables),
            None => of_engine(),
        },
        _ => of_value(),
    }
}

fn of_schema(error: &SchemaError) -> SqlError {
    let message = match error {
        SchemaError::FieldNotFound { field, valid_fields } => {
            let near = suggest(field.name(), valid_fields.iter().map(|valid| valid.name()));
            format!("no column `{}`{near}", field.name())
        }
        SchemaError::AmbiguousReference { field } => {
            format!("the column `{}` is in several tables; write table.column", field.name())
        }
        SchemaError::DuplicateQualifiedField { name, .. }
        | SchemaError::DuplicateUnqualifiedField { name } => {
            format!("the column `{name}` comes twice; give one another name with AS")
        }
    };
    SqlError::Plan(clipped(&message))
}

fn of_plan(message: &str, statement: &str, tables: &[String]) -> SqlError {
    let table = message.strip_prefix("table '").and_then(|rest| rest.strip_suffix("' not found"));
    let Some(table) = table else { return SqlError::Plan(said(message, statement)) };
    let name = table.splitn(3, '.').last().unwrap_or(table);
    let near = suggest(name, tables.iter().map(String::as_str));
    SqlError::Plan(clipped(&format!("no table `{}`{near}", without_texts(name, statement))))
}

/// A message of the engine, on one line, without the statement's literals.
fn said(message: &str, statement: &str) -> String {
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_start_matches("sql parser error: ");
    clipped(&without_texts(line, statement))
}

fn without_texts(message: &str, statement: &str) -> String {
    let mut message = message.to_owned();
    for token in tokens(statement).unwrap_or_default() {
        if let Token::Text(text) = token
            && !text.is_empty()
        {
            message = message.replace(text, "…");
        }
    }
    message
}

fn clipped(message: &str) -> String {
    message.chars().take(limits::SQL_MESSAGE_CHARS_MAX).collect()
}
