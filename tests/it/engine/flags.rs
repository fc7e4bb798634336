//! Signs that records were entered for the statistics, successors of offices, and provinces of today.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value as Json, json};
use thanhtra::domain::clock::{FixedClock, Instant};
use thanhtra::domain::error::Classified;
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::engine::open::Surroundings;
use thanhtra::engine::progress::Progress;
use thanhtra::metrics::ask::Asked;
use thanhtra::metrics::compose::Side;
use thanhtra::rules::period::Period;
use thanhtra::sql::encode::objects;

use super::world::{World, petition};
use crate::sql::world::program;

const DAY: i64 = 86_400_000_000;
/// Noon of 2018-06-01 in Vietnam, as everywhere in these tests.
const FIRST: i64 = 1_527_829_200_000_000;

fn on_day(world: &World, days: i64) -> Engine {
    let clock = Arc::new(FixedClock(Instant(FIRST + days * DAY)));
    let surroundings = Surroundings { clock, program: program() };
    Engine::open_writing(&world.place(), surroundings, &Progress::default()).unwrap()
}

fn on(day: &str, by: &[&str]) -> Asked {
    let by = by.iter().map(|name| (*name).to_owned()).collect();
    Asked { as_of: Some(day.parse().unwrap()), by, ..Asked::default() }
}

/// Name of each cell with what is above and below the line.
fn cells(engine: &Engine, metric: &str, asked: &Asked) -> Vec<(String, i64, i64)> {
    let measure = engine.measure(metric, asked, &Scope::everything()).unwrap();
    let cell = |figure: &thanhtra::metrics::measure::Figure| {
        let name =
            figure.key.iter().map(|part| part.clone().unwrap_or_default()).collect::<Vec<_>>().join("|");
        (name, figure.numerator, figure.denominator.unwrap_or_default())
    };
    measure.figures().iter().map(cell).collect()
}

