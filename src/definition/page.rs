//! A page: one TOML of `dashboards/`, naming metrics and reports and how they are drawn.

use chrono::NaiveDate;
use serde::Deserialize;

use crate::definition::DefinitionError;
use crate::domain::language::Label;

/// What stands for the business date in a paragraph.
pub const AS_OF: &str = "as_of";

/// One panel of a page, by how it is drawn.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "draw", rename_all = "snake_case", deny_unknown_fields)]
pub enum Panel {
    /// Single figures, each with what it is a share of and its receipt.
    Figures {
        /// Metrics, in order.
        metrics: Vec<String>,
        /// Dataset without whose rows the panel says nothing and is not asked.
        when: Option<String>,
    },
    /// A paragraph to paste into a report; `{as_of}` is the business date, `{metric}` is a value, `{metric.numerator}`,
    /// `{metric.denominator}` its counts, `{metric.receipt}` its code.
    Paragraph {
        /// The words.
        text: Label,
    },
    /// Horizontal bars and, below them, the table they are drawn from.
    BarsAndTable {
        /// Report that is drawn.
        query: String,
        /// Its columns with the bars' lengths, first at the left.
        value_columns: Vec<String>,
    },
    /// The table of a report alone.
    Table {
        /// The report.
        query: String,
    },
    /// A metric by one of its dimensions, in the order of its values: a trend by month, a rate by unit.
    Breakdown {
        /// The metric.
        metric: String,
        /// The dimension.
        by: String,
        /// Whether the values are ranked: largest first, ties sharing a place, those with fewer than ten
        /// below the line left unranked.
        #[serde(default)]
        ranked: bool,
        /// Dimension of the peer groups that are ranked apart, such as departments and communes.
        peers: Option<String>,
    },
    /// A map of provinces as tiles of one size, shaded by a rate, with the table it is drawn from.
    Tiles {
        /// The metric, a share.
        metric: String,
        /// The dimension with the provinces.
        by: String,
        /// Which provinces.
        map: Tiled,
    },
    /// The first rows behind a metric, by its date.
    Rows {
        /// The metric.
        metric: String,
    },
}

/// Which provinces a map has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Tiled {
    /// The 34 since 2025-07-01.
    #[serde(rename = "34")]
    Present,
    /// The 63 before.
    #[serde(rename = "63")]
    Former,
    /// Those of the business date.
    #[serde(rename = "day")]
    OfDay,
}

impl Tiled {
    /// The map of that day, when it is one of the day.
    #[must_use]
    pub fn on(self, day: NaiveDate) -> Self {
        let merged = NaiveDate::from_ymd_opt(2025, 7, 1);
        match self {
            Self::OfDay if merged.is_some_and(|merged| day < merged) => Self::Former,
            Self::OfDay => Self::Present,
            given => given,
        }
    }
}

/// A page's definition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Name in the URL `/dashboards/NAME`.
    pub name: String,
    /// What people read.
    pub title: Label,
    /// A sentence under the title.
    pub lead: Label,
    /// Panels, top to bottom.
    pub panels: Vec<Panel>,
}

impl Page {
    /// Parses the text of `file`.
    ///
    /// # Errors
    /// The text is not TOML of this form.
    pub fn parse(file: &str, text: &str) -> Result<Self, DefinitionError> {
        toml::from_str(text)
            .map_err(|error| DefinitionError::Syntax { file: file.to_owned(), message: error.to_string() })
    }

    /// The page without the panels whose dataset has no rows.
    #[must_use]
    pub fn where_rows_are(&self, has_rows: &dyn Fn(&str) -> bool) -> Self {
        let mut page = self.clone();
        page.panels.retain(|panel| match panel {
            Panel::Figures { when: Some(dataset), .. } => has_rows(dataset),
            _ => true,
        });
        page
    }

