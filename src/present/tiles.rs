//! Maps of provinces as tiles: one square for each, about where it lies, shaded by a rate.
//!
//! Every province has the same area, so a large one does not outweigh a small one, and a shade stands for a
//! share only. It is drawn by us from `indexes/reference/tiles34.csv` and `tiles63.csv`: no map is copied and no
//! border claimed. Readable in black and white: the shares stand in the tiles, the shades differ in
//! lightness, and what has too few to be told is hatched by its outline. No script, no style of its own.

use maud::{Markup, html};

use crate::definition::labels::{label, sentence};
use crate::definition::page::Tiled;
use crate::domain::language::Language;

/// A province's place on a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    /// Its name.
    pub name: &'static str,
    /// Another name it goes by.
    also: &'static str,
    column: i64,
    row: i64,
}

/// What a tile shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shade {
    /// Name of the province.
    pub name: String,
    /// The share in words: `42,35 %`.
    pub shown: String,
    /// What is above and below the line.
    pub share: (i64, i64),
    /// Where the figure leads.
    pub link: String,
}

/// A map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tiles {
    /// Name of the map.
    pub title: String,
    /// What it shows, in a sentence.
    pub describe: String,
    /// Which provinces it has.
    pub map: Tiled,
    /// What is known, by province.
    pub shades: Vec<Shade>,
    /// Fewest below the line for a share to be shaded.
    pub least: i64,
}

const SIDE: i64 = 62;
const GAP: i64 = 4;
const NAME_CHARS: usize = 11;
/// Shares in percent from which the next darker shade begins.
const STEPS: [i64; 4] = [10, 20, 40, 60];
const PRESENT: &str = include_str!("../../indexes/reference/tiles34.csv");
const FORMER: &str = include_str!("../../indexes/reference/tiles63.csv");
/// Words before a province's name that are no part of it.
const SORTS: [&str; 5] = ["Tỉnh ", "tỉnh ", "Thành phố ", "thành phố ", "TP. "];

/// The tiles of a map.
#[must_use]
pub fn tiles_of(map: Tiled) -> Vec<Tile> {
    let text = match map {
        Tiled::Present | Tiled::OfDay => PRESENT,
        Tiled::Former => FORMER,
    };
    let tile = |line: &'static str| {
        let mut fields = line.split(',');
        let name = fields.next()?;
        let (column, row) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        Some(Tile { name, also: fields.next().unwrap_or_default(), column, row })
    };
    text.lines().skip(1).filter_map(tile).collect()
}

/// Draws the map. `id` is unique on the page.
#[must_use]
pub fn tiles(map: &Tiles, id: &str, language: Language) -> Markup {
    let all = tiles_of(map.map);
    let columns = all.iter().map(|tile| tile.column).max().unwrap_or_default() + 1;
    let rows = all.iter().map(|tile| tile.row).max().unwrap_or_default() + 1;
    let (width, height) = (columns * SIDE, rows * SIDE);
    let (title_id, describe_id) = (format!("{id}-title"), format!("{id}-desc"));
    html! {
        svg.chart.tiles role="img" viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height)
            aria-labelledby={ (title_id) " " (describe_id) } {
            title id=(title_id) { (map.title) }
            desc id=(describe_id) { (map.describe) }
            @for tile in &all { (square(tile, map, language)) }
        }
        (legend(map.least, language))
    }
}

/// Names on neither tile of the map: old names on the map of today, misspelt ones.
#[must_use]
pub fn off_the_map(map: &Tiles) -> Vec<&Shade> {
    let all = tiles_of(map.map);
    map.shades.iter().filter(|shade| !all.iter().any(|tile| tile.is_of(&shade.name))).collect()
}

impl Tile {
    fn is_of(&self, name: &str) -> bool {
        let name = name.trim();
        let bare = SORTS.iter().find_map(|sort| name.strip_prefix(sort)).unwrap_or(name);
        bare == self.name || (!self.also.is_empty() && bare == self.also)
    }
}

fn square(tile: &Tile, map: &Tiles, language: Language) -> Markup {
    let (x, y) = (tile.column * SIDE, tile.row * SIDE);
    let found = map.shades.iter().find(|shade| tile.is_of(&shade.name));
    let told = found.filter(|shade| shade.share.1 >= map.least);
    let class = told.map_or_else(|| if found.is_some() { "few" } else { "none" }.to_owned(), step);
    let text = match (told, found) {
        (Some(shade), _) => shade.shown.clone(),
        (None, Some(_)) => label("tiles.few", language).to_owned(),
        (None, None) => "–".to_owned(),
    };
    let drawn = html! {
        rect class={ "tile tile-" (class) } x=(x) y=(y) width=(SIDE - GAP) height=(SIDE - GAP) rx="3" {
            title { (tile.name) ": " (text) }
        }
        text class={ "name-" (class) } x=(x + (SIDE - GAP) / 2) y=(y + 24) text-anchor="middle" {
            (shortened(tile.name))
        }
        text class={ "name-" (class) } x=(x + (SIDE - GAP) / 2) y=(y + 42) text-anchor="middle" { (text) }
    };
    html! { @if let Some(shade) = found { a href=(shade.link) { (drawn) } } @else { (drawn) } }
}

