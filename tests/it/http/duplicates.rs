//! Proposals, rulings, case files and the queue over HTTP, and the pages where people decide.

use serde_json::{Value as Json, json};
use thanhtra::text::legacy::{Encoding, encode};

use super::world::{Answer, World};

const LETTER: &str = "Kính gửi Ủy ban nhân dân huyện. Tôi làm đơn này đề nghị xem xét việc bồi thường khi thu hồi \
    ba trăm mét vuông đất vườn của gia đình tôi để làm đường tỉnh mà không có quyết định nào. Cán bộ đo đạc \
    chỉ nói miệng rồi cho máy vào san ủi hết cây ăn quả.";
const NEWS: &str = "Ngày 3 tháng 4 tôi tìm được biên bản đo đạc năm 1992 có chữ ký của cán bộ địa chính và dấu của \
    xã, xin nộp kèm theo đơn này làm chứng cứ mới.";
const UNDECIDED: &str = "Chưa rà soát";

fn row(key: &str, day: &str, text: &str, case: Option<&str>) -> String {
    let row = json!({ "source_id": key, "kind": "complaint", "title": format!("Khiếu nại đất vườn {key}"), "text": text,
        "unit": "Sở A", "received_on": day, "signer_name": "Trần Văn Nam", "signer_id_number": "042061000123",
        "case_id": case, "province": "Nghệ An" });
    format!("{row}\n")
}

/// A letter in a case of its source with an answer, the same sent again, and one with something new.
fn world() -> World {
    let rows = [
        row("a", "2017-03-01", LETTER, Some("V-1")),
        row("b", "2017-10-20", LETTER, None),
        row("c", "2017-11-28", &format!("{LETTER} {NEWS}"), None),
    ];
    let decision = json!({ "source_id": "q", "kind": "answer", "number": "12/TL-UBND", "title": "Trả lời đơn",
                           "case_id": "V-1", "issued_on": "2017-05-02", "unit": "Sở A" });
    World::with(&[
        ("petitions", "petitions.ndjson", &rows.concat()),
        ("decisions", "decisions.ndjson", &format!("{decision}\n")),
    ])
}

fn ids(world: &World) -> [String; 3] {
    let hits = world.json("/api/v1/search/petitions?limit=100");
    ["a", "b", "c"].map(|key| {
        let mut hits = hits["hits"].as_array().unwrap().iter();
        hits.find(|hit| hit["source_id"] == key).unwrap()["id"].as_str().unwrap().to_owned()
    })
}

fn rule(world: &World, body: &Json) -> Answer {
    world.post("/api/v1/rulings", "application/json", &body.to_string())
}

fn code(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned())
}

/// What a browser sends: fields, and a file if there is one.
fn send(
    world: &World,
    path: &str,
    fields: &[(&str, &str)],
    file: Option<&[u8]>,
    headers: &[(&str, &str)],
) -> Answer {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    if let Some(file) = file {
        let head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"don.txt\"\r\n\r\n";
        body.extend([head.as_bytes(), file, b"\r\n"].concat());
    }
    body.extend(b"--x--\r\n");
    let kind = ("content-type", "multipart/form-data; boundary=x");
    world.send("POST", path, &[&[kind], headers].concat(), &body)
}

