//! Pushed records: an answer for each, the same answer to the same push, bounds.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value as Json, json};
use thanhtra::domain::limits::PUSH_BYTES_MAX;

use super::world::{Answer, World};

const PATH: &str = "/api/v1/ingest/tasks?source=qlvb";
const NDJSON: &str = "application/x-ndjson";

fn push(world: &World, key: &str, body: &str) -> Answer {
    world.send("POST", PATH, &[("content-type", NDJSON), ("idempotency-key", key)], body.as_bytes())
}

fn total(world: &World) -> u64 {
    world.json("/api/v1/search/tasks?limit=0")["total"]["value"].as_u64().unwrap()
}

#[test]
fn each_record_is_answered_and_the_counts_add_up() {
    let world = World::with(&[]);
    let body = "{\"source_id\":\"1\",\"title\":\"một\"}\n{\"source_id\":\"2\",\"due_on\":\"32/13/2017\"}\n\
                {\"source_id\":\"1\",\"title\":\"hai\"}\n";
    let answer = world.post(PATH, NDJSON, body).json();
    let counts =
        ["read", "inserted", "updated", "unchanged", "rejected"].map(|name| answer[name].as_u64().unwrap());
    assert_eq!(counts, [3, 1, 0, 0, 2], "{answer}");
    let outcomes =
        answer["records"].as_array().unwrap().iter().map(|record| record["outcome"].as_str().unwrap());
    assert_eq!(outcomes.collect::<Vec<_>>(), ["rejected", "rejected", "inserted"]);
    let csv = world.post(PATH, "text/csv", "Số hiệu,Nội dung nhiệm vụ\n7,bảy\n");
    assert_eq!(csv.json()["inserted"], 1, "{}", csv.text());
    assert_eq!(total(&world), 2);
    assert_eq!(world.post(PATH, "application/xml", "<a/>").status, 415);
}

#[test]
fn the_same_key_gives_the_same_answer_also_after_a_restart() {
    let mut world = World::with(&[]);
    let body = r#"{"source_id":"1","title":"một"}"#;
    let first = push(&world, "k1", body).json();
    let again = push(&world, "k1", body).json();
    assert_eq!((&first["repeated"], &again["repeated"]), (&json!(false), &json!(true)));
    assert_eq!(first["records"], again["records"]);
    let other = push(&world, "k1", r#"{"source_id":"2"}"#);
    assert_eq!((other.status, other.json()["code"].as_str()), (409, Some("engine.key_reused")));
    world.halt();
    world.start(true);
    let restarted = push(&world, "k1", body).json();
    assert_eq!((&restarted["repeated"], &restarted["commit"]), (&json!(true), &first["commit"]));
    assert_eq!(push(&world, "k1", r#"{"source_id":"2"}"#).status, 409);
    assert_eq!(total(&world), 1);
}

#[test]
fn eight_pushes_at_once_are_all_taken() {
    let world = World::with(&[]);
    let answers: Vec<Json> = std::thread::scope(|scope| {
        let pushes: Vec<_> = (0..8)
            .map(|number| {
                let world = &world;
                let body = format!("{{\"source_id\":\"{number}\",\"title\":\"việc {number}\"}}");
                scope.spawn(move || push(world, &format!("key-{number}"), &body).json())
            })
            .collect();
        pushes.into_iter().map(|push| push.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| answer["inserted"] == 1), "{answers:?}");
    let newest = world.json("/readyz")["commit"].as_u64().unwrap();
    assert!((1..=8).contains(&newest), "{newest}");
    assert_eq!(total(&world), 8);
}

#[test]
fn a_server_that_only_reads_refuses_and_goes_on_reading() {
    let mut world = World::of_556_tasks();
    world.halt();
    world.start(false);
    let refused = push(&world, "k", r#"{"source_id":"1"}"#);
    assert_eq!((refused.status, refused.json()["code"].as_str()), (409, Some("engine.reads_only")));
    assert_eq!(total(&world), 556);
}

/// A connection on which a push of that many bytes was announced, and a beginning of it sent.
fn announced(world: &World, bytes: usize, beginning: &str) -> TcpStream {
    let mut stream = TcpStream::connect(world.address).unwrap();
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: {}\r\ncontent-type: {NDJSON}\r\ncontent-length: {bytes}\r\nconnection: close\r\n\r\n{beginning}",
        world.address
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

#[test]
fn a_body_over_its_bound_is_refused_before_it_is_sent() {
    let world = World::with(&[]);
    let mut stream = announced(&world, PUSH_BYTES_MAX + 1, "");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("http.body_too_large"), "{answer}");
    assert_eq!(world.get("/healthz").status, 200);
}

#[test]
fn who_still_sends_when_refused_reads_why() {
    let world = World::with(&[]);
    let mut stream = announced(&world, PUSH_BYTES_MAX + 1, "");
    stream.peek(&mut [0]).unwrap();
    for _ in 0..32 {
        stream.write_all(&[b'a'; 64 * 1024]).unwrap();
        std::thread::sleep(Duration::from_millis(1));
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("http.body_too_large"), "{answer}");
}

/// What the server has said on this connection, if anything yet.
fn said(stream: &mut TcpStream) -> Option<String> {
    stream.set_read_timeout(Some(Duration::from_millis(10))).unwrap();
    let mut first = [0; 1];
    stream.read_exact(&mut first).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    Some(String::from_utf8_lossy(&[&first[..], &rest].concat()).into_owned())
}

#[test]
fn pushed_bytes_under_way_are_bounded_and_the_next_is_told_when_to_come_again() {
    let world = World::with(&[]);
    let mut held: Vec<TcpStream> = (0..9).map(|_| announced(&world, PUSH_BYTES_MAX, "{")).collect();
    // The nine heads are read in any order; there is room for eight.
    let refused = (0..500).find_map(|_| held.iter_mut().find_map(said)).unwrap();
    assert!(refused.starts_with("HTTP/1.1 429 ") && refused.contains("http.busy"), "{refused}");
    assert!(refused.to_lowercase().contains("retry-after: 1\r\n"), "{refused}");
    assert!(world.get("/metrics").text().contains("thanhtra_push_queue_full_total"));
    assert!(held.iter_mut().filter_map(said).all(|text| text.is_empty()), "only one is refused");
}
