//! Where columns come from, and what is read again from memory.

use arrow::array::{Int64Array, StringArray};
use arrow::datatypes::Int64Type;

use super::*;

fn over<'a>(ground: &'a Ground, held: &'a [Held], parameters: &'a [(&'a str, Value)]) -> Over<'a> {
    Over { ground, tables: &[], held, parameters }
}

fn rows() -> Held {
    let columns = [("place", DataType::Int64), ("unit", DataType::Utf8), ("day", DataType::Int64)];
    let mut held = Held::new("rows", &columns.map(|(name, kind)| (name.to_owned(), kind)));
    for from in [0, 3] {
        let places = Int64Array::from(vec![from, from + 1, from + 2]);
        let units =
            StringArray::from(vec![Some("một đơn vị có tên dài"), None, Some("một đơn vị có tên dài")]);
        let days = Int64Array::from(vec![1, 2, 3]);
        held.push(&[Arc::new(places), Arc::new(units), Arc::new(days)]).unwrap();
    }
    held
}

fn same(name: &str) -> Origin {
    Origin::Same(name.to_owned())
}

#[test]
fn a_column_is_the_tables_own_only_when_nothing_is_done_to_it() {
    let (ground, held) = (Ground::default(), [rows()]);
    let asked = [("as_of", Value::Integer(2))];
    let text = "WITH b AS (SELECT r.place, r.unit AS office, r.day + 1 AS next, r.day,
                  CASE WHEN r.day < $as_of THEN 'a' ELSE 'b' END AS class
                FROM rows AS r LEFT JOIN (SELECT unit, max(day) AS most FROM rows GROUP BY unit) AS m
                  ON m.unit = r.unit WHERE r.day <= $as_of)
                SELECT place, office AS v_0, next AS v_1, class AS v_2,
                  (day > 1 AND office IS NULL) AS c_0, (day > $as_of) AS c_1, (class = 'a') AS c_2 FROM b";
    let over = over(&ground, &held, &asked);
    let found = over.origins(text, "rows", "place").unwrap();
    let Origin::From(mut from) = found[4].clone() else { panic!("{found:?}") };
    from.sort();
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(from, [pair("day", "day"), pair("office", "unit")]);
    assert_eq!(found[..4], [same("place"), same("unit"), Origin::Other, Origin::Always]);
    assert_eq!(found[5..7], [Origin::Other, Origin::Always], "a day may be unknown, a class is not");
    let needs = over.needed("SELECT place, (day > $as_of AND $as_of > 5) AS c FROM rows", "rows").unwrap();
    assert_eq!(needs.into_iter().collect::<Vec<_>>(), ["day", "place"]);
}

#[test]
fn two_scans_of_one_table_are_not_taken_for_each_other() {
    let (ground, held) = (Ground::default(), [rows()]);
    let text = "WITH r AS (SELECT * FROM rows), b AS (SELECT x.place, y.unit, x.day FROM r AS x JOIN r AS y ON y.day = x.day)
                SELECT place, unit AS v_0, day AS v_1 FROM b";
    let found = over(&ground, &held, &[]).origins(text, "rows", "place").unwrap();
    assert_eq!(found, [same("place"), Origin::Other, same("day")]);
    let union = "WITH b AS (SELECT place, unit FROM rows UNION ALL SELECT place, unit FROM rows)
                 SELECT place, unit AS v_0 FROM b";
    let found = over(&ground, &held, &[]).origins(union, "rows", "place").unwrap();
    assert_eq!(found, [Origin::Other, Origin::Other]);
}

#[test]
fn what_is_held_is_read_whole_and_equal_texts_take_their_place_once() {
    let (ground, held) = (Ground::default(), [rows()]);
    let take = |all: &mut Vec<i64>, batch: &RecordBatch| {
        all.extend(batch.column(0).as_primitive::<Int64Type>().values());
        Ok(())
    };
    let parts =
        over(&ground, &held, &[]).each_part("SELECT place FROM rows WHERE unit IS NOT NULL", &Vec::new, take);
    let mut places: Vec<i64> = parts.unwrap().into_iter().flatten().collect();
    places.sort_unstable();
    assert_eq!(places, [0, 2, 3, 5]);
    let failed = over(&ground, &held, &[]).each_part("SELECT place FROM rows", &Vec::<i64>::new, |_, _| {
        Err(SqlError::Internal("full".to_owned()))
    });
    assert!(failed.is_err());
    let text = "một đơn vị có tên dài".len();
    let texts: usize = held[0]
        .parts
        .iter()
        .flatten()
        .map(|batch| {
            batch.column(1).as_string_view().data_buffers().iter().map(|buffer| buffer.len()).sum::<usize>()
        })
        .sum();
    assert_eq!(texts, 2 * text, "once a batch");
    assert!(held[0].bytes() > 0 && held[0].columns()[1].1 == DataType::Utf8View);
}

#[test]
fn a_column_that_is_not_held_is_never_read_as_empty() {
    let ground = Ground::default();
    let mut some = rows().only(&["place", "day"].map(str::to_owned).into());
    assert_eq!(some.holds(), ["place", "day"]);
    some.push(&[Arc::new(Int64Array::from(vec![0, 1])), Arc::new(Int64Array::from(vec![5, 6]))]).unwrap();
    let held = [some];
    let over = over(&ground, &held, &[]);
    let count = |statement: &str| {
        let take = |rows: &mut usize, batch: &RecordBatch| {
            *rows += batch.num_rows();
            Ok(())
        };
        over.each_part(statement, &|| 0, take).map(|parts| parts.into_iter().sum::<usize>())
    };
    let named = "WITH b AS (SELECT place, unit, day, concat(unit, 'x') AS more FROM rows) SELECT";
    assert_eq!(count(&format!("{named} place FROM b WHERE day > 5")).unwrap(), 1);
    for statement in ["place, unit FROM b", "more FROM b", "place FROM b WHERE unit IS NULL"] {
        assert!(count(&format!("{named} {statement}")).is_err(), "{statement}");
    }
}

#[test]
fn some_rows_of_a_table_are_a_table_of_their_own() {
    let (ground, held) = (Ground::default(), rows());
    let read = |held: &Held| {
        let rows = over(&ground, std::slice::from_ref(held), &[])
            .rows("SELECT place, day, unit IS NULL AS is_none FROM rows ORDER BY place")
            .unwrap();
        let batch = &rows[0];
        let numbers = |at: usize| batch.column(at).as_primitive::<Int64Type>().values().to_vec();
        (numbers(0), numbers(1), batch.column(2).as_boolean().values().set_indices().collect::<Vec<_>>())
    };
    let some = held.at(&[1, 3, 5], None).unwrap();
    assert_eq!(read(&some), (vec![1, 3, 5], vec![2, 1, 3], vec![0]));
    let numbered = held.at(&[1, 3, 5], Some("place")).unwrap();
    assert_eq!(read(&numbered), (vec![0, 1, 2], vec![2, 1, 3], vec![0]));
    assert_eq!(read(&held.at(&[], None).unwrap()).0, Vec::<i64>::new());
    assert!(held.at(&[2, 6], None).is_err(), "there is no seventh row");
}

#[test]
fn a_statement_over_nothing_has_no_row_on_any_date() {
    let ground = Ground::default();
    let none = Held::new("none", &[("place".to_owned(), DataType::Int64)]);
    let held = [rows(), none];
    let asked = [("as_of", Value::Integer(2))];
    let two = "WITH r AS (SELECT rows.* FROM none JOIN rows ON rows.place = none.place WHERE rows.day <= $as_of),
                 s AS (SELECT unit, max(day) AS most FROM r GROUP BY unit), d AS (SELECT DISTINCT unit FROM r),
                 j AS (SELECT r.place, s.most FROM r JOIN s ON s.unit <> r.unit LEFT JOIN d ON d.unit = r.unit
                   LEFT JOIN rows AS o ON o.place = r.day)
               SELECT place FROM j UNION ALL SELECT most AS place FROM j WHERE most > 1";
    let table = [
        (two, true),
        ("SELECT place FROM none WHERE place < $as_of", true),
        ("SELECT place FROM rows WHERE day < $as_of", false),
        ("SELECT rows.place FROM rows LEFT JOIN none ON none.place = rows.place", false),
        ("SELECT max(place) FROM none", false),
        ("SELECT place FROM none UNION ALL SELECT place FROM rows", false),
        ("SELECT place FROM rows WHERE 1 = 2 AND day = $as_of", false),
    ];
    for (text, expected) in table {
        let over = over(&ground, &held, &asked);
        assert_eq!(over.has_no_row(text).unwrap(), expected, "{text}");
        let rows: usize = over.rows(text).unwrap().iter().map(RecordBatch::num_rows).sum();
        assert!(!expected || rows == 0, "{text}");
    }
}
