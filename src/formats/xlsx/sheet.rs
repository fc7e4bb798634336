//! The child's side: cells of a sheet, streamed, to lines.

use std::io::{Read, Seek, Write};

use calamine::{Data, DataRef, ExcelDateTime, Reader, SheetType, Xlsx, XlsxError};
use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Value as Json, json};

use crate::domain::limits::{COLUMNS_MAX, FIELD_BYTES_MAX, RECORD_BYTES_MAX, XLSX_CELLS_MAX};
use crate::formats::fault::Fault;
use crate::formats::xlsx::line::Line;

/// Cells read so far, of all sheets.
struct Budget(u64);

/// Writes the first sheet that holds cells; the number of its rows.
pub(super) fn read(workbook: impl Read + Seek, out: &mut impl Write) -> Result<u64, Fault> {
    let mut workbook = Xlsx::new(workbook).map_err(|error| broken(&error))?;
    let mut budget = Budget(XLSX_CELLS_MAX);
    let sheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<String> = sheets.map(|sheet| sheet.name.clone()).collect();
    let mut filled = Vec::new();
    for name in names {
        if has_cells(&mut workbook, &name, &mut budget)? {
            filled.push(name);
        }
    }
    let mut filled = filled.into_iter();
    let first = filled.next().ok_or(Fault::Workbook("no sheet holds a cell".to_owned()))?;
    let from_1904 = workbook.has_1904_epoch();
    Line::Sheet { from_1904, skipped: filled.collect() }.write(out).map_err(Fault::Io)?;
    rows(&mut workbook, &first, &mut budget, out)
}

fn has_cells(workbook: &mut Xlsx<impl Read + Seek>, name: &str, budget: &mut Budget) -> Result<bool, Fault> {
    let mut cells = workbook.worksheet_cells_reader(name).map_err(|error| broken(&error))?;
    while let Some(cell) = cells.next_cell().map_err(|error| broken(&error))? {
        budget.spend()?;
        if !is_blank(cell.get_value()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The row being put together.
struct Row {
    line: u64,
    cells: Vec<Json>,
    bytes: usize,
    wide: bool,
}

fn rows(
    workbook: &mut Xlsx<impl Read + Seek>,
    name: &str,
    budget: &mut Budget,
    out: &mut impl Write,
) -> Result<u64, Fault> {
    let mut cells = workbook.worksheet_cells_reader(name).map_err(|error| broken(&error))?;
    let mut row = Row { line: 0, cells: Vec::new(), bytes: 0, wide: false };
    let mut count = 0;
    while let Some(cell) = cells.next_cell().map_err(|error| broken(&error))? {
        budget.spend()?;
        if is_blank(cell.get_value()) {
            continue;
        }
        let (down, across) = cell.get_position();
        let line = u64::from(down) + 1;
        if line < row.line {
            return Err(Fault::Workbook("its rows are out of order".to_owned()));
        }
        if line > row.line {
            count += row.flush(out)?;
            row.line = line;
        }
        row.put(across as usize, cell.get_value())?;
    }
    Ok(count + row.flush(out)?)
}

impl Budget {
    fn spend(&mut self) -> Result<(), Fault> {
        let Some(left) = self.0.checked_sub(1) else {
            return Err(Fault::Bomb { limit: XLSX_CELLS_MAX, what: "cells" });
        };
        self.0 = left;
        Ok(())
    }
}

impl Row {
    fn put(&mut self, at: usize, value: &DataRef<'_>) -> Result<(), Fault> {
        if at >= COLUMNS_MAX {
            self.wide = true;
            return Ok(());
        }
        let given = given(value);
        self.bytes += given.as_str().map_or(0, str::len);
        if self.bytes > RECORD_BYTES_MAX {
            return Err(Fault::LongRow { line: self.line, limit: RECORD_BYTES_MAX });
        }
        if self.cells.len() <= at {
            self.cells.resize(at + 1, Json::Null);
        }
        match self.cells.get_mut(at) {
            Some(place) if place.is_null() => *place = given,
            _ => return Err(Fault::Workbook("a cell stands twice".to_owned())),
        }
        Ok(())
    }

    fn flush(&mut self, out: &mut impl Write) -> Result<u64, Fault> {
        let (cells, wide) = (std::mem::take(&mut self.cells), std::mem::take(&mut self.wide));
        self.bytes = 0;
        if cells.is_empty() && !wide {
            return Ok(0);
        }
        Line::Row { line: self.line, cells, wide }.write(out).map_err(Fault::Io)?;
        Ok(1)
    }
}

fn is_blank(value: &DataRef<'_>) -> bool {
    match value {
        DataRef::Empty => true,
        DataRef::String(text) => text.trim().is_empty(),
        DataRef::SharedString(text) => text.trim().is_empty(),
        _ => false,
    }
}

fn given(value: &DataRef<'_>) -> Json {
    match value {
        DataRef::String(text) => text_of(text),
        DataRef::SharedString(text) => text_of(text),
        DataRef::Int(whole) => Json::from(*whole),
        DataRef::Float(number) => number_of(*number),
        DataRef::Bool(yes) => Json::Bool(*yes),
        DataRef::DateTime(moment) => moment_of(moment),
        other => Json::String(Data::from(other.clone()).to_string()),
    }
}

/// The text, cut just beyond the bound of a field: the parent rejects the row by that rule.
fn text_of(text: &str) -> Json {
    let end = text.floor_char_boundary(FIELD_BYTES_MAX + 4);
    Json::from(text.get(..end).unwrap_or_default())
}

fn number_of(number: f64) -> Json {
    if number.fract() == 0.0 && number.abs() < 9.0e15 {
        Json::from(number as i64)
    } else {
        Json::from(number)
    }
}

fn moment_of(cell: &ExcelDateTime) -> Json {
    let (year, month, day, hour, minute, second, milli) = cell.to_ymd_hms_milli();
    let date = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day));
    let time = |date: NaiveDate| {
        date.and_hms_milli_opt(u32::from(hour), u32::from(minute), u32::from(second), u32::from(milli))
    };
    let moment: Option<NaiveDateTime> = date.and_then(time);
    match (date, moment) {
        _ if cell.is_duration() => number_of(cell.as_f64()),
        (Some(_), Some(moment)) if cell.as_f64() < 1.0 => Json::String(moment.format("%H:%M:%S").to_string()),
        (Some(date), Some(_)) if cell.as_f64().fract() == 0.0 => json!({ "day": date.to_string() }),
        (Some(_), Some(moment)) => json!({ "moment": moment.format("%Y-%m-%dT%H:%M:%S%.f").to_string() }),
        _ => number_of(cell.as_f64()),
    }
}

/// The reader's own words may quote a cell, so only the sort of damage is told.
fn broken(error: &XlsxError) -> Fault {
    let sort = match error {
        XlsxError::Zip(_) | XlsxError::Io(_) | XlsxError::FileNotFound(_) => "its archive is damaged",
        XlsxError::Xml(_) | XlsxError::XmlAttr(_) | XlsxError::XmlEof(_) => "its XML is damaged",
        XlsxError::Password => "it is locked with a password",
        _ => "a part or a cell of it is not of the form",
    };
    Fault::Workbook(sort.to_owned())
}
