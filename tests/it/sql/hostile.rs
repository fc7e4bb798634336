//! Hostile statements: each is refused or its child is lost, and the next statement is answered.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use thanhtra::domain::error::{Classified, ErrorKind};
use thanhtra::sql::job::Job;
use thanhtra::sql::{SqlError, client};

use super::world::{World, run};

fn refused_and_alive(world: &World, sql: &str, expected: ErrorKind) -> SqlError {
    let mut job = world.job(sql);
    job.seconds = 20;
    let error = run(&job).unwrap_err();
    assert_eq!(error.kind(), expected, "{error}");
    assert!(error.to_string().len() < 600, "{error}");
    assert_eq!(world.rows("SELECT count(*) FROM numbers").unwrap(), [["50000"]]);
    error
}

#[test]
fn statements_that_write_or_set_are_refused_and_nothing_is_written() {
    let world = World::new();
    let target = world.folder().join("out.csv");
    let before = fs::read_dir(world.folder()).unwrap().count();
    for sql in [
        format!("COPY (SELECT 1) TO '{}'", target.display()),
        format!("CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '{}'", world.folder().display()),
        "CREATE TABLE t AS SELECT 1".to_owned(),
        "SET datafusion.execution.batch_size = 1".to_owned(),
        format!("EXPLAIN ANALYZE COPY (SELECT 1) TO '{}'", target.display()),
        "WITH a AS (SELECT 1) INSERT INTO numbers SELECT * FROM a".to_owned(),
        "SELECT 1 AS x INTO t".to_owned(),
    ] {
        refused_and_alive(&world, &sql, ErrorKind::InvalidInput);
    }
    assert_eq!(fs::read_dir(world.folder()).unwrap().count(), before);
}

#[test]
fn files_settings_and_places_are_out_of_reach() {
    let world = World::new();
    let own = fs::read_dir(world.folder()).unwrap().next().unwrap().unwrap().path();
    for sql in [
        "SELECT * FROM '/etc/passwd'".to_owned(),
        format!("SELECT * FROM '{}'", own.display()),
        format!("SELECT * FROM \"{}\"", own.display()),
        "SELECT * FROM information_schema.df_settings".to_owned(),
        "SELECT * FROM information_schema.tables".to_owned(),
        "SELECT input_file_name() FROM numbers".to_owned(),
        "SELECT version()".to_owned(),
    ] {
        refused_and_alive(&world, &sql, ErrorKind::InvalidInput);
    }
}

#[test]
fn long_chains_are_refused_before_they_are_parsed() {
    let world = World::new();
    let or = format!("SELECT 1 FROM numbers WHERE n=0{}", " OR n=1".repeat(10_000));
    let plus = format!("SELECT 1{}", "+1".repeat(10_000));
    for sql in [or, plus] {
        refused_and_alive(&world, &sql, ErrorKind::InvalidInput);
    }
}

#[test]
fn functions_that_make_gigabytes_are_refused() {
    let world = World::new();
    for sql in [
        "SELECT repeat('x', 2000000000)",
        "SELECT * FROM generate_series(1, 300000000)",
        "SELECT generate_series(1, 300000000)",
    ] {
        let error = refused_and_alive(&world, sql, ErrorKind::InvalidInput);
        assert!(error.to_string().contains("not offered"), "{error}");
    }
}

#[test]
fn a_cross_join_is_killed_at_the_deadline() {
    let world = World::new();
    let mut job = world.job("SELECT count(*) FROM numbers a, numbers b WHERE (a.n * 31 + b.n) % 1000003 = 7");
    job.seconds = 2;
    let started = Instant::now();
    assert!(matches!(run(&job), Err(SqlError::Timeout { seconds: 2 })));
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(world.rows("SELECT 1").unwrap(), [["1"]]);
}

