//! The 556 tasks whose published rates are known, as a file a user would bring.
//!
//! Only the counts are those that were published for 1/9 to 13/12/2017; each task is made up. The days
//! include the edges: done on the due day itself is in time, and due on 13/12 is not yet overdue.

use chrono::NaiveDate;
use fastrand::Rng;

use crate::demo::draw::{after, before, pick, written};
use crate::demo::tasks::title;

const SEED: u64 = 556;
const ON_TIME: usize = 81;
const LATE: usize = 168;
const IN_TIME: usize = 177;
const OVERDUE: usize = 130;

const HEADER: &str =
    "Số hiệu,Nội dung nhiệm vụ,Đơn vị thực hiện,Ngày giao,Hạn hoàn thành,Ngày hoàn thành,Trạng thái\n";

const UNITS: [&str; 24] = [
    "Sở Nội vụ",
    "Sở Tài chính",
    "Sở Tài nguyên và Môi trường",
    "Sở Kế hoạch và Đầu tư",
    "Sở Xây dựng",
    "Sở Giao thông vận tải",
    "Sở Nông nghiệp và Phát triển nông thôn",
    "Sở Giáo dục và Đào tạo",
    "Sở Y tế",
    "Sở Thông tin và Truyền thông",
    "Sở Lao động - Thương binh và Xã hội",
    "Sở Công Thương",
    "Sở Tư pháp",
    "Thanh tra tỉnh",
    "UBND thành phố Tam Kỳ",
    "UBND thành phố Hội An",
    "UBND thị xã Điện Bàn",
    "UBND huyện Thăng Bình",
    "UBND huyện Núi Thành",
    "UBND huyện Đại Lộc",
    "UBND huyện Duy Xuyên",
    "UBND huyện Quế Sơn",
    "UBND huyện Tiên Phước",
    "UBND huyện Bắc Trà My",
];

#[derive(Clone, Copy)]
enum State {
    OnTime,
    Late,
    InTime,
    Overdue,
}

struct Dates {
    assigned_on: NaiveDate,
    due_on: NaiveDate,
    completed_on: Option<NaiveDate>,
}

/// The file.
pub(super) fn csv() -> String {
    let mut rng = Rng::with_seed(SEED);
    let mut states = vec![State::OnTime; ON_TIME];
    states.extend([State::Late; LATE]);
    states.extend([State::InTime; IN_TIME]);
    states.extend([State::Overdue; OVERDUE]);
    rng.shuffle(&mut states);
    let mut out = HEADER.to_owned();
    for (state, number) in states.into_iter().zip(1..) {
        let dates = dates(state, &mut rng);
        let completed = dates.completed_on.map(written).unwrap_or_default();
        let status = if dates.completed_on.is_some() { "Đã hoàn thành" } else { "Chưa hoàn thành" };
        let row = [
            format!("NV-{number:03}/2017"),
            format!("\"{}\"", title(&mut rng)),
            pick(&mut rng, &UNITS).to_owned(),
            written(dates.assigned_on),
            written(dates.due_on),
            completed,
            status.to_owned(),
        ];
        out.push_str(&row.join(","));
        out.push('\n');
    }
    out
}

/// Days of a task that is in `state` at the end of 2017-12-13.
fn dates(state: State, rng: &mut Rng) -> Dates {
    let first = NaiveDate::from_ymd_opt(2017, 9, 1).unwrap_or_default();
    let last = NaiveDate::from_ymd_opt(2017, 12, 13).unwrap_or_default();
    match state {
        State::OnTime => {
            let assigned_on = after(first, rng.u64(..70));
            let completed_on = after(assigned_on, rng.u64(3..33));
            Dates { assigned_on, due_on: after(completed_on, rng.u64(..9)), completed_on: Some(completed_on) }
        }
        State::Late => {
            let assigned_on = after(first, rng.u64(..60));
            let due_on = after(assigned_on, rng.u64(5..20));
            Dates { assigned_on, due_on, completed_on: Some(after(due_on, rng.u64(1..23))) }
        }
        State::InTime => {
            let assigned_on = before(last, rng.u64(..45));
            Dates { assigned_on, due_on: after(last, rng.u64(..40)), completed_on: None }
        }
        State::Overdue => {
            let assigned_on = after(first, rng.u64(..70));
            Dates { assigned_on, due_on: after(assigned_on, rng.u64(5..33)), completed_on: None }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const COMMITTED: &str = include_str!("../../tests/fixtures/tasks_556.csv");

    fn day(text: &str) -> NaiveDate {
        NaiveDate::parse_from_str(text, "%d/%m/%Y").unwrap()
    }

    #[test]
    fn the_committed_file_is_what_the_generator_writes() {
        assert_eq!(csv(), COMMITTED);
    }

    #[test]
    fn the_556_tasks_have_the_published_counts() {
        let as_of = day("13/12/2017");
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut rows = csv::Reader::from_reader(COMMITTED.as_bytes());
        for row in rows.records() {
            let row = row.unwrap();
            let (assigned, due) = (day(&row[3]), day(&row[4]));
            assert!((day("01/09/2017")..=as_of).contains(&assigned) && assigned <= due, "{row:?}");
            let state = match (&row[5], &row[6]) {
                ("", "Chưa hoàn thành") if due >= as_of => "in time",
                ("", "Chưa hoàn thành") => "overdue",
                (completed, "Đã hoàn thành") => {
                    let completed = day(completed);
                    assert!((assigned..=as_of).contains(&completed), "{row:?}");
                    if completed <= due { "on time" } else { "late" }
                }
                _ => panic!("status and completion disagree: {row:?}"),
            };
            *counts.entry(state).or_default() += 1;
        }
        assert_eq!(
            counts,
            BTreeMap::from([("on time", 81), ("late", 168), ("in time", 177), ("overdue", 130)])
        );
    }
}
