//! `/rollouts` (Triển khai): each unit of a province against each product, planned beside actual, and the
//! provinces that run two one-stop products.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::definition::catalog::Catalog;
use crate::definition::labels::{label, sentence};
use crate::domain::language::Language;
use crate::domain::scope::Scope;
use crate::engine::Engine;
use crate::engine::rollouts::{Rollout, Rollouts};
use crate::metrics::ask::Asked;
use crate::present::number::day;
use crate::present::page::Visit;
use crate::present::table::{Cell, Table, table};
use crate::web::WebError;
use crate::web::dashboard::Drawn;
use crate::web::figures;
use crate::web::frame::{self, Content};
use crate::web::link::Link;

/// Counts over the units of the province.
const FIGURES: [&str; 8] = [
    "rollouts_units",
    "rollouts_installed_of_all",
    "rollouts_official_of_installed",
    "rollouts_official_of_all",
    "rollouts_trial_of_all",
    "rollouts_in_use_of_all",
    "rollouts_data_collected_of_all",
    "rollouts_behind_plan_of_planned",
];

/// The page.
pub(super) fn page(engine: &Engine, visit: &Visit) -> Result<Markup, WebError> {
    let language = visit.language;
    let found = engine.rollouts(visit.one("province"), &Scope::everything())?;
    let snapshot = engine.snapshot()?;
    let catalog = snapshot.catalog();
    let body = html! {
        p { (label("rollouts.lead", language)) }
        (form(&found, visit))
        @if found.rows.is_empty() { p { (label("rollouts.none", language)) } }
        @else {
            (figures::cards(&drawn(engine, &found, language)?, &FIGURES.map(str::to_owned)))
            (matrix(catalog, &found, language))
            (groups(catalog, &found, language))
        }
        @if found.is_cut { p { (label("rollouts.cut", language)) } }
        h2 { (label("rollouts.several", language)) }
        (several(&found, language))
    };
    let title = label("rollouts.title", language).to_owned();
    Ok(frame::page(engine, visit, &Content { title, commit: Some(found.commit), body }))
}

fn drawn<'e>(engine: &'e Engine, found: &Rollouts, language: Language) -> Result<Drawn<'e>, WebError> {
    let asked = Asked {
        filters: BTreeMap::from([("province".to_owned(), found.province.clone())]),
        as_of: Some(engine.clock().today()),
        snapshot: Some(found.commit),
        ..Asked::default()
    };
    let figures = engine.figures(&FIGURES.map(str::to_owned), &asked, &Scope::everything())?;
    Ok(Drawn { engine, asked, language, figures, compared: Vec::new() })
}

fn form(found: &Rollouts, visit: &Visit) -> Markup {
    let language = visit.language;
    html! {
        form.search action=(visit.path) method="get" {
            @if language == Language::En { input type="hidden" name="lang" value="en"; }
            label { (label("rollouts.province", language))
                select name="province" {
                    @for name in &found.provinces {
                        option selected[found.province.as_ref() == Some(name)] { (name) }
                    }
                }
            }
            button type="submit" { (label("page.go", language)) }
        }
    }
}

fn matrix(catalog: &Catalog, found: &Rollouts, language: Language) -> Markup {
    let products = found.products();
    let line = |unit: &&str| -> Vec<Cell> {
        let cell = |product: &(&str, &str)| match found.of(unit, *product) {
            Some(row) => linked(row, words(catalog, row, language), language),
            None => Cell::Empty,
        };
        std::iter::once(Cell::Text((*unit).to_owned())).chain(products.iter().map(cell)).collect()
    };
    let named = products.iter().map(|(product, version)| format!("{product} {version}"));
    let headers = std::iter::once(label("rollouts.unit", language).to_owned()).chain(named);
    let caption =
        sentence("rollouts.matrix", language, &[("province", found.province.as_deref().unwrap_or_default())]);
    let rows = found.units().iter().map(line).collect();
    table(&Table { caption, headers: headers.collect(), rows, totals: Vec::new() }, language)
}

/// What is said of groups of units: plans, for nobody named the units.
fn groups(catalog: &Catalog, found: &Rollouts, language: Language) -> Markup {
    let groups: Vec<&Rollout> = found.rows.iter().filter(|row| row.is_group).collect();
    html! {
        @if !groups.is_empty() {
            h2 { (label("rollouts.groups", language)) }
            ul {
                @for row in groups {
                    li {
                        a href=(record(row, language)) { (row.product) " " (row.version) ": " (row.unit) }
                        " – " (words(catalog, row, language))
                    }
                }
            }
        }
    }
}

fn several(found: &Rollouts, language: Language) -> Markup {
    html! {
        @if found.several.is_empty() { p { (label("rollouts.no_several", language)) } }
        ul {
            @for (province, products) in &found.several {
                li { (province) ": " (products.join("; ")) }
            }
        }
    }
}

/// Both axes, both days, the reason: `Đã cài đặt, đào tạo · Chính thức · dự kiến 30/10/2016`.
fn words(catalog: &Catalog, row: &Rollout, language: Language) -> String {
    let date = |text: &str| text.parse().map_or_else(|_| text.to_owned(), |date| day(date, language));
    let told = |key, value: &Option<String>| {
        value.as_ref().map(|text| sentence(key, language, &[("day", &date(text))]))
    };
    let parts = [
        code(catalog, "prepared", row.prepared.as_deref(), language),
        code(catalog, "in_use", row.in_use.as_deref(), language),
        told("rollouts.planned", &row.planned_on),
        told("rollouts.actual", &row.actual_on),
        row.reason.clone(),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn code(catalog: &Catalog, column: &str, value: Option<&str>, language: Language) -> Option<String> {
    let value = value?;
    let column = catalog.dataset("rollouts").ok()?.column(column)?;
    let known = column.codes.iter().find(|code| code.code == value);
    Some(known.map_or(value, |code| code.label.text(language)).to_owned())
}

fn linked(row: &Rollout, text: String, language: Language) -> Cell {
    Cell::Link(Box::new(Cell::Text(text)), record(row, language))
}

fn record(row: &Rollout, language: Language) -> String {
    Link::to(&format!("/records/{}", row.id), language).text()
}
