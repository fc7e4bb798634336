//! Staging keeps every row as given and tells which of two rows with one key counts.

use super::*;
use crate::definition::catalog::{Catalog, embedded};
use crate::domain::record::Operation;

fn task(dataset: &Dataset, key: &str, title: &str, line: u64) -> Record {
    let mut values = vec![Value::Null; dataset.columns.len()];
    values[dataset.position("title").unwrap()] = Value::Text(title.to_owned());
    Record {
        source_system: "local".to_owned(),
        source_id: key.to_owned(),
        operation: Operation::Upsert,
        values,
        extra: String::new(),
        line,
        children: Vec::new(),
    }
}

#[test]
fn of_two_rows_with_one_key_the_last_counts_and_the_file_goes_away() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::open(folder.path().to_str().unwrap()).unwrap();
    let tasks = Catalog::parse(embedded()).unwrap().dataset("tasks").unwrap().clone();
    let mut stage = Stage::new(&home, &tasks, 7).unwrap();
    for (line, (key, title)) in [("a", "one"), ("b", "two"), ("a", "three")].into_iter().enumerate() {
        stage.push(&task(&tasks, key, title, line as u64 + 2)).unwrap();
    }
    let staged = stage.finish().unwrap();
    assert_eq!(staged.superseded, [Superseded { ordinal: 0, line: 2, by_line: 4 }]);
    assert_eq!(staged.keys[&tasks.id("local", "a")], 2);
    let mut rows = 0;
    staged
        .select(&|ordinal| ordinal != 0, &mut |ordinals, batch| {
            rows += batch.num_rows();
            assert_eq!(ordinals, [1, 2]);
            Ok(())
        })
        .unwrap();
    assert_eq!(rows, 2);
    let path = staged.path.clone();
    drop(staged);
    assert!(!path.exists());
}

#[test]
fn a_row_hash_depends_on_values_and_on_the_stores_key_only() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::open(folder.path().to_str().unwrap()).unwrap();
    let tasks = Catalog::parse(embedded()).unwrap().dataset("tasks").unwrap().clone();
    let hashes = |key: u64, title: &str, line: u64| {
        let mut stage = Stage::new(&home, &tasks, key).unwrap();
        stage.push(&task(&tasks, "a", title, line)).unwrap();
        let staged = stage.finish().unwrap();
        let (_, batch) = staged.batches().unwrap().next().unwrap().unwrap();
        crate::store::table::integers(&batch, "row_hash").unwrap().value(0)
    };
    assert_eq!(hashes(1, "x", 2), hashes(1, "x", 9));
    assert_ne!(hashes(1, "x", 2), hashes(1, "y", 2));
    assert_ne!(hashes(1, "x", 2), hashes(2, "x", 2));
}
