//! Readiness, rollouts and inspections as a browser and a program get them.

use super::world::World;

fn fixture(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn world() -> World {
    let (ict, mic, rollouts) =
        (fixture("readiness_ict.csv"), fixture("readiness_mic_2017.csv"), fixture("rollouts.csv"));
    World::with(&[
        ("readiness", "ict.csv", &ict),
        ("readiness", "mic.csv", &mic),
        ("rollouts", "rollouts.csv", &rollouts),
    ])
}

#[test]
fn ranks_movement_badge_and_contradictions_are_on_the_page_and_in_the_api() {
    let world = world();
    let page = world.get("/readiness?family=ict-index&edition=2017&against=2015").text();
    for told in
        ["tụt 10 bậc", "Khó so sánh", "phân tích thành phần chính", "Quảng Nam", "Có hạng: 5 trong 63"]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(page.contains("ô số liệu") && page.contains("/receipts/"), "counts have receipts");
    let page = world.get("/readiness?family=ict-index&edition=2016&against=2015").text();
    assert!(page.contains("tăng 2 bậc hoặc giữ hạng"), "{page}");
    let other = world.get("/readiness?family=mic-egov&lang=en").text();
    assert!(other.contains("Not the Vietnam ICT Index") && other.contains("unranked"), "{other}");
    let answer = world.json("/api/v1/readiness/ict-index/2017?against=2015");
    let row = answer["rows"].as_array().unwrap().iter().find(|row| row["province"] == "49").unwrap();
    assert_eq!(
        (row["movement"]["places"][0].as_i64(), row["ranks"][0]["value"].as_i64()),
        (Some(-10), Some(35))
    );
    assert_eq!(answer["breaks"].as_array().unwrap().len(), 1);
    let reversed = world.json("/api/v1/readiness/ict-index/2023");
    assert_eq!(reversed["reversed"].as_array().unwrap().len(), 1);
    let families = world.json("/api/v1/readiness");
    assert_eq!(families["families"].as_array().unwrap().len(), 2);
    for lost in ["papi/2024", "ict-index/1999", "ict-index/2017/99", "ict-index/2017?indicator=x"] {
        let answer = world.get(&format!("/api/v1/readiness/{lost}"));
        assert_eq!(answer.status, 404, "{lost}: {}", answer.text());
    }
}

#[test]
fn the_profile_of_a_province_says_what_pulled_it() {
    let world = world();
    let page = world.get("/readiness/province?family=ict-index&edition=2023&against=2019&province=48").text();
    for told in ["So với kỳ 2019: −0,0169", "Hạ tầng nhân lực −0,0549", "0,8485", "Bắc Trung Bộ"]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
    let answer = world.json("/api/v1/readiness/ict-index/2023/48?against=2019");
    assert_eq!(answer["from_before"]["parts"][0]["indicator"], "htnl");
    let derived = world.json("/api/v1/readiness/ict-index/2019/46");
    let htkt = derived["lines"].as_array().unwrap().iter().find(|line| line["indicator"] == "htkt").unwrap();
    assert_eq!(htkt["values"][0]["origin"], "derived");
}

#[test]
fn rollouts_show_both_axes_and_plans_apart_from_results() {
    let world = world();
    let page = world.get("/rollouts?province=Ngh%E1%BB%87%20An").text();
    for told in [
        "Đã cài đặt, đào tạo · Chính thức",
        "Đã cài đặt, đào tạo · Chưa có kế hoạch",
        "dự kiến 30/10/2016",
        "Tất cả cơ quan quản lý nhà nước",
        "Mốc nêu chung",
        "UBND huyện Thanh Chương",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(!page.contains("thực tế 30/10/2016"), "a plan is no result");
    assert_eq!(world.get("/dashboards/inspections").status, 200);
    assert_eq!(World::with(&[]).get("/readiness").status, 200);
}
