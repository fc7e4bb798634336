//! `GET /api/v1/readiness…`: families, one edition with its ranks and movements, one province's profile.

use serde_json::{Value as Json, json};

use crate::engine::EngineError;
use crate::engine::readiness::HeldEdition;
use crate::http::HttpError;
use crate::http::call::Call;
use crate::http::reply::Reply;
use crate::readiness::profile::profile;
use crate::readiness::table::Table;
use crate::readiness::written;

/// `GET /api/v1/readiness`.
pub(super) fn families(call: &Call) -> Result<Reply, HttpError> {
    let (commit, families) = call.engine().readiness_families(&call.scope())?;
    let families = families.iter().map(|held| {
        json!({ "family": held.family.id, "name": held.family.name.text(call.language),
                "is": held.family.is.text(call.language), "is_not": held.family.is_not.text(call.language),
                "editions": held.editions })
    });
    let families: Vec<Json> = families.collect();
    Reply::json(call, commit, json!({ "commit": commit, "families": families }))
}

/// `GET /api/v1/readiness/{family}/{edition}`.
pub(super) fn edition(call: &Call) -> Result<Reply, HttpError> {
    let (now, before, indicator) = asked(call)?;
    let mut answer = written::table_json(&now.table, before.as_ref(), &indicator, call.language);
    answer["commit"] = json!(now.commit);
    Reply::json(call, now.commit, answer)
}

/// `GET /api/v1/readiness/{family}/{edition}/{province}`.
pub(super) fn province(call: &Call) -> Result<Reply, HttpError> {
    let (now, before, indicator) = asked(call)?;
    let row = now.table.row(call.named(2)).map_err(EngineError::from)?;
    let found = profile(&now.table, row, before.as_ref(), &indicator);
    let mut answer = written::profile_json(&found, &now.table, call.language);
    answer["commit"] = json!(now.commit);
    answer["cautions"] = json!(written::cautions(&now.table, &indicator, call.language));
    Reply::json(call, now.commit, answer)
}

/// The edition, the earlier one it is set against, and the indicator.
fn asked(call: &Call) -> Result<(HeldEdition, Option<Table>, String), HttpError> {
    let scope = call.scope();
    let now = call.engine().readiness(call.named(0), Some(call.named(1)), &scope)?;
    let before = match call.one("against") {
        Some(edition) => Some(call.engine().readiness(call.named(0), Some(edition), &scope)?.table),
        None => None,
    };
    let indicator = now.table.indicator(call.one("indicator")).map_err(EngineError::from)?;
    Ok((now, before, indicator))
}
