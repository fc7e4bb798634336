//! What the guard lets through, what it refuses, and that no text makes it panic.

use proptest::prelude::*;

use super::*;

fn message(statement: &str) -> String {
    check(statement).unwrap_err().to_string()
}

#[test]
fn ordinary_statements_pass() {
    for statement in [
        "SELECT 1",
        "select unit, count(*) from tasks where due_on < DATE '2020-01-01' group by unit;",
        "WITH a AS (SELECT 'it''s; -- not a comment /* nor this */' AS x) SELECT * FROM a -- the end",
        "(SELECT 1) UNION ALL (VALUES (2))",
        "SELECT \"due_on\", DATE'2024-05-01' FROM tasks /* all of them */ WHERE title LIKE '%đất%'",
        "SELECT sum(x) OVER (ORDER BY y RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM t",
        "SELECT range, version FROM t",
    ] {
        assert!(check(statement).is_ok(), "{statement}: {:?}", check(statement));
    }
}

#[test]
fn what_is_not_a_query_is_refused_by_name() {
    for (statement, word) in [
        ("COPY (SELECT 1) TO 'x.csv'", "COPY"),
        ("create external table t stored as parquet location '/'", "CREATE"),
        ("SET datafusion.execution.batch_size = 1", "SET"),
        ("-- hello\n EXPLAIN ANALYZE SELECT 1", "EXPLAIN"),
        ("INSERT INTO t VALUES (1)", "INSERT"),
        ("DESCRIBE tasks", "DESCRIBE"),
        ("SHOW TABLES", "SHOW"),
        ("FROM tasks", "FROM"),
    ] {
        assert!(message(statement).contains(&format!("`{word}`")), "{statement}");
    }
    assert!(message("SELECT 1; DROP TABLE t").contains("one statement"));
    assert!(message(" ; ").contains("empty"));
    assert!(message("").contains("empty"));
}

#[test]
fn chains_and_depth_and_lists_are_bounded_and_name_their_limit() {
    let or = format!("SELECT 1 FROM t WHERE x=0{}", " OR x=1".repeat(300));
    assert!(message(&or).contains("limit is 200"));
    assert!(message(&format!("SELECT 1{}", "+1".repeat(300))).contains("300 operators"));
    assert!(message(&format!("SELECT {}1", "- ".repeat(300))).contains("operators"));
    assert!(message(&format!("SELECT {}1", "!".repeat(500))).contains("operators"));
    assert!(message(&format!("SELECT {}1{}", "(".repeat(60), ")".repeat(60))).contains("50 deep"));
    let list = format!("SELECT 1 FROM t WHERE x IN (1{})", ",2".repeat(1000));
    assert!(message(&list).contains("1000 values"));
    assert!(message(&format!("SELECT '{}'", "x".repeat(20_000))).contains("bytes"));
}

#[test]
fn functions_without_a_bound_are_refused_however_they_are_written() {
    for call in
        ["repeat('x', 9)", "REPEAT ('x', 9)", "\"repeat\"('x', 9)", "repeat/* */('x', 9)", "`lpad`('x', 9)"]
    {
        assert!(message(&format!("SELECT {call}")).contains("not offered"), "{call}");
    }
    assert!(message("SELECT * FROM generate_series(1, 300000000)").contains("generate_series"));
}

#[test]
fn notations_that_could_hide_operators_are_refused() {
    let hidden = "1+1+1+1";
    for statement in [
        format!("SELECT E'\\' || {hidden} || '"),
        format!("SELECT $$ ' $$ || {hidden} || ' '"),
        format!("SELECT q'[ ' ]' || {hidden}"),
        format!("SELECT 1 /* /* */ + {hidden} */"),
        format!("SELECT 1 /*! + {hidden} */"),
        "SELECT 'open".to_owned(),
        "SELECT 1 /* open".to_owned(),
        "SELECT $1".to_owned(),
    ] {
        assert!(matches!(check(&statement), Err(SqlError::Refused(_))), "{statement}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_makes_the_guard_panic(statement in "[ -~đơư\n'\"`/*$;()]{0,80}") {
        let _ = check(&statement);
    }

    #[test]
    fn operators_are_counted_wherever_texts_and_comments_stand(gaps in prop::collection::vec(0usize..4, 210)) {
        let fill = ["1", "'a '' -- b'", "\"c /* d\"", "/* e ' f */ 1"];
        let parts: Vec<&str> = gaps.into_iter().map(|gap| fill[gap]).collect();
        let statement = format!("SELECT {}", parts.join(" + "));
        prop_assert!(check(&statement).is_err());
    }
}
