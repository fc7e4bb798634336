//! Metrics that add up a column: exact, in every channel, and the rows behind a sum add up to it.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use thanhtra::definition::catalog::{Catalog, Texts, embedded};
use thanhtra::domain::language::Language;
use thanhtra::domain::scope::Scope;
use thanhtra::metrics::ask::Asked;
use thanhtra::metrics::compose::Side;
use thanhtra::metrics::written;
use thanhtra::rules::period::Period;
use thanhtra::sql::encode::objects;

use super::world::World;

fn on(day: &str) -> Asked {
    Asked { as_of: Some(day.parse().unwrap()), ..Asked::default() }
}

fn decision(key: usize, unit: &str, money: Option<i64>, executed: Option<&str>) -> Json {
    json!({
        "source_id": key.to_string(), "title": "quyết định", "number": format!("{key}/QĐ"), "kind": "decision_first",
        "unit": unit, "issued_on": "2018-03-01", "money_recovered": money, "land_recovered_m2": 10.5,
        "executed_on": executed,
    })
}

#[test]
fn money_is_added_up_without_losing_a_dong() {
    let world = World::new();
    let engine = world.open();
    // Neither is a floating number of 64 bits.
    let (large, larger) = (9_007_199_254_740_993i64, 9_007_199_254_740_995i64);
    let rows = [
        decision(1, "Sở A", Some(large), Some("2018-04-01")),
        decision(2, "Sở A", Some(larger), None),
        decision(3, "Sở B", None, Some("2018-04-01")),
        decision(4, "Sở B", Some(5), Some("2018-05-31")),
    ];
    world.feed(&engine, "decisions", &rows);
    let scope = Scope::everything();
    let by_unit = Asked { by: vec!["unit".to_owned()], ..on("2018-05-30") };
    let money = engine.measure("decisions_money_recovered", &by_unit, &scope).unwrap();
    assert_eq!(money.total().numerator, large + larger + 5);
    assert_eq!(money.figures().iter().map(|it| it.numerator).collect::<Vec<_>>(), [large + larger, 5]);
    assert_eq!(money.sources().values().copied().collect::<Vec<_>>(), [4], "coverage counts rows");
    let rate = engine.measure("decisions_money_executed_of_all", &by_unit, &scope).unwrap();
    assert_eq!((rate.total().numerator, rate.total().denominator), (large, Some(large + larger + 5)));
    assert_eq!(written::shown(money.total(), Language::Vi), "18.014.398.509.481.993");
    let text = written::json(&money, Language::Vi, None);
    let read: Json = serde_json::from_str(&text).unwrap();
    assert_eq!((read["numerator"].as_i64(), read["unit"].as_str()), (Some(large + larger + 5), Some("sum")));
    assert_eq!(read["measured"], "đồng");
    let land = engine.measure("decisions_land_recovered", &on("2018-05-30"), &scope).unwrap();
    assert_eq!(land.total().numerator, 44, "each decision is rounded before the sum");
    let found = engine.receipt(&money.total().code, &scope).unwrap();
    assert!(found.holds());
}

#[test]
fn a_sum_that_does_not_fit_is_an_error_and_no_other_number() {
    let world = World::new();
    let engine = world.open();
    let rows = [decision(1, "Sở A", Some(i64::MAX), None), decision(2, "Sở A", Some(i64::MAX), None)];
    world.feed(&engine, "decisions", &rows);
    let answer = engine.measure("decisions_money_recovered", &on("2018-05-30"), &Scope::everything());
    assert!(answer.is_err());
}

#[test]
fn a_changed_amount_restates_a_frozen_sum() {
    let world = World::new();
    let engine = world.open();
    world.feed(
        &engine,
        "decisions",
        &[decision(1, "Sở A", Some(100), None), decision(2, "Sở A", Some(7), None)],
    );
    let period = Period::parse("2018-Q1").unwrap();
    engine.freeze(&period, None, "Chánh Văn phòng").unwrap();
    world.feed(&engine, "decisions", &[decision(1, "Sở A", Some(60), None)]);
    let moved = engine.restatements("2018-Q1", "decisions_money_recovered", &Scope::everything()).unwrap();
    let told: Vec<_> =
        moved.iter().map(|it| (it.source_id.as_str(), it.before, it.amounts.0.0, it.amounts.1.0)).collect();
    assert_eq!(told, [("1", (true, true), 100, 60)]);
}

#[test]
fn a_sum_says_its_column_and_its_unit() {
    let file = "queries/decisions_money_executed_of_all.sql";
    let with = |from: &str, to: &str| {
        let text = embedded()[file].replace(from, to);
        Catalog::overlaid(Texts::from([(file.to_owned(), text)])).unwrap_err().to_string()
    };
    assert!(with("sums = \"money_recovered\"", "sums = \"secrecy\"").contains("`secrecy`"));
    assert!(with("--| measured = { vi = \"đồng\", en = \"đồng\" }\n", "").contains("unit"));
    assert!(with("--| sums = \"money_recovered\"\n", "").contains("go with `sums`"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_rows_behind_a_sum_add_up_to_it(
        rows in prop::collection::vec((0u8..3, prop::option::of(-5_000_000_000i64..5_000_000_000), any::<bool>()), 1..20)
    ) {
        let world = World::new();
        let engine = world.open();
        let rows: Vec<Json> = rows.iter().enumerate().map(|(key, (unit, money, done))| {
            decision(key, &format!("Sở {unit}"), *money, done.then_some("2018-04-01"))
        }).collect();
        world.feed(&engine, "decisions", &rows);
        let scope = Scope::everything();
        let by = Asked { by: vec!["unit".to_owned()], ..on("2018-05-30") };
        let measure = engine.measure("decisions_money_executed_of_all", &by, &scope).unwrap();
        for figure in measure.figures().iter().chain([measure.total()]) {
            let mut inputs = measure.inputs().clone();
            inputs.filters.extend(inputs.by.clone().into_iter().zip(figure.key.clone()));
            for (side, sum) in [(Side::Numerator, figure.numerator), (Side::Denominator, figure.denominator.unwrap())] {
                let opened = objects(&engine.figure_rows(&inputs, side, 0, &scope).unwrap().batches).unwrap();
                let added: i64 = opened.iter().filter_map(|row| row["money_recovered"].as_i64()).sum();
                prop_assert_eq!(added, sum);
            }
        }
    }
}