#[test]
fn proposals_come_with_evidence_that_adds_up_and_with_what_was_searched() {
    let world = world();
    let [a, b, c] = ids(&world);
    let answer = world.json(&format!("/api/v1/duplicates/{c}"));
    assert_eq!(answer["matches"].as_array().unwrap().len(), 2, "as before");
    let found = answer["proposals"].as_array().unwrap();
    assert_eq!(found.len(), 2);
    for one in found {
        let parts = one["parts"].as_array().unwrap();
        let sum: f64 = parts.iter().map(|part| part["bits"].as_f64().unwrap()).sum();
        assert!((sum - one["score"].as_f64().unwrap()).abs() < 1e-9, "{one}");
        assert!(one["basis"].as_str().unwrap().contains("TT"), "{one}");
    }
    let first = found.iter().find(|one| one["id"] == a.as_str()).unwrap();
    assert_eq!((&first["relation"], &first["decided"]), (&json!("supplement"), &Json::Null), "{first}");
    assert_eq!(first["case"], "local|V-1");
    assert_eq!((&first["unit"], &first["received_on"]), (&json!("Sở A"), &json!("2017-03-01")));
    let reasons = first["reasons"].as_array().unwrap();
    let told = reasons.iter().find(|reason| reason["code"] == "same_id_number").expect("a reason");
    assert!(
        !told["text"].as_str().unwrap().contains("same_id_number") && told["bits"].as_f64().unwrap() > 0.0
    );
    assert!(!answer.to_string().contains("042061000123"), "which number it is is not told");
    let coverage = &answer["coverage"];
    assert_eq!((&coverage["petitions"], &coverage["units"]), (&json!(3), &json!(1)));
    assert_eq!(coverage["sources"], json!([{ "source": "local", "newest": "2017-11-28" }]));

    let of_text = world.post("/api/v1/duplicates/petitions", "text/plain", LETTER).json();
    assert_eq!(of_text["proposals"].as_array().unwrap().len(), 3);
    let nothing = "Xe rác không vào ngõ từ đầu tháng, cả tổ dân phố phải để rác ngoài đường lớn.";
    let nothing = world.post("/api/v1/duplicates/petitions", "text/plain", nothing).json();
    assert_eq!((&nothing["proposals"], &nothing["coverage"]["petitions"]), (&json!([]), &json!(3)));
    let unknown = b.replace(&b[5..], "") + &b[5..].chars().rev().collect::<String>();
    assert!([400, 404].contains(&world.get(&format!("/api/v1/duplicates/{unknown}")).status));
}

