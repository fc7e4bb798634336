//! Words people read: every label asked for is on the list, every label on the list is asked for, and
//! every definition is one.

use std::collections::BTreeSet;

use thanhtra::definition::block::Use;
use thanhtra::definition::catalog::{Catalog, Texts};

use crate::house::source::Source;
use crate::house::tree::Tree;

const LIST: &str = "indexes/labels/labels.toml";
/// Areas whose keys are put together from the area and a code: the code stands in the source by itself.
const BY_CODE: [&str; 10] = [
    "api.",
    "api.parameter.",
    "column.",
    "level.",
    "precision.",
    "progress.",
    "reason.",
    "reject.",
    "relation.",
    "signal.",
];
/// Areas whose keys follow from a definition, of the command line or of codes in columns, to which a test of
/// its own holds them.
const BY_DEFINITION: [&str; 3] = ["help.", "moment.", "stage."];
/// Endings of file names, which look like keys.
const ENDINGS: [&str; 11] =
    ["arrow", "css", "csv", "gz", "html", "json", "key", "ndjson", "parquet", "toml", "txt"];
/// Definitions by folder and ending.
const DEFINITIONS: [(&str, &str); 3] =
    [("indexes/", ".toml"), ("queries/", ".sql"), ("dashboards/", ".toml")];

/// SQL that queries share.
const BLOCKS: &str = "queries/blocks/";

/// What is wrong with the labels of `tree`.
fn problems(tree: &Tree) -> Vec<String> {
    let list: toml::Table = match tree.text(LIST).unwrap_or_default().parse() {
        Ok(list) => list,
        Err(error) => return vec![format!("{LIST}: {error}")],
    };
    let keys: BTreeSet<&str> = list.keys().map(String::as_str).collect();
    let areas: BTreeSet<&str> = keys.iter().filter_map(|key| key.split('.').next()).collect();
    let mut problems = Vec::new();
    let mut said = BTreeSet::new();
    for (path, text) in tree.below("src/", ".rs") {
        let source = Source::of(text);
        for (place, literal) in &source.strings {
            let is_asked =
                ["label(\"", "sentence(\""].iter().any(|call| source.code[..*place].ends_with(call));
            let is_code = BY_CODE.iter().any(|area| keys.contains(format!("{area}{literal}").as_str()));
            let is_key = is_asked || (looks_like_key(literal, &areas) && !is_code);
            if is_key && !keys.contains(literal.as_str()) {
                problems.push(format!("{path}: `{literal}` is not in {LIST}"));
            }
            said.insert(literal.clone());
        }
    }
    let is_said = |key: &str| {
        let mut codes = BY_CODE.iter().filter_map(|area| key.strip_prefix(area));
        BY_DEFINITION.iter().any(|area| key.starts_with(area))
            || said.contains(key)
            || codes.any(|code| said.contains(code))
    };
    let idle = keys.iter().filter(|key| !is_said(key));
    problems.extend(idle.map(|key| format!("{LIST}: nothing says `{key}`")));
    problems
}

/// `area.word` of an area of the list.
fn looks_like_key(literal: &str, areas: &BTreeSet<&str>) -> bool {
    let is_plain =
        literal.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.');
    let Some((area, word)) = literal.split_once('.') else { return false };
    let ending = word.rsplit('.').next().unwrap_or(word);
    is_plain && areas.contains(area) && !word.is_empty() && !ENDINGS.contains(&ending)
}

/// Definitions of `tree` by path.
fn definitions(tree: &Tree) -> Texts {
    let files = DEFINITIONS.iter().flat_map(|(folder, ending)| tree.below(folder, ending));
    let own = files.filter(|(path, _)| path.split('/').count() == 2);
    let blocks = tree.below(BLOCKS, ".sql");
    let blocks = blocks.map(|(path, text)| (path.trim_start_matches("queries/"), text));
    own.chain(blocks).map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
}

#[test]
fn every_label_is_listed_and_used() {
    let problems = problems(&Tree::of_project());
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn every_definition_parses_and_is_in_the_catalogue() {
    let texts = definitions(&Tree::of_project());
    assert!(texts.len() > 16, "{:?}", texts.keys());
    let catalog = Catalog::parse(texts.clone()).unwrap();
    for path in texts.keys() {
        let name = path.rsplit(['/', '.']).nth(1).unwrap();
        let is_there = if path.starts_with("indexes/") {
            catalog.dataset(name).is_ok()
        } else if path.starts_with("queries/") {
            catalog.query(name).is_ok()
        } else if path.starts_with("blocks/") {
            texts.values().any(|text| text.lines().filter_map(Use::of).any(|it| it.name == name))
        } else {
            catalog.page(name).is_ok()
        };
        assert!(is_there, "{path}: is not found under its own name");
    }
}

mod made {
    use super::*;

    #[test]
    fn a_label_asked_for_and_not_listed_or_listed_and_idle_is_seen() {
        let list = "\"page.title\" = { vi = \"a\", en = \"b\" }\n\"reject.key.missing\" = { vi = \"a\", en = \"b\" }\n";
        let found = |source: &str| problems(&Tree::made(&[(LIST, list), ("src/a.rs", source)]));
        let both = "fn f() { label(\"page.title\", vi); rule(\"key.missing\") }";
        assert_eq!(found(both), Vec::<String>::new());
        assert_eq!(
            found(&format!("{both} fn g() {{ page(\"page.lost\"); open(\"page.json\"); label(\"x\") }}")),
            [
                "src/a.rs: `page.lost` is not in indexes/labels/labels.toml",
                "src/a.rs: `x` is not in indexes/labels/labels.toml"
            ]
        );
        assert_eq!(
            found("// \"page.title\" \"key.missing\""),
            [
                "indexes/labels/labels.toml: nothing says `page.title`",
                "indexes/labels/labels.toml: nothing says `reject.key.missing`"
            ]
        );
        assert_eq!(problems(&Tree::made(&[(LIST, "not a list")])).len(), 1);
    }

    #[test]
    fn only_files_directly_in_a_folder_are_definitions() {
        let tree = Tree::made(&[
            ("indexes/a.toml", ""),
            ("indexes/labels/l.toml", ""),
            ("queries/q.sql", ""),
            ("queries/q.md", ""),
            ("queries/blocks/b.sql", ""),
        ]);
        let found: Vec<_> = definitions(&tree).into_keys().collect();
        assert_eq!(found, ["blocks/b.sql", "indexes/a.toml", "queries/q.sql"]);
    }
}
