//! The query language over HTTP: errors with a place and a repair, other spellings, the page's links.

use serde_json::json;

use super::world::World;

const PETITIONS: &str = "\
unique_key,kind,title,text,unit,received_on\n\
1,Khiếu nại,Khiếu nại về đất đai,Tôi khiếu nại việc thu hồi đất đai của gia đình tôi,Sở A,01/02/2017\n\
2,Phản ánh,Đường hỏng,Con đường liên xã bị hỏng nặng sau mùa mưa,Sở B,03/02/2017\n";

fn world() -> World {
    World::with(&[("petitions", "petitions.csv", PETITIONS)])
}

#[test]
fn a_wrong_question_is_a_problem_with_its_place_and_a_repair() {
    let world = world();
    let answer = world.get("/api/v1/search/petitions?q=(%C4%91%E1%BA%A5t%20OR%20nh%C3%A0");
    assert_eq!(answer.status, 400);
    let problem = answer.json();
    assert_eq!(problem["code"], "search.language.bracket_open");
    assert_eq!(problem["place"], json!({ "start": 0, "end": 1 }));
    assert_eq!(problem["repair"], "(đất OR nhà)");
    assert!(problem["detail"].as_str().unwrap().starts_with("Dấu ( ở ký tự thứ 1"), "{problem}");
    let repaired = world.json("/api/v1/search/petitions?q=(%C4%91%E1%BA%A5t%20OR%20nh%C3%A0)");
    assert_eq!((&repaired["total"]["value"], &repaired["partial"]), (&json!(1), &json!(false)));
}

#[test]
fn the_business_date_is_the_askers() {
    let world = world();
    let path = "/api/v1/search/petitions?q=ng%C3%A0y:%3E-7d&as_of=2017-02-05";
    assert_eq!(world.json(path)["total"]["value"], 2);
    let path = "/api/v1/search/petitions?q=ng%C3%A0y:%3E-3d&as_of=2017-02-05";
    assert_eq!(world.json(path)["total"]["value"], 1);
}

#[test]
fn other_spellings_and_unknown_fields_are_told() {
    let world = world();
    let answer = world.json("/api/v1/search/petitions?q=khieeus%20naij");
    assert_eq!(answer["corrections"][0], json!({ "text": "khiếu nại", "total": 1 }));
    let answer = world.json("/api/v1/search/petitions?q=don_vii:x");
    assert_eq!(answer["notes"][0]["name"], "don_vii");
    let page = world.get("/?q=khieeus%20naij").text();
    assert!(page.contains("Có phải ý bạn là:"), "{page}");
    assert!(page.contains("href=\"/?q=khi%E1%BA%BFu%20n%E1%BA%A1i\">khiếu nại</a>"), "{page}");
}

#[test]
fn the_page_of_a_wrong_question_links_to_the_repair() {
    let world = world();
    let answer = world.get("/?dataset=petitions&q=hoa%20AND%20%3Cb%3E%20AND");
    assert_eq!(answer.status, 400);
    let page = answer.text();
    assert!(page.contains("hoa AND &lt;b&gt; AND\n"), "{page}");
    assert!(page.contains("href=\"/?dataset=petitions&amp;q=hoa%20AND%20%3Cb%3E\""), "{page}");
    assert!(page.contains("name=\"dataset\" value=\"petitions\""), "{page}");
}
