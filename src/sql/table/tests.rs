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
        let bounds = Bounds { pool_bytes: 1 << 20, partitions: 1, whole_joins: false };
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
fn rows_named_by_id_are_told_from_other_filters() {
    use datafusion::prelude::{col, lit};

    let named = |filter: Expr| wanted::named(&[col("unit").eq(lit("a")), filter]);
    let by = |column: &str, ids: &[&str]| {
        Some(Named { column: column.to_owned(), texts: ids.iter().map(|id| (*id).to_owned()).collect() })
    };
    let of = |ids: &[&str]| by("id", ids);
    assert_eq!(named(col("task_id").in_list(vec![lit("T1")], false)), by("task_id", &["T1"]));
    let both = wanted::named(&[col("source_id").eq(lit("1")), col("id").eq(lit("P1"))]);
    assert_eq!(both, of(&["P1"]));
    assert_eq!(named(col("id").eq(lit("P1"))), of(&["P1"]));
    assert_eq!(named(lit("P1").eq(col("main.id"))), of(&["P1"]));
    assert_eq!(named(col("id").eq(lit("P1")).or(col("id").eq(lit("P2")))), of(&["P1", "P2"]));
    assert_eq!(named(col("id").in_list(vec![lit("P2"), lit("P1")], false)), of(&["P1", "P2"]));
    for other in [
        col("id").in_list(vec![lit("P1")], true),
        col("id").not_eq(lit("P1")),
        col("id").eq(lit("P1")).or(col("unit").eq(lit("a"))),
        col("id").in_list(vec![lit("P1"), col("unit")], false),
        col("id").eq(lit("P1")).or(col("source_id").eq(lit("1"))),
        col("id").gt(lit("P1")),
    ] {
        assert_eq!(named(other.clone()), None, "{other}");
    }
}

#[test]
fn only_the_named_rows_of_files_are_read() {
    use arrow::array::{ArrayRef, RecordBatch, StringArray};
    use parquet::arrow::ArrowWriter;

    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, ids: Vec<&str>| {
        let path = folder.path().join(name);
        let titles: Vec<String> = ids.iter().map(|id| format!("title of {id}")).collect();
        let columns: [(&str, ArrayRef); 2] =
            [("id", Arc::new(StringArray::from(ids))), ("title", Arc::new(StringArray::from(titles)))];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let mut writer =
            ArrowWriter::try_new(std::fs::File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let bytes = std::fs::metadata(&path).unwrap().len();
        FilePart { path, bytes, rows: Some(batch.num_rows() as u64) }
    };
    let parts = vec![file("a.parquet", vec!["P1", "P2", "P3"]), file("b.parquet", vec!["P4", "P5"])];
    let paths: Vec<_> = parts.iter().map(|part| part.path.clone()).collect();
    let ids = ["P2", "P3", "P9"].map(str::to_owned).into();
    let named = Named { column: "id".to_owned(), texts: ids };
    // Read, remembered, looked up.
    for _ in 0..3 {
        let found = wanted::rows_of(&paths, &named, 2).unwrap();
        let counts: Vec<_> = found.iter().map(|rows| rows.as_ref().map(|rows| rows.row_count())).collect();
        assert_eq!(counts, [Some(2), None]);
        let of_case = Named { column: "case_id".to_owned(), ..named.clone() };
        assert_eq!(wanted::rows_of(&paths, &of_case, 2).unwrap(), [None, None], "no file has it");
    }
    let catalog = Catalog::parse(embedded()).unwrap();
    let dataset = catalog.dataset("petitions").unwrap();
    let query = |sql: &str| crate::definition::query::Query { sql: sql.to_owned(), ..Default::default() };
    let answer = |sql: &str| {
        let table = Table::of_dataset(dataset, parts.clone(), Vec::new(), &Scope::everything());
        let batches = crate::sql::vetted::run(&query(sql), &[table], &[]).unwrap();
        crate::sql::encode::objects(&batches).unwrap()
    };
    let rows = answer("SELECT title FROM petitions WHERE id IN ('P5', 'P2', 'P9', 'P8') ORDER BY id");
    assert_eq!(
        rows.iter().map(|row| row["title"].clone()).collect::<Vec<_>>(),
        ["title of P2", "title of P5"]
    );
    assert_eq!(answer("SELECT title FROM petitions WHERE id = 'P9'").len(), 0);
    assert_eq!(answer("SELECT title FROM petitions WHERE id > 'P2'").len(), 3);
    assert!(wanted::rows_of(&[folder.path().join("gone.parquet")], &named, 1).is_err());
}

#[test]
fn a_hidden_column_is_never_read() {
    let scope = Scope::of_units("a", ["a".to_owned()]);
    let plan = plan(table(&scope), "SELECT id, signer_name FROM petitions WHERE title > 'a'");
    let scans: Vec<&str> = plan.lines().filter(|line| line.contains("DataSourceExec")).collect();
    assert!(scans.len() == 1 && scans[0].contains("title") && !scans[0].contains("signer"), "{plan}");
}
