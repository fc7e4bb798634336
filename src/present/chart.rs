//! Horizontal stacked bars as SVG: no script, no style of its own, a title and a description that a
//! screen reader speaks, a pattern of shades that survives a black-and-white printer.

use maud::{Markup, html};

use crate::domain::language::Language;
use crate::domain::limits::CHART_BARS_MAX;
use crate::present::number::whole;

/// A bar: its name and one length for each series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What stands at its left.
    pub name: String,
    /// Lengths, not negative, in the order of the series.
    pub values: Vec<i64>,
}

/// A chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bars {
    /// Name of the chart.
    pub title: String,
    /// What it shows, in a sentence.
    pub describe: String,
    /// Names of the series, first at the left.
    pub series: Vec<String>,
    /// Bars, top to bottom; the first [`CHART_BARS_MAX`] are drawn.
    pub bars: Vec<Bar>,
}

const NAME_WIDTH: i64 = 260;
const BAR_WIDTH: i64 = 440;
const TOTAL_WIDTH: i64 = 60;
const LINE: i64 = 22;
const BAR_HEIGHT: i64 = 14;
const NAME_CHARS: usize = 38;
const SERIES_STYLES: usize = 4;

/// Draws the chart. `id` is unique on the page.
#[must_use]
pub fn bars(chart: &Bars, id: &str, language: Language) -> Markup {
    let drawn: Vec<&Bar> = chart.bars.iter().take(CHART_BARS_MAX).collect();
    let most = drawn.iter().map(|bar| total(bar)).max().unwrap_or_default().max(1);
    let lines = i64::try_from(drawn.len()).unwrap_or_default() + 1;
    let (width, height) = (NAME_WIDTH + BAR_WIDTH + TOTAL_WIDTH, LINE * lines + 8);
    let (title_id, describe_id) = (format!("{id}-title"), format!("{id}-desc"));
    html! {
        svg.chart role="img" viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height)
            aria-labelledby={ (title_id) " " (describe_id) } {
            title id=(title_id) { (chart.title) }
            desc id=(describe_id) { (chart.describe) }
            (legend(&chart.series))
            @for (line, bar) in (1i64..).zip(&drawn) { (row(bar, line * LINE, most, &chart.series, language)) }
        }
    }
}

fn legend(series: &[String]) -> Markup {
    let share = (NAME_WIDTH + BAR_WIDTH + TOTAL_WIDTH) / i64::try_from(series.len().max(1)).unwrap_or(1);
    html! {
        @for (place, name) in series.iter().enumerate() {
            @let x = i64::try_from(place).unwrap_or_default() * share;
            rect class=(style(place, series.len())) x=(x) y="4" width="12" height="12" {}
            text x=(x + 18) y="14" { (name) }
        }
    }
}

fn row(bar: &Bar, y: i64, most: i64, series: &[String], language: Language) -> Markup {
    let text_y = y + BAR_HEIGHT;
    let mut begin = 0i64;
    let parts: Vec<(usize, i64, i64, i64)> = bar
        .values
        .iter()
        .enumerate()
        .map(|(place, value)| {
            let from = scaled(begin, most);
            begin = begin.saturating_add((*value).max(0));
            (place, *value, NAME_WIDTH + from, scaled(begin, most) - from)
        })
        .collect();
    html! {
        text x=(NAME_WIDTH - 8) y=(text_y) text-anchor="end" { (shortened(&bar.name)) }
        @for (place, value, x, width) in parts {
            @if width > 0 {
                rect class=(style(place, series.len())) x=(x) y=(y + 3) width=(width) height=(BAR_HEIGHT) {
                    title { (bar.name) ": " (series.get(place).map_or("", String::as_str)) " " (whole(value, language)) }
                }
            }
        }
        text x=(NAME_WIDTH + scaled(total(bar), most) + 6) y=(text_y) { (whole(total(bar), language)) }
    }
}

fn total(bar: &Bar) -> i64 {
    bar.values.iter().fold(0i64, |sum, value| sum.saturating_add((*value).max(0)))
}

fn scaled(value: i64, most: i64) -> i64 {
    let scaled = i128::from(value) * i128::from(BAR_WIDTH) / i128::from(most.max(1));
    i64::try_from(scaled).unwrap_or(BAR_WIDTH).clamp(0, BAR_WIDTH)
}

/// The first of several series is the one to look at; one alone says nothing bad of itself.
fn style(place: usize, series: usize) -> String {
    format!("series-{}", (place + usize::from(series == 1)) % SERIES_STYLES)
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_CHARS {
        return name.to_owned();
    }
    name.chars().take(NAME_CHARS - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(name: &str, values: &[i64]) -> String {
        let bars = vec![Bar { name: name.to_owned(), values: values.to_vec() }];
        let series = vec!["quá hạn".to_owned(), "trong hạn".to_owned()];
        let chart = Bars { title: "T".into(), describe: "D".into(), series, bars };
        super::bars(&chart, "c", Language::Vi).into_string()
    }

    #[test]
    fn lengths_are_shares_of_the_longest_bar() {
        let svg = chart("Sở A", &[1, 3]);
        assert!(svg.contains("<title id=\"c-title\">T</title><desc id=\"c-desc\">D</desc>"), "{svg}");
        assert!(svg.contains("class=\"series-0\" x=\"260\" y=\"25\" width=\"110\""), "{svg}");
        assert!(svg.contains("class=\"series-1\" x=\"370\" y=\"25\" width=\"330\""), "{svg}");
    }

    #[test]
    fn one_series_alone_is_not_drawn_as_what_is_overdue() {
        let bars = vec![Bar { name: "Huế".to_owned(), values: vec![3] }];
        let chart = Bars { title: "T".into(), describe: "D".into(), series: vec!["đơn".to_owned()], bars };
        let svg = super::bars(&chart, "c", Language::Vi).into_string();
        assert!(svg.contains("series-1") && !svg.contains("series-0"), "{svg}");
    }

    #[test]
    fn a_name_is_text_whatever_it_holds() {
        let svg = chart("<script>alert(1)</script>&\"", &[1, 0]);
        assert!(!svg.contains("<script") && svg.contains("&lt;script&gt;"), "{svg}");
    }

    #[test]
    fn no_value_breaks_the_drawing() {
        assert!(chart("a", &[0, 0]).contains("</svg>"));
        assert!(chart("a", &[i64::MAX, i64::MAX]).contains("width=\"440\""));
        assert!(chart("a", &[-5, 5]).contains("width=\"440\""));
        assert!(shortened(&"ă".repeat(100)).chars().count() == NAME_CHARS);
    }
}
