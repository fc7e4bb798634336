//! One number, one definition: no page adds up, divides or holds a figure of its own, and no statement of
//! `queries/` counts but the list of sources; the metric layer counts.

use crate::house::source::Source;
use crate::house::tree::Tree;

/// Where figures are shown.
const FACES: [&str; 3] = ["src/web/", "src/http/", "src/cli/"];
/// Rooms of the faces that count what is no figure: bytes, requests, rows of a file on its way in, hits of a
/// search that a list of values does not show.
const COUNT_OTHER_THINGS: [&str; 9] = [
    "src/web/facets.rs",
    "src/http/meters.rs",
    "src/http/health.rs",
    "src/http/ingest.rs",
    "src/http/call.rs",
    "src/cli/ingest.rs",
    "src/cli/progress.rs",
    "src/cli/demo.rs",
    "src/cli/history.rs",
];
/// What would be a second aggregation.
const ADDING_UP: [&str; 5] = [".sum()", ".sum::<", ".product(", "vetted::", "percent_value("];
/// Statements that may count: which systems the records come from, for the notice of simulated ones; and those
/// that weigh a unit's closings in the last days of a period against its others, to say of each row what it is.
const MAY_COUNT: [&str; 3] = ["queries/sources.sql", "queries/closed_tasks.sql", "queries/closed_cases.sql"];
/// Aggregates that make a number of many rows. A basis may still choose one of a record's own versions.
const COUNTING: [&str; 7] = ["count(", "sum(", "avg(", "median(", "stddev(", "approx_", "corr("];

/// What is wrong with the numbers of `tree`.
fn problems(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, text) in tree.below("src/", ".rs") {
        if FACES.iter().any(|face| path.starts_with(face)) && !COUNT_OTHER_THINGS.contains(&path) {
            problems.extend(of_face(path, text));
        }
    }
    for (path, text) in tree.below("queries/", ".sql").filter(|(path, _)| !MAY_COUNT.contains(path)) {
        let statement: String = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
        let statement = statement.to_lowercase();
        let found = COUNTING.iter().filter(|name| statement.contains(*name));
        problems.extend(found.map(|name| format!("{path}: `{name}`: the metric layer counts")));
    }
    problems
}

fn of_face(path: &str, text: &str) -> Vec<String> {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let source = Source::of(text);
    let mut problems: Vec<String> = ADDING_UP
        .iter()
        .filter(|way| source.code.contains(*way))
        .map(|way| format!("{path}: `{way}`: a figure comes out of a measure"))
        .collect();
    let literals = source.strings.iter().map(|(_, literal)| literal).filter(|literal| is_figure(literal));
    problems.extend(literals.map(|literal| format!("{path}: \"{literal}\" is a figure written by hand")));
    problems
}

/// A share, or a number before what is counted.
fn is_figure(literal: &str) -> bool {
    let words: Vec<&str> = literal.split_whitespace().collect();
    let is_number = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_digit())
            && word.chars().all(|c| c.is_ascii_digit() || ",.%".contains(c))
    };
    words
        .windows(2)
        .any(|pair| is_number(pair[0]) && ["%", "nhiệm", "đơn", "vụ", "hồ", "tasks"].contains(&pair[1]))
        || words.iter().any(|word| is_number(word) && word.ends_with('%'))
}

#[test]
fn no_number_has_two_definitions() {
    let problems = problems(&Tree::of_project());
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn a_figure_by_hand_and_a_second_aggregation_are_seen() {
    let found = |path: &str, text: &str| problems(&Tree::made(&[(path, text)]));
    assert_eq!(found("src/web/a.rs", "fn f() { html! { \"của 556 nhiệm vụ\" } }").len(), 1);
    assert_eq!(found("src/web/a.rs", "fn f() { html! { \"32,53 %\" } }").len(), 1);
    assert_eq!(found("src/web/a.rs", "fn f() { rows.iter().sum::<i64>(); }").len(), 1);
    assert_eq!(found("src/web/a.rs", "fn f() { html! { \"mẫu 01/TCD\" \"h1\" } }"), Vec::<String>::new());
    assert_eq!(found("queries/a.sql", "-- count(*)\nSELECT count(*) FROM tasks").len(), 1);
    assert_eq!(
        found("queries/a.sql", "SELECT last_value(due_on ORDER BY version) FROM t"),
        Vec::<String>::new()
    );
}
