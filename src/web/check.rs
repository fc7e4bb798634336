//! `/check` (Kiểm tra đơn): paste or upload a letter, see the earlier ones with both texts side by side.
//!
//! Nothing of the letter is kept: it is compared and forgotten with the answer.

use maud::{Markup, html};

use crate::definition::labels::{label, sentence};
use crate::domain::error::Classified;
use crate::domain::language::Language;
use crate::domain::limits::CHECKED_SHOWN;
use crate::domain::scope::Scope;
use crate::engine::letter::LetterError;
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
    let (given, refused) = match given(engine, visit) {
        Some(Ok(text)) => (Some(text), None),
        // What the file is, is for whoever uploaded it to mend.
        Some(Err(EngineError::Letter(error))) => (None, Some(told(&error, language))),
        Some(Err(error)) => return Err(error.into()),
        None => (None, None),
    };
    let answer =
        given.as_ref().map(|text| engine.proposals_of_text(text, &Scope::everything())).transpose()?;
    let text = given.as_deref().unwrap_or_default();
    let body = html! {
        p { (label("page.check_lead", language)) }
        (form(visit, text))
        @if let Some(refused) = &refused { p.reason role="alert" { (refused) } }
        @if let Some(answer) = &answer { (results(engine, visit, answer, text)?) }
    };
    let title = label("page.check", language).to_owned();
    Ok(frame::page(engine, visit, &Content { title, commit: answer.map(|answer| answer.commit), body }))
}

/// The letter that was sent, if one was; an error if its file cannot be read.
fn given(engine: &Engine, visit: &Visit) -> Option<Result<String, EngineError>> {
    match visit.file("file") {
        Some(bytes) => Some(engine.letter_text(bytes)),
        None => {
            visit.field("text").map(|text| Ok(letter(text.as_bytes()).unwrap_or_else(|| text.to_owned())))
        }
    }
}

fn told(error: &LetterError, language: Language) -> String {
    sentence(error.code(), language, &[("detail", &error.to_string())])
}

fn form(visit: &Visit, text: &str) -> Markup {
    let language = visit.language;
    html! {
        form.check action=(Link::to("/check", language).text()) method="post" enctype="multipart/form-data" {
            label { (label("page.check_text", language))
                textarea name="text" rows="12" { (text) }
            }
            label { (label("page.check_file", language)) input type="file" name="file" accept=".txt,.docx,text/plain"; }
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
        (found::searched(visit, answer))
        ol.hits { @for article in shown { li { (article) } } }
    })
}
