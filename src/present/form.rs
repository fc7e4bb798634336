//! A printed form: headings in merged cells over numbered columns, as HTML and as a sheet.
//!
//! Headings come as one path a column, the widest first; neighbours that share the beginning of their paths
//! share those cells, and a heading with nothing below it reaches down to the numbers.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::domain::language::Language;
use crate::present::xlsx::{Cell, Grid, Merge, Place};

const PRINT: &str = "@page{size:A3 landscape;margin:10mm}table{border-collapse:collapse;font:9pt serif}\
    th,td{border:1px solid;padding:2pt}td{text-align:right}.broken{font-weight:bold;text-decoration:underline}";

/// A heading over some columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// What it says.
    pub text: String,
    /// Line it stands on, from 0.
    pub line: usize,
    /// First column, from 0.
    pub column: usize,
    /// Columns it spans.
    pub across: usize,
    /// Lines it spans.
    pub down: usize,
}

/// A value of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The number; none when no dataset feeds it, which is not zero.
    pub number: Option<i64>,
    /// The number as people read it.
    pub text: String,
    /// What it opens.
    pub link: Option<String>,
    /// Whether an identity that it stands in is broken.
    pub is_broken: bool,
}

/// A form ready to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// Lines above the table: code, circular, standing, period, snapshot.
    pub above: Vec<String>,
    /// Title.
    pub title: String,
    /// Heading of the first column.
    pub first: String,
    /// Heading paths of the other columns.
    pub heads: Vec<Vec<String>>,
    /// Line under the headings: numbers and identities.
    pub numbers: Vec<String>,
    /// Rows: name and values.
    pub rows: Vec<(String, Vec<Value>)>,
    /// Lines below the table: identities, empty columns, remarks.
    pub below: Vec<String>,
}

/// The headings of `paths` as cells, and how many lines they take.
#[must_use]
pub fn heads(paths: &[Vec<String>]) -> (Vec<Head>, usize) {
    let lines = paths.iter().map(Vec::len).max().unwrap_or_default();
    let mut all = Vec::new();
    for line in 0..lines {
        let mut column = 0;
        while let Some(path) = paths.get(column) {
            let Some(text) = path.get(line) else {
                column += 1;
                continue;
            };
            let shared = path.get(..=line).unwrap_or_default();
            let is_last = path.len() == line + 1;
            let same = |other: &&Vec<String>| other.len() > line + 1 && other.starts_with(shared);
            let after = paths.get(column + 1..).unwrap_or_default();
            let across = if is_last { 1 } else { 1 + after.iter().take_while(same).count() };
            let down = if is_last { lines - line } else { 1 };
            all.push(Head { text: text.clone(), line, column, across, down });
            column += across;
        }
    }
    (all, lines)
}

/// The form as HTML.
#[must_use]
pub fn markup(form: &Printed) -> Markup {
    let (cells, lines) = heads(&form.heads);
    html! {
        @for line in &form.above { p.total { (line) } }
        div.scroll tabindex="0" {
            table.form {
                caption { (form.title) }
                thead {
                    @for line in 0..lines {
                        tr {
                            @if line == 0 { th scope="col" rowspan=(lines) { (form.first) } }
                            @for cell in cells.iter().filter(|cell| cell.line == line) {
                                th scope=(if cell.across > 1 { "colgroup" } else { "col" }) colspan=(cell.across) rowspan=(cell.down) { (cell.text) }
                            }
                        }
                    }
                    tr { th { "MS" } @for number in &form.numbers { th { (number) } } }
                }
                tbody {
                    @for (name, values) in &form.rows {
                        tr { th scope="row" { (name) } @for value in values { (data(value)) } }
                    }
                }
            }
        }
        @if !form.below.is_empty() { ul { @for line in &form.below { li { (line) } } } }
    }
}

/// The form as a page of its own, to keep or print.
#[must_use]
pub fn document(form: &Printed, language: Language) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language.pick("vi", "en")) {
            head {
                meta charset="utf-8";
                title { (form.title) }
                style { (PreEscaped(PRINT)) }
            }
            body { (markup(form)) }
        }
    }
}

