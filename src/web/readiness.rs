//! `/readiness` (Chỉ số sẵn sàng): ranks of an edition with movement and badge; `/readiness/province`: one
//! province against its region and the best.
//!
//! Values come from one table of the readiness layer and lead to their records; counts of cells come from
//! the metric layer and lead to their receipts.

use std::collections::BTreeMap;
use std::sync::Arc;

use maud::{Markup, html};

use crate::definition::labels::{label, sentence};
use crate::domain::language::Language;
use crate::domain::scope::Scope;
use crate::engine::readiness::{HeldEdition, HeldFamily};
use crate::engine::{Engine, EngineError};
use crate::metrics::ask::Asked;
use crate::metrics::measure::Measure;
use crate::present::page::Visit;
use crate::present::table::{Cell, Table, table};
use crate::readiness::comparable::breaks;
use crate::readiness::profile::{Line, profile};
use crate::readiness::table::{Row, Table as Edition};
use crate::readiness::written;
use crate::web::WebError;
use crate::web::dashboard::Drawn;
use crate::web::figures;
use crate::web::frame::{self, Content};
use crate::web::link::Link;

/// Counts of the cells behind a table.
const FIGURES: [&str; 3] = ["readiness_cells", "readiness_derived_of_all", "readiness_contradicted_of_all"];

const RANK_HEADS: [&str; 5] =
    ["readiness.province", "readiness.rank", "readiness.value", "readiness.movement", "readiness.sources"];
const PROFILE_HEADS: [&str; 6] = [
    "readiness.indicator",
    "readiness.value",
    "readiness.rank",
    "readiness.region",
    "readiness.best",
    "readiness.sources",
];

/// What a visit asks for.
struct Choice {
    families: Vec<HeldFamily>,
    now: HeldEdition,
    before: Option<Edition>,
    indicator: String,
}

/// The page of ranks.
pub(super) fn page(engine: &Engine, visit: &Visit) -> Result<Markup, WebError> {
    let language = visit.language;
    let Some(choice) = choose(engine, visit)? else { return nothing(engine, visit) };
    let edition = &choice.now.table;
    let body = html! {
        (form(&choice, visit, None))
        (about(&choice, language))
        (figures::cards(&drawn(engine, &choice, language)?, &FIGURES.map(str::to_owned)))
        (ranks(&choice, language))
        @if !edition.strangers.is_empty() {
            h2 { (label("readiness.strangers_title", language)) }
            ul {
                @for cell in &edition.strangers {
                    li { (record(&cell.id, language)) " " (cell.province) " " (cell.province_name) }
                }
            }
        }
    };
    Ok(content(engine, visit, &choice, label("readiness.title", language), body))
}

/// The page of one province.
pub(super) fn province(engine: &Engine, visit: &Visit) -> Result<Markup, WebError> {
    let language = visit.language;
    let Some(choice) = choose(engine, visit)? else { return nothing(engine, visit) };
    let edition = &choice.now.table;
    let first = edition.ordered(&choice.indicator).first().map(|row| row.place.code.clone());
    let wanted = visit.one("province").map(str::to_owned).or(first).unwrap_or_default();
    let row = edition.row(&wanted).map_err(EngineError::from)?;
    let found = profile(edition, row, choice.before.as_ref(), &choice.indicator);
    let decimals = edition.family.decimals;
    let line = |line: &Line| -> Vec<Cell> {
        let text = |text: Option<String>| text.map_or(Cell::Empty, Cell::Text);
        let value = text(written::values(&line.values, decimals, language));
        let value = match line.records.first() {
            Some(id) => Cell::Link(Box::new(value), record_link(id, language)),
            None => value,
        };
        vec![
            Cell::Text(written::name(edition, &line.indicator, language)),
            value,
            Cell::Text(written::standing(&line.standing, edition, language)),
            Cell::Text(written::region(line, decimals, language)),
            Cell::Text(written::best(line, decimals, language)),
            text(Some(line.sources.join("; ")).filter(|text| !text.is_empty())),
        ]
    };
    let shown = Table {
        caption: format!("{} – {}", row.place.name, row.place.region),
        headers: PROFILE_HEADS.iter().map(|key| label(key, language).to_owned()).collect(),
        rows: found.lines.iter().map(line).collect(),
        totals: Vec::new(),
    };
    let body = html! {
        (form(&choice, visit, Some(&row.place.code)))
        (about(&choice, language))
        p { strong { (written::pulled(&found.from_best, edition, language)) } }
        @if let Some(pulled) = &found.from_before {
            p { strong { (written::pulled(pulled, edition, language)) } }
        }
        (table(&shown, language))
        p.actions { a href=(link("/readiness", &choice, language).text()) { (label("readiness.title", language)) } }
    };
    Ok(content(engine, visit, &choice, &row.place.name, body))
}

