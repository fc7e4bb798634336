//! One province or one office on a dashboard: the filters under which its panels are counted.
//!
//! The filters are the metric layer's own, so receipts carry them and rows open under them. A panel whose rows
//! have no such column, or a share by the provinces of today (which only counts are told by), is left out and
//! named. Denunciations are told by province and never by a smaller office: their rows stand under no office,
//! so that a filter by office cannot find them.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::definition::catalog::Catalog;
use crate::definition::labels::{label, sentence};
use crate::definition::page::{Page, Panel};
use crate::domain::language::Language;
use crate::metrics::ask::Asked;
use crate::metrics::measure::Measure;
use crate::present::page::Visit;
use crate::web::link::Link;

/// The page of one province.
pub(super) const PROVINCE_PAGE: &str = "province";
/// Provinces as records name them.
const RECORDED: &str = "province";
/// Provinces of today.
const PRESENT: &str = "present_province";
const UNIT: &str = "unit";
/// What chooses the provinces of today.
const CUT_PRESENT: &str = "34";

/// What a visit narrows a dashboard to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Place {
    province: String,
    unit: String,
    is_present: bool,
}

impl Place {
    /// What the address says.
    pub(super) fn of(visit: &Visit) -> Self {
        let text = |name: &'static str| visit.one(name).unwrap_or_default().trim().to_owned();
        Self { province: text("place"), unit: text(UNIT), is_present: visit.one("cut") == Some(CUT_PRESENT) }
    }

    /// The dimension with the provinces.
    pub(super) fn dimension(&self) -> &'static str {
        if self.is_present { PRESENT } else { RECORDED }
    }

    /// The filters of every question.
    pub(super) fn filters(&self) -> BTreeMap<String, Option<String>> {
        let all = [(self.dimension(), &self.province), (UNIT, &self.unit)];
        let given = all.into_iter().filter(|(_, value)| !value.is_empty());
        given.map(|(name, value)| (name.to_owned(), Some(value.clone()))).collect()
    }

    /// The page without what cannot be told of this place, and the names of the metrics left out.
    pub(super) fn narrowed(&self, page: &Page, catalog: &Catalog) -> (Page, Vec<String>) {
        let filters = self.filters();
        if filters.is_empty() {
            return (page.clone(), Vec::new());
        }
        let fits = |name: &str| filters.keys().all(|dimension| is_told(catalog, name, dimension));
        let (mut page, mut left) = (page.clone(), Vec::new());
        page.panels.retain_mut(|panel| {
            let own = self.names(panel, catalog);
            let lost: Vec<String> = own.iter().filter(|name| !fits(name)).cloned().collect();
            if let Panel::Figures { metrics, .. } = panel {
                metrics.retain(|name| !lost.contains(name));
                left.extend(lost);
                return !metrics.is_empty();
            }
            let is_kept = lost.is_empty() && !self.is_one(panel);
            left.extend(lost);
            is_kept
        });
        left.sort();
        left.dedup();
        (page, left)
    }

    fn names(&self, panel: &Panel, catalog: &Catalog) -> Vec<String> {
        match panel {
            Panel::BarsAndTable { query, .. } | Panel::Table { query } => {
                let report = catalog.query(query).ok().and_then(|query| query.report.as_ref());
                report
                    .map(|it| it.columns.iter().map(|column| column.metric.clone()).collect())
                    .unwrap_or_default()
            }
            Panel::Breakdown { metric, .. } | Panel::Tiles { metric, .. } | Panel::Rows { metric } => {
                vec![metric.clone()]
            }
            Panel::Figures { .. } | Panel::Paragraph { .. } => {
                Page { panels: vec![panel.clone()], ..Page::default() }.figures()
            }
        }
    }

    /// Whether a panel would have one row, that of the place itself.
    fn is_one(&self, panel: &Panel) -> bool {
        let by = match panel {
            Panel::Breakdown { by, .. } | Panel::Tiles { by, .. } => by.as_str(),
            _ => return false,
        };
        let is_province = !self.province.is_empty() && (by == RECORDED || by == PRESENT);
        is_province || (!self.unit.is_empty() && (by == UNIT || by == "present_unit"))
    }

    /// The question that lists the provinces of a page, with the metric that is asked.
    pub(super) fn listing(&self, page: &Page, catalog: &Catalog, asked: &Asked) -> Option<(String, Asked)> {
        let metric = page.figures().into_iter().find(|name| is_told(catalog, name, self.dimension()))?;
        let by = vec![self.dimension().to_owned()];
        Some((metric, Asked { by, filters: BTreeMap::new(), period: None, select: None, ..asked.clone() }))
    }

    /// The choice of a province and an office; `listed` has the provinces there are.
    pub(super) fn fields(&self, listed: Option<&Measure>, language: Language) -> Markup {
        let names: Vec<String> = listed
            .iter()
            .flat_map(|measure| measure.figures())
            .filter_map(|figure| figure.key.first().cloned().flatten())
            .collect();
        let is_listed = self.province.is_empty() || names.contains(&self.province);
        html! {
            @if listed.is_some() || !self.province.is_empty() {
                label { (label("place.province", language))
                    select name="place" {
                        option value="" selected[self.province.is_empty()] { (label("place.all", language)) }
                        @if !is_listed { option value=(self.province) selected { (self.province) } }
                        @for name in &names { option value=(name) selected[*name == self.province] { (name) } }
                    }
                }
                label { (label("place.cut", language))
                    select name="cut" {
                        option value="" selected[!self.is_present] { (label("place.cut_recorded", language)) }
                        option value=(CUT_PRESENT) selected[self.is_present] { (label("place.cut_present", language)) }
                    }
                }
            }
            label { (label("place.unit", language)) input type="text" name="unit" value=(self.unit); }
        }
    }

    /// What is shown, and what of the page is not told of it.
    pub(super) fn said(&self, left: &[String], catalog: &Catalog, language: Language) -> Markup {
        let filters = self.filters();
        if filters.is_empty() {
            return html! {};
        }
        let names: Vec<&str> = filters.values().flatten().map(String::as_str).collect();
        let title = |name: &String| catalog.query(name).map(|query| query.title.text(language).to_owned());
        let left: Vec<String> = left.iter().filter_map(|name| title(name).ok()).collect();
        html! {
            p.total { (sentence("place.shown", language, &[("place", &names.join(", "))])) }
            @if !left.is_empty() {
                p.legend { (sentence("place.left_out", language, &[("names", &left.join("; "))])) }
            }
        }
    }
}