/// The form as a sheet of that name.
#[must_use]
pub fn grid(form: &Printed, name: &str) -> Grid {
    let (cells, lines) = heads(&form.heads);
    let widest = form.heads.len();
    let mut grid = Grid { name: name.to_owned(), ..Grid::default() };
    let mut row = 0;
    for text in form.above.iter().chain([&form.title]) {
        grid.cells.push(Place {
            row,
            column: 0,
            cell: Cell::Text(text.clone()),
            is_head: text == &form.title,
        });
        grid.merges.push(Merge { row, column: 0, down: 1, across: widest + 1 });
        row += 1;
    }
    let head =
        |row, column, text: &str| Place { row, column, cell: Cell::Text(text.to_owned()), is_head: true };
    grid.cells.push(head(row, 0, &form.first));
    grid.merges.push(Merge { row, column: 0, down: lines, across: 1 });
    for cell in &cells {
        grid.cells.push(head(row + cell.line, cell.column + 1, &cell.text));
        let (row, column) = (row + cell.line, cell.column + 1);
        grid.merges.push(Merge { row, column, down: cell.down, across: cell.across });
    }
    row += lines;
    grid.cells.push(head(row, 0, "MS"));
    grid.cells.extend(form.numbers.iter().zip(1..).map(|(text, column)| head(row, column, text)));
    for (name, values) in &form.rows {
        row += 1;
        grid.cells.push(Place { row, column: 0, cell: Cell::Text(name.clone()), is_head: false });
        grid.cells.extend(values.iter().zip(1..).filter_map(|(value, column)| {
            Some(Place { row, column, cell: Cell::Whole(value.number?), is_head: false })
        }));
    }
    row += 1;
    for text in &form.below {
        row += 1;
        grid.cells.push(Place { row, column: 0, cell: Cell::Text(text.clone()), is_head: false });
    }
    grid.merges.retain(|merge| merge.down > 1 || merge.across > 1);
    grid
}

fn data(value: &Value) -> Markup {
    let class = if value.is_broken { "number broken" } else { "number" };
    html! {
        td class=(class) {
            @match &value.link {
                Some(link) => a href=(link) { (value.text) },
                None => (value.text),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(texts: &[&str]) -> Vec<Vec<String>> {
        texts.iter().map(|text| text.split('/').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn neighbours_share_headings_and_short_ones_reach_down() {
        let (all, lines) = heads(&paths(&["A/x", "A/y/p", "A/y/q", "B", "C/x"]));
        let told: Vec<(&str, usize, usize, usize, usize)> =
            all.iter().map(|it| (it.text.as_str(), it.line, it.column, it.across, it.down)).collect();
        assert_eq!(lines, 3);
        let expected = [
            ("A", 0, 0, 3, 1),
            ("B", 0, 3, 1, 3),
            ("C", 0, 4, 1, 1),
            ("x", 1, 0, 1, 2),
            ("y", 1, 1, 2, 1),
            ("x", 1, 4, 1, 2),
            ("p", 2, 1, 1, 1),
            ("q", 2, 2, 1, 1),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn an_empty_value_is_no_zero_and_every_cell_is_covered_once() {
        let value = |number: Option<i64>| Value { number, text: "–".into(), link: None, is_broken: false };
        let form = Printed {
            above: vec!["01/F".into()],
            title: "T".into(),
            first: "Đơn vị".into(),
            heads: paths(&["A/x", "A/y"]),
            numbers: vec!["1 = 2".into(), "2".into()],
            rows: vec![("<b>".into(), vec![value(Some(0)), value(None)])],
            below: vec![],
        };
        let text = markup(&form).into_string();
        assert!(
            text.contains("colspan=\"2\"") && text.contains("&lt;b&gt;") && !text.contains("<b>"),
            "{text}"
        );
        let grid = grid(&form, "F");
        let data: Vec<&Cell> = grid.cells.iter().filter(|it| it.row == 5).map(|it| &it.cell).collect();
        assert_eq!(data, [&Cell::Text("<b>".into()), &Cell::Whole(0)]);
        assert!(grid.merges.contains(&Merge { row: 2, column: 1, down: 1, across: 2 }));
    }
}
