//! The two tables of the architecture, read from the document that people read.
//!
//! The first table of the section "Floors" gives each floor its modules; the table of the section
//! "Heavy crates" gives each confined crate the modules that may name it.

use std::collections::{BTreeMap, BTreeSet};

use crate::house::tree::Tree;

pub(super) const DOCUMENT: &str = "docs/architecture.md";

/// What the document says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Floors {
    /// Floor of each module.
    pub(super) modules: BTreeMap<String, u32>,
    /// Modules that may name each confined crate.
    pub(super) crates: BTreeMap<String, BTreeSet<String>>,
}

impl Floors {
    /// What the document of `tree` says; sentences about what cannot be read in it.
    pub(super) fn of(tree: &Tree) -> Result<Self, Vec<String>> {
        let Some(text) = tree.text(DOCUMENT) else { return Err(vec![format!("{DOCUMENT} is missing")]) };
        let (mut floors, mut problems) = (Self::default(), Vec::new());
        for cells in rows(text, "Floors") {
            let number = cells.first().and_then(|cell| cell.split_whitespace().next()?.parse().ok());
            let (Some(number), Some(modules)) = (number, cells.get(1)) else {
                problems.push(format!("{DOCUMENT}: a row of floors has no number: {cells:?}"));
                continue;
            };
            for module in words(modules) {
                if floors.modules.insert(module.clone(), number).is_some() {
                    problems.push(format!("{DOCUMENT}: `{module}` stands on two floors"));
                }
            }
        }
        for cells in rows(text, "Heavy crates") {
            let (Some(names), Some(folders)) = (cells.first(), cells.get(1)) else { continue };
            for name in words(names) {
                floors.crates.insert(name, words(folders).into_iter().collect());
            }
        }
        if floors.modules.is_empty() || floors.crates.is_empty() {
            problems.push(format!("{DOCUMENT}: a table is missing under `## Floors` or `## Heavy crates`"));
        }
        let unknown = floors.crates.iter().flat_map(|(name, folders)| folders.iter().map(move |f| (name, f)));
        let unknown = unknown.filter(|(_, folder)| !floors.modules.contains_key(*folder));
        problems.extend(
            unknown.map(|(name, folder)| format!("{DOCUMENT}: {name} is given to unknown `{folder}`")),
        );
        if problems.is_empty() { Ok(floors) } else { Err(problems) }
    }
}

/// Cells of the first table under the heading `## title`, its head left out.
fn rows(text: &str, title: &str) -> Vec<Vec<String>> {
    let heading = format!("## {title}");
    let section = text.lines().skip_while(|line| *line != heading).skip(1);
    let section = section.take_while(|line| !line.starts_with("## "));
    let table = section.skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    table
        .skip(2)
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

/// Names in backticks.
fn words(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn both_tables_are_read_and_nothing_else() {
    let text = "# A\n## Floors\ntext\n| floor | modules | knows |\n|---|---|---|\n| 1 thought | `text` `rules` | x |\n\
        | 0 | `domain` | `std` |\n\nafter\n| 9 | `no` |\n## Heavy crates\n| crate | only in |\n| --- | --- |\n\
        | `csv` `zip` | `text` (why: x) |\n";
    let floors = Floors::of(&Tree::made(&[(DOCUMENT, text)])).unwrap();
    let expected = [("domain", 0), ("rules", 1), ("text", 1)].map(|(name, floor)| (name.to_owned(), floor));
    assert_eq!(floors.modules, BTreeMap::from(expected));
    let text = BTreeSet::from(["text".to_owned()]);
    assert_eq!(floors.crates, BTreeMap::from([("csv".to_owned(), text.clone()), ("zip".to_owned(), text)]));
}

#[test]
fn a_document_that_contradicts_itself_is_named() {
    let text = "## Floors\n|f|m|\n|-|-|\n|1|`a` `b`|\n|2|`a`|\n## Heavy crates\n|c|m|\n|-|-|\n|`x`|`lost`|\n";
    let problems = Floors::of(&Tree::made(&[(DOCUMENT, text)])).unwrap_err();
    assert_eq!(
        problems,
        [
            "docs/architecture.md: `a` stands on two floors",
            "docs/architecture.md: x is given to unknown `lost`"
        ]
    );
    assert!(Floors::of(&Tree::default()).is_err());
    assert!(Floors::of(&Tree::made(&[(DOCUMENT, "# Nothing\n")])).is_err());
}
