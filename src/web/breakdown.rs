//! A metric by one of its dimensions: bars, a table with both counts, and a ranking within peers.

use std::cmp::Ordering;

use maud::{Markup, html};

use crate::definition::labels::{label, sentence};
use crate::definition::page::Tiled;
use crate::domain::limits::{PAGE_TABLE_ROWS_MAX, RANKED_MIN};
use crate::domain::scope::Scope;
use crate::engine::EngineError;
use crate::metrics::ask::Asked;
use crate::metrics::measure::{Figure, Measure};
use crate::metrics::written::shown;
use crate::present::chart::{Bar, Bars, bars};
use crate::present::table::{Cell, Table, table};
use crate::present::tiles::{Shade, Tiles, off_the_map, tiles};
use crate::web::dashboard::Drawn;
use crate::web::figures::{badge, receipt_link};
use crate::web::place;

/// What is broken down, and how it is shown.
pub(super) struct Way<'a> {
    pub(super) metric: &'a str,
    pub(super) by: &'a str,
    pub(super) ranked: bool,
    /// Dimension of the groups that are ranked apart.
    pub(super) peers: Option<&'a str>,
    /// Place of the panel on its page.
    pub(super) place: usize,
}

/// Figures of one peer group; without peers there is one group without a name.
type Group<'a> = (Option<String>, Vec<&'a Figure>);

/// The panel; with peers a chart and a table for each group.
pub(super) fn panel(drawn: &Drawn<'_>, way: &Way<'_>) -> Result<Markup, EngineError> {
    let asked = Asked { by: dimensions(way.by, way.peers), ..drawn.asked.clone() };
    let measure = drawn.engine.measure(way.metric, &asked, &Scope::everything())?;
    let mut groups: Vec<Group<'_>> = Vec::new();
    for figure in measure.figures() {
        let group = way.peers.map(|_| figure.key.first().cloned().flatten().unwrap_or_default());
        match groups.last_mut().filter(|(name, _)| *name == group) {
            Some((_, figures)) => figures.push(figure),
            None => groups.push((group, vec![figure])),
        }
    }
    let total = totals(drawn, way, &measure);
    Ok(html! {
        h2 { (measure.query().title.text(drawn.language)) " " (badge(&measure, drawn.language)) }
        @for (place, (name, figures)) in groups.iter().enumerate() {
            @if let Some(name) = name { h3 { (name) } }
            (group(drawn, way, &measure, (figures.clone(), place)))
        }
        (table(&total, drawn.language))
    })
}

/// The panel of a map of provinces: tiles, then the table they are drawn from.
pub(super) fn map(
    drawn: &Drawn<'_>,
    (metric, by): (&str, &str),
    map: Tiled,
    place: usize,
) -> Result<Markup, EngineError> {
    let language = drawn.language;
    let asked = Asked { by: vec![by.to_owned()], ..drawn.asked.clone() };
    let measure = drawn.engine.measure(metric, &asked, &Scope::everything())?;
    let way = Way { metric, by, ranked: false, peers: None, place };
    let shades = measure.figures().iter().filter(|figure| figure.key.iter().any(Option::is_some));
    let shades = shades.map(|figure| Shade {
        name: drawn.key_text(&figure.key),
        shown: shown(figure, language),
        share: (figure.numerator, figure.denominator.unwrap_or_default()),
        link: place::link(by, figure.key.last().and_then(Option::as_deref), &drawn.asked, language)
            .unwrap_or_else(|| receipt_link(&figure.code, language)),
    });
    let part = measure.query().metric.as_ref().map_or("", |metric| metric.part.text(language)).to_owned();
    let title = measure.query().title.text(language).to_owned();
    let of_map = Tiles {
        describe: sentence("tiles.describe", language, &[("series", &part)]),
        title: title.clone(),
        map: map.on(drawn.asked.as_of.unwrap_or_default()),
        shades: shades.collect(),
        least: RANKED_MIN,
    };
    let rows = measure.figures().iter().take(PAGE_TABLE_ROWS_MAX);
    let rows = rows.map(|figure| row(drawn, figure, named(drawn, by, figure))).collect();
    let listed = Table { caption: title, headers: headers(drawn, &way, &measure), rows, totals: Vec::new() };
    let left: Vec<&str> = off_the_map(&of_map).iter().map(|shade| shade.name.as_str()).collect();
    let total = totals(drawn, &way, &measure);
    Ok(html! {
        h2 { (measure.query().title.text(language)) " " (badge(&measure, language)) }
        figure { (tiles(&of_map, &format!("map-{place}"), language)) }
        @if !left.is_empty() { p.legend { (sentence("tiles.off", language, &[("names", &left.join(", "))])) } }
        (table(&listed, language))
        (table(&total, language))
    })
}

/// Dimensions that are asked for, the peers' first.
pub(super) fn dimensions(by: &str, peers: Option<&str>) -> Vec<String> {
    peers.into_iter().chain([by]).map(str::to_owned).collect()
}

