//! Official letters (công văn) between agencies about simulated matters.

use std::fmt::Write;

use chrono::Datelike;
use serde::Serialize;

use crate::demo::draw::{Stream, after, before, chance, office_day, pick, rng};
use crate::demo::grammar::{Grammar, Teller};
use crate::demo::matter::{Fact, Matter, subject};
use crate::demo::people;
use crate::demo::{DAYS, Plan, SOURCE_SYSTEM};

#[derive(Serialize)]
struct Document {
    id: String,
    source_system: &'static str,
    title: String,
    text: String,
    topic: &'static str,
    source: &'static str,
    number: String,
    issued_on: String,
    unit: String,
    kind: &'static str,
    signer: String,
    due_on: Option<String>,
}

/// The line of one document.
pub(super) fn line(plan: &Plan, index: u64) -> String {
    let mut rng = rng(plan.seed, Stream::Document, index);
    let issued_on = office_day(before(plan.today, rng.u64(..DAYS)));
    let matter = Matter::of(plan.seed, u64::MAX / 4 + index, issued_on);
    let unit = matter.place.province.any_office(&mut rng);
    let number =
        format!("{}/{}", rng.u32(20..6000), pick(&mut rng, &["UBND-TD", "TTr-NV2", "SNNMT-TTr", "SXD-TTr"]));
    let due_on = chance(&mut rng, 60).then(|| after(issued_on, rng.u64(7..30)));
    let signer = people::name(&mut rng).0;
    let mut teller = Teller { matter: &matter, written_on: issued_on, rng };
    let matter_title = Grammar::embedded().tell_one(matter.topic, "title", &mut teller);
    let title = format!("V/v xem xét: {matter_title}");
    let mut text =
        format!("{}\n\nSố: {number}\n{title}\n\nKính gửi: {}\n\n", unit.to_uppercase(), matter.respondent);
    let _ = write!(
        text,
        "Ngày {:02} tháng {:02} năm {}, {unit} nhận được đơn của công dân tại {} với nội dung:",
        issued_on.day(),
        issued_on.month(),
        issued_on.year(),
        matter.fact(Fact::Commune),
    );
    tell(&matter, &mut teller, &mut text);
    if let Some(due_on) = due_on {
        let _ = write!(
            text,
            "\nĐề nghị báo cáo kết quả trước ngày {:02}/{:02}/{}.",
            due_on.day(),
            due_on.month(),
            due_on.year()
        );
    }
    let _ = write!(text, "\n\nTHỦ TRƯỞNG CƠ QUAN\n(Đã ký)\n{signer}");
    let document = Document {
        id: format!("CV-{index:06}"),
        source_system: SOURCE_SYSTEM,
        title,
        text,
        topic: subject(matter.topic),
        source: "Dữ liệu mô phỏng",
        number,
        issued_on: issued_on.to_string(),
        unit,
        kind: "Công văn",
        signer,
        due_on: due_on.map(|day| day.to_string()),
    };
    serde_json::to_string(&document).unwrap_or_default()
}

fn tell(matter: &Matter, teller: &mut Teller<'_>, text: &mut String) {
    let grammar = Grammar::embedded();
    for (part, count) in [("background", 2), ("event", 2), ("harm", 1)] {
        for line in grammar.choose(matter.topic, part, count, &mut teller.rng) {
            text.push_str("\n- ");
            grammar.tell(line, teller, text);
        }
    }
    text.push_str("\nĐề nghị cơ quan kiểm tra, giải quyết theo thẩm quyền, trong đó làm rõ:");
    for line in grammar.choose(matter.topic, "ask", 2, &mut teller.rng) {
        text.push_str("\n+ ");
        grammar.tell(line, teller, text);
    }
}