/// The step of a share, the palest first.
fn step(shade: &Shade) -> String {
    let (above, below) = shade.share;
    let reached =
        STEPS.iter().filter(|from| i128::from(above) * 100 >= i128::from(**from) * i128::from(below.max(1)));
    reached.count().to_string()
}

fn legend(least: i64, language: Language) -> Markup {
    let last = STEPS.len();
    let words = |place: usize| {
        let at = |place: usize| STEPS.get(place).map(ToString::to_string).unwrap_or_default();
        match place {
            0 => sentence("tiles.below", language, &[("to", &at(0))]),
            place if place == last => sentence("tiles.from", language, &[("from", &at(last - 1))]),
            place => sentence("tiles.between", language, &[("from", &at(place - 1)), ("to", &at(place))]),
        }
    };
    html! {
        ul.tile-legend {
            @for place in 0..=last {
                li { svg width="14" height="14" aria-hidden="true" { rect class={ "tile tile-" (place) } width="14" height="14" {} } " " (words(place)) }
            }
            li { svg width="14" height="14" aria-hidden="true" { rect class="tile tile-few" width="14" height="14" {} }
                " " (sentence("tiles.few_are", language, &[("least", &least.to_string())])) }
        }
    }
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_CHARS {
        return name.to_owned();
    }
    name.chars().take(NAME_CHARS - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_province_of_a_day_has_one_tile_of_its_own() {
        let reference = include_str!("../../indexes/reference/provinces.csv");
        for (map, count, day) in [(Tiled::Present, 34, "2026-01-01"), (Tiled::Former, 63, "2020-01-01")] {
            let all = tiles_of(map);
            let places: BTreeSet<(i64, i64)> = all.iter().map(|tile| (tile.column, tile.row)).collect();
            assert_eq!((all.len(), places.len()), (count, count));
            for line in reference.lines().skip(1) {
                let fields: Vec<&str> = line.split(',').collect();
                if fields[1] <= day && (fields[2].is_empty() || day <= fields[2]) {
                    let found = all.iter().filter(|tile| tile.is_of(fields[4]) || tile.is_of(fields[3]));
                    assert_eq!(found.count(), 1, "{line}");
                }
            }
        }
    }

    fn map(shades: &[(&str, i64, i64)]) -> Tiles {
        let shade = |(name, above, below): &(&str, i64, i64)| Shade {
            name: (*name).to_owned(),
            shown: format!("{above}/{below}"),
            share: (*above, *below),
            link: "/receipts/X".to_owned(),
        };
        Tiles {
            title: "T".to_owned(),
            describe: "D".to_owned(),
            map: Tiled::Present,
            shades: shades.iter().map(shade).collect(),
            least: 10,
        }
    }

    #[test]
    fn a_tile_is_shaded_by_its_share_and_says_it() {
        let shades =
            [("Hà Nội", 1, 100), ("Thành phố Huế", 60, 100), ("Nghệ An", 9, 9), ("Quảng Nam", 5, 10)];
        let map = map(&shades);
        let svg = tiles(&map, "m", Language::Vi).into_string();
        assert!(svg.contains("<title id=\"m-title\">T</title><desc id=\"m-desc\">D</desc>"), "{svg}");
        for (class, text) in [("tile-0", "Hà Nội: 1/100"), ("tile-4", "Huế: 60/100")] {
            let at = svg.find(&format!("<title>{text}</title>")).unwrap();
            assert!(svg[..at].rfind("<rect").is_some_and(|rect| svg[rect..at].contains(class)), "{text}");
        }
        assert!(svg.contains("Nghệ An: ít hơn"), "too few to be told: {svg}");
        assert!(!svg.contains("Quảng Nam"), "no tile of today has that name");
        let left: Vec<&str> = off_the_map(&map).iter().map(|shade| shade.name.as_str()).collect();
        assert_eq!(left, ["Quảng Nam"]);
    }

    #[test]
    fn steps_begin_at_their_bounds() {
        for (above, expected) in
            [(0, "0"), (99, "0"), (100, "1"), (199, "1"), (200, "2"), (400, "3"), (600, "4")]
        {
            assert_eq!(step(&map(&[("x", above, 1000)]).shades[0]), expected, "{above}");
        }
    }

    #[test]
    fn a_name_is_text_whatever_it_holds() {
        let mut hostile = map(&[("Hà Nội", 10, 20)]);
        hostile.shades[0].shown = "<script>".to_owned();
        assert!(!tiles(&hostile, "m", Language::En).into_string().contains("<script>"));
    }
}
