//! Families of indexes, their editions and methods, as dated data.
//!
//! The key is family, edition and day of publication, never a year alone: two rankings share their
//! vocabulary and "năm 2016" was published in 2017. A family that the data does not know is taken as its
//! cells say, without a method.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::domain::language::Label;
use crate::text::fold::key;

/// The indicator that ranks when no other is asked for.
pub const COMPOSITE: &str = "composite";
/// What a composite is called in files that name no code.
const COMPOSITE_NAMES: [&str; 3] = ["composite", "tong_hop", "score"];
/// The first year whose editions are of 34 provinces, when neither data nor publication say more.
const YEAR_OF_34: i32 = 2025;

static EMBEDDED: LazyLock<Families> = LazyLock::new(|| {
    let parsed = toml::from_str(include_str!("../../indexes/reference/families.toml"));
    debug_assert!(parsed.is_ok(), "{parsed:?}");
    parsed.unwrap_or_default()
});

/// How sure a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Read in a stored source.
    Found,
    /// Follows from published figures.
    Derived,
    /// Own knowledge, not read again.
    #[default]
    Memory,
}

/// Who ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ranks {
    /// The publisher; no rank is made here.
    #[default]
    Published,
    /// Nobody; ranks are made here and say so.
    Computed,
}

/// One indicator of a family.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Its code.
    pub code: String,
    /// What people read.
    pub label: Label,
    /// Other writings of it in files.
    pub aliases: Vec<String>,
}

/// One edition.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// What it is called by.
    pub name: String,
    /// Day or month of publication, as `2017-03-22` or `2021-04`; nothing when not known.
    pub published_on: Option<String>,
    /// Its method.
    #[serde(default)]
    pub method: String,
    /// Provinces there were: 63 or 34.
    pub provinces: u32,
    /// How sure method and set are.
    #[serde(default)]
    pub mark: Mark,
}

/// A family.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// Its id in commands and addresses.
    pub id: String,
    /// What people read.
    pub name: Label,
    /// Other names.
    pub aliases: Vec<String>,
    /// What it is.
    pub is: Label,
    /// What it is not.
    pub is_not: Label,
    /// Who ranks.
    pub ranks: Ranks,
    /// The indicator that ranks.
    pub composite: String,
    /// Decimals in which values are shown and compared.
    pub decimals: u32,
    /// Its indicators, in order.
    pub indicators: Vec<Indicator>,
    /// Editions known.
    pub editions: Vec<Edition>,
    /// Method of editions that are not known.
    #[serde(default)]
    pub method: String,
    /// Provinces of editions that are not known.
    pub provinces: Option<u32>,
    /// The family's own numbers of provinces and their codes.
    #[serde(default)]
    pub places: BTreeMap<String, String>,
}

/// How the parts become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// Weighted mean.
    Mean,
    /// Weighted sum.
    Sum,
}

/// How a part is made comparable before it is combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// As it stands.
    #[default]
    AsItStands,
    /// 0 for the least of the provinces that have it, 1 for the most.
    MinMax,
    /// Distance from the mean in standard deviations of these provinces.
    ZScore,
    /// Share of the best one's.
    RatioToBest,
}

/// A part of a whole.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The indicator.
    pub indicator: String,
    /// Its weight.
    #[serde(default = "one")]
    pub weight: f64,
    /// How it is measured, where that changed between editions under one name.
    #[serde(default)]
    pub measure: String,
}

/// An indicator that is made of others.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whole {
    /// The indicator.
    pub indicator: String,
    /// How its parts become one.
    pub combine: Combine,
    /// How each is made comparable first.
    #[serde(default)]
    pub scale: Scale,
    /// Its parts.
    pub parts: Vec<Part>,
}

/// A method.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Method {
    /// Its id.
    pub id: String,
    /// What people read.
    pub label: Label,
    /// How sure it is.
    pub mark: Mark,
    /// What can be computed here, parts before what they are parts of.
    pub wholes: Vec<Whole>,
}

/// All of them.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Families {
    families: Vec<Family>,
    methods: Vec<Method>,
}

impl Families {
    /// Those that come with the program.
    #[must_use]
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// The family called so, in any writing; one that is not known as its cells name it.
    #[must_use]
    pub fn called(&self, name: &str) -> Family {
        let wanted = key(name);
        let is_it = |family: &&Family| {
            let names = [&family.id, &family.name.vi, &family.name.en];
            names.into_iter().chain(&family.aliases).any(|known| key(known) == wanted)
        };
        self.families.iter().find(is_it).cloned().unwrap_or_else(|| Family::unknown(name))
    }

    /// The method of that id.
    #[must_use]
    pub fn method(&self, id: &str) -> Option<&Method> {
        self.methods.iter().find(|method| method.id == id)
    }

    /// One more method, for tests of ways to compute that no family here uses.
    #[cfg(test)]
    pub(crate) fn add(&mut self, method: Method) {
        self.methods.push(method);
    }

    /// Every family.
    pub fn iter(&self) -> impl Iterator<Item = &Family> {
        self.families.iter()
    }
}

