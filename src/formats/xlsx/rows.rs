//! The parent's side: lines of the child to rows.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::Value as Json;

use crate::definition::column::ColumnType;
use crate::domain::limits::RECORD_BYTES_MAX;
use crate::formats::cell::Cell;
use crate::formats::fault::Fault;
use crate::formats::header::Header;
use crate::formats::open::OnDisk;
use crate::formats::reject::{Reason, Rule};
use crate::formats::rows::Rows;
use crate::formats::xlsx::line::Line;
use crate::formats::xlsx::{Packed, Unpack};

/// Days from the first day of a 1900 workbook to that of a 1904 workbook.
const DAYS_TO_1904: f64 = 1462.0;
/// JSON may write one byte of text as six.
const LINE_BYTES_MAX: u64 = 6 * RECORD_BYTES_MAX as u64;

/// Reads the whole workbook.
pub(crate) fn read(given: OnDisk, workbook: &dyn Unpack, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    let mut lines = BufReader::new(workbook.unpack(Packed::Workbook, given.file).map_err(Fault::Io)?);
    let (mut from_1904, mut header) = (false, None);
    while let Some(line) = next(&mut lines)? {
        match line {
            Line::Sheet { from_1904: given, skipped } => {
                from_1904 = given;
                rows.skipped_sheets(skipped);
            }
            Line::Row { line, cells, wide } => {
                let cells: Vec<Cell<'_>> = cells.into_iter().map(cell).collect();
                match &header {
                    None => header = Some(head(&cells, rows)?),
                    Some(header) => push(line, header, Given { cells, wide, from_1904 }, rows)?,
                }
            }
            Line::End { .. } => {
                rows.done(given.uncounted);
                return Ok(());
            }
            Line::Broken { message } => return Err(Fault::Workbook(message)),
            Line::LongRow { line, limit } => return Err(Fault::LongRow { line, limit }),
            Line::Bomb { limit, what } => return Err(Fault::Bomb { limit, what: unit(&what) }),
        }
    }
    Err(Fault::WorkbookStopped)
}

struct Given {
    cells: Vec<Cell<'static>>,
    wide: bool,
    from_1904: bool,
}

fn next(lines: &mut impl BufRead) -> Result<Option<Line>, Fault> {
    let mut line = Vec::new();
    lines.take(LINE_BYTES_MAX).read_until(b'\n', &mut line).map_err(Fault::Io)?;
    Ok(serde_json::from_slice(&line).ok())
}

fn head(cells: &[Cell<'_>], rows: &mut Rows<'_, '_>) -> Result<Header, Fault> {
    let header = rows.header(cells.iter().map(|cell| cell.to_text().into_owned()).collect())?;
    rows.check_map()?;
    Ok(header)
}

fn push(line: u64, header: &Header, given: Given, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    let Given { mut cells, wide, from_1904 } = given;
    if wide || cells.len() > header.len() {
        return rows.reject(line, Reason::of_row(Rule::Ragged), header, &cells);
    }
    cells.resize(header.len(), Cell::Empty);
    if from_1904 {
        for (cell, target) in cells.iter_mut().zip(header.targets()) {
            if matches!(rows.kind_of(*target), Some(ColumnType::Date | ColumnType::Instant)) {
                shift(cell);
            }
        }
    }
    rows.push(line, header, &cells)
}

fn shift(cell: &mut Cell<'_>) {
    match cell {
        Cell::Integer(whole) => *cell = Cell::Number(*whole as f64 + DAYS_TO_1904),
        Cell::Number(number) => *number += DAYS_TO_1904,
        _ => {}
    }
}

fn cell(value: Json) -> Cell<'static> {
    let Json::Object(typed) = &value else { return Cell::json(value) };
    let part = |name: &str| typed.get(name).and_then(Json::as_str);
    let day = part("day").and_then(|text| text.parse::<NaiveDate>().ok()).map(Cell::Day);
    let moment = || part("moment").and_then(|text| text.parse::<NaiveDateTime>().ok()).map(Cell::Moment);
    day.or_else(moment).unwrap_or_else(|| Cell::Text(Cow::Owned(value.to_string())))
}

fn unit(what: &str) -> &'static str {
    match what {
        "cells" => "cells",
        "entries" => "entries",
        _ => "bytes",
    }
}
