//! Counting from judged rows: equal to the statements, made once, never of another scope or snapshot.

use std::collections::BTreeMap;
use std::sync::{Arc, Barrier};
use std::thread;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use thanhtra::demo::Plan;
use thanhtra::domain::language::Language;
use thanhtra::domain::limits::{JUDGED_BYTES_MAX, KEPT_BYTES_MAX};
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::engine::measure::{Answers, Question};
use thanhtra::engine::progress::Progress;
use thanhtra::metrics::ask::{Asked, Due};
use thanhtra::metrics::measure::Measure;
use thanhtra::present::page::Visit;
use thanhtra::rules::period::Period;
use thanhtra::web::Site;

use super::world::{World, options};

const DAY: &str = "2018-05-01";

fn on(day: &str) -> Asked {
    Asked { as_of: Some(day.parse().unwrap()), ..Asked::default() }
}

/// Names of all metrics of a basis that count rows.
fn metrics_of(engine: &Engine, basis: &str) -> Vec<String> {
    let snapshot = engine.snapshot().unwrap();
    let queries = snapshot.catalog().queries();
    let of = queries.filter(|query| query.metric.as_ref().is_some_and(|metric| metric.basis == basis));
    of.filter(|query| query.metric.as_ref().unwrap().sums.is_none()).map(|query| query.name.clone()).collect()
}

/// The same question counted by statements, and from judged rows; each by engines that were asked nothing
/// before.
fn both(world: &World, names: &[String], asked: &Asked, scope: &Scope) -> (Answers, Answers) {
    let mut by_statement = Answers::new();
    for names in by_date(&world.reading(), names) {
        let plain = world.reading();
        by_statement.extend(plain.figures(&names, asked, scope).unwrap());
        assert_eq!(plain.figure_work().judged, 0, "one question is counted by its statement");
    }
    let kept = world.reading();
    let plain = Asked { as_of: asked.as_of, due: asked.due, ..Asked::default() };
    let by_class = Asked { by: vec!["class".to_owned()], ..plain.clone() };
    let questions = [plain, by_class, asked.clone()].map(|asked| Question { names: names.to_vec(), asked });
    let judged = kept.answered(&questions, scope).unwrap().pop().unwrap();
    let work = kept.figure_work();
    assert_eq!((work.judged, work.statements), (1, 0), "judged once for all of them");
    assert_eq!((work.prepared, work.dated), (1, 1), "from what is kept for every day");
    (by_statement, judged)
}

/// Metrics by the date that selects them, which are counted together.
fn by_date(engine: &Engine, names: &[String]) -> Vec<Vec<String>> {
    let snapshot = engine.snapshot().unwrap();
    let mut groups: BTreeMap<Option<String>, Vec<String>> = BTreeMap::new();
    for name in names {
        let (query, basis) = snapshot.catalog().metric(name).unwrap();
        let own = query.metric.as_ref().unwrap().selects.clone();
        let usual = basis.basis.as_ref().unwrap().dates.first().map(|date| date.name.clone());
        groups.entry(own.or(usual)).or_default().push(name.clone());
    }
    groups.into_values().collect()
}

fn assert_equal(one: &Answers, other: &Answers) {
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (name, measure) in one {
        let again = &other[name];
        assert_eq!(measure.total(), again.total(), "{name}");
        assert_eq!(measure.figures(), again.figures(), "{name}");
        assert_eq!(measure.sources(), again.sources(), "{name}");
    }
}

fn rows() -> impl Strategy<Value = Vec<Json>> {
    let day = || prop::option::of(0u64..60);
    let row = (prop::option::of(0u8..3), day(), day(), day(), any::<bool>());
    prop::collection::vec(row, 1..25).prop_map(|rows| {
        let text = |offset: Option<u64>| {
            let first: chrono::NaiveDate = "2018-04-01".parse().unwrap();
            offset.map(|offset| (first + chrono::Days::new(offset)).to_string())
        };
        let line = |(key, (unit, given, due, done, marked)): (usize, (Option<u8>, _, _, _, bool))| {
            json!({
                "source_id": key.to_string(), "title": "việc", "assigned_on": text(given),
                "unit": unit.map(|unit| if unit == 2 { String::new() } else { format!("Sở {unit}") }),
                "due_on": text(due), "completed_on": text(done),
                "status": if marked { "done" } else { "open" },
            })
        };
        rows.into_iter().enumerate().map(line).collect()
    })
}

