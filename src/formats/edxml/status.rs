//! Status messages out, and what their codes mean.
//!
//! Codes of the standard's amendment 1:2022; each is a kind of step of the dataset of events.

use std::fmt::Write;

use crate::formats::edxml::NAMESPACE;

/// Code of the standard and kind of step.
const CODES: [(&str, &str); 9] = [
    ("01", "delivered"),
    ("02", "declined"),
    ("03", "received"),
    ("04", "assigned"),
    ("05", "in_progress"),
    ("06", "finished"),
    ("13", "recalled"),
    ("15", "agreed"),
    ("16", "disagreed"),
];

/// A status message.
#[derive(Debug, Clone, Copy)]
pub struct Status<'a> {
    /// Key of the document it answers.
    pub document_id: &'a str,
    /// Office that sent the document, by its code.
    pub to_organ_id: &'a str,
    /// Number and notation of the document.
    pub number: &'a str,
    /// Its day, `yyyy-MM-dd`.
    pub issued_on: &'a str,
    /// Office that answers, by its code.
    pub organ_id: &'a str,
    /// Its name.
    pub organ_name: &'a str,
    /// One of the standard's codes.
    pub code: &'a str,
    /// In words.
    pub note: &'a str,
    /// When, `yyyy-MM-dd` or with a time after a space.
    pub at: &'a str,
}

/// The kind of step that a code stands for.
#[must_use]
pub fn step_of(code: &str) -> Option<&'static str> {
    CODES.iter().find(|(known, _)| *known == code).map(|(_, step)| *step)
}

/// The codes there are.
pub fn codes() -> impl Iterator<Item = &'static str> {
    CODES.iter().map(|(code, _)| *code)
}

/// The message as a file.
#[must_use]
pub fn write(status: &Status<'_>) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    let slashed = |day: &str| day.replacen('-', "/", 2);
    let (number, notation) = status.number.split_once('/').unwrap_or((status.number, ""));
    let _ = write!(
        out,
        "<edXML xmlns=\"{NAMESPACE}\">\n<edXML:edXMLEnvelope xmlns:edXML=\"{NAMESPACE}\">\n<edXML:edXMLHeader>\n\
         <edXML:Status>\n<edXML:ResponseFor>{}<edXML:Code>{}{}</edXML:Code>{}{}</edXML:ResponseFor>\n\
         <edXML:From>{}{}</edXML:From>\n{}{}{}\
         </edXML:Status>\n</edXML:edXMLHeader>\n</edXML:edXMLEnvelope>\n</edXML>\n",
        element("OrganId", status.to_organ_id),
        element("CodeNumber", number),
        element("CodeNotation", notation),
        element("PromulgationDate", &slashed(status.issued_on)),
        element("DocumentId", status.document_id),
        element("OrganId", status.organ_id),
        element("OrganName", status.organ_name),
        element("StatusCode", status.code),
        element("Description", status.note),
        element("Timestamp", &slashed(status.at)),
    );
    out
}

fn element(name: &str, text: &str) -> String {
    format!("<edXML:{name}>{}</edXML:{name}>\n", escaped(text))
}

/// Text that can stand between tags. Characters that XML does not have are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' | '\n' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}