/// The page of a province as a dimension names it; nothing for other dimensions.
pub(super) fn link(by: &str, name: Option<&str>, asked: &Asked, language: Language) -> Option<String> {
    let name = name.filter(|_| by == RECORDED || by == PRESENT)?;
    let mut link = Link::to(&format!("/dashboards/{PROVINCE_PAGE}"), language).with("place", name);
    if by == PRESENT {
        link = link.with("cut", CUT_PRESENT);
    }
    if let Some(day) = asked.as_of {
        link = link.with("as_of", &day.to_string());
    }
    if let Some(period) = &asked.period {
        link = link.with("period", &period.name);
    }
    Some(link.text())
}

fn is_told(catalog: &Catalog, metric: &str, dimension: &str) -> bool {
    let Ok((query, basis)) = catalog.metric(metric) else { return false };
    let is_rate = query.metric.as_ref().is_some_and(|metric| metric.is_rate());
    let of = basis.basis.as_ref();
    of.is_some_and(|of| {
        of.called(dimension).is_some() && !(is_rate && of.additive.iter().any(|name| name == dimension))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::catalog::embedded;

    fn place(parameters: &[(&str, &str)]) -> Place {
        let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Place::of(&Visit {
            path: String::new(),
            parameters: parameters.collect(),
            form: None,
            language: Language::Vi,
            is_simulated: false,
        })
    }

    #[test]
    fn a_page_keeps_what_can_be_told_of_a_place_and_names_the_rest() {
        let catalog = Catalog::parse(embedded()).unwrap();
        let page = catalog.page("overview").unwrap();
        assert_eq!(place(&[]).narrowed(page, &catalog), (page.clone(), Vec::new()));
        let (narrow, left) = place(&[("place", "Nghệ An")]).narrowed(page, &catalog);
        assert!(left.contains(&"tasks_done_of_all".to_owned()), "tasks name no province: {left:?}");
        assert!(narrow.figures().contains(&"cases_overdue_of_open".to_owned()));
        assert_eq!(narrow.breakdowns().count(), 0, "one province has no table of provinces");
        let (today, left) = place(&[("place", "Tuyên Quang"), ("cut", "34")]).narrowed(page, &catalog);
        assert!(today.figures().contains(&"petitions_received".to_owned()));
        assert!(
            left.contains(&"cases_overdue_of_open".to_owned()),
            "a share is not carried across: {left:?}"
        );
        let (of_unit, _) = place(&[("unit", "Sở Xây dựng")]).narrowed(page, &catalog);
        assert!(of_unit.figures().contains(&"tasks_overdue_of_open".to_owned()));
    }

    #[test]
    fn a_province_leads_to_its_page_and_an_office_does_not() {
        let asked = Asked { as_of: "2026-11-21".parse().ok(), ..Asked::default() };
        let to = link(PRESENT, Some("Huế"), &asked, Language::Vi).unwrap();
        assert_eq!(to, "/dashboards/province?place=Hu%E1%BA%BF&cut=34&as_of=2026-11-21");
        assert_eq!(link(UNIT, Some("Huế"), &asked, Language::Vi), None);
        assert_eq!(link(RECORDED, None, &asked, Language::Vi), None);
    }
}
