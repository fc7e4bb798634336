//! Counts along time above the hits: bars that narrow the search to their span, and the same as a table.

use maud::{Markup, html};

use crate::definition::dataset::Dataset;
use crate::definition::labels::{label, sentence};
use crate::domain::limits::PAGE_HISTOGRAM_BARS;
use crate::present::columns::{Upright, Uprights, uprights};
use crate::present::number::whole;
use crate::present::page::Visit;
use crate::rules::span::Step;
use crate::search::histogram::without_gaps;
use crate::search::notation;
use crate::search::request::{Histogram, HistogramBar, HistogramOf};
use crate::web::link::Link;

/// Steps that are offered.
const STEPS: [Step; 4] = [Step::Month, Step::Quarter, Step::Period, Step::Year];

/// What the page counts: what was asked for, if the dataset has it, else its main date by month.
pub(super) fn asked(visit: &Visit, dataset: &Dataset) -> Option<HistogramOf> {
    let is_known = |of: &HistogramOf| dataset.column(&of.column).is_some_and(|column| column.sort);
    let given = visit.one("histogram").and_then(|text| notation::histogram(text).ok());
    let usual = || Some(HistogramOf { column: dataset.recency.clone()?, step: Step::Month });
    given.filter(is_known).or_else(|| usual().filter(is_known))
}

/// The histogram; nothing when no row has a date.
pub(super) fn histogram(visit: &Visit, dataset: &Dataset, found: &Histogram) -> Markup {
    let language = visit.language;
    let Some(column) = dataset.column(&found.column).filter(|_| !found.bars.is_empty()) else {
        return html! {};
    };
    let (bars, undrawn) = without_gaps(found, PAGE_HISTOGRAM_BARS);
    let step = label(step_key(found.step), language);
    let values = [("column", column.label.text(language)), ("step", step)];
    let title = sentence("page.histogram", language, &values);
    let describe = sentence("page.histogram_about", language, &values);
    let drawn = bars.iter().map(|bar| upright(visit, &found.column, bar)).collect();
    html! {
        figure.histogram {
            figcaption { (title) ": "
                @for other in STEPS {
                    @if other == found.step { strong { (label(step_key(other), language)) } " " }
                    @else { a href=(with_step(visit, &found.column, other)) { (label(step_key(other), language)) } " " }
                }
            }
            div.scroll { (uprights(&Uprights { title: title.clone(), describe, bars: drawn }, "histogram")) }
            details { summary { (label("page.figures", language)) }
                table { tbody {
                    @for bar in bars.iter().filter(|bar| bar.count > 0) {
                        tr { th scope="row" { (bar.name) } td.number { (count(bar.count, visit)) } }
                    }
                    @for (key, rows) in [("search.histogram.earlier", undrawn), ("page.no_value", found.missing)] {
                        @if rows > 0 { tr { th scope="row" { (label(key, language)) } td.number { (count(rows, visit)) } } }
                    }
                } }
            }
        }
    }
}

fn upright(visit: &Visit, column: &str, bar: &HistogramBar) -> Upright {
    let filter = format!("{column}:{}..{}", bar.from, bar.to);
    let link = Link::again(visit, &["cursor"]).without("filter", &filter).with("filter", &filter);
    let told = format!("{}: {}", bar.name, count(bar.count, visit));
    Upright { name: bar.name.clone(), told, value: bar.count, link: Some(link.text()) }
}

fn with_step(visit: &Visit, column: &str, step: Step) -> String {
    let histogram = format!("{column}:{}", step.name());
    Link::again(visit, &["cursor", "histogram"]).with("histogram", &histogram).text()
}

fn step_key(step: Step) -> &'static str {
    match step {
        Step::Day => "page.step.day",
        Step::Month => "page.step.month",
        Step::Quarter => "page.step.quarter",
        Step::Period => "page.step.period",
        Step::Year => "page.step.year",
    }
}

fn count(count: u64, visit: &Visit) -> String {
    whole(i64::try_from(count).unwrap_or(i64::MAX), visit.language)
}