fn group(
    drawn: &Drawn<'_>,
    way: &Way<'_>,
    measure: &Measure,
    (mut figures, place): (Vec<&Figure>, usize),
) -> Markup {
    let language = drawn.language;
    let places = if way.ranked { rank(&mut figures) } else { Vec::new() };
    let part = measure.query().metric.as_ref().map_or("", |metric| metric.part.text(language)).to_owned();
    let caption = measure.query().title.text(language).to_owned();
    let name = |figure: &Figure| drawn.key_text(&figure.key);
    let drawn_bars = figures.iter().map(|it| Bar { name: name(it), values: vec![it.numerator] });
    let chart = Bars {
        title: caption.clone(),
        describe: sentence("page.chart", language, &[("series", &part)]),
        series: vec![part],
        bars: drawn_bars.collect(),
    };
    let rows = figures.iter().take(PAGE_TABLE_ROWS_MAX).enumerate().map(|(line, figure)| {
        let mut cells = row(drawn, figure, named(drawn, way.by, figure));
        if way.ranked {
            let none = || Cell::Text(label("page.unranked", language).to_owned());
            cells.push(places.get(line).copied().flatten().map_or_else(none, Cell::Whole));
        }
        cells
    });
    let rows = rows.collect();
    let shown = Table { caption, headers: headers(drawn, way, measure), rows, totals: Vec::new() };
    html! {
        figure { (bars(&chart, &format!("chart-{}-{place}", way.place), language)) }
        (table(&shown, language))
    }
}

/// The value of a row, a province with the way to its page.
fn named(drawn: &Drawn<'_>, by: &str, figure: &Figure) -> Cell {
    let text = Cell::Text(drawn.key_text(&figure.key));
    let value = figure.key.last().and_then(Option::as_deref);
    match place::link(by, value, &drawn.asked, drawn.language) {
        Some(to) => Cell::Link(Box::new(text), to),
        None => text,
    }
}

/// The figure over everything.
fn totals(drawn: &Drawn<'_>, way: &Way<'_>, measure: &Measure) -> Table {
    let mut total = row(drawn, measure.total(), Cell::Text(label("page.sum", drawn.language).to_owned()));
    if way.ranked {
        total.push(Cell::Empty);
    }
    let caption = measure.query().title.text(drawn.language).to_owned();
    Table { caption, headers: headers(drawn, way, measure), rows: Vec::new(), totals: vec![total] }
}

fn headers(drawn: &Drawn<'_>, way: &Way<'_>, measure: &Measure) -> Vec<String> {
    let named = measure.basis().basis.as_ref().and_then(|basis| basis.called(way.by));
    let mut headers = vec![named.map_or(way.by, |named| named.text(drawn.language)).to_owned()];
    let counts = ["metric.value", "metric.numerator", "metric.denominator"];
    headers.extend(counts.map(|key| label(key, drawn.language).to_owned()));
    if way.ranked {
        headers.push(label("page.rank", drawn.language).to_owned());
    }
    headers
}

fn row(drawn: &Drawn<'_>, figure: &Figure, name: Cell) -> Vec<Cell> {
    let to = receipt_link(&figure.code, drawn.language);
    let link = |cell: Cell| Cell::Link(Box::new(cell), to.clone());
    vec![
        name,
        link(Cell::Text(shown(figure, drawn.language))),
        link(Cell::Whole(figure.numerator)),
        figure.denominator.map_or(Cell::Empty, |all| link(Cell::Whole(all))),
    ]
}

/// Orders figures by their share, the largest first, and gives each its place: equal shares share a place
/// and the next is left out (1, 2, 2, 4); those with too few below the line come last, without a place.
fn rank(figures: &mut [&Figure]) -> Vec<Option<i64>> {
    let below = |figure: &Figure| figure.denominator.unwrap_or(figure.numerator);
    let larger = |a: &Figure, b: &Figure| {
        let (a, b) = ((a.numerator, a.denominator.unwrap_or(1)), (b.numerator, b.denominator.unwrap_or(1)));
        (i128::from(b.0) * i128::from(a.1)).cmp(&(i128::from(a.0) * i128::from(b.1)))
    };
    let is_ranked = |figure: &Figure| below(figure) >= RANKED_MIN;
    figures.sort_by(|a, b| {
        // A share of nothing is neither more nor less than another, which no order can hold.
        let by_share = || if is_ranked(a) && is_ranked(b) { larger(a, b) } else { Ordering::Equal };
        is_ranked(b).cmp(&is_ranked(a)).then_with(by_share).then_with(|| a.key.cmp(&b.key))
    });
    let mut places: Vec<Option<i64>> = Vec::new();
    let mut before: Option<&Figure> = None;
    for (figure, line) in figures.iter().zip(1i64..) {
        let is_tied = before.is_some_and(|before| larger(before, figure).is_eq());
        let place = if is_tied { places.last().copied().flatten() } else { Some(line) };
        places.push(place.filter(|_| is_ranked(figure)));
        before = Some(figure);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(name: &str, numerator: i64, denominator: i64) -> Figure {
        Figure {
            key: vec![Some(name.to_owned())],
            numerator,
            denominator: Some(denominator),
            code: String::new(),
        }
    }

    #[test]
    fn equal_shares_share_a_place_and_few_have_none() {
        let all = [
            figure("a", 1, 9),
            figure("b", 5, 20),
            figure("c", 3, 10),
            figure("d", 10, 40),
            figure("e", 0, 11),
        ];
        let mut figures: Vec<&Figure> = all.iter().collect();
        let places = rank(&mut figures);
        let names: Vec<&str> = figures.iter().map(|it| it.key[0].as_deref().unwrap()).collect();
        assert_eq!(names, ["c", "b", "d", "e", "a"]);
        assert_eq!(places, [Some(1), Some(2), Some(2), Some(4), None]);
    }

    #[test]
    fn shares_of_nothing_are_put_in_order_too() {
        let all: Vec<Figure> =
            (0..60i64).map(|it| figure(&format!("{it:02}"), it % 7, (it * 5) % 9)).collect();
        let mut figures: Vec<&Figure> = all.iter().rev().collect();
        assert!(rank(&mut figures).iter().all(Option::is_none));
        assert!(figures.is_sorted_by_key(|figure| figure.key.clone()));
    }
}
