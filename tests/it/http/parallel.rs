//! Sources and two systems side by side, as the API and the pages give them.

use serde_json::json;

use super::world::World;

const OLD: &str = "source_system,id,title,kind,unit,received_on,status\n\
                   cu,1,Đơn một,KN,UBND xã A,2018-01-05,mới\ncu,2,Đơn hai,KN,UBND xã A,2018-01-06,mới\n\
                   cu,3,Đơn <b>ba</b>,KN,UBND xã A,2018-01-06,mới\n\
                   moi,1,Đơn một,KN,UBND xã A,2018-01-05,mới\nmoi,2,Đơn hai,KN,UBND xã A,2018-01-06,xong\n";
const RECORD: &str = "dataset,source,valid_from_on\npetitions,moi,2018-01-01\n";

fn world() -> World {
    World::with(&[("petitions", "hai.csv", OLD), ("sources_of_record", "chinh.csv", RECORD)])
}

#[test]
fn the_api_compares_and_explains() {
    let world = world();
    let found = world.json("/api/v1/parallel/petitions?old=cu&new=moi&as_of=2018-06-01");
    let outcomes = &found["compared"][0]["outcomes"];
    assert_eq!(outcomes["same"]["total"]["numerator"], 1, "{found}");
    assert_eq!(outcomes["differing"]["total"]["numerator"], 1);
    assert_eq!(outcomes["only_old"]["total"]["numerator"], 1);
    let why =
        world.json("/api/v1/parallel/petitions?old=cu&new=moi&as_of=2018-06-01&explain=petitions_received");
    assert_eq!((&why["old"], &why["new"], &why["difference"]), (&json!(3), &json!(2), &json!(1)), "{why}");
    assert_eq!(why["records"][0]["reason"], "unexplained");
    assert_eq!(world.get("/api/v1/parallel/petitions?old=cu").status, 400);
    // The receipt of an outcome opens to its records.
    let code = outcomes["only_old"]["total"]["receipt"].as_str().unwrap();
    let rows = world.json(&format!("/api/v1/receipts/{code}?rows=numerator"));
    assert_eq!(rows["rows"].as_array().map(Vec::len), Some(1), "{rows}");
    let sources = world.json("/api/v1/sources?as_of=2018-06-01");
    assert!(sources["by_source"][0]["cells"].as_array().is_some_and(|cells| cells.len() >= 2), "{sources}");
}

#[test]
fn the_pages_show_the_classes_the_records_and_how_many_stand_in_both() {
    let world = world();
    let page = world.get("/parallel?old=cu&new=moi&as_of=2018-06-01").text();
    assert!(page.contains("33,33 % trong 3 đơn") && page.contains("chênh lệch 1 = 1"), "{page}");
    assert!(page.contains("Tình trạng") && page.contains("&lt;b&gt;ba") && !page.contains("<b>ba"));
    let sources = world.get("/sources?as_of=2018-06-01").text();
    assert!(sources.contains("Bản ghi đủ trường bắt buộc") && sources.contains("moi"), "{sources}");
    let petitions = world.get("/dashboards/petitions?as_of=2018-06-01").text();
    assert!(petitions.contains("Đơn có ở nhiều hệ thống"), "{petitions}");
    assert!(petitions.contains(">3 đơn</a>"), "each matter counts once");
    let plain = World::of_556_tasks();
    assert!(!plain.get("/dashboards/overdue").text().contains("Nhiệm vụ có ở nhiều hệ thống"));
    assert!(plain.get("/parallel").text().contains("chỉ có một hệ thống nguồn"));
}
