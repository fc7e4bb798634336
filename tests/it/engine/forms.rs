//! Statutory forms: identities hold on generated months, a broken one is told, what nothing feeds is empty.

use serde_json::json;
use thanhtra::demo::Plan;
use thanhtra::domain::language::Language;
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::engine::progress::Progress;
use thanhtra::metrics::ask::{Asked, Typed};
use thanhtra::metrics::compose::Side;
use thanhtra::metrics::form::Filled;
use thanhtra::present::form::grid;
use thanhtra::present::xlsx::{Cell, workbook_of_grids};
use thanhtra::sql::encode::objects;

use super::world::{World, options};

const FED: [&str; 5] = ["petitions", "events", "cases", "decisions", "receptions"];

fn generated(seed: u64, petitions: u64) -> (World, Engine) {
    let world = World::new();
    let engine = world.open();
    let plan = Plan::new(seed, petitions, "2018-06-01".parse().unwrap());
    for dataset in FED {
        let lines: Vec<String> = plan.lines(dataset).unwrap().collect();
        let path = world.file(&format!("{dataset}.ndjson"), (lines.join("\n") + "\n").as_bytes());
        engine.ingest_file(dataset, &path, &options(), &Progress::default()).unwrap();
    }
    (world, engine)
}

fn filled(engine: &Engine, form: &str, period: &str, by: &str) -> Filled {
    let asked = Asked::read(&Typed { by, period, ..Typed::default() }).unwrap();
    engine.form(form, &asked, &Scope::everything()).unwrap()
}

fn names(engine: &Engine) -> Vec<String> {
    engine.snapshot().unwrap().catalog().forms().map(|form| form.name.clone()).collect()
}

#[test]
fn every_identity_holds_on_generated_months() {
    for (seed, periods) in
        [(1, ["2018-03", "2018-Q1"]), (7, ["2017-11", "2018-Q2"]), (42, ["2017", "2018-05"])]
    {
        let (_world, engine) = generated(seed, 260);
        let (mut checked, mut counted) = (0, 0);
        for form in names(&engine) {
            for (period, by) in [(periods[0], "unit"), (periods[1], "province")] {
                let filled = filled(&engine, &form, period, by);
                counted += filled.number(1, None).unwrap();
                for it in filled.checked() {
                    assert_eq!(it.broken, [], "{form} {period} {} seed {seed}", it.identity.text());
                    checked += usize::from(it.holds());
                }
            }
        }
        assert!(checked > 140 && counted > 20, "{checked} {counted}");
    }
}

#[test]
fn every_cell_opens_to_as_many_rows_as_it_says() {
    let (_world, engine) = generated(3, 120);
    let scope = Scope::everything();
    for form in ["xld03", "tcd01", "tcd02", "kqgq02", "kqgq03", "kqgq04", "xld01_2021"] {
        let filled = filled(&engine, form, "2018", "province");
        for column in &filled.form().columns {
            for key in filled.keys().iter().take(1).map(Some).chain([None]) {
                let Some(figure) = filled.figure(column.number, key) else { continue };
                let found = engine.receipt(&figure.code, &scope).unwrap();
                assert!(found.holds(), "{form} {} {key:?} {figure:?} {:?}", column.number, found.again);
                let rows = engine.figure_rows(&found.inputs, Side::Numerator, 0, &scope).unwrap();
                let rows = objects(&rows.batches).unwrap();
                let count = match &column.sums {
                    None => rows.len() as i64,
                    Some(sums) => rows.iter().filter_map(|row| row[sums.as_str()].as_i64()).sum(),
                };
                assert_eq!(count, figure.numerator, "{form} {}", column.number);
            }
        }
    }
}

