//! The one reviewed list of words that people read outside definitions.
//!
//! `indexes/labels/labels.toml` holds every label, hint and error sentence in both languages. Terms of
//! law are decided there once: an undecided pair is "nghi trùng", never "đơn trùng".

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::domain::language::{Label, Language};

static LABELS: LazyLock<BTreeMap<String, Label>> = LazyLock::new(|| {
    let parsed = toml::from_str(include_str!("../../indexes/labels/labels.toml"));
    debug_assert!(parsed.is_ok(), "{parsed:?}");
    parsed.unwrap_or_default()
});

/// The sentence of `key` in `language`; the key itself when the list does not have it.
#[must_use]
pub fn label(key: &str, language: Language) -> &str {
    LABELS.get(key).map_or(key, |label| label.text(language))
}

/// The sentence of `key` with each `{name}` replaced by its value.
#[must_use]
pub fn sentence(key: &str, language: Language, values: &[(&str, &str)]) -> String {
    let mut text = label(key, language).to_owned();
    for (name, value) in values {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

/// Every key of the list, for the test that looks for unused and missing ones.
pub fn keys() -> impl Iterator<Item = &'static str> {
    LABELS.keys().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_parses_and_speaks_both_languages() {
        let list: BTreeMap<String, Label> =
            toml::from_str(include_str!("../../indexes/labels/labels.toml")).unwrap();
        for (key, label) in &list {
            assert!(!label.vi.is_empty() && !label.en.is_empty(), "{key} lacks a language");
        }
        assert_eq!(label("relation.undecided", Language::Vi), "nghi trùng");
    }

    #[test]
    fn no_label_calls_an_undecided_pair_a_duplicate_petition() {
        for key in keys() {
            assert!(!label(key, Language::Vi).to_lowercase().contains("đơn trùng"), "{key}");
        }
    }
}
