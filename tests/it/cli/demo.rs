//! The demo: a new store filled through the same door as real files.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value as Json;
use thanhtra::domain::clock::{Clock, SystemClock};

use super::{Desk, PETITIONS};

#[test]
fn the_demo_fills_a_new_store_and_keeps_the_truth_beside_it() {
    let desk = Desk::bare();
    let place = desk.path("thu").display().to_string();
    let demo = ["demo", "--petitions", "120", "--seed", "3", "--no-serve", "--data", &place];
    let run = desk.run(demo);
    assert!(run.stderr.contains(&place), "{}", run.stderr);
    assert_eq!(run.ok(), "");
    let count =
        desk.run(["sql", "SELECT count(*) AS n FROM petitions", "--format", "csv", "--data", &place]).ok();
    assert_eq!(count, "n\n120\n");
    let truth = std::fs::read_to_string(desk.path("thu").join("demo-truth.ndjson")).unwrap();
    assert!(truth.lines().all(|line| line.contains("\"relation\"")) && !truth.is_empty());
    assert_eq!(desk.run(["verify", "--data", &place]).code, 0);
    let circles = std::fs::read_to_string(desk.path("thu").join("demo-circles.ndjson")).unwrap();
    let listed = desk.run(["circles", "--format", "ndjson", "--data", &place]);
    assert!(listed.stderr.contains("mo-phong: 120 đơn"), "{}", listed.stderr);
    assert_eq!(listed.ok().lines().count(), circles.lines().count());
    let truth_file = desk.path("thu").join("demo-truth.ndjson").display().to_string();
    desk.run(["duplicates", "run", "--data", &place]).ok();
    let evaluate = ["duplicates", "evaluate", "petitions", "--truth", &truth_file];
    let figures = desk.run([&evaluate[..], &["--data", &place, "--trials", "9"]].concat()).ok();
    let figure = |name: &str| -> f64 {
        let line = figures.lines().find(|line| line.starts_with(name)).expect("a figure");
        line.rsplit(' ').next().unwrap().parse().unwrap()
    };
    assert!(figure("recall copies_resends_supplements ") > 0.5, "{figures}");
    assert!(figure("top3 all ") > 0.5, "{figures}");
    let proposals = desk.path("pairs.csv");
    let own = truth.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    let rows = own.map(|line| format!("{},{},{}\n", line["id"], line["of"], line["relation"]));
    std::fs::write(&proposals, format!("id_a,id_b,relation\n{}", rows.collect::<String>())).unwrap();
    let proposals = proposals.display().to_string();
    let typed = [&evaluate[..], &["--proposals", &proposals, "--format", "json"]].concat();
    let weighed: Json = serde_json::from_str(&desk.run(typed).ok()).unwrap();
    assert_eq!(weighed["copies_resends_supplements"]["precision"], 1.0, "{weighed}");
    assert_eq!(weighed["changes"]["unchanged"]["recall"], 1.0, "{weighed}");
    let told = desk.run(["duplicates", "evaluate", "petitions", "--truth", &proposals]).refused(2);
    assert!(told.contains('1') && told.contains("pairs.csv"), "{told}");
    let again = desk.run(demo).refused(2);
    assert!(again.contains("không trống"), "{again}");
}

#[test]
fn the_demo_leaves_the_store_of_the_environment_alone() {
    let desk = Desk::with_petitions();
    let run = desk.run(["demo", "--petitions", "1", "--no-serve"]);
    let line = run.stderr.lines().last().unwrap().to_owned();
    let place =
        line.split_whitespace().find(|word| word.contains("thanhtra-demo-")).expect("a place").to_owned();
    run.ok();
    assert_eq!(desk.run(["sql", "SELECT count(*) AS n FROM petitions", "--format", "csv"]).ok(), "n\n3\n");
    std::fs::remove_dir_all(place).unwrap();
}

