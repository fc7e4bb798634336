//! The scorecard of sources: figures of the metric layer, put together.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::metrics::ask::Asked;
use crate::metrics::compose::Side;
use crate::metrics::measure::Measure;
use crate::sql::encode::objects;

/// Metrics over everything.
const WHOLE: [&str; 6] = [
    "coverage_sending_of_expected",
    "feeds_fresh_of_all",
    "entries_complete_of_all",
    "entries_undated_of_all",
    "entries_late_of_dated",
    "petitions_in_both",
];
/// Metrics by source system.
const BY_SOURCE: [&str; 4] =
    ["entries_complete_of_all", "entries_undated_of_all", "entries_late_of_dated", "feeds_fresh_of_all"];
/// Whose rows are those who are silent.
const SILENT: &str = "coverage_silent";

/// The scorecard.
#[derive(Debug, Clone)]
pub struct Scorecard {
    /// Figures over everything.
    pub whole: Vec<Arc<Measure>>,
    /// Figures by source system.
    pub by_source: Vec<Arc<Measure>>,
    /// First rows of those who must send and are silent or quiet.
    pub silent: Vec<Json>,
}

/// The scorecard of `engine`'s store.
///
/// # Errors
/// As [`Engine::measure`].
pub fn scorecard(engine: &Engine, asked: &Asked, scope: &Scope) -> Result<Scorecard, EngineError> {
    let snapshot = asked.snapshot.unwrap_or(engine.snapshot()?.version());
    let asked = Asked { snapshot: Some(snapshot), ..asked.clone() };
    let by_source = Asked { by: vec!["source".to_owned()], ..asked.clone() };
    let silent = engine.measure(SILENT, &asked, scope)?;
    let rows = engine.figure_rows(silent.inputs(), Side::Numerator, 0, scope)?;
    Ok(Scorecard {
        whole: in_order(engine, &WHOLE, &asked, scope)?,
        by_source: in_order(engine, &BY_SOURCE, &by_source, scope)?,
        silent: objects(&rows.batches)?,
    })
}

fn in_order(
    engine: &Engine,
    names: &[&str],
    asked: &Asked,
    scope: &Scope,
) -> Result<Vec<Arc<Measure>>, EngineError> {
    let owned: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut measures = engine.figures(&owned, asked, scope)?;
    Ok(names.iter().filter_map(|name| measures.remove(*name)).collect())
}
