//! Imports only point down, rooms of one floor are strangers, a heavy crate lives in its own rooms.
//!
//! Read lexically: every path that begins with `crate::` (in `main.rs`, with the name of the library),
//! every chain of `super::` that leaves its module, and every path of a confined crate. Tests beside the
//! code are held to the same rule.

use std::collections::BTreeSet;

use crate::house::floors::{DOCUMENT, Floors};
use crate::house::source::{Source, is_name};
use crate::house::tree::Tree;

const LIBRARY: &str = "thanhtra";

/// What is wrong with the floors of `tree`.
fn problems(tree: &Tree) -> Vec<String> {
    let floors = match Floors::of(tree) {
        Ok(floors) => floors,
        Err(problems) => return problems,
    };
    let mut problems = strangers(tree, &floors);
    for (path, text) in tree.below("src/", ".rs").filter(|(path, _)| *path != "src/lib.rs") {
        let source = Source::of(text);
        let module = module_of(path);
        let mut used: BTreeSet<String> = used_modules(path, &source);
        used.remove(module);
        problems.extend(used.iter().filter_map(|other| wrong_way(&floors, path, module, other)));
        for (name, folders) in &floors.crates {
            if names_crate(&source, name) && !folders.contains(module) {
                problems.push(format!("{path}: names {name}, which lives in {}", list(folders)));
            }
        }
    }
    problems
}

/// Modules without a floor and floors without their module.
fn strangers(tree: &Tree, floors: &Floors) -> Vec<String> {
    let there: BTreeSet<&str> = tree
        .below("src/", ".rs")
        .map(|(path, _)| module_of(path))
        .filter(|module| *module != "lib")
        .collect();
    let told: BTreeSet<&str> = floors.modules.keys().map(String::as_str).collect();
    let missing = told.difference(&there).map(|name| format!("{DOCUMENT}: there is no module `{name}`"));
    let unknown = there.difference(&told).map(|name| format!("{DOCUMENT}: module `{name}` has no floor"));
    missing.chain(unknown).collect()
}

fn wrong_way(floors: &Floors, path: &str, module: &str, other: &str) -> Option<String> {
    let (from, to) = (floors.modules.get(module)?, floors.modules.get(other));
    match to {
        None => Some(format!("{path}: `{other}` is no module of the table of floors")),
        Some(to) if to < from => None,
        Some(to) if to == from => Some(format!("{path}: `{module}` and `{other}` are on one floor")),
        Some(to) => Some(format!("{path}: floor {from} names `{other}` of floor {to}")),
    }
}

