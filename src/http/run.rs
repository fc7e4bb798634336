//! From a request to the function that answers it, and back.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Query, RawPathParams, Request};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use futures::StreamExt;
use tokio::sync::OwnedSemaphorePermit;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};

use crate::http::call::{self, Call};
use crate::http::reply::Reply;
use crate::http::routes::{Method, ROUTES, Route, Slot};
use crate::http::{HttpError, Server, gate, pages, problem};

/// The unit in which pushed bytes are counted.
pub(super) const KIBIBYTE: usize = 1024;
/// Bytes from which an answer is packed: less fits into one segment either way.
const PACKED_BYTES_MIN: u64 = 1_024;

/// Every route, the pages behind them, and the gate in front.
pub(super) fn router(server: &Server) -> Router {
    let mut router = Router::new();
    for route in ROUTES {
        let server = server.clone();
        let filter = match route.method {
            Method::Get => MethodFilter::GET,
            Method::Post => MethodFilter::POST,
        };
        let handler = move |path: Result<RawPathParams, _>, request: Request| {
            let path: Result<RawPathParams, axum::extract::rejection::RawPathParamsRejection> = path;
            answer(server, route, path.ok(), request)
        };
        router = router.route(&pattern(route), on(filter, handler));
    }
    let (shown, refused) = (server.clone(), server.clone());
    router
        .fallback(move |request: Request| pages::show(shown, request))
        .method_not_allowed_fallback(move |request: Request| no_method(refused, request))
        .layer(from_fn_with_state(server.clone(), gate::pass))
        .layer(CompressionLayer::new().compress_when(SizeAbove::new(PACKED_BYTES_MIN).and(is_text)))
}

/// Whether an answer is text: offices sit on slow lines, and what is no text is packed already.
fn is_text(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default();
    media_type.starts_with("text/") || media_type.ends_with("json") || media_type.ends_with("xml")
}

/// The route's path with names that say only the place, so that two methods may name it differently.
fn pattern(route: &Route) -> String {
    let mut pattern = route.path.to_owned();
    for (place, name) in route.path_names().enumerate() {
        pattern = pattern.replace(&format!("{{{name}}}"), &format!("{{p{place}}}"));
    }
    pattern
}

async fn answer(
    server: Server,
    route: &'static Route,
    path: Option<RawPathParams>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let parameters = parameters(&parts);
    let language = call::language(parameters.as_deref().unwrap_or_default(), &parts.headers);
    let answered = answered(server, route, path, (parts, body), parameters).await;
    let response = match answered {
        Ok(reply) => reply.into_response(),
        Err(error) => problem::response(&error, language),
    };
    gate::labelled(response, route.path)
}

async fn answered(
    server: Server,
    route: &'static Route,
    path: Option<RawPathParams>,
    (parts, body): (Parts, Body),
    parameters: Option<Vec<(String, String)>>,
) -> Result<Reply, HttpError> {
    let parameters = parameters.ok_or(HttpError::Body("the query cannot be read"))?;
    let path = path.ok_or(HttpError::NoRoute)?;
    call::check(route, &parameters)?;
    let slot = slot(&server, route, &parts).await?;
    let body = read(route, &parts, body).await?;
    let path = path.iter().map(|(_, value)| value.to_owned()).collect();
    let language = call::language(&parameters, &parts.headers);
    let call = Call { server, route, language, path, parameters, headers: parts.headers, body };
    let done = tokio::task::spawn_blocking(move || {
        let reply = (call.route.answer)(&call);
        drop(slot);
        reply
    });
    done.await.unwrap_or(Err(HttpError::Defect("a request ended without an answer")))
}

/// Parameters of the query, decoded, in the order given.
pub(super) fn parameters(parts: &Parts) -> Option<Vec<(String, String)>> {
    Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).ok().map(|Query(parameters)| parameters)
}

async fn slot(
    server: &Server,
    route: &Route,
    parts: &Parts,
) -> Result<Option<OwnedSemaphorePermit>, HttpError> {
    let slots = &server.0.slots;
    match route.slot {
        Slot::None => Ok(None),
        Slot::Read => Ok(Arc::clone(&slots.reads).acquire_owned().await.ok()),
        Slot::Statement => Ok(Arc::clone(&slots.statements).acquire_owned().await.ok()),
        Slot::Push => {
            let most = route.body.as_ref().map_or(0, |body| body.bytes_max);
            let bytes = announced(parts).unwrap_or(most);
            within(bytes, most)?;
            let kibibytes = u32::try_from(bytes.div_ceil(KIBIBYTE)).unwrap_or(u32::MAX);
            let free = Arc::clone(&slots.pushed_kibibytes).try_acquire_many_owned(kibibytes);
            free.map(Some).map_err(|_| {
                server.meters().count_queue_full();
                HttpError::Busy { seconds: 1 }
            })
        }
    }
}

/// The whole body, if the route takes one.
async fn read(route: &Route, parts: &Parts, body: Body) -> Result<Bytes, HttpError> {
    let Some(taken) = &route.body else { return Ok(Bytes::new()) };
    within(announced(parts).unwrap_or_default(), taken.bytes_max)?;
    let mut stream = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(part) = stream.next().await {
        let part = part.map_err(|_| HttpError::Body("it broke off"))?;
        within(bytes.len() + part.len(), taken.bytes_max)?;
        bytes.extend_from_slice(&part);
    }
    Ok(bytes.into())
}

fn announced(parts: &Parts) -> Option<usize> {
    parts.headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn within(bytes: usize, limit: usize) -> Result<(), HttpError> {
    if bytes > limit { Err(HttpError::BodyTooLarge { limit }) } else { Ok(()) }
}

#[expect(clippy::unused_async, reason = "a handler of axum is a future")]
async fn no_method(_: Server, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let language = call::language(&parameters(&parts).unwrap_or_default(), &parts.headers);
    problem::response(&HttpError::NoMethod, language)
}
