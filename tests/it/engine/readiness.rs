//! Readiness cells, rollouts, dossiers and recommendations as they come out of a store.

use std::path::PathBuf;

use serde_json::{Value as Json, json};
use thanhtra::demo::Plan;
use thanhtra::domain::language::Language::Vi;
use thanhtra::domain::scope::{Scope, Units};
use thanhtra::engine::Engine;
use thanhtra::engine::progress::Progress;
use thanhtra::metrics::ask::Asked;
use thanhtra::readiness::written;

use super::world::{World, options};

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn take(engine: &Engine, dataset: &str, file: &str) {
    let report = engine.ingest_file(dataset, &fixture(file), &options(), &Progress::default()).unwrap();
    assert_eq!(report.counts.rejected, 0, "{file}");
}

fn asked(day: &str, filters: &[(&str, &str)], by: &[&str]) -> Asked {
    let filters = filters.iter().map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned())));
    let by = by.iter().map(|name| (*name).to_owned()).collect();
    Asked { as_of: Some(day.parse().unwrap()), filters: filters.collect(), by, ..Asked::default() }
}

fn total(engine: &Engine, name: &str, asked: &Asked) -> (i64, Option<i64>) {
    let measure = engine.measure(name, asked, &Scope::everything()).unwrap();
    (measure.total().numerator, measure.total().denominator)
}

#[test]
fn published_cells_keep_what_each_source_says_and_are_counted_with_receipts() {
    let world = World::new();
    let engine = world.open();
    take(&engine, "readiness", "readiness_ict.csv");
    take(&engine, "readiness", "readiness_mic_2017.csv");
    let scope = Scope::everything();
    let (_, families) = engine.readiness_families(&scope).unwrap();
    let held: Vec<&str> = families.iter().map(|held| held.family.id.as_str()).collect();
    assert_eq!(held, ["ict-index", "mic-egov"]);
    assert_eq!(families[0].editions, ["2015", "2016", "2017", "2018", "2019", "2020", "2023"]);
    assert_eq!(families[0].before("2019"), Some("2018"));
    let then = engine.readiness("ICT Index", Some("2015"), &scope).unwrap().table;
    let now = engine.readiness("ict-index", Some("2017"), &scope).unwrap().table;
    let row = now.row("Quảng Nam").unwrap();
    let moved = written::movement_of(&then, &now, row, "composite");
    assert_eq!(written::movement(&moved, &then, Vi), "tụt 10 bậc");
    let two = then.row("Lào Cai").unwrap().reading("composite").unwrap();
    assert_eq!(two.cells.len(), 2);
    assert!(two.cells.iter().all(|cell| cell.id.starts_with('S') && cell.source.is_some()));
    let of = asked("2026-11-22", &[("family", "Vietnam ICT Index"), ("edition", "2015")], &[]);
    assert_eq!(total(&engine, "readiness_cells", &of), (9, None));
    assert_eq!(total(&engine, "readiness_contradicted_of_all", &of), (2, Some(9)));
    assert_eq!(total(&engine, "readiness_derived_of_all", &of), (4, Some(9)));
    // An edition of August 2019 was not there a day before it was published.
    let early = asked("2019-08-22", &[("edition", "2019")], &[]);
    assert_eq!(total(&engine, "readiness_cells", &early), (0, None));
    for (family, edition) in [("dti", None), ("ict-index", Some("2021"))] {
        let error = engine.readiness(family, edition, &scope).unwrap_err().to_string();
        assert!(error.contains("it has"), "{error}");
    }
    let nobody = Scope { units: Units::Only(["Sở A".to_owned()].into()), ..Scope::everything() };
    let seen = engine.readiness_families(&nobody).unwrap().1;
    assert!(seen.len() <= families.len());
}

