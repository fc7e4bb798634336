//! Two systems side by side: what is injected is found, in its class; a matter counts once.

use serde_json::{Value as Json, json};
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::engine::parallel::{OUTCOMES, Pair};
use thanhtra::engine::progress::Progress;
use thanhtra::engine::sources::scorecard;
use thanhtra::metrics::ask::Asked;
use thanhtra::metrics::compose::Side;
use thanhtra::sql::encode::objects;

use super::world::{World, ndjson, options};

const PAIR: Pair<'static> = Pair { dataset: "petitions", old: "cu", new: "moi" };

fn on(day: &str) -> Asked {
    Asked { as_of: Some(day.parse().unwrap()), ..Asked::default() }
}

fn feed(world: &World, engine: &Engine, (dataset, source): (&str, &str), rows: &[Json]) {
    let path = world.file("rows.ndjson", ndjson(rows).as_bytes());
    let mut options = options();
    options.reading.source = source.to_owned();
    let report = engine.ingest_file(dataset, &path, &options, &Progress::default()).unwrap();
    assert_eq!(report.counts.rejected, 0);
}

fn total(engine: &Engine, metric: &str, asked: &Asked) -> (i64, Option<i64>) {
    let measure = engine.measure(metric, asked, &Scope::everything()).unwrap();
    (measure.total().numerator, measure.total().denominator)
}

fn letter(key: &str, name: &str, day: &str) -> Json {
    json!({"id": key, "title": format!("Đơn {name}"), "kind": "complaint", "unit": "UBND xã A",
           "province": "Nam Định", "received_on": day, "status": "moi_nhan"})
}

/// `k` differences of each sort, shuffled by `seed` into common letters of both systems.
fn sides(k: usize, seed: u64) -> (Vec<Json>, Vec<Json>) {
    let (mut old, mut new) = (Vec::new(), Vec::new());
    let day = |place: usize| format!("2018-0{}-{:02}", 1 + place % 3, 1 + place % 28);
    for place in 0..20 + k {
        let common = letter(&format!("C{place}"), &format!("chung {place}"), &day(place));
        old.push(common.clone());
        new.push(common);
    }
    // The first and the last day of both systems.
    for (key, day) in [("dau", "2018-01-01"), ("cuoi", "2018-03-30")] {
        old.push(letter(key, key, day));
        new.push(letter(key, key, day));
    }
    for place in 0..k {
        let differs = letter(&format!("D{place}"), &format!("khác {place}"), &day(place));
        let mut other = differs.clone();
        other[["status", "unit", "due_on"][place % 3]] =
            json!(["xong", "UBND xã B", "2018-05-01"][place % 3]);
        old.push(differs);
        new.push(other);
        let mut renamed = letter(&format!("E{place}"), &format!("đổi mã {place}"), &day(place));
        old.push(renamed.clone());
        renamed["id"] = json!(format!("N{place}"));
        new.push(renamed);
        old.push(letter(&format!("O{place}"), &format!("chỉ cũ {place}"), &day(place)));
        old.push(letter(&format!("L{place}"), &format!("chưa nhập {place}"), "2018-04-15"));
        let mut strange = letter(&format!("U{place}"), &format!("đơn vị {place}"), &day(place));
        strange["unit"] = json!("UBND xã Chưa Dùng");
        old.push(strange);
        new.push(letter(&format!("M{place}"), &format!("chỉ mới {place}"), &day(place)));
        // The same key by chance is no match.
        old.push(letter(&format!("{place}"), &format!("trùng mã cũ {place}"), "2018-02-03"));
        new.push(letter(&format!("{place}"), &format!("trùng mã mới {place}"), "2018-02-04"));
    }
    let mut random = fastrand::Rng::with_seed(seed);
    random.shuffle(&mut old);
    random.shuffle(&mut new);
    (old, new)
}

