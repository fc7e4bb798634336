//! Files by path, of the project or made up.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Folders and files of the project that the checks read; what is built or ingested is none of them.
const PARTS: [&str; 13] = [
    ".ci",
    "benches",
    "dashboards",
    "docs",
    "indexes",
    "queries",
    "src",
    "tests",
    "CHANGELOG.md",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "rustfmt.toml",
];

/// Texts by path with `/`, relative to the root. A file that is not text is there with an empty one.
#[derive(Debug, Default)]
pub(super) struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    pub(super) fn of_project() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut tree = Self::default();
        for part in PARTS {
            tree.add(root, &root.join(part));
        }
        tree
    }

    pub(super) fn made(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        Self { files: files.collect() }
    }

    fn add(&mut self, root: &Path, path: &Path) {
        if path.is_dir() {
            for entry in fs::read_dir(path).unwrap() {
                self.add(root, &entry.unwrap().path());
            }
        } else if path.is_file() {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            let text = String::from_utf8(fs::read(path).unwrap()).unwrap_or_default();
            self.files.insert(name, text);
        }
    }

    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Whether a file or a folder stands there.
    pub(super) fn has(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.files.contains_key(path) || self.files.keys().any(|file| file.starts_with(&folder))
    }

    /// Files below `folder` whose names end so, with their texts.
    pub(super) fn below<'a>(
        &'a self,
        folder: &'a str,
        ending: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> + 'a {
        let files = self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        files.filter(move |(path, _)| path.starts_with(folder) && path.ends_with(ending))
    }

    /// All Rust sources.
    pub(super) fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        ["src/", "tests/", "benches/"].into_iter().flat_map(|folder| self.below(folder, ".rs"))
    }
}

#[test]
fn a_made_tree_knows_its_files_and_folders() {
    let tree = Tree::made(&[("src/a/b.rs", "x"), ("docs/c.md", "y")]);
    assert!(tree.has("src/a/b.rs") && tree.has("src/a") && tree.has("src/a/") && !tree.has("src/b"));
    assert_eq!(tree.sources().count(), 1);
    assert_eq!(tree.text("docs/c.md"), Some("y"));
}
