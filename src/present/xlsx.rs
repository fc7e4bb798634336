//! Workbooks (Office Open XML, ECMA-376) of plain tables: typed cells, a frozen header, filters.
//!
//! No formula is ever written: a text is an inline string whatever it begins with, so that nothing in a
//! record can run in a spreadsheet. A decimal keeps the digits it was given.

use std::collections::BTreeMap;
use std::io::{Cursor, Error, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number with two decimals, digits as given, `.` before the decimals.
    Decimal(String),
}

/// A sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its name, at most 31 characters without `[]:*?/\`.
    pub name: String,
    /// Names of its columns.
    pub headers: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
}

/// A sheet laid out cell by cell, with merged cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grid {
    /// Its name, at most 31 characters without `[]:*?/\`.
    pub name: String,
    /// Cells; of two in one place the first is written.
    pub cells: Vec<Place>,
    /// Merged cells.
    pub merges: Vec<Merge>,
}

/// A cell in its place, row and column from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Row.
    pub row: usize,
    /// Column.
    pub column: usize,
    /// What stands there.
    pub cell: Cell,
    /// Whether it is a heading.
    pub is_head: bool,
}

/// Cells merged into one, row and column from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// First row.
    pub row: usize,
    /// First column.
    pub column: usize,
    /// Rows.
    pub down: usize,
    /// Columns.
    pub across: usize,
}

const HEADER_STYLE: usize = 1;
const WHOLE_STYLE: usize = 2;
const DECIMAL_STYLE: usize = 3;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>"#;
const ROOT: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="3" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="2" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>"#;

/// The bytes of a workbook of `sheets`.
///
/// # Errors
/// It cannot be packed.
pub fn workbook(sheets: &[Sheet]) -> Result<Vec<u8>, Error> {
    packed(&sheets.iter().map(|sheet| (sheet.name.as_str(), written(sheet))).collect::<Vec<_>>())
}

/// The bytes of a workbook of `grids`.
///
/// # Errors
/// It cannot be packed.
pub fn workbook_of_grids(grids: &[Grid]) -> Result<Vec<u8>, Error> {
    packed(&grids.iter().map(|grid| (grid.name.as_str(), laid_out(grid))).collect::<Vec<_>>())
}

