//! Where a clock runs: whose calendar counts, and whether the place is a remote area.
//!
//! Names come from many hands, so offices and places are compared in composed Unicode, in lower case, with
//! single spaces and, for places, without the word for what they are.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use crate::domain::civil::iso;
use crate::rules::RulesError;
use crate::rules::deadline::Mark;

/// Whose clock it is and where; what is not known is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Place<'a> {
    /// The agency.
    pub unit: &'a str,
    /// The province.
    pub province: &'a str,
    /// The commune, ward or special zone.
    pub commune: &'a str,
}

/// A remote area.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    province: String,
    commune: String,
    #[serde(with = "iso")]
    valid_from_on: NaiveDate,
    #[serde(default, deserialize_with = "maybe_day")]
    valid_to_on: Option<NaiveDate>,
    /// The paper that says so.
    pub article: String,
    /// How sure it is.
    pub mark: Mark,
}

/// The remote areas, by province and commune.
#[derive(Debug, Clone, Default)]
pub struct Areas(BTreeMap<(String, String), Vec<Area>>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    areas: Vec<Area>,
}

/// Words that say what a place is and are no part of its name, longest first.
const SORTS: [&str; 8] = ["thành phố ", "thị trấn ", "đặc khu ", "phường ", "huyện ", "tỉnh ", "tp. ", "xã "];

impl Areas {
    /// Adds the areas of a text of the form of `indexes/rules/remote.toml`.
    ///
    /// # Errors
    /// The text is not of this form, or an area has no name.
    pub fn lay(&mut self, text: &str) -> Result<(), RulesError> {
        let file: File =
            toml::from_str(text).map_err(|error| RulesError::Syntax { message: error.to_string() })?;
        for area in file.areas {
            let key = (place_name(&area.province), place_name(&area.commune));
            if key.0.is_empty() || key.1.is_empty() || area.article.trim().is_empty() {
                let message = "a remote area has a province, a commune and the paper that says so".to_owned();
                return Err(RulesError::Syntax { message });
            }
            self.0.entry(key).or_default().push(area);
        }
        Ok(())
    }

    /// The entry by which a place was a remote area on that day.
    #[must_use]
    pub fn of(&self, place: &Place<'_>, day: NaiveDate) -> Option<&Area> {
        if self.0.is_empty() || place.commune.is_empty() {
            return None;
        }
        let areas = self.0.get(&(place_name(place.province), place_name(place.commune)))?;
        areas.iter().find(|area| area.valid_from_on <= day && area.valid_to_on.is_none_or(|last| day <= last))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// An office's name as offices are compared.
#[must_use]
pub fn unit_name(name: &str) -> String {
    let name: String = name.nfc().collect::<String>().to_lowercase();
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A place's name as places are compared: without the word for what it is.
#[must_use]
pub fn place_name(name: &str) -> String {
    let name = unit_name(name);
    let bare = SORTS.iter().find_map(|sort| name.strip_prefix(sort));
    bare.map(str::to_owned).unwrap_or(name)
}

fn maybe_day<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<NaiveDate>, D::Error> {
    iso::deserialize(from).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "areas = [{ province = \"Nghệ An\", commune = \"Keng Đu\", valid_from_on = \"2025-07-01\", \
                        valid_to_on = \"2027-12-31\", article = \"QĐ 1\", mark = \"found\" }]";

    #[test]
    fn a_place_is_remote_on_the_days_of_its_entry_however_it_is_written() {
        let mut areas = Areas::default();
        areas.lay(TEXT).unwrap();
        let of = |province, commune, day: &str| {
            areas.of(&Place { unit: "", province, commune }, day.parse().unwrap()).is_some()
        };
        assert!(of("Tỉnh Nghệ An", "xã  Keng Đu", "2025-07-01"));
        assert!(of("NGHỆ AN", "Keng Đu", "2027-12-31"));
        assert!(!of("Nghệ An", "Keng Đu", "2028-01-01") && !of("Nghệ An", "Keng Đu", "2025-06-30"));
        assert!(!of("Thanh Hóa", "Keng Đu", "2026-01-01") && !of("Nghệ An", "", "2026-01-01"));
    }

    #[test]
    fn an_area_without_a_paper_is_refused() {
        let text = TEXT.replace("QĐ 1", " ");
        assert!(Areas::default().lay(&text).is_err());
        assert!(Areas::default().lay("areas = 1").is_err());
    }
}