#[test]
fn a_wide_file_becomes_cells_and_what_is_missing_is_unranked() {
    let world = World::new();
    let engine = world.open();
    let file = world.file(
        "papi.csv",
        "Province,SC81,SC82,SC83\nP01,0.58,2.96,0.5\nP02,0.61,2.21,0.45\nP03,,,\nP31,0.61,2.21,0.45\n"
            .as_bytes(),
    );
    let mut options = options();
    options.reading.unpivot = true;
    options.reading.set = vec![("family".into(), "PAPI".into()), ("edition".into(), "2024".into())];
    engine.ingest_file("readiness", &file, &options, &Progress::default()).unwrap();
    let held = engine.readiness("papi", None, &Scope::everything()).unwrap();
    let table = &held.table;
    let told = |province: &str| {
        let row = table.row(province).unwrap();
        let value = row.reading("C08").and_then(|known| written::values(&known.values(), 2, Vi));
        (written::standing(&table.standing(row, "C08"), table, Vi), value.unwrap_or_default())
    };
    assert_eq!(told("Hà Nội"), ("1 (tự tính)".to_owned(), "4,04 (tự tính)".to_owned()));
    assert_eq!((told("Hà Giang").0, told("46").0), ("2 (tự tính)".into(), "2 (tự tính)".into()));
    assert_eq!(told("Cao Bằng").0, "không xếp hạng: nguồn đã nhập không có tỉnh này");
    let cautions = written::cautions(table, "C08", Vi);
    assert!(
        cautions.iter().any(|line| line.contains("Không phải chỉ số công nghệ thông tin")),
        "{cautions:?}"
    );
    assert!(cautions.iter().any(|line| line.contains("Có hạng: 3 trong 63")), "{cautions:?}");
}

#[test]
fn the_rollouts_of_three_provinces_come_out_and_plans_are_no_results() {
    let world = World::new();
    let engine = world.open();
    take(&engine, "rollouts", "rollouts.csv");
    let documents = [("province", "Nghệ An"), ("product_kind", "documents")];
    let of = asked("2016-10-03", &documents, &[]);
    let golden = [
        ("rollouts_units", 41, None),
        ("rollouts_installed_of_all", 19, Some(41)),
        ("rollouts_official_of_installed", 14, Some(19)),
        ("rollouts_official_of_all", 14, Some(41)),
        ("rollouts_trial_of_all", 4, Some(41)),
        ("rollouts_idle_of_installed", 1, Some(19)),
        ("rollouts_data_collected_of_all", 22, Some(41)),
    ];
    for (name, above, below) in golden {
        assert_eq!(total(&engine, name, &of), (above, below), "{name}");
    }
    let by = asked("2016-10-03", &documents, &["unit_group"]);
    let groups = engine.measure("rollouts_data_collected_of_all", &by, &Scope::everything()).unwrap();
    let groups: Vec<i64> =
        groups.figures().iter().map(|figure| figure.numerator).filter(|count| *count > 0).collect();
    assert_eq!(groups, [13, 9], "districts, then departments");
    // A day after all of its plans, Nghệ An's one-stop product is at no unit more than before.
    let one_stop = asked("2017-01-01", &[("province", "Nghệ An"), ("product_kind", "one_stop")], &[]);
    assert_eq!(total(&engine, "rollouts_units", &one_stop), (16, None));
    assert_eq!(total(&engine, "rollouts_in_use_of_all", &one_stop), (0, Some(16)));
    assert_eq!(total(&engine, "rollouts_behind_plan_of_planned", &one_stop), (16, Some(16)));
    let on_plan = asked("2016-10-30", &[("province", "Nghệ An"), ("product_kind", "one_stop")], &[]);
    assert_eq!(total(&engine, "rollouts_behind_plan_of_planned", &on_plan), (0, Some(16)));
    for (province, name, count) in [
        ("Cần Thơ", "rollouts_in_use_of_all", (28, Some(28))),
        ("Bắc Giang", "rollouts_trial_of_all", (4, Some(4))),
    ] {
        assert_eq!(total(&engine, name, &asked("2017-11-23", &[("province", province)], &[])), count);
        assert_eq!(total(&engine, name, &asked("2017-11-22", &[("province", province)], &[])), (0, Some(0)));
    }
}

