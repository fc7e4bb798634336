//! Paths that are not the API's: pages, from the function that the server was given.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;

use crate::domain::limits::HTTP_PARAMETERS_MAX;
use crate::http::{HttpError, Server, call, form, gate, problem, run};
use crate::present::page::{Keep, Shown, Visit};

/// Shows the page at the request's path.
pub(super) async fn show(server: Server, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let parameters = run::parameters(&parts).unwrap_or_default();
    let language = call::language(&parameters, &parts.headers);
    let is_read = parts.method == Method::GET || parts.method == Method::HEAD;
    let is_page = is_read || parts.method == Method::POST;
    if !is_page || parts.uri.path().starts_with("/api/") || parameters.len() > HTTP_PARAMETERS_MAX {
        return problem::response(&HttpError::NoRoute, language);
    }
    let path = parts.uri.path().to_owned();
    let headers = parts.headers.clone();
    let form = if is_read { None } else { Some(form::read(Request::from_parts(parts, body)).await) };
    // HTTP may have a word of its own for what the page then tells.
    let refused = form.as_ref().and_then(|form| form.as_ref().err()).map(problem::status_of);
    let form = form.map(|form| form.map_err(|error| problem::refused(&error)));
    let visit = Visit { path, parameters, form, language, is_simulated: false };
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).map(str::to_owned);
    match shown(server, visit).await {
        Ok(shown) => {
            let mut response = response(shown, known.as_deref());
            *response.status_mut() = refused.unwrap_or(response.status());
            response
        }
        Err(error) => problem::response(&error, language),
    }
}

async fn shown(server: Server, mut visit: Visit) -> Result<Shown, HttpError> {
    let slot = Arc::clone(&server.0.slots.reads).acquire_owned().await.ok();
    let done = tokio::task::spawn_blocking(move || {
        visit.is_simulated = server.is_simulated()?;
        let shown = (server.0.pages)(&visit);
        drop(slot);
        Ok(shown)
    });
    done.await.unwrap_or(Err(HttpError::Defect("a page ended before it was written")))
}

fn response(shown: Shown, known: Option<&str>) -> Response {
    let keep = match shown.keep {
        Keep::Never => "no-store",
        Keep::Asking => "private, no-cache",
        Keep::Always => "public, max-age=31536000, immutable",
    };
    let tag = (shown.keep == Keep::Asking).then(|| tag(&shown.body));
    let is_known = tag.is_some() && tag.as_deref() == known;
    let status = if is_known {
        StatusCode::NOT_MODIFIED
    } else {
        let done = if shown.go_to.is_some() { StatusCode::SEE_OTHER } else { StatusCode::OK };
        shown.failure.map_or(done, problem::status)
    };
    let mut response = Response::new(if is_known { Body::empty() } else { Body::from(shown.body) });
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(shown.media_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    if let Some(place) = shown.go_to.and_then(|place| HeaderValue::from_str(&place).ok()) {
        headers.insert(LOCATION, place);
    }
    if let Some(tag) = tag.and_then(|tag| HeaderValue::from_str(&tag).ok()) {
        headers.insert(ETAG, tag);
    }
    gate::labelled(response, shown.route)
}

/// The page's bytes, as an entity tag; a weak one, for the page may go out packed or not.
fn tag(body: &[u8]) -> String {
    format!("W/\"{:032x}\"", xxhash_rust::xxh3::xxh3_128(body))
}
