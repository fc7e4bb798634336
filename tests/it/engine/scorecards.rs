//! Unit scorecards: a store's own formula, a wrong one, a closed period, sums on simulated records.

use std::fs;

use serde_json::json;
use thanhtra::definition::catalog::embedded;
use thanhtra::demo::Plan;
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::engine::progress::Progress;
use thanhtra::metrics::ask::{Asked, Typed};
use thanhtra::metrics::scorecard::Scored;

use super::world::{World, options};

const FILE: &str = "scorecards/unit.toml";

fn define(world: &World, text: &str) {
    let folder = world.data().join("definitions/scorecards");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("unit.toml"), text).unwrap();
}

fn scored(engine: &Engine, period: &str, as_of: Option<&str>) -> Scored {
    let asked = Asked::read(&Typed { period, ..Typed::default() }).unwrap();
    let asked = Asked { as_of: as_of.map(|day| day.parse().unwrap()), ..asked };
    engine.scorecard("unit", &asked, None, &Scope::everything()).unwrap()
}

fn tasks(done: &str) -> Vec<serde_json::Value> {
    let task = |unit: &str, number: usize| {
        json!({ "source_id": format!("{unit} {number}"), "title": "việc", "unit": unit, "assigned_on": "2018-01-02",
                "due_on": "2018-02-01", "completed_on": done, "status": "done" })
    };
    ["Sở A", "Sở B"].iter().flat_map(|unit| (0..6).map(|number| task(unit, number))).collect()
}

#[test]
fn a_store_scores_by_its_own_formula_and_refuses_a_wrong_one() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "tasks", &tasks("2018-01-20"));
    assert_eq!(
        (scored(&engine, "2018-Q1", None).formula().version, scored(&engine, "2018-Q1", None).scores()[0].of),
        (1, 10_000)
    );
    engine.close().unwrap();
    let own = embedded()[FILE].replace("version = 1", "version = 3").replace("\"spread\"", "\"left_out\"");
    define(&world, &own);
    let engine = world.open();
    let left = scored(&engine, "2018-Q1", None);
    assert_eq!((left.formula().version, left.scores()[0].of, left.scores()[0].total), (3, 4_500, 4_500));
    engine.close().unwrap();
    define(&world, &own.replace("weight = 15", "weight = 16"));
    let error = world.try_open().err().unwrap().to_string();
    assert!(error.starts_with("scorecards/unit.toml: the weights of its lines add up to 102"), "{error}");
    define(&world, &own.replace("tasks_overdue_of_all", "tasks_overdu_of_all"));
    let error = world.try_open().err().unwrap().to_string();
    assert!(
        error.contains("line `tasks_overdue`: no metric")
            && error.contains("did you mean `tasks_overdue_of_all`"),
        "{error}"
    );
}

#[test]
fn a_closed_period_keeps_its_points() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "tasks", &tasks("2018-01-20"));
    let period = Asked::read(&Typed { period: "2018-Q1", ..Typed::default() }).unwrap().period.unwrap();
    let before = scored(&engine, "2018-Q1", None);
    engine.freeze(&period, None, "ai đó").unwrap();
    world.feed(&engine, "tasks", &tasks("2018-03-20"));
    assert_eq!(scored(&engine, "2018-Q1", None).scores(), before.scores(), "codes too");
    let open = scored(&engine, "2018-Q1", Some("2018-03-31"));
    assert_eq!(open.scores()[0].total, 3_333, "all late, none overdue: half of 30 and 15 is nothing and all");
}

#[test]
fn totals_are_sums_of_lines_and_places_go_by_them() {
    let world = World::new();
    define(&world, &embedded()[FILE].replace("least = 5", "least = 1").replace("least = 3", "least = 1"));
    let engine = world.open();
    let plan = Plan::new(5, 900, "2018-06-01".parse().unwrap());
    for dataset in ["units", "petitions", "cases", "tasks", "dossiers"] {
        let lines: Vec<String> = plan.lines(dataset).unwrap().collect();
        let path = world.file(&format!("{dataset}.ndjson"), (lines.join("\n") + "\n").as_bytes());
        engine.ingest_file(dataset, &path, &options(), &Progress::default()).unwrap();
    }
    let scored = scored(&engine, "2016-06-01..2018-05-31", None);
    let (mut ranked, mut partly) = (0, 0);
    for score in scored.scores() {
        let sum: i64 = score.lines.iter().filter_map(|line| line.points.earned).sum();
        let weights: i64 = score.lines.iter().map(|line| line.points.weight).sum();
        assert_eq!((score.total, score.of), (sum, weights), "{}", score.unit);
        assert!(score.of == 0 || score.of == 10_000, "{}", score.unit);
        assert!(
            score
                .lines
                .iter()
                .all(|line| (0..=line.points.weight).contains(&line.points.earned.unwrap_or_default()))
        );
        assert_ne!(score.unit, "Tố cáo: chỉ tổng hợp theo tỉnh");
        ranked += usize::from(score.rank.is_some());
        partly += usize::from(score.scored > 0 && score.rank.is_none());
        assert!(score.rank.is_none() || score.scored >= scored.formula().ranked_from);
    }
    for peers in scored.scores().chunk_by(|a, b| a.group == b.group) {
        let places: Vec<(usize, i64)> = peers.iter().filter_map(|it| Some((it.rank?.0, it.total))).collect();
        for pair in places.windows(2) {
            assert_eq!(
                pair[0].1 > pair[1].1,
                pair[0].0 < pair[1].0,
                "a place follows from the points: {pair:?}"
            );
        }
    }
    assert!(ranked > 5 && partly > 0, "{ranked} ranked, {partly} scored in part");
}
