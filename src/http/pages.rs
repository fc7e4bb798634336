//! Paths that are not the API's: pages, from the function that the server was given.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;

use crate::domain::limits::HTTP_PARAMETERS_MAX;
use crate::http::{HttpError, Server, call, gate, problem, run};
use crate::present::page::{Keep, Shown, Visit};

/// Shows the page at the request's path.
pub(super) async fn show(server: Server, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let parameters = run::parameters(&parts).unwrap_or_default();
    let language = call::language(&parameters, &parts.headers);
    let is_read = parts.method == Method::GET || parts.method == Method::HEAD;
    if !is_read || parts.uri.path().starts_with("/api/") || parameters.len() > HTTP_PARAMETERS_MAX {
        return problem::response(&HttpError::NoRoute, language);
    }
    let path = parts.uri.path().to_owned();
    let visit = Visit { path, parameters, language, is_simulated: false };
    match shown(server, visit).await {
        Ok(shown) => response(shown),
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

fn response(shown: Shown) -> Response {
    let mut response = Response::new(Body::from(shown.body));
    *response.status_mut() = shown.failure.map_or(StatusCode::OK, problem::status);
    let keep = match shown.keep {
        Keep::Never => "no-store",
        Keep::Always => "public, max-age=31536000, immutable",
    };
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(shown.media_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    gate::labelled(response, shown.route)
}
