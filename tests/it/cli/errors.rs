//! Failures: one line, in the reader's language, with an exit code by kind below 126.

use std::fs;
use std::process::Stdio;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use thanhtra::domain::clock::SystemClock;
use thanhtra::engine::Engine;
use thanhtra::engine::open::Surroundings;
use thanhtra::engine::progress::Progress;

use super::{Desk, PETITIONS};

#[test]
fn a_store_is_made_once() {
    let desk = Desk::bare();
    assert_eq!(desk.run(["init"]).ok(), "");
    let again = desk.run(["init"]).refused(2);
    assert!(again.starts_with("lỗi: Thư mục không trống"), "{again}");
    assert!(again.contains("kho"), "{again}");
}

#[test]
fn a_folder_without_a_store_is_told_how_to_make_one() {
    let desk = Desk::bare();
    let vi = desk.run(["sql", "SELECT 1"]).refused(3);
    assert!(vi.contains("thanhtra init"), "{vi}");
    let en = desk.run(["sql", "SELECT 1", "--lang", "en"]).refused(3);
    assert!(en.starts_with("error: no store at"), "{en}");
    let by_variable = desk.command(["sql", "SELECT 1"]).env("THANHTRA_LANG", "en").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&by_variable.stderr), en);
}

#[test]
fn the_option_goes_before_the_variable_and_a_url_is_a_place() {
    let desk = Desk::bare();
    let url = format!("file://{}", desk.path("khac").display());
    desk.run(["init", "--data", &url]).ok();
    assert!(desk.path("khac").join("commits").is_dir() && !desk.data().exists());
    desk.run(["sql", "SELECT 1 AS one", "--data", &url]).ok();
    desk.run(["init", "--data", "bên cạnh"]).ok();
    assert!(desk.path("bên cạnh").join("commits").is_dir());
    assert!(desk.run(["init", "--data", "s3://x/y"]).refused(2).contains("s3://x/y"));
}

#[test]
fn a_wrong_name_brings_the_right_one() {
    let desk = Desk::with_petitions();
    let cases: [(&[&str], i32, &str); 8] = [
        (&["search", "petition"], 3, "petitions"),
        (&["search", "petitions", "--facet", "statis"], 2, "status"),
        (&["search", "petitions", "--filter", "unit"], 2, "column=value"),
        (&["metric", "tasks_overdue_by_units"], 3, "tasks_overdue_by_unit"),
        (&["serch", "petitions"], 2, "search"),
        (&["search", "petitions", "--limt", "3"], 2, "--limit"),
        (&["sql", "SELECT 1", "--format", "tabel"], 2, "table"),
        (&["duplicates", "of", "PH2QKNQM2DVHXQ35JT"], 2, "PH2QKNQM2DVHXQ35JT"),
    ];
    for (typed, code, right) in cases {
        let said = desk.run(typed).refused(code);
        assert!(said.starts_with("lỗi: ") && said.contains(right), "{typed:?}: {said}");
    }
}

#[test]
fn each_kind_of_failure_has_its_exit_code() {
    let desk = Desk::with_petitions();
    let missing = desk.path("none.csv").display().to_string();
    let long = "a ".repeat(600);
    let cases: [(&[&str], i32); 9] = [
        (&[], 2),
        (&["ingest", "petitions"], 2),
        (&["ingest", "petitions", &missing], 3),
        (&["sql", "SELEC 1"], 2),
        (&["sql", "SELECT * FROM nowhere"], 2),
        (&["sql", "COPY petitions TO 'x'"], 2),
        (&["search", "petitions", &long], 5),
        (&["search", "petitions", "--cursor", "xx"], 2),
        (&["search", "petitions", "--facet", "kind", "--format", "csv"], 2),
    ];
    for (typed, code) in cases {
        let said = desk.run(typed).refused(code);
        assert!(said.starts_with("lỗi: "), "{typed:?}: {said}");
    }
}

#[test]
fn a_statement_that_eats_memory_is_stopped_and_the_store_goes_on() {
    let desk = Desk::with_petitions();
    let run = desk.run(["sql", "SELECT length(repeat('x', 2000000000)) || repeat('y', 2000000000)"]);
    assert!(run.code > 0 && run.code < 126, "{} {}", run.code, run.stderr);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    desk.run(["sql", "SELECT count(*) FROM petitions"]).ok();
}

#[test]
fn a_worker_killed_from_outside_is_an_error_like_any_other() {
    let desk = Desk::with_petitions();
    let crossed: Vec<String> = (0..24).map(|place| format!("petitions t{place}")).collect();
    let statement = format!("SELECT count(*) FROM {} WHERE t0.title > t23.text", crossed.join(", "));
    let mut command = desk.command(["sql", &statement]);
    let asking = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let worker = first_child(asking.id());
    kill_process(worker, Signal::KILL).unwrap();
    let ended = asking.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(7), "{said}");
    assert!(said.contains("Tiến trình chạy câu lệnh đã bị dừng") && said.lines().count() == 1, "{said}");
    desk.run(["sql", "SELECT count(*) FROM petitions"]).ok();
}

/// The first child that process `parent` has started, once there is one.
fn first_child(parent: u32) -> Pid {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let told = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap();
        if let Some(child) = told.split_whitespace().next() {
            return Pid::from_raw(child.parse().unwrap()).unwrap();
        }
        assert!(Instant::now() < deadline, "no child was started");
        thread::yield_now();
    }
}

#[test]
fn a_second_writer_is_refused_and_told_who_writes_and_readers_go_on() {
    let desk = Desk::with_petitions();
    let surroundings =
        Surroundings { clock: Arc::new(SystemClock), program: env!("CARGO_BIN_EXE_thanhtra").into() };
    let place = desk.data().display().to_string();
    let writer = Engine::open_writing(&place, surroundings, &Progress::default()).unwrap();
    writer.announce("http://127.0.0.1:8080").unwrap();
    let file = desk.file("p.csv", PETITIONS);
    let refused = desk.run(["ingest", "petitions", &file]).refused(4);
    let holder = format!("process {}", std::process::id());
    assert!(refused.contains(&holder) && refused.contains("POST http://127.0.0.1:8080"), "{refused}");
    assert_eq!(desk.run(["optimize"]).refused(4), refused);
    assert_eq!(desk.run(["sql", "SELECT count(*) AS n FROM petitions", "--format", "csv"]).ok(), "n\n3\n");
    desk.run(["verify"]).ok();
}

#[test]
fn a_server_that_others_could_reach_is_refused_with_the_reason() {
    let desk = Desk::with_petitions();
    let said = desk.run(["serve", "--host", "0.0.0.0", "--lang", "en"]).refused(2);
    assert!(said.contains("loopback only until accounts exist"), "{said}");
}

#[test]
fn a_failed_statement_leaves_no_file() {
    let desk = Desk::with_petitions();
    let path = desk.path("out.csv");
    let typed = ["sql", "SELECT * FROM nowhere", "--format", "csv", "--output", path.to_str().unwrap()];
    desk.run(typed).refused(2);
    assert!(!path.exists());
}
