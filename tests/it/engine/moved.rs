//! Rules laid over the compiled ones: what they move is told, taken, noted, and what is closed stays.

use std::fs;

use serde_json::{Value as Json, json};
use thanhtra::domain::commit::CommitVersion;
use thanhtra::domain::error::Classified;
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::engine::moved::RulesFile;
use thanhtra::engine::progress::Progress;
use thanhtra::metrics::ask::Asked;
use thanhtra::metrics::measure::Figure;
use thanhtra::rules::laws::Laws;
use thanhtra::rules::period::Period;

use super::world::{World, id, sql};

/// An agency that does not work on 21 and 22/5/2018.
const OFFICE: &str = "valid_from_on = \"2018-05-01\"\nvalid_to_on = \"2018-05-31\"\nsource = \"QĐ 7/QĐ-UBND\"\n\
    units = [\"Sở A\"]\ndays = [\
    { date = \"2018-05-21\", kind = \"off\", name = \"ngày riêng\", status = \"found\" },\
    { date = \"2018-05-22\", kind = \"off\", name = \"ngày riêng\", status = \"found\" }]";

/// Keng Đu is a remote area from 2018 on.
const AREA: &str = "areas = [{ province = \"Nghệ An\", commune = \"Keng Đu\", valid_from_on = \"2018-01-01\", \
    article = \"QĐ 9/QĐ-UBND\", mark = \"found\" }]";

fn case(key: &str, unit: &str, commune: &str, opened: &str, due: Option<&str>) -> Json {
    json!({ "source_id": key, "title": "vụ việc", "kind": "complaint", "stage": "first", "unit": unit,
            "province": "Nghệ An", "commune": commune, "opened_on": opened, "due_on": due, "status": "open" })
}

/// Two cases that begin on 21/4/2018, so that 21/5 is their raw day; one of another office, one declared.
fn with_cases() -> (World, Engine) {
    let world = World::new();
    let engine = world.open();
    let rows = [
        case("own", "Sở A", "Vinh", "2018-04-21", None),
        case("other", "Sở B", "Vinh", "2018-04-21", None),
        case("declared", "Sở A", "Vinh", "2018-04-21", Some("2018-06-30")),
        case("remote", "Sở B", "Keng Đu", "2018-04-21", None),
    ];
    world.feed(&engine, "cases", &rows);
    (world, engine)
}

fn overdue(engine: &Engine, asked: &Asked) -> (i64, Option<i64>, String) {
    let measure = engine.measure("cases_overdue_of_open", asked, &Scope::everything()).unwrap();
    let Figure { numerator, denominator, code, .. } = measure.total().clone();
    (numerator, denominator, code)
}

fn on(day: &str) -> Asked {
    Asked { as_of: Some(day.parse().unwrap()), ..Asked::default() }
}

#[test]
fn a_change_is_told_before_it_is_taken_and_noted_when_it_is() {
    let (world, engine) = with_cases();
    let file = RulesFile::named("Sở A 2018", OFFICE.to_owned()).unwrap();
    assert_eq!(file.path, "rules/calendar-s--a-2018.toml");
    let told = engine.preview_rules(std::slice::from_ref(&file), None, &Scope::everything()).unwrap();
    let moved: Vec<(bool, Option<&str>, Option<&str>, Option<&str>)> = told
        .moved
        .iter()
        .map(|it| (it.judges, it.before.as_deref(), it.after.as_deref(), it.becomes.as_deref()))
        .collect();
    let (before, after) = (Some("2018-05-21"), Some("2018-05-23"));
    assert_eq!(moved.len(), 2, "{moved:?}");
    assert!(moved.contains(&(true, before, after, None)) && moved.contains(&(false, before, after, None)));
    assert_eq!((told.units.get("Sở A"), told.count(), told.is_cut), (Some(&2), 2, false));
    let first = engine.preview_first(std::slice::from_ref(&file), None, 1, &Scope::everything()).unwrap();
    assert_eq!((first.moved.len(), first.is_cut), (1, true));
    assert_eq!(first.units, told.units, "all are counted, also those not told one by one");
    let in_time = engine
        .preview_rules(std::slice::from_ref(&file), "2018-05-22".parse().ok(), &Scope::everything())
        .unwrap();
    assert!(in_time.moved.iter().any(|it| it.becomes.as_deref() == Some("in_time")));
    assert_eq!(overdue(&engine, &on("2018-05-22")).0, 3, "a preview changes nothing");
    let first = engine.snapshot().unwrap().version();

    let adopted = engine.adopt_rules(&file, "Phòng Pháp chế", &Progress::default()).unwrap();
    assert_eq!((adopted.moved, adopted.records.len()), (Some(2), 2));
    assert_eq!(engine.snapshot().unwrap().version(), CommitVersion(first.0 + 1));
    assert_eq!(overdue(&engine, &on("2018-05-22")).0, 2);
    let own = id(&engine, "cases", "own");
    let explained = engine.deadline_of(own, None, &Scope::everything()).unwrap();
    let due = explained.computed.unwrap();
    assert_eq!(due.effective, "2018-05-23".parse().ok());
    assert!(due.steps.iter().any(|step| step.article == "QĐ 7/QĐ-UBND"));
    assert_eq!(explained.rules, adopted.after);
    let again = engine.adopt_rules(&file, "x", &Progress::default()).unwrap_err();
    assert_eq!(again.code(), "engine.same_rules");
    let noted = engine.adopted_rules().unwrap();
    assert_eq!(noted, [adopted]);
    let days =
        "SELECT working_days('2018-05-18', '2018-05-23', 'Sở A'), working_days('2018-05-18', '2018-05-23')";
    assert_eq!(sql(&engine, days, None), [["1", "3"]], "statements of strangers count by the same calendar");
    drop(engine);
    let engine = world.open();
    assert_eq!(engine.adopted_rules().unwrap().len(), 1, "opened again it is no change");
    assert_eq!(overdue(&engine, &on("2018-05-22")).0, 2);
}

