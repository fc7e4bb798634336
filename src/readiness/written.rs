//! Values, ranks, movements and breaks in the words people read, and whole tables as JSON.
//!
//! Every face writes through here, so that a page, a command and the API say the same of the same cells.

use serde_json::{Value as Json, json};

use crate::definition::labels::{label, sentence};
use crate::domain::language::Language;
use crate::readiness::cell::{Known, Origin};
use crate::readiness::comparable::{Break, breaks};
use crate::readiness::family::{Mark, Ranks};
use crate::readiness::movement::{Movement, moved};
use crate::readiness::profile::{Against, Line, NotPulled, Profile, Pulled};
use crate::readiness::recipe::shown_digits;
use crate::readiness::table::{Agreement, Reversed, Row, Standing, Table, Unranked};

/// A value in `decimals` places, half up: `0,8654`.
#[must_use]
pub fn shown(value: f64, decimals: u32, language: Language) -> String {
    let digits = shown_digits(value, decimals);
    let places = usize::try_from(decimals).unwrap_or_default();
    let text = format!("{:0width$}", digits.unsigned_abs(), width = places + 1);
    let (whole, part) = text.split_at(text.len() - places);
    let sign = if digits < 0 { "-" } else { "" };
    match places {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}{}{part}", language.pick(",", ".")),
    }
}

/// A difference with its sign.
#[must_use]
pub fn signed(value: f64, decimals: u32, language: Language) -> String {
    let text = shown(value, decimals, language);
    if shown_digits(value, decimals) > 0 { format!("+{text}") } else { text.replace('-', "−") }
}

/// How a value or rank came about, when it was not published: `suy ra`, `tự tính`.
#[must_use]
pub fn origin(origin: Origin, language: Language) -> Option<&'static str> {
    match origin {
        Origin::Published => None,
        Origin::Derived => Some(label("readiness.derived", language)),
        Origin::Computed => Some(label("readiness.computed", language)),
    }
}

/// Every value said: `0,8654`, `0,5498 (suy ra)`, `0,5 hoặc 0,6`; nothing when there is none.
#[must_use]
pub fn values(values: &[Known<f64>], decimals: u32, language: Language) -> Option<String> {
    let texts = values
        .iter()
        .map(|known| with_origin(&shown(known.value, decimals, language), known.origin, language));
    joined(texts, language)
}

/// Every rank said: `9 hoặc 7`; or why there is none.
#[must_use]
pub fn standing(standing: &Standing, table: &Table, language: Language) -> String {
    let texts =
        standing.ranks.iter().map(|known| with_origin(&known.value.to_string(), known.origin, language));
    let why = || standing.why.as_ref().map(|why| unranked(why, table, language)).unwrap_or_default();
    joined(texts, language).unwrap_or_else(why)
}

/// `tăng 3 bậc`, `tụt 10 bậc`, `giữ hạng`, or why that cannot be said.
#[must_use]
pub fn movement(movement: &Movement, before: &Table, language: Language) -> String {
    let one = |places: &i64| {
        let count = places.unsigned_abs().to_string();
        let count = [("count", count.as_str())];
        match places.signum() {
            1 => sentence("readiness.up", language, &count),
            -1 => sentence("readiness.down", language, &count),
            _ => label("readiness.same", language).to_owned(),
        }
    };
    match movement {
        Movement::Places(places) => joined(places.iter().map(one), language).unwrap_or_default(),
        Movement::OtherProvinces => label("readiness.other_provinces", language).to_owned(),
        Movement::NoneNow(_) => label("readiness.no_movement", language).to_owned(),
        Movement::NoneBefore(why) => {
            let why = unranked(why, before, language);
            sentence("readiness.none_before", language, &[("edition", &before.edition.name), ("why", &why)])
        }
    }
}

/// The movement of a province between two editions; none between other sets of provinces.
#[must_use]
pub fn movement_of(before: &Table, now: &Table, row: &Row, indicator: &str) -> Movement {
    if before.edition.provinces != now.edition.provinces {
        return Movement::OtherProvinces;
    }
    let then = before.rows().iter().find(|known| known.place == row.place);
    let then = then.map(|then| before.standing(then, indicator));
    let absent = Standing { ranks: Vec::new(), why: Some(Unranked::Absent) };
    moved(&then.unwrap_or(absent), &now.standing(row, indicator))
}

/// Why a province is unranked.
#[must_use]
pub fn unranked(why: &Unranked, table: &Table, language: Language) -> String {
    match why {
        Unranked::Absent => label("readiness.absent", language).to_owned(),
        Unranked::Disagreed => label("readiness.disagreed", language).to_owned(),
        Unranked::NotPublished => label("readiness.not_published", language).to_owned(),
        Unranked::Missing(parts) => {
            let names: Vec<String> = parts.iter().map(|code| name(table, code, language)).collect();
            sentence("readiness.missing", language, &[("parts", &names.join(", "))])
        }
    }
}

