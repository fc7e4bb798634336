//! What every page has around it: head, navigation, language switch, notice, snapshot.

use maud::{DOCTYPE, Markup, html};

use crate::definition::labels::{label, sentence};
use crate::domain::commit::CommitVersion;
use crate::domain::language::Language;
use crate::engine::Engine;
use crate::present::page::Visit;
use crate::web::STYLE_PATH;
use crate::web::link::Link;

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
    let snapshot = engine.snapshot().ok();
    html! {
        header {
            nav aria-label=(label("page.navigation", language)) {
                a href=(Link::to("/check", language).text()) { (label("page.check", language)) }
                a href=(Link::to("/", language).text()) { (label("page.search", language)) }
                a href=(Link::to("/queue", language).text()) { (label("page.queue", language)) }
                a href=(Link::to("/circles", language).text()) { (label("circles.title", language)) }
                a href=(Link::to("/readiness", language).text()) { (label("readiness.title", language)) }
                a href=(Link::to("/rollouts", language).text()) { (label("rollouts.title", language)) }
                a href=(Link::to("/parallel", language).text()) { (label("parallel.title", language)) }
                a href=(Link::to("/reports", language).text()) { (label("form.list", language)) }
                a href=(Link::to("/digests", language).text()) { (label("digest.title", language)) }
                a href=(Link::to("/restatements", language).text()) { (label("restated.title", language)) }
                @if let Some(snapshot) = &snapshot {
                    @for page in snapshot.catalog().pages() {
                        a href=(Link::to(&format!("/dashboards/{}", page.name), language).text()) {
                            (page.title.text(language))
                        }
                    }
                }
                a.language href=(switch) lang=(code) hreflang=(code) { (other) }
            }
        }
    }
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
