//! Assigned tasks with their units (chủ trì, phối hợp).

use chrono::NaiveDate;
use fastrand::Rng;
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::demo::draw::{Stream, after, before, chance, office_day, pick, rng};
use crate::demo::people;
use crate::demo::places::Place;
use crate::demo::{DAYS, Plan, SOURCE_SYSTEM};

const VERBS: [&str; 10] = [
    "Tham mưu UBND tỉnh",
    "Chủ trì xây dựng",
    "Rà soát, báo cáo",
    "Kiểm tra, xử lý",
    "Tổng hợp, đề xuất",
    "Khẩn trương hoàn thành",
    "Đôn đốc thực hiện",
    "Trả lời bằng văn bản về",
    "Phối hợp giải quyết",
    "Hoàn thiện hồ sơ trình duyệt",
];
const OBJECTS: [&str; 18] = [
    "phương án bồi thường dự án",
    "kế hoạch cải cách hành chính năm",
    "việc giải ngân vốn đầu tư công quý",
    "đơn kiến nghị của công dân",
    "kết luận thanh tra số",
    "công tác phòng chống thiên tai năm",
    "việc cấp giấy chứng nhận quyền sử dụng đất tại",
    "quy chế phối hợp tiếp công dân",
    "đề án chuyển đổi số",
    "tình trạng ô nhiễm tại cụm công nghiệp",
    "danh mục thủ tục hành chính ngành",
    "báo cáo tự kiểm tra tài chính",
    "chế độ cho người có công",
    "quy hoạch phân khu",
    "nâng cấp trục liên thông văn bản",
    "việc sắp xếp trường, lớp học",
    "công tác bảo đảm an toàn giao thông",
    "kiến nghị của cử tri kỳ họp thứ",
];

/// What units say when they are late.
pub(super) const EXPLANATIONS: [&str; 4] =
    ["Chờ ý kiến cơ quan phối hợp", "Hồ sơ phức tạp, phải xác minh thêm", "Thiếu nhân lực", "Chờ hướng dẫn"];
/// Completions at most that come in after their period was closed.
const CORRECTED: usize = 12;

#[derive(Serialize)]
struct Task {
    id: String,
    source_system: &'static str,
    title: String,
    number: String,
    unit: String,
    assigned_by: String,
    assigned_on: String,
    due_on: Option<String>,
    completed_on: Option<String>,
    status: &'static str,
    explanation: Option<&'static str>,
    units: Vec<TaskUnit>,
}

#[derive(Serialize)]
struct TaskUnit {
    unit: String,
    role: &'static str,
}

/// The line of one task; 5 % have no due date (không hạn).
pub(super) fn line(plan: &Plan, index: u64) -> String {
    let mut rng = rng(plan.seed, Stream::Task, index);
    let province = Place::draw(&mut rng).province;
    let (owner, other) = (province.any_office(&mut rng), province.any_office(&mut rng));
    let assigned_on = office_day(before(plan.today, rng.u64(..DAYS)));
    let due_on = (!chance(&mut rng, 5)).then(|| office_day(after(assigned_on, rng.u64(8..75))));
    let ended = office_day(after(assigned_on, rng.u64(5..85)));
    let completed_on = (ended <= plan.today && !chance(&mut rng, 6)).then_some(ended);
    let is_late = due_on.is_some_and(|due| completed_on.unwrap_or(plan.today) > due);
    let mut units = vec![TaskUnit { unit: owner.clone(), role: "owner" }];
    if other != owner && chance(&mut rng, 45) {
        units.push(TaskUnit { unit: other, role: "coordinating" });
    }
    let task = Task {
        id: format!("NV-{index:07}"),
        source_system: SOURCE_SYSTEM,
        title: title(&mut rng),
        number: format!(
            "{}/{}",
            rng.u32(11..9800),
            pick(&mut rng, &["UBND-TH", "TB-UBND", "CT-UBND", "QĐ-UBND"])
        ),
        unit: owner,
        assigned_by: province.office(0),
        assigned_on: assigned_on.to_string(),
        due_on: due_on.map(|day| day.to_string()),
        completed_on: completed_on.map(|day| day.to_string()),
        status: if completed_on.is_some() { "done" } else { "open" },
        explanation: is_late.then(|| pick(&mut rng, &EXPLANATIONS)),
        units,
    };
    serde_json::to_string(&task).unwrap_or_default()
}

/// Completions that units report only after the period from `from` to `to` was closed: tasks of that period
/// which were open at its end and are now said to have been done on its last day.
pub(super) fn corrected(
    plan: &Plan,
    (from, to): (NaiveDate, NaiveDate),
) -> impl Iterator<Item = String> + use<> {
    let (plan, from, to) = (*plan, from.to_string(), to.to_string());
    let open = (0..plan.tasks()).filter_map(move |index| {
        let task: Json = serde_json::from_str(&line(&plan, index)).ok()?;
        let is_of_period =
            task["assigned_on"].as_str().is_some_and(|day| (from.as_str()..=to.as_str()).contains(&day));
        let is_open = task["completed_on"].as_str().is_none_or(|day| day > to.as_str());
        let row =
            json!({ "id": task["id"], "source_system": SOURCE_SYSTEM, "status": "done", "completed_on": to });
        (is_of_period && is_open).then(|| row.to_string())
    });
    open.take(CORRECTED)
}

/// What a task asks for.
pub(super) fn title(rng: &mut Rng) -> String {
    let object = pick(rng, &OBJECTS);
    let object = match object.rsplit(' ').next() {
        Some("năm") => format!("{object} {}", rng.u32(2017..2027)),
        Some("quý") => format!("{object} {}", pick(rng, &["I", "II", "III", "IV"])),
        Some("số" | "thứ") => format!("{object} {}", rng.u32(2..90)),
        _ => format!("{object} {}", people::village(rng)),
    };
    format!("{} {object}", pick(rng, &VERBS))
}
