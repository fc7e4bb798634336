//! Documents: one title each, links that lead somewhere, commands that are really run.

use crate::house::tree::Tree;

/// README commands that do not end by themselves, so that no check can wait for them.
const SERVING: [&str; 1] = ["cargo run --release -- demo"];

/// What is wrong with the documents of `tree`.
fn problems(tree: &Tree) -> Vec<String> {
    let documents = tree.below("", ".md").filter(|(path, _)| is_document(path));
    let mut problems: Vec<String> =
        documents.flat_map(|(path, text)| of_document(tree, path, text)).collect();
    problems.extend(commands(tree));
    problems
}

fn is_document(path: &str) -> bool {
    path.starts_with("docs/") || !path.contains('/')
}

fn of_document(tree: &Tree, path: &str, text: &str) -> Vec<String> {
    let prose = without_code(text);
    let mut problems = Vec::new();
    let titles = prose.lines().filter(|line| line.starts_with("# ")).count();
    if titles != 1 || !text.starts_with("# ") {
        problems.push(format!("{path}: begins with one title, and has no other; found {titles}"));
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    for link in links(&prose) {
        let target = link.split('#').next().unwrap_or_default();
        let is_foreign = link.contains("://") || link.starts_with("mailto:");
        if !is_foreign && !target.is_empty() && !resolve(folder, target).is_some_and(|to| tree.has(&to)) {
            problems.push(format!("{path}: the link to `{link}` leads nowhere"));
        }
    }
    problems
}

/// The text without fenced blocks and code spans, lines kept.
fn without_code(text: &str) -> String {
    let mut is_fenced = false;
    let mut prose = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        } else if !is_fenced && !line.starts_with("    ") {
            prose.extend(line.split('`').step_by(2));
        }
        prose.push('\n');
    }
    prose
}

fn links(prose: &str) -> Vec<&str> {
    let after = prose.split("](").skip(1);
    after.filter_map(|rest| rest.split(')').next()).map(str::trim).collect()
}

/// `target` as seen from `folder`; nothing when it leaves the project.
fn resolve(folder: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.trim_end_matches('/').split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The commands that the README begins with are those that `.ci/run` calls.
fn commands(tree: &Tree) -> Vec<String> {
    let (Some(readme), Some(script)) = (tree.text("README.md"), tree.text(".ci/run")) else {
        return vec!["README.md or .ci/run is missing".to_owned()];
    };
    let block = readme.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
    let told: Vec<&str> = block
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .filter(|line| !line.is_empty())
        .collect();
    let called = |command: &&&str| {
        let mut lines = script.lines().map(|line| line.trim().trim_start_matches("section "));
        lines.any(|line| line.starts_with(**command))
    };
    let mut problems = Vec::new();
    if !SERVING.iter().all(|command| told.contains(command)) || told.len() < 2 {
        problems.push(format!("README.md: its first `sh` block holds the two commands, not {told:?}"));
    }
    let idle = told.iter().filter(|command| !SERVING.contains(command) && !called(command));
    problems.extend(idle.map(|command| format!("README.md: .ci/run does not call `{command}`")));
    problems
}

#[test]
fn every_document_is_in_order() {
    let problems = problems(&Tree::of_project());
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

mod made {
    use super::*;

    const README: &str = "# A\n```sh\ncargo run --release -- demo   # serves\ncargo test\n```\n";

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let mut all = vec![("README.md", README), (".ci/run", "section cargo test --locked")];
        all.retain(|(path, _)| files.iter().all(|(other, _)| other != path));
        all.extend_from_slice(files);
        problems(&Tree::made(&all))
    }

    #[test]
    fn titles_are_one() {
        assert_eq!(found(&[("docs/a.md", "# A\n## B\n```\n# no title\n```\n")]), Vec::<String>::new());
        for text in ["", "## A\n", "# A\n# B\n", "x\n# A\n"] {
            assert_eq!(found(&[("docs/a.md", text)]).len(), 1, "{text}");
        }
    }

    #[test]
    fn links_lead_somewhere() {
        let text =
            "# A\n[b](b.md) [up](../README.md#top) [web](https://x.vn) [here](#x) [folder](c/) `[x](lost)`\n";
        assert_eq!(
            found(&[("docs/a.md", text), ("docs/b.md", "# B\n"), ("docs/c/d.md", "# D\n")]),
            Vec::<String>::new()
        );
        for link in ["lost.md", "../../out.md", "../docs/d/", "b/lost.png"] {
            let text = format!("# A\n![x]({link})\n");
            let expected = format!("docs/a.md: the link to `{link}` leads nowhere");
            assert_eq!(found(&[("docs/a.md", &text)]), [expected]);
        }
    }

    #[test]
    fn the_commands_of_the_readme_are_run() {
        let expected = "README.md: .ci/run does not call `cargo test`";
        assert_eq!(found(&[(".ci/run", "cargo nextest run")]), [expected]);
        assert_eq!(found(&[("README.md", "# A\n```sh\ncargo test\n```\n")]).len(), 1);
        assert_eq!(problems(&Tree::default()), ["README.md or .ci/run is missing"]);
    }
}
