//! `/circles` (Đơn đi vòng): letters nobody answers, letters that come back, cases handled in several ways.

use chrono::NaiveDate;
use maud::{Markup, html};

use crate::definition::labels::{label, sentence};
use crate::domain::language::Language;
use crate::domain::scope::Scope;
use crate::engine::Engine;
use crate::engine::circles::{Circle, Circles, Kind, Letter};
use crate::present::deadline::mark_key;
use crate::present::number::day;
use crate::present::page::Visit;
use crate::rules::deadline::Mark;
use crate::web::WebError;
use crate::web::frame::{self, Content};
use crate::web::link::Link;

/// Findings of one kind on a page that shows all three.
const SHOWN: usize = 50;

/// The page.
pub(super) fn page(engine: &Engine, visit: &Visit) -> Result<Markup, WebError> {
    let language = visit.language;
    let kind = visit.one("kind").and_then(Kind::of);
    let as_of = visit.one("as_of").and_then(|text| text.parse::<NaiveDate>().ok());
    let found = engine.circles(kind, as_of, &Scope::everything())?;
    let body = html! {
        p { (sentence("circles.lead", language, &[("day", &day(found.as_of, language))])) }
        @for known in Kind::ALL.into_iter().filter(|known| kind.is_none_or(|kind| kind == *known)) {
            (section(visit, &found, known, if kind.is_some() { usize::MAX } else { SHOWN }))
        }
        h2 { (label("circles.where", language)) }
        (searched(&found, language))
    };
    let title = label("circles.title", language).to_owned();
    Ok(frame::page(engine, visit, &Content { title, commit: Some(found.commit), body }))
}

fn section(visit: &Visit, found: &Circles, kind: Kind, shown: usize) -> Markup {
    let language = visit.language;
    let all: Vec<&Circle> = found.of_kind(kind).collect();
    let link = Link::again(visit, &["kind"]).with("kind", kind.code()).text();
    html! {
        section id=(kind.code()) {
            h2 { (label(kind.label_key(), language)) }
            p { (label(kind.about_key(), language)) }
            @if all.is_empty() {
                p { (label("circles.none", language)) }
            } @else {
                p.total { (sentence("circles.count", language, &[("count", &all.len().to_string())])) }
                ol { @for circle in all.iter().take(shown) { li { (finding(circle, language)) } } }
            }
            @if all.len() > shown { p { a href=(link) { (label("circles.all", language)) } } }
            @if found.cut.contains(&kind) {
                p { (sentence("circles.cut", language, &[("kind", label(kind.label_key(), language))])) }
            }
        }
    }
}

fn finding(circle: &Circle, language: Language) -> Markup {
    html! {
        @if let Some(case) = &circle.case_id {
            p {
                (sentence("circles.case", language, &[("case", case), ("count", &circle.count.to_string())]))
            }
        }
        @if circle.case_id.is_some() {
            ul { @for letter in &circle.letters { li { (named(letter, language)) " – " (handled(letter)) } } }
        } @else {
            @for letter in &circle.letters { p { (named(letter, language)) } }
            p { (circle.way(language)) }
        }
        @if let Some(due) = circle.due.as_ref().and_then(|due| due.effective) {
            p { (sentence("circles.due", language, &[("day", &day(due, language)), ("rule", &rule(circle, language))])) }
        }
    }
}

fn named(letter: &Letter, language: Language) -> Markup {
    let link = Link::to(&format!("/records/{}", letter.id), language).text();
    let title = letter.title.as_deref().unwrap_or(&letter.source_id);
    html! { a href=(link) { (title) } " (" (letter.source_id) ")" }
}

fn handled(letter: &Letter) -> String {
    let known = [letter.direction.as_deref(), letter.unit.as_deref()];
    known.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// `KN-1b, NĐ155/2026 Đ10 [bản thứ cấp]`.
fn rule(circle: &Circle, language: Language) -> String {
    let Some((rule, step)) = circle.rule() else { return String::new() };
    match step.mark {
        Mark::Found => format!("{rule}, {}", step.article),
        mark => format!("{rule}, {} [{}]", step.article, label(mark_key(mark), language)),
    }
}

/// Where was looked: without it "nothing found" says nothing.
fn searched(found: &Circles, language: Language) -> Markup {
    html! {
        @if found.searched.is_empty() { p { (label("circles.nowhere", language)) } }
        ul {
            @for source in &found.searched {
                @let newest = source.newest.map_or_else(|| "–".to_owned(), |date| day(date, language));
                @let (letters, units) = (source.letters.to_string(), source.units.to_string());
                li {
                    (sentence("circles.searched", language, &[
                        ("source", source.source_system.as_str()), ("letters", &letters), ("units", &units),
                        ("forwards", &source.forwards.to_string()), ("day", &newest),
                    ]))
                }
            }
        }
    }
}