/// Each of `names` on several days: counted by statements, and by one engine that makes once what no day
/// changes.
fn equal_on_every_day(world: &World, names: &[String], days: &[String], due: Due) {
    let scope = Scope::everything();
    let kept = world.reading();
    let snapshot = kept.snapshot().unwrap();
    let (_, basis) = snapshot.catalog().metric(&names[0]).unwrap();
    let has = |name: &&str| basis.basis.as_ref().unwrap().dimension(name).is_some();
    let by: Vec<String> =
        ["class", "unit"].iter().filter(|name| has(name)).map(|name| (*name).to_owned()).collect();
    for (turn, day) in days.iter().enumerate() {
        let asked = Asked { due, by: by.clone(), ..on(day) };
        let mut by_statement = Answers::new();
        for names in by_date(&kept, names) {
            by_statement.extend(world.reading().figures(&names, &asked, &scope).unwrap());
        }
        let total = Asked { by: Vec::new(), ..asked.clone() };
        let questions = [total, asked].map(|asked| Question { names: names.to_vec(), asked });
        let judged = kept.answered(&questions, &scope).unwrap().pop().unwrap();
        assert_equal(&by_statement, &judged);
        let work = kept.figure_work();
        assert_eq!((work.prepared, work.statements), (1, 0), "prepared once for all days");
        assert_eq!((work.judged, work.dated), (turn as u64 + 1, turn as u64 + 1), "from it alone");
        assert!(work.prepared_bytes <= KEPT_BYTES_MAX);
    }
}

/// Days before, in and after those of the rows.
fn days() -> impl Strategy<Value = Vec<String>> {
    let day = |offset: u64| {
        let first: chrono::NaiveDate = "2018-03-20".parse().unwrap();
        (first + chrono::Days::new(offset)).to_string()
    };
    prop::collection::btree_set((0u64..110).prop_map(day), 2..4).prop_map(|days| days.into_iter().collect())
}

/// Events of the rows of [`rows`] taken for cases: extensions with and without paper, stops and their ends.
fn events() -> impl Strategy<Value = Vec<Json>> {
    let event = (0u8..8, 0u8..4, 0u64..60, any::<bool>());
    prop::collection::vec(event, 0..20).prop_map(|events| {
        let line = |(key, (case, kind, day, has_paper)): (usize, (u8, u8, u64, bool))| {
            let first: chrono::NaiveDate = "2018-04-01".parse().unwrap();
            let kind = ["extended", "suspended", "resumed", "accepted"][usize::from(kind)];
            let day = (first + chrono::Days::new(day)).to_string();
            json!({ "source_id": format!("e{key}"), "subject_id": case.to_string(), "kind": kind, "happened_on": day,
                    "decision_number": has_paper.then_some("1/QĐ") })
        };
        events.into_iter().enumerate().map(line).collect()
    })
}

#[test]
fn what_two_systems_send_is_counted_alike_from_what_is_kept() {
    let world = World::new();
    let engine = world.open();
    let task = |key: &str, title: &str, day: &str| json!({ "source_id": key, "title": title, "unit": "Sở A", "assigned_on": day });
    let old = [task("1", "một", "2018-04-02"), task("2", "hai", "2018-04-20"), task("3", "ba", "2018-05-03")];
    let new =
        [task("1", "một", "2018-04-02"), task("9", "hai", "2018-04-20"), task("4", "bốn", "2018-04-21")];
    world.feed(&engine, "tasks", &old);
    let lines: Vec<String> = new.iter().map(Json::to_string).collect();
    let mut other = options();
    other.reading.source = "moi".to_owned();
    let file = world.file("other.ndjson", lines.join("\n").as_bytes());
    engine.ingest_file("tasks", &file, &other, &Progress::default()).unwrap();
    let expected = json!({ "source_id": "k", "unit": "Sở A", "dataset": "tasks" });
    world.feed(&engine, "expected_sources", &[expected]);
    let days = ["2018-04-10", "2018-04-30", "2018-12-01"].map(str::to_owned);
    for basis in ["compared_tasks", "judged_feeds", "judged_coverage"] {
        let names = metrics_of(&engine, basis);
        equal_on_every_day(&world, &names, &days, Due::InForce);
        let first = world.reading().figures(&names, &on(&days[1]), &Scope::everything()).unwrap();
        let total = |measure: &Measure| measure.total().denominator.unwrap_or(measure.total().numerator);
        assert!(first.values().any(|measure| total(measure) > 0), "{basis} counts something");
    }
}

