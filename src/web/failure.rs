//! A page about an error: what happened and where to go on.

use maud::{Markup, html};

use crate::definition::labels::label;
use crate::domain::error::Classified;
use crate::domain::language::Language;
use crate::engine::Engine;
use crate::present::page::Visit;
use crate::web::WebError;
use crate::web::frame::{self, Content};
use crate::web::link::Link;

/// The page about `error`.
pub(super) fn page(engine: &Engine, visit: &Visit, error: &WebError) -> Markup {
    let language = visit.language;
    let code = error.code();
    let known = label(code, Language::Vi) != code;
    let body = html! {
        @if known && language == Language::Vi { p { (label(code, language)) } }
        p.reason lang="en" { (error) }
        p { a href=(Link::to("/", language).text()) { (label("page.back", language)) } }
    };
    let title = label("page.failed", language).to_owned();
    frame::page(engine, visit, &Content { title, commit: None, body })
}
