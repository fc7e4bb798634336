//! Plans read only the files and columns that a statement needs.

use datafusion::physical_plan::displayable;

use super::*;
use crate::definition::catalog::{Catalog, embedded};
use crate::domain::scope::Scope;
use crate::sql::job::FilePart;
use crate::sql::session::{Bounds, session};
use crate::sql::{check, runtime};

fn table(scope: &Scope) -> Table {
    let catalog = Catalog::parse(embedded()).unwrap();
    let part =
        |name: &str| FilePart { path: format!("/none/{name}.parquet").into(), bytes: 9, rows: Some(5) };
    Table::of_dataset(catalog.dataset("petitions").unwrap(), vec![part("main")], vec![part("long")], scope)
}

/// The physical plan of `sql`; no file is opened for it.
fn plan(table: Table, sql: &str) -> String {
    runtime::block_on(1, async move {
        let bounds = Bounds { pool_bytes: 1 << 20, partitions: 1 };
        let context = session(bounds, &[table], &crate::sql::ground::Ground::default()).unwrap();
        let plan = check::plan(&context, sql).await?;
        let plan = context.state().create_physical_plan(&plan).await.unwrap();
        Ok(displayable(plan.as_ref()).indent(true).to_string())
    })
    .unwrap()
}

#[test]
fn text_files_are_read_only_when_a_long_column_is_asked_for() {
    let everything = Scope::everything();
    for sql in [
        "SELECT id, kind FROM petitions WHERE unit = 'a' LIMIT 3",
        "SELECT count(*) FROM petitions GROUP BY unit",
    ] {
        let plan = plan(table(&everything), sql);
        assert!(!plan.contains("long.parquet") && !plan.contains("Join"), "{plan}");
    }
    for sql in [
        "SELECT text FROM petitions",
        "SELECT id FROM petitions WHERE extra IS NOT NULL",
        "SELECT * FROM petitions",
    ] {
        let plan = plan(table(&everything), sql);
        assert!(plan.contains("long.parquet") && plan.contains("HashJoin"), "{plan}");
    }
}

#[test]
fn only_named_columns_are_read_and_filters_reach_the_files() {
    let plan = plan(table(&Scope::everything()), "SELECT kind FROM petitions WHERE unit = 'a'");
    assert!(plan.contains("projection=[kind, unit]") || plan.contains("projection=[unit, kind]"), "{plan}");
    assert!(plan.contains("predicate=unit") && plan.contains("pruning_predicate="), "{plan}");
}

#[test]
fn a_limit_without_a_filter_reaches_the_files() {
    let plan = plan(table(&Scope::everything()), "SELECT kind FROM petitions LIMIT 3");
    assert!(plan.contains("limit=3"), "{plan}");
}

#[test]
fn a_hidden_column_is_never_read() {
    let scope = Scope::of_units("a", ["a".to_owned()]);
    let plan = plan(table(&scope), "SELECT id, signer_name FROM petitions WHERE title > 'a'");
    let scans: Vec<&str> = plan.lines().filter(|line| line.contains("DataSourceExec")).collect();
    assert!(scans.len() == 1 && scans[0].contains("title") && !scans[0].contains("signer"), "{plan}");
}