fn packed(sheets: &[(&str, String)]) -> Result<Vec<u8>, Error> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut types = TYPES.to_owned();
    let (mut listed, mut related) = (String::new(), String::new());
    for ((name, _), number) in sheets.iter().zip(1..) {
        types.push_str(&format!(r#"<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"#));
        listed
            .push_str(&format!(r#"<sheet name="{}" sheetId="{number}" r:id="rId{number}"/>"#, escaped(name)));
        related.push_str(&format!(r#"<Relationship Id="rId{number}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{number}.xml"/>"#));
    }
    let next = sheets.len() + 1;
    related.push_str(&format!(r#"<Relationship Id="rId{next}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>"#));
    types.push_str("</Types>");
    add(&mut zip, "[Content_Types].xml", &types)?;
    add(&mut zip, "_rels/.rels", ROOT)?;
    add(
        &mut zip,
        "xl/workbook.xml",
        &format!(
            r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{listed}</sheets></workbook>"#
        ),
    )?;
    add(
        &mut zip,
        "xl/_rels/workbook.xml.rels",
        &format!(
            r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{related}</Relationships>"#
        ),
    )?;
    add(&mut zip, "xl/styles.xml", STYLES)?;
    for ((_, text), number) in sheets.iter().zip(1..) {
        add(&mut zip, &format!("xl/worksheets/sheet{number}.xml"), text)?;
    }
    Ok(zip.finish().map_err(Error::other)?.into_inner())
}

fn add(zip: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str, text: &str) -> Result<(), Error> {
    // Without a date in it, the same figures make the same bytes.
    let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    zip.start_file(name, options).map_err(Error::other)?;
    zip.write_all(text.as_bytes())
}

fn written(sheet: &Sheet) -> String {
    let widest = sheet.headers.len().max(1);
    let mut text = String::from(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>"#,
    );
    text.push_str(&format!(r#"<col min="1" max="{widest}" width="24" customWidth="1"/></cols><sheetData>"#));
    let header = sheet.headers.iter().enumerate();
    let header = header.map(|(column, name)| inline(&place(column, 1), name, HEADER_STYLE));
    text.push_str(&format!(r#"<row r="1">{}</row>"#, header.collect::<String>()));
    for (row, number) in sheet.rows.iter().zip(2..) {
        let cells = row.iter().enumerate().map(|(column, value)| cell(&place(column, number), value));
        text.push_str(&format!(r#"<row r="{number}">{}</row>"#, cells.collect::<String>()));
    }
    let last = place(widest - 1, sheet.rows.len() + 1);
    text.push_str(&format!(r#"</sheetData><autoFilter ref="A1:{last}"/></worksheet>"#));
    text
}

fn laid_out(grid: &Grid) -> String {
    let mut rows: BTreeMap<usize, BTreeMap<usize, &Place>> = BTreeMap::new();
    for cell in &grid.cells {
        rows.entry(cell.row).or_default().entry(cell.column).or_insert(cell);
    }
    let mut text = String::from(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cols><col min="1" max="1" width="36" customWidth="1"/><col min="2" max="64" width="13" customWidth="1"/></cols><sheetData>"#,
    );
    for (row, cells) in rows {
        let number = row + 1;
        let cells = cells.values().map(|it| match (&it.cell, it.is_head) {
            (Cell::Text(text), true) => inline(&place(it.column, number), text, HEADER_STYLE),
            (value, _) => cell(&place(it.column, number), value),
        });
        text.push_str(&format!(r#"<row r="{number}">{}</row>"#, cells.collect::<String>()));
    }
    text.push_str("</sheetData>");
    if !grid.merges.is_empty() {
        let merges = grid.merges.iter().map(|it| {
            let last = place(it.column + it.across - 1, it.row + it.down);
            format!(r#"<mergeCell ref="{}:{last}"/>"#, place(it.column, it.row + 1))
        });
        let merges: String = merges.collect();
        text.push_str(&format!(r#"<mergeCells count="{}">{merges}</mergeCells>"#, grid.merges.len()));
    }
    text.push_str("</worksheet>");
    text
}

fn cell(place: &str, value: &Cell) -> String {
    match value {
        Cell::Empty => String::new(),
        Cell::Text(text) => inline(place, text, 0),
        Cell::Whole(number) => format!(r#"<c r="{place}" s="{WHOLE_STYLE}"><v>{number}</v></c>"#),
        Cell::Decimal(digits) => {
            format!(r#"<c r="{place}" s="{DECIMAL_STYLE}"><v>{}</v></c>"#, escaped(digits))
        }
    }
}

fn inline(place: &str, text: &str, style: usize) -> String {
    let text = escaped(text);
    format!(r#"<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>"#)
}

/// `A1`, `AA12`: column from 0, row from 1.
fn place(column: usize, row: usize) -> String {
    let (mut letters, mut rest) = (String::new(), column + 1);
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.insert(0, char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    format!("{letters}{row}")
}

/// XML text; characters that XML 1.0 cannot hold become spaces.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(letter),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_spreadsheets() {
        assert_eq!([place(0, 1), place(25, 2), place(26, 3), place(702, 4)], ["A1", "Z2", "AA3", "AAA4"]);
    }

    #[test]
    fn digits_stay_and_no_text_is_a_formula_or_a_tag() {
        let rows =
            vec![vec![Cell::Text("=1+1<b>\u{1}".into()), Cell::Decimal("53.60".into()), Cell::Whole(556)]];
        let sheet =
            Sheet { name: "Số liệu".into(), headers: vec!["a".into(), "b".into(), "c".into()], rows };
        let xml = written(&sheet);
        assert!(xml.contains(r#"<c r="B2" s="3"><v>53.60</v></c><c r="C2" s="2"><v>556</v></c>"#), "{xml}");
        assert!(xml.contains("t=\"inlineStr\"><is><t xml:space=\"preserve\">=1+1&lt;b&gt; </t>"), "{xml}");
        assert!(!xml.contains("<f>") && xml.contains("<autoFilter ref=\"A1:C2\"/>"));
        let bytes = workbook(std::slice::from_ref(&sheet)).unwrap();
        assert_eq!(bytes, workbook(&[sheet]).unwrap(), "the same figures are the same bytes");
        assert!(bytes.starts_with(b"PK"));
    }
}
