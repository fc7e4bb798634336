//! Pages as a browser gets them.

use std::io::Read;

use super::world::World;

/// What every browser sends.
const PACKED: [(&str, &str); 1] = [("accept-encoding", "gzip, deflate")];
const HOSTILE: &str = "<script>alert(1)</script>\"'&";

fn hostile() -> World {
    let csv = format!(
        "unique_key,kind,title,text,unit\n\
         1,Khiếu nại,\"{0} đất đai\",\"Kính gửi {0} về đất đai của tôi ở thôn Đông và việc thu hồi\",\"{0}\"\n",
        HOSTILE.replace('"', "\"\"")
    );
    World::with(&[("petitions", "petitions.csv", &csv)])
}

fn links<'a>(html: &'a str, part: &str) -> Vec<&'a str> {
    let found = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    found.filter(|link| link.contains(part)).collect()
}

#[test]
fn the_dashboard_shows_the_published_rates_with_what_they_are_of() {
    let world = World::of_556_tasks();
    let page = world.get("/dashboards/overdue").text();
    for share in ["32,53 % trong 249", "67,47 % trong 249", "57,65 % trong 307", "42,35 % trong 307"] {
        assert!(page.contains(&format!("{share} nhiệm vụ")), "{share}: {page}");
    }
    for figure in ["556", "249", "81", "168", "307", "177", "130"] {
        let linked = format!("\">{figure}</a></td>");
        assert!(page.split("<tfoot>").nth(1).unwrap().contains(&linked), "{figure}");
    }
    assert!(
        page.contains("<svg class=\"chart\" role=\"img\"") && page.contains("<desc id=\"chart-2-desc\">")
    );
    assert!(page.contains("Số liệu tính đến ngày 13/12/2017, ảnh chụp dữ liệu số 1."));
    let english = world.get("/dashboards/overdue?lang=en").text();
    assert!(english.contains("32.53 % of 249 tasks") && english.contains("<html lang=\"en\">"));
    let earlier = world.get("/dashboards/overdue?as_of=2017-09-01").text();
    assert!(!earlier.contains("13/12/2017") && !earlier.contains("32,53"));
}