impl Family {
    fn unknown(name: &str) -> Self {
        let label = Label { vi: name.to_owned(), en: name.to_owned() };
        Self {
            id: name.to_owned(),
            name: label,
            composite: COMPOSITE.to_owned(),
            decimals: 4,
            ..Self::default()
        }
    }

    /// The code of an indicator as a file writes it; what is not known stays as it is written.
    #[must_use]
    pub fn code_of(&self, written: &str) -> String {
        let wanted = key(written);
        let is_it = |known: &&Indicator| {
            let names = [&known.code, &known.label.vi, &known.label.en];
            names.into_iter().chain(&known.aliases).any(|name| key(name) == wanted)
        };
        match self.indicators.iter().find(is_it) {
            Some(known) => known.code.clone(),
            None if COMPOSITE_NAMES.contains(&wanted.as_str()) => COMPOSITE.to_owned(),
            None => written.trim().to_owned(),
        }
    }

    /// What an indicator is called.
    #[must_use]
    pub fn label_of(&self, code: &str) -> Label {
        let known = self.indicators.iter().find(|indicator| indicator.code == code);
        let plain = || Label { vi: code.to_owned(), en: code.to_owned() };
        known.map_or_else(plain, |indicator| indicator.label.clone())
    }

    /// The edition of that name; one that is not known is of as many provinces as there were when its cells
    /// say it was published, or in the year it is called by.
    #[must_use]
    pub fn edition(&self, name: &str, published_on: Option<&str>) -> Edition {
        if let Some(known) = self.editions.iter().find(|edition| edition.name == name) {
            return known.clone();
        }
        let by_day = published_on.map(|day| if day < "2025-07" { 63 } else { 34 });
        let by_year = name.parse::<i32>().ok().map(|year| if year < YEAR_OF_34 { 63 } else { 34 });
        Edition {
            name: name.to_owned(),
            published_on: published_on.map(str::to_owned),
            method: self.method.clone(),
            provinces: self.provinces.or(by_day).or(by_year).unwrap_or(34),
            mark: Mark::Memory,
        }
    }
}

impl Method {
    /// How an indicator is made of others.
    #[must_use]
    pub fn whole(&self, indicator: &str) -> Option<&Whole> {
        self.wholes.iter().find(|whole| whole.indicator == indicator)
    }

    /// How a part that is given is measured; nothing when it is no part, or was always measured so.
    #[must_use]
    pub fn measure(&self, indicator: &str) -> &str {
        let mut parts = self.wholes.iter().flat_map(|whole| &whole.parts);
        parts.find(|part| part.indicator == indicator).map_or("", |part| part.measure.as_str())
    }
}

fn one() -> f64 {
    1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_found_in_any_writing_and_one_of_nearly_its_name_is_another() {
        let families = Families::embedded();
        assert_eq!(families.called("vietnam ict index").id, "ict-index");
        assert_eq!(families.called("ICT-INDEX").id, "ict-index");
        assert_eq!(families.called("Mức độ ứng dụng CNTT, phát triển Chính phủ điện tử").id, "mic-egov");
        assert_eq!(families.called("Bộ chỉ số của tôi").id, "Bộ chỉ số của tôi");
        for family in families.iter() {
            assert!(!family.is_not.vi.is_empty(), "{}", family.id);
        }
    }

    #[test]
    fn every_edition_has_a_method_and_every_part_is_an_indicator() {
        let families = Families::embedded();
        for family in families.iter() {
            let methods = family.editions.iter().map(|edition| &edition.method).chain([&family.method]);
            for id in methods.filter(|id| !id.is_empty()) {
                let method = families.method(id).unwrap_or_else(|| panic!("{}: {id}", family.id));
                for whole in &method.wholes {
                    for part in &whole.parts {
                        let codes = family.indicators.iter().map(|indicator| &indicator.code);
                        assert!(
                            codes.clone().any(|code| *code == part.indicator),
                            "{id}: {}",
                            part.indicator
                        );
                        let later =
                            method.wholes.iter().skip_while(|known| known.indicator != whole.indicator);
                        assert!(!later.skip(1).any(|known| known.indicator == part.indicator), "{id}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_provinces_of_an_edition_nobody_knows_are_those_of_its_publication() {
        let family = Families::embedded().called("X");
        let provinces = |name, day| family.edition(name, day).provinces;
        assert_eq!(provinces("2024", Some("2025-06-30")), 63);
        assert_eq!(provinces("2024", Some("2025-09-01")), 34);
        assert_eq!((provinces("2019", None), provinces("2026", None)), (63, 34));
    }

    #[test]
    fn an_indicator_is_known_in_any_writing() {
        let family = Families::embedded().called("ict-index");
        assert_eq!(family.code_of("Hạ tầng kỹ thuật"), "htkt");
        assert_eq!(family.code_of("HTNL"), "htnl");
        assert_eq!(family.code_of(" lạ "), "lạ");
        assert_eq!(Families::embedded().called("X").code_of("Tổng hợp"), COMPOSITE);
    }
}