#[test]
fn a_remote_area_is_applied_by_itself_and_a_file_put_there_by_hand_is_noted() {
    let (world, engine) = with_cases();
    drop(engine);
    let folder = world.data().join("definitions/rules");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("remote-nghe-an.toml"), AREA).unwrap();
    let engine = world.open();
    let due = engine.deadline_of(id(&engine, "cases", "remote"), None, &Scope::everything()).unwrap();
    assert_eq!(due.computed.as_ref().unwrap().effective, "2018-06-05".parse().ok());
    assert!(due.computed.unwrap().steps.iter().any(|step| step.key == "deadline.remote_area"));
    let noted = engine.adopted_rules().unwrap();
    assert_eq!((noted.len(), noted[0].by.as_str(), noted[0].moved), (1, "program", Some(1)));
    drop(engine);
    fs::write(folder.join("remote-nghe-an.toml"), "areas = 1").unwrap();
    let error = world.try_open().map(drop).unwrap_err().to_string();
    assert!(error.contains("rules/remote-nghe-an.toml"), "{error}");
}

#[test]
fn receipts_and_frozen_periods_keep_the_rules_of_their_day() {
    let (_world, engine) = with_cases();
    let period = Period::parse("2018-04").unwrap();
    let frozen = engine.freeze(&period, "2018-05-22".parse().ok(), "Chánh Thanh tra").unwrap();
    assert_eq!(frozen.rules, Laws::compiled().version());
    let (numerator, _, code) = overdue(&engine, &on("2018-05-22"));
    assert_eq!(numerator, 3);
    let file = RulesFile::named("so-a", OFFICE.to_owned()).unwrap();
    engine.adopt_rules(&file, "x", &Progress::default()).unwrap();
    let checked = engine.receipt(&code, &Scope::everything()).unwrap();
    assert!(checked.holds(), "{:?} {:?}", checked.shown, checked.again);
    assert_eq!(checked.inputs.rules, frozen.rules);
    let of_period = |as_of: Option<&str>| {
        let as_of = as_of.and_then(|day| day.parse().ok());
        overdue(&engine, &Asked { period: Some(period.clone()), as_of, ..Asked::default() }).0
    };
    assert_eq!((of_period(None), of_period(Some("2018-05-22"))), (3, 2), "frozen, and by the rules of today");
}

#[test]
fn a_text_that_is_none_is_refused_and_a_reader_takes_nothing() {
    let (world, engine) = with_cases();
    assert!(RulesFile::named("x", "a = 1".to_owned()).is_err());
    let wrong = RulesFile::named("x", OFFICE.replace("2018-05-21", "2018-05-20")).unwrap();
    assert!(engine.preview_rules(&[wrong], None, &Scope::everything()).is_err());
    drop(engine);
    let reader = world.reading();
    let file = RulesFile::named("so-a", OFFICE.to_owned()).unwrap();
    assert!(reader.preview_rules(std::slice::from_ref(&file), None, &Scope::everything()).is_ok());
    assert_eq!(reader.adopt_rules(&file, "x", &Progress::default()).unwrap_err().code(), "engine.reads_only");
}

#[test]
fn an_event_counts_for_the_record_it_is_of() {
    let world = World::new();
    let engine = world.open();
    let event = |of: Option<&str>, kind: &str, number: &str| {
        json!({ "subject_id": "same", "kind": kind, "happened_on": "2018-04-02", "decision_number": number,
                "subject_dataset": of })
    };
    let task = json!({ "source_id": "same", "title": "việc", "assigned_on": "2018-04-01", "status": "open",
                       "events": [{ "kind": "accepted", "happened_on": "2018-04-03" }] });
    let petition =
        json!({ "source_id": "same", "title": "đơn", "kind": "complaint", "received_on": "2018-04-01" });
    world.feed(&engine, "cases", &[case("same", "Sở A", "Vinh", "2018-04-01", None)]);
    world.feed(&engine, "tasks", &[task]);
    world.feed(&engine, "petitions", &[petition]);
    let due = |engine: &Engine| {
        engine
            .deadline_of(id(engine, "cases", "same"), None, &Scope::everything())
            .unwrap()
            .effective()
            .unwrap()
            .to_string()
    };
    let handled = |engine: &Engine| {
        let asked = on("2018-06-01");
        engine.measure("petitions_handled_of_all", &asked, &Scope::everything()).unwrap().total().numerator
    };
    assert_eq!(handled(&engine), 0, "the event inside a task is the task's");
    world.feed(&engine, "events", &[event(Some("tasks"), "extended", "1")]);
    assert_eq!(due(&engine), "2018-05-02");
    world.feed(&engine, "events", &[event(Some("cases"), "extended", "2")]);
    assert_eq!(due(&engine), "2018-05-16", "the case's own");
    world.feed(&engine, "events", &[event(None, "forwarded", "3")]);
    assert_eq!(handled(&engine), 1, "what does not say counts as before");
}
