//! Provinces of an edition: the 63 until 30/6/2025, or the 34 since.
//!
//! A code means another province before and after (24 was Bắc Giang and is Bắc Ninh), so a code is read
//! within the set of its edition, and one that disagrees with the name beside it is nobody's.

use std::sync::LazyLock;

use chrono::NaiveDate;

use crate::text::fold::key;

static PLACES: LazyLock<Vec<Place>> =
    LazyLock::new(|| parse(include_str!("../../indexes/reference/provinces.csv")));

/// A province during a span of validity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Code of statistics.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The region it belongs to.
    pub region: String,
    /// Another name it had within the span.
    also: Option<String>,
    /// Whether it is one of the 34.
    is_new: bool,
}

/// The provinces of an edition of `provinces` (63 or 34), by code.
pub fn places(provinces: u32) -> impl Iterator<Item = &'static Place> {
    PLACES.iter().filter(move |place| place.is_new == (provinces == 34))
}

/// The province of an edition that a file means by a code, a name, or both.
#[must_use]
pub fn resolve(provinces: u32, code: &str, name: &str) -> Option<&'static Place> {
    let by_code = || places(provinces).find(|place| place.code == code.trim());
    let by_name = |name: &str| places(provinces).find(|place| place.is_called(name));
    match (code.trim(), name.trim()) {
        ("", "") => None,
        (code, "") => by_code().or_else(|| by_name(code)),
        ("", name) => by_name(name),
        (code, name) => match (by_code().or_else(|| by_name(code)), by_name(name)) {
            (Some(one), Some(other)) if one == other => Some(one),
            (None, Some(other)) => Some(other),
            _ => None,
        },
    }
}

impl Place {
    fn is_called(&self, name: &str) -> bool {
        let wanted = bare(name);
        !wanted.is_empty() && (bare(&self.name) == wanted || self.also.as_deref().map(bare) == Some(wanted))
    }
}

/// Letters of a name without the word for what it is.
fn bare(name: &str) -> String {
    let name = key(name);
    let name =
        ["tinh_", "thanh_pho_", "tp_"].iter().find_map(|word| name.strip_prefix(word)).unwrap_or(&name);
    name.trim_end_matches("_city").replace('_', "")
}

fn parse(text: &str) -> Vec<Place> {
    let new = NaiveDate::from_ymd_opt(2025, 7, 1).unwrap_or_default();
    let mut places: Vec<Place> = Vec::new();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [code, from, _, name, _, region, ..] = fields.as_slice() else { continue };
        let Ok(from) = from.parse::<NaiveDate>() else { continue };
        let is_new = from >= new;
        match places.iter_mut().find(|place| place.code == *code && place.is_new == is_new) {
            Some(known) => known.also = Some((*name).to_owned()),
            None => places.push(Place {
                code: (*code).to_owned(),
                name: (*name).to_owned(),
                region: (*region).to_owned(),
                also: None,
                is_new,
            }),
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_63_and_34_and_each_has_a_region() {
        assert_eq!((places(63).count(), places(34).count()), (63, 34));
        assert!(PLACES.iter().all(|place| !place.region.is_empty()));
    }

    #[test]
    fn a_code_means_another_province_before_and_after() {
        let name = |provinces, code| resolve(provinces, code, "").map(|place| place.name.as_str());
        assert_eq!((name(63, "24"), name(34, "24")), (Some("Bắc Giang"), Some("Bắc Ninh")));
        assert_eq!((name(63, "49"), name(34, "49")), (Some("Quảng Nam"), None));
    }

    #[test]
    fn names_are_read_in_any_writing_and_must_agree_with_the_code() {
        let code = |given, name| resolve(63, given, name).map(|place| place.code.as_str());
        assert_eq!(code("", "TP. Hồ Chí Minh"), Some("79"));
        assert_eq!(code("", "Ho Chi Minh City"), Some("79"));
        assert_eq!(code("Hanoi", ""), Some("01"));
        assert_eq!(code("", "Hoà Bình"), Some("17"));
        assert_eq!(code("", "Huế"), Some("46"));
        assert_eq!(code("24", "Bắc Giang"), Some("24"));
        assert_eq!(code("24", "Bắc Ninh"), None);
        assert_eq!(code("", ""), None);
    }
}
