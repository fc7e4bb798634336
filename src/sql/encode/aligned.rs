//! A table of aligned columns for a terminal.
//!
//! Widths come from the first rows, which are held back until they are known; later cells that are
//! wider push their line out. Long cells are cut with `…`, line breaks become blanks, numbers stand at
//! the right. Marks that combine with the letter before them take no width.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};

use crate::domain::limits;

/// Writes the table.
pub(super) struct Aligned<W: Write> {
    to: W,
    heads: Vec<(String, bool)>,
    held: Vec<Vec<String>>,
    widths: Option<Vec<usize>>,
}

impl<W: Write> Aligned<W> {
    /// A table into `to`.
    pub(super) fn new(to: W) -> Self {
        Self { to, heads: Vec::new(), held: Vec::new(), widths: None }
    }

    /// Adds the rows of `batch`.
    ///
    /// # Errors
    /// `to` does not take them.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        if self.heads.is_empty() {
            let fields = batch.schema();
            let heads = fields.fields().iter();
            self.heads = heads.map(|field| (cell(field.name()), is_number(field.data_type()))).collect();
        }
        let options = FormatOptions::default().with_display_error(true);
        let columns = batch.columns().iter().map(|column| ArrayFormatter::try_new(column.as_ref(), &options));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            let cells = columns.iter().map(|column| cell(&column.value(row).to_string())).collect();
            self.add(cells)?;
        }
        Ok(())
    }

    /// Writes what is held back and gives `to` back.
    ///
    /// # Errors
    /// `to` does not take it.
    pub(super) fn finish(mut self) -> Result<W, ArrowError> {
        if self.widths.is_none() {
            self.release()?;
        }
        Ok(self.to)
    }

    fn add(&mut self, cells: Vec<String>) -> Result<(), ArrowError> {
        match &self.widths {
            Some(widths) => line(&mut self.to, &self.heads, widths, &cells),
            None => {
                self.held.push(cells);
                if self.held.len() >= limits::TABLE_WIDTH_ROWS { self.release() } else { Ok(()) }
            }
        }
    }

    fn release(&mut self) -> Result<(), ArrowError> {
        let mut widths: Vec<usize> = self.heads.iter().map(|(head, _)| width(head)).collect();
        for row in &self.held {
            widths.iter_mut().zip(row).for_each(|(widest, cell)| *widest = width(cell).max(*widest));
        }
        let heads: Vec<String> = self.heads.iter().map(|(head, _)| head.clone()).collect();
        let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
        line(&mut self.to, &self.heads, &widths, &heads)?;
        line(&mut self.to, &self.heads, &widths, &rules)?;
        for row in std::mem::take(&mut self.held) {
            line(&mut self.to, &self.heads, &widths, &row)?;
        }
        self.widths = Some(widths);
        Ok(())
    }
}

fn line(
    to: &mut impl Write,
    heads: &[(String, bool)],
    widths: &[usize],
    cells: &[String],
) -> Result<(), ArrowError> {
    let mut text = String::new();
    for ((cell, wanted), (_, at_right)) in cells.iter().zip(widths).zip(heads) {
        let gap = " ".repeat(wanted.saturating_sub(width(cell)));
        let (before, after) = if *at_right { (gap.as_str(), "") } else { ("", gap.as_str()) };
        if !text.is_empty() {
            text.push_str("  ");
        }
        text.extend([before, cell, after]);
    }
    writeln!(to, "{}", text.trim_end())?;
    Ok(())
}

fn cell(text: &str) -> String {
    let clean = |letter: char| if letter.is_control() { ' ' } else { letter };
    let mut letters = text.chars().map(clean);
    let mut cell: String = letters.by_ref().take(limits::TABLE_CELL_CHARS_MAX).collect();
    if letters.next().is_some() {
        cell.pop();
        cell.push('…');
    }
    cell
}

fn width(text: &str) -> usize {
    text.chars().filter(|letter| !('\u{300}'..='\u{36f}').contains(letter)).count()
}

fn is_number(kind: &DataType) -> bool {
    kind.is_numeric()
}
