//! Parts of a statement that no business date changes, told apart from the rest.
//!
//! In a statement a table expression between a line `--keep` and a line `--kept`, written as `NAME AS (`, its
//! text, and `),` on a line of its own, reads no parameter and names tables and earlier such parts only. What it
//! gives is therefore the same for every date asked about a snapshot, and may be made once and read from
//! memory. The statement means the same either way: the two lines are remarks to the parser.

/// Begins a part.
const KEEP: &str = "--keep";
/// Ends it.
const KEPT: &str = "--kept";
/// What follows its name.
const OPENS: &str = " AS (";
/// Its last line.
const CLOSES: &str = "),";

/// A statement with its kept parts taken out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Split {
    /// The parts, in order; each may name the ones before it.
    pub parts: Vec<KeptPart>,
    /// The statement that names them as tables.
    pub rest: String,
}

/// A part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeptPart {
    /// Name of the table it gives.
    pub name: String,
    /// Its statement.
    pub sql: String,
}

/// `statement` and its kept parts.
#[must_use]
pub fn split(statement: &str) -> Split {
    let mut split = Split::default();
    let mut rest = Vec::new();
    let mut open: Option<Vec<&str>> = None;
    for line in statement.lines() {
        match (line.trim(), &mut open) {
            (KEEP, None) => open = Some(Vec::new()),
            (KEPT, Some(lines)) => {
                split.parts.extend(part(lines));
                open = None;
            }
            (_, Some(lines)) => lines.push(line),
            (_, None) => rest.push(line),
        }
    }
    split.rest = rest.join("\n");
    split
}

/// What is wrong with the kept parts of a statement, if anything.
#[must_use]
pub fn fault(statement: &str) -> Option<String> {
    let mut open: Option<Vec<&str>> = None;
    for line in statement.lines() {
        match (line.trim(), &mut open) {
            (KEEP, None) => open = Some(Vec::new()),
            (KEEP, Some(_)) => return Some("a `--keep` inside another".to_owned()),
            (KEPT, None) => return Some("`--kept` without `--keep`".to_owned()),
            (KEPT, Some(lines)) => {
                if part(lines).is_none() {
                    return Some(
                        "between `--keep` and `--kept` stands `NAME AS (`, a statement and `),`".to_owned(),
                    );
                }
                if lines.iter().any(|line| code_of(line).contains('$')) {
                    return Some("what is kept reads no parameter".to_owned());
                }
                open = None;
            }
            (_, Some(lines)) => lines.push(line),
            (_, None) => {}
        }
    }
    open.map(|_| "`--keep` without `--kept`".to_owned())
}

/// The line without a remark that begins it.
fn code_of(line: &str) -> &str {
    if line.trim_start().starts_with("--") { "" } else { line }
}

fn part(lines: &[&str]) -> Option<KeptPart> {
    let lines: Vec<&str> = lines.iter().copied().filter(|line| !code_of(line).trim().is_empty()).collect();
    let (first, lines) = lines.split_first()?;
    let (last, lines) = lines.split_last()?;
    let name = first.trim().strip_suffix(OPENS)?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    (is_name && last.trim() == CLOSES && !lines.is_empty())
        .then(|| KeptPart { name: name.to_owned(), sql: lines.join("\n") })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "WITH\n--keep\n-- a remark of $1\nrows AS (\n  SELECT 1 AS a\n),\n--kept\n\
                        dated AS (\n  SELECT a FROM rows WHERE a < $as_of\n)\nSELECT a FROM dated";

    #[test]
    fn what_is_kept_is_taken_out_and_named() {
        let split = split(TEXT);
        assert_eq!(split.parts, [KeptPart { name: "rows".to_owned(), sql: "  SELECT 1 AS a".to_owned() }]);
        assert_eq!(
            split.rest,
            "WITH\ndated AS (\n  SELECT a FROM rows WHERE a < $as_of\n)\nSELECT a FROM dated"
        );
        assert_eq!(fault(TEXT), None);
        assert_eq!(super::split("SELECT 1"), Split { parts: Vec::new(), rest: "SELECT 1".to_owned() });
    }

    #[test]
    fn a_part_that_reads_a_parameter_or_has_another_form_is_refused() {
        for (from, to) in [
            ("SELECT 1 AS a", "SELECT $as_of AS a"),
            ("--kept\n", ""),
            ("--keep\n", ""),
            ("rows AS (", "rows AS (SELECT 2"),
            ("),\n--kept", ")\n--kept"),
            ("--keep\n", "--keep\n--keep\n"),
        ] {
            let text = TEXT.replacen(from, to, 1);
            assert!(fault(&text).is_some(), "{text}");
        }
    }
}
