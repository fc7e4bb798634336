//! A petition that may be of the same matter: what is proposed and why, what was decided, both texts.

use maud::{Markup, html};

use crate::definition::labels::{label, sentence};
use crate::domain::id::RecordId;
use crate::domain::language::Language;
use crate::domain::limits::TEXT_SHOWN_CHARS;
use crate::domain::scope::Scope;
use crate::duplicates::casebook::CaseKey;
use crate::duplicates::passages::{Segment, SegmentKind, side_by_side};
use crate::duplicates::propose::Reason;
use crate::engine::coverage::Coverage;
use crate::engine::proposals::{Found, Proposals};
use crate::engine::ruling::name_of;
use crate::engine::{Engine, EngineError};
use crate::present::number::{day, decimal, percent};
use crate::present::page::Visit;
use crate::web::link::Link;

/// One found petition beside the text of the letter it was found for; `asked` is that letter's id.
pub(super) fn article(
    engine: &Engine,
    visit: &Visit,
    asked: Option<RecordId>,
    (text, found): (&str, &Found),
) -> Result<Markup, EngineError> {
    let language = visit.language;
    let held = &found.judged.held;
    let id = held.id.to_string();
    let title = held.text("title").unwrap_or(&id);
    let likeness = &found.judged.likeness;
    let share = |share: f64| percent((share * 10_000.0).round() as i64, 10_000, language);
    let values = [("similarity", share(likeness.similarity)), ("containment", share(likeness.containment))];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    Ok(html! {
        article {
            h2 { a href=(Link::to(&format!("/records/{id}"), language).text()) { (title) } }
            (verdict(visit, found))
            p { (sentence("page.similar_share", language, &values)) }
            (facts(engine, visit, found)?)
            (reasons(visit, found))
            details {
                summary { (label("page.side_by_side", language)) }
                (columns(visit, text, held.text("text").unwrap_or_default()))
            }
            @if let Some(asked) = asked {
                p.actions {
                    a href=(pair_link(asked, held.id, language)) { (label("page.open_pair", language)) }
                }
            }
        }
    })
}

/// The address of two petitions side by side.
pub(super) fn pair_link(one: RecordId, other: RecordId, language: Language) -> String {
    Link::to(&format!("/records/{one}/with/{other}"), language).text()
}

/// What was decided, else what is proposed; both where they differ.
pub(super) fn verdict(visit: &Visit, found: &Found) -> Markup {
    let language = visit.language;
    let proposal = &found.judged.proposal;
    let relation = |code: &str| label(&format!("relation.{code}"), language).to_owned();
    let proposed = relation(proposal.relation.code());
    let score = decimal(proposal.score.total(), language);
    html! {
        @if let Some((ruling, decided)) = found.decided.as_ref().and_then(|one| Some((one, one.relation()?))) {
            @let (on, number) = (day(ruling.at.civil_day(), language), ruling.ordinal.to_string());
            @let named = relation(decided.code());
            p { strong { (sentence("page.decided", language,
                &[("by", &ruling.by), ("day", &on), ("relation", &named), ("number", &number)])) } }
            @if decided != proposal.relation { p { (label("page.decided_otherwise", language)) } }
        }
        p { strong { (sentence("page.proposed", language, &[("relation", &proposed)])) }
            " (" (sentence("page.score", language, &[("score", &score)])) ", " (proposal.basis) ")" }
    }
}

/// Why, what speaks against it, and what the score is the sum of.
pub(super) fn reasons(visit: &Visit, found: &Found) -> Markup {
    let language = visit.language;
    let proposal = &found.judged.proposal;
    let list = |heading: &str, reasons: &[Reason]| {
        html! {
            @if !reasons.is_empty() {
                h3 { (label(heading, language)) }
                ul { @for reason in reasons { li { (told(reason, language)) } } }
            }
        }
    };
    html! {
        (list("page.for", &proposal.reasons))
        (list("page.against", &proposal.against))
        details {
            summary { (label("page.score_parts", language)) }
            table {
                tbody {
                    @for part in proposal.score.parts() {
                        tr {
                            td { (label(&format!("signal.{}", part.signal.code()), language)) }
                            td { (label(&format!("level.{}", part.level.code()), language)) }
                            td.number { (decimal(part.bits, language)) }
                        }
                    }
                }
                tfoot { tr { th colspan="2" { (label("page.total_score", language)) }
                    td.number { (decimal(proposal.score.total(), language)) } } }
            }
        }
    }
}

fn told(reason: &Reason, language: Language) -> String {
    let values: Vec<(&str, &str)> =
        reason.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    sentence(&format!("reason.{}", reason.code), language, &values)
}