#[test]
fn a_pushed_petition_has_its_candidates_when_the_push_is_answered() {
    let world = world();
    let [a, b, c] = ids(&world);
    let pushed = world.post(
        "/api/v1/ingest/petitions",
        "application/x-ndjson",
        &row("d", "2017-12-01", &format!("{LETTER} Tôi xin cảm ơn."), None),
    );
    let pushed = pushed.json();
    let hits = world.json("/api/v1/search/petitions?limit=100");
    let mut hits = hits["hits"].as_array().unwrap().iter();
    let id = hits.find(|hit| hit["source_id"] == "d").unwrap()["id"].as_str().unwrap().to_owned();
    let answer = world.json(&format!("/api/v1/duplicates/{id}"));
    assert_eq!((&answer["commit"], &answer["coverage"]["commit"]), (&pushed["commit"], &pushed["commit"]));
    let named = |of: &str| -> Vec<String> {
        let found = answer[of].as_array().unwrap().iter();
        found.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    for found in [named("proposals"), named("matches")] {
        assert!([&a, &b, &c].iter().all(|id| found.contains(id)) && !found.contains(&id), "{found:?}");
    }
}

#[test]
fn one_pair_is_told_in_passages_that_are_the_texts() {
    let world = world();
    let [a, _, c] = ids(&world);
    let pair = world.json(&format!("/api/v1/duplicates/{c}/with/{a}"));
    let joined = |side: &str| -> String {
        let segments = pair["passages"][side].as_array().unwrap().iter();
        segments.map(|segment| segment["text"].as_str().unwrap()).collect()
    };
    assert_eq!((joined("of"), joined("with")), (format!("{LETTER} {NEWS}"), LETTER.to_owned()));
    let news = pair["new"]["of"].as_array().unwrap();
    assert!(news.len() == 1 && news[0].as_str().unwrap().contains("biên bản đo đạc năm 1992"), "{pair}");
    assert_eq!(pair["new"]["with"], json!([]));
    assert_eq!(pair["relation"], "supplement");
    assert_eq!(code(&world.get(&format!("/api/v1/duplicates/{c}/with/x"))), (400, "http.parameter".into()));
    let gone = "P0000000000000000X";
    assert!([400, 404].contains(&world.get(&format!("/api/v1/duplicates/{c}/with/{gone}")).status));
}

#[test]
fn a_ruling_is_taken_listed_shown_in_its_case_and_undone() {
    let world = world();
    let [a, b, c] = ids(&world);
    let decide = json!({ "kind": "decide", "petition": b, "other": a, "relation": "resend", "by": "Nguyễn Thị Xử Lý" });
    let made = rule(&world, &decide).json();
    assert_eq!(
        (&made["ruling"], &made["case"], &made["moved"]),
        (&json!(1), &json!("VV-000000001-Y"), &json!([b]))
    );
    assert_eq!(code(&rule(&world, &decide)), (409, "engine.refused".into()));
    let attached = rule(
        &world,
        &json!({ "kind": "attach", "petitions": [c], "to": a, "by": "A", "reason": "cùng thửa" }),
    );
    assert_eq!(attached.json()["case"], made["case"], "{}", attached.text());

    let file = world.json("/api/v1/cases/VV-000000001-Y");
    for named in [b.as_str(), "local%7CV-1"] {
        let same = world.json(&format!("/api/v1/cases/{named}"));
        assert_eq!(same["petitions"], file["petitions"], "{named}");
    }
    assert_eq!((&file["petitions_total"], &file["recipients"]), (&json!(3), &json!(["Sở A"])));
    assert_eq!(file["answered"], json!({ "number": "12/TL-UBND", "on": "2017-05-02" }));
    assert_eq!(file["petitions"][0]["answered_before"], Json::Null);
    assert_eq!(file["petitions"][1]["answered_before"]["number"], "12/TL-UBND");
    assert_eq!(
        (file["decisions"][0]["number"].as_str(), file["rulings"].as_array().unwrap().len()),
        (Some("12/TL-UBND"), 2)
    );
    let days: Vec<&str> =
        file["timeline"].as_array().unwrap().iter().map(|moment| moment["on"].as_str().unwrap()).collect();
    assert!(days.len() >= 5 && days.is_sorted(), "{days:?}");
    assert_eq!(code(&world.get("/api/v1/cases/VV-000000009-X")).0, 404);
    assert_eq!(code(&world.get("/api/v1/cases/x")), (404, "engine.no_case".into()));

    let listed = world.json(&format!("/api/v1/rulings?petition={a}"));
    assert_eq!((&listed["total"], &listed["rulings"][0]["relation"]), (&json!(1), &json!("resend")));
    let shown = world.json(&format!("/api/v1/duplicates/{b}"));
    let shown =
        shown["proposals"].as_array().unwrap().iter().find(|one| one["id"] == a.as_str()).unwrap().clone();
    assert_eq!((&shown["decided"]["ruling"], &shown["decided"]["by"]), (&json!(1), &decide["by"]));
    let agreement = world.json("/api/v1/review/agreement");
    assert_eq!((&agreement["same"], &agreement["all"]), (&json!(1), &json!(1)));

    let undo = |ruling: u64| rule(&world, &json!({ "kind": "undo", "ruling": ruling, "by": "A" }));
    assert_eq!(code(&undo(1)), (409, "engine.refused".into()), "the attachment rests on it");
    assert_eq!((undo(2).status, undo(1).status), (200, 200));
    let all = world.json("/api/v1/rulings?limit=3");
    assert_eq!((&all["total"], &all["rulings"][0]["undoes"]), (&json!(4), &json!(1)));
    assert_eq!(world.json("/api/v1/cases/local%7CV-1")["petitions_total"], 1);
    assert_eq!(code(&world.get("/api/v1/rulings?petition=x")), (400, "http.parameter".into()));
}

#[test]
fn what_is_no_ruling_is_refused_with_the_field_that_is_wrong() {
    let world = world();
    let [a, b, _] = ids(&world);
    let wrong = [
        (json!({ "kind": "decide", "by": "A" }), "http.parameter", "petition"),
        (json!({ "kind": "decide", "petition": b, "other": a, "by": "A" }), "http.parameter", "carbon_copy"),
        (
            json!({ "kind": "decide", "petition": "x", "other": a, "relation": "resend", "by": "A" }),
            "http.parameter",
            "petition",
        ),
        (json!({ "kind": "merge", "by": "A" }), "http.parameter", "decide, attach, split or undo"),
        (json!({ "kind": "attach", "petitions": [], "to": a, "by": "A" }), "http.parameter", "petitions"),
        (json!({ "kind": "attach", "petitions": [b], "by": "A" }), "http.parameter", "`to`"),
        (json!({ "kind": "undo", "by": "A" }), "http.parameter", "ruling"),
        (json!({ "kind": "undo", "ruling": 1, "by": "A", "why": "?" }), "http.body", "kinds are decide"),
        (json!(["decide"]), "http.body", "send"),
        (
            json!({ "kind": "decide", "petition": b, "other": a, "relation": "resend", "by": " " }),
            "engine.nobody_rules",
            "name",
        ),
    ];
    for (body, code, said) in wrong {
        let answer = rule(&world, &body);
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (400, Some(code)),
            "{body}: {}",
            answer.text()
        );
        assert!(answer.json()["reason"].as_str().unwrap().contains(said), "{}", answer.text());
    }
    let as_text = world.post("/api/v1/rulings", "text/plain", "{}");
    assert_eq!(as_text.status, 415);
    let long = json!({ "kind": "undo", "ruling": 1, "by": "A", "reason": "x".repeat(70_000) });
    assert_eq!(rule(&world, &long).status, 413);
    assert_eq!(world.json("/api/v1/rulings")["total"], 0, "nothing of it was taken");
}