#[test]
fn the_style_sheet_is_kept_for_good_and_nothing_on_a_page_is_a_script() {
    let world = World::of_556_tasks();
    let page = world.get("/?dataset=tasks").text();
    let style = links(&page, "/assets/style-")[0];
    let style = world.get(style);
    assert_eq!((style.status, style.header("content-type")), (200, "text/css; charset=utf-8"));
    assert!(style.header("cache-control").contains("immutable") && style.text().contains("@page { size: A4"));
    for forbidden in ["<script", "style=\"", "onclick", "http://", "https://"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert_eq!(world.get("/assets/style-000000000000.css").status, 404);
}

#[test]
fn a_facet_narrows_a_filter_can_be_taken_away_and_pages_follow() {
    let world = World::of_556_tasks();
    let page = world.get("/?dataset=tasks&sort=due_on").text();
    assert!(page.contains("556 kết quả."), "{page}");
    let open = links(&page, "status:open")[0].replace("&amp;", "&");
    let narrowed = world.get(&open).text();
    assert!(
        narrowed.contains("307 kết quả.") && narrowed.contains("Trạng thái: Chưa hoàn thành"),
        "{narrowed}"
    );
    let next = links(&narrowed, "cursor=")[0].replace("&amp;", "&");
    let following = world.get(&next).text();
    assert!(following.contains("307 kết quả.") && following != narrowed);
    let removed = narrowed.split("class=\"applied\"").nth(1).unwrap();
    let removed = links(removed, "/?")[0].replace("&amp;", "&");
    assert!(world.get(&removed).text().contains("556 kết quả."));
    let elsewhere = world.get("/?dataset=petitions&sort=assigned_on&filter=assigned_by:x");
    assert_eq!((elsewhere.status, elsewhere.text().contains("class=\"applied\"")), (200, false));
}

#[test]
fn bars_along_time_narrow_and_a_value_can_be_left_out() {
    let world = World::of_556_tasks();
    let page = world.get("/?dataset=tasks").text();
    assert!(page.contains("<desc id=\"histogram-desc\">") && page.contains("kỳ báo cáo"), "{page}");
    let bar = links(&page, "assigned_on:2017-")[0].replace("&amp;", "&");
    let narrowed = world.get(&bar).text();
    assert!(!narrowed.contains("556 kết quả.") && narrowed.contains(" kết quả."), "{narrowed}");
    let without = links(&page, "status:%21open")[0].replace("&amp;", "&");
    let left = world.get(&without).text();
    assert!(left.contains("249 kết quả.") && left.contains("Trạng thái: trừ Chưa hoàn thành"), "{left}");
    assert!(left.contains("<span class=\"count\">307 "), "{left}");
    let periods = links(&page, "assigned_on:period")[0].replace("&amp;", "&");
    assert!(world.get(&periods).text().contains("report:2017-Q"));
}

#[test]
fn whatever_a_record_or_a_query_holds_is_text() {
    let world = hostile();
    let page = world.get("/?q=dat%20dai%20%22%3E%3Cscript%3E").text();
    assert!(world.get("/?q=dat%20dai").text().contains("<mark>đất đai</mark>"));
    let record = links(&world.get("/").text(), "/records/")[0].to_owned();
    let filtered = world.get("/?filter=unit:%3Cscript%3E&q=%3Cscript%3E").text();
    let pages =
        [page, world.get("/").text(), world.get(&record).text(), filtered, world.get("/%3Cscript%3E").text()];
    for page in pages {
        assert!(!page.contains("<script"), "{page}");
    }
    assert!(world.get(&record).text().contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

#[test]
fn a_record_links_to_its_possible_duplicates_which_nobody_has_decided() {
    let text = "Tôi khiếu nại việc thu hồi đất của gia đình tôi tại thôn Đông không đúng quy định";
    let csv = format!("unique_key,kind,title,text\n1,Khiếu nại,Đơn một,{text}\n2,Khiếu nại,Đơn hai,{text}\n");
    let world = World::with(&[("petitions", "petitions.csv", &csv)]);
    let page = world.get("/").text();
    assert!(page.contains("Tìm đơn giống"));
    let similar = world.get(links(&page, "/duplicates")[0]).text();
    assert!(
        similar.contains("1 đơn có thể liên quan.") && similar.contains("Đề xuất: nghi gửi lại"),
        "{similar}"
    );
    assert!(similar.contains("giống nhau 100,00 %"), "{similar}");
    assert!(similar.contains("Đã tìm trong 2 đơn"), "{similar}");
}

#[test]
fn without_words_the_newest_letters_stand_first_and_with_words_the_best() {
    let days = [("1", "2016-05-02"), ("2", "2018-01-09"), ("3", "2017-07-30")];
    let rows = days.map(|(key, day)| format!("{key},Khiếu nại,Đơn {key},Đất đai,{day}\n"));
    let csv = format!("unique_key,kind,title,text,received_on\n{}", rows.concat());
    let world = World::with(&[("petitions", "petitions.csv", &csv)]);
    let titles = |path: &str| -> Vec<String> {
        let page = world.get(path).text();
        let hits = page.split("<h2").skip(1).filter_map(|hit| hit.split("Đơn ").nth(1));
        hits.filter_map(|rest| rest.get(..1)).map(str::to_owned).collect()
    };
    assert_eq!(titles("/"), ["2", "3", "1"]);
    assert_eq!(titles("/?sort=received_on"), ["1", "3", "2"]);
    let page = world.get("/?q=dat%20dai").text();
    assert!(!page.contains("value=\"-received_on\" selected"), "{page}");
    let letters = world.get("/check").text();
    assert!(letters.contains("aria-current=\"page\">Kiểm tra đơn</a>"), "{letters}");
}

#[test]
fn a_record_page_has_labels_codes_and_what_each_version_changed() {
    let world = World::of_556_tasks();
    let change =
        r#"{"source_id":"NV-002/2017","title":"Việc đã xong","status":"done","completed_on":"2017-12-01"}"#;
    let pushed = world.post("/api/v1/ingest/tasks", "application/x-ndjson", change);
    assert_eq!(pushed.json()["updated"], 1, "{}", pushed.text());
    let id = pushed.json()["records"][0]["id"].as_str().unwrap().to_owned();
    let page = world.get(&format!("/records/{id}")).text();
    assert!(page.contains("<dt>Trạng thái</dt><dd>Đã hoàn thành</dd>"), "{page}");
    assert!(page.contains("<dt>Ngày hoàn thành</dt><dd>01/12/2017</dd>"), "{page}");
    assert!(page.contains("Trạng thái: <del>Chưa hoàn thành</del> → <ins>Đã hoàn thành</ins>"), "{page}");
    assert_eq!(world.get("/records/nothing").status, 404);
}

#[test]
fn simulated_records_are_named_on_every_page_and_export() {
    let csv = "Số hiệu,Nội dung nhiệm vụ\n1,Việc\n";
    let real = World::with(&[("tasks", "tasks.csv", csv)]);
    assert!(!real.get("/").text().contains("MÔ PHỎNG"));
    assert_eq!(real.get("/api/v1/overdue?format=csv").header("thanhtra-notice"), "");
    let simulated = World::from(&[("tasks", "tasks.csv", csv)], "mo-phong");
    for path in ["/", "/?dataset=tasks", "/dashboards/overdue", "/nothing", "/records/x"] {
        assert!(simulated.get(path).text().contains("DỮ LIỆU MÔ PHỎNG"), "{path}");
    }
    let csv = simulated.get("/api/v1/overdue?format=csv");
    assert!(csv.header("thanhtra-notice").starts_with("UTF-8''D%E1%BB%AE%20LI"));
    assert!(csv.header("content-disposition").contains("filename=\"mo-phong-tasks_overdue_by_unit-1.csv\""));
    for path in ["/api/v1/overdue", "/api/v1/search/tasks", "/api/v1/commits"] {
        assert_eq!(simulated.json(path)["notice"], "DỮ LIỆU MÔ PHỎNG", "{path}");
    }
    let sql = simulated.post("/api/v1/sql", "text/plain", "SELECT count(*) AS n FROM tasks");
    assert_eq!(sql.json()["notice"], "DỮ LIỆU MÔ PHỎNG");
}

#[test]
fn text_is_packed_for_who_accepts_it_and_nothing_else_is() {
    let world = World::of_556_tasks();
    for path in ["/dashboards/overdue?as_of=2017-12-13", "/api/v1/overdue", "/openapi.json"] {
        let (plain, packed) = (world.get(path), world.send("GET", path, &PACKED, b""));
        assert_eq!((packed.header("content-encoding"), packed.status), ("gzip", 200), "{path}");
        assert!(packed.header("vary").contains("accept-encoding"), "{path}");
        let mut unpacked = Vec::new();
        let read = flate2::read::GzDecoder::new(packed.body.as_slice()).read_to_end(&mut unpacked);
        read.unwrap();
        assert!(unpacked == plain.body && packed.body.len() * 2 < plain.body.len(), "{path}");
        assert_eq!(plain.header("content-encoding"), "", "{path}");
    }
    let none = world.send("GET", "/api/v1/overdue", &[("accept-encoding", "gzip;q=0, br")], b"");
    assert_eq!(none.header("content-encoding"), "");
    let workbook = world.send("GET", "/api/v1/overdue?format=xlsx", &PACKED, b"");
    assert_eq!(workbook.header("content-encoding"), "", "a workbook is packed already");
    // What is known stands, whichever way it was sent.
    let path = "/dashboards/overdue?as_of=2017-12-13";
    let tag = world.send("GET", path, &PACKED, b"").header("etag").to_owned();
    assert_eq!(world.send("GET", path, &[PACKED[0], ("if-none-match", &tag)], b"").status, 304);
}

#[test]
fn every_dashboard_stands_on_figures_with_receipts() {
    let world = World::of_556_tasks();
    for name in ["overview", "overdue", "petitions", "cases", "dossiers"] {
        let page = world.get(&format!("/dashboards/{name}?as_of=2017-12-13"));
        assert_eq!(page.status, 200, "{name}: {}", page.text());
        assert!(page.text().contains("Mã kiểm chứng số liệu") && !page.text().contains("<script"), "{name}");
        let packed = world.send("GET", &format!("/dashboards/{name}?as_of=2017-12-13"), &PACKED, b"");
        assert!(packed.body.len() <= 60_000, "{name} is heavy");
    }
    let path = "/dashboards/overdue?as_of=2017-12-13";
    let first = world.get(path);
    let known = world.send("GET", path, &[("if-none-match", first.header("etag"))], b"");
    assert_eq!((known.status, known.body.len()), (304, 0));
    assert_eq!(world.send("GET", path, &[("if-none-match", "\"x\"")], b"").status, 200);
    assert_eq!(first.header("cache-control"), "private, no-cache");
    let page = first.text();
    let paragraph = page.split("<blockquote").nth(1).unwrap();
    for figure in [
        "giao là 556",
        "đã hoàn thành 249",
        "đúng hạn 81, đạt 32,53 %",
        "quá hạn 168, chiếm 67,47 %",
        "chưa hoàn thành 307",
        "trong hạn 177, chiếm 57,65 %",
        "quá hạn 130, chiếm 42,35 %",
        "quá hạn: 298",
    ] {
        assert!(paragraph.contains(figure), "{figure}: {paragraph}");
    }
    assert!(page.contains("<h3>Sở, cơ quan ngang sở</h3>") && page.contains("Thứ hạng"));
    assert!(page.contains("không xếp hạng") || page.contains("<td class=\"number\">1</td>"), "{page}");
    assert!(page.contains("chưa kiểm chứng"), "the badge of an unread source");
    let original = world.get("/dashboards/overdue?as_of=2017-12-13&due=original&period=2017-Q4").text();
    assert!(original.contains("value=\"2017-Q4\"") && original.contains("value=\"original\" selected"));
}

#[test]
fn a_record_page_explains_its_deadline() {
    let csv = "mã vụ việc nguồn,tên vụ việc,loại vụ việc đơn thư,ngày mở,tỉnh\n1,Vụ việc một,khiếu nại,05/01/2017,Hà Nội\n";
    let world = World::with(&[("cases", "cases.csv", csv)]);
    let statement = "SELECT id FROM cases";
    let sql = world.post("/api/v1/sql", "text/plain", statement).json();
    let id = sql["rows"][0]["id"].as_str().unwrap().to_owned();
    let page = world.get(&format!("/records/{id}")).text();
    assert!(page.contains("+ 30 ngày → 04/02/2017 (LKN Đ28)"), "{page}");
    assert!(page.contains("Hạn theo quy tắc KN-2: 06/02/2017"), "{page}");
    let api = world.json(&format!("/api/v1/records/{id}/deadline"));
    assert_eq!((&api["effective"], &api["computed"]["raw"]), (&"2017-02-06".into(), &"2017-02-04".into()));
}

#[test]
fn letters_in_circles_are_listed_with_links_and_where_was_looked() {
    let letters = "unique_key,kind,title,text,unit\n\
                   v1,Khiếu nại,Xin trả lời về đường thôn,Kính gửi về con đường liên thôn bị hỏng đã lâu,Sở Xây dựng\n";
    let events = "mã sự kiện,mã đơn,loại sự kiện,ngày sự kiện,cơ quan,chuyển đến\n\
                  e1,v1,Chuyển đơn,02/10/2017,Sở Xây dựng,Thanh tra tỉnh\n\
                  e2,v1,Chuyển đơn,09/10/2017,Thanh tra tỉnh,Sở Xây dựng\n";
    let world = World::with(&[("petitions", "petitions.csv", letters), ("events", "events.csv", events)]);
    let page = world.get("/circles").text();
    assert!(page.contains("Sở Xây dựng –(02/10/2017)→ Thanh tra tỉnh –(09/10/2017)→ Sở Xây dựng"), "{page}");
    assert!(page.contains("Hạn trả lời 19/10/2017 (KN-1a, LKN Đ27, Đ36)"), "{page}");
    assert!(page.contains("1 đơn của 1 cơ quan") && page.contains("2 lượt chuyển đơn"), "{page}");
    let record = links(&page, "/records/P")[0];
    assert_eq!(world.get(record).status, 200);
    let early = world.get("/circles?as_of=2017-10-10&kind=late&lang=en").text();
    assert!(early.contains("None, in what was searched") && !early.contains("→"), "{early}");
    let answer = world.get("/api/v1/circles?kind=cycle").json();
    assert_eq!(answer["circles"][0]["hops"][1]["to_unit"], "Sở Xây dựng", "{answer}");
    assert_eq!(answer["searched"][0]["forwards"], 2);
    assert_eq!(world.get("/api/v1/circles?kind=vòng").status, 400);
}

#[test]
fn a_page_has_its_map_its_paragraph_and_the_figures_of_other_periods() {
    let mut csv = "source_id,title,kind,stage,province,opened_on,status\n".to_owned();
    for key in 0..12 {
        csv.push_str(&format!("{key},vụ việc,complaint,first,Nghệ An,2017-01-05,open\n"));
    }
    csv.push_str("old,vụ việc,complaint,first,Quảng Nam,2017-01-05,open\n");
    let world = World::with(&[("cases", "cases.csv", &csv)]);
    let page = world.get("/dashboards/overview?as_of=2025-07-01").text();
    assert!(page.contains("<title>Nghệ An: 100,00 %</title>") && page.contains("tile tile-4"), "{page}");
    assert!(
        page.contains("Không có ô trên bản đồ này (tên cũ hoặc tên khác): Quảng Nam"),
        "34 since 1/7/2025"
    );
    assert!(page.contains("<blockquote class=\"paste\">") && page.contains("tồn quá hạn 13"));
    let former = world.get("/dashboards/overview?as_of=2025-06-30").text();
    assert!(
        former.contains("<title>Quảng Nam: ít hơn</title>") && former.contains("<title>Bạc Liêu: –</title>")
    );
    let world = World::of_556_tasks();
    let page = world.get("/dashboards/overdue?as_of=2017-12-13&period=2017-Q4").text();
    assert!(
        page.contains("Kỳ trước (2017-Q3): ") && page.contains("Cùng kỳ năm trước (2016-Q4): "),
        "{page}"
    );
    assert!(!world.get("/dashboards/overdue?as_of=2017-12-13").text().contains("Kỳ trước ("));
}

#[test]
fn a_province_has_its_own_page_and_a_denunciation_stands_under_no_office_on_it() {
    let mut csv = "source_id,title,kind,stage,province,commune,unit,opened_on,status\n".to_owned();
    for (key, kind, province) in [
        (1, "complaint", "Nghệ An"),
        (2, "denunciation", "Nghệ An"),
        (3, "complaint", "Hà Giang"),
        (4, "denunciation", "Hà Giang"),
        (5, "mixed", "Hà Giang"),
    ] {
        csv.push_str(&format!("{key},vụ việc,{kind},first,{province},Xã A,UBND xã A,2017-01-05,open\n"));
    }
    let world = World::with(&[("cases", "cases.csv", &csv)]);
    let day = "as_of=2017-12-13";
    let overview = world.get(&format!("/dashboards/overview?{day}")).text();
    let to = links(&overview, "/dashboards/province?place=Ngh")[0].replace("&amp;", "&");
    let page = world.get(&to).text();
    assert!(page.contains("Chỉ của: Nghệ An.") && page.contains("đã giải quyết 0 trong 2"), "{page}");
    assert!(page.contains("<option value=\"Hà Giang\">"), "the provinces of the data are offered");
    let map = overview.split("<svg class=\"chart tiles\"").nth(1).unwrap().split("</svg>").next().unwrap();
    assert!(map.contains("/dashboards/province?place=Ngh"), "a tile leads there: {map}");
    let guarded = "Tố cáo: chỉ tổng hợp theo tỉnh";
    let by_unit = page.split("Đơn vị").count();
    assert!(by_unit > 0 && page.contains(guarded), "told by province: {page}");
    // A receipt of the page carries the filter, and its rows are those of the province.
    let code =
        links(&page, "/receipts/")[0].split('/').nth(2).unwrap().split(['?', '"']).next().unwrap().to_owned();
    let receipt = world.get(&format!("/api/v1/receipts/{code}")).json();
    assert_eq!(receipt["filters"]["province"], "Nghệ An", "{receipt}");
    let of_unit = world.get(&format!("/dashboards/cases?{day}&unit=UBND%20x%C3%A3%20A")).text();
    let of_both = world
        .get(&format!("/dashboards/province?{day}&place=H%C3%A0%20Giang&unit=UBND%20x%C3%A3%20A"))
        .text();
    for (page, open) in [(&of_unit, "trong 2 vụ việc"), (&of_both, "trong 1 vụ việc")] {
        assert!(
            page.contains(open) && !page.contains("trong 3 vụ việc") && !page.contains("trong 5 vụ việc"),
            "{page}"
        );
    }
    let today = world.get(&format!("/dashboards/province?{day}&place=Tuy%C3%AAn%20Quang&cut=34")).text();
    assert!(
        today.contains("Chỉ của: Tuyên Quang.") && today.contains("Không tổng hợp được theo lựa chọn này"),
        "{today}"
    );
    assert!(
        today.contains("Vụ việc phức tạp đang giải quyết") && !today.contains("% trong"),
        "counts only: {today}"
    );
    let world = World::of_556_tasks();
    let page = world.get(&format!("/dashboards/overdue?{day}&unit=S%E1%BB%9F")).text();
    let csv = links(&page, "/api/v1/queries/tasks_overdue_by_unit")[0].replace("&amp;", "&");
    assert!(
        csv.contains("where=unit%3D") && world.get(&csv).status == 200,
        "what is downloaded is what is shown: {csv}"
    );
    let tasks = world.get(&format!("/dashboards/overdue?{day}&place=Ngh%E1%BB%87%20An")).text();
    assert!(tasks.contains("Không tổng hợp được theo lựa chọn này"), "tasks name no province: {tasks}");
}

#[test]
fn the_page_about_an_error_says_its_particulars_where_its_words_name_them() {
    let world = World::of_556_tasks();
    let page = world.get("/receipts/AAAA").text();
    assert!(!page.contains("{detail}"), "{page}");
    let said = page.split("class=\"reason\">").nth(1).unwrap().split("</p>").next().unwrap();
    assert!(said.starts_with("Không phải mã kiểm chứng") && said.contains("<span lang=\"en\">"), "{said}");
    assert!(world.get("/receipts/AAAA?lang=en").text().contains("is no receipt code"));
}