fn keys(engine: &Engine, metric: &str, asked: &Asked) -> Vec<String> {
    let measure = engine.measure(metric, asked, &Scope::everything()).unwrap();
    let rows = engine.figure_rows(measure.inputs(), Side::Numerator, 0, &Scope::everything()).unwrap();
    let rows = objects(&rows.batches).unwrap();
    rows.iter().map(|row| row["source_id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_receipt_dated_long_before_its_entry_is_told_and_older_data_are_not() {
    let world = World::new();
    let letter =
        |key: &str, received: &str| petition(key, json!({ "received_on": received, "unit": "Sở A" }));
    let engine = on_day(&world, 0);
    world.feed(&engine, "petitions", &[letter("old", "2018-01-02")]);
    drop(engine);
    let engine = on_day(&world, 20);
    world.feed(&engine, "petitions", &[letter("late", "2018-06-10"), letter("in time", "2018-06-11")]);
    drop(engine);
    // A later version of a record does not make its entry later.
    let engine = on_day(&world, 60);
    let again = petition("in time", json!({ "received_on": "2018-06-11", "unit": "Sở B" }));
    world.feed(&engine, "petitions", &[again]);
    let asked = on("2018-12-31", &["unit"]);
    let metric = "petitions_backdated_of_recorded";
    assert_eq!(
        cells(&engine, metric, &asked),
        [("Sở A".to_owned(), 1, 1), ("Sở B".to_owned(), 0, 1)],
        "11 days are too many, 10 are not"
    );
    assert_eq!(keys(&engine, metric, &on("2018-12-31", &[])), ["late"]);
}

fn task(key: usize, unit: &str, done: &str) -> Json {
    json!({ "source_id": format!("{unit} {key}"), "title": "việc", "unit": unit, "assigned_on": "2018-01-02",
            "completed_on": done, "status": "done" })
}

#[test]
fn closing_in_bulk_before_the_cut_off_is_told_against_a_units_own_rate() {
    let world = World::new();
    let engine = world.open();
    let mut rows: Vec<Json> = (0..5).map(|key| task(key, "Sở dồn", "2018-03-14")).collect();
    rows.push(task(9, "Sở dồn", "2018-02-01"));
    rows.extend((0..4).map(|key| task(key, "Sở ít", "2018-03-14")));
    // As many a day on the other days: 90 in 90 days beside five in two.
    rows.extend((0..5).map(|key| task(key, "Sở đều", "2018-03-13")));
    rows.extend((10..100).map(|key| task(key, "Sở đều", "2018-02-01")));
    rows.extend((0..6).map(|key| task(key, "Sở sau", "2018-03-15")));
    // Told before the period ends as well, by what was closed until then.
    rows.extend((0..5).map(|key| task(key, "Sở sớm", "2018-03-13")));
    rows.extend((10..12).map(|key| task(key, "Sở sớm", "2018-03-14")));
    world.feed(&engine, "tasks", &rows);
    for (day, early) in [("2018-03-13", (5, 5)), ("2018-03-14", (7, 7)), ("2018-06-01", (7, 7))] {
        let told = cells(&engine, "tasks_bulk_of_closed", &on(day, &["unit"]));
        let of = told.iter().find(|cell| cell.0 == "Sở sớm").map(|cell| (cell.1, cell.2));
        assert_eq!(of, Some(early), "{day}");
    }
    let asked = on("2018-06-01", &["unit"]);
    let told = cells(&engine, "tasks_bulk_of_closed", &asked);
    let of = |unit: &str| told.iter().find(|cell| cell.0 == unit).map(|cell| (cell.1, cell.2));
    assert_eq!(of("Sở dồn"), Some((5, 6)));
    assert_eq!((of("Sở ít"), of("Sở đều"), of("Sở sau")), (Some((0, 4)), Some((0, 95)), Some((0, 6))));
    assert_eq!(keys(&engine, "tasks_bulk_of_closed", &on("2018-06-01", &[])).len(), 12);
    assert_eq!(
        cells(&engine, "tasks_bulk_of_closed", &on("2018-03-13", &["unit"])).len(),
        3,
        "not closed yet"
    );
}

fn unit(code: &str, name: &str, from: &str, to: Option<&str>, heir: Option<&str>) -> Json {
    json!({ "code": code, "name": name, "kind": "Khối thử", "valid_from_on": from, "valid_to_on": to,
            "successor_code": heir })
}

#[test]
fn open_work_of_an_ended_office_stands_under_its_successor() {
    let world = World::new();
    let engine = world.open();
    let units = [
        unit("H1", "UBND huyện Một", "2010-01-01", Some("2025-06-30"), Some("X1")),
        unit("X1", "UBND xã Một", "2025-07-01", None, None),
        unit("H2", "UBND huyện Hai", "2010-01-01", Some("2025-06-30"), None),
        unit("S1", "Sở Cũ", "2010-01-01", Some("2025-02-28"), Some("S2")),
        unit("S2", "Sở Giữa", "2025-03-01", Some("2025-12-31"), Some("S3")),
        unit("S3", "Sở Mới", "2026-01-01", None, None),
    ];
    world.feed(&engine, "units", &units);
    let open = |key: &str, unit: &str| {
        json!({ "source_id": key, "title": "việc", "unit": unit, "assigned_on": "2018-01-02",
                "due_on": "2018-02-01", "status": "open" })
    };
    let mut rows = vec![
        open("1", "UBND huyện Một"),
        open("2", "UBND huyện Hai"),
        open("3", "Sở Cũ"),
        open("4", "UBND quận Không Có"),
        open("5", "UBND thành phố Hà Nội"),
    ];
    rows.push(task(6, "UBND huyện Một", "2018-01-20"));
    world.feed(&engine, "tasks", &rows);
    let at = |day: &str| {
        let cells = cells(&engine, "tasks_open_of_all", &on(day, &["present_unit"]));
        let open = cells.into_iter().filter(|cell| cell.1 > 0);
        open.map(|(name, count, _)| format!("{name}: {count}")).collect::<Vec<_>>()
    };
    assert_eq!(
        at("2026-06-01"),
        ["chưa xác định: 2", "Sở Mới: 1", "UBND thành phố Hà Nội: 1", "UBND xã Một: 1"]
    );
    assert_eq!(
        at("2025-03-15"),
        [
            "Sở Giữa: 1",
            "UBND huyện Hai: 1",
            "UBND huyện Một: 1",
            "UBND quận Không Có: 1",
            "UBND thành phố Hà Nội: 1"
        ]
    );
    let groups = cells(&engine, "tasks_open_of_all", &on("2018-06-01", &["unit_group"]));
    assert!(groups.iter().any(|cell| cell.0 == "Khối thử" && cell.2 == 4), "{groups:?}");
    let of = |name: &str| groups.iter().find(|cell| cell.0 == name).map(|cell| cell.2);
    assert_eq!(of("UBND tỉnh, thành phố trực thuộc trung ương"), Some(1), "Hà Nội is no district");
    assert_eq!(of("Huyện, quận, thị xã, thành phố (trước 01/7/2025)"), Some(1));
    let owners = cells(&engine, "tasks_open_of_all", &on("2026-06-01", &["unit"]));
    assert!(owners.iter().any(|cell| cell.0 == "UBND huyện Một" && cell.2 == 2), "history keeps its names");
}

#[test]
fn an_installation_has_peer_groups_of_its_own_by_a_file() {
    let world = World::new();
    let folder = world.data().join("definitions/blocks");
    std::fs::create_dir_all(&folder).unwrap();
    let own = "--| name = \"peer_group\"\n--| takes = [\"unit\"]\n\
               CASE WHEN {unit} LIKE 'Sở %' THEN 'Khối sở' ELSE coalesce(f.kind, 'Khối khác') END";
    std::fs::write(folder.join("peer_group.sql"), own).unwrap();
    let engine = world.open();
    world.feed(&engine, "tasks", &[task(1, "Sở A", "2018-01-20"), task(2, "UBND xã B", "2018-01-20")]);
    let mut groups = cells(&engine, "tasks_done_of_all", &on("2018-06-01", &["unit_group"]));
    groups.sort();
    assert_eq!(groups, [("Khối khác".to_owned(), 1, 1), ("Khối sở".to_owned(), 1, 1)]);
}

#[test]
fn counts_join_at_the_merger_and_shares_do_not() {
    let world = World::new();
    let engine = world.open();
    let letter = |key: &str, province: &str| {
        petition(key, json!({ "province": province, "received_on": "2018-01-02" }))
    };
    let rows = [letter("1", "Quảng Nam"), letter("2", "Đà Nẵng"), letter("3", "Tỉnh Bắc Giang")];
    world.feed(&engine, "petitions", &rows);
    let asked = on("2018-06-01", &["present_province"]);
    let told = cells(&engine, "petitions_received", &asked);
    let told: Vec<(&str, i64)> = told.iter().map(|cell| (cell.0.as_str(), cell.1)).collect();
    assert_eq!(told, [("Bắc Ninh", 1), ("Đà Nẵng", 2)]);
    let error = engine.measure("petitions_handled_of_all", &asked, &Scope::everything()).unwrap_err();
    assert_eq!(error.code(), "metrics.only_counts");
    let mut filtered = on("2018-06-01", &[]);
    filtered.filters.insert("present_province".to_owned(), Some("Đà Nẵng".to_owned()));
    assert_eq!(
        engine.measure("petitions_handled_of_all", &filtered, &Scope::everything()).unwrap_err().code(),
        "metrics.only_counts"
    );
}

#[test]
fn no_breakdown_tells_a_denunciation_below_its_province() {
    let world = World::new();
    let engine = world.open();
    let scope = Scope::everything();
    let place = json!({ "kind": "denunciation", "province": "Nghệ An", "commune": "Keng Đu", "unit": "UBND xã Keng Đu",
                        "received_on": "2018-01-02", "signer_name": "Nguyễn Văn A" });
    let case = json!({ "source_id": "c", "title": "vụ", "kind": "denunciation", "province": "Nghệ An", "commune": "Keng Đu",
                       "unit": "UBND xã Keng Đu", "opened_on": "2018-01-02", "closed_on": "2018-02-01", "status": "closed" });
    world.feed(&engine, "petitions", &[petition("p", place)]);
    world.feed(&engine, "cases", &[case]);
    let catalog = engine.snapshot().unwrap().catalog().clone();
    let mut of_basis: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for query in catalog.queries().filter(|query| query.metric.is_some()) {
        let (_, basis) = catalog.metric(&query.name).unwrap();
        if ["petitions", "cases"].contains(&basis.basis.as_ref().unwrap().dataset.as_str()) {
            of_basis.entry(basis.name.clone()).or_default().push(query.name.clone());
        }
    }
    let mut seen = 0;
    for names in of_basis.values() {
        let (_, basis) = catalog.metric(&names[0]).unwrap();
        let of = basis.basis.as_ref().unwrap();
        let period = Period::parse("2018-01-01..2018-05-31").ok().filter(|_| of.spans_period);
        let asked = |by: &[&str]| Asked { period: period.clone(), ..on("2018-06-01", by) };
        for dimension in of.dimensions.iter().filter(|it| !of.additive.contains(&it.name)) {
            for measure in engine.figures(names, &asked(&[&dimension.name]), &scope).unwrap().values() {
                let told: Vec<&str> = measure.figures().iter().flat_map(|it| it.key[0].as_deref()).collect();
                assert!(told.iter().all(|key| !key.contains("Keng Đu")), "{} {told:?}", measure.query().name);
                seen += told.len();
            }
        }
        for measure in engine.figures(names, &asked(&[]), &scope).unwrap().values() {
            let rows = engine.figure_rows(measure.inputs(), Side::Denominator, 0, &scope).unwrap();
            let rows = serde_json::to_string(&objects(&rows.batches).unwrap()).unwrap();
            assert!(!rows.contains("Keng Đu"), "{}: {rows}", measure.query().name);
        }
    }
    assert!(seen > 10, "{seen}");
}