#[test]
fn two_one_stop_products_in_one_province_are_listed_and_two_versions_are_one() {
    let world = World::new();
    let engine = world.open();
    let row = |product: &str, version: &str, unit: &str, province: &str| {
        json!({ "product": product, "version": version, "product_kind": "one_stop", "unit": unit,
                "province": province, "prepared": "installed_trained", "in_use": "official" })
    };
    let rows = [
        row("Một cửa A", "1", "Sở X", "Hà Nội"),
        row("Một cửa A", "2", "Sở X", "Hà Nội"),
        row("Một cửa A", "1", "Sở Y", "Huế"),
        row("Một cửa B", "1", "Sở Z", "Huế"),
    ];
    world.feed(&engine, "rollouts", &rows);
    let found = engine.rollouts(Some("Hà Nội"), &Scope::everything()).unwrap();
    assert_eq!(found.products(), [("Một cửa A", "1"), ("Một cửa A", "2")]);
    assert_eq!(found.of("Sở X", ("Một cửa A", "2")).unwrap().in_use.as_deref(), Some("official"));
    let several: Vec<(&str, usize)> =
        found.several.iter().map(|(name, products)| (name.as_str(), products.len())).collect();
    assert_eq!(several, [("Huế", 2)]);
}

#[test]
fn a_dossier_that_waited_has_its_days_added_and_levels_stay_as_declared() {
    let world = World::new();
    let engine = world.open();
    let row = |key: &str, with: Json| {
        let mut row = json!({ "source_id": key, "title": "hồ sơ", "unit": "Sở A", "received_on": "2018-01-02",
                              "due_on": "2018-01-10", "status": "done", "kind": "level_3" });
        with.as_object().unwrap().iter().for_each(|(name, value)| row[name] = value.clone());
        row
    };
    let rows = [
        row("on time", json!({ "completed_on": "2018-01-10" })),
        row("waited", json!({ "completed_on": "2018-01-15", "waited_days": 5 })),
        row("late", json!({ "completed_on": "2018-01-16", "waited_days": 5 })),
        row("waiting", json!({ "status": "waiting", "kind": "full" })),
        row("withdrawn", json!({ "status": "withdrawn", "kind": "partial" })),
        row("refused", json!({ "status": "refused", "kind": "paper" })),
        row("overdue", json!({ "status": "processing", "kind": null })),
        row("later", json!({ "received_on": "2026-08-01", "due_on": "2026-08-10", "status": "processing" })),
    ];
    world.feed(&engine, "dossiers", &rows);
    let of = asked("2018-02-01", &[], &[]);
    let golden = [
        ("dossiers_on_time_of_done", 2, 3),
        ("dossiers_late_of_done", 1, 3),
        ("dossiers_late_of_open", 1, 1),
        ("dossiers_waiting_of_open", 1, 2),
        ("dossiers_withdrawn_of_all", 1, 7),
        ("dossiers_refused_of_all", 1, 7),
        ("dossiers_done_of_all", 3, 5),
        ("dossiers_online_of_all", 1, 6),
    ];
    for (name, above, below) in golden {
        assert_eq!(total(&engine, name, &of), (above, Some(below)), "{name}");
    }
    let by = asked("2026-08-02", &[], &["level"]);
    let levels = engine.measure("dossiers_withdrawn_of_all", &by, &Scope::everything()).unwrap();
    let levels: Vec<String> = levels.figures().iter().filter_map(|figure| figure.key[0].clone()).collect();
    assert!(levels.contains(&"Mức độ 3 (cách gọi trước NĐ 42/2022)".to_owned()), "{levels:?}");
    assert!(levels.contains(&"Mức 3 (không rõ: trực tuyến hay chủ động)".to_owned()), "{levels:?}");
}

