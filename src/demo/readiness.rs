//! Readiness values with ranks, and rollouts of products.
//!
//! The family is called `Mô phỏng`, so that nobody takes a rank of the demo for one that was published.

use chrono::Datelike;
use serde::Serialize;

use crate::demo::draw::{Stream, after, before, chance, pick, rng};
use crate::demo::places::{Place, provinces};
use crate::demo::{DAYS, Plan, SOURCE_SYSTEM};

const FAMILY: &str = "Mô phỏng: sẵn sàng chuyển đổi số";
const INDICATORS: [&str; 3] = ["Hạ tầng kỹ thuật", "Hạ tầng nhân lực", "Ứng dụng công nghệ thông tin"];
const COMPOSITE: &str = "Tổng hợp";
const EDITIONS: i32 = 3;
const PRODUCTS: [Product; 3] = [
    ("Một cửa điện tử", "2.0", "one_stop"),
    ("Một cửa điện tử", "2.5", "one_stop"),
    ("Cơ sở dữ liệu khiếu nại, tố cáo", "1.0", "petitions"),
];
/// The second one-stop product of the first province: one is the rule.
const SECOND: Product = ("Một cửa liên thông", "1.0", "one_stop");

/// Name, version, kind.
type Product = (&'static str, &'static str, &'static str);

#[derive(Serialize)]
struct Value {
    source_system: &'static str,
    family: &'static str,
    edition: String,
    published_on: String,
    province: &'static str,
    province_name: &'static str,
    indicator: &'static str,
    value: f64,
    rank: usize,
    source: &'static str,
}

#[derive(Serialize)]
struct Rollout {
    source_system: &'static str,
    product: &'static str,
    version: &'static str,
    product_kind: &'static str,
    unit: String,
    province: &'static str,
    prepared: &'static str,
    in_use: &'static str,
    planned_on: Option<String>,
    actual_on: Option<String>,
    reason: Option<&'static str>,
}

/// Three editions of 34 provinces: three indicators and their plain mean, each with its competition
/// rank (equal values share a rank, the next one is skipped).
pub(super) fn values(plan: &Plan) -> impl Iterator<Item = String> + Send + use<> {
    let plan = *plan;
    (0..EDITIONS).flat_map(move |back| {
        let edition = plan.today.year() - EDITIONS + back;
        let rows = scores(&plan, edition);
        let columns = INDICATORS.into_iter().chain([COMPOSITE]).enumerate();
        columns.flat_map(|(column, indicator)| ranked(&rows, column, indicator, edition)).collect::<Vec<_>>()
    })
}

/// The values of one edition in ten-thousandths: a row of four for each province.
fn scores(plan: &Plan, edition: i32) -> Vec<[u32; 4]> {
    let draw = |place: usize| {
        let index = u64::from(edition.unsigned_abs()) * 100 + place as u64;
        let mut rng = rng(plan.seed, Stream::Readiness, index);
        let parts = [(); 3].map(|()| rng.u32(1500..9800) / 10 * 10);
        let [first, second, third] = parts;
        [first, second, third, (2 * (first + second + third) + 3) / 6]
    };
    (0..provinces().len()).map(draw).collect()
}

fn ranked(rows: &[[u32; 4]], column: usize, indicator: &'static str, edition: i32) -> Vec<String> {
    let of = |row: &[u32; 4]| row.get(column).copied().unwrap_or_default();
    let lines = provinces().iter().zip(rows).map(|(province, row)| Value {
        source_system: SOURCE_SYSTEM,
        family: FAMILY,
        edition: edition.to_string(),
        published_on: format!("{}-08-15", edition + 1),
        province: province.code,
        province_name: province.name,
        indicator,
        value: f64::from(of(row)) / 10_000.0,
        rank: 1 + rows.iter().filter(|other| of(other) > of(row)).count(),
        source: "Dữ liệu mô phỏng",
    });
    lines.map(|line| serde_json::to_string(&line).unwrap_or_default()).collect()
}

/// For each product and version, the offices of each province and one commune.
pub(super) fn rollouts(plan: &Plan) -> impl Iterator<Item = String> + Send + use<> {
    let plan = *plan;
    let places = (0..provinces().len()).flat_map(|place| (0..6).map(move |office| (place, office)));
    let all = PRODUCTS.into_iter().flat_map(move |product| places.clone().map(move |place| (product, place)));
    let all = all.chain((0..6).map(|office| (SECOND, (0, office))));
    all.zip(0..)
        .map(move |((product, (place, office)), index)| rollout(&plan, product, (place, office), index))
}

fn rollout(plan: &Plan, product: Product, at: (usize, usize), index: u64) -> String {
    let mut rng = rng(plan.seed, Stream::Rollout, index);
    let place = Place::within(&mut rng, at.0);
    let prepared = pick(&mut rng, &["nothing", "data_collected", "installed_trained", "installed_trained"]);
    let in_use = match prepared {
        "installed_trained" => pick(&mut rng, &["no_plan", "trial", "official", "official"]),
        _ => "no_plan",
    };
    let planned_on = (prepared != "nothing").then(|| before(plan.today, rng.u64(30..DAYS)));
    let actual_on = planned_on.map(|day| after(day, rng.u64(..90))).filter(|day| *day <= plan.today);
    let rollout = Rollout {
        source_system: SOURCE_SYSTEM,
        product: product.0,
        version: product.1,
        product_kind: product.2,
        unit: if at.1 == 5 { place.committee() } else { place.province.office(at.1 + 3) },
        province: place.province.name,
        prepared,
        in_use,
        planned_on: planned_on.map(|day| day.to_string()),
        actual_on: actual_on.filter(|_| in_use == "official").map(|day| day.to_string()),
        reason: chance(&mut rng, 15).then_some("Chờ bố trí máy chủ"),
    };
    serde_json::to_string(&rollout).unwrap_or_default()
}
