//! An answer before it becomes a response: bytes of a media type, the snapshot they are of, a notice.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::Value as Json;

use crate::definition::labels::label;
use crate::domain::commit::CommitVersion;
use crate::http::HttpError;
use crate::http::call::Call;

/// Header that names the snapshot.
pub(super) const COMMIT: HeaderName = HeaderName::from_static("thanhtra-commit");
/// Header that says the records are simulated, percent-encoded UTF-8 as in RFC 8187.
pub(super) const NOTICE: HeaderName = HeaderName::from_static("thanhtra-notice");

/// A reply.
pub(super) struct Reply {
    pub(super) media_type: &'static str,
    pub(super) body: Vec<u8>,
    pub(super) commit: Option<CommitVersion>,
    pub(super) notice: Option<String>,
    /// Name of the file it is offered as.
    pub(super) file: Option<String>,
}

impl Reply {
    /// A JSON object, with the notice in it when the store holds simulated records.
    pub(super) fn json(call: &Call, commit: CommitVersion, mut json: Json) -> Result<Self, HttpError> {
        let notice = notice(call)?;
        if let (Some(notice), Some(object)) = (&notice, json.as_object_mut()) {
            object.insert("notice".to_owned(), Json::from(notice.as_str()));
        }
        let body = serde_json::to_vec(&json).map_err(|_| HttpError::Defect("an answer is not JSON"))?;
        Ok(Self { media_type: "application/json", body, commit: Some(commit), notice, file: None })
    }

    /// Plain text about this server and no record.
    pub(super) fn text(text: String) -> Self {
        let media_type = "text/plain; charset=utf-8";
        Self { media_type, body: text.into_bytes(), commit: None, notice: None, file: None }
    }

    pub(super) fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(commit) = self.commit {
            headers.insert(COMMIT, HeaderValue::from(commit.0));
        }
        if let Some(notice) = self.notice.and_then(|notice| HeaderValue::from_str(&encoded(&notice)).ok()) {
            headers.insert(NOTICE, notice);
        }
        let file = self.file.map(|file| offered_as(&file));
        if let Some(file) = file.and_then(|file| HeaderValue::from_str(&file).ok()) {
            headers.insert(CONTENT_DISPOSITION, file);
        }
        *response.status_mut() = StatusCode::OK;
        response
    }
}

/// What every answer says while the store holds simulated records.
pub(super) fn notice(call: &Call) -> Result<Option<String>, HttpError> {
    let is_simulated = call.server.is_simulated()?;
    Ok(is_simulated.then(|| label("demo.banner", call.language).to_owned()))
}

/// A name in plain ASCII stands as it is, any other as in RFC 6266.
fn offered_as(file: &str) -> String {
    let is_plain = file.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if is_plain {
        format!("attachment; filename=\"{file}\"")
    } else {
        format!("attachment; filename*={}", encoded(file))
    }
}

fn encoded(text: &str) -> String {
    let mut encoded = String::from("UTF-8''");
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_in_a_header_is_plain_ascii() {
        assert_eq!(encoded("MÔ A"), "UTF-8''M%C3%94%20A");
        assert_eq!(offered_as("a.csv"), "attachment; filename=\"a.csv\"");
        assert_eq!(offered_as("\"đ\r\n"), "attachment; filename*=UTF-8''%22%C4%91%0D%0A");
    }
}
