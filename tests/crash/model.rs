//! What a store must hold: the model that the killed process is compared with.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use thanhtra::definition::query::Query;
use thanhtra::domain::language::Label;
use thanhtra::domain::limits::HITS_MAX;
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::search::request::{Filter, Op, Request};
use thanhtra::sql::vetted;

use arrow::array::StringArray;

/// Status of each petition, by its key.
pub(crate) type Model = BTreeMap<String, String>;

/// `model` after the rows of a file.
pub(crate) fn after(model: &Model, rows: &[Json]) -> Model {
    let mut model = model.clone();
    for row in rows {
        let key = row["source_id"].as_str().unwrap().to_owned();
        match row["_op"].as_str() {
            Some("retract") => drop(model.remove(&key)),
            _ => drop(model.insert(key, row["status"].as_str().unwrap().to_owned())),
        }
    }
    model
}

/// What the tables say.
pub(crate) fn in_tables(engine: &Engine) -> Model {
    let snapshot = engine.snapshot().unwrap();
    let tables = engine.tables(&snapshot, snapshot.version(), &Scope::everything()).unwrap();
    let sql = "SELECT source_id, status, text FROM petitions";
    let query = Query {
        name: "crash".to_owned(),
        version: 1,
        title: Label::default(),
        counts: "petitions".to_owned(),
        parameters: Vec::new(),
        tables: vec!["petitions".to_owned()],
        columns: Vec::new(),
        sql: sql.to_owned(),
        ..Query::default()
    };
    let mut model = Model::new();
    for batch in vetted::run(&query, &tables, &[]).unwrap() {
        let column = |name: &str| -> StringArray {
            let column = batch.column_by_name(name).unwrap();
            let column = arrow::compute::cast(column, &arrow::datatypes::DataType::Utf8).unwrap();
            column.as_any().downcast_ref::<StringArray>().unwrap().clone()
        };
        let (keys, statuses, texts) = (column("source_id"), column("status"), column("text"));
        for row in 0..batch.num_rows() {
            let (key, status) = (keys.value(row).to_owned(), statuses.value(row).to_owned());
            assert!(
                texts.value(row).contains(&format!("lần {status} ")),
                "the text of {key} is of another version"
            );
            assert!(model.insert(key, status).is_none(), "a record stands twice");
        }
    }
    model
}

/// What the index says: the whole of it, and by the words of each status.
pub(crate) fn in_index(engine: &Engine) -> Model {
    let request = Request { limit: HITS_MAX, ..Request::default() };
    let answer = engine.search("petitions", &request, &Scope::everything()).unwrap();
    let mut model = Model::new();
    for hit in &answer.hits {
        let status = hit.fields["status"].as_str().unwrap().to_owned();
        assert!(model.insert(hit.source_id.clone(), status).is_none(), "{} is indexed twice", hit.source_id);
    }
    assert_eq!(answer.total.value, model.len() as u64);
    let mut statuses: Vec<&String> = model.values().collect();
    statuses.dedup();
    for status in statuses.into_iter().take(3) {
        let filter = Filter { column: "status".to_owned(), op: Op::Equals(vec![status.clone()]) };
        let request = Request { filters: vec![filter], limit: 1, ..Request::default() };
        let found = engine.search("petitions", &request, &Scope::everything()).unwrap().total.value;
        assert_eq!(found, model.values().filter(|known| *known == status).count() as u64);
    }
    model
}
