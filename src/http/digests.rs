//! Digests: the templates there are, and the messages of one as they would go. Nothing is put or sent from here.

use serde_json::{Value as Json, json};

use crate::engine::digests::Wanted;
use crate::http::HttpError;
use crate::http::call::Call;
use crate::http::metric::asked;
use crate::http::reply::Reply;
use crate::metrics::ask::Asked;
use crate::metrics::digest::Message;

/// `GET /api/v1/digests`.
pub(super) fn list(call: &Call) -> Result<Reply, HttpError> {
    let snapshot = call.engine().snapshot()?;
    let templates = snapshot.catalog().digests().map(|digest| {
        json!({ "template": digest.name, "version": digest.version, "title": digest.title.text(call.language),
                "audience": digest.audience.text(call.language), "by": digest.by, "metrics": digest.metrics() })
    });
    let templates: Vec<Json> = templates.collect();
    let commit = snapshot.version();
    Reply::json(call, commit, json!({ "commit": commit, "digests": templates }))
}

/// `GET /api/v1/digests/{template}`: a dry run.
pub(super) fn digest(call: &Call) -> Result<Reply, HttpError> {
    let engine = call.engine();
    let asked = asked(call)?;
    // All messages are of one snapshot and one day, and say so.
    let open = asked.period.is_none() || asked.as_of.is_some() || asked.snapshot.is_some();
    let newest = engine.snapshot()?.version();
    let asked = if open {
        let (as_of, snapshot) =
            (asked.as_of.unwrap_or(engine.clock().today()), asked.snapshot.unwrap_or(newest));
        Asked { as_of: Some(as_of), snapshot: Some(snapshot), ..asked }
    } else {
        asked
    };
    let wanted = Wanted {
        template: call.named(0).to_owned(),
        unit: call.one("unit").map(str::to_owned),
        is_marked: call.switch("marked")?,
        language: call.language,
    };
    let messages = engine.digest(&wanted, &asked, &call.scope())?;
    let commit = asked.snapshot.unwrap_or(newest);
    let messages: Vec<Json> = messages.iter().map(Message::json).collect();
    Reply::json(
        call,
        commit,
        json!({ "commit": commit, "as_of": asked.as_of.map(|day| day.to_string()), "dry_run": true, "messages": messages }),
    )
}
