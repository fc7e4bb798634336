//! What the API answers: search, records, SQL, duplicates, figures, its own description.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::world::World;
use crate::engine::figures::GOLDEN;

const PETITIONS: &str = "\
unique_key,kind,title,text,unit,status,received_on,signer_name\n\
1,Khiếu nại,Khiếu nại về đất đai,Tôi khiếu nại việc thu hồi đất đai của gia đình tôi tại thôn Đông không đúng quy định của pháp luật,Sở A,open,01/02/2017,Nguyễn Văn Mẫu\n\
2,Khiếu nại,Khiếu nại về đất đai lần hai,Tôi khiếu nại việc thu hồi đất đai của gia đình tôi tại thôn Đông không đúng quy định của pháp luật,Sở B,done,02/02/2017,Trần Thị Mẫu\n\
3,Phản ánh,Đường hỏng,Con đường liên xã bị hỏng nặng sau mùa mưa đề nghị sửa chữa sớm,Sở A,open,03/02/2017,\n\
4,Tố cáo,Tố cáo cán bộ,Ông Lê Văn Kín tố cáo cán bộ nhận tiền,Sở A,open,04/02/2017,Lê Văn Kín\n";

fn petitions() -> World {
    World::with(&[("petitions", "petitions.csv", PETITIONS)])
}