#[test]
fn the_queue_narrows_and_pages_and_what_is_decided_leaves_it() {
    let world = world();
    let [a, b, c] = ids(&world);
    let queue = world.json("/api/v1/review");
    assert_eq!((&queue["total"], &queue["run"]), (&json!(3), &Json::Null));
    let pairs = queue["pairs"].as_array().unwrap().clone();
    let of_c =
        pairs.iter().find(|pair| pair["later"] == c.as_str() && pair["earlier"] == a.as_str()).unwrap();
    assert_eq!(
        (&of_c["later_title"], &of_c["earlier_title"]),
        (&json!("Khiếu nại đất vườn c"), &json!("Khiếu nại đất vườn a"))
    );
    let one = world.json("/api/v1/review?limit=1&skip=1");
    assert_eq!((&one["total"], &one["pairs"]), (&json!(3), &json!([pairs[1]])));
    let resent = world.json("/api/v1/review?relation=resend&unit=S%E1%BB%9F%20A");
    assert_eq!((&resent["pairs"][0]["later"], &resent["total"]), (&json!(b), &json!(1)));
    assert_eq!(world.json("/api/v1/review?unit=S%E1%BB%9F%20B")["total"], 0);
    for wrong in ["relation=again", "limit=x", "skip=-1"] {
        assert_eq!(
            code(&world.get(&format!("/api/v1/review?{wrong}"))),
            (400, "http.parameter".into()),
            "{wrong}"
        );
    }
    let decide = json!({ "kind": "decide", "petition": b, "other": a, "relation": "form_letter", "by": "A" });
    assert_eq!(rule(&world, &decide).status, 200);
    let left = world.json("/api/v1/review");
    assert_eq!(left["total"], 2, "{left}");
    assert!(left["pairs"].as_array().unwrap().iter().all(|pair| pair["later"] == c.as_str()));
}

