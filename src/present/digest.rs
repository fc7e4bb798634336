//! A mail as HTML: paragraphs and record numbers, no script, no style, nothing fetched from elsewhere.

use maud::{DOCTYPE, Markup, html};

use crate::definition::labels::label;
use crate::domain::language::Language;

/// A mail.
#[derive(Debug, Clone, Copy)]
pub struct Mail<'a> {
    /// Its subject.
    pub subject: &'a str,
    /// Its paragraphs.
    pub paragraphs: &'a [String],
    /// Records it names: id, key at the source.
    pub records: &'a [(String, String)],
}

/// The mail as HTML.
#[must_use]
pub fn mail(mail: Mail<'_>, language: Language) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language.pick("vi", "en")) {
            head { meta charset="utf-8"; title { (mail.subject) } }
            body { (content(mail, language)) }
        }
    }
}

/// What stands in the mail's body.
#[must_use]
pub fn content(mail: Mail<'_>, language: Language) -> Markup {
    html! {
        @for paragraph in mail.paragraphs { p { (paragraph) } }
        @if !mail.records.is_empty() {
            p { (label("digest.records", language)) }
            ul { @for (id, key) in mail.records { li { code { (key) } " (" (id) ")" } } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_mail_is_a_tag_or_fetched() {
        let paragraphs = ["<img src=x> 32,53 %".to_owned()];
        let records = [("T1".to_owned(), "NV-1<b>".to_owned())];
        let text = mail(Mail { subject: "s", paragraphs: &paragraphs, records: &records }, Language::Vi)
            .into_string();
        assert!(text.contains("&lt;img src=x&gt; 32,53 %") && text.contains("NV-1&lt;b&gt;"), "{text}");
        assert!(!text.contains("http") && !text.contains("<script"));
    }
}
