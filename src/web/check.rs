//! `/check` (Kiểm tra đơn): paste or upload a letter, see the earlier ones with both texts side by side.
//!
//! Nothing of the letter is kept: it is compared and forgotten with the answer.

use maud::{Markup, html};

use crate::definition::labels::{label, sentence};
use crate::domain::limits::CHECKED_SHOWN;
use crate::domain::scope::Scope;
use crate::engine::proposals::Proposals;
use crate::engine::{Engine, EngineError};
use crate::present::page::Visit;
use crate::text::legacy::file::letter;
use crate::web::frame::{self, Content};
use crate::web::link::Link;
use crate::web::{WebError, found};

/// The page: the form, and under it what was found for the letter sent with it.
pub(super) fn page(engine: &Engine, visit: &Visit) -> Result<Markup, WebError> {
    let language = visit.language;
    let given = given(visit);
    let answer = match &given {
        Some(Ok(text)) => Some(engine.proposals_of_text(text, &Scope::everything())?),
        _ => None,
    };
    let text = given.as_ref().and_then(|given| given.as_deref().ok()).unwrap_or_default();
    let body = html! {
        p { (label("page.check_lead", language)) }
        (form(visit, text))
        @if matches!(given, Some(Err(()))) {
            p.reason role="alert" { (label("page.check_not_text", language)) }
        }
        @if let Some(answer) = &answer { (results(engine, visit, answer, text)?) }
    };
    let title = label("page.check", language).to_owned();
    Ok(frame::page(engine, visit, &Content { title, commit: answer.map(|answer| answer.commit), body }))
}

/// The letter that was sent, if one was; an error if its file is no text.
fn given(visit: &Visit) -> Option<Result<String, ()>> {
    match visit.file("file") {
        Some(bytes) => Some(letter(bytes).ok_or(())),
        None => {
            visit.field("text").map(|text| Ok(letter(text.as_bytes()).unwrap_or_else(|| text.to_owned())))
        }
    }
}

fn form(visit: &Visit, text: &str) -> Markup {
    let language = visit.language;
    html! {
        form.check action=(Link::to("/check", language).text()) method="post" enctype="multipart/form-data" {
            label { (label("page.check_text", language))
                textarea name="text" rows="12" { (text) }
            }
            label { (label("page.check_file", language)) input type="file" name="file" accept=".txt,text/plain"; }
            button type="submit" { (label("page.check_go", language)) }
        }
    }
}

fn results(engine: &Engine, visit: &Visit, answer: &Proposals, text: &str) -> Result<Markup, EngineError> {
    let language = visit.language;
    let count = answer.found.len().to_string();
    let shown = answer.found.iter().take(CHECKED_SHOWN);
    let shown: Vec<Markup> =
        shown.map(|one| found::article(engine, visit, None, (text, one))).collect::<Result<_, _>>()?;
    Ok(html! {
        p.total role="status" {
            @if answer.found.is_empty() { (label("page.check_none", language)) }
            @else { (sentence("page.check_found", language, &[("count", &count)])) }
        }
        (found::coverage(visit, &answer.coverage))
        ol.hits { @for article in shown { li { (article) } } }
    })
}