/// Case, who holds it, deadline, decision and date.
fn facts(engine: &Engine, visit: &Visit, found: &Found) -> Result<Markup, EngineError> {
    let language = visit.language;
    let held = &found.judged.held;
    let written = |column: &str| {
        let text = held.text(column)?;
        Some(
            text.get(..10)
                .and_then(|text| text.parse().ok())
                .map_or_else(|| text.to_owned(), |on| day(on, language)),
        )
    };
    let case = case_link(&found.case, language);
    let outcome = engine.outcome_of(held)?;
    let answered = outcome.as_ref().and_then(|outcome| {
        let (number, on) = (outcome.number.as_deref()?, outcome.issued_on?.first_day());
        Some(sentence("page.answered", language, &[("day", &day(on, language)), ("number", number)]))
    });
    Ok(html! {
        dl.record {
            dt { (label("page.case", language)) } dd { (case) }
            @if let Some(unit) = held.text("unit") { dt { (label("page.held_by", language)) } dd { (unit) } }
            @if let Some(on) = written("received_on") { dt { (label("page.received", language)) } dd { (on) } }
            @if let Some(on) = written("due_on") { dt { (label("page.due_on", language)) } dd { (on) } }
            dt { (label("page.case_decisions", language)) }
            dd { (answered.unwrap_or_else(|| label("page.not_answered", language).to_owned())) }
        }
    })
}

/// The name of a case, linked to its file.
pub(super) fn case_link(case: &CaseKey, language: Language) -> Markup {
    let name = name_of(case);
    let link = Link::to("/cases", language).with("case", &name).text();
    html! { a href=(link) { (name) } }
}

/// Both texts in their own spelling, what they share marked.
pub(super) fn columns(visit: &Visit, one: &str, other: &str) -> Markup {
    let language = visit.language;
    let (one, other) = (shown(one), shown(other));
    let [left, right] = side_by_side(one, other);
    let column = |heading: &str, text: &str, segments: &[Segment]| {
        html! {
            section {
                h4 { (label(heading, language)) }
                div.letter {
                    @for segment in segments {
                        @let part = text.get(segment.range.clone()).unwrap_or_default();
                        @match segment.kind {
                            SegmentKind::Shared => mark { (part) },
                            SegmentKind::Own => u { (part) },
                        }
                    }
                }
            }
        }
    };
    html! {
        p.legend { (label("page.shared_and_own", language)) }
        div.beside {
            (column("page.this_letter", one, &left))
            (column("page.earlier_letter", other, &right))
        }
    }
}

/// As much of a text as one page shows.
fn shown(text: &str) -> &str {
    let end = text.char_indices().nth(TEXT_SHOWN_CHARS).map_or(text.len(), |(place, _)| place);
    text.get(..end).unwrap_or(text)
}

/// What was searched, how fresh each source is, and which weights the scores rest on.
pub(super) fn searched(visit: &Visit, answer: &Proposals) -> Markup {
    let version = [("version", answer.weights.as_str())];
    html! {
        (coverage(visit, &answer.coverage))
        p { (sentence("page.weights", visit.language, &version)) }
    }
}

fn coverage(visit: &Visit, coverage: &Coverage) -> Markup {
    let language = visit.language;
    let (petitions, units) = (coverage.petitions.to_string(), coverage.units.to_string());
    let sources = coverage.sources.len().to_string();
    let values = [("petitions", petitions.as_str()), ("units", &units), ("sources", &sources)];
    html! {
        div.coverage {
            p { (sentence("page.coverage", language, &values)) }
            ul {
                @for (source, newest) in &coverage.sources {
                    li {
                        @match newest {
                            Some(on) => (sentence("page.coverage_source", language,
                                &[("source", source), ("day", &day(*on, language))])),
                            None => (sentence("page.coverage_source_no_day", language, &[("source", source)])),
                        }
                    }
                }
            }
        }
    }
}

/// The petitions proposed for a record, on its page of possible duplicates.
pub(super) fn of_record(
    engine: &Engine,
    visit: &Visit,
    id: RecordId,
    most: usize,
) -> Result<Markup, EngineError> {
    let language = visit.language;
    let answer = engine.proposals_of(id, &Scope::everything())?;
    let text = engine.petition_text(id, &Scope::everything())?;
    let articles = answer.found.iter().take(most);
    let articles: Vec<Markup> =
        articles.map(|one| article(engine, visit, Some(id), (&text, one))).collect::<Result<_, _>>()?;
    let count = answer.found.len().to_string();
    Ok(html! {
        p.total role="status" {
            @if answer.found.is_empty() { (label("page.check_none", language)) }
            @else { (sentence("page.check_found", language, &[("count", &count)])) }
        }
        (searched(visit, &answer))
        ol.hits { @for article in articles { li { (article) } } }
    })
}
