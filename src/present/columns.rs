//! Upright bars side by side as SVG, for counts along time: no script, no style of its own, each bar a link
//! when it opens something, with its figure as a title that a screen reader speaks.

use maud::{Markup, html};

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upright {
    /// What it stands for.
    pub name: String,
    /// The name with its figure.
    pub told: String,
    /// Its height, not negative.
    pub value: u64,
    /// What it opens.
    pub link: Option<String>,
}

/// A row of bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uprights {
    /// Name of the chart.
    pub title: String,
    /// What it shows, in a sentence.
    pub describe: String,
    /// Bars, left to right.
    pub bars: Vec<Upright>,
}

const STEP: u64 = 16;
const BAR_WIDTH: u64 = 12;
const HEIGHT: u64 = 80;
const TEXT_HEIGHT: u64 = 18;
const WIDTH_MIN: u64 = 240;

/// Draws the chart. `id` is unique on the page.
#[must_use]
pub fn uprights(chart: &Uprights, id: &str) -> Markup {
    let most = chart.bars.iter().map(|bar| bar.value).max().unwrap_or_default().max(1);
    let width = (STEP * chart.bars.len() as u64).max(WIDTH_MIN);
    let (title_id, describe_id) = (format!("{id}-title"), format!("{id}-desc"));
    let ends = [
        (chart.bars.first(), 0, "start"),
        (chart.bars.last().filter(|_| chart.bars.len() > 1), width, "end"),
    ];
    html! {
        svg.chart role="group" viewBox={ "0 0 " (width) " " (HEIGHT + TEXT_HEIGHT) } width=(width)
            height=(HEIGHT + TEXT_HEIGHT) aria-labelledby={ (title_id) " " (describe_id) } {
            title id=(title_id) { (chart.title) }
            desc id=(describe_id) { (chart.describe) }
            @for (place, bar) in (0u64..).zip(&chart.bars) { (upright(bar, place * STEP, most)) }
            @for (bar, x, anchor) in ends {
                @if let Some(bar) = bar { text x=(x) y=(HEIGHT + TEXT_HEIGHT - 4) text-anchor=(anchor) { (bar.name) } }
            }
        }
    }
}

fn upright(bar: &Upright, x: u64, most: u64) -> Markup {
    let height = scaled(bar.value, most);
    let rect = html! {
        rect.series-1 x=(x) y=(HEIGHT - height) width=(BAR_WIDTH) height=(height) { title { (bar.told) } }
    };
    match bar.link.as_ref().filter(|_| bar.value > 0) {
        Some(link) => html! { a href=(link) aria-label=(bar.told) { (rect) } },
        None => rect,
    }
}

/// A bar that counts anything can be seen.
fn scaled(value: u64, most: u64) -> u64 {
    let scaled = u128::from(value) * u128::from(HEIGHT) / u128::from(most.max(1));
    u64::try_from(scaled).unwrap_or(HEIGHT).clamp(u64::from(value > 0), HEIGHT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(values: &[u64]) -> String {
        let bar = |value: &u64| Upright {
            name: "<2026-01>".to_owned(),
            told: format!("<b>{value}"),
            value: *value,
            link: Some("/?filter=a:\"b".to_owned()),
        };
        let bars = values.iter().map(bar).collect();
        uprights(&Uprights { title: "T".to_owned(), describe: "D".to_owned(), bars }, "h").into_string()
    }

    #[test]
    fn heights_are_shares_of_the_highest_and_nothing_breaks_out() {
        let svg = drawn(&[1, 4, 0, 1_000]);
        assert!(svg.contains("y=\"79\" width=\"12\" height=\"1\"") && svg.contains("height=\"80\""), "{svg}");
        assert!(!svg.contains("<b>") && svg.contains("filter=a:&quot;b"), "{svg}");
        assert_eq!(svg.matches("<a ").count(), 3);
        assert!(drawn(&[]).contains("</svg>") && drawn(&[u64::MAX, 1]).contains("height=\"80\""));
    }
}
