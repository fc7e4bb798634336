//! Errors as RFC 9457 problem documents: the one place that turns a kind into a status.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::json;

use crate::definition::labels;
use crate::domain::error::{Classified, ErrorKind};
use crate::domain::language::Language;
use crate::engine::EngineError;
use crate::http::HttpError;
use crate::present::page::Refused;
use crate::search::language::fault::LanguageError;

/// The status of a kind.
pub(super) fn status(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::InvalidInput => StatusCode::BAD_REQUEST,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Corrupt | ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorKind::Gone => StatusCode::GONE,
    }
}

/// Key of the label that names a kind.
fn title_key(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound => "problem.not_found",
        ErrorKind::InvalidInput => "problem.invalid_input",
        ErrorKind::Conflict => "problem.conflict",
        ErrorKind::Unauthenticated => "problem.unauthenticated",
        ErrorKind::Forbidden => "problem.forbidden",
        ErrorKind::TooLarge => "problem.too_large",
        ErrorKind::TooManyRequests => "problem.too_many_requests",
        ErrorKind::Timeout => "problem.timeout",
        ErrorKind::Unavailable => "problem.unavailable",
        ErrorKind::Corrupt => "problem.corrupt",
        ErrorKind::Gone => "problem.gone",
        ErrorKind::Internal => "problem.internal",
    }
}

/// The error as a response. `detail` is in the language asked for; `reason` is the exact sentence of the
/// program, in English, which names columns, limits and places.
pub(super) fn response(error: &HttpError, language: Language) -> Response {
    let status = status_of(error);
    let code = error.code();
    let reason = error.to_string();
    let mut document = json!({
        "type": format!("urn:thanhtra:problem:{code}"),
        "title": labels::label(title_key(error.kind()), language),
        "status": status.as_u16(),
        "detail": detail(error, language).unwrap_or_else(|| reason.clone()),
        "code": code,
        "reason": reason,
    });
    if let Some(wrong) = in_language(error) {
        document["place"] = json!(wrong.place);
        document["repair"] = json!(wrong.repair);
    }
    let mut response = Response::new(Body::from(document.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = retry_after(error) {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The same for a page to tell.
pub(super) fn refused(error: &HttpError) -> Refused {
    Refused { kind: error.kind(), code: error.code(), reason: error.to_string() }
}

/// Refusals that HTTP has a word of its own for; every other error goes by its kind.
pub(super) fn status_of(error: &HttpError) -> StatusCode {
    match error {
        HttpError::NoMethod => StatusCode::METHOD_NOT_ALLOWED,
        HttpError::MediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        HttpError::ForeignHost => StatusCode::MISDIRECTED_REQUEST,
        HttpError::NoRoute
        | HttpError::UnknownParameter { .. }
        | HttpError::Parameter { .. }
        | HttpError::TooManyParameters { .. }
        | HttpError::BodyTooLarge { .. }
        | HttpError::Body(_)
        | HttpError::ForeignOrigin
        | HttpError::Busy { .. }
        | HttpError::TimedOut { .. }
        | HttpError::Engine(_)
        | HttpError::Defect(_)
        | HttpError::Serve(_) => status(error.kind()),
    }
}

/// The sentence of the error's code, if the list of labels has one. The program's own sentence says more
/// and is English already.
fn detail(error: &HttpError, language: Language) -> Option<String> {
    if let Some(wrong) = in_language(error) {
        return Some(wrong.told(language));
    }
    let code = error.code();
    let is_listed = language == Language::Vi && labels::label(code, language) != code;
    is_listed.then(|| match error {
        HttpError::UnknownParameter { name, .. } | HttpError::Parameter { name, .. } => {
            labels::sentence(code, language, &[("name", name)])
        }
        _ => labels::label(code, language).to_owned(),
    })
}

/// What is wrong with a search text: its place in characters and a text that would do are given apart.
fn in_language(error: &HttpError) -> Option<&LanguageError> {
    match error {
        HttpError::Engine(error) => error.in_language(),
        _ => None,
    }
}

fn retry_after(error: &HttpError) -> Option<u64> {
    match error {
        HttpError::Busy { seconds } | HttpError::Engine(EngineError::QueueFull { seconds }) => Some(*seconds),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_of_this_face_has_a_sentence_in_vietnamese() {
        let name = || "limit".to_owned();
        let errors = [
            HttpError::NoRoute,
            HttpError::NoMethod,
            HttpError::UnknownParameter { name: name(), suggestion: String::new() },
            HttpError::Parameter { name: name(), expected: String::new() },
            HttpError::TooManyParameters { found: 2, limit: 1 },
            HttpError::BodyTooLarge { limit: 1 },
            HttpError::Body(""),
            HttpError::MediaType(""),
            HttpError::ForeignHost,
            HttpError::ForeignOrigin,
            HttpError::Busy { seconds: 1 },
            HttpError::TimedOut { seconds: 1 },
            HttpError::Defect(""),
        ];
        for error in errors {
            assert!(detail(&error, Language::Vi).is_some(), "{}", error.code());
            let title = title_key(error.kind());
            assert_ne!(labels::label(title, Language::Vi), title);
        }
    }

    #[test]
    fn a_full_queue_says_when_to_come_again() {
        let error = HttpError::Engine(EngineError::QueueFull { seconds: 3 });
        let response = response(&error, Language::Vi);
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[RETRY_AFTER], "3");
    }
}
