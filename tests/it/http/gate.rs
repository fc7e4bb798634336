//! Who may talk to the server, and what every response carries.

use super::world::World;

#[test]
fn a_foreign_host_and_a_foreign_page_are_refused() {
    let world = World::with(&[]);
    let rebound = world.send("GET", "/api/v1/commits", &[("host", "evil.example")], b"");
    assert_eq!((rebound.status, rebound.json()["code"].as_str()), (421, Some("http.foreign_host")));
    let rebound_page = world.send("GET", "/", &[("host", "evil.example:80")], b"");
    assert_eq!(rebound_page.status, 421);
    let kind = ("content-type", "text/plain");
    let posted = world.send("POST", "/api/v1/sql", &[kind, ("origin", "https://evil.example")], b"SELECT 1");
    assert_eq!((posted.status, posted.json()["code"].as_str()), (403, Some("http.foreign_origin")));
    let sent = world.send("POST", "/api/v1/sql", &[kind, ("sec-fetch-site", "cross-site")], b"SELECT 1");
    assert_eq!(sent.status, 403);
    let own = format!("http://{}", world.address);
    let taken = world.send("POST", "/api/v1/sql", &[kind, ("origin", &own)], b"SELECT 1 AS one");
    assert_eq!(taken.status, 200, "{}", taken.text());
}

#[test]
fn every_response_forbids_scripts_frames_and_guessing() {
    let world = World::with(&[]);
    for path in ["/", "/healthz", "/api/v1/nothing", "/nothing"] {
        let answer = world.get(path);
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
}
