//! What happens at the counter: receptions of citizens and one-stop dossiers.

use serde::Serialize;

use crate::demo::draw::{Stream, after, before, chance, office_day, pick, rng};
use crate::demo::grammar::{Grammar, Teller};
use crate::demo::matter::{Matter, Sort, subject};
use crate::demo::people::Person;
use crate::demo::places::Place;
use crate::demo::tasks::EXPLANATIONS;
use crate::demo::{DAYS, Plan, SOURCE_SYSTEM};

/// Procedures with their days of handling.
const PROCEDURES: [(&str, u64); 12] = [
    ("Đăng ký khai sinh", 1),
    ("Đăng ký kết hôn", 3),
    ("Chứng thực bản sao", 1),
    ("Đăng ký, cấp giấy chứng nhận quyền sử dụng đất lần đầu", 20),
    ("Đăng ký biến động đất đai", 10),
    ("Cấp giấy phép xây dựng nhà ở riêng lẻ", 15),
    ("Đăng ký hộ kinh doanh", 3),
    ("Hưởng trợ cấp xã hội hằng tháng", 14),
    ("Xác nhận tình trạng hôn nhân", 3),
    ("Chuyển mục đích sử dụng đất", 15),
    ("Cấp phiếu lý lịch tư pháp", 10),
    ("Trợ cấp mai táng phí", 7),
];

#[derive(Serialize)]
struct Reception {
    id: String,
    source_system: &'static str,
    number: u64,
    received_on: String,
    kind: &'static str,
    subject: &'static str,
    title: String,
    text: String,
    unit: String,
    received_by: &'static str,
    province: &'static str,
    visits: u32,
    people: u32,
    is_group: bool,
    is_competent: bool,
    guided_to: Option<String>,
    accepted_by: Option<String>,
    result: Option<&'static str>,
    signer_name: String,
    signer_address: String,
    signer_id_number: String,
    signer_phone: String,
}

#[derive(Serialize)]
struct Dossier {
    id: String,
    source_system: &'static str,
    title: String,
    procedure: &'static str,
    procedure_code: String,
    kind: &'static str,
    unit: String,
    province: &'static str,
    channel: &'static str,
    received_on: String,
    due_on: String,
    completed_on: Option<String>,
    status: &'static str,
    explanation: Option<&'static str>,
    applicant_name: String,
    applicant_address: String,
    applicant_id_number: String,
    applicant_phone: String,
}

/// One entry of a reception book; about one in twenty is a group (đoàn, 5 people or more).
pub(super) fn reception(plan: &Plan, index: u64) -> String {
    let mut rng = rng(plan.seed, Stream::Reception, index);
    let received_on = office_day(before(plan.today, rng.u64(..DAYS)));
    // Matters of receptions begin where those of petitions cannot reach.
    let matter_index = u64::MAX / 2 + index;
    let matter = Matter::of(plan.seed, matter_index, received_on);
    let Sort { kind, topic, place, .. } = Sort::of(plan.seed, matter_index);
    let is_group = chance(&mut rng, 5);
    let is_competent = chance(&mut rng, 60);
    let visitor = Person::draw(&mut rng, place);
    let other = place.province.any_office(&mut rng);
    let mut teller = Teller { matter: &matter, written_on: received_on, rng };
    let title = Grammar::embedded().tell_one(topic, "title", &mut teller);
    let text = content(topic, &mut teller);
    let mut rng = teller.rng;
    let reception = Reception {
        id: format!("TD-{index:08}"),
        source_system: SOURCE_SYSTEM,
        number: index + 1,
        received_on: received_on.to_string(),
        kind: kind.code(),
        subject: subject(topic),
        title,
        text,
        unit: if chance(&mut rng, 60) { place.committee() } else { place.province.office(2) },
        received_by: pick(
            &mut rng,
            &["regular", "regular", "regular", "leader_periodic", "leader_urgent", "delegated", "online"],
        ),
        province: place.province.name,
        visits: 1,
        people: if is_group { rng.u32(5..60) } else { rng.u32(1..4) },
        is_group,
        is_competent,
        guided_to: (!is_competent).then_some(other),
        accepted_by: is_competent.then(|| place.committee()),
        result: is_competent.then(|| pick(&mut rng, &["Đã trả lời", "Đang xem xét", "Đã thụ lý"])),
        signer_name: visitor.name,
        signer_address: visitor.address,
        signer_id_number: visitor.id_number,
        signer_phone: visitor.phone,
    };
    serde_json::to_string(&reception).unwrap_or_default()
}

/// What the receptionist writes down: a few sentences of the story.
fn content(topic: &str, teller: &mut Teller<'_>) -> String {
    let mut text = String::from("Công dân trình bày:");
    for (part, count) in [("background", 1), ("event", 2), ("harm", 1), ("ask", 1)] {
        for line in Grammar::embedded().choose(topic, part, count, &mut teller.rng) {
            text.push(' ');
            Grammar::embedded().tell(line, teller, &mut text);
        }
    }
    text
}

/// One application at a one-stop office.
pub(super) fn dossier(plan: &Plan, index: u64) -> String {
    let mut rng = rng(plan.seed, Stream::Dossier, index);
    let place = if chance(&mut rng, 35) { Place::of_pilot(&mut rng) } else { Place::draw(&mut rng) };
    let applicant = Person::draw(&mut rng, place);
    let (procedure, days) = rng.choice(PROCEDURES).unwrap_or_default();
    let received_on = office_day(before(plan.today, rng.u64(..DAYS)));
    let due_on = office_day(after(received_on, days + days / 5 * 2 + 3));
    let ended = office_day(after(received_on, rng.u64(1..days * 7 / 4 + 4)));
    let completed_on = (ended <= plan.today && !chance(&mut rng, 3)).then_some(ended);
    let is_late = completed_on.unwrap_or(plan.today) > due_on;
    let is_local = days < 15 || chance(&mut rng, 50);
    let dossier = Dossier {
        id: format!("HS-{index:08}"),
        source_system: SOURCE_SYSTEM,
        title: format!("{procedure} tại {}", place.commune),
        procedure,
        procedure_code: format!("MP.{days:02}.{:04}", procedure.len()),
        kind: pick(&mut rng, &["full", "full", "partial", "paper"]),
        unit: if is_local { place.committee() } else { place.province.office(3) },
        province: place.province.name,
        channel: pick(&mut rng, &["Trực tuyến", "Trực tiếp", "Bưu chính công ích"]),
        received_on: received_on.to_string(),
        due_on: due_on.to_string(),
        completed_on: completed_on.map(|day| day.to_string()),
        status: match completed_on {
            Some(_) => pick(&mut rng, &["done", "done", "done", "done", "done", "withdrawn", "refused"]),
            None => pick(&mut rng, &["processing", "processing", "waiting"]),
        },
        explanation: (is_late && chance(&mut rng, 60)).then(|| pick(&mut rng, &EXPLANATIONS)),
        applicant_name: applicant.name,
        applicant_address: applicant.address,
        applicant_id_number: applicant.id_number,
        applicant_phone: applicant.phone,
    };
    serde_json::to_string(&dossier).unwrap_or_default()
}
