//! Rows of a command as one of the formats of rows or as a workbook, on stdout or in a file.

use std::io::Write;
use std::path::PathBuf;

use arrow::array::{Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::rows;
use crate::present::xlsx::{Cell, Sheet, workbook};
use crate::sql::SqlError;
use crate::sql::encode::Format;

/// How rows leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// In a format of rows.
    Rows(Format),
    /// As a workbook.
    Workbook,
}

/// Rows on their way out.
pub(super) struct Leaving<'a> {
    /// Name of the sheet.
    pub(super) name: &'a str,
    /// The rows.
    pub(super) batches: &'a [RecordBatch],
    /// Columns whose texts are numbers of two decimals.
    pub(super) decimals: Vec<String>,
}

/// The way of that name, for the command line.
pub(super) fn wanted(name: &str) -> Result<Wanted, String> {
    match name {
        "xlsx" => Ok(Wanted::Workbook),
        name => rows::format(name).map(Wanted::Rows),
    }
}

/// Writes the rows to `output`, or to stdout.
pub(super) fn write(
    context: &Context,
    wanted: Wanted,
    leaving: &Leaving<'_>,
    output: Option<&PathBuf>,
) -> Result<(), CliError> {
    let bytes = match (wanted, output) {
        (Wanted::Rows(format), None) => return rows::write(context, format, leaving.batches),
        (Wanted::Workbook, None) if context.is_terminal() => {
            return Err(CliError::OnTerminal { format: "xlsx" });
        }
        (Wanted::Rows(format), Some(_)) => rows::encoded(format, leaving.batches)?,
        (Wanted::Workbook, _) => workbook(&[sheet(leaving)?]).map_err(CliError::output("xlsx"))?,
    };
    match output {
        Some(path) => std::fs::write(path, bytes).map_err(CliError::output(&path.display().to_string())),
        None => {
            let mut output = context.stdout()?;
            output.write_all(&bytes).and_then(|()| output.flush()).map_err(CliError::output("stdout"))
        }
    }
}

fn sheet(leaving: &Leaving<'_>) -> Result<Sheet, SqlError> {
    let name = leaving.name.chars().filter(|c| !"[]:*?/\\".contains(*c)).take(31).collect();
    let mut headers = Vec::new();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for batch in leaving.batches {
        let schema = batch.schema_ref();
        headers = schema.fields().iter().map(|field| field.name().clone()).collect();
        let columns: Vec<Vec<Cell>> = batch
            .columns()
            .iter()
            .zip(&headers)
            .map(|(column, header)| cells(column.as_ref(), leaving.decimals.contains(header)))
            .collect::<Result<_, _>>()?;
        let row = |place: usize| columns.iter().filter_map(|column| column.get(place).cloned()).collect();
        rows.extend((0..batch.num_rows()).map(row));
    }
    Ok(Sheet { name, headers, rows })
}

fn cells(column: &dyn Array, is_decimal: bool) -> Result<Vec<Cell>, SqlError> {
    if let Some(numbers) = column.as_any().downcast_ref::<Int64Array>() {
        return Ok(numbers.iter().map(|number| number.map_or(Cell::Empty, Cell::Whole)).collect());
    }
    let lost = || SqlError::Unwritable { column: String::new(), format: "xlsx".to_owned() };
    let texts = cast(column, &DataType::Utf8).map_err(|_| lost())?;
    let texts = texts.as_any().downcast_ref::<StringArray>().ok_or_else(lost)?;
    let cell = |text: &str| {
        if is_decimal { Cell::Decimal(text.to_owned()) } else { Cell::Text(text.to_owned()) }
    };
    Ok(texts.iter().map(|text| text.map_or(Cell::Empty, cell)).collect())
}