/// Of one system nothing can be compared, on whatever day; of a second one it is, from its commit on.
#[test]
fn a_basis_that_rests_on_nothing_asks_no_statement_for_another_day() {
    let world = World::new();
    let engine = world.open();
    let task = json!({ "source_id": "1", "title": "một", "unit": "Sở A", "assigned_on": "2018-04-02" });
    world.feed(&engine, "tasks", std::slice::from_ref(&task));
    let days = ["2018-04-10", "2018-04-30"].map(str::to_owned);
    let names = metrics_of(&engine, "compared_tasks");
    equal_on_every_day(&world, &names, &days, Due::InForce);
    let questions = |day: &str| {
        let by = Asked { by: vec!["class".to_owned()], ..on(day) };
        [on(day), by].map(|asked| Question { names: names.clone(), asked })
    };
    let empty = |days: &[String]| {
        let kept = world.reading();
        for day in days {
            let asked = questions(day);
            let answers = kept.answered(&asked, &Scope::everything()).unwrap().pop().unwrap();
            assert!(answers.values().all(|measure| measure.total().numerator == 0));
        }
        kept.figure_work().empty
    };
    assert_eq!(empty(&days), 2);
    let mut other = options();
    other.reading.source = "moi".to_owned();
    let file =
        world.file("other.ndjson", json!({ "source_id": "9", "title": "khác" }).to_string().as_bytes());
    engine.ingest_file("tasks", &file, &other, &Progress::default()).unwrap();
    let kept = world.reading();
    let answers = kept.answered(&questions(&days[1]), &Scope::everything()).unwrap().pop().unwrap();
    assert!(answers.values().any(|measure| measure.total().numerator > 0));
    assert_eq!(kept.figure_work().empty, 0);
}

#[test]
fn of_tasks_that_judging_cannot_tell_apart_one_is_judged() {
    let world = World::new();
    let engine = world.open();
    let task = |key: usize| {
        let due = if key.is_multiple_of(2) { "2018-04-20" } else { "2018-05-20" };
        json!({ "source_id": key.to_string(), "title": format!("việc {key}"), "unit": "Sở A",
                "assigned_on": format!("2018-04-{:02}", 1 + key % 9), "due_on": due,
                "completed_on": key.is_multiple_of(4).then(|| format!("2018-04-{:02}", 10 + key % 7)) })
    };
    let mut tasks: Vec<Json> = (0..60).map(task).collect();
    world.feed(&engine, "tasks", &tasks);
    tasks.truncate(1);
    tasks[0]["due_on"] = "2018-06-01".into();
    world.feed(&engine, "tasks", &tasks);
    let names = metrics_of(&engine, "judged_tasks");
    let days = ["2018-04-30", "2018-05-01"].map(str::to_owned);
    equal_on_every_day(&world, &names, &days, Due::InForce);
    let kept = world.reading();
    let questions = ["class", "present_unit"].map(|by| Question {
        names: names.clone(),
        asked: Asked { by: vec![by.to_owned()], ..on(&days[0]) },
    });
    kept.answered(&questions, &Scope::everything()).unwrap();
    // Done before it was due or not done, due in April or in May; the one that moved by itself.
    let rows = kept.figure_work().dated_rows;
    assert!(rows > 0 && rows <= 12, "{rows} of 60 tasks were judged");
}

