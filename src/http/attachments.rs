//! Files of a record: listed, taken in, given back.

use serde_json::{Value as Json, json};

use crate::domain::commit::CommitVersion;
use crate::engine::attachments::{Attachment, NewFile};
use crate::formats::media;
use crate::http::HttpError;
use crate::http::call::{Call, wrong};
use crate::http::reply::{Reply, notice};
use crate::store::attachments::FileHash;

/// `GET /api/v1/records/{id}/attachments`.
pub(super) fn list(call: &Call) -> Result<Reply, HttpError> {
    let commit = call.engine().snapshot()?.version();
    let listed = call.engine().attachments_of(call.id()?, &call.scope())?;
    let listed: Vec<Json> = listed.iter().map(described).collect();
    Reply::json(call, commit, json!({ "commit": commit, "attachments": listed }))
}

/// `POST /api/v1/records/{id}/attachments`: one file, its bytes as they are.
pub(super) fn attach(call: &Call) -> Result<Reply, HttpError> {
    let name = call.one("file_name").ok_or_else(|| wrong("file_name", "write the name of the file"))?;
    let file = NewFile { name: name.to_owned(), bytes: call.body.to_vec() };
    let done = call.engine().attach(call.id()?, &[file], &call.scope())?;
    let hash = done.hashes.first().map(ToString::to_string);
    let counts = done.counts;
    let json = json!({ "commit": done.commit, "hash": hash, "inserted": counts.inserted,
                       "updated": counts.updated, "unchanged": counts.unchanged });
    Reply::json(call, done.commit, json)
}

/// `GET /api/v1/records/{id}/attachments/{hash}`: the bytes, never to be shown in place.
pub(super) fn attachment(call: &Call) -> Result<Reply, HttpError> {
    let hash: Result<FileHash, _> = call.named(1).parse();
    let hash = hash.map_err(|error| wrong("hash", &error.to_string()))?;
    let commit: CommitVersion = call.engine().snapshot()?.version();
    let (listed, bytes) = call.engine().attachment(call.id()?, &hash, &call.scope())?;
    Ok(Reply {
        media_type: media::known(listed.media_type.as_deref().unwrap_or_default()),
        body: bytes.to_vec(),
        commit: Some(commit),
        notice: notice(call)?,
        file: Some(listed.name.unwrap_or_else(|| hash.to_string())),
    })
}

/// A file as JSON.
pub(super) fn described(file: &Attachment) -> Json {
    json!({ "hash": file.hash, "name": file.name, "media_type": file.media_type, "size": file.size,
            "kept": file.is_kept, "secret": file.is_secret })
}