/// `search` of `src/search/reader/tests.rs`.
fn module_of(path: &str) -> &str {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    inside.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

fn used_modules(path: &str, source: &Source) -> BTreeSet<String> {
    let root = if path == "src/main.rs" { LIBRARY } else { "crate" };
    let first = |path: String| path.split(':').next().unwrap_or_default().to_owned();
    let mut used: BTreeSet<String> =
        source.paths(root).into_iter().map(|(_, path)| first(path)).filter(|name| !name.is_empty()).collect();
    let depth = path.trim_start_matches("src/").split('/').count();
    for (place, after) in source.paths("super") {
        let steps = after.split("::").take_while(|part| *part == "super").count();
        if steps + 1 == depth + inline_modules(&source.code[..place]) {
            used.extend(after.split("::").nth(steps).map(str::to_owned));
        }
    }
    used
}

/// Modules with a body of their own that are open at the end of `code`.
fn inline_modules(code: &str) -> usize {
    let mut open: Vec<bool> = Vec::new();
    for (place, character) in code.char_indices() {
        if character == '{' {
            let statement = code[..place].rsplit([';', '{', '}']).next().unwrap_or_default();
            open.push(statement.split_whitespace().any(|word| word == "mod"));
        } else if character == '}' {
            open.pop();
        }
    }
    open.iter().filter(|is_module| **is_module).count()
}

fn names_crate(source: &Source, name: &str) -> bool {
    let is_imported = source.code.match_indices("use ").any(|(place, _)| {
        let after = source.code[place + 4..].trim_start();
        after.strip_prefix(name).is_some_and(|rest| !rest.starts_with(|c: char| is_name(c) || c == ':'))
    });
    is_imported || !source.paths(name).is_empty()
}

fn list(names: &BTreeSet<String>) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Dependencies of the manifest that no source names, and confined crates that are no dependency.
fn idle_crates(tree: &Tree) -> Vec<String> {
    let manifest: toml::Table = tree.text("Cargo.toml").unwrap_or_default().parse().unwrap_or_default();
    let names = |part: &str| -> BTreeSet<String> {
        let table = manifest.get(part).and_then(toml::Value::as_table);
        table.into_iter().flat_map(|table| table.keys().map(|name| name.replace('-', "_"))).collect()
    };
    let (code, tests) = (names("dependencies"), names("dev-dependencies"));
    let mut problems = Vec::new();
    for (list, folders) in [(&code, &["src/"][..]), (&tests, &["src/", "tests/", "benches/"])] {
        let sources: Vec<Source> = folders
            .iter()
            .flat_map(|folder| tree.below(folder, ".rs"))
            .map(|(_, text)| Source::of(text))
            .collect();
        let idle = list.iter().filter(|name| !sources.iter().any(|source| names_crate(source, name)));
        problems.extend(idle.map(|name| format!("Cargo.toml: no source names {name}")));
    }
    let floors = Floors::of(tree).unwrap_or_default();
    let foreign = floors.crates.keys().filter(|name| !code.contains(*name));
    problems.extend(foreign.map(|name| format!("{DOCUMENT}: {name} is no dependency")));
    problems
}

#[test]
fn imports_point_down_and_heavy_crates_stay_in_their_rooms() {
    let problems = problems(&Tree::of_project());
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn every_dependency_is_used() {
    let problems = idle_crates(&Tree::of_project());
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[cfg(test)]
mod made {
    use super::*;

    const TABLES: &str = "## Floors\n|f|m|\n|-|-|\n|3|`main`|\n|2|`sql` `search`|\n|1|`store`|\n|0|`domain`|\n\
        ## Heavy crates\n|c|m|\n|-|-|\n|`tantivy`|`search`|\n";

    /// A house in order, and one file more or other than it should be.
    fn house(path: &str, text: &str) -> Vec<String> {
        let mut files = vec![
            (DOCUMENT, TABLES),
            ("src/lib.rs", "pub mod domain; pub mod store; pub mod sql; pub mod search;"),
            ("src/domain.rs", "pub mod id;"),
            ("src/domain/id.rs", "use super::*; use std::fmt;"),
            ("src/store.rs", "use crate::domain::id::Id; // crate::sql"),
            ("src/search.rs", "use tantivy::Index; use crate::{domain, store::log};"),
            ("src/sql.rs", "use crate::store; const A: &str = \"tantivy::x crate::search\";"),
            ("src/main.rs", "fn main() { thanhtra::sql::run(); }"),
        ];
        files.retain(|(file, _)| *file != path);
        files.push((path, text));
        problems(&Tree::made(&files))
    }

    #[test]
    fn a_house_in_order_passes() {
        assert_eq!(house("src/domain/id.rs", "use super::*;"), Vec::<String>::new());
    }

    #[test]
    fn every_way_out_of_order_is_seen() {
        let cases = [
            ("src/store.rs", "use crate::sql::x;", "src/store.rs: floor 1 names `sql` of floor 2"),
            ("src/store.rs", "fn f() { crate::main::go() }", "src/store.rs: floor 1 names `main` of floor 3"),
            ("src/store.rs", "use crate::{domain, sql};", "src/store.rs: floor 1 names `sql` of floor 2"),
            (
                "src/store/log.rs",
                "use super::super::sql;",
                "src/store/log.rs: floor 1 names `sql` of floor 2",
            ),
            ("src/store.rs", "use super::sql;", "src/store.rs: floor 1 names `sql` of floor 2"),
            (
                "src/store.rs",
                "mod tests { use super::super::sql::x; }",
                "src/store.rs: floor 1 names `sql` of floor 2",
            ),
            ("src/sql/a.rs", "use crate::search;", "src/sql/a.rs: `sql` and `search` are on one floor"),
            ("src/sql.rs", "use crate::lost::x;", "src/sql.rs: `lost` is no module of the table of floors"),
            ("src/sql.rs", "use tantivy as t;", "src/sql.rs: names tantivy, which lives in `search`"),
            ("src/sql.rs", "type T = tantivy::Index;", "src/sql.rs: names tantivy, which lives in `search`"),
            ("src/pages.rs", "", "docs/architecture.md: module `pages` has no floor"),
            (
                DOCUMENT,
                &TABLES.replace("`store`", "`store` `web`"),
                "docs/architecture.md: there is no module `web`",
            ),
        ];
        for (path, text, expected) in cases {
            assert_eq!(house(path, text), [expected], "{path}: {text}");
        }
    }

    #[test]
    fn super_inside_its_own_module_is_at_home() {
        for text in
            ["mod tests { use super::*; use super::sql; }", "fn f() { if a { mod b { use super::x; } } }"]
        {
            assert_eq!(house("src/store.rs", text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn an_idle_dependency_and_a_foreign_crate_are_seen() {
        let manifest =
            "[dependencies]\nrustc-hash = \"2\"\nanyhow = \"1\"\n[dev-dependencies]\nureq = \"3\"\n";
        let files = [
            ("Cargo.toml", manifest),
            (DOCUMENT, TABLES),
            ("src/lib.rs", "use rustc_hash::FxHashMap;"),
            ("tests/it/main.rs", "use anyhow::Result; fn f() { ureq::get(); }"),
        ];
        assert_eq!(
            idle_crates(&Tree::made(&files)),
            ["Cargo.toml: no source names anyhow", "docs/architecture.md: tantivy is no dependency"]
        );
    }
}
