//! Independent readers: tables opened by programs that know nothing of ours.

#![allow(clippy::print_stderr, reason = "what cannot be tried on this machine is said")]

use std::process::Command;

use serde_json::{Value as Json, json};
use thanhtra::store::schema::TableKind;

use crate::store::{Store, assert_sound, petition};

/// Counts rows and sums a column of every table given, through two readers, as JSON lines.
const SCRIPT: &str = r"
import json, sys
import deltalake, polars
for place in sys.argv[1:]:
    table = deltalake.DeltaTable(place)
    answer = deltalake.QueryBuilder().register('t', table).execute('select * from t').read_all()
    rows = polars.from_arrow(answer)
    rows = rows if isinstance(rows, polars.DataFrame) else rows.struct.unnest()
    other = polars.read_delta(place)
    assert rows.shape == other.shape, (rows.shape, other.shape)
    column = 'signers' if 'signers' in rows.columns else 'valid_from'
    print(json.dumps({'version': table.version(), 'rows': other.height, 'sum': int(other[column].sum() or 0)}))
";

fn has_readers() -> bool {
    let tried = Command::new("python3").args(["-c", "import deltalake, polars"]).output();
    tried.is_ok_and(|done| done.status.success())
}

fn ask(store: &Store, tables: &[String]) -> Vec<Json> {
    let places = tables.iter().map(|table| store.data().join(table));
    let done = Command::new("python3").args(["-c", SCRIPT]).args(places).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let text = String::from_utf8(done.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn other_readers_of_delta_tables_count_as_we_do_before_and_after_a_checkpoint() {
    if !has_readers() {
        eprintln!("python3 has no deltalake and polars; independent readers are not tried");
        return;
    }
    let store = Store::new();
    let mut sum = 0;
    for round in 0..24usize {
        let mut rows: Vec<Json> = (round * 2..round * 2 + 3).map(|key| petition(key, "one")).collect();
        for row in &mut rows {
            row["signers"] = json!(1);
        }
        rows.push(json!({ "source_id": "kept", "kind": "complaint", "signers": round, "text": format!("lần {round}") }));
        assert!(store.feed(&rows).status.success());
        sum = 2 * (round + 1) + 1 + round;
        if [0, 19, 23].contains(&round) {
            check(&store, sum);
        }
    }
    assert!(store.run(&["optimize"]).status.success());
    check(&store, sum);
    assert!(store.files("tables/petitions/_delta_log").iter().any(|file| file.ends_with("_last_checkpoint")));
}

fn check(store: &Store, sum: usize) {
    let engine = store.reading();
    assert_sound(&engine);
    let record = engine.snapshot().unwrap().record().clone();
    let tables: Vec<String> = record.tables.keys().cloned().collect();
    for (table, answer) in tables.iter().zip(ask(store, &tables)) {
        let state = &record.tables[table];
        assert_eq!(answer["version"], json!(state.version), "{table}");
        assert_eq!(answer["rows"], json!(state.rows()), "{table}");
        if *table == TableKind::Main.path("petitions") {
            assert_eq!(answer["sum"], json!(sum));
        }
    }
}