/// A break between two editions, as a badge says it.
#[must_use]
pub fn broken(known: &Break, language: Language) -> String {
    match known {
        Break::Method { before, now, is_sure } => {
            let values = [("before", before.text(language)), ("now", now.text(language))];
            let text = sentence("readiness.break_method", language, &values);
            if *is_sure { text } else { format!("{text} [{}]", label("page.unverified", language)) }
        }
        Break::Unknown { edition } => sentence("readiness.break_unknown", language, &[("edition", edition)]),
        Break::Provinces { before, now } => {
            let (before, now) = (before.to_string(), now.to_string());
            sentence("readiness.break_provinces", language, &[("before", &before), ("now", &now)])
        }
        Break::Ranked { only_before, only_now } => {
            let names = |names: &[&str]| if names.is_empty() { "–".to_owned() } else { names.join(", ") };
            let (before, now) = (names(only_before), names(only_now));
            sentence("readiness.break_ranked", language, &[("before", &before), ("now", &now)])
        }
    }
}

/// Two provinces whose ranks and values are in opposite order.
#[must_use]
pub fn reversed(pair: &Reversed, table: &Table, language: Language) -> String {
    let value = |value| shown(value, table.family.decimals, language);
    let (higher, lower) = (&pair.higher, &pair.lower);
    let values = [
        ("higher", higher.0.name.as_str()),
        ("higher_rank", &higher.1.to_string()),
        ("higher_value", &value(higher.2)),
        ("lower", &lower.0.name),
        ("lower_rank", &lower.1.to_string()),
        ("lower_value", &value(lower.2)),
    ];
    sentence("readiness.reversed", language, &values)
}

/// How a published whole agrees with its parts.
#[must_use]
pub fn agreement(agreement: Agreement, language: Language) -> &'static str {
    match agreement {
        Agreement::Exact => label("readiness.agrees", language),
        Agreement::Rounded => label("readiness.agrees_rounded", language),
        Agreement::Differs => label("readiness.differs", language),
    }
}

/// What pulled a province, or why that cannot be said.
#[must_use]
pub fn pulled(pulled: &Result<Pulled, NotPulled>, table: &Table, language: Language) -> String {
    let decimals = table.family.decimals;
    match pulled {
        Err(NotPulled::NoParts) => label("readiness.no_parts", language).to_owned(),
        Err(NotPulled::Missing(part)) => {
            sentence("readiness.no_part", language, &[("part", &name(table, part, language))])
        }
        Err(NotPulled::Broken(all)) => {
            let all: Vec<String> = all.iter().map(|known| broken(known, language)).collect();
            sentence("readiness.not_pulled", language, &[("why", &all.join("; "))])
        }
        Ok(known) => {
            let part = |pull: &crate::readiness::profile::Pull| {
                format!(
                    "{} {}",
                    name(table, &pull.indicator, language),
                    signed(pull.adds, decimals, language)
                )
            };
            let parts: Vec<String> = known.parts.iter().map(part).collect();
            let other = match &known.against {
                Against::Best(place) => place.name.clone(),
                Against::Edition(edition) => sentence("readiness.edition", language, &[("edition", edition)]),
            };
            let values = [
                ("other", other.as_str()),
                ("difference", &signed(known.difference, decimals, language)),
                ("parts", &parts.join("; ")),
            ];
            sentence("readiness.pulled", language, &values)
        }
    }
}

/// What an indicator is called.
#[must_use]
pub fn name(table: &Table, code: &str, language: Language) -> String {
    table.family.label_of(code).text(language).to_owned()
}

/// The region's mean with how many it is of: `0,5123 (8/14)`.
#[must_use]
pub fn region(line: &Line, decimals: u32, language: Language) -> String {
    let mean = line.region.map(|mean| {
        let (known, of) = (mean.known.to_string(), mean.of.to_string());
        let value = shown(mean.value, decimals, language);
        sentence("readiness.mean_of", language, &[("value", &value), ("known", &known), ("of", &of)])
    });
    mean.unwrap_or_else(|| "–".to_owned())
}

/// The best value with who has it: `0,9655 (Đà Nẵng)`.
#[must_use]
pub fn best(line: &Line, decimals: u32, language: Language) -> String {
    let best = line.best.as_ref().map(|(value, places)| {
        let names: Vec<&str> = places.iter().map(|place| place.name.as_str()).collect();
        format!("{} ({})", shown(*value, decimals, language), names.join(", "))
    });
    best.unwrap_or_else(|| "–".to_owned())
}

