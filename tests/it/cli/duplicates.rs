//! `duplicates`: what people decide on the command line, the files that follow, and the queue.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use super::Desk;

const LETTER: &str = "Kính gửi Ủy ban nhân dân huyện. Tôi đề nghị xem xét việc bồi thường khi thu hồi ba trăm mét vuông \
    đất vườn của gia đình tôi để làm đường tỉnh mà không có quyết định nào";

/// A letter and the same sent twice more, by one person.
fn desk() -> (Desk, [String; 3]) {
    let desk = Desk::new();
    let row = |key: &str, day: &str| {
        format!("{key},complaint,Đất vườn,{LETTER},{day},UBND xã A,Trần Văn Nam,042061000123\n")
    };
    let head = "source_id,kind,title,text,received_on,unit,signer_name,signer_id_number\n";
    let rows = [row("a", "01/03/2025"), row("b", "20/04/2025"), row("c", "28/05/2025")].concat();
    let file = desk.file("petitions.csv", format!("{head}{rows}"));
    desk.run(["ingest", "petitions", &file]).ok();
    let ids = ["a", "b", "c"].map(|key| {
        let statement = format!("SELECT id FROM petitions WHERE source_id = '{key}'");
        let row = desk.run(["sql", &statement, "--format", "ndjson"]).last_json();
        row["id"].as_str().unwrap().to_owned()
    });
    (desk, ids)
}