#[test]
fn what_came_before_a_period_stands_over_into_it() {
    let world = World::new();
    let engine = world.open();
    let petition = |key: &str, received: &str, resolved: Option<&str>, direction: &str| {
        json!({ "source_id": key, "title": "đơn", "kind": "complaint", "unit": "Sở A", "received_on": received,
                "resolved_on": resolved, "direction": direction, "is_eligible": true, "subject": "Đất đai, nhà cửa" })
    };
    let rows = [
        petition("trước, xong trước", "2018-01-02", Some("2018-01-20"), "Thụ lý"),
        petition("trước, xong trong kỳ", "2018-01-02", Some("2018-02-20"), "Thụ lý"),
        petition("trước, chưa xong", "2018-01-02", None, "Thụ lý"),
        petition("trong kỳ, chuyển", "2018-02-02", Some("2018-02-05"), "Chuyển đơn"),
        petition("sau kỳ", "2018-03-02", None, "Thụ lý"),
        petition("hướng lạ", "2018-02-02", Some("2018-02-05"), "không rõ"),
    ];
    world.feed(&engine, "petitions", &rows);
    let form = filled(&engine, "xld01", "2018-02", "unit");
    let numbers: Vec<Option<i64>> = (1..=22).map(|column| form.number(column, None)).collect();
    let expected = [4, 2, 2, 3, 1, 3, 3, 3, 0, 0, 1, 0, 2, 1, 1, 0, 0, 1, 0, 1, 0].map(Some);
    assert_eq!(numbers[..21], expected);
    assert_eq!(numbers[21], None, "a column that nothing feeds is empty and not zero");
    let broken: Vec<String> =
        form.checked().iter().filter(|it| !it.broken.is_empty()).map(|it| it.identity.text()).collect();
    assert_eq!(broken, ["6 = 14 + 18"], "the letter of unknown direction is not hidden");
    let printed = form.printed(Language::Vi, &|code| format!("/receipts/{code}"));
    let below = printed.below.join("\n");
    assert!(below.contains("Sai đẳng thức 6 = 14 + 18 ở dòng Sở A: 3 khác 2."), "{below}");
    assert!(below.contains("Cột 22 để trống") && printed.above.join(" ").contains("Mẫu chưa đối chiếu"));
    let grid = grid(&printed, "xld01");
    let total =
        grid.cells.iter().filter(|it| it.cell == Cell::Text("Tổng cộng".into())).map(|it| it.row).max();
    let cells: Vec<&Cell> =
        grid.cells.iter().filter(|it| Some(it.row) == total && it.column > 0).map(|it| &it.cell).collect();
    assert_eq!((cells.len(), cells[0]), (21, &Cell::Whole(4)), "the empty column has no cell");
    assert!(workbook_of_grids(&[grid]).unwrap().starts_with(b"PK"));
    let json = form.json(Language::Vi);
    assert_eq!(json["rows"][1]["cells"]["22"], json!({ "value": null, "receipt": null }));
    assert_eq!(json["is_compared"], false);
}

#[test]
fn a_form_needs_a_period_and_a_known_name() {
    let world = World::new();
    let engine = world.open();
    let scope = Scope::everything();
    let error = engine.form("xld01", &Asked::default(), &scope).unwrap_err().to_string();
    assert!(error.contains("name a period"), "{error}");
    let error = engine.measure("form_xld01_01", &Asked::default(), &scope).unwrap_err().to_string();
    assert!(error.contains("name a period"), "{error}");
    let asked = Asked::read(&Typed { period: "2018", ..Typed::default() }).unwrap();
    let error = engine.form("xld1", &asked, &scope).unwrap_err().to_string();
    assert!(error.contains("did you mean `xld"), "{error}");
}

#[test]
fn a_column_whose_data_never_came_is_empty_and_not_nought() {
    let world = World::new();
    let engine = world.open();
    let reception =
        json!({ "source_id": "1", "unit": "Sở A", "kind": "complaint", "received_on": "2018-02-02" });
    world.feed(&engine, "receptions", &[reception]);
    let form = filled(&engine, "xld01", "2018-02", "unit");
    assert!(
        (1..=22).all(|column| form.number(column, None).is_none() && form.figure(column, None).is_none())
    );
    let empty = form.empty(Language::Vi);
    assert_eq!(empty.len(), 22, "{empty:?}");
    assert_eq!(empty[0].1, "kho này chưa nhận dữ liệu Đơn");
    assert!(form.checked().iter().all(|it| !it.holds() && it.broken.is_empty()), "nothing to check");
    let printed = form.printed(Language::Vi, &|code| code.to_owned());
    assert!(printed.below.join("\n").contains("Cột 4 để trống: kho này chưa nhận dữ liệu Đơn."));
    assert!(printed.above.join(" ").contains("2018-02"), "the period is told all the same");
    assert!(grid(&printed, "xld01").cells.iter().all(|it| !matches!(it.cell, Cell::Whole(_))));
    let json = form.json(Language::Vi);
    assert_eq!(json["rows"][0]["cells"]["1"], json!({ "value": null, "receipt": null }));
    let fed = filled(&engine, "tcd01", "2018-02", "unit");
    assert_eq!(
        (fed.number(1, None), fed.number(13, None)),
        (Some(1), Some(0)),
        "a book that is kept has noughts"
    );

    let decision = |with: serde_json::Value| {
        let mut row = json!({ "source_id": "q", "unit": "Sở A", "kind": "decision_first", "issued_on": "2018-02-03", "result": "complaint_right" });
        row.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
        row
    };
    world.feed(&engine, "decisions", &[decision(json!({}))]);
    let form = filled(&engine, "kqgq01", "2018-02", "unit");
    assert_eq!((form.number(5, None), form.number(7, None), form.number(15, None)), (Some(1), None, None));
    let why = form.empty(Language::Vi).into_iter().find(|(column, _)| *column == 7).unwrap().1;
    assert_eq!(
        why,
        "kho này chưa nhận cột Tiền thu hồi cho Nhà nước (đồng) của dữ liệu Quyết định, kết luận"
    );
    let money = json!({ "money_to_state": 2_500_000, "land_to_state_m2": 10.4, "money_returned": 1_400_000, "returned_to": "person" });
    world.feed(&engine, "decisions", &[decision(money)]);
    let form = filled(&engine, "kqgq01", "2018-02", "unit");
    let numbers = [7, 8, 9, 11, 12].map(|column| form.number(column, None));
    assert_eq!(
        numbers,
        [Some(3), Some(10), Some(0), Some(1), None],
        "million đồng and m², rounded; returned land never came"
    );
    let before = filled(&engine, "kqgq01", "2017", "unit");
    assert_eq!(
        (before.number(7, None), before.number(5, None)),
        (Some(0), Some(0)),
        "fed, and none in that year"
    );
}

