//! CSV as it comes: comma, semicolon or tab, byte order mark or not, any line end.
//!
//! The rules of quoting are those of the `csv` crate, which a test holds this reader against. It is a
//! reader of its own because a row must know its line exactly, a quote that is never closed must be
//! named by its line instead of swallowing the rest of the file, and one row must stay within bounds.

use std::io::Read;

use crate::domain::limits::{COLUMNS_MAX, RECORD_BYTES_MAX};
use crate::formats::cell::Cell;
use crate::formats::fault::Fault;
use crate::formats::header::Header;
use crate::formats::reject::{Reason, Rule};
use crate::formats::rows::Rows;
use crate::formats::stream::Text;

/// One row: its text and where each field ends in it.
#[derive(Debug, Default)]
struct Row {
    text: String,
    ends: Vec<usize>,
    line: u64,
}

impl Row {
    fn fields(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(from, to)| self.text.get(from..*to).unwrap_or_default())
    }

    fn end_field(&mut self) -> Result<(), Fault> {
        if self.ends.len() == COLUMNS_MAX {
            return Err(Fault::ManyColumns { line: self.line, limit: COLUMNS_MAX });
        }
        self.ends.push(self.text.len());
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first character of a row.
    Row,
    /// Before the first character of a field.
    Field,
    /// In a field without quotes, or after its closing quote.
    Plain,
    /// In quotes, opened in the line `quote_line`.
    Quoted,
    /// Just after a quote in quotes.
    Closing,
}

struct Scanner<'a> {
    text: Text<'a>,
    delimiter: u8,
    quote_line: u64,
}

/// Reads the whole file.
pub(crate) fn read(bytes: Box<dyn Read + '_>, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    let mut text = Text::new(bytes, rows.encoding());
    let delimiter = delimiter_of(text.chunk()?);
    let mut scanner = Scanner { text, delimiter, quote_line: 0 };
    let mut row = Row::default();
    if !scanner.next(&mut row)? {
        return Err(Fault::Empty);
    }
    rows.of_file(scanner.text.encoding());
    let names: Vec<String> = row.fields().map(str::to_owned).collect();
    let header = rows.header(names)?;
    rows.check_map()?;
    while scanner.next(&mut row)? {
        rows.of_file(scanner.text.encoding());
        push(&row, &header, rows)?;
    }
    Ok(())
}

fn push(row: &Row, header: &Header, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    let cells: Vec<Cell<'_>> = row.fields().map(Cell::text).collect();
    if cells.iter().all(Cell::is_empty) {
        return Ok(());
    }
    if cells.len() == header.len() {
        return rows.push(row.line, header, &cells);
    }
    rows.reject(row.line, Reason::of_row(Rule::Ragged), header, &cells)
}

/// The most frequent of the three outside quotes in the first line.
fn delimiter_of(start: &str) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in start.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => counts
                .iter_mut()
                .filter(|(delimiter, _)| *delimiter == byte)
                .for_each(|(_, count)| *count += 1),
        }
    }
    let [comma, others @ ..] = counts;
    others.into_iter().fold(comma, |best, other| if other.1 > best.1 { other } else { best }).0
}

impl Scanner<'_> {
    /// Reads the next row; false at the end.
    fn next(&mut self, row: &mut Row) -> Result<bool, Fault> {
        row.text.clear();
        row.ends.clear();
        let mut state = State::Row;
        loop {
            let line = self.text.line();
            let chunk = self.text.chunk()?;
            let Some(first) = chunk.bytes().next() else { return self.end(state, row) };
            if state == State::Row {
                row.line = line;
            }
            let newline = matches!(first, b'\n' | b'\r');
            let mut taken = 1;
            match (state, first) {
                (State::Row, _) if newline => {}
                (State::Row | State::Field, b'"') => {
                    self.quote_line = line;
                    state = State::Quoted;
                }
                (State::Quoted, b'"') => state = State::Closing,
                (State::Quoted, _) => {
                    taken = chunk.bytes().position(|byte| byte == b'"').unwrap_or(chunk.len());
                    row.text.push_str(chunk.get(..taken).unwrap_or_default());
                }
                (State::Closing, b'"') => {
                    row.text.push('"');
                    state = State::Quoted;
                }
                (_, _) if first == self.delimiter => {
                    row.end_field()?;
                    state = State::Field;
                }
                (_, _) if newline => {
                    self.text.consume(1);
                    row.end_field()?;
                    return Ok(true);
                }
                _ => {
                    let ends = |byte: u8| byte == self.delimiter || matches!(byte, b'\n' | b'\r');
                    taken = chunk.bytes().position(ends).unwrap_or(chunk.len());
                    row.text.push_str(chunk.get(..taken).unwrap_or_default());
                    state = State::Plain;
                }
            }
            self.text.consume(taken);
            if row.text.len() > RECORD_BYTES_MAX {
                return Err(Fault::LongRow { line: row.line, limit: RECORD_BYTES_MAX });
            }
        }
    }

    fn end(&self, state: State, row: &mut Row) -> Result<bool, Fault> {
        match state {
            State::Row => Ok(false),
            State::Quoted => Err(Fault::OpenQuote { line: self.quote_line }),
            State::Field | State::Plain | State::Closing => row.end_field().map(|()| true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scan(text: &str, delimiter: u8) -> Result<Vec<(u64, Vec<String>)>, Fault> {
        let mut scanner =
            Scanner { text: Text::new(Box::new(text.as_bytes()), None), delimiter, quote_line: 0 };
        let (mut row, mut rows) = (Row::default(), Vec::new());
        while scanner.next(&mut row)? {
            rows.push((row.line, row.fields().map(str::to_owned).collect()));
        }
        Ok(rows)
    }

    #[test]
    fn each_row_knows_the_line_it_begins_in() {
        let rows = scan("a,b\r\n\r\n\"x\ny\",\"q\"\"q\"\r\n1,\n\n2,3", b',').unwrap();
        let lines: Vec<u64> = rows.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 3, 5, 7]);
        assert_eq!(rows[1].1, ["x\ny", "q\"q"]);
        assert_eq!(rows[2].1, ["1", ""]);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_named_by_its_line() {
        assert!(matches!(scan("a,b\n1,2\n3,\"4\n5,6\n", b','), Err(Fault::OpenQuote { line: 3 })));
        assert!(scan("a\n1\"2\n", b',').is_ok());
    }

    #[test]
    fn the_delimiter_is_the_one_of_the_header() {
        assert_eq!(delimiter_of("mã;\"a,b,c,d\";số\n1,2,3,4,5"), b';');
        assert_eq!(delimiter_of("a\tb,c\td"), b'\t');
        assert_eq!(delimiter_of("a"), b',');
    }

    proptest! {
        #[test]
        fn the_rules_are_those_of_the_csv_crate(text in "[a\",;\r\nđ ]{0,60}") {
            let mut peer = ::csv::ReaderBuilder::new();
            let mut peer = peer.has_headers(false).flexible(true).from_reader(text.as_bytes());
            let theirs: Vec<Vec<String>> =
                peer.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
            if let Ok(ours) = scan(&text, b',') {
                let ours: Vec<Vec<String>> = ours.into_iter().map(|(_, fields)| fields).collect();
                prop_assert_eq!(ours, theirs);
            }
        }
    }
}
