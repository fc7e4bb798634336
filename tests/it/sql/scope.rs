//! What an asker may see, and what was known then.

use thanhtra::domain::scope::Scope;
use thanhtra::sql::job::{Job, Table};

use super::world::{World, run};

fn ask(table: Table, sql: &str) -> Vec<String> {
    let rows = run(&Job::new(sql, vec![table])).unwrap();
    rows.into_iter().map(|row| row.join("|")).collect()
}

#[test]
fn a_scope_sees_its_units_and_no_personal_column() {
    let world = World::new();
    let table = || world.petitions(&Scope::of_units("a", ["Sở A".to_owned()]));
    let all = "SELECT id, signer_name, text FROM petitions ORDER BY id";
    assert_eq!(ask(table(), all), ["P1|NULL|Kính gửi Sở A, thửa đất số 5", "P3|NULL|NULL"]);
    assert_eq!(ask(table(), "SELECT count(*), count(signer_name) FROM petitions"), ["2|0"]);
}

#[test]
fn a_hidden_value_cannot_be_guessed_by_asking_for_it() {
    let world = World::new();
    let table = || world.petitions(&Scope::of_units("a", ["Sở A".to_owned()]));
    for condition in [
        "signer_name = 'Nguyễn Văn Mẫu'",
        "signer_name LIKE '%Mẫu'",
        "vn_fold(signer_name) IS NOT NULL",
        "unit = 'Sở B'",
        "text LIKE '%che%'",
    ] {
        let sql = format!("SELECT id FROM petitions WHERE {condition}");
        assert!(ask(table(), &sql).is_empty(), "{condition}");
    }
    let seen = ask(
        world.petitions(&Scope::everything()),
        "SELECT id FROM petitions WHERE signer_name LIKE '%Mẫu' ORDER BY 1",
    );
    assert_eq!(seen, ["P1", "P3"]);
}

#[test]
fn an_old_snapshot_shows_what_was_known_then() {
    let world = World::new();
    let sql = "SELECT id, title, text FROM petitions ORDER BY id";
    let cases: [(i64, &[&str]); 5] = [
        (0, &[]),
        (1, &["P1|cũ|văn bản cũ"]),
        (3, &["P1|cũ|văn bản cũ", "P3|ba|NULL", "P6|sáu|NULL"]),
        (4, &["P1|cũ|văn bản cũ", "P3|ba|NULL"]),
        (9, &["P1|mới|văn bản mới", "P3|ba|NULL"]),
    ];
    for (at, expected) in cases {
        assert_eq!(ask(world.petitions_history().as_known(at), sql), expected, "at {at}");
    }
    let filtered = "SELECT title FROM petitions WHERE id = 'P1' AND valid_from < 5";
    assert!(ask(world.petitions_history().as_known(9), filtered).is_empty());
}