fn id_of(world: &World, source_id: &str) -> String {
    let hits = world.json("/api/v1/search/petitions?limit=100");
    let hits = hits["hits"].as_array().unwrap().iter();
    let found = hits.clone().find(|hit| hit["source_id"] == source_id).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

fn keys(answer: &Json) -> Vec<&str> {
    answer["hits"].as_array().unwrap().iter().map(|hit| hit["source_id"].as_str().unwrap()).collect()
}

#[test]
fn a_search_without_marks_finds_filters_counts_and_highlights() {
    let world = petitions();
    let path =
        "/api/v1/search/petitions?q=dat%20dai&filter=unit:S%E1%BB%9F%20A&facet=unit&facet=status&highlight=1";
    let answer = world.json(path);
    assert_eq!(answer["total"], json!({ "value": 1, "exact": true }));
    assert_eq!((answer["commit"].as_u64(), keys(&answer)), (Some(1), vec!["1"]));
    let units = json!([{ "value": "Sở A", "count": 1 }, { "value": "Sở B", "count": 1 }]);
    assert_eq!((&answer["facets"][0]["values"], &answer["facets"][0]["rows"]), (&units, &json!(2)));
    let highlight = &answer["hits"][0]["highlights"][0];
    let range = &highlight["ranges"][0];
    let (start, end) = (range["start"].as_u64().unwrap() as usize, range["end"].as_u64().unwrap() as usize);
    assert_eq!(&"Khiếu nại về đất đai"[start..end], "đất đai");
    assert!(answer.get("notice").is_none());
}

#[test]
fn histograms_groups_suggestions_and_lists_are_answered() {
    let world = petitions();
    let found = world.json(
        "/api/v1/search/petitions?histogram=received_on:month&group=case_id&since=0&recency=on&q=dat%20dai&as_of=2017-03-01",
    );
    assert_eq!(
        found["histograms"][0]["bars"][0],
        json!({ "name": "2017-02", "from": "2017-02-01", "to": "2017-02-28", "count": 2 })
    );
    assert_eq!(found["recency"], json!({ "column": "received_on", "as_of": "2017-03-01" }));
    assert_eq!(found["groups"]["value"], 2);
    assert_eq!(world.get("/api/v1/search/petitions?histogram=received_on:week").status, 400);
    assert_eq!(world.get("/api/v1/search/petitions?since=99").status, 409);
    let suggested = world.json("/api/v1/suggest?dataset=petitions&q=s%E1%BB%9F%20&limit=1");
    assert_eq!(
        suggested["suggestions"],
        json!([{ "text": "Sở A", "column": "unit", "value": "Sở A", "total": 3 }])
    );
    let hidden = world.json("/api/v1/suggest?dataset=petitions&q=kin");
    assert_eq!(hidden["suggestions"], json!([]));
    let list = "ten\nduong hong\na AND (b\n";
    let batch = world.post("/api/v1/search/petitions/batch?column=ten&limit=1", "text/csv", list).json();
    assert_eq!(
        (&batch["lines"][0]["total"]["value"], &batch["lines"][0]["hits"][0]["source_id"]),
        (&json!(1), &json!("3"))
    );
    assert_eq!(
        (&batch["lines"][1]["line"], &batch["lines"][1]["error"]["code"]),
        (&json!(3), &json!("search.language.bracket_open"))
    );
    assert_eq!(world.post("/api/v1/search/petitions/batch", "text/csv", list).status, 400);
}

#[test]
fn pages_follow_each_other_in_the_order_asked_for() {
    let world = petitions();
    let first = world.json("/api/v1/search/petitions?sort=-received_on&limit=3");
    assert_eq!(keys(&first), ["4", "3", "2"]);
    let next = first["next"].as_str().unwrap();
    let second = world.json(&format!("/api/v1/search/petitions?sort=-received_on&limit=3&cursor={next}"));
    assert_eq!((keys(&second), &second["next"]), (vec!["1"], &Json::Null));
}

#[test]
fn a_cursor_of_a_snapshot_no_longer_held_is_gone() {
    let world = petitions();
    let first = world.json("/api/v1/search/petitions?sort=received_on&limit=1");
    let path = format!(
        "/api/v1/search/petitions?sort=received_on&limit=1&cursor={}",
        first["next"].as_str().unwrap()
    );
    for number in 0..8 {
        let record =
            json!({ "source_id": format!("n{number}"), "kind": "feedback", "title": "mới" }).to_string();
        let pushed = world.post("/api/v1/ingest/petitions", "application/x-ndjson", &record);
        assert_eq!(pushed.status, 200, "{}", pushed.text());
        let expected = if number < 3 { 200 } else { 0 };
        if expected == 200 {
            assert_eq!(world.get(&path).status, 200, "after {} pushes", number + 1);
        }
    }
    let gone = world.get(&path);
    assert_eq!((gone.status, gone.json()["code"].as_str()), (410, Some("search.cursor_gone")));
}

#[test]
fn facets_and_totals_equal_what_sql_counts() {
    let world = World::of_556_tasks();
    let answer = world.json("/api/v1/search/tasks?facet=unit&facet=status&limit=0");
    let statement = json!({ "statement": "SELECT unit AS value, count(*) AS count FROM tasks GROUP BY unit \
                                          ORDER BY count DESC, value" });
    let sql = world.post("/api/v1/sql", "application/json", &statement.to_string());
    assert_eq!(sql.status, 200, "{}", sql.text());
    assert_eq!(answer["facets"][0]["values"], sql.json()["rows"]);
    assert_eq!(answer["total"]["value"], 556);
    let counts = answer["facets"][1]["values"].as_array().unwrap().iter();
    let counts: BTreeSet<u64> = counts.map(|value| value["count"].as_u64().unwrap()).collect();
    assert_eq!(counts, BTreeSet::from([249, 307]));
}

#[test]
fn the_published_rates_come_out_digit_for_digit() {
    let world = World::of_556_tasks();
    let answer = world.json("/api/v1/queries/tasks_overdue_total?as_of=2017-12-13");
    let row = &answer["rows"][0];
    let counts = ["tasks", "done", "done_on_time", "done_late", "open", "open_in_time", "open_overdue"];
    let counts = counts.map(|name| row[name].as_u64().unwrap());
    assert_eq!(counts, [556, 249, 81, 168, 307, 177, 130]);
    let rates = ["done_on_time", "done_late", "open_in_time", "open_overdue"];
    let rates = rates.map(|name| row[format!("{name}_percent")].to_string());
    assert_eq!(rates, ["32.53", "67.47", "57.65", "42.35"]);
    let csv = world.get("/api/v1/queries/tasks_overdue_total?format=csv");
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    for rate in ["32.53", "67.47", "57.65", "42.35"] {
        assert!(csv.text().contains(rate), "{}", csv.text());
    }
    let by_unit = world.json("/api/v1/overdue");
    let overdue = by_unit["rows"].as_array().unwrap().iter().map(|row| row["open_overdue"].as_u64().unwrap());
    assert_eq!((by_unit["rows"].as_array().unwrap().len(), overdue.sum::<u64>()), (24, 130));
    assert_eq!(by_unit["as_of"], "2017-12-13");
}

#[test]
fn the_published_figures_are_the_same_bytes_in_every_channel() {
    let world = World::of_556_tasks();
    let page = world.get("/dashboards/overdue?as_of=2017-12-13").text();
    for (name, above, below, digits) in GOLDEN {
        let path = format!("/api/v1/metrics/{name}?as_of=2017-12-13");
        let answer = world.get(&path);
        let text = answer.text();
        let start =
            format!("{{\"value\":{digits},\"numerator\":{above},\"denominator\":{below},\"receipt\":\"");
        assert!(text.starts_with(&start), "{text}");
        let receipt = answer.json()["receipt"].as_str().unwrap().to_owned();
        let csv = world.get(&format!("{path}&format=csv")).text();
        assert!(csv.contains(&format!("{digits},{above},{below},{receipt},{name},")), "{csv}");
        let statement = format!(
            "SELECT digits, value, numerator, denominator, receipt FROM metric('{name}', '', '2017-12-13')"
        );
        let sql = world.post("/api/v1/sql", "text/plain", &statement).json();
        let row = &sql["rows"][0];
        assert_eq!((&row["digits"], &row["receipt"]), (&json!(digits), &json!(receipt)), "{sql}");
        assert_eq!((&row["numerator"], &row["denominator"]), (&json!(above), &json!(below)));
        let book = world.get(&format!("{path}&format=xlsx"));
        assert!(book.header("content-disposition").contains(".xlsx"), "{book:?}");
        let sheet = first_sheet(&book.body);
        assert!(sheet.contains(&format!("<v>{digits}</v></c>")) && sheet.contains(&receipt), "{sheet}");
        let shown = digits.replace('.', ",");
        let checked = world.get(&format!("/receipts/{receipt}")).text();
        assert!(checked.contains(&format!("{shown} % trong {below} nhiệm vụ")), "{checked}");
        assert!(checked.contains("Tính lại đúng"), "{checked}");
        let on_page = ["tasks_overdue_of_all", "tasks_on_time_of_done_or_overdue"];
        assert!(on_page.contains(&name) || page.contains(&format!("{shown} %")), "{name}");
    }
}

/// The XML of the first sheet of a workbook.
fn first_sheet(book: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
    std::io::read_to_string(archive.by_name("xl/worksheets/sheet1.xml").unwrap()).unwrap()
}

#[test]
fn a_receipt_opens_to_rows_and_a_wrong_code_is_told() {
    let world = World::of_556_tasks();
    let by_unit = world.json("/api/v1/metrics/tasks_overdue_of_open?by=unit&as_of=2017-12-13");
    let cells = by_unit["cells"].as_array().unwrap();
    assert_eq!((cells.len(), by_unit["numerator"].as_i64()), (24, Some(130)));
    let cell = &cells[0];
    let path = format!("/api/v1/receipts/{}?rows=numerator", cell["receipt"].as_str().unwrap());
    let receipt = world.json(&path);
    assert_eq!((&receipt["holds"], &receipt["shown"]["numerator"]), (&json!(true), &cell["numerator"]));
    let rows = receipt["rows"].as_array().unwrap();
    assert_eq!(rows.len() as u64, cell["numerator"].as_u64().unwrap());
    assert!(rows.iter().all(|row| row["unit"] == cell["unit"] && row["class"] == "open_overdue"));
    assert_eq!(world.get("/api/v1/receipts/ABC").status, 400);
    assert_eq!(world.get("/api/v1/metrics/tasks_done_of_al").status, 404);
    assert_eq!(world.get("/api/v1/metrics/tasks_done_of_all?by=colour").status, 400);
    let filtered = format!(
        "/api/v1/metrics/tasks_done_of_all?where=unit={}&as_of=2017-12-13",
        "S%E1%BB%9F%20Y%20t%E1%BA%BF"
    );
    assert!(world.json(&filtered)["denominator"].as_i64().unwrap() < 556);
}

#[test]
fn a_record_and_its_history_are_read_by_id() {
    let world = petitions();
    let change = r#"{"source_id":"3","kind":"feedback","title":"Đường đã sửa","status":"done"}"#;
    assert_eq!(world.post("/api/v1/ingest/petitions", "application/x-ndjson", change).status, 200);
    let id = id_of(&world, "3");
    let record = world.json(&format!("/api/v1/records/{id}"));
    assert_eq!((&record["record"]["title"], &record["commit"]), (&json!("Đường đã sửa"), &json!(2)));
    let history = world.json(&format!("/api/v1/records/{id}/history"));
    let titles =
        history["versions"].as_array().unwrap().iter().map(|version| version["title"].as_str().unwrap());
    assert_eq!(titles.collect::<Vec<_>>(), ["Đường hỏng", "Đường đã sửa"]);
    let wrong = world.get("/api/v1/records/P0000000000000000X");
    assert!([400, 404].contains(&wrong.status), "{}", wrong.text());
}

#[test]
fn a_denouncers_name_is_in_no_answer() {
    let world = petitions();
    let id = id_of(&world, "4");
    let sql = r#"{"statement":"SELECT * FROM petitions"}"#;
    let answers = [
        world.get("/api/v1/search/petitions?limit=100&highlight=1&q=to%20cao").text(),
        world.get(&format!("/api/v1/records/{id}")).text(),
        world.get(&format!("/api/v1/records/{id}/history")).text(),
        world.post("/api/v1/sql", "application/json", sql).text(),
        world.get(&format!("/records/{id}")).text(),
        world.get("/metrics").text(),
    ];
    for answer in answers {
        assert!(!answer.contains("Văn Kín"), "{answer}");
    }
    assert_eq!(world.json("/api/v1/search/petitions?q=%22le%20van%20kin%22")["total"]["value"], 0);
}

#[test]
fn sql_answers_in_every_format_and_names_its_snapshot() {
    let world = petitions();
    let sql = "SELECT source_id FROM petitions WHERE unit = 'Sở A' ORDER BY source_id";
    let json = world.post("/api/v1/sql", "text/plain", sql);
    assert_eq!(
        json.json(),
        json!({ "commit": 1, "rows": [{ "source_id": "1" }, { "source_id": "3" }, { "source_id": "4" }] })
    );
    assert_eq!(json.header("thanhtra-commit"), "1");
    let csv = world.send(
        "POST",
        "/api/v1/sql",
        &[("content-type", "text/plain"), ("accept", "text/csv")],
        sql.as_bytes(),
    );
    assert_eq!(csv.text(), "source_id\n1\n3\n4\n");
    let arrow = world.post("/api/v1/sql?format=arrow", "text/plain", sql);
    let reader = arrow::ipc::reader::StreamReader::try_new(arrow.body.as_slice(), None).unwrap();
    assert_eq!(reader.map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 3);
    let parquet = world.post("/api/v1/sql?format=parquet", "text/plain", sql);
    assert!(parquet.body.starts_with(b"PAR1"));
    let old = world.post("/api/v1/sql?snapshot=0", "text/plain", sql);
    assert_eq!(old.json(), json!({ "commit": 0, "rows": [] }));
}

#[test]
fn hostile_sql_is_refused_and_the_server_goes_on() {
    let world = petitions();
    for sql in [
        "COPY petitions TO '/tmp/x'",
        "SELECT repeat('x', 2000000000)",
        "SELECT * FROM '/etc/passwd'",
        "SELEC 1",
    ] {
        let answer = world.post("/api/v1/sql", "text/plain", sql);
        assert_eq!(answer.status, 400, "{sql}: {}", answer.text());
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(world.get("/healthz").status, 200);
    }
    let long = format!("SELECT 1 -- {}", "x".repeat(70_000));
    assert_eq!(world.post("/api/v1/sql", "text/plain", &long).status, 413);
    assert_eq!(world.post("/api/v1/sql", "application/xml", "x").status, 415);
    let unknown = world.post("/api/v1/sql", "application/json", r#"{"statment":"SELECT 1"}"#);
    assert_eq!((unknown.status, unknown.json()["code"].as_str()), (400, Some("http.body")));
}

#[test]
fn copies_are_possible_duplicates_of_each_other_and_of_their_text() {
    let world = petitions();
    let (one, other) = (id_of(&world, "1"), id_of(&world, "2"));
    let found = world.json(&format!("/api/v1/duplicates/{one}"));
    let found = &found["matches"][0];
    assert_eq!((found["id"].as_str(), found["relation"].as_str()), (Some(other.as_str()), Some("same_text")));
    assert!(found["label"].as_str().unwrap().starts_with("nghi trùng"));
    let text =
        "toi khieu nai viec thu hoi dat dai cua gia dinh toi tai thon dong khong dung quy dinh cua phap luat";
    let of_text = world.post("/api/v1/duplicates/petitions?min=0.9", "text/plain", text);
    assert_eq!(of_text.json()["matches"].as_array().unwrap().len(), 2);
    assert_eq!(world.get(&format!("/api/v1/duplicates/{one}?min=2")).status, 400);
    assert_eq!(world.post("/api/v1/duplicates/tasks", "text/plain", text).status, 400);
}

#[test]
fn a_wrong_name_is_a_problem_with_a_suggestion() {
    let world = petitions();
    let answer = world.get("/api/v1/search/petitions?limt=3");
    let problem = answer.json();
    assert_eq!((answer.status, answer.header("content-type")), (400, "application/problem+json"));
    assert_eq!(problem["code"], "http.unknown_parameter");
    assert_eq!(problem["detail"], "Không có tham số limt.");
    assert!(problem["reason"].as_str().unwrap().contains("did you mean `limit`?"), "{problem}");
    let english = world.get("/api/v1/search/petitions?limt=3&lang=en").json();
    assert!(english["detail"].as_str().unwrap().contains("did you mean `limit`?"), "{english}");
    let unknown = world.get("/api/v1/search/petition");
    assert_eq!(unknown.status, 404);
    assert!(unknown.text().contains("did you mean `petitions`?"));
    assert_eq!(world.get("/api/v1/search/petitions?filter=status").status, 400);
    assert_eq!(world.get("/api/v1/search/petitions?limit=1&limit=2").status, 400);
    assert_eq!(world.get("/api/v1/nothing").status, 404);
    assert_eq!(world.send("DELETE", "/api/v1/sql", &[], b"").status, 405);
}

#[test]
fn the_description_has_every_route_that_answers_and_no_other() {
    let world = petitions();
    let document = world.json("/openapi.json");
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 46, "{:?}", paths.keys());
    let (id, other) = (id_of(&world, "1"), id_of(&world, "2"));
    let file = format!("/api/v1/records/{id}/attachments?file_name=a.txt");
    let taken = world.post(&file, "application/octet-stream", "a").json();
    let hash = taken["hash"].as_str().unwrap();
    let cell = r#"{"family":"papi","edition":"2024","province":"01","indicator":"C08","value":4}"#;
    world.post("/api/v1/ingest/readiness", "application/x-ndjson", cell).json();
    let code = world.json("/api/v1/metrics/tasks_done_of_all")["receipt"].as_str().unwrap().to_owned();
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().unwrap() {
            let summary = operation["summary"].as_str().unwrap();
            assert!(!summary.starts_with("api."), "{path} lacks its sentence");
            for parameter in operation["parameters"].as_array().unwrap() {
                assert!(
                    !parameter["description"].as_str().unwrap().starts_with("api."),
                    "{path}: {parameter}"
                );
            }
            let real = path
                .replace("{dataset}", "petitions")
                .replace("{id}", &id)
                .replace("{name}", "sources")
                .replace("{hash}", hash)
                .replace("{metric}", "tasks_done_of_all")
                .replace("{code}", &code)
                .replace("{rule}", "TCD-1")
                .replace("{other}", &other)
                .replace("{case}", &id)
                .replace("{family}", "papi")
                .replace("{edition}", "2024")
                .replace("{province}", "01")
                .replace("{form}", "xld01")
                .replace("{scorecard}", "unit")
                .replace("{template}", "unit_head");
            let answer =
                world.send(&method.to_uppercase(), &real, &[("content-type", "text/plain")], b"SELECT 1");
            assert!(![404, 405, 500].contains(&answer.status), "{method} {path}: {}", answer.text());
        }
    }
    let status = &document["components"]["schemas"]["petitions"]["properties"]["received_on"];
    assert_eq!(status["format"], "date");
    assert_eq!(world.json("/api/v1/dictionary")["datasets"].as_array().unwrap().len(), 23);
}

