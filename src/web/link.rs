//! Links: paths with parameters, encoded, in the visitor's language.

use crate::domain::language::Language;
use crate::present::page::Visit;

/// A link in the making.
#[derive(Debug, Clone)]
pub(super) struct Link {
    path: String,
    parameters: Vec<(String, String)>,
}

impl Link {
    /// A link to `path`, whose parts are encoded already, in `language`.
    pub(super) fn to(path: &str, language: Language) -> Self {
        let parameters = match language {
            Language::Vi => Vec::new(),
            Language::En => vec![("lang".to_owned(), "en".to_owned())],
        };
        Self { path: path.to_owned(), parameters }
    }

    /// A link to the page of the visit itself, without the parameters named.
    pub(super) fn again(visit: &Visit, without: &[&str]) -> Self {
        let parameters = visit.parameters.iter().filter(|(name, _)| !without.contains(&name.as_str()));
        Self { path: visit.path.clone(), parameters: parameters.cloned().collect() }
    }

    /// The link with one more parameter.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The link without one parameter of this value.
    pub(super) fn without(mut self, name: &str, value: &str) -> Self {
        self.parameters.retain(|(known, given)| (known.as_str(), given.as_str()) != (name, value));
        self
    }

    /// The text of the link.
    pub(super) fn text(&self) -> String {
        let mut text = self.path.clone();
        for (place, (name, value)) in self.parameters.iter().enumerate() {
            text.push(if place == 0 { '?' } else { '&' });
            text.push_str(&encoded(name));
            text.push('=');
            text.push_str(&encoded(value));
        }
        text
    }
}

fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~:".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_link_holds_cannot_leave_it() {
        let link = Link::to("/", Language::En).with("q", "đ&a=\"<#").text();
        assert_eq!(link, "/?lang=en&q=%C4%91%26a%3D%22%3C%23");
    }

    #[test]
    fn one_filter_is_taken_away_and_the_others_stay() {
        let link = Link::to("/", Language::Vi).with("filter", "a:1").with("filter", "b:2");
        assert_eq!(link.without("filter", "a:1").text(), "/?filter=b:2");
    }
}