#[test]
fn a_server_prints_one_address_answers_there_and_tells_other_writers_of_it() {
    let desk = Desk::with_petitions();
    let mut command = desk.command(["serve", "--port", "0"]);
    let mut server = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let url = url.trim().to_owned();
    let asked = format!("{url}/api/v1/search/petitions?q=sua%20duong");
    let answer = ureq::get(&asked).call().map(|mut response| response.body_mut().read_to_string().unwrap());
    let page = ureq::get(&url).call().map(|mut response| response.body_mut().read_to_string().unwrap());
    let file = desk.file("again.csv", PETITIONS);
    let refused = desk.run(["ingest", "petitions", &file]);
    let port = url.rsplit(':').next().unwrap();
    let taken = desk.run(["demo", "--petitions", "1", "--data", "thu", "--port", port]);
    server.kill().unwrap();
    server.wait().unwrap();
    let answer: Json = serde_json::from_str(&answer.unwrap()).unwrap();
    assert_eq!(answer["total"]["value"], 1, "{answer}");
    assert!(page.unwrap().contains("<html"));
    assert_eq!(refused.code, 4);
    assert!(refused.stderr.contains(&format!("POST {url}/api/v1/ingest")), "{}", refused.stderr);
    assert!(taken.code == 4 && !desk.path("thu").exists(), "{}", taken.stderr);
    desk.run(["verify"]).ok();
}

/// Pages of the demo with a word that stands there only when the page has data.
const PAGES: [(&str, &str); 26] = [
    ("/", "kết quả"),
    ("/queue", "<table"),
    ("/circles", "đơn"),
    ("/readiness", "<table"),
    ("/rollouts", "<table"),
    ("/sources", "<table"),
    ("/parallel", "<table"),
    ("/digests?template=unit_head", "<blockquote"),
    ("/restatements", "<td"),
    ("/reports", "04/KQGQ"),
    ("/reports/tcd01", "<td"),
    ("/reports/tcd02", "<td"),
    ("/reports/xld01", "<td"),
    ("/reports/xld03_2021", "<td"),
    ("/reports/kqgq01", "<td"),
    ("/reports/kqgq02", "<td"),
    ("/reports/kqgq03", "<td"),
    ("/reports/kqgq04", "<td"),
    ("/scorecards", "<td"),
    ("/dashboards/overview", "<table"),
    ("/dashboards/overdue", "<table"),
    ("/dashboards/petitions", "<table"),
    ("/dashboards/cases", "<table"),
    ("/dashboards/dossiers", "<table"),
    ("/dashboards/inspections", "<table"),
    ("/dashboards/documents", "<table"),
];

#[test]
fn every_page_of_the_demo_has_data() {
    let desk = Desk::bare();
    let place = desk.path("thu").display().to_string();
    let filled = desk.run(["demo", "--petitions", "900", "--seed", "4", "--no-serve", "--data", &place]);
    assert!(filled.stderr.contains("được báo cáo bổ sung"), "{}", filled.stderr);
    filled.ok();
    let mut command = desk.command(["serve", "--port", "0", "--data", &place]);
    let mut server = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let get = |path: &str| {
        let found = ureq::get(&format!("{}{path}", url.trim())).call();
        found.map(|mut response| response.body_mut().read_to_string().unwrap())
    };
    let year = chrono::Datelike::year(&SystemClock.today());
    let mut problems = Vec::new();
    for (path, word) in PAGES {
        let whole = matches!(path.split('/').nth(1), Some("reports" | "scorecards")) && path != "/reports";
        let path = if whole { format!("{path}?period=report:{year}") } else { path.to_owned() };
        match get(&path) {
            Ok(page) => {
                let main = page.split("<main").nth(1).unwrap_or_default();
                if !main.contains(word) || page.contains("<script") || !page.contains("MÔ PHỎNG") {
                    problems.push(format!("{path}: no `{word}`"));
                }
                let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
                std::io::Write::write_all(&mut packed, page.as_bytes()).unwrap();
                let bytes = packed.finish().unwrap().len();
                if bytes > 60_000 {
                    problems.push(format!("{path}: {bytes} bytes packed"));
                }
            }
            Err(error) => problems.push(format!("{path}: {error}")),
        }
    }
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(problems.is_empty(), "{problems:#?}");
}
