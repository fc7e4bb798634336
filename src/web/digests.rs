//! `/digests`: messages as they would go, before anything is put into the outbox.

use maud::{Markup, html};

use crate::definition::labels::{label, sentence};
use crate::domain::language::Language;
use crate::domain::limits::PAGE_PANEL_ROWS_MAX;
use crate::domain::scope::Scope;
use crate::engine::Engine;
use crate::engine::digests::Wanted;
use crate::metrics::ask::Asked;
use crate::metrics::digest::Message;
use crate::present::digest::{Mail, content};
use crate::present::page::Visit;
use crate::web::WebError;
use crate::web::frame::{self, Content};
use crate::web::link::Link;

/// The page.
pub(super) fn page(engine: &Engine, visit: &Visit) -> Result<Markup, WebError> {
    let language = visit.language;
    let snapshot = engine.snapshot()?;
    let first = snapshot.catalog().digests().next().map_or("", |digest| digest.name.as_str());
    let template = visit.one("template").unwrap_or(first).to_owned();
    let is_marked = visit.one("marked").is_some();
    let as_of = visit.one("as_of").and_then(|text| text.parse().ok());
    let as_of = Some(as_of.unwrap_or_else(|| engine.clock().today()));
    let unit = visit.one("unit").map(str::to_owned);
    let wanted = Wanted { template, unit, is_marked, language };
    let asked = Asked { as_of, snapshot: Some(snapshot.version()), ..Asked::default() };
    let messages = engine.digest(&wanted, &asked, &Scope::everything())?;
    let count = messages.len().to_string();
    let body = html! {
        p { (label("digest.lead", language)) }
        nav.actions {
            @for digest in snapshot.catalog().digests() {
                a href=(Link::again(visit, &["template", "unit"]).with("template", &digest.name).text()) { (digest.title.text(language)) } " "
            }
            @if is_marked { a href=(Link::again(visit, &["marked"]).text()) { (label("digest.unmarked", language)) } }
            @else { a href=(Link::again(visit, &[]).with("marked", "1").text()) { (label("digest.marked", language)) } }
        }
        p.total { (sentence("digest.count", language, &[("count", &count)])) }
        @for message in messages.iter().take(PAGE_PANEL_ROWS_MAX) { (shown(message, language)) }
    };
    let title = label("digest.title", language).to_owned();
    Ok(frame::page(engine, visit, &Content { title, commit: Some(snapshot.version()), body }))
}

fn shown(message: &Message, language: Language) -> Markup {
    let code = label(if message.sms.is_gsm { "digest.gsm" } else { "digest.ucs" }, language);
    let (length, parts) = (message.sms.length.to_string(), message.sms.parts.to_string());
    let values = [("code", code), ("length", &length), ("parts", &parts)];
    let mail = Mail { subject: &message.subject, paragraphs: &message.mail, records: &message.records };
    html! {
        section {
            h2 { (message.audience) @if let Some(unit) = &message.unit { " – " (unit) } }
            blockquote.paste { p { (message.sms.text) } }
            p { (sentence("digest.length", language, &values)) }
            h3 { (message.subject) }
            blockquote.paste { (content(mail, language)) }
        }
    }
}