#[test]
fn a_pasted_or_uploaded_letter_is_checked_in_whatever_encoding_it_is() {
    let world = world();
    let page = world.get("/check").text();
    assert!(page.contains("<textarea name=\"text\""), "{page}");
    let pasted = send(&world, "/check", &[("text", LETTER)], Some(b""), &[]);
    assert_eq!((pasted.status, pasted.header("cache-control")), (200, "no-store"));
    let pasted = pasted.text();
    assert!(pasted.contains("3 đơn có thể liên quan.") && pasted.contains("<mark>"), "{pasted}");
    assert!(pasted.contains("3 đơn") && !pasted.contains("same_"), "reasons are sentences");
    let old = encode::bytes(LETTER, Encoding::Tcvn3).unwrap();
    assert!(std::str::from_utf8(&old).is_err());
    let uploaded = send(&world, "/check", &[("text", "")], Some(&old), &[]).text();
    assert!(uploaded.contains("3 đơn có thể liên quan.") && uploaded.contains("đất vườn"), "{uploaded}");
    let binary: Vec<u8> = (0..=255u8).cycle().take(4_000).collect();
    let refused = send(&world, "/check", &[], Some(&binary), &[]).text();
    assert!(
        refused.contains("không phải văn bản thuần") && !refused.contains("có thể liên quan"),
        "{refused}"
    );
    let none = send(&world, "/check", &[("text", "Xe rác không vào ngõ từ đầu tháng.")], None, &[]).text();
    assert!(none.contains("Không tìm thấy đơn nào liên quan.") && none.contains("local"), "{none}");
    let huge = vec![b'a'; 2_000_000];
    let refused = send(&world, "/check", &[], Some(&huge), &[]);
    assert_eq!((refused.status, refused.header("content-type")), (413, "text/html; charset=utf-8"));
    assert!(refused.text().contains("quá lớn"), "a person reads a page: {}", refused.text());
    assert_eq!(world.post("/check", "application/json", "{}").status, 415);
    assert_eq!(world.json("/api/v1/commits")["commits"].as_array().unwrap().len(), 3, "nothing was kept");
}

#[test]
fn a_person_decides_on_the_page_of_a_pair_and_goes_back_to_it() {
    let world = world();
    let [a, b, _] = ids(&world);
    let queue = world.get("/queue").text();
    let place = format!("/records/{b}/with/{a}");
    assert!(
        queue.contains(&place) && queue.contains("3 cặp chờ quyết định.") && queue.contains(UNDECIDED),
        "{queue}"
    );
    assert!(
        queue.contains("Khiếu nại đất vườn b <span") && queue.contains("Khiếu nại đất vườn a <span"),
        "{queue}"
    );
    let page = world.get(&place).text();
    assert!(page.contains("option value=\"resend\" selected") && page.contains("<mark>"), "{page}");
    let fields = [
        ("later", b.as_str()),
        ("earlier", a.as_str()),
        ("relation", "resend"),
        ("by", "Chị Hoa"),
        ("reason", "y hệt"),
    ];
    let foreign = send(&world, "/rulings", &fields, None, &[("origin", "https://evil.example")]);
    assert_eq!(code(&foreign), (403, "http.foreign_origin".into()));
    assert_eq!(world.json("/api/v1/rulings")["total"], 0);

    let own = format!("http://{}", world.address);
    let taken = send(&world, "/rulings", &fields, None, &[("origin", &own)]);
    assert_eq!((taken.status, taken.header("location")), (303, place.as_str()), "{}", taken.text());
    let page = world.get(&place).text();
    assert!(page.contains("Chị Hoa đã quyết định") && page.contains("name=\"undo\" value=\"1\""), "{page}");
    assert!(world.get("/queue").text().contains("2 cặp chờ quyết định."));
    let file = world.get(&format!("/cases?case={a}")).text();
    assert!(
        file.contains("VV-000000001-Y") && file.contains("Đơn gửi lại sau khi đã trả lời ngày 02/05/2017"),
        "{file}"
    );
    let wrong = send(&world, "/rulings", &fields, None, &[]);
    assert!(wrong.status == 409 && wrong.text().contains("<html"), "{}", wrong.text());
    let undo = [("later", b.as_str()), ("earlier", a.as_str()), ("undo", "1"), ("by", "Chị Hoa")];
    assert_eq!(send(&world, "/rulings", &undo, None, &[("origin", &own)]).status, 303);
    assert!(world.get("/queue").text().contains("3 cặp chờ quyết định."));
    let incomplete = [("later", b.as_str()), ("earlier", a.as_str()), ("by", "A")];
    assert_eq!(send(&world, "/rulings", &incomplete, None, &[]).status, 400);
    assert_eq!(world.get("/cases?case=x").status, 404);
    assert_eq!(world.get(&format!("/records/{b}/with/{b}x")).status, 404);
}