#[test]
fn injected_differences_are_found_each_in_its_class_with_its_reason() {
    for (k, seed) in [(0, 1), (2, 2), (12, 3)] {
        let world = World::new();
        let engine = world.open();
        let (old, new) = sides(k, seed);
        feed(&world, &engine, ("petitions", "cu"), &old);
        feed(&world, &engine, ("petitions", "moi"), &new);
        let scope = Scope::everything();
        let found = engine.parallel(PAIR, &on("2018-06-01"), &scope).unwrap();
        let count = |place: usize| usize::try_from(found.measures[place].total().numerator).unwrap();
        let all = 22 + k + k + k + 3 * k + k + 2 * k;
        let expected = [22 + k + k, k, 3 * k + k, k + k, 4 * k];
        for (place, outcome) in OUTCOMES.iter().enumerate() {
            assert_eq!(count(place), expected[place], "{outcome} of k = {k}");
            assert_eq!(found.measures[place].total().denominator, Some(i64::try_from(all).unwrap()));
        }
        let by = Asked { by: vec!["reason".to_owned()], ..on("2018-06-01") };
        let reasons = engine.parallel(PAIR, &by, &scope).unwrap();
        let of = |reason: &str| {
            let figure = reasons.measures[2].figure(&[Some(reason.to_owned())]);
            figure.map_or(0, |figure| usize::try_from(figure.numerator).unwrap())
        };
        // By chance the same key, and only in the old: two sorts without a reason.
        assert_eq!((of("unexplained"), of("not_entered"), of("unit_missing")), (2 * k, k, k), "k = {k}");
        // The other way round the classes change places.
        let back = Pair { old: "moi", new: "cu", ..PAIR };
        let back = engine.parallel(back, &on("2018-06-01"), &scope).unwrap();
        let numbers = |place: usize| back.measures[place].total().numerator;
        assert_eq!(numbers(2), found.measures[3].total().numerator);
        assert_eq!(numbers(0), found.measures[0].total().numerator);
    }
}

#[test]
fn a_difference_is_explained_by_exactly_its_records() {
    let world = World::new();
    let engine = world.open();
    let (old, new) = sides(4, 7);
    feed(&world, &engine, ("petitions", "cu"), &old);
    feed(&world, &engine, ("petitions", "moi"), &new);
    let scope = Scope::everything();
    let found = engine.explain(PAIR, "petitions_received", &on("2018-06-01"), &scope).unwrap();
    assert_eq!((found.old, found.new), (old.len(), new.len()));
    assert_eq!(found.difference(), 8);
    assert_eq!(found.sides(), (16, 8), "sixteen only in the old less eight only in the new");
    let ids: std::collections::BTreeSet<&str> = found.lines.iter().map(|line| line.id.as_str()).collect();
    assert_eq!(ids.len(), 24, "each once");
    // A metric that both sides count differently for the same letter tells the field.
    let mut again = old.iter().find(|row| row["id"] == "C3").unwrap().clone();
    again["is_eligible"] = json!(true);
    feed(&world, &engine, ("petitions", "moi"), &[again]);
    let found = engine.explain(PAIR, "petitions_eligible_of_all", &on("2018-06-01"), &scope).unwrap();
    let [line] = found.lines.as_slice() else { panic!("{:?}", found.lines) };
    assert_eq!((line.in_old, line.reason.as_str(), found.difference()), (false, "differs", -1));
    assert_eq!(line.differences.as_deref(), Some("Đủ điều kiện xử lý"));
    let error = engine.explain(PAIR, "tasks_done_of_all", &on("2018-06-01"), &scope).unwrap_err();
    assert!(error.to_string().contains("tasks_done_of_all"), "{error}");
    // What was known before is told by the trend.
    let trend = engine.parallel_trend(PAIR, &on("2018-06-01"), 2, &scope).unwrap();
    let differing: Vec<i64> = trend.iter().map(|at| at.measures[1].total().numerator).collect();
    assert_eq!(differing, [4, 5]);
}

#[test]
fn a_matter_in_two_systems_counts_once_from_the_source_of_record_of_its_unit_and_date() {
    let world = World::new();
    let engine = world.open();
    let both = [letter("A", "một", "2018-01-05"), letter("B", "hai", "2018-01-06")];
    feed(&world, &engine, ("petitions", "cu"), &both);
    feed(&world, &engine, ("petitions", "moi"), &both);
    feed(&world, &engine, ("petitions", "cu"), &[letter("C", "ba", "2018-01-07")]);
    assert_eq!(total(&engine, "petitions_received", &on("2018-06-01")).0, 5, "no source of record yet");
    assert_eq!(total(&engine, "petitions_in_both", &on("2018-06-01")).0, 2);
    let rows = [
        json!({"dataset": "petitions", "source": "cu", "valid_from_on": "2018-01-01", "valid_to_on": "2018-03-31"}),
        json!({"dataset": "petitions", "source": "moi", "valid_from_on": "2018-04-01"}),
        json!({"unit": "UBND xã B", "dataset": "petitions", "source": "cu", "valid_from_on": "2018-04-01"}),
    ];
    feed(&world, &engine, ("sources_of_record", "tay"), &rows);
    let systems = |day: &str| {
        let measure = engine.measure("petitions_received", &on(day), &Scope::everything()).unwrap();
        let rows = engine.figure_rows(measure.inputs(), Side::Numerator, 0, &Scope::everything()).unwrap();
        let mut found: Vec<String> = objects(&rows.batches)
            .unwrap()
            .iter()
            .map(|row| {
                format!("{}:{}", row["source_system"].as_str().unwrap(), row["source_id"].as_str().unwrap())
            })
            .collect();
        found.sort();
        assert_eq!(i64::try_from(found.len()).unwrap(), measure.total().numerator);
        found
    };
    assert_eq!(systems("2018-03-01"), ["cu:A", "cu:B", "cu:C"]);
    assert_eq!(systems("2018-06-01"), ["cu:C", "moi:A", "moi:B"], "what only the old has is not lost");
    // The unit's own source goes before the one of all.
    let own: Vec<Json> = both
        .iter()
        .map(|row| {
            let mut row = row.clone();
            row["unit"] = json!("UBND xã B");
            row
        })
        .collect();
    feed(&world, &engine, ("petitions", "cu"), &own[..1]);
    feed(&world, &engine, ("petitions", "moi"), &own[..1]);
    assert_eq!(systems("2018-06-01"), ["cu:A", "cu:C", "moi:B"]);
    // Two units claim it for two systems: it is neither counted twice nor lost.
    feed(&world, &engine, ("petitions", "moi"), &both[..1]);
    assert_eq!(systems("2018-06-01").len(), 3);
    let found = engine.explain(PAIR, "petitions_received", &on("2018-06-01"), &Scope::everything()).unwrap();
    assert_eq!((found.old, found.new), (3, 2), "side by side each system counts by itself");
}

