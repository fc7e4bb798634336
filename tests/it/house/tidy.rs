//! Files in order: short, explained, named for what they hold, reachable, finished.

use std::collections::BTreeSet;

use crate::house::source::{Source, is_name};
use crate::house::tree::Tree;

const LINES_MAX: usize = 500;
/// Names that say nothing about what a file holds.
const EMPTY_NAMES: [&str; 9] =
    ["utils", "util", "common", "helpers", "helper", "misc", "manager", "managers", "shared"];
/// Left-overs, in pieces so that this file is not one of them.
const LEFT_OVERS: [&str; 7] = [
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("TO", "DO"),
    concat!("dbg", "!("),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("#[ign", "ore"),
];
/// Where the compiler begins to read.
const ROOTS: [&str; 5] =
    ["src/lib.rs", "src/main.rs", "tests/it/main.rs", "tests/crash/main.rs", "benches/main.rs"];

/// What is wrong with the sources of `tree`.
fn problems(tree: &Tree) -> Vec<String> {
    let mut problems: Vec<String> = tree.sources().flat_map(|(path, text)| of_file(path, text)).collect();
    let reached = reached(tree);
    let lost = tree.sources().filter(|(path, _)| !reached.contains(*path));
    problems.extend(lost.map(|(path, _)| format!("{path}: no module declares it")));
    problems
}

fn of_file(path: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let lines = text.lines().count();
    if lines > LINES_MAX {
        problems.push(format!("{path}: {lines} lines, at most {LINES_MAX}"));
    }
    if !text.starts_with("//! ") {
        problems.push(format!("{path}: does not begin with what it is for (`//! `)"));
    }
    let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".rs");
    if stem == "mod" {
        problems.push(format!("{path}: `foo.rs` beside `foo/`, never `mod.rs`"));
    }
    if path.trim_end_matches(".rs").split('/').any(|part| EMPTY_NAMES.contains(&part)) {
        problems.push(format!("{path}: the name says nothing about what is in it"));
    }
    let left = LEFT_OVERS.iter().filter(|word| has_word(text, word));
    problems.extend(left.map(|word| format!("{path}: `{word}` is left over")));
    problems
}

fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(place, _)| {
        let after = text[place + word.len()..].chars().next();
        let ends = !word.ends_with(is_name) || !after.is_some_and(is_name);
        ends && !text[..place].ends_with(is_name)
    })
}

/// Sources that a root reaches through `mod name;`.
fn reached(tree: &Tree) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<String> =
        ROOTS.iter().filter(|root| tree.text(root).is_some()).map(|root| (*root).to_owned()).collect();
    while let Some(path) = waiting.pop() {
        let Some(text) = tree.text(&path) else { continue };
        let folder = if ROOTS.contains(&path.as_str()) {
            path.rsplit_once('/').map_or("", |(folder, _)| folder)
        } else {
            path.trim_end_matches(".rs")
        };
        for name in declared(&Source::of(text).code) {
            waiting.push(format!("{folder}/{name}.rs"));
        }
        reached.insert(path);
    }
    reached
}

/// Names of `mod name;`.
fn declared(code: &str) -> Vec<String> {
    let statements = code.split([';', '{', '}']);
    let mut places = 0;
    let mut names = Vec::new();
    for statement in statements {
        places += statement.len();
        let ends = code[places..].starts_with(';');
        places += 1;
        let mut words = statement.rsplit(char::is_whitespace).filter(|word| !word.is_empty());
        if let (Some(name), Some("mod"), true) = (words.next(), words.next(), ends) {
            names.push(name.to_owned());
        }
    }
    names
}

#[test]
fn every_source_is_in_order() {
    let problems = problems(&Tree::of_project());
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

mod made {
    use super::*;

    #[test]
    fn each_disorder_is_seen_by_itself() {
        let long = format!("//! Why.\n{}", "\n".repeat(LINES_MAX));
        let cases = [
            ("src/a.rs", long.as_str(), "src/a.rs: 501 lines, at most 500"),
            ("src/a.rs", "fn a() {}", "src/a.rs: does not begin with what it is for (`//! `)"),
            ("src/a/mod.rs", "//! Why.", "src/a/mod.rs: `foo.rs` beside `foo/`, never `mod.rs`"),
            ("src/a/utils.rs", "//! Why.", "src/a/utils.rs: the name says nothing about what is in it"),
            ("src/misc/b.rs", "//! Why.", "src/misc/b.rs: the name says nothing about what is in it"),
        ];
        for (path, text, expected) in cases {
            assert_eq!(of_file(path, text), [expected]);
        }
        for word in LEFT_OVERS {
            assert_eq!(of_file("src/a.rs", &format!("//! Why.\n{word})")).len(), 1, "{word}");
        }
        for word in LEFT_OVERS {
            let fine = format!("//! Why.\nfn dbg() {{ my{word}) }}");
            assert_eq!(of_file("src/a.rs", &fine), Vec::<String>::new(), "{word} inside a longer word");
        }
    }

    #[test]
    fn a_file_that_no_module_declares_is_lost() {
        let tree = Tree::made(&[
            ("src/lib.rs", "//! A.\npub mod a;\nmod b { mod c; }"),
            ("src/a.rs", "//! A.\n#[cfg(test)]\nmod tests;\n// mod lost;\nconst A: &str = \"mod lost;\";"),
            ("src/a/tests.rs", "//! A."),
            ("src/a/lost.rs", "//! A."),
            ("tests/it/main.rs", "//! A.\nmod one;"),
            ("tests/it/one.rs", "//! A."),
            ("tests/it/one/two.rs", "//! A."),
        ]);
        assert_eq!(
            problems(&tree),
            ["src/a/lost.rs: no module declares it", "tests/it/one/two.rs: no module declares it"]
        );
    }
}