    /// Metrics whose figures over everything the page shows, each once.
    #[must_use]
    pub fn figures(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .panels
            .iter()
            .flat_map(|panel| match panel {
                Panel::Figures { metrics, .. } => metrics.clone(),
                Panel::Paragraph { text } => {
                    [&text.vi, &text.en].into_iter().flat_map(|text| named(text)).collect()
                }
                Panel::Rows { metric } => vec![metric.clone()],
                Panel::BarsAndTable { .. }
                | Panel::Table { .. }
                | Panel::Breakdown { .. }
                | Panel::Tiles { .. } => Vec::new(),
            })
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// Metrics shown as single figures, which are compared with other periods.
    #[must_use]
    pub fn cards(&self) -> Vec<String> {
        let cards = self.panels.iter().filter_map(|panel| match panel {
            Panel::Figures { metrics, .. } => Some(metrics.clone()),
            _ => None,
        });
        let mut names: Vec<String> = cards.flatten().collect();
        names.sort();
        names.dedup();
        names
    }

    /// Reports that the page shows.
    pub fn reports(&self) -> impl Iterator<Item = &str> {
        self.panels.iter().filter_map(|panel| match panel {
            Panel::BarsAndTable { query, .. } | Panel::Table { query } => Some(query.as_str()),
            _ => None,
        })
    }

    /// Metrics whose first rows are shown.
    pub fn listed(&self) -> impl Iterator<Item = &str> {
        self.panels.iter().filter_map(|panel| match panel {
            Panel::Rows { metric } => Some(metric.as_str()),
            _ => None,
        })
    }

    /// Metrics drawn as maps.
    pub fn maps(&self) -> impl Iterator<Item = &str> {
        self.panels.iter().filter_map(|panel| match panel {
            Panel::Tiles { metric, .. } => Some(metric.as_str()),
            _ => None,
        })
    }

    /// Metrics broken down, with their dimensions.
    pub fn breakdowns(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.panels.iter().filter_map(|panel| match panel {
            Panel::Breakdown { metric, by, peers, .. } => {
                Some((metric, std::iter::once(by).chain(peers.as_ref())))
            }
            Panel::Tiles { metric, by, .. } => Some((metric, std::iter::once(by).chain(None))),
            _ => None,
        });
        all.flat_map(|(metric, dimensions)| dimensions.map(move |name| (metric.as_str(), name.as_str())))
    }
}

/// Metrics named in a paragraph.
fn named(text: &str) -> Vec<String> {
    let inside = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    let names = inside.map(|(name, _)| name.split('.').next().unwrap_or_default().to_owned());
    names.filter(|name| name != AS_OF).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_metrics_of_a_page_are_known_from_its_definition() {
        let text = "name = \"p\"\ntitle = { vi = \"v\", en = \"e\" }\nlead = { vi = \"v\", en = \"e\" }\n\
                    [[panels]]\ndraw = \"figures\"\nmetrics = [\"b\"]\n\
                    [[panels]]\ndraw = \"paragraph\"\ntext = { vi = \"{as_of}: {a} của {b.denominator}\", en = \"{a}\" }\n";
        let page = Page::parse("p.toml", text).unwrap();
        assert_eq!(page.figures(), ["a", "b"]);
        let text = text.replace("[\"b\"]", "[\"b\"]\nwhen = \"rare\"");
        let rare = Page::parse("p.toml", &text).unwrap();
        assert_eq!(rare.where_rows_are(&|_| true).panels.len(), 2);
        assert_eq!(rare.where_rows_are(&|name| name != "rare").panels.len(), 1);
        assert_eq!(Tiled::OfDay.on("2025-06-30".parse().unwrap()), Tiled::Former);
        assert_eq!(Tiled::OfDay.on("2025-07-01".parse().unwrap()), Tiled::Present);
        assert_eq!(Tiled::Former.on("2026-07-01".parse().unwrap()), Tiled::Former);
        assert!(Page::parse("p.toml", &text.replace("figures", "lines")).is_err());
    }
}
