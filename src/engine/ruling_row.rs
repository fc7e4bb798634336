//! A ruling as a row of its dataset, and back.
//!
//! A row that cannot be read back is an error and not skipped: a book of cases with a page torn out would
//! put petitions where nobody put them.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::definition::dataset::Dataset;
use crate::domain::clock::Instant;
use crate::domain::id::RecordId;
use crate::domain::record::{Operation, Record, Value};
use crate::duplicates::casebook::ruling::{Act, Pair, Placed, Proposal, Ruling};
use crate::duplicates::relation::Proposed;
use crate::duplicates::signal::Levels;
use crate::engine::EngineError;
use crate::engine::snapshot::Snapshot;
use crate::sql::encode::objects;
use crate::store::StoreError;
use crate::store::file;
use crate::store::home::Home;
use crate::store::schema::TableKind;

/// The dataset.
pub(super) const DATASET: &str = "rulings";
/// The source system of rulings made here.
const SYSTEM: &str = "thanhtra";

/// Every ruling of a snapshot, oldest first.
///
/// # Errors
/// The table is damaged, or a row is no ruling.
pub(super) fn all(home: &Home, snapshot: &Snapshot) -> Result<Vec<Ruling>, EngineError> {
    let Ok(dataset) = snapshot.dataset(DATASET) else { return Ok(Vec::new()) };
    let Some(state) = snapshot.table(DATASET, TableKind::Main) else { return Ok(Vec::new()) };
    let (table, schema) = (TableKind::Main.path(DATASET), TableKind::Main.schema(dataset));
    let mut rulings = Vec::new();
    for data in &state.files {
        for batch in file::batches(home, &table, data, &schema)? {
            for row in objects(&[batch?])? {
                let found = read(&row);
                rulings.push(found.ok_or_else(|| {
                    let id = row.get("id").and_then(Json::as_str).unwrap_or_default();
                    StoreError::damaged(&table, format!("the row `{id}` is no ruling"))
                })?);
            }
        }
    }
    rulings.sort_by_key(|ruling| ruling.ordinal);
    Ok(rulings)
}

/// The ruling as a record of `dataset`.
pub(super) fn record(dataset: &Dataset, ruling: &Ruling) -> Record {
    let mut values = vec![Value::Null; dataset.columns.len()];
    for (name, value) in values_of(ruling) {
        if let Some(slot) = dataset.position(name).and_then(|place| values.get_mut(place)) {
            *slot = value;
        }
    }
    Record {
        source_system: SYSTEM.to_owned(),
        source_id: ruling.ordinal.to_string(),
        operation: Operation::Upsert,
        values,
        extra: String::new(),
        line: 1,
        children: Vec::new(),
    }
}

fn values_of(ruling: &Ruling) -> Vec<(&'static str, Value)> {
    let text = |text: &dyn ToString| Value::Text(text.to_string());
    let mut values = vec![
        ("ordinal", Value::Integer(i64::try_from(ruling.ordinal).unwrap_or(i64::MAX))),
        ("kind", text(&kind(&ruling.act))),
        ("decided_at", Value::Instant(ruling.at)),
        ("decided_by", text(&ruling.by)),
    ];
    if !ruling.reason.is_empty() {
        values.push(("reason", text(&ruling.reason)));
    }
    match &ruling.act {
        Act::Decide { pair, relation } => values.extend([
            ("petition", text(&pair.later)),
            ("other", text(&pair.earlier)),
            ("relation", text(&relation.code())),
        ]),
        Act::Undo { ordinal } => values.push(("undoes", text(ordinal))),
        Act::Attach | Act::Split => {}
    }
    if let Some(placed) = &ruling.placed {
        let moved: Vec<String> = placed.moved.iter().map(RecordId::to_string).collect();
        values.extend([("case_number", text(&placed.number)), ("moved", text(&moved.join(" ")))]);
        values.extend(placed.adopted.iter().map(|source| ("adopted", text(source))));
    }
    if let Some(proposal) = &ruling.proposal {
        values.extend([
            ("proposed", text(&proposal.relation.code())),
            ("proposed_score", Value::Number(proposal.score)),
            ("proposed_levels", text(&proposal.levels.to_line())),
        ]);
    }
    values
}

fn kind(act: &Act) -> &'static str {
    match act {
        Act::Decide { .. } => "decide",
        Act::Attach => "attach",
        Act::Split => "split",
        Act::Undo { .. } => "undo",
    }
}

fn read(row: &Json) -> Option<Ruling> {
    let text = |name: &str| row.get(name).and_then(Json::as_str);
    let id = |name: &str| text(name)?.parse::<RecordId>().ok();
    let act = match text("kind")? {
        "decide" => Act::Decide {
            pair: Pair::of(id("petition")?, id("other")?)?,
            relation: Proposed::from_code(text("relation")?)?,
        },
        "attach" => Act::Attach,
        "split" => Act::Split,
        "undo" => Act::Undo { ordinal: text("undoes")?.parse().ok()? },
        _ => return None,
    };
    let placed = match text("case_number") {
        None => None,
        Some(number) => {
            let moved = text("moved").unwrap_or_default().split_whitespace();
            let moved: BTreeSet<RecordId> = moved.map(str::parse).collect::<Result<_, _>>().ok()?;
            let adopted = text("adopted").map(str::parse).transpose().ok()?;
            Some(Placed { number: number.parse().ok()?, moved, adopted })
        }
    };
    let proposal = text("proposed").and_then(Proposed::from_code);
    let score = row.get("proposed_score").and_then(Json::as_f64).unwrap_or_default();
    let levels = Levels::parse(text("proposed_levels").unwrap_or_default());
    Some(Ruling {
        ordinal: row.get("ordinal").and_then(Json::as_u64)?,
        act,
        placed,
        by: text("decided_by").unwrap_or_default().to_owned(),
        at: instant(text("decided_at")?)?,
        reason: text("reason").unwrap_or_default().to_owned(),
        proposal: proposal.map(|relation| Proposal { relation, score, levels }),
    })
}

/// RFC 3339, as rows are written out.
fn instant(text: &str) -> Option<Instant> {
    let read = chrono::DateTime::parse_from_rfc3339(text).ok();
    read.map(|at| Instant(at.timestamp_micros()))
}
