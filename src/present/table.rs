//! A table of values as HTML: numbers at the right, headers that name their column, a caption.

use maud::{Markup, html};

use crate::domain::language::Language;
use crate::present::number::{decimal, whole};

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// No value.
    Empty,
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// A cell that leads somewhere.
    Link(Box<Self>, String),
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Names of its columns.
    pub headers: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
    /// Rows that sum up, set apart at the end.
    pub totals: Vec<Vec<Cell>>,
}

impl Cell {
    /// The cell as people read it.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        match self {
            Self::Empty => "–".to_owned(),
            Self::Text(text) => text.clone(),
            Self::Whole(number) => whole(*number, language),
            Self::Number(number) => decimal(*number, language),
            Self::Link(cell, _) => cell.text(language),
        }
    }

    fn is_number(&self) -> bool {
        match self {
            Self::Link(cell, _) => cell.is_number(),
            cell => matches!(cell, Self::Whole(_) | Self::Number(_)),
        }
    }

    /// The cell as people read it, leading where it leads.
    fn shown(&self, language: Language) -> Markup {
        match self {
            Self::Link(cell, to) => html! { a href=(to) { (cell.text(language)) } },
            cell => html! { (cell.text(language)) },
        }
    }
}

/// The table as HTML.
#[must_use]
pub fn table(table: &Table, language: Language) -> Markup {
    html! {
        div.scroll tabindex="0" {
            table {
                caption { (table.caption) }
                thead { tr { @for header in &table.headers { th scope="col" { (header) } } } }
                tbody { @for row in &table.rows { (line(row, language)) } }
                @if !table.totals.is_empty() {
                    tfoot { @for row in &table.totals { (line(row, language)) } }
                }
            }
        }
    }
}

fn line(row: &[Cell], language: Language) -> Markup {
    html! {
        tr {
            @for (place, cell) in row.iter().enumerate() {
                @if place == 0 { th scope="row" { (cell.shown(language)) } }
                @else if cell.is_number() { td.number { (cell.shown(language)) } }
                @else { td { (cell.shown(language)) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_written_for_people_and_escaped() {
        let rows = vec![vec![Cell::Text("<b>Sở A</b>".into()), Cell::Whole(1234), Cell::Empty]];
        let headers = ["Đơn vị", "Số", "Ghi chú"].map(str::to_owned).into();
        let totals = vec![vec![Cell::Text("Tổng".into()), Cell::Number(0.5)]];
        let html = table(&Table { caption: "C".into(), headers, rows, totals }, Language::Vi).into_string();
        assert!(html.contains(
            "<th scope=\"row\">&lt;b&gt;Sở A&lt;/b&gt;</th><td class=\"number\">1.234</td><td>–</td>"
        ));
        assert!(html.contains("<tfoot><tr><th scope=\"row\">Tổng</th><td class=\"number\">0,5</td>"));
    }
}