#[test]
fn the_server_says_that_it_lives_and_counts_without_words() {
    let world = petitions();
    assert_eq!(world.get("/healthz").text(), "ok\n");
    assert_eq!(world.json("/readyz")["commit"], 1);
    world.get("/api/v1/search/petitions?q=bimat");
    let metrics = world.get("/metrics").text();
    assert!(metrics.contains("thanhtra_commit 1\n"), "{metrics}");
    assert!(metrics.contains("thanhtra_rows{table=\"petitions\"} 4\n"), "{metrics}");
    let searched = "thanhtra_requests_total{route=\"/api/v1/search/{dataset}\",status=\"200\"} 1\n";
    assert!(metrics.contains(searched), "{metrics}");
    assert!(!metrics.contains("bimat"));
    assert_eq!(world.json("/api/v1/commits")["commits"].as_array().unwrap().len(), 2);
}

#[test]
fn a_file_is_taken_listed_and_given_back_but_not_one_of_a_denunciation() {
    let world = petitions();
    let path = format!("/api/v1/records/{}/attachments", id_of(&world, "1"));
    let name = "?file_name=%C4%90%C6%A1n.pdf";
    let taken = world.post(&format!("{path}{name}"), "application/octet-stream", "%PDF-1.7 scan").json();
    let hash = taken["hash"].as_str().unwrap();
    assert_eq!((taken["inserted"].as_u64(), taken["commit"].as_u64()), (Some(1), Some(2)));
    assert_eq!(world.json(&path)["attachments"][0]["name"], "Đơn.pdf");
    let record = world.json(&format!("/api/v1/records/{}", id_of(&world, "1")));
    assert_eq!(record["attachments"][0]["hash"].as_str(), Some(hash));
    let back = world.get(&format!("{path}/{hash}"));
    assert_eq!((back.text().as_str(), back.header("content-type")), ("%PDF-1.7 scan", "application/pdf"));
    assert_eq!(back.header("content-disposition"), "attachment; filename*=UTF-8''%C4%90%C6%A1n%2Epdf");
    assert!(world.get(&format!("/records/{}", id_of(&world, "1"))).text().contains(hash));
    let secret = format!("/api/v1/records/{}/attachments", id_of(&world, "4"));
    let taken =
        world.post(&format!("{secret}?file_name=Kin.pdf"), "application/octet-stream", "%PDF-4").json();
    let answer = world.get(&format!("{secret}/{}", taken["hash"].as_str().unwrap()));
    assert_eq!(answer.status, 403, "{}", answer.text());
    assert!(!world.get(&secret).text().contains("Kin.pdf"));
    assert_eq!(world.get(&format!("{path}/{}", "0".repeat(64))).status, 404);
    assert_eq!(world.get(&format!("{path}/x")).status, 400);
    assert_eq!(world.post(&format!("{path}{name}"), "application/octet-stream", "").status, 400);
    assert_eq!(world.post(&path, "application/octet-stream", "x").status, 400, "without a name");
}
