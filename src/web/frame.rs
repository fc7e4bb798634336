//! What every page has around it: head, navigation, language switch, notice, snapshot.

use maud::{DOCTYPE, Markup, html};

use crate::definition::labels::{label, sentence};
use crate::domain::commit::CommitVersion;
use crate::domain::language::Language;
use crate::engine::Engine;
use crate::present::page::Visit;
use crate::web::STYLE_PATH;
use crate::web::link::Link;

const LETTERS: [(&str, &str); 4] =
    [("/check", "page.check"), ("/", "page.search"), ("/queue", "page.queue"), ("/circles", "circles.title")];
const FIGURES: [(&str, &str); 4] = [
    ("/scorecards", "score.title"),
    ("/reports", "form.list"),
    ("/digests", "digest.title"),
    ("/restatements", "restated.title"),
];
const PROVINCE: [(&str, &str); 3] =
    [("/readiness", "readiness.title"), ("/rollouts", "rollouts.title"), ("/parallel", "parallel.title")];

/// A page's own part.
pub(super) struct Content {
    pub(super) title: String,
    /// Snapshot that its figures are of; none when it shows none.
    pub(super) commit: Option<CommitVersion>,
    pub(super) body: Markup,
}

/// The whole page.
pub(super) fn page(engine: &Engine, visit: &Visit, content: &Content) -> Markup {
    let language = visit.language;
    html! {
        (DOCTYPE)
        html lang=(language.pick("vi", "en")) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (content.title) " – thanhtra" }
                link rel="stylesheet" href=(STYLE_PATH.as_str());
                link rel="icon" href="data:,";
            }
            body {
                a.skip href="#main" { (label("page.skip", language)) }
                (head(engine, visit))
                @if visit.is_simulated { p.notice role="note" { (label("demo.banner", language)) } }
                main id="main" {
                    h1 { (content.title) }
                    (content.body)
                }
                (foot(content.commit, language))
            }
        }
    }
}

fn head(engine: &Engine, visit: &Visit) -> Markup {
    let language = visit.language;
    let (other, code) = match language {
        Language::Vi => ("English", "en"),
        Language::En => ("Tiếng Việt", "vi"),
    };
    let switch = Link::again(visit, &["lang"]).with("lang", code).text();
    html! {
        header {
            nav aria-label=(label("page.navigation", language)) {
                @for (name, pages) in groups(engine, language) {
                    ul aria-label=(name) {
                        li.group aria-hidden="true" { (name) }
                        @for (path, title) in pages {
                            li { a href=(Link::to(&path, language).text())
                                aria-current=[(path == visit.path).then_some("page")] { (title) } }
                        }
                    }
                }
                a.language href=(switch) lang=(code) hreflang=(code) { (other) }
            }
        }
    }
}

/// Pages by what they are about: letters, figures by definitions of pages, the province's picture.
fn groups(engine: &Engine, language: Language) -> Vec<(&'static str, Vec<(String, String)>)> {
    let group = |name: &'static str, pages: &[(&str, &str)]| {
        let pages = pages.iter().map(|(path, key)| ((*path).to_owned(), label(key, language).to_owned()));
        (label(name, language), pages.collect::<Vec<_>>())
    };
    let mut figures = group("page.group_figures", &FIGURES);
    if let Ok(snapshot) = engine.snapshot() {
        let pages = snapshot.catalog().pages();
        let pages =
            pages.map(|page| (format!("/dashboards/{}", page.name), page.title.text(language).to_owned()));
        figures.1.splice(0..0, pages);
    }
    vec![group("page.group_letters", &LETTERS), figures, group("page.group_province", &PROVINCE)]
}

fn foot(commit: Option<CommitVersion>, language: Language) -> Markup {
    html! {
        footer {
            @if let Some(commit) = commit {
                p { (sentence("page.snapshot", language, &[("number", &commit.to_string())])) }
            }
        }
    }
}