#[test]
fn once_kept_a_single_question_of_another_day_reads_no_table() {
    let world = two_units();
    let engine = world.reading();
    engine.answered(&questions(&["unit", "class"]), &Scope::everything()).unwrap();
    let asked = on("2019-01-01");
    let measure = engine.measure("tasks_overdue_of_all", &asked, &Scope::everything()).unwrap();
    assert_eq!(measure.total().numerator, 3);
    let work = engine.figure_work();
    assert_eq!((work.statements, work.prepared, work.dated), (0, 1, 2));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_is_kept_of_tasks_gives_on_every_day_what_the_statement_gives(
        rows in rows(), moves in prop::collection::vec((0usize..25, 0u64..60), 0..12), days in days(),
        is_original in any::<bool>(),
    ) {
        let world = World::new();
        let engine = world.open();
        world.feed(&engine, "tasks", &rows);
        for (key, offset) in moves.iter().filter(|(key, _)| *key < rows.len()) {
            let mut row = rows[*key].clone();
            let first: chrono::NaiveDate = "2018-04-01".parse().unwrap();
            row["due_on"] = (first + chrono::Days::new(*offset)).to_string().into();
            world.feed(&engine, "tasks", &[row]);
        }
        let due = if is_original { Due::Original } else { Due::InForce };
        equal_on_every_day(&world, &metrics_of(&engine, "judged_tasks"), &days, due);
        let names = metrics_of(&engine, "closed_tasks");
        equal_on_every_day(&world, &names, &days, due);
    }

    #[test]
    fn what_is_kept_of_cases_and_petitions_gives_on_every_day_what_the_statement_gives(
        rows in rows(), events in events(), days in days(), national in prop::collection::vec(0u8..6, 25),
    ) {
        let world = World::new();
        let engine = world.open();
        let kinds = ["complaint", "denunciation", "feedback", "mixed"];
        let of = |(at, row): (usize, &Json)| {
            let same = national[at];
            let status = ["open", "closed", "withdrawn", "suspended"][usize::from(same) % 4];
            let kind = kinds[at % 4];
            json!({ "source_id": row["source_id"], "title": "vụ", "kind": kind, "stage": "first",
                    "unit": row["unit"], "province": "Hà Nội", "opened_on": row["assigned_on"],
                    "due_on": if at % 3 == 0 { row["due_on"].clone() } else { Json::Null },
                    "closed_on": row["completed_on"], "case_id": (same < 4).then(|| format!("QG-{same}")),
                    "status": status,
                    "received_on": row["assigned_on"], "resolved_on": row["completed_on"] })
        };
        let lines: Vec<Json> = rows.iter().enumerate().map(of).collect();
        let without = |names: &[&str]| {
            let mut lines = lines.clone();
            for line in &mut lines {
                names.iter().for_each(|name| drop(line.as_object_mut().unwrap().remove(*name)));
            }
            lines
        };
        world.feed(&engine, "cases", &without(&["received_on", "resolved_on"]));
        world.feed(&engine, "petitions", &without(&["stage", "opened_on", "closed_on", "status"]));
        if !events.is_empty() {
            world.feed(&engine, "events", &events);
        }
        for basis in ["judged_cases", "closed_cases", "judged_petitions", "recorded_petitions", "judged_entries"] {
            let names = metrics_of(&engine, basis);
            prop_assert!(!names.is_empty());
            equal_on_every_day(&world, &names, &days, Due::InForce);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_judged_rows_count_is_what_the_statement_counts(
        rows in rows(),
        by in prop::sample::subsequence(vec!["unit", "class", "due_month", "unit_group"], 0..=2),
        filter in prop::option::of(prop::sample::select(vec![None, Some("Sở 0"), Some("Sở 9")])),
        period in prop::option::of(prop::sample::select(vec!["2018-04", "2018-Q2", "2017"])),
        is_original in any::<bool>(),
    ) {
        let world = World::new();
        let engine = world.open();
        world.feed(&engine, "tasks", &rows);
        let filters = filter.map(|value| ("unit".to_owned(), value.map(str::to_owned)));
        let asked = Asked {
            by: by.into_iter().map(str::to_owned).collect(),
            filters: filters.into_iter().collect(),
            period: period.map(|name| Period::parse(name).unwrap()),
            due: if is_original { Due::Original } else { Due::InForce },
            ..on(DAY)
        };
        let names = metrics_of(&engine, "judged_tasks");
        let (one, other) = both(&world, &names, &asked, &Scope::everything());
        assert_equal(&one, &other);
    }
}

#[test]
fn every_dimension_of_every_basis_of_the_demo_is_counted_alike() {
    let world = World::new();
    let engine = world.open();
    let plan = Plan::new(3, 300, "2018-06-01".parse().unwrap());
    for dataset in ["petitions", "events", "cases", "dossiers"] {
        let lines: Vec<String> = plan.lines(dataset).unwrap().collect();
        let file = world.file("demo.ndjson", lines.join("\n").as_bytes());
        engine.ingest_file(dataset, &file, &options(), &Progress::default()).unwrap();
    }
    for basis in ["judged_petitions", "judged_cases", "judged_dossiers"] {
        let names = metrics_of(&engine, basis);
        let snapshot = engine.snapshot().unwrap();
        let (_, of) = snapshot.catalog().metric(&names[0]).unwrap();
        let of = of.basis.as_ref().unwrap();
        let mut counted = 0;
        for dimension in &of.dimensions {
            let mut names = names.clone();
            // Shares are not told by dimensions that only add up.
            let is_rate =
                |name: &String| snapshot.catalog().metric(name).unwrap().0.metric.as_ref().unwrap().is_rate();
            names.retain(|name| !of.additive.contains(&dimension.name) || !is_rate(name));
            let asked = Asked { by: vec![dimension.name.clone()], ..on("2018-06-01") };
            let (one, other) = both(&world, &names, &asked, &Scope::everything());
            assert_equal(&one, &other);
            counted += one.values().map(|measure| measure.figures().len()).sum::<usize>();
        }
        assert!(counted > 50, "{basis} has rows to count: {counted}");
    }
}

fn two_units() -> World {
    let world = World::new();
    let engine = world.open();
    let row = |key: &str, unit: &str| json!({ "source_id": key, "title": "việc", "unit": unit, "due_on": "2018-01-01" });
    world.feed(&engine, "tasks", &[row("1", "Sở A"), row("2", "Sở A"), row("3", "Sở B")]);
    world
}

fn questions(by: &[&str]) -> Vec<Question> {
    let names = vec!["tasks_overdue_of_all".to_owned()];
    let asked = |by: &str| Asked { by: vec![by.to_owned()], ..on(DAY) };
    by.iter().map(|by| Question { names: names.clone(), asked: asked(by) }).collect()
}

#[test]
fn those_who_ask_a_cold_figure_at_once_have_it_judged_once() {
    let world = two_units();
    let (engine, start) = (world.reading(), Barrier::new(6));
    thread::scope(|scope| {
        for turn in 0..6 {
            let (engine, start) = (&engine, &start);
            scope.spawn(move || {
                let both = if turn % 2 == 0 { ["unit", "class"] } else { ["class", "due_month"] };
                start.wait();
                engine.answered(&questions(&both), &Scope::everything()).unwrap();
            });
        }
    });
    let work = engine.figure_work();
    assert_eq!((work.judged, work.statements), (1, 0));
    assert!(work.kept_bytes > 0 && work.kept_bytes <= JUDGED_BYTES_MAX);
}

#[test]
fn no_scope_is_answered_from_the_rows_of_another() {
    let world = two_units();
    let engine = world.reading();
    let scopes = [
        (Scope::everything(), 3),
        (Scope::of_units("a", ["Sở A".to_owned()]), 2),
        (Scope::of_units("b", ["Sở B".to_owned()]), 1),
        (Scope::of_units("c", ["Sở C".to_owned()]), 0),
    ];
    for _ in 0..2 {
        for (scope, count) in &scopes {
            for answers in engine.answered(&questions(&["unit", "class"]), scope).unwrap() {
                let total = answers["tasks_overdue_of_all"].total().clone();
                assert_eq!((total.numerator, total.denominator), (*count, Some(*count)), "{scope:?}");
            }
        }
    }
    assert!(engine.figure_work().statements == 0);
}

#[test]
fn a_page_is_kept_until_the_next_commit_and_a_warm_one_judges_nothing() {
    let world = two_units();
    let engine = Arc::new(world.open());
    let site = Site::new(Arc::clone(&engine));
    let shown = || {
        let parameters = vec![("as_of".to_owned(), "2018-06-01".to_owned())];
        let visit = Visit {
            path: "/dashboards/overdue".to_owned(),
            parameters,
            form: None,
            language: Language::En,
            is_simulated: false,
        };
        String::from_utf8(site.show(&visit).body).unwrap()
    };
    let first = shown();
    assert!(first.contains("3 tasks were assigned"), "{first}");
    let before = engine.figure_work();
    assert_eq!(shown(), first);
    assert_eq!(engine.figure_work(), before, "the same page again asks nothing");
    let more = json!({ "source_id": "4", "title": "việc", "unit": "Sở B", "due_on": "2018-01-01" });
    world.feed(&engine, "tasks", &[more]);
    assert!(engine.warm().unwrap() > 0);
    let warm = engine.figure_work();
    assert!(shown().contains("4 tasks were assigned"));
    assert_eq!(engine.figure_work().judged, warm.judged);
}
