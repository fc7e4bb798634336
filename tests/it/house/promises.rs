//! Every promise names the tests that keep it, and they exist.

use std::collections::BTreeSet;

use crate::house::source::Source;
use crate::house::tree::Tree;

const DOCUMENT: &str = "docs/promises.md";

/// What is wrong with the promises of `tree`.
fn problems(tree: &Tree) -> Vec<String> {
    let tests = tests(tree);
    let text = tree.text(DOCUMENT).unwrap_or_default();
    let rows: Vec<(&str, &str)> = text
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| Promise") && !line.starts_with("| ---"))
        .filter_map(|line| line.trim_matches('|').rsplit_once(" | "))
        .collect();
    let mut problems = Vec::new();
    if rows.is_empty() {
        problems.push(format!("{DOCUMENT}: has no row"));
    }
    for (promise, names) in rows {
        let named: Vec<&str> = names.split('`').skip(1).step_by(2).collect();
        if named.is_empty() {
            problems.push(format!("{DOCUMENT}: `{}` names no test", promise.trim()));
        }
        let lost = named.iter().filter(|name| !tests.contains(**name));
        problems.extend(lost.map(|name| format!("{DOCUMENT}: there is no test `{name}`")));
    }
    problems
}

/// Names of all functions under `#[test]`.
fn tests(tree: &Tree) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, text) in tree.sources() {
        let source = Source::of(text);
        for rest in source.code.split("#[test]").skip(1) {
            let name = rest.split_once("fn ").and_then(|(_, rest)| rest.split('(').next());
            found.extend(name.map(|name| name.trim().to_owned()));
        }
    }
    found
}

#[test]
fn every_promise_is_kept_by_tests_that_exist() {
    let problems = problems(&Tree::of_project());
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn a_promise_without_its_test_is_seen() {
    let table = |tests: &str| format!("# P\n\n| Promise | Kept by |\n| --- | --- |\n| A holds | {tests} |\n");
    let found = |text: &str| {
        let source = "#[test]\nfn a_holds() {}\nfn b_holds() {}\n// #[test] fn c_holds() {}\n";
        problems(&Tree::made(&[(DOCUMENT, text), ("src/a.rs", source)]))
    };
    assert_eq!(found(&table("`a_holds`")), Vec::<String>::new());
    assert_eq!(found(&table("nothing")), ["docs/promises.md: `A holds` names no test"]);
    for name in ["b_holds", "c_holds", "d"] {
        assert_eq!(
            found(&table(&format!("`a_holds` `{name}`"))),
            [format!("docs/promises.md: there is no test `{name}`")]
        );
    }
    assert_eq!(found("# P\n"), ["docs/promises.md: has no row"]);
}
