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
        assert!(checked > 40 && counted > 20, "{checked} {counted}");
    }
}

#[test]
fn every_cell_opens_to_as_many_rows_as_it_says() {
    let (_world, engine) = generated(3, 120);
    let scope = Scope::everything();
    for form in ["xld03", "tcd01"] {
        let filled = filled(&engine, form, "2018", "province");
        for column in &filled.form().columns {
            for key in filled.keys().iter().take(1).map(Some).chain([None]) {
                let Some(figure) = filled.figure(column.number, key) else { continue };
                let found = engine.receipt(&figure.code, &scope).unwrap();
                assert!(found.holds());
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