#[test]
fn planning_that_grows_without_end_is_killed_too() {
    let world = World::new();
    let doubled: String =
        (1..34).map(|n| format!(", a{n} AS (SELECT x || x AS x FROM a{})", n - 1)).collect();
    let doubled =
        format!("WITH a0 AS (SELECT name AS x FROM numbers){doubled} SELECT max(length(x)) FROM a33");
    let mut job = world.job(&doubled);
    job.seconds = 1;
    let kind = run(&job).unwrap_err().kind();
    assert!(matches!(kind, ErrorKind::Timeout | ErrorKind::TooLarge), "{kind:?}");
    assert_eq!(world.rows("SELECT 1").unwrap(), [["1"]]);
}

#[test]
fn memory_beyond_the_limit_ends_the_child_and_not_the_parent() {
    let world = World::new();
    let long = "x".repeat(8_000);
    let source = "numbers a JOIN numbers b ON b.n < 20";
    let long = format!("replace(a.name, 'n', '{long}') || b.name");
    for sql in [
        format!("SELECT length(string_agg({long}, '')) FROM {source}"),
        format!("SELECT {long} AS x, count(*) FROM {source} GROUP BY x ORDER BY 2 LIMIT 1"),
    ] {
        refused_and_alive(&world, &sql, ErrorKind::TooLarge);
    }
}

#[test]
fn answers_over_a_cap_are_errors_that_name_it() {
    let world = World::new();
    let mut job = world.job("SELECT n FROM numbers");
    job.row_cap = 49_999;
    assert!(matches!(run(&job), Err(SqlError::TooManyRows { limit: 49_999 })));
    job.row_cap = 50_000;
    assert_eq!(run(&job).unwrap().len(), 50_000);
    job.byte_cap = 100_000;
    assert!(matches!(run(&job), Err(SqlError::TooManyBytes { limit: 100_000 })));
}

#[test]
fn no_message_quotes_a_value_or_a_stored_path() {
    let mut world = World::new();
    for (sql, kind) in [
        ("SELECT CAST(signer_name AS BIGINT) FROM petitions", ErrorKind::InvalidInput),
        ("SELECT 1 FROM petitions WHERE signer_name + 'Nguyễn Văn Mẫu' > 1", ErrorKind::InvalidInput),
        ("SELECT no_such('Nguyễn Văn Mẫu')", ErrorKind::InvalidInput),
        ("SELECT FROM WHERE 'Nguyễn Văn Mẫu'", ErrorKind::InvalidInput),
    ] {
        let error = refused_and_alive(&world, sql, kind);
        assert!(!error.to_string().contains("Mẫu"), "{error}");
    }
    fs::write(&world.tables[1].main.parts[0].path, "not parquet").unwrap();
    let damaged = refused_and_alive(&world, "SELECT * FROM tasks", ErrorKind::Corrupt).to_string();
    world.tables[1].main.parts[0].path = world.folder().join("gone.parquet");
    let gone = refused_and_alive(&world, "SELECT * FROM tasks", ErrorKind::Corrupt).to_string();
    assert!(![damaged, gone].iter().any(|message| message.contains(".parquet") || message.contains('/')));
}

#[test]
fn a_child_that_is_lost_is_an_error_of_its_own() {
    for program in ["/bin/false", "/bin/echo", "/bin/true"] {
        let job = Job::new("SELECT 1", Vec::new());
        let lost = client::query(Path::new(program), &job, &mut |_| unreachable!(), &mut |_| Ok(()));
        assert!(matches!(lost, Err(SqlError::WorkerLost)), "{program}: {lost:?}");
    }
    let missing = client::query(
        Path::new("/no/such"),
        &Job::new("SELECT 1", Vec::new()),
        &mut |_| unreachable!(),
        &mut |_| Ok(()),
    );
    assert_eq!(missing.unwrap_err().kind(), ErrorKind::Unavailable);
}

#[test]
fn a_receiver_that_stops_ends_the_child() {
    let world = World::new();
    let job = world.job("SELECT * FROM numbers");
    let stopped = client::query(&super::world::program(), &job, &mut |_| unreachable!(), &mut |_| {
        Err(SqlError::Write(std::io::ErrorKind::BrokenPipe.into()))
    });
    assert!(matches!(stopped, Err(SqlError::Write(_))));
}
