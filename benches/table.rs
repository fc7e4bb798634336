//! Printed tables, in Markdown, so that a run can be kept as it came out.

/// A table in the making.
pub(crate) struct Table {
    title: String,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table under `title` with these column names.
    pub(crate) fn new(title: &str, names: &[&str]) -> Self {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Self { title: title.to_owned(), rows: vec![names] }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Prints it.
    pub(crate) fn print(&self) {
        println!("\n### {}\n", self.title);
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let cell = |row: &Vec<String>, column: usize| row.get(column).cloned().unwrap_or_default();
        let width = |column: usize| {
            self.rows.iter().map(|row| cell(row, column).chars().count()).max().unwrap_or_default().max(3)
        };
        for (place, row) in self.rows.iter().enumerate() {
            let cells: Vec<String> = (0..columns)
                .map(|column| {
                    let (text, width) = (cell(row, column), width(column));
                    if column == 0 { format!("{text:<width$}") } else { format!("{text:>width$}") }
                })
                .collect();
            println!("| {} |", cells.join(" | "));
            if place == 0 {
                let rule: Vec<String> = (0..columns).map(|column| "-".repeat(width(column))).collect();
                println!("| {} |", rule.join(" | "));
            }
        }
    }
}

/// A whole number with its thousands apart.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes in MiB.
pub(crate) fn mib(bytes: u64) -> String {
    format!("{} MiB", grouped(bytes / (1 << 20)))
}

/// Milliseconds of a duration in seconds.
pub(crate) fn millis(seconds: f64) -> String {
    if seconds < 0.01 { format!("{:.2} ms", seconds * 1e3) } else { format!("{:.1} ms", seconds * 1e3) }
}

/// A ratio.
pub(crate) fn times(ratio: f64) -> String {
    format!("{ratio:.2}x")
}
