//! SQL end to end: the real child over small Parquet files that the test writes.
//!
//! `tests/sql/*.slt` hold statements and their answers; the tests here hold what a file of statements
//! cannot say: scopes, old snapshots, bounds, and hostile statements after which the parent goes on.

mod hostile;
mod scope;
pub(crate) mod world;

use std::fmt;

use sqllogictest::{DB, DBOutput, DefaultColumnType, Runner};
use thanhtra::definition::query::Query;
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
    let query = overdue_by_unit();
    let as_of = Value::Date(CivilDate::day("2018-06-01".parse().unwrap()));
    let batches = vetted::run(&query, &world.tables, &[("as_of", as_of)]).unwrap();
    assert_eq!(world::cells(&batches), [["Sở A", "0"], ["Sở B", "1"]]);
    assert!(vetted::run(&query, &world.tables, &[]).unwrap_err().to_string().contains("`as_of`"));
}

fn overdue_by_unit() -> Query {
    let text = "--| name = \"overdue\"\n--| version = 1\n--| title = { vi = \"v\", en = \"e\" }\n\
                --| counts = \"task\"\n--| parameters = [\"as_of\"]\n--| tables = [\"tasks\"]\n\
                SELECT unit, count(*) FILTER (WHERE completed_on IS NULL AND due_on < $as_of) AS overdue \
                FROM tasks GROUP BY unit ORDER BY unit";
    Query::parse("overdue.sql", text).unwrap()
}

#[test]
fn our_own_query_runs_from_a_thread_of_another_runtime() {
    let world = World::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let rows = runtime.block_on(async move {
        tokio::task::spawn_blocking(move || {
            let query = overdue_by_unit();
            let as_of = Value::Date(CivilDate::day("2018-06-01".parse().unwrap()));
            vetted::run(&query, &world.tables, &[("as_of", as_of)]).map(|batches| batches[0].num_rows())
        })
        .await
        .unwrap()
    });
    assert_eq!(rows.unwrap(), 2);
}
