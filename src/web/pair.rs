//! `/records/{id}/with/{other}`: two petitions side by side, and the form to decide how they relate.

use maud::{Markup, html};

use crate::definition::labels::{label, sentence};
use crate::domain::id::RecordId;
use crate::domain::language::Language;
use crate::domain::scope::Scope;
use crate::duplicates::relation::Proposed;
use crate::engine::Engine;
use crate::engine::proposals::Found;
use crate::present::page::Visit;
use crate::web::frame::{self, Content};
use crate::web::link::Link;
use crate::web::{WebError, found};

/// The page.
pub(super) fn page(engine: &Engine, visit: &Visit, one: &str, other: &str) -> Result<Markup, WebError> {
    let language = visit.language;
    let (one, other): (RecordId, RecordId) = (one.parse()?, other.parse()?);
    let commit = engine.snapshot()?.version();
    let (held, against) = engine.compare(one, other, &Scope::everything())?;
    let text = held.text("text").unwrap_or_default();
    let body = html! {
        ul {
            li { a href=(Link::to(&format!("/records/{one}"), language).text()) { (held.text("title").unwrap_or_default()) } " " (one) }
            li { a href=(Link::to(&format!("/records/{other}"), language).text()) { (against.judged.held.text("title").unwrap_or_default()) } " " (other) }
        }
        (found::verdict(visit, &against))
        p { (label("page.case", language)) ": " (found::case_link(&against.case, language)) }
        (found::reasons(visit, &against))
        (found::columns(visit, text, against.judged.held.text("text").unwrap_or_default()))
        (decision(visit, one, other, &against))
    };
    let title = sentence("page.pair", language, &[("one", &one.to_string()), ("other", &other.to_string())]);
    Ok(frame::page(engine, visit, &Content { title, commit: Some(commit), body }))
}

/// The form to decide, or to undo what was decided.
fn decision(visit: &Visit, one: RecordId, other: RecordId, against: &Found) -> Markup {
    let language = visit.language;
    let action = Link::to("/rulings", language).text();
    let who = html! {
        label { (label("page.decide_by", language)) input name="by" required; }
        label { (label("page.decide_reason", language)) input name="reason"; }
    };
    html! {
        h2 { (label("page.decide", language)) }
        form.decide action=(action) method="post" enctype="multipart/form-data" {
            input type="hidden" name="later" value=(one);
            input type="hidden" name="earlier" value=(other);
            @if let Some(ruling) = &against.decided {
                input type="hidden" name="undo" value=(ruling.ordinal);
                (who)
                button type="submit" {
                    (sentence("page.undo", language, &[("number", &ruling.ordinal.to_string())]))
                }
            } @else {
                label { (label("page.decide_relation", language)) (choice(against.judged.proposal.relation, language)) }
                (who)
                button type="submit" { (label("page.decide_go", language)) }
            }
        }
    }
}

fn choice(proposed: Proposed, language: Language) -> Markup {
    html! {
        select name="relation" {
            @for relation in Proposed::ALL {
                option value=(relation.code()) selected[relation == proposed] {
                    (label(&format!("relation.{}", relation.code()), language))
                }
            }
        }
    }
}