#[test]
fn recommendations_are_judged_on_the_day_and_money_is_added_up() {
    let world = World::new();
    let engine = world.open();
    let row = |key: &str, with: Json| {
        let mut row = json!({ "source_id": key, "title": "kiến nghị", "inspection_id": "TT-1", "unit": "Sở A",
                              "kind": "recover_money", "issued_on": "2018-01-02", "due_on": "2018-03-01" });
        with.as_object().unwrap().iter().for_each(|(name, value)| row[name] = value.clone());
        row
    };
    let large = 9_007_199_254_740_993i64;
    let rows = [
        row(
            "1",
            json!({ "completed_on": "2018-02-01", "amount_due": large, "amount_recovered": large,
                         "recovered_on": "2018-02-01" }),
        ),
        row(
            "2",
            json!({ "completed_on": "2018-04-01", "amount_due": 100, "amount_recovered": 40,
                         "recovered_on": "2018-04-01" }),
        ),
        row("3", json!({ "kind": "discipline", "due_on": null })),
    ];
    world.feed(&engine, "recommendations", &rows);
    let (then, now) = (asked("2018-03-15", &[], &[]), asked("2018-05-01", &[], &[]));
    assert_eq!(total(&engine, "recommendations_done_of_all", &then), (1, Some(3)));
    assert_eq!(total(&engine, "recommendations_overdue_of_open", &then), (1, Some(1)));
    assert_eq!(total(&engine, "recommendations_done_of_all", &now), (2, Some(3)));
    assert_eq!(total(&engine, "recommendations_money_due", &then), (large + 100, None));
    let recovered = "recommendations_money_recovered_of_due";
    assert_eq!(total(&engine, recovered, &then), (large, Some(large + 100)));
    assert_eq!(total(&engine, recovered, &now), (large + 40, Some(large + 100)));
    assert_eq!(total(&engine, "recommendations_money_open", &then), (1, None));
    world.feed(
        &engine,
        "inspections",
        &[
            json!({ "source_id": "TT-1", "title": "a", "started_on": "2018-01-02", "due_on": "2018-02-01",
                    "ended_on": "2018-01-30", "concluded_on": "2018-03-20" }),
            json!({ "source_id": "TT-2", "title": "b", "started_on": "2018-01-02", "due_on": "2018-02-01" }),
            json!({ "source_id": "TT-3", "title": "c", "started_on": "2018-01-02", "status": "cancelled" }),
        ],
    );
    assert_eq!(total(&engine, "inspections_concluded_of_all", &then), (0, Some(2)));
    assert_eq!(total(&engine, "inspections_concluded_of_all", &now), (1, Some(2)));
    assert_eq!(total(&engine, "inspections_overdue_of_running", &now), (1, Some(1)));
}

#[test]
fn the_demo_fills_every_page_of_the_province() {
    let world = World::new();
    let engine = world.open();
    let plan = Plan::new(5, 800, "2026-11-20".parse().unwrap());
    for dataset in ["readiness", "rollouts", "inspections", "recommendations"] {
        let lines: Vec<String> = plan.lines(dataset).unwrap().collect();
        let file = world.file(&format!("{dataset}.ndjson"), lines.join("\n").as_bytes());
        engine.ingest_file(dataset, &file, &options(), &Progress::default()).unwrap();
    }
    let scope = Scope::everything();
    let table = engine.readiness("mo-phong", None, &scope).unwrap().table;
    assert_eq!((table.coverage("composite"), table.strangers.len()), ((34, 34), 0));
    let rows = table.rows().iter();
    let differs = rows.filter(|row| {
        table.agreement(row, "composite") != Some(thanhtra::readiness::table::Agreement::Exact)
    });
    assert_eq!(differs.count(), 0, "a simulated composite is the mean of its parts");
    let rollouts = engine.rollouts(None, &scope).unwrap();
    assert_eq!((rollouts.provinces.len(), rollouts.several.len()), (34, 1));
    assert!(total(&engine, "recommendations_money_due", &asked("2026-11-20", &[], &[])).0 > 0);
    assert!(total(&engine, "inspections_all", &asked("2026-11-20", &[], &[])).0 >= 15);
}