fn lines(desk: &Desk, typed: &[&str]) -> Vec<Json> {
    let out = desk.run(["duplicates"].iter().chain(typed).chain(&["--format", "ndjson"])).ok();
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_decision_its_case_and_its_undoing_on_the_command_line() {
    let (desk, [a, b, c]) = desk();
    let by = ["--by", "Nguyễn Văn Lý", "--reason", "cùng đơn"];
    let duplicates = |typed: &[&str]| desk.run(["duplicates"].iter().chain(typed).chain(&by));
    let made = duplicates(&["decide", &b, &a, "--relation", "resend"]).last_json();
    assert_eq!(
        (&made["ruling"], &made["case"], &made["by"]),
        (&json!(1), &json!("VV-000000001-Y"), &json!(by[1]))
    );
    assert!(duplicates(&["decide", &b, &a, "--relation", "related"]).refused(4).contains("quyết định"));
    let moved = duplicates(&["attach", &c, "--to", "VV-000000001-Y"]).last_json();
    assert_eq!(moved["moved"], json!([c]));
    let shown = desk.run(["duplicates", "case", &a]);
    assert!(shown.stderr.contains("Vụ việc VV-000000001-Y: 3 đơn"), "{}", shown.stderr);
    assert!(shown.ok().contains("Người xử lý xác định quan hệ"));
    let what: Vec<Json> = lines(&desk, &["case", &b]).into_iter().map(|row| row["what"].clone()).collect();
    assert_eq!(what, ["received", "received", "received", "attached", "ruled"]);
    assert_eq!(duplicates(&["split", &c]).last_json()["case"], "VV-000000002-W");
    assert!(duplicates(&["undo", "2"]).refused(4).contains("quyết định"));
    for ruling in ["3", "2", "1"] {
        assert_eq!(duplicates(&["undo", ruling]).last_json()["case"], Json::Null);
    }
    assert!(desk.run(["duplicates", "case", "VV-000000001-Y"]).refused(3).contains("vụ việc"));
    assert!(duplicates(&["decide", &b, "x", "--relation", "resend"]).refused(2).contains('x'));
    assert_eq!(duplicates(&["decide", &b, &a, "--relation", "again"]).code, 2);
    assert!(desk.run(["duplicates", "undo", "1", "--by", " "]).refused(2).contains("người"));
    desk.run(["verify"]).ok();
}

/// A Word document of one paragraph.
fn document(text: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let xml = format!("<w:document><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>");
    std::io::Write::write_all(&mut archive, xml.as_bytes()).unwrap();
    archive.finish().unwrap().into_inner()
}

#[test]
fn a_word_document_is_compared_and_what_cannot_be_read_is_named() {
    let (desk, [a, ..]) = desk();
    let of_text = |file: &str| desk.run(["duplicates", "of-text", file, "--format", "ndjson"]);
    let found = of_text(&desk.file("don.docx", document(LETTER))).ok();
    assert!(found.lines().count() == 3 && found.contains(&a), "{found}");
    let wide: Vec<u8> = LETTER.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(of_text(&desk.file("don.txt", [vec![0xFF, 0xFE], wide].concat())).ok().contains(&a));
    let mut cut = document(LETTER);
    cut.truncate(cut.len() / 2);
    for (name, bytes, word) in [
        ("don.pdf", b"%PDF-1.7 ...".to_vec(), "PDF"),
        ("quet.jpg", b"\xFF\xD8\xFF\xE0".to_vec(), "bản quét"),
        ("cu.doc", b"\xD0\xCF\x11\xE0\xA1".to_vec(), ".doc"),
        ("hong.docx", cut, "Word"),
        ("no.docx", document("&boom;"), "Word"),
    ] {
        assert!(of_text(&desk.file(name, bytes)).refused(2).contains(word), "{name}");
    }
}

#[test]
fn weights_are_learned_when_there_are_decisions_enough() {
    let (desk, [a, b, _]) = desk();
    let by = ["--by", "Nguyễn Văn Lý"];
    desk.run(["duplicates", "decide", &b, &a, "--relation", "resend"].iter().chain(&by)).ok();
    let learned = desk.run(["duplicates", "learn", "--dry-run"]);
    assert!(learned.stderr.contains("Mới có 1 cặp"), "{}", learned.stderr);
    assert!(learned.stderr.contains("chưa ghi gì"), "{}", learned.stderr);
    desk.run(["duplicates", "learn"]).ok();
}

#[test]
fn a_run_fills_the_queue_and_agreement_is_counted() {
    let (desk, [a, b, c]) = desk();
    assert_eq!(lines(&desk, &["queue"]).len(), 3, "fresh petitions wait before any run");
    let run = desk.run(["duplicates", "run"]);
    assert!(run.stderr.contains("3 đề xuất cho 3 đơn"), "{}", run.stderr);
    assert_eq!(run.last_json()["proposals"], 3);
    let waiting = desk.run(["duplicates", "queue", "--relation", "resend", "--limit", "2"]);
    assert!(waiting.stderr.contains("3 cặp chờ quyết định"), "{}", waiting.stderr);
    assert!(waiting.ok().contains("gửi lại"));
    let first = &lines(&desk, &["queue"])[0];
    assert_eq!((&first["relation"], &first["similarity"]), (&json!("resend"), &json!(1.0)));
    assert!(lines(&desk, &["queue", "--unit", "UBND xã B"]).is_empty());
    for (later, earlier, relation) in [(&b, &a, "resend"), (&c, &a, "related")] {
        desk.run(["duplicates", "decide", later, earlier, "--relation", relation, "--by", "A"]).ok();
    }
    let left = lines(&desk, &["queue"]);
    assert_eq!((left.len(), &left[0]["later"], &left[0]["earlier"]), (1, &json!(c), &json!(b)));
    let agreement = desk.run(["duplicates", "agreement", "--format", "csv"]);
    assert!(agreement.stderr.contains("1 trong 2 cặp"), "{}", agreement.stderr);
    assert_eq!(agreement.ok(), "proposed,decided,pairs\nresend,related,1\nresend,resend,1\n");
}

#[test]
fn what_a_commit_brings_has_its_candidates_in_that_commit() {
    let (desk, [a, b, c]) = desk();
    desk.run(["duplicates", "run"]).ok();
    let head = "source_id,kind,title,text,received_on,unit,signer_name,signer_id_number\n";
    let row = format!("d,complaint,Đất vườn,{LETTER},30/05/2025,UBND xã A,Trần Văn Nam,042061000123\n");
    let file = desk.file("moi.csv", format!("{head}{row}"));
    let commit = desk.run(["ingest", "petitions", &file]).last_json()["commit"].as_u64().unwrap();
    let statement = "SELECT id FROM petitions WHERE source_id = 'd'";
    let d = desk.run(["sql", statement, "--format", "ndjson"]).last_json()["id"].as_str().unwrap().to_owned();
    let run = desk.run(["duplicates", "of", &d, "--format", "ndjson"]);
    assert!(run.stderr.contains(&format!("lần ghi {commit};")), "no commit came between: {}", run.stderr);
    let found = run.ok();
    assert!([&a, &b, &c].iter().all(|id| found.contains(id.as_str())), "{found}");
    // The queue knows them too, before any other run.
    let later: Vec<Json> = lines(&desk, &["queue"]).into_iter().map(|row| row["later"].clone()).collect();
    assert_eq!(later.iter().filter(|id| **id == json!(d)).count(), 3, "{later:?}");
}

#[test]
fn a_server_proposes_beside_its_answers_and_ends_when_told() {
    let (desk, _) = desk();
    let mut server =
        desk.command(["serve", "--port", "0"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let asked = format!("{}/api/v1/review", url.trim());
    let begun = Instant::now();
    let queue = loop {
        let queue = ureq::get(&asked).call().unwrap().body_mut().read_to_string().unwrap();
        let queue: Json = serde_json::from_str(&queue).unwrap();
        if !queue["run"].is_null() || begun.elapsed() > Duration::from_secs(60) {
            break queue;
        }
    };
    std::process::Command::new("kill").arg(server.id().to_string()).status().unwrap();
    assert!(server.wait().unwrap().success());
    assert_eq!((queue["run"].is_u64(), &queue["total"]), (true, &json!(3)), "{queue}");
    desk.run(["verify"]).ok();
    assert_eq!(desk.run(["duplicates", "run"]).last_json()["commit"], queue["run"], "it stands");
}