#[test]
fn tasks_and_cases_count_once_as_well() {
    let world = World::new();
    let engine = world.open();
    let task = json!({"id": "T1", "title": "Báo cáo", "number": "1/CT", "unit": "Sở A", "assigned_on": "2018-01-02"});
    let case =
        json!({"id": "V1", "title": "Vụ", "kind": "complaint", "case_id": "QG1", "opened_on": "2018-01-02"});
    let mut other = task.clone();
    other["id"] = json!("khác");
    for (source, task) in [("cu", &task), ("moi", &other)] {
        feed(&world, &engine, ("tasks", source), std::slice::from_ref(task));
        feed(&world, &engine, ("cases", source), std::slice::from_ref(&case));
    }
    assert_eq!(total(&engine, "tasks_done_of_all", &on("2018-06-01")), (0, Some(2)));
    assert_eq!(total(&engine, "tasks_in_both", &on("2018-06-01")).0, 1, "matched by the number, not the key");
    assert_eq!(total(&engine, "cases_in_both", &on("2018-06-01")).0, 1);
    let rows = ["tasks", "cases"].map(|dataset| json!({"dataset": dataset, "source": "moi"}));
    feed(&world, &engine, ("sources_of_record", "tay"), &rows);
    assert_eq!(total(&engine, "tasks_done_of_all", &on("2018-06-01")), (0, Some(1)));
    let cases = engine.measure("cases_resolved_of_all", &on("2018-06-01"), &Scope::everything()).unwrap();
    let sources: Vec<&str> = cases.sources().keys().map(String::as_str).collect();
    assert_eq!((cases.total().denominator, sources), (Some(1), vec!["moi"]));
}

#[test]
fn dossiers_of_two_systems_are_compared_and_count_once() {
    let world = World::new();
    let engine = world.open();
    let dossier = |key: &str, title: &str, completed: Option<&str>| {
        json!({"id": key, "title": title, "procedure": "Cấp giấy chứng nhận", "unit": "UBND xã A", "province": "Nam Định",
               "received_on": "2018-01-05", "due_on": "2018-02-05", "completed_on": completed,
               "status": if completed.is_some() { "done" } else { "processing" }})
    };
    let late = Some("2018-02-10");
    let old = [
        dossier("H1", "Hồ sơ một", None),
        dossier("H2", "Hồ sơ hai", late),
        dossier("H3", "Hồ sơ ba", None),
        dossier("G1", "Nhiều người cùng nộp", None),
        dossier("G2", "Nhiều người cùng nộp", late),
    ];
    let new = [
        dossier("H1", "Hồ sơ một", None),
        dossier("H2", "Hồ sơ hai", None),
        dossier("X3", "Hồ sơ ba", None),
        dossier("Y1", "Nhiều người cùng nộp", None),
        dossier("Y2", "Nhiều người cùng nộp", late),
    ];
    feed(&world, &engine, ("dossiers", "cu"), &old);
    feed(&world, &engine, ("dossiers", "moi"), &new);
    let pair = Pair { dataset: "dossiers", ..PAIR };
    let found = engine.parallel(pair, &on("2018-06-01"), &Scope::everything()).unwrap();
    let counts: Vec<i64> = found.measures.iter().map(|measure| measure.total().numerator).collect();
    assert_eq!(counts, [2, 1, 2, 2, 4], "which of two dossiers of one title is which is not guessed");
    let fields = Asked { by: vec!["differences".to_owned()], ..on("2018-06-01") };
    let fields = engine.parallel(pair, &fields, &Scope::everything()).unwrap();
    let told = fields.measures[1].figure(&[Some("Ngày có kết quả, Trạng thái".to_owned())]);
    assert_eq!(told.map(|figure| figure.numerator), Some(1));
    let why = engine.explain(pair, "dossiers_late_of_done", &on("2018-06-01"), &Scope::everything()).unwrap();
    assert_eq!((why.old, why.new, why.difference(), why.lines.len()), (2, 1, 1, 3));
    // Three of the ten stand in both; from the source of record they count once.
    assert_eq!(total(&engine, "dossiers_done_of_all", &on("2018-06-01")), (3, Some(10)));
    assert_eq!(total(&engine, "dossiers_in_both", &on("2018-06-01")).0, 3);
    let rows = [
        json!({"dataset": "dossiers", "source": "moi", "valid_from_on": "2018-04-01"}),
        json!({"dataset": "dossiers", "source": "cu", "valid_from_on": "2018-01-01", "valid_to_on": "2018-03-31"}),
    ];
    feed(&world, &engine, ("sources_of_record", "tay"), &rows);
    assert_eq!(
        total(&engine, "dossiers_done_of_all", &on("2018-06-01")),
        (2, Some(7)),
        "H2 is open in the new"
    );
    assert_eq!(
        total(&engine, "dossiers_done_of_all", &on("2018-03-01")),
        (3, Some(7)),
        "and done in the old"
    );
}