fn choose(engine: &Engine, visit: &Visit) -> Result<Option<Choice>, WebError> {
    let scope = Scope::everything();
    let (_, families) = engine.readiness_families(&scope)?;
    let first = families.first().map(|held| held.family.id.clone());
    let Some(family) = visit.one("family").map(str::to_owned).or(first) else { return Ok(None) };
    // The edition of a form may be of the family that was shown before.
    let is_of = |name: &&str| {
        let held = families.iter().find(|held| held.family.id == family);
        held.is_none_or(|held| held.editions.iter().any(|known| known == name))
    };
    let now = engine.readiness(&family, visit.one("edition").filter(is_of), &scope)?;
    let usual = now.held.before(&now.table.edition.name).map(str::to_owned);
    let before = visit.one("against").filter(is_of).map(str::to_owned).or(usual);
    let before = before.map(|edition| engine.readiness(&family, Some(&edition), &scope)).transpose()?;
    let asked =
        visit.one("indicator").filter(|name| now.table.indicators().iter().any(|known| known == name));
    let indicator = now.table.indicator(asked).map_err(EngineError::from)?;
    Ok(Some(Choice { families, now, before: before.map(|held| held.table), indicator }))
}

/// Counts of the cells of this family and edition; with several names of one family, those of the first.
fn drawn<'e>(engine: &'e Engine, choice: &Choice, language: Language) -> Result<Drawn<'e>, WebError> {
    let edition = choice.now.table.edition.name.clone();
    let family = choice.now.held.stored.first().cloned();
    let filters = BTreeMap::from([("family".to_owned(), family), ("edition".to_owned(), Some(edition))]);
    let asked = Asked {
        filters,
        as_of: Some(engine.clock().today()),
        snapshot: Some(choice.now.commit),
        ..Asked::default()
    };
    let figures: BTreeMap<String, Arc<Measure>> =
        engine.figures(&FIGURES.map(str::to_owned), &asked, &Scope::everything())?;
    Ok(Drawn { engine, asked, language, figures, compared: Vec::new() })
}

fn about(choice: &Choice, language: Language) -> Markup {
    let edition = &choice.now.table;
    let broken = choice.before.as_ref().map(|before| breaks(before, edition, &choice.indicator));
    html! {
        ul { @for line in written::cautions(edition, &choice.indicator, language) { li { (line) } } }
        @if let (Some(before), Some(broken)) = (&choice.before, &broken) {
            p {
                (sentence("readiness.against", language, &[("edition", &before.edition.name)])) " "
                @if broken.is_empty() { span.badge { (label("readiness.comparable", language)) } }
                @for known in broken {
                    span.badge { (label("readiness.not_comparable", language)) ": " (written::broken(known, language)) } " "
                }
            }
        }
        @for pair in edition.reversed(&choice.indicator) {
            p { span.badge { (label("readiness.contradiction", language)) } " " (written::reversed(&pair, edition, language)) }
        }
    }
}

