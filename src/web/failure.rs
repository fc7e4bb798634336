//! A page about an error: what happened and where to go on.

use maud::{Markup, html};

use crate::definition::labels::label;
use crate::domain::error::Classified;
use crate::domain::language::Language;
use crate::engine::Engine;
use crate::present::page::Visit;
use crate::search::language::fault::LanguageError;
use crate::web::WebError;
use crate::web::frame::{self, Content};
use crate::web::link::Link;

/// Where the words about a code name the particulars, which are English.
const DETAIL: &str = "{detail}";

/// The page about `error`.
pub(super) fn page(engine: &Engine, visit: &Visit, error: &WebError) -> Markup {
    let language = visit.language;
    let code = error.code();
    if let WebError::Engine(engine_error) = error
        && let Some(wrong) = engine_error.in_language()
    {
        return of_words(engine, visit, wrong);
    }
    let known = label(code, Language::Vi) != code && language == Language::Vi;
    let body = html! {
        @match label(code, language).split_once(DETAIL).filter(|_| known) {
            Some((before, after)) => p.reason { (before) span lang="en" { (error) } (after) },
            None => {
                @if known { p { (label(code, language)) } }
                p.reason lang="en" { (error) }
            }
        }
        p { a href=(Link::to("/", language).text()) { (label("page.back", language)) } }
    };
    let title = label("page.failed", language).to_owned();
    frame::page(engine, visit, &Content { title, commit: None, body })
}

/// The page about a search text: what is wrong, where, a text that would do, and the box to try again.
fn of_words(engine: &Engine, visit: &Visit, wrong: &LanguageError) -> Markup {
    let language = visit.language;
    let kept = visit.parameters.iter().filter(|(name, _)| !matches!(name.as_str(), "q" | "cursor"));
    let body = html! {
        form.search action="/" method="get" role="search" {
            @for (name, value) in kept { input type="hidden" name=(name) value=(value); }
            label.words { (label("page.words", language))
                input type="search" name="q" value=(visit.one("q").unwrap_or_default());
            }
            button type="submit" { (label("page.go", language)) }
        }
        p.reason role="alert" { (wrong.named(language)) }
        pre.pointed { (wrong.pointed()) }
        @if let Some(repair) = &wrong.repair {
            @let link = Link::again(visit, &["q", "cursor"]).with("q", repair);
            p.repair { (label("page.write_so", language)) " " a href=(link.text()) { (repair) } }
        }
        p { a href=(Link::to("/", language).text()) { (label("page.back", language)) } }
    };
    let title = label("page.failed", language).to_owned();
    frame::page(engine, visit, &Content { title, commit: None, body })
}
