//! Inspections of simulated provinces and what their conclusions asked for.

use serde::Serialize;

use crate::demo::draw::{Stream, after, before, chance, office_day, pick, rng};
use crate::demo::places::Place;
use crate::demo::{DAYS, Plan, SOURCE_SYSTEM};

const FIELDS: [(&str, &str); 5] = [
    ("Quản lý, sử dụng đất đai", "recover_land"),
    ("Đầu tư xây dựng", "recover_money"),
    ("Tài chính, ngân sách", "recover_money"),
    ("Tiếp công dân, giải quyết khiếu nại, tố cáo", "discipline"),
    ("Thủ tục hành chính", "amend_rules"),
];

#[derive(Serialize)]
struct Inspection {
    id: String,
    source_system: &'static str,
    title: String,
    decision_number: String,
    kind: &'static str,
    field: &'static str,
    unit: String,
    object: String,
    province: &'static str,
    started_on: String,
    due_on: String,
    ended_on: Option<String>,
    concluded_on: Option<String>,
    conclusion_number: Option<String>,
    status: &'static str,
}

#[derive(Serialize)]
struct Recommendation {
    id: String,
    source_system: &'static str,
    inspection_id: String,
    conclusion_number: String,
    title: String,
    kind: &'static str,
    unit: String,
    province: &'static str,
    issued_on: String,
    due_on: Option<String>,
    completed_on: Option<String>,
    amount_due: Option<u64>,
    amount_recovered: Option<u64>,
    recovered_on: Option<String>,
}

/// An inspection of a commune or an office by the inspectorate of its province.
pub(super) fn inspection(plan: &Plan, index: u64) -> String {
    serde_json::to_string(&drawn(plan, index)).unwrap_or_default()
}

/// What its conclusion asks for: one to three things, none before there is one.
pub(super) fn recommendations(plan: &Plan, index: u64) -> Vec<String> {
    let inspection = drawn(plan, index);
    let (Some(issued), Some(number)) = (inspection.concluded_on, inspection.conclusion_number) else {
        return Vec::new();
    };
    let Ok(issued) = issued.parse() else { return Vec::new() };
    let mut rng = rng(plan.seed, Stream::Recommendation, index);
    let usual = FIELDS.iter().find(|field| field.0 == inspection.field).map_or("other", |field| field.1);
    let count = rng.u32(1..=3);
    let line = |place: u32| {
        let kind =
            if place == 0 { usual } else { pick(&mut rng, &["recover_money", "discipline", "amend_rules"]) };
        let due_on = (!chance(&mut rng, 10)).then(|| office_day(after(issued, rng.u64(30..120))));
        let ended = office_day(after(issued, rng.u64(10..200)));
        let completed_on = (ended <= plan.today && chance(&mut rng, 70)).then_some(ended);
        let amount_due = (kind == "recover_money").then(|| rng.u64(5..900) * 1_000_000);
        let part = if completed_on.is_some() { 100 } else { rng.u64(..80) };
        let recovered = amount_due.map(|amount| amount / 100 * part);
        let until = completed_on.unwrap_or(before(plan.today, 1)).max(issued);
        let recommendation = Recommendation {
            id: format!("KNTT-{index:06}-{place}"),
            source_system: SOURCE_SYSTEM,
            inspection_id: inspection.id.clone(),
            conclusion_number: number.clone(),
            title: format!("{} tại {}", asked(kind), inspection.object),
            kind,
            unit: inspection.object.clone(),
            province: inspection.province,
            issued_on: issued.to_string(),
            due_on: due_on.map(|day| day.to_string()),
            completed_on: completed_on.map(|day| day.to_string()),
            amount_due,
            amount_recovered: recovered,
            recovered_on: recovered.filter(|amount| *amount > 0).map(|_| until.to_string()),
        };
        serde_json::to_string(&recommendation).unwrap_or_default()
    };
    (0..count).map(line).collect()
}

fn drawn(plan: &Plan, index: u64) -> Inspection {
    let mut rng = rng(plan.seed, Stream::Inspection, index);
    let place = Place::draw(&mut rng);
    let (field, _) = rng.choice(FIELDS).unwrap_or_default();
    let started_on = office_day(before(plan.today, rng.u64(1..DAYS)));
    let due_on = office_day(after(started_on, rng.u64(20..60)));
    let ended = office_day(after(started_on, rng.u64(15..75)));
    let ended_on = (ended <= plan.today).then_some(ended);
    let concluded = office_day(after(ended, rng.u64(10..60)));
    let concluded_on = (concluded <= plan.today && !chance(&mut rng, 8)).then_some(concluded);
    let object =
        if chance(&mut rng, 60) { place.committee() } else { place.province.office(rng.usize(3..12)) };
    Inspection {
        id: format!("TT-{index:06}"),
        source_system: SOURCE_SYSTEM,
        title: format!("Thanh tra {} tại {object}", field.to_lowercase()),
        decision_number: format!("{}/QĐ-TT-MP", index + 1),
        kind: pick(&mut rng, &["planned", "planned", "planned", "sudden"]),
        field,
        unit: place.province.inspectorate(),
        object,
        province: place.province.name,
        started_on: started_on.to_string(),
        due_on: due_on.to_string(),
        ended_on: ended_on.map(|day| day.to_string()),
        concluded_on: concluded_on.map(|day| day.to_string()),
        conclusion_number: concluded_on.map(|_| format!("{}/KL-TT-MP", index + 1)),
        status: match (ended_on, concluded_on) {
            (_, Some(_)) => "concluded",
            (Some(_), None) => "ended",
            (None, None) => "running",
        },
    }
}

fn asked(kind: &str) -> &'static str {
    match kind {
        "recover_money" => "Thu hồi về ngân sách số tiền chi sai",
        "recover_land" => "Thu hồi diện tích đất giao, cho thuê không đúng quy định",
        "discipline" => "Kiểm điểm trách nhiệm tập thể, cá nhân",
        "amend_rules" => "Sửa đổi quy trình nội bộ",
        _ => "Thực hiện kết luận",
    }
}
