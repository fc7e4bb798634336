//! Who may talk to this server, how long a request may take, and what every response carries.
//!
//! The server answers on loopback without accounts, so the browser on the same machine is the danger: a
//! page elsewhere may resolve its own name to 127.0.0.1 (DNS rebinding) or post a form to us. The first
//! is known by its `Host`, the second by `Origin` and `Sec-Fetch-Site`.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;

use crate::domain::language::Language;
use crate::domain::limits::HTTP_REQUEST_SECONDS;
use crate::http::{HttpError, Server, call, problem};

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// Which route answered, for counting.
#[derive(Clone, Copy)]
struct Label(&'static str);

/// Lets a request through, or not; dresses the response; counts it.
pub(super) async fn pass(State(server): State<Server>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let language = call::language(&[], request.headers());
    let mut response = match admit(request.method(), request.headers()) {
        Ok(()) => timed(request, next, language).await,
        Err(error) => problem::response(&error, language),
    };
    dress(response.headers_mut());
    let label = response.extensions().get::<Label>().map_or("other", |label| label.0);
    let status = response.status().as_u16();
    server.meters().count_request(label, status);
    tracing::debug!(route = label, status, millis = begun.elapsed().as_millis(), "answered");
    response
}

/// Marks a response with the route that gave it.
pub(super) fn labelled(mut response: Response, route: &'static str) -> Response {
    response.extensions_mut().insert(Label(route));
    response
}

async fn timed(request: Request, next: Next, language: Language) -> Response {
    let bound = Duration::from_secs(HTTP_REQUEST_SECONDS);
    match tokio::time::timeout(bound, next.run(request)).await {
        Ok(response) => response,
        Err(_) => problem::response(&HttpError::TimedOut { seconds: HTTP_REQUEST_SECONDS }, language),
    }
}

fn admit(method: &Method, headers: &HeaderMap) -> Result<(), HttpError> {
    let host = text(headers, HOST).ok_or(HttpError::ForeignHost)?;
    if !is_loopback(host) {
        return Err(HttpError::ForeignHost);
    }
    if method == Method::GET || method == Method::HEAD {
        return Ok(());
    }
    let site = text(headers, HeaderName::from_static("sec-fetch-site"));
    let is_foreign_site = site.is_some_and(|site| !["same-origin", "none"].contains(&site));
    let origin = headers.contains_key(ORIGIN).then(|| text(headers, ORIGIN).unwrap_or_default());
    let is_foreign_origin = origin.is_some_and(|origin| origin.strip_prefix("http://") != Some(host));
    if is_foreign_site || is_foreign_origin { Err(HttpError::ForeignOrigin) } else { Ok(()) }
}

/// Whether a `Host` is this machine's own name; the port may be that of a tunnel.
fn is_loopback(host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port),
        _ => (host, ""),
    };
    let is_address = name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    let is_name = is_address || name == "[::1]" || name.eq_ignore_ascii_case("localhost");
    is_name && port.bytes().all(|byte| byte.is_ascii_digit())
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn dress(headers: &mut HeaderMap) {
    let fixed = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(given: &[(&'static str, &str)]) -> HeaderMap {
        let given = given
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()));
        given.collect()
    }

    #[test]
    fn only_names_of_this_machine_are_hosts() {
        for host in ["127.0.0.1", "127.0.0.9:8080", "localhost:1", "LOCALHOST", "[::1]:80", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["evil.example", "127.0.0.1.evil.example", "localhost:x", "", "127.0.0.1@evil", "[::2]"] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn a_page_of_another_site_can_read_and_post_nothing() {
        let own = ("host", "127.0.0.1:8080");
        assert!(admit(&Method::POST, &headers(&[own])).is_ok());
        assert!(admit(&Method::POST, &headers(&[own, ("origin", "http://127.0.0.1:8080")])).is_ok());
        let foreign: [&[(&'static str, &str)]; 5] = [
            &[own, ("origin", "http://127.0.0.1:9090")],
            &[own, ("origin", "null")],
            &[own, ("origin", "https://evil.example")],
            &[own, ("sec-fetch-site", "cross-site")],
            &[("host", "evil.example")],
        ];
        for given in foreign {
            assert!(admit(&Method::POST, &headers(given)).is_err(), "{given:?}");
        }
        assert!(matches!(admit(&Method::GET, &headers(&[])), Err(HttpError::ForeignHost)));
    }
}