#[test]
fn conclusions_are_told_by_how_they_ended_and_what_they_found() {
    let world = World::new();
    let engine = world.open();
    let case = |key: &str, stage: &str, status: &str| {
        json!({ "source_id": key, "title": "vụ", "kind": "denunciation", "stage": stage, "status": status, "unit": "Sở A",
                "opened_on": "2018-01-02", "closed_on": "2018-02-10" })
    };
    world.feed(
        &engine,
        "cases",
        &[
            case("1", "first", "closed"),
            case("2", "continued", "closed"),
            case("3", "first", "withdrawn"),
            case("4", "first", "closed"),
        ],
    );
    let stopped = json!({ "source_id": "e", "subject_id": "4", "subject_dataset": "cases", "kind": "terminated", "happened_on": "2018-02-09" });
    world.feed(&engine, "events", &[stopped]);
    let conclusion = |key: &str, result: &str, on_time: bool, done: Option<&str>| {
        json!({ "source_id": key, "case_id": key, "kind": "conclusion", "unit": "Sở A", "issued_on": "2018-02-10", "result": result,
                "was_on_time": on_time, "people_handled": 2, "executed_on": done, "money_to_state": 4_000_000 })
    };
    let rows = [
        conclusion("1", "denunciation_right", true, Some("2018-02-20")),
        conclusion("2", "denunciation_wrong", false, None),
        conclusion("3", "denunciation_partly_right", true, None),
        conclusion("4", "denunciation_knowingly_false", true, None),
    ];
    world.feed(&engine, "decisions", &rows);
    let form = filled(&engine, "kqgq03", "2018-02", "unit");
    let numbers: Vec<Option<i64>> =
        [6, 7, 8, 9, 10, 11, 19, 24, 25, 26, 27, 28, 29, 30, 31].map(|it| form.number(it, None)).into();
    let expected = [4, 1, 1, 1, 1, 16, 8, 1, 0, 2, 1, 1, 0, 3, 1].map(Some);
    assert_eq!(numbers, expected);
    let broken: Vec<String> =
        form.checked().iter().filter(|it| !it.broken.is_empty()).map(|it| it.identity.text()).collect();
    assert_eq!(broken, Vec::<String>::new());
    assert_eq!(
        form.keys(),
        [vec![Some("Tố cáo: chỉ tổng hợp theo tỉnh".to_owned())]],
        "never by a smaller office"
    );
    let form = filled(&engine, "kqgq04", "2018-02", "province");
    let numbers: Vec<Option<i64>> = [1, 2, 3, 5, 20].map(|it| form.number(it, None)).into();
    assert_eq!(numbers, [4, 1, 16, 4, 2].map(Some));
    assert_eq!(
        filled(&engine, "kqgq02", "2018-02", "unit").number(1, None),
        Some(0),
        "conclusions are no decisions"
    );
}

#[test]
fn letters_brought_to_a_reception_are_told_apart_and_so_are_signers() {
    let world = World::new();
    let engine = world.open();
    let petition = |key: &str, channel: &str, signers: i64, direction: &str| {
        json!({ "source_id": key, "title": "đơn", "kind": "complaint", "unit": "Sở A", "received_on": "2018-02-02", "channel": channel,
                "resolved_on": "2018-02-05", "direction": direction, "is_eligible": true, "signers": signers, "is_anonymous": signers == 0 })
    };
    let rows = [
        petition("1", "Trực tiếp", 1, "Thụ lý"),
        petition("2", "Bưu chính", 7, "Chuyển đơn"),
        petition("3", "Bưu chính", 0, "Hướng dẫn"),
        petition("4", "Qua tiếp công dân", 2, "Đôn đốc"),
    ];
    world.feed(&engine, "petitions", &rows);
    let book = json!({ "source_id": "t", "unit": "Sở A", "kind": "complaint", "received_on": "2018-02-02", "petition_id": "3" });
    world.feed(&engine, "receptions", &[book]);
    let form = filled(&engine, "tcd02", "2018-02", "unit");
    let numbers: Vec<Option<i64>> = (1..=15).map(|column| form.number(column, None)).collect();
    assert_eq!(numbers, [3, 3, 3, 3, 0, 0, 0, 0, 1, 1, 2, 2, 1, 0, 1].map(Some));
    let form = filled(&engine, "xld01_2021", "2018-02", "unit");
    let numbers: Vec<Option<i64>> = (1..=10).map(|column| form.number(column, None)).collect();
    assert_eq!(numbers, [4, 0, 0, 0, 2, 1, 1, 4, 4, 4].map(Some));
    assert!(form.checked().iter().all(|it| it.holds()), "{:?}", form.checked());
}