/// What must be known before a table is read: what the family is and is not, how it was made and when, how
/// full the table is.
#[must_use]
pub fn cautions(table: &Table, indicator: &str, language: Language) -> Vec<String> {
    let (family, edition) = (&table.family, &table.edition);
    let mut lines: Vec<String> =
        [&family.is, &family.is_not].map(|label| label.text(language).to_owned()).into();
    let day = edition.published_on.as_deref().unwrap_or(label("readiness.day_unknown", language));
    let method = table
        .method
        .as_ref()
        .map_or(label("readiness.method_unknown", language), |method| method.label.text(language));
    let is_sure = table.method.as_ref().is_some_and(|method| method.mark != Mark::Memory);
    let mark = if is_sure { String::new() } else { format!(" [{}]", label("page.unverified", language)) };
    lines.push(sentence("readiness.made", language, &[("day", day), ("method", method)]) + &mark);
    let (ranked, all) = table.coverage(indicator);
    let (ranked, all) = (ranked.to_string(), all.to_string());
    lines.push(sentence("readiness.coverage", language, &[("ranked", &ranked), ("all", &all)]));
    if family.ranks == Ranks::Computed {
        lines.push(label("readiness.ranks_computed", language).to_owned());
    }
    if !table.strangers.is_empty() {
        let count = table.strangers.len().to_string();
        lines.push(sentence("readiness.strangers", language, &[("count", &count)]));
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// A table, against an earlier one when there is one.
#[must_use]
pub fn table_json(table: &Table, before: Option<&Table>, indicator: &str, language: Language) -> Json {
    let rows = table.ordered(indicator).into_iter().map(|row| {
        let reading = row.reading(indicator).cloned().unwrap_or_default();
        let standing_now = table.standing(row, indicator);
        let movement_now = before.map(|before| {
            let moved = movement_of(before, table, row, indicator);
            json!({ "places": if let Movement::Places(places) = &moved { json!(places) } else { Json::Null },
                    "text": movement(&moved, before, language) })
        });
        json!({
            "province": row.place.code, "name": row.place.name, "region": row.place.region,
            "ranks": known_json(&standing_now.ranks), "values": known_json(&reading.values()),
            "unranked": standing_now.why.as_ref().map(|why| unranked(why, table, language)),
            "contradicted": reading.is_contradicted(), "movement": movement_now,
            "agreement": table.agreement(row, indicator).map(|known| agreement(known, language)),
            "cells": reading.cells.iter().map(cell_json).collect::<Vec<_>>(),
        })
    });
    let breaks = before.map(|before| {
        let all = breaks(before, table, indicator);
        all.iter().map(|known| broken(known, language)).collect::<Vec<_>>()
    });
    let reversed: Vec<String> =
        table.reversed(indicator).iter().map(|pair| reversed(pair, table, language)).collect();
    json!({
        "family": table.family.id, "name": table.family.name.text(language), "edition": table.edition.name,
        "published_on": table.edition.published_on, "method": table.edition.method,
        "provinces": table.edition.provinces, "indicator": indicator,
        "indicators": table.indicators(), "cautions": cautions(table, indicator, language),
        "against": before.map(|before| before.edition.name.clone()), "breaks": breaks,
        "reversed": reversed, "rows": rows.collect::<Vec<_>>(),
        "strangers": table.strangers.iter().map(cell_json).collect::<Vec<_>>(),
    })
}

/// The profile of a province.
#[must_use]
pub fn profile_json(profile: &Profile, table: &Table, language: Language) -> Json {
    let line = |line: &Line| {
        json!({
            "indicator": line.indicator, "label": name(table, &line.indicator, language),
            "values": known_json(&line.values), "ranks": known_json(&line.standing.ranks),
            "unranked": line.standing.why.as_ref().map(|why| unranked(why, table, language)),
            "region_mean": line.region.map(|mean| json!({ "value": mean.value, "of": mean.known, "provinces": mean.of })),
            "best": line.best.as_ref().map(|(value, places)| {
                json!({ "value": value, "provinces": places.iter().map(|place| &place.name).collect::<Vec<_>>() })
            }),
            "records": line.records, "sources": line.sources,
        })
    };
    let parts = |known: &Result<Pulled, NotPulled>| {
        json!({ "text": pulled(known, table, language),
                "parts": known.as_ref().ok().map(|known| {
                    let parts = known.parts.iter().map(|pull| json!({ "indicator": pull.indicator, "adds": pull.adds }));
                    parts.collect::<Vec<_>>()
                }) })
    };
    json!({
        "province": profile.place.code, "name": profile.place.name, "region": profile.place.region,
        "lines": profile.lines.iter().map(line).collect::<Vec<_>>(),
        "from_best": parts(&profile.from_best), "from_before": profile.from_before.as_ref().map(parts),
    })
}

fn cell_json(cell: &crate::readiness::cell::Cell) -> Json {
    json!({ "id": cell.id, "province": cell.province, "name": cell.province_name, "indicator": cell.indicator,
            "value": cell.value, "rank": cell.rank, "origin": cell.origin.code(), "source": cell.source,
            "note": cell.note })
}

fn known_json<T: serde::Serialize>(known: &[Known<T>]) -> Json {
    let all = known.iter().map(|known| json!({ "value": known.value, "origin": known.origin.code() }));
    Json::Array(all.collect())
}

fn with_origin(text: &str, of: Origin, language: Language) -> String {
    origin(of, language).map_or(text.to_owned(), |origin| format!("{text} ({origin})"))
}

fn joined(texts: impl Iterator<Item = String>, language: Language) -> Option<String> {
    let texts: Vec<String> = texts.collect();
    (!texts.is_empty()).then(|| texts.join(&format!(" {} ", label("readiness.or", language))))
}