fn ranks(choice: &Choice, language: Language) -> Markup {
    let (edition, indicator) = (&choice.now.table, &choice.indicator);
    let decimals = edition.family.decimals;
    let cells = |row: &Row| -> Vec<Cell> {
        let reading = row.reading(indicator).cloned().unwrap_or_default();
        let to = link("/readiness/province", choice, language).with("province", &row.place.code).text();
        let value = written::values(&reading.values(), decimals, language).map_or(Cell::Empty, Cell::Text);
        let value = match reading.cells.first() {
            Some(cell) => Cell::Link(Box::new(value), record_link(&cell.id, language)),
            None => value,
        };
        let moved = choice.before.as_ref().map_or(Cell::Empty, |before| {
            let moved = written::movement_of(before, edition, row, indicator);
            Cell::Text(written::movement(&moved, before, language))
        });
        let said: Vec<String> = [
            reading.is_contradicted().then(|| label("readiness.contradiction", language).to_owned()),
            edition.agreement(row, indicator).map(|known| written::agreement(known, language).to_owned()),
        ]
        .into_iter()
        .flatten()
        .chain(reading.cells.iter().filter_map(|cell| cell.source.clone()))
        .collect();
        vec![
            Cell::Link(Box::new(Cell::Text(row.place.name.clone())), to),
            Cell::Text(written::standing(&edition.standing(row, indicator), edition, language)),
            value,
            moved,
            Cell::Text(said.join("; ")),
        ]
    };
    let shown = Table {
        caption: format!(
            "{} {} – {}",
            edition.family.name.text(language),
            edition.edition.name,
            written::name(edition, indicator, language)
        ),
        headers: RANK_HEADS.iter().map(|key| label(key, language).to_owned()).collect(),
        rows: edition.ordered(indicator).into_iter().map(cells).collect(),
        totals: Vec::new(),
    };
    table(&shown, language)
}

fn form(choice: &Choice, visit: &Visit, province: Option<&str>) -> Markup {
    let language = visit.language;
    let edition = &choice.now.table;
    let before = choice.before.as_ref().map(|before| before.edition.name.as_str());
    html! {
        form.search action=(visit.path) method="get" {
            @if language == Language::En { input type="hidden" name="lang" value="en"; }
            label { (label("readiness.family", language))
                select name="family" {
                    @for held in &choice.families {
                        option value=(held.family.id) selected[held.family.id == edition.family.id] { (held.family.name.text(language)) }
                    }
                }
            }
            label { (label("readiness.edition_name", language))
                select name="edition" {
                    @for name in &choice.now.held.editions { option selected[*name == edition.edition.name] { (name) } }
                }
            }
            label { (label("readiness.against_name", language))
                select name="against" {
                    @for name in &choice.now.held.editions { option selected[before == Some(name)] { (name) } }
                }
            }
            label { (label("readiness.indicator", language))
                select name="indicator" {
                    @for code in &edition.indicators() {
                        option value=(code) selected[*code == choice.indicator] { (written::name(edition, code, language)) }
                    }
                }
            }
            @if let Some(province) = province {
                label { (label("readiness.province", language))
                    select name="province" {
                        @for row in edition.rows() {
                            option value=(row.place.code) selected[row.place.code == province] { (row.place.name) }
                        }
                    }
                }
            }
            button type="submit" { (label("page.go", language)) }
        }
    }
}

fn nothing(engine: &Engine, visit: &Visit) -> Result<Markup, WebError> {
    let body = html! { p { (label("readiness.nothing", visit.language)) } };
    let title = label("readiness.title", visit.language).to_owned();
    Ok(frame::page(engine, visit, &Content { title, commit: None, body }))
}

fn content(engine: &Engine, visit: &Visit, choice: &Choice, name: &str, body: Markup) -> Markup {
    let (language, edition) = (visit.language, &choice.now.table);
    let family = edition.family.name.text(language);
    let title = format!("{name} – {family} {}", edition.edition.name);
    frame::page(engine, visit, &Content { title, commit: Some(choice.now.commit), body })
}

/// A page of the same family, editions and indicator.
fn link(path: &str, choice: &Choice, language: Language) -> Link {
    let edition = &choice.now.table;
    let mut link = Link::to(path, language)
        .with("family", &edition.family.id)
        .with("edition", &edition.edition.name)
        .with("indicator", &choice.indicator);
    if let Some(before) = &choice.before {
        link = link.with("against", &before.edition.name);
    }
    link
}

fn record_link(id: &str, language: Language) -> String {
    Link::to(&format!("/records/{id}"), language).text()
}

fn record(id: &str, language: Language) -> Markup {
    html! { a href=(record_link(id, language)) { (id) } }
}
