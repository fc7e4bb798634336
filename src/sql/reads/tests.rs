//! What is read of each row, and when that is not told.

use arrow::datatypes::DataType;

use super::*;
use crate::domain::record::Value;
use crate::sql::ground::Ground;
use crate::sql::held::Held;

fn reads(text: &str) -> Option<(Vec<String>, Vec<String>)> {
    let columns = [
        ("place", DataType::Int64),
        ("unit", DataType::Utf8),
        ("due_on", DataType::Date32),
        ("done_on", DataType::Date32),
        ("last_day", DataType::Int32),
    ];
    let columns = columns.map(|(name, kind)| (name.to_owned(), kind));
    let held = [Held::new("rows", &columns), Held::new("others", &columns)];
    let day: crate::domain::civil::CivilDate =
        crate::domain::civil::CivilDate::day("2018-05-01".parse().unwrap());
    let asked = [("as_of", Value::Date(day))];
    let ground = Ground::default();
    let over = Over { ground: &ground, tables: &[], held: &held, parameters: &asked };
    let Reads { whole, dated } = over.reads(text, "rows", "place").unwrap()?;
    Some((whole.into_iter().collect(), dated.into_iter().collect()))
}

fn told(whole: &[&str], dated: &[&str]) -> Option<(Vec<String>, Vec<String>)> {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Some((names(whole), names(dated)))
}

#[test]
fn a_day_that_is_only_set_against_the_date_matters_by_that() {
    let text = "WITH b AS (SELECT *, done_on <= $as_of AS is_done FROM rows AS r WHERE r.due_on IS NOT NULL)
                SELECT place, CASE WHEN is_done THEN 'a' WHEN $as_of > due_on THEN 'b' ELSE 'c' END AS v_0 FROM b
                WHERE last_day > CAST($as_of AS INT)";
    assert_eq!(reads(text), told(&[], &["done_on", "due_on", "last_day"]));
    let other = text.replace("$as_of > due_on", "done_on > due_on");
    assert_eq!(reads(&other), told(&["done_on", "due_on"], &["last_day"]));
    let given = text.replace("AS v_0", "AS v_0, due_on AS v_1");
    assert_eq!(reads(&given), told(&["due_on"], &["done_on", "last_day"]));
    let reckoned = text.replace("$as_of > due_on", "due_on < CAST($as_of AS DATE) + INTERVAL '7 days'");
    assert_eq!(reads(&reckoned), told(&["due_on"], &["done_on", "last_day"]));
}

#[test]
fn what_joins_and_subqueries_look_for_matters_by_its_value() {
    let joined = "WITH b AS (SELECT r.place, o.done_on, r.last_day FROM rows AS r
                    LEFT JOIN (SELECT unit, max(done_on) AS done_on FROM others GROUP BY unit) AS o ON o.unit = r.unit)
                  SELECT place, done_on AS v_0 FROM b";
    assert_eq!(reads(joined), told(&["unit"], &[]));
    let sought = "WITH b AS (SELECT * FROM rows AS r WHERE NOT EXISTS (SELECT 1 FROM others AS o WHERE o.unit = r.unit))
                  SELECT place, (due_on < $as_of) AS c_0 FROM b";
    assert_eq!(reads(sought), told(&["unit"], &["due_on"]));
    let filtered =
        "WITH b AS (SELECT r.* FROM rows AS r JOIN others AS o ON o.unit = r.unit AND o.due_on > r.due_on)
                    SELECT place FROM b";
    assert_eq!(reads(filtered), told(&["due_on", "unit"], &[]));
}

#[test]
fn a_join_that_changes_nothing_of_what_is_asked_reads_nothing() {
    let text = "WITH b AS (SELECT r.place, r.due_on <= $as_of AS is_due, o.most FROM rows AS r
                  LEFT JOIN (SELECT unit, max(done_on) AS most FROM others GROUP BY unit) AS o ON o.unit = r.unit)
                SELECT place, is_due AS c_0 FROM b";
    assert_eq!(reads(text), told(&[], &["due_on"]));
    for (from, to) in [
        // Its answer is asked, it leaves rows out, or there may be several of its rows.
        ("is_due AS c_0", "(is_due AND most IS NULL) AS c_0"),
        ("FROM b", "FROM b WHERE most IS NULL"),
        ("LEFT JOIN", "JOIN"),
        ("GROUP BY unit)", "GROUP BY unit, last_day)"),
        (
            "(SELECT unit, max(done_on) AS most FROM others GROUP BY unit)",
            "(SELECT unit, done_on AS most FROM others)",
        ),
    ] {
        assert_eq!(reads(&text.replace(from, to)), told(&["unit"], &["due_on"]), "{to}");
    }
}

#[test]
fn rows_that_tell_of_each_other_are_not_told() {
    for text in [
        "SELECT place, (unit IN (SELECT unit FROM rows WHERE due_on < $as_of)) AS c_0 FROM rows",
        "SELECT place, row_number() OVER (PARTITION BY unit ORDER BY due_on) AS v_0 FROM rows",
        "SELECT max(place) AS place, unit AS v_0 FROM rows GROUP BY unit",
        "SELECT place, unit AS v_0 FROM rows ORDER BY due_on LIMIT 3",
        "SELECT place, unit AS v_0 FROM rows UNION ALL SELECT place, unit AS v_0 FROM others",
        "SELECT a.place, b.unit AS v_0 FROM rows AS a JOIN rows AS b ON b.due_on = a.due_on",
        "SELECT r.place, r.unit AS v_0 FROM others AS o LEFT JOIN rows AS r ON o.unit = r.unit",
        "SELECT place, (place % 2 = 0) AS c_0 FROM rows",
        "SELECT place, unit AS v_0 FROM others",
    ] {
        assert_eq!(reads(text), None, "{text}");
    }
}