#[test]
fn eighty_one_of_ninety_three_send_and_the_twelve_are_listed() {
    let world = World::new();
    let engine = world.open();
    let unit = |place: usize| format!("Đơn vị {place:02}");
    let expected: Vec<Json> = (0..93)
        .map(|place| json!({"unit": unit(place), "dataset": "petitions", "valid_from_on": "2018-03-15"}))
        .collect();
    feed(&world, &engine, ("expected_sources", "tay"), &expected);
    let sent: Vec<Json> = (0..81)
        .map(|place| {
            let mut row = letter(&place.to_string(), &place.to_string(), "2018-05-20");
            row["unit"] = json!(unit(place));
            row
        })
        .collect();
    feed(&world, &engine, ("petitions", "csdl"), &sent);
    assert_eq!(total(&engine, "coverage_sending_of_expected", &on("2018-06-01")), (81, Some(93)));
    assert_eq!(
        total(&engine, "coverage_sending_of_expected", &on("2018-03-01")),
        (0, Some(0)),
        "not yet due"
    );
    let found = scorecard(&engine, &on("2018-06-01"), &Scope::everything()).unwrap();
    let silent: Vec<&str> = found.silent.iter().filter_map(|row| row["unit"].as_str()).collect();
    assert_eq!(silent.len(), 12);
    assert!((81..93).all(|place| silent.contains(&unit(place).as_str())));
    assert_eq!(total(&engine, "coverage_silent", &on("2018-12-01")).0, 93, "quiet for more than a quarter");
}

#[test]
fn completeness_and_late_entry_are_told_by_source_and_by_the_first_commit() {
    let world = World::new();
    let engine = world.open();
    let mut lacking = letter("L", "thiếu", "2018-05-30");
    lacking.as_object_mut().unwrap().remove("unit");
    let mut whole = letter("W", "đủ", "2018-05-30");
    whole["is_eligible"] = json!(true);
    let mut late = letter("T", "muộn", "2018-05-01");
    late["is_eligible"] = json!(true);
    feed(&world, &engine, ("petitions", "cu"), &[lacking, whole.clone(), late]);
    assert_eq!(total(&engine, "entries_complete_of_all", &on("2018-06-01")), (2, Some(3)));
    assert_eq!(
        total(&engine, "entries_late_of_dated", &on("2018-06-01")),
        (1, Some(3)),
        "the day is 2018-06-01"
    );
    // A change later does not make an old record a new one.
    whole["status"] = json!("xong");
    feed(&world, &engine, ("petitions", "cu"), &[whole]);
    assert_eq!(total(&engine, "entries_late_of_dated", &on("2018-06-01")), (1, Some(3)));
    let by = Asked { by: vec!["missing".to_owned()], ..on("2018-06-01") };
    let measure = engine.measure("entries_complete_of_all", &by, &Scope::everything()).unwrap();
    let lacking = measure.figure(&[Some("Cơ quan, Đủ điều kiện xử lý".to_owned())]);
    assert_eq!(lacking.and_then(|figure| figure.denominator), Some(1));
    assert_eq!(total(&engine, "feeds_fresh_of_all", &on("2018-06-01")), (1, Some(1)));
    assert_eq!(total(&engine, "feeds_fresh_of_all", &on("2018-07-01")), (0, Some(1)));
}
