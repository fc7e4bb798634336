//! SQL end to end: the real child over small Parquet files that the test writes.
//!
//! `tests/sql/*.slt` hold statements and their answers; the tests here hold what a file of statements
//! cannot say: scopes, old snapshots, bounds, and hostile statements after which the parent goes on.

mod hostile;
mod scope;
pub(crate) mod world;

use std::fmt;

use sqllogictest::{DB, DBOutput, DefaultColumnType, Runner};
use thanhtra::domain::civil::CivilDate;
use thanhtra::domain::record::Value;
use thanhtra::sql::vetted;

use world::World;

struct Connection(World);

#[derive(Debug)]
struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl DB for Connection {
    type Error = Failure;
    type ColumnType = DefaultColumnType;

    fn run(&mut self, sql: &str) -> Result<DBOutput<DefaultColumnType>, Failure> {
        let mut rows = self.0.rows(sql).map_err(|error| Failure(error.to_string()))?;
        rows.iter_mut().flatten().filter(|cell| cell.is_empty()).for_each(|cell| cell.push_str("(empty)"));
        let columns = rows.first().map_or(0, Vec::len);
        Ok(DBOutput::Rows { types: vec![DefaultColumnType::Any; columns], rows })
    }
}

fn run_file(name: &str) {
    let mut runner = Runner::new(|| async { Ok(Connection(World::new())) });
    let path = format!("{}/tests/sql/{name}", env!("CARGO_MANIFEST_DIR"));
    runner.run_file(path).unwrap();
}

#[test]
fn tables_answer_as_their_file_says() {
    run_file("tables.slt");
}

#[test]
fn functions_answer_as_their_file_says() {
    run_file("functions.slt");
}

#[test]
fn refusals_are_as_their_file_says() {
    run_file("refused.slt");
}

#[test]
fn our_own_query_runs_here_with_its_parameter_bound() {
    let world = World::new();
    let query = world.catalog.query("tasks_overdue_by_unit").unwrap();
    let as_of = Value::Date(CivilDate::day("2018-06-01".parse().unwrap()));
    let batches = vetted::run(query, &world.tables, &[("as_of", as_of)]).unwrap();
    let rows = world::cells(&batches);
    let expected = [
        ["Sở B", "2", "1", "0", "1", "0", "1", "0", "1", "0"],
        ["Sở A", "2", "1", "1", "0", "0", "1", "1", "0", "0"],
    ];
    assert_eq!(rows, expected);
    assert!(vetted::run(query, &world.tables, &[]).unwrap_err().to_string().contains("`as_of`"));
}

#[test]
fn our_own_query_runs_from_a_thread_of_another_runtime() {
    let world = World::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let rows = runtime.block_on(async move {
        tokio::task::spawn_blocking(move || {
            let query = world.catalog.query("tasks_overdue_by_unit").unwrap();
            let as_of = Value::Date(CivilDate::day("2018-06-01".parse().unwrap()));
            vetted::run(query, &world.tables, &[("as_of", as_of)]).map(|batches| batches[0].num_rows())
        })
        .await
        .unwrap()
    });
    assert_eq!(rows.unwrap(), 2);
}
