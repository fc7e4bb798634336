//! Simulated records against the definitions they are made for, which the demo itself does not know.

use std::collections::BTreeSet;

use serde_json::Value;
use thanhtra::definition::catalog::{Catalog, embedded};
use thanhtra::demo::{DATASETS, Plan, SOURCE_SYSTEM};
use thanhtra::domain::secrecy::ColumnClass;

fn plan(petitions: u64) -> Plan {
    Plan::new(7, petitions, "2026-11-20".parse().unwrap())
}

fn records(plan: Plan, dataset: &str) -> Vec<Value> {
    plan.lines(dataset).unwrap().map(|line| serde_json::from_str(&line).unwrap()).collect()
}

fn text<'a>(record: &'a Value, field: &str) -> &'a str {
    record[field].as_str().unwrap_or_default()
}

#[test]
fn every_field_is_a_column_and_every_code_is_known() {
    let catalog = Catalog::parse(embedded()).unwrap();
    for name in DATASETS {
        let dataset = catalog.dataset(name).unwrap();
        for record in records(plan(600), name) {
            for (field, value) in record.as_object().unwrap() {
                let child = dataset.children.iter().any(|child| child.field == *field);
                let Some(column) = dataset.column(field) else {
                    assert!(child || ["id", "source_system"].contains(&field.as_str()), "{name}.{field}");
                    continue;
                };
                let code = value.as_str().filter(|_| !column.codes.is_empty());
                let is_known = |code: &str| column.codes.iter().any(|known| known.code == code);
                assert!(code.is_none_or(is_known), "{name}.{field} = {value}");
            }
            assert_eq!(text(&record, "source_system"), SOURCE_SYSTEM);
        }
    }
}

#[test]
fn keys_are_given_and_unique() {
    let catalog = Catalog::parse(embedded()).unwrap();
    for name in DATASETS {
        let dataset = catalog.dataset(name).unwrap();
        let mut keys = BTreeSet::new();
        for record in records(plan(1_000), name) {
            let parts = dataset.key.iter().map(|part| record[part].to_string());
            let built = parts.collect::<Vec<_>>().join("|");
            let key = record["id"].as_str().map_or(built, str::to_owned);
            assert!(!key.is_empty() && keys.insert(key.clone()), "{name}: {key}");
        }
        assert!(keys.len() >= 20, "{name}");
    }
}

#[test]
fn id_numbers_and_phones_are_impossible_ones() {
    let catalog = Catalog::parse(embedded()).unwrap();
    for name in ["petitions", "receptions", "dossiers"] {
        let dataset = catalog.dataset(name).unwrap();
        for record in records(plan(400), name) {
            for column in dataset.columns.iter().filter(|column| column.class != ColumnClass::Public) {
                let value = text(&record, &column.name);
                let is_possible = match column.name.rsplit('_').next() {
                    Some("number") => {
                        !(value.is_empty() || value.starts_with("999") && [9, 12].contains(&value.len()))
                    }
                    Some("phone") => !value.is_empty() && !value.starts_with("0000"),
                    _ => false,
                };
                assert!(!is_possible, "{name}.{}: {value}", column.name);
            }
        }
    }
}
