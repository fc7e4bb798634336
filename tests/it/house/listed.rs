//! Every metric and every rule of law is listed in its document as it is defined, and nothing else is.

use thanhtra::definition::catalog::{Catalog, embedded};
use thanhtra::rules::deadline::{Mark, Unit};
use thanhtra::rules::laws::Laws;

use crate::house::tree::Tree;

/// The lines of the metrics' table.
fn metrics() -> Vec<String> {
    let catalog = Catalog::parse(embedded()).unwrap();
    let queries = catalog.queries().filter(|query| query.form.is_none());
    let queries = queries.filter_map(|query| Some((query, query.metric.as_ref()?)));
    let line =
        |(query, metric): (&thanhtra::definition::query::Query, &thanhtra::definition::metric::Metric)| {
            let mark = if metric.unverified { "; **chưa kiểm chứng**" } else { "" };
            let formula = |column: Option<&str>, condition: &str| match column {
                None => format!("`{condition}`"),
                Some(column) => format!("tổng `{column}` khi `{condition}`"),
            };
            let (part, whole) = metric.summed().unzip();
            let above = formula(part, &metric.numerator);
            let below = metric.denominator.as_ref();
            let below = below.map_or_else(|| "–".to_owned(), |below| formula(whole, below));
            format!("| `{}` | {} | {above} | {below} | {}{mark} |", query.name, query.title.vi, metric.source)
        };
    queries.map(line).collect()
}

/// The lines of the rules' table.
fn rules() -> Vec<String> {
    let laws = Laws::compiled();
    let rules = laws.rules().iter();
    let line = |rule: &thanhtra::rules::deadline::Rule| {
        let limits: Vec<String> = rule.limits.iter().map(|(name, days)| format!("{name} {days}")).collect();
        let unit = match rule.unit {
            Unit::Calendar => "ngày",
            Unit::Working => "ngày làm việc",
            Unit::Year => "năm",
        };
        let (from, to) = rule.validity();
        let to = to.map(|day| day.to_string()).unwrap_or_default();
        let mark = match rule.mark_on(from) {
            Mark::Found => "đã đọc",
            Mark::Secondary => "**chưa kiểm chứng** (bản thứ cấp)",
            Mark::Memory => "**chưa kiểm chứng**",
        };
        let limits = limits.join(", ");
        format!(
            "| {} | {} | {} | {limits} {unit} | {} | {from} – {to} | {mark} |",
            rule.id, rule.step.vi, rule.event, rule.article
        )
    };
    rules.map(line).collect()
}

fn check(document: &str, expected: &[String]) {
    let tree = Tree::of_project();
    let text = tree.text(document).unwrap();
    let listed = text.split("<!-- list -->").nth(1).unwrap();
    let lines: Vec<&str> = listed.lines().filter(|line| line.starts_with("| ")).skip(2).collect();
    assert_eq!(lines, expected, "{document}: write these lines\n{}", expected.join("\n"));
}

#[test]
fn every_metric_is_listed_with_its_formula_and_source() {
    check("docs/metrics.md", &metrics());
}

#[test]
fn every_rule_of_law_is_listed_with_its_article() {
    check("docs/deadlines.md", &rules());
}
